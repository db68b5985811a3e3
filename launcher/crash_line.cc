#include "launcher/crash_line.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <memory>

#include <cxxabi.h>
#include <stdlib.h>

namespace faasc {
namespace {

// Of what called the function nothing can be shown but names, and they are always the same.
bool is_runtime(const CodePlace& place) {
  return place.file.empty() && place.function.starts_with("faasc::rt::");
}

std::string to_text(const CodePlace& place) {
  std::string text = "  " + (place.function.empty() ? "(unknown function)" : place.function);
  if (!place.file.empty()) text += " at " + place.file + ":" + std::to_string(place.line);
  return text;
}

// The runtime names an exception's type as the compiler does.
std::string with_type(std::string line) {
  constexpr std::string_view kBefore = "terminate called after throwing an instance of '";
  std::size_t begin = line.find(kBefore);
  if (begin == line.npos) return line;
  begin += kBefore.size();
  std::size_t end = line.find('\'', begin);
  if (end == line.npos) return line;
  int status = -1;
  std::unique_ptr<char, decltype(&::free)> name(
      abi::__cxa_demangle(line.substr(begin, end - begin).c_str(), nullptr, nullptr, &status), &::free);
  return status == 0 ? line.replace(begin, end - begin, name.get()) : line;
}

}  // namespace

std::optional<CrashLine> find_crash(std::string_view line) {
  constexpr std::string_view kStart = "crashed with SIG", kCalled = "; called from ";
  std::size_t start = line.find(kStart);
  std::size_t called = line.find(kCalled, start == line.npos ? 0 : start);
  if (start == line.npos || called == line.npos) return std::nullopt;
  CrashLine crash{std::string(line.substr(start, called - start)), {}};
  std::string_view rest = line.substr(called + kCalled.size());
  while (rest.starts_with("0x")) {
    std::uint64_t address = 0;
    auto [end, error] = std::from_chars(rest.data() + 2, rest.data() + rest.size(), address, 16);
    if (error != std::errc()) break;
    crash.addresses.push_back(address);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    if (rest.starts_with(' ')) rest.remove_prefix(1);
  }
  if (crash.addresses.empty()) return std::nullopt;
  return crash;
}

std::vector<std::string> with_places(std::vector<std::string> lines, const CrashPlaces& places) {
  std::vector<std::string> told;
  for (std::string& line : lines) {
    std::vector<CodePlace> calls;
    auto crash = find_crash(line);
    if (crash && places)
      for (auto& inlined : places(crash->addresses))
        std::move(inlined.begin(), inlined.end(), std::back_inserter(calls));
    auto last =
        std::find_if(calls.rbegin(), calls.rend(), [](const CodePlace& c) { return !c.file.empty(); });
    if (last == calls.rend()) {
      told.push_back(with_type(std::move(line)));
      continue;
    }
    told.push_back(crash->what + ":");
    for (auto call = calls.begin(); call != last.base();) {
      // A recursion without end says the same over and over.
      auto next =
          std::find_if(call, last.base(), [&](const CodePlace& c) { return to_text(c) != to_text(*call); });
      told.push_back(to_text(*call));
      if (next - call > 1) told.push_back("  ... " + std::to_string(next - call - 1) + " more of the same");
      call = next;
    }
    if (std::any_of(last.base(), calls.end(), is_runtime)) {
      told.push_back("  called by faasc's runtime");
    } else {
      std::transform(last.base(), calls.end(), std::back_inserter(told), to_text);
    }
  }
  return told;
}

}  // namespace faasc
