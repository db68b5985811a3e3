#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/process.h"
#include "compiler/driver/codes.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/guest_mounts.h"
#include "compiler/driver/installation.h"
#include "compiler/driver/session.h"
#include "compiler/driver/target.h"
#include "launcher/uefi_firmware.h"
#include "packager/spec/codes.h"
#include "packager/spec/targets/target.h"

namespace faasc {
namespace {

struct SpecArguments {
  TargetArguments target;
  std::vector<std::string> volumes, shares;
  std::string to, output, accelerator = "kvm", network, image;
  std::uint16_t port = 8080;
};

std::string target_names(std::string_view separator) {
  std::string names;
  for (const Target& target : all_targets())
    names += (names.empty() ? "" : std::string(separator)) + std::string(target.name);
  return names;
}

// libarchive writes it, which is not for faasc itself to load. What goes wrong that program says itself: its
// exit status.
Result<int> write_container_image(const std::string& plan, const std::string& output) {
  FAASC_TRY(Installation installation, Installation::find());
  FAASC_TRY(std::filesystem::path program, installation.program("faasc-archive"));
  FAASC_TRY(Finished finished,
            run({.argv = {program.string(), "pack", output}, .working_directory = {}, .environment = {}},
                {.input = plan, .out = Stream::Inherit, .err = Stream::Inherit}));
  return finished.status.signal != 0 ? 128 + finished.status.signal : finished.status.code;
}

/// Nobody tells the guest of another mount than those of its image, once faasc is out of it.
Result<void> give_mounts(const SpecArguments& arguments, VmSpec& spec, std::vector<std::string>& losses) {
  GuestSettings settings;
  StartOptions locks;
  FAASC_CHECK(add_mounts(arguments.volumes, arguments.shares, spec, settings, locks));
  if (!settings.mounts.empty())
    return Error{Fault::Usage,
                 kMountNotInImage,
                 "the image of '" + spec.name + "' does not say that something is mounted at '" +
                     settings.mounts.front().path + "' like that, and no other program could tell its guest",
                 {},
                 "write it under 'mounts' in faas.yaml, and build again"};
  for (const VmSpec::Mount& mount : unmet_mounts(spec))
    losses.push_back((mount.kind == VmSpec::Mount::Kind::Volume ? "the volume '" : "the shared directory '") +
                     mount.name + "', which the guest mounts at '" + mount.path +
                     "': name it with --volume or --share");
  return {};
}

Result<int> write_spec(Session& session, const SpecArguments& arguments) {
  const Target* target = find_target(arguments.to);
  if (!target)
    return Error{Fault::Usage,
                 kBadCommandLine,
                 "'" + arguments.to + "' is nothing that a machine can be written for",
                 {},
                 "there are " + target_names(", ")};
  if (target->is_image && arguments.output.empty())
    return Error{Fault::Usage,
                 kBadCommandLine,
                 "'--to " + arguments.to + "' needs '--output'",
                 {},
                 "name a new directory for an image layout, or a file NAME.tar"};
  FAASC_TRY(std::optional<VmSpec> spec, read_target(session, arguments.target));
  if (!spec) return session.status();
  std::vector<std::string> losses;
  FAASC_CHECK(give_mounts(arguments, *spec, losses));
  FAASC_TRY(Rendering rendering,
            target->render(
                *spec, {.accelerator = arguments.accelerator == "tcg" ? Accelerator::Tcg : Accelerator::Kvm,
                        .host_port = arguments.port,
                        .network = arguments.network,
                        .container_image = arguments.image,
                        .uefi_firmware = find_uefi_firmware(spec->architecture)}));
  rendering.losses.insert(rendering.losses.end(), losses.begin(), losses.end());
  Diagnostics diagnostics;
  for (const std::string& loss : rendering.losses)
    diagnostics.add({.severity = Severity::Warning,
                     .code = kTargetLoses,
                     .message = std::string(target->name) + " is not told of " + loss,
                     .place = {}});
  session.report(diagnostics);
  if (target->is_image) {
    FAASC_TRY(int status, write_container_image(rendering.text, arguments.output));
    if (status != 0) return status;
    session.console().say("wrote " + arguments.output + ": " + std::string(target->form));
  } else if (!arguments.output.empty()) {
    FAASC_CHECK(write_file(arguments.output, rendering.text));
    session.console().say("wrote " + arguments.output + ": " + std::string(target->form));
  } else if (session.options().format == ReportFormat::Text) {
    session.console().print(rendering.text);
  }
  session.set_result("target", nlohmann::json(target->name).dump());
  session.set_result("text", nlohmann::json(rendering.text).dump());
  return 0;
}

}  // namespace

Action configure_spec(CLI::App& app) {
  auto arguments = std::make_shared<SpecArguments>();
  add_target_options(app, arguments->target, "a project, an image or a VM spec [.]");
  app.add_option("--to", arguments->to, target_names(", "))->type_name("VMM")->required();
  app.add_option("-o,--output", arguments->output,
                 "the file to write [standard output]; for oci and urunc a new directory, or NAME.tar")
      ->type_name("FILE");
  app.add_option("-p,--port", arguments->port, "the port of the host that leads to the function [8080]")
      ->type_name("PORT")
      ->check(CLI::Range(1, 65535).description(""));
  app.add_option("--accel", arguments->accelerator, "kvm or tcg (emulation) [kvm]")
      ->type_name("HOW")
      ->check(CLI::IsMember({"kvm", "tcg"}).description(""));
  app.add_option("--network", arguments->network, "a network of libvirt, or a tap device, that is there")
      ->type_name("NAME");
  app.add_option("--volume", arguments->volumes, "a volume that the function's 'mounts' name by its label")
      ->type_name("FILE[:ro]")
      ->allow_extra_args(false);
  app.add_option("--share", arguments->shares, "a directory for a path of the function's 'mounts'")
      ->type_name("DIR:PATH[:ro]")
      ->allow_extra_args(false);
  app.add_option("--image", arguments->image, "the disk as a container image, for kubevirt")
      ->type_name("REFERENCE");
  return [arguments](Session& session) { return write_spec(session, *arguments); };
}

}  // namespace faasc
