#include "packager/image/extract.h"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <unordered_map>

#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "packager/image/codes.h"
#include "packager/image/opened_image.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

using Kind = StoredEntry::Kind;

class Extractor {
 public:
  explicit Extractor(const StoredTree& tree) : tree_(tree) {}

  Result<void> file(const StoredEntry& entry, const fs::path& to) {
    FAASC_TRY(AtomicFile out, AtomicFile::create(to));
    FAASC_CHECK(fill(entry, out.fd(), to));
    return std::move(out).commit();
  }

  /// Everything below `directory` into `to`, which is empty and nobody else's; nothing that is or is below
  /// one of `hidden`.
  Result<void> directory(const StoredEntry* directory, const fs::path& to,
                         const std::vector<std::string>& hidden = {}) {
    std::size_t skip = directory ? directory->path.size() : 0;
    auto is_hidden = [&](std::string_view path) {
      return std::any_of(hidden.begin(), hidden.end(), [&](const std::string& one) {
        return path.starts_with(one) && (path.size() == one.size() || path[one.size()] == '/');
      });
    };
    for (const StoredEntry& entry : below(tree_, directory)) {
      FAASC_CHECK(check_interrupt());
      if (is_hidden(entry.path)) continue;
      FAASC_CHECK(add(entry, to.string() + entry.path.substr(skip)));
    }
    // Last, so that what comes into a directory neither changes its time nor needs the right to.
    for (auto done = directories_.rbegin(); done != directories_.rend(); ++done)
      FAASC_CHECK(finish_directory(*done->first, done->second));
    return {};
  }

  Result<void> link(const StoredEntry& entry, const fs::path& to) {
    if (::symlink(entry.target.c_str(), to.c_str()) != 0) return io_error("create", to, errno);
    ++extraction_.links;
    return {};
  }

  Extraction take() { return std::move(extraction_); }
  void count_directory() { ++extraction_.directories; }
  void leave_out(const std::string& path) { extraction_.left_out.push_back(path); }

 private:
  Result<void> add(const StoredEntry& entry, const std::string& to) {
    switch (entry.kind) {
      case Kind::Directory:
        if (::mkdir(to.c_str(), 0700) != 0) return io_error("create", to, errno);
        directories_.emplace_back(&entry, to);
        count_directory();
        return {};
      case Kind::File:
        return add_file(entry, to);
      case Kind::Symlink:
        return link(entry, to);
      case Kind::Other:
        leave_out(entry.path);
    }
    return {};
  }

  Result<void> add_file(const StoredEntry& entry, const std::string& to) {
    auto [first, is_new] = written_.try_emplace(entry.id, to);
    if (!is_new) {
      if (::link(first->second.c_str(), to.c_str()) != 0) return io_error("create", to, errno);
      ++extraction_.files;
      return {};
    }
    Fd out(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!out) return io_error("create", to, errno);
    return fill(entry, out, to);
  }

  Result<void> fill(const StoredEntry& entry, const Fd& out, const fs::path& to) {
    std::string piece;
    for (const StoredRun& run : tree_.runs(entry)) {
      for (std::uint64_t at = 0; at < run.size_bytes; at += piece.size()) {
        FAASC_CHECK(check_interrupt());
        piece.resize(std::min<std::uint64_t>(run.size_bytes - at, 1 << 20));
        FAASC_CHECK(tree_.source()
                        .read_at(run.source_offset + at, piece.data(), piece.size())
                        .during("reading '" + entry.path + "'"));
        FAASC_CHECK(write_all_at(out, piece, run.file_offset + at, to));
      }
    }
    if (::ftruncate(out.get(), static_cast<off_t>(entry.size_bytes)) != 0)
      return io_error("write", to, errno);
    FAASC_TRY(unsigned mode, mode_of(entry));
    if (::fchmod(out.get(), mode) != 0) return io_error("write", to, errno);
    if (entry.modified) {
      timespec times[2] = {{0, UTIME_OMIT}, {static_cast<std::time_t>(*entry.modified), 0}};
      if (::futimens(out.get(), times) != 0) return io_error("write", to, errno);
    }
    ++extraction_.files;
    extraction_.bytes += entry.size_bytes;
    return {};
  }

  // Who may act in somebody else's name stays in the image.
  Result<unsigned> mode_of(const StoredEntry& entry) const {
    if (entry.mode) return *entry.mode & 0777;
    FAASC_TRY(std::string start, tree_.read_at(entry, 0, 4));
    return start == "\x7f"
                    "ELF" ||
                   start.starts_with("#!")
               ? 0755u
               : 0644u;
  }

  static Result<void> finish_directory(const StoredEntry& entry, const std::string& path) {
    if (::chmod(path.c_str(), entry.mode ? *entry.mode & 0777 : 0755) != 0)
      return io_error("write", path, errno);
    if (!entry.modified) return {};
    timespec times[2] = {{0, UTIME_OMIT}, {static_cast<std::time_t>(*entry.modified), 0}};
    if (::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0)
      return io_error("write", path, errno);
    return {};
  }

  const StoredTree& tree_;
  Extraction extraction_;
  std::unordered_map<std::uint64_t, std::string> written_;
  std::vector<std::pair<const StoredEntry*, std::string>> directories_;
};

Error already_there(const fs::path& path) {
  return {Fault::Input,
          kImageWouldOverwrite,
          "'" + path.string() + "' is already there",
          {},
          "name a path where nothing is, or move it away"};
}

}  // namespace

Result<Extraction> extract_into(const StoredTree& tree, const fs::path& directory,
                                const std::vector<std::string>& hidden) {
  Extractor extractor(tree);
  FAASC_CHECK(extractor.directory(nullptr, directory, hidden));
  return extractor.take();
}

Result<Extraction> extract(const StoredTree& tree, const StoredEntry* from, const fs::path& to) {
  Extractor extractor(tree);
  if (from && from->kind == Kind::File) {
    std::error_code error;
    if (fs::is_directory(to, error)) return already_there(to);
    FAASC_CHECK(extractor.file(*from, to));
    return extractor.take();
  }
  if (from && from->kind == Kind::Other) {
    extractor.leave_out(from->path);
    return extractor.take();
  }
  struct stat status{};
  if (::lstat(to.c_str(), &status) == 0) return already_there(to);
  fs::path parent = to.has_parent_path() ? to.parent_path() : fs::path(".");
  FAASC_CHECK(make_directories(parent));
  FAASC_TRY(TemporaryDirectory temporary, TemporaryDirectory::create(parent, ".faasc-copy-"));
  fs::path made = temporary.path() / "copy";
  if (from && from->kind == Kind::Symlink) {
    FAASC_CHECK(extractor.link(*from, made));
  } else {
    if (::mkdir(made.c_str(), 0755) != 0) return io_error("create", made, errno);
    extractor.count_directory();
    FAASC_CHECK(extractor.directory(from, made));
  }
  if (::renameat2(AT_FDCWD, made.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) != 0)
    return errno == EEXIST ? already_there(to) : io_error("create", to, errno);
  return extractor.take();
}

}  // namespace faasc
