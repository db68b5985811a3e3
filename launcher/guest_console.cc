#include "launcher/guest_console.h"

#include <algorithm>
#include <cctype>

#include "launcher/terminal_text.h"

namespace faasc {
namespace {

constexpr std::size_t kLongestShownLine = 400;

/// "[0.062486] …" (Nanos), "[    0.062486] …" (Linux).
bool has_kernel_time(std::string_view text) {
  if (!text.starts_with('[')) return false;
  std::size_t at = text.find_first_not_of(' ', 1);
  std::size_t dot = std::string_view::npos;
  for (; at < text.size() && text[at] != ']'; ++at) {
    if (text[at] == '.' && dot == std::string_view::npos)
      dot = at;
    else if (!std::isdigit(static_cast<unsigned char>(text[at])))
      return false;
  }
  return at < text.size() && dot != std::string_view::npos && at - dot == 7 &&
         text.substr(at).starts_with("] ");
}

}  // namespace

ConsoleLine::Source GuestConsole::source_of(std::string_view text) {
  // Nanos prints registers and stack of a program that a signal ended without any mark on the lines.
  if ((text.starts_with("*** signal ") && text.find(" received by tid ") != std::string_view::npos) ||
      (text.starts_with("Process abort: ") && text.find(" received by thread ") != std::string_view::npos))
    in_dump_ = true;
  bool kernel = in_dump_ || has_kernel_time(text) || text.starts_with("faasc-init: ") ||
                text.starts_with("program startup failed on exec: ");
  return kernel ? ConsoleLine::Source::Kernel : ConsoleLine::Source::Program;
}

void GuestConsole::deliver(std::string_view text, bool complete) {
  if (!continues_) source_ = source_of(text);
  continues_ = !complete;
  if (listener_) listener_({text, complete, source_});
}

void GuestConsole::feed(std::string_view bytes) {
  {
    std::lock_guard lock(mutex_);
    position_ += bytes.size();
    tail_.append(bytes.substr(bytes.size() - std::min(bytes.size(), tail_bytes_)));
    // Cut only now and then: moving the tail for every byte of a flood would be quadratic.
    if (tail_.size() > 2 * tail_bytes_) tail_.erase(0, tail_.size() - tail_bytes_);
  }
  while (!bytes.empty()) {
    std::size_t end = bytes.find('\n');
    std::size_t room = kLongestPiece - unfinished_.size();
    std::size_t count = std::min({end, room, bytes.size()});
    unfinished_.append(bytes.substr(0, count));
    bytes.remove_prefix(count);
    if (!bytes.empty() && bytes.front() == '\n') {
      bytes.remove_prefix(1);
      std::string_view line = unfinished_;
      // A Linux terminal sends CR LF for every LF that a program writes.
      if (line.ends_with('\r')) line.remove_suffix(1);
      deliver(line, true);
      unfinished_.clear();
    } else if (unfinished_.size() == kLongestPiece) {
      deliver(unfinished_, false);
      unfinished_.clear();
    }
  }
}

void GuestConsole::flush() {
  if (unfinished_.empty()) return;
  deliver(unfinished_, false);
  unfinished_.clear();
}

std::uint64_t GuestConsole::position() const {
  std::lock_guard lock(mutex_);
  return position_;
}

std::string GuestConsole::since(std::uint64_t position) const {
  std::lock_guard lock(mutex_);
  std::size_t kept = std::min(tail_.size(), tail_bytes_);
  std::uint64_t wanted = position_ - std::min(position, position_);
  return tail_.substr(tail_.size() - static_cast<std::size_t>(std::min<std::uint64_t>(wanted, kept)));
}

std::vector<std::string> GuestConsole::last_lines(std::size_t count) const {
  std::string text = tail();
  std::vector<std::string> lines;
  std::string_view rest = text;
  while (!rest.empty() && lines.size() < count) {
    if (rest.ends_with('\n')) rest.remove_suffix(1);
    std::size_t start = rest.rfind('\n');
    start = start == std::string_view::npos ? 0 : start + 1;
    std::string_view line = rest.substr(start);
    if (line.ends_with('\r')) line.remove_suffix(1);
    bool cut = line.size() > kLongestShownLine;
    std::string shown = terminal_text(line.substr(0, kLongestShownLine));
    lines.push_back(cut ? shown + " …" : shown);
    rest.remove_suffix(rest.size() - start);
  }
  std::reverse(lines.begin(), lines.end());
  return lines;
}

}  // namespace faasc
