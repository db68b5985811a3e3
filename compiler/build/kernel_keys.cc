#include "compiler/build/kernel_keys.h"

#include <string>

#include "manifests/codes.h"

namespace faasc {

void report_other_kernels_keys(const Manifest& manifest, KernelFamily family, Diagnostics& diagnostics) {
  const bool nanos = family == KernelFamily::Nanos;
  auto warn = [&](const char* key, const SourcePlace& place) {
    diagnostics.add(manifest.finding(
        Severity::Warning, kOtherKernelsKey,
        std::string(key) + " means nothing to " + (nanos ? "Nanos" : "Linux") + ", which this image is for",
        place, std::string("remove it, or choose 'kernel: ") + (nanos ? "linux'" : "nanos'")));
  };
  const Manifest::ImageOptions& image = manifest.image;
  if (nanos) {
    if (const auto& six = manifest.network.address6; six.written() && !six->ends_with("/64"))
      diagnostics.add(
          manifest.finding(Severity::Error, kBadAddress6,
                           "Nanos takes every network of IPv6 to have 64 bits, and '" + *six + "' has not",
                           six.place, "write '" + six->substr(0, six->find('/')) + "/64'"));
    if (image.root.written()) warn("root", image.root.place);
    return;
  }
  if (!image.klibs.empty()) warn("klibs", image.klibs.front().place);
  if (image.consoles.written()) warn("consoles", image.consoles.place);
  if (image.coredumplimit) warn("coredumplimit", image.coredumplimit->place);
  if (!image.tuples.empty()) warn("manifest", image.tuples.front().name.place);
}

}  // namespace faasc
