#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/process.h"
#include "packager/kernels/kernel.h"

namespace faasc {

/// A project in a directory of its own, whose name has a space, and the faasc of the build tree to work on
/// it.
class ProjectRun {
 public:
  ProjectRun();

  /// A C++ function that answers "Hello, <body>!", and dies in the ways its tests ask for: /exit?N, /segv,
  /// /throw.
  void write_hello();
  void write(std::string_view file, std::string_view text);
  std::filesystem::path at(std::string_view file) const { return directory() / file; }
  std::filesystem::path directory() const { return temporary_.path() / "my project"; }

  /// Runs `faasc <arguments>` in the project. Standard output and error are in the result.
  Finished faasc(std::vector<std::string> arguments) const;
  /// `faasc invoke` on a kernel of that family.
  Finished invoke(KernelFamily family, std::vector<std::string> arguments) const;
  /// The same in a shell, where "$FAASC" is the program: for limits, signals and pipes.
  Finished shell(const std::string& script) const;
  Command command(std::vector<std::string> arguments) const;

  std::map<std::string, std::string> environment;  ///< on top of ours

 private:
  TemporaryDirectory temporary_;
};

/// Whether the user's store has a kernel of that family.
bool has_kernel(KernelFamily family);
bool has_qemu();

/// The process has ended, or is a zombie that nobody reaps. Waits up to a minute, which only a busy host
/// needs.
bool ends_soon(int pid);

}  // namespace faasc

// A test that needs a VM says so, and is skipped where this host cannot give it one.
#define FAASC_NEEDS(family)                                                                             \
  do {                                                                                                  \
    if (!faasc::has_kernel(family)) GTEST_SKIP() << "no " << name_of(family) << " kernel in the store"; \
    if (!faasc::has_qemu()) GTEST_SKIP() << "QEMU is not installed";                                    \
  } while (false)
