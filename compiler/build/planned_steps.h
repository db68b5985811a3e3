#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "compiler/build/build_plan.h"
#include "compiler/build/build_record.h"
#include "compiler/build/compiled_function.h"

namespace faasc {

// What plan_function asks of each language: the steps before the image is written. `last` is the record of
// the last build, where there is one; `stale` says why it does not hold, empty where it does.

struct PlanRequest {
  const CompileJob& job;
  const std::optional<BuildRecord>& last;
  const std::string& stale;
};

Result<std::vector<PlannedStep>> plan_cpp_function(const PlanRequest& request);
Result<std::vector<PlannedStep>> plan_go_function(const PlanRequest& request);
Result<std::vector<PlannedStep>> plan_binary_function(const PlanRequest& request);
Result<std::vector<PlannedStep>> plan_python_function(const PlanRequest& request);

/// The one for the manifest's language.
Result<std::vector<PlannedStep>> plan_language(const PlanRequest& request);

}  // namespace faasc
