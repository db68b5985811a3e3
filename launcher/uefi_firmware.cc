#include "launcher/uefi_firmware.h"

#include <cstdlib>

#include <unistd.h>

namespace faasc {

std::filesystem::path find_uefi_firmware() {
  if (const char* named = std::getenv(kUefiFirmwareVariable); named && *named) return named;

  constexpr const char* kPlaces[] = {
      "/usr/share/OVMF/OVMF_CODE_4M.fd",       // Debian, Ubuntu
      "/usr/share/OVMF/OVMF_CODE.fd",          // their older releases
      "/usr/share/edk2/ovmf/OVMF_CODE.fd",     // Fedora
      "/usr/share/edk2/x64/OVMF_CODE.4m.fd",   // Arch
      "/usr/share/qemu/ovmf-x86_64-code.bin",  // openSUSE
      "/usr/share/qemu/edk2-x86_64-code.fd",   // QEMU's own
  };
  for (const char* place : kPlaces)
    if (::access(place, R_OK) == 0) return place;
  return {};
}

}  // namespace faasc
