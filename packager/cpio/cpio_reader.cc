#include "packager/cpio/cpio_reader.h"

#include <array>
#include <map>
#include <string_view>
#include <utility>

#include <sys/stat.h>

#include "base/interrupt.h"

namespace faasc {
namespace {

// "070701" and 13 fields of 8 hexadecimal digits, see cpio_writer.cc; "070702" has a checksum in the last.
constexpr std::size_t kHeaderBytes = 6 + 13 * 8;
constexpr std::uint32_t kMaxNameBytes = 4096;  // with its NUL, as the kernel has it

bool is_magic(std::string_view bytes) {
  return bytes.starts_with("070701") || bytes.starts_with("070702");
}

}  // namespace

bool is_cpio(const ByteSource& source) {
  char magic[6];
  return source.size() >= kHeaderBytes && source.read_at(0, magic, sizeof magic) &&
         is_magic({magic, sizeof magic});
}

class CpioWalk {
 public:
  CpioWalk(CpioReader& reader, std::shared_ptr<const ByteSource> source)
      : reader_(reader), source_(std::move(source)) {
    reader_.source_ = source_;
  }

  Result<void> run() {
    while (at_ < source_->size()) {
      FAASC_CHECK(check_interrupt());
      FAASC_TRY(bool skipped, skip_zeros());
      if (skipped) continue;
      FAASC_CHECK(read_entry());
    }
    if (in_archive_) return damaged("it ends without an end mark");
    for (auto& [path, entry] : entries_) {
      if (auto size = linked_sizes_.find(entry.id); size != linked_sizes_.end())
        entry.size_bytes = size->second;
      reader_.entries_.push_back(std::move(entry));
    }
    reader_.sort_entries();
    return {};
  }

 private:
  Error damaged(const std::string& what) const {
    return {Fault::Input,
            kCpioDamaged,
            "the initramfs is damaged at byte " + std::to_string(at_) + ": " + what,
            {},
            "see whether the file is complete, or build the image again"};
  }

  Result<std::string> take(std::uint64_t offset, std::size_t size) const {
    if (offset > source_->size() || size > source_->size() - offset) return damaged("an entry is cut off");
    std::string bytes(size, '\0');
    FAASC_CHECK(source_->read_at(offset, bytes.data(), size));
    return bytes;
  }

  // Between archives there may be zeros.
  Result<bool> skip_zeros() {
    if (in_archive_) return false;
    FAASC_TRY(std::string start, take(at_, std::min<std::uint64_t>(512, source_->size() - at_)));
    std::size_t zeros = start.find_first_not_of('\0');
    if (zeros == std::string::npos) zeros = start.size();
    at_ += zeros;
    if (zeros == 0) reader_.last_archive_ = at_;
    return zeros != 0;
  }

  Result<void> read_entry() {
    FAASC_TRY(std::string header, take(at_, kHeaderBytes));
    if (!is_magic(header)) return damaged(in_archive_ ? "there is no header" : "what follows is no archive");
    std::array<std::uint32_t, 13> fields{};
    for (std::size_t i = 0; i < fields.size(); ++i)
      for (char digit : std::string_view(header).substr(6 + i * 8, 8)) {
        int value = digit >= '0' && digit <= '9'   ? digit - '0'
                    : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                    : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                                   : -1;
        if (value < 0) return damaged("a field of the header is no number");
        fields[i] = fields[i] << 4 | static_cast<std::uint32_t>(value);
      }
    const auto [inode, mode, uid, gid, links, time, size, major, minor, device1, device2, name_size, sum] =
        fields;
    if (name_size < 2 || name_size > kMaxNameBytes) return damaged("an entry has no name");
    FAASC_TRY(std::string name, take(at_ + kHeaderBytes, name_size));
    if (name.back() != '\0' || name.find('\0') != name.size() - 1) return damaged("an entry has no name");
    name.pop_back();
    const std::uint64_t body = (at_ + kHeaderBytes + name_size + 3) & ~std::uint64_t{3};
    if (body > source_->size() || size > source_->size() - body) return damaged("an entry is cut off");
    if (name == "TRAILER!!!") {
      in_archive_ = false;
      ++archive_;
    } else {
      in_archive_ = true;
      reader_.has_owners_ = reader_.has_owners_ || uid != 0 || gid != 0;
      FAASC_CHECK(add(name, mode, links, body, size, {archive_, major, minor, inode}, time));
    }
    at_ = std::min<std::uint64_t>((body + size + 3) & ~std::uint64_t{3}, source_->size());
    return {};
  }

  using File = std::array<std::uint64_t, 4>;

  Result<void> add(std::string name, std::uint32_t mode, std::uint32_t links, std::uint64_t body,
                   std::uint32_t size, const File& file, std::uint32_t time) {
    while (name.starts_with("./")) name.erase(0, 2);
    while (name.starts_with('/')) name.erase(0, 1);
    while (name.ends_with('/')) name.pop_back();
    if (name.empty() || name == ".") return {};
    StoredEntry entry;
    entry.path = "/" + name;
    for (std::string_view rest = entry.path; !rest.empty();) {
      rest.remove_prefix(1);
      std::string_view part = rest.substr(0, rest.find('/'));
      if (part.empty() || part == "." || part == "..") return damaged("'" + name + "' is not a plain path");
      rest.remove_prefix(part.size());
    }
    entry.mode = mode & 07777;
    entry.modified = time;
    entry.id = ++last_id_;
    if (S_ISREG(mode)) {
      entry.kind = StoredEntry::Kind::File;
      if (links > 1) {
        // The bytes come with one of the names.
        entry.id = linked_.try_emplace(file, entry.id).first->second;
        if (size > 0 || !linked_sizes_.contains(entry.id)) linked_sizes_[entry.id] = size;
      } else {
        entry.size_bytes = size;
      }
      if (size > 0) reader_.runs_[entry.id] = {{0, body, size}};
    } else if (S_ISDIR(mode)) {
      entry.kind = StoredEntry::Kind::Directory;
    } else if (S_ISLNK(mode)) {
      entry.kind = StoredEntry::Kind::Symlink;
      if (size == 0 || size >= kMaxNameBytes) return damaged("the link '" + name + "' leads to no path");
      FAASC_TRY(entry.target, take(body, size));
    }
    entries_.insert_or_assign(entry.path, std::move(entry));
    return {};
  }

  CpioReader& reader_;
  std::shared_ptr<const ByteSource> source_;
  std::uint64_t at_ = 0, last_id_ = 0, archive_ = 0;
  bool in_archive_ = false;
  std::map<File, std::uint64_t> linked_;                 // files with several names → their id
  std::map<std::uint64_t, std::uint64_t> linked_sizes_;  // by id
  std::map<std::string, StoredEntry> entries_;
};

Result<CpioReader> CpioReader::open(std::shared_ptr<const ByteSource> source) {
  CpioReader reader;
  FAASC_CHECK(CpioWalk(reader, std::move(source)).run());
  return reader;
}

std::vector<std::string> CpioReader::problems() const {
  std::vector<std::string> problems;
  for (const StoredEntry& entry : entries()) {
    const std::string parent = entry.path.substr(0, entry.path.rfind('/'));
    if (parent.empty()) continue;
    const StoredEntry* directory = find(parent);
    if (!directory || directory->kind != StoredEntry::Kind::Directory)
      problems.push_back("'" + entry.path + "' has no directory");
  }
  return problems;
}

}  // namespace faasc
