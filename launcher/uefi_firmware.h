#pragma once

#include <filesystem>
#include <string_view>

namespace faasc {

/// The environment variable that names a firmware; it goes before all others, even if it is not there.
inline constexpr const char* kUefiFirmwareVariable = "FAASC_UEFI_FIRMWARE";
/// The same for aarch64.
inline constexpr const char* kUefiFirmwareVariableAarch64 = "FAASC_UEFI_FIRMWARE_AARCH64";

/// Whose package has one for that architecture, as Debian calls it.
std::string_view uefi_firmware_package(std::string_view architecture);

/// The code of a UEFI firmware for QEMU's PC (OVMF, without Secure Boot) or for its aarch64 board (AAVMF),
/// where distributions put it; empty where there is none.
std::filesystem::path find_uefi_firmware(std::string_view architecture);

}  // namespace faasc
