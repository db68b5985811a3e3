#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"

namespace faasc {

/// What a guest prints, in files of a bounded size: `console.log` grows to the limit, becomes
/// `console.log.1`, and begins anew. So what was printed last is there, at least one limit of it, and never
/// more than two.
class BoundedLog {
 public:
  static constexpr std::uint64_t kDefaultLimit = std::uint64_t{4} << 20;

  static Result<BoundedLog> create(const std::filesystem::path& directory,
                                   std::uint64_t limit = kDefaultLimit);

  /// The directory was renamed.
  void move_to(const std::filesystem::path& directory) { path_ = directory / path_.filename(); }

  /// What cannot be written is dropped: a full disk is no reason to end a machine.
  void append(std::string_view bytes);

 private:
  BoundedLog(std::filesystem::path path, Fd file, std::uint64_t limit)
      : path_(std::move(path)), file_(std::move(file)), limit_(limit) {}
  std::filesystem::path path_;
  Fd file_;
  std::uint64_t limit_, size_ = 0;
};

/// Reads such a log from its beginning, and goes on where it stopped.
class LogReader {
 public:
  explicit LogReader(const std::filesystem::path& directory) : directory_(directory) {}

  /// What was added since the last time, in pieces. A part that was given up meanwhile is missing.
  Result<void> read(const std::function<void(std::string_view)>& take);

 private:
  Result<void> read_to_end(const std::function<void(std::string_view)>& take);

  std::filesystem::path directory_;
  Fd file_;
  bool begun_ = false;
};

}  // namespace faasc
