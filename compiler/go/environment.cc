#include "compiler/go/environment.h"

#include <cstdlib>

namespace faasc::go {

namespace fs = std::filesystem;

namespace {

const char* variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : nullptr;
}

}  // namespace

std::map<std::string, std::string> go_environment(const EnvironmentOptions& options) {
  std::map<std::string, std::string> environment{
      {"GOTOOLCHAIN", "local"},
      {"GO111MODULE", "on"},
      // Not empty: Go would fall back to the user's configuration file.
      {"GOFLAGS", "-mod=readonly"},
      {"GOEXPERIMENT", ""},
      {"CGO_ENABLED", options.cgo ? "1" : "0"},
  };
  if (!options.architecture.empty()) {
    environment["GOOS"] = "linux";
    environment["GOARCH"] = options.architecture;
    environment["GOAMD64"] = options.goamd64;
    environment["GOARM64"] = "v8.0";
  }
  if (options.offline) {
    environment["GOPROXY"] = "off";
    environment["GOSUMDB"] = "off";
  }
  bool has_home = variable("HOME") != nullptr || variable("XDG_CACHE_HOME") != nullptr;
  if (!has_home && variable("GOCACHE") == nullptr)
    environment["GOCACHE"] = (options.cache_dir / "go-build").string();
  if (variable("HOME") == nullptr && variable("GOPATH") == nullptr && variable("GOMODCACHE") == nullptr)
    environment["GOPATH"] = (options.cache_dir / "go").string();
  return environment;
}

fs::path user_cache_directory(const fs::path& otherwise) {
  if (const char* given = variable("FAASC_CACHE_DIR")) return given;
  if (const char* base = variable("XDG_CACHE_HOME")) return fs::path(base) / "faasc";
  if (const char* home = variable("HOME")) return fs::path(home) / ".cache/faasc";
  return otherwise;
}

}  // namespace faasc::go
