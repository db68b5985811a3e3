#include "src/connection.h"

#include <string_view>
#include <utility>

#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <unistd.h>

namespace faasc::rt {
namespace {

// A client that sends as fast as it is read must not keep the thread from everyone else.
constexpr int kTurns = 16;
// What is read and thrown away so that an answer arrives. Whoever has sent so much more does not look for
// one.
constexpr std::size_t kDiscarded = 64u << 20;

}  // namespace

Connection::Connection(int socket, Lane& its_lane, std::size_t body_limit, MemoryBudget& budget)
    : Deadline(Kind::Connection), fd(socket), lane(&its_lane), body_limit_(body_limit), share_(budget) {}

Connection::~Connection() {
  ::close(fd);
}

Connection::Input Connection::fill() {
  input_.make_room();
  for (;;) {
    ssize_t const count = ::recv(fd, input_.free_begin(), input_.free_size(), 0);
    if (count > 0) {
      input_.received(static_cast<std::size_t>(count));
      received += static_cast<std::size_t>(count);
      return Input::Request;
    }
    if (count == 0) return Input::Closed;
    if (errno == EINTR) continue;
    return errno == EAGAIN || errno == EWOULDBLOCK ? Input::WouldBlock : Input::Closed;
  }
}

Connection::Input Connection::receive() {
  for (int turns = 0;; ++turns) {
    // Some clients send a line break too many after a body.
    while (reader_ == nullptr && !input_.empty() && (*input_.data() == '\r' || *input_.data() == '\n'))
      input_.consume(1);
    if (!input_.empty()) {
      if (reader_ == nullptr) reader_ = std::make_unique<RequestReader>(body_limit_);
      phase = Phase::Reading;
      input_.consume(reader_->feed(input_.data(), input_.size()));
      if (!share_.set(input_.capacity() + reader_->held())) {
        drop_input();
        return Input::OutOfBudget;
      }
      switch (reader_->state()) {
        case RequestReader::State::Complete:
          phase = Phase::Calling;
          return Input::Request;
        case RequestReader::State::Refused:
          return Input::Refused;
        case RequestReader::State::NeedMore:
          break;
      }
      if (reader_->take_continue()) {
        constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
        ssize_t const count = ::send(fd, kContinue.data(), kContinue.size(), 0);
        // Not at all is fine, the client sends after a while anyway. A part of it cannot be taken back; it
        // takes a socket buffer with less than these 25 bytes of room, right after a response has left it.
        if (count >= 0 && static_cast<std::size_t>(count) != kContinue.size()) return Input::Closed;
      }
    }
    Input const outcome = turns < kTurns ? fill() : Input::WouldBlock;
    if (outcome != Input::Request) {
      if (outcome == Input::WouldBlock && input_.empty()) {
        input_.release();
        if (reader_ == nullptr) phase = Phase::Idle;
        static_cast<void>(share_.set(reader_ == nullptr ? 0 : reader_->held()));  // no more than it was
      }
      return outcome;
    }
  }
}

google::cloud::functions::HttpRequest Connection::take_request() {
  facts = reader_->facts();
  auto request = reader_->take_request();
  reader_.reset();
  return request;
}

MemoryShare Connection::take_share() {
  MemoryShare share = std::move(share_);
  if (input_.empty()) input_.release();
  static_cast<void>(share_.set(input_.capacity()));  // of the next request
  return share;
}

void Connection::respond(Reply reply, AfterResponse after) {
  after_ = after;
  if (!facts.keep_alive) after_ = AfterResponse::Close;
  if (!share_.set(reply.body.size() + input_.capacity())) {
    reply = text_reply(503, "too many answers wait to be read");
    reply.set_header("Retry-After", "1");
    after_ = AfterResponse::Close;
  }
  output_ = write_response(std::move(reply), facts, execution_id, after_);
  sent_ = 0;
  phase = Phase::Writing;
}

Connection::Output Connection::send() {
  std::string_view const pieces[] = {output_.head, output_.body, output_.tail};
  for (;;) {
    iovec vector[3];
    int count = 0;
    std::size_t skip = sent_;
    for (std::string_view const piece : pieces) {
      if (skip >= piece.size()) {
        skip -= piece.size();
        continue;
      }
      vector[count].iov_base = const_cast<char*>(piece.data() + skip);
      vector[count].iov_len = piece.size() - skip;
      ++count;
      skip = 0;
    }
    if (count == 0) return Output::Done;
    // Not sendmsg() with MSG_NOSIGNAL, which Nanos complains about: the server ignores SIGPIPE instead.
    ssize_t const written = ::writev(fd, vector, count);
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN || errno == EWOULDBLOCK ? Output::WouldBlock : Output::Broken;
    }
    sent_ += static_cast<std::size_t>(written);
  }
}

AfterResponse Connection::finish_response() {
  output_ = {};
  facts = {};
  execution_id.clear();
  phase = input_.empty() ? Phase::Idle : Phase::Reading;
  received = input_.size();
  if (input_.empty()) input_.release();
  static_cast<void>(share_.set(input_.capacity()));
  return after_;
}

void Connection::drop_input() {
  reader_.reset();
  input_.release();
  static_cast<void>(share_.set(0));
}

void Connection::start_lingering() {
  ::shutdown(fd, SHUT_WR);
  output_ = {};
  drop_input();
  phase = Phase::Lingering;
}

Connection::Input Connection::discard_input() {
  char bytes[16384];
  for (int turns = 0;; ++turns) {
    if (turns == kTurns) return Input::WouldBlock;
    ssize_t const count = ::recv(fd, bytes, sizeof bytes, 0);
    if (count > 0 && (discarded_ += static_cast<std::size_t>(count)) > kDiscarded) return Input::Closed;
    if (count > 0 || (count < 0 && errno == EINTR)) continue;
    return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? Input::WouldBlock : Input::Closed;
  }
}

}  // namespace faasc::rt
