#include "src/log.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "src/utf8.h"

// std::cout and what flushes it, but only if the function itself linked them: a strong reference would put
// the whole of iostreams and locales into every image.
extern "C" {
extern char faasc_rt_cout[] __asm__("_ZSt4cout") __attribute__((weak));
extern char faasc_rt_clog[] __asm__("_ZSt4clog") __attribute__((weak));
void* faasc_rt_flush(void* stream) __asm__("_ZNSo5flushEv") __attribute__((weak));
}

namespace faasc::rt {
namespace {

LogFormat g_format = LogFormat::Json;

constexpr std::string_view kNames[] = {"INFO", "WARNING", "ERROR", "CRITICAL"};

}  // namespace

void set_log_format(LogFormat format) {
  g_format = format;
}

LogFormat log_format() {
  return g_format;
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    std::size_t const length = utf8_sequence_length(text);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      text.remove_prefix(1);
      continue;
    }
    char const c = text.front();
    if (length > 1) {
      out += text.substr(0, length);
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) >= 0x20) {
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else {
      constexpr char kHex[] = "0123456789abcdef";
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15];
    }
    text.remove_prefix(length);
  }
  out += '"';
}

void write_line(Stream stream, std::string_view line) {
  std::string text;
  text.reserve(line.size() + 1);
  text += line;
  text += '\n';
  std::string_view rest = text;
  while (!rest.empty()) {
    ssize_t const written = ::write(static_cast<int>(stream), rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody is left to tell
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

void log(Severity severity, std::string_view message, std::string_view key, long value) {
  std::string line;
  std::string_view const name = kNames[static_cast<int>(severity)];
  if (g_format == LogFormat::Json) {
    line += "{\"severity\":\"";
    line += name;
    line += "\",\"message\":";
    append_json_string(line, message);
    if (!key.empty()) {
      line += ",\"";
      line += key;
      line += "\":";
      line += std::to_string(value);
    }
    line += ",\"logger\":\"faasc\"}";
  } else {
    line += name;
    line += " faasc: ";
    line += message;
    if (!key.empty()) {
      line += ' ';
      line += key;
      line += '=';
      line += std::to_string(value);
    }
  }
  write_line(severity == Severity::Info ? Stream::Out : Stream::Err, line);
}

void flush_user_output(WhenBusy when_busy) {
  if (when_busy == WhenBusy::Wait) {
    ::flockfile(stdout);
  } else if (::ftrylockfile(stdout) != 0) {
    return;
  }
  if (faasc_rt_flush != nullptr) {
    if (faasc_rt_cout != nullptr) faasc_rt_flush(faasc_rt_cout);
    if (faasc_rt_clog != nullptr) faasc_rt_flush(faasc_rt_clog);
  }
  ::fflush(stdout);
  ::funlockfile(stdout);
}

}  // namespace faasc::rt
