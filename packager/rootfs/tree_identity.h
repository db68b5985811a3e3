#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/sha256.h"
#include "packager/rootfs/rootfs.h"

namespace faasc {

/// A UUID: the first 16 bytes of a digest, marked as version 8 of RFC 9562, which is a vendor's own.
std::array<std::uint8_t, 16> as_uuid(const Sha256Digest& digest);

/// Digests what identifies a tree in a file system, short of reading its files: the same input gives the
/// same.
class TreeIdentity {
 public:
  /// `format` names the file system and the version of what is added: "faasc ext4 2".
  explicit TreeIdentity(std::string_view format) { hash_.update(format); }

  void add(std::uint64_t number);
  void add(std::string_view text);
  /// What stands in the inode of a file. `source` is null for the root directory.
  void add_node(std::string_view path, std::uint32_t mode, std::uint64_t size_bytes,
                const RootfsNode* source);

  /// The object is spent afterwards.
  Sha256Digest finish() { return hash_.finish(); }

 private:
  Sha256 hash_;
};

}  // namespace faasc
