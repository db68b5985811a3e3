#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "packager/disk/formats/disk_contents.h"
#include "packager/disk/formats/disk_format.h"
#include "packager/output/byte_patch.h"

namespace faasc {

/// Writes into the empty file `out` a qcow2 disk of `size_bytes` that reads as the image `backing`, but for
/// `patches`, and as zeros beyond the image's end. It names the image by its absolute path, and holds only
/// the clusters of 64 KiB that the patches touch: whole ones, taken from `disk`, which are the image's
/// contents. `name` is for messages. The backing image has to be of a format that QEMU reads (not raw.zst),
/// and its path at most 1023 bytes long.
Result<void> write_qcow2_overlay(const std::filesystem::path& backing, DiskFormat format,
                                 const DiskContents& disk, const std::vector<BytePatch>& patches,
                                 std::uint64_t size_bytes, const Fd& out, const std::string& name);

}  // namespace faasc
