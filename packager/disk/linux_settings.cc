#include "packager/disk/linux_settings.h"

#include "packager/disk/codes.h"
#include "packager/disk/mbr.h"

namespace faasc {
namespace {

// As in runtimes/linux/init/settings.h.
constexpr std::size_t kMaxBytes = 64 * 1024;
constexpr std::size_t kMaxVariables = 2048;
constexpr std::size_t kMaxMounts = 32;

Error too_much(const std::string& what, std::size_t most) {
  return {Fault::Input,
          kDiskBadSettings,
          what + "; at most " + std::to_string(most) + " are possible",
          {},
          "put what is large into files"};
}

}  // namespace

std::string linux_network_words(const GuestNetwork& network) {
  std::string words;
  auto add = [&](const std::string& word) { words += (words.empty() ? "faasc." : " faasc.") + word; };
  if (!network.address.empty()) {
    add("ip=" + network.address);
    add("gw=" + (network.gateway.empty() ? "off" : network.gateway));
    // As in the image of a function with a fixed address: a gateway that answers names is the best guess.
    if (network.dns.empty()) add("dns=" + (network.gateway.empty() ? "off" : network.gateway));
  }
  if (!network.address6.empty()) {
    // Not the address of QEMU's own network besides, which init would take.
    if (network.address.empty()) add("ip=off");
    add("ip6=" + network.address6);
  }
  for (const std::string& server : network.dns) add("dns=" + server);
  return words;
}

Result<std::string> linux_settings(const GuestSettings& settings, std::string_view options) {
  std::string bytes;
  auto add = [&](std::string_view text) {
    bytes += text;
    bytes += '\0';
  };
  if (settings.environment.size() > kMaxVariables)
    return too_much("there are " + std::to_string(settings.environment.size()) + " environment variables",
                    kMaxVariables);
  if (settings.mounts.size() > kMaxMounts)
    return too_much("there are " + std::to_string(settings.mounts.size()) + " mounts", kMaxMounts);
  add("faasc-settings 1");
  add(options);
  add(std::to_string(settings.environment.size()));
  for (const auto& [name, value] : settings.environment) add(name + "=" + value);
  add(std::to_string(settings.mounts.size()));
  for (const GuestMount& mount : settings.mounts) {
    add(mount.kind == GuestMount::Kind::Share ? "share" : "volume");
    add(mount.name);
    add(mount.path);
    add(mount.read_only ? "ro" : "rw");
  }
  if (bytes.size() >= kMaxBytes)
    return too_much("environment and mounts take " + std::to_string(bytes.size()) + " bytes", kMaxBytes - 1);
  return bytes;
}

Result<std::string> linux_settings_disk(const GuestSettings& settings, std::string_view options) {
  FAASC_TRY(std::string bytes, linux_settings(settings, options));
  bytes.resize((bytes.size() + kDiskSectorSize - 1) / kDiskSectorSize * kDiskSectorSize);
  return bytes;
}

}  // namespace faasc
