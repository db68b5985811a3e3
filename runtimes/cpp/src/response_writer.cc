#include "src/response_writer.h"

#include <charconv>

#include "src/text.h"

namespace faasc::rt {

using namespace std::string_view_literals;

namespace {

constexpr std::string_view kExecutionId = "Function-Execution-Id";

void append_header(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": "sv).append(value).append("\r\n"sv);
}

void append_number(std::string& out, std::size_t value, int base) {
  char digits[20];
  auto const end = std::to_chars(digits, digits + sizeof digits, value, base).ptr;
  out.append(digits, end);
}

bool has_body(int status) {
  return status != 204 && status != 304;
}

}  // namespace

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 203:
      return "Non-Authoritative Information";
    case 204:
      return "No Content";
    case 205:
      return "Reset Content";
    case 206:
      return "Partial Content";
    case 207:
      return "Multi-Status";
    case 208:
      return "Already Reported";
    case 226:
      return "IM Used";
    case 300:
      return "Multiple Choices";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 305:
      return "Use Proxy";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 402:
      return "Payment Required";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 407:
      return "Proxy Authentication Required";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Payload Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 418:
      return "I'm a teapot";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Entity";
    case 423:
      return "Locked";
    case 424:
      return "Failed Dependency";
    case 425:
      return "Too Early";
    case 426:
      return "Upgrade Required";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 451:
      return "Unavailable For Legal Reasons";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 506:
      return "Variant Also Negotiates";
    case 507:
      return "Insufficient Storage";
    case 508:
      return "Loop Detected";
    case 510:
      return "Not Extended";
    case 511:
      return "Network Authentication Required";
    default:
      return "Unknown";
  }
}

WireResponse write_response(Reply reply, RequestFacts const& request, std::string_view execution_id,
                            AfterResponse& after) {
  WireResponse wire;
  std::string& head = wire.head;
  head.reserve(256);
  head = request.http_1_0 ? "HTTP/1.0 "sv : "HTTP/1.1 "sv;
  append_number(head, static_cast<std::size_t>(reply.status), 10);
  head.append(" "sv).append(reason_phrase(reply.status)).append("\r\n"sv);

  bool chunked = false;
  bool names_execution = false;
  for (auto const& [name, value] : reply.headers) {
    if (same_ignoring_case(name, "Transfer-Encoding"sv)) {
      chunked = same_ignoring_case(value, "chunked"sv) && !request.http_1_0;
    } else if (same_ignoring_case(name, "Connection"sv)) {
      if (same_ignoring_case(value, "close"sv)) after = AfterResponse::Close;
    } else if (!same_ignoring_case(name, "Content-Length"sv) && !same_ignoring_case(name, "Keep-Alive"sv)) {
      names_execution = names_execution || same_ignoring_case(name, kExecutionId);
      append_header(head, name, value);
    }
  }
  if (!names_execution && !execution_id.empty()) append_header(head, kExecutionId, execution_id);
  if (after == AfterResponse::Close) {
    head += "Connection: close\r\n"sv;
  } else if (request.http_1_0) {
    head += "Connection: keep-alive\r\n"sv;
  }

  bool const body_follows = has_body(reply.status) && !request.head;
  if (!has_body(reply.status)) {
    head += "\r\n"sv;
  } else if (chunked) {
    head += "Transfer-Encoding: chunked\r\n\r\n"sv;
    if (body_follows) {
      if (reply.body.empty()) {
        wire.tail = "0\r\n\r\n";
      } else {
        append_number(head, reply.body.size(), 16);
        head += "\r\n"sv;
        wire.tail = "\r\n0\r\n\r\n";
      }
    }
  } else {
    head += "Content-Length: "sv;
    append_number(head, reply.body.size(), 10);
    head += "\r\n\r\n"sv;
  }
  if (body_follows) wire.body = std::move(reply.body);
  return wire;
}

}  // namespace faasc::rt
