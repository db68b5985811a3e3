#include "packager/kernels/linux_source.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <system_error>
#include <vector>

#include <sys/statvfs.h>

#include "base/file.h"
#include "base/process.h"
#include "base/sha256.h"
#include "packager/kernels/apt.h"
#include "packager/kernels/codes.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr const char* kNewestSource = "linux-source";
constexpr std::string_view kPrefix = "linux-source-";

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

/// "6.1.192-2" → "6.1"
std::string series_of(std::string_view version) {
  std::size_t first = version.find('.');
  return std::string(
      version.substr(0, version.find_first_of(".-", first == std::string_view::npos ? 0 : first + 1)));
}

Error no_source(const std::string& what) {
  return Error{Fault::Missing,
               kNoLinuxSource,
               "apt knows no package " + what + " with the sources of Linux",
               {},
               "run `sudo apt-get update`; or take the distribution's kernel: `faasc kernel pull linux`"};
}

Result<void> run_tool(std::vector<std::string> argv, const fs::path& package) {
  Command command;
  command.argv = std::move(argv);
  command.environment["LC_ALL"] = "C";
  RunOptions options;
  options.out = Stream::Null;
  FAASC_TRY(Finished finished, run(command, options));
  if (finished.status.ok()) return {};
  if (says_disk_is_full(finished.err)) return io_error("unpack", package, ENOSPC);
  Error error{Fault::Input,
              kBadLinuxSource,
              "'" + package.string() + "' cannot be unpacked: `" + command.argv.front() + "` failed",
              {},
              "delete that file and try again"};
  error.excerpt.push_back(finished.err.substr(0, finished.err.find('\n')));
  return error;
}

Result<void> check_package(const LinuxSource& source, const fs::path& package) {
  if (source.sha256.empty()) return {};
  FAASC_TRY(Sha256Digest digest, sha256_of_file(package));
  if (to_hex(digest) == source.sha256) return {};
  std::error_code ignored;
  fs::remove(package, ignored);
  return Error{Fault::Input,
               kBadLinuxSource,
               "the SHA-256 of '" + package.string() + "' is " + to_hex(digest) +
                   " where the distribution says " + source.sha256 + "; it was deleted",
               {},
               "try again"};
}

/// The archive of the sources in the unpacked package.
Result<fs::path> archive_in(const fs::path& directory, const fs::path& package) {
  std::error_code error;
  std::vector<fs::path> found;
  for (fs::directory_iterator it(directory / "usr/src", error), end; !error && it != end;
       it.increment(error)) {
    std::string name = it->path().filename().string();
    if (name.starts_with(kPrefix) && name.find(".tar") != std::string::npos) found.push_back(it->path());
  }
  // Ubuntu has a directory of that name, and the archive in it.
  if (found.empty()) {
    error.clear();
    for (fs::recursive_directory_iterator it(directory / "usr/src", error), end; !error && it != end;
         it.increment(error))
      if (it->path().filename().string().find(".tar") != std::string::npos) found.push_back(it->path());
  }
  if (found.size() == 1) return found.front();
  return Error{Fault::Input,
               kBadLinuxSource,
               "'" + package.string() + "' is no package of Linux' sources: there is no '/usr/src/" +
                   std::string(kPrefix) + "*.tar.*' in it",
               {},
               {}};
}

}  // namespace

Result<LinuxSource> choose_linux_source(std::string_view wanted) {
  LinuxSource source;
  std::string version;
  if (wanted.empty()) {
    FAASC_TRY(std::optional<std::string> newest, apt_record(kNewestSource));
    if (newest)
      for (const std::string& name : apt_dependencies(apt_field(*newest, "Depends")))
        if (name.starts_with(kPrefix) && source.package.empty()) source.package = name;
    if (source.package.empty()) return no_source("'" + std::string(kNewestSource) + "'");
  } else {
    source.package = std::string(kPrefix) + series_of(wanted);
    if (wanted.find('-') != std::string_view::npos) version = wanted;
  }
  std::string name = source.package + (version.empty() ? "" : "=" + version);
  FAASC_TRY(std::optional<std::string> record, apt_record(name));
  if (!record) {
    FAASC_TRY(std::vector<std::string> names, apt_names("^" + std::string(kPrefix) + "[0-9.]+$"));
    std::sort(names.begin(), names.end());
    std::string all;
    for (const std::string& one : names) all += (all.empty() ? "; there is '" : ", '") + one + "'";
    Error error = no_source("'" + name + "'");
    error.what += all;
    return error;
  }
  source.version = apt_field(*record, "Version");
  source.sha256 = apt_field(*record, "SHA256");
  source.download_bytes = std::strtoull(apt_field(*record, "Size").c_str(), nullptr, 10);
  return source;
}

Result<fs::path> get_linux_source(const LinuxSource& source, const fs::path& work,
                                  const std::function<void(const std::string&)>& say) {
  const fs::path tree = work / "source", unpacking = work / "unpacking", downloads = work / "package";
  if (is_there(tree)) return tree;
  std::error_code error;
  fs::remove_all(unpacking, error);
  if (error) return io_error("remove", unpacking, error.value());

  std::vector<fs::path> packages;
  for (fs::directory_iterator it(downloads, error), end; !error && it != end; it.increment(error))
    if (it->path().extension() == ".deb") packages.push_back(it->path());
  if (packages.size() != 1) {
    fs::remove_all(downloads, error);
    say("downloading " + source.package + " " + source.version + " (" + in_mebibytes(source.download_bytes) +
        ")");
    FAASC_TRY(packages, apt_download({source.package + "=" + source.version}, downloads));
  }
  if (packages.size() != 1) return no_source("'" + source.package + "'");
  const fs::path& package = packages.front();
  FAASC_CHECK(check_package(source, package));

  say("unpacking the sources");
  FAASC_CHECK(make_directories(unpacking / "tree"));
  FAASC_CHECK(run_tool({"dpkg-deb", "--extract", package.string(), (unpacking / "deb").string()}, package));
  FAASC_TRY(fs::path archive, archive_in(unpacking / "deb", package));
  FAASC_CHECK(run_tool({"tar", "--extract", "--file", archive.string(), "--directory",
                        (unpacking / "tree").string(), "--strip-components=1", "--no-same-owner"},
                       archive));
  if (!is_there(unpacking / "tree/Kconfig") || !is_there(unpacking / "tree/COPYING"))
    return Error{
        Fault::Input,
        kBadLinuxSource,
        "'" + package.string() + "' is no package of Linux' sources: there is no 'Kconfig' or no 'COPYING'",
        {},
        {}};
  fs::remove_all(unpacking / "deb", error);
  // Whole from the moment on that it has this name.
  fs::rename(unpacking / "tree", tree, error);
  if (error) return io_error("rename", tree, error.value());
  fs::remove_all(unpacking, error);
  return tree;
}

Result<void> check_room_for_build(const fs::path& work, std::optional<std::uint64_t> free_bytes) {
  std::uint64_t needed = kLinuxObjectBytes + (is_there(work / "source") ? 0 : kLinuxSourceBytes);
  struct statvfs status{};
  if (!free_bytes && ::statvfs(work.c_str(), &status) != 0)
    return io_error("look at the file system of", work, errno);
  std::uint64_t free = free_bytes.value_or(std::uint64_t{status.f_bavail} * status.f_frsize);
  if (free >= needed) return {};
  return Error{Fault::Io,
               kNoRoomForBuild,
               "building a kernel takes " + in_mebibytes(needed) + " in '" + work.string() + "', and " +
                   in_mebibytes(free) + " are free there",
               {},
               "make room, or set FAASC_CACHE_DIR to a directory on another disk"};
}

}  // namespace faasc
