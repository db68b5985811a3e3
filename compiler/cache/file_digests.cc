#include "compiler/cache/file_digests.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <vector>

#include <sys/mman.h>
#include <sys/stat.h>

#include "base/file.h"

// The file: kMagic, then rows of 80 bytes in the host's byte order, sorted by the digest of their path. No
// field of it is trusted further than that a digest may be wrong: then a step is done again.

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kMagic = "faasc.digests/1\n";
static_assert(kMagic.size() % 8 == 0);
// Of some ten megabytes. One that would grow further begins anew.
constexpr std::size_t kMostRows = 1 << 17;

// Whether a change from now on would show in the stamp: not within the tick of the clock in which the file
// changed, and on file systems that count whole seconds not within two of those.
bool is_settled(const FileStamp& stamp, std::int64_t now_ns) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const bool coarse = stamp.modified_ns % kSecond == 0 && stamp.changed_ns % kSecond == 0;
  const std::int64_t age = now_ns - std::max(stamp.modified_ns, stamp.changed_ns);
  return coarse ? age > 2 * kSecond : age > 0;
}

std::array<std::uint8_t, 16> half_digest(std::string_view path) {
  const Sha256Digest digest = sha256(path);
  std::array<std::uint8_t, 16> half;
  std::copy_n(digest.begin(), half.size(), half.begin());
  return half;
}

}  // namespace

FileDigests::~FileDigests() {
  if (mapping_) ::munmap(mapping_, mapped_bytes_);
}

void FileDigests::map() {
  if (mapped_) return;
  mapped_ = true;
  auto fd = open_for_reading(path_);
  struct stat status{};
  if (!fd || ::fstat(fd->get(), &status) != 0 || !S_ISREG(status.st_mode)) return;
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size < kMagic.size() || (size - kMagic.size()) % sizeof(Row) != 0) return;
  // Others replace the file and never change it, so that what is mapped stays.
  void* mapping = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd->get(), 0);
  if (mapping == MAP_FAILED) return;
  mapping_ = mapping;
  mapped_bytes_ = size;
  if (std::memcmp(mapping, kMagic.data(), kMagic.size()) != 0) return;
  rows_ = reinterpret_cast<const Row*>(static_cast<const char*>(mapping) + kMagic.size());
  count_ = (size - kMagic.size()) / sizeof(Row);
}

const FileDigests::Row* FileDigests::find(const std::array<std::uint8_t, 16>& path) const {
  const Row* end = rows_ + count_;
  const Row* found = std::lower_bound(
      rows_, end, path,
      [](const Row& row, const std::array<std::uint8_t, 16>& key) { return row.path < key; });
  return found != end && found->path == path ? found : nullptr;
}

std::optional<std::string> FileDigests::of(const fs::path& path) {
  const std::string& name = path.native();
  const std::int64_t now_ns = file_clock_ns();
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  const FileStamp before = stamp_of(status);
  const auto key = half_digest(name);
  {
    std::lock_guard lock(mutex_);
    if (auto known = known_.find(name); known != known_.end() && known->second.first == before)
      return known->second.second;
    map();
    if (const Row* row = find(key); row && row->stamp == before)
      return known_.insert_or_assign(name, std::pair(before, to_hex(row->digest))).first->second.second;
  }
  auto digest = sha256_of_file(path);
  if (!digest) return std::nullopt;
  std::string answer = to_hex(*digest);
  if (stamp_of(path) != before) return answer;
  std::lock_guard lock(mutex_);
  if (is_settled(before, now_ns)) learned_.insert_or_assign(key, Row{key, before, *digest});
  known_.insert_or_assign(name, std::pair(before, answer));
  return answer;
}

std::optional<std::string> FileDigests::of_names(const fs::path& directory) {
  std::error_code error;
  std::set<std::string> names;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
    std::string name = entry->path().filename().string();
    if (name == "__pycache__") continue;
    std::error_code ignored;
    names.insert(name + (entry->is_directory(ignored) ? "/" : ""));
  }
  if (error) return std::nullopt;
  Sha256 digest;
  for (const std::string& name : names) digest.update(name + '\0');
  return to_hex(digest.finish());
}

void FileDigests::save() {
  std::lock_guard lock(mutex_);
  if (learned_.empty()) return;
  // What others have added meanwhile.
  if (mapping_) ::munmap(mapping_, mapped_bytes_);
  mapping_ = nullptr;
  rows_ = nullptr;
  count_ = 0;
  mapped_ = false;
  map();
  if (count_ + learned_.size() > kMostRows) count_ = 0;
  std::string bytes(kMagic);
  bytes.reserve(kMagic.size() + (count_ + learned_.size()) * sizeof(Row));
  auto append = [&](const Row& row) { bytes.append(reinterpret_cast<const char*>(&row), sizeof row); };
  const Row* old = rows_;
  const Row* end = rows_ + count_;
  for (const auto& [key, row] : learned_) {
    for (; old != end && old->path < key; ++old) append(*old);
    if (old != end && old->path == key) ++old;
    append(row);
  }
  for (; old != end; ++old) append(*old);
  (void)write_file(path_, bytes);
  learned_.clear();
}

}  // namespace faasc
