#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace faasc {

/// What a container image's configuration says about how it is run (OCI image specification, "Image
/// Configuration"; Docker's is the same).
struct ContainerConfig {
  std::string architecture;  ///< Go's name: "amd64"
  std::string os;            ///< "linux"
  std::vector<std::string> entrypoint, command;
  std::vector<std::pair<std::string, std::string>> environment;
  std::string working_directory;         ///< empty: the root
  std::string user;                      ///< empty: root
  std::vector<std::uint16_t> tcp_ports;  ///< ascending
  std::vector<std::string> diff_ids;     ///< "sha256:…" of each layer's tar, the lowest first

  /// The entry point followed by the command.
  std::vector<std::string> argv() const;
};

/// Reads a configuration; `name` is what errors call it (FAASC0535).
Result<ContainerConfig> parse_container_config(std::string_view json, const std::string& name);

/// The same configuration as the OCI image specification has it, always the same bytes for the same value.
std::string to_json(const ContainerConfig& config);

}  // namespace faasc
