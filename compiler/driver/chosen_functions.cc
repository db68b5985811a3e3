#include "compiler/driver/chosen_functions.h"

#include <set>

#include "manifests/workspace.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

// The workspace that `project` names, or is the directory of; empty where it is a function.
fs::path workspace_of(const fs::path& project) {
  std::error_code error;
  if (project.filename() == kWorkspaceFile) return project;
  if (!fs::is_directory(project, error) || fs::exists(project / "faas.yaml", error)) return {};
  fs::path file = project == "." ? fs::path(kWorkspaceFile) : project / kWorkspaceFile;
  return fs::exists(file, error) ? file : fs::path();
}

}  // namespace

Result<std::optional<ChosenFunctions>> choose_functions(Session& session,
                                                        const std::vector<std::string>& projects,
                                                        const TargetArguments& each) {
  ChosenFunctions chosen;
  std::vector<std::string> named = projects;
  if (named.empty()) named.push_back(each.project.manifest.empty() ? "." : "");
  std::set<fs::path> taken;
  auto take = [&](const fs::path& project) {
    std::error_code error;
    if (!taken.insert(fs::weakly_canonical(project, error)).second) return;
    BatchItem& item = chosen.items.emplace_back();
    item.arguments = each;
    item.arguments.project.project = project;
  };
  for (const std::string& project : named) {
    fs::path file = workspace_of(project);
    if (file.empty()) {
      take(project);
      continue;
    }
    chosen.several = true;
    Diagnostics diagnostics;
    FAASC_TRY(std::optional<Workspace> workspace, read_workspace(file, diagnostics));
    session.report(diagnostics);
    if (!workspace) return std::optional<ChosenFunctions>();
    for (const fs::path& manifest : workspace->manifests) take(manifest);
  }
  chosen.several = chosen.several || chosen.items.size() > 1;
  return std::optional(std::move(chosen));
}

}  // namespace faasc
