#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "compiler/build/build_record.h"
#include "compiler/build/depfile.h"

namespace faasc {

/// What make and Ninja are told about one image: what it was made from, and that it is up to date.
class MakeRule {
 public:
  /// `image` is absolute; `typed` is what the user calls it, or empty.
  MakeRule(const DepfileRequest& request, std::filesystem::path image, std::filesystem::path typed);

  /// Writes the depfile, where it is not the same already.
  Result<void> write(const BuildRecord& record) const;
  /// After a build that had nothing to do: make would ask again and again while the image is older than what
  /// it is made from, a directory whose time changed or a file that was only touched. So the image becomes
  /// newer, and `record` with it, unless `keep_time`.
  Result<void> tell_nothing_done(BuildRecord& record, const std::filesystem::path& record_path,
                                 bool keep_time) const;

 private:
  std::vector<std::string> prerequisites(const BuildRecord& record) const;

  DepfileRequest request_;
  std::filesystem::path image_, typed_;
};

}  // namespace faasc
