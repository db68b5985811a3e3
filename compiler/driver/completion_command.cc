#include <memory>

#include <CLI/CLI.hpp>

#include "compiler/driver/codes.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/completion.h"
#include "compiler/driver/session.h"

namespace faasc {

Action configure_completion(CLI::App& app) {
  auto shell = std::make_shared<std::string>();
  app.add_option("shell", *shell, "bash, zsh or fish")->type_name("SHELL")->required();
  return [shell](Session& session) -> Result<int> {
    if (*shell == "bash") {
      session.console().print(bash_completion());
    } else if (*shell == "zsh") {
      session.console().print(zsh_completion());
    } else if (*shell == "fish") {
      session.console().print(fish_completion());
    } else {
      return Error{.fault = Fault::Usage,
                   .code = kBadCommandLine,
                   .what = "there is no completion for '" + *shell + "'",
                   .hint = "it may be bash, zsh or fish"};
    }
    return 0;
  };
}

}  // namespace faasc
