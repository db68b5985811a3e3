#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"
#include "packager/output/earlier_image.h"
#include "packager/output/host_files.h"
#include "packager/rootfs/stored_tree.h"

namespace faasc {

/// Writes a new file front to back. Small pieces are gathered, large files are copied past the gathering
/// buffer, and what is skipped stays a hole.
class SequentialOutput {
 public:
  /// Writes to `fd`, which has to be empty, from `position` on. `path` is for messages.
  SequentialOutput(const Fd& fd, std::filesystem::path path, std::uint64_t position = 0);

  std::uint64_t position() const { return position_ + used_; }

  Result<void> write(std::string_view bytes);
  /// Zeros up to `position`, which must not be behind.
  Result<void> skip_to(std::uint64_t position);

  enum class Holes : std::uint8_t { None, Look };
  /// Exactly `size_bytes` bytes of the file `from`; one that has become shorter or longer is an error. With
  /// Holes::Look, what the host's file system says is a hole in `from` stays one.
  Result<void> copy_file(const std::string& from, std::uint64_t size_bytes, Holes holes);

  /// A file of another file system; what is a hole there becomes one here.
  Result<void> copy_stored(const StoredTree& tree, const StoredEntry& file);

  /// Bytes of an image that was written earlier. Whole blocks of the host's file system become shared by the
  /// two files (FICLONERANGE) where it can do that and the places agree; the others are copied.
  Result<void> copy_image(const EarlierImage& from, std::uint64_t offset, std::uint64_t size_bytes);
  /// Less than this is not worth a shared extent of its own.
  static constexpr std::uint64_t kLeastShared = std::uint64_t{64} << 10;
  /// False once the host's file system has refused to share.
  bool may_share() const { return may_share_; }
  /// How much copy_image() shared, and how much it did at all.
  std::uint64_t shared_bytes() const { return shared_bytes_; }
  std::uint64_t reused_bytes() const { return reused_bytes_; }

  /// Writes what is still gathered. The file is as long as what was written; skipped bytes at its end are not
  /// there.
  Result<void> flush();

 private:
  // The pieces that are written end at multiples of the buffer's size, so that the host's page cache gets
  // whole pages.
  std::size_t room() const;
  Result<void> make_room();
  Result<bool> share(const EarlierImage& from, std::uint64_t offset, std::uint64_t size_bytes);
  Result<void> copy_from(const EarlierImage& from, std::uint64_t offset, std::uint64_t size_bytes);
  Result<void> copy_data(const Fd& in, const std::string& from, std::uint64_t size_bytes);
  Result<void> copy_with_holes(const Fd& in, const std::string& from, std::uint64_t size_bytes);

  const Fd& fd_;
  std::filesystem::path path_;
  HostFiles host_files_;
  std::uint64_t position_;  // where the buffer's first byte goes
  std::size_t used_ = 0;
  bool may_share_ = true;
  std::uint64_t shared_bytes_ = 0, reused_bytes_ = 0;
  struct Free {
    void operator()(char* buffer) const { std::free(buffer); }
  };
  std::unique_ptr<char, Free> buffer_;
};

}  // namespace faasc
