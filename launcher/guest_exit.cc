#include "launcher/guest_exit.h"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstring>

#include "launcher/codes.h"
#include "launcher/terminal_text.h"

namespace faasc {
namespace {

constexpr int kNanosStartFailed = 127;
constexpr int kNanosKernelFault = 126;
constexpr std::string_view kNoSemihosting = "Angel shutdown trap failed";
constexpr const char* kServesOn = "a function goes on serving until it is stopped; see what its program does";
constexpr std::string_view kInitGaveUp = "faasc-init: cannot start the machine";

/// Where a line has to begin for its words to count. Init's may follow an unfinished line of the program's.
enum class Place : std::uint8_t { LineStart, Anywhere };

/// The number that follows the last `prefix`.
std::optional<int> number_after(std::string_view text, std::string_view prefix, Place place) {
  std::size_t at = text.rfind(prefix);
  while (place == Place::LineStart && at != std::string_view::npos && at > 0 && text[at - 1] != '\n')
    at = text.rfind(prefix, at - 1);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view digits = text.substr(at + prefix.size());
  int number = 0;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), number).ec != std::errc())
    return std::nullopt;
  return number;
}

/// The line of `text` that begins with `prefix`, without it.
std::string line_after(std::string_view text, std::string_view prefix) {
  std::size_t at = text.rfind(prefix);
  if (at == std::string_view::npos || (at > 0 && text[at - 1] != '\n')) return {};
  std::string_view line = text.substr(at + prefix.size());
  line = line.substr(0, line.find_first_of("\r\n"));
  return terminal_text(line);
}

std::string last_line(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  std::size_t start = text.rfind('\n');
  return terminal_text(start == std::string_view::npos ? text : text.substr(start + 1));
}

/// The last line of `text` that is no warning of QEMU's.
std::string complaint_of(std::string_view text) {
  std::string complaint;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (!line.empty() && line.find(" warning: ") == std::string_view::npos && !line.starts_with("warning: "))
      complaint = line;
  }
  return complaint;
}

/// What our init said last. What goes before the number: the number has no room for signals. The program may
/// have written such lines, too, but not after its end.
std::optional<GuestExit> decode_init(std::string_view tail) {
  using How = GuestExit::How;
  constexpr std::string_view kSignal = "faasc-init: program was killed by signal ";
  constexpr std::string_view kStatus = "faasc-init: program exited with status ";
  auto place = [&](std::string_view words) {
    std::size_t at = tail.rfind(words);
    return at == std::string_view::npos ? -1 : static_cast<std::ptrdiff_t>(at);
  };
  std::ptrdiff_t signal = place(kSignal), status = place(kStatus), gave_up = place(kInitGaveUp);
  if (gave_up > signal && gave_up > status) {
    std::string why = line_after(tail.substr(0, static_cast<std::size_t>(gave_up)), "faasc-init: ");
    return GuestExit{.how = How::Failed,
                     .detail = "init could not start the machine" + (why.empty() ? "" : ": " + why)};
  }
  if (signal > status)
    if (auto number = number_after(tail, kSignal, Place::Anywhere))
      return GuestExit{.how = How::Signaled, .signal = *number};
  if (auto number = number_after(tail, kStatus, Place::Anywhere))
    return GuestExit{.how = How::Exited, .code = *number};
  return std::nullopt;
}

GuestExit decode_how(const ExitEvidence& evidence) {
  using How = GuestExit::How;
  if (evidence.forced) return {.how = How::Forced};
  if (evidence.vmm.signal != 0) return {.how = How::Killed, .signal = evidence.vmm.signal};
  if (evidence.shutdown_reason == "host-signal") return {.how = How::Killed, .signal = SIGTERM};

  if (evidence.has_init)
    if (auto said = decode_init(evidence.console_tail)) return *said;

  std::optional<int> reported;
  if (evidence.has_exit_port && (evidence.vmm.code & 1) != 0) reported = evidence.vmm.code >> 1;
  // A guest that reports this way is gone at once, without an event; QEMU gives its own reasons with 1.
  if (evidence.has_semihosting_exit && evidence.shutdown_reason.empty() &&
      (evidence.vmm.code != 1 || complaint_of(evidence.vmm_errors).empty()))
    reported = evidence.vmm.code;
  if (reported) {
    int code = *reported;
    if (number_after(evidence.console_tail, "*** signal ", Place::LineStart) == code)
      return {.how = How::Signaled, .signal = code};
    // Asked to stop, a program without a handler of its own is ended by SIGTERM; Nanos prints no registers
    // then, but a last line.
    if (code == SIGTERM && (evidence.asked_to_stop || last_line(evidence.console_tail) == "   terminate"))
      return {.how = How::Signaled, .signal = code};
    if (code == kNanosStartFailed) {
      // How Nanos ends a thread that cannot take the signal: one it raised itself, or SIGKILL for lack of
      // memory.
      std::string abort = line_after(evidence.console_tail, "Process abort: ");
      if (abort.starts_with("Unhandled SIGSEGV ")) return {.how = How::Signaled, .signal = SIGSEGV};
      if (abort.starts_with("SIGKILL ")) return {.how = How::Signaled, .signal = SIGKILL};
      std::string why = line_after(evidence.console_tail, "program startup failed on exec: ");
      if (!why.empty())
        return {.how = How::Failed, .code = code, .detail = "the kernel could not start the program: " + why};
    }
    // A program may exit with that, too; the kernel shows where it was.
    if (code == kNanosKernelFault && (evidence.console_tail.find("\nframe trace:") != std::string::npos ||
                                      evidence.console_tail.find("kernel load offset ") != std::string::npos))
      return {.how = How::Failed, .code = code, .detail = "the kernel crashed"};
    return {.how = How::Exited, .code = code, .seven_bits = evidence.has_exit_port};
  }
  // Only an emulated processor has semihosting.
  if (evidence.has_semihosting_exit && evidence.console_tail.find(kNoSemihosting) != std::string::npos)
    return {.how = How::Failed, .detail = "it ended, and could not tell how: there is no semihosting"};
  if (evidence.shutdown_reason == "guest-reset") return {.how = How::Reset};
  if (evidence.shutdown_reason == "guest-panic") return {.how = How::Failed, .detail = "the kernel panicked"};
  if (evidence.vmm.code != 0)
    return {.how = How::VmmFailed, .code = evidence.vmm.code, .detail = last_line(evidence.vmm_errors)};
  return {.how = How::PoweredOff};
}

}  // namespace

bool GuestExit::ok() const {
  switch (how) {
    case How::Exited:
      return code == 0;
    case How::PoweredOff:
      return true;
    case How::Signaled:
      return after_stop && signal == SIGTERM;
    default:
      return false;
  }
}

GuestExit decode_exit(const ExitEvidence& evidence) {
  GuestExit exit = decode_how(evidence);
  exit.after_stop = evidence.asked_to_stop;
  if (exit.how == GuestExit::How::Signaled) exit.cause = crash_cause(evidence.console_tail, exit.signal);
  return exit;
}

std::string signal_name(int signal_number) {
  if (const char* name = ::sigabbrev_np(signal_number)) return std::string("SIG") + name;
  return "signal " + std::to_string(signal_number);
}

std::string to_text(const GuestExit& exit) {
  auto signal_text = [&] {
    std::string text = "signal " + std::to_string(exit.signal), name = signal_name(exit.signal);
    return name == text ? text : text + " (" + name + ")";
  };
  switch (exit.how) {
    case GuestExit::How::Exited:
      return "exited with status " + std::to_string(exit.code);
    case GuestExit::How::Signaled:
      return "was ended by " + signal_text() + (exit.cause == CrashCause::Unknown ? "" : ": ") +
             to_text(exit.cause);
    case GuestExit::How::Failed:
      return "failed: " + exit.detail;
    case GuestExit::How::PoweredOff:
      return "powered off";
    case GuestExit::How::Reset:
      return "reset itself, which is what a triple fault looks like";
    case GuestExit::How::Killed:
      return "was lost: " + exit.vmm + " was ended by " + signal_text();
    case GuestExit::How::Forced:
      return "did not stop when asked to, and was ended by force";
    case GuestExit::How::VmmFailed:
      break;
  }
  return "was lost: " + exit.vmm + " gave up with status " + std::to_string(exit.code) +
         (exit.detail.empty() ? "" : ": " + exit.detail);
}

std::vector<std::string> telling_lines(const std::vector<std::string>& lines, std::size_t count) {
  auto dump = std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
    return line.starts_with("*** signal ") || line.starts_with("Process abort: ");
  });
  std::vector<std::string> chosen;
  for (auto line = dump; line != lines.end(); ++line) {
    bool tells = line == dump || line->starts_with("    fault address ") || line->starts_with("   rip: ") ||
                 line->starts_with("       elr: ");
    if (tells && chosen.size() < count) chosen.push_back(*line);
  }
  auto end = dump;
  while (end != lines.begin() && std::prev(end)->empty()) --end;
  auto start =
      end - std::min<std::ptrdiff_t>(end - lines.begin(), static_cast<std::ptrdiff_t>(count - chosen.size()));
  chosen.insert(chosen.begin(), start, end);
  return chosen;
}

std::optional<Error> error_of(const GuestExit& exit, std::vector<std::string> console_lines) {
  if (exit.ok()) return std::nullopt;
  Error error{Fault::Guest, kGuestExited, "the guest " + to_text(exit), {}, {}, std::move(console_lines)};
  switch (exit.how) {
    case GuestExit::How::Exited:
      error.hint = exit.after_stop ? "let the program end with status 0 when it gets SIGTERM" : kServesOn;
      if (exit.seven_bits) error.hint += " (Nanos tells the lowest 7 bits of a status, so 139 as 11)";
      break;
    case GuestExit::How::Signaled:
      error.code = kGuestKilled;
      error.hint = hint_for(exit.cause, error.excerpt.empty() ? Shown::Nothing : Shown::Lines);
      break;
    case GuestExit::How::Failed:
    case GuestExit::How::Reset:
      error.code = kGuestCrashed;
      error.hint =
          "this is what the kernel says, not the function: see with 'faasc image verify' whether the image "
          "is "
          "whole, and try another kernel with --kernel";
      break;
    case GuestExit::How::Killed:
      error.fault = Fault::Host;
      error.code = kQemuKilled;
      error.hint =
          "something outside of faasc did that; where it was for lack of memory, 'dmesg' says so, and "
          "smaller machines (--memory) or fewer at a time (-j) help";
      break;
    case GuestExit::How::VmmFailed:
      error.fault = Fault::Host;
      error.code = kQemuRefused;
      error.hint = exit.vmm == GuestExit{}.vmm ? kQemuRefusedHint
                                               : "'-v' shows how it was started, and what it was told";
      break;
    case GuestExit::How::Forced:
      error.fault = Fault::Timeout;
      error.code = kGuestNotStopped;
      error.hint = "let the program end when it gets SIGTERM, or allow it more time with limits.grace_period";
      break;
    default:
      break;
  }
  return error;
}

Error error_of_early_end(const GuestExit& exit, std::vector<std::string> console_lines) {
  if (auto error = error_of(exit, console_lines)) return *error;
  return {Fault::Guest, kGuestEndedEarly, "the guest " + to_text(exit),
          {},           kServesOn,        std::move(console_lines)};
}

}  // namespace faasc
