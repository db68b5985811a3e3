#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"

namespace faasc {

/// Sleeps, but not through an interrupt.
Result<void> pause_for(std::chrono::milliseconds duration);

/// What has arrived of a download, and nobody else's as long as this exists: "<key>.part", with the key made
/// from the URL. Beside it, "<key>.part.of" tells the URL and the validator under which the server sent it.
class PartFile {
 public:
  /// Waits while another process has it. Without a note that fits, what is there is dropped.
  static Result<PartFile> open(const std::filesystem::path& directory, const std::string& url);

  std::uint64_t size() const { return size_; }
  const std::string& validator() const { return validator_; }
  /// Whether there is something, and a way to tell that the rest will fit to it.
  bool resumable() const { return size_ > 0 && !validator_.empty(); }

  /// Drops what has arrived; what comes now stands under `validator`.
  Result<void> restart(const std::string& validator);
  Result<void> append(std::string_view bytes);

  const std::filesystem::path& path() const { return path_; }
  /// Deletes the file and its note.
  void discard() &&;

 private:
  std::filesystem::path note_path() const { return std::filesystem::path(path_).concat(".of"); }

  std::filesystem::path path_;
  std::string url_, validator_;
  Fd fd_;
  std::uint64_t size_ = 0;
};

}  // namespace faasc
