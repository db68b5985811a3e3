#include "packager/kernels/apt.h"

#include <algorithm>
#include <system_error>

#include "base/file.h"
#include "base/process.h"
#include "packager/kernels/codes.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

Command apt(std::vector<std::string> argv) {
  Command command;
  command.argv = std::move(argv);
  command.environment["LC_ALL"] = "C";
  return command;
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

}  // namespace

Result<void> check_apt(const std::string& purpose, const std::string& hint) {
  if (find_program("apt-get") && find_program("apt-cache")) return {};
  return Error{Fault::Missing,
               kNoPackageManager,
               "cannot " + purpose + ": there is no apt-get on this host",
               {},
               hint};
}

Result<std::optional<std::string>> apt_record(const std::string& package) {
  FAASC_TRY(Finished finished, run(apt({"apt-cache", "show", "--no-all-versions", package})));
  if (!finished.status.ok() || finished.out.empty()) return std::optional<std::string>();
  return std::optional<std::string>(std::move(finished.out));
}

std::string apt_field(const std::string& record, const std::string& name) {
  std::size_t at = record.starts_with(name + ": ") ? 0 : record.find("\n" + name + ": ");
  if (at == std::string::npos) return {};
  at = record.find(": ", at) + 2;
  return record.substr(at, record.find('\n', at) - at);
}

std::vector<std::string> apt_dependencies(const std::string& depends) {
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

Result<std::vector<fs::path>> apt_download(const std::vector<std::string>& packages, const fs::path& into) {
  FAASC_CHECK(make_directories(into));
  Command command = apt({"apt-get", "download", "--quiet"});
  command.argv.insert(command.argv.end(), packages.begin(), packages.end());
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

Result<std::vector<std::string>> apt_names(const std::string& pattern) {
  FAASC_TRY(Finished finished, run(apt({"apt-cache", "search", "--names-only", pattern})));
  std::vector<std::string> names;
  for (std::size_t at = 0; at < finished.out.size();) {
    std::size_t end = std::min(finished.out.find('\n', at), finished.out.size());
    std::string line = finished.out.substr(at, end - at);
    if (!line.empty()) names.push_back(line.substr(0, line.find(' ')));
    at = end + 1;
  }
  return names;
}

std::string in_mebibytes(std::uint64_t bytes) {
  return std::to_string((bytes + (1 << 19)) >> 20) + " MiB";
}

}  // namespace faasc
