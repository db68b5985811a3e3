// What becomes of one connection: Server's part that goes from phase to phase.

#include <algorithm>
#include <new>
#include <utility>

#include "src/execution_id.h"
#include "src/router.h"
#include "src/server.h"

namespace faasc::rt {
namespace {

constexpr std::int64_t kLingerTime = 2000;
// A client that pipelines requests which need no function must not keep the leader from everyone else.
constexpr int kRequestsInARow = 32;
// A body earns its sender time, and an answer its reader: what goes at 64 KiB per second or faster may be of
// any length.
constexpr std::size_t kBytesPerExtraSecond = 64 << 10;

}  // namespace

void Server::drive(Connection& connection, bool& leading) {
  // Each step says whether the connection is still this thread's to drive.
  for (int requests = 0;;) {
    switch (connection.phase) {
      case Phase::Idle:
      case Phase::Reading:
        if (++requests > kRequestsInARow && leading) return park(connection, Poller::For::Output, leading);
        if (!on_readable(connection, leading)) return;
        break;
      case Phase::Calling:
        if (!on_request(connection, leading)) return;
        break;
      case Phase::Writing:
        switch (connection.send()) {
          case Connection::Output::WouldBlock:
            if (connection.writing_since == 0) connection.writing_since = now();
            return park(connection, Poller::For::Output, leading);
          case Connection::Output::Broken:
            return destroy(connection);
          case Connection::Output::Done:
            break;
        }
        if (!on_written(connection, leading)) return;
        break;
      case Phase::Lingering:
        if (connection.discard_input() == Connection::Input::Closed) return destroy(connection);
        return park(connection, Poller::For::Input, leading);
    }
  }
}

bool Server::on_readable(Connection& connection, bool& leading) try {
  if (connection.phase == Phase::Idle) {
    connection.reading_since = leading ? connection.lane->time : now();
    connection.received = 0;
  }
  switch (connection.receive()) {
    case Connection::Input::Request:
      return true;
    case Connection::Input::Closed:
      destroy(connection);
      return false;
    case Connection::Input::WouldBlock:
      park(connection, Poller::For::Input, leading);
      return false;
    case Connection::Input::OutOfBudget: {
      connection.linger = true;
      Reply reply = text_reply(429, "too many bytes of requests at the same time");
      reply.set_header("Retry-After", "1");
      connection.respond(std::move(reply), AfterResponse::Close);
      return true;
    }
    case Connection::Input::Refused:
      break;
  }
  connection.linger = true;
  connection.respond(text_reply(connection.reader().refusal_status(), connection.reader().refusal()),
                     AfterResponse::Close);
  return true;
} catch (std::bad_alloc const&) {
  destroy(connection);
  return false;
}

Readiness Server::readiness(bool stopping) {
  if (stopping) return Readiness::Stopping;
  return all_lost_at_.load() == kNever ? Readiness::Ready : Readiness::Lost;
}

bool Server::on_request(Connection& connection, bool& leading) {
  auto request = connection.take_request();
  bool const stopping = stopping_.load();
  auto after = stopping ? AfterResponse::Close : AfterResponse::KeepOpen;
  bool const minted = connection.facts.execution_id.empty();
  connection.execution_id = minted ? mint_execution_id() : connection.facts.execution_id;

  if (auto reply = answer_without_function(request, settings_, readiness(stopping))) {
    connection.respond(std::move(*reply), after);
    return true;
  }
  if (calling_.fetch_add(1) >= settings_.concurrency) {
    calling_.fetch_sub(1);
    Reply reply = text_reply(429, "too many requests at the same time");
    reply.set_header("Retry-After", "1");
    connection.respond(std::move(reply), after);
    return true;
  }
  if (minted) request.add_header("Function-Execution-Id", connection.execution_id);

  Call call(connection);
  call.delivery = function_.delivery(request);
  if (!call.share.set(call.share.held() + call.delivery.memory) ||
      call.delivery.memory > 2 * budget_.limit()) {
    calling_.fetch_sub(1);
    // Twice the budget is half the machine: it will not do later either.
    bool const later = call.delivery.memory <= 2 * budget_.limit();
    Reply reply = later ? text_reply(429, "too many bytes of requests at the same time")
                        : text_reply(413, "a body whose values need too much memory");
    if (later) reply.set_header("Retry-After", "1");
    connection.respond(std::move(reply), after);
    return true;
  }
  Reply reply;
  if (!make(call, std::move(request), leading, reply)) return false;
  // It was quicker than the leader, who would have answered so.
  if (call.delivery.answer_at_once) reply = Reply{202, {}, {}};
  if (stopping_.load()) after = AfterResponse::Close;
  connection.respond(std::move(reply), after);
  return true;
}

/// False where nobody waits for the reply any more: the connection is not this thread's then.
bool Server::make(Call& call, google::cloud::functions::HttpRequest request, bool& leading, Reply& reply) {
  Lane& lane = *call.connection.lane;
  std::int64_t const nanoseconds_then = nanoseconds();
  std::int64_t const began = nanoseconds_then / 1'000'000;
  call.ends = began + (call.delivery.answer_at_once ? 0 : settings_.timeout);
  if (leading && !crew_.expects_long()) {
    lane.time = began;
    lane.current.store(&call, std::memory_order_relaxed);
    std::uint64_t const number = crew_.begin_short(lane.number);
    reply = call_function(function_, std::move(request), settings_);
    leading = crew_.end_short(lane.number, number);
    if (leading) {
      lane.current.store(nullptr, std::memory_order_relaxed);
      if (lane_count_ > 1) lane.load.add_call(nanoseconds() - nanoseconds_then);
    }
  } else {
    bool wake = false;
    {
      Lock lock(lane.mutex);
      lane.set_aside(call.connection);
      lane.calls.link(call, call.ends);
      wake = !leading && call.when < lane.leader_wakes_at.load();
    }
    std::int64_t const away_since = crew_.begin_long(lane.number, leading);
    leading = false;
    if (wake) lane.poller.wake();
    reply = call_function(function_, std::move(request), settings_);
    crew_.end_long(away_since);
  }
  static_cast<void>(call.share.set(0));
  if (!leading) {
    Lock lock(lane.mutex);
    if (lane.current.load() == &call) {
      // Whoever has taken the lane over has not come so far yet.
      lane.current.store(nullptr);
      lane.set_aside(call.connection);
    }
    if (call.linked()) call.unlink();
    if (call.lost) {
      lost_calls_.fetch_sub(1);
      all_lost_at_.store(kNever);
    }
  }
  calling_.fetch_sub(1);
  return !call.taken_over;
}

bool Server::on_written(Connection& connection, bool& leading) {
  connection.writing_since = 0;
  if (connection.finish_response() == AfterResponse::KeepOpen) {
    if (connection.phase == Phase::Idle) {
      if (leading && connection.lane->load.is_crowded() && move_to_another_lane(connection)) return false;
      // Asking the socket right away would nearly always be in vain.
      park(connection, Poller::For::Input, leading);
      return false;
    }
    connection.reading_since = now();
    return true;
  }
  if (!connection.linger) {
    destroy(connection);
    return false;
  }
  connection.start_lingering();
  return true;
}

void Server::park(Connection& connection, Poller::For purpose, bool leading) {
  Lane& lane = *connection.lane;
  std::int64_t const time = leading ? lane.time : now();
  std::int64_t when = kNever;
  DeadlineList* list = nullptr;
  switch (connection.phase) {
    case Phase::Idle:
      list = &lane.idle;
      when = time + settings_.idle_timeout;
      break;
    case Phase::Calling:
    case Phase::Reading:
      list = &lane.reading;
      when = connection.reading_since + settings_.read_timeout +
             static_cast<std::int64_t>(connection.received / kBytesPerExtraSecond) * 1000;
      break;
    case Phase::Writing:
      list = &lane.writing;
      // What the system takes for it is not yet read: this ends for who stops reading, and who hardly reads.
      when = std::min(time, connection.writing_since +
                                static_cast<std::int64_t>(connection.sent() / kBytesPerExtraSecond) * 1000) +
             settings_.read_timeout;
      break;
    case Phase::Lingering:
      list = &lane.lingering;
      when = connection.linked() && connection.listed_as == Phase::Lingering ? connection.when
                                                                             : time + kLingerTime;
      break;
  }
  bool gone = false;
  bool wake = false;
  {
    Lock lock(lane.mutex);
    if (connection.linked() && (connection.listed_as != connection.phase || connection.when != when))
      connection.unlink();
    if (!connection.linked()) list->link(connection, when);
    connection.listed_as = connection.phase;
    // Once armed, the connection is the leader's.
    gone = (stopping_.load() && connection.phase == Phase::Idle) ||
           !lane.poller.watch(connection.fd, purpose, &connection, connection.armed);
    wake = !leading && !gone && when < lane.leader_wakes_at.load();
    if (gone) connection.unlink();
  }
  if (gone) destroy(connection);
  if (wake) lane.poller.wake();
}

void Server::destroy(Connection& connection) {
  Lane& lane = *connection.lane;
  {
    Lock lock(lane.mutex);
    if (connection.linked()) connection.unlink();
  }
  delete &connection;
  lane.connections.fetch_sub(1);
  connections_.fetch_sub(1);
}

}  // namespace faasc::rt
