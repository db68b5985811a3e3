#include <algorithm>
#include <utility>
#include <vector>

#include "packager/spec/targets/renderers.h"

namespace faasc {
namespace {

// The text of HCL 2: blocks, and attributes whose equals signs stand below each other, as `nomad fmt` has
// them.
class Hcl {
 public:
  void open(std::string_view type, std::string_view label = {}) {
    std::string line(type);
    if (!label.empty()) line += " " + quoted(label);
    blank_before_block();
    text_ += indent() + line + " {\n";
    ++depth_;
    empty_ = true;
  }
  void close() {
    flush();
    --depth_;
    text_ += indent() + "}\n";
    empty_ = false;
  }
  /// A block without attributes.
  void empty(std::string_view type, std::string_view label) {
    blank_before_block();
    text_ += indent() + std::string(type) + " " + quoted(label) + " {}\n";
    empty_ = false;
  }
  void text(std::string name, std::string_view value) {
    attributes_.emplace_back(std::move(name), quoted(value));
  }
  void number(std::string name, std::uint64_t value) {
    attributes_.emplace_back(std::move(name), std::to_string(value));
  }
  void flag(std::string name, bool value) {
    attributes_.emplace_back(std::move(name), value ? "true" : "false");
  }
  void list(std::string name, const std::vector<std::string>& values) {
    std::string text;
    for (const std::string& value : values) text += (text.empty() ? "[" : ", ") + quoted(value);
    attributes_.emplace_back(std::move(name), text + "]");
  }
  std::string take() { return std::move(text_); }

 private:
  // A quoted template: what would begin an interpolation is written twice.
  static std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (c == '"' || c == '\\') out += '\\';
      out += c;
      if ((c == '$' || c == '%') && i + 1 < text.size() && text[i + 1] == '{') out += c;
    }
    return out + "\"";
  }
  std::string indent() const { return std::string(depth_ * 2, ' '); }
  void flush() {
    std::size_t width = 0;
    for (const auto& [name, value] : attributes_) width = std::max(width, name.size());
    for (const auto& [name, value] : attributes_)
      text_ += indent() + name + std::string(width - name.size(), ' ') + " = " + value + "\n";
    if (!attributes_.empty()) empty_ = false;
    attributes_.clear();
  }
  void blank_before_block() {
    flush();
    if (!empty_) text_ += "\n";
  }

  std::string text_;
  std::size_t depth_ = 0;
  bool empty_ = true;  // nothing is in the innermost block yet
  std::vector<std::pair<std::string, std::string>> attributes_;
};

void service(Hcl& hcl, const VmSpec& spec) {
  hcl.open("service");
  hcl.text("name", spec.name);
  hcl.text("port", "http");
  hcl.text("provider", "nomad");
  hcl.open("check");
  hcl.text("type", spec.ready_path.empty() ? "tcp" : "http");
  if (!spec.ready_path.empty()) hcl.text("path", spec.ready_path);
  hcl.text("interval", "10s");
  hcl.text("timeout", "2s");
  hcl.close();
  hcl.close();
}

}  // namespace

// A job for Nomad's own QEMU driver, which makes a PC of the type "pc", gives it the disk and forwards ports.
Result<Rendering> render_nomad(const VmSpec& spec, const RenderOptions& options) {
  constexpr std::string_view kName = "Nomad";
  FAASC_CHECK(check_architecture(kName, spec));
  FAASC_CHECK(check_no_shares(kName, spec));
  FAASC_CHECK(check_disk_formats(kName, spec, {"qcow2", "raw"}));
  FAASC_TRY(BootFrom from, boot_of_pc(kName, spec));
  if (from != BootFrom::Bios)
    return target_cannot(kName, "boot '" + spec.name + "' but by a BIOS", "build with 'image: {boot: bios}'");
  if (spec.disks.size() != 1)
    return target_cannot(kName, "give a machine " + std::to_string(spec.disks.size()) + " disks",
                         "build an image with one disk");

  Rendering rendering;
  const VmSpec::Disk& disk = spec.disks.front();
  const bool has_network = !spec.nics.empty();
  // Changes of the guest's go to a temporary file, unless they are to be kept.
  std::vector<std::string> arguments;
  if (disk.read_only) arguments.emplace_back("-snapshot");
  arguments.insert(arguments.end(), {"-smp", processors_text(spec.vcpus, options.accelerator)});

  Hcl hcl;
  hcl.open("job", spec.name);
  hcl.text("type", "service");
  hcl.open("group", spec.name);
  if (has_network) {
    hcl.open("network");
    hcl.empty("port", "http");
    hcl.close();
  }
  hcl.open("task", spec.name);
  hcl.text("driver", "qemu");
  hcl.text("kill_timeout",
           std::to_string(std::chrono::ceil<std::chrono::seconds>(spec.grace_period).count()) + "s");
  hcl.open("config");
  hcl.text("image_path", disk.path.string());
  hcl.text("drive_interface", "virtio");
  hcl.text("accelerator", options.accelerator == Accelerator::Kvm ? "kvm" : "tcg");
  hcl.flag("graceful_shutdown", true);
  hcl.list("args", arguments);
  if (has_network) {
    hcl.open("port_map");
    hcl.number("http", spec.http_port);
    hcl.close();
  }
  hcl.close();
  hcl.open("resources");
  hcl.number("cores", spec.vcpus);
  hcl.number("memory", mebibytes(spec.memory_bytes));
  hcl.close();
  if (has_network) service(hcl, spec);
  hcl.close();
  hcl.close();
  hcl.close();
  rendering.text = hcl.take();
  if (has_network)
    lose_own_network(spec.nics.front(),
                     "the guest is in the driver's own network, and may not be reached at other addresses",
                     rendering);
  lose_exit_status(spec, kName, rendering);
  return rendering;
}

}  // namespace faasc
