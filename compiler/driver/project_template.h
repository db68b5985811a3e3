#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace faasc {

/// A project that `faasc init` lays down: a directory with a faas.yaml.
struct ProjectTemplate {
  std::string name;         ///< of the directory
  std::string description;  ///< of its manifest
  std::filesystem::path directory;
};

/// The templates in `directory`, by name.
Result<std::vector<ProjectTemplate>> list_templates(const std::filesystem::path& directory);

/// An error that names the templates there are, where none is called `name`.
Result<const ProjectTemplate*> find_template(const std::vector<ProjectTemplate>& templates,
                                             std::string_view name);

/// Copies the files into `target`, which is made if need be. Nothing is written where one of them is there
/// already; what was written is taken back where a later one fails. In a template, the first line of
/// faas.yaml leads editors to the schema beside the templates; `schema_line` (manifests/schema_line.h) takes
/// its place. The value is the files' paths relative to `target`, in byte order.
Result<std::vector<std::string>> lay_down(const ProjectTemplate& project, const std::filesystem::path& target,
                                          std::string_view schema_line = "");

}  // namespace faasc
