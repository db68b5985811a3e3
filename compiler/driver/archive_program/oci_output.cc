#include "compiler/driver/archive_program/oci_output.h"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>

#include "base/file.h"
#include "compiler/driver/archive_program/codes.h"

namespace faasc {
namespace fs = std::filesystem;

Result<TreeArchiveOutcome> write_oci_output(const StoredTree& tree, const TreeArchiveOptions& options,
                                            OciImage image, const fs::path& wanted) {
  fs::path output = fs::absolute(wanted).lexically_normal();
  if (!output.has_filename()) output = output.parent_path();
  bool archived = output.extension() == ".tar";
  std::error_code error;
  if (!archived && fs::exists(fs::symlink_status(output, error)))
    return Error{Fault::Input,
                 kExportTaken,
                 "'" + wanted.string() + "' is there already",
                 {},
                 "name a new directory, or a file NAME.tar, which is replaced"};
  FAASC_CHECK(make_directories(output.parent_path()));
  FAASC_TRY(TemporaryDirectory work, TemporaryDirectory::create(output.parent_path(), ".faasc-export"));
  fs::path layout = work.path() / "layout";
  FAASC_CHECK(make_directories(layout));
  FAASC_TRY(TreeArchiveOutcome outcome, write_oci_layout(tree, options, std::move(image), layout));
  if (archived) {
    FAASC_TRY(AtomicFile file, AtomicFile::create(output));
    FAASC_CHECK(write_layout_archive(layout, [&](std::string_view bytes) { return file.write(bytes); }));
    FAASC_CHECK(std::move(file).commit());
    return outcome;
  }
  // A directory that came to be in the meantime is not replaced.
  if (::renameat2(AT_FDCWD, layout.c_str(), AT_FDCWD, output.c_str(), RENAME_NOREPLACE) != 0)
    return io_error("write", output, errno);
  return outcome;
}

}  // namespace faasc
