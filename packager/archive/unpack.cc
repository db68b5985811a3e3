#include "packager/archive/unpack.h"

#include <cerrno>
#include <optional>
#include <vector>

#include <unistd.h>

#include "base/file.h"

namespace faasc {
namespace fs = std::filesystem;

Result<void> unpack_archive(const fs::path& archive, const fs::path& into, const ArchiveLimits& limits) {
  FAASC_TRY(ArchiveReader reader, ArchiveReader::open(archive, limits));
  FAASC_CHECK(make_directories(into));
  std::vector<char> buffer(256 * 1024);
  for (;;) {
    FAASC_TRY(std::optional<ArchiveEntry> entry, reader.next());
    if (!entry) return {};
    fs::path path = into / entry->path;
    FAASC_CHECK(make_directories(entry->kind == ArchiveEntry::Kind::Directory ? path : path.parent_path()));
    switch (entry->kind) {
      case ArchiveEntry::Kind::Directory:
        break;
      case ArchiveEntry::Kind::Symlink:
        if (::symlink(entry->link_target.c_str(), path.c_str()) != 0) return io_error("create", path, errno);
        break;
      case ArchiveEntry::Kind::HardLink:
        if (::link((into / entry->link_target).c_str(), path.c_str()) != 0)
          return io_error("create", path, errno);
        break;
      case ArchiveEntry::Kind::File: {
        FAASC_TRY(AtomicFile file, AtomicFile::create(path, (entry->mode & 0777) | 0600));
        for (;;) {
          FAASC_TRY(std::size_t count, reader.read(buffer.data(), buffer.size()));
          if (count == 0) break;
          FAASC_CHECK(file.write({buffer.data(), count}));
        }
        FAASC_CHECK(std::move(file).commit());
        break;
      }
    }
  }
}

}  // namespace faasc
