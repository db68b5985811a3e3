#include "compiler/binary/finished_program.h"
#include "compiler/build/compiled_function.h"

namespace faasc {

std::string architecture_of_binary(const Manifest& manifest) {
  std::string architecture = architecture_of_program(
      {.project_dir = manifest.directory, .path = *manifest.handler, .place = {}, .arguments = {}});
  return architecture.empty() ? std::string(kX86_64) : architecture;
}

Result<CompiledFunction> read_binary_function(const CompileJob& job) {
  const Manifest& manifest = job.manifest;
  FinishedProgramRequest request{
      .project_dir = manifest.directory, .path = *manifest.handler, .place = manifest.handler.place};
  for (const auto& argument : manifest.arguments) request.arguments.push_back(*argument);
  Diagnostics found;
  FAASC_TRY(FinishedProgram finished, read_finished_program(request, found));
  for (Diagnostic finding : found.all()) {
    finding.line_text = manifest.finding(finding.severity, finding.code, "", finding.place).line_text;
    job.diagnostics.add(std::move(finding));
  }
  CompiledFunction compiled{.function = std::move(finished.function), .program = std::move(finished.program)};
  compiled.inputs = {finished.file, manifest.directory / *manifest.handler};
  return compiled;
}

Result<void> add_program_libraries(Program& program, std::vector<std::filesystem::path>& inputs) {
  FAASC_CHECK(add_libraries(program).during("finding the libraries of '" + program.executable + "'"));
  for (const auto& [path, node] : program.rootfs.nodes())
    if (const auto* file = std::get_if<HostFile>(&node.content)) inputs.emplace_back(file->path);
  return {};
}

}  // namespace faasc
