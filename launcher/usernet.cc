#include "launcher/usernet.h"

#include <charconv>
#include <vector>

namespace faasc {
namespace {

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; (at = line.find_first_not_of(" \t\r", at)) != std::string_view::npos;) {
    std::size_t end = std::min(line.find_first_of(" \t\r", at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

std::optional<std::uint16_t> port_of(std::string_view word) {
  std::uint16_t port = 0;
  auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), port);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return port;
}

/// The host's port of the first connection in `state` to `guest_port`.
std::optional<std::uint16_t> find(std::string_view usernet, std::string_view state,
                                  std::uint16_t guest_port) {
  while (!usernet.empty()) {
    std::size_t end = std::min(usernet.find('\n'), usernet.size());
    auto words = words_of(usernet.substr(0, end));
    if (words.size() >= 6 && words[0] == state && port_of(words[5]) == guest_port) return port_of(words[3]);
    usernet.remove_prefix(std::min(end + 1, usernet.size()));
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint16_t> forwarded_port(std::string_view usernet, std::uint16_t guest_port) {
  return find(usernet, "TCP[HOST_FORWARD]", guest_port);
}

bool guest_accepted(std::string_view usernet, std::uint16_t guest_port) {
  return find(usernet, "TCP[ESTABLISHED]", guest_port).has_value();
}

}  // namespace faasc
