#include "src/signals.h"

#include <cstdint>
#include <exception>
#include <string>

#include <assert.h>
#include <cxxabi.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <unwind.h>

#include "src/log.h"

// Only if the function itself linked it.
extern "C" char* faasc_rt_demangle(char const* name, char* buffer, std::size_t* size,
                                   int* status) __asm__("__cxa_demangle") __attribute__((weak));

namespace faasc::rt {
namespace {

Server* g_server = nullptr;

void on_stop(int) {
  g_server->request_stop();
}

/// A line put together without anything a crashed process may have broken.
struct CrashLine {
  char text[640];
  std::size_t length = 0;
  std::size_t addresses_begin = 0;
  int frames = 0;

  void add(char const* words) {
    while (*words != '\0' && length < sizeof text) text[length++] = *words++;
  }
  void restart_at(std::size_t place) { length = place, frames = 0; }
  void add_address(std::uintptr_t address) {
    char digits[19] = "0x";
    int at = 2;
    bool started = false;
    for (int shift = 60; shift >= 0; shift -= 4) {
      unsigned const digit = (address >> shift) & 15;
      started = started || digit != 0 || shift == 0;
      if (started) digits[at++] = "0123456789abcdef"[digit];
    }
    digits[at] = '\0';
    add(digits);
  }
};

/// Addresses as whoever looks them up wants them: of the call, not of what comes after it.
_Unwind_Reason_Code add_frame(_Unwind_Context* context, void* line_pointer) {
  auto& line = *static_cast<CrashLine*>(line_pointer);
  int is_exact = 0;
  std::uintptr_t const address = _Unwind_GetIPInfo(context, &is_exact);
  if (address == 0) return _URC_END_OF_STACK;
  // The handler's own frames are above the one that was interrupted.
  if (is_exact != 0 && line.frames > 0) line.restart_at(line.addresses_begin);
  if (++line.frames > 24) return _URC_END_OF_STACK;
  line.add(" ");
  line.add_address(is_exact != 0 ? address : address - 1);
  return _URC_NO_REASON;
}

void on_crash(int signal, siginfo_t* info, void*) {
  // Before anything else: should this crash too, it ends here. Not left to SA_RESETHAND, which Nanos 0.1.55
  // ignores.
  struct sigaction usual{};
  usual.sa_handler = SIG_DFL;
  ::sigaction(signal, &usual, nullptr);

  CrashLine line;
  bool const json = log_format() == LogFormat::Json;
  line.add(json ? R"({"severity":"CRITICAL","message":"crashed with )" : "CRITICAL faasc: crashed with ");
  switch (signal) {
    case SIGSEGV:
      line.add("SIGSEGV");
      break;
    case SIGBUS:
      line.add("SIGBUS");
      break;
    case SIGFPE:
      line.add("SIGFPE");
      break;
    case SIGILL:
      line.add("SIGILL");
      break;
    default:
      line.add("SIGABRT");
      break;
  }
  line.add("; called from");
  line.addresses_begin = line.length;
  _Unwind_Backtrace(&add_frame, &line);
  line.add(json ? "\",\"logger\":\"faasc\"}\n" : "\n");
  static_cast<void>(!::write(STDERR_FILENO, line.text, line.length));
  // A fault happens again when its instruction is run again, and is then the kernel's to report, with the
  // function's own registers. What somebody sent has to be sent again.
  if (info->si_code <= 0) ::raise(signal);
}

/// Where the function has not spoken for itself. Set first and put back if need be, as that hardly ever needs
/// a second call.
void set_unless_taken(int signal, struct sigaction const& action) {
  struct sigaction before{};
  if (::sigaction(signal, &action, &before) != 0) return;
  bool const taken = (before.sa_flags & SA_SIGINFO) != 0 || before.sa_handler != SIG_DFL;
  if (taken) ::sigaction(signal, &before, nullptr);
}

}  // namespace

void CrashStack::use() {
  stack_t own{};
  if (::sigaltstack(nullptr, &own) == 0 && (own.ss_flags & SS_DISABLE) == 0) return;  // the function's
  own.ss_sp = bytes_;
  own.ss_size = sizeof bytes_;
  own.ss_flags = 0;
  ::sigaltstack(&own, nullptr);
}

void handle_signals(Server& server) {
  g_server = &server;
  static CrashStack stack;
  stack.use();
  struct sigaction action{};
  action.sa_flags = SA_RESTART;
  action.sa_handler = &on_stop;
  set_unless_taken(SIGTERM, action);
  set_unless_taken(SIGINT, action);
  action.sa_handler = SIG_IGN;
  set_unless_taken(SIGPIPE, action);

  action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
  action.sa_sigaction = &on_crash;
  for (int const signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) set_unless_taken(signal, action);
}

}  // namespace faasc::rt

/// What libstdc++ says when nobody catches an exception, in place of its own: but for the name of the
/// exception's type, which is left as the compiler made it. What turns it into source is 45 KiB, and who
/// reads the console can do it, too. std::set_terminate() puts another in its place, as ever.
void __gnu_cxx::__verbose_terminate_handler() {
  std::string line = "terminate called without an active exception";
  if (std::type_info const* const type = abi::__cxa_current_exception_type()) {
    char const* name = type->name();
    if (faasc_rt_demangle != nullptr) {
      int status = -1;
      char const* const source = faasc_rt_demangle(name, nullptr, nullptr, &status);
      if (status == 0) name = source;
    }
    line = std::string("terminate called after throwing an instance of '") + name + "'";
    try {
      throw;
    } catch (std::exception const& thrown) {
      line += std::string("\n  what():  ") + thrown.what();
    } catch (...) {
    }
  }
  faasc::rt::write_line(faasc::rt::Stream::Err, line);
  ::abort();
}

/// What assert() calls, as the Linux Standard Base has it, with glibc's words. Glibc's own translates them,
/// and with that come 31 KiB of conversions between character sets.
extern "C" void __assert_fail(char const* condition, char const* file, unsigned line,
                              char const* function) noexcept {
  std::string text;
#ifdef __GLIBC__
  text.append(program_invocation_short_name).append(": ");
#endif
  text.append(file).append(":").append(std::to_string(line)).append(": ");
  if (function != nullptr) text.append(function).append(": ");
  text.append("Assertion `").append(condition).append("' failed.");
  faasc::rt::write_line(faasc::rt::Stream::Err, text);
  ::abort();
}
