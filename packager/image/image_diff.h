#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "packager/image/opened_image.h"

namespace faasc {

/// A path that is not the same in two images.
struct EntryChange {
  std::string part;  ///< "root", "boot", "esp"
  std::string path;
  std::optional<StoredEntry> before, after;  ///< absent: it is only in the other image
  /// What differs, where both have it: "kind", "contents", "target", "permissions".
  std::vector<std::string> what;
};

/// A setting of Nanos' root tuple that is not the same, in the kernel's notation.
struct AttributeChange {
  std::string name;
  std::optional<std::string> before, after;
};

struct ImageDiff {
  std::vector<EntryChange> entries;  ///< part by part, in the tree's order
  std::vector<AttributeChange> attributes;
  std::vector<AttributeChange> disk;  ///< "family", "label", "bios", "uefi"

  bool empty() const { return entries.empty() && attributes.empty() && disk.empty(); }
};

/// Compares what is in two images, not how it lies on their disks: times, places, formats and UUIDs do not
/// count. Permissions count where both have them.
Result<ImageDiff> diff_images(const OpenedImage& before, const OpenedImage& after);

}  // namespace faasc
