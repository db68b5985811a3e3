#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "packager/kernels/kernel.h"

namespace faasc {

/// What an uncompressed kernel says about itself.
struct KernelElf {
  KernelFamily family = KernelFamily::Nanos;
  std::string architecture;  ///< "x86_64", "aarch64"
  std::string release;  ///< Linux: "6.1.0-44-cloud-amd64", from its banner; Nanos does not name its release
  std::string commit;   ///< Nanos: the 40 digits of the git commit it was built from; empty where stripped
  std::set<std::string> symbols;  ///< Nanos: what klibs can link against; empty where stripped
  std::string debug;  ///< Nanos: what shows that it is a debug build, in words; empty where nothing does
};

/// Reads a kernel that a VMM can start directly: an x86-64 ELF file with the entry point of the PVH boot
/// protocol (a note named "Xen" of type 18; Linux' Documentation/arch/x86, Nanos' platform/pc), or Nanos' for
/// aarch64, an ELF file that begins at its entry (platform/virt).
/// Errors call the file `shown`, or by its path where that is empty.
Result<KernelElf> read_kernel_elf(const std::filesystem::path& path, std::string_view shown = {});

/// `kernel`, the bytes of a Nanos kernel, without its symbols: a seventh of the file, which nothing loads,
/// and which tells the kernel the names of functions for its own backtraces and for libraries that are linked
/// to it. A table of none is left, because the kernel complains where it finds no table. Nothing where there
/// are no symbols to leave out, or something that is loaded lies behind them.
std::optional<std::string> without_symbols(std::string_view kernel);

/// What one Nanos kernel library needs and has.
struct KlibSymbols {
  std::string name;  ///< the file's name
  std::string architecture;
  std::vector<std::string> needed, exported;
};

/// Reads an ELF shared object for x86-64 or aarch64; `shown` as for read_kernel_elf.
Result<KlibSymbols> read_klib(const std::filesystem::path& path, std::string_view shown = {});

}  // namespace faasc
