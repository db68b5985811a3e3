#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>

#include "base/file.h"
#include "compiler/driver/codes.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/grouped_number.h"
#include "compiler/driver/image/image_target.h"
#include "compiler/driver/target.h"
#include "launcher/terminal_text.h"
#include "packager/disk/formats/convert.h"
#include "packager/image/extract.h"
#include "packager/image/image_edit.h"
#include "packager/kernels/kernel_store.h"
#include "packager/rootfs/file_list.h"
#include "packager/spec/vm_spec.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

struct Arguments {
  std::string from, to, output;
  std::string part = "root";
};

Result<int> copy_out(Session& session, const Arguments& arguments) {
  FAASC_TRY(ImageTarget target, open_image_target({arguments.from, "", arguments.part}, LastLink::Keep));
  fs::path to = arguments.to;
  std::error_code error;
  if (fs::is_directory(to, error)) {
    if (!target.entry)
      to /= fs::path(target.image.path).stem();
    else
      to /= target.entry->path.substr(target.entry->path.rfind('/') + 1);
  }
  FAASC_TRY(Extraction done, extract(target.tree(), target.entry, to));
  for (const std::string& path : done.left_out)
    session.console().say("left out '" + terminal_text(path) + "', which is neither file nor directory");
  if (session.options().format == ReportFormat::Text) {
    session.console().say("copied " + grouped(done.files) + (done.files == 1 ? " file, " : " files, ") +
                          grouped(done.bytes) + " bytes, to " + terminal_text(as_typed(to)));
  } else {
    session.set_result("path", json_string(to.string()));
    session.set_result("files", std::to_string(done.files));
    session.set_result("bytes", std::to_string(done.bytes));
  }
  return 0;
}

// The place in the image that a copy to `path` means: in a directory under the source's own name, and where
// symbolic links of the image lead.
Result<std::string> place_in_image(const StoredTree& tree, const std::string& path, const fs::path& source) {
  fs::path normal = fs::path(path).lexically_normal();
  bool into_directory = path.ends_with('/');
  auto there = find_in_image(tree, normal.string(), LastLink::Follow);
  bool is_root = there && !*there;
  if (is_root || (there && (*there)->kind == StoredEntry::Kind::Directory)) {
    std::error_code error;
    std::string at = is_root ? "" : (*there)->path;
    if (fs::is_directory(source, error) && !into_directory) return at.empty() ? "/" : at;  // they become one
    return at + "/" + fs::absolute(source).lexically_normal().filename().string();
  }
  if (there) return (*there)->path;
  if (into_directory) return std::move(there).error();
  // New; but the directory it comes into may be behind a link.
  auto parent = find_in_image(tree, normal.parent_path().string(), LastLink::Follow);
  if (!parent) return normal.string();
  return (*parent ? (*parent)->path : "") + "/" + normal.filename().string();
}

// What lies beside the image belongs to the copy as well: how to run it, and why each file is there.
Result<void> write_companions(const fs::path& image, const fs::path& out, const std::vector<ImageEdit>& edits,
                              DiskFormat format) {
  std::error_code error;
  if (fs::exists(vm_spec_path(image), error)) {
    FAASC_TRY(KernelStore store, KernelStore::open());
    FAASC_TRY(VmSpec spec, read_vm_spec(fs::absolute(vm_spec_path(image)), store.root()));
    if (spec.direct_boot && spec.direct_boot->initrd_is_root) {
      spec.direct_boot->initrd = fs::absolute(out);
    } else if (!spec.disks.empty()) {
      spec.disks.front().path = fs::absolute(out);
      spec.disks.front().format = name_of(format);
    }
    FAASC_CHECK(write_file(vm_spec_path(out), to_json(spec, fs::absolute(out).parent_path(), store.root())));
  }
  if (!fs::exists(file_list_path(image), error)) return {};
  FAASC_TRY(std::vector<ListedFile> files, read_file_list(file_list_path(image)));
  for (const ImageEdit& edit : edits) {
    std::erase_if(files, [&](const ListedFile& file) { return file.path == edit.path; });
    ListedFile file{.path = edit.path, .why = edit.node.why};
    if (const auto* link = std::get_if<Symlink>(&edit.node.content)) {
      file.kind = ListedFile::Kind::Symlink;
      file.target = link->target;
    } else if (const auto* host = std::get_if<HostFile>(&edit.node.content)) {
      file.size_bytes = fs::file_size(host->path, error);
    } else {
      file.kind = ListedFile::Kind::Directory;
    }
    files.push_back(std::move(file));
  }
  std::sort(files.begin(), files.end(),
            [](const ListedFile& a, const ListedFile& b) { return PathOrder{}(a.path, b.path); });
  return write_file(file_list_path(out), to_json(files));
}

Result<int> copy_in(Session& session, const Arguments& arguments) {
  ImagePath to = split_image_path(arguments.to);
  if (arguments.output.empty())
    return Error{Fault::Usage,
                 kBadCommandLine,
                 "an image is not changed in place",
                 {},
                 "name the copy that is to have the files with -o"};
  if (arguments.part != "root")
    return Error{
        Fault::Usage, kBadCommandLine, "files can be copied into the root only", {}, "leave out --part"};
  FAASC_TRY(OpenedImage image, open_image(to.image));
  FAASC_TRY(std::string place, place_in_image(image.root(), to.path, arguments.from));
  FAASC_TRY(std::vector<ImageEdit> edits, edits_of_host(arguments.from, place));
  const fs::path out = arguments.output;
  Image written;
  if (image.format == DiskFormat::Raw) {
    FAASC_TRY(written, write_edited_image(image, edits, out));
  } else {
    // In the format of the image.
    fs::path parent = out.has_parent_path() ? out.parent_path() : fs::path(".");
    FAASC_TRY(TemporaryDirectory temporary, TemporaryDirectory::create(parent, ".faasc-copy-"));
    FAASC_CHECK(write_edited_image(image, edits, temporary.path() / "raw"));
    FAASC_TRY(written, convert_image(temporary.path() / "raw", image.format, out));
  }
  FAASC_CHECK(
      write_companions(to.image, out, edits, image.format).during("writing what belongs to the copy"));
  if (session.options().format == ReportFormat::Text) {
    session.console().print(as_typed(out) + "\n");
    session.console().say("put " + terminal_text(place) + " into a copy of " + terminal_text(to.image));
  } else {
    session.set_result("image", json_string(out.string()));
    session.set_result("path", json_string(place));
    session.set_result("bytes", std::to_string(written.size_bytes));
    session.set_result("allocated_bytes", std::to_string(written.allocated_bytes));
  }
  return 0;
}

Result<int> copy(Session& session, const Arguments& arguments) {
  bool from_image = !split_image_path(arguments.from).path.empty();
  bool to_image = !split_image_path(arguments.to).path.empty();
  if (from_image != to_image) return from_image ? copy_out(session, arguments) : copy_in(session, arguments);
  return Error{Fault::Usage,
               kBadCommandLine,
               from_image
                   ? "both are places in images"
                   : "neither '" + arguments.from + "' nor '" + arguments.to + "' is a place in an image",
               {},
               "write one of them as IMAGE:PATH, 'shop.img:/app'"};
}

}  // namespace

Action configure_image_cp(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  app.add_option("from", arguments->from, "what to copy: IMAGE:PATH, or a path here")
      ->type_name("FROM")
      ->required();
  app.add_option("to", arguments->to, "where to: a path here, or IMAGE:PATH; into a directory that is there")
      ->type_name("TO")
      ->required();
  app.add_option("-o,--output", arguments->output,
                 "the copy of the image to write, where files come into one")
      ->type_name("COPY");
  app.add_option("--part", arguments->part, "the partition [root]")->type_name("root|boot|esp");
  return [arguments](Session& session) { return run_on_image([&] { return copy(session, *arguments); }); };
}

}  // namespace faasc
