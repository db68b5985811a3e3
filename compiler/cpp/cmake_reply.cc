#include "compiler/cpp/cmake_reply.h"

#include <algorithm>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "compiler/cpp/codes.h"

namespace faasc::cpp {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::json;

Error not_understood(const fs::path& file) {
  return Error{.fault = Fault::Internal,
               .code = kCppCMakeReply,
               .what = "cannot understand what CMake says in '" + file.string() + "'",
               .during = {},
               .hint = "faasc needs CMake 3.19 or newer; 'cmake --version' says which there is"};
}

// A value of another type than the one asked for counts as absent.
std::string text_of(const Json& json, const char* key) {
  auto at = json.is_object() ? json.find(key) : json.end();
  return json.is_object() && at != json.end() && at->is_string() ? at->get<std::string>() : std::string();
}

bool flag_of(const Json& json, const char* key) {
  auto at = json.is_object() ? json.find(key) : json.end();
  return json.is_object() && at != json.end() && at->is_boolean() && at->get<bool>();
}

const Json& list_of(const Json& json, const char* key) {
  static const Json kNone = Json::array();
  auto at = json.is_object() ? json.find(key) : json.end();
  return json.is_object() && at != json.end() && at->is_array() ? *at : kNone;
}

class Reply {
 public:
  explicit Reply(const fs::path& build_dir) : directory_(build_dir / ".cmake/api/v1/reply") {}

  Result<CMakeReply> read() {
    fs::path newest = newest_index();
    reply_.index = directory_ / newest;
    FAASC_TRY(Json index, load(newest));
    fs::path model, files;
    for (const Json& object : list_of(index, "objects")) {
      if (text_of(object, "kind") == "codemodel") model = text_of(object, "jsonFile");
      if (text_of(object, "kind") == "cmakeFiles") files = text_of(object, "jsonFile");
    }
    if (model.empty() || files.empty()) return not_understood(directory_);
    FAASC_CHECK(read_files(files));
    FAASC_CHECK(read_model(model));
    return std::move(reply_);
  }

 private:
  // The name that sorts last is the newest.
  fs::path newest_index() const {
    fs::path newest;
    std::error_code error;
    for (fs::directory_iterator entry(directory_, error), end; !error && entry != end;
         entry.increment(error)) {
      fs::path name = entry->path().filename();
      if (name.string().starts_with("index-") && name > newest) newest = name;
    }
    return newest;
  }

  Result<Json> load(const fs::path& name) const {
    auto text = read_file(directory_ / name);
    Json json = text ? Json::parse(*text, nullptr, false) : Json();
    if (!json.is_object()) return not_understood(directory_ / name);
    return json;
  }

  Result<void> read_files(const fs::path& name) {
    FAASC_TRY(Json json, load(name));
    auto paths = json.find("paths");
    if (paths == json.end()) return not_understood(directory_ / name);
    source_ = text_of(*paths, "source");
    build_ = text_of(*paths, "build");
    for (const Json& input : list_of(json, "inputs")) {
      if (flag_of(input, "isGenerated")) continue;
      reply_.inputs.push_back((source_ / text_of(input, "path")).lexically_normal().string());
    }
    return {};
  }

  Result<void> read_model(const fs::path& name) {
    FAASC_TRY(Json model, load(name));
    const Json& configurations = list_of(model, "configurations");
    if (configurations.empty()) return not_understood(directory_ / name);
    std::map<std::string, std::string> names;  // by id
    for (const Json& target : list_of(configurations[0], "targets"))
      names[text_of(target, "id")] = text_of(target, "name");
    std::map<std::string, std::vector<std::string>> direct;
    for (const Json& entry : list_of(configurations[0], "targets")) {
      FAASC_TRY(Json target, load(text_of(entry, "jsonFile")));
      reply_.targets.push_back(read_target(target));
      for (const Json& dependency : list_of(target, "dependencies"))
        if (auto known = names.find(text_of(dependency, "id")); known != names.end())
          direct[reply_.targets.back().name].push_back(known->second);
    }
    for (CMakeTargetReply& target : reply_.targets) {
      std::set<std::string> all;
      std::vector<std::string> open = direct[target.name];
      while (!open.empty()) {
        std::string next = std::move(open.back());
        open.pop_back();
        if (!all.insert(next).second) continue;
        const auto& more = direct[next];
        open.insert(open.end(), more.begin(), more.end());
      }
      target.depends_on.assign(all.begin(), all.end());
    }
    return {};
  }

  CMakeTargetReply read_target(const Json& json) {
    CMakeTargetReply target;
    target.name = text_of(json, "name");
    target.type = text_of(json, "type");
    for (const Json& artifact : list_of(json, "artifacts"))
      target.artifacts.push_back((build_ / text_of(artifact, "path")).lexically_normal().string());
    std::vector<std::vector<std::string>> groups;
    std::vector<std::string> languages;
    for (const Json& group : list_of(json, "compileGroups")) {
      languages.push_back(text_of(group, "language"));
      groups.push_back(arguments_of(group));
    }
    for (const Json& source : list_of(json, "sources")) {
      auto group = source.find("compileGroupIndex");
      if (group == source.end() || !group->is_number_unsigned() || group->get<std::size_t>() >= groups.size())
        continue;  // a header, or what is not compiled
      std::size_t at = group->get<std::size_t>();
      std::string path = (source_ / text_of(source, "path")).lexically_normal().string();
      if (languages[at] != "CXX" && languages[at] != "C")
        target.foreign.push_back(std::move(path));
      else
        target.sources.push_back(
            {std::move(path), languages[at] == "CXX", flag_of(source, "isGenerated"), groups[at]});
    }
    if (auto link = json.find("link"); link != json.end())
      for (const Json& fragment : list_of(*link, "commandFragments"))
        if (std::string role = text_of(fragment, "role"); role == "libraries" || role == "libraryPath")
          for (std::string& word : shell_words(text_of(fragment, "fragment")))
            target.link.push_back(std::move(word));
    return target;
  }

  std::vector<std::string> arguments_of(const Json& group) const {
    std::vector<std::string> arguments;
    for (const Json& fragment : list_of(group, "compileCommandFragments"))
      for (std::string& word : shell_words(text_of(fragment, "fragment")))
        arguments.push_back(std::move(word));
    for (const Json& include : list_of(group, "includes")) {
      std::string path = (build_ / text_of(include, "path")).lexically_normal().string();
      if (flag_of(include, "isSystem")) {
        arguments.emplace_back("-isystem");
        arguments.push_back(std::move(path));
      } else {
        arguments.push_back("-I" + path);
      }
    }
    for (const Json& define : list_of(group, "defines"))
      arguments.push_back("-D" + text_of(define, "define"));
    return arguments;
  }

  fs::path directory_, source_, build_;
  CMakeReply reply_;
};

}  // namespace

Result<CMakeReply> read_cmake_reply(const fs::path& build_dir) {
  return Reply(build_dir).read();
}

std::vector<std::string> shell_words(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (quote == '\'') {
      if (c == '\'')
        quote = 0;
      else
        word += c;
    } else if (c == '\\' && i + 1 < text.size() &&
               (quote == 0 || text[i + 1] == '"' || text[i + 1] == '\\' || text[i + 1] == '$')) {
      word += text[++i];
      in_word = true;
    } else if (quote == '"') {
      if (c == '"')
        quote = 0;
      else
        word += c;
    } else if (c == '"' || c == '\'') {
      quote = c;
      in_word = true;
    } else if (c == ' ' || c == '\t' || c == '\n') {
      if (in_word) words.push_back(std::exchange(word, {}));
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (in_word) words.push_back(std::move(word));
  return words;
}

}  // namespace faasc::cpp
