#include "packager/erofs/erofs_reader.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <unordered_set>

#include <sys/stat.h>

#include "base/interrupt.h"
#include "packager/erofs/codes.h"
#include "packager/erofs/erofs_format.h"
#include "packager/rootfs/rootfs.h"

namespace faasc {

using namespace erofs;

namespace {

constexpr std::size_t kMaxPathBytes = 4095, kMaxNameBytes = 255;
// A small file system can describe a huge tree: directories and files may share their bytes. These are far
// beyond what is real.
constexpr std::uint64_t kMaxTreeBytes = std::uint64_t{512} << 20;
constexpr std::uint64_t kEntryBytes = 128;
constexpr std::uint64_t kMaxDirectoryBytes = std::uint64_t{256} << 20;

Error damaged(std::string what) {
  return {Fault::Input,
          kErofsDamaged,
          "the EROFS is damaged: " + std::move(what),
          {},
          "see whether the file is complete, or build the image again"};
}

Error unsupported(std::string_view what) {
  return {Fault::Input,
          kErofsUnsupported,
          "the EROFS uses " + std::string(what) + ", which faasc does not read",
          {},
          "mount it, and work on the files"};
}

struct Inode {
  std::uint16_t mode = 0;
  std::uint64_t size_bytes = 0;
  std::uint32_t links = 0;
  std::vector<StoredRun> runs;
};

}  // namespace

bool is_erofs_at(const ByteSource& source, std::uint64_t offset) {
  le32 magic;
  return source.size() >= kSuperblockOffset + sizeof(Superblock) &&
         offset <= source.size() - kSuperblockOffset - sizeof(Superblock) &&
         source.read_at(offset + kSuperblockOffset, reinterpret_cast<char*>(&magic), sizeof magic) &&
         magic == kMagic;
}

class ErofsWalk {
 public:
  ErofsWalk(ErofsReader& reader, std::shared_ptr<const ByteSource> source) : reader_(reader) {
    reader_.source_ = std::move(source);
  }

  Result<void> run() {
    if (!is_erofs_at(*reader_.source_, 0)) return damaged("there is no superblock at byte 1024");
    Superblock super;
    FAASC_CHECK(read(kSuperblockOffset, super));
    if (super.block_bits != kBlockBits) return unsupported("blocks of another size than 4 KiB");
    // Of the features without which it cannot be read only two are about compression alone.
    if (super.incompatible_features != 0) return unsupported("compression, pieces of files or more disks");
    reader_.uuid_ = super.uuid;
    reader_.label_ = std::string(super.label.data(), strnlen(super.label.data(), super.label.size()));
    reader_.file_system_bytes_ = std::uint64_t{super.blocks} * kBlock;
    metadata_ = std::uint64_t{super.metadata_block} * kBlock;
    if (reader_.file_system_bytes_ > reader_.source_->size())
      return damaged("it says that it has " + std::to_string(reader_.file_system_bytes_) +
                     " bytes, and there are " + std::to_string(reader_.source_->size()));
    FAASC_TRY(Inode root, read_inode(super.root_number, "/"));
    if (!S_ISDIR(root.mode)) return damaged("its root is not a directory");
    visited_.insert(super.root_number);
    FAASC_CHECK(walk("", root));
    for (const auto& [number, links] : names_)
      if (links.first != links.second)
        reader_.wrong_links_.push_back("file " + std::to_string(number) + " has " +
                                       std::to_string(links.second) + " names and counts " +
                                       std::to_string(links.first));
    reader_.sort_entries();
    return {};
  }

 private:
  template <typename T>
  Result<void> read(std::uint64_t offset, T& value) const {
    if (offset > reader_.source_->size() || sizeof value > reader_.source_->size() - offset)
      return damaged("byte " + std::to_string(offset) + " is beyond its end");
    return reader_.source_->read_at(offset, reinterpret_cast<char*>(&value), sizeof value);
  }

  void lose(const char* what) {
    if (reader_.lost_.empty()) reader_.lost_ = what;
  }

  Result<Inode> read_inode(std::uint64_t number, const std::string& path) {
    if (number > reader_.source_->size() / kSlot)
      return damaged("'" + path + "' has number " + std::to_string(number) + ", which is beyond its end");
    const std::uint64_t at = metadata_ + number * kSlot;
    CompactInode compact;
    FAASC_CHECK(read(at, compact));
    Inode inode;
    inode.mode = compact.mode;
    inode.size_bytes = compact.size;
    inode.links = compact.links;
    std::uint64_t after = at + sizeof compact;
    if (compact.format & 1) {
      ExtendedInode extended;
      FAASC_CHECK(read(at, extended));
      inode.size_bytes = extended.size;
      inode.links = extended.links;
      after = at + sizeof extended;
      if (extended.uid != 0 || extended.gid != 0) lose("owners of files");
    } else if (compact.uid != 0 || compact.gid != 0) {
      lose("owners of files");
    }
    if (compact.attribute_count != 0) {
      lose("extended attributes");
      after += 12 + (std::uint64_t{compact.attribute_count} - 1) * 4;
    }
    const unsigned layout = compact.format >> 1 & 7;
    const bool has_bytes = S_ISREG(inode.mode) || S_ISDIR(inode.mode) || S_ISLNK(inode.mode);
    if (!has_bytes || inode.size_bytes == 0) return inode;
    if (layout != kPlain && layout != kInline)
      return unsupported("compression or pieces of files ('" + path + "')");
    const std::uint64_t tail = layout == kInline ? inode.size_bytes % kBlock : 0;
    const std::uint64_t whole = inode.size_bytes - tail;
    if (whole > 0) inode.runs.push_back({0, std::uint64_t{compact.first_block} * kBlock, whole});
    if (tail > 0) inode.runs.push_back({whole, after, tail});
    for (const StoredRun& run : inode.runs)
      if (run.source_offset > reader_.source_->size() ||
          run.size_bytes > reader_.source_->size() - run.source_offset)
        return damaged("'" + path + "' ends beyond its end");
    return inode;
  }

  Result<std::string> bytes_of(const Inode& inode) const {
    std::string bytes(inode.size_bytes, '\0');
    for (const StoredRun& run : inode.runs)
      FAASC_CHECK(
          reader_.source_->read_at(run.source_offset, bytes.data() + run.file_offset, run.size_bytes));
    return bytes;
  }

  Result<void> add(const std::string& path, std::uint64_t number) {
    FAASC_CHECK(check_interrupt());
    spent_ += kEntryBytes + path.size();
    if (path.size() > kMaxPathBytes || spent_ > kMaxTreeBytes) return damaged("its directories do not end");
    FAASC_TRY(Inode inode, read_inode(number, path));
    StoredEntry entry;
    entry.path = path;
    entry.id = number;
    entry.mode = inode.mode & 07777;
    if (S_ISREG(inode.mode)) {
      entry.kind = StoredEntry::Kind::File;
      entry.size_bytes = inode.size_bytes;
      auto& links = names_[number];
      links.first = inode.links;
      if (++links.second == 1) reader_.runs_[number] = inode.runs;
    } else if (S_ISLNK(inode.mode)) {
      if (inode.size_bytes > kMaxPathBytes) return damaged("the link '" + path + "' is too long");
      entry.kind = StoredEntry::Kind::Symlink;
      FAASC_TRY(entry.target, bytes_of(inode));
      if (entry.target.empty() || entry.target.find('\0') != std::string::npos)
        return damaged("the link '" + path + "' leads to no path");
    } else if (S_ISDIR(inode.mode)) {
      entry.kind = StoredEntry::Kind::Directory;
      if (!visited_.insert(number).second) return damaged("the directory '" + path + "' is in two places");
    }
    reader_.entries_.push_back(std::move(entry));
    return S_ISDIR(inode.mode) ? walk(path, inode) : Result<void>();
  }

  Result<void> walk(const std::string& path, const Inode& directory) {
    const std::string shown = path.empty() ? "/" : path;
    if (directory.size_bytes > kMaxDirectoryBytes)
      return damaged("the directory '" + shown + "' is too large");
    FAASC_TRY(std::string bytes, bytes_of(directory));
    std::string before;
    for (std::size_t start = 0; start < bytes.size(); start += kBlock) {
      std::string_view block = std::string_view(bytes).substr(start, kBlock);
      auto entry_at = [&](std::size_t i) {
        DirectoryEntry entry;
        std::memcpy(&entry, block.data() + i * sizeof entry, sizeof entry);
        return entry;
      };
      if (block.size() < sizeof(DirectoryEntry)) return damaged("the directory '" + shown + "' is cut off");
      const std::size_t names = entry_at(0).name_offset, count = names / sizeof(DirectoryEntry);
      if (count == 0 || names % sizeof(DirectoryEntry) != 0 || names > block.size())
        return damaged("the directory '" + shown + "' has no names");
      for (std::size_t i = 0; i < count; ++i) {
        DirectoryEntry entry = entry_at(i);
        const std::size_t from = entry.name_offset;
        const std::size_t to = i + 1 < count ? std::size_t{entry_at(i + 1).name_offset} : block.size();
        if (from > to || to > block.size()) return damaged("the directory '" + shown + "' has no names");
        std::string name(block.substr(from, to - from));
        if (i + 1 == count) name.resize(strnlen(name.data(), name.size()));
        if (name == "." || name == "..") continue;
        if (name.empty() || name.size() > kMaxNameBytes || name.find('/') != std::string::npos ||
            name.find('\0') != std::string::npos)
          return damaged("the directory '" + shown + "' has a name that cannot be one");
        if (name <= before) return damaged("the names in the directory '" + shown + "' are not in order");
        before = name;
        FAASC_CHECK(add(path + "/" + name, entry.number));
      }
    }
    return {};
  }

  ErofsReader& reader_;
  std::uint64_t metadata_ = 0, spent_ = 0;
  std::unordered_set<std::uint64_t> visited_;                               // directories
  std::map<std::uint64_t, std::pair<std::uint32_t, std::uint32_t>> names_;  // counted by it, and found
};

Result<ErofsReader> ErofsReader::open(std::shared_ptr<const ByteSource> source) {
  ErofsReader reader;
  FAASC_CHECK(ErofsWalk(reader, std::move(source)).run());
  return reader;
}

std::vector<std::string> ErofsReader::problems() const {
  std::vector<std::string> problems = wrong_links_;
  struct Claim {
    std::uint64_t begin, end, id;
  };
  std::vector<Claim> claims;
  for (const auto& [id, runs] : runs_)
    for (const StoredRun& run : runs)
      claims.push_back({run.source_offset, run.source_offset + run.size_bytes, id});
  std::sort(claims.begin(), claims.end(), [](const Claim& a, const Claim& b) { return a.begin < b.begin; });
  for (std::size_t i = 1; i < claims.size(); ++i)
    if (claims[i].begin < claims[i - 1].end)
      problems.push_back("files " + std::to_string(claims[i - 1].id) + " and " +
                         std::to_string(claims[i].id) + " claim the same bytes");
  return problems;
}

}  // namespace faasc
