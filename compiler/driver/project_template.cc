#include "compiler/driver/project_template.h"

#include <algorithm>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "compiler/driver/codes.h"
#include "manifests/reader.h"
#include "manifests/schema_line.h"

namespace faasc {

namespace fs = std::filesystem;

namespace {

Result<std::vector<std::string>> files_below(const fs::path& directory) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->is_regular_file(error)) files.push_back(entry->path().lexically_relative(directory).string());
  }
  if (error) return io_error("read", directory, error.value());
  std::sort(files.begin(), files.end());
  return files;
}

Result<void> copy_file_of_template(const fs::path& from, const fs::path& to, std::string_view schema_line) {
  std::error_code error;
  fs::perms mode = fs::status(from, error).permissions();
  if (error) return io_error("read", from, error.value());
  FAASC_TRY(std::string bytes, read_file(from));
  if (from.filename() == "faas.yaml" && bytes.starts_with(kSchemaLine))
    bytes.replace(0, std::min(bytes.find('\n'), bytes.size() - 1) + 1, schema_line);
  // Installed files may be read-only; a project is there to be edited.
  unsigned executable = (mode & fs::perms::owner_exec) != fs::perms::none ? 0755 : 0644;
  return write_file(to, bytes, executable);
}

}  // namespace

Result<std::vector<ProjectTemplate>> list_templates(const fs::path& directory) {
  std::vector<ProjectTemplate> templates;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
    fs::path manifest_path = entry->path() / "faas.yaml";
    if (!fs::exists(manifest_path)) continue;
    Diagnostics unused;
    // Only for its description: what is wrong with it is told when it is used.
    std::optional<Manifest> manifest = read_manifest(manifest_path, unused, ManifestEnvironment{});
    templates.push_back(
        {entry->path().filename().string(), manifest ? *manifest->description : "", entry->path()});
  }
  if (error) return io_error("read", directory, error.value());
  std::sort(templates.begin(), templates.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return templates;
}

Result<const ProjectTemplate*> find_template(const std::vector<ProjectTemplate>& templates,
                                             std::string_view name) {
  std::vector<std::string_view> names;
  std::string list;
  for (const ProjectTemplate& one : templates) {
    if (one.name == name) return &one;
    names.push_back(one.name);
    list.append(list.empty() ? "" : ", ").append(one.name);
  }
  std::string_view near = nearest(name, names);
  return Error{.fault = Fault::Usage,
               .code = kUnknownTemplate,
               .what = "there is no template '" + std::string(name) + "'" +
                       (near.empty() ? "" : "; did you mean '" + std::string(near) + "'?"),
               .hint = list.empty() ? "this installation has no templates" : "templates are " + list};
}

Result<std::vector<std::string>> lay_down(const ProjectTemplate& project, const fs::path& target,
                                          std::string_view schema_line) {
  FAASC_TRY(std::vector<std::string> files, files_below(project.directory));
  std::string there;
  for (const std::string& file : files) {
    std::error_code error;
    if (fs::symlink_status(target / file, error).type() != fs::file_type::not_found) {
      there.append(there.empty() ? "" : ", ").append("'" + (target / file).lexically_normal().string() + "'");
    }
  }
  if (!there.empty()) {
    return Error{.fault = Fault::Usage,
                 .code = kWouldOverwrite,
                 .what = "already there: " + there,
                 .hint = "choose another directory, or move these files away"};
  }
  FAASC_CHECK(make_directories(target));
  for (std::size_t i = 0; i < files.size(); ++i) {
    Result<void> copied = check_interrupt();
    if (copied) copied = copy_file_of_template(project.directory / files[i], target / files[i], schema_line);
    if (copied) continue;
    std::error_code ignored;
    for (std::size_t k = 0; k < i; ++k) fs::remove(target / files[k], ignored);
    return std::move(copied).error();
  }
  return files;
}

}  // namespace faasc
