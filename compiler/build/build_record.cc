#include "compiler/build/build_record.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/file.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kSchema = "faasc.record/2";
// No file has it: inode 0 stands for a file that is not there, which has no times.
constexpr FileStamp kUnsettled{.inode = 0, .size_bytes = 0, .modified_ns = 1, .changed_ns = 1};

}  // namespace

std::optional<BuildRecord> BuildRecord::load(const fs::path& path) {
  auto text = read_file(path);
  if (!text) return std::nullopt;
  nlohmann::json json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  // A record of another version, or a damaged one, is no record: the build is done again and writes a new
  // one.
  if (!json.is_object() || json.value("schema", "") != kSchema) return std::nullopt;
  try {
    BuildRecord record(json.at("options").get<std::string>());
    for (const auto& [file, stamp] : json.at("files").items())
      record.stamps_[file] = {.inode = stamp.at(0).get<std::uint64_t>(),
                              .size_bytes = stamp.at(1).get<std::uint64_t>(),
                              .modified_ns = stamp.at(2).get<std::int64_t>(),
                              .changed_ns = stamp.at(3).get<std::int64_t>()};
    for (const auto& file : json.at("outputs")) record.outputs_.insert(file.get<std::string>());
    for (const auto& [name, value] : json.at("facts").items()) record.facts_[name] = value.get<std::string>();
    return record;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

void BuildRecord::add_input(const fs::path& path, std::int64_t started_ns) {
  FileStamp stamp = stamp_of(path);
  stamps_[path.string()] = stamp.changed_ns >= started_ns ? kUnsettled : stamp;
}

void BuildRecord::add_output(const fs::path& path) {
  stamps_[path.string()] = stamp_of(path);
  outputs_.insert(path.string());
}

std::vector<std::string> BuildRecord::inputs() const {
  std::vector<std::string> inputs;
  for (const auto& [file, stamp] : stamps_)
    if (!outputs_.contains(file) && (stamp.exists() || stamp_of(file).exists())) inputs.push_back(file);
  return inputs;
}

std::string BuildRecord::fact(std::string_view name) const {
  auto found = facts_.find(std::string(name));
  return found == facts_.end() ? std::string() : found->second;
}

bool BuildRecord::outputs_are_unchanged() const {
  return std::all_of(outputs_.begin(), outputs_.end(), [&](const std::string& file) {
    auto recorded = stamps_.find(file);
    return recorded != stamps_.end() && stamp_of(file) == recorded->second;
  });
}

bool BuildRecord::concerns(const fs::path& file) const {
  if (outputs_.contains(file.string())) return false;
  if (stamps_.contains(file.string())) return true;
  // The nearest directory above that was looked through; those between may be new, or gone.
  for (fs::path above = file.parent_path(); above != above.parent_path(); above = above.parent_path())
    if (auto found = stamps_.find(above.string()); found != stamps_.end())
      return stamp_of(above) != found->second;
  return false;
}

std::optional<std::string> BuildRecord::stale(std::string_view options) const {
  if (options != options_) return "the options changed";
  return first_change();
}

std::optional<std::string> BuildRecord::first_change() const {
  std::optional<std::string> reason;
  for (const auto& [file, recorded] : stamps_) {
    FileStamp now = stamp_of(file);
    if (now == recorded) continue;
    reason = "'" + file + "' " + (now.exists() ? "changed" : "is gone");
    // A file says more than its directory, which changes along with it.
    std::error_code error;
    if (!fs::is_directory(file, error)) break;
  }
  return reason;
}

Result<void> BuildRecord::save(const fs::path& path) const {
  nlohmann::ordered_json json;
  json["schema"] = kSchema;
  json["options"] = options_;
  json["facts"] = facts_;
  json["outputs"] = outputs_;
  auto& files = json["files"] = nlohmann::ordered_json::object();
  for (const auto& [file, stamp] : stamps_)
    files[file] = {stamp.inode, stamp.size_bytes, stamp.modified_ns, stamp.changed_ns};
  return write_file(path, json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
}

}  // namespace faasc
