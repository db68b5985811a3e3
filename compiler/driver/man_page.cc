#include "compiler/driver/man_page.h"

#include <algorithm>
#include <string_view>

#include <CLI/CLI.hpp>

#include "compiler/driver/global_options.h"
#include "compiler/driver/help.h"
#include "compiler/driver/version.h"

namespace faasc {
namespace {

struct ExitStatusRow {
  const char *status, *meaning;
};
constexpr ExitStatusRow kExitStatuses[] = {
    {"0", "everything went well"},
    {"1", "the manifest, the source or another input is wrong, or a file cannot be read or written"},
    {"2", "the command line is wrong"},
    {"3", "a tool, a kernel or a dependency is missing"},
    {"4", "a test found something else than it expected"},
    {"5", "the guest crashed, exited with an error or never got ready"},
    {"6", "this host cannot run the virtual machine, or has lost it"},
    {"7", "a limit on time ran out"},
    {"70", "a bug in faasc"},
    {"128+n", "ended by signal n"},
};

// Text in which nothing is a request or an escape.
std::string escaped(std::string_view text) {
  std::string out;
  bool line_start = true;
  for (char c : text) {
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
    line_start = c == '\n';
  }
  return out;
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return out;
}

std::string header(std::string_view name) {
  return ".TH " + upper(escaped(name)) + " 1 \"\" \"faasc " + std::string(kVersion) + "\" \"faasc manual\"\n";
}

std::string option_text(const CLI::Option& option, std::span<const OptionSpelling> spellings) {
  std::string names;
  for (const OptionSpelling& spelling : spellings)
    if (option.check_lname(std::string(spelling.option.substr(2))))
      names += "\\fB" + escaped(spelling.spelled) + "\\fR";
  for (const std::string& name : option.get_snames())
    names += (names.empty() ? "" : ", ") + ("\\fB" + escaped("-" + name) + "\\fR");
  for (const std::string& name : option.get_lnames())
    names += (names.empty() ? "" : ", ") + ("\\fB" + escaped("--" + name) + "\\fR");
  if (option.get_expected_min() > 0 && !option.get_type_name().empty())
    names += " \\fI" + escaped(option.get_type_name()) + "\\fR";
  return ".TP\n" + names + "\n" + escaped(option.get_description()) + "\n";
}

std::string options_text(const CLI::App& app, bool of_every_command,
                         std::span<const OptionSpelling> spellings = {}) {
  std::string out;
  for (const CLI::Option* option : app.get_options()) {
    if (!option->nonpositional() || option->get_group().empty()) continue;
    if ((option->get_group() == kGlobalOptionsGroup) == of_every_command)
      out += option_text(*option, spellings);
  }
  return out;
}

std::string exit_status_text() {
  std::string out = ".SH EXIT STATUS\n";
  for (const ExitStatusRow& row : kExitStatuses)
    out += ".TP\n\\fB" + escaped(row.status) + "\\fR\n" + escaped(row.meaning) + "\n";
  return out;
}

std::string dashed(std::string_view name) {
  std::string out = "faasc-" + std::string(name);
  std::replace(out.begin(), out.end(), ' ', '-');
  return out;
}

// Of a command that has others below it, each with a page of its own.
ManPage group_page(const CommandEntry& command) {
  std::string name = dashed(command.name);
  std::string out = header(name);
  out += ".SH NAME\n" + escaped(name) + " \\- " + escaped(command.help) + "\n";
  out += ".SH SYNOPSIS\n\\fBfaasc " + escaped(command.name) + "\\fR \\fIcommand\\fR [\\fIoptions\\fR]\n";
  out += ".SH COMMANDS\n";
  for (const CommandEntry& below : command.subcommands)
    out += ".TP\n\\fB" + escaped(dashed(below.name)) + "\\fR(1)\n" + escaped(below.help) + "\n";
  out += ".SH EXAMPLE\n.EX\n" + escaped(command.example) + "\n.EE\n";
  out += exit_status_text();
  out += ".SH SEE ALSO\n\\fBfaasc\\fR(1), which has the options of every command\n";
  return {name + ".1", std::move(out)};
}

ManPage command_page(const CommandEntry& command) {
  if (!command.subcommands.empty()) return group_page(command);
  CLI::App app;
  GlobalArguments arguments;
  add_global_options(app, arguments);
  Action action = command.configure(app);  // owns what the options are stored in

  std::string name = dashed(command.name);
  std::string out = header(name);
  out += ".SH NAME\n" + escaped(name) + " \\- " + escaped(command.help) + "\n";
  out += ".SH SYNOPSIS\n\\fBfaasc " + escaped(command.name) + "\\fR";
  std::string own = options_text(app, false, command.spellings), positionals;
  if (!command.words.empty()) {
    std::string words(command.words);
    std::replace(words.begin(), words.end(), ' ', '|');
    if (command.passes_arguments) out += " " + escaped(words);
  }
  if (!own.empty() || command.passes_arguments) out += " [\\fIoptions\\fR]";
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) continue;
    std::string shown =
        escaped(option->get_type_name().empty() ? option->get_name() : option->get_type_name());
    std::string dots = option->get_expected_max() > 1 ? "..." : "";
    out += option->get_required() ? " \\fI" + shown + "\\fR" + dots : " [\\fI" + shown + "\\fR" + dots + "]";
    positionals += ".TP\n\\fI" + shown + "\\fR\n" + escaped(option->get_description()) + "\n";
  }
  out += "\n";
  if (command.passes_arguments)
    out += ".SH DESCRIPTION\n\\fBfaasc " + escaped(command.name) +
           " \\-\\-help\\fR lists what each of its commands takes.\n";
  if (!positionals.empty()) out += ".SH ARGUMENTS\n" + positionals;
  if (!own.empty()) out += ".SH OPTIONS\n" + own;
  out += ".SH EXAMPLE\n.EX\n" + escaped(command.example) + "\n.EE\n";
  out += exit_status_text();
  out += ".SH SEE ALSO\n\\fBfaasc\\fR(1), which has the options of every command\n";
  return {name + ".1", std::move(out)};
}

ManPage general_page() {
  CLI::App app;
  GlobalArguments arguments;
  add_global_options(app, arguments);
  std::string out = header("faasc");
  out +=
      ".SH NAME\nfaasc \\- turn a function into a virtual machine that runs nothing else\n"
      ".SH SYNOPSIS\n\\fBfaasc\\fR \\fIcommand\\fR [\\fIoptions\\fR]\n"
      ".SH DESCRIPTION\n"
      "faasc compiles the function that a \\fIfaas.yaml\\fR describes and writes a bootable disk of it: the "
      "function, its runtime and a unikernel. It boots the result, calls it and tests it.\n";
  std::string_view group;
  for (const CommandEntry& command : command_table()) {
    if (command.group != group) out += ".SS " + escaped(command.group) + "\n";
    group = command.group;
    out += ".TP\n\\fBfaasc\\-" + escaped(command.name) + "\\fR(1)\n" + escaped(command.help) + "\n";
  }
  out += ".SH OPTIONS\n" + options_text(app, true);
  out += exit_status_text();
  out +=
      ".SH ENVIRONMENT\n"
      ".TP\n\\fBFAASC_HOME\\fR\nwhere the kernel store is kept; else $XDG_DATA_HOME/faasc, else "
      "~/.local/share/faasc\n"
      ".TP\n\\fBNO_COLOR\\fR\nno colours in messages, whatever its value\n"
      ".TP\n\\fBGITHUB_ACTIONS\\fR\nwhere it is \"true\", findings are written as annotations\n"
      ".SH FILES\n"
      ".TP\n\\fIfaas.yaml\\fR\nthe manifest of a function\n"
      ".TP\n\\fIbuild/<name>.img\\fR, \\fIbuild/<name>.vm.json\\fR\nthe image, and the machine that runs it\n"
      ".TP\n\\fIbuild/<name>.files.json\\fR\nthe files of the image, each with the reason why it is there\n";
  return {"faasc.1", std::move(out)};
}

}  // namespace

std::vector<ManPage> man_pages() {
  std::vector<ManPage> pages{general_page()};
  for (const CommandEntry& command : command_table()) pages.push_back(command_page(command));
  for (const CommandEntry& command : command_table())
    for (const CommandEntry& below : command.subcommands) pages.push_back(command_page(below));
  return pages;
}

}  // namespace faasc
