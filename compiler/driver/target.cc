#include "compiler/driver/target.h"

#include <map>
#include <mutex>

#include <CLI/CLI.hpp>

#include "compiler/driver/codes.h"
#include "packager/disk/formats/convert.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

// A build's steps as the session shows them.
class SessionProgress : public BuildProgress {
 public:
  explicit SessionProgress(Session& session) : session_(session) {}

  StepId started(const std::string& what) override {
    Progress::Step step = session_.progress().start(what);
    std::lock_guard lock(mutex_);
    steps_.emplace(++last_, std::move(step));
    return last_;
  }
  void finished(StepId id) override {
    if (auto step = take(id)) step->done();
  }
  void failed(StepId id) override {
    if (auto step = take(id)) step->fail();
  }
  void note(const std::string& text) override { session_.console().say_verbose(text); }

 private:
  std::optional<Progress::Step> take(StepId id) {
    std::lock_guard lock(mutex_);
    auto found = steps_.find(id);
    if (found == steps_.end()) return std::nullopt;
    Progress::Step step = std::move(found->second);
    steps_.erase(found);
    return step;
  }

  Session& session_;
  std::mutex mutex_;
  std::map<StepId, Progress::Step> steps_;
  StepId last_ = 0;
};

Result<BuildTools> find_tools() {
  FAASC_TRY(Installation installation, Installation::find());
  BuildTools tools;
  FAASC_TRY(tools.cxx, installation.program("faasc-cxx"));
  FAASC_TRY(tools.runtime_headers, installation.shared("cpp/include"));
  FAASC_TRY(tools.runtime_library, installation.guest_library("cpp/libfaasrt.a"));
  FAASC_TRY(tools.go_runtime, installation.shared("go"));
  FAASC_TRY(tools.python.scripts, installation.shared("python/scripts"));
  FAASC_TRY(tools.python.runtime, installation.shared("python/guest"));
  FAASC_TRY(tools.python.fallback, installation.shared("python/fallback"));
  FAASC_TRY(tools.linux_init, installation.guest_library("linux/init"));
  FAASC_TRY(tools.linux_boot_sector, installation.guest_library("linux/boot.bin"));
  FAASC_TRY(tools.linux_uefi_loader, installation.guest_library("linux/bootx64.efi"));
  tools.programs.push_back(installation.prefix() / "bin/faasc");
  return tools;
}

bool is_spec(const fs::path& path) {
  return path.string().ends_with(".vm.json");
}

std::string kibibytes(std::uint64_t bytes) {
  std::string text = std::to_string((bytes + 1023) / 1024);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, " ");
  return text + " KiB";
}

void announce(Session& session, const BuiltFunction& built) {
  Console& console = session.console();
  if (built.kernel_choice == KernelStore::Choice::LinuxForLackOfNanos)
    console.say("no Nanos kernel in the store, so this is for Linux; 'faasc kernel pull nanos' fetches one");
  if (built.up_to_date) return console.say_verbose(as_typed(built.image) + " is up to date");
  const Function& function = built.function;
  console.say("built " + built.name + ": " + function.kind + " function '" + function.handler + "' for " +
              built.kernel + ", " + kibibytes(built.allocated_bytes) + " on disk");
  std::string line = function.line > 0 ? ":" + std::to_string(function.line) : "";
  console.say_verbose("'" + function.handler + "' at " + function.file + line + ": " + function.reason);
  console.say_verbose("sha256 " + built.sha256);
}

// QEMU reads every format but a compressed one, which is unpacked into the build's work directory.
Result<VmSpec> with_disks_unpacked(Session& session, VmSpec spec) {
  for (VmSpec::Disk& disk : spec.disks) {
    if (disk.format != name_of(DiskFormat::RawZst)) continue;
    Progress::Step step = session.progress().start("unpacking " + disk.path.filename().string());
    fs::path raw =
        disk.path.parent_path() / ".faasc" / vm_spec_path(disk.path).stem().stem() / "unpacked.raw";
    FAASC_TRY(Image image, convert_image(disk.path, DiskFormat::Raw, raw));
    step.done();
    disk.path = image.path;
    disk.format = name_of(DiskFormat::Raw);
  }
  return spec;
}

}  // namespace

std::string as_typed(const fs::path& path) {
  std::error_code error;
  fs::path relative = fs::proximate(path, error);
  return error || relative.string().starts_with("..") ? path.string() : relative.string();
}

void add_target_options(CLI::App& app, TargetArguments& arguments, const std::string& what) {
  app.add_option("target", arguments.project.project, what)->type_name("PATH");
  app.add_option("-f,--file", arguments.project.manifest, "the manifest, instead of faas.yaml")
      ->type_name("FILE");
  app.add_option("--kernel", arguments.kernel, "nanos, linux, nanos@VERSION, or a kernel's path")
      ->type_name("KERNEL");
  app.add_option("-j,--jobs", arguments.jobs, "sources to compile at a time")
      ->type_name("N")
      ->check(CLI::Range(1, 1024).description(""));
}

Result<std::optional<BuiltFunction>> build_target(Session& session, const TargetArguments& arguments) {
  BuildOptions options;
  FAASC_TRY(options.manifest, find_manifest(arguments.project));
  options.output = arguments.output;
  options.kernel = arguments.kernel;
  options.jobs = arguments.jobs;
  options.digest = arguments.digest || session.options().verbosity == Verbosity::Verbose;
  options.offline = session.options().offline;
  options.depfile = arguments.depfile;
  options.keep_time = arguments.keep_time;
  FAASC_TRY(BuildTools tools, find_tools());
  FAASC_TRY(KernelStore store, KernelStore::open());

  Diagnostics diagnostics;
  SessionProgress progress(session);
  auto built = build_function(options, tools, store, diagnostics, progress);
  session.report(diagnostics);
  if (!built) {
    if (diagnostics.has_errors()) return std::optional<BuiltFunction>();
    return std::move(built).error();
  }
  announce(session, *built);
  return std::optional(std::move(*built));
}

Result<std::optional<LockedFunction>> lock_target(Session& session, const ProjectOptions& project) {
  BuildOptions options;
  FAASC_TRY(options.manifest, find_manifest(project));
  options.offline = session.options().offline;
  FAASC_TRY(BuildTools tools, find_tools());
  Diagnostics diagnostics;
  SessionProgress progress(session);
  auto locked = lock_function(options, tools, diagnostics, progress);
  session.report(diagnostics);
  if (locked) return std::optional(std::move(*locked));
  if (diagnostics.has_errors()) return std::optional<LockedFunction>();
  return std::move(locked).error();
}

Result<std::optional<VmSpec>> read_target(Session& session, const TargetArguments& arguments) {
  FAASC_TRY(KernelStore store, KernelStore::open());
  std::error_code error;
  fs::path path = arguments.project.project;
  bool is_file = arguments.project.manifest.empty() && fs::is_regular_file(path, error);
  fs::path spec = path;
  if (is_file && path.extension() != ".yaml" && path.extension() != ".yml" && path.extension() != ".json") {
    // An image is run as the spec beside it says.
    spec = vm_spec_path(path);
    if (!fs::exists(spec, error))
      return Error{Fault::Input,
                   kNoSpec,
                   "there is no '" + spec.string() + "' beside '" + path.string() + "'",
                   {},
                   "run the project's directory, or keep an image and its spec together"};
  }
  if (is_file && is_spec(spec)) {
    FAASC_TRY(VmSpec read, read_vm_spec(fs::absolute(spec), store.root()));
    return std::optional(std::move(read));
  }
  FAASC_TRY(std::optional<BuiltFunction> built, build_target(session, arguments));
  if (!built) return std::optional<VmSpec>();
  FAASC_TRY(VmSpec read, read_vm_spec(built->spec, store.root()));
  return std::optional(std::move(read));
}

Result<std::optional<VmSpec>> load_target(Session& session, const TargetArguments& arguments) {
  FAASC_TRY(std::optional<VmSpec> spec, read_target(session, arguments));
  if (!spec) return spec;
  FAASC_TRY(VmSpec runnable, with_disks_unpacked(session, std::move(*spec)));
  return std::optional(std::move(runnable));
}

}  // namespace faasc
