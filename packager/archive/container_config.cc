#include "packager/archive/container_config.h"

#include <algorithm>
#include <charconv>

#include "packager/archive/container_json.h"

namespace faasc {
namespace {

/// "8080/tcp" → 8080; "53/udp" and what else there may be → nothing.
void add_port(std::string_view text, std::vector<std::uint16_t>& ports) {
  std::size_t slash = text.find('/');
  if (slash != std::string_view::npos && text.substr(slash) != "/tcp") return;
  std::string_view digits = text.substr(0, slash);
  std::uint16_t port = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error == std::errc() && end == digits.data() + digits.size() && port > 0) ports.push_back(port);
}

}  // namespace

std::vector<std::string> ContainerConfig::argv() const {
  std::vector<std::string> argv = entrypoint;
  argv.insert(argv.end(), command.begin(), command.end());
  return argv;
}

Result<ContainerConfig> parse_container_config(std::string_view json, const std::string& name) {
  FAASC_TRY(ContainerJson root, ContainerJson::parse(json, name));
  ContainerConfig config;
  FAASC_TRY(config.architecture, root.text("architecture"));
  FAASC_TRY(config.os, root.text("os"));
  FAASC_TRY(ContainerJson run, root.object("config"));
  FAASC_TRY(config.entrypoint, run.texts("Entrypoint"));
  FAASC_TRY(config.command, run.texts("Cmd"));
  FAASC_TRY(config.working_directory, run.text("WorkingDir"));
  FAASC_TRY(config.user, run.text("User"));
  FAASC_TRY(std::vector<std::string> variables, run.texts("Env"));
  for (const std::string& variable : variables) {
    std::size_t equals = variable.find('=');
    if (equals == 0 || equals == std::string::npos)
      return container_error(name, "the environment variable '" + variable + "' is not NAME=VALUE");
    config.environment.emplace_back(variable.substr(0, equals), variable.substr(equals + 1));
  }
  FAASC_TRY(ContainerJson ports, run.object("ExposedPorts"));
  for (const std::string& port : ports.names()) add_port(port, config.tcp_ports);
  std::sort(config.tcp_ports.begin(), config.tcp_ports.end());
  FAASC_TRY(ContainerJson layers, root.object("rootfs"));
  FAASC_TRY(config.diff_ids, layers.texts("diff_ids"));
  return config;
}

std::string to_json(const ContainerConfig& config) {
  nlohmann::ordered_json json;
  json["architecture"] = config.architecture;
  json["os"] = config.os;
  auto& run = json["config"] = nlohmann::ordered_json::object();
  if (!config.user.empty()) run["User"] = config.user;
  if (!config.tcp_ports.empty()) {
    auto& ports = run["ExposedPorts"] = nlohmann::ordered_json::object();
    for (std::uint16_t port : config.tcp_ports)
      ports[std::to_string(port) + "/tcp"] = nlohmann::ordered_json::object();
  }
  if (!config.environment.empty()) {
    auto& variables = run["Env"] = nlohmann::ordered_json::array();
    for (const auto& [variable, value] : config.environment) variables.push_back(variable + "=" + value);
  }
  if (!config.entrypoint.empty()) run["Entrypoint"] = config.entrypoint;
  if (!config.command.empty()) run["Cmd"] = config.command;
  if (!config.working_directory.empty()) run["WorkingDir"] = config.working_directory;
  json["rootfs"] = {{"type", "layers"}, {"diff_ids", config.diff_ids}};
  return dump(json);
}

}  // namespace faasc
