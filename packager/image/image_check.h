#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "packager/image/opened_image.h"

namespace faasc {

struct FileDigest {
  std::string part, path;
  std::uint64_t size_bytes = 0;
  std::string sha256;  ///< empty where the file is nearly all holes, and longer than anyone could read
};

struct ImageCheck {
  std::vector<std::string> problems;  ///< one line each; empty: nothing is wrong
  std::vector<FileDigest> digests;    ///< of every name of a file, part by part, in the tree's order
};

/// Looks for all that is wrong with an image that could be opened: partitions that overlap or end beyond the
/// disk, a damaged boot loader, no kernel where one is booted, no program where one is run, what the readers
/// of its file systems find; and reads every file.
Result<ImageCheck> check_image(const OpenedImage& image);

}  // namespace faasc
