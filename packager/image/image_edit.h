#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "packager/image/opened_image.h"
#include "packager/rootfs/rootfs.h"

namespace faasc {

/// A file, directory or link to be put into the root of an image, in the place of what is there.
struct ImageEdit {
  std::string path;  ///< absolute, normalised
  RootfsNode node;
};

/// Writes to `out` a raw image like `image`, but for `edits`: the root file system is written anew, in a disk
/// that is otherwise the same byte by byte. The root keeps its label, as much room to write as it had, and on
/// Nanos its configuration and what the kernel noted of each file; times and permissions of a file that was
/// replaced are the new one's. Whole or not at all.
///
/// FAASC0667 where a file would take a directory's place or the other way round. FAASC0671 where the root
/// holds what would be lost: sockets and devices; in what faasc did not write, owners, attributes or a
/// journal. An initramfs keeps the archives before its root's, and their files cannot be replaced.
Result<Image> write_edited_image(const OpenedImage& image, std::vector<ImageEdit> edits,
                                 const std::filesystem::path& out);

/// What copying `source` of the host to `to` would put into an image: the file, or the directory with
/// everything in it. Host files are named, not read. FAASC0672 for what is neither file, directory nor link.
Result<std::vector<ImageEdit>> edits_of_host(const std::filesystem::path& source, const std::string& to);

}  // namespace faasc
