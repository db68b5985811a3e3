#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace faasc::go {

/// One package of the program, as `go list -deps -json` tells it.
struct ListedPackage {
  std::string path;
  std::filesystem::path directory;
  std::vector<std::string> files;    ///< everything that is compiled or embedded, relative to `directory`
  std::vector<std::string> imports;  ///< import paths
  bool standard = false;
  std::string module, module_version;  ///< no version: the main module, a replaced or a vendored one
};

/// The fields that read_package_list needs, as go list's -json takes them.
inline constexpr std::string_view kListFields =
    "ImportPath,Dir,Standard,Imports,Module,GoFiles,CgoFiles,CFiles,CXXFiles,HFiles,SFiles,SysoFiles,"
    "EmbedFiles";

Result<std::vector<ListedPackage>> read_package_list(std::string_view json);

/// The files and directories that decided what the packages are: each file of those that may change, and only
/// the directory of a module in Go's cache, which never changes. Files below `overlay` do not exist.
std::vector<std::filesystem::path> inputs_of(const std::vector<ListedPackage>& packages);

/// The shortest way by imports from a package that is not the standard library's to `target`, both ends
/// included; empty where there is none.
std::vector<std::string> import_chain(const std::vector<ListedPackage>& packages, std::string_view from,
                                      std::string_view target);

}  // namespace faasc::go
