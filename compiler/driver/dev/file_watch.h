#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <set>

#include "base/file.h"
#include "base/result.h"

namespace faasc {

/// FAASC0881. `reason` is an errno.
Error cannot_watch(const std::filesystem::path& directory, int reason);

/// Notices that files in some directories change, come or go (inotify(7)).
class FileWatch {
 public:
  static Result<FileWatch> begin();

  /// These directories from now on, and no others. One that is not there is left out; below `ignored` nothing
  /// counts.
  Result<void> watch(const std::set<std::filesystem::path>& directories,
                     const std::set<std::filesystem::path>& ignored);
  std::size_t size() const { return directories_.size(); }

  enum class Seen : std::uint8_t { Change, Interrupt, Stop, Time };
  /// Waits for a change, an interrupt, `stop` to become readable (it may be no descriptor at all), or for the
  /// time to pass. A change stays one until take_changes().
  Seen wait(const Fd& stop, std::chrono::milliseconds at_most);

  /// Waits until nothing has changed for a moment, as editors and checkouts write many files in a row, and
  /// forgets all changes so far.
  void take_changes();

 private:
  explicit FileWatch(Fd fd) : fd_(std::move(fd)) {}
  bool read_events();

  Fd fd_;
  std::map<int, std::filesystem::path> directories_;  // by inotify's numbers
  std::set<std::filesystem::path> ignored_;
  bool changed_ = false;
};

}  // namespace faasc
