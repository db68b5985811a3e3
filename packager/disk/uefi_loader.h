#pragma once

namespace faasc {

/// What firmware starts from a system partition when nothing else was set up.
inline constexpr const char* kUefiLoaderPath = "/EFI/BOOT/BOOTX64.EFI";
inline constexpr const char* kUefiLoaderPathAarch64 = "/EFI/BOOT/BOOTAA64.EFI";

}  // namespace faasc
