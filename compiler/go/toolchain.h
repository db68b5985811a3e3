#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace faasc::go {

/// One Go installation of the host.
struct Toolchain {
  std::filesystem::path program;  ///< …/bin/go
  std::filesystem::path root;     ///< GOROOT: the directory with VERSION
  std::string version;            ///< "1.26.8"
};

/// The installations that this host has, the preferred one first: `go` in PATH, /usr/local/go, the
/// distribution's in /usr/lib/go-1.NN, those that golang.org/dl put into ~/sdk. None is started: their
/// VERSION files tell.
std::vector<Toolchain> installed_toolchains();

/// The preferred one of version `wanted` ("1.22": any 1.22.x; empty: any). Missing, with what there is, where
/// there is none.
Result<Toolchain> find_toolchain(std::string_view wanted);

/// The same among `found`, which are in the order of preference.
Result<Toolchain> choose_toolchain(const std::vector<Toolchain>& found, std::string_view wanted);

/// Whether version `a` is older than `b`; "1.9" < "1.19" < "1.19.8". "1.22rc1" counts as 1.22.
bool is_older(std::string_view a, std::string_view b);

/// The version that a `VERSION` file names: "go1.26.8\ntime …" is "1.26.8".
std::string version_of_file(std::string_view text);

}  // namespace faasc::go
