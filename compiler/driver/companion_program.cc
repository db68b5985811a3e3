#include "compiler/driver/companion_program.h"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <unistd.h>

#include "compiler/driver/codes.h"
#include "compiler/driver/installation.h"

namespace faasc {

Error become_companion(std::string_view program, std::vector<std::string> arguments) {
  auto installation = Installation::find();
  if (!installation) return std::move(installation).error();
  auto path = installation->program(program);
  if (!path) return std::move(path).error();
  std::string name = path->string();
  std::vector<char*> argv{name.data()};
  for (std::string& argument : arguments) argv.push_back(argument.data());
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

}  // namespace faasc
