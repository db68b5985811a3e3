#include "launcher/uefi_firmware.h"

#include <cstdlib>
#include <span>

#include <unistd.h>

namespace faasc {

std::string_view uefi_firmware_package(std::string_view architecture) {
  return architecture == "aarch64" ? "qemu-efi-aarch64" : "ovmf";
}

std::filesystem::path find_uefi_firmware(std::string_view architecture) {
  bool aarch64 = architecture == "aarch64";
  if (const char* named = std::getenv(aarch64 ? kUefiFirmwareVariableAarch64 : kUefiFirmwareVariable);
      named && *named)
    return named;

  constexpr const char* kAarch64Places[] = {
      "/usr/share/AAVMF/AAVMF_CODE.no-secboot.fd",    // Debian, Ubuntu
      "/usr/share/AAVMF/AAVMF_CODE.fd",               // their older releases
      "/usr/share/edk2/aarch64/QEMU_EFI-pflash.raw",  // Fedora
      "/usr/share/edk2/aarch64/QEMU_CODE.fd",         // Arch
      "/usr/share/qemu/aavmf-aarch64-code.bin",       // openSUSE
      "/usr/share/qemu/edk2-aarch64-code.fd",         // QEMU's own
  };
  constexpr const char* kPlaces[] = {
      "/usr/share/OVMF/OVMF_CODE_4M.fd",       // Debian, Ubuntu
      "/usr/share/OVMF/OVMF_CODE.fd",          // their older releases
      "/usr/share/edk2/ovmf/OVMF_CODE.fd",     // Fedora
      "/usr/share/edk2/x64/OVMF_CODE.4m.fd",   // Arch
      "/usr/share/qemu/ovmf-x86_64-code.bin",  // openSUSE
      "/usr/share/qemu/edk2-x86_64-code.fd",   // QEMU's own
  };
  std::span<const char* const> places = kPlaces;
  if (aarch64) places = kAarch64Places;
  for (const char* place : places)
    if (::access(place, R_OK) == 0) return place;
  return {};
}

}  // namespace faasc
