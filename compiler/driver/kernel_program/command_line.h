#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "packager/kernels/kernel_store.h"
#include "packager/kernels/linux_config.h"

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
  bool boot = false;                   ///< each starts a program, too, in every way that it can
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
struct BuildKernel {
  LinuxProfile profile = LinuxProfile::Tiny;
  std::string source;  ///< see choose_linux_source(); empty: the newest
  unsigned jobs = 0;   ///< 0: one for each processor
  bool force = false;
  bool keep = false;
  bool offline = false;
};
struct SetDefaultKernel {
  std::string name;    ///< empty: say which it is
  bool unset = false;  ///< no choice any more
};
struct RemoveKernel {
  KernelName name;
};
struct ShowHelp {
  std::string text;
};
using KernelCommand = std::variant<ListKernels, ShowKernel, VerifyKernels, AddKernel, PullKernel, BuildKernel,
                                   SetDefaultKernel, RemoveKernel, ShowHelp>;

/// Reads the arguments after the program's name. FAASC_NANOS_URL stands in for --url, FAASC_OFFLINE=1 for
/// --offline.
Result<KernelCommand> parse_command_line(const std::vector<std::string>& arguments);

}  // namespace faasc
