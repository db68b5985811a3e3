#include "compiler/driver/global_options.h"

#include <CLI/CLI.hpp>

#include "compiler/driver/codes.h"
#include "compiler/driver/help.h"

namespace faasc {
namespace {

struct FormatName {
  std::string_view name;
  ReportFormat format;
};
constexpr FormatName kFormats[] = {{"text", ReportFormat::Text},
                                   {"json", ReportFormat::Json},
                                   {"sarif", ReportFormat::Sarif},
                                   {"github", ReportFormat::GitHub}};

Error usage(std::string what, std::string hint) {
  return Error{
      .fault = Fault::Usage, .code = kBadCommandLine, .what = std::move(what), .hint = std::move(hint)};
}

}  // namespace

void add_global_options(CLI::App& app, GlobalArguments& arguments) {
  const std::string group = kGlobalOptionsGroup;
  app.set_help_flag();  // ours, so that all help looks alike
  app.add_flag("-h,--help", arguments.help, "show help")->group(group);
  app.add_flag("-v,--verbose", arguments.verbose, "tell every step, and what took the time")->group(group);
  app.add_flag("-q,--quiet", arguments.quiet, "tell errors only")->group(group);
  app.add_option("--color", arguments.color, "colours in messages")
      ->type_name("auto|always|never")
      ->group(group);
  app.add_option("--format", arguments.format, "how findings are written")
      ->type_name("text|json|sarif|github")
      ->group(group);
  app.add_option("--diagnostics-file", arguments.diagnostics_files,
                 "write findings to a file too: sarif:FILE or json:FILE")
      ->type_name("FORMAT:FILE")
      ->group(group)
      ->allow_extra_args(false);
  app.add_flag("--offline", arguments.offline, "refuse to reach the network")->group(group);
}

Result<GlobalOptions> resolve_global_options(const GlobalArguments& arguments, bool terminal,
                                             const EnvironmentLookup& environment) {
  GlobalOptions options;
  if (arguments.verbose && arguments.quiet)
    return usage("--verbose and --quiet exclude each other", "give one of them");
  if (arguments.verbose) options.verbosity = Verbosity::Verbose;
  if (arguments.quiet) options.verbosity = Verbosity::Quiet;
  options.offline = arguments.offline;

  if (arguments.color == "always") {
    options.color = Color::On;
  } else if (arguments.color == "auto") {
    std::optional<std::string> no_color = environment("NO_COLOR"), term = environment("TERM");
    bool wanted = (!no_color || no_color->empty()) && (!term || *term != "dumb");
    options.color = terminal && wanted ? Color::On : Color::Off;
  } else if (arguments.color != "never") {
    return usage("--color '" + arguments.color + "' is unknown", "it may be auto, always or never");
  }

  std::string format = arguments.format;
  if (format.empty())
    format = environment("GITHUB_ACTIONS") == std::optional<std::string>("true") ? "github" : "text";
  bool found = false;
  for (const FormatName& known : kFormats) {
    if (format != known.name) continue;
    options.format = known.format;
    found = true;
  }
  if (!found) return usage("--format '" + format + "' is unknown", "it may be text, json, sarif or github");

  for (const std::string& file : arguments.diagnostics_files) {
    std::size_t colon = file.find(':');
    std::string kind = file.substr(0, colon);
    if (colon == std::string::npos || colon + 1 == file.size() || (kind != "sarif" && kind != "json")) {
      return usage("--diagnostics-file '" + file + "' names no format and file",
                   "write sarif:FILE or json:FILE");
    }
  }
  options.diagnostics_files = arguments.diagnostics_files;
  return options;
}

}  // namespace faasc
