#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "packager/archive/archive_reader.h"

namespace faasc {

/// The rules under which the entries of one archive may be created in an empty directory; see ArchiveReader.
class EntryRules {
 public:
  EntryRules(std::string archive_name, ArchiveLimits limits, ArchiveLinks links)
      : archive_name_(std::move(archive_name)), limits_(limits), links_(links) {}

  /// "./lib//x/" becomes "lib/x"; the root itself becomes empty. Refuses absolute paths and "..".
  Result<std::string> normalised(std::string_view stored) const;

  /// Judges the next entry, whose paths are normalised (a symbolic link's target is as stored).
  Result<void> admit(const ArchiveEntry& entry);

  std::uint64_t entries() const { return entries_; }
  /// Of the files that were admitted.
  std::uint64_t total_bytes() const { return total_bytes_; }

  Error unsafe(std::string_view path, const std::string& why) const;

 private:
  Result<void> admit_symlink(const ArchiveEntry& entry) const;
  Result<void> admit_symlink_of_root(const ArchiveEntry& entry) const;

  std::string archive_name_;
  ArchiveLimits limits_;
  ArchiveLinks links_;
  std::map<std::string, ArchiveEntry::Kind, std::less<>> seen_;
  std::uint64_t entries_ = 0;
  std::uint64_t total_bytes_ = 0;
};

}  // namespace faasc
