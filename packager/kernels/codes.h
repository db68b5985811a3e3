#pragma once

namespace faasc {

// Finding a kernel.
inline constexpr const char* kNoKernel = "FAASC0601";
inline constexpr const char* kKernelTooOld = "FAASC0602";
inline constexpr const char* kBadKernelSelector = "FAASC0603";
inline constexpr const char* kNoKernelStore = "FAASC0604";
inline constexpr const char* kBadKernelRecord = "FAASC0605";
inline constexpr const char* kKernelChanged = "FAASC0606";

// What a kernel's files must look like.
inline constexpr const char* kBadKernelImage = "FAASC0610";
inline constexpr const char* kBadBootBlob = "FAASC0611";
inline constexpr const char* kBadUefiLoader = "FAASC0612";
inline constexpr const char* kBadKlib = "FAASC0613";
inline constexpr const char* kBadRelease = "FAASC0614";
inline constexpr const char* kForeignBootBlob = "FAASC0855";  // of a release that kernel.img is not of

// Changing the store.
inline constexpr const char* kKernelVersionUnknown = "FAASC0620";
inline constexpr const char* kKernelExists = "FAASC0621";
inline constexpr const char* kKernelNotOurs = "FAASC0622";
inline constexpr const char* kBadKernelCommand = "FAASC0623";

// Getting a kernel from elsewhere.
inline constexpr const char* kOffline = "FAASC0630";
inline constexpr const char* kBadUrl = "FAASC0631";
inline constexpr const char* kDownloadFailed = "FAASC0632";
inline constexpr const char* kDownloadCorrupt = "FAASC0633";
inline constexpr const char* kNotPublished = "FAASC0634";
inline constexpr const char* kNoPackageManager = "FAASC0635";
inline constexpr const char* kNoPackageLists = "FAASC0636";
inline constexpr const char* kPackageManagerFailed = "FAASC0637";

// Architectures.
inline constexpr const char* kNoSuchArchitecture = "FAASC0638";  // that family has no kernel for it
inline constexpr const char* kMixedArchitectures = "FAASC0639";  // the files of one release are for several

// FAASC0640 to FAASC0643 are the Linux kernel package's: linux_package.h.

// Building a Linux kernel.
inline constexpr const char* kNoLinuxSource = "FAASC0644";
inline constexpr const char* kNoBuildTools = "FAASC0645";
inline constexpr const char* kNoRoomForBuild = "FAASC0646";
inline constexpr const char* kLinuxBuildFailed = "FAASC0647";
inline constexpr const char* kBadLinuxConfig = "FAASC0648";
inline constexpr const char* kLinuxBuildBusy = "FAASC0649";
inline constexpr const char* kBadLinuxSource = "FAASC0650";

// The kernel that is used where none is named.
inline constexpr const char* kBadDefaultKernel = "FAASC0651";

}  // namespace faasc
