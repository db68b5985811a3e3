#include "launcher/volume_lock.h"

#include <cerrno>
#include <cstring>

#include <sys/file.h>

#include <fcntl.h>

#include "launcher/codes.h"

namespace faasc {

Error volume_in_use(const std::filesystem::path& path) {
  return {Fault::Host,
          kVolumeInUse,
          "another machine has the volume '" + path.string() + "'",
          {},
          kVolumeInUseHint};
}

Result<std::shared_ptr<const Fd>> lock_volume(const std::filesystem::path& path, bool read_only) {
  auto file = std::make_shared<Fd>(::open(path.c_str(), (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC));
  if (!*file) {
    bool missing = errno == ENOENT;
    return Error{Fault::Input,
                 kVolumeMissing,
                 "the volume '" + path.string() + "' cannot be opened" +
                     (read_only ? "" : " to be written to") + ": " + std::strerror(errno),
                 {},
                 missing     ? "'faasc volume create " + path.string() + " --size 64MiB' makes one"
                 : read_only ? "see who may read it"
                             : "see who may write to it, or put ':ro' behind it"};
  }
  // Of the open file, which QEMU inherits: nobody has to let go of it.
  if (::flock(file->get(), (read_only ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return volume_in_use(path);
    return io_error("lock", path, errno);
  }
  return std::shared_ptr<const Fd>(std::move(file));
}

}  // namespace faasc
