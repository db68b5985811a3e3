#include "packager/archive/byte_stream.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <vector>

#include <zlib.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "packager/archive/codes.h"
#include "packager/archive/libarchive_handle.h"

namespace faasc {
namespace {

class FileStream : public ByteStream {
 public:
  FileStream(Fd fd, std::filesystem::path path) : fd_(std::move(fd)), path_(std::move(path)) {}
  Result<std::size_t> read(char* buffer, std::size_t size) override {
    return read_some(fd_, buffer, size, path_);
  }

 private:
  Fd fd_;
  std::filesystem::path path_;
};

class BytesStream : public ByteStream {
 public:
  explicit BytesStream(std::string bytes) : bytes_(std::move(bytes)) {}
  Result<std::size_t> read(char* buffer, std::size_t size) override {
    std::size_t count = bytes_.copy(buffer, size, position_);
    position_ += count;
    return count;
  }

 private:
  std::string bytes_;
  std::size_t position_ = 0;
};

/// Gives back bytes that were looked at, then the rest.
class PrefixedStream : public ByteStream {
 public:
  PrefixedStream(std::string prefix, std::unique_ptr<ByteStream> rest)
      : prefix_(std::move(prefix)), rest_(std::move(rest)) {}
  Result<std::size_t> read(char* buffer, std::size_t size) override {
    if (position_ == prefix_.size()) return rest_->read(buffer, size);
    std::size_t count = prefix_.copy(buffer, size, position_);
    position_ += count;
    return count;
  }

 private:
  std::string prefix_;
  std::size_t position_ = 0;
  std::unique_ptr<ByteStream> rest_;
};

/// gzip (RFC 1952) by zlib itself: libarchive's filter checks neither the CRC nor the length at the end.
class GzipStream : public ByteStream {
 public:
  static Result<std::unique_ptr<ByteStream>> create(std::unique_ptr<ByteStream> compressed,
                                                    std::string name) {
    std::unique_ptr<GzipStream> stream(new GzipStream(std::move(compressed), std::move(name)));
    // 16: a gzip header and trailer, and nothing else.
    if (inflateInit2(&stream->zlib_, 16 + MAX_WBITS) != Z_OK)
      return Error{Fault::Internal, kArchiveDamaged, "zlib does not start", {}, {}};
    return std::unique_ptr<ByteStream>(std::move(stream));
  }
  ~GzipStream() override { inflateEnd(&zlib_); }
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;

  Result<std::size_t> read(char* buffer, std::size_t size) override {
    zlib_.next_out = reinterpret_cast<Bytef*>(buffer);
    zlib_.avail_out = static_cast<uInt>(std::min<std::size_t>(size, 1u << 30));
    const uInt wanted = zlib_.avail_out;
    while (zlib_.avail_out == wanted) {
      if (zlib_.avail_in == 0) {
        FAASC_TRY(std::size_t count, compressed_->read(in_.data(), in_.size()));
        if (count == 0) {
          if (between_members_) return std::size_t{0};
          return archive_damaged(name_, "its gzip data ends too soon");
        }
        zlib_.next_in = reinterpret_cast<Bytef*>(in_.data());
        zlib_.avail_in = static_cast<uInt>(count);
      }
      if (between_members_) {
        // Another member may follow, or the zeros with which tapes were filled up.
        while (zlib_.avail_in > 0 && *zlib_.next_in == 0) ++zlib_.next_in, --zlib_.avail_in;
        if (zlib_.avail_in == 0) continue;
        inflateReset(&zlib_);
        between_members_ = false;
      }
      int status = inflate(&zlib_, Z_NO_FLUSH);
      if (status == Z_STREAM_END) {
        between_members_ = true;
      } else if (status != Z_OK && status != Z_BUF_ERROR) {
        return archive_damaged(name_, std::string("its gzip data does not add up (") +
                                          (zlib_.msg ? zlib_.msg : "zlib error") + ")");
      }
    }
    return static_cast<std::size_t>(wanted - zlib_.avail_out);
  }

 private:
  GzipStream(std::unique_ptr<ByteStream> compressed, std::string name)
      : compressed_(std::move(compressed)), name_(std::move(name)) {}

  std::unique_ptr<ByteStream> compressed_;
  std::string name_;
  z_stream zlib_{};
  std::array<char, 64 * 1024> in_{};
  bool between_members_ = false;
};

/// The other compressions, by libarchive's filters around its "raw" format.
class FilteredStream : public ByteStream {
 public:
  FilteredStream(std::unique_ptr<ByteStream> compressed, std::string name)
      : input_(std::move(compressed)), name_(std::move(name)), handle_(archive_read_new()) {}

  Result<void> open() {
    archive_read_support_filter_xz(handle_.get());
    archive_read_support_filter_lzma(handle_.get());
    archive_read_support_filter_zstd(handle_.get());
    archive_read_support_filter_lz4(handle_.get());
    archive_read_support_filter_bzip2(handle_.get());
    archive_read_support_format_raw(handle_.get());
    archive_read_support_format_empty(handle_.get());
    archive_entry* entry = nullptr;
    if (input_.open(handle_.get()) != ARCHIVE_OK) return input_.error_of(handle_.get(), name_);
    int status = archive_read_next_header(handle_.get(), &entry);
    if (status == ARCHIVE_EOF) {
      at_end_ = true;
    } else if (status != ARCHIVE_OK) {
      return input_.error_of(handle_.get(), name_);
    }
    return {};
  }

  Result<std::size_t> read(char* buffer, std::size_t size) override {
    if (at_end_) return std::size_t{0};
    la_ssize_t count = archive_read_data(handle_.get(), buffer, size);
    if (count < 0) return input_.error_of(handle_.get(), name_);
    if (count == 0) at_end_ = true;
    return static_cast<std::size_t>(count);
  }

 private:
  ArchiveInput input_;
  std::string name_;
  ArchiveHandle handle_;  // after input_, which it reads to its end
  bool at_end_ = false;
};

constexpr std::string_view kGzip("\x1f\x8b", 2);
constexpr std::string_view kFiltered[] = {
    {"\xfd"
     "7zXZ\0",
     6},                      // xz
    {"\x28\xb5\x2f\xfd", 4},  // zstd
    {"\x04\x22\x4d\x18", 4},  // lz4 frame
    {"\x02\x21\x4c\x18", 4},  // lz4, legacy frame
    {"BZh", 3},               // bzip2
    {"\x5d\x00\x00", 3},      // lzma_alone with the usual properties
};

}  // namespace

Result<std::unique_ptr<ByteStream>> stream_of_file(const std::filesystem::path& path) {
  FAASC_TRY(Fd fd, open_for_reading(path));
  return std::unique_ptr<ByteStream>(new FileStream(std::move(fd), path));
}

std::unique_ptr<ByteStream> stream_of_bytes(std::string bytes) {
  return std::make_unique<BytesStream>(std::move(bytes));
}

Result<std::unique_ptr<ByteStream>> decompressed(std::unique_ptr<ByteStream> compressed, std::string name) {
  std::string start;
  while (start.size() < 6) {
    char bytes[6];
    FAASC_TRY(std::size_t count, compressed->read(bytes, sizeof bytes - start.size()));
    if (count == 0) break;
    start.append(bytes, count);
  }
  std::string_view magic = start;
  std::unique_ptr<ByteStream> whole = std::make_unique<PrefixedStream>(start, std::move(compressed));
  if (magic.substr(0, kGzip.size()) == kGzip) return GzipStream::create(std::move(whole), std::move(name));
  for (std::string_view known : kFiltered) {
    if (magic.substr(0, known.size()) != known) continue;
    auto filtered = std::make_unique<FilteredStream>(std::move(whole), std::move(name));
    FAASC_CHECK(filtered->open());
    return std::unique_ptr<ByteStream>(std::move(filtered));
  }
  return whole;
}

Result<std::string> read_to_end(ByteStream& stream, std::uint64_t limit, const std::string& name) {
  std::string bytes;
  std::vector<char> buffer(64 * 1024);
  for (;;) {
    FAASC_CHECK(check_interrupt());
    FAASC_TRY(std::size_t count, stream.read(buffer.data(), buffer.size()));
    if (count == 0) return bytes;
    bytes.append(buffer.data(), count);
    if (bytes.size() > limit)
      return Error{Fault::Input,
                   kArchiveTooLarge,
                   "'" + name + "' unpacks to more than the " + std::to_string(limit) + " bytes allowed here",
                   {},
                   {}};
  }
}

}  // namespace faasc
