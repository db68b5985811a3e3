#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include <pthread.h>

#include "src/connection.h"
#include "src/crew.h"
#include "src/deadlines.h"
#include "src/function_impl.h"
#include "src/listener.h"
#include "src/poller.h"
#include "src/settings.h"

namespace faasc::rt {

/// Serves one function: accepts, reads, calls, answers, and lets nothing take longer than it may.
///
/// Who owns a connection: while it is armed in the poller, the leader; while its request is with the
/// function, the thread that calls it, until the call's deadline passes, when the leader takes it over to
/// answer 504. The deadline lists are under `mutex_`, and whoever finds a Call still linked there has the
/// connection.
class Server {
 public:
  Server(Settings const& settings, google::cloud::functions_internal::FunctionImpl& function);

  /// Empty, or why it cannot listen.
  std::string open();
  std::uint16_t port() const { return listener_.port(); }

  /// Serves until request_stop(), then answers what has been begun, and returns. Where that takes longer than
  /// the grace period, ends the process instead, with status 0: functions that are still running cannot be
  /// stopped otherwise.
  void run();

  /// May be called from a signal handler.
  void request_stop();

 private:
  using Phase = Connection::Phase;

  struct Call : Deadline {
    explicit Call(Connection& c) : Deadline(Kind::Call), connection(c) {}
    Connection& connection;
    google::cloud::functions_internal::FunctionImpl::Delivery delivery{};
    bool taken_over = false;
  };

  struct Expired {
    Connection* connection = nullptr;
    bool was_call = false;
    google::cloud::functions_internal::FunctionImpl::Delivery delivery{};
  };

  void lead();
  bool stop_step();
  void begin_stop();
  void accept_one(bool& leading);
  void pause_accepting();
  Expired take_expired();
  void expire(Expired expired);
  int time_to_wait();

  void drive(Connection& connection, bool& leading);
  bool on_readable(Connection& connection, bool& leading);
  bool on_request(Connection& connection, bool& leading);
  bool on_written(Connection& connection, bool& leading);
  void park(Connection& connection, Poller::For purpose, bool leading);
  void destroy(Connection& connection);

  Settings const settings_;
  google::cloud::functions_internal::FunctionImpl& function_;
  Listener listener_;
  Poller poller_;
  Crew crew_;

  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  DeadlineList idle_, reading_, writing_, lingering_, calls_;
  std::int64_t leader_wakes_at_ = INT64_MIN;  // INT64_MIN = it is awake

  std::atomic<unsigned> calling_{0};  // calls of the function, those nobody waits for any more included
  std::atomic<unsigned> connections_{0};
  std::atomic<bool> stop_requested_{false};
  std::atomic<bool> stopping_{false};
  std::int64_t grace_ends_ = kNever;
  std::int64_t accept_again_at_ = kNever;
};

}  // namespace faasc::rt
