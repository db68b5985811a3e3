#include "compiler/driver/commands.h"

namespace faasc {
namespace {

constexpr CommandEntry kCommands[] = {
    {"check", "Functions", "read faas.yaml and tell what is wrong with it", "faasc check shop",
     configure_check},
    {"version", "About faasc", "print the version", "faasc version", configure_version},
};

}  // namespace

std::span<const CommandEntry> command_table() {
  return kCommands;
}

const CommandEntry* find_command(std::string_view name) {
  for (const CommandEntry& command : kCommands) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

}  // namespace faasc
