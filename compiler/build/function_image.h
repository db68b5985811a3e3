#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "compiler/build/disk_boot.h"
#include "compiler/build/function_build.h"
#include "compiler/build/function_project.h"
#include "packager/disk/image.h"
#include "packager/disk/linux_disk.h"
#include "packager/disk/nanos_disk.h"
#include "packager/kernels/kernel.h"
#include "packager/rootfs/program.h"

namespace faasc {

/// The last step of a build: from a function's program to its image, the machine's description and the list
/// of files beside it.
class FunctionImage {
 public:
  /// All of these outlive it.
  FunctionImage(const FunctionProject& project, const Kernel& kernel, const DiskBoot& boot,
                BuildProgress& progress);

  /// Puts all of it in place, and says in `result` how large it is. `program` gets what the image needs
  /// besides, and `result` has the function.
  Result<void> write(Program& program, BuiltFunction& result);

  /// Where the init's file system is put beside the image; empty for kernels without one, and where it is the
  /// image.
  const std::filesystem::path& initrd() const { return initrd_; }

 private:
  Result<Image> write_nanos(Program& program, const std::filesystem::path& out);
  Result<Image> write_linux(Program& program, const std::filesystem::path& out);
  std::optional<std::uint64_t> storage() const;
  std::optional<std::uint64_t> asked_size() const;
  void save_places() const;

  const FunctionProject& project_;
  const Manifest& manifest_;
  const Kernel& kernel_;
  const DiskBoot& boot_;
  BuildProgress& progress_;
  std::filesystem::path image_, work_dir_, initrd_;
  LinuxCommandLine linux_command_line_;
  bool initrd_is_image_ = false;  // the root is in it, and there is no disk
  ImagePlaces places_;
};

}  // namespace faasc
