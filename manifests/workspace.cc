#include "manifests/workspace.h"

#include <algorithm>

#include "base/file.h"
#include "manifests/codes.h"
#include "manifests/glob.h"
#include "manifests/source_text.h"
#include "manifests/yaml_tree.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kSkipped[] = {"build", "node_modules", "venv", "__pycache__", "vendor"};

bool holds_no_source(const std::string& name) {
  return name.starts_with('.') ||
         std::find(std::begin(kSkipped), std::end(kSkipped), name) != std::end(kSkipped);
}

// The directories below `root` that hold a function, relative to it, in byte order.
std::vector<std::string> find_functions(const fs::path& root) {
  std::vector<std::string> functions;
  std::error_code error;
  fs::recursive_directory_iterator entry(root.empty() ? fs::path(".") : root,
                                         fs::directory_options::skip_permission_denied, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (!entry->is_directory(error) || entry->is_symlink(error)) continue;
    if (holds_no_source(entry->path().filename().string())) {
      entry.disable_recursion_pending();
    } else if (fs::exists(entry->path() / "faas.yaml", error)) {
      entry.disable_recursion_pending();
      functions.push_back(entry->path().lexically_relative(root.empty() ? fs::path(".") : root).string());
    }
  }
  std::sort(functions.begin(), functions.end());
  return functions;
}

class Reading {
 public:
  Reading(const SourceText& source, Diagnostics& diagnostics) : source_(source), diagnostics_(diagnostics) {}

  void read(const YamlNode& file);
  /// Those of the functions that the patterns take.
  std::vector<std::string> choose(const std::vector<std::string>& functions);

 private:
  void complain(const char* code, std::string message, const SourcePlace& place, std::string hint) {
    diagnostics_.add({.severity = Severity::Error,
                      .code = code,
                      .message = std::move(message),
                      .place = place,
                      .line_text = source_.line(place.line),
                      .hint = std::move(hint)});
  }
  void read_patterns(const YamlNode& list);

  const SourceText& source_;
  Diagnostics& diagnostics_;
  struct Pattern {
    Glob glob;
    SourcePlace place;
  };
  std::vector<Pattern> patterns_;
  bool takes_all_ = true;
};

void Reading::read(const YamlNode& file) {
  if (file.kind != YamlNode::Kind::Mapping)
    return complain(kMissingKey, "key 'apiVersion' is missing", file.place,
                    "begin the file with 'apiVersion: faasc/v1'");
  for (const YamlMember& member : file.members) {
    const std::string& key = member.name.text;
    if (key == "functions") {
      read_patterns(member.value);
    } else if (key != "apiVersion") {
      std::string_view near = nearest(key, {"apiVersion", "functions"});
      complain(
          kUnknownKey,
          "unknown key '" + key + "'" + (near.empty() ? "" : "; did you mean '" + std::string(near) + "'?"),
          member.name.place, "a workspace has the keys 'apiVersion' and 'functions'");
    }
  }
  const YamlNode* version = file.find("apiVersion");
  if (version == nullptr)
    complain(kMissingKey, "key 'apiVersion' is missing", file.place,
             "begin the file with 'apiVersion: faasc/v1'");
  else if (version->text != "faasc/v1")
    complain(kApiVersion, "version '" + version->text + "' of the format is not supported", version->place,
             "write 'apiVersion: faasc/v1'");
}

void Reading::read_patterns(const YamlNode& list) {
  takes_all_ = false;
  if (list.kind != YamlNode::Kind::Sequence)
    return complain(kWrongType, "'functions' is to be a list of texts", list.place,
                    "write '[a, b]', or one '- a' on each line");
  for (const YamlNode& item : list.items) {
    if (item.kind != YamlNode::Kind::Scalar) {
      complain(kWrongType, "an item of 'functions' is to be a text", item.place,
               "write a directory: - services/*");
      continue;
    }
    auto glob = Glob::compile(item.text);
    if (glob)
      patterns_.push_back({std::move(*glob), item.place});
    else
      complain(kBadGlob, "'" + item.text + "' is no pattern: " + glob.error().what, item.place,
               glob.error().hint);
  }
}

std::vector<std::string> Reading::choose(const std::vector<std::string>& functions) {
  if (takes_all_) return functions;
  std::vector<std::string> chosen;
  for (const std::string& function : functions) {
    bool taken = false;
    for (const Pattern& pattern : patterns_)
      if (pattern.glob.matches(function, true)) taken = !pattern.glob.negated();
    if (taken) chosen.push_back(function);
  }
  for (const Pattern& pattern : patterns_) {
    bool found = std::any_of(functions.begin(), functions.end(), [&](const std::string& function) {
      return pattern.glob.matches(function, true);
    });
    if (!found)
      complain(kNoFunctions, "'" + pattern.glob.pattern() + "' matches no directory with a faas.yaml",
               pattern.place,
               functions.empty() ? "there is none below this file"
                                 : "there is for example '" + functions.front() + "'");
  }
  return chosen;
}

}  // namespace

Result<std::optional<Workspace>> read_workspace(const fs::path& path, Diagnostics& diagnostics) {
  FAASC_TRY(std::string text, read_file(path, kYamlSizeLimit + 1));
  SourceText source(text, path.string());
  auto file = parse_yaml(source, diagnostics);
  if (!file) return std::optional<Workspace>();
  Reading reading(source, diagnostics);
  reading.read(*file);
  if (diagnostics.has_errors()) return std::optional<Workspace>();
  std::vector<std::string> functions = reading.choose(find_functions(path.parent_path()));
  if (functions.empty() && !diagnostics.has_errors())
    diagnostics.add({.severity = Severity::Error,
                     .code = kNoFunctions,
                     .message = "there is no function below this file",
                     .place = {.file = path.string()},
                     .hint = "a function is a directory with a faas.yaml; 'faasc init' makes one"});
  if (diagnostics.has_errors()) return std::optional<Workspace>();
  Workspace workspace;
  for (const std::string& function : functions)
    workspace.manifests.push_back(path.parent_path() / function / "faas.yaml");
  return std::optional(std::move(workspace));
}

}  // namespace faasc
