#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace faasc {

/// What an ELF file says about how it is to be loaded.
struct ElfFile {
  std::uint16_t machine = 0;  ///< EM_X86_64, EM_AARCH64, …
  /// Of the lowest segment; 0 where the loader chooses, as for libraries and position-independent programs.
  std::uint64_t fixed_address = 0;
  bool position_independent = false;  ///< ET_DYN: the loader chooses
  std::uint64_t entry_offset = 0;     ///< of the entry in the file; 0: not in the file
  std::uint64_t entry = 0;            ///< where to begin; relative to where it lies where the loader chooses
  std::uint64_t dynamic = 0;          ///< of the dynamic section in memory, likewise; 0: none
  bool has_entry = false;             ///< it says where to begin: false for most libraries
  std::string interpreter;            ///< the dynamic loader's path; empty in libraries and static programs
  std::string soname;
  std::vector<std::string> needed;  ///< names, or paths where they have a slash
  std::vector<std::string> rpath;   ///< the old kind, which is inherited; empty where there is a runpath
  /// It calls pthread_exit or pthread_cancel, for which the GNU C library opens libgcc_s.so.1 by itself.
  bool ends_threads = false;
  std::vector<std::string> runpath;  ///< "$ORIGIN" and the like are as they were written
};

/// Reads a 64-bit little-endian program or shared library. Any file may be given: one that is no ELF file and
/// one that does not add up are errors. Nothing is mapped, and no length is believed before it is checked.
Result<ElfFile> read_elf_file(const std::string& path);

/// Whether the file begins like an ELF file. False where it cannot be read.
bool looks_like_elf(const std::string& path);

}  // namespace faasc
