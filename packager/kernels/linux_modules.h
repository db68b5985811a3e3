#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace faasc {

/// A kernel module as found in a package: its name with '_' for every '-', and its uncompressed bytes.
using LinuxModules = std::map<std::string, std::string, std::less<>>;

/// "…/drivers/block/virtio-blk.ko.xz" → "virtio_blk"; empty for a path that is no module's.
std::string linux_module_name(std::string_view path);

/// The names in a modules.builtin: one path on a line.
std::set<std::string, std::less<>> builtin_modules(std::string_view modules_builtin);

/// What a module says it depends on (.modinfo, "depends="), in its order.
Result<std::vector<std::string>> dependencies_of(std::string_view module_bytes, const std::string& name);

/// What init has to load, and in which order.
struct LinuxModulePlan {
  std::vector<std::string> order;       ///< every module after those it depends on
  std::vector<std::string> for_shares;  ///< the same, of what only a guest with shared directories needs
  std::vector<std::string> for_erofs;   ///< the same, of what only a root that is an EROFS needs
  bool has_erofs = false;               ///< the kernel can have such a root, be it without modules for it
  std::vector<std::string> absent;      ///< dependencies that are neither in `found` nor built in
};

/// The modules worth looking for in a first pass over a package: those wanted, and what they usually depend
/// on.
const std::set<std::string, std::less<>>& usual_linux_modules();

/// Plans for what a virtual machine needs: virtio over PCI and MMIO, its disk and network, ext4, the power
/// button.
Result<LinuxModulePlan> plan_linux_modules(const LinuxModules& found,
                                           const std::set<std::string, std::less<>>& builtin);

/// Refuses a plan without a disk, a file system, a network or a bus.
Result<void> check_linux_modules(const LinuxModulePlan& plan,
                                 const std::set<std::string, std::less<>>& builtin,
                                 const std::string& release);

/// /mod/<name>.ko, /mod/order and, where there is any such module, /mod/shares; /mod/erofs where the kernel
/// can have such a root.
std::string linux_modules_cpio(const LinuxModulePlan& plan, const LinuxModules& found);

}  // namespace faasc
