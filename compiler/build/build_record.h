#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_stamp.h"
#include "base/result.h"

namespace faasc {

/// What the last build of an output read, so that the next one can tell in a few system calls per file that
/// there is nothing to do. One JSON file (schema "faasc.record/2") in the build's work directory.
///
/// Freshness is a statement about stamps: every file and directory that was read, every output, faasc's own
/// programs and the kernel. Directories stand for the globs that were expanded in them.
class BuildRecord {
 public:
  /// `options` stands for everything else that decides the result: command-line options and the values of
  /// environment variables that the manifest names.
  explicit BuildRecord(std::string options) : options_(std::move(options)) {}

  /// Nothing where there is no record, or none of this version.
  static std::optional<BuildRecord> load(const std::filesystem::path& path);

  /// An input that changed at or after `started_ns` (file_clock_ns) may have been read before or after the
  /// change: it is recorded so that it never matches, and the next build looks again. Of a path that is added
  /// twice, the last one counts.
  void add_input(const std::filesystem::path& path, std::int64_t started_ns);
  void add_output(const std::filesystem::path& path);
  /// Whether what the build wrote is still what it wrote, whatever has become of what it read.
  bool outputs_are_unchanged() const;
  /// Absolute, sorted.
  const std::set<std::string>& outputs() const { return outputs_; }
  /// What was read and is there: absolute, sorted.
  std::vector<std::string> inputs() const;
  /// Whether a change of this file, absolute, can change the result: the build read it, or found it, or it
  /// came or went since in a directory that the build looked through.
  bool concerns(const std::filesystem::path& file) const;
  /// A fact about the result that a build with nothing to do repeats: the handler, the sizes.
  void set_fact(std::string_view name, std::string value) { facts_[std::string(name)] = std::move(value); }
  std::string fact(std::string_view name) const;

  /// The first reason why the outputs are not up to date, for `-v`; nothing where they are.
  std::optional<std::string> stale(std::string_view options) const;

  /// The first file that is not as the build left it or found it: "'/p/x.cc' changed". What changed while the
  /// build ran counts.
  std::optional<std::string> first_change() const;

  Result<void> save(const std::filesystem::path& path) const;

 private:
  std::string options_;
  std::map<std::string, FileStamp> stamps_;  // absolute path → stamp
  std::set<std::string> outputs_;            // those of the paths that the build wrote
  std::map<std::string, std::string> facts_;
};

}  // namespace faasc
