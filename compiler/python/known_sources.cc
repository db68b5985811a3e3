#include "compiler/python/known_sources.h"

#include <algorithm>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/file.h"

namespace faasc::python {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::string_view kSchema = "faasc.python-sources/1";

}  // namespace

KnownSources KnownSources::load(const fs::path& file, std::string key) {
  KnownSources known;
  known.file_ = file;
  known.key_ = std::move(key);
  auto text = read_file(file);
  if (!text) return known;
  json from = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!from.is_object() || from.value("schema", "") != kSchema || from.value("key", "") != known.key_)
    return known;
  try {
    KnownSources read = known;
    for (const auto& [path, one] : from.at("sources").items())
      read.sources_[path] = {one.at(0).get<std::string>(), one.at(1).get<std::string>()};
    read.question_ = from.at("question").get<std::string>();
    read.answer_ = from.at("answer").get<std::string>();
    return read;
  } catch (const json::exception&) {
    return known;
  }
}

const std::string* KnownSources::facts(const std::string& path, std::string_view digest) const {
  auto found = sources_.find(path);
  return found != sources_.end() && found->second.digest == digest ? &found->second.facts : nullptr;
}

void KnownSources::set_facts(const std::string& path, std::string digest, std::string facts) {
  sources_[path] = {std::move(digest), std::move(facts)};
}

const std::string* KnownSources::staged(std::string_view question) const {
  return !question_.empty() && question_ == question ? &answer_ : nullptr;
}

void KnownSources::set_staged(std::string question, std::string answer) {
  question_ = std::move(question);
  answer_ = std::move(answer);
}

Result<void> KnownSources::save(const std::vector<std::string>& paths) const {
  json out = {{"schema", kSchema}, {"key", key_}, {"question", question_}, {"answer", answer_}};
  json& sources = out["sources"] = json::object();
  for (const std::string& path : paths)
    if (auto found = sources_.find(path); found != sources_.end())
      sources[path] = {found->second.digest, found->second.facts};
  FAASC_CHECK(write_file_if_changed(file_, out.dump(-1, ' ', false, json::error_handler_t::replace)));
  return {};
}

bool all_there(const Staged& staged) {
  return std::all_of(staged.files.begin(), staged.files.end(),
                     [](const StagedFile& file) { return ::access(file.host.c_str(), F_OK) == 0; });
}

}  // namespace faasc::python
