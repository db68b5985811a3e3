#include "compiler/driver/session.h"

#include <algorithm>

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/inner_trace.h"
#include "compiler/driver/merged_trace.h"
#include "compiler/driver/reports/reports.h"

namespace faasc {
namespace {

// Outlives every session, as does what asks whether anybody wants them.
InnerTraces& programs() {
  static InnerTraces traces;
  return traces;
}

}  // namespace

Session::Session(Console& console, GlobalOptions options, EnvironmentLookup environment)
    : console_(console),
      options_(std::move(options)),
      environment_(std::move(environment)),
      progress_(console),
      program_log_(console) {
  program_log_.begin(nullptr);
}

void Session::begin_time_trace(std::filesystem::path file) {
  time_trace_file_ = std::move(file);
  time_trace_.emplace();
  program_log_.begin(&*time_trace_);
  collect_inner_traces(&programs());
}

void Session::report(const Diagnostics& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics.all()) report(diagnostic);
}

void Session::report(const Error& error) {
  if (options_.format == ReportFormat::Text) console_.complain(to_text(error, console_.color()));
  Diagnostic diagnostic = as_diagnostic(error);
  if (options_.format == ReportFormat::Text) {
    ++errors_;
    all_.push_back(std::move(diagnostic));
  } else {
    report(diagnostic);
  }
}

void Session::report(const Diagnostic& diagnostic) {
  if (diagnostic.severity == Severity::Error) ++errors_;
  all_.push_back(diagnostic);
  switch (options_.format) {
    case ReportFormat::Text:
      if (diagnostic.severity == Severity::Error || console_.verbosity() != Verbosity::Quiet) {
        console_.complain(to_text(diagnostic, console_.color()));
      }
      break;
    case ReportFormat::Json:
      console_.print(to_json_line(diagnostic));
      break;
    case ReportFormat::GitHub:
      console_.print(to_github(diagnostic));
      break;
    case ReportFormat::Sarif:
      break;
  }
}

void Session::set_result(std::string name, std::string json) {
  results_[std::move(name)] = std::move(json);
}

bool Session::shows_results() const {
  return options_.format == ReportFormat::Json || options_.format == ReportFormat::GitHub ||
         std::any_of(options_.diagnostics_files.begin(), options_.diagnostics_files.end(),
                     [](const std::string& file) { return !file.starts_with("sarif:"); });
}

Result<void> Session::finish(bool ok) {
  if (std::exchange(finished_, true)) return {};
  progress_.summarize();
  if (time_trace_)
    FAASC_CHECK(write_file(time_trace_file_, with_inner_traces(time_trace_->to_json(), programs().take()))
                    .during("writing the trace of times"));
  if (options_.format == ReportFormat::Json) console_.print(to_json_result(ok, results_));
  if (options_.format == ReportFormat::Sarif) console_.print(to_sarif(all_, ok));
  for (const std::string& file : options_.diagnostics_files) {
    std::string path = file.substr(file.find(':') + 1), text;
    if (file.starts_with("sarif:")) {
      text = to_sarif(all_, ok);
    } else {
      for (const Diagnostic& diagnostic : all_) text += to_json_line(diagnostic);
      text += to_json_result(ok, results_);
    }
    FAASC_CHECK(write_file(path, text).during("writing the findings"));
  }
  if (options_.format == ReportFormat::GitHub) {
    FAASC_CHECK(append_to_file_of("GITHUB_STEP_SUMMARY", to_github_summary(all_)));
    FAASC_CHECK(append_to_file_of("GITHUB_OUTPUT", to_github_outputs(results_)));
  }
  return {};
}

// GitHub gives each step files to append to, and their names in the environment.
Result<void> Session::append_to_file_of(std::string_view variable, const std::string& text) const {
  std::optional<std::string> path = environment_(variable);
  if (!path || path->empty() || text.empty()) return {};
  Fd fd(::open(path->c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644));
  if (!fd) return io_error("open", *path, errno);
  return write_all(fd, text, *path);
}

}  // namespace faasc
