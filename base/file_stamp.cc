#include "base/file_stamp.h"

#include <cerrno>
#include <ctime>

#include <sys/stat.h>

#include <fcntl.h>

#include "base/file.h"

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

Result<void> set_modification_time(const std::filesystem::path& path, std::int64_t modified_ns) {
  const timespec times[2] = {
      {.tv_sec = 0, .tv_nsec = UTIME_OMIT},
      {.tv_sec = modified_ns / 1'000'000'000, .tv_nsec = static_cast<long>(modified_ns % 1'000'000'000)}};
  if (::utimensat(AT_FDCWD, path.c_str(), times, 0) != 0) return io_error("set the time of", path, errno);
  return {};
}

std::int64_t file_clock_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return nanoseconds(now);
}

}  // namespace faasc
