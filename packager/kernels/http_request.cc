#include "packager/kernels/http_request.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <memory>

#include <arpa/inet.h>

#include <curl/curl.h>

#include "base/interrupt.h"
#include "packager/kernels/codes.h"

namespace faasc {
namespace {

struct FreeEasy {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;
struct FreeMulti {
  void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};
using Multi = std::unique_ptr<CURLM, FreeMulti>;
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeList>;
struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == '\r' || text.back() == '\n' || text.back() == ' '))
    text.remove_suffix(1);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

struct Transfer {
  CURL* handle;
  HttpSink& sink;
  HttpResponse& response;
  bool begun = false;
  std::optional<Error> error;  ///< of the sink

  Result<void> begin() {
    if (begun) return {};
    begun = true;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &response.status);
    return sink.begin(response);
  }

  static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self_pointer) {
    auto& self = *static_cast<Transfer*>(self_pointer);
    std::string_view line(data, size);
    if (line.starts_with("HTTP/")) {
      self.response = {};  // a redirect, or "100 Continue", came before
      return size;
    }
    std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return size;
    std::string name(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    std::string value(trimmed(line.substr(colon + 1)));
    // A weak ETag may stand for other bytes.
    if (name == "etag" && value.starts_with("\"")) self.response.validator = value;
    if (name == "last-modified" && self.response.validator.empty()) self.response.validator = value;
    if (name == "content-range") self.response.content_range = value;
    if (name == "content-length") self.response.content_length = parse_number(value);
    return size;
  }

  static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self_pointer) {
    auto& self = *static_cast<Transfer*>(self_pointer);
    auto done = self.begin();
    if (done) done = self.sink.write({data, size});
    if (done) return size;
    self.error = std::move(done).error();
    return 0;
  }
};

HttpFailure broken(CURLcode code, CURL* handle, const HttpRequest& request, const char* detail) {
  std::string why;
  std::string hint = kOtherWays;
  bool transient = false;
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      why = "the name of the host cannot be resolved";
      break;
    case CURLE_COULDNT_RESOLVE_PROXY:
      why = "the name of the proxy cannot be resolved";
      break;
    case CURLE_COULDNT_CONNECT:
      why = "the host does not accept the connection";
      break;
    case CURLE_OPERATION_TIMEDOUT: {
      curl_off_t started = 0;
      curl_easy_getinfo(handle, CURLINFO_PRETRANSFER_TIME_T, &started);
      transient = started > 0;
      why = started > 0 ? "nothing arrived for " + std::to_string(request.stall_timeout.count()) + " s"
                        : "no connection within " + std::to_string(request.connect_timeout.count()) + " s";
      break;
    }
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      why = "the connection broke off";
      transient = true;
      break;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      why = std::string("the server's certificate is not to be trusted: ") +
            (*detail ? detail : curl_easy_strerror(code));
      hint = "where a proxy signs with an authority of its own, name its certificate in SSL_CERT_FILE";
      break;
    case CURLE_UNSUPPORTED_PROTOCOL:
      why = "it redirects to something else than https";
      break;
    case CURLE_TOO_MANY_REDIRECTS:
      why = "it redirects too often";
      break;
    default:
      why = *detail ? detail : curl_easy_strerror(code);
  }
  return {Error{Fault::Missing, kDownloadFailed, "cannot download '" + request.url + "': " + why, {}, hint},
          transient};
}

/// Whether `host` is an IPv4 address of this machine itself, and not a name that begins like one.
bool is_loopback(const std::string& host) {
  in_addr address{};
  return ::inet_pton(AF_INET, host.c_str(), &address) == 1 && (ntohl(address.s_addr) >> 24) == 127;
}

}  // namespace

Result<void> check_url(std::string_view text) {
  auto refuse = [&](const std::string& why) {
    return Error{Fault::Usage,
                 kBadUrl,
                 "cannot download from '" + std::string(text) + "': " + why,
                 {},
                 "give an https address such as https://storage.googleapis.com/nanos/release"};
  };
  std::unique_ptr<CURLU, FreeUrl> url(curl_url());
  std::string copy(text);
  if (!url || curl_url_set(url.get(), CURLUPART_URL, copy.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
    return refuse("it is not a URL");
  auto part = [&](CURLUPart which) {
    char* value = nullptr;
    std::string result = curl_url_get(url.get(), which, &value, 0) == CURLUE_OK ? value : "";
    curl_free(value);
    return result;
  };
  std::string scheme = part(CURLUPART_SCHEME), host = part(CURLUPART_HOST);
  if (scheme == "https") return {};
  if (scheme != "http") return refuse("its scheme is '" + scheme + "' where 'https' is allowed");
  if (host == "localhost" || host == "[::1]" || is_loopback(host)) return {};
  return refuse("plain http is allowed from this machine only");
}

std::optional<HttpFailure> http_get(const HttpRequest& request, HttpSink& sink, HttpResponse& response) {
  static const CURLcode kGlobal = curl_global_init(CURL_GLOBAL_DEFAULT);
  Easy easy(kGlobal == CURLE_OK ? curl_easy_init() : nullptr);
  Multi multi(curl_multi_init());
  if (!easy || !multi)
    return HttpFailure{Error{Fault::Internal, kDownloadFailed, "libcurl cannot be used", {}, {}}};
  char detail[CURL_ERROR_SIZE] = "";
  CURL* handle = easy.get();
  Transfer transfer{handle, sink, response};
  HeaderList headers;
  for (const std::string& header : request.headers)
    headers.reset(curl_slist_append(headers.release(), header.c_str()));
  curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, detail);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "faasc");
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "https");
  curl_easy_setopt(handle, CURLOPT_MAXREDIRS, 5L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, static_cast<long>(request.connect_timeout.count()));
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(request.stall_timeout.count()));
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
  // libcurl leaves both variables to the program that uses it.
  for (const char* variable : {"CURL_CA_BUNDLE", "SSL_CERT_FILE"}) {
    const char* bundle = std::getenv(variable);
    if (bundle == nullptr || *bundle == '\0') continue;
    curl_easy_setopt(handle, CURLOPT_CAINFO, bundle);
    break;
  }

  curl_multi_add_handle(multi.get(), handle);
  CURLcode code = CURLE_FAILED_INIT;
  for (int running = 1; running > 0;) {
    if (auto interrupt = check_interrupt(); !interrupt) {
      curl_multi_remove_handle(multi.get(), handle);
      return HttpFailure{std::move(interrupt).error()};
    }
    if (curl_multi_perform(multi.get(), &running) != CURLM_OK) break;
    curl_waitfd interrupted{interrupt_fd(), CURL_WAIT_POLLIN, 0};
    if (running > 0) curl_multi_poll(multi.get(), &interrupted, interrupted.fd >= 0 ? 1 : 0, 1000, nullptr);
  }
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi.get(), &left))
    if (message->msg == CURLMSG_DONE) code = message->data.result;

  std::optional<HttpFailure> failure;
  if (code == CURLE_OK) {
    if (auto begun = transfer.begin(); !begun) failure = HttpFailure{std::move(begun).error()};
  } else if (transfer.error) {
    failure = HttpFailure{std::move(*transfer.error)};
  } else {
    failure = broken(code, handle, request, detail);
  }
  curl_multi_remove_handle(multi.get(), handle);
  return failure;
}

HttpFailure failure_of_status(long status, const std::string& url) {
  if (status == 404 || status == 410)
    return {Error{Fault::Missing,
                  kNotPublished,
                  "'" + url + "' is not there (HTTP status " + std::to_string(status) + ")",
                  {},
                  {}}};
  return {
      Error{Fault::Missing,
            kDownloadFailed,
            "cannot download '" + url + "': the server answers with HTTP status " + std::to_string(status),
            {},
            kOtherWays},
      status >= 500 || status == 429};
}

}  // namespace faasc
