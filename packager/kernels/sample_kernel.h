#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "packager/kernels/kernel.h"

namespace faasc {

// For tests: files with the structure of a kernel's, small enough to be made on the spot. None of them runs.

struct SampleElf {
  std::uint16_t machine = 62;  ///< EM_X86_64
  std::uint16_t type = 2;      ///< ET_EXEC
  bool pvh_note = true;
  std::string commit;  ///< what `gitversion` points at; empty: no such symbol
  std::string text;    ///< bytes of the one loaded segment
  std::vector<std::string> exported, needed;
  bool dynamic = false;  ///< the symbols are in .dynsym instead of .symtab
};
std::string sample_elf(const SampleElf& sample);

inline constexpr std::string_view kSampleCommit = "0123456789abcdef0123456789abcdef01234567";

/// A kernel.img of Nanos whose bytes differ with `text`, and which exports "kernel_print".
std::string sample_nanos(std::string_view text = "nanos", std::string_view architecture = kX86_64);
/// A vmlinux of Linux 6.1.0-44-cloud-amd64.
std::string sample_vmlinux();
/// A klib that needs "kernel_print" and exports "klib_start".
std::string sample_klib(std::string_view architecture = kX86_64);
/// A boot.img of `sectors` sectors.
std::string sample_boot_blob(std::size_t sectors = 4);
/// A bootx64.efi or a bootaa64.efi.
std::string sample_uefi_loader(std::string_view architecture = kX86_64);

/// Lays out kernel.img, boot.img, bootx64.efi and klibs/tls in `directory`, which is created.
void write_sample_release(const std::filesystem::path& directory, std::string_view text = "nanos");
/// The same for aarch64: kernel.img, bootaa64.efi and klibs/tls.
void write_sample_aarch64_release(const std::filesystem::path& directory, std::string_view text = "nanos");
void write_sample_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace faasc
