#include "compiler/driver/kernel_program/progress.h"

#include <algorithm>
#include <cstdio>

#include <unistd.h>

#include "compiler/driver/kernel_program/kernel_listing.h"

namespace faasc {

Progress::Progress() : terminal_(::isatty(STDERR_FILENO) == 1) {}

void Progress::say(const std::string& line) {
  clear();
  std::fprintf(stderr, "%s\n", line.c_str());
}

void Progress::bytes(std::uint64_t done, std::optional<std::uint64_t> total) {
  if (!terminal_) return;
  auto now = std::chrono::steady_clock::now();
  bool last = total && done >= *total;
  if (shown_ && !last && now - last_ < std::chrono::milliseconds(100)) return;
  last_ = now;
  std::string text = readable_size(done);
  if (total && *total > 0) text = std::to_string(done * 100 / *total) + " % of " + readable_size(*total);
  std::fprintf(stderr, "\r\x1b[K%s", text.c_str());
  std::fflush(stderr);
  shown_ = true;
}

void Progress::steps(std::size_t done, std::size_t about) {
  // The estimate may be short.
  std::size_t percent = std::min<std::size_t>(done * 100 / about, 99);
  if (!terminal_) {
    if (percent / 10 > tenths_) std::fprintf(stderr, "about %zu %% compiled\n", percent / 10 * 10);
    tenths_ = percent / 10;
    return;
  }
  auto now = std::chrono::steady_clock::now();
  if (shown_ && now - last_ < std::chrono::milliseconds(100)) return;
  last_ = now;
  std::fprintf(stderr, "\r\x1b[K%zu of about %zu compiled", done, std::max(done, about));
  std::fflush(stderr);
  shown_ = true;
}

void Progress::clear() {
  if (!shown_) return;
  std::fputs("\r\x1b[K", stderr);
  shown_ = false;
}

}  // namespace faasc
