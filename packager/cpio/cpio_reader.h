#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "packager/rootfs/stored_tree.h"

namespace faasc {

inline constexpr const char* kCpioDamaged = "FAASC0677";

/// Whether a cpio archive in the "newc" format begins here, as an initramfs does.
bool is_cpio(const ByteSource& source);

/// What Linux makes of an initramfs that is not compressed: one archive after the other, of which later ones
/// put their files in the place of earlier ones'
/// (Documentation/driver-api/early-userspace/buffer-format.rst). Needs no library.
class CpioReader : public StoredTree {
 public:
  /// FAASC0677 where a header is none or an entry is cut off.
  static Result<CpioReader> open(std::shared_ptr<const ByteSource> source);

  std::string format() const override { return "cpio"; }
  std::string label() const override { return {}; }
  std::string uuid_text() const override { return {}; }

  /// Where the last archive begins.
  std::uint64_t last_archive() const { return last_archive_; }

  /// Owners other than root, which what faasc writes has not.
  bool has_owners() const { return has_owners_; }

  /// Entries whose directory is not there, which the kernel leaves out.
  std::vector<std::string> problems() const override;

 private:
  friend class CpioWalk;

  std::uint64_t last_archive_ = 0;
  bool has_owners_ = false;
};

}  // namespace faasc
