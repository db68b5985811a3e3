#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/file.h"
#include "base/result.h"

namespace faasc {

/// Bytes at offsets: a file, a piece of one, or memory.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::uint64_t size() const = 0;
  /// Exactly `size` bytes; a source that ends sooner is an error.
  virtual Result<void> read_at(std::uint64_t offset, char* buffer, std::size_t size) const = 0;
};

/// A regular file or a block device.
Result<std::shared_ptr<const ByteSource>> open_byte_source(const std::filesystem::path& path);

std::shared_ptr<const ByteSource> bytes_in_memory(std::string bytes);

/// `size` bytes of `whole` from `offset` on, as far as there are so many.
std::shared_ptr<const ByteSource> piece_of(std::shared_ptr<const ByteSource> whole, std::uint64_t offset,
                                           std::uint64_t size);

}  // namespace faasc
