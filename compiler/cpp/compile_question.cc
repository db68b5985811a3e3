#include "compiler/cpp/compile_question.h"

#include <cstdlib>

#include <nlohmann/json.hpp>

#include "base/process.h"
#include "base/sha256.h"
#include "compiler/cpp/arguments.h"
#include "compiler/cpp/compile_cache.h"
#include "compiler/cpp/input_record.h"

namespace faasc::cpp {
namespace fs = std::filesystem;
namespace {

std::vector<std::string> clang_words(const CompileRequest& compile) {
  std::vector<std::string> words{"clang++"};
  words.insert(words.end(), compile.arguments.begin(), compile.arguments.end());
  words.insert(words.end(), {"-c", "-o", compile.object, compile.source});
  return words;
}

// Which plain functions may be the handler.
std::string typed_wanted(const WantedHandler& wanted) {
  if (wanted.signature != "typed" && (wanted.signature != "auto" || wanted.handler.empty())) return {};
  if (wanted.handler.empty()) return "*";
  return wanted.handler.starts_with("::") ? wanted.handler.substr(2) : wanted.handler;
}

std::vector<std::string> paths_of(const InputRecord& record) {
  std::vector<std::string> paths;
  for (const InputRecord::Input& input : record.inputs()) paths.push_back(input.path);
  return paths;
}

// Why a run would not find everything as it was; empty: it would.
std::string why_not_current(const InputRecord& record, const std::string& digest) {
  if (record.request.empty()) return "there is no earlier result";
  if (record.request != digest) return "the command changed";
  if (auto changed = record.first_change()) return *changed;
  return {};
}

}  // namespace

std::string object_name(std::string_view source) {
  std::string name;
  for (const fs::path& part : fs::path(source).lexically_normal().relative_path()) {
    if (!name.empty()) name += '/';
    name += part == ".." ? "__" : part.string();
  }
  return name;
}

Result<Request> compile_question(const CppRequest& request, const std::string& source, const fs::path& work) {
  FAASC_TRY(std::vector<std::string> arguments, compile_arguments(request, source));
  Request question;
  question.compile = CompileRequest{source, (work / "objects" / (object_name(source) + ".o")).string(),
                                    std::move(arguments), typed_wanted(request.wanted)};
  question.compile->launcher = request.launcher;
  return question;
}

std::string digest_of(const Request& question) {
  std::string text = to_json(question);
  if (const char* epoch = std::getenv("SOURCE_DATE_EPOCH")) text.append("\n").append(epoch);
  return to_hex(sha256(text));
}

std::string as_clang_command(const Request& question) {
  std::string text;
  if (question.compile) {
    std::vector<std::string> words = clang_words(*question.compile);
    if (!question.compile->launcher.empty()) words.insert(words.begin(), question.compile->launcher);
    text = to_shell(words);
  }
  if (!question.link) return text;
  std::vector<std::string> words{"clang++"};
  words.insert(words.end(), question.link->arguments.begin(), question.link->arguments.end());
  words.insert(words.end(), {"-o", question.link->output});
  return (text.empty() ? "" : text + " && ") + to_shell(words);
}

Result<std::string> compilation_database(const CppRequest& request, const fs::path& work) {
  std::error_code error;
  fs::path project = fs::weakly_canonical(request.project_dir, error);
  nlohmann::ordered_json entries = nlohmann::ordered_json::array();
  for (const std::string& source : request.sources) {
    FAASC_TRY(Request question, compile_question(request, source, work));
    entries.push_back({{"directory", project.string()},
                       {"file", source},
                       {"arguments", clang_words(*question.compile)},
                       {"output", question.compile->object}});
  }
  return entries.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

Result<std::vector<PlannedUnit>> plan_cpp(const CppRequest& request) {
  FAASC_CHECK(check_arguments(request));
  std::error_code error;
  fs::path work = fs::weakly_canonical(request.work_dir, error);
  const CompileCache cache(request, fs::weakly_canonical(request.project_dir, error), work);
  std::vector<PlannedUnit> plan;
  PlannedUnit link{.source = {}, .object = work / "function", .inputs = {}, .command = {}, .reason = {}};
  for (const std::string& source : request.sources) {
    FAASC_TRY(Request question, compile_question(request, source, work));
    PlannedUnit& unit = plan.emplace_back();
    unit.source = source;
    unit.object = question.compile->object;
    unit.command = as_clang_command(question);
    InputRecord record =
        InputRecord::load(unit.object.string().substr(0, unit.object.string().size() - 2) + ".json");
    unit.inputs = paths_of(record);
    if (unit.inputs.empty())
      unit.inputs.push_back((request.project_dir / source).lexically_normal().string());
    unit.reason = why_not_current(record, digest_of(question));
    unit.cached = !unit.reason.empty() && cache.knows_compile(question);
    link.inputs.push_back(unit.object.string());
    if (!unit.reason.empty() && link.reason.empty())
      link.reason = unit.cached ? "what comes of '" + source + "' may be another program"
                                : "'" + source + "' is compiled";
  }
  InputRecord record = InputRecord::load(work / "function.json");
  for (const std::string& path : paths_of(record))
    if (!path.starts_with(work.string() + "/")) link.inputs.push_back(path);
  // The command is known once the handler is.
  if (link.reason.empty()) link.reason = why_not_current(record, record.request);
  plan.push_back(std::move(link));
  return plan;
}

}  // namespace faasc::cpp
