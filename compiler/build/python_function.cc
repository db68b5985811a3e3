#include <algorithm>
#include <map>

#include "base/file.h"
#include "compiler/build/build_names.h"
#include "compiler/build/compiled_function.h"
#include "compiler/build/function_build.h"
#include "compiler/python/build.h"
#include "compiler/python/codes.h"
#include "compiler/python/interpreter.h"
#include "manifests/codes.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

// The files of `source`, relative to it.
std::vector<std::string> files_of(const Manifest& manifest, const ProjectListing& listing) {
  std::string source = fs::path(*manifest.source).lexically_normal().string();
  if (source == "." || source == "./") source.clear();
  if (!source.empty() && !source.ends_with('/')) source += '/';
  std::string manifest_name = manifest.path.filename().string();
  std::vector<std::string> files;
  for (const std::string& path : function_files(manifest, listing)) {
    if (!path.starts_with(source)) continue;
    std::string file = path.substr(source.size());
    if (file != manifest_name) files.push_back(std::move(file));
  }
  return files;
}

// Lines of the user's sources, for the carets of diagnostics.
class SourceLines {
 public:
  void complete(Diagnostic& finding) {
    if (!finding.place.file.empty() && finding.place.line > 0 && finding.line_text.empty())
      finding.line_text = line(finding.place);
    for (Diagnostic& note : finding.notes) complete(note);
  }

 private:
  std::string line(const SourcePlace& place) {
    auto [entry, added] = texts_.try_emplace(place.file);
    if (added)
      if (auto text = read_file(place.file, 1 << 24); text) entry->second = std::move(*text);
    std::string_view rest = entry->second;
    for (int i = 1; i < place.line && !rest.empty(); ++i)
      rest.remove_prefix(std::min(rest.find('\n'), rest.size() - 1) + 1);
    std::string line(rest.substr(0, rest.find('\n')));
    if (line.ends_with('\r')) line.pop_back();
    return line;
  }

  std::map<std::string, std::string> texts_;
};

// The file that the manifest names, or the first of the usual ones beside the sources and in the project.
fs::path requirements_of(const CompileJob& job) {
  const Manifest& manifest = job.manifest;
  const Located<std::string>& named = manifest.build.python.requirements;
  if (!named->empty()) return manifest.directory / *named;
  for (const char* name : {"requirements.txt", "pyproject.toml"})
    for (const fs::path& directory : {fs::path(*manifest.source), fs::path()}) {
      std::string path = (directory / name).lexically_normal().string();
      const EntryKind* kind = job.listing.find(path);
      if (kind && *kind == EntryKind::File) return manifest.directory / path;
    }
  return {};
}

PythonRequest request_of(const CompileJob& job) {
  const Manifest& manifest = job.manifest;
  const Manifest::PythonBuild& python = manifest.build.python;
  PythonRequest request;
  request.project_dir = manifest.directory;
  request.source = *manifest.source;
  request.files = files_of(manifest, job.listing);
  request.version = (*manifest.runtime)->version;
  if (request.version == "3") request.version.clear();
  fs::path source = (manifest.directory / *manifest.source).lexically_normal();
  request.wanted = {.handler = *manifest.handler,
                    .signature = std::string(name_of(*manifest.signature)),
                    .handler_place = manifest.handler.place,
                    .signature_place = manifest.signature.place,
                    .source = source.empty() ? "." : source.string(),
                    .lambda_flavoured =
                        *manifest.compat == Compat::Lambda || *manifest.http.lambda_event != LambdaEvent::Raw,
                    .sam_handlers = {},
                    .requires_framework = false};
  for (const char* name : {"template.yaml", "template.yml"})
    if (auto text = read_file(manifest.directory / name, 1 << 20); text) request.wanted.sam_handlers += *text;
  request.requirements = requirements_of(job);
  if (!python.wheels->empty()) request.wheels = manifest.directory / *python.wheels;
  request.index = *python.index;
  request.offline = job.offline;
  request.locked = job.locked;
  request.locked_place = manifest.build.locked.place;
  request.prune = *python.prune;
  for (const auto& module : python.include) request.include.push_back(*module);
  request.bytecode = *python.bytecode;
  using Level = PythonRequest::Lint;
  request.lint = job.family != KernelFamily::Nanos || *manifest.lint == Lint::Off ? Level::Off
                 : *manifest.lint == Lint::Strict                                 ? Level::Strict
                                                                                  : Level::Warn;
  request.work_dir = job.work_dir;
  request.installation = job.tools.python;
  request.steps = job.cache;
  return request;
}

// A finding where the manifest names a requirements file that is not there.
Result<void> find_requirements(const CompileJob& job, const PythonRequest& request) {
  const Manifest& manifest = job.manifest;
  const Located<std::string>& named = manifest.build.python.requirements;
  if (std::error_code error; named->empty() || fs::is_regular_file(request.requirements, error)) return {};
  job.diagnostics.add(manifest.finding(
      Severity::Error, kPythonRequirementsMissing, "there is no requirements file '" + *named + "'",
      named.place,
      "it is looked for in '" + manifest.directory.string() + "', the directory of the manifest"));
  return Error{.fault = Fault::Input,
               .code = kPythonRequirementsMissing,
               .what = "the function was not built",
               .during = {},
               .hint = {}};
}

// What a part of the build found, with the lines of the sources; and the error, where it is about a key.
void report(const CompileJob& job, const PythonRequest& request, const Diagnostics& found,
            const Error* error) {
  const Manifest& manifest = job.manifest;
  SourceLines lines;
  for (Diagnostic finding : found.all()) {
    lines.complete(finding);
    // A module that the manifest names has its place there.
    for (const auto& module : manifest.build.python.include)
      if (finding.code == kPythonModuleMissing && finding.place.file.empty() &&
          finding.message.ends_with("'" + *module + "'"))
        finding = manifest.finding(finding.severity, kPythonModuleMissing, finding.message, module.place,
                                   finding.hint);
    job.diagnostics.add(std::move(finding));
  }
  if (error && error->code == kPythonInterpreterMissing && manifest.runtime && manifest.runtime->written() &&
      !request.version.empty())
    job.diagnostics.add(manifest.finding(Severity::Error, kRuntimeVersion, error->what,
                                         manifest.runtime->place, error->hint));
}

}  // namespace

std::optional<std::string> python_question(const CompileJob& job) {
  const PythonRequest request = request_of(job);
  const auto candidates = python_candidates(PythonSearch::of_process(request.project_dir), request.version);
  if (candidates.empty()) return std::nullopt;
  std::string text = "python\n";
  bool complete = true;
  auto add = [&](std::string_view name, std::string_view value) {
    text.append(name).append(" ").append(std::to_string(value.size())).append(" ").append(value).append("\n");
  };
  auto add_file = [&](const std::string& name, const fs::path& file) {
    auto digest = job.cache->digests().of(full_path(file));
    complete = complete && digest;
    add(name, digest.value_or(""));
  };
  add("source", *job.manifest.source);
  add("version", request.version);
  add("handler", request.wanted.handler);
  add("signature", request.wanted.signature);
  add("lambda", request.wanted.lambda_flavoured ? "yes" : "no");
  add("sam", request.wanted.sam_handlers);
  add("requirements", request.requirements.empty() ? "" : full_path(request.requirements).string());
  add("wheels", request.wheels.empty() ? "" : full_path(request.wheels).string());
  add("index", request.index);
  add("prune", request.prune);
  for (const std::string& module : request.include) add("include", module);
  add("bytecode", request.bytecode ? "yes" : "no");
  add("lint", std::to_string(static_cast<int>(request.lint)));
  add("interpreter", candidates.front().string());
  add_file("interpreter", candidates.front());
  for (const fs::path& root :
       {request.installation.scripts, request.installation.runtime, request.installation.fallback})
    for (const fs::path& file : files_below(root))
      if (file.extension() != ".pyc") add_file(file.lexically_relative(root).string(), file);
  if (!request.requirements.empty()) add_file("requirements", request.requirements);
  for (const std::string& file : request.files) add_file(file, request.project_dir / request.source / file);
  if (!complete) return std::nullopt;
  return text;
}

Result<CompiledFunction> compile_python_function(const CompileJob& job) {
  PythonRequest request = request_of(job);
  FAASC_CHECK(find_requirements(job, request));
  BuildStep step(job.progress, "staging Python modules");
  Diagnostics found;
  auto built = build_python(request, found, [&](const std::string& what) { job.progress.note(what); });
  report(job, request, found, built ? nullptr : &built.error());
  if (!built) return std::move(built).error();
  step.done();
  job.progress.note("Python " + built->interpreter.version() + " of " +
                    built->interpreter.executable.string() + ", " + std::to_string(built->modules) +
                    " modules, " + std::to_string(built->compiled) + " compiled");
  return CompiledFunction{.function = std::move(built->function),
                          .program = std::move(built->program),
                          .debug_file = {},
                          .inputs = std::move(built->inputs)};
}

Result<PythonLock> lock_python_function(const CompileJob& job) {
  PythonRequest request = request_of(job);
  FAASC_CHECK(find_requirements(job, request));
  BuildStep step(job.progress, "resolving requirements");
  Diagnostics found;
  auto locked = lock_python(request, found, [&](const std::string& what) { job.progress.note(what); });
  report(job, request, found, locked ? nullptr : &locked.error());
  if (locked) step.done();
  return locked;
}

}  // namespace faasc
