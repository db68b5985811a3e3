#include <CLI/CLI.hpp>

#include "compiler/driver/commands.h"
#include "compiler/driver/session.h"
#include "compiler/driver/version.h"

namespace faasc {

Action configure_version(CLI::App&) {
  return [](Session& session) -> Result<int> {
    session.set_result("version", "\"" + std::string(kVersion) + "\"");
    if (session.options().format != ReportFormat::Json)
      session.console().print("faasc " + std::string(kVersion) + "\n");
    return 0;
  };
}

}  // namespace faasc
