#include "compiler/go/build.h"

#include <algorithm>
#include <future>

#include "base/file.h"
#include "base/file_stamp.h"
#include "base/interrupt.h"
#include "base/job_server.h"
#include "base/process.h"
#include "compiler/go/codes.h"
#include "compiler/go/detector.h"
#include "compiler/go/environment.h"
#include "compiler/go/kept_packages.h"
#include "compiler/go/messages.h"
#include "compiler/go/module_file.h"
#include "compiler/go/overlay.h"
#include "compiler/go/packages.h"
#include "compiler/go/stripped_copy.h"
#include "compiler/go/toolchain.h"
#include "compiler/go/unikernel_lint.h"
#include "packager/rootfs/elf_closure.h"

namespace faasc {

namespace fs = std::filesystem;

namespace {

std::string joined(const std::vector<std::string>& list, char separator) {
  std::string text;
  for (const std::string& item : list) text += (text.empty() ? "" : std::string(1, separator)) + item;
  return text;
}

class GoBuilder {
 public:
  GoBuilder(const GoRequest& request, Diagnostics& diagnostics,
            const std::function<void(const std::string&)>& progress)
      : request_(request), diagnostics_(diagnostics), progress_(progress) {}

  Result<GoBuild> build() {
    FAASC_CHECK(prepare());
    FAASC_TRY(go::Facts facts, look());
    if (!facts.problems.empty()) FAASC_CHECK(let_go_complain(facts));
    go::Wanted wanted = request_.wanted;
    wanted.package = package_directory();
    Diagnostics found;
    std::optional<go::Chosen> chosen = go::choose_handler(facts, wanted, found);
    // The handler may be in a file that was left out.
    if (!chosen && !request_.cgo && !facts.cgo_files.empty()) return needs_cgo(facts.cgo_files.front());
    for (Diagnostic one : found.all()) report(std::move(one), source_);
    if (!chosen) return refused("the handler was not found");
    FAASC_CHECK(check_cgo(facts, *chosen));
    FAASC_CHECK(compile(facts, *chosen));
    FAASC_CHECK(lint(facts));
    return finish(*chosen);
  }

 private:
  static Error refused(std::string what) {
    return Error{
        .fault = Fault::Input, .code = kGoDoesNotCompile, .what = std::move(what), .during = {}, .hint = {}};
  }

  Result<void> prepare() {
    FAASC_CHECK(make_directories(request_.work_dir));
    std::error_code error;
    project_ = fs::canonical(request_.project_dir, error);
    if (error) return io_error("find", request_.project_dir, error.value());
    source_ = fs::canonical(project_ / request_.source, error);
    if (error) return io_error("find", project_ / request_.source, error.value());
    work_ = fs::canonical(request_.work_dir, error);
    if (error) return io_error("find", request_.work_dir, error.value());
    cache_ = go::user_cache_directory(work_) / "go";
    FAASC_TRY(std::optional<go::Module> module, go::find_module(source_));
    if (!module) return no_module();
    module_ = std::move(*module);
    FAASC_TRY(toolchain_, go::find_toolchain(request_.version));
    if (!module_.go.empty() && go::is_older(toolchain_.version, module_.go)) {
      Diagnostic diagnostic;
      diagnostic.code = kGoModTooNew;
      diagnostic.message = "go.mod asks for Go " + module_.go + ", but this is Go " + toolchain_.version +
                           " at '" + toolchain_.root.string() + "'";
      diagnostic.place = {.file = (module_.root / "go.mod").string(), .line = module_.go_line, .column = 1};
      diagnostic.hint = "install a newer Go, or lower the version in go.mod if the code does not need it";
      report(std::move(diagnostic), module_.root);
      return refused("go.mod wants a newer Go");
    }
    return {};
  }

  Error no_module() {
    Diagnostic diagnostic;
    diagnostic.code = kGoNoModule;
    diagnostic.message = "there is no go.mod in '" + shown(source_) + "' or above";
    diagnostic.hint = "run 'go mod init NAME' there, or name the module's directory with 'source'";
    diagnostic.place = request_.wanted.handler_place;
    diagnostics_.add(std::move(diagnostic));
    return refused("there is no Go module");
  }

  Result<go::Facts> look() {
    started_ns_ = file_clock_ns();
    go::DetectorRequest request{.toolchain = toolchain_,
                                .sources = request_.installation / "detector",
                                .cache_dir = cache_,
                                .directory = source_,
                                .module = module_.path,
                                .module_root = module_.root,
                                .tags = request_.tags,
                                .architecture = request_.architecture,
                                .cgo = request_.cgo};
    return go::detect(request);
  }

  // The directory of build.go.package, relative to where we look.
  std::optional<std::string> package_directory() const {
    std::string wanted = request_.package;
    if (wanted.empty()) return std::nullopt;
    if (wanted == module_.path || wanted.starts_with(module_.path + "/")) {
      fs::path place = module_.root / fs::path(wanted.substr(module_.path.size())).relative_path();
      wanted = place.lexically_normal().lexically_relative(source_).string();
    }
    fs::path normal = fs::path(wanted).lexically_normal();
    std::string text =
        normal.has_filename() ? normal.generic_string() : normal.parent_path().generic_string();
    return text.empty() ? "." : text;
  }

  std::map<std::string, std::string> environment() const {
    return go::go_environment({.offline = request_.offline,
                               .cache_dir = cache_,
                               .architecture = request_.architecture,
                               .goamd64 = request_.goamd64,
                               .cgo = request_.cgo});
  }

  std::vector<std::string> build_flags() const {
    bool vendor = request_.modules == GoRequest::Modules::Vendor ||
                  (request_.modules == GoRequest::Modules::Auto && module_.vendored);
    std::vector<std::string> flags{vendor ? "-mod=vendor" : "-mod=readonly", "-trimpath"};
    if (!request_.tags.empty()) flags.push_back("-tags=" + joined(request_.tags, ','));
    return flags;
  }

  // A file cannot be parsed. The compiler's own words are what people know.
  Result<void> let_go_complain(const go::Facts& facts) {
    std::vector<std::string> argv{toolchain_.program.string(), "build", "-o", "/dev/null"};
    for (const std::string& flag : build_flags()) argv.push_back(flag);
    std::vector<std::string> directories;
    for (const Diagnostic& problem : facts.problems) {
      fs::path directory = (source_ / problem.place.file).parent_path().lexically_relative(module_.root);
      directories.push_back(directory == "." ? "." : "./" + directory.generic_string());
    }
    std::sort(directories.begin(), directories.end());
    directories.erase(std::unique(directories.begin(), directories.end()), directories.end());
    if (directories.size() == 1) {
      argv.push_back(directories[0]);
      FAASC_TRY(Finished finished, run({argv, module_.root, environment()}));
      report_go(finished.err, nullptr);
    }
    if (!diagnostics_.has_errors())
      for (Diagnostic problem : facts.problems) report(std::move(problem), source_);
    return refused("the source cannot be parsed");
  }

  Error needs_cgo(const std::string& file) {
    Diagnostic diagnostic;
    diagnostic.code = kGoCgoNeeded;
    diagnostic.message = "'" + file + "' needs cgo, which is off";
    diagnostic.place = {.file = file, .line = 1, .column = 1};
    diagnostic.hint = "set 'build: {go: {cgo: true}}'";
    report(std::move(diagnostic), source_);
    return refused("the function needs cgo");
  }

  Result<void> check_cgo(const go::Facts& facts, const go::Chosen& chosen) {
    if (request_.cgo) return {};
    const std::string& directory = facts.packages[chosen.package].directory;
    for (const std::string& file : facts.cgo_files) {
      std::string parent = fs::path(file).parent_path().generic_string();
      if ((parent.empty() ? "." : parent) != directory) continue;
      return needs_cgo(file);
    }
    return {};
  }

  Result<void> compile(const go::Facts& facts, const go::Chosen& chosen) {
    FAASC_TRY(go::Overlay overlay, go::plan_overlay({.facts = facts,
                                                     .chosen = chosen,
                                                     .module = module_,
                                                     .directory = source_,
                                                     .runtime_dir = request_.installation / "faasrt"}));
    FAASC_TRY(fs::path overlay_file, go::write_overlay(overlay, work_));
    for (const auto& [place, file] : overlay.installed) inputs_.push_back(file);

    std::vector<std::string> common = build_flags();
    common.push_back("-overlay=" + overlay_file.string());
    std::vector<std::string> list{toolchain_.program.string(), "list", "-deps",
                                  "-json=" + std::string(go::kListFields)};
    list.insert(list.end(), common.begin(), common.end());
    list.push_back(overlay.target);
    // Go shares no tokens with make: it gets what is free now.
    FurtherJobs further(static_cast<std::size_t>(std::max(request_.jobs, 1)) - 1);
    std::vector<std::string> build{toolchain_.program.string(),
                                   "build",
                                   "-buildvcs=false",
                                   "-p",
                                   std::to_string(1 + further.count()),
                                   "-o",
                                   (work_ / "function.debug").string()};
    build.insert(build.end(), common.begin(), common.end());
    // Only gdb and its like read what would be compressed, and compressing takes a tenth of the build.
    std::vector<std::string> ldflags{"-compressdwarf=false"};
    ldflags.insert(ldflags.end(), request_.ldflags.begin(), request_.ldflags.end());
    build.push_back("-ldflags=" + joined(ldflags, ' '));
    if (request_.debuggable) build.push_back("-gcflags=" + module_.path + "/...=-N -l");
    build.push_back(overlay.target);

    // What was read is listed while it is compiled, unless it is known from last time.
    std::map<std::string, std::string> variables = environment();
    go::ListQuestion question{.argv = list,
                              .environment = variables,
                              .toolchain = toolchain_,
                              .module = module_,
                              .facts = facts,
                              .directory = source_,
                              .overlay = overlay};
    fs::path kept_file = work_ / "packages.list";
    std::optional<std::vector<go::ListedPackage>> kept = go::kept_packages(kept_file, question);
    std::future<Result<Finished>> listing;
    if (!kept) listing = std::async(std::launch::async, [&] { return run({list, module_.root, variables}); });
    if (progress_ && kept) progress_("no package was added or left out since 'go list' was asked last");
    auto finished = run({build, module_.root, variables});
    std::optional<Result<Finished>> listed;
    if (listing.valid()) listed = listing.get();
    if (!finished) return std::move(finished).error();
    report_go(finished->err, &chosen);
    if (!finished->status.ok()) {
      if (!diagnostics_.has_errors())
        return Error{.fault = Fault::Internal,
                     .code = kGoAnswer,
                     .what = "go build ended with status " + std::to_string(finished->status.code) +
                             " and said nothing",
                     .during = {},
                     .hint = {}};
      return refused("the function does not compile");
    }
    if (kept) {
      packages_ = std::move(*kept);
    } else {
      if (!*listed) return std::move(*listed).error();
      const Finished& answer = **listed;
      if (!answer.status.ok()) {
        report_go(answer.err, &chosen);
        return refused("the packages of the function cannot be listed");
      }
      FAASC_TRY(packages_, go::read_package_list(answer.out));
      go::keep_packages(kept_file, question, packages_, answer.out, started_ns_);
    }
    return go::write_stripped_copy(work_ / "function.debug", work_ / "function")
        .during("stripping the executable");
  }

  Result<void> lint(const go::Facts& facts) {
    if (request_.lint == GoRequest::Lint::Off) return {};
    Severity severity = request_.lint == GoRequest::Lint::Strict ? Severity::Error : Severity::Warning;
    FAASC_TRY(std::vector<Diagnostic> found,
              go::lint_unikernel(facts, packages_, source_, work_ / "function", severity));
    for (Diagnostic& one : found) report(std::move(one), source_);
    return {};
  }

  void report_go(const std::string& text, const go::Chosen* chosen) {
    for (Diagnostic& one : go::read_go_messages(text)) {
      bool ours = one.place.file.find(std::string(go::kOverlayDirectory) + "/main/") != std::string::npos ||
                  one.place.file.ends_with("zz_faasc_boot.go");
      if (ours && chosen != nullptr && one.code.empty()) {
        // The generated code calls the handler in the way that its source suggested.
        one.code = kGoHandlerWrongType;
        one.message = "'" + chosen->name + "' cannot be served as a handler of kind '" + chosen->kind +
                      "': " + one.message;
        one.place = chosen->place;
        report(std::move(one), source_);
        continue;
      }
      // Go does not say where it stands.
      if (one.place.file.empty() && one.message.starts_with("malformed module path"))
        one.place = {.file = "go.mod", .line = module_.path_line, .column = 1};
      report(std::move(one), module_.root);
    }
  }

  // A path as the user would type it from where faasc was started.
  std::string shown(const fs::path& path) const {
    fs::path inside = path.lexically_relative(project_);
    if (inside.empty()) return path.string();
    if (*inside.begin() == "..") {
      std::error_code error;
      fs::path near = fs::proximate(path, error);
      return error ? path.string() : near.string();
    }
    return (request_.project_dir / inside).lexically_normal().string();
  }

  void report(Diagnostic diagnostic, const fs::path& base) {
    place(diagnostic, base);
    for (Diagnostic& note : diagnostic.notes) place(note, base);
    diagnostics_.add(std::move(diagnostic));
  }

  void place(Diagnostic& diagnostic, const fs::path& base) const {
    SourcePlace& place = diagnostic.place;
    // Places in the manifest are as they should be.
    if (place.file.empty() || !diagnostic.line_text.empty() ||
        place.file == request_.wanted.handler_place.file ||
        place.file == request_.wanted.signature_place.file ||
        place.file == request_.wanted.package_place.file)
      return;
    fs::path file = (base / place.file).lexically_normal();
    diagnostic.line_text = line_of(file, place.line);
    place.file = shown(file);
  }

  static std::string line_of(const fs::path& file, int number) {
    auto text = read_file(file, std::uint64_t{16} << 20);
    if (!text || number < 1) return {};
    std::size_t at = 0;
    for (int line = 1; line < number; ++line) {
      at = text->find('\n', at);
      if (at == std::string::npos) return {};
      ++at;
    }
    return text->substr(at, std::min(text->find('\n', at), text->size()) - at);
  }

  Result<GoBuild> finish(const go::Chosen& chosen) {
    bool lambda = chosen.kind == "lambda";
    GoBuild build;
    build.function = {.language = "go",
                      .handler = chosen.name,
                      .kind = chosen.kind,
                      .file = shown((source_ / chosen.place.file).lexically_normal()),
                      .line = chosen.place.line,
                      .reason = chosen.reason};
    build.executable = work_ / "function";
    build.debug_file = work_ / "function.debug";
    std::string executable = lambda ? kGoLambdaExecutable : kGoExecutable;
    build.program.executable = executable;
    build.program.architecture = request_.architecture == "arm64" ? "aarch64" : "x86_64";
    build.program.argv = {executable};
    if (lambda) build.program.working_directory = kGoLambdaDirectory;
    FAASC_CHECK(build.program.rootfs.add(executable, {HostFile{build.executable}, 0755, "program"}));
    if (request_.cgo)
      FAASC_CHECK(add_elf_closure(build.program.rootfs, {{build.executable.string(), executable}}));
    for (const fs::path& input : go::inputs_of(packages_)) inputs_.push_back(input);
    for (const char* name : {"go.mod", "go.sum", "vendor/modules.txt"})
      inputs_.push_back(module_.root / name);
    for (fs::path at = module_.root; at.has_relative_path(); at = at.parent_path())
      inputs_.push_back(at / "go.work");
    for (const char* part : {"detector", "faasrt"}) inputs_.push_back(request_.installation / part);
    inputs_.push_back(toolchain_.program);
    inputs_.push_back(toolchain_.root / "VERSION");
    std::sort(inputs_.begin(), inputs_.end());
    inputs_.erase(std::unique(inputs_.begin(), inputs_.end()), inputs_.end());
    build.inputs = std::move(inputs_);
    return build;
  }

  const GoRequest& request_;
  Diagnostics& diagnostics_;
  const std::function<void(const std::string&)>& progress_;
  fs::path project_, source_, work_, cache_;  // canonical
  go::Module module_;
  go::Toolchain toolchain_;
  std::vector<go::ListedPackage> packages_;
  std::vector<fs::path> inputs_;
  std::int64_t started_ns_ = 0;  // before the sources were looked at
};

}  // namespace

Result<GoBuild> build_go(const GoRequest& request, Diagnostics& diagnostics,
                         const std::function<void(const std::string&)>& progress) {
  return GoBuilder(request, diagnostics, progress).build();
}

}  // namespace faasc
