#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace faasc {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method = "GET";
  std::string target = "/";  ///< path and query, already encoded
  HttpHeaders headers;       ///< host, content-length and connection are added unless they are here
  std::string body;
  std::string host{};  ///< an address, of IPv4 or IPv6; empty: 127.0.0.1
};

struct HttpResponse {
  int status = 0;
  std::string reason;
  HttpHeaders headers;  ///< in the server's order
  std::string body;
  std::chrono::nanoseconds time_to_head{0};  ///< from the call to the complete head of the answer
  std::chrono::nanoseconds duration{0};      ///< from the call to the last byte

  /// The first header of that name, whatever its case; empty where there is none.
  std::string_view header(std::string_view name) const;
};

struct HttpLimits {
  std::chrono::milliseconds timeout{30'000};  ///< for everything together
  std::size_t body_bytes = std::size_t{64} << 20;
};

/// One HTTP/1.1 exchange on a connection of its own with a port of the request's host. Any status is an
/// answer; errors are: no connection, no answer in time, an answer that is not HTTP, is cut short or too
/// large, an interrupt.
Result<HttpResponse> send_http(std::uint16_t port, const HttpRequest& request, const HttpLimits& limits = {});

/// Whether two header names are the same: without regard to case.
bool same_header(std::string_view a, std::string_view b);

}  // namespace faasc
