#include "packager/disk/formats/raw_disk.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <unistd.h>

#include "packager/disk/formats/block_map.h"
#include "packager/disk/formats/codes.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kSector = 512;

class RawDisk : public DiskContents {
 public:
  RawDisk(Fd file, fs::path path, std::uint64_t file_bytes)
      : file_(std::move(file)),
        path_(std::move(path)),
        file_bytes_(file_bytes),
        size_((file_bytes + kSector - 1) / kSector * kSector) {}

  std::uint64_t size() const override { return size_; }

  Result<void> read_at(std::uint64_t offset, char* buffer, std::size_t size) const override {
    std::size_t stored = offset >= file_bytes_ ? 0 : std::min<std::uint64_t>(size, file_bytes_ - offset);
    FAASC_CHECK(read_exactly_at(file_, buffer, stored, offset, path_));
    std::memset(buffer + stored, 0, size - stored);
    return {};
  }

  Result<Range> next_data(std::uint64_t offset) const override {
    if (offset >= size_) return Range{size_, size_};
    off_t data = ::lseek(file_.get(), static_cast<off_t>(offset), SEEK_DATA);
    if (data < 0 && errno == ENXIO) return Range{size_, size_};    // nothing but a hole is left
    if (data < 0 && errno == EINVAL) return Range{offset, size_};  // who knows no holes has none
    off_t hole = data < 0 ? data : ::lseek(file_.get(), data, SEEK_HOLE);
    if (hole < 0) return io_error("read", path_, errno);
    return Range{static_cast<std::uint64_t>(data), std::min(static_cast<std::uint64_t>(hole), size_)};
  }

 private:
  Fd file_;
  fs::path path_;
  std::uint64_t file_bytes_, size_;
};

}  // namespace

Result<std::shared_ptr<const DiskContents>> open_raw_disk(const fs::path& path) {
  FAASC_TRY(Fd file, open_for_reading(path));
  return open_raw_disk(std::move(file), path);
}

Result<std::shared_ptr<const DiskContents>> open_raw_disk(Fd file, const fs::path& path) {
  off_t size = ::lseek(file.get(), 0, SEEK_END);  // unlike fstat(), this knows the size of a block device
  if (size < 0) return io_error("read", path, errno);
  if (static_cast<std::uint64_t>(size) > kMaxDiskBytes)
    return Error{Fault::Input,
                 kFormatTooLarge,
                 "'" + path.string() + "' is a disk of " + std::to_string(size) +
                     " bytes; the largest that faasc reads has " + std::to_string(kMaxDiskBytes),
                 {},
                 {}};
  return std::shared_ptr<const DiskContents>(
      std::make_shared<RawDisk>(std::move(file), path, static_cast<std::uint64_t>(size)));
}

Result<std::uint64_t> write_raw_disk(const DiskContents& disk, SequentialOutput& out) {
  FAASC_CHECK(for_each_data_block(disk, kDataBlockBytes, [&](std::uint64_t block, std::string_view bytes) {
    return write_without_zeros(block * kDataBlockBytes, bytes, out);
  }));
  FAASC_CHECK(out.flush());
  return disk.size();
}

}  // namespace faasc
