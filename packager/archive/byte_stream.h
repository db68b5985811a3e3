#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"

namespace faasc {

/// Bytes that are read once, front to back.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// Up to `size` bytes; 0 only at the end. After an error the stream is of no further use.
  virtual Result<std::size_t> read(char* buffer, std::size_t size) = 0;
};

Result<std::unique_ptr<ByteStream>> stream_of_file(const std::filesystem::path& path);
std::unique_ptr<ByteStream> stream_of_bytes(std::string bytes);

/// What `compressed` holds, by its first bytes: gzip, xz, lzma, zstd, lz4 (framed and the legacy form that
/// Linux kernels use) or bzip2; anything else passes through as it is. Checksums are checked where the format
/// has them. `name` is the file that errors talk about.
Result<std::unique_ptr<ByteStream>> decompressed(std::unique_ptr<ByteStream> compressed, std::string name);

/// Everything that is left; refuses more than `limit` bytes.
Result<std::string> read_to_end(ByteStream& stream, std::uint64_t limit, const std::string& name);

}  // namespace faasc
