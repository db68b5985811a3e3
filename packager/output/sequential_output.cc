#include "packager/output/sequential_output.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>

#include <linux/fs.h>
#include <sys/ioctl.h>

#include <unistd.h>

#include "base/interrupt.h"
#include "packager/output/codes.h"

namespace faasc {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;
constexpr std::size_t kPageBytes = 4096;
constexpr std::uint64_t kHoleBytes =
    kPageBytes;  // shorter gaps cost nothing to write and a system call to skip

Error changed(const std::string& path, std::uint64_t expected, std::string_view found) {
  return {Fault::Input,
          kOutputInputChanged,
          "'" + path + "' had " + std::to_string(expected) + " bytes and " + std::string(found) +
              " while it was read",
          {},
          "build again once nothing writes to it"};
}

Result<std::size_t> read_up_to(const Fd& fd, char* buffer, std::size_t size, const std::string& path) {
  for (;;) {
    ssize_t count = ::read(fd.get(), buffer, size);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return io_error("read", path, errno);
  }
}

}  // namespace

SequentialOutput::SequentialOutput(const Fd& fd, std::filesystem::path path, std::uint64_t position)
    : fd_(fd),
      path_(std::move(path)),
      position_(position),
      // Aligned, because the kernel copies to and from whole cache lines faster; and a page more, to read
      // past the end of a file that should end where the buffer does.
      buffer_(static_cast<char*>(std::aligned_alloc(kPageBytes, kBufferBytes + kPageBytes))) {
  if (!buffer_) std::abort();
}

std::size_t SequentialOutput::room() const {
  return kBufferBytes - position_ % kBufferBytes - used_;
}

Result<void> SequentialOutput::make_room() {
  if (room() > 0) return {};
  return flush();
}

Result<void> SequentialOutput::flush() {
  FAASC_CHECK(write_all_at(fd_, {buffer_.get(), used_}, position_, path_));
  position_ += used_;
  used_ = 0;
  return {};
}

Result<void> SequentialOutput::write(std::string_view bytes) {
  while (!bytes.empty()) {
    FAASC_CHECK(make_room());
    std::size_t count = std::min(bytes.size(), room());
    std::memcpy(buffer_.get() + used_, bytes.data(), count);
    used_ += count;
    bytes.remove_prefix(count);
  }
  return {};
}

Result<void> SequentialOutput::skip_to(std::uint64_t target) {
  assert(target >= position());
  if (target - position() >= kHoleBytes) {
    FAASC_CHECK(flush());
    position_ = target;
  }
  while (position() < target) {
    FAASC_CHECK(make_room());
    std::size_t count = std::min<std::uint64_t>(target - position(), room());
    std::memset(buffer_.get() + used_, 0, count);
    used_ += count;
  }
  return {};
}

// The rest of the file from where `in` stands.
Result<void> SequentialOutput::copy_data(const Fd& in, const std::string& from, std::uint64_t size_bytes) {
  for (std::uint64_t left = size_bytes;;) {
    FAASC_CHECK(check_interrupt());
    FAASC_CHECK(make_room());
    // One byte more than there is to be, so that the last read shows that the file has not grown.
    std::size_t wanted = std::min<std::uint64_t>(left, room());
    if (wanted == left) ++wanted;
    FAASC_TRY(std::size_t count, read_up_to(in, buffer_.get() + used_, wanted, from));
    if (count > left) return changed(from, size_bytes, "grew");
    used_ += count;
    left -= count;
    // Only at its end a regular file gives less than was asked for; whoever gives less sooner is asked again.
    if (left == 0 && count < wanted) return {};
    if (count == 0) return changed(from, size_bytes, "lost its last " + std::to_string(left));
  }
}

Result<void> SequentialOutput::copy_with_holes(const Fd& in, const std::string& from,
                                               std::uint64_t size_bytes) {
  std::uint64_t start = position();
  for (std::uint64_t at = 0; at < size_bytes;) {
    off_t data = ::lseek(in.get(), static_cast<off_t>(at), SEEK_DATA);
    if (data < 0 && errno == ENXIO) break;  // nothing but a hole is left
    off_t hole = data < 0 ? data : ::lseek(in.get(), data, SEEK_HOLE);
    if (hole < 0 || ::lseek(in.get(), data, SEEK_SET) < 0) return io_error("read", from, errno);
    at = std::min(static_cast<std::uint64_t>(data), size_bytes);
    FAASC_CHECK(skip_to(start + at));
    for (std::uint64_t end = std::min(static_cast<std::uint64_t>(hole), size_bytes); at < end;) {
      FAASC_CHECK(check_interrupt());
      FAASC_CHECK(make_room());
      FAASC_TRY(std::size_t count,
                read_up_to(in, buffer_.get() + used_, std::min<std::uint64_t>(end - at, room()), from));
      if (count == 0) return changed(from, size_bytes, "lost its last " + std::to_string(size_bytes - at));
      used_ += count;
      at += count;
    }
  }
  off_t size = ::lseek(in.get(), 0, SEEK_END);
  if (size < 0) return io_error("read", from, errno);
  if (static_cast<std::uint64_t>(size) != size_bytes)
    return changed(from, size_bytes, "has " + std::to_string(size));
  return skip_to(start + size_bytes);
}

Result<void> SequentialOutput::copy_file(const std::string& from, std::uint64_t size_bytes, Holes holes) {
  FAASC_TRY(Fd in, host_files_.open_for_reading(from));
  return holes == Holes::Look ? copy_with_holes(in, from, size_bytes) : copy_data(in, from, size_bytes);
}

Result<void> SequentialOutput::copy_stored(const StoredTree& tree, const StoredEntry& file) {
  std::uint64_t start = position();
  for (const StoredRun& run : tree.runs(file)) {
    FAASC_CHECK(skip_to(start + run.file_offset));
    std::uint64_t from = run.source_offset;
    for (std::uint64_t left = run.size_bytes; left > 0;) {
      FAASC_CHECK(check_interrupt());
      FAASC_CHECK(make_room());
      std::size_t count = std::min<std::uint64_t>(left, room());
      FAASC_CHECK(
          tree.source().read_at(from, buffer_.get() + used_, count).during("reading '" + file.path + "'"));
      used_ += count;
      from += count;
      left -= count;
    }
  }
  return skip_to(start + file.size_bytes);
}

Result<void> SequentialOutput::copy_from(const EarlierImage& from, std::uint64_t offset,
                                         std::uint64_t size_bytes) {
  while (size_bytes > 0) {
    FAASC_CHECK(check_interrupt());
    FAASC_CHECK(make_room());
    std::size_t count = std::min<std::uint64_t>(size_bytes, room());
    FAASC_CHECK(read_exactly_at(from.fd(), buffer_.get() + used_, count, offset, from.path()));
    used_ += count;
    offset += count;
    size_bytes -= count;
  }
  return {};
}

// Shares blocks from where the output stands, which begins one. False where the file system does not do that.
Result<bool> SequentialOutput::share(const EarlierImage& from, std::uint64_t offset,
                                     std::uint64_t size_bytes) {
  FAASC_CHECK(flush());
  file_clone_range range{
      .src_fd = from.fd().get(), .src_offset = offset, .src_length = size_bytes, .dest_offset = position_};
  // Whatever the reason why it is refused, copying is the other way, and will say what is wrong.
  if (::ioctl(fd_.get(), FICLONERANGE, &range) != 0) return false;
  position_ += size_bytes;
  shared_bytes_ += size_bytes;
  return true;
}

Result<void> SequentialOutput::copy_image(const EarlierImage& from, std::uint64_t offset,
                                          std::uint64_t size_bytes) {
  reused_bytes_ += size_bytes;
  if (may_share_ && position() % kPageBytes == offset % kPageBytes) {
    std::uint64_t head = (kPageBytes - offset % kPageBytes) % kPageBytes;
    std::uint64_t blocks = size_bytes < head ? 0 : (size_bytes - head) / kPageBytes * kPageBytes;
    if (blocks >= kLeastShared) {
      FAASC_CHECK(copy_from(from, offset, head));
      FAASC_TRY(may_share_, share(from, offset + head, blocks));
      std::uint64_t done = head + (may_share_ ? blocks : 0);
      offset += done;
      size_bytes -= done;
    }
  }
  return copy_from(from, offset, size_bytes);
}

}  // namespace faasc
