#include "launcher/crash_cause.h"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <optional>

namespace faasc {
namespace {

// A page that a stack touches first lies this near to where the stack pointer stands, or was to stand.
constexpr std::uint64_t kNearStack = 64 * 1024;
constexpr std::uint64_t kFirstPage = 4096;

std::optional<std::uint64_t> hex_after(std::string_view text, std::string_view name) {
  std::size_t at = text.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view digits = text.substr(at + name.size());
  std::uint64_t number = 0;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), number, 16).ec != std::errc())
    return std::nullopt;
  return number;
}

/// Whether the kernel says so in a line of its own: both begin theirs with the time.
bool kernel_says(std::string_view text, std::string_view words) {
  for (std::size_t at = text.find(words); at != std::string_view::npos; at = text.find(words, at + 1)) {
    std::size_t start = text.rfind('\n', at);
    start = start == std::string_view::npos ? 0 : start + 1;
    if (text.substr(start).starts_with("[")) return true;
  }
  return false;
}

}  // namespace

CrashCause crash_cause(std::string_view console_tail, int signal) {
  if (signal == SIGKILL || signal == SIGBUS) {
    for (std::string_view words : {"out of memory", "Out of memory"})
      if (kernel_says(console_tail, words)) return CrashCause::OutOfMemory;
    return CrashCause::Unknown;
  }
  if (signal != SIGSEGV) return CrashCause::Unknown;
  std::optional<std::uint64_t> fault, stack;
  if (std::size_t nanos = console_tail.rfind("*** signal "); nanos != std::string_view::npos) {
    std::string_view dump = console_tail.substr(nanos);
    // A signal that a process sent has a code of 0 or less, and the sender where the address would be.
    if (dump.find(", code -") < dump.find('\n') || dump.find(", code 0\n") < dump.find('\n'))
      return CrashCause::Unknown;
    fault = hex_after(dump, "    fault address 0x");
    stack = hex_after(dump, "   rsp: ");
  } else if (std::size_t linux = console_tail.rfind(": segfault at "); linux != std::string_view::npos) {
    std::string_view line = console_tail.substr(linux, console_tail.find('\n', linux) - linux);
    fault = hex_after(line, ": segfault at ");
    stack = hex_after(line, " sp ");
  }
  if (!fault) return CrashCause::Unknown;
  if (*fault < kFirstPage) return CrashCause::NullPointer;
  if (stack && std::max(*fault, *stack) - std::min(*fault, *stack) <= kNearStack)
    return CrashCause::StackOverflow;
  return CrashCause::Unknown;
}

std::string to_text(CrashCause cause) {
  switch (cause) {
    case CrashCause::OutOfMemory:
      return "out of memory";
    case CrashCause::StackOverflow:
      return "its stack overflowed";
    case CrashCause::NullPointer:
      return "it followed a null pointer";
    case CrashCause::Unknown:
      break;
  }
  return {};
}

std::string hint_for(CrashCause cause, Shown shown) {
  switch (cause) {
    case CrashCause::OutOfMemory:
      return "give it more with resources.memory or --memory; 'faasc test --find-memory' finds how much";
    case CrashCause::StackOverflow:
      return "end the recursion, or keep large variables elsewhere than on the stack";
    case CrashCause::NullPointer:
    case CrashCause::Unknown:
      break;
  }
  return shown == Shown::Lines ? "the lines above say where it was, and what it printed before"
                               : "it had printed nothing; run it in a debugger, or build it with a sanitizer";
}

}  // namespace faasc
