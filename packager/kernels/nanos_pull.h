#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "packager/kernels/download.h"
#include "packager/kernels/kernel_store.h"
#include "packager/kernels/staged_kernel.h"

namespace faasc {

/// Where upstream publishes Nanos:
///   <base>/latest.txt                                           the newest version
///   <base>/<version>/nanos-release-linux-<version>.md5          its MD5, in hexadecimal
///   <base>/<version>/nanos-release-linux-<version>.tar.gz       the release
/// and for aarch64 the same two files with "-virt" after the version.
inline constexpr const char* kNanosReleases = "https://storage.googleapis.com/nanos/release";

struct NanosPull {
  std::string version;  ///< empty: the newest
  std::string architecture{kX86_64};
  std::string base_url = kNanosReleases;
  std::string sha256;  ///< of the archive; empty: only the published MD5 is compared
  bool force = false;  ///< download even what is there, and replace what differs
  DownloadOptions download;
  std::function<void(const std::string& line)> say;  ///< told of every step
};

/// Downloads a release into the store. Without `force`, a version that is in the store undamaged is not
/// downloaded again; one that was named needs no network then. What has arrived of a broken download is kept
/// below the store for the next attempt; an archive that is not what was published is deleted (FAASC0633).
Result<Added> pull_nanos(const KernelStore& store, const NanosPull& pull);

}  // namespace faasc
