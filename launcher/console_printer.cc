#include "launcher/console_printer.h"

#include <cerrno>

#include <poll.h>
#include <unistd.h>

#include "launcher/terminal_text.h"

namespace faasc {

ConsolePrinter::ConsolePrinter(int fd) : fd_(fd), terminal_(::isatty(fd) == 1) {}

void ConsolePrinter::print(const ConsoleLine& line) {
  std::string text = terminal_ ? terminal_text(line.text) : std::string(line.text);
  // A colour the guest left on must not run into the prompt.
  if (terminal_ && text.find('\x1b') != std::string::npos) text += "\x1b[0m";
  if (line.complete) text += '\n';
  std::string_view rest = text;
  while (!rest.empty() && !broken_) {
    ssize_t count = ::write(fd_, rest.data(), rest.size());
    if (count >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      pollfd writable{fd_, POLLOUT, 0};
      ::poll(&writable, 1, -1);
    } else if (errno != EINTR) {
      broken_ = true;
    }
  }
}

}  // namespace faasc
