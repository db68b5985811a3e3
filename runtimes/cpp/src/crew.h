#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include <pthread.h>

namespace faasc::rt {

/// Threads that lead lanes. A lane is work that one thread at a time can do: waiting for events and seeing to
/// them. Now and then the work has a piece of unknown length, a call of the function, in which the lane must
/// not wait for long:
///
///  - As long as such calls are short, the leader makes them itself, between begin_short() and end_short(),
///  and
///    goes on leading: no other thread has to run, which would cost more than most calls do. One spare thread
///    watches meanwhile, by looking once in a millisecond, and takes over the lane of a leader whom it finds
///    in the same call twice.
///  - When calls have turned out to be long, the lane is handed on before the next one, with begin_long(),
///    until calls are short again.
///
/// Threads are started when nobody is left to lead or to watch, so a server whose requests come one after the
/// other has two. They are kept.
class Crew {
 public:
  using Lead = void (*)(void* context, unsigned lane);

  /// `lead` is called on a thread that has become leader of a lane, and returns when it leads no longer:
  /// after begin_long(), after an end_short() that says so, or after finish().
  Crew(unsigned lanes, unsigned max_threads, Lead lead, void* context);
  Crew(Crew const&) = delete;
  Crew& operator=(Crew const&) = delete;

  /// Makes the calling thread one of the crew; returns after finish(), when all other threads are gone.
  void join();

  /// From now on the lane has a leader. Once for each.
  void open(unsigned lane);

  /// Whether the next call should better be a long one. A hint.
  bool expects_long() const { return expected_long_.load(std::memory_order_relaxed) > 0; }

  /// By the leader of `lane`. What it returns is for end_short().
  std::uint64_t begin_short(unsigned lane);
  /// False where the call has lasted so long that another leads the lane by now.
  bool end_short(unsigned lane, std::uint64_t call);

  /// The calling thread, leader of `lane` or of none, leads no longer and may be away for long.
  std::int64_t begin_long(unsigned lane, bool was_leader);
  void end_long(std::int64_t began);

  /// Every thread leaves as soon as it has nothing to do.
  void finish();

 private:
  struct Lane {
    /// Twice the number of short calls that have ended, one more during a call. Who adds the one that ends a
    /// call leads the lane: its leader, or the watcher, who is then the leader.
    std::atomic<std::uint64_t> calls{0};
    // The watcher's: what it saw when it last looked.
    std::uint64_t seen = 0;
    unsigned busy_ticks = 0;
  };
  enum class Hands : std::uint8_t { Enough, Spare, Watcher, Start };

  static void* run(void* crew);
  void follow();
  bool watch(unsigned& lane);
  bool look(unsigned& lane);
  bool all_is_quiet() const;
  bool in_call() const;
  void want_watcher();
  Hands find_hands();
  void call(Hands hands);
  void start_thread();

  unsigned const lane_count_;
  unsigned const max_threads_;
  Lead const lead_;
  void* const context_;
  std::unique_ptr<Lane[]> const lanes_;
  std::atomic<int> expected_long_{0};  // this many more, unless one of them is long
  std::atomic<bool> watched_{false};   // false: who makes a short call must ask for a watcher

  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t spare_wanted_ = PTHREAD_COND_INITIALIZER;
  pthread_cond_t watcher_wanted_;
  std::vector<unsigned> vacant_;  // open lanes without a leader
  bool has_watcher_ = false;
  bool finished_ = false;
  bool refused_ = false;  // the system would not start a thread
  unsigned spare_ = 0;    // threads that wait to be wanted; the watcher is none of them
  unsigned leading_ = 0;
  unsigned away_ = 0;  // in long calls, and in short ones that became so
  unsigned started_ = 1;
  std::vector<pthread_t> threads_;  // all but the first
};

}  // namespace faasc::rt
