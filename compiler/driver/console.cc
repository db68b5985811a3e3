#include "compiler/driver/console.h"

#include <cerrno>
#include <cstring>

#include <sys/ioctl.h>

#include <unistd.h>

#include "compiler/driver/codes.h"

namespace faasc {
namespace {

Result<void> write_descriptor(int fd, std::string_view text) {
  while (!text.empty()) {
    ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      // Whoever read the output has had enough, as head(1) has.
      Fault fault = errno == EPIPE ? Fault::Interrupted : Fault::Io;
      return Error{.fault = fault,
                   .code = kCannotWriteOutput,
                   .what = "cannot write to standard output: " + std::string(std::strerror(errno))};
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

int terminal_columns() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

// At most `columns` characters, counted as UTF-8.
std::string_view clip(std::string_view text, int columns) {
  int shown = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) continue;
    if (shown++ == columns) return text.substr(0, i);
  }
  return text;
}

}  // namespace

Console::Sinks Console::process_sinks() {
  return Sinks{.out = [](std::string_view text) { return write_descriptor(STDOUT_FILENO, text); },
               .err = [](std::string_view text) { return write_descriptor(STDERR_FILENO, text); },
               .err_is_terminal = ::isatty(STDERR_FILENO) == 1,
               .columns = terminal_columns};
}

void Console::print(std::string_view text) {
  std::lock_guard lock(mutex_);
  if (failure_) return;
  if (drawn_ > 0) {
    std::string erased;
    erase_live(erased);
    (void)sinks_.err(erased);
  }
  if (Result<void> written = sinks_.out(text); !written) failure_ = std::move(written).error();
  // The live lines come back with the next change: the product may have ended in the middle of a line.
}

void Console::say(std::string_view text) {
  if (verbosity_ == Verbosity::Quiet) return;
  complain("faasc: " + std::string(text) + "\n");
}

void Console::say_verbose(std::string_view text) {
  if (verbose()) say(text);
}

void Console::complain(std::string_view text) {
  std::lock_guard lock(mutex_);
  write_err(text);
}

void Console::set_live_lines(std::vector<std::string> lines) {
  if (!sinks_.err_is_terminal) return;
  std::lock_guard lock(mutex_);
  if (lines.empty() && drawn_ == 0) {
    live_.clear();
    return;
  }
  live_ = std::move(lines);
  write_err("");
}

Result<void> Console::status() const {
  std::lock_guard lock(mutex_);
  if (failure_) return *failure_;
  return {};
}

void Console::write_err(std::string_view text) {
  std::string out;
  erase_live(out);
  out += text;
  draw_live(out);
  // Nowhere is left to complain that standard error cannot be written to.
  (void)sinks_.err(out);
}

void Console::erase_live(std::string& out) {
  for (; drawn_ > 0; --drawn_) out += "\x1b[1A\x1b[2K";
  if (!out.empty()) out += "\r";
}

void Console::draw_live(std::string& out) {
  int width = columns();
  for (const std::string& line : live_) {
    out.append(clip(line, width - 1)).append("\n");
    ++drawn_;
  }
}

}  // namespace faasc
