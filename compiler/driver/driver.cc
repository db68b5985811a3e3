#include "compiler/driver/driver.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <vector>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "base/interrupt.h"
#include "compiler/driver/codes.h"
#include "compiler/driver/command.h"
#include "compiler/driver/global_options.h"
#include "compiler/driver/help.h"
#include "compiler/driver/version.h"

namespace faasc {
namespace {

Error usage(const char* code, std::string what, std::string hint) {
  return Error{.fault = Fault::Usage, .code = code, .what = std::move(what), .hint = std::move(hint)};
}

Error unknown_command(std::string_view name, std::span<const CommandEntry> table) {
  std::vector<std::string_view> names;
  for (const CommandEntry& command : table) names.push_back(command.name);
  std::string_view near = nearest(name, names);
  return usage(kUnknownCommand,
               "unknown command '" + std::string(name) + "'" +
                   (near.empty() ? "" : "; did you mean '" + std::string(near) + "'?"),
               table.data() == command_table().data()
                   ? "'faasc --help' lists the commands"
                   : "'faasc help " + std::string(name.substr(0, name.find(' '))) + "' lists the commands");
}

// What CLI11 found wrong, in our words where it matters.
Error parse_error(const CLI::App& app, const CLI::ParseError& error,
                  const std::vector<std::string>& arguments, std::string_view command) {
  std::string help = command.empty() ? "'faasc --help' lists them"
                                     : "'faasc help " + std::string(command) + "' lists what it takes";
  std::string what = error.what();
  // Its messages may go on in further lines.
  what = what.substr(0, what.find('\n'));
  if (!what.empty() && what.front() >= 'A' && what.front() <= 'Z')
    what.front() = static_cast<char>(what.front() + 32);
  if (what.ends_with('.')) what.pop_back();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr)
    return usage(kBadCommandLine, std::move(what), std::move(help));

  std::vector<std::string> spelled;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) spelled.push_back("--" + name);
  }
  std::vector<std::string> extras = app.remaining();
  std::string extra = extras.empty() ? arguments.empty() ? "" : arguments.back() : extras.front();
  if (!extra.starts_with("-")) {
    return usage(kBadCommandLine,
                 "argument '" + extra + "' is one too many for 'faasc " + std::string(command) + "'",
                 std::move(help));
  }
  std::string name = extra.substr(0, extra.find('='));
  std::string_view near = nearest(name, std::vector<std::string_view>(spelled.begin(), spelled.end()));
  return usage(kBadCommandLine,
               "unknown option '" + name + "'" +
                   (command.empty() ? "" : " for 'faasc " + std::string(command) + "'") +
                   (near.empty() ? "" : "; did you mean '" + std::string(near) + "'?"),
               std::move(help));
}

Result<void> parse(CLI::App& app, std::vector<std::string> arguments, std::string_view command) {
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    return parse_error(app, error, arguments, command);
  }
  return {};
}

// "-MFfile" becomes "--depfile" and "file".
std::vector<std::string> spelled_out(const std::vector<std::string>& arguments,
                                     std::span<const OptionSpelling> spellings) {
  std::vector<std::string> out;
  bool options_end = false;
  for (const std::string& argument : arguments) {
    options_end = options_end || argument == "--";
    auto spelling = std::find_if(spellings.begin(), spellings.end(), [&](const OptionSpelling& candidate) {
      return !options_end && argument.starts_with(candidate.spelled);
    });
    if (spelling == spellings.end()) {
      out.push_back(argument);
      continue;
    }
    out.emplace_back(spelling->option);
    if (argument.size() > spelling->spelled.size()) out.push_back(argument.substr(spelling->spelled.size()));
  }
  return out;
}

class Run {
 public:
  Run(Console& console, const EnvironmentLookup& environment)
      : console_(console), environment_(environment) {}

  /// The exit status, once everything that is to be told was told.
  int operator()(const std::vector<std::string>& arguments);

 private:
  Result<int> run_command(const std::vector<std::string>& arguments);
  int end(Result<int> result);

  Console& console_;
  const EnvironmentLookup& environment_;
  GlobalArguments globals_;
  std::optional<Session> session_;
};

Result<int> Run::run_command(const std::vector<std::string>& arguments) {
  CLI::App global;
  add_global_options(global, globals_);
  global.add_flag("--version", globals_.version);
  global.prefix_command();
  FAASC_CHECK(parse(global, arguments, ""));
  std::vector<std::string> rest = global.remaining();

  // Help and version are told whatever else is on the line.
  CLI::App listed;
  GlobalArguments unused;
  if (rest.empty() || (rest.front() == "help" && rest.size() == 1)) {
    if (globals_.version) {
      rest = {"version"};
    } else {
      add_global_options(listed, unused);
      if (!rest.empty() || globals_.help) {
        console_.print(general_help(listed));
        return 0;
      }
      console_.complain(general_help(listed));
      return exit_status(Fault::Usage);
    }
  }
  if (rest.front() == "help") {
    rest.erase(rest.begin());
    rest.resize(std::min<std::size_t>(rest.size(), 2));
    globals_.help = true;
  }
  if (rest.front().starts_with("-")) {
    return parse_error(global, CLI::ExtrasError({rest.front()}), {rest.front()}, "");
  }

  const CommandEntry* command = find_command(rest.front());
  if (command == nullptr) return unknown_command(rest.front(), command_table());
  rest.erase(rest.begin());
  if (!command->subcommands.empty()) {
    if (!rest.empty() && (rest.front() == "--help" || rest.front() == "-h")) globals_.help = true;
    if (rest.empty() || (globals_.help && rest.front().starts_with("-"))) {
      if (!globals_.help) {
        console_.complain(group_help(*command));
        return exit_status(Fault::Usage);
      }
      console_.print(group_help(*command));
      return 0;
    }
    const CommandEntry* below = find_subcommand(*command, rest.front());
    if (below == nullptr)
      return unknown_command(std::string(command->name) + " " + rest.front(), command->subcommands);
    command = below;
    rest.erase(rest.begin());
  }

  CLI::App app;
  add_global_options(app, globals_);
  Action action = command->configure(app);
  if (!command->passes_arguments) {
    // Who asks for help need not give everything that is required.
    rest = spelled_out(rest, command->spellings);
    if (Result<void> parsed = parse(app, rest, command->name); !parsed && !globals_.help)
      return parsed.error();
    rest.clear();
    if (globals_.help) {
      console_.print(command_help(*command, app));
      return 0;
    }
  } else if (globals_.help) {
    rest = {"--help"};
  }

  FAASC_TRY(GlobalOptions options, resolve_global_options(globals_, console_.is_terminal(), environment_));
  console_.set_verbosity(options.verbosity);
  console_.set_color(options.color);
  session_.emplace(console_, std::move(options), environment_);
  session_->arguments = std::move(rest);
  session_->command_line = arguments;
  return action(*session_);
}

int Run::end(Result<int> result) {
  int status = 0;
  if (result) {
    status = *result;
  } else {
    status = exit_status(result.error().fault);
    if (result.error().fault == Fault::Interrupted) {
      // Who pressed Ctrl-C knows; the status tells a script.
      if (int signal = interrupt_signal(); signal != 0) status = 128 + signal;
      console_.say("interrupted");
    } else if (session_) {
      session_->report(result.error());
    } else {
      console_.complain(to_text(result.error(), console_.color()));
    }
  }
  if (session_) {
    if (Result<void> finished = session_->finish(status == 0); !finished) {
      console_.complain(to_text(finished.error(), console_.color()));
      if (status == 0) status = exit_status(finished.error().fault);
    }
  }
  if (Result<void> written = console_.status(); !written) {
    bool reader_gone = written.error().fault == Fault::Interrupted;
    if (!reader_gone) console_.complain(to_text(written.error(), console_.color()));
    if (status == 0) status = reader_gone ? 128 + SIGPIPE : exit_status(written.error().fault);
  }
  return status;
}

int Run::operator()(const std::vector<std::string>& arguments) {
  // Nothing of ours throws; what does is a library, or memory that ran out.
  try {
    return end(run_command(arguments));
  } catch (const std::exception& exception) {
    console_.complain(
        to_text(Error{.fault = Fault::Internal,
                      .code = kBug,
                      .what = "this is a bug in faasc: " + std::string(exception.what()),
                      .hint = "please report it, with the command line and the output of 'faasc version'"},
                console_.color()));
  } catch (...) {
    console_.complain(
        to_text(Error{.fault = Fault::Internal,
                      .code = kBug,
                      .what = "this is a bug in faasc: something unknown was thrown",
                      .hint = "please report it, with the command line and the output of 'faasc version'"},
                console_.color()));
  }
  return exit_status(Fault::Internal);
}

}  // namespace

int run_faasc(std::span<const std::string> arguments, Console& console,
              const EnvironmentLookup& environment) {
  return Run(console, environment)(std::vector<std::string>(arguments.begin(), arguments.end()));
}

int run_faasc(int argc, char** argv) {
  catch_interrupts();
  Console console(Console::process_sinks());
  std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  return run_faasc(arguments, console, [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(name).c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  });
}

}  // namespace faasc
