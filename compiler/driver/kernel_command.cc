#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "compiler/driver/codes.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/session.h"

namespace faasc {

Action configure_kernel(CLI::App&) {
  return [](Session& session) -> Result<int> {
    // A program of its own, so that faasc need not load libcurl and libarchive.
    FAASC_TRY(Installation installation, Installation::find());
    FAASC_TRY(std::filesystem::path program, installation.program("faasc-kernel"));
    if (session.options().offline) ::setenv("FAASC_OFFLINE", "1", 1);

    // An option of every command; the two that have something to list take it as theirs.
    std::vector<std::string>& words = session.arguments;
    bool lists = !words.empty() && (words.front() == "list" || words.front() == "info");
    if (lists && session.options().format == ReportFormat::Json)
      words.insert(words.end(), {"--format", "json"});

    std::string name = program.string();
    std::vector<char*> argv{name.data()};
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
  };
}

}  // namespace faasc
