#pragma once

#include <vector>

#include <pthread.h>

namespace faasc::rt {

/// Threads of which one leads: it alone waits for events. Work that may take long is done between
/// begin_work() and end_work(), by a thread that does not lead; whenever all threads are at work another is
/// started, so there is always one to lead, and a server that never needed two threads has one.
class Crew {
 public:
  using Lead = void (*)(void* context);

  /// `lead` is called on a thread that has become leader and returns after begin_work() or finish().
  Crew(unsigned max_threads, Lead lead, void* context);
  Crew(Crew const&) = delete;
  Crew& operator=(Crew const&) = delete;

  /// Makes the calling thread the first of the crew; returns after finish(), when all other threads are gone.
  void join();

  /// The calling thread, leader or not, leads no longer and may be away for long.
  void begin_work(bool was_leader);
  void end_work();

  /// Called by the leader: every thread leaves as soon as it has nothing to do.
  void finish();

 private:
  static void* run(void* crew);
  void follow();
  bool become_leader();
  void start_thread();

  unsigned const max_threads_;
  Lead const lead_;
  void* const context_;
  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t leader_wanted_ = PTHREAD_COND_INITIALIZER;
  bool has_leader_ = false;
  bool finished_ = false;
  bool refused_ = false;  // the system would not start a thread
  unsigned waiting_ = 0;
  unsigned working_ = 0;
  unsigned started_ = 1;
  std::vector<pthread_t> threads_;  // all but the first
};

}  // namespace faasc::rt
