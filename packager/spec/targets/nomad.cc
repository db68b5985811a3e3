#include "packager/spec/targets/renderers.h"

namespace faasc {
namespace {

// A quoted template of HCL 2: what would begin an interpolation is written twice.
std::string hcl(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' || c == '\\') out += '\\';
    out += c;
    if ((c == '$' || c == '%') && i + 1 < text.size() && text[i + 1] == '{') out += c;
  }
  return out + "\"";
}

}  // namespace

// A job for Nomad's own QEMU driver, which makes a PC of the type "pc", gives it the disk and forwards ports.
Result<Rendering> render_nomad(const VmSpec& spec, const RenderOptions& options) {
  constexpr std::string_view kName = "Nomad";
  FAASC_CHECK(check_architecture(kName, spec));
  FAASC_CHECK(check_disk_formats(kName, spec, {"qcow2", "raw"}));
  FAASC_TRY(BootFrom from, boot_of_pc(kName, spec));
  if (from != BootFrom::Bios)
    return target_cannot(kName, "boot '" + spec.name + "' but by a BIOS", "build with 'image: {boot: bios}'");
  if (spec.disks.size() != 1)
    return target_cannot(kName, "give a machine " + std::to_string(spec.disks.size()) + " disks",
                         "build an image with one disk");

  Rendering rendering;
  const VmSpec::Disk& disk = spec.disks.front();
  // Changes of the guest's go to a temporary file, unless they are to be kept.
  const std::string access = disk.read_only ? "      args              = [\"-snapshot\", \"-smp\", "
                                            : "      args              = [\"-smp\", ";
  const bool kvm = options.accelerator == Accelerator::Kvm;
  const std::string port = std::to_string(spec.http_port);
  std::string& text = rendering.text;
  text = "job " + hcl(spec.name) + " {\n  type = \"service\"\n\n  group " + hcl(spec.name) + " {\n";
  if (!spec.nics.empty()) text += "    network {\n      port \"http\" {}\n    }\n\n";
  text += "    task " + hcl(spec.name) + " {\n      driver       = \"qemu\"\n      kill_timeout = \"" +
          std::to_string(std::chrono::ceil<std::chrono::seconds>(spec.grace_period).count()) + "s\"\n\n" +
          "      config {\n        image_path        = " + hcl(disk.path.string()) + "\n" +
          "        drive_interface   = \"virtio\"\n        accelerator       = \"" + (kvm ? "kvm" : "tcg") +
          "\"\n        graceful_shutdown = true\n  " + access +
          hcl(processors_text(spec.vcpus, options.accelerator)) + "]\n";
  if (!spec.nics.empty()) text += "        port_map {\n          http = " + port + "\n        }\n";
  text += "      }\n\n      resources {\n        cores  = " + std::to_string(spec.vcpus) +
          "\n        memory = " + std::to_string(mebibytes(spec.memory_bytes)) + "\n      }\n";
  if (!spec.nics.empty()) {
    text += "\n      service {\n        name     = " + hcl(spec.name) +
            "\n        port     = \"http\"\n        provider = \"nomad\"\n\n        check {\n";
    text += spec.ready_path.empty()
                ? std::string("          type     = \"tcp\"\n")
                : "          type     = \"http\"\n          path     = " + hcl(spec.ready_path) + "\n";
    text += "          interval = \"10s\"\n          timeout  = \"2s\"\n        }\n      }\n";
    if (spec.nics.front().address != "dhcp")
      rendering.losses.push_back("the address " + spec.nics.front().address +
                                 ": the driver's network has others, and the guest may not be reached");
  }
  text += "    }\n  }\n}\n";
  lose_exit_status(spec, kName, rendering);
  return rendering;
}

}  // namespace faasc
