#include "compiler/go/packages.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "compiler/go/codes.h"
#include "compiler/go/overlay.h"

namespace faasc::go {

namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

void append(const Json& json, const char* name, std::vector<std::string>& out) {
  auto list = json.find(name);
  if (list == json.end() || !list->is_array()) return;
  for (const Json& item : *list)
    if (item.is_string()) out.push_back(item.get<std::string>());
}

ListedPackage package_of(const Json& json) {
  ListedPackage package;
  package.path = json.value("ImportPath", "");
  package.directory = json.value("Dir", "");
  package.standard = json.value("Standard", false);
  append(json, "Imports", package.imports);
  for (const char* kind :
       {"GoFiles", "CgoFiles", "CFiles", "CXXFiles", "HFiles", "SFiles", "SysoFiles", "EmbedFiles"})
    append(json, kind, package.files);
  if (auto module = json.find("Module"); module != json.end() && module->is_object()) {
    package.module = module->value("Path", "");
    // A replacement by a directory is the user's, and changes.
    if (!module->value("Main", false) && !module->contains("Replace"))
      package.module_version = module->value("Version", "");
  }
  return package;
}

}  // namespace

// go list writes one object after the other.
Result<std::vector<ListedPackage>> read_package_list(std::string_view json) {
  std::vector<ListedPackage> packages;
  Error garbled{Fault::Internal,
                kGoAnswer,
                "the answer of 'go list' cannot be read",
                {},
                "please report it, with the output of 'go version' and the function that shows it"};
  for (std::size_t at = json.find('{'); at != std::string_view::npos; at = json.find('{', at)) {
    std::size_t end = json.find("\n}", at);
    if (end == std::string_view::npos) return garbled;
    Json one = Json::parse(json.substr(at, end + 2 - at), nullptr, false);
    if (!one.is_object()) return garbled;
    try {
      packages.push_back(package_of(one));
    } catch (const Json::exception&) {
      return garbled;
    }
    at = end + 2;
  }
  return packages;
}

std::vector<fs::path> inputs_of(const std::vector<ListedPackage>& packages) {
  std::set<fs::path> inputs;
  std::string ours = std::string("/") + kOverlayDirectory;
  for (const ListedPackage& package : packages) {
    std::string directory = package.directory.string();
    if (package.standard || directory.ends_with(ours + "/main") || directory.ends_with(ours + "/faasrt"))
      continue;
    bool vendored = directory.find("/vendor/") != std::string::npos;
    inputs.insert(package.directory);
    if (!package.module_version.empty() && !vendored) continue;
    for (const std::string& file : package.files)
      if (file != "zz_faasc_boot.go") inputs.insert(package.directory / file);
  }
  return {inputs.begin(), inputs.end()};
}

std::vector<std::string> import_chain(const std::vector<ListedPackage>& packages, std::string_view from,
                                      std::string_view target) {
  std::map<std::string, const ListedPackage*, std::less<>> by_path;
  for (const ListedPackage& package : packages) by_path[package.path] = &package;
  std::map<std::string, std::string> came_from;
  std::deque<std::string> waiting{std::string(from)};
  came_from[std::string(from)] = "";
  while (!waiting.empty()) {
    std::string at = waiting.front();
    waiting.pop_front();
    if (at == target) {
      std::vector<std::string> chain;
      for (; !at.empty(); at = came_from[at]) chain.push_back(at);
      std::reverse(chain.begin(), chain.end());
      return chain;
    }
    auto package = by_path.find(at);
    if (package == by_path.end()) continue;
    for (const std::string& next : package->second->imports)
      if (came_from.emplace(next, at).second) waiting.push_back(next);
  }
  return {};
}

}  // namespace faasc::go
