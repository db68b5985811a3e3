#include <memory>

#include <CLI/CLI.hpp>

#include "base/byte_source.h"
#include "compiler/build/codes.h"
#include "compiler/driver/codes.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/grouped_number.h"
#include "compiler/driver/image/image_target.h"
#include "compiler/driver/target.h"
#include "packager/cpio/cpio_reader.h"
#include "packager/disk/formats/convert.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

struct Arguments {
  std::string image, format, output;
};

std::string format_names(std::string_view separator) {
  std::string names;
  for (DiskFormat format : all_disk_formats())
    names += (names.empty() ? "" : std::string(separator)) + std::string(name_of(format));
  return names;
}

// "shop.img.zst" → "shop.qcow2"
fs::path output_for(const fs::path& image, DiskFormat format) {
  fs::path stem = image;
  if (stem.extension() == ".zst") stem.replace_extension();
  stem.replace_extension();
  return stem += std::string(extension_of(format));
}

Result<int> convert(Session& session, const Arguments& arguments) {
  auto format = disk_format_named(arguments.format);
  if (!format)
    return Error{Fault::Usage,
                 kBadCommandLine,
                 "'" + arguments.format + "' is not a format of disk images",
                 {},
                 "there are " + format_names(", ")};
  fs::path out = arguments.output.empty() ? output_for(arguments.image, *format) : fs::path(arguments.output);
  std::error_code error;
  if (arguments.output.empty() && fs::equivalent(out, arguments.image, error))
    return Error{Fault::Usage,
                 kBadCommandLine,
                 "the image would be written over itself",
                 {},
                 "name the file to write with -o"};
  FAASC_TRY(std::shared_ptr<const ByteSource> source, open_byte_source(arguments.image));
  if (is_cpio(*source))
    return Error{Fault::Input,
                 kRootCannot,
                 "'" + arguments.image + "' is an initramfs, which a VMM loads with the kernel, and no disk",
                 {},
                 "build it with 'image: {root: ext4}' or 'root: erofs' for a disk"};
  FAASC_TRY(Image written, convert_image(arguments.image, *format, out));
  if (session.options().format == ReportFormat::Text) {
    session.console().print(as_typed(out) + "\n");
    session.console().say("wrote " + arguments.format + ", " + grouped(written.allocated_bytes) +
                          " bytes on disk");
  } else {
    session.set_result("image", json_string(out.string()));
    session.set_result("format", json_string(arguments.format));
    session.set_result("bytes", std::to_string(written.size_bytes));
    session.set_result("allocated_bytes", std::to_string(written.allocated_bytes));
  }
  return 0;
}

}  // namespace

Action configure_image_convert(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  app.add_option("image", arguments->image, "the image, in any of the formats")
      ->type_name("IMAGE")
      ->required();
  app.add_option("--to", arguments->format, "the format to write")->type_name(format_names("|"))->required();
  app.add_option("-o,--output", arguments->output,
                 "the file to write [the image's name with the format's ending]")
      ->type_name("FILE");
  return [arguments](Session& session) { return run_on_image([&] { return convert(session, *arguments); }); };
}

}  // namespace faasc
