#include "packager/archive/archive_reader.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/file.h"
#include "packager/archive/byte_stream.h"
#include "packager/archive/codes.h"
#include "packager/archive/cpio_check.h"
#include "packager/archive/entry_rules.h"
#include "packager/archive/libarchive_handle.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kArMagic = "!<arch>\n";
constexpr std::size_t kTarBlock = 512;

/// The bytes of the member data.tar.* of a Debian package.
class DebDataStream : public ByteStream {
 public:
  DebDataStream(std::unique_ptr<ByteStream> package, std::string name)
      : input_(std::move(package)), name_(std::move(name)), handle_(archive_read_new()) {}

  Result<void> open() {
    archive_read_support_format_ar(handle_.get());
    if (input_.open(handle_.get()) != ARCHIVE_OK) return input_.error_of(handle_.get(), name_);
    for (archive_entry* entry = nullptr;;) {
      int status = archive_read_next_header(handle_.get(), &entry);
      if (status == ARCHIVE_EOF)
        return Error{Fault::Input,
                     kArchiveUnknown,
                     "'" + name_ + "' is no Debian package: it has no member 'data.tar'",
                     {},
                     {}};
      if (status != ARCHIVE_OK) return input_.error_of(handle_.get(), name_);
      std::string_view member = archive_entry_pathname(entry);
      if (member == "data.tar" || member.substr(0, 9) == "data.tar.") return {};
    }
  }

  Result<std::size_t> read(char* buffer, std::size_t size) override {
    la_ssize_t count = archive_read_data(handle_.get(), buffer, size);
    if (count < 0) return input_.error_of(handle_.get(), name_);
    return static_cast<std::size_t>(count);
  }

 private:
  ArchiveInput input_;
  std::string name_;
  ArchiveHandle handle_;
};

Result<bool> starts_with_ar_magic(const fs::path& path) {
  FAASC_TRY(Fd fd, open_for_reading(path));
  std::array<char, kArMagic.size()> start{};
  std::size_t have = 0;
  while (have < start.size()) {
    FAASC_TRY(std::size_t count, read_some(fd, start.data() + have, start.size() - have, path));
    if (count == 0) return false;
    have += count;
  }
  return std::string_view(start.data(), start.size()) == kArMagic;
}

/// Counts what passes through.
class CountedStream : public ByteStream {
 public:
  CountedStream(std::unique_ptr<ByteStream> stream, std::shared_ptr<std::uint64_t> count)
      : stream_(std::move(stream)), count_(std::move(count)) {}
  Result<std::size_t> read(char* buffer, std::size_t size) override {
    FAASC_TRY(std::size_t count, stream_->read(buffer, size));
    *count_ += count;
    return count;
  }

 private:
  std::unique_ptr<ByteStream> stream_;
  std::shared_ptr<std::uint64_t> count_;
};

Error device(Error error) {
  error.hint = "pack the tree without /dev, which every kernel fills itself: tar --exclude='./dev/*'";
  return error;
}

/// What libarchive makes of a name in the locale of this process; UTF-8 where it cannot be said there.
const char* either(const char* native, const char* utf8) {
  return native ? native : utf8 ? utf8 : "";
}

}  // namespace

struct ArchiveReader::State {
  State(std::string archive_name, std::unique_ptr<ByteStream> bytes, const ArchiveLimits& limits_given,
        ArchiveLinks links)
      : name(std::move(archive_name)),
        limits(limits_given),
        input(std::move(bytes)),
        handle(archive_read_new()),
        rules(name, limits_given, links) {}

  Error failure() const;
  Result<void> check_end(std::uint64_t end_of_last_entry);

  Result<void> check_ratio() const;
  std::uint64_t unpacked_bytes() const { return std::max(input.bytes_read(), rules.total_bytes()); }

  std::string name;
  std::function<std::uint64_t()> packed_bytes;
  ArchiveLimits limits;
  ArchiveInput input;
  ArchiveHandle handle;
  EntryRules rules;
  bool at_end = false;
};

Error ArchiveReader::State::failure() const {
  Error error = input.error_of(handle.get(), name);
  // As long as libarchive has settled on no format, damage is the lesser suspicion.
  if (error.code == kArchiveDamaged && !input.failed() && archive_format(handle.get()) == 0)
    error = {Fault::Input,
             kArchiveUnknown,
             "'" + name + "' is neither a tar nor a cpio archive nor a Debian package",
             {},
             {}};
  return error;
}

/// libarchive takes a tar that just stops for a tar that ends. POSIX wants two blocks of zeros, which every
/// writer appends.
Result<void> ArchiveReader::State::check_end(std::uint64_t end_of_last_entry) {
  FAASC_CHECK(input.drain());
  if ((archive_format(handle.get()) & ARCHIVE_FORMAT_BASE_MASK) != ARCHIVE_FORMAT_TAR) return {};
  if (input.bytes_read() < end_of_last_entry + 2 * kTarBlock)
    return archive_damaged(name, "it ends without an end mark");
  if (input.end_of_content() > end_of_last_entry)
    return archive_damaged(name, "something follows its end mark");
  return {};
}

/// A few bytes may stand for gigabytes of one byte, by compression or as a hole.
Result<void> ArchiveReader::State::check_ratio() const {
  std::uint64_t unpacked = unpacked_bytes();
  if (limits.ratio == 0 || unpacked <= limits.ratio_free_bytes ||
      unpacked / limits.ratio <= std::max<std::uint64_t>(packed_bytes(), 1))
    return {};
  return Error{Fault::Input,
               kArchiveTooLarge,
               "'" + name + "' unpacks to more than " + std::to_string(limits.ratio) + " times its size: " +
                   std::to_string(unpacked) + " bytes from the first " + std::to_string(packed_bytes()),
               {},
               {}};
}

ArchiveReader::ArchiveReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
ArchiveReader::ArchiveReader(ArchiveReader&&) noexcept = default;
ArchiveReader& ArchiveReader::operator=(ArchiveReader&&) noexcept = default;
ArchiveReader::~ArchiveReader() = default;

Result<ArchiveReader> ArchiveReader::open(const fs::path& path, const ArchiveLimits& limits,
                                          ArchiveLinks links) {
  std::string name = path.string();
  FAASC_TRY(bool deb, starts_with_ar_magic(path));
  FAASC_TRY(std::unique_ptr<ByteStream> bytes, stream_of_file(path));
  if (deb) {
    auto data = std::make_unique<DebDataStream>(std::move(bytes), name);
    FAASC_CHECK(data->open());
    bytes = std::move(data);
  }
  return open(std::move(bytes), std::move(name), limits, links);
}

Result<ArchiveReader> ArchiveReader::open(std::unique_ptr<ByteStream> bytes, std::string name,
                                          const ArchiveLimits& limits, ArchiveLinks links) {
  auto packed_bytes = std::make_shared<std::uint64_t>(0);
  bytes = std::make_unique<CountedStream>(std::move(bytes), packed_bytes);
  FAASC_TRY(bytes, decompressed(std::move(bytes), name));
  return open_unpacked(std::move(bytes), std::move(name), limits, links,
                       [packed_bytes] { return *packed_bytes; });
}

Result<ArchiveReader> ArchiveReader::open_unpacked(std::unique_ptr<ByteStream> bytes, std::string name,
                                                   const ArchiveLimits& limits, ArchiveLinks links,
                                                   std::function<std::uint64_t()> packed_bytes) {
  bytes = checked_cpio(std::move(bytes), name);
  auto state = std::make_unique<State>(name, std::move(bytes), limits, links);
  state->packed_bytes = std::move(packed_bytes);
  state->input.limit_to(limits.total_bytes, name);
  archive_read_support_format_tar(state->handle.get());
  archive_read_support_format_cpio(state->handle.get());
  if (state->input.open(state->handle.get()) != ARCHIVE_OK) return state->failure();
  return ArchiveReader(std::move(state));
}

Result<std::optional<ArchiveEntry>> ArchiveReader::next() {
  State& state = *state_;
  archive* handle = state.handle.get();
  while (!state.at_end) {
    if (archive_file_count(handle) > 0 && archive_read_data_skip(handle) < ARCHIVE_WARN)
      return state.input.error_of(handle, state.name);
    auto end_of_last_entry = static_cast<std::uint64_t>(archive_filter_bytes(handle, 0));
    archive_entry* stored = nullptr;
    int status = archive_read_next_header(handle, &stored);
    if (status == ARCHIVE_EOF) {
      state.at_end = true;
      FAASC_CHECK(state.check_end(end_of_last_entry));
      break;
    }
    // A warning says that a name cannot be converted to the locale; the bytes are there all the same.
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return state.failure();

    ArchiveEntry entry;
    FAASC_TRY(entry.path, state.rules.normalised(
                              either(archive_entry_pathname(stored), archive_entry_pathname_utf8(stored))));
    entry.mode = archive_entry_perm(stored);
    entry.of_root = archive_entry_uid(stored) == 0 && archive_entry_gid(stored) == 0;
    const char* hard_link = either(archive_entry_hardlink(stored), archive_entry_hardlink_utf8(stored));
    if (*hard_link) {
      entry.kind = ArchiveEntry::Kind::HardLink;
      FAASC_TRY(entry.link_target, state.rules.normalised(hard_link));
      // cpio gives a file's bytes with the last of its names.
      if (archive_entry_size_is_set(stored) && archive_entry_size(stored) > 0)
        entry.size_bytes = static_cast<std::uint64_t>(archive_entry_size(stored));
    } else {
      switch (archive_entry_filetype(stored)) {
        case AE_IFREG: {
          entry.kind = ArchiveEntry::Kind::File;
          la_int64_t size = archive_entry_size(stored);
          if (size < 0) return archive_damaged(state.name, "'" + entry.path + "' has a negative size");
          entry.size_bytes = static_cast<std::uint64_t>(size);
          break;
        }
        case AE_IFDIR:
          entry.kind = ArchiveEntry::Kind::Directory;
          break;
        case AE_IFLNK:
          entry.kind = ArchiveEntry::Kind::Symlink;
          entry.link_target = either(archive_entry_symlink(stored), archive_entry_symlink_utf8(stored));
          break;
        case AE_IFCHR:
          return device(state.rules.unsafe(entry.path, "is a character device"));
        case AE_IFBLK:
          return device(state.rules.unsafe(entry.path, "is a block device"));
        case AE_IFIFO:
          return state.rules.unsafe(entry.path, "is a FIFO");
        case AE_IFSOCK:
          return state.rules.unsafe(entry.path, "is a socket");
        default:
          return state.rules.unsafe(entry.path, "is of an unknown type");
      }
    }
    // "./", which most tars begin with.
    if (entry.path.empty() && entry.kind == ArchiveEntry::Kind::Directory) continue;
    if (entry.path.empty()) return state.rules.unsafe(entry.path, "has no name");
    FAASC_CHECK(state.rules.admit(entry));
    FAASC_CHECK(state.check_ratio());
    return std::optional(std::move(entry));
  }
  return std::optional<ArchiveEntry>();
}

Result<std::size_t> ArchiveReader::read(char* buffer, std::size_t size) {
  la_ssize_t count = archive_read_data(state_->handle.get(), buffer, size);
  if (count < 0) return state_->input.error_of(state_->handle.get(), state_->name);
  FAASC_CHECK(state_->check_ratio());
  return static_cast<std::size_t>(count);
}

std::uint64_t ArchiveReader::entries() const {
  return state_->rules.entries();
}

std::uint64_t ArchiveReader::unpacked_bytes() const {
  return state_->unpacked_bytes();
}

Result<std::string> ArchiveReader::read_all(std::uint64_t limit) {
  std::string bytes;
  std::vector<char> buffer(64 * 1024);
  for (;;) {
    FAASC_TRY(std::size_t count, read(buffer.data(), buffer.size()));
    if (count == 0) return bytes;
    bytes.append(buffer.data(), count);
    if (bytes.size() > limit)
      return Error{Fault::Input,
                   kArchiveTooLarge,
                   "a file of '" + state_->name + "' is larger than the " + std::to_string(limit) +
                       " bytes allowed here",
                   {},
                   {}};
  }
}

}  // namespace faasc
