#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "base/result.h"
#include "compiler/driver/debug/gdb_script.h"
#include "launcher/gdb_stub.h"
#include "packager/rootfs/elf_file.h"
#include "packager/rootfs/stored_tree.h"

namespace faasc {

/// Where a kernel puts a program whose address is not fixed, where nothing is chosen at random.
std::uint64_t program_offset(const ElfFile& program, std::string_view kernel_family);

/// The libraries of a dynamic program that is about to begin, by its dynamic loader's own list. Their files
/// are those of the guest's root, which is copied below `root`; what is not in there (the vDSO) is left out.
Result<std::vector<LoadedFile>> loaded_libraries(GdbStub& stub, const ElfFile& program, std::uint64_t offset,
                                                 const StoredTree& tree, const std::filesystem::path& root);

/// Where Nanos' kernel has put itself, which it chooses at random: from the first entry of the processor's
/// table of interrupts, and the symbol of what that leads to. Nothing where `kernel` does not fit.
Result<std::optional<LoadedFile>> loaded_nanos(GdbStub& stub, const std::filesystem::path& kernel);

/// The value of a symbol of an ELF file's symbol table.
std::optional<std::uint64_t> symbol_value(const std::filesystem::path& file, std::string_view name);

}  // namespace faasc
