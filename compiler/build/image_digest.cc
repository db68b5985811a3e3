#include "compiler/build/image_digest.h"

#include "base/file.h"
#include "base/file_stamp.h"
#include "base/sha256.h"

namespace faasc {
namespace fs = std::filesystem;

Result<std::string> image_digest(const fs::path& image, const fs::path& work_dir) {
  constexpr std::size_t kDigits = 64;
  const fs::path kept = work_dir / "digest";
  const FileStamp stamp = stamp_of(image);
  const std::string key = " " + image.string() + " " + std::to_string(stamp.inode) + " " +
                          std::to_string(stamp.size_bytes) + " " + std::to_string(stamp.modified_ns) + " " +
                          std::to_string(stamp.changed_ns) + "\n";
  if (auto text = read_file(kept, 1 << 16);
      text && text->size() == kDigits + key.size() && text->ends_with(key))
    return text->substr(0, kDigits);
  // A change in the same tick of the clock would not show in the stamp.
  const bool settled = stamp.changed_ns < file_clock_ns();
  FAASC_TRY(Sha256Digest digest, sha256_of_file(image));
  if (settled) (void)write_file(kept, to_hex(digest) + key);  // it only saves time
  return to_hex(digest);
}

}  // namespace faasc
