#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace faasc::go {

struct EnvironmentOptions {
  bool offline = false;
  std::filesystem::path cache_dir;  ///< faasc's; Go's own cache goes there where the user has none
  std::string architecture;         ///< "amd64": cross-compile for Linux; empty: for this host
  std::string goamd64 = "v1";
  bool cgo = false;
};

/// The variables under which Go is started, on top of the user's: no other toolchain is fetched, flags that
/// the user keeps in GOFLAGS do not change the result, and with `offline` nothing is downloaded. GOPROXY,
/// GOPRIVATE, GONOSUMDB and the like stay the user's.
std::map<std::string, std::string> go_environment(const EnvironmentOptions& options);

/// Where faasc keeps what serves more than one project: $FAASC_CACHE_DIR, $XDG_CACHE_HOME/faasc or
/// ~/.cache/faasc; `otherwise` where the user has no home.
std::filesystem::path user_cache_directory(const std::filesystem::path& otherwise);

}  // namespace faasc::go
