#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include <archive.h>
#include <archive_entry.h>

namespace faasc {

/// An entry of an archive made for a test.
struct MadeEntry {
  std::string path;
  std::string bytes;
  unsigned type = AE_IFREG;
  std::string link;  ///< target of a symbolic link (type AE_IFLNK), otherwise of a hard link
  unsigned mode = 0644;
};

/// An archive of libarchive's format and filter codes, by libarchive's writer.
inline std::string made_archive(const std::vector<MadeEntry>& entries, int format = ARCHIVE_FORMAT_TAR_GNUTAR,
                                int filter = ARCHIVE_FILTER_NONE) {
  std::string out(8 << 20, '\0');
  std::size_t used = 0;
  archive* a = archive_write_new();
  archive_write_set_format(a, format);
  archive_write_add_filter(a, filter);
  // Otherwise two archives of the same files differ where a second passes between them.
  if (filter == ARCHIVE_FILTER_GZIP) archive_write_set_filter_option(a, "gzip", "timestamp", nullptr);
  archive_write_set_bytes_per_block(a, 0);
  archive_write_open_memory(a, out.data(), out.size(), &used);
  for (const MadeEntry& made : entries) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, made.path.c_str());
    archive_entry_set_filetype(entry, made.type);
    archive_entry_set_perm(entry, static_cast<mode_t>(made.mode));
    if (made.type == AE_IFLNK)
      archive_entry_set_symlink(entry, made.link.c_str());
    else if (!made.link.empty())
      archive_entry_set_hardlink(entry, made.link.c_str());
    archive_entry_set_size(
        entry, made.type == AE_IFREG && made.link.empty() ? static_cast<la_int64_t>(made.bytes.size()) : 0);
    archive_write_header(a, entry);
    if (!made.bytes.empty()) archive_write_data(a, made.bytes.data(), made.bytes.size());
    archive_entry_free(entry);
  }
  archive_write_close(a);
  archive_write_free(a);
  out.resize(used);
  return out;
}

/// An ar archive as dpkg writes them: names end in spaces, members are padded to even length.
inline std::string made_ar(const std::vector<MadeEntry>& members) {
  std::string out = "!<arch>\n";
  for (const MadeEntry& member : members) {
    char header[61];
    std::snprintf(header, sizeof header, "%-16s%-12d%-6d%-6d%-8s%-10zu`\n", member.path.c_str(), 0, 0, 0,
                  "100644", member.bytes.size());
    out += header + member.bytes;
    if (member.bytes.size() % 2) out += '\n';
  }
  return out;
}

/// A Debian package around a data.tar of the given suffix (".xz", or empty).
inline std::string made_deb(const std::string& data_tar, const std::string& suffix) {
  return made_ar({{"debian-binary", "2.0\n"},
                  {"control.tar", made_archive({{"./control", "Package: x\n"}})},
                  {"data.tar" + suffix, data_tar}});
}

}  // namespace faasc
