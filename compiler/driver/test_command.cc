#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/file.h"
#include "compiler/driver/chosen_functions.h"
#include "compiler/driver/codes.h"
#include "compiler/driver/command.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/guest_changes.h"
#include "compiler/driver/reports/reports.h"
#include "compiler/driver/session.h"
#include "compiler/driver/target.h"
#include "compiler/driver/vm_options.h"
#include "launcher/codes.h"
#include "launcher/host_capacity.h"
#include "launcher/memory_search.h"
#include "launcher/smoke_test.h"
#include "launcher/test_report.h"
#include "launcher/test_suite.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

struct TestArguments {
  std::vector<std::string> targets;
  TargetArguments target;  ///< how each of them is built
  VmArguments vm;
  std::string filter, junit;
  unsigned repeat = 1;
  bool skip_without_vm = false, find_memory = false;
};

// What CI is to show beside all other findings.
Diagnostics findings_of(const std::string& function, const TestResult& result) {
  Diagnostics diagnostics;
  std::string test = (function.empty() ? "" : function + ": ") + "test '" + result.name + "'";
  if (result.runs > 1)
    test += " (" + std::to_string(result.bad_runs) + " of " + std::to_string(result.runs) + " runs)";
  if (result.outcome == TestResult::Outcome::Failed) {
    std::string message = test + " failed";
    for (const Finding& finding : result.findings)
      message += "; " + finding.what + " is " + finding.found + ", not " + finding.expected;
    diagnostics.add(
        {.severity = Severity::Error, .code = kTestFailed, .message = std::move(message), .place = {}});
  }
  if (result.outcome == TestResult::Outcome::Broken && result.error) {
    Diagnostic diagnostic = as_diagnostic(*result.error);
    diagnostic.message = test + ": " + diagnostic.message;
    diagnostics.add(std::move(diagnostic));
  }
  return diagnostics;
}

Error usage_error(std::string what, std::string hint) {
  return {Fault::Usage, kBadCommandLine, std::move(what), {}, std::move(hint)};
}

Result<int> search_memory(Session& session, const TestSubject& subject, const TestArguments& arguments) {
  auto mebibytes = [](std::uint64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; };
  TestRunOptions options{.start = subject.start,
                         .filter = arguments.filter,
                         .skip_without_vm = arguments.skip_without_vm,
                         .on_result = {}};
  FAASC_TRY(std::uint64_t bytes, find_memory(subject.spec, options, [&](std::uint64_t tried, bool passed) {
              session.console().say(mebibytes(tried) + (passed ? " is enough" : " is too little"));
            }));
  session.set_result("memory_bytes", std::to_string(bytes));
  if (session.options().format == ReportFormat::Text) session.console().print(mebibytes(bytes) + "\n");
  return 0;
}

/// What a spec's machine is started with.
Result<TestSubject> subject_of(Session& session, const TestArguments& arguments, VmSpec spec) {
  TestSubject subject;
  subject.spec = std::move(spec);
  FAASC_TRY(subject.start, prepare_guest(session, arguments.vm, subject.spec));
  return subject;
}

/// Images and specs as they are, the others built side by side; the path of each spec in `paths`, empty for
/// those that could not be built. Where that is the only one, there is an error, or none that is not yet
/// told.
Result<void> build_all(Session& session, const ChosenFunctions& chosen, unsigned jobs,
                       std::vector<fs::path>& paths) {
  std::vector<BatchItem> to_build;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < chosen.items.size(); ++i) {
    FAASC_TRY(std::optional<fs::path> spec, spec_of(chosen.items[i].arguments));
    paths.push_back(spec.value_or(fs::path()));
    if (spec) continue;
    to_build.push_back(chosen.items[i]);
    places.push_back(i);
  }
  if (to_build.empty()) return {};
  auto built = build_batch(session, to_build, jobs, true);
  if (!built && (!chosen.several || built.error().fault == Fault::Interrupted)) return built;
  if (!built) session.report(built.error());
  for (std::size_t i = 0; i < places.size(); ++i)
    if (to_build[i].built) paths[places[i]] = to_build[i].built->spec;
  return {};
}

/// Nothing where the only function could not be built; one of several becomes a result.
Result<std::optional<std::vector<TestSubject>>> load_subjects(Session& session,
                                                              const TestArguments& arguments,
                                                              const ChosenFunctions& chosen) {
  std::vector<fs::path> paths;
  FAASC_CHECK(build_all(session, chosen, arguments.target.jobs, paths));
  std::vector<TestSubject> subjects;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    std::string name = name_of(chosen.items[i]);
    if (paths[i].empty()) {
      if (!chosen.several) return std::optional<std::vector<TestSubject>>();
      TestSubject& missing = subjects.emplace_back();
      missing.spec.name = name;
      missing.not_built = Error{Fault::Input,
                                kTestNotBuilt,
                                "'" + name + "' was not built, so that its tests did not run",
                                {},
                                "mend what was reported above, or leave it out of this call"};
      continue;
    }
    FAASC_TRY(VmSpec spec, load_spec(session, paths[i]));
    FAASC_TRY(TestSubject subject, subject_of(session, arguments, std::move(spec)));
    if (subject.spec.tests.empty())
      session.console().say("'" + subject.spec.name + "' has no tests: it is started and stopped, no more");
    if (chosen.several)
      subject.start.on_note = [say = subject.start.on_note, name](const std::string& text) {
        say(name + ": " + text);
      };
    subjects.push_back(std::move(subject));
  }
  return std::optional(std::move(subjects));
}

Result<void> check_filter(const std::vector<TestSubject>& subjects, const std::string& filter) {
  if (count_tests(subjects, filter) > 0) return {};
  std::string names;
  for (const TestSubject& subject : subjects)
    for (const SmokeTest& test : subject.spec.tests)
      names += (names.empty() ? "the tests are '" : "', '") + test.name;
  return Error{Fault::Usage,
               kNoSuchTest,
               "no test has '" + filter + "' in its name",
               {},
               names.empty() ? "there are no tests; leave out --filter" : names + "'"};
}

/// What a reader tells functions by: their names, or where two have the same name, their directories.
std::vector<std::string> headings(const std::vector<TestSubject>& subjects, const ChosenFunctions& chosen) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    const std::string& name = subjects[i].spec.name;
    auto same = [&](const TestSubject& other) { return other.spec.name == name; };
    bool unique = std::count_if(subjects.begin(), subjects.end(), same) == 1;
    names.push_back(unique ? name : name_of(chosen.items[i]));
  }
  return names;
}

Result<int> test(Session& session, const TestArguments& arguments) {
  FAASC_TRY(std::optional<ChosenFunctions> chosen,
            choose_functions(session, arguments.targets, arguments.target));
  if (!chosen) return session.status();
  const bool several = chosen->several;
  if (several && !arguments.target.project.manifest.empty())
    return usage_error("-f names the manifest of one function, and there are several",
                       "name the manifests themselves: faasc test A/a.yaml B/b.yaml");
  if (several && arguments.find_memory)
    return usage_error("--find-memory looks at one function, and there are several", "name one of them");
  auto started = std::chrono::steady_clock::now();
  FAASC_TRY(auto loaded, load_subjects(session, arguments, *chosen));
  if (!loaded) return session.status();
  const std::vector<TestSubject>& subjects = *loaded;
  FAASC_CHECK(check_filter(subjects, arguments.filter));
  if (arguments.find_memory && subjects.front().start.process)
    return Error{Fault::Usage,
                 kProcessCannot,
                 "'--find-memory' needs a machine, and with '--vmm process' there is none",
                 {},
                 "leave one of the two out"};
  if (arguments.find_memory) return search_memory(session, subjects.front(), arguments);

  SuiteOptions options{.filter = arguments.filter,
                       .skip_without_vm = arguments.skip_without_vm,
                       .repeat = arguments.repeat,
                       .jobs = arguments.target.jobs,
                       .host = host_capacity(),
                       .on_result = {}};
  session.console().say_verbose("this host has " + std::to_string(options.host.processors) +
                                " processors and " + std::to_string(options.host.memory_bytes >> 20) +
                                " MiB of memory for machines");
  ReportFormat format = session.options().format;
  std::vector<std::string> names = headings(subjects, *chosen);
  std::optional<std::size_t> last;
  options.on_result = [&](std::size_t index, const TestResult& result) {
    if (format == ReportFormat::Json)
      session.console().print(to_json_line(subjects[index].spec.name, result));
    else if (format != ReportFormat::Sarif)
      session.console().print((several && last != index ? names[index] + "\n" : "") +
                              to_text(result, Color::Off));
    last = index;
    if (arguments.vm.time && result.phases) session.console().complain(to_text(*result.phases));
    if (format == ReportFormat::Sarif || format == ReportFormat::GitHub)
      session.report(findings_of(several ? names[index] : "", result));
  };
  // Otherwise results come one by one, and are progress enough.
  std::optional<Progress::Step> step;
  if (arguments.repeat > 1)
    step.emplace(
        session.progress().start("running the tests " + std::to_string(arguments.repeat) + " times"));
  FAASC_TRY(std::vector<TestReport> reports, run_test_suite(subjects, options));
  if (step) step->done();
  auto duration =
      several || arguments.repeat > 1 ? std::chrono::steady_clock::now() - started : reports.front().duration;
  TestCounts counts = counts_of(reports);
  if (format == ReportFormat::Text || format == ReportFormat::GitHub)
    session.console().print(summary(counts, duration, Color::Off));
  for (auto [name, count] : {std::pair{"passed", counts.passed}, std::pair{"flaky", counts.flaky},
                             std::pair{"failed", counts.failed}, std::pair{"broken", counts.broken},
                             std::pair{"skipped", counts.skipped}})
    session.set_result(name, std::to_string(count));
  if (!arguments.junit.empty()) FAASC_CHECK(write_file(arguments.junit, to_junit(reports, duration)));
  return exit_status(reports);
}

}  // namespace

Action configure_test(CLI::App& app) {
  auto arguments = std::make_shared<TestArguments>();
  app.add_option("targets", arguments->targets, "functions: projects, images or VM specs; or a workspace [.]")
      ->type_name("PATH");
  add_build_options(app, arguments->target, "machines to run, or sources to compile, at a time");
  app.add_option("--filter", arguments->filter, "only tests whose names contain this")->type_name("TEXT");
  auto* junit =
      app.add_option("--junit", arguments->junit, "write a report in JUnit's XML, too")->type_name("FILE");
  auto* repeat = app.add_option("--repeat", arguments->repeat,
                                "run the tests so often, each time with a new machine; all have to pass")
                     ->type_name("N")
                     ->check(CLI::Range(1, 100'000).description(""));
  app.add_flag("--find-memory", arguments->find_memory, "look for the smallest memory with which all pass")
      ->excludes(junit)
      ->excludes(repeat);
  app.add_flag("--skip-if-no-vm", arguments->skip_without_vm, "exit with 77 where this host cannot run VMs");
  add_vm_options(app, arguments->vm);
  return [arguments](Session& session) { return test(session, *arguments); };
}

}  // namespace faasc
