#include "src/reply.h"

#include <cstdint>

#include "src/crash_reply.h"
#include "src/text.h"

namespace faasc::rt {
namespace {

/// One bit for each of the ASCII characters that a header's name may have.
constexpr std::uint64_t token_bits(int first) {
  std::uint64_t bits = 0;
  for (int i = 0; i < 64; ++i) {
    char const c = static_cast<char>(first + i);
    bool const alphanumeric = (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'z');
    if (alphanumeric || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos)
      bits |= std::uint64_t{1} << i;
  }
  return bits;
}

bool is_token(std::string_view name) {
  constexpr std::uint64_t kBits[] = {token_bits(0), token_bits(64)};
  for (char const c : name) {
    auto const code = static_cast<unsigned char>(c);
    if (code > 127 || (kBits[code >> 6] >> (code & 63) & 1) == 0) return false;
  }
  return !name.empty();
}

bool has_line_break(std::string_view value) {
  for (char const c : value) {
    if (c == '\r' || c == '\n' || c == '\0') return true;
  }
  return false;
}

}  // namespace

void Reply::set_header(std::string_view name, std::string_view value) {
  for (auto& [known, old] : headers) {
    if (same_ignoring_case(known, name)) {
      known = name;
      old = value;
      return;
    }
  }
  headers.emplace_back(name, value);
}

bool Reply::has_header(std::string_view name) const {
  for (auto const& [known, value] : headers) {
    if (same_ignoring_case(known, name)) return true;
  }
  return false;
}

std::string why_unsendable(Reply const& reply) {
  if (reply.status < 200 || reply.status > 599) {
    return "status " + std::to_string(reply.status) + "; 200 to 599 are possible";
  }
  for (auto const& [name, value] : reply.headers) {
    if (!is_token(name)) return "a header with the impossible name '" + name + "'";
    if (has_line_break(value)) {
      return "header '" + name + "' with a line break or NUL in its value";
    }
  }
  return {};
}

Reply checked(Reply reply) {
  std::string const why = why_unsendable(reply);
  return why.empty() ? reply : crash_reply("the function returned " + why);
}

Reply text_reply(int status, std::string_view text) {
  Reply reply;
  reply.status = status;
  if (!text.empty()) reply.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
  reply.body = text;
  return reply;
}

}  // namespace faasc::rt
