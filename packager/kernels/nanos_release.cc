#include "packager/kernels/nanos_release.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <system_error>
#include <vector>

#include "base/endian.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "packager/archive/archive_reader.h"
#include "packager/kernels/boot_blob.h"
#include "packager/kernels/codes.h"
#include "packager/kernels/kernel_version.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kMaxFileBytes = 256 << 20;
constexpr std::uint64_t kMaxBootBytes = 16 << 20;
constexpr std::uint16_t kPeMachineX86_64 = 0x8664;
constexpr std::uint16_t kPeMachineAarch64 = 0xAA64;
constexpr std::uint16_t kElfMachineAarch64 = 183;
constexpr std::uint16_t kPeSubsystemEfiApplication = 10;

/// Whether a release keeps a file of this path, below its top directory.
bool belongs(const fs::path& path) {
  if (path == "kernel.img" || path == "boot.img" || path == "bootx64.efi" || path == "bootaa64.efi")
    return true;
  std::string name = path.filename().string();
  return path.parent_path() == "klibs" && !name.empty() && !name.starts_with(".");
}

Error no_release(const fs::path& source, const std::string& why) {
  return Error{Fault::Input,
               kBadRelease,
               "'" + source.string() + "' is not a Nanos release: " + why,
               {},
               "a release has 'kernel.img' and, for x86_64, 'boot.img', and it may have 'bootx64.efi' or "
               "'bootaa64.efi', and 'klibs/'"};
}

/// Whether the file's ELF header, if it has one, names the machine.
bool is_elf_for_aarch64(const fs::path& path) {
  auto fd = open_for_reading(path);
  char start[20] = {};
  auto size = fd ? read_some(*fd, start, sizeof start, path) : Result<std::size_t>(0);
  le16 machine;
  std::memcpy(&machine, start + 18, sizeof machine);
  return size && *size == sizeof start && std::memcmp(start, "\177ELF", 4) == 0 &&
         machine == kElfMachineAarch64;
}

Result<void> check_complete(const fs::path& source, const fs::path& staging,
                            const std::set<std::string>& staged) {
  if (!staged.contains("kernel.img")) return no_release(source, "it has no 'kernel.img'");
  // Machines for aarch64 have no BIOS.
  if (!staged.contains("boot.img") && !is_elf_for_aarch64(staging / "kernel.img"))
    return no_release(source, "it has no 'boot.img'");
  return {};
}

Result<void> stage_file(const fs::path& from, const fs::path& to) {
  FAASC_CHECK(check_interrupt());
  FAASC_TRY(std::string bytes, read_file(from, kMaxFileBytes));
  return write_file(to, bytes);
}

Result<std::string> stage_directory(const fs::path& source, const fs::path& staging) {
  std::error_code error;
  fs::path top = source;
  if (!fs::exists(source / "kernel.img", error)) {
    for (fs::directory_iterator it(source, error), end; !error && it != end; it.increment(error)) {
      std::error_code ignored;
      if (!fs::exists(it->path() / "kernel.img", ignored)) continue;
      if (top != source)
        return no_release(source, "more than one directory in it has a 'kernel.img': '" +
                                      std::min(top, it->path()).filename().string() + "' and '" +
                                      std::max(top, it->path()).filename().string() + "'");
      top = it->path();
    }
    if (error) return io_error("read directory", source, error.value());
  }
  std::set<std::string> staged;
  std::vector<fs::path> names = {"kernel.img", "boot.img", "bootx64.efi", "bootaa64.efi"};
  for (fs::directory_iterator it(top / "klibs", error), end; !error && it != end; it.increment(error))
    names.push_back(fs::path("klibs") / it->path().filename());
  for (const fs::path& name : names) {
    if (!belongs(name) || !fs::is_regular_file(top / name, error)) continue;
    FAASC_CHECK(stage_file(top / name, staging / name));
    staged.insert(name.string());
  }
  FAASC_CHECK(check_complete(source, staging, staged));
  return top == source ? std::string() : top.filename().string();
}

Result<std::string> stage_archive(const fs::path& source, const fs::path& staging) {
  ArchiveLimits limits;
  limits.total_bytes = 2 * kMaxFileBytes;
  limits.entries = 10'000;
  FAASC_TRY(ArchiveReader reader, ArchiveReader::open(source, limits));
  std::optional<fs::path> top;
  std::set<std::string> staged;
  for (;;) {
    FAASC_CHECK(check_interrupt());
    FAASC_TRY(std::optional<ArchiveEntry> entry, reader.next());
    if (!entry) break;
    if (entry->kind != ArchiveEntry::Kind::File) continue;
    // "klibs/tls" may lie below one directory, so may "kernel.img"; which it is shows with the first file of
    // a release.
    fs::path path(entry->path);
    fs::path below = path.lexically_relative(*path.begin());
    std::optional<fs::path> this_top;
    if (belongs(path)) {
      this_top = fs::path();
    } else if (belongs(below)) {
      this_top = *path.begin();
      path = below;
    }
    if (!this_top) continue;
    if (top && *top != *this_top)
      return no_release(source, "its files are in more than one directory: '" + (*top / "").string() +
                                    "' and '" + (*this_top / "").string() + "'");
    top = this_top;
    FAASC_TRY(std::string bytes, reader.read_all(kMaxFileBytes));
    FAASC_CHECK(write_file(staging / path, bytes));
    staged.insert(path.string());
  }
  FAASC_CHECK(check_complete(source, staging, staged));
  return top->string();
}

/// `name` is "bootx64.efi" or "bootaa64.efi", which say what they are for.
Result<void> check_uefi_loader(const fs::path& directory, const std::string& shown, const std::string& name) {
  FAASC_TRY(std::string bytes, read_file(directory / name, kMaxBootBytes));
  auto refuse = [&](const std::string& why) {
    return Error{Fault::Input,
                 kBadUefiLoader,
                 "'" + shown + "/" + name + "' is not the UEFI loader of Nanos: " + why,
                 {},
                 "take " + name + " from the same release as kernel.img, or leave it out"};
  };
  bool pc = name == "bootx64.efi";
  auto field = [&]<typename T>(std::uint64_t at, T value) -> std::optional<T> {
    if (at > bytes.size() || sizeof value > bytes.size() - at) return std::nullopt;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
  };
  std::uint64_t header = field(0x3C, le32()).value_or(le32(0));
  if (!bytes.starts_with("MZ") || field(header, le32()).value_or(le32(0)) != 0x00004550)
    return refuse("it is not a PE file");
  if (field(header + 4, le16()).value_or(le16(0)) != (pc ? kPeMachineX86_64 : kPeMachineAarch64))
    return refuse(pc ? "it is not for x86_64" : "it is not for aarch64");
  if (field(header + 0x18 + 68, le16()).value_or(le16(0)) != kPeSubsystemEfiApplication)
    return refuse("it is not an EFI application");
  return {};
}

Error mixed(const std::string& shown, const std::string& name, const std::string& architecture,
            const KernelElf& kernel) {
  return Error{Fault::Input,
               kMixedArchitectures,
               "'" + shown + "' has files of two releases: '" + name + "' is for " + architecture +
                   ", and 'kernel.img' is for " + kernel.architecture,
               {},
               "keep releases for different processors in directories of their own, and add each"};
}

/// Klibs are linked when the guest boots; one from another build stops it there.
Result<void> check_klibs(const fs::path& directory, const std::string& shown, const KernelElf& kernel) {
  std::error_code error;
  std::vector<std::string> names;
  for (fs::directory_iterator it(directory / "klibs", error), end; !error && it != end; it.increment(error))
    names.push_back(it->path().filename().string());
  std::sort(names.begin(), names.end());
  std::vector<KlibSymbols> klibs;
  std::set<std::string> known = kernel.symbols;
  for (const std::string& name : names) {
    FAASC_TRY(KlibSymbols klib, read_klib(directory / "klibs" / name, shown + "/klibs/" + name));
    if (klib.architecture != kernel.architecture)
      return mixed(shown, "klibs/" + name, klib.architecture, kernel);
    known.insert(klib.exported.begin(), klib.exported.end());
    klibs.push_back(std::move(klib));
  }
  if (kernel.symbols.empty()) return {};
  for (const KlibSymbols& klib : klibs)
    for (const std::string& symbol : klib.needed)
      if (!known.contains(symbol))
        return Error{Fault::Input,
                     kBadKlib,
                     "'" + shown + "/klibs/" + klib.name +
                         "' does not belong to this kernel.img: it needs '" + symbol +
                         "', which neither the kernel nor another klib has",
                     {},
                     "take klibs/ from the same release as kernel.img, or leave it out"};
  return {};
}

}  // namespace

Result<std::string> stage_nanos_release(const fs::path& source, const fs::path& staging) {
  std::error_code error;
  if (fs::is_directory(source, error)) return stage_directory(source, staging);
  return stage_archive(source, staging);
}

Result<KernelElf> check_nanos_release(const fs::path& directory, const std::string& shown) {
  FAASC_TRY(KernelElf kernel, read_kernel_elf(directory / "kernel.img", shown + "/kernel.img"));
  if (kernel.family != KernelFamily::Nanos)
    return Error{Fault::Input,
                 kBadKernelImage,
                 "'" + shown + "/kernel.img' is not a kernel faasc can use: it is Linux " + kernel.release,
                 {},
                 "name a Linux kernel's ELF file 'vmlinux'"};
  bool pc = kernel.architecture == kX86_64;
  std::error_code error;
  // What one kind of machine boots from, the other has no use for.
  for (const char* foreign : {pc ? "bootaa64.efi" : "bootx64.efi", pc ? "" : "boot.img"})
    if (*foreign != '\0' && fs::exists(directory / foreign, error))
      return mixed(shown, foreign, std::string(pc ? kAarch64 : kX86_64), kernel);
  if (pc) {
    FAASC_TRY(std::string blob, read_file(directory / "boot.img", kMaxBootBytes));
    FAASC_CHECK(check_boot_blob(blob, shown + "/boot.img"));
  }
  std::string loader = pc ? "bootx64.efi" : "bootaa64.efi";
  if (fs::exists(directory / loader, error)) FAASC_CHECK(check_uefi_loader(directory, shown, loader));
  FAASC_CHECK(check_klibs(directory, shown, kernel));
  return kernel;
}

std::string nanos_version_in(std::string_view file_name) {
  for (std::string_view suffix : {".tar.gz", ".tgz", ".tar"}) {
    if (!file_name.ends_with(suffix)) continue;
    file_name.remove_suffix(suffix.size());
    break;
  }
  for (std::string_view prefix : {"nanos-release-linux-", "nanos-release-darwin-"})
    if (file_name.starts_with(prefix)) file_name.remove_prefix(prefix.size());
  // The mark of a release for aarch64, which its files tell as well.
  if (file_name.ends_with("-virt")) file_name.remove_suffix(5);
  return is_release_number(file_name) ? std::string(file_name) : std::string();
}

}  // namespace faasc
