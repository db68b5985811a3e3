#include "compiler/cache/path_names.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace faasc {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

bool is_part_of_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.' || c == '/' || static_cast<unsigned char>(c) >= 0x80;
}

// A path begins where a word does, or right behind a flag of one letter: "-I/dir".
bool begins_path(std::string_view text, std::size_t at) {
  return at == 0 || !is_part_of_name(text[at - 1]) || (at == 2 && text[0] == '-');
}

bool ends_path(std::string_view text, std::size_t at) {
  return at == text.size() || text[at] == '/' || !is_part_of_name(text[at]);
}

template <typename Change>
void change_strings(Json& json, const Change& change) {
  if (json.is_string()) {
    json = change(json.get_ref<const std::string&>());
  } else if (json.is_structured()) {
    for (Json& item : json) change_strings(item, change);
  }
}

template <typename Change>
std::string changed(std::string_view text, const Change& change) {
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return {};
  change_strings(json, change);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

void PathNames::add(std::string_view name, const fs::path& directory) {
  std::string path = directory.lexically_normal().string();
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  if (path.size() < 2) return;  // the root has its own name already
  directories_.emplace_back("{faasc:" + std::string(name) + "}", std::move(path));
  std::stable_sort(directories_.begin(), directories_.end(),
                   [](const auto& a, const auto& b) { return a.second.size() > b.second.size(); });
}

std::string PathNames::name_of(const fs::path& path) const {
  const std::string& text = path.native();
  for (const auto& [name, directory] : directories_)
    if (text.starts_with(directory) && (text.size() == directory.size() || text[directory.size()] == '/'))
      return name + text.substr(directory.size());
  return text;
}

fs::path PathNames::path_of(std::string_view text) const {
  for (const auto& [name, directory] : directories_)
    if (text.starts_with(name)) return directory + std::string(text.substr(name.size()));
  return fs::path(text);
}

std::string PathNames::with_names(std::string_view text) const {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    bool replaced = false;
    if (text[at] == '/' && begins_path(text, at))
      for (const auto& [name, directory] : directories_) {
        if (!text.substr(at).starts_with(directory) || !ends_path(text, at + directory.size())) continue;
        out += name;
        at += directory.size();
        replaced = true;
        break;
      }
    if (!replaced) out += text[at++];
  }
  return out;
}

std::string PathNames::with_paths(std::string_view text) const {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    bool replaced = false;
    if (text[at] == '{')
      for (const auto& [name, directory] : directories_) {
        if (!text.substr(at).starts_with(name)) continue;
        out += directory;
        at += name.size();
        replaced = true;
        break;
      }
    if (!replaced) out += text[at++];
  }
  return out;
}

std::string PathNames::json_with_names(std::string_view json) const {
  return changed(json, [&](const std::string& text) { return with_names(text); });
}

std::string PathNames::json_with_paths(std::string_view json) const {
  return changed(json, [&](const std::string& text) { return with_paths(text); });
}

}  // namespace faasc
