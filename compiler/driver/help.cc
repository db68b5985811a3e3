#include "compiler/driver/help.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

namespace faasc {
namespace {

constexpr std::size_t kWidth = 100;

using Rows = std::vector<std::pair<std::string, std::string>>;

// Two columns; the second is wrapped.
void append_rows(std::string& out, const Rows& rows) {
  std::size_t left = 0;
  for (const auto& row : rows) left = std::max(left, row.first.size());
  left = std::min<std::size_t>(left, 29);
  for (const auto& [name, help] : rows) {
    out.append("  ").append(name);
    std::size_t column = name.size();
    if (column > left) {
      out.append("\n").append(left + 2, ' ');
      column = left;
    }
    out.append(left - column + 2, ' ');
    column = left + 4;
    std::string_view rest = help;
    while (column + rest.size() > kWidth) {
      std::size_t cut = rest.rfind(' ', kWidth - column);
      if (cut == std::string_view::npos || cut == 0) break;
      out.append(rest.substr(0, cut)).append("\n").append(left + 4, ' ');
      rest.remove_prefix(cut + 1);
    }
    out.append(rest).append("\n");
  }
}

std::string spelled(const CLI::Option& option, std::span<const OptionSpelling> spellings) {
  std::string text;
  for (const OptionSpelling& spelling : spellings)
    if (option.check_lname(std::string(spelling.option.substr(2)))) text += spelling.spelled;
  for (const std::string& name : option.get_snames())
    text.append(text.empty() ? "" : ", ").append("-" + name);
  for (const std::string& name : option.get_lnames())
    text.append(text.empty() ? "    " : ", ").append("--" + name);
  if (option.get_expected_min() > 0 && !option.get_type_name().empty())
    text.append(" ").append(option.get_type_name());
  return text;
}

using Options = std::vector<const CLI::Option*>;

Options options_of(const CLI::App& app, const std::function<bool(std::string_view group)>& wanted) {
  Options found;
  for (const CLI::Option* option : app.get_options())
    if (option->nonpositional() && !option->get_group().empty() && wanted(option->get_group()))
      found.push_back(option);
  return found;
}

Options options_in(const CLI::App& app, std::string_view group) {
  return options_of(app, [&](std::string_view one) { return one == group; });
}

Rows rows_of(const Options& options, std::span<const OptionSpelling> spellings = {}) {
  Rows rows;
  for (const CLI::Option* option : options)
    rows.emplace_back(spelled(*option, spellings), option->get_description());
  return rows;
}

std::string names_of(const Options& options) {
  std::string names;
  for (const CLI::Option* option : options)
    names.append(names.empty() ? "" : " ").append("--" + option->get_lnames().front());
  return names;
}

}  // namespace

std::string general_help(const CLI::App& global) {
  std::string out =
      "faasc turns a function and its faas.yaml into a virtual machine that boots in milliseconds.\n\nUsage: "
      "faasc COMMAND [options]\n";
  std::string_view group;
  Rows rows;
  auto flush = [&] {
    if (rows.empty()) return;
    out.append("\n").append(group).append(":\n");
    append_rows(out, rows);
    rows.clear();
  };
  for (const CommandEntry& command : command_table()) {
    if (command.group != group) flush();
    group = command.group;
    // Padded alike in all groups, so that they line up.
    std::string name(command.name);
    name.append(name.size() < 12 ? 12 - name.size() : 0, ' ');
    rows.emplace_back(std::move(name), command.help);
  }
  flush();
  out.append("\n").append(kGlobalOptionsGroup).append(":\n");
  append_rows(out, rows_of(options_in(global, kGlobalOptionsGroup)));
  out += "\n'faasc help COMMAND' says more about a command, 'faasc explain FAASC0120' about a message.\n";
  return out;
}

std::string group_help(const CommandEntry& command) {
  std::string name(command.name);
  std::string out = "faasc " + name + ": " + std::string(command.help) + "\n\nUsage: faasc " + name +
                    " COMMAND [options]\n\n";
  Rows rows;
  for (const CommandEntry& below : command.subcommands)
    rows.emplace_back(std::string(below.name.substr(command.name.size() + 1)) + "    ", below.help);
  append_rows(out, rows);
  out.append("\nExample:\n  ").append(command.example).append("\n");
  out += "\n'faasc help " + name + " COMMAND' says more about a command.\n";
  return out;
}

std::string command_help(const CommandEntry& command, const CLI::App& app) {
  std::string out = "faasc " + std::string(command.name) + ": " + std::string(command.help) +
                    "\n\nUsage: faasc " + std::string(command.name);
  const bool builds = command.name == "build";
  auto own = [&](std::string_view group) {
    return group != kGlobalOptionsGroup && (builds || group != kBuildOptionsGroup);
  };
  Rows options = rows_of(options_of(app, own), command.spellings);
  Rows positionals;
  if (!options.empty() || command.passes_arguments) out += " [options]";
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) continue;
    std::string name = option->get_type_name().empty() ? option->get_name() : option->get_type_name();
    std::string shown = option->get_expected_max() > 1 ? name + "..." : name;
    out.append(" ").append(option->get_required() ? shown : "[" + shown + "]");
    positionals.emplace_back(name, option->get_description());
  }
  out += "\n";
  if (!positionals.empty() || !options.empty()) out += "\n";
  append_rows(out, positionals);
  append_rows(out, options);
  if (!command.passes_arguments) {
    // By name only, so that a screen has room for the rest.
    Rows names;
    std::string of_builds = builds ? "" : names_of(options_in(app, kBuildOptionsGroup));
    out += "\n";
    if (!of_builds.empty()) {
      out += std::string(kBuildOptionsGroup) +
             " ('faasc help build'), options of every command ('faasc --help'):\n";
      names.emplace_back("", of_builds);
    } else {
      out += std::string(kGlobalOptionsGroup) + " ('faasc --help'):\n";
    }
    names.emplace_back("", names_of(options_in(app, kGlobalOptionsGroup)));
    append_rows(out, names);
  }
  out.append("\nExample:\n  ").append(command.example).append("\n");
  return out;
}

}  // namespace faasc
