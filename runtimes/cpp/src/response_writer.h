#pragma once

#include <string>
#include <string_view>

#include "src/reply.h"
#include "src/request_reader.h"

namespace faasc::rt {

/// One response in the three pieces that are sent one after the other.
struct WireResponse {
  std::string head;  ///< status line, headers, blank line; with chunked coding also the first chunk's size
  std::string body;  ///< empty where the request or the status allows none
  std::string_view tail;  ///< what ends chunked coding
};

enum class AfterResponse : std::uint8_t { KeepOpen, Close };

/// Puts `reply` into HTTP/1.x words. Content-Length, Transfer-Encoding and Connection are the server's: a
/// reply that asks for "Transfer-Encoding: chunked" gets it where the client can read it, one with
/// "Connection: close" sets `after` to Close.
WireResponse write_response(Reply reply, RequestFacts const& request, std::string_view execution_id,
                            AfterResponse& after);

/// "Not Found" for 404; "Unknown" for codes without a registered name.
std::string_view reason_phrase(int status);

}  // namespace faasc::rt
