#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "src/deadlines.h"
#include "src/input_buffer.h"
#include "src/memory_budget.h"
#include "src/poller.h"
#include "src/request_reader.h"
#include "src/response_writer.h"

namespace faasc::rt {

struct Lane;

/// One client's connection: its bytes in, its bytes out. Decides nothing and never blocks; Server drives it,
/// from one thread at a time.
class Connection : public Deadline {
 public:
  enum class Phase : std::uint8_t {
    Idle,       ///< between requests, nothing of the next one received
    Reading,    ///< a part of a request is here
    Calling,    ///< the function has the request
    Writing,    ///< a response is on its way
    Lingering,  ///< everything is said; waiting for the client to notice before the socket goes
  };

  /// Owns `fd`.
  Connection(int fd, Lane& lane, std::size_t body_limit, MemoryBudget& budget);
  ~Connection();

  enum class Input : std::uint8_t { Request, Refused, OutOfBudget, WouldBlock, Closed };
  /// Reads until a whole request is here (Phase Calling, see facts() and take_request()) or cannot come.
  /// Sends "100 Continue" where the client waits for it. WouldBlock also where the client has sent so much
  /// that others should have a turn.
  Input receive();
  RequestReader const& reader() const { return *reader_; }
  google::cloud::functions::HttpRequest take_request();
  /// What the request that was taken holds of the budget; to be kept as long as the request.
  MemoryShare take_share();

  /// Sets what send() sends. The connection is closed afterwards if either `after` or the request says so. A
  /// body that the budget has no room for is replaced by a 503.
  void respond(Reply reply, AfterResponse after);
  enum class Output : std::uint8_t { Done, WouldBlock, Broken };
  Output send();

  /// After Output::Done: what now? KeepOpen has prepared for the next request.
  AfterResponse finish_response();
  /// Says that nothing more will be sent. What the client still sends must be read, or closing would reset
  /// the connection and might take the response with it.
  void start_lingering();
  Input discard_input();

  int const fd;
  Lane* lane;  ///< whose it is
  Phase phase = Phase::Idle;
  Phase listed_as = Phase::Idle;  ///< which list of deadlines this is linked into, if any
  Poller::For armed = Poller::For::Nothing;
  bool linger = false;  ///< set where the client may still be sending when its answer comes
  std::int64_t reading_since = 0;
  std::size_t received = 0;  ///< bytes since then
  std::int64_t writing_since = 0;
  std::size_t sent() const { return sent_; }  ///< bytes since then
  RequestFacts facts;                         ///< of the request being answered
  std::string execution_id;

 private:
  Input fill();
  void drop_input();

  std::size_t const body_limit_;
  MemoryShare share_;
  InputBuffer input_;
  std::unique_ptr<RequestReader> reader_;  // while a request is being read
  WireResponse output_;
  std::size_t sent_ = 0;
  std::size_t discarded_ = 0;
  AfterResponse after_ = AfterResponse::KeepOpen;
};

}  // namespace faasc::rt
