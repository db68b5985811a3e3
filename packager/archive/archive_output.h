#pragma once

#include <memory>
#include <optional>

#include <archive.h>
#include <archive_entry.h>

#include "base/result.h"
#include "packager/archive/tree_archive.h"

namespace faasc {

struct FreeArchiveEntry {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};
using ArchiveEntryHandle = std::unique_ptr<archive_entry, FreeArchiveEntry>;

/// libarchive's writer into a sink, whose errors it keeps. Stays where it is.
class ArchiveOutput {
 public:
  ArchiveOutput(int format, ArchiveSink sink);
  ArchiveOutput(const ArchiveOutput&) = delete;
  ArchiveOutput& operator=(const ArchiveOutput&) = delete;

  /// An entry that belongs to root and dates from 1970.
  static ArchiveEntryHandle entry(const std::string& path, unsigned type, std::uint32_t mode);

  Result<void> header(archive_entry* entry);
  Result<void> data(std::string_view bytes);
  Result<void> finish();

 private:
  struct FreeWriter {
    void operator()(archive* a) const { archive_write_free(a); }
  };
  static la_ssize_t write_callback(archive*, void* self, const void* bytes, size_t size);
  Result<void> check(int status);

  ArchiveSink sink_;
  std::optional<Error> error_;
  std::unique_ptr<archive, FreeWriter> handle_;  // after what its callback uses
};

}  // namespace faasc
