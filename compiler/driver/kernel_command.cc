#include <cstdlib>

#include <CLI/CLI.hpp>

#include "compiler/driver/commands.h"
#include "compiler/driver/companion_program.h"
#include "compiler/driver/session.h"

namespace faasc {

Action configure_kernel(CLI::App&) {
  return [](Session& session) -> Result<int> {
    if (session.options().offline) ::setenv("FAASC_OFFLINE", "1", 1);
    // An option of every command; the two that have something to list take it as theirs.
    std::vector<std::string> words = session.arguments;
    bool lists = !words.empty() && (words.front() == "list" || words.front() == "info");
    if (lists && session.options().format == ReportFormat::Json)
      words.insert(words.end(), {"--format", "json"});
    return become_companion("faasc-kernel", std::move(words));
  };
}

}  // namespace faasc
