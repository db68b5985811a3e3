#include <cstdlib>
#include <string_view>

#include "base/process.h"
#include "compiler/build/compiled_function.h"
#include "compiler/build/function_build.h"
#include "compiler/build/planned_steps.h"
#include "compiler/cpp/build.h"
#include "compiler/cpp/cmake_project.h"
#include "compiler/cpp/codes.h"
#include "compiler/cpp/compile_question.h"

namespace faasc {
namespace {

bool is_c_family(std::string_view path) {
  for (std::string_view ending :
       {".c", ".cc", ".cpp", ".cxx", ".C", ".h", ".hh", ".hpp", ".hxx", ".inc", ".ipp"})
    if (path.ends_with(ending)) return true;
  return false;
}

// The program that is to start the compiler; empty where there is to be none. One that may reach other hosts
// is not used offline.
std::string launcher_of(const CompileJob& job) {
  const std::string& launcher = *job.manifest.build.cpp.launcher;
  return launcher == "none" || job.offline ? std::string() : launcher;
}

Result<void> find_launcher(const CompileJob& job) {
  const Located<std::string>& named = job.manifest.build.cpp.launcher;
  if (*named != "none" && job.offline)
    job.progress.note("compiling without '" + *named + "', which may reach other hosts: --offline");
  const std::string launcher = launcher_of(job);
  if (launcher.empty() || find_program(launcher)) return {};
  job.diagnostics.add(job.manifest.finding(
      Severity::Error, kCppLauncherMissing, "launcher '" + launcher + "' is not installed", named.place,
      "install it (apt install " + launcher + "), or leave 'launcher' out to compile without it"));
  return Error{.fault = Fault::Missing,
               .code = kCppLauncherMissing,
               .what = "the function was not built",
               .during = {},
               .hint = {}};
}

Result<CMakeProject> read_cmake(const CompileJob& job, int standard) {
  const Located<CMakeTarget>& cmake = *job.manifest.build.cpp.cmake;
  CMakeRequest request;
  request.project_dir = job.manifest.directory;
  request.directory = *cmake->directory;
  request.target = *cmake->target;
  request.directory_place = cmake->directory.written() ? cmake->directory.place : cmake.place;
  request.target_place = cmake->target.written() ? cmake->target.place : cmake.place;
  request.standard = standard;
  request.work_dir = job.work_dir;
  request.jobs = static_cast<int>(job.jobs);
  request.offline = job.offline;
  request.launcher = launcher_of(job);
  std::vector<std::filesystem::path> files;
  for (const auto& [path, kind] : job.listing.entries)
    if (kind == EntryKind::File && is_c_family(path)) {
      request.file_names += path + '\n';
      files.push_back(job.manifest.directory / path);
    }
  Diagnostics found;
  BuildStep step(job.progress, "asking CMake for '" + request.target + "'");
  auto project =
      read_cmake_project(request, found, [&](const std::string& what) { job.progress.note(what); });
  for (Diagnostic finding : found.all()) {
    finding.line_text = job.manifest.finding(finding.severity, finding.code, "", finding.place).line_text;
    job.diagnostics.add(std::move(finding));
  }
  if (!project) return std::move(project).error();
  step.done();
  // Only CMake knows what its own libraries are made of: any of these may be part of one.
  if (project->has_built_parts) project->inputs.insert(project->inputs.end(), files.begin(), files.end());
  return project;
}

// Without the sources.
CppRequest request_of(const CompileJob& job) {
  const Manifest& manifest = job.manifest;
  const Manifest::CppBuild& cpp = manifest.build.cpp;
  CppRequest request;
  request.project_dir = manifest.directory;

  bool version_written = manifest.runtime && !(*manifest.runtime)->version.empty() && !cpp.standard.written();
  request.standard =
      std::atoi(version_written ? (*manifest.runtime)->version.c_str() : cpp.standard->c_str());
  auto copy = [](const std::vector<Located<std::string>>& from, std::vector<std::string>& to) {
    for (const auto& item : from) to.push_back(*item);
  };
  copy(cpp.includes, request.includes);
  copy(cpp.defines, request.defines);
  copy(cpp.flags, request.flags);
  copy(cpp.link, request.link);
  request.wanted = {.handler = *manifest.handler,
                    .signature = std::string(name_of(*manifest.signature)),
                    .handler_place = manifest.handler.place,
                    .signature_place = manifest.signature.place};
  request.name = *manifest.name;
  request.version = *manifest.version;
  if (job.family == KernelFamily::Nanos && *manifest.lint != Lint::Off)
    request.lint = *manifest.lint == Lint::Strict ? CppLint::Strict : CppLint::Warn;
  request.serve_openapi = *manifest.http.openapi;
  request.work_dir = job.work_dir;
  request.jobs = static_cast<int>(job.jobs);
  request.cache = job.cache;
  request.launcher = launcher_of(job);
  request.installation = {.compiler = job.tools.cxx,
                          .include_dir = job.tools.runtime_headers,
                          .runtime_library = job.tools.runtime_library};
  return request;
}

}  // namespace

Result<std::vector<PlannedStep>> plan_cpp_function(const PlanRequest& asked) {
  const CompileJob& job = asked.job;
  CppRequest request = request_of(job);
  std::vector<PlannedStep> steps;
  if (job.manifest.build.cpp.cmake) {
    PlannedStep& step = steps.emplace_back();
    step.name = "ask CMake for '" + *(*job.manifest.build.cpp.cmake)->target + "', and compile what it names";
    step.runs = !asked.stale.empty();
    step.reason = step.runs ? asked.stale : "nothing that it reads changed";
    return steps;
  }
  request.sources = cpp_sources(job.manifest, job.listing);
  FAASC_TRY(std::vector<cpp::PlannedUnit> units, cpp::plan_cpp(request));
  for (cpp::PlannedUnit& unit : units) {
    PlannedStep& step = steps.emplace_back();
    step.name = unit.source.empty() ? "link" : "compile " + unit.source;
    step.inputs = std::move(unit.inputs);
    step.outputs.push_back(unit.object.string());
    step.command = std::move(unit.command);
    // Where the build has nothing to do, it does not come to looking at each source.
    step.runs = !asked.stale.empty() && !unit.reason.empty();
    step.reason = step.runs ? unit.reason : "nothing that it reads changed";
    step.cached = step.runs && unit.cached;
    step.runs = step.runs && !unit.cached;
  }
  return steps;
}

Result<CompiledFunction> compile_cpp_function(const CompileJob& job) {
  const Manifest& manifest = job.manifest;
  const Manifest::CppBuild& cpp = manifest.build.cpp;
  FAASC_CHECK(find_launcher(job));
  CppRequest request = request_of(job);

  std::vector<std::filesystem::path> of_cmake;
  if (cpp.cmake) {
    FAASC_TRY(CMakeProject project, read_cmake(job, request.standard));
    request.sources = std::move(project.sources);
    request.own_arguments = std::move(project.arguments);
    request.link.insert(request.link.begin(), project.link.begin(), project.link.end());
    of_cmake = std::move(project.inputs);
  } else {
    request.sources = cpp_sources(manifest, job.listing);
  }

  std::size_t count = request.sources.size();
  BuildStep step(job.progress,
                 "compiling " + (count == 1 ? request.sources[0] : std::to_string(count) + " sources"));
  Diagnostics found;
  auto built = build_cpp(request, found, [&](const CppProgress& part) { job.progress.note(part.what); });
  for (Diagnostic finding : found.all()) {
    if (finding.place.file == manifest.path.string() && finding.line_text.empty())
      finding.line_text = manifest.finding(finding.severity, finding.code, "", finding.place).line_text;
    job.diagnostics.add(std::move(finding));
  }
  if (!built) return std::move(built).error();
  step.done();
  if (*manifest.http.openapi && built->openapi.empty())
    job.diagnostics.add(manifest.finding(
        Severity::Error, kCppOpenApiNeedsTyped,
        "openapi has no meaning for a handler of kind '" + built->function.kind + "'",
        manifest.http.openapi.place, "remove it, or write a typed function, whose types describe it"));
  CompiledFunction compiled{.function = std::move(built->function),
                            .program = std::move(built->program),
                            .debug_file = built->debug_file,
                            .openapi = built->openapi,
                            .inputs = std::move(built->inputs)};
  compiled.inputs.insert(compiled.inputs.end(), built->absent.begin(), built->absent.end());
  compiled.inputs.insert(compiled.inputs.end(), of_cmake.begin(), of_cmake.end());
  return compiled;
}

}  // namespace faasc
