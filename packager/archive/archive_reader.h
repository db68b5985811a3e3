#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "packager/archive/byte_stream.h"

namespace faasc {

struct ArchiveLimits {
  std::uint64_t total_bytes = std::uint64_t{4}
                              << 30;  ///< of the archive after decompression, and of its files together
  std::uint64_t entries = 200'000;
  /// More than so many bytes for each byte of the archive are refused once `ratio_free_bytes` are passed; 0:
  /// no such limit. What people pack for use is far below it, and a bomb far above.
  std::uint64_t ratio = 0;
  std::uint64_t ratio_free_bytes = std::uint64_t{64} << 20;
};

/// How links are judged.
enum class ArchiveLinks : std::uint8_t {
  WithinTree,  ///< as written below: safe to create in a directory of the host
  /// Symbolic links pass. A package for a whole system links to absolute paths and into other packages;
  /// whoever only picks files out of it and never creates its links need not mind.
  Unchecked,
  /// The archive is a root file system, or a layer of one: the target "/x" is x in the tree, and ".." may
  /// stand anywhere as long as it does not climb above the root. A hard link may name what is not in this
  /// archive; whoever puts layers together has to look for it below.
  Root,
};

struct ArchiveEntry {
  enum class Kind : std::uint8_t { File, Directory, Symlink, HardLink };
  std::string path;  ///< relative, normalised: "lib/modules/x.ko", never empty
  Kind kind = Kind::File;
  std::uint64_t size_bytes = 0;  ///< of a file; of a hard link where the bytes come only now (cpio)
  std::uint32_t mode = 0;        ///< permission bits
  bool of_root = true;           ///< belongs to user and group 0
  std::string
      link_target;  ///< symbolic link: as stored; hard link: the path of an earlier file of this archive
};

/// Reads a tar (plain or compressed by gzip, xz, zstd, lzma, lz4, bzip2), a cpio, or the files of a Debian
/// package (deb(5), data.tar of it) entry by entry.
///
/// What it hands out is safe to create in an empty directory, in order. It refuses (FAASC0522) absolute
/// paths, "..", devices, sockets and FIFOs, a path twice (unless both are directories), entries below
/// something that is no directory, hard links to anything but an earlier file, and symbolic links out of the
/// tree; a target may have ".." only at its start, since further inside they would count from wherever
/// another link leads. FAASC0523 where a limit is passed, FAASC0521 where the archive ends too soon, even by
/// its last byte, or does not add up. After an error the reader is of no further use.
class ArchiveReader {
 public:
  static Result<ArchiveReader> open(const std::filesystem::path& path, const ArchiveLimits& limits = {},
                                    ArchiveLinks links = ArchiveLinks::WithinTree);
  /// The same for a tar or cpio that is read from elsewhere; `name` is what errors call it.
  static Result<ArchiveReader> open(std::unique_ptr<ByteStream> bytes, std::string name,
                                    const ArchiveLimits& limits = {},
                                    ArchiveLinks links = ArchiveLinks::WithinTree);
  /// The same for bytes that are decompressed already; `packed_bytes` says how many they were, for the limit
  /// on their ratio.
  static Result<ArchiveReader> open_unpacked(std::unique_ptr<ByteStream> bytes, std::string name,
                                             const ArchiveLimits& limits, ArchiveLinks links,
                                             std::function<std::uint64_t()> packed_bytes);
  ArchiveReader(ArchiveReader&&) noexcept;
  ArchiveReader& operator=(ArchiveReader&&) noexcept;
  ~ArchiveReader();

  /// Goes on to the next entry, whether or not this one's bytes were read. Nothing after the last.
  Result<std::optional<ArchiveEntry>> next();

  /// Up to `size` bytes of the file that next() returned; 0 only at its end.
  Result<std::size_t> read(char* buffer, std::size_t size);

  /// What is left of the file that next() returned; FAASC0523 where that is more than `limit` bytes.
  Result<std::string> read_all(std::uint64_t limit);

  /// What the limits count: entries, and bytes of the archive or of its files, whichever are more.
  std::uint64_t entries() const;
  std::uint64_t unpacked_bytes() const;

 private:
  struct State;
  explicit ArchiveReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace faasc
