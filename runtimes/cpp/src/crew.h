#pragma once

#include <vector>

#include <pthread.h>

namespace faasc::rt {

/// Threads of which one leads: it alone waits for events. Before a leader does something that may take long
/// it hands over to another thread, which is started only if none is free; so a server that never needed two
/// threads has one.
class Crew {
 public:
  using Lead = void (*)(void* context);

  /// `lead` is called on a thread that has become leader and returns after hand_over() or finish().
  Crew(unsigned max_threads, Lead lead, void* context);
  Crew(Crew const&) = delete;
  Crew& operator=(Crew const&) = delete;

  /// Makes the calling thread the first of the crew; returns after finish(), when all other threads are gone.
  void work();

  /// The calling leader becomes an ordinary thread.
  void hand_over();

  /// Called by the leader: every thread leaves as soon as it has nothing to do.
  void finish();

 private:
  static void* run(void* crew);
  void follow();
  bool become_leader();

  unsigned const max_threads_;
  Lead const lead_;
  void* const context_;
  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t leader_wanted_ = PTHREAD_COND_INITIALIZER;
  bool has_leader_ = false;
  bool finished_ = false;
  unsigned waiting_ = 0;
  std::vector<pthread_t> threads_;  // all but the first
};

}  // namespace faasc::rt
