#include "packager/spec/vm_spec.h"

namespace faasc {

namespace fs = std::filesystem;

fs::path vm_spec_path(const fs::path& image) {
  fs::path path = image;
  if (path.extension() == ".zst") path.replace_extension();
  return path.replace_extension(".vm.json");
}

fs::path image_of(const VmSpec& spec) {
  if (spec.direct_boot && spec.direct_boot->initrd_is_root) return spec.direct_boot->initrd;
  return spec.disks.empty() ? fs::path() : spec.disks.front().path;
}

bool root_is_read_only(const VmSpec& spec) {
  if (spec.direct_boot && spec.direct_boot->initrd_is_root)
    return (" " + spec.direct_boot->command_line + " ").find(" rw ") == std::string::npos;
  return spec.disks.empty() || spec.disks.front().read_only;
}

std::string share_tag(const VmSpec& spec, std::size_t index, const VmSpec::Mount* mount) {
  if (spec.kernel_family == "nanos") return std::to_string(index);
  return mount != nullptr ? mount->name : "faasc-share-" + std::to_string(index);
}

}  // namespace faasc
