#include "compiler/driver/planned_build.h"

#include <nlohmann/json.hpp>

#include "compiler/build/build_plan.h"
#include "compiler/driver/build_cache.h"

namespace faasc {
namespace {

using Json = nlohmann::ordered_json;

// More files than one reads are told by their number.
constexpr std::size_t kShown = 6;

std::string list_of(const std::vector<std::string>& files, bool all) {
  std::string text;
  std::size_t shown = all || files.size() <= kShown + 1 ? files.size() : kShown;
  for (std::size_t i = 0; i < shown; ++i) text += (i ? ", " : "") + as_typed(files[i]);
  if (shown < files.size()) text += ", and " + std::to_string(files.size() - shown) + " more (-v names them)";
  return text;
}

std::string text_of(const BuildPlan& plan, bool verbose) {
  std::size_t count = 0, cached = 0;
  for (const PlannedStep& step : plan.steps) {
    count += step.runs ? 1 : 0;
    cached += step.cached ? 1 : 0;
  }
  std::string text =
      plan.function + " for " + plan.kernel + ": " +
      (count + cached == 0 ? "nothing to do"
                           : std::to_string(count) + " of " + std::to_string(plan.steps.size()) + " steps") +
      (cached == 0 ? "" : ", " + std::to_string(cached) + " from the cache") + "\n";
  for (const PlannedStep& step : plan.steps) {
    text += std::string(step.runs     ? "  run   "
                        : step.cached ? "  take  "
                                      : "  skip  ") +
            step.name + ": " + step.reason + "\n";
    if (!step.inputs.empty()) text += "        reads  " + list_of(step.inputs, verbose) + "\n";
    if (!step.outputs.empty()) text += "        writes " + list_of(step.outputs, verbose) + "\n";
    if (verbose && !step.command.empty()) text += "        $ " + step.command + "\n";
  }
  return text;
}

Json json_of(const BuildPlan& plan, const std::string& project) {
  Json steps = Json::array();
  for (const PlannedStep& step : plan.steps) {
    Json json{{"name", step.name},     {"runs", step.runs},     {"cached", step.cached},
              {"reason", step.reason}, {"inputs", step.inputs}, {"outputs", step.outputs}};
    if (!step.command.empty()) json["command"] = step.command;
    steps.push_back(std::move(json));
  }
  return {{"project", project},
          {"function", plan.function},
          {"image", plan.image.string()},
          {"kernel", plan.kernel},
          {"steps", std::move(steps)}};
}

}  // namespace

Result<int> print_plan(Session& session, const std::vector<BatchItem>& items) {
  Json plans = Json::array();
  FAASC_TRY(std::unique_ptr<StepCache> cache, open_build_cache(session));
  for (const BatchItem& item : items) {
    FAASC_TRY(std::optional<BuildPlan> plan, plan_target(session, item.arguments, cache.get()));
    if (!plan) continue;
    plans.push_back(json_of(*plan, name_of(item)));
    if (session.options().format == ReportFormat::Text)
      session.console().print(text_of(*plan, session.console().verbose()));
  }
  session.set_result("plan", plans.dump(-1, ' ', false, Json::error_handler_t::replace));
  return session.status();
}

}  // namespace faasc
