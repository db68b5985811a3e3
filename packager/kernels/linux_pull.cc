#include "packager/kernels/linux_pull.h"

#include <algorithm>
#include <optional>
#include <system_error>
#include <vector>

#include "base/file.h"
#include "base/process.h"
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

Command apt(std::vector<std::string> argv) {
  Command command;
  command.argv = std::move(argv);
  command.environment["LC_ALL"] = "C";
  return command;
}

/// One field of a record of `apt-cache show`; empty where it has none.
std::string field(const std::string& record, const std::string& name) {
  std::size_t at = record.starts_with(name + ": ") ? 0 : record.find("\n" + name + ": ");
  if (at == std::string::npos) return {};
  at = record.find(": ", at) + 2;
  return record.substr(at, record.find('\n', at) - at);
}

/// The package names in a Depends field: "a (= 1), b | c" is a, b, c.
std::vector<std::string> packages_in(const std::string& depends) {
  std::vector<std::string> names;
  std::string name;
  bool in_name = true;
  for (char c : depends + ",") {
    if (c == ',' || c == '|') {
      if (!name.empty()) names.push_back(name);
      name.clear();
      in_name = true;
    } else if (c == ' ') {
      in_name = in_name && name.empty();
    } else if (in_name) {
      name += c;
    }
  }
  return names;
}

/// What apt knows of the newest version of a package; nothing where it does not know it.
Result<std::optional<std::string>> show(const std::string& package) {
  FAASC_TRY(Finished finished, run(apt({"apt-cache", "show", "--no-all-versions", package})));
  if (!finished.status.ok() || finished.out.empty()) return std::optional<std::string>();
  return std::optional<std::string>(std::move(finished.out));
}

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
      FAASC_TRY(std::optional<std::string> record, show(package));
      if (!record) break;
      std::string next;
      for (const std::string& name : packages_in(field(*record, "Depends")))
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
  FAASC_TRY(std::optional<std::string> record, show(image));
  if (!record) return no_such_package("'" + image + "'");
  Packages packages;
  packages.release = release_of(image);
  packages.names.push_back(image);
  packages.download_bytes = std::strtoull(field(*record, "Size").c_str(), nullptr, 10);
  // Debian's package has the modules in it, Ubuntu's depends on another that has.
  for (const std::string& name : packages_in(field(*record, "Depends"))) {
    if (name != std::string(kModulesPrefix) + packages.release) continue;
    FAASC_TRY(std::optional<std::string> modules, show(name));
    if (!modules) return no_such_package("'" + name + "', on which '" + image + "' depends");
    packages.names.push_back(name);
    packages.download_bytes += std::strtoull(field(*modules, "Size").c_str(), nullptr, 10);
  }
  return packages;
}

/// apt's last complaint: what follows "E: " in the last line that begins so.
std::string complaint(const std::string& output) {
  std::string found;
  for (std::size_t at = 0; at < output.size();) {
    std::size_t end = std::min(output.find('\n', at), output.size());
    if (output.compare(at, 3, "E: ") == 0) found = output.substr(at + 3, end - at - 3);
    at = end + 1;
  }
  return found;
}

Result<std::vector<fs::path>> download(const Packages& packages, const fs::path& into) {
  FAASC_CHECK(make_directories(into));
  Command command = apt({"apt-get", "download", "--quiet"});
  command.argv.insert(command.argv.end(), packages.names.begin(), packages.names.end());
  command.working_directory = into;
  FAASC_TRY(Finished finished, run(command));
  if (!finished.status.ok()) {
    std::string why = complaint(finished.err);
    return Error{
        Fault::Missing,
        kPackageManagerFailed,
        "`" + to_shell(command.argv) + "` failed" + (why.empty() ? "" : ": " + why),
        {},
        "run `sudo apt-get update` and try again: the package may have been replaced by a newer one"};
  }
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator it(into, error), end; !error && it != end; it.increment(error))
    if (it->path().extension() == ".deb") files.push_back(it->path());
  if (error) return io_error("read directory", into, error.value());
  std::sort(files.begin(), files.end());
  return files;
}

std::string in_mebibytes(std::uint64_t bytes) {
  return std::to_string((bytes + (1 << 19)) >> 20) + " MiB";
}

}  // namespace

Result<Added> pull_linux(const KernelStore& store, const LinuxPull& pull) {
  KernelName name{KernelFamily::Linux, pull.release};
  if (!pull.release.empty() && !pull.force && has_intact(store, name))
    return Added{std::move(name), StagedKernel::Outcome::AlreadyThere};
  if (!find_program("apt-get") || !find_program("apt-cache"))
    return Error{
        Fault::Missing,
        kNoPackageManager,
        "cannot download a Linux kernel: there is no apt-get on this host",
        {},
        "download a Debian package linux-image-*-cloud-amd64 elsewhere and give it to `faasc kernel add`"};
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
  FAASC_TRY(std::vector<fs::path> files, download(packages, downloads).during(during));
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
