#include "compiler/cpp/compiler_process.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>

#include "base/file.h"
#include "base/inner_trace.h"
#include "base/process.h"
#include "base/process_observer.h"
#include "compiler/cpp/codes.h"
#include "compiler/cpp/compile_question.h"

namespace faasc::cpp {
namespace {

constexpr std::size_t kExcerptLines = 12;

// The end says what went wrong.
std::vector<std::string> last_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (lines.size() > kExcerptLines) lines.erase(lines.begin(), lines.end() - kExcerptLines);
  return lines;
}

// Clang and the linkers take search paths and dates from these.
std::map<std::string, std::string> environment() {
  std::map<std::string, std::string> variables = {
      {"CPATH", ""},        {"C_INCLUDE_PATH", ""}, {"CPLUS_INCLUDE_PATH", ""},
      {"LIBRARY_PATH", ""}, {"COMPILER_PATH", ""},  {"CCC_OVERRIDE_OPTIONS", ""},
      {"LD_RUN_PATH", ""},  {"LC_ALL", "C"},        {"PWD", ""}};  // another name of the directory
  // What __DATE__ and __TIME__ say.
  if (!std::getenv("SOURCE_DATE_EPOCH")) variables["SOURCE_DATE_EPOCH"] = "0";
  return variables;
}

}  // namespace

Result<Answer> ask_compiler(const CppRequest& request, const Request& question, const std::string& file) {
  const std::string program = request.installation.compiler.string();
  std::string input = to_json(question);
  ShownAs shown(process_observer() ? as_clang_command(question) : std::string());
  std::map<std::string, std::string> variables = environment();
  const std::filesystem::path trace =
      inner_traces() ? (question.compile ? question.compile->object : question.link->output) + ".trace" : "";
  if (inner_traces()) variables[kInnerTraceVariable] = trace.string();
  auto finished =
      run({.argv = {program}, .working_directory = request.project_dir, .environment = std::move(variables)},
          {.input = input, .out = Stream::Pipe, .err = Stream::Pipe});
  if (inner_traces()) {
    if (auto json = read_file(trace)) inner_traces()->add({as_clang_command(question), std::move(*json)});
    std::error_code ignored;
    std::filesystem::remove(trace, ignored);
  }
  if (!finished) {
    if (finished.error().fault != Fault::Missing) return std::move(finished).error();
    return Error{.fault = Fault::Missing,
                 .code = kCppCompilerMissing,
                 .what = "cannot start the C++ compiler '" + program + "'",
                 .during = {},
                 .hint =
                     "install faasc again, with Clang 19's libraries: apt install libclang-cpp19 "
                     "libclang-common-19-dev"};
  }
  const ExitStatus& status = finished->status;
  if (status.ok()) return answer_from_json(finished->out).during("compiling '" + file + "'");
  // The dynamic loader's way to say that a library is not there.
  if (status.code == 127 && finished->err.find("shared librar") != std::string::npos)
    return Error{.fault = Fault::Missing,
                 .code = kCppCompilerMissing,
                 .what = "the C++ compiler '" + program + "' lacks a shared library",
                 .during = {},
                 .hint = "install Clang 19's libraries: apt install libclang-cpp19 libllvm19",
                 .excerpt = last_lines(finished->err)};
  Error crash{.fault = Fault::Internal,
              .code = kCppCompilerCrashed,
              .what = "the C++ compiler crashed on '" + file + "'",
              .during = {},
              .hint = "take parts out of the file until it compiles to find what Clang cannot bear"};
  if (status.signal) crash.what += " (signal " + std::to_string(status.signal) + ")";
  if (status.signal == SIGKILL)
    crash.hint = "the host may have run out of memory: compile fewer sources at a time with -j";
  crash.excerpt = last_lines(finished->err);
  return crash;
}

}  // namespace faasc::cpp
