#include "compiler/cpp/compile_cache.h"

#include <cstdlib>

#include <nlohmann/json.hpp>

namespace faasc::cpp {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

fs::path real_path(const fs::path& path) {
  std::error_code error;
  fs::path real = fs::weakly_canonical(path, error);
  return error ? fs::absolute(path, error) : real;
}

}  // namespace

CompileCache::CompileCache(const CppRequest& request, const fs::path& project, const fs::path& work)
    : cache_(request.cache), project_(project), work_(work) {
  std::error_code error;
  compiler_ = fs::absolute(request.installation.compiler, error).lexically_normal();
  names_.add("project", project);
  names_.add("work", work);
  names_.add("include", real_path(request.installation.include_dir));
  names_.add("programs", compiler_.parent_path());
  names_.add("runtime", real_path(request.installation.runtime_library).parent_path());
}

fs::path CompileCache::absolute(const std::string& path) const {
  return (project_ / path).lexically_normal();
}

// Preambles change no result, so they are not part of the question.
std::string CompileCache::key(const char* kind, const Request& question, const std::string& more) const {
  Request bare = question;
  if (bare.compile) {
    bare.compile->preamble.clear();
    bare.compile->make_preamble = false;
  }
  std::string text = names_.json_with_names(to_json(bare)) + "\n" + more;
  if (const char* epoch = std::getenv("SOURCE_DATE_EPOCH")) text.append("\n").append(epoch);
  return StepCache::key(kind, text);
}

std::optional<CompileAnswer> CompileCache::find_compile(const Request& question) const {
  if (!cache_) return std::nullopt;
  auto source = cache_->digests().of(absolute(question.compile->source));
  if (!source) return std::nullopt;
  auto kept =
      cache_->find(key("cpp.compile", question, *source), names_, {{"object", question.compile->object}});
  if (!kept || kept->outputs.empty()) return std::nullopt;
  auto answer = compile_answer_from_json(names_.json_with_paths(kept->answer));
  if (!answer) return std::nullopt;
  for (const fs::path& file : kept->inputs.files)
    if (file != compiler_) answer->inputs.push_back(file.string());
  for (const fs::path& path : kept->inputs.absent) answer->absent.push_back(path.string());
  return std::move(*answer);
}

bool CompileCache::knows_compile(const Request& question) const {
  if (!cache_) return false;
  auto source = cache_->digests().of(absolute(question.compile->source));
  return source && cache_->look(key("cpp.compile", question, *source), names_).has_value();
}

void CompileCache::keep_compile(const Request& question, const CompileAnswer& answer,
                                std::int64_t started_ns) const {
  if (!cache_) return;
  auto source = cache_->digests().of(absolute(question.compile->source));
  if (!source) return;
  StepInputs inputs;
  for (const std::string& file : answer.inputs) inputs.files.push_back(absolute(file));
  inputs.files.push_back(compiler_);
  for (const std::string& path : answer.absent) inputs.absent.push_back(absolute(path));
  CompileAnswer said = answer;
  said.inputs.clear();
  said.absent.clear();
  said.used_preamble = false;
  said.remark.clear();
  cache_->keep(key("cpp.compile", question, *source), names_, inputs, {{"object", question.compile->object}},
               names_.json_with_names(to_json(said)), started_ns);
}

StepOutputs CompileCache::outputs_of(const Request& question) const {
  StepOutputs outputs{{"function.debug", question.link->output}, {"function", question.link->stripped}};
  if (question.compile) outputs.emplace("main.o", question.compile->object);
  return outputs;
}

std::optional<CompileCache::Linked> CompileCache::find_link(const Request& question,
                                                            const std::string& main_source) const {
  if (!cache_) return std::nullopt;
  const StepOutputs outputs = outputs_of(question);
  auto kept = cache_->find(key("cpp.link", question, names_.with_names(main_source)), names_, outputs);
  if (!kept || kept->outputs.size() != outputs.size()) return std::nullopt;
  Json json = Json::parse(names_.json_with_paths(kept->answer), nullptr, false);
  try {
    return Linked{.lint = json.at("lint"),
                  .main_inputs = json.at("main_inputs"),
                  .main_absent = json.at("main_absent"),
                  .inputs = json.at("inputs")};
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

void CompileCache::keep_link(const Request& question, const std::string& main_source, const Linked& linked,
                             std::int64_t started_ns) const {
  if (!cache_) return;
  StepInputs inputs;
  const fs::path main_object = question.compile ? fs::path(question.compile->object) : fs::path();
  const fs::path main_file = question.compile ? fs::path(question.compile->source) : fs::path();
  for (const auto* files : {&linked.main_inputs, &linked.inputs})
    for (const std::string& file : *files) {
      fs::path path = absolute(file);
      // The text of the one is part of the key, and the other comes of it.
      if (path == main_object || path == main_file) continue;
      (path.string().starts_with(work_.string() + "/") ? inputs.own : inputs.files).push_back(path);
    }
  inputs.files.push_back(compiler_);
  if (!question.link->lean.empty()) inputs.files.push_back(absolute(question.link->lean));
  for (const std::string& path : linked.main_absent) inputs.absent.push_back(absolute(path));
  const Json answer = {{"lint", linked.lint},
                       {"main_inputs", linked.main_inputs},
                       {"main_absent", linked.main_absent},
                       {"inputs", linked.inputs}};
  cache_->keep(
      key("cpp.link", question, names_.with_names(main_source)), names_, inputs, outputs_of(question),
      names_.json_with_names(answer.dump(-1, ' ', false, Json::error_handler_t::replace)), started_ns);
}

}  // namespace faasc::cpp
