#include <memory>

#include <CLI/CLI.hpp>

#include "base/file.h"
#include "compiler/driver/codes.h"
#include "compiler/driver/command.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/crash_places.h"
#include "compiler/driver/guest_changes.h"
#include "compiler/driver/reports/reports.h"
#include "compiler/driver/session.h"
#include "compiler/driver/target.h"
#include "compiler/driver/vm_options.h"
#include "launcher/codes.h"
#include "launcher/memory_search.h"
#include "launcher/smoke_test.h"
#include "launcher/test_report.h"

namespace faasc {
namespace {

struct TestArguments {
  TargetArguments target;
  VmArguments vm;
  std::string filter, junit;
  bool skip_without_vm = false, find_memory = false;
};

// What CI is to show beside all other findings.
Diagnostics findings_of(const TestResult& result) {
  Diagnostics diagnostics;
  if (result.outcome == TestResult::Outcome::Failed) {
    std::string message = "test '" + result.name + "' failed";
    for (const Finding& finding : result.findings)
      message += "; " + finding.what + " is " + finding.found + ", not " + finding.expected;
    diagnostics.add(
        {.severity = Severity::Error, .code = kTestFailed, .message = std::move(message), .place = {}});
  }
  if (result.outcome == TestResult::Outcome::Broken && result.error) {
    Diagnostic diagnostic = as_diagnostic(*result.error);
    diagnostic.message = "test '" + result.name + "': " + diagnostic.message;
    diagnostics.add(std::move(diagnostic));
  }
  return diagnostics;
}

Result<int> search_memory(Session& session, const VmSpec& spec, const TestRunOptions& options) {
  auto mebibytes = [](std::uint64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; };
  FAASC_TRY(std::uint64_t bytes, find_memory(spec, options, [&](std::uint64_t tried, bool passed) {
              session.console().say(mebibytes(tried) + (passed ? " is enough" : " is too little"));
            }));
  session.set_result("memory_bytes", std::to_string(bytes));
  if (session.options().format == ReportFormat::Text) session.console().print(mebibytes(bytes) + "\n");
  return 0;
}

Result<int> test(Session& session, const TestArguments& arguments) {
  FAASC_TRY(std::optional<VmSpec> spec, load_target(session, arguments.target));
  if (!spec) return session.status();
  TestRunOptions options;
  FAASC_TRY(options.start, start_options(session, arguments.vm));
  options.start.crash_places = crash_places_of(*spec);
  FAASC_CHECK(change_guest(session, arguments.vm, *spec, options.start));
  options.filter = arguments.filter;
  options.skip_without_vm = arguments.skip_without_vm;
  if (arguments.find_memory && options.start.process)
    return Error{Fault::Usage,
                 kProcessCannot,
                 "'--find-memory' needs a machine, and with '--vmm process' there is none",
                 {},
                 "leave one of the two out"};
  if (arguments.find_memory) return search_memory(session, *spec, options);
  ReportFormat format = session.options().format;
  options.on_result = [&](const TestResult& result) {
    if (format == ReportFormat::Json)
      session.console().print(to_json_line(result));
    else if (format != ReportFormat::Sarif)
      session.console().print(to_text(result, Color::Off));
    if (format == ReportFormat::Sarif || format == ReportFormat::GitHub) session.report(findings_of(result));
  };
  FAASC_TRY(TestReport report, run_smoke_tests(*spec, options));
  if (format == ReportFormat::Text || format == ReportFormat::GitHub)
    session.console().print(summary(report, Color::Off));
  using Outcome = TestResult::Outcome;
  for (auto [name, outcome] : {std::pair{"passed", Outcome::Passed}, std::pair{"failed", Outcome::Failed},
                               std::pair{"broken", Outcome::Broken}, std::pair{"skipped", Outcome::Skipped}})
    session.set_result(name, std::to_string(report.count(outcome)));
  if (!arguments.junit.empty()) FAASC_CHECK(write_file(arguments.junit, to_junit(report)));
  return report.exit_status();
}

}  // namespace

Action configure_test(CLI::App& app) {
  auto arguments = std::make_shared<TestArguments>();
  add_target_options(app, arguments->target, "a project, an image or a VM spec [.]");
  app.add_option("--filter", arguments->filter, "only tests whose names contain this")->type_name("TEXT");
  auto* junit =
      app.add_option("--junit", arguments->junit, "write a report in JUnit's XML, too")->type_name("FILE");
  app.add_flag("--find-memory", arguments->find_memory, "look for the smallest memory with which all pass")
      ->excludes(junit);
  app.add_flag("--skip-if-no-vm", arguments->skip_without_vm, "exit with 77 where this host cannot run VMs");
  add_vm_options(app, arguments->vm);
  return [arguments](Session& session) { return test(session, *arguments); };
}

}  // namespace faasc
