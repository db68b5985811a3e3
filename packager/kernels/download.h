#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "packager/kernels/part_file.h"

namespace faasc {

struct DownloadOptions {
  std::chrono::seconds connect_timeout{10};
  std::chrono::seconds stall_timeout{30};      ///< without a single byte
  int attempts = 4;                            ///< of a transfer that breaks off
  std::chrono::milliseconds retry_delay{500};  ///< doubles with every attempt
  std::uint64_t limit_bytes = 512 << 20;
  /// Called as bytes arrive; `total` where the server told it.
  std::function<void(std::uint64_t done, std::optional<std::uint64_t> total)> progress;
};

/// The text at `url`; redirects are followed, to https only. Certificates are checked against the system's
/// authorities, or those in the file that CURL_CA_BUNDLE or SSL_CERT_FILE names; proxies are taken from the
/// environment. FAASC0634 where the server does not have it, FAASC0632 for any other failure.
Result<std::string> download_text(const std::string& url, std::uint64_t limit_bytes,
                                  const DownloadOptions& options);

/// As download_text, to a file in `directory`. What has arrived stays there when the transfer breaks off, and
/// the next call for the same URL asks only for the rest, provided that the server still has the same file
/// (its strong ETag, else its date of modification, says so). Waits while another process downloads the same
/// URL.
Result<PartFile> download_file(const std::string& url, const std::filesystem::path& directory,
                               const DownloadOptions& options);

}  // namespace faasc
