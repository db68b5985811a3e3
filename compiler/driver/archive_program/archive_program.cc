#include "compiler/driver/archive_program/archive_program.h"

#include <cstdio>
#include <cstdlib>

#include <unistd.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "compiler/driver/archive_program/command_line.h"
#include "compiler/driver/archive_program/export_command.h"
#include "compiler/driver/archive_program/import_command.h"
#include "compiler/driver/archive_program/pack_command.h"

namespace faasc {
namespace {

Result<void> run(const std::vector<std::string>& arguments) {
  FAASC_TRY(ArchiveCommand command, parse_archive_command(arguments));
  if (const auto* help = std::get_if<ShowImageHelp>(&command))
    return write_all(Fd(::dup(STDOUT_FILENO)), help->text, "standard output");
  if (const auto* request = std::get_if<ExportImage>(&command)) return run_export(*request);
  if (const auto* request = std::get_if<PackImage>(&command)) return run_pack(*request);
  // <prefix>/libexec/faasc/faasc-archive
  FAASC_TRY(Installation installation, Installation::of_helper());
  return run_import(std::get<ImportArchive>(command), installation);
}

}  // namespace

int archive_program(const std::vector<std::string>& arguments) {
  auto done = run(arguments);
  if (done) return 0;
  bool color = ::isatty(STDERR_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  std::fputs(to_text(done.error(), color ? Color::On : Color::Off).c_str(), stderr);
  return exit_status(done.error().fault);
}

}  // namespace faasc
