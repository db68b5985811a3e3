#pragma once

#include <cstdarg>

namespace aws {
namespace logging {

enum class verbosity { error, info, debug };

/// One line on standard output: "[INFO] [1700000000000] tag text", the number being milliseconds since 1970.
void log(verbosity level, char const* tag, char const* format, va_list arguments);

/// Always logs. log_info() does where AWS_LAMBDA_LOG is defined as 1 or more, log_debug() where it is 2.
[[gnu::format(printf, 2, 3)]] inline void log_error(char const* tag, char const* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  log(verbosity::error, tag, format, arguments);
  va_end(arguments);
}

[[gnu::format(printf, 2, 3)]] inline void log_info(char const* tag, char const* format, ...) {
#if defined(AWS_LAMBDA_LOG) && AWS_LAMBDA_LOG >= 1
  va_list arguments;
  va_start(arguments, format);
  log(verbosity::info, tag, format, arguments);
  va_end(arguments);
#else
  static_cast<void>(tag);
  static_cast<void>(format);
#endif
}

[[gnu::format(printf, 2, 3)]] inline void log_debug(char const* tag, char const* format, ...) {
#if defined(AWS_LAMBDA_LOG) && AWS_LAMBDA_LOG >= 2
  va_list arguments;
  va_start(arguments, format);
  log(verbosity::debug, tag, format, arguments);
  va_end(arguments);
#else
  static_cast<void>(tag);
  static_cast<void>(format);
#endif
}

}  // namespace logging
}  // namespace aws
