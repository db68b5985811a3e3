#include "compiler/build/compiled_function.h"
#include "compiler/build/function_build.h"
#include "compiler/go/build.h"

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

}  // namespace

Result<CompiledFunction> compile_go_function(const CompileJob& job) {
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
