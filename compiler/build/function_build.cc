#include "compiler/build/function_build.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <thread>

#include "base/file.h"
#include "base/sha256.h"
#include "compiler/binary/codes.h"
#include "compiler/build/build_place.h"
#include "compiler/build/build_plan.h"
#include "compiler/build/build_record.h"
#include "compiler/build/cached_build.h"
#include "compiler/build/codes.h"
#include "compiler/build/compiled_function.h"
#include "compiler/build/data_files.h"
#include "compiler/build/disk_boot.h"
#include "compiler/build/faas_lock.h"
#include "compiler/build/function_identity.h"
#include "compiler/build/guest_environment.h"
#include "compiler/build/guest_files.h"
#include "compiler/build/image_cache.h"
#include "compiler/build/image_delivery.h"
#include "compiler/build/image_digest.h"
#include "compiler/build/kernel_keys.h"
#include "compiler/build/make_rule.h"
#include "compiler/build/mount_points.h"
#include "compiler/build/planned_steps.h"
#include "compiler/build/root_tuple.h"
#include "compiler/build/unsupported.h"
#include "compiler/build/vm_spec_of_function.h"
#include "manifests/checks.h"
#include "manifests/codes.h"
#include "manifests/ip_address.h"
#include "manifests/project.h"
#include "manifests/reader.h"
#include "packager/disk/codes.h"
#include "packager/disk/linux_disk.h"
#include "packager/disk/nanos_disk.h"
#include "packager/disk/nanos_settings.h"
#include "packager/ext4/codes.h"
#include "packager/kernels/codes.h"
#include "packager/rootfs/file_list.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

fs::path full_path(const fs::path& path) {
  return fs::absolute(path).lexically_normal();
}

// The time from which on a change counts as made during the build. Waits for the clock's next tick where the
// directory changed in this one, as it does when the first build makes its place in it: the change would
// never look settled otherwise.
std::int64_t settle(const fs::path& directory) {
  // A tick is at most 10 ms; a directory from the future is not waited for.
  for (int i = 0; i < 20 && file_clock_ns() <= stamp_of(directory).changed_ns; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return file_clock_ns();
}

// Where Nanos, loaded directly, leaves the first addresses to a program.
constexpr std::uint64_t kNanosDirectFloor = 4u << 20;

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
  FunctionBuild(const BuildOptions& options, const BuildTools& tools, KernelStore& store, StepCache* cache,
                Diagnostics& diagnostics, BuildProgress& progress)
      : options_(options),
        tools_(tools),
        store_(store),
        cache_(cache),
        diagnostics_(diagnostics),
        progress_(progress) {}

  Result<BuildPlan> plan() {
    FAASC_CHECK(read_manifest_file());
    auto last = BuildRecord::load(work_dir_ / "record.json");
    std::string stale = last ? last->stale(option_key()).value_or("") : "there is no earlier build";
    FAASC_CHECK(resolve());
    report_unsupported(manifest_, diagnostics_);
    FAASC_CHECK(refuse_if_complaints());
    FAASC_CHECK(read_lock());
    FAASC_TRY(KernelStore::Resolved resolved, choose_kernel());
    BuildPlan plan{.function = *manifest_.name, .image = image_, .kernel = result_.kernel, .steps = {}};
    CompileJob job = compile_job(resolved.kernel);
    FAASC_TRY(plan.steps, plan_language({.job = job, .last = last, .stale = stale}));
    PlannedStep& write = plan.steps.emplace_back();
    write.name = "write " + image_.filename().string();
    write.runs = !stale.empty();
    write.reason = write.runs ? stale : "nothing that it reads changed";
    write.inputs.push_back(full_path(options_.manifest).string());
    for (const fs::path& file :
         {resolved.kernel.image, resolved.kernel.boot_blob, resolved.kernel.uefi_loader,
          resolved.kernel.bzimage, resolved.kernel.initramfs})
      if (!file.empty()) write.inputs.push_back(file.string());
    for (const fs::path& output : outputs()) write.outputs.push_back(output.string());
    return plan;
  }

  Result<BuiltFunction> run() {
    FAASC_CHECK(read_manifest_file());
    FAASC_CHECK(make_directories(work_dir_));
    FAASC_TRY(FileLock lock, FileLock::acquire(work_dir_ / "lock"));

    fs::path record_path = work_dir_ / "record.json";
    auto last = BuildRecord::load(record_path);
    if (last) {
      auto reason = last->stale(option_key());
      if (!reason) {
        if (auto rule = make_rule()) {
          FAASC_CHECK(rule->tell_nothing_done(*last, record_path, options_.keep_time));
        }
        result_ = earlier_result(*last);
        FAASC_CHECK(add_digest());
        return std::move(result_);
      }
      progress_.note("building because " + *reason);
    }
    started_ns_ = settle(manifest_.directory);
    FAASC_CHECK(resolve());
    report_unsupported(manifest_, diagnostics_);
    FAASC_CHECK(refuse_if_complaints());
    FAASC_CHECK(read_lock());
    FAASC_TRY(KernelStore::Resolved resolved, choose_kernel());
    report_other_kernels_keys(manifest_, resolved.kernel.family, diagnostics_);
    boot_ = disk_boot(manifest_, resolved.kernel, diagnostics_);
    check_klibs(manifest_, resolved.kernel, diagnostics_);
    FAASC_CHECK(refuse_if_complaints());
    const FileStamp image_before = stamp_of(image_);
    const bool keeps_time = options_.keep_time && last && last->outputs_are_unchanged();
    std::string digest_before;
    if (keeps_time) {
      FAASC_TRY(digest_before, image_digest(image_, work_dir_));
    }
    FAASC_CHECK(take_or_make(resolved.kernel));
    if (keeps_time) {
      FAASC_TRY(std::string digest, image_digest(image_, work_dir_));
      if (digest == digest_before) FAASC_CHECK(set_modification_time(image_, image_before.modified_ns));
    }
    BuildRecord record = make_record(resolved.kernel);
    FAASC_CHECK(record.save(record_path));
    if (auto rule = make_rule()) {
      FAASC_CHECK(rule->write(record));
    }
    FAASC_CHECK(add_digest());
    // Where the user says where the image goes, an earlier one is the user's.
    if (last && options_.output.empty()) remove_all_but_ours(last->outputs());
    return std::move(result_);
  }

 private:
  Error refused() const {
    return Error{Fault::Input, kBuildRefused, "'" + options_.manifest.string() + "' was not built", {}, {}};
  }

  Result<void> refuse_if_complaints() const {
    if (!diagnostics_.has_errors()) return {};
    return refused();
  }

  Result<void> read_manifest_file() {
    auto manifest = read_manifest(options_.manifest, diagnostics_, ManifestEnvironment::of_process());
    if (!manifest) return refuse_if_complaints();
    manifest_ = std::move(*manifest);
    if (manifest_.name->empty()) manifest_.name.value = full_path(manifest_.directory).filename().string();
    BuildPlace place = build_place(manifest_, options_.output);
    if (options_.debuggable) {
      if (options_.output.empty())
        place = build_place(manifest_, manifest_.directory / "build/debug" / place.image.filename());
      // The last ones count.
      for (const char* flag : {"-O0", "-g", "-fstandalone-debug"})
        manifest_.build.cpp.flags.emplace_back(flag);
    }
    image_ = place.image;
    work_dir_ = place.work_dir;
    result_.name = *manifest_.name;
    result_.image = image_;
    result_.spec = place.spec;
    return {};
  }

  Result<void> resolve() {
    FAASC_TRY(listing_, list_project(manifest_.directory).during("looking at the files of the project"));
    resolve_manifest(manifest_, listing_, diagnostics_);
    for (const std::string& directory : listing_.walked) walked_.push_back(manifest_.directory / directory);
    inputs_.push_back(manifest_.directory / ".faasignore");
    return refuse_if_complaints();
  }

  std::string kernel_selector() const {
    std::string selector = options_.kernel.empty() ? *manifest_.image.kernel : options_.kernel;
    if (selector == "auto") return "";
    // The manifest may name a version alone, which is one of Nanos.
    if (!selector.empty() && selector[0] >= '0' && selector[0] <= '9' &&
        selector.find('/') == std::string::npos)
      return "nanos@" + selector;
    return selector;
  }

  // A lock that is missing is refused by one and not by the other.
  std::string lock_key() const {
    if (!is_locked()) return {};
    return options_.lock == LockUse::Require ? " locked=required" : " locked";
  }

  // What decides the result beside files and their places. Values of environment variables may be secrets, so
  // only their digest is kept.
  std::string options_without_places() const {
    Sha256 values;
    auto add = [&](const NamedText& item) { values.update(*item.name + '\0' + *item.value + '\0'); };
    for (const NamedText& item : manifest_.environment) add(item);
    for (const NamedText& item : manifest_.build.args) add(item);
    return "kernel=" + kernel_selector() + " name=" + *manifest_.name + lock_key() +
           " values=" + to_hex(values.finish());
  }

  std::string option_key() const {
    return options_without_places() + " manifest=" + full_path(options_.manifest).string();
  }

  BuiltFunction earlier_result(const BuildRecord& record) {
    BuiltFunction result = result_;
    result.up_to_date = true;
    result.function = {.language = record.fact("language"),
                       .handler = record.fact("handler"),
                       .kind = record.fact("kind"),
                       .file = record.fact("file"),
                       .line = std::atoi(record.fact("line").c_str()),
                       .reason = record.fact("reason")};
    result.kernel = record.fact("kernel");
    result.kernel_choice = static_cast<KernelStore::Choice>(std::atoi(record.fact("kernel_choice").c_str()));
    result.debug_file = record.fact("debug_file");
    result.openapi = record.fact("openapi");
    result.image_bytes = std::strtoull(record.fact("image_bytes").c_str(), nullptr, 10);
    result.allocated_bytes = std::strtoull(record.fact("allocated_bytes").c_str(), nullptr, 10);
    result.payload_bytes = std::strtoull(record.fact("payload_bytes").c_str(), nullptr, 10);
    return result;
  }

  Result<void> add_digest() {
    if (options_.digest) {
      FAASC_TRY(result_.sha256, image_digest(image_, work_dir_));
    }
    return {};
  }

  // A finished program is for one processor; what faasc compiles is for the kernel's.
  Result<KernelStore::Resolved> choose_kernel() {
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
          std::string(language == Language::Cpp ? "C++" : "Python") +
              " functions are built for x86_64, and " + full_name(resolved.kernel) + " runs on " +
              resolved.kernel.architecture,
          manifest_.image.kernel.written() ? manifest_.image.kernel.place : manifest_.runtime->place,
          "choose 'nanos' or 'linux'; Go functions and finished programs ('runtime: binary') may be for " +
              resolved.kernel.architecture));
      return refused();
    }
    result_.kernel = full_name(resolved.kernel);
    result_.kernel_choice = resolved.choice;
    return resolved;
  }

  // In another checkout, or before a change that was taken back, all of it was made already.
  Result<void> take_or_make(const Kernel& kernel) {
    initrd_ = kernel.family == KernelFamily::Linux ? linux_initrd_path(image_) : fs::path();
    // A locked build looks at what it takes, each time.
    ImageCache cache(is_locked() ? nullptr : cache_,
                     {.manifest = manifest_,
                      .listing = listing_,
                      .tools = tools_,
                      .kernel = kernel,
                      .store_root = store_.root(),
                      .options = options_without_places() + (options_.debuggable ? " debuggable" : ""),
                      .image = image_,
                      .work_dir = work_dir_});
    if (auto kept = cache.find(diagnostics_)) {
      progress_.note("took " + image_.filename().string() + " from the cache");
      result_.function = std::move(kept->built.function);
      result_.debug_file = std::move(kept->built.debug_file);
      result_.openapi = std::move(kept->built.openapi);
      result_.image_bytes = kept->built.image_bytes;
      result_.payload_bytes = kept->built.payload_bytes;
      result_.allocated_bytes = kept->built.allocated_bytes;
      inputs_ = std::move(kept->inputs);
      if (fs::path commands = image_.parent_path() / "compile_commands.json"; fs::exists(commands))
        compile_commands_ = commands;
      return {};
    }
    FAASC_CHECK(compile(kernel));
    check_manifest_for_kind(manifest_, result_.function.kind, diagnostics_);
    add_data_files(manifest_, program_.rootfs, inputs_, diagnostics_);
    check_architecture(kernel);
    add_guest_files(manifest_, kernel.family, {}, program_.rootfs, inputs_, diagnostics_);
    FAASC_CHECK(add_mount_points(manifest_, kernel.family, program_.rootfs, diagnostics_));
    FAASC_CHECK(refuse_if_complaints());
    if ((*manifest_.runtime)->language == Language::Binary)
      FAASC_CHECK(add_program_libraries(program_, inputs_));
    program_.environment = guest_environment(manifest_, result_.function);
    FAASC_CHECK(check_lock(kernel));
    FAASC_CHECK(write_outputs(kernel));
    for (const Manifest::Test& test : manifest_.tests)
      if (test.request.body_file) inputs_.push_back(manifest_.directory / **test.request.body_file);
    cache.keep(result_, inputs_, outputs(), diagnostics_, started_ns_);
    return {};
  }

  CompileJob compile_job(const Kernel& kernel) {
    unsigned processors = std::max(1u, std::thread::hardware_concurrency());
    const bool secret = std::any_of(manifest_.build.args.begin(), manifest_.build.args.end(),
                                    [](const NamedText& item) { return item.secret; });
    return CompileJob{.manifest = manifest_,
                      .listing = listing_,
                      .tools = tools_,
                      .family = kernel.family,
                      .work_dir = work_dir_ / name_of((*manifest_.runtime)->language),
                      .jobs = options_.jobs ? options_.jobs : processors,
                      .offline = options_.offline,
                      .locked = is_locked(),
                      .debuggable = options_.debuggable,
                      .architecture = kernel.architecture,
                      .cache = secret ? nullptr : cache_,
                      .diagnostics = diagnostics_,
                      .progress = progress_};
  }

  Result<void> compile(const Kernel& kernel) {
    CompileJob job = compile_job(kernel);
    auto finished = compile_function(job);
    FAASC_CHECK(place_compile_commands(job.work_dir / "compile_commands.json"));
    FAASC_TRY(CompiledFunction compiled, std::move(finished));
    result_.function = std::move(compiled.function);
    result_.debug_file = std::move(compiled.debug_file);
    result_.openapi = std::move(compiled.openapi);
    program_ = std::move(compiled.program);
    inputs_.insert(inputs_.end(), compiled.inputs.begin(), compiled.inputs.end());
    return {};
  }

  // Beside the image clangd finds it, and an editor wants it most while the source has errors. Where the user
  // chose the place, it may be that of somebody else's file.
  Result<void> place_compile_commands(const fs::path& made) {
    std::error_code error;
    if (!options_.output.empty() || !fs::exists(made, error)) return {};
    FAASC_TRY(std::string text, read_file(made));
    compile_commands_ = image_.parent_path() / made.filename();
    FAASC_CHECK(write_file_if_changed(compile_commands_, text));
    return {};
  }

  bool is_locked() const { return faasc::is_locked(manifest_, options_.lock); }

  Result<void> read_lock() {
    if (!is_locked()) return {};
    inputs_.push_back(full_path(faas_lock_path(manifest_)));
    FAASC_TRY(locked_, read_faas_lock(manifest_, options_.lock));
    return {};
  }

  Result<void> check_lock(const Kernel& kernel) const {
    if (!locked_) return {};
    std::vector<std::string> inputs;
    for (const fs::path& input : inputs_) inputs.push_back(full_path(input).string());
    FAASC_TRY(std::vector<Pin> pins, pins_of(inputs, kernel));
    return check_against(*locked_, pins, manifest_);
  }

  void check_architecture(const Kernel& kernel) {
    if (program_.architecture == kernel.architecture) return;
    diagnostics_.add(manifest_.finding(
        Severity::Error, kBinaryArchitecture,
        "'" + *manifest_.handler + "' is a program for " + program_.architecture + ", and " +
            full_name(kernel) + " runs on " + kernel.architecture,
        manifest_.handler.place,
        "build the program for " + kernel.architecture + ", or choose another kernel with --kernel"));
  }

  Result<void> write_outputs(const Kernel& kernel) {
    BuildStep step(progress_, "writing " + image_.filename().string());
    std::optional<std::uint64_t> storage;
    if (manifest_.resources.ephemeral_storage.written()) {
      storage = *manifest_.resources.ephemeral_storage;
      // A directory that programs expect; without write access it would be of no use.
      if (!program_.rootfs.find("/tmp"))
        FAASC_CHECK(program_.rootfs.add(
            "/tmp", {.content = Directory{}, .mode = 01777, .why = "room for temporary files"}));
    }
    bool nanos = kernel.family == KernelFamily::Nanos;
    ImageDelivery delivery(manifest_, image_, work_dir_);
    Result<Image> written =
        nanos ? write_nanos(kernel, storage, delivery.raw()) : write_linux(kernel, storage, delivery.raw());
    if (!written && is_too_small(written.error())) {
      diagnostics_.add(manifest_.finding(Severity::Error, kImageSize, written.error().what,
                                         manifest_.image.size->place, written.error().hint));
      return refuse_if_complaints();
    }
    FAASC_TRY(Image image, std::move(written));
    FAASC_TRY(image, delivery.deliver(std::move(image), program_.rootfs, kernel, diagnostics_));
    FAASC_CHECK(refuse_if_complaints());
    // The packager has put it beside the raw disk.
    if (fs::path beside = linux_initrd_path(delivery.raw());
        !nanos && beside != initrd_ && std::rename(beside.c_str(), initrd_.c_str()) != 0)
      return io_error("write", initrd_, errno);
    FAASC_TRY(VmSpec spec, vm_spec_of_function(manifest_, result_.function, kernel, image, boot_));
    // Nanos keeps the memory in which it was loaded mapped for itself when a VMM loads it directly.
    if (nanos && program_.fixed_address != 0 && program_.fixed_address < kNanosDirectFloor &&
        spec.disks.front().bios_bootable) {
      spec.direct_boot.reset();
      progress_.note("'" + program_.executable + "' begins below 4 MiB: booting by the BIOS");
    }
    if (!nanos) {
      spec.direct_boot->initrd = initrd_;
      spec.direct_boot->command_line = linux_command_line_;
    }
    FAASC_CHECK(write_file(result_.spec, to_json(spec, image_.parent_path(), store_.root())));
    FAASC_TRY(std::vector<ListedFile> files, list_files(program_.rootfs));
    FAASC_CHECK(write_file(file_list_path(image_), to_json(files)));
    save_places();
    result_.image_bytes = image.size_bytes;
    result_.allocated_bytes = image.allocated_bytes;
    result_.payload_bytes = image.payload_bytes;
    step.done();
    return {};
  }

  bool is_too_small(const Error& error) const {
    return manifest_.image.size && (error.code == kDiskTooSmall || error.code == kExt4TooSmall);
  }

  std::optional<std::uint64_t> asked_size() const {
    if (!manifest_.image.size) return std::nullopt;
    return **manifest_.image.size;
  }

  Result<Image> write_nanos(const Kernel& kernel, std::optional<std::uint64_t> storage, const fs::path& out) {
    NanosDiskRequest request{.program = program_, .kernel = kernel};
    request.bios_bootable = boot_.bios;
    request.uefi_bootable = boot_.uefi;
    request.ephemeral_storage_bytes = storage;
    request.size_bytes = asked_size();
    for (const auto& klib : manifest_.image.klibs) request.klibs.push_back(*klib);
    request.address = address_with_prefix(manifest_.network);
    request.gateway = gateway_of(manifest_.network);
    request.options = root_tuple_options(manifest_);
    request.options.merge(nanos_settings(mounts_of(manifest_, KernelFamily::Nanos)));
    FAASC_TRY(request.identity, function_identity(program_));
    if (out != image_)
      return write_nanos_disk(request, out).during("writing the image of '" + *manifest_.name + "'");
    // What lies where in the image that is there, if it is still the one that was written last.
    if (auto text = read_file(work_dir_ / "places"))
      places_ = ImagePlaces::parse(*text).value_or(ImagePlaces{});
    auto image =
        rewrite_nanos_disk(request, image_, places_).during("writing the image of '" + *manifest_.name + "'");
    if (image && image->reused_bytes > 0)
      progress_.note("took " + std::to_string(image->reused_bytes / 1024) + " KiB from the earlier image, " +
                     std::to_string(image->shared_bytes / 1024) + " KiB of them without copying");
    return image;
  }

  // Only saves time, so that a failure is none of the build's.
  void save_places() const {
    // A change in the same tick of the clock would not show in the image's stamp.
    if (places_.files.empty() || file_clock_ns() <= places_.image.changed_ns) return;
    (void)write_file(work_dir_ / "places", places_.to_text());
  }

  Result<Image> write_linux(const Kernel& kernel, std::optional<std::uint64_t> storage, const fs::path& out) {
    LinuxDiskRequest request{.program = program_, .kernel = kernel};
    request.init = tools_.linux_init;
    request.ephemeral_storage_bytes = storage;
    request.size_bytes = asked_size();
    FAASC_TRY(request.identity, function_identity(program_));
    linux_command_line_ =
        linux_command_line({.writable = storage.has_value(),
                            .address = address_with_prefix(manifest_.network),
                            .gateway = gateway_of(manifest_.network),
                            .exit_port = kLinuxExitPort,
                            .grace = std::chrono::ceil<std::chrono::seconds>(*manifest_.limits.grace_period),
                            .hostname = *manifest_.name});
    if (boot_.bios)
      request.self_boot = {.boot_sector = tools_.linux_boot_sector,
                           .uefi_loader = tools_.linux_uefi_loader,
                           .command_line = linux_command_line_};
    return write_linux_disk(request, out).during("writing the image of '" + *manifest_.name + "'");
  }

  std::vector<fs::path> outputs() const {
    std::vector<fs::path> outputs{result_.image, result_.spec, file_list_path(image_)};
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
    BuildRecord record(option_key());
    inputs_.push_back(full_path(options_.manifest));
    for (const fs::path& program : {tools_.cxx, tools_.runtime_library, tools_.linux_init,
                                    tools_.linux_boot_sector, tools_.linux_uefi_loader})
      inputs_.push_back(program);
    inputs_.insert(inputs_.end(), tools_.programs.begin(), tools_.programs.end());
    // Another kernel in the store may be a better choice; the directories change when one comes or goes.
    for (const fs::path& directory : {store_.root(), store_.root() / "nanos", store_.root() / "linux",
                                      store_.root() / "nanos-aarch64", kernel.directory})
      inputs_.push_back(directory);
    for (const fs::path& file :
         {kernel.image, kernel.boot_blob, kernel.uefi_loader, kernel.bzimage, kernel.initramfs})
      if (!file.empty()) inputs_.push_back(file);
    inputs_.insert(inputs_.end(), walked_.begin(), walked_.end());
    for (const fs::path& input : inputs_) record.add_input(full_path(input), started_ns_);
    for (const fs::path& output : outputs()) record.add_output(output);

    const Function& function = result_.function;
    record.set_fact("name", *manifest_.name);
    record.set_fact("project", full_path(manifest_.directory).string());
    record.set_fact("language", function.language);
    record.set_fact("handler", function.handler);
    record.set_fact("kind", function.kind);
    record.set_fact("file", function.file);
    record.set_fact("line", std::to_string(function.line));
    record.set_fact("reason", function.reason);
    record.set_fact("kernel", result_.kernel);
    record.set_fact("kernel_choice", std::to_string(static_cast<int>(result_.kernel_choice)));
    record.set_fact("debug_file", result_.debug_file.string());
    record.set_fact("openapi", result_.openapi.string());
    record.set_fact("image_bytes", std::to_string(result_.image_bytes));
    record.set_fact("allocated_bytes", std::to_string(result_.allocated_bytes));
    record.set_fact("payload_bytes", std::to_string(result_.payload_bytes));
    return record;
  }

  /// The rule for make, where one is asked for.
  std::optional<MakeRule> make_rule() const {
    if (!options_.depfile) return std::nullopt;
    return MakeRule(*options_.depfile, image_, options_.output);
  }

  const BuildOptions& options_;
  const BuildTools& tools_;
  KernelStore& store_;
  StepCache* const cache_;
  Diagnostics& diagnostics_;
  BuildProgress& progress_;

  Manifest manifest_;
  ProjectListing listing_;
  fs::path image_, work_dir_, initrd_, compile_commands_;
  std::string linux_command_line_;
  DiskBoot boot_;
  Program program_;
  std::vector<fs::path> inputs_, walked_;
  std::int64_t started_ns_ = 0;
  std::optional<std::vector<Pin>> locked_;
  BuiltFunction result_;
  ImagePlaces places_;
};

}  // namespace

Result<BuiltFunction> build_function(const BuildOptions& options, const BuildTools& tools, KernelStore& store,
                                     Diagnostics& diagnostics, BuildProgress& progress) {
  return build_function(options, tools, store, nullptr, diagnostics, progress);
}

Result<BuiltFunction> build_function(const BuildOptions& options, const BuildTools& tools, KernelStore& store,
                                     StepCache* cache, Diagnostics& diagnostics, BuildProgress& progress) {
  return FunctionBuild(options, tools, store, cache, diagnostics, progress).run();
}

Result<BuildPlan> plan_function(const BuildOptions& options, const BuildTools& tools, KernelStore& store,
                                Diagnostics& diagnostics) {
  SilentProgress silent;
  return FunctionBuild(options, tools, store, nullptr, diagnostics, silent).plan();
}

}  // namespace faasc
