#include "compiler/driver/commands.h"

namespace faasc {
namespace {

constexpr CommandEntry kCommands[] = {
    {"init", "Functions", "begin a project from a template or another tool's file",
     "faasc init shop --template cpp-http", configure_init},
    {"build", "Functions", "make a bootable image of a function", "faasc build shop -o shop.img",
     configure_build},
    {"run", "Functions", "boot a function and keep it running", "faasc run shop -p 8080:8080", configure_run},
    {"invoke", "Functions", "boot a function, call it once, print the answer",
     "faasc invoke shop --data '{\"id\": 7}'", configure_invoke},
    {"test", "Functions", "boot a function and run the tests of its manifest",
     "faasc test shop --junit report.xml", configure_test},
    {"check", "Functions", "read faas.yaml and tell what is wrong with it", "faasc check shop",
     configure_check},
    {"inspect", "Functions", "show what was decided about a function, and what is in its image",
     "faasc inspect shop --why /lib/x86_64-linux-gnu/libm.so.6", configure_inspect},
    {"clean", "Functions", "remove what builds have written", "faasc clean shop", configure_clean},
    {.name = "kernel",
     .group = "Kernels",
     .help = "list, pull, add and remove the kernels that images boot",
     .example = "faasc kernel pull nanos",
     .configure = configure_kernel,
     .passes_arguments = true,
     .words = "list info verify add pull remove"},
    {"doctor", "About faasc", "look at what this host has for building and running functions", "faasc doctor",
     configure_doctor},
    {"explain", "About faasc", "say more about the code of a message", "faasc explain FAASC0120",
     configure_explain},
    {.name = "completion",
     .group = "About faasc",
     .help = "print a script that completes faasc's command line in a shell",
     .example = "source <(faasc completion bash)",
     .configure = configure_completion,
     .words = "bash zsh fish"},
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
