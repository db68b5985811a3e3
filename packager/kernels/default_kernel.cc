#include "packager/kernels/default_kernel.h"

#include <cerrno>
#include <string>

#include <unistd.h>

#include "base/file.h"
#include "packager/kernels/codes.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kMaxBytes = 4096;

fs::path path_of(const KernelStore& store, std::string_view architecture) {
  std::string name = "default";
  if (architecture != kX86_64) name += "-" + std::string(architecture);
  return store.root() / name;
}

}  // namespace

Result<std::optional<KernelName>> default_kernel(const KernelStore& store, std::string_view architecture) {
  fs::path path = path_of(store, architecture);
  if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) return std::optional<KernelName>();
  FAASC_TRY(std::string text, read_file(path, kMaxBytes));
  if (text.ends_with('\n')) text.pop_back();
  auto name = parse_kernel_name(text);
  if (name && (name->architecture.empty() ? kX86_64 : std::string_view(name->architecture)) == architecture)
    return std::optional<KernelName>(std::move(name).value());
  return Error{
      Fault::Input,
      kBadDefaultKernel,
      "'" + path.string() + "' does not name a kernel for " + std::string(architecture),
      {},
      "choose again with `faasc kernel default KERNEL`, or take the choice back with `faasc kernel default "
      "--unset`"};
}

Result<void> set_default_kernel(const KernelStore& store, const std::optional<KernelName>& name) {
  if (!name) {
    for (std::string_view architecture : {kX86_64, kAarch64})
      if (fs::path path = path_of(store, architecture); ::unlink(path.c_str()) != 0 && errno != ENOENT)
        return io_error("remove", path, errno);
    return {};
  }
  std::string architecture = name->architecture.empty() ? std::string(kX86_64) : name->architecture;
  FAASC_TRY([[maybe_unused]] Kernel kernel, store.find(name->family, name->version, architecture));
  FAASC_CHECK(make_directories(store.root()));
  std::string text = family_name(name->family, architecture);
  if (!name->version.empty()) text += "@" + name->version;
  return write_file(path_of(store, architecture), text + "\n");
}

}  // namespace faasc
