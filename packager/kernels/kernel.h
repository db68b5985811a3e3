#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace faasc {

enum class KernelFamily : std::uint8_t { Nanos, Linux };

constexpr std::string_view name_of(KernelFamily family) {
  return family == KernelFamily::Nanos ? "nanos" : "linux";
}

/// The processors that there are kernels for. What names none means the first.
inline constexpr std::string_view kX86_64 = "x86_64";
inline constexpr std::string_view kAarch64 = "aarch64";

/// One kernel of the local store: where its files are and what it can boot from. Paths are empty for what it
/// lacks.
struct Kernel {
  KernelFamily family = KernelFamily::Nanos;
  std::string version;       ///< "0.1.55"; Linux: the package's release, "6.1.0-44-cloud-amd64"
  std::string architecture;  ///< "x86_64", "aarch64"
  std::string origin;        ///< where it came from, for people: a URL, a directory, "~/.ops"
  std::filesystem::path directory;
  bool debug = false;  ///< Nanos only: a debug build, which is used only where its version is named

  std::filesystem::path image;        ///< direct boot: Nanos kernel.img; Linux vmlinux with a PVH note
  std::filesystem::path bzimage;      ///< Linux only: the compressed form, for boot loaders
  std::filesystem::path boot_blob;    ///< Nanos on x86_64 only: boot.img, stage 1 and 2 of its BIOS loader
  std::filesystem::path uefi_loader;  ///< Nanos only: bootx64.efi, bootaa64.efi
  std::filesystem::path klibs;        ///< Nanos only: the directory of kernel libraries
  std::filesystem::path
      initramfs;  ///< Linux only: an uncompressed cpio (newc) of modules and /mod/order, without an init

  std::map<std::string, std::string> sha256;  ///< file name relative to `directory` → digest in hexadecimal
};

}  // namespace faasc
