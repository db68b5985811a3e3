#include "src/server.h"

#include <algorithm>
#include <new>
#include <utility>

#include <unistd.h>

#include "src/log.h"
#include "src/memory.h"
#include "src/router.h"

namespace faasc::rt {
namespace {

constexpr std::int64_t kAcceptPause = 100;
// More would share too few connections each.
constexpr unsigned kMostLanes = 16;

unsigned lanes_for(Settings const& settings) {
  return std::min({processors(), settings.concurrency, kMostLanes});
}

}  // namespace

Server::Server(Settings const& settings, google::cloud::functions_internal::FunctionImpl& function)
    : settings_(settings),
      function_(function),
      budget_(settings.client_memory != 0 ? settings.client_memory
                                          : default_client_memory(settings.request_size)),
      lane_count_(lanes_for(settings)),
      lanes_(std::make_unique<Lane[]>(lane_count_)),
      crew_(
          lane_count_, settings.concurrency + lane_count_,
          [](void* pointer, unsigned lane) {
            auto* const server = static_cast<Server*>(pointer);
            server->lead(server->lanes_[lane]);
          },
          this) {
  for (unsigned i = 0; i < lane_count_; ++i) lanes_[i].number = i;
}

std::string Server::open() {
  if (!lanes_[0].poller.open()) return "cannot create an epoll descriptor";
  lanes_[0].is_open.store(true);
  std::string error = listener_.open(settings_.address, settings_.port);
  if (error.empty() && !lanes_[0].poller.watch(listener_.fd(), Poller::For::Input, &listener_, listening_))
    error = "cannot watch the listening socket";
  return error;
}

void Server::run() {
  crew_.open(0);
  crew_.join();
}

void Server::request_stop() {
  stop_requested_.store(true);
  lanes_[0].poller.wake();
}

void Server::lead(Lane& lane) {
  adopt(lane);
  bool leading = true;
  while (leading) {
    if (!lane.batch.empty()) {
      void* const ready = lane.batch.take();
      if (ready == &listener_) {
        accept_one(leading);
      } else if (ready != nullptr) {
        drive(*static_cast<Connection*>(ready), leading);
      }
      continue;
    }
    if (!stop_step(lane)) return;
    if (lane.number == 0) accept_again_in_time();
    end_if_lost();
    int time_to_wait = 0;
    for (;;) {
      Expired const expired = take_expired(lane, time_to_wait);
      if (expired.connection == nullptr) break;
      expire(expired);
    }
    if (lane_count_ > 1) {
      lane.load.end_round(nanoseconds());
      if (lane.load.is_crowded() && lane.number == 0) open_one_more_lane();
    }
    lane.poller.wait(lane.batch, time_to_wait);
    lane.leader_wakes_at.store(INT64_MIN);
    begin_round(lane);
  }
  // The last request may just have been answered while the new leader sleeps.
  if (stopping_.load()) lane.poller.wake();
}

void Server::begin_round(Lane& lane) {
  std::int64_t const time = nanoseconds();
  lane.time = time / 1'000'000;
  lane.load.begin_round(time);
}

/// What the leader was doing from which the lane has been taken is from now on a call like others.
void Server::adopt(Lane& lane) {
  begin_round(lane);
  Lock lock(lane.mutex);
  Call* const call = lane.current.load();
  if (call == nullptr) return;
  lane.current.store(nullptr);
  lane.set_aside(call->connection);
  lane.calls.link(*call, call->ends);
}

/// False when everything is done and the crew is dismissed.
bool Server::stop_step(Lane& lane) {
  if (!stop_requested_.load()) return true;
  if (lane.number == 0 && !stopping_.load()) begin_stop();
  if (!stopping_.load()) return true;
  if (!lane.stopping) {
    lane.stopping = true;
    // From now on park() adds none.
    for (;;) {
      Deadline* idle = nullptr;
      {
        Lock lock(lane.mutex);
        idle = lane.idle.first();
      }
      if (idle == nullptr) break;
      destroy(*static_cast<Connection*>(idle));
    }
  }
  if (connections_.load() == 0 && calling_.load() == 0) {
    crew_.finish();
    for (unsigned i = 0; i < lane_count_; ++i) {
      if (i != lane.number) lanes_[i].poller.wake();
    }
    return false;
  }
  if (now() >= grace_ends_) {
    log(Severity::Warning, "stopped before every request was answered", "calls", calling_.load());
    flush_user_output(WhenBusy::Skip);
    ::_exit(0);
  }
  return true;
}

void Server::end_if_lost() {
  std::int64_t const at = all_lost_at_.load();
  if (at == kNever || now() < at) return;
  log(Severity::Critical, "every call that may run has timed out and does not end", "calls", calling_.load());
  flush_user_output(WhenBusy::Skip);
  ::_exit(1);
}

void Server::begin_stop() {
  listener_.close();
  grace_ends_ = now() + settings_.grace_period;
  stopping_.store(true);
  for (unsigned i = 1; i < lane_count_; ++i) lanes_[i].poller.wake();
}

void Server::accept_one(bool& leading) {
  int fd = -1;
  switch (listener_.accept(fd)) {
    case Listener::Outcome::Nothing:
      return;
    case Listener::Outcome::OutOfResources:
      pause_accepting();
      return;
    case Listener::Outcome::Accepted:
      break;
  }
  make_room_for_one_more();
  Lane& lane = emptiest_lane();
  auto* const connection = new (std::nothrow) Connection(fd, lane, settings_.request_size, budget_);
  if (connection == nullptr) {
    ::close(fd);
    return;
  }
  connections_.fetch_add(1);
  lane.connections.fetch_add(1);
  if (lane.number == 0) return drive(*connection, leading);
  park(*connection, Poller::For::Input, false);
}

/// Of those that are open the one with the fewest connections.
Lane& Server::emptiest_lane() {
  Lane* fewest = &lanes_[0];
  for (unsigned i = 1; i < lane_count_; ++i) {
    if (lanes_[i].is_open.load() && lanes_[i].connections.load() < fewest->connections.load())
      fewest = &lanes_[i];
  }
  return *fewest;
}

/// By the leader of the first lane.
void Server::open_one_more_lane() {
  for (unsigned i = 1; i < lane_count_; ++i) {
    if (lanes_[i].is_open.load()) continue;
    if (!lanes_[i].poller.open()) return;
    lanes_[i].is_open.store(true);
    return crew_.open(i);
  }
}

/// By the leader of the connection's lane, for one that waits for its client. False where it stays.
bool Server::move_to_another_lane(Connection& connection) {
  Lane& from = *connection.lane;
  Lane& to = emptiest_lane();
  if (from.connections.load() <= to.connections.load() + 1) return false;
  {
    Lock lock(from.mutex);
    from.set_aside(connection);
  }
  from.connections.fetch_sub(1);
  to.connections.fetch_add(1);
  connection.lane = &to;
  park(connection, Poller::For::Input, false);
  return true;
}

/// Where connections alone use up the memory, the one that has waited longest for its client makes room.
void Server::make_room_for_one_more() {
  if ((connections_.load() + std::size_t{1}) * MemoryShare::kFree <= budget_.limit()) return;
  Lane& lane = lanes_[0];
  Connection* oldest = nullptr;
  {
    Lock lock(lane.mutex);
    // What is linked here is armed, and so the leader's.
    for (DeadlineList* list : {&lane.idle, &lane.lingering, &lane.reading, &lane.writing}) {
      oldest = static_cast<Connection*>(list->first());
      if (oldest != nullptr) break;
    }
  }
  if (oldest == nullptr) return;
  lane.batch.drop(oldest);
  destroy(*oldest);
}

void Server::pause_accepting() {
  log(Severity::Warning, "out of descriptors or memory; new connections wait", "connections",
      connections_.load());
  lanes_[0].poller.forget(listener_.fd(), listening_);
  accept_again_at_ = now() + kAcceptPause;
}

void Server::accept_again_in_time() {
  if (accept_again_at_ == kNever || now() < accept_again_at_) return;
  accept_again_at_ = kNever;
  if (listener_.fd() >= 0) lanes_[0].poller.watch(listener_.fd(), Poller::For::Input, &listener_, listening_);
}

/// One whose time is up; where there is none, how many milliseconds the leader may sleep, -1 for any number.
Server::Expired Server::take_expired(Lane& lane, int& time_to_wait) {
  std::int64_t const time = now();
  Lock lock(lane.mutex);
  for (DeadlineList* list : {&lane.calls, &lane.reading, &lane.writing, &lane.idle, &lane.lingering}) {
    Deadline* const first = list->first();
    if (first == nullptr || first->when > time) continue;
    first->unlink();
    if (first->kind == Deadline::Kind::Connection) return {static_cast<Connection*>(first), false, {}};
    auto* const call = static_cast<Call*>(first);
    bool const answered = call->taken_over;
    call->taken_over = true;
    if (call->delivery.answer_at_once && !answered) {
      lane.calls.link(*call, time + settings_.timeout);
    } else {
      call->lost = true;
      if (lost_calls_.fetch_add(1) + 1 == settings_.concurrency) all_lost_at_.store(time + settings_.timeout);
    }
    if (answered) continue;
    return {&call->connection, true, call->delivery};
  }
  std::int64_t earliest = std::min(lane.earliest(), all_lost_at_.load());
  if (stopping_.load()) earliest = std::min(earliest, grace_ends_);
  if (lane.number == 0) earliest = std::min(earliest, accept_again_at_);
  lane.leader_wakes_at.store(earliest);
  time_to_wait = earliest == kNever
                     ? -1
                     : static_cast<int>(std::clamp<std::int64_t>(earliest - time, 0, 60 * 60 * 1000));
  return {};
}

void Server::expire(Expired expired) {
  Connection& connection = *expired.connection;
  bool leading = true;  // and it stays so: nothing here calls the function
  if (expired.was_call) {
    Reply reply{202, {}, {}};
    if (!expired.delivery.answer_at_once) {
      reply = timeout_reply(settings_, expired.delivery.timeout_status);
      // 200 is what Lambda's own service answers; there the error is in a header.
      if (reply.status < 400) reply.set_header("X-Amz-Function-Error", "Unhandled");
      log(Severity::Error, reply.body);
    }
    connection.linger = true;
    connection.respond(std::move(reply), AfterResponse::Close);
    drive(connection, leading);
  } else if (connection.phase == Phase::Reading) {
    connection.linger = true;
    connection.respond(text_reply(408, "the request took too long to arrive"), AfterResponse::Close);
    drive(connection, leading);
  } else {
    destroy(connection);
  }
}

}  // namespace faasc::rt
