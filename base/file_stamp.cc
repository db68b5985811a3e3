#include "base/file_stamp.h"

#include <ctime>

#include <sys/stat.h>

namespace faasc {
namespace {

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

FileStamp stamp_of(const std::filesystem::path& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return {};
  return stamp_of(status);
}

FileStamp stamp_of(const struct stat& status) {
  return {.inode = status.st_ino,
          // A directory's size says nothing that its times do not.
          .size_bytes = S_ISDIR(status.st_mode) ? 0 : static_cast<std::uint64_t>(status.st_size),
          .modified_ns = nanoseconds(status.st_mtim),
          .changed_ns = nanoseconds(status.st_ctim)};
}

std::int64_t file_clock_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return nanoseconds(now);
}

}  // namespace faasc
