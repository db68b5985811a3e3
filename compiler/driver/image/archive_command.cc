#include <cerrno>
#include <csignal>
#include <cstring>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "compiler/driver/codes.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/session.h"

namespace faasc {
namespace {

// A program of its own, so that faasc need not load libarchive.
Result<int> run_archive_program(Session& session, const char* command) {
  FAASC_TRY(Installation installation, Installation::find());
  FAASC_TRY(std::filesystem::path program, installation.program("faasc-archive"));
  std::string name = program.string(), word = command;
  std::vector<char*> argv{name.data(), word.data()};
  for (std::string& argument : session.arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  // What is ignored stays ignored across exec.
  ::signal(SIGPIPE, SIG_DFL);
  ::signal(SIGXFSZ, SIG_DFL);
  ::execv(name.c_str(), argv.data());
  return Error{.fault = Fault::Missing,
               .code = kIncompleteInstallation,
               .what = "cannot start '" + name + "': " + std::strerror(errno),
               .hint = "build everything or install faasc again"};
}

}  // namespace

Action configure_image_export(CLI::App&) {
  return [](Session& session) { return run_archive_program(session, "export"); };
}

Action configure_image_import(CLI::App&) {
  return [](Session& session) { return run_archive_program(session, "import"); };
}

}  // namespace faasc
