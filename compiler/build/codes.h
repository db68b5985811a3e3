#pragma once

namespace faasc {

inline constexpr const char* kNoManifest = "FAASC0801";    // no faas.yaml where one was looked for
inline constexpr const char* kBuildRefused = "FAASC0802";  // the diagnostics say why
inline constexpr const char* kNotInThisVersion =
    "FAASC0803";                                     // a key of the manifest that faasc cannot honour yet
inline constexpr const char* kNoBios = "FAASC0517";  // image.boot asks for one that the machine does not have
inline constexpr const char* kKernelCannotBootDisk =
    "FAASC0586";  // the kernel lacks what image.boot asks for

inline constexpr const char* kRootCannot = "FAASC0678";       // image.root, and something that it cannot do
inline constexpr const char* kRootKernelLacks = "FAASC0679";  // image.root, and the kernel has not got it
inline constexpr const char* kLockDiffers = "FAASC0870";      // what is built differs from faas.lock
inline constexpr const char* kNoFaasLock = "FAASC0871";       // --locked, and there is none
inline constexpr const char* kBadFaasLock = "FAASC0872";      // what is there is none of ours

}  // namespace faasc
