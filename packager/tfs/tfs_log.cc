#include "packager/tfs/tfs_log.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/varint.h"
#include "packager/tfs/codes.h"

namespace faasc::tfs {
namespace {

// Kernels and other tools write extensions of 1024 sectors; no larger one than this was ever seen or makes
// sense.
constexpr std::uint64_t kMaxExtensionSectors = std::uint64_t{1} << 17;  // 64 MiB

class LogReader {
 public:
  LogReader(const ByteSource& source, LogVisitor& visitor) : source_(source), visitor_(visitor) {}

  Result<LogHeader> read() {
    std::optional<LogExtension> next = LogExtension{0, 1, 0};
    while (next) {
      FAASC_TRY(std::string bytes, load(*next));
      std::string_view rest = bytes;
      extension_ = *next;
      extension_bytes_ = bytes.size();
      FAASC_CHECK(read_header(rest));
      header_.extensions.push_back(extension_);
      FAASC_TRY(next, read_records(rest));
    }
    if (pending_total_ > 0)
      return Error{Fault::Input,
                   kTfsDamaged,
                   "the log ends inside a value: " + std::to_string(pending_.size()) + " of " +
                       std::to_string(pending_total_) + " bytes are there",
                   {},
                   {}};
    return std::move(header_);
  }

 private:
  Error damaged(std::string_view rest, std::string what) const {
    return {Fault::Input,
            kTfsDamaged,
            "sector " + std::to_string(extension_.first_sector) + ", byte " +
                std::to_string(extension_bytes_ - rest.size()) + " of the log: " + std::move(what),
            {},
            {}};
  }

  Result<std::string> load(const LogExtension& extension) {
    std::uint64_t end = extension.first_sector + extension.sector_count;
    // Disjoint extensions cannot form a circle, and all of them together are no longer than the source.
    auto after = taken_.upper_bound(extension.first_sector);
    if ((after != taken_.end() && after->first < end) ||
        (after != taken_.begin() && std::prev(after)->second > extension.first_sector))
      return Error{
          Fault::Input,
          kTfsDamaged,
          "the log goes on at sector " + std::to_string(extension.first_sector) + ", which it already holds",
          {},
          {}};
    taken_.emplace(extension.first_sector, end);
    std::uint64_t offset = extension.first_sector * kSectorSize;
    if (offset >= source_.size())
      return Error{Fault::Input,
                   kTfsDamaged,
                   "the log goes on at sector " + std::to_string(extension.first_sector) +
                       ", but the file system has only " + std::to_string(source_.size() / kSectorSize),
                   {},
                   {}};
    std::string bytes(std::min(extension.sector_count * kSectorSize, source_.size() - offset), '\0');
    FAASC_CHECK(source_.read_at(offset, bytes.data(), bytes.size()));
    return bytes;
  }

  Result<void> read_header(std::string_view& rest) {
    if (!rest.starts_with(kMagic)) {
      if (extension_.first_sector != 0) return damaged(rest, "no 'NVMTFS' where the log has to go on");
      return Error{
          Fault::Input, kTfsNotTfs, "not a Nanos file system: it does not begin with 'NVMTFS'", {}, {}};
    }
    rest.remove_prefix(kMagic.size());
    auto version = take_varint(rest);
    if (!version) return damaged(rest, "the header is cut off");
    if (*version != kVersion && *version != kOldVersion)
      return Error{Fault::Input,
                   kTfsUnknownVersion,
                   "version " + std::to_string(*version) + " of the file system is unknown; " +
                       std::to_string(kOldVersion) + " and " + std::to_string(kVersion) + " are known",
                   {},
                   {}};
    extension_.version = *version;
    // The length is the link's, as for the kernel; this one is redundant.
    if (!take_varint(rest)) return damaged(rest, "the header is cut off");
    if (extension_.first_sector != 0) return {};
    if (rest.size() < kUuidBytes) return damaged(rest, "the header is cut off");
    std::copy_n(rest.begin(), kUuidBytes, header_.uuid.begin());
    rest.remove_prefix(kUuidBytes);
    std::size_t end = rest.substr(0, kMaxLabelBytes + 1).find('\0');
    if (end == std::string_view::npos) return damaged(rest, "the label does not end");
    header_.label = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return {};
  }

  // The next extension, or nothing at the end of the log.
  Result<std::optional<LogExtension>> read_records(std::string_view& rest) {
    while (!rest.empty()) {
      auto type = static_cast<RecordType>(rest[0]);
      rest.remove_prefix(1);
      switch (type) {
        case RecordType::EndOfLog:
          header_.end_offset = extension_.first_sector * kSectorSize + (extension_bytes_ - rest.size()) - 1;
          return std::optional<LogExtension>();
        case RecordType::EndOfSegment:
          continue;
        case RecordType::Link:
          return read_link(rest);
        case RecordType::Value:
          FAASC_CHECK(read_value(rest));
          continue;
        case RecordType::Continuation:
          FAASC_CHECK(read_continuation(rest));
          continue;
      }
      return damaged(rest, "unknown record type " + std::to_string(static_cast<unsigned>(type)));
    }
    return damaged(rest, "neither an end mark nor a link");
  }

  Result<std::optional<LogExtension>> read_link(std::string_view& rest) const {
    auto sector = take_varint(rest);
    auto count = take_varint(rest);
    if (!sector || !count) return damaged(rest, "a link is cut off");
    if (*count == 0 || *count > kMaxExtensionSectors)
      return damaged(rest, "a link to " + std::to_string(*count) + " sectors; 1 to " +
                               std::to_string(kMaxExtensionSectors) + " are possible");
    if (*sector > source_.size() / kSectorSize)
      return damaged(rest, "a link to sector " + std::to_string(*sector) + " of a file system of " +
                               std::to_string(source_.size() / kSectorSize));
    return std::optional(LogExtension{*sector, *count, 0});
  }

  Result<void> read_value(std::string_view& rest) {
    if (pending_total_ > 0) return damaged(rest, "a value begins inside another one");
    auto total = take_varint(rest);
    auto size = take_varint(rest);
    if (!total || !size || *size > *total || *size > rest.size()) return damaged(rest, "a value is cut off");
    std::string_view part = rest.substr(0, *size);
    if (*size == *total) {
      FAASC_CHECK(decode(part));
    } else {
      pending_total_ = *total;
      pending_ = part;
    }
    rest.remove_prefix(*size);
    return {};
  }

  Result<void> read_continuation(std::string_view& rest) {
    auto size = take_varint(rest);
    if (!size || *size > rest.size()) return damaged(rest, "a value is cut off");
    if (*size > pending_total_ - pending_.size()) return damaged(rest, "more of a value than there is to be");
    pending_ += rest.substr(0, *size);
    rest.remove_prefix(*size);
    if (pending_total_ == 0 || pending_.size() < pending_total_) return {};
    pending_total_ = 0;
    std::string whole = std::exchange(pending_, {});
    return decode(whole);
  }

  Result<void> decode(std::string_view bytes) {
    return visitor_.on_value(bytes, extension_.version)
        .during("reading the log's extension at sector " + std::to_string(extension_.first_sector));
  }

  const ByteSource& source_;
  LogVisitor& visitor_;
  LogHeader header_;
  LogExtension extension_;
  std::size_t extension_bytes_ = 0;
  std::map<std::uint64_t, std::uint64_t> taken_;  // first sector → one past the last
  std::string pending_;                           // the first bytes of a value that goes on
  std::uint64_t pending_total_ = 0;               // 0: no value goes on
};

}  // namespace

Result<LogHeader> read_log(const ByteSource& source, LogVisitor& visitor) {
  return LogReader(source, visitor).read();
}

}  // namespace faasc::tfs
