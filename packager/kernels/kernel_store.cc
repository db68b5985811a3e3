#include "packager/kernels/kernel_store.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <system_error>

#include "base/diagnostics.h"
#include "base/file.h"
#include "packager/kernels/codes.h"
#include "packager/kernels/default_kernel.h"
#include "packager/kernels/kernel_elf.h"
#include "packager/kernels/kernel_record.h"
#include "packager/kernels/kernel_version.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr const char* kNanosImage = "kernel.img";
constexpr const char* kLinuxImage = "vmlinux";

const char* image_name(KernelFamily family) {
  return family == KernelFamily::Nanos ? kNanosImage : kLinuxImage;
}

std::string title(KernelFamily family) {
  return family == KernelFamily::Nanos ? "Nanos" : "Linux";
}

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

/// An environment variable that holds an absolute path; anything else counts as not set.
std::optional<fs::path> path_variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || value[0] != '/') return std::nullopt;
  return fs::path(value);
}

Error no_kernel(std::string what, std::string hint) {
  return Error{Fault::Missing, kNoKernel, std::move(what), {}, std::move(hint)};
}

Error changed(const Kernel& kernel, const std::string& why) {
  std::string name = full_name(kernel);
  return Error{Fault::Input,
               kKernelChanged,
               "kernel '" + name + "' in '" + kernel.directory.string() + "' is not what was added: " + why,
               {},
               "run `faasc kernel remove " + name + "` and add or pull it again"};
}

Result<void> check_architecture(KernelFamily family, std::string_view architecture) {
  if (family == KernelFamily::Nanos || architecture.empty() || architecture == kX86_64) return {};
  return Error{Fault::Input,
               kNoSuchArchitecture,
               "there are no images of Linux for " + std::string(architecture) + ", only for x86_64",
               {},
               "choose 'nanos' or 'nanos-" + std::string(architecture) + "', which has kernels for both"};
}

/// The paths of what is there of the files a kernel of this family consists of.
void take_files(Kernel& kernel) {
  auto take = [&](fs::path& member, const char* name) {
    if (is_there(kernel.directory / name)) member = kernel.directory / name;
  };
  take(kernel.image, image_name(kernel.family));
  if (kernel.family == KernelFamily::Nanos) {
    bool pc = kernel.architecture == kX86_64;
    if (pc) take(kernel.boot_blob, "boot.img");
    take(kernel.uefi_loader, pc ? "bootx64.efi" : "bootaa64.efi");
    take(kernel.klibs, "klibs");
  } else {
    take(kernel.bzimage, "bzImage");
    take(kernel.initramfs, "modules.cpio");
  }
}

enum class Digests : std::uint8_t { Recorded, Complete };

/// The kernel in `directory`, which is known to hold one; the version of `name` and `origin` are for one
/// without a record.
Result<Kernel> load(const KernelName& name, const fs::path& directory, std::string_view origin,
                    Digests digests) {
  Kernel kernel;
  kernel.family = name.family;
  kernel.version = name.version;
  kernel.architecture = name.architecture;
  kernel.origin = origin;
  kernel.directory = directory;
  kernel.debug = name.family == KernelFamily::Nanos && is_debug_name(name.version);
  take_files(kernel);
  fs::path record_path = directory / kKernelRecordName;
  if (!is_there(record_path)) {
    if (digests == Digests::Recorded) return kernel;
    FAASC_TRY(KernelFiles files, describe_files(kernel));
    for (const auto& [path, file] : files) kernel.sha256[path] = file.sha256;
    return kernel;
  }

  FAASC_TRY(KernelRecord record, read_kernel_record(record_path));
  KernelName recorded{record.family, record.version, record.architecture};
  if (recorded.family != name.family || recorded.architecture != name.architecture ||
      (!name.version.empty() && recorded.version != name.version))
    return Error{Fault::Input,
                 kBadKernelRecord,
                 "'" + record_path.string() + "' describes the kernel '" + full_name(recorded) +
                     "', but its directory is that of '" + full_name(name) + "'",
                 {},
                 "remove the directory '" + directory.string() + "' and add the kernel again"};
  kernel.version = record.version;
  kernel.origin = record.origin;
  kernel.debug = kernel.debug || record.debug;
  for (const auto& [path, file] : record.files) {
    std::error_code error;
    std::uintmax_t size = fs::file_size(directory / path, error);
    if (error) return changed(kernel, "'" + path + "' is gone");
    if (size != file.size_bytes)
      return changed(kernel, "'" + path + "' has " + std::to_string(size) + " bytes where " +
                                 std::to_string(file.size_bytes) + " were recorded");
    kernel.sha256[path] = file.sha256;
  }
  if (!kernel.sha256.contains(image_name(name.family)))
    return changed(kernel, "it has no '" + std::string(image_name(name.family)) + "'");
  return kernel;
}

}  // namespace

struct KernelStore::Entry {
  std::string version;
  fs::path directory;
  std::string origin;  ///< of a kernel without a record
};

Result<KernelStore> KernelStore::open() {
  auto home = path_variable("HOME");
  fs::path root;
  if (const char* asked = std::getenv("FAASC_HOME"); asked != nullptr && asked[0] != '\0' && asked[0] != '/')
    return Error{Fault::Usage,
                 kNoKernelStore,
                 "FAASC_HOME is '" + std::string(asked) + "', which is not an absolute path",
                 {},
                 "set it to an absolute path, or unset it"};
  if (auto faasc_home = path_variable("FAASC_HOME")) {
    root = *faasc_home / "kernels";
  } else if (auto data_home = path_variable("XDG_DATA_HOME")) {
    root = *data_home / "faasc" / "kernels";
  } else if (home) {
    root = *home / ".local/share/faasc/kernels";
  } else {
    return Error{Fault::Missing,
                 kNoKernelStore,
                 "there is no telling where kernels are kept: HOME is not set",
                 {},
                 "set FAASC_HOME to an absolute path"};
  }
  fs::path ops;
  if (auto ops_home = path_variable("OPS_HOME")) {
    ops = *ops_home / ".ops";
  } else if (home) {
    ops = *home / ".ops";
  }
  return KernelStore(std::move(root), std::move(ops));
}

fs::path KernelStore::directory_of(KernelFamily family, std::string_view version,
                                   std::string_view architecture) const {
  return root_ / family_name(family, architecture) / version;
}

bool KernelStore::owns(const Kernel& kernel) const {
  return kernel.directory == directory_of(kernel.family, kernel.version, kernel.architecture);
}

std::vector<KernelStore::Entry> KernelStore::entries(KernelFamily family,
                                                     std::string_view architecture) const {
  std::vector<Entry> found;
  // OPS keeps its aarch64 kernels beside the others under names that end so.
  constexpr std::string_view kOpsArm = "-arm";
  auto scan = [&](const fs::path& parent, const std::string& origin, bool of_ops) {
    std::error_code error;
    for (fs::directory_iterator it(parent, error), end; !error && it != end; it.increment(error)) {
      std::string version = it->path().filename().string();
      if (!is_version_name(version)) continue;
      if (!is_there(it->path() / image_name(family)) && !is_there(it->path() / kKernelRecordName)) continue;
      if (of_ops && version.ends_with(kOpsArm) != (architecture == kAarch64)) continue;
      if (of_ops && architecture == kAarch64) version.resize(version.size() - kOpsArm.size());
      bool known = std::any_of(found.begin(), found.end(),
                               [&](const Entry& entry) { return entry.version == version; });
      if (!known) found.push_back({version, it->path(), origin});
    }
  };
  scan(root_ / family_name(family, architecture), "local", false);
  if (family == KernelFamily::Nanos && !ops_.empty()) {
    auto home = path_variable("HOME");
    scan(ops_, home && ops_ == *home / ".ops" ? "~/.ops" : ops_.string(), true);
  }
  std::sort(found.begin(), found.end(),
            [](const Entry& a, const Entry& b) { return compare_versions(a.version, b.version) > 0; });
  return found;
}

KernelStore::Listing KernelStore::list() const {
  Listing listing;
  const std::pair<KernelFamily, std::string_view> kinds[] = {
      {KernelFamily::Nanos, kX86_64}, {KernelFamily::Nanos, kAarch64}, {KernelFamily::Linux, kX86_64}};
  for (const auto& [family, architecture] : kinds) {
    for (const Entry& entry : entries(family, architecture)) {
      auto kernel = load({family, entry.version, std::string(architecture)}, entry.directory, entry.origin,
                         Digests::Recorded);
      if (kernel) {
        listing.kernels.push_back(std::move(kernel).value());
      } else {
        listing.problems.push_back(std::move(kernel).error());
      }
    }
  }
  return listing;
}

Result<Kernel> KernelStore::find(KernelFamily family, std::string_view version,
                                 std::string_view architecture) const {
  FAASC_CHECK(check_architecture(family, architecture));
  if (!version.empty()) FAASC_CHECK(check_supported(family, version));
  std::vector<Entry> candidates = entries(family, architecture);
  std::string debug_builds;
  for (const Entry& entry : candidates) {
    bool wanted =
        version.empty() ? check_supported(family, entry.version).has_value() : entry.version == version;
    if (!wanted) continue;
    FAASC_TRY(Kernel kernel, load({family, entry.version, std::string(architecture)}, entry.directory,
                                  entry.origin, Digests::Complete));
    if (!version.empty() || !kernel.debug) return kernel;
    if (debug_builds.empty()) debug_builds = full_name(kernel);
  }
  std::string name = family_name(family, architecture);
  std::string what =
      title(family) + " kernel" + (architecture == kX86_64 ? "" : " for " + std::string(architecture));
  if (!debug_builds.empty())
    return no_kernel("there is no " + what + " in '" + root_.string() +
                         "' but debug builds, which are used only where they are named",
                     "write '" + debug_builds + "', or run `faasc kernel pull " + name + "`");
  if (version.empty())
    return no_kernel("there is no " + what + " in '" + root_.string() + "'",
                     "run `faasc kernel pull " + name + "`");
  std::string others;
  for (const Entry& entry : candidates) others += (others.empty() ? "" : ", ") + ("'" + entry.version + "'");
  // Those with our mark in their name are built, not downloaded.
  const char* verb = version.find("-faasc-") == std::string_view::npos ? "pull " : "build ";
  return no_kernel("there is no " + what + " '" + std::string(version) + "' in '" + root_.string() + "'" +
                       (others.empty() ? "" : "; there is " + others),
                   "run `faasc kernel " + std::string(verb) + name + "@" + std::string(version) + "`");
}

Result<KernelName> parse_kernel_name(std::string_view text) {
  std::size_t at = text.find('@');
  std::string_view family = text.substr(0, at);
  KernelName name;
  for (std::string_view architecture : {kX86_64, kAarch64}) {
    if (!family.ends_with(architecture)) continue;
    std::string_view rest = family.substr(0, family.size() - architecture.size());
    if (!rest.ends_with('-')) continue;
    name.architecture = architecture;
    family = rest.substr(0, rest.size() - 1);
  }
  if (family == name_of(KernelFamily::Linux)) {
    name.family = KernelFamily::Linux;
    FAASC_CHECK(check_architecture(name.family, name.architecture));
  } else if (family != name_of(KernelFamily::Nanos)) {
    std::string_view meant = nearest(family, {name_of(KernelFamily::Nanos), name_of(KernelFamily::Linux)});
    return Error{Fault::Usage,
                 kBadKernelSelector,
                 "unknown kernel family '" + std::string(family) + "'; " +
                     (meant.empty() ? std::string("known are 'nanos' and 'linux'")
                                    : "did you mean '" + std::string(meant) + "'?"),
                 {},
                 "write nanos, nanos@0.1.55, linux, or a path with a '/' in it"};
  }
  if (at == std::string_view::npos) return name;
  name.version = text.substr(at + 1);
  if (!is_version_name(name.version))
    return Error{Fault::Usage,
                 kBadKernelSelector,
                 "'" + name.version + "' is not the version of a kernel",
                 {},
                 "write it as `faasc kernel list` shows it: " + std::string(family) + "@" +
                     (name.family == KernelFamily::Nanos ? "0.1.55" : "6.1.0-44-cloud-amd64")};
  return name;
}

namespace {

/// A kernel outside of any store. `file` is empty where the user named the directory.
Result<Kernel> load_path(const fs::path& directory, const fs::path& file) {
  if (file.empty() && is_there(directory / kKernelRecordName)) {
    FAASC_TRY(KernelRecord record, read_kernel_record(directory / kKernelRecordName));
    return load({record.family, {}, record.architecture}, directory, {}, Digests::Complete);
  }
  fs::path image = file;
  for (KernelFamily family : {KernelFamily::Nanos, KernelFamily::Linux})
    if (image.empty() && is_there(directory / image_name(family))) image = directory / image_name(family);
  if (image.empty())
    return no_kernel("'" + directory.string() +
                         "' holds neither a Nanos kernel ('kernel.img') nor a Linux kernel ('vmlinux')",
                     "name the directory of an unpacked Nanos release, or the kernel's ELF file");
  FAASC_TRY(KernelElf elf, read_kernel_elf(image));

  Kernel kernel;
  kernel.family = elf.family;
  kernel.architecture = elf.architecture;
  kernel.origin = directory.string();
  kernel.directory = directory;
  take_files(kernel);
  kernel.image = image;
  FAASC_TRY(KernelFiles files, describe_files(kernel));
  for (const auto& [name, described] : files) kernel.sha256[name] = described.sha256;
  std::string directory_name = directory.filename().string();
  if (is_release_number(directory_name)) {
    kernel.version = directory_name;
  } else if (!elf.release.empty()) {
    kernel.version = elf.release;
  } else if (!elf.commit.empty()) {
    kernel.version = "git-" + elf.commit.substr(0, 12);
  } else {
    kernel.version = "sha256-" + kernel.sha256[image.filename().string()].substr(0, 12);
  }
  FAASC_CHECK(check_supported(kernel.family, kernel.version));
  return kernel;
}

}  // namespace

Result<KernelStore::Resolved> KernelStore::resolve(std::string_view selector,
                                                   std::string_view architecture) const {
  if (selector.empty()) {
    FAASC_TRY(std::optional<KernelName> chosen, default_kernel(*this, architecture));
    if (chosen) {
      auto kernel = find(chosen->family, chosen->version, architecture);
      if (kernel) return Resolved{std::move(kernel).value(), Choice::Asked};
      Error error = std::move(kernel).error();
      error.during.emplace_back("looking for the default kernel");
      if (error.code == kNoKernel) error.hint += ", or choose another with `faasc kernel default KERNEL`";
      return error;
    }
    auto nanos = find(KernelFamily::Nanos, {}, architecture);
    // There is no other family to fall back on.
    if (!nanos && architecture != kX86_64) return std::move(nanos).error();
    if (nanos) return Resolved{std::move(nanos).value(), Choice::Newest};
    if (nanos.error().code != kNoKernel) return std::move(nanos).error();
    auto linux_kernel = find(KernelFamily::Linux);
    if (linux_kernel) return Resolved{std::move(linux_kernel).value(), Choice::LinuxForLackOfNanos};
    if (linux_kernel.error().code != kNoKernel) return std::move(linux_kernel).error();
    return no_kernel(
        "there is no kernel in '" + root_.string() + "'",
        "run `faasc kernel pull nanos` for the newest Nanos, or `faasc kernel pull linux` for the "
        "distribution's Linux");
  }
  if (selector.find('/') == std::string_view::npos && selector != "." && selector != "..") {
    FAASC_TRY(KernelName name, parse_kernel_name(selector));
    FAASC_TRY(Kernel kernel,
              find(name.family, name.version, name.architecture.empty() ? architecture : name.architecture));
    return Resolved{std::move(kernel), Choice::Asked};
  }
  std::error_code error;
  fs::path path = fs::canonical(fs::path(selector), error);
  if (error) return io_error("open", fs::path(selector), error.value());
  bool directory = fs::is_directory(path, error);
  FAASC_TRY(Kernel kernel, load_path(directory ? path : path.parent_path(), directory ? fs::path() : path));
  return Resolved{std::move(kernel), Choice::Asked};
}

std::string family_name(KernelFamily family, std::string_view architecture) {
  std::string name(name_of(family));
  return architecture.empty() || architecture == kX86_64 ? name : name + "-" + std::string(architecture);
}

std::string full_name(const Kernel& kernel) {
  return family_name(kernel.family, kernel.architecture) + "@" + kernel.version;
}

std::string full_name(const KernelName& name) {
  return family_name(name.family, name.architecture) + "@" + name.version;
}

Result<void> verify(const Kernel& kernel) {
  fs::path record_path = kernel.directory / kKernelRecordName;
  if (!is_there(record_path)) return {};
  FAASC_TRY(KernelRecord record, read_kernel_record(record_path));
  FAASC_TRY(auto present, describe_files(kernel.directory));
  for (const auto& [name, recorded] : record.files) {
    auto file = present.find(name);
    if (file == present.end()) return changed(kernel, "'" + name + "' is gone");
    if (file->second != recorded)
      return changed(kernel, "the SHA-256 of '" + name + "' is " + file->second.sha256 + " where " +
                                 recorded.sha256 + " was recorded");
  }
  for (const auto& [name, file] : present)
    if (!record.files.contains(name)) return changed(kernel, "'" + name + "' was not part of it");
  return {};
}

}  // namespace faasc
