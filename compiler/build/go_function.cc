#include <algorithm>
#include <cstdlib>

#include <unistd.h>

#include "base/file.h"
#include "compiler/build/build_names.h"
#include "compiler/build/compiled_function.h"
#include "compiler/build/function_build.h"
#include "compiler/go/build.h"
#include "compiler/go/toolchain.h"

namespace faasc {
namespace {

GoRequest::Modules modules_of(GoModules modules) {
  switch (modules) {
    case GoModules::ReadOnly:
      return GoRequest::Modules::ReadOnly;
    case GoModules::Vendor:
      return GoRequest::Modules::Vendor;
    case GoModules::Auto:
      break;
  }
  return GoRequest::Modules::Auto;
}

GoRequest request_of(const CompileJob& job) {
  const Manifest& manifest = job.manifest;
  const Manifest::GoBuild& go = manifest.build.go;
  GoRequest request;
  request.project_dir = manifest.directory;
  request.source = *manifest.source;
  request.version = (*manifest.runtime)->version;
  if (go.package.written()) request.package = *go.package;
  for (const auto& tag : go.tags) request.tags.push_back(*tag);
  for (const auto& flag : go.ldflags) request.ldflags.push_back(*flag);
  request.goamd64 = *go.goamd64;
  request.cgo = *go.cgo;
  request.modules = modules_of(*go.modules);
  request.offline = job.offline;
  request.debuggable = job.debuggable;
  if (job.family == KernelFamily::Nanos && *manifest.lint != Lint::Off)
    request.lint = *manifest.lint == Lint::Strict ? GoRequest::Lint::Strict : GoRequest::Lint::Warn;
  request.architecture = job.architecture == "aarch64" ? "arm64" : "amd64";
  request.wanted = {.handler = *manifest.handler,
                    .signature = std::string(name_of(*manifest.signature)),
                    .package = {},
                    .handler_place = manifest.handler.place,
                    .signature_place = manifest.signature.place,
                    .package_place = go.package.place};
  request.work_dir = job.work_dir;
  request.jobs = static_cast<int>(job.jobs);
  request.installation = job.tools.go_runtime;
  return request;
}

bool is_for_go(std::string_view path) {
  for (std::string_view ending : {".go", ".s", ".S", ".c", ".h", ".syso", "go.mod", "go.sum", "go.work"})
    if (path.ends_with(ending)) return true;
  return false;
}

// The user's settings of Go, but for the places of its caches.
std::string settings_of_go() {
  std::vector<std::string> variables;
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string_view variable = *one;
    const std::string_view name = variable.substr(0, variable.find('='));
    const bool is_place = name == "GOCACHE" || name == "GOMODCACHE" || name == "GOPATH" ||
                          name == "GOTMPDIR" || name == "GOROOT";
    if ((name.starts_with("GO") || name.starts_with("CGO_")) && !is_place) variables.emplace_back(variable);
  }
  std::sort(variables.begin(), variables.end());
  std::string text;
  for (const std::string& variable : variables) text += variable + "\n";
  // What 'go env -w' wrote.
  auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::filesystem::path(value ? value : "");
  };
  std::filesystem::path file = variable("GOENV");
  if (file.empty() && !variable("XDG_CONFIG_HOME").empty()) file = variable("XDG_CONFIG_HOME") / "go/env";
  if (file.empty()) file = variable("HOME") / ".config/go/env";
  if (auto written = read_file(file)) text += *written;
  return text;
}

}  // namespace

std::optional<std::string> go_question(const CompileJob& job) {
  const GoRequest request = request_of(job);
  // With cgo, the host's C compiler, headers and libraries decide, too; a workspace is anywhere.
  if (request.cgo || std::getenv("GOWORK") != nullptr) return std::nullopt;
  auto toolchain = go::find_toolchain(request.version);
  if (!toolchain) return std::nullopt;
  std::string text = "go\n";
  bool complete = true;
  auto add = [&](std::string_view name, std::string_view value) {
    text.append(name).append(" ").append(std::to_string(value.size())).append(" ").append(value).append("\n");
  };
  auto add_file = [&](const std::string& name, const std::filesystem::path& file) {
    std::error_code error;
    auto digest = job.cache->digests().of(std::filesystem::absolute(file, error).lexically_normal());
    complete = complete && digest;
    add(name, digest.value_or(""));
  };
  add("source", request.source);
  add("package", request.package);
  for (const std::string& tag : request.tags) add("tag", tag);
  for (const std::string& flag : request.ldflags) add("ldflag", flag);
  add("goamd64", request.goamd64);
  add("modules", std::to_string(static_cast<int>(request.modules)));
  add("debuggable", request.debuggable ? "yes" : "no");
  add("lint", std::to_string(static_cast<int>(request.lint)));
  add("architecture", request.architecture);
  add("handler", request.wanted.handler);
  add("signature", request.wanted.signature);
  add("settings", settings_of_go());
  add_file("go", toolchain->program);
  add_file("version", toolchain->root / "VERSION");
  for (const std::filesystem::path& file : files_below(request.installation))
    add_file(file.lexically_relative(request.installation).string(), file);
  for (const auto& [path, kind] : job.listing.entries)
    if (is_for_go(path) && kind == EntryKind::File)
      add_file(path, job.manifest.directory / path);
    else if (kind == EntryKind::File)
      add("beside", path);  // which may be embedded by a pattern
  if (!complete) return std::nullopt;
  return text;
}

Result<CompiledFunction> compile_go_function(const CompileJob& job) {
  const Manifest& manifest = job.manifest;
  const GoRequest request = request_of(job);

  BuildStep step(job.progress, "compiling with Go");
  Diagnostics found;
  auto built = build_go(request, found, [&](const std::string& what) { job.progress.note(what); });
  for (Diagnostic finding : found.all()) {
    if (finding.place.file == manifest.path.string() && finding.line_text.empty())
      finding.line_text = manifest.finding(finding.severity, finding.code, "", finding.place).line_text;
    job.diagnostics.add(std::move(finding));
  }
  if (!built) return std::move(built).error();
  step.done();
  return CompiledFunction{.function = std::move(built->function),
                          .program = std::move(built->program),
                          .debug_file = built->debug_file,
                          .inputs = std::move(built->inputs)};
}

}  // namespace faasc
