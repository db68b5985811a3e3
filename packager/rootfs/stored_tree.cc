#include "packager/rootfs/stored_tree.h"

#include <algorithm>

#include "base/codes.h"
#include "base/interrupt.h"
#include "packager/rootfs/codes.h"
#include "packager/rootfs/rootfs.h"

namespace faasc {
namespace {

constexpr std::uint64_t kPieceBytes = std::uint64_t{1} << 20;

}  // namespace

void StoredTree::sort_entries() {
  std::sort(entries_.begin(), entries_.end(),
            [](const StoredEntry& a, const StoredEntry& b) { return PathOrder{}(a.path, b.path); });
}

const StoredEntry* StoredTree::find(std::string_view path) const {
  auto found = std::lower_bound(
      entries_.begin(), entries_.end(), path,
      [](const StoredEntry& entry, std::string_view key) { return PathOrder{}(entry.path, key); });
  return found != entries_.end() && found->path == path ? &*found : nullptr;
}

const std::vector<StoredRun>& StoredTree::runs(const StoredEntry& file) const {
  static const std::vector<StoredRun> kNone;
  auto found = runs_.find(file.id);
  return found == runs_.end() ? kNone : found->second;
}

Result<void> StoredTree::read(const StoredEntry& file, const Sink& sink) const {
  if (file.kind != StoredEntry::Kind::File)
    return Error{Fault::Input, kStoredNoFile, "'" + file.path + "' is not a file", {}, {}};
  std::string buffer;
  std::uint64_t position = 0;
  // Hands on what is before `end`: from `source_offset` on, or zeros.
  auto pass = [&](std::uint64_t end, std::optional<std::uint64_t> source_offset) -> Result<void> {
    while (position < end) {
      FAASC_CHECK(check_interrupt());
      auto count = static_cast<std::size_t>(std::min(end - position, kPieceBytes));
      if (source_offset) {
        buffer.resize(count);
        FAASC_CHECK(
            source_->read_at(*source_offset, buffer.data(), count).during("reading '" + file.path + "'"));
        *source_offset += count;
      } else {
        buffer.assign(count, '\0');
      }
      FAASC_CHECK(sink(buffer));
      position += count;
    }
    return {};
  };
  for (const StoredRun& run : runs(file)) {
    FAASC_CHECK(pass(run.file_offset, std::nullopt));
    FAASC_CHECK(pass(run.file_offset + run.size_bytes, run.source_offset));
  }
  return pass(file.size_bytes, std::nullopt);
}

Result<std::string> StoredTree::read(const StoredEntry& file, std::uint64_t limit) const {
  if (file.size_bytes > limit)
    return Error{Fault::Input,
                 kFileTooLarge,
                 "'" + file.path + "' has " + std::to_string(file.size_bytes) + " bytes; at most " +
                     std::to_string(limit) + " are allowed here",
                 {},
                 {}};
  std::string bytes;
  FAASC_CHECK(read(file, [&](std::string_view piece) -> Result<void> {
    bytes += piece;
    return {};
  }));
  return bytes;
}

Result<std::string> StoredTree::read_at(const StoredEntry& file, std::uint64_t offset,
                                        std::size_t size) const {
  std::uint64_t left = offset < file.size_bytes ? file.size_bytes - offset : 0;
  std::string bytes(std::min<std::uint64_t>(size, left), '\0');
  for (const StoredRun& run : runs(file)) {
    std::uint64_t from = std::max(offset, run.file_offset);
    std::uint64_t end = std::min(offset + bytes.size(), run.file_offset + run.size_bytes);
    if (from < end)
      FAASC_CHECK(
          source_
              ->read_at(run.source_offset + from - run.file_offset, bytes.data() + from - offset, end - from)
              .during("reading '" + file.path + "'"));
  }
  return bytes;
}

std::string uuid_text(const std::uint8_t* uuid) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += kDigits[uuid[i] >> 4];
    out += kDigits[uuid[i] & 15];
  }
  return out;
}

}  // namespace faasc
