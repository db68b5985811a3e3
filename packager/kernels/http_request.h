#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace faasc {

/// Whether faasc downloads from `url`: https, or http from this machine itself (a mirror under test).
/// FAASC0631.
Result<void> check_url(std::string_view url);

/// What a response said of itself.
struct HttpResponse {
  long status = 0;
  std::string validator;  ///< for If-Range: a strong ETag, else the date of modification
  std::string content_range;
  std::optional<std::uint64_t> content_length;
};

/// Takes the body of one response. An error ends the request.
class HttpSink {
 public:
  virtual ~HttpSink() = default;
  /// Called before the first byte, and at the end where there was none.
  virtual Result<void> begin(const HttpResponse& response) = 0;
  virtual Result<void> write(std::string_view bytes) = 0;
};

struct HttpRequest {
  std::string url;
  std::vector<std::string> headers;  ///< "Range: bytes=0-"
  std::chrono::seconds connect_timeout{10};
  std::chrono::seconds stall_timeout{30};  ///< without a single byte
};

/// Why a request did not bring what was asked for.
struct HttpFailure {
  Error error;
  bool transient = false;  ///< another attempt may get further
};

/// What to do where a server is out of reach; the hint of such failures.
inline constexpr const char* kOtherWays =
    "check the network, pass --url to download from a mirror, or add a file that is here with `faasc kernel "
    "add`";

/// One GET; redirects are followed, to https only. Certificates are checked against the system's authorities,
/// or those in the file that CURL_CA_BUNDLE or SSL_CERT_FILE names; proxies are taken from the environment.
/// Nothing where the response was read to its end; its status is for the caller to judge. FAASC0632, or the
/// error of the sink.
std::optional<HttpFailure> http_get(const HttpRequest& request, HttpSink& sink, HttpResponse& response);

/// The failure that a status other than that of success stands for: FAASC0634 where the server does not have
/// it.
HttpFailure failure_of_status(long status, const std::string& url);

}  // namespace faasc
