#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>

#include "base/file.h"
#include "base/process_start.h"
#include "compiler/driver/codes.h"
#include "compiler/driver/command.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/guest_changes.h"
#include "compiler/driver/session.h"
#include "compiler/driver/target.h"
#include "compiler/driver/vm_options.h"
#include "launcher/pattern.h"
#include "launcher/terminal_text.h"

namespace faasc {
namespace {

struct InvokeArguments {
  TargetArguments target;
  VmArguments vm;
  std::string method, path = "/", data, event, expect;
  std::vector<std::string> headers;
  bool include = false, skip_without_vm = false;
};

// What CTest and Automake take as skipped.
constexpr int kSkipped = 77;

Result<HttpRequest> request_of(const InvokeArguments& arguments) {
  if (!arguments.data.empty() && !arguments.event.empty())
    return Error{Fault::Usage, kBadCommandLine, "both --data and --event are given", {}, "keep one of them"};
  HttpRequest request;
  request.target = arguments.path;
  if (!request.target.starts_with('/')) request.target.insert(0, "/");
  request.body = arguments.data;
  if (!arguments.event.empty()) {
    std::string file = arguments.event == "-" ? "/dev/stdin" : arguments.event;
    FAASC_TRY(request.body, read_file(file).during("reading the event"));
  }
  bool has_body = !arguments.data.empty() || !arguments.event.empty();
  request.method = !arguments.method.empty() ? arguments.method : has_body ? "POST" : "GET";
  for (const std::string& header : arguments.headers) {
    std::size_t colon = header.find(':');
    if (colon == 0 || colon == std::string::npos)
      return Error{
          Fault::Usage, kBadCommandLine, "'" + header + "' is no header", {}, "write -H 'Name: value'"};
    std::size_t value = header.find_first_not_of(' ', colon + 1);
    request.headers.emplace_back(header.substr(0, colon),
                                 value == std::string::npos ? "" : header.substr(value));
  }
  bool typed = std::any_of(request.headers.begin(), request.headers.end(),
                           [](const auto& header) { return same_header(header.first, "content-type"); });
  if (has_body && !typed) request.headers.emplace_back("Content-Type", "application/json");
  return request;
}

void print_head(Session& session, const HttpResponse& response) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " " + response.reason + "\n";
  for (const auto& [name, value] : response.headers) head += name + ": " + value + "\n";
  session.console().print(head + "\n");
}

Result<int> invoke(Session& session, const InvokeArguments& arguments) {
  FAASC_TRY(HttpRequest request, request_of(arguments));
  std::optional<Pattern> expected;
  if (!arguments.expect.empty()) {
    FAASC_TRY(expected, Pattern::compile(arguments.expect));
  }
  FAASC_TRY(std::optional<VmSpec> spec, load_target(session, arguments.target));
  if (!spec) return session.status();
  FAASC_TRY(StartOptions options, prepare_guest(session, arguments.vm, *spec));
  options.began = process_began();
  // The body is the product; what the guest prints is prose.
  options.on_console = [&](const ConsoleLine& line) {
    session.console().say_verbose("guest: " + terminal_text(line.text));
  };

  Progress::Step booting = session.progress().start("booting " + spec->name);
  auto started = Machine::start(*spec, options);
  if (!started && started.error().fault == Fault::Host && arguments.skip_without_vm) {
    session.report(started.error());
    return kSkipped;
  }
  FAASC_TRY(Machine machine, std::move(started));
  say_if_emulated(session, arguments.vm, machine);
  FAASC_CHECK(machine.wait_ready());
  booting.done();
  FAASC_TRY(HttpResponse response, machine.request(request));
  if (arguments.include) print_head(session, response);
  session.console().print(response.body);
  if (session.console().is_terminal() && !response.body.empty() && !response.body.ends_with('\n'))
    session.console().print("\n");
  if (arguments.vm.time) {
    session.console().say(machine.summary());
    session.console().complain(to_text(machine.phases()));
  }
  GuestExit exit = machine.stop();
  if (auto failure = machine.error_of(exit)) return std::move(*failure);
  if (response.status < 400 && expected && !expected->found_in(response.body))
    return Error{Fault::Test,
                 kUnexpectedAnswer,
                 "the answer does not match '" + arguments.expect + "'",
                 {},
                 "the answer is on standard output",
                 {}};
  if (response.status < 400) return 0;
  return Error{Fault::Guest,
               kAnsweredWithError,
               "the function answered with status " + std::to_string(response.status) + " " + response.reason,
               {},
               "the body of the answer is on standard output, the end of the console above",
               machine.console().last_lines(20)};
}

}  // namespace

Action configure_invoke(CLI::App& app) {
  auto arguments = std::make_shared<InvokeArguments>();
  add_target_options(app, arguments->target, "a project, an image or a VM spec [.]");
  app.add_option("-d,--data", arguments->data, "the request's body")->type_name("TEXT");
  app.add_option("-e,--event", arguments->event, "a file with the request's body; - is standard input")
      ->type_name("FILE");
  app.add_option("-X,--method", arguments->method, "the request's method [POST with a body, else GET]")
      ->type_name("METHOD");
  app.add_option("--path", arguments->path, "the request's path and query")->type_name("PATH");
  app.add_option("-H,--header", arguments->headers, "a header of the request")
      ->type_name("'NAME: VALUE'")
      ->allow_extra_args(false);
  app.add_flag("-i,--include", arguments->include, "print the response's status and headers, too");
  app.add_option("--expect", arguments->expect, "fail with status 4 where the body does not match")
      ->type_name("REGEX");
  app.add_flag("--skip-if-no-vm", arguments->skip_without_vm, "exit with 77 where this host cannot run VMs");
  add_vm_options(app, arguments->vm);
  return [arguments](Session& session) { return invoke(session, *arguments); };
}

}  // namespace faasc
