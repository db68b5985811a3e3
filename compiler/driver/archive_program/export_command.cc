#include "compiler/driver/archive_program/export_command.h"

#include <cerrno>
#include <cstdio>
#include <memory>

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "compiler/driver/archive_program/codes.h"
#include "compiler/driver/archive_program/exported_config.h"
#include "packager/archive/oci_writer.h"
#include "packager/image/opened_image.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

/// The root file system of an image, and how what is in it is run.
struct Source {
  std::shared_ptr<const StoredTree> tree;
  ContainerConfig config;
  bool linux_image = false;
};

Result<Source> open_source(const fs::path& path) {
  FAASC_TRY(OpenedImage image, open_image(path));
  Source source;
  source.tree = image.parts.front().tree;
  source.linux_image = image.family == KernelFamily::Linux;
  if (source.linux_image) {
    FAASC_TRY(source.config, config_of_linux(*source.tree));
  } else {
    source.config = config_of_nanos(image.attributes);
  }
  add_spec(path, source.config);
  return source;
}

Result<TreeArchiveOutcome> export_oci(const ExportImage& command, const Source& source,
                                      const TreeArchiveOptions& options) {
  fs::path output = fs::absolute(command.output).lexically_normal();
  if (!output.has_filename()) output = output.parent_path();
  bool archived = output.extension() == ".tar";
  std::error_code error;
  if (!archived && fs::exists(fs::symlink_status(output, error)))
    return Error{Fault::Input,
                 kExportTaken,
                 "'" + command.output.string() + "' is there already",
                 {},
                 "name a new directory, or a file NAME.tar, which is replaced"};
  FAASC_CHECK(make_directories(output.parent_path()));
  FAASC_TRY(TemporaryDirectory work, TemporaryDirectory::create(output.parent_path(), ".faasc-export"));
  fs::path layout = work.path() / "layout";
  FAASC_CHECK(make_directories(layout));
  std::string reference = command.image.stem().string();
  FAASC_TRY(TreeArchiveOutcome outcome,
            write_oci_layout(*source.tree, options, source.config, reference, layout));
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

Result<TreeArchiveOutcome> export_archive(const ExportImage& command, const Source& source,
                                          const TreeArchiveOptions& options) {
  FAASC_TRY(AtomicFile file, AtomicFile::create(command.output));
  FAASC_TRY(
      TreeArchiveOutcome outcome,
      write_tree_archive(*source.tree, options, [&](std::string_view bytes) { return file.write(bytes); }));
  FAASC_CHECK(std::move(file).commit());
  return outcome;
}

}  // namespace

Result<void> run_export(const ExportImage& command) {
  auto source = open_source(command.image);
  if (!source) return std::move(source).during("exporting '" + command.image.string() + "'").error();
  TreeArchiveOptions options;
  if (command.to == ExportImage::To::Cpio) options.format = TreeArchiveOptions::Format::Cpio;
  // What tells our init what to run belongs to the machine, not to the tree.
  if (source->linux_image)
    options.leave_out = [](std::string_view path) {
      return path == "/etc/faasc" || path.starts_with("/etc/faasc/");
    };
  auto done = command.to == ExportImage::To::Oci ? export_oci(command, *source, options)
                                                 : export_archive(command, *source, options);
  if (!done) return std::move(done).during("exporting '" + command.image.string() + "'").error();
  if (done->skipped > 0)
    std::fprintf(stderr, "faasc: left out %llu sockets and devices\n",
                 static_cast<unsigned long long>(done->skipped));
  std::fprintf(stderr, "faasc: wrote %llu entries to '%s'\n", static_cast<unsigned long long>(done->entries),
               command.output.c_str());
  return {};
}

}  // namespace faasc
