#include "compiler/driver/archive_program/export_command.h"

#include <cstdio>
#include <memory>

#include "base/file.h"
#include "compiler/driver/archive_program/exported_config.h"
#include "compiler/driver/archive_program/oci_output.h"
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
  source.config = config_of(image);
  add_spec(path, source.config);
  return source;
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
  auto done =
      command.to == ExportImage::To::Oci
          ? write_oci_output(
                *source->tree, options,
                {.config = source->config, .reference = command.image.stem().string(), .annotations = {}},
                command.output)
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
