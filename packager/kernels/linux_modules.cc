#include "packager/kernels/linux_modules.h"

#include <algorithm>
#include <cstring>
#include <functional>

#include <elf.h>

#include "packager/cpio/cpio_writer.h"
#include "packager/kernels/linux_package.h"

namespace faasc {
namespace {

/// In the order in which they are loaded, but for what they depend on. crc32c_generic is not a dependency
/// that ext4 names, but it asks the kernel for that algorithm.
constexpr const char* kWanted[] = {"virtio_pci",     "virtio_mmio", "virtio_blk", "virtio_net",
                                   "crc32c_generic", "ext4",        "button",     "evdev"};
constexpr const char* kUsualDependencies[] = {"virtio",
                                              "virtio_ring",
                                              "virtio_pci_modern_dev",
                                              "virtio_pci_legacy_dev",
                                              "failover",
                                              "net_failover",
                                              "mbcache",
                                              "jbd2",
                                              "crc16",
                                              "fuse",
                                              "virtiofs",
                                              "erofs",
                                              "libcrc32c",
                                              "lz4_decompress",
                                              "netfs",
                                              "fscache",
                                              "overlay"};

Error bad_module(const std::string& name) {
  return {Fault::Input, kBadLinuxModule, "module '" + name + "' is no kernel module for x86_64", {}, {}};
}

template <typename T>
bool copy_out(std::string_view bytes, std::uint64_t offset, T& value) {
  if (offset > bytes.size() || sizeof value > bytes.size() - offset) return false;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return true;
}

}  // namespace

std::string linux_module_name(std::string_view path) {
  std::string_view file = path.substr(path.rfind('/') + 1);
  std::size_t suffix = file.find(".ko");
  if (suffix == 0 || suffix == std::string_view::npos) return {};
  std::string_view compression = file.substr(suffix + 3);
  if (!compression.empty() && compression != ".xz" && compression != ".zst" && compression != ".gz")
    return {};
  std::string name(file.substr(0, suffix));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

std::set<std::string, std::less<>> builtin_modules(std::string_view modules_builtin) {
  std::set<std::string, std::less<>> names;
  while (!modules_builtin.empty()) {
    std::size_t end = modules_builtin.find('\n');
    std::string name = linux_module_name(modules_builtin.substr(0, end));
    if (!name.empty()) names.insert(std::move(name));
    modules_builtin.remove_prefix(end == std::string_view::npos ? modules_builtin.size() : end + 1);
  }
  return names;
}

Result<std::vector<std::string>> dependencies_of(std::string_view bytes, const std::string& name) {
  Elf64_Ehdr header;
  if (!copy_out(bytes, 0, header) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
      header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != EM_X86_64 || header.e_type != ET_REL)
    return bad_module(name);
  Elf64_Shdr names;
  if (!copy_out(bytes, header.e_shoff + std::uint64_t{header.e_shstrndx} * sizeof names, names) ||
      names.sh_offset > bytes.size() || names.sh_size > bytes.size() - names.sh_offset)
    return bad_module(name);
  std::string_view section_names = bytes.substr(names.sh_offset, names.sh_size);
  for (unsigned i = 0; i < header.e_shnum; ++i) {
    Elf64_Shdr section;
    if (!copy_out(bytes, header.e_shoff + std::uint64_t{i} * sizeof section, section) ||
        section.sh_name >= section_names.size())
      return bad_module(name);
    std::string_view section_name = section_names.substr(section.sh_name);
    if (section_name.substr(0, section_name.find('\0')) != ".modinfo") continue;
    if (section.sh_offset > bytes.size() || section.sh_size > bytes.size() - section.sh_offset)
      return bad_module(name);
    std::vector<std::string> dependencies;
    for (std::string_view rest = bytes.substr(section.sh_offset, section.sh_size); !rest.empty();) {
      std::string_view field = rest.substr(0, rest.find('\0'));
      rest.remove_prefix(std::min(rest.size(), field.size() + 1));
      if (!field.starts_with("depends=")) continue;
      for (field.remove_prefix(8); !field.empty();) {
        std::string dependency(field.substr(0, field.find(',')));
        field.remove_prefix(std::min(field.size(), dependency.size() + 1));
        std::replace(dependency.begin(), dependency.end(), '-', '_');
        if (!dependency.empty()) dependencies.push_back(std::move(dependency));
      }
    }
    return dependencies;
  }
  return bad_module(name);
}

const std::set<std::string, std::less<>>& usual_linux_modules() {
  static const auto names = [] {
    std::set<std::string, std::less<>> all(std::begin(kWanted), std::end(kWanted));
    all.insert(std::begin(kUsualDependencies), std::end(kUsualDependencies));
    return all;
  }();
  return names;
}

Result<LinuxModulePlan> plan_linux_modules(const LinuxModules& found,
                                           const std::set<std::string, std::less<>>& builtin) {
  LinuxModulePlan plan;
  std::set<std::string, std::less<>> visited;
  std::vector<std::string>* order = &plan.order;
  std::function<Result<void>(const std::string&)> visit = [&](const std::string& name) -> Result<void> {
    if (builtin.contains(name) || !visited.insert(name).second) return {};
    auto module = found.find(name);
    if (module == found.end()) {
      plan.absent.push_back(name);
      return {};
    }
    FAASC_TRY(std::vector<std::string> dependencies, dependencies_of(module->second, name));
    for (const std::string& dependency : dependencies) FAASC_CHECK(visit(dependency));
    order->push_back(name);
    return {};
  };
  // A wanted module that a kernel lacks may be one it was configured without: check_linux_modules() decides.
  for (const char* name : kWanted)
    if (found.contains(name)) FAASC_CHECK(visit(name));
  order = &plan.for_shares;
  if (found.contains("virtiofs")) FAASC_CHECK(visit("virtiofs"));
  order = &plan.for_erofs;
  plan.has_erofs = found.contains("erofs") || builtin.contains("erofs");
  for (const char* name : {"erofs", "overlay"})
    if (found.contains(name)) FAASC_CHECK(visit(name));
  return plan;
}

Result<void> check_linux_modules(const LinuxModulePlan& plan,
                                 const std::set<std::string, std::less<>>& builtin,
                                 const std::string& release) {
  auto has = [&](const char* name) {
    return builtin.contains(name) ||
           std::find(plan.order.begin(), plan.order.end(), name) != plan.order.end();
  };
  auto missing = [&](const std::string& what) {
    return Error{
        Fault::Input,
        kMissingLinuxModule,
        "kernel " + release + " lacks " + what + ": it is neither built in nor among the packages' modules",
        {},
        "give the package with its modules too (linux-modules-" + release + "), or take another kernel"};
  };
  if (!plan.absent.empty()) return missing("module '" + plan.absent.front() + "'");
  for (const char* name : {"virtio_blk", "virtio_net", "ext4"})
    if (!has(name)) return missing("module '" + std::string(name) + "'");
  if (!has("virtio_pci") && !has("virtio_mmio")) return missing("modules 'virtio_pci' and 'virtio_mmio'");
  return {};
}

std::string linux_modules_cpio(const LinuxModulePlan& plan, const LinuxModules& found) {
  CpioWriter writer;
  writer.add_directory("mod");
  auto add = [&](const std::vector<std::string>& modules, const std::string& list) {
    std::string order;
    for (const std::string& name : modules) {
      writer.add_file("mod/" + name + ".ko", found.find(name)->second);
      order += name + ".ko\n";
    }
    writer.add_file(list, order);
  };
  add(plan.order, "mod/order");
  if (!plan.for_shares.empty()) add(plan.for_shares, "mod/shares");
  if (plan.has_erofs) add(plan.for_erofs, "mod/erofs");  // which tells that it is there, empty or not
  return std::move(writer).finish();
}

}  // namespace faasc
