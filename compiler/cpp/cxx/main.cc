// faasc-cxx: Clang as a separate program, so that faasc itself starts without loading it. See
// compiler/cpp/protocol.h.

#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <string>

#include <clang/Basic/Stack.h>
#include <llvm/Support/Error.h>
#include <llvm/Support/TimeProfiler.h>
#include <unistd.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/inner_trace.h"
#include "compiler/cpp/cxx/compile.h"
#include "compiler/cpp/cxx/link.h"

namespace {

constexpr unsigned kTraceGranularity = 500;  // microseconds; shorter events are left out

faasc::Result<std::string> read_standard_input() {
  faasc::Fd in(::dup(STDIN_FILENO));
  std::string text;
  char buffer[64 * 1024];
  while (true) {
    FAASC_TRY(std::size_t count, faasc::read_some(in, buffer, sizeof buffer, "standard input"));
    if (count == 0) return text;
    text.append(buffer, count);
  }
}

faasc::Result<void> answer_one_request() {
  FAASC_TRY(std::string text, read_standard_input());
  FAASC_TRY(faasc::cpp::Request request, faasc::cpp::request_from_json(text));
  faasc::cpp::Answer answer;
  const char* trace = std::getenv(faasc::kInnerTraceVariable);
  if (trace) llvm::timeTraceProfilerInitialize(kTraceGranularity, "faasc-cxx");
  if (request.compile) answer.compile = faasc::cpp::compile(*request.compile);
  if (request.link && (!answer.compile || answer.compile->ok)) answer.link = faasc::cpp::link(*request.link);
  if (trace) {
    // Whoever asked for it does without where it cannot be written.
    llvm::consumeError(llvm::timeTraceProfilerWrite(trace, "faasc-cxx"));
    llvm::timeTraceProfilerCleanup();
  }
  faasc::Fd out(::dup(STDOUT_FILENO));
  return faasc::write_all(out, faasc::cpp::to_json(answer), "standard output");
}

}  // namespace

int main(int argc, char** argv) {
  clang::noteBottomOfStack();
  if (argc > 1) {
    std::fprintf(stderr,
                 "%s: takes no arguments; it is started by faasc and reads a request from standard input\n",
                 argv[0]);
    return 2;
  }
  auto done = answer_one_request();
  if (!done) std::fputs(faasc::to_text(done.error(), faasc::Color::Off).c_str(), stderr);
  std::fflush(stderr);
  // Unwinding Clang's data structures takes longer than the kernel needs to drop them.
  std::_Exit(done ? 0 : faasc::exit_status(done.error().fault));
}
