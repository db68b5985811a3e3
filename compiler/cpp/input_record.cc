#include "compiler/cpp/input_record.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/sha256.h"

// One JSON file per object:
//   {"schema": "faasc.unit/1", "request": "<sha256>", "answer": "...", "absent": ["/p/x.h"],
//    "inputs": [["/p/a.cc", inode, size, modified_ns, changed_ns, "<sha256>"]], "outputs": [...]}

namespace faasc::cpp {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;
constexpr std::string_view kSchema = "faasc.unit/1";

// Files that only packages change.
bool is_system_file(std::string_view path) {
  return path.starts_with("/usr/") || path.starts_with("/lib");
}

bool is_unchanged(const InputRecord::Input& input) {
  FileStamp now = stamp_of(input.path);
  if (!now.exists() || !input.stamp.exists()) return false;
  if (now == input.stamp) return true;
  if (input.sha256.empty() || now.size_bytes != input.stamp.size_bytes) return false;
  auto digest = sha256_of_file(input.path);
  return digest && to_hex(*digest) == input.sha256;
}

Json to_value(const std::vector<InputRecord::Input>& inputs) {
  Json json = Json::array();
  for (const InputRecord::Input& input : inputs)
    json.push_back({input.path, input.stamp.inode, input.stamp.size_bytes, input.stamp.modified_ns,
                    input.stamp.changed_ns, input.sha256});
  return json;
}

bool read_inputs(const Json& json, std::vector<InputRecord::Input>& inputs) {
  if (!json.is_array()) return false;
  for (const Json& row : json) {
    if (!row.is_array() || row.size() != 6 || !row[0].is_string() || !row[5].is_string()) return false;
    for (int column = 1; column < 5; ++column)
      if (!row[column].is_number_integer()) return false;
    inputs.push_back({row[0].get<std::string>(),
                      {row[1].get<std::uint64_t>(), row[2].get<std::uint64_t>(), row[3].get<std::int64_t>(),
                       row[4].get<std::int64_t>()},
                      row[5].get<std::string>()});
  }
  return true;
}

}  // namespace

void InputRecord::add_input(const fs::path& path, std::int64_t started_ns) {
  Input input{path.string(), stamp_of(path), {}};
  bool changed_meanwhile = input.stamp.modified_ns >= started_ns || input.stamp.changed_ns >= started_ns;
  if (changed_meanwhile) {
    input.stamp = {};
  } else if (!is_system_file(input.path)) {
    if (auto digest = sha256_of_file(path)) input.sha256 = to_hex(*digest);
  }
  inputs_.push_back(std::move(input));
}

void InputRecord::add_output(const fs::path& path) {
  outputs_.push_back({path.string(), stamp_of(path), {}});
}

bool InputRecord::is_current(std::string_view request_digest) const {
  return !request.empty() && request == request_digest && !first_change();
}

std::optional<std::string> InputRecord::first_change() const {
  for (const std::vector<Input>* files : {&outputs_, &inputs_})
    for (const Input& file : *files)
      if (!is_unchanged(file))
        return "'" + file.path + "' " +
               (!stamp_of(file.path).exists() ? "is gone"
                : !file.stamp.exists()        ? "was written while it was read"
                                              : "changed");
  for (const std::string& path : absent_)
    if (stamp_of(path).exists()) return "'" + path + "' is new";
  return std::nullopt;
}

bool InputRecord::is_current_but_for(const fs::path& input) const {
  return std::all_of(inputs_.begin(), inputs_.end(),
                     [&](const Input& other) { return other.path == input || is_unchanged(other); }) &&
         std::none_of(absent_.begin(), absent_.end(),
                      [](const std::string& path) { return stamp_of(path).exists(); });
}

InputRecord InputRecord::load(const fs::path& path) {
  auto text = read_file(path);
  if (!text) return {};
  Json json = Json::parse(*text, nullptr, false);
  if (!json.is_object() || json.value("schema", Json()) != kSchema) return {};
  InputRecord record;
  const Json absent = json.value("absent", Json());
  bool sound = read_inputs(json.value("inputs", Json()), record.inputs_) &&
               read_inputs(json.value("outputs", Json()), record.outputs_) && absent.is_array() &&
               json.value("request", Json()).is_string() && json.value("answer", Json()).is_string();
  if (!sound) return {};
  for (const Json& name : absent) {
    if (!name.is_string()) return {};
    record.absent_.push_back(name.get<std::string>());
  }
  record.request = json["request"].get<std::string>();
  record.answer = json["answer"].get<std::string>();
  return record;
}

Result<void> InputRecord::save(const fs::path& path) const {
  Json json = {{"schema", kSchema}, {"request", request},          {"answer", answer},
               {"absent", absent_}, {"inputs", to_value(inputs_)}, {"outputs", to_value(outputs_)}};
  return write_file(path, json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace faasc::cpp
