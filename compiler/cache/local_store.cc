#include "compiler/cache/local_store.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>

#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/file_stamp.h"
#include "base/sha256.h"
#include "compiler/cache/blob_copy.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

// A reader of another layout, or of other keys, has a directory of its own.
constexpr std::string_view kVersion = "v1";
// Results are a few hundred bytes, lists of inputs some hundred thousand.
constexpr std::uint64_t kMostActionBytes = 4 << 20, kMostTextBytes = 64 << 20;

std::uint64_t allocated_bytes(const fs::path& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_blocks) * 512 : 0;
}

// For the order in which entries go. A clock that is wrong makes the order wrong, and nothing else.
void touch(const fs::path& path) {
  const timespec times[2] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT}, {.tv_sec = 0, .tv_nsec = UTIME_NOW}};
  ::utimensat(AT_FDCWD, path.c_str(), times, 0);
}

void drop(const fs::path& path) {
  std::error_code ignored;
  fs::remove(path, ignored);
}

struct Entry {
  fs::path path;
  std::int64_t used_ns = 0;
  std::uint64_t bytes = 0;
};

// Whatever lies there, leftovers of builds that were killed included.
std::vector<Entry> entries_of(const fs::path& directory) {
  std::vector<Entry> entries;
  std::error_code error;
  fs::recursive_directory_iterator entry(directory, error), end;
  for (; !error && entry != end; entry.increment(error)) {
    struct stat status{};
    if (::lstat(entry->path().c_str(), &status) != 0 || S_ISDIR(status.st_mode)) continue;
    entries.push_back(
        {entry->path(), stamp_of(status).modified_ns, static_cast<std::uint64_t>(status.st_blocks) * 512});
  }
  return entries;
}

}  // namespace

LocalStore::LocalStore(fs::path directory, std::uint64_t most_bytes)
    : root_(std::move(directory) / kVersion), most_bytes_(most_bytes) {}

Result<void> LocalStore::prepare() const {
  std::error_code error;
  const bool is_new = !fs::exists(root_, error);
  for (const char* part : {"ac", "cas", "tmp"}) FAASC_CHECK(make_directories(root_ / part));
  // Images may hold what others are not to read.
  if (is_new) ::chmod(root_.c_str(), 0700);
  if (::access((root_ / "cas").c_str(), W_OK) != 0 || ::access((root_ / "ac").c_str(), W_OK) != 0)
    return io_error("write to", root_, errno);
  return {};
}

fs::path LocalStore::action_path(std::string_view key) const {
  return root_ / "ac" / key.substr(0, 2) / key;
}

fs::path LocalStore::blob_path(std::string_view sha256) const {
  return root_ / "cas" / sha256.substr(0, 2) / sha256;
}

fs::path LocalStore::temporary_path() const {
  static std::atomic<unsigned> count{0};
  return root_ / "tmp" / (std::to_string(::getpid()) + "-" + std::to_string(++count));
}

std::optional<ActionResult> LocalStore::action(std::string_view key) const {
  const fs::path path = action_path(key);
  auto bytes = read_file(path, kMostActionBytes);
  if (!bytes) return std::nullopt;
  auto result = parse_action_result(*bytes);
  if (!result) drop(path);
  if (result) touch(path);
  return result;
}

bool LocalStore::has_blob(const BlobName& blob) const {
  const FileStamp stamp = stamp_of(blob_path(blob.sha256));
  return stamp.exists() && stamp.size_bytes == blob.size_bytes;
}

std::optional<std::string> LocalStore::blob_text(const BlobName& blob) const {
  const fs::path path = blob_path(blob.sha256);
  auto text = read_file(path, kMostTextBytes);
  if (!text) return std::nullopt;
  if (to_hex(sha256(*text)) != blob.sha256) {
    drop(path);
    return std::nullopt;
  }
  touch(path);
  return std::move(*text);
}

Result<bool> LocalStore::take_blob(const BlobName& blob, const fs::path& destination, unsigned mode) const {
  const fs::path path = blob_path(blob.sha256);
  auto from = open_for_reading(path);
  if (!from) return false;
  FAASC_TRY(AtomicFile to, AtomicFile::create(destination, mode));
  auto digest = copy_and_digest(*from, path, to.fd(), destination);
  if (!digest) {
    if (digest.error().what.find(path.string()) == std::string::npos) return std::move(digest).error();
    return false;
  }
  if (*digest != blob.sha256) {
    drop(path);
    return false;
  }
  FAASC_CHECK(std::move(to).commit());
  touch(path);
  return true;
}

Result<void> LocalStore::put_action(std::string_view key, const ActionResult& result,
                                    std::uint64_t& grown) const {
  const fs::path path = action_path(key);
  const std::uint64_t before = allocated_bytes(path);
  FAASC_CHECK(write_file(path, to_protobuf(result), 0600));
  const std::uint64_t now = allocated_bytes(path);
  grown += now > before ? now - before : 0;
  return {};
}

Result<BlobName> LocalStore::put_text(std::string_view text, std::uint64_t& grown) const {
  BlobName blob{to_hex(sha256(text)), text.size()};
  // Even where it is there: it may be damaged.
  const fs::path path = blob_path(blob.sha256);
  const std::uint64_t before = allocated_bytes(path);
  FAASC_CHECK(write_file(path, text, 0600));
  const std::uint64_t now = allocated_bytes(path);
  grown += now > before ? now - before : 0;
  return blob;
}

Result<BlobName> LocalStore::put_file(const fs::path& file, std::uint64_t& grown) const {
  FAASC_TRY(Fd from, open_for_reading(file));
  // The name is known when all of it was read: it is written under another one first, which has no name
  // either until then.
  const fs::path place = temporary_path();
  FAASC_TRY(AtomicFile to, AtomicFile::create(place, 0600));
  FAASC_TRY(std::string digest, copy_and_digest(from, file, to.fd(), place));
  struct stat status{};
  if (::fstat(to.fd().get(), &status) != 0) return io_error("write", place, errno);
  BlobName blob{std::move(digest), static_cast<std::uint64_t>(status.st_size)};
  const fs::path path = blob_path(blob.sha256);
  const std::uint64_t before = allocated_bytes(path);
  FAASC_CHECK(make_directories(path.parent_path()));
  FAASC_CHECK(std::move(to).commit());
  if (::rename(place.c_str(), path.c_str()) != 0) {
    const int failed = errno;
    drop(place);
    return io_error("write", path, failed);
  }
  const std::uint64_t now = static_cast<std::uint64_t>(status.st_blocks) * 512;
  grown += now > before ? now - before : 0;
  return blob;
}

Result<bool> LocalStore::adopt_blob(const fs::path& fetched, const BlobName& blob,
                                    std::uint64_t& grown) const {
  auto digest = sha256_of_file(fetched);
  if (!digest || to_hex(*digest) != blob.sha256) {
    drop(fetched);
    return false;
  }
  const fs::path path = blob_path(blob.sha256);
  FAASC_CHECK(make_directories(path.parent_path()));
  if (::rename(fetched.c_str(), path.c_str()) != 0) {
    const int failed = errno;
    drop(fetched);
    return io_error("write", path, failed);
  }
  grown += allocated_bytes(path);
  return true;
}

void LocalStore::account(std::uint64_t grown) const {
  if (grown == 0) return;
  auto lock = FileLock::acquire(root_ / "lock");
  if (!lock) return;
  std::uint64_t total = 0;
  auto text = read_file(root_ / "size", 64);
  // A number that is lost or wrong is mended by counting.
  if (text && !text->empty() && text->find_first_not_of("0123456789\n") == std::string::npos) {
    total = std::strtoull(text->c_str(), nullptr, 10) + grown;
  } else {
    for (const Entry& entry : entries_of(root_)) total += entry.bytes;
  }
  (void)write_file(root_ / "size", std::to_string(total) + "\n", 0600);
  if (total > most_bytes_) make_room();
}

void LocalStore::make_room() const {
  std::vector<Entry> entries = entries_of(root_ / "ac");
  for (const char* part : {"cas", "tmp"})
    for (Entry& entry : entries_of(root_ / part)) entries.push_back(std::move(entry));
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.used_ns < b.used_ns; });
  std::uint64_t total = allocated_bytes(root_ / "digests");
  for (const Entry& entry : entries) total += entry.bytes;
  for (const Entry& entry : entries) {
    if (total <= most_bytes_ / 5 * 4) break;
    drop(entry.path);
    total -= entry.bytes;
  }
  (void)write_file(root_ / "size", std::to_string(total) + "\n", 0600);
}

Result<StoreContents> LocalStore::contents() const {
  StoreContents contents;
  for (const Entry& entry : entries_of(root_ / "ac")) {
    ++contents.actions;
    contents.bytes += entry.bytes;
  }
  for (const Entry& entry : entries_of(root_ / "cas")) {
    ++contents.blobs;
    contents.bytes += entry.bytes;
  }
  contents.bytes += allocated_bytes(root_ / "digests");
  for (const Entry& entry : entries_of(root_ / "tmp")) contents.bytes += entry.bytes;
  return contents;
}

Result<StoreContents> LocalStore::clear() const {
  FAASC_TRY(StoreContents before, contents());
  std::error_code error;
  if (!fs::exists(root_, error)) return before;
  FAASC_TRY(FileLock lock, FileLock::acquire(root_ / "lock"));
  for (const Entry& entry : entries_of(root_)) {
    if (entry.path.filename() == "lock") continue;
    fs::remove(entry.path, error);
    if (error && fs::exists(entry.path)) return io_error("remove", entry.path, error.value());
  }
  return before;
}

Result<std::vector<LocalStore::Damage>> LocalStore::verify() const {
  std::vector<Damage> damages;
  for (const Entry& entry : entries_of(root_ / "cas")) {
    auto digest = sha256_of_file(entry.path);
    if (digest && to_hex(*digest) == entry.path.filename()) continue;
    std::error_code error;
    if (!fs::exists(entry.path, error)) continue;  // made room for something else meanwhile
    damages.push_back({entry.path, digest ? "its content is not what its name says"
                                          : "it cannot be read: " + digest.error().what});
    drop(entry.path);
  }
  for (const Entry& entry : entries_of(root_ / "ac")) {
    auto bytes = read_file(entry.path, kMostActionBytes);
    if (bytes && is_sha256(entry.path.filename().string()) && parse_action_result(*bytes)) continue;
    damages.push_back({entry.path, "it is no result of a step"});
    drop(entry.path);
  }
  return damages;
}

}  // namespace faasc
