#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace faasc {

/// Why a signal ended the guest's program, as far as its kernel's words tell.
enum class CrashCause : std::uint8_t { Unknown, OutOfMemory, StackOverflow, NullPointer };

/// Looks at the end of a console: what Nanos prints of a program that a signal has ended, or Linux, and what
/// either says before of memory that it could not give.
CrashCause crash_cause(std::string_view console_tail, int signal);

/// "out of memory": to follow "ended by signal 9". Empty for Unknown.
std::string to_text(CrashCause cause);

/// The way out, below the last lines of the console or where there are none.
enum class Shown : std::uint8_t { Nothing, Lines };
std::string hint_for(CrashCause cause, Shown shown);

}  // namespace faasc
