#include "packager/archive/archive_output.h"

#include <cerrno>

#include "packager/archive/codes.h"

namespace faasc {

ArchiveOutput::ArchiveOutput(int format, ArchiveSink sink)
    : sink_(std::move(sink)), handle_(archive_write_new()) {
  archive_write_set_format(handle_.get(), format);
  archive_write_set_bytes_in_last_block(handle_.get(), 512);
  archive_write_open(handle_.get(), this, nullptr, &write_callback, nullptr);
}

la_ssize_t ArchiveOutput::write_callback(archive* handle, void* self, const void* bytes, size_t size) {
  auto* output = static_cast<ArchiveOutput*>(self);
  if (auto written = output->sink_({static_cast<const char*>(bytes), size}); !written) {
    output->error_ = std::move(written).error();
    archive_set_error(handle, EIO, "%s", output->error_->what.c_str());
    return -1;
  }
  return static_cast<la_ssize_t>(size);
}

Result<void> ArchiveOutput::check(int status) {
  if (error_) return *error_;
  if (status >= ARCHIVE_OK || status == ARCHIVE_WARN) return {};
  const char* words = archive_error_string(handle_.get());
  return Error{Fault::Input,
               kArchiveUnwritable,
               std::string("cannot write the archive: ") + (words ? words : "no reason given"),
               {},
               {}};
}

ArchiveEntryHandle ArchiveOutput::entry(const std::string& path, unsigned type, std::uint32_t mode) {
  ArchiveEntryHandle entry(archive_entry_new());
  archive_entry_set_pathname(entry.get(), path.c_str());
  archive_entry_set_filetype(entry.get(), type);
  archive_entry_set_perm(entry.get(), static_cast<mode_t>(mode));
  archive_entry_set_mtime(entry.get(), 0, 0);
  archive_entry_set_uid(entry.get(), 0);
  archive_entry_set_gid(entry.get(), 0);
  archive_entry_set_size(entry.get(), 0);
  return entry;
}

Result<void> ArchiveOutput::header(archive_entry* entry) {
  return check(archive_write_header(handle_.get(), entry));
}

Result<void> ArchiveOutput::data(std::string_view bytes) {
  la_ssize_t written = archive_write_data(handle_.get(), bytes.data(), bytes.size());
  FAASC_CHECK(check(written < 0 ? ARCHIVE_FATAL : ARCHIVE_OK));
  if (static_cast<std::size_t>(written) == bytes.size()) return {};
  return Error{Fault::Internal,
               kArchiveUnwritable,
               "cannot write the archive: a file has more bytes than it said",
               {},
               {}};
}

Result<void> ArchiveOutput::finish() {
  return check(archive_write_close(handle_.get()));
}

}  // namespace faasc
