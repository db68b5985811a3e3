#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "packager/kernels/kernel_store.h"

namespace faasc {

enum class Format : std::uint8_t { Text, Json };

// What `faasc kernel` was asked to do, one type for each command.
struct ListKernels {
  Format format = Format::Text;
};
struct ShowKernel {
  std::string selector;  ///< see KernelStore::resolve
  Format format = Format::Text;
};
struct VerifyKernels {
  std::vector<std::string> selectors;  ///< empty: all
};
struct AddKernel {
  std::filesystem::path source;
  std::string version;
  bool force = false;
};
struct PullKernel {
  KernelName name;
  std::string url;     ///< empty: upstream's
  std::string sha256;  ///< empty: not compared
  bool force = false;
  bool offline = false;
};
struct RemoveKernel {
  KernelName name;
};
struct ShowHelp {
  std::string text;
};
using KernelCommand =
    std::variant<ListKernels, ShowKernel, VerifyKernels, AddKernel, PullKernel, RemoveKernel, ShowHelp>;

/// Reads the arguments after the program's name. FAASC_NANOS_URL stands in for --url, FAASC_OFFLINE=1 for
/// --offline.
Result<KernelCommand> parse_command_line(const std::vector<std::string>& arguments);

}  // namespace faasc
