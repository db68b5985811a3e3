#include "compiler/cache/blob_copy.h"

#include <algorithm>
#include <cerrno>

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <unistd.h>

#include "base/sha256.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kBlock = 4096;

bool is_zero(std::string_view block) {
  return block.find_first_not_of('\0') == std::string_view::npos;
}

// Writes the blocks that are not zero, in as few calls as there are runs of them.
Result<void> write_data(const Fd& to, std::string_view bytes, std::uint64_t offset, const fs::path& path) {
  for (std::size_t at = 0; at < bytes.size();) {
    while (at < bytes.size() && is_zero(bytes.substr(at, kBlock))) at += kBlock;
    if (at >= bytes.size()) break;
    std::size_t end = at;
    while (end < bytes.size() && !is_zero(bytes.substr(end, kBlock))) end += kBlock;
    end = std::min(end, bytes.size());
    FAASC_CHECK(write_all_at(to, bytes.substr(at, end - at), offset + at, path));
    at = end;
  }
  return {};
}

}  // namespace

Result<std::string> copy_and_digest(const Fd& from, const fs::path& from_path, const Fd& to,
                                    const fs::path& to_path) {
  const bool shared = ::ioctl(to.get(), FICLONE, from.get()) == 0;
  const Fd& source = shared ? to : from;
  const fs::path& source_path = shared ? to_path : from_path;
  Sha256 digest;
  std::string buffer(std::size_t{256} * 1024, '\0');
  std::uint64_t offset = 0;
  for (;;) {
    ssize_t count = ::pread(source.get(), buffer.data(), buffer.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_error("read", source_path, errno);
    if (count == 0) break;
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
    digest.update(bytes);
    if (!shared) FAASC_CHECK(write_data(to, bytes, offset, to_path));
    offset += bytes.size();
  }
  if (!shared && ::ftruncate(to.get(), static_cast<off_t>(offset)) != 0)
    return io_error("write", to_path, errno);
  return to_hex(digest.finish());
}

}  // namespace faasc
