#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "packager/rootfs/stored_tree.h"

namespace faasc {

/// Takes an archive's bytes in order.
using ArchiveSink = std::function<Result<void>(std::string_view)>;

struct TreeArchiveOptions {
  enum class Format : std::uint8_t {
    Tar,  ///< GNU's: names of any length and bytes, files of any size
    Cpio  ///< "newc", as Linux unpacks an initramfs from
  };
  Format format = Format::Tar;
  /// Paths that stay out, with all that is below them.
  std::function<bool(std::string_view path)> leave_out;
};

struct TreeArchiveOutcome {
  std::uint64_t entries = 0;
  std::uint64_t skipped = 0;  ///< sockets, devices: nothing that an archive of files can hold
};

/// Writes all of `tree` as an archive: paths relative ("app/x"), in the tree's order, everything root's and
/// of 1970, further names of a file as hard links. Where the file system has no permissions, directories and
/// what is a program, a script or a library (by its first bytes) are 0755, the rest 0644. The same tree gives
/// the same bytes.
Result<TreeArchiveOutcome> write_tree_archive(const StoredTree& tree, const TreeArchiveOptions& options,
                                              const ArchiveSink& sink);

/// An archive of whole files, such as an image layout is.
class FileArchive {
 public:
  explicit FileArchive(ArchiveSink sink);
  ~FileArchive();
  FileArchive(const FileArchive&) = delete;
  FileArchive& operator=(const FileArchive&) = delete;

  Result<void> add_directory(const std::string& path);
  Result<void> add(const std::string& path, std::string_view bytes);
  /// `read` gives exactly `size_bytes` bytes to the sink it gets.
  Result<void> add(const std::string& path, std::uint64_t size_bytes,
                   const std::function<Result<void>(const ArchiveSink&)>& read);
  Result<void> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace faasc
