#include "compiler/python/helper.h"

#include <nlohmann/json.hpp>

#include "base/process.h"
#include "compiler/python/codes.h"

namespace faasc::python {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::chrono::minutes kHelperTime(10);
constexpr std::size_t kAnswerLimit = std::size_t{256} << 20;

Error bad_answer(const char* script, std::string why, std::vector<std::string> excerpt = {}) {
  return {.fault = Fault::Internal,
          .code = kPythonHelperAnswer,
          .what = std::string("faasc's script ") + script + " failed: " + std::move(why),
          .during = {},
          .hint = "this is a bug of faasc's; please report it with the function that shows it",
          .excerpt = std::move(excerpt)};
}

std::vector<std::string> last_lines(const std::string& text, std::size_t count) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  if (lines.size() > count) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(count));
  return lines;
}

FunctionFact function_from(const json& from) {
  FunctionFact function;
  function.name = from.at("name");
  function.line = from.at("line");
  function.column = from.at("column");
  function.is_async = from.at("async");
  function.parameters = from.at("parameters").get<std::vector<std::string>>();
  function.required = from.at("required");
  function.keyword_only = from.at("keyword_only");
  function.varargs = from.at("varargs");
  function.attributes = from.at("attributes").get<std::vector<std::vector<std::string>>>();
  for (const json& one : from.at("decorators"))
    function.decorators.push_back({one.at("name"), one.at("line"), one.at("column")});
  return function;
}

FileFacts file_from(const json& from) {
  FileFacts file;
  file.path = from.at("path");
  file.main_guard = from.at("main_guard");
  if (const json& error = from.at("error"); !error.is_null())
    file.errors.push_back({error.at("line"), error.at("column"), error.at("message"), error.at("text")});
  for (const json& one : from.at("functions")) file.functions.push_back(function_from(one));
  for (const json& one : from.at("names"))
    file.names.push_back({one.at("name"), one.at("kind"), one.at("line")});
  for (const json& one : from.at("lint"))
    file.lint.push_back({one.at("name"), one.at("line"), one.at("column")});
  return file;
}

json tree_to_json(const ModuleTree& tree) {
  json out = {{"kind", tree.kind}, {"host", tree.host.string()}, {"guest", tree.guest}};
  if (tree.kind == "user" || tree.kind == "generated") out["files"] = tree.files;
  for (std::size_t i = 0; i < tree.texts.size(); ++i) out["texts"][tree.files[i]] = tree.texts[i];
  return out;
}

}  // namespace

Result<std::string> Helper::ask(const char* script, const std::string& question) const {
  // -S and -s keep installed packages out. -I is not used, because it would also forget the hash seed, on
  // which the order of sets in byte code depends with interpreters before 3.11.
  Command command{.argv = {python_.executable.string(), "-S", "-s", "-X", "utf8", "-X",
                           "pycache_prefix=" + cache_.string(), (scripts_ / script).string()},
                  .working_directory = "/",
                  .environment = {{"PYTHONHASHSEED", "0"},
                                  {"PYTHONPATH", ""},
                                  {"PYTHONHOME", ""},
                                  {"PYTHONSTARTUP", ""},
                                  {"PYTHONDONTWRITEBYTECODE", ""},
                                  {"PYTHONOPTIMIZE", ""},
                                  {"PYTHONWARNINGS", "ignore"}}};
  FAASC_TRY(Finished finished,
            run(command, {.input = question, .timeout = kHelperTime, .output_limit = kAnswerLimit}));
  if (!finished.status.ok())
    return bad_answer(script,
                      finished.status.signal
                          ? "it was ended by signal " + std::to_string(finished.status.signal)
                          : "it ended with status " + std::to_string(finished.status.code),
                      last_lines(finished.err, 12));
  return std::move(finished.out);
}

bool ScannedSource::imports_package(std::string_view package) const {
  // One import a line: [name, level, ...].
  const std::string line = "\n[\"" + std::string(package);
  return imports.find(line + "\",0,") != std::string::npos || imports.find(line + ".") != std::string::npos;
}

Result<ScannedSource> scanned_source(std::string text) {
  try {
    json from = json::parse(text);
    ScannedSource source{.facts = file_from(from),
                         .relative = {},
                         .imports = from.at("changes_path").dump() + from.at("marks").dump() + "\n",
                         .bytecode = from.at("bytecode"),
                         .text = {}};
    for (json one : from.at("imports")) {  // [name, level, names, line, column, certain, instead of]
      bool certain = one.at(5).is_boolean() && one.at(5).get<bool>();
      if (int level = one.at(1); level > 0 && (!source.relative || (certain && !source.relative->certain)))
        source.relative = {std::string(static_cast<std::size_t>(level), '.') + one.at(0).get<std::string>(),
                           one.at(3), one.at(4), certain};
      one.at(3) = one.at(4) = 0;
      source.imports += one.dump() + "\n";
    }
    source.text = std::move(text);
    return source;
  } catch (const json::exception& error) {
    return bad_answer("scan.py", error.what());
  }
}

Result<std::vector<ScannedSource>> Helper::scan(const ModuleTree& tree, const std::vector<std::string>& files,
                                                const fs::path& own_cache, bool bytecode) const {
  std::string question = tree.host.string();
  for (const std::string& part : {tree.guest, own_cache.string(), std::string(bytecode ? "1" : "")})
    question.append(1, '\0').append(part);
  for (const std::string& file : files) question.append(1, '\0').append(file);
  FAASC_TRY(std::string text, ask("scan.py", question));
  try {
    std::vector<ScannedSource> sources;
    json answer = json::parse(text);
    for (const json& file : answer.at("files")) {
      FAASC_TRY(ScannedSource source,
                scanned_source(file.dump(-1, ' ', false, json::error_handler_t::replace)));
      sources.push_back(std::move(source));
    }
    return sources;
  } catch (const json::exception& error) {
    return bad_answer("scan.py", error.what());
  }
}

std::string Helper::question(const StageRequest& request) const {
  json question = {{"roots", request.roots},
                   {"keep", request.keep},
                   {"prune", request.prune},
                   {"bytecode", request.bytecode},
                   {"cache", request.cache.string()},
                   {"own_cache", request.own_cache.string()},
                   {"builtin", python_.builtin_modules},
                   {"extension_suffixes", python_.extension_suffixes}};
  for (const ModuleTree& tree : request.trees) question["trees"].push_back(tree_to_json(tree));
  return question.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<std::string> Helper::stage(const StageRequest& request) const {
  return ask("stage.py", question(request));
}

Result<Staged> staged_files(const std::string& text) {
  try {
    json answer = json::parse(text);
    Staged staged;
    for (const json& file : answer.at("files")) staged.files.push_back({file.at(0), file.at(1), file.at(2)});
    for (const json& one : answer.at("unresolved"))
      staged.unresolved.push_back(
          {one.at("module"), one.at("file"), one.at("line"), one.at("column"), one.at("certain")});
    staged.path_is_changed = answer.at("path_is_changed");
    staged.modules = answer.at("modules");
    staged.compiled = answer.at("compiled");
    return staged;
  } catch (const json::exception& error) {
    return bad_answer("stage.py", error.what());
  }
}

}  // namespace faasc::python
