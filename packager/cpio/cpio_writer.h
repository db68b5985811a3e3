#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace faasc {

/// Writes a cpio archive in the "newc" format, as Linux unpacks an initramfs from
/// (Documentation/driver-api/early-userspace/buffer-format.rst). Everything belongs to root and dates from
/// 1970. Archives may be concatenated. Entries come out in the order they were added: a directory before what
/// it holds. Needs no library.
class CpioWriter {
 public:
  /// `path` is relative ("mod/order"), and at most 4095 bytes; `bytes` less than 4 GiB. `links` counts the
  /// names that the file is going to have. The result is for add_link().
  std::uint32_t add_file(std::string_view path, std::string_view bytes, std::uint32_t permissions = 0644,
                         std::uint32_t links = 1);
  /// Another name of a file, with the same permissions and number of names.
  void add_link(std::string_view path, std::uint32_t file, std::uint32_t permissions, std::uint32_t links);
  void add_directory(std::string_view path, std::uint32_t permissions = 0755);
  void add_symlink(std::string_view path, std::string_view target);

  /// What has come out since the last time: an archive of files that are large together need not be in memory
  /// as a whole. finish() gives what is left.
  std::string take();
  /// The archive, with its end mark, padded to whole 512-byte blocks.
  std::string finish() &&;

 private:
  void add(std::string_view path, std::string_view bytes, std::uint32_t inode, std::uint32_t mode,
           std::uint32_t links);

  std::string out_;
  std::uint64_t taken_bytes_ = 0;
  std::uint32_t inode_ = 0;
};

}  // namespace faasc
