#include "packager/disk/nanos_settings.h"

namespace faasc {

TfsTuple nanos_settings(const GuestSettings& settings) {
  TfsTuple root;
  if (!settings.environment.empty()) {
    TfsTuple environment;
    for (const auto& [name, value] : settings.environment) environment.emplace(name, value);
    root.emplace("environment", std::move(environment));
  }
  return root;
}

}  // namespace faasc
