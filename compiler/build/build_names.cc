#include "compiler/build/build_names.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include <nlohmann/json.hpp>

#include "base/file_stamp.h"
#include "compiler/build/function_build.h"
#include "compiler/cpp/protocol.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

// The project as the user named it, which is how places begin.
constexpr std::string_view kTyped = "{faasc:typed}/";

template <typename Change>
void change_places(Diagnostic& diagnostic, const Change& change) {
  change(diagnostic.place.file);
  for (Diagnostic& note : diagnostic.notes) change_places(note, change);
  for (Fix& fix : diagnostic.fixes) change(fix.place.file);
}

// Where Go keeps modules, which has another place in every home.
fs::path module_cache() {
  auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return fs::path(value ? value : "");
  };
  if (fs::path own = variable("GOMODCACHE"); !own.empty()) return own;
  if (std::string paths = variable("GOPATH").string(); !paths.empty())
    return fs::path(paths.substr(0, paths.find(':'))) / "pkg/mod";
  if (fs::path home = variable("HOME"); !home.empty()) return home / "go/pkg/mod";
  return {};
}

}  // namespace

fs::path full_path(const fs::path& path) {
  return fs::absolute(path).lexically_normal();
}

bool is_below(const fs::path& path, const fs::path& directory) {
  fs::path inside = path.lexically_relative(directory);
  return !inside.empty() && *inside.begin() != "..";
}

std::vector<fs::path> files_below(const fs::path& directory) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error))
    if (entry->is_regular_file(error)) files.push_back(entry->path());
  std::sort(files.begin(), files.end());
  return files;
}

BuildNames::BuildNames(const Manifest& manifest, const BuildTools& tools, const fs::path& work_dir,
                       const StepCache& cache)
    : typed_(manifest.directory),
      project_(full_path(manifest.directory.empty() ? "." : manifest.directory)),
      work_(work_dir),
      shared_(cache.shared_directory()) {
  while (!project_.has_filename() && project_ != project_.root_path()) project_ = project_.parent_path();
  paths_.add("project", project_);
  paths_.add("work", work_);
  paths_.add("programs", tools.cxx.parent_path());
  paths_.add("shared", tools.go_runtime.parent_path());
  paths_.add("include", tools.runtime_headers);
  paths_.add("library", tools.linux_init.parent_path().parent_path());
  paths_.add("cache", shared_);
  if (fs::path modules = module_cache(); modules.is_absolute()) paths_.add("modules", modules);
}

std::string BuildNames::said_text(Function function, std::vector<Diagnostic> diagnostics) const {
  auto from_typed = [&](std::string& file) {
    if (file.empty()) return;
    const fs::path path = full_path(file);
    if (is_below(path, project_)) file = std::string(kTyped) + path.lexically_relative(project_).string();
  };
  for (Diagnostic& diagnostic : diagnostics) change_places(diagnostic, from_typed);
  from_typed(function.file);
  cpp::CompileAnswer said;
  said.diagnostics = std::move(diagnostics);
  const Json json = {{"language", function.language},
                     {"handler", function.handler},
                     {"kind", function.kind},
                     {"file", function.file},
                     {"line", function.line},
                     {"reason", function.reason},
                     {"diagnostics", cpp::to_json(said)}};
  return paths_.json_with_names(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

bool BuildNames::read_said(std::string_view text, Function& function,
                           std::vector<Diagnostic>& diagnostics) const {
  auto as_typed = [&](std::string& file) {
    if (file.starts_with(kTyped)) file = (typed_ / file.substr(kTyped.size())).lexically_normal().string();
  };
  Json json = Json::parse(paths_.json_with_paths(text), nullptr, false);
  try {
    function = {.language = json.at("language"),
                .handler = json.at("handler"),
                .kind = json.at("kind"),
                .file = json.at("file"),
                .line = json.at("line"),
                .reason = json.at("reason")};
    as_typed(function.file);
    auto said = cpp::compile_answer_from_json(json.at("diagnostics").get<std::string>());
    if (!said) return false;
    diagnostics = std::move(said->diagnostics);
  } catch (const Json::exception&) {
    return false;
  }
  for (Diagnostic& diagnostic : diagnostics) change_places(diagnostic, as_typed);
  return true;
}

bool BuildNames::is_made(const fs::path& file) const {
  return is_below(file, work_) || is_below(file, shared_);
}

StepInputs BuildNames::inputs(const std::vector<fs::path>& read, const ProjectListing& listing) const {
  std::set<fs::path> walked;
  for (const std::string& directory : listing.walked) {
    fs::path path = (project_ / directory).lexically_normal();
    walked.insert(path.has_filename() ? path : path.parent_path());
  }
  StepInputs inputs;
  std::error_code error;
  for (const fs::path& input : read) {
    fs::path path = full_path(input);
    if (!path.has_filename()) path = path.parent_path();
    if (is_below(path, work_)) continue;
    const bool exists = stamp_of(path).exists();
    if (!exists) {
      inputs.absent.push_back(path);
    } else if (fs::is_directory(path, error)) {
      if (!walked.contains(path)) inputs.directories.push_back(path);
    } else if (is_below(path, shared_)) {
      inputs.own.push_back(path);  // what was resolved just now
    } else {
      inputs.files.push_back(path);
    }
  }
  return inputs;
}

std::vector<fs::path> BuildNames::all_of(const StepInputs& inputs) {
  std::vector<fs::path> all;
  for (const auto* paths : {&inputs.files, &inputs.own, &inputs.directories, &inputs.absent})
    all.insert(all.end(), paths->begin(), paths->end());
  return all;
}

}  // namespace faasc
