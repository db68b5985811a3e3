#include "compiler/build/linux_root.h"

#include <algorithm>
#include <filesystem>
#include <string>

#include "base/file.h"
#include "compiler/build/codes.h"
#include "packager/kernels/kernel_store.h"

namespace faasc {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kMostModules = 256 * kMiB, kMostConfig = 16 * kMiB;

std::uint64_t size_of(const std::filesystem::path& file) {
  std::error_code error;
  std::uint64_t size = file.empty() ? 0 : std::filesystem::file_size(file, error);
  return error ? 0 : size;
}

/// What Linux, init and a small program take, from the size of what is loaded. Measured with machines of less
/// and less memory: 22 MiB for the tiny kernel's 12, some 78 for the cloud kernel's 33, which has modules to
/// load, too.
std::uint64_t running_bytes(const Kernel& kernel) {
  const std::uint64_t image = size_of(kernel.image);
  return kernel.initramfs.empty() ? 2 * image : 5 * image / 2;
}

/// A kernel with modules says by a list that it has EROFS, one of ours by its configuration. Of one that says
/// nothing the best is hoped.
bool can_have_erofs(const Kernel& kernel) {
  if (!kernel.initramfs.empty()) {
    auto modules = read_file(kernel.initramfs, kMostModules);
    return !modules || modules->find("mod/erofs") != std::string::npos;
  }
  auto config = read_file(kernel.directory / "config", kMostConfig);
  return !config || config->find("\nCONFIG_EROFS_FS=y\n") != std::string::npos;
}

std::string mebibytes(std::uint64_t bytes) {
  return std::to_string((bytes + kMiB - 1) / kMiB) + "MiB";
}

}  // namespace

LinuxRoot linux_root(const Manifest& manifest) {
  switch (*manifest.image.root) {
    case ImageRoot::Ext4:
      break;
    case ImageRoot::Erofs:
      return LinuxRoot::Erofs;
    case ImageRoot::Initramfs:
      return LinuxRoot::Initramfs;
  }
  return LinuxRoot::Ext4;
}

void check_linux_root(const Manifest& manifest, const Kernel& kernel, Diagnostics& diagnostics) {
  const LinuxRoot root = linux_root(manifest);
  if (root == LinuxRoot::Erofs && !can_have_erofs(kernel))
    diagnostics.add(manifest.finding(
        Severity::Error, kRootKernelLacks,
        "kernel " + full_name(kernel) + " was stored without what an EROFS needs", manifest.image.root.place,
        kernel.initramfs.empty()
            ? "build it again with 'faasc kernel build linux', or use 'root: ext4'"
            : "get it again with 'faasc kernel pull linux' or 'faasc kernel add', or use 'root: ext4'"));
  if (root != LinuxRoot::Initramfs) return;
  const Manifest::ImageOptions& image = manifest.image;
  auto refuse = [&](const SourcePlace& place, const std::string& what) {
    diagnostics.add(manifest.finding(Severity::Error, kRootCannot, "with 'root: initramfs' " + what, place,
                                     "remove it, or use 'root: ext4' or 'root: erofs'"));
  };
  if (*image.boot == ImageBoot::Bios || *image.boot == ImageBoot::Uefi)
    refuse(image.boot.place, "there is no disk that could boot by itself");
  if (image.size) refuse(image.size->place, "there is no disk that could have a size");
  if (*image.format != "raw") refuse(image.format.place, "there is no disk that could have a format");
}

std::optional<std::uint64_t> check_root_memory(const Manifest& manifest, const Kernel& kernel,
                                               std::uint64_t bytes, std::size_t files,
                                               Diagnostics& diagnostics) {
  const LinuxRoot root = linux_root(manifest);
  const bool writable = manifest.resources.ephemeral_storage.written();
  if (root == LinuxRoot::Ext4 || (root == LinuxRoot::Erofs && !writable)) return std::nullopt;
  const std::uint64_t storage = writable ? *manifest.resources.ephemeral_storage : 0;
  // Files take whole pages; modules are gone once they are loaded.
  const std::uint64_t image_bytes = bytes + files * (kPage / 2) + size_of(kernel.initramfs);
  std::uint64_t needed = running_bytes(kernel) + storage;
  // The archive is there until it is unpacked, and what is unpacked may take half of the rest by then.
  if (root == LinuxRoot::Initramfs) needed += std::max(3 * image_bytes, 2 * image_bytes + storage) - storage;
  needed = (needed + kMiB - 1) / kMiB * kMiB;
  if (needed > *manifest.resources.memory) {
    const Located<std::uint64_t>& memory = manifest.resources.memory;
    diagnostics.add(
        manifest.finding(Severity::Error, kRootCannot,
                         "'root: " + std::string(name_of(root)) + "' keeps " +
                             (root == LinuxRoot::Initramfs ? "all files" : "what is written") +
                             " in memory, and a machine of " + mebibytes(*memory) + " is too small for " +
                             mebibytes(root == LinuxRoot::Initramfs ? image_bytes + storage : storage) +
                             ": it needs " + mebibytes(needed),
                         memory.written() ? memory.place : manifest.image.root.place,
                         "give 'resources: {memory: " + mebibytes(needed) + "}', or use 'root: ext4'"));
  }
  if (!writable) return std::nullopt;
  return storage + (root == LinuxRoot::Initramfs ? image_bytes : 0);
}

}  // namespace faasc
