#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace faasc {

/// A line of the guest's console, or a piece of one that was too long to wait for.
struct ConsoleLine {
  std::string_view text;  ///< as the guest wrote it, without the line's end; any bytes
  bool complete = true;   ///< false: the rest of the line comes as further pieces
  enum class Source : std::uint8_t { Program, Kernel };
  Source source =
      Source::Program;  ///< kernel and init speak on the same wire; told apart by how their lines begin
};

/// What a guest printed: cut into lines as it arrives, and its tail kept. Memory is bounded whatever the
/// guest does. Feeding and asking may happen in different threads.
class GuestConsole {
 public:
  using Listener = std::function<void(const ConsoleLine&)>;
  static constexpr std::size_t kDefaultTailBytes = 64 * 1024;
  static constexpr std::size_t kLongestPiece = 16 * 1024;

  /// `listener` is called in the feeding thread, and may be empty.
  explicit GuestConsole(Listener listener, std::size_t tail_bytes = kDefaultTailBytes)
      : listener_(std::move(listener)), tail_bytes_(tail_bytes) {}

  void feed(std::string_view bytes);
  /// Delivers what has no line end yet as an incomplete piece: a prompt has to be seen, too.
  void flush();
  bool has_unfinished_line() const { return !unfinished_.empty(); }

  /// How many bytes were fed so far; a place for since().
  std::uint64_t position() const;
  /// What was printed after `position`, as far as it is still kept.
  std::string since(std::uint64_t position) const;
  /// The last lines, at most `count`, made fit for a terminal and cut to a sensible length.
  std::vector<std::string> last_lines(std::size_t count) const;
  /// All that is kept.
  std::string tail() const { return since(0); }

 private:
  void deliver(std::string_view text, bool complete);
  ConsoleLine::Source source_of(std::string_view text);

  Listener listener_;
  std::size_t tail_bytes_;
  std::string unfinished_;
  bool continues_ = false;  // the piece to come belongs to a line whose beginning was delivered
  ConsoleLine::Source source_ = ConsoleLine::Source::Program;  // of that line
  bool in_dump_ = false;  // the kernel is printing registers and stack; nothing else follows

  mutable std::mutex mutex_;  // guards what is below
  std::string tail_;
  std::uint64_t position_ = 0;
};

}  // namespace faasc
