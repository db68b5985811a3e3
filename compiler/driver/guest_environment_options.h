#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "compiler/driver/session.h"

namespace faasc {

/// What --env gives a guest: "NAME=VALUE", where the value may hold more '=', or "NAME" for the value that
/// the host has. The later one wins. Refused are what `env` of the manifest may not hold either: names that
/// are none, those that the runtime sets in guests of this kind, and more than 4 KB together; and a name that
/// is to come from the host, and is not set there.
Result<std::map<std::string, std::string>> guest_environment_of(const std::vector<std::string>& assignments,
                                                                std::string_view kind,
                                                                const EnvironmentLookup& host);

}  // namespace faasc
