#include "compiler/build/planned_steps.h"

#include <cstdlib>

#include "compiler/build/program_cache.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

// A step that is one program's or one script's business, which looks at what it reads by itself.
PlannedStep whole(const PlanRequest& request, std::string name, fs::path output) {
  PlannedStep step;
  step.name = std::move(name);
  if (!output.empty()) step.outputs.push_back(output.string());
  const Manifest& manifest = request.job.manifest;
  fs::path source = fs::absolute(manifest.directory / *manifest.source).lexically_normal();
  if (request.last) {
    for (const std::string& input : request.last->inputs())
      if (input.starts_with(source.string())) step.inputs.push_back(input);
  } else {
    step.inputs.push_back(source.string());
  }
  step.runs = !request.stale.empty();
  step.reason = step.runs ? request.stale : "nothing that it reads changed";
  return step;
}

// The program of it may have been made before.
PlannedStep of_program(const PlanRequest& request, PlannedStep step) {
  if (!step.runs || !ProgramCache(request.job).knows()) return step;
  step.runs = false;
  step.cached = true;
  return step;
}

}  // namespace

Result<std::vector<PlannedStep>> plan_go_function(const PlanRequest& request) {
  return std::vector<PlannedStep>{
      of_program(request, whole(request, "compile with Go", request.job.work_dir / "function"))};
}

Result<std::vector<PlannedStep>> plan_python_function(const PlanRequest& request) {
  return std::vector<PlannedStep>{of_program(request, whole(request, "stage Python modules", {}))};
}

Result<std::vector<PlannedStep>> plan_binary_function(const PlanRequest& request) {
  PlannedStep step = whole(request, "find the libraries of '" + *request.job.manifest.handler + "'", {});
  step.inputs = {
      (request.job.manifest.directory / *request.job.manifest.handler).lexically_normal().string()};
  return std::vector<PlannedStep>{std::move(step)};
}

Result<std::vector<PlannedStep>> plan_language(const PlanRequest& request) {
  switch ((*request.job.manifest.runtime)->language) {
    case Language::Cpp:
      return plan_cpp_function(request);
    case Language::Go:
      return plan_go_function(request);
    case Language::Binary:
      return plan_binary_function(request);
    case Language::Python:
      return plan_python_function(request);
  }
  std::abort();
}

}  // namespace faasc
