#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "compiler/driver/session.h"
#include "compiler/driver/target.h"

namespace faasc {

/// The functions that a command line names.
struct ChosenFunctions {
  std::vector<BatchItem> items;
  bool several = false;  ///< were asked for, however many there are
};

/// What is typed after a command that takes several functions: each a project, or a workspace, whose
/// functions it stands for; without one the working directory, be it a project's or a workspace's. What is
/// named twice comes once. `each` says how every one is built. Nothing where a workspace has errors, which
/// were reported.
Result<std::optional<ChosenFunctions>> choose_functions(Session& session,
                                                        const std::vector<std::string>& projects,
                                                        const TargetArguments& each);

}  // namespace faasc
