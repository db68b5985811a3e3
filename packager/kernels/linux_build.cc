#include "packager/kernels/linux_build.h"

#include <cerrno>
#include <cstdlib>
#include <optional>
#include <system_error>

#include <sys/file.h>

#include <fcntl.h>

#include "base/file.h"
#include "base/process.h"
#include "packager/kernels/apt.h"
#include "packager/kernels/build_tools.h"
#include "packager/kernels/codes.h"
#include "packager/kernels/kernel_elf.h"
#include "packager/kernels/kernel_make.h"
#include "packager/kernels/linux_image.h"
#include "packager/kernels/linux_source.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kMaxKernelBytes = 256 << 20;
constexpr std::uint64_t kMaxTextBytes = 16 << 20;
constexpr std::string_view kMark = "-faasc-";

/// How many commands make prints for each profile with Linux 6.1: an estimate, for showing how far it is.
std::size_t about_steps(LinuxProfile profile) {
  return profile == LinuxProfile::Tiny ? 1660 : 2100;
}

/// "6.1.192-2" → "-2": what the package's version has beyond Linux' own.
std::string revision_of(const std::string& version) {
  std::size_t dash = version.rfind('-');
  return dash == std::string::npos ? std::string() : version.substr(dash);
}

std::string local_version_of(const LinuxSource& source, LinuxProfile profile) {
  return revision_of(source.version) + std::string(kMark) + std::string(name_of(profile));
}

/// The kernel of the store that was built from this source, if it is undamaged.
std::optional<Added> already_there(const KernelStore& store, const LinuxSource& source,
                                   LinuxProfile profile) {
  std::string ending = local_version_of(source, profile);
  std::string upstream = source.version.substr(0, source.version.rfind('-'));
  KernelName name{KernelFamily::Linux, upstream + ending, {}};
  if (!has_intact(store, name)) return std::nullopt;
  return Added{std::move(name), StagedKernel::Outcome::AlreadyThere};
}

Result<Fd> lock_directory(const fs::path& directory) {
  FAASC_CHECK(make_directories(directory));
  fs::path path = directory / "lock";
  Fd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!lock) return io_error("create", path, errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
  return Error{Fault::Input,
               kLinuxBuildBusy,
               "another faasc is building a kernel in '" + directory.string() + "'",
               {},
               "wait for it, or set FAASC_CACHE_DIR to another directory"};
}

/// Leaves a configuration that is there already alone, so that make sees nothing new.
Result<void> configure(const LinuxConfig& config, KernelMake make, const LinuxBuild& build) {
  fs::path asked = make.objects / "faasc.config", result = make.objects / ".config";
  std::error_code ignored;
  auto before = read_file(asked, kMaxTextBytes);
  if (!before || *before != config.text || !fs::exists(result, ignored)) {
    fs::remove(asked, ignored);
    fs::path given = make.objects / "faasc.allconfig";
    FAASC_CHECK(write_file(given, config.text));
    build.say("configuring");
    make.arguments = {"--silent", "KCONFIG_ALLCONFIG=" + given.string(), "allnoconfig"};
    make.step = {};
    FAASC_CHECK(run_kernel_make(make));
  }
  FAASC_TRY(std::string dot_config, read_file(result, kMaxTextBytes));
  FAASC_TRY(std::vector<std::string> lost, check_linux_config(config, dot_config));
  for (const std::string& line : lost)
    build.say("these sources do not take '" + line + "'; going on without");
  return write_file(asked, config.text);
}

Result<std::string> first_line_of(std::vector<std::string> argv) {
  Command command;
  command.argv = std::move(argv);
  command.environment["LC_ALL"] = "C";
  FAASC_TRY(Finished finished, run(command));
  return finished.out.substr(0, finished.out.find('\n'));
}

/// What has to be told to whoever gets the kernel.
Result<std::string> source_notice(const LinuxSource& source, const LinuxBuild& build,
                                  const std::string& release) {
  FAASC_TRY(std::string compiler, first_line_of({"gcc", "--version"}));
  FAASC_TRY(std::string linker, first_line_of({"ld", "--version"}));
  return "Linux " + release +
         ", built by faasc.\n\n"
         "Linux is free software under the GNU General Public License, version 2; the file COPYING beside "
         "this one\n"
         "has its terms. The complete source of this kernel is the distribution's package\n\n"
         "  " +
         source.package + " (= " + source.version + ")\n" +
         (source.sha256.empty() ? "" : "  SHA-256 " + source.sha256 + "\n") +
         "\nwithout any change, configured by the file config beside this one. It was built with\n\n"
         "  " +
         compiler + "\n  " + linker + "\n\nby `faasc kernel build linux@" + source.version + " --profile " +
         std::string(name_of(build.profile)) +
         "`, which is\n\n"
         "  apt-get download " +
         source.package + "=" + source.version +
         "\n"
         "  cp config .config; make ARCH=x86_64 olddefconfig bzImage\n\n"
         "with KBUILD_BUILD_TIMESTAMP='Thu Jan  1 00:00:00 UTC 1970' KBUILD_BUILD_USER=faasc "
         "KBUILD_BUILD_HOST=faasc\n"
         "KBUILD_BUILD_VERSION=1. Whoever passes the kernel on, in an image or alone, passes this offer "
         "on.\n";
}

Result<Added> take_kernel(const KernelStore& store, const LinuxSource& source, const LinuxBuild& build,
                          const fs::path& tree, const fs::path& objects) {
  fs::path built = objects / "arch/x86/boot/bzImage";
  FAASC_TRY(std::string bzimage, read_file(built, kMaxKernelBytes));
  FAASC_TRY(std::string vmlinux, vmlinux_of(bzimage, built.string()));
  FAASC_TRY(std::string config, read_file(objects / ".config", kMaxTextBytes));
  FAASC_TRY(std::string copying, read_file(tree / "COPYING", kMaxTextBytes));
  // COPYING only names the licences; the text is here.
  FAASC_TRY(std::string licence, read_file(tree / "LICENSES/preferred/GPL-2.0", kMaxTextBytes));

  FAASC_TRY(StagedKernel staged, StagedKernel::begin(store));
  FAASC_CHECK(write_file(staged.directory() / "bzImage", bzimage));
  FAASC_CHECK(write_file(staged.directory() / "vmlinux", vmlinux));
  FAASC_TRY(KernelElf elf, read_kernel_elf(staged.directory() / "vmlinux", built.string()));
  FAASC_TRY(std::string notice, source_notice(source, build, elf.release));
  FAASC_CHECK(write_file(staged.directory() / "config", config));
  FAASC_CHECK(write_file(staged.directory() / "COPYING", copying + "\n" + licence));
  FAASC_CHECK(write_file(staged.directory() / "SOURCE", notice));
  KernelRecord facts;
  facts.family = KernelFamily::Linux;
  facts.version = elf.release;
  facts.architecture = elf.architecture;
  facts.origin = "built from " + source.package + " " + source.version;
  auto if_other = build.force ? StagedKernel::IfOther::Replace : StagedKernel::IfOther::Refuse;
  FAASC_TRY(StagedKernel::Outcome outcome, std::move(staged).commit(store, facts, if_other));
  return Added{{KernelFamily::Linux, elf.release, {}}, outcome};
}

Result<Added> build_in(const fs::path& work, const KernelStore& store, const LinuxSource& source,
                       const LinuxBuild& build) {
  FAASC_TRY(Fd lock, lock_directory(work));
  FAASC_CHECK(check_room_for_build(work));
  FAASC_TRY(fs::path tree, get_linux_source(source, work, build.say));
  const fs::path objects = work / name_of(build.profile);
  FAASC_CHECK(make_directories(objects));
  FAASC_TRY(LinuxConfig config,
            read_linux_config(build.fragments, build.profile, local_version_of(source, build.profile)));

  KernelMake make{.source = tree,
                  .objects = objects,
                  .arguments = {},
                  .log = work / (objects.filename() += ".log"),
                  .step = {}};
  FAASC_CHECK(configure(config, make, build));
  build.say("compiling; this takes some minutes, and can be interrupted and taken up again");
  make.arguments = {"--jobs=" + std::to_string(build.jobs), "bzImage"};
  make.step = [&](std::size_t done) { build.progress(done, about_steps(build.profile)); };
  FAASC_CHECK(run_kernel_make(make));
  FAASC_TRY(Added added, take_kernel(store, source, build, tree, objects));
  if (!build.keep) {
    std::error_code ignored;
    fs::remove_all(work, ignored);
  }
  return added;
}

}  // namespace

Result<Added> build_linux(const KernelStore& store, const LinuxBuild& build) {
  FAASC_CHECK(check_apt("build a Linux kernel: its sources come from the distribution",
                        "give faasc a kernel that was built elsewhere with `faasc kernel add`"));
  FAASC_TRY(LinuxSource source, choose_linux_source(build.source));
  if (!build.force)
    if (std::optional<Added> there = already_there(store, source, build.profile)) return std::move(*there);
  FAASC_CHECK(check_linux_build_tools());

  const fs::path work = build.directory / (source.package + "_" + source.version);
  auto added = build_in(work, store, source, build);
  if (added) return added;
  Error error = std::move(added).error();
  if (error.fault == Fault::Interrupted) error.hint = "the same command goes on where this one stopped";
  error.during.push_back("building a kernel from " + source.package + " " + source.version);
  return error;
}

std::string linux_source_in(std::string_view version, LinuxProfile& profile) {
  for (LinuxProfile one : {LinuxProfile::Tiny, LinuxProfile::Standard}) {
    std::string ending = std::string(kMark) + std::string(name_of(one));
    if (!version.ends_with(ending)) continue;
    profile = one;
    version.remove_suffix(ending.size());
  }
  return std::string(version);
}

Result<fs::path> linux_build_directory() {
  auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
  };
  if (std::string own = variable("FAASC_CACHE_DIR"); !own.empty()) return fs::absolute(own) / "linux";
  if (std::string all = variable("XDG_CACHE_HOME"); all.starts_with("/"))
    return fs::path(all) / "faasc/linux";
  if (std::string home = variable("HOME"); !home.empty()) return fs::path(home) / ".cache/faasc/linux";
  return Error{
      Fault::Missing,
      kNoKernelStore,
      "there is no place to build a kernel in: neither FAASC_CACHE_DIR, XDG_CACHE_HOME nor HOME is set",
      {},
      "set FAASC_CACHE_DIR to a directory"};
}

}  // namespace faasc
