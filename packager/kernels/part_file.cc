#include "packager/kernels/part_file.h"

#include <cerrno>
#include <system_error>
#include <thread>

#include <sys/file.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/sha256.h"

namespace faasc {
namespace fs = std::filesystem;

Result<void> pause_for(std::chrono::milliseconds duration) {
  if (interrupt_fd() >= 0) {
    pollfd interrupted{interrupt_fd(), POLLIN, 0};
    ::poll(&interrupted, 1, static_cast<int>(duration.count()));
  } else {
    std::this_thread::sleep_for(duration);
  }
  return check_interrupt();
}

Result<PartFile> PartFile::open(const fs::path& directory, const std::string& url) {
  FAASC_CHECK(make_directories(directory));
  PartFile part;
  part.path_ = directory / (to_hex(sha256(url)).substr(0, 32) + ".part");
  part.url_ = url;
  for (;;) {
    part.fd_.reset(::open(part.path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!part.fd_) return io_error("open", part.path_, errno);
    while (::flock(part.fd_.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK && errno != EINTR) return io_error("lock", part.path_, errno);
      FAASC_CHECK(pause_for(std::chrono::milliseconds(100)));
    }
    // Whoever had the lock may have deleted the file; then this one has no name any more.
    struct stat here{}, named{};
    if (::fstat(part.fd_.get(), &here) == 0 && ::stat(part.path_.c_str(), &named) == 0 &&
        here.st_ino == named.st_ino) {
      part.size_ = static_cast<std::uint64_t>(here.st_size);
      break;
    }
  }
  auto note = read_file(part.note_path(), 65536);
  if (note && note->starts_with(url + "\n"))
    part.validator_ = note->substr(url.size() + 1, note->find('\n', url.size() + 1) - url.size() - 1);
  if (part.validator_.empty()) FAASC_CHECK(part.restart({}));
  return part;
}

Result<void> PartFile::restart(const std::string& validator) {
  if (::ftruncate(fd_.get(), 0) != 0) return io_error("write", path_, errno);
  size_ = 0;
  validator_ = validator;
  return write_file(note_path(), url_ + "\n" + validator + "\n");
}

Result<void> PartFile::append(std::string_view bytes) {
  FAASC_CHECK(write_all_at(fd_, bytes, size_, path_));
  size_ += bytes.size();
  return {};
}

void PartFile::discard() && {
  std::error_code ignored;
  fs::remove(note_path(), ignored);
  fs::remove(path_, ignored);
  fd_.reset();
}

}  // namespace faasc
