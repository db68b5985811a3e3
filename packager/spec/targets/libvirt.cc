#include <cstdio>

#include "packager/spec/targets/renderers.h"

namespace faasc {
namespace {

// The text of XML 1.0: elements on lines of their own, attributes in the order in which they are given.
class Xml {
 public:
  using Attributes = std::initializer_list<std::pair<std::string_view, std::string>>;

  void open(std::string_view name, Attributes attributes = {}) {
    start(name, attributes, ">\n");
    names_.emplace_back(name);
  }
  void close() {
    const std::string name = names_.back();
    names_.pop_back();
    text_ += indent() + "</" + name + ">\n";
  }
  void empty(std::string_view name, Attributes attributes = {}) { start(name, attributes, "/>\n"); }
  void text(std::string_view name, std::string_view text, Attributes attributes = {}) {
    start(name, attributes, ">");
    text_ += escaped(text) + "</" + std::string(name) + ">\n";
  }
  std::string take() { return std::move(text_); }

 private:
  static std::string escaped(std::string_view text) {
    std::string out;
    for (char c : text) {
      if (c == '&')
        out += "&amp;";
      else if (c == '<')
        out += "&lt;";
      else if (c == '>')
        out += "&gt;";
      else if (c == '\'')
        out += "&apos;";
      else
        out += c;
    }
    return out;
  }
  std::string indent() const { return std::string(names_.size() * 2, ' '); }
  void start(std::string_view name, Attributes attributes, std::string_view end) {
    text_ += indent() + "<" + std::string(name);
    for (const auto& [key, value] : attributes) text_ += " " + std::string(key) + "='" + escaped(value) + "'";
    text_ += end;
  }

  std::string text_;
  std::vector<std::string> names_;
};

std::string hexadecimal(std::size_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%zx", value);
  return text;
}

void boot(Xml& xml, const VmSpec& spec, BootFrom from) {
  if (from == BootFrom::Uefi)
    xml.open("os", {{"firmware", "efi"}});
  else
    xml.open("os");
  xml.text("type", "hvm", {{"arch", spec.architecture}, {"machine", "q35"}});
  if (from == BootFrom::Kernel) {
    xml.text("kernel", spec.direct_boot->kernel.string());
    if (!spec.direct_boot->initrd.empty()) xml.text("initrd", spec.direct_boot->initrd.string());
    if (!spec.direct_boot->command_line.empty()) xml.text("cmdline", spec.direct_boot->command_line);
  } else {
    xml.empty("boot", {{"dev", "hd"}});
  }
  xml.close();
}

void disk(Xml& xml, const VmSpec& spec, const VmSpec::Disk& disk, std::size_t index) {
  xml.open("disk", {{"type", "file"}, {"device", "disk"}});
  xml.empty("driver", {{"name", "qemu"}, {"type", disk.format == "vhd" ? "vpc" : disk.format}});
  xml.empty("source", {{"file", disk.path.string()}});
  xml.empty("target", {{"dev", std::string("vd") + static_cast<char>('a' + index)}, {"bus", "virtio"}});
  // What Nanos writes to a disk that is called read-only ends with the machine.
  if (disk.read_only) xml.empty(guest_writes(spec, disk) ? "transient" : "readonly");
  xml.close();
}

// By 9p from QEMU for Nanos, by virtiofsd, which libvirt starts, for Linux.
void share(Xml& xml, const VmSpec& spec, const VmSpec::Share& share) {
  const bool nanos = spec.kernel_family == "nanos";
  if (nanos)
    xml.open("filesystem", {{"type", "mount"}, {"accessmode", "squash"}, {"multidevs", "remap"}});
  else
    xml.open("filesystem", {{"type", "mount"}, {"accessmode", "passthrough"}});
  if (!nanos) xml.empty("driver", {{"type", "virtiofs"}});
  xml.empty("source", {{"dir", share.directory.string()}});
  xml.empty("target", {{"dir", share.tag}});
  // Nanos opens every file to write to it: there it is the guest's kernel that refuses.
  if (share.read_only && !nanos) xml.empty("readonly");
  xml.close();
}

/// Whether libvirt connects the card; the others are QEMU's own affair.
bool connected_by_libvirt(const VmSpec::Nic& nic, const RenderOptions& options) {
  return !options.network.empty() || nic.of_the_host();
}

// A network of libvirt's, a bridge or a tap device; whichever it is has to be there.
void nic(Xml& xml, const VmSpec::Nic& nic, const RenderOptions& options) {
  if (!options.network.empty()) {
    xml.open("interface", {{"type", "network"}});
    xml.empty("source", {{"network", options.network}});
  } else if (!nic.bridge.empty()) {
    xml.open("interface", {{"type", "bridge"}});
    xml.empty("source", {{"bridge", nic.bridge}});
  } else {
    xml.open("interface", {{"type", "ethernet"}});
    xml.empty("target", {{"dev", nic.tap}, {"managed", "no"}});
  }
  if (!nic.mac.empty()) xml.empty("mac", {{"address", nic.mac}});
  xml.empty("model", {{"type", "virtio"}});
  xml.close();
}

// What libvirt has no elements for, or has them in its newest versions only: ports of the host that lead into
// QEMU's own network (from libvirt 9 on, through passt), and the device that takes the guest's exit status.
void qemu_arguments(Xml& xml, const VmSpec& spec, const RenderOptions& options) {
  std::vector<std::string> arguments;
  for (std::size_t i = 0; i < spec.nics.size(); ++i) {
    if (connected_by_libvirt(spec.nics[i], options)) continue;
    const std::string id = "faasc" + std::to_string(i);
    std::vector<PortForward> ports;
    if (i == 0) ports.push_back({.host = options.host_port, .guest = spec.http_port});
    // Far from the slots that libvirt hands out.
    arguments.insert(arguments.end(),
                     {"-netdev", user_network(spec.nics[i], id, ports), "-device",
                      "virtio-net-pci,netdev=" + id + ",romfile=,addr=" + hexadecimal(0x10 + i)});
  }
  if (spec.exit_port)
    arguments.insert(arguments.end(),
                     {"-device", "isa-debug-exit,iobase=" + hexadecimal(*spec.exit_port) + ",iosize=4"});
  if (arguments.empty()) return;
  xml.open("qemu:commandline");
  for (const std::string& argument : arguments) xml.empty("qemu:arg", {{"value", argument}});
  xml.close();
}

}  // namespace

// The elements are those of libvirt's formatdomain page.
Result<Rendering> render_libvirt(const VmSpec& spec, const RenderOptions& options) {
  constexpr std::string_view kName = "libvirt";
  FAASC_CHECK(check_architecture(kName, spec));
  FAASC_CHECK(check_disk_formats(kName, spec, {"raw", "qcow2", "vmdk", "vhd", "vhdx"}));
  FAASC_TRY(BootFrom from, boot_of_pc(kName, spec));
  const bool kvm = options.accelerator == Accelerator::Kvm;

  Xml xml;
  xml.open("domain",
           {{"type", kvm ? "kvm" : "qemu"}, {"xmlns:qemu", "http://libvirt.org/schemas/domain/qemu/1.0"}});
  xml.text("name", spec.name);
  xml.text("memory", std::to_string((spec.memory_bytes + 1023) / 1024), {{"unit", "KiB"}});
  // virtiofsd works in the guest's memory.
  if (spec.kernel_family == "linux" && !spec.shares.empty()) {
    xml.open("memoryBacking");
    xml.empty("source", {{"type", "memfd"}});
    xml.empty("access", {{"mode", "shared"}});
    xml.close();
  }
  // As processors_text() says: one that may become two.
  if (!kvm && spec.vcpus == 1)
    xml.text("vcpu", "2", {{"current", "1"}});
  else
    xml.text("vcpu", std::to_string(spec.vcpus));
  boot(xml, spec, from);
  xml.open("features");
  xml.empty("acpi");  // the power button, and where the devices are
  xml.close();
  xml.empty("cpu", {{"mode", kvm ? "host-passthrough" : "maximum"}});
  for (const char* event : {"on_poweroff", "on_reboot", "on_crash"}) xml.text(event, "destroy");
  xml.open("devices");
  for (std::size_t i = 0; i < spec.disks.size(); ++i) disk(xml, spec, spec.disks[i], i);
  for (const VmSpec::Share& one : spec.shares) share(xml, spec, one);
  for (const VmSpec::Nic& one : spec.nics)
    if (connected_by_libvirt(one, options)) nic(xml, one, options);
  xml.open("serial", {{"type", "pty"}});
  xml.empty("target", {{"port", "0"}});
  xml.close();
  xml.empty("controller", {{"type", "usb"}, {"model", "none"}});
  xml.empty("memballoon", {{"model", "none"}});
  xml.close();
  qemu_arguments(xml, spec, options);
  xml.close();

  Rendering rendering{.text = xml.take(), .losses = {}};
  if (!spec.nics.empty() && connected_by_libvirt(spec.nics.front(), options)) lose_port(spec, rendering);
  if (spec.exit_port)
    rendering.losses.push_back("the guest's exit status: QEMU exits with it, and libvirt does not tell");
  return rendering;
}

}  // namespace faasc
