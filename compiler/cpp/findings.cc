#include "compiler/cpp/findings.h"

#include <string_view>

#include "base/codes.h"
#include "base/file.h"

namespace faasc::cpp {
namespace fs = std::filesystem;
namespace {

// Clang says what it does not find; where to get it from is ours to say.
std::string hint_for_missing_header(const std::string& message) {
  constexpr std::string_view kEnd = "' file not found";
  if (!message.starts_with('\'') || !message.ends_with(kEnd)) return {};
  std::string header = message.substr(1, message.size() - 1 - kEnd.size());
  static const std::set<std::string_view> kStandard = {
      "algorithm", "array",    "chrono",   "functional",  "iostream", "map",
      "memory",    "optional", "string",   "string_view", "utility",  "vector",
      "cstdint",   "stdio.h",  "stdlib.h", "string.h",    "stdint.h"};
  if (kStandard.contains(header))
    return "install the C++ library's headers: apt install libstdc++-12-dev libc6-dev";
  return "if it is a library's, install the library or add its directory to 'build.cpp.includes'";
}

}  // namespace

void Findings::show(SourcePlace& place) const {
  if (place.file.empty()) return;
  fs::path file = fs::path(place.file).lexically_normal();
  if (file.is_absolute()) {
    fs::path inside = file.lexically_relative(project_);
    if (!inside.empty() && *inside.begin() != "..") file = inside;
  }
  place.file = (file.is_absolute() ? file : (shown_project_ / file).lexically_normal()).string();
}

void Findings::show(Diagnostic& diagnostic) const {
  show(diagnostic.place);
  for (Diagnostic& note : diagnostic.notes) show(note);
  for (Fix& fix : diagnostic.fixes) show(fix.place);
}

// A header's complaint comes once, however many sources include it.
void Findings::report(std::vector<Diagnostic> found) {
  for (Diagnostic& diagnostic : found) {
    show(diagnostic);
    if (diagnostic.hint.empty()) diagnostic.hint = hint_for_missing_header(diagnostic.message);
    if (diagnostic.code.empty() && says_disk_is_full(diagnostic.message)) {
      diagnostic.code = kDiskFull;
      diagnostic.hint = kMakeRoom;
    }
    const SourcePlace& place = diagnostic.place;
    if (reported_.insert({place.file, place.line, place.column, diagnostic.message}).second)
      diagnostics_.add(std::move(diagnostic));
  }
}

}  // namespace faasc::cpp
