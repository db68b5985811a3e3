#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace faasc {

/// A file with symbols, and what is to be added to its addresses.
struct LoadedFile {
  std::filesystem::path file;
  std::uint64_t offset = 0;
};

/// What gdb has to be told to debug a function.
struct GdbScript {
  std::string architecture;                ///< as gdb names it
  std::filesystem::path socket;            ///< of QEMU's stub; empty: a process, or a core dump
  std::filesystem::path core;              ///< a core dump, and what is below `root` for it
  std::filesystem::path root;              ///< where the guest's files are, for a core dump
  int process = 0;                         ///< its id; it waits for a debugger to exec the program
  std::filesystem::path sandbox;           ///< the program of such a process until then
  LoadedFile program;                      ///< `offset` is gdb's to find out for a process
  bool program_is_static = false;          ///< gdb then looks for no libraries by itself
  std::vector<LoadedFile> files;           ///< libraries and kernel, of a guest
  std::filesystem::path source_directory;  ///< where names of sources begin; may be empty
  std::vector<std::pair<std::string, std::string>> source_map;  ///< directories in the symbols, on this host
  std::vector<std::filesystem::path> python_scripts;            ///< what teaches gdb a language
  std::vector<std::string> breakpoints, commands;               ///< the user's
};

/// Commands, one a line.
std::string to_text(const GdbScript& script);

}  // namespace faasc
