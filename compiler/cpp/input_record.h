#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_stamp.h"
#include "base/result.h"

namespace faasc::cpp {

/// What a compiler or linker run has read, what it has looked for in vain, and what it has written: enough to
/// tell that running it again would give the same.
///
/// A file whose stamp is unchanged is unchanged. Where the stamp differs, the content decides for the
/// project's files, so that a fresh checkout costs reading and not compiling; a system file then counts as
/// changed.
class InputRecord {
 public:
  struct Input {
    std::string path;  ///< absolute
    FileStamp
        stamp;  ///< all zero: the file may have changed while it was being read, so it counts as changed
    std::string sha256;  ///< empty: only the stamp counts
  };

  /// `started_ns` is the file_clock_ns() from before the run.
  void add_input(const std::filesystem::path& path, std::int64_t started_ns);
  void add_absent(const std::filesystem::path& path) { absent_.push_back(path.string()); }
  void add_output(const std::filesystem::path& path);

  /// The digest of the request, and the answer to repeat.
  std::string request, answer;

  const std::vector<Input>& inputs() const { return inputs_; }
  const std::vector<std::string>& absent() const { return absent_; }

  /// Whether a run for `request` would find everything as it was. Takes a system call for each file.
  bool is_current(std::string_view request_digest) const;

  /// The first file that is not as it was: "'/p/a.cc' changed"; nothing where all are.
  std::optional<std::string> first_change() const;

  /// Nothing has changed but, perhaps, this file.
  bool is_current_but_for(const std::filesystem::path& input) const;

  static InputRecord load(
      const std::filesystem::path& path);  ///< empty, and so never current, where there is none
  Result<void> save(const std::filesystem::path& path) const;

 private:
  std::vector<Input> inputs_, outputs_;
  std::vector<std::string> absent_;
};

}  // namespace faasc::cpp
