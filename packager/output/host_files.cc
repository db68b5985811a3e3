#include "packager/output/host_files.h"

#include <cerrno>

#include <fcntl.h>

namespace faasc {

HostFiles::Place HostFiles::place_of(const std::string& path) {
  std::size_t end = path.rfind('/') + 1;
  if (end == 0) return {AT_FDCWD, path.c_str()};
  if (path.compare(0, end, previous_) != 0) {
    directory_.reset();
    previous_.assign(path, 0, end);
    return {AT_FDCWD, path.c_str()};
  }
  if (!directory_) directory_.reset(::open(previous_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory_) return {AT_FDCWD, path.c_str()};
  return {directory_.get(), path.c_str() + end};
}

Result<struct stat> HostFiles::status_of(const std::string& path) {
  Place place = place_of(path);
  struct stat status{};
  if (::fstatat(place.directory, place.name, &status, 0) != 0) return io_error("read", path, errno);
  return status;
}

Result<Fd> HostFiles::open_for_reading(const std::string& path) {
  Place place = place_of(path);
  Fd fd(::openat(place.directory, place.name, O_RDONLY | O_CLOEXEC));
  if (!fd) return io_error("open", path, errno);
  return fd;
}

}  // namespace faasc
