#include "compiler/driver/guest_process.h"

#include <cerrno>
#include <cstring>
#include <memory>

#include "compiler/driver/installation.h"
#include "launcher/codes.h"
#include "packager/calls/c_functions.h"
#include "packager/calls/nanos_calls.h"
#include "packager/image/extract.h"
#include "packager/image/image_program.h"
#include "packager/image/opened_image.h"

namespace faasc {
namespace {

Error cannot(const std::string& what) {
  return {Fault::Usage,
          kProcessCannot,
          what + " needs a machine, and with '--vmm process' there is none",
          {},
          "leave one of the two out"};
}

Result<void> check_arguments(const VmArguments& arguments, const VmSpec& spec) {
  if (arguments.accelerator != "auto") return cannot("'--accel " + arguments.accelerator + "'");
  if (arguments.machine != "auto") return cannot("'--machine " + arguments.machine + "'");
  if (arguments.boot != "auto") return cannot("'--boot " + arguments.boot + "'");
  if (!arguments.network.empty() && arguments.network != "user")
    return cannot("'--net " + arguments.network + "'");
  if (!arguments.addresses.empty()) return cannot("'--ip " + arguments.addresses.front() + "'");
  if (!arguments.name_servers.empty()) return cannot("'--dns " + arguments.name_servers.front() + "'");
  if (!spec.shares.empty()) return cannot("the share '" + spec.shares.front().directory.string() + "'");
  const std::size_t of_the_image = spec.direct_boot && spec.direct_boot->initrd_is_root ? 0 : 1;
  if (spec.disks.size() > of_the_image)
    return cannot("the disk '" + spec.disks[of_the_image].path.filename().string() + "'");
  return {};
}

std::string error_name(int error) {
  const char* name = ::strerrorname_np(error);
  return name ? name : "error " + std::to_string(error);
}

// The function of the C library that is known to need it, of the same name where there is one.
const UnikernelCall* known_call(std::string_view name) {
  if (const UnikernelCall* same = find_nanos_call(name)) return same;
  for (const UnikernelCall& call : nanos_calls())
    if (call.needs == name) return &call;
  return nullptr;
}

void set_variable(std::vector<std::string>& environment, const std::string& name, const std::string& value) {
  std::erase_if(environment, [&](const std::string& one) { return one.starts_with(name + "="); });
  environment.push_back(name + "=" + value);
}

}  // namespace

Result<GuestProgram> guest_program_of(const VmSpec& spec) {
  FAASC_TRY(OpenedImage opened, open_image(image_of(spec)));
  auto image = std::make_shared<const OpenedImage>(std::move(opened));
  if (image->attributes.contains("mounts") || image->root().find("/etc/faasc/settings"))
    return cannot("what is mounted beside the root");
  FAASC_TRY(ImageProgram program, program_of(*image));
  return GuestProgram{.executable = program.executable,
                      .working_directory = program.working_directory,
                      .arguments = program.arguments,
                      .environment = program.environment,
                      .root_is_writable = program.writable && !root_is_read_only(spec),
                      .room_bytes = program.room_bytes,
                      .fill_root = [image](const std::filesystem::path& directory) -> Result<void> {
                        FAASC_TRY([[maybe_unused]] Extraction copied,
                                  extract_into(image->root(), directory, {"/dev", "/proc"}));
                        return {};
                      }};
}

Diagnostic finding_of(const RefusedCall& call, const std::string& function) {
  Diagnostic finding;
  finding.severity = Severity::Warning;
  finding.code = kCallRefused;
  finding.message = "'" + function + "' made the system call '" + call.name + "'";
  switch (answer_of_nanos(call.name)) {
    case NanosAnswer::OwnOnly:
      finding.message += " for another process";
      break;
    case NanosAnswer::Sockets:
      finding.message += " for a family that it does not know";
      break;
    default:
      break;
  }
  const UnikernelCall* known = known_call(call.name);
  if (known) finding.message += ", which " + std::string(known->why);
  finding.message +=
      (known ? "; Nanos" : ", which Nanos") + std::string(" answers with ") + error_name(call.error);
  if (known) finding.hint = known->instead;
  return finding;
}

Result<void> run_as_process(Session& session, const VmArguments& arguments, const GuestSettings& settings,
                            const VmSpec& spec, StartOptions& options) {
  FAASC_CHECK(check_arguments(arguments, spec));
  if (!settings.mounts.empty()) return cannot("what is mounted on '" + settings.mounts.front().path + "'");
  FAASC_TRY(Installation installation, Installation::find());
  ProcessChoice choice;
  FAASC_TRY(choice.sandbox_program, installation.program("faasc-sandbox"));
  FAASC_TRY(choice.program, guest_program_of(spec));
  for (const auto& [name, value] : settings.environment)
    set_variable(choice.program.environment, name, value);
  options.process = std::move(choice);
  options.on_refused = [&session, name = spec.name](const RefusedCall& call) {
    session.console().complain(to_text(finding_of(call, name), session.console().color()));
  };
  return {};
}

}  // namespace faasc
