#include "src/lambda_url.h"

#include <map>

#include <time.h>

#include "faasc/rt/json_reader.h"
#include "src/encodings.h"
#include "src/log.h"
#include "src/text.h"
#include "src/utf8.h"

namespace faasc::rt {

namespace gcf = google::cloud::functions;

namespace {

/// Writes one object: each member with the comma that it needs.
class ObjectText {
 public:
  explicit ObjectText(std::string& out) : out_(out) { out_ += '{'; }
  std::string& name(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    append_json_string(out_, name);
    out_ += ':';
    return out_;
  }
  void text(std::string_view name, std::string_view value) { append_json_string(this->name(name), value); }
  void end() { out_ += '}'; }

 private:
  std::string& out_;
  bool first_ = true;
};

void append_list(std::string& joined, std::string_view value) {
  if (!joined.empty()) joined += ',';
  joined += value;
}

std::map<std::string, std::string> lower_case_headers(gcf::HttpRequest const& request) {
  std::map<std::string, std::string> headers;
  for (auto const& [name, value] : request.headers()) {
    std::string key;
    for (char const c : name) key += to_lower(c);
    if (key != "cookie") append_list(headers[key], value);
  }
  return headers;
}

void append_cookies(std::string& out, gcf::HttpRequest const& request) {
  out += '[';
  bool first = true;
  for (auto const& [name, value] : request.headers()) {
    if (!same_ignoring_case(name, "cookie")) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      std::string_view cookie = rest.substr(0, rest.find(';'));
      rest.remove_prefix(std::min(rest.size(), cookie.size() + 1));
      while (!cookie.empty() && cookie.front() == ' ') cookie.remove_prefix(1);
      if (cookie.empty()) continue;
      if (!first) out += ',';
      first = false;
      append_json_string(out, cookie);
    }
  }
  out += ']';
}

std::map<std::string, std::string> query_parameters(std::string_view query) {
  std::map<std::string, std::string> parameters;
  while (!query.empty()) {
    std::string_view const pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.empty()) continue;
    std::size_t const equals = pair.find('=');
    std::string& value = parameters[decode_form(pair.substr(0, equals))];
    append_list(value, equals == std::string_view::npos ? "" : decode_form(pair.substr(equals + 1)));
  }
  return parameters;
}

// As function URLs do it: these are text, anything else travels as base64.
bool is_text(std::string_view content_type) {
  std::string_view const type = content_type.substr(0, content_type.find(';'));
  auto const ends_with = [&](std::string_view end) {
    return type.size() >= end.size() && same_ignoring_case(type.substr(type.size() - end.size()), end);
  };
  return starts_with_ignoring_case(type, "text/") || same_ignoring_case(type, "application/json") ||
         same_ignoring_case(type, "application/javascript") || same_ignoring_case(type, "application/xml") ||
         ends_with("+json") || ends_with("+xml");
}

// "12/Mar/2020:19:03:58 +0000"
std::string access_log_time(std::int64_t time_ms) {
  time_t const seconds = static_cast<time_t>(time_ms / 1000);
  tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[40];
  std::size_t const length = ::strftime(text, sizeof text, "%d/%b/%Y:%H:%M:%S +0000", &parts);
  return std::string(text, length);
}

Reply malformed(std::string_view why) {
  log(Severity::Error, "the function's result is not a response of a function URL: " + std::string(why));
  Reply reply;
  reply.status = 502;
  reply.headers.emplace_back("Content-Type", "application/json");
  reply.body = "{\"message\":\"Internal Server Error\"}";
  return reply;
}

/// The members that make a response.
struct UrlResult {
  std::int64_t status = 0;  // 0: none
  Reply::Headers headers;
  std::vector<std::string> cookies;
  std::string body;
  bool base64 = false;
};

bool read_headers(JsonReader& in, Reply::Headers& headers) {
  if (!in.enter_object()) return false;
  std::string name;
  while (in.next_member(name)) {
    std::string value;
    std::string_view number;
    bool boolean = false;
    bool read = false;
    switch (in.next()) {
      case JsonReader::Kind::Number:
        read = in.read_number(number);
        value = number;
        break;
      case JsonReader::Kind::Boolean:
        read = in.read_bool(boolean);
        value = boolean ? "true" : "false";
        break;
      default:
        read = in.read_string(value);
    }
    if (!read) return false;
    headers.emplace_back(name, std::move(value));
  }
  return !in.failed();
}

bool read_result(JsonReader& in, UrlResult& result) {
  if (!in.enter_object()) return false;
  std::string name;
  while (in.next_member(name)) {
    bool read = false;
    if (in.next() == JsonReader::Kind::Null) {
      read = in.read_null();
    } else if (name == "statusCode") {
      std::string text;
      if (in.next() == JsonReader::Kind::String) {
        read = in.read_string(text);
        auto const number = parse_number(text, 999);
        if (read && !number) return in.complain("a status code", text);
        result.status = static_cast<std::int64_t>(number.value_or(0));
      } else {
        read = in.read_signed(result.status, 200, 599);
      }
    } else if (name == "headers") {
      read = read_headers(in, result.headers);
    } else if (name == "cookies") {
      if (!in.enter_array()) return false;
      while (in.next_item())
        if (!in.read_string(result.cookies.emplace_back())) return false;
      read = !in.failed();
    } else if (name == "body") {
      read = in.read_string(result.body);
    } else if (name == "isBase64Encoded") {
      read = in.read_bool(result.base64);
    } else {
      read = in.skip_value();
    }
    if (!read) return false;
  }
  return in.finish();
}

// Whether it is an object with that member: everything else is passed on as it is.
bool has_status_code(std::string_view result) {
  JsonReader in(result);
  if (in.next() != JsonReader::Kind::Object || !in.enter_object()) return false;
  std::string name;
  while (in.next_member(name)) {
    if (name == "statusCode") return true;
    if (!in.skip_value()) return false;
  }
  return false;
}

}  // namespace

std::string url_event(gcf::HttpRequest const& request, LambdaSettings const& settings,
                      std::string_view request_id, std::int64_t time_ms) {
  std::string_view const target = request.target();
  std::size_t const question = target.find('?');
  std::string_view const path = target.substr(0, question);
  std::string_view const query =
      question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
  auto const headers = lower_case_headers(request);
  auto const header = [&](std::string const& name) -> std::string_view {
    auto const found = headers.find(name);
    return found == headers.end() ? std::string_view() : found->second;
  };
  auto const append_map = [](std::string& out, std::map<std::string, std::string> const& map) {
    ObjectText object(out);
    for (auto const& [name, value] : map) object.text(name, value);
    object.end();
  };

  std::string out;
  ObjectText event(out);
  event.text("version", "2.0");
  event.text("routeKey", "$default");
  event.text("rawPath", path);
  event.text("rawQueryString", query);
  append_cookies(event.name("cookies"), request);
  append_map(event.name("headers"), headers);
  if (auto const parameters = query_parameters(query); !parameters.empty())
    append_map(event.name("queryStringParameters"), parameters);
  {
    ObjectText context(event.name("requestContext"));
    context.text("accountId", "anonymous");
    context.text("apiId", settings.name);
    context.text("domainName", header("host"));
    context.text("domainPrefix", settings.name);
    ObjectText http(context.name("http"));
    http.text("method", request.verb());
    http.text("path", path);
    http.text("protocol", "HTTP/" + std::to_string(request.version_major()) + "." +
                              std::to_string(request.version_minor()));
    std::string_view const forwarded = header("x-forwarded-for");
    http.text("sourceIp", forwarded.substr(0, forwarded.find(',')));
    http.text("userAgent", header("user-agent"));
    http.end();
    context.text("requestId", request_id);
    context.text("routeKey", "$default");
    context.text("stage", "$default");
    context.text("time", access_log_time(time_ms));
    context.name("timeEpoch") += std::to_string(time_ms);
    context.end();
  }
  bool const base64 =
      !request.payload().empty() && (!is_text(header("content-type")) ||
                                     !header("content-encoding").empty() || !is_utf8(request.payload()));
  if (!request.payload().empty())
    event.text("body", base64 ? encode_base64(request.payload()) : request.payload());
  event.name("isBase64Encoded") += base64 ? "true" : "false";
  event.end();
  return out;
}

Reply url_reply(std::string_view text) {
  Reply reply;
  if (!has_status_code(text)) {
    reply.headers.emplace_back("Content-Type", "application/json");
    reply.body = text;
    return reply;
  }
  JsonReader in(text);
  UrlResult result;
  if (!read_result(in, result)) {
    auto const& problem = in.problem();
    return malformed(problem.pointer + " must be " + problem.expected + ", not " + problem.found);
  }
  reply.status = static_cast<int>(result.status);
  for (auto const& [name, value] : result.headers) reply.set_header(name, value);
  for (std::string& cookie : result.cookies) reply.headers.emplace_back("Set-Cookie", std::move(cookie));
  if (!reply.has_header("content-type")) reply.set_header("Content-Type", "application/json");
  reply.body = std::move(result.body);
  if (result.base64) {
    auto bytes = decode_base64(reply.body);
    if (!bytes) return malformed("'body' is not base64");
    reply.body = std::move(*bytes);
  }
  if (std::string const why = why_unsendable(reply); !why.empty()) return malformed(why);
  return reply;
}

}  // namespace faasc::rt
