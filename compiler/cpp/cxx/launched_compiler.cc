#include "compiler/cpp/cxx/launched_compiler.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include <clang/Basic/Version.inc>

#include "base/file.h"
#include "compiler/cpp/codes.h"
#include "compiler/cpp/cxx/toolchain.h"

namespace faasc::cpp {
namespace {

constexpr std::size_t kShownLines = 5;

struct CompilerProgram {
  std::string name;  // as the launcher is given it
  std::string path;
};

// One of the version that parses here; by a name that hosts have in common where there is one, since distcc
// starts the same there. Flags and bytes of any other version may differ.
std::optional<CompilerProgram> compiler_program() {
  const std::string common = "clang++-" CLANG_VERSION_MAJOR_STRING;
  if (auto path = find_program(common)) return CompilerProgram{common, path->string()};
  const std::string own = llvm_program_directory() + "/clang++";
  if (find_program(own)) return CompilerProgram{own, own};
  return std::nullopt;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// "distcc[71] (dcc_build_somewhere) …", "ccache: …", "ICECC[71] …".
bool is_said_by(std::string_view line, std::string_view launcher) {
  if (line.size() <= launcher.size() || (line[launcher.size()] != '[' && line[launcher.size()] != ':'))
    return false;
  return std::equal(launcher.begin(), launcher.end(), line.begin(),
                    [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
}

}  // namespace

LaunchedCompiler::LaunchedCompiler(const std::string& launcher, const std::vector<std::string>& arguments)
    : launcher_(launcher) {
  auto program = compiler_program();
  if (!program) return;
  compiler_ = program->path;
  std::vector<std::string> argv{launcher, program->name};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  child_.emplace(Child::spawn({.argv = std::move(argv), .working_directory = {}, .environment = {}},
                              {.out = Stream::Null, .err = Stream::Pipe}));
}

std::optional<Diagnostic> LaunchedCompiler::finish() {
  Diagnostic failed;
  if (!child_) {
    failed.code = kCppCompilerMissing;
    failed.message = "'build.cpp.launcher' needs the program clang++-" CLANG_VERSION_MAJOR_STRING
                     ", which is not installed";
    failed.hint = "install it (apt install clang-" CLANG_VERSION_MAJOR_STRING "), or leave 'launcher' out";
    return failed;
  }
  failed.code = kCppLauncherFailed;
  failed.hint = "try it by hand, or leave 'build.cpp.launcher' out to compile without it";
  if (!*child_) {
    failed.message = "'" + launcher_ + "' cannot be started: " + child_->error().what;
    return failed;
  }
  Child& child = **child_;
  // What it ends with says most.
  constexpr std::size_t kKept = 16 << 10;
  std::string said, buffer(kKept, '\0');
  for (;;) {
    auto count = read_some(child.err, buffer.data(), buffer.size(), launcher_);
    if (!count || *count == 0) break;
    said.append(buffer, 0, *count);
    if (said.size() > 2 * kKept) said.erase(0, said.size() - kKept);
  }
  const ExitStatus status = child.wait();
  std::vector<std::string> lines = lines_of(said);
  if (status.ok()) {
    for (std::string& line : lines)
      if (is_said_by(line, launcher_)) remark_ = std::move(line);
    return std::nullopt;
  }
  failed.message = "'" + launcher_ + "' did not compile it: it ended " +
                   (status.signal ? "by signal " + std::to_string(status.signal)
                                  : "with status " + std::to_string(status.code));
  for (std::size_t i = lines.size() - std::min(lines.size(), kShownLines); i < lines.size(); ++i) {
    Diagnostic line;
    line.severity = Severity::Note;
    line.message = std::move(lines[i]);
    failed.notes.push_back(std::move(line));
  }
  return failed;
}

}  // namespace faasc::cpp
