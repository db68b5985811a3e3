#include "packager/archive/tree_archive.h"

#include <map>

#include "base/interrupt.h"
#include "packager/archive/archive_output.h"

namespace faasc {
namespace {

using Kind = StoredEntry::Kind;

class TreeArchive {
 public:
  TreeArchive(const StoredTree& tree, const TreeArchiveOptions& options, const ArchiveSink& sink)
      : tree_(tree),
        options_(options),
        cpio_(options.format == TreeArchiveOptions::Format::Cpio),
        output_(cpio_ ? ARCHIVE_FORMAT_CPIO_SVR4_NOCRC : ARCHIVE_FORMAT_TAR_GNUTAR, sink) {}

  Result<TreeArchiveOutcome> write() {
    for (const StoredEntry& entry : tree_.entries())
      if (entry.kind == Kind::File && !left_out(entry)) ++files_[entry.id].names;
    for (const StoredEntry& entry : tree_.entries()) {
      FAASC_CHECK(check_interrupt());
      if (left_out(entry)) continue;
      if (entry.kind == Kind::Other) {
        ++outcome_.skipped;
        continue;
      }
      ++outcome_.entries;
      if (auto written = add(entry); !written)
        return std::move(written).during("writing '" + entry.path + "'").error();
    }
    FAASC_CHECK(output_.finish());
    return outcome_;
  }

 private:
  struct File {
    unsigned names = 0, seen = 0;
    std::string first;
  };

  bool left_out(const StoredEntry& entry) const {
    return options_.leave_out && options_.leave_out(entry.path);
  }

  Result<std::uint32_t> mode_of(const StoredEntry& entry) const {
    if (entry.kind == Kind::Symlink) return 0777u;
    if (entry.mode) return *entry.mode & 07777;
    if (entry.kind == Kind::Directory) return 0755u;
    FAASC_TRY(std::string start, tree_.read_at(entry, 0, 4));
    return start.starts_with("\177ELF") || start.starts_with("#!") ? 0755u : 0644u;
  }

  Result<void> add(const StoredEntry& entry) {
    unsigned type = entry.kind == Kind::Directory ? AE_IFDIR
                    : entry.kind == Kind::Symlink ? AE_IFLNK
                                                  : AE_IFREG;
    FAASC_TRY(std::uint32_t mode, mode_of(entry));
    ArchiveEntryHandle out = ArchiveOutput::entry(entry.path.substr(1), type, mode);
    if (entry.kind == Kind::Symlink) {
      archive_entry_set_symlink(out.get(), entry.target.c_str());
      if (cpio_) archive_entry_set_size(out.get(), static_cast<la_int64_t>(entry.target.size()));
    }
    archive_entry_set_nlink(out.get(), 1);
    if (entry.kind != Kind::File) return output_.header(out.get());

    File& file = files_[entry.id];
    ++file.seen;
    bool has_bytes = file.seen == 1;
    if (cpio_) {
      // The number is what makes names one file, and the bytes come with the last.
      archive_entry_set_ino(out.get(), static_cast<la_int64_t>(entry.id) + 1);
      archive_entry_set_dev(out.get(), 1);
      archive_entry_set_nlink(out.get(), file.names);
      has_bytes = file.seen == file.names;
    } else if (!has_bytes) {
      archive_entry_set_hardlink(out.get(), file.first.c_str());
    } else {
      file.first = entry.path.substr(1);
    }
    if (has_bytes) archive_entry_set_size(out.get(), static_cast<la_int64_t>(entry.size_bytes));
    FAASC_CHECK(output_.header(out.get()));
    if (!has_bytes) return {};
    return tree_.read(entry, [&](std::string_view bytes) { return output_.data(bytes); });
  }

  const StoredTree& tree_;
  const TreeArchiveOptions& options_;
  bool cpio_;
  ArchiveOutput output_;
  std::map<std::uint64_t, File> files_;
  TreeArchiveOutcome outcome_;
};

}  // namespace

Result<TreeArchiveOutcome> write_tree_archive(const StoredTree& tree, const TreeArchiveOptions& options,
                                              const ArchiveSink& sink) {
  return TreeArchive(tree, options, sink).write();
}

struct FileArchive::State {
  explicit State(ArchiveSink sink) : output(ARCHIVE_FORMAT_TAR_GNUTAR, std::move(sink)) {}
  ArchiveOutput output;
};

FileArchive::FileArchive(ArchiveSink sink) : state_(std::make_unique<State>(std::move(sink))) {}
FileArchive::~FileArchive() = default;

Result<void> FileArchive::add_directory(const std::string& path) {
  return state_->output.header(ArchiveOutput::entry(path, AE_IFDIR, 0755).get());
}

Result<void> FileArchive::add(const std::string& path, std::string_view bytes) {
  return add(path, bytes.size(), [&](const ArchiveSink& sink) { return sink(bytes); });
}

Result<void> FileArchive::add(const std::string& path, std::uint64_t size_bytes,
                              const std::function<Result<void>(const ArchiveSink&)>& read) {
  ArchiveEntryHandle entry = ArchiveOutput::entry(path, AE_IFREG, 0644);
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(size_bytes));
  FAASC_CHECK(state_->output.header(entry.get()));
  return read([&](std::string_view bytes) { return state_->output.data(bytes); });
}

Result<void> FileArchive::finish() {
  return state_->output.finish();
}

}  // namespace faasc
