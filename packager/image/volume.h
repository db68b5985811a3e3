#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "packager/kernels/kernel.h"

namespace faasc {

/// A disk with one file system and no partitions, for data that outlives the machines that use it.
struct Volume {
  KernelFamily family = KernelFamily::Nanos;  ///< whose file system it has: TFS or ext4
  std::string label, uuid;                    ///< the label may be empty, where another tool made it

  /// How a guest finds it. Linux' init knows labels only.
  const std::string& name() const { return label.empty() ? uuid : label; }
};

/// What a volume's label may be: Nanos' mounts take it for a name, init compares the 16 bytes that ext4 has.
/// Null where it is fine, else what is wrong with it, as in "'x/y' has a '/'".
std::string wrong_with_label(const std::string& label, KernelFamily family);

/// Writes a new volume that is empty, with room for `size_bytes` of data, as a sparse raw file; whole or not
/// at all. An ext4 has a journal. FAASC0758 where there is a file already: it may hold what nobody else has.
Result<void> create_volume(const std::filesystem::path& path, KernelFamily family, std::uint64_t size_bytes,
                           const std::string& label);

/// Looks at a volume. FAASC0749 where it is none: it has partitions, is of another format than raw, is the
/// root of a machine, or holds no file system that faasc knows.
Result<Volume> read_volume(const std::filesystem::path& path);

}  // namespace faasc
