#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "manifests/manifest.h"
#include "packager/kernels/kernel.h"
#include "packager/rootfs/rootfs.h"

namespace faasc {

/// Where the machine that builds keeps what guests may be given.
struct HostData {
  std::filesystem::path zoneinfo = "/usr/share/zoneinfo";
  /// The first that there is; they are what Debian, Fedora, SUSE and Alpine call it.
  std::vector<std::filesystem::path> certificates = {"/etc/ssl/certs/ca-certificates.crt",
                                                     "/etc/pki/tls/certs/ca-bundle.crt",
                                                     "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"};
};

/// Adds the files that keys of the manifest stand for: /etc/resolv.conf (network.dns), /etc/hosts
/// (network.hosts), the zone's file below /usr/share/zoneinfo (timezone) and the certificates
/// (ca_certificates). What was read, and what was looked for in vain, goes into `inputs`. Where nothing names
/// a name server, an /etc/nsswitch.conf keeps glibc from waiting for one.
void add_guest_files(const Manifest& manifest, KernelFamily family, const HostData& host, Rootfs& rootfs,
                     std::vector<std::filesystem::path>& inputs, Diagnostics& diagnostics);

}  // namespace faasc
