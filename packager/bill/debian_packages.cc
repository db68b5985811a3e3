#include "packager/bill/debian_packages.h"

#include <sstream>

#include "base/file.h"
#include "base/process.h"

namespace faasc {
namespace {

constexpr std::size_t kFilesAtOnce = 500;  // of one command line

// "libc6:amd64: /lib/x86_64-linux-gnu/libc.so.6"; "diversion by …" lines name no package.
void add_owners(const std::string& text, std::map<std::string, std::string>& owners) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::size_t colon = line.find(": ");
    if (colon == std::string::npos || line.starts_with("diversion by ")) continue;
    std::string package = line.substr(0, colon);
    // A directory or file of several packages has all their names; the first will do.
    package = package.substr(0, package.find(','));
    owners.emplace(line.substr(colon + 2), package);
  }
}

}  // namespace

std::string percent_encoded(const std::string& text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                 c == '-' || c == '_' || c == '~';
    if (plain)
      out += c;
    else
      out.append({'%', kHex[static_cast<unsigned char>(c) >> 4], kHex[static_cast<unsigned char>(c) & 15]});
  }
  return out;
}

std::string purl_of(const DebianPackage& package, const std::string& distribution) {
  std::string purl = "pkg:deb/" + distribution + "/" + percent_encoded(package.name) + "@" +
                     percent_encoded(package.version) + "?arch=" + package.architecture;
  if (!package.source.empty() && package.source != package.name)
    purl += "&upstream=" + percent_encoded(package.source + "@" + package.source_version);
  return purl;
}

std::string host_distribution() {
  auto text = read_file("/etc/os-release", 64 * 1024);
  std::istringstream lines(text ? *text : "");
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("ID=")) {
      std::string id = line.substr(3);
      std::erase(id, '"');
      return id;
    }
  return "debian";
}

std::string other_name_of(const std::string& path) {
  return path.starts_with("/usr/") ? path.substr(4) : "/usr" + path;
}

Result<std::map<std::string, DebianPackage>> packages_of(const std::vector<std::string>& files) {
  std::map<std::string, DebianPackage> found;
  if (files.empty() || !find_program("dpkg-query")) return found;
  std::map<std::string, std::string> owners;  // of paths as dpkg knows them
  for (std::size_t first = 0; first < files.size(); first += kFilesAtOnce) {
    std::vector<std::string> argv = {"dpkg-query", "--search", "--"};
    for (std::size_t i = first; i < std::min(first + kFilesAtOnce, files.size()); ++i) {
      // It takes patterns; a path with one of their characters is left to nobody.
      if (files[i].find_first_of("*?[\\") != std::string::npos) continue;
      argv.push_back(files[i]);
      argv.push_back(other_name_of(files[i]));
    }
    // Its status is 1 where one of them belongs to no package.
    FAASC_TRY(Finished finished,
              run({.argv = argv, .working_directory = {}, .environment = {{"LC_ALL", "C"}}}));
    add_owners(finished.out, owners);
  }
  std::vector<std::string> argv = {
      "dpkg-query", "--show", "--showformat",
      "${binary:Package}\t${Package}\t${Version}\t${Architecture}\t${source:Package}\t"
      "${source:Version}\n",
      "--"};
  for (const auto& [path, package] : owners) argv.push_back(package);
  if (owners.empty()) return found;
  FAASC_TRY(Finished finished,
            run({.argv = argv, .working_directory = {}, .environment = {{"LC_ALL", "C"}}}));
  std::map<std::string, DebianPackage> packages;
  std::istringstream lines(finished.out);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string binary;
    DebianPackage package;
    std::getline(fields, binary, '\t');
    for (std::string* field :
         {&package.name, &package.version, &package.architecture, &package.source, &package.source_version})
      std::getline(fields, *field, '\t');
    packages[binary] = packages[package.name] = package;
  }
  for (const std::string& file : files)
    for (const std::string& name : {file, other_name_of(file)}) {
      auto owner = owners.find(name);
      if (owner == owners.end()) continue;
      if (auto package = packages.find(owner->second); package != packages.end())
        found[file] = package->second;
    }
  return found;
}

}  // namespace faasc
