#include "compiler/driver/archive_program/exported_config.h"

#include "packager/image/image_program.h"
#include "packager/spec/vm_spec.h"

namespace faasc {

ContainerConfig config_of(const OpenedImage& image) {
  ContainerConfig config{.architecture = "amd64", .os = "linux"};
  auto program = program_of(image);
  if (!program) return config;
  // argv[0] is what the program is told; the executable is what has to be started.
  program->arguments.front() = program->executable;
  config.entrypoint = std::move(program->arguments);
  for (const std::string& variable : program->environment) {
    std::size_t equals = variable.find('=');
    config.environment.emplace_back(variable.substr(0, equals), variable.substr(equals + 1));
  }
  if (program->working_directory != "/") config.working_directory = program->working_directory;
  return config;
}

void add_spec(const std::filesystem::path& image, ContainerConfig& config) {
  auto spec = read_vm_spec(vm_spec_path(std::filesystem::absolute(image)), "/");
  if (!spec) return;
  config.tcp_ports = {spec->http_port};
  if (spec->architecture == "aarch64") config.architecture = "arm64";
}

}  // namespace faasc
