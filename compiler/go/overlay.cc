#include "compiler/go/overlay.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "compiler/go/framework_paths.h"
#include "compiler/go/generated_main.h"

namespace faasc::go {

namespace fs = std::filesystem;

namespace {

bool is_framework(const Import& one) {
  return one.path == kFunctionsPath || one.path == kFuncframeworkPath;
}

std::vector<const Package*> all_packages(const Facts& facts) {
  std::vector<const Package*> all;
  for (const auto* list : {&facts.packages, &facts.imported})
    for (const Package& one : *list) all.push_back(&one);
  return all;
}

std::string join(const std::string& path, const std::string& more) {
  return more.empty() || more == "." ? path : path + "/" + more;
}

}  // namespace

std::string with_runtime_imports(const std::string& text, const File& file, const std::string& runtime) {
  std::string out;
  std::size_t at = 0;
  for (const Import& one : file.imports) {
    if (!is_framework(one) || one.offset < at || one.offset + one.length > text.size()) continue;
    out.append(text, at, one.offset - at);
    if (!one.named) out.append(one.path.substr(one.path.rfind('/') + 1)).append(" ");
    out.append("\"").append(runtime).append("\"");
    at = one.offset + one.length;
  }
  return out.append(text, at);
}

Result<Overlay> plan_overlay(const OverlayRequest& request) {
  const Package& package = request.facts.packages[request.chosen.package];
  std::string runtime = request.module.path + "/" + kOverlayDirectory + "/faasrt";
  Overlay overlay;

  std::error_code error;
  fs::path runtime_place = request.module.root / kOverlayDirectory / "faasrt";
  for (fs::directory_iterator entry(request.runtime_dir, error), end; !error && entry != end;
       entry.increment(error)) {
    std::string name = entry->path().filename().string();
    if (name.ends_with(".go") && !name.ends_with("_test.go"))
      overlay.installed[runtime_place / name] = entry->path();
  }
  if (error) return io_error("read", request.runtime_dir, error.value());

  // From the module's root to the package.
  fs::path place = (request.directory / package.directory).lexically_normal();
  if (!place.has_filename()) place = place.parent_path();
  std::string inside = place.lexically_relative(request.module.root).generic_string();
  MainRequest main{.chosen = request.chosen,
                   .package_name = package.name,
                   .has_main = package.main.has_value(),
                   .package_path = join(request.module.path, inside),
                   .runtime_path = runtime};
  const std::vector<const Package*> packages = all_packages(request.facts);
  for (const Package* one : packages)
    for (const File& file : one->files)
      for (const Import& import : file.imports) {
        main.has_metadata = main.has_metadata || import.path == kMetadataPath;
        main.handles_signals = main.handles_signals || import.path == "os/signal";
      }

  if (package.name == "main") {
    if (std::string boot = boot_source(main); !boot.empty())
      overlay.generated[place / "zz_faasc_boot.go"] = boot;
    overlay.target = inside == "." ? "." : "./" + inside;
  } else {
    // Below the package, so that it may lie below an internal/ directory.
    overlay.generated[place / kOverlayDirectory / "main" / "main.go"] = main_source(main);
    overlay.target = "./" + (inside == "." ? "" : inside + "/") + kOverlayDirectory + "/main";
  }

  bool own_program = request.chosen.shape == Shape::OwnMain || request.chosen.shape == Shape::LambdaMain;
  if (own_program) return overlay;
  for (const Package* one : packages)
    for (const File& file : one->files) {
      if (std::none_of(file.imports.begin(), file.imports.end(), is_framework)) continue;
      FAASC_TRY(std::string text, read_file(request.directory / file.name));
      overlay.generated[(request.directory / file.name).lexically_normal()] =
          with_runtime_imports(text, file, runtime);
    }
  return overlay;
}

Result<fs::path> write_overlay(const Overlay& overlay, const fs::path& work_dir) {
  nlohmann::json replace = nlohmann::json::object();
  for (const auto& [place, file] : overlay.installed) replace[place.string()] = file.string();
  int number = 0;
  FAASC_CHECK(make_directories(work_dir / "overlay"));
  for (const auto& [place, text] : overlay.generated) {
    fs::path file = work_dir / "overlay" / (std::to_string(number++) + "_" + place.filename().string());
    FAASC_TRY(bool changed, write_file_if_changed(file, text));
    static_cast<void>(changed);
    replace[place.string()] = file.string();
  }
  fs::path list = work_dir / "overlay.json";
  FAASC_TRY(bool changed, write_file_if_changed(list, nlohmann::json{{"Replace", replace}}.dump(1) + "\n"));
  static_cast<void>(changed);
  return list;
}

}  // namespace faasc::go
