#include "compiler/build/image_cache.h"

#include <algorithm>
#include <cstdlib>

#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "base/file_stamp.h"
#include "base/process.h"
#include "base/sha256.h"
#include "compiler/cpp/protocol.h"
#include "packager/disk/linux_disk.h"
#include "packager/rootfs/file_list.h"
#include "packager/spec/vm_spec.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

// The project as the user named it, which is how places begin.
constexpr std::string_view kTyped = "{faasc:typed}/";

fs::path full_path(const fs::path& path) {
  return fs::absolute(path).lexically_normal();
}

bool is_below(const fs::path& path, const fs::path& directory) {
  fs::path inside = path.lexically_relative(directory);
  return !inside.empty() && *inside.begin() != "..";
}

template <typename Change>
void change_places(Diagnostic& diagnostic, const Change& change) {
  change(diagnostic.place.file);
  for (Diagnostic& note : diagnostic.notes) change_places(note, change);
  for (Fix& fix : diagnostic.fixes) change(fix.place.file);
}

}  // namespace

ImageCache::ImageCache(StepCache* cache, const ImageQuestion& question)
    : cache_(cache),
      typed_(question.manifest.directory),
      project_(full_path(question.manifest.directory.empty() ? "." : question.manifest.directory)),
      image_(question.image),
      work_(question.work_dir) {
  // What holds a secret of this host stays where the user has put it.
  auto is_secret = [](const NamedText& item) { return item.secret; };
  for (const auto* texts : {&question.manifest.environment, &question.manifest.build.args})
    if (std::any_of(texts->begin(), texts->end(), is_secret)) return;
  if (!cache_) return;
  while (!project_.has_filename() && project_ != project_.root_path()) project_ = project_.parent_path();
  const BuildTools& tools = question.tools;
  names_.add("project", project_);
  names_.add("work", work_);
  names_.add("programs", tools.cxx.parent_path());
  names_.add("shared", tools.go_runtime.parent_path());
  names_.add("include", tools.runtime_headers);
  names_.add("library", tools.linux_init.parent_path().parent_path());
  names_.add("cache", cache_->shared_directory());
  if (auto key = key_of(question)) key_ = std::move(*key);
}

std::optional<std::string> ImageCache::key_of(const ImageQuestion& question) {
  std::string text = question.options + "\n" + image_.filename().string() + "\n";
  auto add = [&](const std::string& name, const fs::path& file) {
    auto digest = cache_->digests().of(full_path(file));
    if (digest) text += name + " " + *digest + "\n";
    return digest.has_value();
  };
  const BuildTools& tools = question.tools;
  for (const fs::path& program :
       {tools.cxx, tools.runtime_library, tools.linux_init, tools.linux_boot_sector, tools.linux_uefi_loader})
    if (!add("tool", program)) return std::nullopt;
  for (const fs::path& program : tools.programs)
    if (!add("tool", program)) return std::nullopt;
  if (!add("manifest", question.manifest.path)) return std::nullopt;
  const Kernel& kernel = question.kernel;
  // The machine's description names the kernel by its place, relative to the store where it lies in it.
  const bool stored = is_below(kernel.directory, question.store_root);
  text += "kernel " +
          (stored ? kernel.directory.lexically_relative(question.store_root) : kernel.directory).string() +
          "\n";
  for (const fs::path& file :
       {kernel.image, kernel.bzimage, kernel.boot_blob, kernel.uefi_loader, kernel.initramfs})
    if (!file.empty() && !add("kernel", file)) return std::nullopt;
  for (const Located<std::string>& klib : question.manifest.image.klibs)
    if (!add("klib", kernel.klibs / *klib)) return std::nullopt;
  for (const std::string& file : function_files(question.manifest, question.listing))
    if (!add(file, project_ / file)) return std::nullopt;
  // What decides which interpreter and which toolchain there are to be read.
  for (const char* program : {"python3", "python", "go", "cmake"})
    if (auto path = find_program(program)) text += std::string(program) + " " + path->string() + "\n";
  for (const char* name :
       {"SOURCE_DATE_EPOCH", "PYENV_VERSION", "PYENV_ROOT", "VIRTUAL_ENV", "GOROOT", "GOFLAGS", "GOTOOLCHAIN",
        "GOEXPERIMENT", "GOWORK", "CGO_CFLAGS", "CGO_LDFLAGS", "CC", "CXX", "CFLAGS", "CXXFLAGS", "LDFLAGS"})
    if (const char* value = std::getenv(name)) text.append(name).append("=").append(value).append("\n");
  return StepCache::key("image", text);
}

// Beside the image by their names, others by their place in the work directory.
StepOutputs ImageCache::named(const std::vector<fs::path>& outputs) const {
  StepOutputs named;
  for (const fs::path& output : outputs) {
    if (output.filename() == "compile_commands.json") continue;  // which is about this checkout
    named.emplace(is_below(output, work_) ? "work/" + output.lexically_relative(work_).string()
                                          : "beside/" + output.filename().string(),
                  output);
  }
  return named;
}

std::optional<ImageCache::Kept> ImageCache::find(Diagnostics& diagnostics) {
  if (key_.empty()) return std::nullopt;
  StepOutputs outputs =
      named({image_, vm_spec_path(image_), file_list_path(image_), linux_initrd_path(image_)});
  for (const char* name : {"cpp/function.debug", "go/function.debug", "cpp/openapi.json"})
    outputs.emplace("work/" + std::string(name), work_ / name);
  auto step = cache_->find(key_, names_, outputs);
  if (!step) return std::nullopt;
  Kept kept;
  Json json = Json::parse(names_.json_with_paths(step->answer), nullptr, false);
  auto as_typed = [&](std::string& file) {
    if (file.starts_with(kTyped)) file = (typed_ / file.substr(kTyped.size())).lexically_normal().string();
  };
  try {
    const Json& function = json.at("function");
    kept.built.function = {.language = function.at("language"),
                           .handler = function.at("handler"),
                           .kind = function.at("kind"),
                           .file = function.at("file"),
                           .line = function.at("line"),
                           .reason = function.at("reason")};
    as_typed(kept.built.function.file);
    for (auto [name, place] :
         {std::pair("debug_file", &kept.built.debug_file), std::pair("openapi", &kept.built.openapi)})
      if (std::string inside = json.at(name); !inside.empty()) *place = work_ / inside;
    kept.built.image_bytes = json.at("image_bytes");
    kept.built.payload_bytes = json.at("payload_bytes");
    struct stat status{};
    if (::stat(image_.c_str(), &status) == 0)
      kept.built.allocated_bytes = static_cast<std::uint64_t>(status.st_blocks) * 512;
    auto said = cpp::compile_answer_from_json(json.at("diagnostics").get<std::string>());
    if (!said) return std::nullopt;
    for (Diagnostic& diagnostic : said->diagnostics) {
      change_places(diagnostic, as_typed);
      diagnostics.add(std::move(diagnostic));
    }
  } catch (const Json::exception&) {
    return std::nullopt;
  }
  for (auto* paths : {&step->inputs.files, &step->inputs.directories, &step->inputs.absent})
    kept.inputs.insert(kept.inputs.end(), paths->begin(), paths->end());
  return kept;
}

void ImageCache::keep(const BuiltFunction& built, const std::vector<fs::path>& inputs,
                      const std::vector<fs::path>& outputs, const Diagnostics& diagnostics,
                      std::int64_t started_ns) {
  if (key_.empty()) return;
  std::error_code error;
  std::uint64_t bytes = 0;
  for (const fs::path& output : outputs) bytes += fs::file_size(output, error);
  // What is read, digested and written in a second; and the share of the build that it may take.
  constexpr double kBytesPerNanosecond = 0.4, kShare = 1.0 / 20;
  const auto taken_ns = static_cast<double>(file_clock_ns() - started_ns);
  if (static_cast<double>(bytes) / kBytesPerNanosecond > taken_ns * kShare) return;

  StepInputs read;
  for (const fs::path& input : inputs) {
    const fs::path path = full_path(input);
    if (is_below(path, work_)) continue;
    if (is_below(path, cache_->shared_directory()) && stamp_of(path).exists() &&
        !fs::is_directory(path, error)) {
      read.own.push_back(path);  // what was resolved just now
    } else if (fs::is_directory(path, error)) {
      read.directories.push_back(path);
    } else if (stamp_of(path).exists()) {
      read.files.push_back(path);
    } else {
      read.absent.push_back(path);
    }
  }
  auto from_typed = [&](std::string& file) {
    if (file.empty()) return;
    const fs::path path = full_path(file);
    if (is_below(path, project_)) file = std::string(kTyped) + path.lexically_relative(project_).string();
  };
  cpp::CompileAnswer said;
  said.diagnostics = diagnostics.all();
  for (Diagnostic& diagnostic : said.diagnostics) change_places(diagnostic, from_typed);
  Function function = built.function;
  from_typed(function.file);
  auto in_work = [&](const fs::path& path) {
    return path.empty() ? std::string() : path.lexically_relative(work_).string();
  };
  const Json answer = {{"function",
                        {{"language", function.language},
                         {"handler", function.handler},
                         {"kind", function.kind},
                         {"file", function.file},
                         {"line", function.line},
                         {"reason", function.reason}}},
                       {"debug_file", in_work(built.debug_file)},
                       {"openapi", in_work(built.openapi)},
                       {"image_bytes", built.image_bytes},
                       {"payload_bytes", built.payload_bytes},
                       {"diagnostics", cpp::to_json(said)}};
  cache_->keep(key_, names_, read, named(outputs),
               names_.json_with_names(answer.dump(-1, ' ', false, Json::error_handler_t::replace)),
               started_ns);
}

}  // namespace faasc
