#include "compiler/python/requirements.h"

#include <algorithm>
#include <cctype>

#include "base/file.h"
#include "compiler/python/codes.h"

namespace faasc::python {
namespace fs = std::filesystem;
namespace {

constexpr int kDeepest = 16;

std::string trimmed(std::string_view text) {
  std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first));
}

// Joins what a backslash continues and drops comments, as pip does.
std::vector<std::string> logical_lines(std::string_view text) {
  std::vector<std::string> lines;
  std::string current;
  while (!text.empty()) {
    std::size_t end = std::min(text.find('\n'), text.size());
    std::string line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.pop_back();
    if (line.ends_with('\\') && !trimmed(line).starts_with('#')) {
      line.pop_back();
      current += line + " ";
      continue;
    }
    current += line;
    for (std::size_t i = 0; i < current.size(); ++i)
      if (current[i] == '#' && (i == 0 || current[i - 1] == ' ' || current[i - 1] == '\t')) {
        current.resize(i);
        break;
      }
    if (std::string one = trimmed(current); !one.empty()) lines.push_back(std::move(one));
    current.clear();
  }
  if (std::string one = trimmed(current); !one.empty()) lines.push_back(std::move(one));
  return lines;
}

// The argument of "-r file", "-rfile", "--requirement=file"; empty where the line is another option.
std::string argument_of(const std::string& line, std::string_view shorter, std::string_view longer) {
  for (std::string_view option : {longer, shorter}) {
    if (!line.starts_with(option)) continue;
    std::string rest = line.substr(option.size());
    if (rest.starts_with('=') || rest.starts_with(' ') || rest.starts_with('\t'))
      return trimmed(rest.substr(1));
    if (option == shorter && !rest.empty() && rest[0] != '-') return trimmed(rest);
  }
  return {};
}

class Reader {
 public:
  explicit Reader(Requirements& into) : into_(into) {}

  Result<void> read(const fs::path& file, bool constraints, int depth, const std::string& named_by) {
    auto text = read_file(file, 1 << 24);
    if (!text || depth > kDeepest)
      return Error{.fault = Fault::Input,
                   .code = kPythonRequirementsMissing,
                   .what = depth > kDeepest
                               ? "'" + file.string() + "' includes itself"
                               : "there is no requirements file '" + file.string() + "'" +
                                     (named_by.empty() ? "" : ", which '" + named_by + "' names"),
                   .during = {},
                   .hint = "correct its name"};
    into_.inputs.push_back(file);
    for (const std::string& line : logical_lines(*text)) {
      std::string nested = argument_of(line, "-r", "--requirement");
      if (!nested.empty()) {
        FAASC_CHECK(read(file.parent_path() / nested, constraints, depth + 1, file.string()));
        continue;
      }
      nested = argument_of(line, "-c", "--constraint");
      if (!nested.empty()) {
        FAASC_CHECK(read(file.parent_path() / nested, true, depth + 1, file.string()));
        continue;
      }
      if (line.find("--hash") != std::string::npos) into_.hashes = true;
      add(line, constraints, file.parent_path());
    }
    return {};
  }

  void add(const std::string& line, bool constraint, const fs::path& directory) {
    if (constraint) {
      if (name_of(line) != "functions-framework") into_.constraints.push_back(line);
      return;
    }
    bool url = line.find("://") != std::string::npos && !line.starts_with('-');
    into_.urls |= url;
    if (url && line.find('@') > line.find("://")) {  // not "name @ https://…"
      into_.lines.push_back(line);
      std::string file = line.substr(line.rfind('/') + 1);
      into_.names.insert(normalised_name(file.substr(0, file.find('-'))));
      return;
    }
    if (std::string links = argument_of(line, "-f", "--find-links"); !links.empty()) {
      into_.lines.push_back("--find-links " + located(links, directory));
      return;
    }
    if (line.starts_with("./") || line.starts_with("../") || line.ends_with(".whl")) {
      into_.lines.push_back(located(line, directory));
      std::string file = fs::path(line).filename().string();
      into_.names.insert(normalised_name(file.substr(0, file.find('-'))));
      return;
    }
    std::string name = name_of(line);
    if (!name.empty()) into_.names.insert(name);
    if (name != "functions-framework") into_.lines.push_back(line);
  }

 private:
  static std::string located(const std::string& path, const fs::path& directory) {
    if (path.find("://") != std::string::npos) return path;
    return fs::absolute(directory / path).lexically_normal().string();
  }

  static std::string name_of(const std::string& line) {
    if (line.starts_with('-')) return {};
    std::size_t end = 0;
    while (end < line.size() && (std::isalnum(static_cast<unsigned char>(line[end])) || line[end] == '-' ||
                                 line[end] == '_' || line[end] == '.'))
      ++end;
    return normalised_name(std::string_view(line).substr(0, end));
  }

  Requirements& into_;
};

// The strings of `dependencies = [...]` in [project]. No more of TOML than that needs.
std::vector<std::string> project_dependencies(std::string_view text) {
  std::vector<std::string> found;
  bool in_project = false, in_list = false;
  while (!text.empty()) {
    std::size_t end = std::min(text.find('\n'), text.size());
    std::string line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!in_list) {
      if (line.starts_with('[')) in_project = line == "[project]" || line.starts_with("[project] ");
      if (!in_project || !line.starts_with("dependencies")) continue;
      std::size_t equals = line.find('=');
      if (equals == std::string::npos || trimmed(line.substr(12, equals - 12)) != "") continue;
      line = trimmed(line.substr(equals + 1));
      if (!line.starts_with('[')) continue;
      line.erase(0, 1);
      in_list = true;
    }
    for (std::size_t i = 0; i < line.size(); ++i) {
      char c = line[i];
      if (c == '#') break;
      if (c == ']') {
        in_list = false;
        break;
      }
      if (c != '"' && c != '\'') continue;
      std::size_t close = line.find(c, i + 1);
      if (close == std::string::npos) break;
      found.push_back(line.substr(i + 1, close - i - 1));
      i = close;
    }
  }
  return found;
}

}  // namespace

std::string normalised_name(std::string_view name) {
  std::string out;
  for (char c : name) {
    if (c == '-' || c == '_' || c == '.') {
      if (!out.empty() && out.back() != '-') out += '-';
    } else {
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  return out;
}

Result<Requirements> read_requirements(const fs::path& file) {
  Requirements requirements;
  Reader reader(requirements);
  if (file.filename() == "pyproject.toml") {
    FAASC_TRY(std::string text, read_file(file, 1 << 24));
    requirements.inputs.push_back(file);
    for (const std::string& line : project_dependencies(text)) reader.add(line, false, file.parent_path());
    return requirements;
  }
  FAASC_CHECK(reader.read(file, false, 0, ""));
  return requirements;
}

}  // namespace faasc::python
