#include <memory>

#include <CLI/CLI.hpp>

#include "base/file.h"
#include "compiler/driver/command.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/session.h"
#include "compiler/driver/target.h"
#include "compiler/driver/vm_options.h"
#include "launcher/smoke_test.h"
#include "launcher/test_report.h"

namespace faasc {
namespace {

struct TestArguments {
  TargetArguments target;
  VmArguments vm;
  std::string filter, junit;
  bool skip_without_vm = false;
};

Result<int> test(Session& session, const TestArguments& arguments) {
  FAASC_TRY(std::optional<VmSpec> spec, load_target(session, arguments.target));
  if (!spec) return session.status();
  TestRunOptions options;
  FAASC_TRY(options.start, start_options(session, arguments.vm));
  options.filter = arguments.filter;
  options.skip_without_vm = arguments.skip_without_vm;
  options.on_result = [&](const TestResult& result) { session.console().print(to_text(result, Color::Off)); };
  FAASC_TRY(TestReport report, run_smoke_tests(*spec, options));
  session.console().print(summary(report, Color::Off));
  if (!arguments.junit.empty()) FAASC_CHECK(write_file(arguments.junit, to_junit(report)));
  return report.exit_status();
}

}  // namespace

Action configure_test(CLI::App& app) {
  auto arguments = std::make_shared<TestArguments>();
  add_target_options(app, arguments->target, "a project, an image or a VM spec [.]");
  app.add_option("--filter", arguments->filter, "only tests whose names contain this")->type_name("TEXT");
  app.add_option("--junit", arguments->junit, "write a report in JUnit's XML, too")->type_name("FILE");
  app.add_flag("--skip-if-no-vm", arguments->skip_without_vm, "exit with 77 where this host cannot run VMs");
  add_vm_options(app, arguments->vm);
  return [arguments](Session& session) { return test(session, *arguments); };
}

}  // namespace faasc
