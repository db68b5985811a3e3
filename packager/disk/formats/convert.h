#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "base/result.h"
#include "packager/disk/formats/disk_contents.h"
#include "packager/disk/formats/disk_format.h"
#include "packager/disk/image.h"

namespace faasc {

/// What format a file is of, by its contents. Whatever is of no other format is raw.
Result<DiskFormat> format_of_file(const std::filesystem::path& path);

/// Opens a disk image of any format, or a block device. Absent, `format` is found by the contents; named, the
/// file has to be of it. A compressed one (raw.zst) is unpacked into a file without a name in the directory
/// for temporary files, where it is only as large as what it holds.
Result<std::shared_ptr<const DiskContents>> open_disk(const std::filesystem::path& path,
                                                      std::optional<DiskFormat> format = {});

/// Writes a disk to `out` in `format`, whole or not at all; only what is not zero takes space. The same disk
/// gives the same bytes, whatever it was read from. Formats that go by larger units than a sector round the
/// disk's size up with zeros: VMDK to 64 KiB, VHD to 1 MiB. The image's regions are left empty.
Result<Image> write_disk_as(const DiskContents& disk, DiskFormat format, const std::filesystem::path& out);

/// The two in one. `out` may be `source`.
Result<Image> convert_image(const std::filesystem::path& source, DiskFormat format,
                            const std::filesystem::path& out);

}  // namespace faasc
