#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <archive.h>
#include <archive_entry.h>

#include "packager/archive/byte_stream.h"

namespace faasc {

struct FreeArchive {
  void operator()(archive* a) const { archive_read_free(a); }
};
using ArchiveHandle = std::unique_ptr<archive, FreeArchive>;

/// Feeds a ByteStream to libarchive and keeps what libarchive's error strings cannot carry: our own Error.
/// Stays where it is once open() was called.
class ArchiveInput {
 public:
  explicit ArchiveInput(std::unique_ptr<ByteStream> stream) : stream_(std::move(stream)) {}
  ArchiveInput(const ArchiveInput&) = delete;
  ArchiveInput& operator=(const ArchiveInput&) = delete;

  /// archive_read_open(); its status.
  int open(archive* handle);

  /// The failure of the stream behind, or FAASC0521 with libarchive's words.
  Error error_of(archive* handle, const std::string& name) const;

  /// True once the stream behind has failed.
  bool failed() const { return error_.has_value(); }

  /// Reads what libarchive left unread, so that a stream that is damaged at its very end is noticed.
  Result<void> drain();

  /// Refuses streams of more than this many bytes.
  void limit_to(std::uint64_t bytes, const std::string& name) {
    limit_ = bytes;
    name_ = name;
  }

  std::uint64_t bytes_read() const { return bytes_read_; }
  /// One past the last byte that was not zero.
  std::uint64_t end_of_content() const { return end_of_content_; }

 private:
  static la_ssize_t read_callback(archive* handle, void* self, const void** buffer);
  Result<std::size_t> fill();

  std::unique_ptr<ByteStream> stream_;
  std::vector<char> buffer_;
  std::optional<Error> error_;
  std::uint64_t limit_ = UINT64_MAX;
  std::string name_;
  std::uint64_t bytes_read_ = 0;
  std::uint64_t end_of_content_ = 0;
};

/// FAASC0521 for file `name`.
Error archive_damaged(const std::string& name, const std::string& how);

}  // namespace faasc
