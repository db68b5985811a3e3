#include "src/crew.h"

#include "src/log.h"
#include "src/signals.h"

namespace faasc::rt {

Crew::Crew(unsigned max_threads, Lead lead, void* context)
    : max_threads_(max_threads), lead_(lead), context_(context) {}

void Crew::join() {
  follow();
  // Only finish() ends follow(), and after it no thread is added.
  for (pthread_t const thread : threads_) ::pthread_join(thread, nullptr);
}

void* Crew::run(void* crew) {
  CrashStack stack;
  stack.use();
  static_cast<Crew*>(crew)->follow();
  return nullptr;
}

void Crew::follow() {
  while (become_leader()) lead_(context_);
}

bool Crew::become_leader() {
  ::pthread_mutex_lock(&mutex_);
  ++waiting_;
  while (has_leader_ && !finished_) ::pthread_cond_wait(&leader_wanted_, &mutex_);
  --waiting_;
  bool const leads = !finished_;
  if (leads) has_leader_ = true;
  ::pthread_mutex_unlock(&mutex_);
  return leads;
}

void Crew::begin_work(bool was_leader) {
  bool start = false, wake = false;
  ::pthread_mutex_lock(&mutex_);
  if (was_leader) has_leader_ = false;
  ++working_;
  if (!has_leader_) {
    // A thread that neither waits nor works has just finished something and is on its way to lead.
    if (waiting_ > 0) {
      wake = true;
    } else if (working_ == started_ && started_ < max_threads_) {
      start = true;
      ++started_;
    }
  }
  ::pthread_mutex_unlock(&mutex_);
  // Not while the lock is held, for which whoever wakes would have to wait at once.
  if (wake) ::pthread_cond_signal(&leader_wanted_);
  if (start) start_thread();
}

void Crew::end_work() {
  ::pthread_mutex_lock(&mutex_);
  --working_;
  ::pthread_mutex_unlock(&mutex_);
}

void Crew::start_thread() {
  pthread_t thread{};
  bool const ok = ::pthread_create(&thread, nullptr, &Crew::run, this) == 0;
  ::pthread_mutex_lock(&mutex_);
  bool const first_refusal = !ok && !refused_;
  if (ok) {
    threads_.push_back(thread);
  } else {
    --started_;
    refused_ = true;
  }
  unsigned const count = started_;
  ::pthread_mutex_unlock(&mutex_);
  if (first_refusal) {
    log(Severity::Warning, "cannot start a thread; requests may wait for each other", "threads", count);
  }
}

void Crew::finish() {
  ::pthread_mutex_lock(&mutex_);
  has_leader_ = false;
  finished_ = true;
  ::pthread_cond_broadcast(&leader_wanted_);
  ::pthread_mutex_unlock(&mutex_);
}

}  // namespace faasc::rt
