#include "compiler/go/messages.h"

#include <set>
#include <tuple>

#include "base/codes.h"
#include "base/file.h"
#include "compiler/go/codes.h"

namespace faasc::go {
namespace {

struct Known {
  std::string_view words;
  const char* code;
  std::string_view hint;
};

// The first that is found in a message counts.
constexpr Known kKnown[] = {
    // What says_disk_is_full looks for, in Go's spelling.
    {"no space left on device", kDiskFull, kMakeRoom},
    {"disk quota exceeded", kDiskFull, kMakeRoom},
    {"file too large", kDiskFull, kMakeRoom},
    {"missing go.sum entry", kGoSumMissing,
     "run 'go mod tidy' in the module, and keep go.sum with the source; faasc never changes it"},
    {"checksum mismatch", kGoSumMissing,
     "the module is not the one that go.sum names; find out why before you trust it"},
    {"verifying module", kGoSumMissing,
     "go.sum does not vouch for this module; run 'go mod tidy' and look at what changed"},
    {"module lookup disabled by GOPROXY=off", kGoModuleUnavailable,
     "without --offline it is downloaded once; or run 'go mod vendor' and keep vendor/ with the source"},
    {"no required module provides package", kGoBadModule,
     "run 'go get' for it in the module; faasc never changes go.mod"},
    {"updates to go.mod needed", kGoBadModule, "run 'go mod tidy' in the module; faasc never changes go.mod"},
    {"inconsistent vendoring", kGoVendor,
     "run 'go mod vendor', or set 'build: {go: {mod: readonly}}' to do without vendor/"},
    {"is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt", kGoVendor,
     "run 'go mod vendor', or set 'build: {go: {mod: readonly}}' to do without vendor/"},
    {"import lookup disabled by -mod=vendor", kGoVendor,
     "run 'go mod vendor', or set 'build: {go: {mod: readonly}}' to do without vendor/"},
    {"cannot find module providing package", kGoBadModule,
     "run 'go get' for it in the module; faasc never changes go.mod"},
    {"requires go >= ", kGoModTooNew,
     "install a newer Go, or lower the version in go.mod if the code does not need it"},
    {"errors parsing go.mod", kGoBadModule, "correct go.mod; 'go mod edit -fmt' checks it"},
    {"malformed module path", kGoBadModule, "module paths are letters, digits and - . _ ~ / of ASCII"},
    {"build constraints exclude all Go files", kGoCgoNeeded,
     "if the package needs cgo, set 'build: {go: {cgo: true}}'"},
    {"cgo: C compiler", kGoCgoNeeded, "install gcc, or set 'build: {go: {cgo: false}}'"},
    {"dial tcp", kGoModuleUnavailable,
     "check the network and GOPROXY, or run 'go mod vendor' where there is one"},
    {"no such host", kGoModuleUnavailable,
     "check the network and GOPROXY, or run 'go mod vendor' where there is one"},
    {"i/o timeout", kGoModuleUnavailable,
     "check the network and GOPROXY, or run 'go mod vendor' where there is one"},
    {"unknown revision", kGoModuleUnavailable, "correct the version in go.mod"},
    {"404 Not Found", kGoModuleUnavailable,
     "correct the module's path and version in go.mod, or GOPROXY and GOPRIVATE"},
    {"410 Gone", kGoModuleUnavailable,
     "correct the module's path and version in go.mod, or GOPROXY and GOPRIVATE"},
};

// "pkg/file.go:12:5: words"; the column may be missing. False where the line is something else.
bool read_place(std::string_view line, SourcePlace& place, std::string_view& words) {
  std::size_t at = line.find(".go:");
  bool mod = false;
  if (at == std::string_view::npos) {
    at = line.find("go.mod:");
    mod = true;
    if (at == std::string_view::npos) return false;
  }
  std::size_t file_end = at + (mod ? 6 : 3);
  std::string_view rest = line.substr(file_end + 1);
  auto number = [&rest](int& out) {
    std::size_t digits = rest.find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string_view::npos || digits > 7 || rest[digits] != ':') return false;
    out = std::stoi(std::string(rest.substr(0, digits)));
    rest.remove_prefix(digits + 1);
    return true;
  };
  SourcePlace found;
  if (!number(found.line)) return false;
  number(found.column);
  std::string_view file = line.substr(0, file_end);
  // Go's older versions say "vet: " and the like in front.
  if (file.find(": ") != std::string_view::npos) return false;
  if (file.starts_with("./")) file.remove_prefix(2);
  found.file = std::string(file);
  place = found;
  words = rest;
  if (words.starts_with(" ")) words.remove_prefix(1);
  return true;
}

void classify(Diagnostic& diagnostic) {
  for (const Known& known : kKnown)
    if (diagnostic.message.find(known.words) != std::string::npos) {
      diagnostic.code = known.code;
      diagnostic.hint = known.hint;
      return;
    }
}

}  // namespace

std::vector<Diagnostic> read_go_messages(std::string_view text) {
  std::vector<Diagnostic> found;
  std::set<std::tuple<std::string, int, int, std::string>> seen;
  bool joining = false;  // the last line was a message, and tabbed lines belong to it
  while (!text.empty()) {
    std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with("\r")) line.remove_suffix(1);
    if (line.empty() || line.starts_with("# ") || line.ends_with("too many errors") ||
        line.starts_with("go: downloading ") || line.starts_with("go: extracting ") ||
        line.starts_with("go: finding ")) {
      continue;
    }
    if (line.starts_with("\t")) {
      if (joining) {
        std::string_view more = line.substr(line.find_first_not_of("\t "));
        found.back().message.append(found.back().message.ends_with(":") ? " " : "; ").append(more);
      }
      continue;
    }
    Diagnostic diagnostic;
    std::string_view words = line;
    if (!read_place(line, diagnostic.place, words) && words.starts_with("go: ")) words.remove_prefix(4);
    diagnostic.message = words;
    joining = seen.insert({diagnostic.place.file, diagnostic.place.line, diagnostic.place.column,
                           diagnostic.message})
                  .second;
    if (joining) found.push_back(std::move(diagnostic));
  }
  for (Diagnostic& diagnostic : found) classify(diagnostic);
  for (Diagnostic& diagnostic : found)
    if (diagnostic.code.empty() && diagnostic.place.line == 0) diagnostic.code = kGoDoesNotCompile;
  return found;
}

}  // namespace faasc::go
