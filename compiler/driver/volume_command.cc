#include <memory>

#include <CLI/CLI.hpp>

#include "compiler/driver/codes.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/image/image_target.h"
#include "compiler/driver/session.h"
#include "compiler/driver/target.h"
#include "manifests/quantity.h"
#include "packager/image/volume.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kLeastBytes = std::uint64_t{1} << 20;
constexpr std::uint64_t kMostBytes = std::uint64_t{4} << 40;

struct Arguments {
  std::string path, size, format, label;
};

Error usage(std::string what, std::string hint) {
  return {Fault::Usage, kBadCommandLine, std::move(what), {}, std::move(hint)};
}

Result<int> create(Session& session, const Arguments& arguments) {
  const fs::path path = arguments.path;
  std::optional<std::uint64_t> bytes = parse_quantity(arguments.size);
  if (!bytes || *bytes < kLeastBytes || *bytes > kMostBytes)
    return usage("'" + arguments.size + "' is no size of a volume",
                 "write for example --size 64MiB; 1MiB to 4096GiB are possible");
  const std::string extension = path.extension().string();
  const std::string format = !arguments.format.empty() ? arguments.format
                             : extension == ".ext4"    ? "ext4"
                                                       : "tfs";
  const KernelFamily family = format == "tfs" ? KernelFamily::Nanos : KernelFamily::Linux;
  const std::string label = arguments.label.empty() ? path.stem().string() : arguments.label;
  if (std::string wrong = wrong_with_label(label, family); !wrong.empty())
    return usage("the volume cannot get its label: " + wrong,
                 arguments.label.empty() ? "name one with --label; the file's name was taken for it"
                                         : "choose another label");
  FAASC_CHECK(create_volume(path, family, *bytes, label).during("writing '" + path.string() + "'"));
  if (session.options().format == ReportFormat::Text) {
    session.console().say("wrote " + as_typed(path) + ": a volume labelled '" + label + "' for " +
                          (family == KernelFamily::Nanos ? "Nanos (TFS)" : "Linux (ext4)") + "; '--volume " +
                          as_typed(path) + ":/PATH' gives it to a function");
  } else {
    session.set_result("volume", json_string(path.string()));
    session.set_result("format", json_string(format));
    session.set_result("label", json_string(label));
  }
  return 0;
}

}  // namespace

Action configure_volume_create(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  app.add_option("file", arguments->path, "the file to write")->type_name("FILE")->required();
  app.add_option("--size", arguments->size, "room for data, for example 64MiB")
      ->type_name("SIZE")
      ->required();
  app.add_option("--filesystem", arguments->format,
                 "tfs, which Nanos mounts, or ext4, which Linux mounts [tfs, for FILE.ext4 ext4]")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"tfs", "ext4"}).description(""));
  app.add_option("--label", arguments->label,
                 "what guests and 'mounts' in faas.yaml call it [the file's name]")
      ->type_name("NAME");
  return [arguments](Session& session) { return create(session, *arguments); };
}

}  // namespace faasc
