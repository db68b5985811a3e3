#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace faasc {

/// Tells on standard error how long work gets on: on a terminal a line that is rewritten, elsewhere only
/// whole lines.
class Progress {
 public:
  Progress();
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// A line that stays.
  void say(const std::string& line);
  /// How much has arrived; at most ten times a second, and only on a terminal.
  void bytes(std::uint64_t done, std::optional<std::uint64_t> total);

 private:
  void clear();

  bool terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace faasc
