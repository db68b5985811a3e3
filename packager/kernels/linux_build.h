#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>

#include "base/result.h"
#include "packager/kernels/kernel_store.h"
#include "packager/kernels/linux_config.h"
#include "packager/kernels/staged_kernel.h"

namespace faasc {

struct LinuxBuild {
  LinuxProfile profile = LinuxProfile::Tiny;
  std::string source;               ///< as choose_linux_source() takes it
  std::filesystem::path fragments;  ///< ours: share/faasc/linux, with tiny.config and standard.config
  std::filesystem::path directory;  ///< where to work; what is there after an interruption is used
  unsigned jobs = 1;                ///< commands that make runs at once
  bool force = false;               ///< build even what is there, and replace what differs
  bool keep = false;                ///< keep sources and objects after success
  std::function<void(const std::string& line)> say;                   ///< told of every step
  std::function<void(std::size_t done, std::size_t about)> progress;  ///< of the compilation, in commands
};

/// Builds a Linux kernel from the distribution's package of its sources and puts it into the store, as
/// "<Linux' version>-<the package's revision>-faasc-<profile>". Beside the kernel there are
///
///   config     what it was configured with
///   COPYING    the licence, as it comes with the sources
///   SOURCE     the package and how to build the same from it
///
/// The same package, compiler and profile give the same bytes. Errors as of the steps: FAASC0635 to FAASC0637
/// and FAASC0644 to FAASC0650.
Result<Added> build_linux(const KernelStore& store, const LinuxBuild& build);

/// Splits the name of such a kernel: "6.1.192-2-faasc-tiny" is the source "6.1.192-2" and a profile. Other
/// text is a source; `profile` is then left alone.
std::string linux_source_in(std::string_view version, LinuxProfile& profile);

/// Where kernels are built where nothing else is said: `$FAASC_CACHE_DIR/linux`, else below
/// `$XDG_CACHE_HOME/faasc` or
/// `~/.cache/faasc`. FAASC0604 where no variable says where that is.
Result<std::filesystem::path> linux_build_directory();

}  // namespace faasc
