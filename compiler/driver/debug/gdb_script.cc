#include "compiler/driver/debug/gdb_script.h"

#include <charconv>

namespace faasc {
namespace {

// gdb takes arguments apart like a shell.
std::string in_quotes(const std::filesystem::path& path) {
  std::string text = "\"";
  for (char c : path.string()) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + "\"";
}

std::string offset_of(const LoadedFile& file) {
  if (file.offset == 0) return "";
  char digits[17];
  return " -o 0x" + std::string(digits, std::to_chars(digits, digits + sizeof digits, file.offset, 16).ptr);
}

}  // namespace

std::string to_text(const GdbScript& script) {
  std::string text;
  auto line = [&](const std::string& one) { text += one + "\n"; };
  line("set confirm off");
  line("set pagination off");
  line("set breakpoint pending on");
  for (const auto& [from, to] : script.source_map)
    line("set substitute-path " + in_quotes(from) + " " + in_quotes(to));
  if (!script.source_directory.empty()) line("directory " + in_quotes(script.source_directory));
  if (!script.core.empty()) {
    line("set sysroot " + script.root.string());
    line("file " + in_quotes(script.program.file));
    line("core-file " + script.core.string());  // all of the line is the name
  } else if (!script.socket.empty()) {
    line("set architecture " + script.architecture);
    // What lies where was found out before; gdb cannot see how a guest's program was loaded.
    line("set auto-solib-add off");
    line((script.program.offset == 0 && script.program_is_static ? "file " : "symbol-file ") +
         in_quotes(script.program.file) + offset_of(script.program));
    for (const LoadedFile& file : script.files)
      line("add-symbol-file " + in_quotes(file.file) + offset_of(file));
    line("target remote " + script.socket.string());
  } else {
    // Paths are the process's own, and its root is not ours.
    line("set sysroot /proc/" + std::to_string(script.process) + "/root");
    line("set exec-file-mismatch off");
    line("file " + in_quotes(script.sandbox));
    line("attach " + std::to_string(script.process));
    // From the program that made the sandbox, which waits for this, to the function's.
    line("catch exec");
    line("continue");
    line("delete");
    if (!script.program.file.empty()) line("symbol-file " + in_quotes(script.program.file));
  }
  for (const std::filesystem::path& python : script.python_scripts) line("source " + python.string());
  for (const std::string& place : script.breakpoints) line("break " + place);
  for (const std::string& command : script.commands) line(command);
  return text;
}

}  // namespace faasc
