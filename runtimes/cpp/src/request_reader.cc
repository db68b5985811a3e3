#include "src/request_reader.h"

#include "src/beast_parser.h"
#include "src/text.h"

namespace faasc::rt {

using namespace std::string_view_literals;

namespace beast = boost::beast;
namespace http = boost::beast::http;
using beast::error_code;
using beast::string_view;

struct RequestReader::Parser final : http::basic_parser<true> {
  explicit Parser(std::size_t limit) {
    header_limit(kHeaderLimit);
    body_limit(limit);
    eager(true);
  }

  void refuse(int status, std::string_view why, error_code& ec) {
    refusal_status = status;
    refusal = why;
    ec = http::error::bad_value;
  }

  void on_request_impl(http::verb, string_view method, string_view target, int version,
                       error_code&) override {
    request.set_verb(std::string(method.data(), method.size()));
    request.set_target(std::string(target.data(), target.size()));
    request.set_version(version / 10, version % 10);
    facts.http_1_0 = version == 10;
    facts.head = request.verb() == "HEAD";
  }

  void on_field_impl(http::field, string_view raw_name, string_view raw_value, error_code& ec) override {
    // Trailers come through here too. Nobody signed up for them, and merged into the header they could
    // smuggle one in.
    if (is_header_done()) return;
    if (++fields > kFieldLimit) return refuse(431, "more than 2000 header fields", ec);
    std::string_view const name(raw_name.data(), raw_name.size());
    std::string_view const value(raw_value.data(), raw_value.size());
    switch (name.size()) {
      case 4:
        if (same_ignoring_case(name, "Host"sv) && ++hosts > 1)
          return refuse(400, "more than one Host header", ec);
        break;
      case 6:
        if (same_ignoring_case(name, "Expect"sv)) {
          if (!same_ignoring_case(value, "100-continue"sv))
            return refuse(417, "the only expectation met is 100-continue", ec);
          expects_continue = true;
        }
        break;
      case 17:
        if (same_ignoring_case(name, "Transfer-Encoding"sv)) transfer_encoded = true;
        break;
      case 21:
        if (same_ignoring_case(name, "Function-Execution-Id"sv) && can_be_echoed(value))
          facts.execution_id = value;
        break;
      default:
        break;
    }
    request.add_header(std::string(name), std::string(value));
    header_bytes += name.size() + value.size() + kBytesPerHeader;
  }

  void on_header_impl(error_code& ec) override {
    facts.keep_alive = keep_alive();
    if (transfer_encoded) {
      // Another coding would leave the length of the body to guessing; with HTTP/1.0 so would chunked.
      if (!chunked()) return refuse(501, "the only transfer coding understood is chunked", ec);
      if (facts.http_1_0) return refuse(400, "Transfer-Encoding in an HTTP/1.0 request", ec);
    }
    if (!facts.http_1_0 && hosts == 0) return refuse(400, "missing Host header", ec);
    if (facts.http_1_0 || is_done()) expects_continue = false;
  }

  void on_body_init_impl(boost::optional<std::uint64_t> const& length, error_code&) override {
    if (length) announced = static_cast<std::size_t>(*length);
  }

  std::size_t on_body_impl(string_view bytes, error_code&) override {
    expects_continue = false;
    // Memory for what was announced, but only when so much of it has come that it is worth believing: growing
    // step by step holds up to three times as much.
    if (body.size() >= kBelievedFrom && body.capacity() < announced) body.reserve(announced);
    body.append(bytes.data(), bytes.size());
    return bytes.size();
  }

  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override { expects_continue = false; }

  std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, error_code&) override {
    body.append(bytes.data(), bytes.size());
    return bytes.size();
  }

  void on_finish_impl(error_code&) override {}

  // Not called for requests, but pure virtual all the same.
  void on_response_impl(int, string_view, int, error_code&) override {}

  static bool can_be_echoed(std::string_view id) {
    for (char const c : id) {
      if (c <= ' ' || c > '~') return false;
    }
    return !id.empty() && id.size() <= 128;
  }

  google::cloud::functions::HttpRequest request;
  std::string body;
  RequestFacts facts;
  // A header's node in the map, two strings in it, and what the allocator adds.
  static constexpr std::size_t kBytesPerHeader = 160;
  static constexpr std::size_t kBelievedFrom = 128 << 10;

  std::size_t header_bytes = 0;
  std::size_t fields = 0;
  std::size_t announced = 0;
  int refusal_status = 0;
  std::string_view refusal;
  int hosts = 0;
  bool transfer_encoded = false;
  bool expects_continue = false;
};

RequestReader::RequestReader(std::size_t body_limit) : parser_(std::make_unique<Parser>(body_limit)) {}
RequestReader::~RequestReader() = default;

std::size_t RequestReader::feed(char const* bytes, std::size_t size) {
  auto const refuse = [&](int status, std::string_view why) {
    state_ = State::Refused;
    refusal_status_ = status;
    refusal_ = why;
  };
  error_code ec;
  std::size_t const used = parser_->put(boost::asio::const_buffer(bytes, size), ec);
  if (!ec || ec == http::error::need_more) {
    if (parser_->is_done()) {
      state_ = State::Complete;
    } else if (size - used > kHeaderLimit) {
      refuse(431, "header, chunk extension or trailer of more than 1 MiB");
    }
  } else if (parser_->refusal_status != 0) {
    refuse(parser_->refusal_status, parser_->refusal);
  } else if (ec == http::error::header_limit) {
    refuse(431, "header of more than 1 MiB");
  } else if (ec == http::error::body_limit) {
    refuse(413, "body over the limit");
  } else {
    refuse(400, "not an HTTP/1.1 request");
  }
  return used;
}

std::size_t RequestReader::held() const {
  return parser_->header_bytes + parser_->body.capacity();
}

bool RequestReader::take_continue() {
  bool const result = state_ == State::NeedMore && parser_->is_header_done() && parser_->expects_continue;
  if (result) parser_->expects_continue = false;
  return result;
}

RequestFacts const& RequestReader::facts() const {
  return parser_->facts;
}

google::cloud::functions::HttpRequest RequestReader::take_request() {
  parser_->request.set_payload(std::move(parser_->body));
  return std::move(parser_->request);
}

}  // namespace faasc::rt
