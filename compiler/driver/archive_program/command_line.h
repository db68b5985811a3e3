#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "compiler/driver/archive_program/imported_program.h"

namespace faasc {

// What faasc-archive was asked to do, one type for each command.
struct ImportArchive {
  std::filesystem::path archive, output;
  ProgramWishes program;
  std::string kernel;     ///< see KernelStore::resolve
  std::string reference;  ///< --ref
  std::uint64_t memory_bytes = std::uint64_t{256} << 20;
  std::optional<std::uint16_t> port;  ///< nothing: what the archive says, else 8080
  std::optional<std::uint64_t> storage_bytes;
  std::optional<std::uint64_t> max_bytes;
};
struct ExportImage {
  enum class To : std::uint8_t { Tar, Cpio, Oci };
  std::filesystem::path image, output;
  To to = To::Tar;
};
/// Not for people: faasc starts it.
struct PackImage {
  std::filesystem::path output;
};
struct ShowImageHelp {
  std::string text;
};
using ArchiveCommand = std::variant<ImportArchive, ExportImage, PackImage, ShowImageHelp>;

/// Reads the arguments after the program's name: "import …", "export …" or "pack OUTPUT".
Result<ArchiveCommand> parse_archive_command(const std::vector<std::string>& arguments);

}  // namespace faasc
