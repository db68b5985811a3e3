#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "packager/rootfs/stored_tree.h"

namespace faasc {

/// What was copied out of an image.
struct Extraction {
  std::uint64_t files = 0, directories = 0, links = 0, bytes = 0;
  std::vector<std::string> left_out;  ///< sockets and devices: nothing a copy could be made of
};

/// Copies `from` (null: everything) to `to`, whole or not at all. A file replaces what is there; for a
/// directory nothing may be there (FAASC0668). Holes stay holes, names of one file stay so, and times and
/// permissions are kept where the image has them; whoever is a program or a script may be run. Symbolic links
/// are made as they are and never followed, so that nothing outside of `to` is written, whatever the image
/// says.
Result<Extraction> extract(const StoredTree& tree, const StoredEntry* from, const std::filesystem::path& to);

/// Copies everything into `directory`, which is empty but for directories: what the image has below one of
/// `hidden` ("/proc") is left out. Not whole or nothing: after an error the directory is good for nothing.
Result<Extraction> extract_into(const StoredTree& tree, const std::filesystem::path& directory,
                                const std::vector<std::string>& hidden);

}  // namespace faasc
