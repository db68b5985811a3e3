#include "compiler/build/function_project.h"

#include <algorithm>
#include <thread>

#include "base/sha256.h"
#include "compiler/binary/codes.h"
#include "compiler/build/build_names.h"
#include "compiler/build/codes.h"
#include "compiler/build/unsupported.h"
#include "manifests/reader.h"
#include "packager/kernels/codes.h"

namespace faasc {
namespace fs = std::filesystem;

Error FunctionProject::refused() const {
  return Error{Fault::Input, kBuildRefused, "'" + options_.manifest.string() + "' was not built", {}, {}};
}

Result<void> FunctionProject::refuse_if_complaints() const {
  if (!diagnostics_.has_errors()) return {};
  return refused();
}

Result<void> FunctionProject::read() {
  auto manifest = read_manifest(options_.manifest, diagnostics_, ManifestEnvironment::of_process());
  if (!manifest) return refuse_if_complaints();
  manifest_ = std::move(*manifest);
  if (manifest_.name->empty()) manifest_.name.value = full_path(manifest_.directory).filename().string();
  place_ = build_place(manifest_, options_.output);
  if (options_.debuggable) {
    if (options_.output.empty())
      place_ = build_place(manifest_, manifest_.directory / "build/debug" / place_.image.filename());
    // The last ones count.
    for (const char* flag : {"-O0", "-g", "-fstandalone-debug"}) manifest_.build.cpp.flags.emplace_back(flag);
  }
  return {};
}

Result<void> FunctionProject::resolve() {
  FAASC_TRY(listing_, list_project(manifest_.directory).during("looking at the files of the project"));
  resolve_manifest(manifest_, listing_, diagnostics_);
  for (const std::string& directory : listing_.walked) walked_.push_back(manifest_.directory / directory);
  inputs_.push_back(manifest_.directory / ".faasignore");
  FAASC_CHECK(refuse_if_complaints());
  report_unsupported(manifest_, diagnostics_);
  FAASC_CHECK(refuse_if_complaints());
  if (!is_locked()) return {};
  inputs_.push_back(full_path(faas_lock_path(manifest_)));
  FAASC_TRY(locked_, read_faas_lock(manifest_, options_.lock));
  return {};
}

std::string FunctionProject::kernel_selector() const {
  std::string selector = options_.kernel.empty() ? *manifest_.image.kernel : options_.kernel;
  if (selector == "auto") return "";
  // The manifest may name a version alone, which is one of Nanos.
  if (!selector.empty() && selector[0] >= '0' && selector[0] <= '9' &&
      selector.find('/') == std::string::npos)
    return "nanos@" + selector;
  return selector;
}

std::string FunctionProject::options_without_places() const {
  Sha256 values;
  auto add = [&](const NamedText& item) { values.update(*item.name + '\0' + *item.value + '\0'); };
  for (const NamedText& item : manifest_.environment) add(item);
  for (const NamedText& item : manifest_.build.args) add(item);
  // A lock that is missing is refused by one and not by the other.
  const char* locked = !is_locked() ? "" : options_.lock == LockUse::Require ? " locked=required" : " locked";
  return "kernel=" + kernel_selector() + " name=" + *manifest_.name + locked +
         " values=" + to_hex(values.finish());
}

std::string FunctionProject::option_key() const {
  return options_without_places() + " manifest=" + full_path(options_.manifest).string();
}

Result<KernelStore::Resolved> FunctionProject::choose_kernel() const {
  Language language = (*manifest_.runtime)->language;
  bool binary = language == Language::Binary;
  std::string architecture = binary ? architecture_of_binary(manifest_) : std::string(kX86_64);
  // What is locked decides where the manifest leaves it open.
  std::string selector = kernel_selector();
  if (locked_ && selector.empty()) selector = locked_kernel(*locked_);
  auto chosen = store_.resolve(selector, architecture);
  if (!chosen && binary && chosen.error().code == kNoSuchArchitecture) {
    diagnostics_.add(manifest_.finding(
        Severity::Error, kBinaryNoLinux,
        "'" + *manifest_.handler + "' is a program for " + architecture + ", and " + chosen.error().what,
        manifest_.handler.place, chosen.error().hint));
    return refused();
  }
  FAASC_TRY(KernelStore::Resolved resolved, std::move(chosen));
  FAASC_CHECK(verify(resolved.kernel));
  bool for_one = language == Language::Cpp || language == Language::Python;
  if (for_one && resolved.kernel.architecture != kX86_64) {
    diagnostics_.add(manifest_.finding(
        Severity::Error, kLanguageArchitecture,
        std::string(language == Language::Cpp ? "C++" : "Python") + " functions are built for x86_64, and " +
            full_name(resolved.kernel) + " runs on " + resolved.kernel.architecture,
        manifest_.image.kernel.written() ? manifest_.image.kernel.place : manifest_.runtime->place,
        "choose 'nanos' or 'linux'; Go functions and finished programs ('runtime: binary') may be for " +
            resolved.kernel.architecture));
    return refused();
  }
  return resolved;
}

CompileJob FunctionProject::compile_job(const Kernel& kernel, StepCache* cache,
                                        BuildProgress& progress) const {
  unsigned processors = std::max(1u, std::thread::hardware_concurrency());
  const bool secret = std::any_of(manifest_.build.args.begin(), manifest_.build.args.end(),
                                  [](const NamedText& item) { return item.secret; });
  return CompileJob{.manifest = manifest_,
                    .listing = listing_,
                    .tools = tools_,
                    .family = kernel.family,
                    .work_dir = place_.work_dir / name_of((*manifest_.runtime)->language),
                    .jobs = options_.jobs ? options_.jobs : processors,
                    .offline = options_.offline,
                    .locked = is_locked(),
                    .debuggable = options_.debuggable,
                    .architecture = kernel.architecture,
                    .cache = secret ? nullptr : cache,
                    .diagnostics = diagnostics_,
                    .progress = progress};
}

bool FunctionProject::is_locked() const {
  return faasc::is_locked(manifest_, options_.lock);
}

Result<void> FunctionProject::check_lock(const Kernel& kernel, const std::vector<fs::path>& inputs) const {
  if (!locked_) return {};
  std::vector<std::string> paths;
  for (const fs::path& input : inputs) paths.push_back(full_path(input).string());
  FAASC_TRY(std::vector<Pin> pins, pins_of(paths, kernel));
  return check_against(*locked_, pins, manifest_);
}

}  // namespace faasc
