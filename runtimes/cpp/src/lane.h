#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

#include <pthread.h>

#include "src/connection.h"
#include "src/deadlines.h"
#include "src/function_impl.h"
#include "src/load.h"
#include "src/memory_budget.h"
#include "src/poller.h"

namespace faasc::rt {

/// A call of the function, on the stack of the thread that makes it.
struct Call : Deadline {
  explicit Call(Connection& c) : Deadline(Kind::Call), connection(c), share(c.take_share()) {}
  Connection& connection;
  google::cloud::functions_internal::FunctionImpl::Delivery delivery{};
  MemoryShare share;
  std::int64_t ends = kNever;  ///< when its time is up
  bool taken_over = false;
  bool lost = false;  ///< its time is up, too
};

class Lock {
 public:
  explicit Lock(pthread_mutex_t& mutex) : mutex_(mutex) { ::pthread_mutex_lock(&mutex_); }
  ~Lock() { ::pthread_mutex_unlock(&mutex_); }
  Lock(Lock const&) = delete;
  Lock& operator=(Lock const&) = delete;

 private:
  pthread_mutex_t& mutex_;
};

/// Some of the connections, and what tells of them. One thread leads it at a time.
///
/// There may be a lane for each processor, but there is one until it has too much to do: waking a second
/// thread costs more than a short request does.
struct Lane {
  unsigned number = 0;
  std::atomic<bool> is_open{false};
  Poller poller;
  std::atomic<unsigned> connections{0};

  // The leader's alone.
  Poller::Batch batch;
  std::int64_t time = 0;  ///< about now
  bool stopping = false;
  Load load;

  /// The short call that the leader makes. Its connection stays in the poller and in the list of deadlines,
  /// where only the leader would look; a new leader takes it out of both. Changed back to null under `mutex`
  /// by whoever does not lead.
  std::atomic<Call*> current{nullptr};

  /// Guards the lists, and that what is linked in them is armed in the poller.
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  DeadlineList idle, reading, writing, lingering, calls;
  std::atomic<std::int64_t> leader_wakes_at{INT64_MIN};  ///< INT64_MIN = it is awake

  /// The two below with the lock held.
  std::int64_t earliest() const {
    return std::min(
        {idle.earliest(), reading.earliest(), writing.earliest(), lingering.earliest(), calls.earliest()});
  }
  /// The connection is somebody else's than the leader's until it is parked again.
  void set_aside(Connection& connection) {
    poller.forget(connection.fd, connection.armed);
    if (connection.linked()) connection.unlink();
  }
};

}  // namespace faasc::rt
