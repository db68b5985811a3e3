#include "packager/kernels/linux_pull.h"

#include <cstdlib>
#include <optional>
#include <system_error>
#include <vector>

#include "base/file.h"
#include "packager/kernels/apt.h"
#include "packager/kernels/codes.h"
#include "packager/kernels/kernel_version.h"
#include "packager/kernels/linux_package.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

// What a virtual machine's kernel is called by Debian and by Ubuntu; each depends on the package of one
// release.
constexpr const char* kNewestPackages[] = {"linux-image-cloud-amd64", "linux-image-virtual"};
constexpr std::string_view kImagePrefix = "linux-image-";
constexpr std::string_view kModulesPrefix = "linux-modules-";

/// The release that a package of a kernel is named after; empty for one that only depends on others.
std::string release_of(const std::string& package) {
  if (!package.starts_with(kImagePrefix)) return {};
  std::string rest = package.substr(kImagePrefix.size());
  constexpr std::string_view kUnsigned = "unsigned-";
  if (rest.starts_with(kUnsigned)) rest.erase(0, kUnsigned.size());
  return is_release_number(rest) ? rest : std::string();
}

struct Packages {
  std::string release;
  std::vector<std::string> names;
  std::uint64_t download_bytes = 0;
};

Error no_such_package(const std::string& what) {
  return Error{
      Fault::Missing,
      kNoPackageLists,
      "apt knows no package " + what,
      {},
      "run `sudo apt-get update`, or download the package elsewhere and give it to `faasc kernel add`"};
}

/// The concrete package behind one of kNewestPackages.
Result<std::string> newest_package() {
  for (const char* newest : kNewestPackages) {
    std::string package = newest;
    // Ubuntu has one more step in between.
    for (int depth = 0; depth < 4; ++depth) {
      FAASC_TRY(std::optional<std::string> record, apt_record(package));
      if (!record) break;
      std::string next;
      for (const std::string& name : apt_dependencies(apt_field(*record, "Depends")))
        // An alternative, "linux-image-unsigned-…", comes second.
        if (name.starts_with(kImagePrefix) && release_of(next).empty() &&
            (next.empty() || !release_of(name).empty()))
          next = name;
      if (next.empty()) break;
      if (!release_of(next).empty()) return next;
      package = next;
    }
  }
  return no_such_package("'" + std::string(kNewestPackages[0]) + "' and no '" +
                         std::string(kNewestPackages[1]) + "'");
}

Result<Packages> choose(const LinuxPull& pull) {
  std::string image = std::string(kImagePrefix) + pull.release;
  if (pull.release.empty()) {
    FAASC_TRY(image, newest_package());
  }
  FAASC_TRY(std::optional<std::string> record, apt_record(image));
  if (!record) return no_such_package("'" + image + "'");
  Packages packages;
  packages.release = release_of(image);
  packages.names.push_back(image);
  packages.download_bytes = std::strtoull(apt_field(*record, "Size").c_str(), nullptr, 10);
  // Debian's package has the modules in it, Ubuntu's depends on another that has.
  for (const std::string& name : apt_dependencies(apt_field(*record, "Depends"))) {
    if (name != std::string(kModulesPrefix) + packages.release) continue;
    FAASC_TRY(std::optional<std::string> modules, apt_record(name));
    if (!modules) return no_such_package("'" + name + "', on which '" + image + "' depends");
    packages.names.push_back(name);
    packages.download_bytes += std::strtoull(apt_field(*modules, "Size").c_str(), nullptr, 10);
  }
  return packages;
}

}  // namespace

Result<Added> pull_linux(const KernelStore& store, const LinuxPull& pull) {
  KernelName name{KernelFamily::Linux, pull.release};
  if (!pull.release.empty() && !pull.force && has_intact(store, name))
    return Added{std::move(name), StagedKernel::Outcome::AlreadyThere};
  FAASC_CHECK(check_apt(
      "download a Linux kernel",
      "download a Debian package linux-image-*-cloud-amd64 elsewhere and give it to `faasc kernel add`"));
  FAASC_TRY(Packages packages, choose(pull));
  name.version = packages.release;
  if (!pull.force && has_intact(store, name))
    return Added{std::move(name), StagedKernel::Outcome::AlreadyThere};

  std::string all;
  for (const std::string& package : packages.names) all += (all.empty() ? "" : " and ") + package;
  pull.say("downloading " + all + " (" + in_mebibytes(packages.download_bytes) + ")");
  std::string during = "pulling 'linux@" + packages.release + "'";
  FAASC_TRY(StagedKernel staged, StagedKernel::begin(store));
  // Hidden, so that it is no part of the kernel; and it goes with it where this process is killed.
  fs::path downloads = staged.directory() / ".packages";
  FAASC_TRY(std::vector<fs::path> files, apt_download(packages.names, downloads).during(during));
  pull.say("extracting the kernel");
  FAASC_TRY(Kernel kernel, extract_linux_kernel(files, staged.directory()).during(during));
  std::error_code error;
  fs::remove_all(downloads, error);
  if (error) return io_error("remove", downloads, error.value());

  KernelRecord facts;
  facts.family = KernelFamily::Linux;
  facts.version = kernel.version;
  facts.origin = kernel.origin;
  name.version = kernel.version;
  auto if_other = pull.force ? StagedKernel::IfOther::Replace : StagedKernel::IfOther::Refuse;
  FAASC_TRY(StagedKernel::Outcome outcome, std::move(staged).commit(store, facts, if_other).during(during));
  return Added{std::move(name), outcome};
}

}  // namespace faasc
