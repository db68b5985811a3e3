#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "compiler/driver/console.h"
#include "compiler/driver/installation.h"
#include "compiler/driver/program_log.h"
#include "compiler/driver/progress.h"
#include "compiler/driver/time_trace.h"

namespace faasc {

/// How findings are written. Text goes to standard error; the others are made for programs and go to standard
/// output.
enum class ReportFormat : std::uint8_t { Text, Json, Sarif, GitHub };

/// What every command understands.
struct GlobalOptions {
  Verbosity verbosity = Verbosity::Normal;
  Color color = Color::Off;
  ReportFormat format = ReportFormat::Text;
  bool offline = false;                        ///< any attempt to reach the network is an error
  std::vector<std::string> diagnostics_files;  ///< "sarif:out.sarif", "json:…"
};

/// A variable of the host's environment.
using EnvironmentLookup = std::function<std::optional<std::string>(std::string_view name)>;

/// One run of one command: what it was told, and where it tells.
class Session {
 public:
  Session(Console& console, GlobalOptions options, EnvironmentLookup environment);

  Console& console() { return console_; }
  Progress& progress() { return progress_; }
  const GlobalOptions& options() const { return options_; }
  const EnvironmentLookup& environment() const { return environment_; }
  /// The arguments of a command that reads them itself.
  std::vector<std::string> arguments;
  /// All of them, with those of faasc itself.
  std::vector<std::string> command_line;

  /// Shows findings in the format that was asked for; SARIF is written when the command has ended.
  void report(const Diagnostics& diagnostics);
  /// The same for a failure that is not the end of the command.
  void report(const Error& error);
  /// 1 where an error was reported, else 0.
  int status() const { return errors_ > 0 ? 1 : 0; }

  /// A fact about the result, for `--format json` ("image", "sha256", "bytes"): the last line of the report.
  /// `json` is the value as JSON text.
  void set_result(std::string name, std::string json);

  /// Whether anything shows them.
  bool shows_results() const;

  /// Where times are noted; null where nobody asked for them.
  TimeTrace* time_trace() { return time_trace_ ? &*time_trace_ : nullptr; }
  /// From now on they are noted, and finish() writes them to this file.
  void begin_time_trace(std::filesystem::path file);

  /// Writes what a format keeps for the end. The driver calls it, if nobody else has before; it writes once.
  Result<void> finish(bool ok);
  /// Another process tells the rest, or nobody does: finish() is to write nothing.
  void leave_telling() { finished_ = true; }

 private:
  void report(const Diagnostic& diagnostic);
  Result<void> append_to_file_of(std::string_view variable, const std::string& text) const;

  Console& console_;
  GlobalOptions options_;
  EnvironmentLookup environment_;
  Progress progress_;
  std::optional<TimeTrace> time_trace_;
  std::filesystem::path time_trace_file_;
  ProgramLog program_log_;
  std::vector<Diagnostic> all_;
  std::map<std::string, std::string> results_;
  int errors_ = 0;
  bool finished_ = false;
};

}  // namespace faasc
