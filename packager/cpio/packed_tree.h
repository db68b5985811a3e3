#pragma once

#include <filesystem>

#include "base/result.h"

namespace faasc {

/// Writes a directory and all that is in it as one cpio archive, so that it can be the output of a step. The
/// same tree gives the same bytes, wherever it lies: names in byte order, contents, and which files may be
/// run. An error where there is anything but directories and files, or a file of 4 GiB.
Result<void> pack_tree(const std::filesystem::path& directory, const std::filesystem::path& file);

/// Makes `directory`, which is not there yet, of such a file. False where the file is none, in whatever way:
/// nothing is written outside of the directory then, and what was begun in it stays for the caller to remove.
/// An error is one of writing.
Result<bool> unpack_tree(const std::filesystem::path& file, const std::filesystem::path& directory);

}  // namespace faasc
