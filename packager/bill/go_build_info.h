#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace faasc {

struct GoModule {
  std::string path, version;
  bool operator==(const GoModule&) const = default;
};

/// What Go's linker notes in every program of Go 1.18 and later; see debug/buildinfo of Go's own library.
struct GoBuildInfo {
  std::string go_version;         ///< "1.22.3"
  std::vector<GoModule> modules;  ///< what was linked in, replacements being what they are replaced by
};

/// Nothing where `program` is no program of Go. A program that lies about lengths has no modules.
std::optional<GoBuildInfo> go_build_info(std::string_view program);

}  // namespace faasc
