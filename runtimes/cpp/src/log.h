#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "faasc/rt/json_writer.h"

namespace faasc::rt {

enum class Severity : std::uint8_t { Info, Warning, Error, Critical };
enum class LogFormat : std::uint8_t { Json, Text };
enum class Stream : std::uint8_t { Out = 1, Err = 2 };

/// How the server's own lines look. They are JSON until told otherwise, so that even a refused setting is
/// reported.
void set_log_format(LogFormat format);
LogFormat log_format();

/// One line of the server's own: {"severity":"INFO","message":"listening","port":8080,"logger":"faasc"}, or
/// as text "INFO faasc: listening port=8080". Info goes to stdout, the rest to stderr. `key` and `value` are
/// left out where `key` is empty.
void log(Severity severity, std::string_view message, std::string_view key = {}, long value = 0);

/// `line` and a newline in one write, so that lines of several threads do not mix.
void write_line(Stream stream, std::string_view line);

enum class WhenBusy : std::uint8_t { Wait, Skip };

/// Pushes out what the function left in the buffers of stdio and iostreams. The machine may be frozen or gone
/// right after a response. A call that is stuck in the middle of its output keeps stdout busy.
void flush_user_output(WhenBusy when_busy);

}  // namespace faasc::rt
