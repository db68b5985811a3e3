#include "packager/kernels/linux_package.h"

#include <optional>
#include <string>

#include "base/file.h"
#include "base/sha256.h"
#include "packager/archive/archive_reader.h"
#include "packager/archive/byte_stream.h"
#include "packager/kernels/kernel_elf.h"
#include "packager/kernels/linux_image.h"
#include "packager/kernels/linux_modules.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kMaxBzimageBytes = 128 << 20;
constexpr std::uint64_t kMaxModuleBytes = 64 << 20;
constexpr ArchiveLimits kPackageLimits{.total_bytes = std::uint64_t{4} << 30, .entries = 100'000};

struct PackagedKernel {
  std::string release;
  std::string bzimage;
  std::set<std::string, std::less<>> builtin;
  LinuxModules modules;
};

/// "boot/vmlinuz-6.1.0-44-cloud-amd64" → the release; empty for other paths. Debian 13 moved to /usr/lib.
std::string release_of_kernel(std::string_view path) {
  constexpr std::string_view kPrefix = "boot/vmlinuz-";
  return path.starts_with(kPrefix) ? std::string(path.substr(kPrefix.size())) : std::string();
}

/// "usr/lib/modules/<release>/<rest>" or "lib/modules/<release>/<rest>" → rest, where the release is
/// `release` or that empty.
std::string_view below_modules(std::string_view path, std::string_view release) {
  for (std::string_view prefix : {"lib/modules/", "usr/lib/modules/"}) {
    if (!path.starts_with(prefix)) continue;
    path.remove_prefix(prefix.size());
    std::size_t slash = path.find('/');
    if (slash == std::string_view::npos || (!release.empty() && path.substr(0, slash) != release)) return {};
    return path.substr(slash + 1);
  }
  return {};
}

Error no_kernel(const std::vector<fs::path>& packages, const std::string& why) {
  std::string names;
  for (const fs::path& package : packages) names += (names.empty() ? "'" : ", '") + package.string() + "'";
  return {Fault::Input,
          kNoLinuxKernel,
          names + (packages.size() == 1 ? " is no kernel package: " : " are no kernel packages: ") + why,
          {},
          "give a Debian package like linux-image-…-cloud-amd64.deb"};
}

/// Goes once through all packages and takes the kernel (unless there is one already) and the modules named.
Result<void> collect(const std::vector<fs::path>& packages, const std::set<std::string, std::less<>>& names,
                     PackagedKernel& kernel) {
  const bool first = kernel.bzimage.empty();
  for (const fs::path& package : packages) {
    // The packages' links (to documentation, to sources) are of no interest.
    FAASC_TRY(ArchiveReader reader, ArchiveReader::open(package, kPackageLimits, ArchiveLinks::Unchecked));
    for (;;) {
      FAASC_TRY(std::optional<ArchiveEntry> entry, reader.next());
      if (!entry) break;
      if (entry->kind != ArchiveEntry::Kind::File) continue;
      if (std::string release = release_of_kernel(entry->path); first && !release.empty()) {
        if (!kernel.bzimage.empty())
          return no_kernel(packages, "there are two kernels, '" + kernel.release + "' and '" + release + "'");
        kernel.release = release;
        FAASC_TRY(kernel.bzimage, reader.read_all(kMaxBzimageBytes));
        continue;
      }
      std::string_view path = below_modules(entry->path, kernel.release);
      if (path == "modules.builtin") {
        FAASC_TRY(std::string list, reader.read_all(kMaxModuleBytes));
        kernel.builtin.merge(builtin_modules(list));
      } else if (std::string name = linux_module_name(path); names.contains(name)) {
        FAASC_TRY(std::string stored, reader.read_all(kMaxModuleBytes));
        FAASC_TRY(auto stream, decompressed(stream_of_bytes(std::move(stored)), entry->path));
        FAASC_TRY(kernel.modules[name], read_to_end(*stream, kMaxModuleBytes, entry->path));
      }
    }
  }
  return {};
}

}  // namespace

Result<Kernel> extract_linux_kernel(const std::vector<fs::path>& packages, const fs::path& into) {
  PackagedKernel packaged;
  FAASC_CHECK(collect(packages, usual_linux_modules(), packaged));
  if (packaged.bzimage.empty()) return no_kernel(packages, "there is no 'boot/vmlinuz-…'");
  FAASC_TRY(LinuxModulePlan plan, plan_linux_modules(packaged.modules, packaged.builtin));
  // Dependencies that other kernels do not have take another pass each; there is nothing new once a pass
  // finds no more.
  for (std::size_t known = 0; !plan.absent.empty() && packaged.modules.size() != known;) {
    known = packaged.modules.size();
    FAASC_CHECK(collect(packages, {plan.absent.begin(), plan.absent.end()}, packaged));
    FAASC_TRY(plan, plan_linux_modules(packaged.modules, packaged.builtin));
  }
  FAASC_CHECK(check_linux_modules(plan, packaged.builtin, packaged.release));

  std::string name = "vmlinuz-" + packaged.release;
  FAASC_TRY(std::string vmlinux, vmlinux_of(packaged.bzimage, name));

  Kernel kernel;
  kernel.family = KernelFamily::Linux;
  kernel.architecture = "x86_64";
  for (const fs::path& package : packages)
    kernel.origin += (kernel.origin.empty() ? "" : ", ") + package.filename().string();
  kernel.directory = into;
  kernel.image = into / "vmlinux";
  kernel.bzimage = into / "bzImage";
  kernel.initramfs = into / "modules.cpio";
  const std::pair<fs::path, std::string> files[] = {
      {kernel.image, std::move(vmlinux)},
      {kernel.bzimage, std::move(packaged.bzimage)},
      {kernel.initramfs, linux_modules_cpio(plan, packaged.modules)},
  };
  for (const auto& [path, bytes] : files) {
    FAASC_CHECK(write_file(path, bytes));
    kernel.sha256[path.filename().string()] = to_hex(sha256(bytes));
  }
  FAASC_TRY(KernelElf elf, read_kernel_elf(kernel.image));
  if (elf.family != KernelFamily::Linux || elf.release != packaged.release)
    return Error{
        Fault::Input, kBadLinuxImage, "'" + name + "' says that it is Linux '" + elf.release + "'", {}, {}};
  kernel.version = elf.release;
  return kernel;
}

}  // namespace faasc
