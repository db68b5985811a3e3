#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace faasc::go {

/// The module that a directory belongs to.
struct Module {
  std::filesystem::path root;  ///< the directory of go.mod
  std::string path;            ///< "example.com/shop"
  std::string go;              ///< the language version that go.mod asks for; empty where it does not say
  int path_line = 0;           ///< of the module directive
  int go_line = 0;             ///< of the go directive
  bool vendored = false;       ///< vendor/modules.txt is there
};

/// What go.mod says, as far as it matters here; the rest is Go's to judge.
struct ModuleFile {
  std::string path, go;
  int path_line = 0, go_line = 0;
};
ModuleFile read_module_file(std::string_view text);

/// Finds go.mod in `directory` or above it. Nothing where there is none.
Result<std::optional<Module>> find_module(const std::filesystem::path& directory);

}  // namespace faasc::go
