#include "packager/disk/nanos_settings.h"

namespace faasc {

TfsTuple nanos_settings(const GuestSettings& settings) {
  TfsTuple root;
  if (!settings.environment.empty()) {
    TfsTuple environment;
    for (const auto& [name, value] : settings.environment) environment.emplace(name, value);
    root.emplace("environment", std::move(environment));
  }
  if (settings.core_dump_bytes > 0) {
    constexpr std::uint64_t kKiB = 1024;
    root.emplace("coredumplimit", std::to_string((settings.core_dump_bytes + kKiB - 1) / kKiB) + "k");
    root.emplace("readonly_rootfs", TfsDeletion{});
  }
  return root;
}

}  // namespace faasc
