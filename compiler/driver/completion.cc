#include "compiler/driver/completion.h"

#include <deque>
#include <set>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "compiler/driver/command.h"
#include "compiler/driver/global_options.h"

namespace faasc {
namespace {

struct CompletedOption {
  std::string long_name, short_name;  // without dashes; empty: none
  std::string help;
  bool takes_value = false;
  std::vector<std::string> choices;  // of the value
};

struct CompletedCommand {
  const CommandEntry* entry = nullptr;
  std::vector<CompletedOption> options;
  std::vector<std::string> words;
};

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    std::size_t end = text.find(separator);
    if (end != 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return parts;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out.append(out.empty() ? "" : " ").append(word);
  return out;
}

std::vector<CompletedCommand> completed_commands() {
  std::vector<CompletedCommand> commands;
  for (const CommandEntry& entry : command_table()) {
    CompletedCommand command{.entry = &entry};
    command.words = split(entry.words, ' ');
    if (!entry.passes_arguments) {
      CLI::App app;
      GlobalArguments arguments;
      add_global_options(app, arguments);
      std::vector<Action> actions;  // they own what the options are stored in
      std::deque<CLI::App> apps;    // one for each command below, whose options stand together
      std::vector<CLI::Option*> options = app.get_options();
      if (entry.configure) actions.push_back(entry.configure(app)), options = app.get_options();
      for (const CommandEntry& below : entry.subcommands) {
        if (below.passes_arguments) continue;
        actions.push_back(below.configure(apps.emplace_back()));
        for (CLI::Option* option : apps.back().get_options()) options.push_back(option);
      }
      std::set<std::string> seen;
      for (const CLI::Option* option : options) {
        if (!option->nonpositional() || option->get_group().empty()) continue;
        if (!seen.insert(option->get_name()).second) continue;
        CompletedOption one{.help = option->get_description(), .takes_value = option->get_expected_min() > 0};
        if (!option->get_lnames().empty()) one.long_name = option->get_lnames().front();
        if (!option->get_snames().empty()) one.short_name = option->get_snames().front();
        // A value's name of the shape "a|b" lists all there is.
        std::string type = option->get_type_name();
        if (one.takes_value && type.find('|') != std::string::npos) one.choices = split(type, '|');
        command.options.push_back(std::move(one));
      }
    }
    commands.push_back(std::move(command));
  }
  return commands;
}

std::vector<std::string> names_of(const std::vector<CompletedCommand>& commands) {
  std::vector<std::string> names;
  for (const CompletedCommand& command : commands) names.emplace_back(command.entry->name);
  return names;
}

// Within single quotes of any of the three shells.
std::string shell_text(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\'') continue;
    out += c;
  }
  return out;
}

// A description within '[…]' of zsh's _arguments.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (char c : shell_text(text)) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string bash_completion() {
  std::vector<CompletedCommand> commands = completed_commands();
  std::string cases, values;
  for (const CompletedCommand& command : commands) {
    std::vector<std::string> options;
    for (const CompletedOption& option : command.options) {
      if (!option.long_name.empty()) options.push_back("--" + option.long_name);
    }
    cases.append("    ")
        .append(command.entry->name)
        .append(") options='")
        .append(joined(options))
        .append("' words='");
    cases.append(joined(command.words)).append("' ;;\n");
    for (const CompletedOption& option : command.options) {
      if (option.choices.empty()) continue;
      values.append("    ")
          .append(command.entry->name)
          .append(":--")
          .append(option.long_name)
          .append(") COMPREPLY=($(compgen -W '");
      values.append(joined(option.choices)).append("' -- \"$current\")); return ;;\n");
    }
  }
  return "# bash completion of faasc; load it with: source <(faasc completion bash)\n"
         "_faasc() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command= at=0 i "
         "options= words=\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    case ${COMP_WORDS[i]} in\n"
         "      --color|--format|--diagnostics-file) ((i++)) ;;\n"
         "      -*) ;;\n"
         "      *) command=${COMP_WORDS[i]}; at=$i; break ;;\n"
         "    esac\n"
         "  done\n"
         "  if [[ -z $command || ($command == help && $COMP_CWORD -eq $((at + 1))) ]]; then\n"
         "    COMPREPLY=($(compgen -W '" +
         joined(names_of(commands)) +
         " help --help --version' -- \"$current\"))\n"
         "    return\n"
         "  fi\n"
         "  case $command:$previous in\n" +
         values +
         "  esac\n"
         "  case $command in\n" +
         cases +
         "  esac\n"
         "  if [[ $current == -* ]]; then\n"
         "    COMPREPLY=($(compgen -W \"$options\" -- \"$current\"))\n"
         "  elif [[ -n $words && $COMP_CWORD -eq $((at + 1)) ]]; then\n"
         "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
         "  else\n"
         "    compopt -o filenames 2>/dev/null\n"
         "    mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
         "  fi\n"
         "}\n"
         "complete -F _faasc faasc\n";
}

std::string zsh_completion() {
  std::vector<CompletedCommand> commands = completed_commands();
  std::string list, cases;
  for (const CompletedCommand& command : commands) {
    list.append("    '")
        .append(command.entry->name)
        .append(":")
        .append(zsh_text(command.entry->help))
        .append("'\n");
    cases.append("    ").append(command.entry->name).append(")\n      _arguments");
    for (const CompletedOption& option : command.options) {
      std::string tail = "[" + zsh_text(option.help) + "]";
      if (option.takes_value) {
        tail += option.choices.empty() ? ":value:_files" : ":value:(" + joined(option.choices) + ")";
      }
      if (!option.long_name.empty())
        cases.append(" '--" + option.long_name + (option.takes_value ? "=" : "") + tail + "'");
      if (!option.short_name.empty()) cases.append(" '-" + option.short_name + tail + "'");
    }
    if (!command.words.empty()) cases.append(" '1:word:(" + joined(command.words) + ")'");
    cases.append(" '*:file:_files' ;;\n");
  }
  return "#compdef faasc\n"
         "# zsh completion of faasc; put it into a directory of $fpath as _faasc\n"
         "_faasc() {\n"
         "  local -a commands\n"
         "  commands=(\n" +
         list +
         "    'help:tell more about a command'\n"
         "  )\n"
         "  if ((CURRENT == 2)); then\n"
         "    _describe command commands\n"
         "    return\n"
         "  fi\n"
         "  local command=$words[2]\n"
         "  shift words\n"
         "  ((CURRENT--))\n"
         "  case $command in\n" +
         cases +
         "    help) _describe command commands ;;\n"
         "  esac\n"
         "}\n"
         "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then\n"
         "  _faasc \"$@\"\n"
         "else\n"
         "  compdef _faasc faasc\n"
         "fi\n";
}

std::string fish_completion() {
  std::vector<CompletedCommand> commands = completed_commands();
  std::string names = joined(names_of(commands));
  std::string out =
      "# fish completion of faasc; load it with: faasc completion fish | source\n"
      "set -l commands " +
      names + " help\n";
  auto line = [&](std::string_view condition, const std::string& rest) {
    out.append("complete -c faasc -n '").append(condition).append("' ").append(rest).append("\n");
  };
  for (const CompletedCommand& command : commands) {
    line("__fish_use_subcommand",
         "-f -a " + std::string(command.entry->name) + " -d '" + shell_text(command.entry->help) + "'");
  }
  line("__fish_use_subcommand", "-f -a help -d 'tell more about a command'");
  line("__fish_seen_subcommand_from help", "-f -a \"$commands\"");
  for (const CompletedCommand& command : commands) {
    std::string condition = "__fish_seen_subcommand_from " + std::string(command.entry->name);
    if (!command.words.empty()) line(condition, "-f -a '" + joined(command.words) + "'");
    for (const CompletedOption& option : command.options) {
      std::string rest;
      if (!option.long_name.empty()) rest += "-l " + option.long_name + " ";
      if (!option.short_name.empty()) rest += "-s " + option.short_name + " ";
      if (option.takes_value)
        rest += option.choices.empty() ? "-r " : "-x -a '" + joined(option.choices) + "' ";
      line(condition, rest + "-d '" + shell_text(option.help) + "'");
    }
  }
  return out;
}

}  // namespace faasc
