#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"

namespace faasc {

enum class Verbosity : std::uint8_t { Quiet, Normal, Verbose };

/// Where a command writes: its product to standard output, prose to standard error. May be used by several
/// threads; each call's text stays in one piece.
class Console {
 public:
  struct Sinks {
    std::function<Result<void>(std::string_view)> out, err;
    bool err_is_terminal = false;  ///< live lines may be shown
    std::function<int()> columns;  ///< the terminal's width; 80 where absent
  };
  explicit Console(Sinks sinks) : sinks_(std::move(sinks)) {}
  /// Standard output and error of this process.
  static Sinks process_sinks();

  void set_verbosity(Verbosity verbosity) { verbosity_ = verbosity; }
  Verbosity verbosity() const { return verbosity_; }
  bool verbose() const { return verbosity_ == Verbosity::Verbose; }
  void set_color(Color color) { color_ = color; }
  Color color() const { return color_; }  ///< of standard error
  bool is_terminal() const { return sinks_.err_is_terminal; }
  int columns() const { return sinks_.columns ? sinks_.columns() : 80; }

  /// The product, as it is. A failure is remembered for status().
  void print(std::string_view text);
  /// A line of prose, "faasc: <text>"; not shown with --quiet.
  void say(std::string_view text);
  /// A line of prose for --verbose.
  void say_verbose(std::string_view text);
  /// Errors, warnings and other tools' messages: ready-made text to standard error, shown always.
  void complain(std::string_view text);

  /// Lines kept below all other output on a terminal, in place of those set before; each is cut to the
  /// terminal's width. Without a terminal nothing happens.
  void set_live_lines(std::vector<std::string> lines);

  /// The first failure to write to standard output: Io for a full disk, Interrupted where the reader has
  /// gone.
  Result<void> status() const;

 private:
  void write_err(std::string_view text);  // with the mutex held
  void erase_live(std::string& out);
  void draw_live(std::string& out);

  Sinks sinks_;
  Verbosity verbosity_ = Verbosity::Normal;
  Color color_ = Color::Off;
  mutable std::mutex mutex_;
  std::vector<std::string> live_;
  std::size_t drawn_ = 0;  // live lines that are on the screen
  std::optional<Error> failure_;
};

}  // namespace faasc
