#include "compiler/build/image_cache.h"

#include <algorithm>
#include <cstdlib>

#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "base/file_stamp.h"
#include "base/process.h"
#include "base/sha256.h"
#include "packager/disk/linux_disk.h"
#include "packager/rootfs/file_list.h"
#include "packager/spec/vm_spec.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

ImageQuestion question_about(const FunctionProject& project, const Kernel& kernel) {
  return {.manifest = project.manifest(),
          .listing = project.listing(),
          .tools = project.tools(),
          .kernel = kernel,
          .store_root = project.store().root(),
          .options = project.options_without_places() + (project.options().debuggable ? " debuggable" : ""),
          .locked = project.is_locked(),
          .image = project.place().image,
          .work_dir = project.place().work_dir};
}

ImageCache::ImageCache(StepCache* cache, const ImageQuestion& question)
    : cache_(question.locked ? nullptr : cache),
      listing_(question.listing),
      image_(question.image),
      work_(question.work_dir) {
  // What holds a secret of this host stays where the user has put it.
  auto is_secret = [](const NamedText& item) { return item.secret; };
  for (const auto* texts : {&question.manifest.environment, &question.manifest.build.args})
    if (std::any_of(texts->begin(), texts->end(), is_secret)) return;
  if (!cache_) return;
  names_.emplace(question.manifest, question.tools, work_, *cache_);
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
  // As it was read; the file may be another one by now.
  text += "manifest " + to_hex(sha256(question.manifest.text)) + "\n";
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
    if (!add(file, names_->project() / file)) return std::nullopt;
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
  auto step = cache_->find(key_, names_->paths(), outputs);
  if (!step) return std::nullopt;
  Kept kept;
  Json json = Json::parse(step->answer, nullptr, false);
  std::vector<Diagnostic> said;
  try {
    if (!names_->read_said(json.at("said").get<std::string>(), kept.built.function, said))
      return std::nullopt;
    for (auto [name, place] :
         {std::pair("debug_file", &kept.built.debug_file), std::pair("openapi", &kept.built.openapi)})
      if (std::string inside = json.at(name); !inside.empty()) *place = work_ / inside;
    kept.built.image_bytes = json.at("image_bytes");
    kept.built.payload_bytes = json.at("payload_bytes");
    struct stat status{};
    if (::stat(image_.c_str(), &status) == 0)
      kept.built.allocated_bytes = static_cast<std::uint64_t>(status.st_blocks) * 512;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
  for (Diagnostic& diagnostic : said) diagnostics.add(std::move(diagnostic));
  kept.inputs = BuildNames::all_of(step->inputs);
  return kept;
}

bool ImageCache::knows() const {
  return !key_.empty() && cache_->look(key_, names_->paths()).has_value();
}

void ImageCache::keep(const BuiltFunction& built, const std::vector<fs::path>& inputs,
                      const std::vector<fs::path>& outputs, const Diagnostics& diagnostics,
                      std::int64_t started_ns) {
  if (key_.empty()) return;
  std::error_code error;
  std::uint64_t bytes = 0;
  for (const fs::path& output : outputs) bytes += fs::file_size(output, error);
  // Half of a program's share: that has been kept by now, and with it most of what the time went into.
  if (!cache_->is_worth_keeping(bytes, file_clock_ns() - started_ns, 1.0 / 40)) return;
  auto in_work = [&](const fs::path& path) {
    return path.empty() ? std::string() : path.lexically_relative(work_).string();
  };
  const Json answer = {{"said", names_->said_text(built.function, diagnostics.all())},
                       {"debug_file", in_work(built.debug_file)},
                       {"openapi", in_work(built.openapi)},
                       {"image_bytes", built.image_bytes},
                       {"payload_bytes", built.payload_bytes}};
  cache_->keep(key_, names_->paths(), names_->inputs(inputs, listing_), named(outputs), answer.dump(),
               started_ns);
}

}  // namespace faasc
