#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace faasc {

/// A part that somebody else made, or the function itself.
struct Component {
  enum class Kind : std::uint8_t {
    Function,  ///< what the image is for
    Kernel,
    Library,  ///< a distribution's package, a wheel, a Go module, Go's own library
  };
  Kind kind = Kind::Library;
  std::string name, version;
  /// Package URL, "pkg:deb/debian/libc6@2.36-9?arch=amd64"; see the purl specification. Empty where there is
  /// none.
  std::string purl;
  std::string license;             ///< as its own metadata has it, and not checked; empty: not known
  std::string sha256;              ///< of the one file that it is; empty where it is several
  std::vector<std::string> files;  ///< paths in the image, sorted; empty where it was linked into the program
  bool operator==(const Component&) const = default;
};

/// What an image is made of.
struct Bill {
  Component function;                 ///< `sha256` is the image's
  std::vector<Component> components;  ///< by kind, then by package URL
};

/// "1970-01-01T00:00:00Z"
std::string utc_text(std::int64_t seconds);

/// SPDX 2.3, JSON. The same bytes for the same bill: the time is `created_s`, seconds since 1970.
std::string to_spdx(const Bill& bill, const std::string& faasc_version, std::int64_t created_s);
/// CycloneDX 1.5, JSON. The same.
std::string to_cyclonedx(const Bill& bill, const std::string& faasc_version, std::int64_t created_s);

}  // namespace faasc
