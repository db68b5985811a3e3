#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "src/connection.h"
#include "src/crew.h"
#include "src/deadlines.h"
#include "src/function_impl.h"
#include "src/lane.h"
#include "src/listener.h"
#include "src/memory_budget.h"
#include "src/poller.h"
#include "src/router.h"
#include "src/settings.h"

namespace faasc::rt {

/// Serves one function: accepts, reads, calls, answers, and lets nothing take longer than it may.
///
/// Who owns a connection: while it is armed in its lane's poller, the lane's leader; while its request is
/// with the function, the thread that calls it, until the call's deadline passes, when the leader takes it
/// over to answer 504. The deadline lists are under the lane's mutex, and whoever finds a Call still linked
/// there has the connection. A leader that makes a short call itself has both; see Lane::current.
///
/// A call that has timed out goes on, as a thread cannot be stopped, and keeps its place among those that may
/// run: one more beside it would be more than the function was promised. When every place is taken by such
/// calls the server is not ready any more, and if none of them ends within another time-out it ends the
/// process with status 1, so that who started the machine starts another. Lambda does that to a function of
/// which one call times out.
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

  struct Expired {
    Connection* connection = nullptr;
    bool was_call = false;
    google::cloud::functions_internal::FunctionImpl::Delivery delivery{};
  };

  void lead(Lane& lane);
  void begin_round(Lane& lane);
  void adopt(Lane& lane);
  bool stop_step(Lane& lane);
  void end_if_lost();
  void begin_stop();
  void accept_one(bool& leading);
  Lane& emptiest_lane();
  void open_one_more_lane();
  bool move_to_another_lane(Connection& connection);
  void accept_again_in_time();
  void pause_accepting();
  void make_room_for_one_more();
  Expired take_expired(Lane& lane, int& time_to_wait);
  void expire(Expired expired);

  void drive(Connection& connection, bool& leading);
  bool on_readable(Connection& connection, bool& leading);
  Readiness readiness(bool stopping);
  bool on_request(Connection& connection, bool& leading);
  bool make(Call& call, google::cloud::functions::HttpRequest request, bool& leading, Reply& reply);
  bool on_written(Connection& connection, bool& leading);
  void park(Connection& connection, Poller::For purpose, bool leading);
  void destroy(Connection& connection);

  Settings const settings_;
  google::cloud::functions_internal::FunctionImpl& function_;
  MemoryBudget budget_;
  Listener listener_;
  unsigned const lane_count_;
  std::unique_ptr<Lane[]> const lanes_;
  Crew crew_;

  std::atomic<unsigned> lost_calls_{0};  // still running though nobody waits for them and their time is up
  std::atomic<std::int64_t> all_lost_at_{
      kNever};  // when every call that may be was lost, and will be given up

  std::atomic<unsigned> calling_{0};  // calls of the function, those nobody waits for any more included
  std::atomic<unsigned> connections_{0};
  std::atomic<bool> stop_requested_{false};
  std::atomic<bool> stopping_{false};
  std::int64_t grace_ends_ = kNever;  // set before stopping_

  // The first lane's leader's.
  Poller::For listening_ = Poller::For::Nothing;
  std::int64_t accept_again_at_ = kNever;
};

}  // namespace faasc::rt
