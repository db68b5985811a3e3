#include "packager/archive/spool.h"

#include <algorithm>
#include <cerrno>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"

namespace faasc {
namespace {

constexpr std::uint64_t kSmallFile = 16 * 1024;
constexpr std::uint64_t kMaxInMemory = std::uint64_t{64} << 20;
constexpr std::size_t kPiece = 256 * 1024;
constexpr std::size_t kHole = 4096;

bool all_zero(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char byte) { return byte == 0; });
}

/// Appends to a file that is written once; blocks of zeros are skipped.
class HoledFile {
 public:
  HoledFile(Fd fd, std::filesystem::path path) : fd_(std::move(fd)), path_(std::move(path)) {}

  Result<void> write(std::string_view bytes) {
    while (!bytes.empty()) {
      std::string_view block = bytes.substr(0, kHole - size_ % kHole);
      if (block.size() == kHole && all_zero(block)) {
        size_ += block.size();
        bytes.remove_prefix(block.size());
        continue;
      }
      // As many blocks as follow that are not zero in one call.
      std::size_t end = block.size();
      while (end < bytes.size() && !all_zero(bytes.substr(end, kHole)))
        end = std::min(end + kHole, bytes.size());
      FAASC_CHECK(write_all_at(fd_, bytes.substr(0, end), size_, path_));
      size_ += end;
      bytes.remove_prefix(end);
    }
    return {};
  }

  Result<void> finish() {
    if (::ftruncate(fd_.get(), static_cast<off_t>(size_)) != 0) return io_error("write", path_, errno);
    return {};
  }

 private:
  Fd fd_;
  std::filesystem::path path_;
  std::uint64_t size_ = 0;
};

}  // namespace

std::filesystem::path Spool::next_path() {
  return directory_ / std::to_string(++count_);
}

Result<void> Spool::write_rest(ArchiveReader& reader, const std::filesystem::path& path) {
  Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!fd) return io_error("create", path, errno);
  HoledFile file(std::move(fd), path);
  std::vector<char> buffer(kPiece);
  for (;;) {
    // Filled to the brim, so that what is written stays in whole blocks.
    std::size_t have = 0;
    while (have < buffer.size()) {
      FAASC_TRY(std::size_t count, reader.read(buffer.data() + have, buffer.size() - have));
      if (count == 0) break;
      have += count;
    }
    FAASC_CHECK(file.write({buffer.data(), have}));
    if (have < buffer.size()) break;
  }
  return file.finish();
}

Result<RootfsNode> Spool::store(ArchiveReader& reader, const ArchiveEntry& entry) {
  RootfsNode node{.content = InlineBytes{}, .mode = entry.mode & 07777, .why = {}};
  if (entry.size_bytes <= kSmallFile && in_memory_ + entry.size_bytes <= kMaxInMemory) {
    FAASC_TRY(std::string bytes, reader.read_all(kSmallFile));
    in_memory_ += bytes.size();
    node.content = InlineBytes{std::move(bytes)};
    return node;
  }
  std::filesystem::path path = next_path();
  FAASC_CHECK(write_rest(reader, path));
  node.content = HostFile{path.string()};
  return node;
}

Result<void> Spool::make_linkable(RootfsNode& file) {
  if (const auto* bytes = std::get_if<InlineBytes>(&file.content)) {
    std::filesystem::path path = next_path();
    FAASC_CHECK(write_file(path, bytes->bytes, 0600));
    file.content = HostFile{path.string()};
  }
  return {};
}

Result<void> Spool::replace(const RootfsNode& file, ArchiveReader& reader) {
  return write_rest(reader, std::get<HostFile>(file.content).path);
}

}  // namespace faasc
