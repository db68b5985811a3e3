#include "launcher/api_vmm.h"

#include <algorithm>
#include <csignal>

#include <nlohmann/json.hpp>

namespace faasc {
namespace {

using Json = nlohmann::ordered_json;
using Requests = std::vector<std::pair<std::string, std::string>>;

// The machine stands with the answer; where KVM crawls, that takes its time.
constexpr auto kStartTimeout = std::chrono::seconds(60);
constexpr auto kTellTimeout = std::chrono::seconds(2);

// Its log would go to the console.
std::vector<std::string> firecracker_command(const std::filesystem::path& program,
                                             const std::filesystem::path& socket) {
  return {program.string(),  "--api-sock", socket.string(), "--log-path",
          "/proc/self/fd/2", "--level",    "Error"};
}

/// The members of its configuration file are the paths of its API; those that are lists have one path for
/// each element, which ends with the element's identifier.
Requests firecracker_start(const std::string& rendering) {
  const Json config = Json::parse(rendering);
  Requests requests;
  for (const auto& [resource, value] : config.items()) {
    if (!value.is_array()) {
      requests.emplace_back("/" + resource, value.dump());
      continue;
    }
    const char* identifier = resource == "drives" ? "drive_id" : "iface_id";
    for (const Json& element : value)
      requests.emplace_back("/" + resource + "/" + element.at(identifier).get<std::string>(), element.dump());
  }
  requests.emplace_back("/actions", R"({"action_type":"InstanceStart"})");
  return requests;
}

std::vector<std::string> cloud_hypervisor_command(const std::filesystem::path& program,
                                                  const std::filesystem::path& socket) {
  // Its events are how a reset is heard of.
  return {program.string(), "--api-socket", "path=" + socket.string(), "--event-monitor", "fd=2"};
}

Requests cloud_hypervisor_start(const std::string& rendering) {
  return {{"/api/v1/vm.create", Json::parse(rendering).dump()}, {"/api/v1/vm.boot", ""}};
}

// The resources are those of src/firecracker/swagger/firecracker.yaml there, and of
// vmm/src/api/openapi/cloud-hypervisor.yaml.
constexpr ApiDialect kFirecracker{.name = "Firecracker",
                                  .program = "firecracker",
                                  .command = firecracker_command,
                                  .start = firecracker_start,
                                  .power_button = {"/actions", R"({"action_type":"SendCtrlAltDel"})"},
                                  .quit = {},
                                  .reset_words = {},
                                  .failure_words = "Received KVM_EXIT"};
constexpr ApiDialect kCloudHypervisor{.name = "Cloud Hypervisor",
                                      .program = "cloud-hypervisor",
                                      .command = cloud_hypervisor_command,
                                      .start = cloud_hypervisor_start,
                                      .power_button = {"/api/v1/vm.power-button", ""},
                                      .quit = {"/api/v1/vmm.shutdown", ""},
                                      .reset_words = "\"event\": \"rebooting\"",
                                      .failure_words = "VCPU generated error"};

}  // namespace

const ApiDialect& dialect_of(VmmChoice choice) {
  return choice == VmmChoice::CloudHypervisor ? kCloudHypervisor : kFirecracker;
}

Result<void> ApiVmm::start(const std::filesystem::path& socket, const std::string& rendering) {
  FAASC_TRY(ApiConnection api,
            ApiConnection::open(std::string(dialect_.name), socket, child_.ended(), kStartTimeout));
  for (const auto& [target, body] : dialect_.start(rendering))
    FAASC_CHECK(api.put(target, body, kStartTimeout));
  api_.emplace(std::move(api));
  return {};
}

void ApiVmm::tell(const std::pair<std::string_view, std::string_view>& request) {
  if (api_) api_->tell(request.first, request.second, kTellTimeout);
}

void ApiVmm::quit() {
  if (dialect_.quit.first.empty())
    child_.signal(SIGKILL);
  else
    tell(dialect_.quit);
}

bool ApiVmm::is_over(std::string_view errors) const {
  return !dialect_.reset_words.empty() && errors.find(dialect_.reset_words) != std::string_view::npos;
}

// Neither has a device for the guest's exit status: init's word on the console is all there is. Firecracker
// ends alike with a reset and with a power-off.
GuestExit ApiVmm::how_it_ended(ExitEvidence evidence) {
  evidence.has_exit_port = false;
  evidence.has_semihosting_exit = false;
  if (is_over(evidence.vmm_errors)) {
    // What ended it then was us. Init resets machines where it cannot switch them off.
    evidence.vmm = {};
    evidence.shutdown_reason = "guest-reset";
  }
  const std::size_t failed =
      dialect_.failure_words.empty() ? std::string::npos : evidence.vmm_errors.find(dialect_.failure_words);
  if (failed != std::string::npos) {
    evidence.vmm.code = std::max(evidence.vmm.code, 1);
    evidence.vmm_errors = evidence.vmm_errors.substr(failed, evidence.vmm_errors.find('\n', failed) - failed);
  }
  GuestExit exit = decode_exit(evidence);
  exit.vmm = dialect_.name;
  return exit;
}

}  // namespace faasc
