#include "base/byte_source.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <unistd.h>

#include "base/codes.h"

namespace faasc {
namespace {

Error ends_too_soon(std::string_view name, std::uint64_t offset, std::size_t size, std::uint64_t total) {
  return {Fault::Input,
          kFileTooShort,
          std::string(name) + " has " + std::to_string(total) + " bytes; " + std::to_string(size) +
              " bytes at offset " + std::to_string(offset) + " are not there",
          {},
          {}};
}

class FileSource : public ByteSource {
 public:
  FileSource(Fd fd, std::filesystem::path path, std::uint64_t size)
      : fd_(std::move(fd)), path_(std::move(path)), size_(size) {}
  std::uint64_t size() const override { return size_; }
  Result<void> read_at(std::uint64_t offset, char* buffer, std::size_t size) const override {
    if (offset > size_ || size > size_ - offset)
      return ends_too_soon("'" + path_.string() + "'", offset, size, size_);
    return read_exactly_at(fd_, buffer, size, offset, path_);
  }

 private:
  Fd fd_;
  std::filesystem::path path_;
  std::uint64_t size_;
};

class MemorySource : public ByteSource {
 public:
  explicit MemorySource(std::string bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<void> read_at(std::uint64_t offset, char* buffer, std::size_t size) const override {
    if (offset > bytes_.size() || size > bytes_.size() - offset)
      return ends_too_soon("the image", offset, size, bytes_.size());
    std::memcpy(buffer, bytes_.data() + offset, size);
    return {};
  }

 private:
  std::string bytes_;
};

class Piece : public ByteSource {
 public:
  Piece(std::shared_ptr<const ByteSource> whole, std::uint64_t offset, std::uint64_t size)
      : whole_(std::move(whole)), offset_(offset), size_(size) {}
  std::uint64_t size() const override { return size_; }
  Result<void> read_at(std::uint64_t offset, char* buffer, std::size_t size) const override {
    if (offset > size_ || size > size_ - offset) return ends_too_soon("the partition", offset, size, size_);
    return whole_->read_at(offset_ + offset, buffer, size);
  }

 private:
  std::shared_ptr<const ByteSource> whole_;
  std::uint64_t offset_, size_;
};

}  // namespace

Result<std::shared_ptr<const ByteSource>> open_byte_source(const std::filesystem::path& path) {
  FAASC_TRY(Fd fd, open_for_reading(path));
  off_t size = ::lseek(fd.get(), 0, SEEK_END);  // unlike fstat(), this knows the size of a block device
  if (size < 0) return io_error("read", path, errno);
  return std::shared_ptr<const ByteSource>(
      std::make_shared<FileSource>(std::move(fd), path, static_cast<std::uint64_t>(size)));
}

std::shared_ptr<const ByteSource> bytes_in_memory(std::string bytes) {
  return std::make_shared<MemorySource>(std::move(bytes));
}

std::shared_ptr<const ByteSource> piece_of(std::shared_ptr<const ByteSource> whole, std::uint64_t offset,
                                           std::uint64_t size) {
  std::uint64_t start = std::min(offset, whole->size());
  std::uint64_t length = std::min(size, whole->size() - start);
  return std::make_shared<Piece>(std::move(whole), start, length);
}

}  // namespace faasc
