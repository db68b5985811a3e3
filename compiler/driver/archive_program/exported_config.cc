#include "compiler/driver/archive_program/exported_config.h"

#include <charconv>
#include <optional>
#include <string_view>

#include "packager/spec/vm_spec.h"

namespace faasc {
namespace {

constexpr std::uint64_t kMaxProgramBytes = 256 * 1024;

const TfsValue* find(const TfsTuple& tuple, std::string_view name) {
  auto found = tuple.find(name);
  return found == tuple.end() ? nullptr : &found->second;
}

const std::string* text_of(const TfsValue* value) {
  return value ? std::get_if<std::string>(&value->data) : nullptr;
}

/// argv[0] is what the program is told; the executable is what has to be started.
void set_program(const std::string& executable, std::vector<std::string> argv, ContainerConfig& config) {
  if (argv.empty()) argv.emplace_back();
  argv.front() = executable;
  config.entrypoint = std::move(argv);
}

}  // namespace

ContainerConfig config_of_nanos(const TfsTuple& attributes) {
  ContainerConfig config{.architecture = "amd64", .os = "linux"};
  const std::string* program = text_of(find(attributes, "program"));
  if (!program) return config;
  // Lists are vectors, or in what upstream's mkfs writes tuples with the names "0", "1", …
  std::vector<std::string> argv;
  if (const TfsValue* arguments = find(attributes, "arguments")) {
    if (const auto* list = std::get_if<std::vector<TfsValue>>(&arguments->data)) {
      for (const TfsValue& one : *list)
        if (const std::string* text = text_of(&one)) argv.push_back(*text);
    } else if (const auto* tuple = std::get_if<TfsTuple>(&arguments->data)) {
      for (std::size_t i = 0; const std::string* text = text_of(find(*tuple, std::to_string(i))); ++i)
        argv.push_back(*text);
    }
  }
  set_program(*program, std::move(argv), config);
  if (const TfsValue* environment = find(attributes, "environment"))
    if (const auto* variables = std::get_if<TfsTuple>(&environment->data))
      for (const auto& [name, value] : *variables)
        if (const std::string* text = text_of(&value)) config.environment.emplace_back(name, *text);
  if (const std::string* directory = text_of(find(attributes, "cwd"))) config.working_directory = *directory;
  return config;
}

Result<ContainerConfig> config_of_linux(const StoredTree& tree) {
  ContainerConfig config{.architecture = "amd64", .os = "linux"};
  const StoredEntry* file = tree.find("/etc/faasc/program");
  if (!file || file->kind != StoredEntry::Kind::File) return config;
  FAASC_TRY(std::string text, tree.read(*file, kMaxProgramBytes));
  std::string_view rest = text;
  auto take = [&]() -> std::optional<std::string> {
    std::size_t end = rest.find('\0');
    if (end == std::string_view::npos) return std::nullopt;
    std::string one(rest.substr(0, end));
    rest.remove_prefix(end + 1);
    return one;
  };
  auto take_list = [&](std::vector<std::string>& list) {
    std::optional<std::string> digits = take();
    std::size_t count = 0;
    if (!digits || std::from_chars(digits->data(), digits->data() + digits->size(), count).ec != std::errc())
      return false;
    for (; count > 0; --count) {
      std::optional<std::string> one = take();
      if (!one) return false;
      list.push_back(std::move(*one));
    }
    return true;
  };
  // The grammar is in runtimes/linux/init/program_file.h.
  std::vector<std::string> argv, variables;
  std::optional<std::string> version = take(), directory = take(), executable = take();
  if (!executable || *version != "faasc-program 1" || !take_list(argv) || !take_list(variables))
    return config;
  set_program(*executable, std::move(argv), config);
  for (const std::string& variable : variables)
    if (std::size_t equals = variable.find('='); equals != std::string::npos)
      config.environment.emplace_back(variable.substr(0, equals), variable.substr(equals + 1));
  if (*directory != "/") config.working_directory = *directory;
  return config;
}

void add_spec(const std::filesystem::path& image, ContainerConfig& config) {
  auto spec = read_vm_spec(vm_spec_path(std::filesystem::absolute(image)), "/");
  if (!spec) return;
  config.tcp_ports = {spec->http_port};
  if (spec->architecture == "aarch64") config.architecture = "arm64";
}

}  // namespace faasc
