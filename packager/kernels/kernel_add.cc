#include "packager/kernels/kernel_add.h"

#include <system_error>

#include "base/file.h"
#include "base/interrupt.h"
#include "packager/kernels/codes.h"
#include "packager/kernels/kernel_elf.h"
#include "packager/kernels/kernel_version.h"
#include "packager/kernels/linux_package.h"
#include "packager/kernels/nanos_release.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kMaxFileBytes = 512 << 20;

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

StagedKernel::IfOther if_other(const KernelAdd& add) {
  return add.force ? StagedKernel::IfOther::Replace : StagedKernel::IfOther::Refuse;
}

Result<Added> commit(const KernelStore& store, StagedKernel staged, KernelName name, const fs::path& source,
                     const KernelAdd& add, bool debug = false) {
  KernelRecord facts;
  facts.debug = debug;
  facts.family = name.family;
  facts.version = name.version;
  facts.architecture = name.architecture;
  facts.origin = source.string();
  FAASC_TRY(StagedKernel::Outcome outcome, std::move(staged).commit(store, facts, if_other(add)));
  return Added{std::move(name), outcome};
}

Result<Added> add_nanos(const KernelStore& store, const KernelAdd& add, const fs::path& source) {
  FAASC_TRY(StagedKernel staged, StagedKernel::begin(store));
  FAASC_TRY(std::string top, stage_nanos_release(source, staged.directory()));
  FAASC_TRY(KernelElf kernel, check_nanos_release(staged.directory(), source.string()));
  std::string version = add.version;
  if (version.empty()) version = nanos_version_in(source.filename().string());
  if (version.empty()) version = nanos_version_in(top);
  if (version.empty())
    return Error{Fault::Input,
                 kKernelVersionUnknown,
                 "there is no telling which version of Nanos '" + source.string() + "' is" +
                     (kernel.commit.empty() ? ""
                                            : "; its kernel.img says only that it was built from commit " +
                                                  kernel.commit.substr(0, 12)),
                 {},
                 "pass --version, as in --version 0.1.55"};
  FAASC_CHECK(check_supported(KernelFamily::Nanos, version));
  const bool debug = !kernel.debug.empty() || is_debug_name(version);
  // Not in the place of the release that it is a debug build of.
  if (debug && add.version.empty() && !is_debug_name(version)) version += "-debug";
  return commit(store, std::move(staged), {KernelFamily::Nanos, version, kernel.architecture}, source, add,
                debug);
}

Result<Added> add_linux_directory(const KernelStore& store, const KernelAdd& add, const fs::path& source) {
  FAASC_TRY(StagedKernel staged, StagedKernel::begin(store));
  for (const char* name : {"vmlinux", "bzImage", "modules.cpio"}) {
    if (!is_there(source / name)) continue;
    FAASC_CHECK(check_interrupt());
    FAASC_TRY(std::string bytes, read_file(source / name, kMaxFileBytes));
    FAASC_CHECK(write_file(staged.directory() / name, bytes));
  }
  std::string shown = source / "vmlinux";
  FAASC_TRY(KernelElf kernel, read_kernel_elf(staged.directory() / "vmlinux", shown));
  if (kernel.family != KernelFamily::Linux)
    return Error{Fault::Input,
                 kBadKernelImage,
                 "'" + shown + "' is not a kernel faasc can use: it is Nanos, not Linux",
                 {},
                 "name Nanos' kernel 'kernel.img'"};
  std::string version = add.version.empty() ? kernel.release : add.version;
  return commit(store, std::move(staged), {KernelFamily::Linux, version, kernel.architecture}, source, add);
}

Result<Added> add_package(const KernelStore& store, const KernelAdd& add, const fs::path& source) {
  FAASC_TRY(StagedKernel staged, StagedKernel::begin(store));
  FAASC_TRY(Kernel kernel, extract_linux_kernel({source}, staged.directory()));
  std::string version = add.version.empty() ? kernel.version : add.version;
  return commit(store, std::move(staged), {KernelFamily::Linux, version, std::string(kX86_64)}, source, add);
}

}  // namespace

Result<Added> add_kernel(const KernelStore& store, const KernelAdd& add) {
  if (!add.version.empty() && !is_version_name(add.version))
    return Error{Fault::Usage,
                 kBadKernelSelector,
                 "'" + add.version + "' cannot name a version",
                 {},
                 "use letters, digits and . _ + ~ -, and begin with a letter or digit, as in 0.1.55"};
  std::error_code error;
  fs::path source = fs::canonical(add.source, error);
  if (error) return io_error("open", add.source, error.value());

  std::string during = "adding '" + add.source.string() + "'";
  if (fs::is_directory(source, error)) {
    bool is_linux = is_there(source / "vmlinux") && !is_there(source / "kernel.img");
    return (is_linux ? add_linux_directory(store, add, source) : add_nanos(store, add, source))
        .during(during);
  }
  FAASC_TRY(Fd file, open_for_reading(source));
  std::string magic(8, '\0');
  FAASC_TRY(std::size_t size, read_some(file, magic.data(), magic.size(), source));
  magic.resize(size);
  if (magic.starts_with("\177ELF"))
    return Error{Fault::Input,
                 kBadRelease,
                 "'" + add.source.string() + "' is a single ELF file, and a kernel is more than that",
                 {},
                 "give the directory it lies in, with the rest of the release; or build with `--kernel " +
                     add.source.string() + "`, without adding it"};
  bool is_package = magic == "!<arch>\n";
  return (is_package ? add_package(store, add, source) : add_nanos(store, add, source)).during(during);
}

}  // namespace faasc
