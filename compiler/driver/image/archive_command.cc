#include <CLI/CLI.hpp>

#include "compiler/driver/commands.h"
#include "compiler/driver/companion_program.h"
#include "compiler/driver/session.h"

namespace faasc {
namespace {

Result<int> run_archive_program(Session& session, const char* command) {
  std::vector<std::string> arguments = session.arguments;
  arguments.insert(arguments.begin(), command);
  return become_companion("faasc-archive", std::move(arguments));
}

}  // namespace

Action configure_image_export(CLI::App&) {
  return [](Session& session) { return run_archive_program(session, "export"); };
}

Action configure_image_import(CLI::App&) {
  return [](Session& session) { return run_archive_program(session, "import"); };
}

}  // namespace faasc
