#pragma once

#include <map>
#include <string>
#include <string_view>

namespace faasc::cpp {

/// Variables that keep what CMake starts from the network: curl, CMake's own included, and what else goes by
/// a proxy's variables fails at once, without asking for a name or trying again; git speaks to no other host.
std::map<std::string, std::string> without_network();

/// The address of what could not be downloaded under these variables, as CMake printed it; "something" where
/// it names none. Empty where nothing says that a download was tried.
std::string forbidden_download(std::string_view said);

}  // namespace faasc::cpp
