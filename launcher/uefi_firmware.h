#pragma once

#include <filesystem>
#include <string_view>

namespace faasc {

/// The environment variable that names a firmware; it goes before all others, even if it is not there.
inline constexpr const char* kUefiFirmwareVariable = "FAASC_UEFI_FIRMWARE";
/// Whose package has one, as Debian calls it.
inline constexpr std::string_view kUefiFirmwarePackage = "ovmf";

/// The code of a UEFI firmware for QEMU's PC (OVMF, without Secure Boot), where distributions put it; empty
/// where there is none.
std::filesystem::path find_uefi_firmware();

}  // namespace faasc
