#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_stamp.h"
#include "base/result.h"
#include "packager/rootfs/rootfs.h"
#include "packager/tfs/tfs_format.h"
#include "packager/tfs/tfs_value.h"

namespace faasc {

struct TfsOptions {
  std::string label;    ///< at most 31 bytes, no NUL
  TfsTuple attributes;  ///< of the root tuple, beside "children"
  /// What else the file system is to say of files, directories and links, by path: "exec", "mtime", …
  std::map<std::string, TfsTuple, std::less<>> node_attributes{};
  /// Goes into the UUID. What is in host files does not: reading all of them before the first byte is written
  /// would cost as much as writing them. A caller that knows a digest of them gives it here.
  std::string identity;
};

/// Where every byte of a file system will be: decided before the first one is written. Holds views into the
/// tree, which has to live as long.
struct TfsLayout {
  struct File {
    std::string_view guest_path;
    const RootfsNode* node = nullptr;  ///< a HostFile, InlineBytes or StoredFile
    std::uint64_t size_bytes = 0;
    std::uint64_t first_sector = 0;
    bool sparse = false;  ///< the file has holes where it comes from
    FileStamp stamp;      ///< of the host's file when it was measured
  };

  /// From SHA-256 over the label, the identity, the whole log (names, sizes, places, attributes) and inline
  /// bytes; marked as version 8 of RFC 9562. The same input gives the same UUID.
  std::array<std::uint8_t, tfs::kUuidBytes> uuid{};
  std::string label;
  std::string root;                  ///< the encoded root tuple, the log's only value
  std::uint64_t log_extensions = 0;  ///< of 1024 sectors each, from sector 1 on
  std::vector<File> files;           ///< those that have bytes, in order of place
  std::uint64_t used_sectors = 0;
  std::uint64_t payload_bytes = 0;  ///< the sum of all files' sizes

  std::uint64_t used_bytes() const { return used_sectors * tfs::kSectorSize; }
};

/// Plans a file system that holds `tree`. The only thing it asks the host is how large its files are. The log
/// comes first, then the files in the order of their paths; files of 1 MiB and more begin at a multiple of 4
/// KiB. Permission bits are dropped: the file system has none. The names of one file are one tuple, as the
/// kernel has it, with their number in "nlink".
Result<TfsLayout> plan_tfs(const Rootfs& tree, const TfsOptions& options);

}  // namespace faasc
