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

  /// How many steps of about so many are done. Elsewhere than on a terminal, a line for each tenth.
  void steps(std::size_t done, std::size_t about);

 private:
  void clear();

  bool terminal_;
  bool shown_ = false;
  std::size_t tenths_ = 0;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace faasc
