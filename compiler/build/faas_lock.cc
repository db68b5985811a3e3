#include "compiler/build/faas_lock.h"

#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "compiler/build/codes.h"

namespace faasc {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::string_view kSchema = "faasc.lock/1";

Error not_a_lock(const std::filesystem::path& path, const std::string& why) {
  return Error{Fault::Input,
               kBadFaasLock,
               "'" + path.string() + "' is no lock of faasc's: " + why,
               {},
               "'faasc lock' writes it anew; a merge is best left to it, too"};
}

std::string described(const Pin& pin) {
  std::string text = pin.version;
  if (text.empty()) text = pin.digest.substr(0, pin.digest.find(':') + 13);
  return text;
}

}  // namespace

bool is_locked(const Manifest& manifest, LockUse use) {
  return use == LockUse::Require || (use == LockUse::AsManifestSays && *manifest.build.locked);
}

std::filesystem::path faas_lock_path(const Manifest& manifest) {
  return (manifest.directory / kFaasLock).lexically_normal();
}

Result<std::optional<std::vector<Pin>>> read_faas_lock(const Manifest& manifest, LockUse use) {
  using Pins = std::optional<std::vector<Pin>>;
  std::filesystem::path path = faas_lock_path(manifest);
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    bool required = use == LockUse::Require;
    if (!required && (*manifest.runtime)->language == Language::Python) return Pins();
    return Error{Fault::Input,
                 kNoFaasLock,
                 "there is no '" + path.string() + "', which " + (required ? "--locked" : "'build.locked'") +
                     " asks for",
                 {},
                 "'faasc lock' writes it; keep it with the sources"};
  }
  FAASC_TRY(std::string text, read_file(path, std::uint64_t{64} << 20));
  FAASC_TRY(std::vector<Pin> pins, parse_faas_lock(text, path));
  return Pins(std::move(pins));
}

Result<void> check_against(const std::vector<Pin>& locked, const std::vector<Pin>& found,
                           const Manifest& manifest) {
  std::vector<std::string> changed = differences(locked, found);
  if (changed.empty()) return {};
  std::string what = "'" + *manifest.name + "' would not be made of what '" +
                     faas_lock_path(manifest).string() + "' names: " + changed.front();
  if (changed.size() > 1) what += ", and " + std::to_string(changed.size() - 1) + " more";
  Error error{Fault::Input,
              kLockDiffers,
              std::move(what),
              {},
              "bring back what is locked, or have it name what there is now: faasc lock"};
  if (changed.size() > 1) error.excerpt = std::move(changed);
  return error;
}

std::string to_faas_lock(const std::vector<Pin>& pins) {
  std::string text = Json{{"schema", kSchema}}.dump();
  text.pop_back();
  text += ",\"pins\":[\n";
  for (std::size_t i = 0; i < pins.size(); ++i) {
    Json json{{"kind", pins[i].kind}, {"name", pins[i].name}};
    if (!pins[i].version.empty()) json["version"] = pins[i].version;
    if (!pins[i].digest.empty()) json["digest"] = pins[i].digest;
    text += json.dump(-1, ' ', false, Json::error_handler_t::replace) + (i + 1 < pins.size() ? ",\n" : "\n");
  }
  return text + "]}\n";
}

Result<std::vector<Pin>> parse_faas_lock(std::string_view text, const std::filesystem::path& path) {
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return not_a_lock(path, "it is not JSON");
  if (!json.is_object() || json.value("schema", Json()) != kSchema)
    return not_a_lock(path, "its schema is not '" + std::string(kSchema) + "'");
  for (const auto& [key, value] : json.items())
    if (key != "schema" && key != "pins") return not_a_lock(path, "it has a key '" + key + "'");
  const Json list = json.value("pins", Json());
  if (!list.is_array()) return not_a_lock(path, "it has no list of pins");
  std::vector<Pin> pins;
  for (std::size_t i = 0; i < list.size(); ++i) {
    Pin pin;
    const std::map<std::string, std::string*> fields = {
        {"kind", &pin.kind}, {"name", &pin.name}, {"version", &pin.version}, {"digest", &pin.digest}};
    if (!list[i].is_object()) return not_a_lock(path, "pin " + std::to_string(i + 1) + " is no object");
    for (const auto& [key, value] : list[i].items()) {
      auto field = fields.find(key);
      if (field == fields.end() || !value.is_string())
        return not_a_lock(path, "pin " + std::to_string(i + 1) + " has something else in '" + key + "'");
      *field->second = value.get<std::string>();
    }
    if (pin.kind.empty() || pin.name.empty())
      return not_a_lock(path, "pin " + std::to_string(i + 1) + " lacks its kind or its name");
    pins.push_back(std::move(pin));
  }
  return pins;
}

std::vector<std::string> differences(const std::vector<Pin>& locked, const std::vector<Pin>& found) {
  // One module may be there in several versions; one kind and name is one line.
  using Key = std::pair<std::string, std::string>;
  std::map<Key, std::vector<Pin>> then, now;
  for (const Pin& pin : locked) then[{pin.kind, pin.name}].push_back(pin);
  for (const Pin& pin : found) now[{pin.kind, pin.name}].push_back(pin);
  auto list = [](const std::vector<Pin>& pins) {
    std::string text;
    for (const Pin& pin : pins) text += (text.empty() ? "" : ", ") + described(pin);
    return text;
  };
  std::vector<std::string> lines;
  for (auto& [key, pins] : now) {
    std::string what = key.first + " " + key.second;
    auto before = then.find(key);
    if (before == then.end()) {
      lines.push_back(what + " is not locked");
      continue;
    }
    std::sort(pins.begin(), pins.end());
    std::sort(before->second.begin(), before->second.end());
    if (pins == before->second) continue;
    std::string is = list(pins), was = list(before->second);
    lines.push_back(is == was ? what + " " + is + " has another digest than the one that is locked"
                              : what + " is " + is + ", locked is " + was);
  }
  for (const auto& [key, pins] : then)
    if (!now.contains(key)) lines.push_back(key.first + " " + key.second + " is locked, and not used");
  return lines;
}

std::string locked_kernel(const std::vector<Pin>& pins) {
  for (const Pin& pin : pins)
    if (pin.kind == "kernel") return pin.name + "@" + pin.version;
  return {};
}

}  // namespace faasc
