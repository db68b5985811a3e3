#include "packager/bill/go_build_info.h"

#include <sstream>

namespace faasc {
namespace {

constexpr std::string_view kMagic = "\xff Go buildinf:";
constexpr std::size_t kAlignment = 16, kFlags = 15, kHeader = 32;
constexpr unsigned char kInline = 2;   // of the flags: the strings follow
constexpr std::size_t kSentinel = 16;  // bytes at either end of the modules' text

// A length in Go's varint, and that many bytes.
std::optional<std::string_view> take_string(std::string_view& rest) {
  std::size_t length = 0;
  for (unsigned shift = 0; shift < 35; shift += 7) {
    if (rest.empty()) return std::nullopt;
    auto byte = static_cast<unsigned char>(rest.front());
    rest.remove_prefix(1);
    length |= static_cast<std::size_t>(byte & 0x7f) << shift;
    if (byte < 0x80) {
      if (length > rest.size()) return std::nullopt;
      std::string_view text = rest.substr(0, length);
      rest.remove_prefix(length);
      return text;
    }
  }
  return std::nullopt;
}

// "dep\tpath\tversion\tsum", and "=>\tpath\tversion\tsum" where that is replaced.
std::vector<GoModule> modules_of(std::string_view text) {
  std::vector<GoModule> modules;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string kind;
    GoModule module;
    std::getline(fields, kind, '\t');
    if (kind != "dep" && kind != "=>") continue;
    std::getline(fields, module.path, '\t');
    std::getline(fields, module.version, '\t');
    if (kind == "dep")
      modules.push_back(std::move(module));
    else if (!modules.empty())
      modules.back() = std::move(module);
  }
  return modules;
}

}  // namespace

std::optional<GoBuildInfo> go_build_info(std::string_view program) {
  for (std::size_t at = 0; (at = program.find(kMagic, at)) != std::string_view::npos; at += kMagic.size()) {
    if (at % kAlignment != 0 || program.size() - at < kHeader) continue;
    if ((static_cast<unsigned char>(program[at + kFlags]) & kInline) == 0) continue;
    std::string_view rest = program.substr(at + kHeader);
    auto version = take_string(rest);
    if (!version) continue;
    GoBuildInfo info;
    // "go1.22.3 X:experiment"
    info.go_version = std::string(version->substr(0, version->find(' ')));
    if (info.go_version.starts_with("go")) info.go_version.erase(0, 2);
    auto modules = take_string(rest);
    if (modules && modules->size() >= 2 * kSentinel)
      info.modules = modules_of(modules->substr(kSentinel, modules->size() - 2 * kSentinel));
    return info;
  }
  return std::nullopt;
}

}  // namespace faasc
