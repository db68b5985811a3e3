#include "compiler/build/program_cache.h"

#include <algorithm>
#include <set>
#include <variant>

#include <nlohmann/json.hpp>

#include "base/file_stamp.h"
#include "compiler/build/function_build.h"
#include "compiler/cache/file_digests.h"

// The answer that is kept: what was said, and the program. Files that the build has made in its work
// directory are outputs, called by their place there; all others are inputs, so that their contents are
// compared.

namespace faasc {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

std::optional<std::string> question_of(const CompileJob& job) {
  switch ((*job.manifest.runtime)->language) {
    case Language::Go:
      return go_question(job);
    case Language::Python:
      return python_question(job);
    case Language::Cpp:     // whose objects and executables are kept
    case Language::Binary:  // for which there is nothing to do
      break;
  }
  return std::nullopt;
}

constexpr std::string_view kWork = "work/";

// Paths of the guest stay as they are; those of this host get names.
std::optional<Json> json_of(const Program& program, const PathNames& names) {
  Json nodes = Json::array();
  for (const auto& [path, node] : program.rootfs.nodes()) {
    Json json = {{"path", path}, {"mode", node.mode}, {"why", node.why}};
    if (const auto* file = std::get_if<HostFile>(&node.content))
      json["file"] = names.name_of(file->path);
    else if (const auto* link = std::get_if<Symlink>(&node.content))
      json["link"] = link->target;
    else if (!std::holds_alternative<Directory>(node.content))
      return std::nullopt;
    nodes.push_back(std::move(json));
  }
  return Json{{"architecture", program.architecture},           {"executable", program.executable},
              {"fixed_address", program.fixed_address},         {"argv", program.argv},
              {"working_directory", program.working_directory}, {"nodes", std::move(nodes)}};
}

Result<Program> program_of(const Json& json, const PathNames& names) {
  Program program;
  program.architecture = json.at("architecture");
  program.executable = json.at("executable");
  program.fixed_address = json.at("fixed_address");
  program.argv = json.at("argv").get<std::vector<std::string>>();
  program.working_directory = json.at("working_directory");
  for (const Json& one : json.at("nodes")) {
    RootfsNode node{.content = Directory{}, .mode = one.at("mode"), .why = one.at("why")};
    if (auto file = one.find("file"); file != one.end())
      node.content = HostFile{names.path_of(file->get<std::string>()).string()};
    else if (auto link = one.find("link"); link != one.end())
      node.content = Symlink{link->get<std::string>()};
    FAASC_CHECK(program.rootfs.add(one.at("path"), std::move(node)));
  }
  return program;
}

}  // namespace

ProgramCache::ProgramCache(const CompileJob& job) : job_(job) {
  // A locked build looks at what it takes, each time.
  if (!job.cache || job.locked) return;
  names_.emplace(job.manifest, job.tools, job.work_dir, *job.cache);
  if (auto key = key_of()) key_ = std::move(*key);
}

std::optional<std::string> ProgramCache::key_of() const {
  auto text = question_of(job_);
  if (!text) return std::nullopt;
  for (const fs::path& program : job_.tools.programs) {
    auto digest = job_.cache->digests().of(full_path(program));
    if (!digest) return std::nullopt;
    *text += "\ntool " + *digest;
  }
  return StepCache::key("program", names_->paths().with_names(*text));
}

bool ProgramCache::knows() const {
  return !key_.empty() && job_.cache->look(key_, names_->paths()).has_value();
}

std::optional<CompiledFunction> ProgramCache::find(Diagnostics& diagnostics) {
  if (key_.empty()) return std::nullopt;
  auto places = [&](std::string_view answer) {
    StepOutputs outputs;
    Json json = Json::parse(answer, nullptr, false);
    if (!json.is_object() || !json.contains("outputs") || !json["outputs"].is_array()) return outputs;
    for (const Json& name : json["outputs"])
      if (name.is_string())
        if (fs::path inside = fs::path(name.get<std::string>()).lexically_normal(); is_below(inside, "work"))
          outputs.emplace(inside.string(), job_.work_dir / inside.lexically_relative("work"));
    return outputs;
  };
  auto step = job_.cache->find(key_, names_->paths(), StepPlaces(places));
  if (!step) return std::nullopt;
  CompiledFunction compiled;
  std::vector<Diagnostic> said;
  try {
    const Json json = Json::parse(step->answer);
    if (!names_->read_said(json.at("said").get<std::string>(), compiled.function, said)) return std::nullopt;
    auto program = program_of(json.at("program"), names_->paths());
    if (!program) return std::nullopt;
    compiled.program = std::move(*program);
    if (std::string inside = json.at("debug_file"); !inside.empty())
      compiled.debug_file = job_.work_dir / inside;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
  compiled.inputs = BuildNames::all_of(step->inputs);
  for (Diagnostic& diagnostic : said) diagnostics.add(std::move(diagnostic));
  return compiled;
}

void ProgramCache::keep(const CompiledFunction& compiled, std::vector<Diagnostic> said,
                        std::int64_t started_ns, std::int64_t taken_ns) {
  if (key_.empty()) return;
  // The manifest is not part of the question, so that its lines may be others next time.
  auto in_manifest = [&](const Diagnostic& one) { return one.place.file == job_.manifest.path.string(); };
  if (std::any_of(said.begin(), said.end(), in_manifest)) return;
  auto program = json_of(compiled.program, names_->paths());
  if (!program) return;
  std::vector<fs::path> read = compiled.inputs;
  StepOutputs outputs;
  std::uint64_t bytes = 0;
  auto add_output = [&](const fs::path& file) {
    const std::string inside = file.lexically_relative(job_.work_dir).string();
    if (outputs.emplace(std::string(kWork) + inside, file).second) bytes += stamp_of(file).size_bytes;
    return inside;
  };
  for (const auto& [path, node] : compiled.program.rootfs.nodes())
    if (const auto* file = std::get_if<HostFile>(&node.content)) {
      if (is_below(file->path, job_.work_dir))
        add_output(file->path);
      else
        read.emplace_back(file->path);
    }
  std::string debug;
  if (!compiled.debug_file.empty()) debug = add_output(compiled.debug_file);
  if (!job_.cache->is_worth_keeping(bytes, taken_ns, 1.0 / 20)) return;
  Json names = Json::array();
  for (const auto& [name, path] : outputs) names.push_back(name);
  const Json answer = {{"said", names_->said_text(compiled.function, std::move(said))},
                       {"program", std::move(*program)},
                       {"debug_file", debug},
                       {"outputs", std::move(names)}};
  job_.cache->keep(key_, names_->paths(), names_->inputs(read, job_.listing), outputs,
                   answer.dump(-1, ' ', false, Json::error_handler_t::replace), started_ns);
}

}  // namespace faasc
