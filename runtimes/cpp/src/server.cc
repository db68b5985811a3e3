#include "src/server.h"

#include <algorithm>
#include <new>
#include <utility>

#include <unistd.h>

#include "src/execution_id.h"
#include "src/log.h"
#include "src/memory.h"
#include "src/router.h"

namespace faasc::rt {
namespace {

constexpr std::int64_t kLingerTime = 2000;
constexpr std::int64_t kAcceptPause = 100;
// A client that pipelines requests which need no function must not keep the leader from everyone else.
constexpr int kRequestsInARow = 32;
// A body earns its sender time, and an answer its reader: what goes at 64 KiB per second or faster may be of
// any length.
constexpr std::size_t kBytesPerExtraSecond = 64 << 10;

class Lock {
 public:
  explicit Lock(pthread_mutex_t& mutex) : mutex_(mutex) { ::pthread_mutex_lock(&mutex_); }
  ~Lock() { ::pthread_mutex_unlock(&mutex_); }
  Lock(Lock const&) = delete;
  Lock& operator=(Lock const&) = delete;

 private:
  pthread_mutex_t& mutex_;
};

}  // namespace

Server::Server(Settings const& settings, google::cloud::functions_internal::FunctionImpl& function)
    : settings_(settings),
      function_(function),
      budget_(settings.client_memory != 0 ? settings.client_memory
                                          : default_client_memory(settings.request_size)),
      crew_(settings.concurrency + 1, [](void* server) { static_cast<Server*>(server)->lead(); }, this) {}

std::string Server::open() {
  if (!poller_.open()) return "cannot create an epoll descriptor";
  std::string error = listener_.open(settings_.address, settings_.port);
  if (error.empty() && !poller_.watch(listener_.fd(), &listener_))
    error = "cannot watch the listening socket";
  return error;
}

void Server::run() {
  crew_.join();
}

void Server::request_stop() {
  stop_requested_.store(true);
  poller_.wake();
}

void Server::lead() {
  bool leading = true;
  while (leading) {
    if (!stop_step()) return;
    if (accept_again_at_ != kNever && now() >= accept_again_at_) {
      accept_again_at_ = kNever;
      if (listener_.fd() >= 0) poller_.watch(listener_.fd(), &listener_);
    }
    end_if_lost();
    for (Expired expired = take_expired(); expired.connection != nullptr; expired = take_expired())
      expire(expired);

    void* const ready = poller_.wait(time_to_wait());
    {
      Lock lock(mutex_);
      leader_wakes_at_ = INT64_MIN;
    }
    if (ready == &listener_) {
      accept_one(leading);
    } else if (ready != nullptr) {
      drive(*static_cast<Connection*>(ready), leading);
    }
  }
  // The last request may just have been answered while the new leader sleeps.
  if (stopping_.load()) poller_.wake();
}

/// False when everything is done and the crew is dismissed.
bool Server::stop_step() {
  if (!stop_requested_.load()) return true;
  if (!stopping_.load()) begin_stop();
  if (connections_.load() == 0 && calling_.load() == 0) {
    crew_.finish();
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
  {
    Lock lock(mutex_);
    if (now() < all_lost_at_) return;
  }
  log(Severity::Critical, "every call that may run has timed out and does not end", "calls", calling_.load());
  flush_user_output(WhenBusy::Skip);
  ::_exit(1);
}

void Server::begin_stop() {
  listener_.close();
  grace_ends_ = now() + settings_.grace_period;
  {
    Lock lock(mutex_);
    stopping_.store(true);
  }
  // From now on park() adds none.
  while (Deadline* const idle = idle_.first()) destroy(*static_cast<Connection*>(idle));
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
  auto* const connection = new (std::nothrow) Connection(fd, settings_.request_size, budget_);
  if (connection == nullptr) {
    ::close(fd);
    return;
  }
  connections_.fetch_add(1);
  connection->reading_since = now();
  drive(*connection, leading);
}

/// Where connections alone use up the memory, the one that has waited longest for its client makes room.
void Server::make_room_for_one_more() {
  if ((connections_.load() + std::size_t{1}) * MemoryShare::kFree <= budget_.limit()) return;
  Connection* oldest = nullptr;
  {
    Lock lock(mutex_);
    // What is linked here is armed, and so the leader's.
    for (DeadlineList* list : {&idle_, &lingering_, &reading_, &writing_}) {
      oldest = static_cast<Connection*>(list->first());
      if (oldest != nullptr) break;
    }
  }
  if (oldest != nullptr) destroy(*oldest);
}

void Server::pause_accepting() {
  log(Severity::Warning, "out of descriptors or memory; new connections wait", "connections",
      connections_.load());
  poller_.forget(listener_.fd());
  accept_again_at_ = now() + kAcceptPause;
}

Server::Expired Server::take_expired() {
  std::int64_t const time = now();
  Lock lock(mutex_);
  for (DeadlineList* list : {&calls_, &reading_, &writing_, &idle_, &lingering_}) {
    Deadline* const first = list->first();
    if (first == nullptr || first->when > time) continue;
    first->unlink();
    if (first->kind == Deadline::Kind::Connection) return {static_cast<Connection*>(first), false, {}};
    auto* const call = static_cast<Call*>(first);
    bool const answered = call->taken_over;
    call->taken_over = true;
    if (call->delivery.answer_at_once && !answered) {
      calls_.link(*call, time + settings_.timeout);
    } else {
      call->lost = true;
      if (++lost_calls_ == settings_.concurrency) all_lost_at_ = time + settings_.timeout;
    }
    if (answered) continue;
    return {&call->connection, true, call->delivery};
  }
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

int Server::time_to_wait() {
  std::int64_t const time = now();
  Lock lock(mutex_);
  std::int64_t earliest =
      std::min({idle_.earliest(), reading_.earliest(), writing_.earliest(), lingering_.earliest(),
                calls_.earliest(), grace_ends_, accept_again_at_, all_lost_at_});
  leader_wakes_at_ = earliest;
  if (earliest == kNever) return -1;
  return static_cast<int>(std::clamp<std::int64_t>(earliest - time, 0, 60 * 60 * 1000));
}

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
    connection.reading_since = now();
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
  Lock lock(mutex_);
  return all_lost_at_ == kNever ? Readiness::Ready : Readiness::Lost;
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
  bool wake = false;
  {
    Lock lock(mutex_);
    if (connection.linked()) connection.unlink();
    calls_.link(call, now() + (call.delivery.answer_at_once ? 0 : settings_.timeout));
    wake = !leading && call.when < leader_wakes_at_;
  }
  crew_.begin_work(leading);
  leading = false;
  if (wake) poller_.wake();
  Reply reply = call_function(function_, std::move(request), settings_);
  crew_.end_work();
  static_cast<void>(call.share.set(0));
  {
    Lock lock(mutex_);
    if (call.linked()) call.unlink();
    if (call.lost) {
      --lost_calls_;
      all_lost_at_ = kNever;
    }
  }
  calling_.fetch_sub(1);
  if (call.taken_over) return false;
  // It was quicker than the leader, who would have answered so.
  if (call.delivery.answer_at_once) reply = Reply{202, {}, {}};
  if (stopping_.load()) after = AfterResponse::Close;
  connection.respond(std::move(reply), after);
  return true;
}

bool Server::on_written(Connection& connection, bool& leading) {
  connection.writing_since = 0;
  if (connection.finish_response() == AfterResponse::KeepOpen) {
    if (connection.phase == Phase::Idle) {
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
  std::int64_t when = kNever;
  DeadlineList* list = nullptr;
  switch (connection.phase) {
    case Phase::Idle:
      list = &idle_;
      when = now() + settings_.idle_timeout;
      break;
    case Phase::Calling:
    case Phase::Reading:
      list = &reading_;
      when = connection.reading_since + settings_.read_timeout +
             static_cast<std::int64_t>(connection.received / kBytesPerExtraSecond) * 1000;
      break;
    case Phase::Writing:
      list = &writing_;
      // What the system takes for it is not yet read: this ends for who stops reading, and who hardly reads.
      when = std::min(now(), connection.writing_since +
                                 static_cast<std::int64_t>(connection.sent() / kBytesPerExtraSecond) * 1000) +
             settings_.read_timeout;
      break;
    case Phase::Lingering:
      list = &lingering_;
      when = connection.linked() && connection.listed_as == Phase::Lingering ? connection.when
                                                                             : now() + kLingerTime;
      break;
  }
  bool gone = false;
  bool wake = false;
  {
    Lock lock(mutex_);
    if (connection.linked() && (connection.listed_as != connection.phase || connection.when != when))
      connection.unlink();
    if (!connection.linked()) list->link(connection, when);
    connection.listed_as = connection.phase;
    // Once armed, the connection is the leader's.
    gone = (stopping_.load() && connection.phase == Phase::Idle) ||
           !poller_.arm(connection.fd, purpose, &connection, connection.known_to_poller);
    wake = !leading && !gone && when < leader_wakes_at_;
    if (gone) connection.unlink();
  }
  if (gone) destroy(connection);
  if (wake) poller_.wake();
}

void Server::destroy(Connection& connection) {
  {
    Lock lock(mutex_);
    if (connection.linked()) connection.unlink();
  }
  delete &connection;
  connections_.fetch_sub(1);
}

}  // namespace faasc::rt
