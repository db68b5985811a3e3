#include "base/memory_copy.h"

#include <cerrno>

#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

namespace faasc {

Result<Fd> copy_in_memory(const std::filesystem::path& file) {
  Fd from(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!from) return io_error("open", file, errno);
  struct stat status{};
  if (::fstat(from.get(), &status) != 0) return io_error("read", file, errno);
  Fd copy(::memfd_create(file.filename().c_str(), MFD_CLOEXEC));
  if (!copy || ::ftruncate(copy.get(), status.st_size) != 0)
    return io_error("make a copy in memory of", file, errno);
  for (off_t at = 0; at < status.st_size;) {
    off_t data = ::lseek(from.get(), at, SEEK_DATA);
    if (data < 0 && errno == ENXIO) break;  // only a hole is left
    if (data < 0) return io_error("read", file, errno);
    const off_t hole = ::lseek(from.get(), data, SEEK_HOLE);
    if (hole < 0 || ::lseek(copy.get(), data, SEEK_SET) < 0) return io_error("read", file, errno);
    for (at = data; at < hole;) {
      ssize_t sent = ::sendfile(copy.get(), from.get(), &at, static_cast<std::size_t>(hole - at));
      if (sent < 0 && errno == EINTR) continue;
      if (sent < 0) return io_error("make a copy in memory of", file, errno);
      if (sent == 0) break;  // it has become shorter
    }
    if (at < hole) break;
  }
  return copy;
}

}  // namespace faasc
