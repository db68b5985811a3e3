#include "packager/tfs/sequential_output.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>

#include <unistd.h>

#include "base/interrupt.h"
#include "packager/tfs/codes.h"

namespace faasc {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;
constexpr std::uint64_t kHoleBytes = 4096;  // shorter gaps cost nothing to write and a system call to skip

Error changed(const std::filesystem::path& path, std::uint64_t expected, std::string_view found) {
  return {Fault::Input,
          kTfsInputChanged,
          "'" + path.string() + "' had " + std::to_string(expected) + " bytes and " + std::string(found) +
              " while it was read",
          {},
          "build again once nothing writes to it"};
}

}  // namespace

SequentialOutput::SequentialOutput(const Fd& fd, std::filesystem::path path, std::uint64_t position)
    : fd_(fd),
      path_(std::move(path)),
      position_(position),
      buffer_(std::make_unique_for_overwrite<char[]>(kBufferBytes)) {}

Result<void> SequentialOutput::flush() {
  FAASC_CHECK(write_all_at(fd_, {buffer_.get(), used_}, position_, path_));
  position_ += used_;
  used_ = 0;
  return {};
}

Result<void> SequentialOutput::write(std::string_view bytes) {
  while (!bytes.empty()) {
    if (used_ == kBufferBytes) FAASC_CHECK(flush());
    std::size_t count = std::min(bytes.size(), kBufferBytes - used_);
    std::memcpy(buffer_.get() + used_, bytes.data(), count);
    used_ += count;
    bytes.remove_prefix(count);
  }
  return {};
}

Result<void> SequentialOutput::skip_to(std::uint64_t target) {
  assert(target >= position());
  std::uint64_t gap = target - position();
  if (gap >= kHoleBytes) {
    FAASC_CHECK(flush());
    position_ = target;
    return {};
  }
  if (gap > kBufferBytes - used_) FAASC_CHECK(flush());
  std::memset(buffer_.get() + used_, 0, gap);
  used_ += gap;
  return {};
}

Result<void> SequentialOutput::copy_data(const Fd& in, const std::filesystem::path& from,
                                         std::uint64_t size_bytes) {
  for (std::uint64_t left = size_bytes; left > 0;) {
    FAASC_CHECK(check_interrupt());
    if (used_ == kBufferBytes) FAASC_CHECK(flush());
    std::size_t room = std::min<std::uint64_t>(kBufferBytes - used_, left);
    FAASC_TRY(std::size_t count, read_some(in, buffer_.get() + used_, room, from));
    if (count == 0) return changed(from, size_bytes, "lost its last " + std::to_string(left));
    used_ += count;
    left -= count;
  }
  return {};
}

Result<void> SequentialOutput::copy_file(const std::filesystem::path& from, std::uint64_t size_bytes,
                                         Holes holes) {
  FAASC_TRY(Fd in, open_for_reading(from));
  if (size_bytes < kBufferBytes) {
    // One byte more than the file had, so that the same read shows that it has not grown.
    if (size_bytes + 1 > kBufferBytes - used_) FAASC_CHECK(flush());
    std::size_t count = 0;
    while (count <= size_bytes) {
      FAASC_TRY(std::size_t more, read_some(in, buffer_.get() + used_ + count, size_bytes + 1 - count, from));
      count += more;
      // A regular file gives less than asked only at its end.
      if (more == 0 || count == size_bytes) break;
    }
    if (count > size_bytes) return changed(from, size_bytes, "grew");
    if (count < size_bytes)
      return changed(from, size_bytes, "lost its last " + std::to_string(size_bytes - count));
    used_ += size_bytes;
    return {};
  }

  std::uint64_t start = position();
  for (std::uint64_t at = 0; at < size_bytes;) {
    std::uint64_t end = size_bytes;
    if (holes == Holes::Look) {
      off_t data = ::lseek(in.get(), static_cast<off_t>(at), SEEK_DATA);
      if (data < 0 && errno == ENXIO) break;  // nothing but a hole is left
      if (data >= 0) {
        off_t hole = ::lseek(in.get(), data, SEEK_HOLE);
        at = std::min(static_cast<std::uint64_t>(data), size_bytes);
        if (hole > data) end = std::min(static_cast<std::uint64_t>(hole), size_bytes);
      }
      if (::lseek(in.get(), static_cast<off_t>(at), SEEK_SET) < 0) return io_error("read", from, errno);
      FAASC_CHECK(skip_to(start + at));
    }
    FAASC_CHECK(copy_data(in, from, end - at));
    at = end;
  }
  off_t size = ::lseek(in.get(), 0, SEEK_END);
  if (size < 0) return io_error("read", from, errno);
  if (static_cast<std::uint64_t>(size) != size_bytes)
    return changed(from, size_bytes, "has " + std::to_string(size));
  return skip_to(start + size_bytes);
}

}  // namespace faasc
