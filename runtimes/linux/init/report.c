#include <linux/errno.h>

#include "init.h"
#include "syscalls.h"
#include "text.h"

/* One write per line, so that it does not mix with what the program prints. */
static void write_line(char* line, size_t room) {
  size_t size = text_length(line);
  if (size + 1 < room) line[size++] = '\n';
  sys_write(2, line, size);
}

void report(const char* a, const char* b, const char* c, const char* d) {
  char line[512] = "faasc-init: ";
  const char* pieces[] = {a, b, c, d};
  for (unsigned i = 0; i < 4; ++i)
    if (pieces[i]) text_append(line, sizeof line, pieces[i]);
  write_line(line, sizeof line);
}

static const char* error_name(int error) {
  switch (error) {
    case ENOENT:
      return " (no such file or directory)";
    case EIO:
      return " (input/output error)";
    case ENOEXEC:
      return " (not an executable format)";
    case ENOMEM:
      return " (not enough memory)";
    case EACCES:
      return " (permission denied)";
    case ENODEV:
      return " (no such device)";
    case ENOTDIR:
      return " (not a directory)";
    case EINVAL:
      return " (invalid argument)";
    case EFBIG:
      return " (too large)";
    case EADDRNOTAVAIL:
      return " (the address is not to be had)";
    case ENETUNREACH:
      return " (the network is not reachable)";
    case ETIMEDOUT:
      return " (nobody answered)";
    case EROFS:
      return " (read-only file system)";
    case ELOOP:
      return " (too many symbolic links)";
    default:
      return "";
  }
}

void report_error(const char* a, const char* b, const char* c, int error) {
  char line[512] = "faasc-init: ";
  char number[21];
  text_decimal((unsigned long)-error, number);
  const char* pieces[] = {a, b, c, ": error ", number, error_name(-error)};
  for (unsigned i = 0; i < 6; ++i)
    if (pieces[i]) text_append(line, sizeof line, pieces[i]);
  write_line(line, sizeof line);
}

const char* signal_name(int signal) {
  static const char* const kNames[] = {
      "0",         "SIGHUP",  "SIGINT",    "SIGQUIT", "SIGILL",   "SIGTRAP", "SIGABRT", "SIGBUS",
      "SIGFPE",    "SIGKILL", "SIGUSR1",   "SIGSEGV", "SIGUSR2",  "SIGPIPE", "SIGALRM", "SIGTERM",
      "SIGSTKFLT", "SIGCHLD", "SIGCONT",   "SIGSTOP", "SIGTSTP",  "SIGTTIN", "SIGTTOU", "SIGURG",
      "SIGXCPU",   "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",   "SIGPWR",  "SIGSYS"};
  return signal > 0 && signal < 32 ? kNames[signal] : "a realtime signal";
}
