#pragma once

#include <string_view>

namespace faasc {

/// As VmSpec names it; what faasc itself was compiled for.
constexpr std::string_view host_architecture() {
#if defined(__aarch64__)
  return "aarch64";
#else
  return "x86_64";
#endif
}

}  // namespace faasc
