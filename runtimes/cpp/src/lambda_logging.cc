#include <chrono>
#include <cstdio>
#include <string>

#include "aws/logging/logging.h"
#include "src/log.h"

namespace aws::logging {

void log(verbosity level, char const* tag, char const* format, va_list arguments) {
  static constexpr char const* kNames[] = {"ERROR", "INFO", "DEBUG"};
  auto const now = std::chrono::system_clock::now().time_since_epoch();
  std::string line = std::string("[") + kNames[static_cast<int>(level)] + "] [" +
                     std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(now).count()) +
                     "] " + tag + " ";
  va_list copy;
  va_copy(copy, arguments);
  int const length = std::vsnprintf(nullptr, 0, format, copy);
  va_end(copy);
  if (length > 0) {
    std::size_t const start = line.size();
    line.resize(start + static_cast<std::size_t>(length) + 1);
    std::vsnprintf(&line[start], static_cast<std::size_t>(length) + 1, format, arguments);
    line.pop_back();
  }
  // Earlier output of the function's own comes first.
  std::fflush(stdout);
  faasc::rt::write_line(faasc::rt::Stream::Out, line);
}

}  // namespace aws::logging
