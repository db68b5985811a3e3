#include "launcher/detached/bounded_log.h"

#include <cerrno>

#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr const char* kCurrent = "console.log";
constexpr const char* kBefore = "console.log.1";

Fd open_log(const fs::path& path) {
  return Fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600));
}

bool same_file(const Fd& file, const fs::path& path) {
  struct stat ours{}, named{};
  return ::fstat(file.get(), &ours) == 0 && ::stat(path.c_str(), &named) == 0 &&
         ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
}

}  // namespace

Result<BoundedLog> BoundedLog::create(const fs::path& directory, std::uint64_t limit) {
  fs::path path = directory / kCurrent;
  Fd file = open_log(path);
  if (!file) return io_error("create", path, errno);
  return BoundedLog(path, std::move(file), limit);
}

void BoundedLog::append(std::string_view bytes) {
  if (size_ > 0 && size_ + bytes.size() > limit_) {
    std::error_code ignored;
    fs::rename(path_, path_.parent_path() / kBefore, ignored);
    if (Fd next = open_log(path_)) file_ = std::move(next);
    size_ = 0;
  }
  (void)write_all(file_, bytes, path_);
  size_ += bytes.size();
}

Result<void> LogReader::read_to_end(const std::function<void(std::string_view)>& take) {
  char buffer[64 * 1024];
  for (;;) {
    FAASC_TRY(std::size_t count, read_some(file_, buffer, sizeof buffer, directory_ / kCurrent));
    if (count == 0) return {};
    take({buffer, count});
  }
}

Result<void> LogReader::read(const std::function<void(std::string_view)>& take) {
  fs::path current = directory_ / kCurrent, before = directory_ / kBefore;
  if (!begun_) {
    begun_ = true;
    file_.reset(::open(before.c_str(), O_RDONLY | O_CLOEXEC));
    // The log may have gone on meanwhile: then this one is what was the current one a moment ago.
    if (file_) FAASC_CHECK(read_to_end(take));
  }
  if (file_ && same_file(file_, current)) return read_to_end(take);
  if (file_) FAASC_CHECK(read_to_end(take));
  Fd next(::open(current.c_str(), O_RDONLY | O_CLOEXEC));
  if (!next) return errno == ENOENT ? Result<void>() : io_error("open", current, errno);
  file_ = std::move(next);
  return read_to_end(take);
}

}  // namespace faasc
