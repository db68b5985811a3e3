#include "launcher/http_client.h"

#include <algorithm>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include "base/interrupt.h"
#include "launcher/codes.h"
#include "launcher/terminal_text.h"

namespace faasc {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Clock = std::chrono::steady_clock;

// Between looks at whether the user wants to stop.
constexpr auto kSlice = std::chrono::milliseconds(50);
constexpr std::uint32_t kHeaderLimit = 1 << 20;

std::string authority(const HttpRequest& request, std::uint16_t port) {
  const std::string host = request.host.empty() ? "127.0.0.1" : request.host;
  return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port);
}

std::string text_of(const HttpRequest& request, std::uint16_t port) {
  return request.method + " http://" + authority(request, port) + request.target;
}

/// Runs what was started on `context` until `done`; the stream's own time limit makes sure that there is an
/// end.
template <typename Done>
Result<void> run_until(asio::io_context& context, Done done) {
  context.restart();
  while (!done()) {
    FAASC_CHECK(check_interrupt());
    context.run_for(kSlice);
  }
  return {};
}

class Exchange {
 public:
  Exchange(std::uint16_t port, const HttpRequest& request, const HttpLimits& limits)
      : port_(port), request_(request), limits_(limits), stream_(context_) {}

  Result<HttpResponse> run() {
    auto start = Clock::now();
    stream_.expires_at(start + limits_.timeout);
    FAASC_CHECK(connect());
    FAASC_CHECK(send());

    parser_.body_limit(limits_.body_bytes);
    parser_.header_limit(kHeaderLimit);
    parser_.skip(request_.method == "HEAD");
    HttpResponse response;
    FAASC_CHECK(read([&](auto handler) { http::async_read_header(stream_, buffer_, parser_, handler); }));
    response.time_to_head = Clock::now() - start;
    FAASC_CHECK(read([&](auto handler) { http::async_read(stream_, buffer_, parser_, handler); }));
    response.duration = Clock::now() - start;

    auto message = parser_.release();
    response.status = static_cast<int>(message.result_int());
    response.reason = std::string(message.reason());
    for (const auto& field : message)
      response.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    response.body = std::move(message.body());
    return response;
  }

 private:
  Error error(const char* code, Fault fault, const std::string& what, const char* hint) const {
    return Error{fault, code, text_of(request_, port_) + ": " + what, {}, hint};
  }

  /// How much of the answer came: "nothing", "8 bytes of its head", "1 of 3 bytes of its body".
  std::string part_that_came(std::size_t parsed) const {
    auto bytes = [](std::uint64_t count) {
      return std::to_string(count) + (count == 1 ? " byte" : " bytes");
    };
    if (!parser_.is_header_done()) {
      std::size_t head = parsed + buffer_.size();
      return head == 0 ? std::string("nothing") : bytes(head) + " of its head";
    }
    std::uint64_t body = parser_.get().body().size();
    if (auto length = parser_.content_length())
      return std::to_string(body) + " of " + bytes(*length) + " of its body";
    return bytes(body) + " of its body, and no end";
  }

  /// Of what came instead of a head, the beginning.
  std::optional<std::string> not_http() const {
    constexpr std::string_view kBegin = "HTTP/";
    constexpr std::size_t kShown = 40;
    if (parser_.is_header_done() || buffer_.size() == 0) return std::nullopt;
    std::string_view came(static_cast<const char*>(buffer_.data().data()), buffer_.size());
    if (came.substr(0, kBegin.size()) == kBegin.substr(0, came.size())) return std::nullopt;
    return terminal_text(came.substr(0, kShown)) + (came.size() > kShown ? " …" : "");
  }

  /// `parsed`: bytes of the head, or of the body, that were understood; the buffer has what comes after them.
  Error error_of(const beast::error_code& code, std::size_t parsed) const {
    constexpr const char* kSpeakHttp = "the function has to answer in HTTP/1.1 on this port";
    constexpr const char* kAnswerAll =
        "let the function send as much as its Content-Length says before it closes the connection";
    constexpr const char* kAnswerAtAll =
        "the function has to answer before it closes the connection; see above what it printed";
    constexpr const char* kLimit = "let the function answer with less, or in pieces";
    if (auto begin = not_http(); begin && parsed == 0)
      return error(kBadResponse, Fault::Guest, "the answer is not HTTP: it begins with '" + *begin + "'",
                   kSpeakHttp);
    if (code == beast::error::timeout) {
      std::string came = part_that_came(parsed);
      std::string what = came == "nothing" ? "no answer" : "no complete answer";
      what += " within " + std::to_string(limits_.timeout.count()) + " ms";
      if (came != "nothing") what += ": " + came + " came";
      return error(kRequestTimedOut, Fault::Timeout, what,
                   "see what keeps the function, or allow it more time with limits.timeout");
    }
    if (code == http::error::body_limit)
      return error(
          kBadResponse, Fault::Guest,
          "the answer's body has more than the allowed " + std::to_string(limits_.body_bytes) + " bytes",
          kLimit);
    if (code == http::error::end_of_stream || code == asio::error::eof)
      return error(kNoConnection, Fault::Guest, "the connection was closed without an answer", kAnswerAtAll);
    if (code == http::error::partial_message)
      return error(kBadResponse, Fault::Guest, "the answer is cut short: " + part_that_came(parsed) + " came",
                   kAnswerAll);
    if (code.category() == http::make_error_code(http::error::bad_version).category())
      return error(kBadResponse, Fault::Guest, "the answer is not HTTP: " + code.message(), kSpeakHttp);
    return error(kNoConnection, Fault::Guest,
                 "the connection was lost before the end of the answer: " + code.message(), kAnswerAtAll);
  }

  Result<void> connect() {
    bool done = false;
    beast::error_code code;
    asio::ip::address address = asio::ip::address_v4::loopback();
    if (!request_.host.empty()) address = asio::ip::make_address(request_.host);
    stream_.async_connect(asio::ip::tcp::endpoint(address, port_), [&](beast::error_code result) {
      code = result;
      done = true;
    });
    FAASC_CHECK(run_until(context_, [&] { return done; }));
    if (code == beast::error::timeout) return error_of(code, 0);
    if (code)
      return error(kNoConnection, Fault::Guest, "cannot connect: " + code.message(),
                   "the function has to listen on its port, on every address (0.0.0.0)");
    return {};
  }

  Result<void> send() {
    http::request<http::string_body> message;
    message.version(11);
    message.method_string(request_.method);
    message.target(request_.target);
    for (const auto& [name, value] : request_.headers) message.insert(name, value);
    if (message.count(http::field::host) == 0) message.set(http::field::host, authority(request_, port_));
    if (message.count(http::field::connection) == 0) message.set(http::field::connection, "close");
    message.body() = request_.body;
    bool has_length =
        message.count(http::field::content_length) != 0 || message.count(http::field::transfer_encoding) != 0;
    bool wants_length = !request_.body.empty() || request_.method == "POST" || request_.method == "PUT";
    if (!has_length && wants_length) message.content_length(request_.body.size());

    // A server may answer and close before it has read all of a body that it does not want: the answer counts
    // then.
    return transfer([&](auto handler) { http::async_write(stream_, message, handler); },
                    [](const beast::error_code&, std::size_t) { return Result<void>(); });
  }

  template <typename Start>
  Result<void> read(Start start) {
    return transfer(start, [&](const beast::error_code& code, std::size_t parsed) -> Result<void> {
      return error_of(code, parsed);
    });
  }

  template <typename Start, typename OnError>
  Result<void> transfer(Start start, OnError on_error) {
    bool done = false;
    beast::error_code code;
    std::size_t transferred = 0;
    start([&](beast::error_code result, std::size_t bytes) {
      code = result;
      transferred = bytes;
      done = true;
    });
    FAASC_CHECK(run_until(context_, [&] { return done; }));
    return code ? on_error(code, transferred) : Result<void>();
  }

  std::uint16_t port_;
  const HttpRequest& request_;
  const HttpLimits& limits_;
  asio::io_context context_;
  beast::tcp_stream stream_;
  http::response_parser<http::string_body> parser_;
  beast::flat_buffer buffer_;
};

}  // namespace

bool same_header(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

std::string_view HttpResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (same_header(key, name)) return value;
  return {};
}

Result<HttpResponse> send_http(std::uint16_t port, const HttpRequest& request, const HttpLimits& limits) {
  // Beast throws where a header it is given is malformed, and for want of memory.
  try {
    return Exchange(port, request, limits).run();
  } catch (const std::exception& failure) {
    return Error{Fault::Input,
                 kBadResponse,
                 text_of(request, port) + ": " + failure.what(),
                 {},
                 "see whether the request's headers are such"};
  }
}

}  // namespace faasc
