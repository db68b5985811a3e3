#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/byte_source.h"
#include "base/result.h"

namespace faasc {

/// A core dump, as elf(5) and core(5) have it: the memory of a process, and notes about it.
class CoreFile {
 public:
  /// FAASC0770 for what is no core dump of a 64-bit little-endian process.
  static Result<CoreFile> open(const std::filesystem::path& path);

  /// Where the program began to run, by the auxiliary vector; 0 where the dump has none.
  std::uint64_t entry() const { return entry_; }
  /// Nothing where the dump does not hold all of it.
  Result<std::optional<std::string>> read_at(std::uint64_t address, std::size_t size) const;

 private:
  struct Segment {
    std::uint64_t address = 0, offset = 0, size = 0;
  };
  Result<void> read_notes(std::uint64_t offset, std::uint64_t size);

  std::shared_ptr<const ByteSource> file_;
  std::vector<Segment> segments_;
  std::uint64_t entry_ = 0;
};

}  // namespace faasc
