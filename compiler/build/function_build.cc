#include "compiler/build/function_build.h"

#include <algorithm>
#include <set>

#include "base/file.h"
#include "base/file_clock.h"
#include "base/file_stamp.h"
#include "compiler/binary/codes.h"
#include "compiler/build/build_names.h"
#include "compiler/build/build_record.h"
#include "compiler/build/built_facts.h"
#include "compiler/build/cached_build.h"
#include "compiler/build/compiled_function.h"
#include "compiler/build/data_files.h"
#include "compiler/build/disk_boot.h"
#include "compiler/build/function_image.h"
#include "compiler/build/function_project.h"
#include "compiler/build/guest_environment.h"
#include "compiler/build/guest_files.h"
#include "compiler/build/image_cache.h"
#include "compiler/build/image_digest.h"
#include "compiler/build/kernel_keys.h"
#include "compiler/build/linux_root.h"
#include "compiler/build/make_rule.h"
#include "compiler/build/mount_points.h"
#include "compiler/build/program_cache.h"
#include "manifests/checks.h"
#include "packager/rootfs/file_list.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

// The time from which on a change of these counts as made during the build. Waits for the clock's next tick
// where one of them changed in this one, as a directory does when the first build makes its place in it, and
// a file that was saved just now: the change would never look settled otherwise.
std::int64_t settle(const std::vector<fs::path>& paths) {
  std::int64_t changed_ns = 0;
  for (const fs::path& path : paths) changed_ns = std::max(changed_ns, stamp_of(path).changed_ns);
  return file_clock_ns_past(changed_ns);
}

std::vector<fs::path> files_of(const FunctionProject& project) {
  std::vector<fs::path> files;
  for (const auto& [path, kind] : project.listing().entries)
    if (kind == EntryKind::File) files.push_back(project.manifest().directory / path);
  return files;
}

Result<CompiledFunction> compile_function(const CompileJob& job) {
  switch ((*job.manifest.runtime)->language) {
    case Language::Cpp:
      return compile_cpp_function(job);
    case Language::Go:
      return compile_go_function(job);
    case Language::Binary:
      return read_binary_function(job);
    case Language::Python:
      return compile_python_function(job);
  }
  std::abort();
}

class FunctionBuild {
 public:
  FunctionBuild(FunctionProject& project, StepCache* cache, BuildProgress& progress)
      : project_(project),
        options_(project.options()),
        manifest_(project.manifest()),
        cache_(cache),
        diagnostics_(project.diagnostics()),
        progress_(progress) {}

  Result<BuiltFunction> run() {
    const std::int64_t read_ns = settle({options_.manifest});
    FAASC_CHECK(project_.read());
    const BuildPlace& place = project_.place();
    result_.name = *manifest_.name;
    result_.image = place.image;
    result_.spec = place.spec;
    FAASC_CHECK(make_directories(place.work_dir));
    FAASC_TRY(FileLock lock, FileLock::acquire(place.lock()));

    auto last = BuildRecord::load(place.record());
    if (last) {
      auto reason = last->stale(project_.option_key());
      if (!reason) {
        if (auto rule = make_rule()) {
          FAASC_CHECK(rule->tell_nothing_done(*last, place.record(), options_.keep_time));
        }
        result_.up_to_date = true;
        take_facts(*last, result_);
        FAASC_CHECK(add_digest());
        return std::move(result_);
      }
      progress_.note("building because " + *reason);
    }
    const std::int64_t listed_ns = settle({manifest_.directory});
    FAASC_CHECK(project_.resolve());
    started_ns_ = settle(files_of(project_));
    FAASC_TRY(KernelStore::Resolved resolved, project_.choose_kernel());
    const Kernel& kernel = resolved.kernel;
    result_.kernel = full_name(kernel);
    result_.kernel_choice = resolved.choice;
    report_other_kernels_keys(manifest_, kernel.family, diagnostics_);
    const DiskBoot boot = disk_boot(manifest_, kernel, diagnostics_);
    check_klibs(manifest_, kernel, diagnostics_);
    if (kernel.family == KernelFamily::Linux) check_linux_root(manifest_, kernel, diagnostics_);
    FAASC_CHECK(project_.refuse_if_complaints());
    const FileStamp image_before = stamp_of(place.image);
    const bool keeps_time = options_.keep_time && last && last->outputs_are_unchanged();
    std::string digest_before;
    if (keeps_time) {
      FAASC_TRY(digest_before, image_digest(place.image, place.work_dir));
    }
    FunctionImage image(project_, kernel, boot, progress_);
    initrd_ = image.initrd();
    FAASC_CHECK(take_or_make(kernel, image));
    if (keeps_time) {
      FAASC_TRY(std::string digest, image_digest(place.image, place.work_dir));
      if (digest == digest_before) FAASC_CHECK(set_modification_time(place.image, image_before.modified_ns));
    }
    BuildRecord record = make_record(kernel);
    record.add_input(full_path(options_.manifest), read_ns);
    for (const auto* paths : {&project_.walked(), &project_.inputs()})
      for (const fs::path& path : *paths) record.add_input(full_path(path), listed_ns);
    FAASC_CHECK(record.save(place.record()));
    if (auto rule = make_rule()) {
      FAASC_CHECK(rule->write(record));
    }
    FAASC_CHECK(add_digest());
    // Where the user says where the image goes, an earlier one is the user's.
    if (last && options_.output.empty()) remove_all_but_ours(last->outputs());
    return std::move(result_);
  }

 private:
  Result<void> add_digest() {
    if (options_.digest) {
      FAASC_TRY(result_.sha256, image_digest(result_.image, project_.place().work_dir));
    }
    return {};
  }

  // In another checkout, or before a change that was taken back, all of it was made already.
  Result<void> take_or_make(const Kernel& kernel, FunctionImage& image) {
    ImageCache cache(cache_, question_about(project_, kernel));
    if (auto kept = cache.find(diagnostics_)) {
      progress_.note("took " + result_.image.filename().string() + " from the cache");
      result_.function = std::move(kept->built.function);
      result_.debug_file = std::move(kept->built.debug_file);
      result_.openapi = std::move(kept->built.openapi);
      result_.image_bytes = kept->built.image_bytes;
      result_.payload_bytes = kept->built.payload_bytes;
      result_.allocated_bytes = kept->built.allocated_bytes;
      inputs_ = std::move(kept->inputs);
      if (fs::path commands = result_.image.parent_path() / "compile_commands.json"; fs::exists(commands))
        compile_commands_ = commands;
      return {};
    }
    inputs_ = project_.inputs();
    FAASC_TRY(Program program, compile(kernel));
    check_manifest_for_kind(manifest_, result_.function.kind, diagnostics_);
    add_data_files(manifest_, program.rootfs, inputs_, diagnostics_);
    check_architecture(program, kernel);
    add_guest_files(manifest_, kernel.family, {}, program.rootfs, inputs_, diagnostics_);
    FAASC_CHECK(add_mount_points(manifest_, kernel.family, program.rootfs, diagnostics_));
    FAASC_CHECK(project_.refuse_if_complaints());
    if ((*manifest_.runtime)->language == Language::Binary)
      FAASC_CHECK(add_program_libraries(program, inputs_));
    program.environment = guest_environment(manifest_, result_.function);
    FAASC_CHECK(project_.check_lock(kernel, inputs_));
    FAASC_CHECK(image.write(program, result_));
    for (const Manifest::Test& test : manifest_.tests)
      if (test.request.body_file) inputs_.push_back(manifest_.directory / **test.request.body_file);
    cache.keep(result_, inputs_, outputs(), diagnostics_, started_ns_);
    return {};
  }

  Result<Program> compile(const Kernel& kernel) {
    CompileJob job = project_.compile_job(kernel, cache_, progress_);
    ProgramCache programs(job);
    if (auto kept = programs.find(diagnostics_)) {
      progress_.note("took the program from the cache");
      return take(std::move(*kept));
    }
    const std::size_t said = diagnostics_.all().size();
    const std::int64_t began_ns = file_clock_ns();
    auto finished = compile_function(job);
    FAASC_CHECK(place_compile_commands(job.work_dir / "compile_commands.json"));
    FAASC_TRY(CompiledFunction compiled, std::move(finished));
    if (!diagnostics_.has_errors())
      programs.keep(
          compiled,
          {diagnostics_.all().begin() + static_cast<std::ptrdiff_t>(said), diagnostics_.all().end()},
          started_ns_, file_clock_ns() - began_ns);
    return take(std::move(compiled));
  }

  Program take(CompiledFunction compiled) {
    result_.function = std::move(compiled.function);
    result_.debug_file = std::move(compiled.debug_file);
    result_.openapi = std::move(compiled.openapi);
    inputs_.insert(inputs_.end(), compiled.inputs.begin(), compiled.inputs.end());
    return std::move(compiled.program);
  }

  // Beside the image clangd finds it, and an editor wants it most while the source has errors. Where the user
  // chose the place, it may be that of somebody else's file.
  Result<void> place_compile_commands(const fs::path& made) {
    std::error_code error;
    if (!options_.output.empty() || !fs::exists(made, error)) return {};
    FAASC_TRY(std::string text, read_file(made));
    compile_commands_ = result_.image.parent_path() / made.filename();
    FAASC_CHECK(write_file_if_changed(compile_commands_, text));
    return {};
  }

  void check_architecture(const Program& program, const Kernel& kernel) {
    if (program.architecture == kernel.architecture) return;
    diagnostics_.add(manifest_.finding(
        Severity::Error, kBinaryArchitecture,
        "'" + *manifest_.handler + "' is a program for " + program.architecture + ", and " +
            full_name(kernel) + " runs on " + kernel.architecture,
        manifest_.handler.place,
        "build the program for " + kernel.architecture + ", or choose another kernel with --kernel"));
  }

  std::vector<fs::path> outputs() const {
    std::vector<fs::path> outputs{result_.image, result_.spec, file_list_path(result_.image)};
    for (const fs::path& output : {result_.debug_file, result_.openapi, initrd_, compile_commands_})
      if (!output.empty()) outputs.push_back(output);
    return outputs;
  }

  // An image in the format that the manifest named before would look as if it belonged to the new
  // description.
  void remove_all_but_ours(const std::set<std::string>& earlier) const {
    std::vector<fs::path> ours = outputs();
    std::error_code ignored;
    for (const std::string& output : earlier)
      if (std::find(ours.begin(), ours.end(), fs::path(output)) == ours.end()) fs::remove(output, ignored);
  }

  BuildRecord make_record(const Kernel& kernel) {
    BuildRecord record(project_.option_key());
    const BuildTools& tools = project_.tools();
    for (const fs::path& program : {tools.cxx, tools.runtime_library, tools.linux_init,
                                    tools.linux_boot_sector, tools.linux_uefi_loader})
      inputs_.push_back(program);
    inputs_.insert(inputs_.end(), tools.programs.begin(), tools.programs.end());
    // Another kernel in the store may be a better choice; the directories change when one comes or goes.
    const fs::path store = project_.store().root();
    for (const fs::path& directory :
         {store, store / "nanos", store / "linux", store / "nanos-aarch64", kernel.directory})
      inputs_.push_back(directory);
    for (const fs::path& file :
         {kernel.image, kernel.boot_blob, kernel.uefi_loader, kernel.bzimage, kernel.initramfs})
      if (!file.empty()) inputs_.push_back(file);
    for (const fs::path& input : inputs_) record.add_input(full_path(input), started_ns_);
    for (const fs::path& output : outputs()) record.add_output(output);
    record.set_fact("project", full_path(manifest_.directory).string());
    add_facts(result_, record);
    return record;
  }

  /// The rule for make, where one is asked for.
  std::optional<MakeRule> make_rule() const {
    if (!options_.depfile) return std::nullopt;
    return MakeRule(*options_.depfile, result_.image, options_.output);
  }

  FunctionProject& project_;
  const BuildOptions& options_;
  const Manifest& manifest_;
  StepCache* const cache_;
  Diagnostics& diagnostics_;
  BuildProgress& progress_;

  fs::path initrd_, compile_commands_;
  std::vector<fs::path> inputs_;
  std::int64_t started_ns_ = 0;  // before any file of the project but the manifest was read
  BuiltFunction result_;
};

}  // namespace

Result<BuiltFunction> build_function(const BuildOptions& options, const BuildTools& tools, KernelStore& store,
                                     Diagnostics& diagnostics, BuildProgress& progress) {
  return build_function(options, tools, store, nullptr, diagnostics, progress);
}

Result<BuiltFunction> build_function(const BuildOptions& options, const BuildTools& tools, KernelStore& store,
                                     StepCache* cache, Diagnostics& diagnostics, BuildProgress& progress) {
  FunctionProject project(options, tools, store, diagnostics);
  return FunctionBuild(project, cache, progress).run();
}

}  // namespace faasc
