#include "compiler/build/kernel_keys.h"

#include <string>

#include "manifests/codes.h"

namespace faasc {

void report_other_kernels_keys(const Manifest& manifest, KernelFamily family, Diagnostics& diagnostics) {
  if (family == KernelFamily::Nanos) return;
  auto warn = [&](const char* key, const SourcePlace& place) {
    diagnostics.add(manifest.finding(Severity::Warning, kOtherKernelsKey,
                                     std::string(key) + " means nothing to Linux, which this image is for",
                                     place, "remove it, or choose 'kernel: nanos'"));
  };
  const Manifest::ImageOptions& image = manifest.image;
  if (!image.klibs.empty()) warn("klibs", image.klibs.front().place);
  if (image.consoles.written()) warn("consoles", image.consoles.place);
  if (image.coredumplimit) warn("coredumplimit", image.coredumplimit->place);
  if (!image.tuples.empty()) warn("manifest", image.tuples.front().name.place);
}

}  // namespace faasc
