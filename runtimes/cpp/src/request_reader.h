#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "google/cloud/functions/http_request.h"

namespace faasc::rt {

/// What the server must know about a request besides what the handler sees.
struct RequestFacts {
  bool keep_alive = false;
  bool http_1_0 = false;
  bool head = false;
  std::string
      execution_id;  ///< the client's Function-Execution-Id; empty where it sent none that can be echoed
};

/// Turns bytes into one request. Boost.Beast's parser decides what is HTTP; this class adds what a server
/// must refuse besides: a missing or repeated Host, transfer codings other than chunked, expectations other
/// than 100-continue.
class RequestReader {
 public:
  enum class State : std::uint8_t { NeedMore, Complete, Refused };

  explicit RequestReader(std::size_t body_limit);
  ~RequestReader();

  /// Reads from the front of `bytes` and returns how many were used up. Unused ones must be presented again,
  /// with what came after them, until state() is Complete; then they belong to the next request.
  std::size_t feed(char const* bytes, std::size_t size);

  State state() const { return state_; }
  /// About how many bytes it holds of the request so far.
  std::size_t held() const;

  /// Refused: the status to answer, and why in a few words.
  int refusal_status() const { return refusal_status_; }
  std::string_view refusal() const { return refusal_; }

  /// True once: the header is there, the body is not, and the client waits for "100 Continue" before it sends
  /// it.
  bool take_continue();

  RequestFacts const& facts() const;
  /// Only when Complete.
  google::cloud::functions::HttpRequest take_request();

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
  State state_ = State::NeedMore;
  int refusal_status_ = 0;
  std::string_view refusal_;
};

/// The most that a request's header may hold, and the most that a chunk's extensions or the trailer may.
inline constexpr std::size_t kHeaderLimit = 1u << 20;

/// How many fields a header may have. In 1 MiB there is room for a quarter of a million, whose places in the
/// map cost far more than the bytes.
inline constexpr std::size_t kFieldLimit = 2000;

}  // namespace faasc::rt
