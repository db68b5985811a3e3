#include "compiler/driver/target.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include <CLI/CLI.hpp>

#include "base/job_server.h"
#include "compiler/build/cached_build.h"
#include "compiler/driver/build_cache.h"
#include "compiler/driver/codes.h"
#include "compiler/driver/grouped_number.h"
#include "compiler/driver/help.h"
#include "packager/disk/formats/convert.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

// A build's steps as the session shows them.
class SessionProgress : public BuildProgress {
 public:
  /// `function` stands before every line where several are built.
  explicit SessionProgress(Session& session, std::string function = "")
      : session_(session), prefix_(function.empty() ? "" : function + ": ") {}

  StepId started(const std::string& what) override {
    Progress::Step step = session_.progress().start(prefix_ + what);
    std::lock_guard lock(mutex_);
    steps_.emplace(++last_, Running{std::move(step), prefix_ + what, std::chrono::steady_clock::now()});
    return last_;
  }
  void finished(StepId id) override { end(id, TimeTrace::Outcome::Done); }
  void failed(StepId id) override { end(id, TimeTrace::Outcome::Failed); }
  void note(const std::string& text) override { session_.console().say_verbose(prefix_ + text); }

 private:
  struct Running {
    Progress::Step step;
    std::string what;
    TimeTrace::Time since;
  };
  void end(StepId id, TimeTrace::Outcome outcome) {
    std::unique_lock lock(mutex_);
    auto found = steps_.find(id);
    if (found == steps_.end()) return;
    Running running = std::move(found->second);
    steps_.erase(found);
    lock.unlock();
    outcome == TimeTrace::Outcome::Done ? running.step.done() : running.step.fail();
    if (TimeTrace* trace = session_.time_trace())
      trace->add(std::move(running.what), "step", running.since, std::chrono::steady_clock::now(), outcome);
  }

  Session& session_;
  const std::string prefix_;
  std::mutex mutex_;
  std::map<StepId, Running> steps_;
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

std::string name_of(const BatchItem& item) {
  fs::path project = item.arguments.project.project;
  if (project.filename() == "faas.yaml") project = project.parent_path();
  return project.empty() ? "." : project.string();
}

std::string as_typed(const fs::path& path) {
  std::error_code error;
  fs::path relative = fs::proximate(path, error);
  return error || relative.string().starts_with("..") ? path.string() : relative.string();
}

void add_target_options(CLI::App& app, TargetArguments& arguments, const std::string& what) {
  app.add_option("target", arguments.project.project, what)->type_name("PATH");
  add_build_options(app, arguments);
}

void add_build_options(CLI::App& app, TargetArguments& arguments, const std::string& jobs) {
  const std::vector<CLI::Option*> others = app.get_options();
  app.add_option("-f,--file", arguments.project.manifest, "the manifest, instead of faas.yaml")
      ->type_name("FILE");
  app.add_flag("--locked", arguments.locked, "refuse what is made of anything that faas.lock does not name");
  app.add_option("--kernel", arguments.kernel, "nanos, linux, nanos@VERSION, or a kernel's path")
      ->type_name("KERNEL");
  app.add_option("-j,--jobs", arguments.jobs, jobs)
      ->type_name("N")
      ->check(CLI::Range(1, 1024).description(""));
  add_cache_options(app);
  for (CLI::Option* option : app.get_options())
    if (std::find(others.begin(), others.end(), option) == others.end()) option->group(kBuildOptionsGroup);
}

Result<std::optional<BuiltFunction>> build_target(Session& session, const TargetArguments& arguments) {
  std::vector<BatchItem> one(1);
  one.front().arguments = arguments;
  FAASC_CHECK(build_batch(session, one, 1, false));
  return std::move(one.front().built);
}

namespace {

Result<BuildOptions> build_options(const Session& session, const TargetArguments& arguments) {
  BuildOptions options;
  FAASC_TRY(options.manifest, find_manifest(arguments.project));
  options.output = arguments.output;
  options.kernel = arguments.kernel;
  options.jobs = arguments.jobs;
  options.digest = arguments.digest || session.options().verbosity == Verbosity::Verbose;
  options.offline = session.options().offline;
  if (arguments.locked) options.lock = LockUse::Require;
  options.depfile = arguments.depfile;
  options.keep_time = arguments.keep_time;
  options.debuggable = arguments.debuggable;
  return options;
}

// The functions of one batch, taken one after another by several threads.
class Batch {
 public:
  Batch(Session& session, std::vector<BatchItem>& items, const BuildTools& tools, KernelStore& store,
        StepCache* cache, bool keep_going)
      : session_(session),
        items_(items),
        tools_(tools),
        store_(store),
        cache_(cache),
        keep_going_(keep_going) {}

  Result<void> run(unsigned threads) {
    work_side_by_side(threads, [this] { work(); });
    if (stopped_by_) return std::move(*stopped_by_);
    return {};
  }

 private:
  void work() {
    for (std::size_t i = next_++; i < items_.size() && !stop_; i = next_++) build(items_[i]);
  }

  void build(BatchItem& item) {
    SessionProgress progress(session_, items_.size() > 1 ? name_of(item) : "");
    item.begun = true;
    Diagnostics diagnostics;
    auto options = build_options(session_, item.arguments);
    auto built = options ? build_function(*options, tools_, store_, cache_, diagnostics, progress)
                         : Result<BuiltFunction>(std::move(options).error());
    std::lock_guard lock(mutex_);
    session_.report(diagnostics);
    if (built) {
      announce(session_, *built);
      item.built = std::move(*built);
      return;
    }
    // Findings say all that the error would; of one function alone the driver shows the error.
    bool said = diagnostics.has_errors();
    bool interrupted = built.error().fault == Fault::Interrupted;
    if (!said && (interrupted || items_.size() == 1)) {
      if (!stopped_by_) stopped_by_ = std::move(built).error();
    } else if (!said) {
      session_.report(built.error());
    }
    if (interrupted || !keep_going_) stop_ = true;
  }

  Session& session_;
  std::vector<BatchItem>& items_;
  const BuildTools& tools_;
  KernelStore& store_;
  StepCache* const cache_;
  const bool keep_going_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;  // guards the session's findings and what is below
  std::optional<Error> stopped_by_;
};

}  // namespace

Result<void> build_batch(Session& session, std::vector<BatchItem>& items, unsigned jobs, bool keep_going) {
  FAASC_TRY(BuildTools tools, find_tools());
  FAASC_TRY(KernelStore store, KernelStore::open());
  if (jobs == 0) jobs = std::max(1u, std::thread::hardware_concurrency());
  unsigned threads = static_cast<unsigned>(std::min<std::size_t>(jobs, items.size()));
  // Each function's own sources share what is left.
  if (items.size() > 1)
    for (BatchItem& item : items) item.arguments.jobs = std::max(1u, jobs / threads);
  FAASC_TRY(std::unique_ptr<StepCache> cache, open_build_cache(session));
  auto done = Batch(session, items, tools, store, cache.get(), keep_going).run(threads);
  if (cache) {
    cache->settle();
    Diagnostics of_cache;
    for (Diagnostic& warning : cache->take_warnings()) of_cache.add(std::move(warning));
    session.report(of_cache);
  }
  return done;
}

Result<std::optional<BuildPlan>> plan_target(Session& session, const TargetArguments& arguments,
                                             StepCache* cache) {
  FAASC_TRY(BuildTools tools, find_tools());
  FAASC_TRY(KernelStore store, KernelStore::open());
  FAASC_TRY(BuildOptions options, build_options(session, arguments));
  Diagnostics diagnostics;
  auto plan = plan_function(options, tools, store, cache, diagnostics);
  session.report(diagnostics);
  if (plan) return std::optional(std::move(*plan));
  if (diagnostics.has_errors()) return std::optional<BuildPlan>();
  return std::move(plan).error();
}

Result<std::optional<LockedFunction>> lock_target(Session& session, const TargetArguments& arguments) {
  FAASC_TRY(BuildTools tools, find_tools());
  FAASC_TRY(KernelStore store, KernelStore::open());
  FAASC_TRY(BuildOptions options, build_options(session, arguments));
  Diagnostics diagnostics;
  SessionProgress progress(session);
  auto locked = lock_function(options, tools, store, diagnostics, progress);
  session.report(diagnostics);
  if (locked) return std::optional(std::move(*locked));
  if (diagnostics.has_errors()) return std::optional<LockedFunction>();
  return std::move(locked).error();
}

Result<std::optional<fs::path>> spec_of(const TargetArguments& arguments) {
  std::error_code error;
  fs::path path = arguments.project.project;
  if (!arguments.project.manifest.empty() || !fs::is_regular_file(path, error))
    return std::optional<fs::path>();
  if (is_spec(path)) return std::optional(path);
  if (path.extension() == ".yaml" || path.extension() == ".yml" || path.extension() == ".json")
    return std::optional<fs::path>();
  // An image is run as the spec beside it says.
  fs::path spec = vm_spec_path(path);
  if (!fs::exists(spec, error))
    return Error{Fault::Input,
                 kNoSpec,
                 "there is no '" + spec.string() + "' beside '" + path.string() + "'",
                 {},
                 "run the project's directory, or keep an image and its spec together"};
  return std::optional(spec);
}

namespace {

Result<VmSpec> read_spec(const fs::path& path) {
  FAASC_TRY(KernelStore store, KernelStore::open());
  return read_vm_spec(fs::absolute(path), store.root());
}

}  // namespace

Result<VmSpec> load_spec(Session& session, const fs::path& path) {
  FAASC_TRY(VmSpec spec, read_spec(path));
  return with_disks_unpacked(session, std::move(spec));
}

Result<std::optional<VmSpec>> read_target(Session& session, const TargetArguments& arguments) {
  FAASC_TRY(std::optional<fs::path> path, spec_of(arguments));
  if (!path) {
    FAASC_TRY(std::optional<BuiltFunction> built, build_target(session, arguments));
    if (!built) return std::optional<VmSpec>();
    path = built->spec;
  }
  FAASC_TRY(VmSpec spec, read_spec(*path));
  return std::optional(std::move(spec));
}

Result<std::optional<VmSpec>> load_target(Session& session, const TargetArguments& arguments) {
  FAASC_TRY(std::optional<VmSpec> spec, read_target(session, arguments));
  if (!spec) return spec;
  FAASC_TRY(VmSpec runnable, with_disks_unpacked(session, std::move(*spec)));
  return std::optional(std::move(runnable));
}

}  // namespace faasc
