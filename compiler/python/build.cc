#include "compiler/python/build.h"

#include <algorithm>
#include <set>

#include "base/file.h"
#include "base/file_stamp.h"
#include "base/sha256.h"
#include "compiler/python/cache.h"
#include "compiler/python/codes.h"
#include "compiler/python/helper.h"
#include "compiler/python/known_sources.h"
#include "compiler/python/lint.h"
#include "compiler/python/requirements.h"
#include "compiler/python/resolution.h"
#include "compiler/python/site_packages.h"
#include "packager/rootfs/elf_closure.h"
#include "packager/rootfs/elf_file.h"
#include "packager/rootfs/elf_strip.h"

namespace faasc {
namespace fs = std::filesystem;
using namespace python;

namespace {

constexpr const char* kTask = "/var/task";
constexpr const char* kRuntime = "/usr/lib/faasc/python";
constexpr const char* kFallback = "/usr/lib/faasc/fallback";
constexpr std::uint64_t kWorthStripping = 4 << 10;

std::string quoted_python(std::string_view text) {
  std::string out = "'";
  for (char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

class PythonBuilder {
 public:
  PythonBuilder(const PythonRequest& request, Diagnostics& diagnostics, const PythonProgress& progress)
      : request_(request), diagnostics_(diagnostics), progress_(progress) {}

  Result<PythonBuild> build() {
    FAASC_CHECK(prepare());
    Helper helper(python_, request_.installation.scripts, shared_ / "scripts");
    FAASC_CHECK(choose(helper));
    FAASC_TRY(fs::path site, site_of_requirements());
    FAASC_CHECK(stage(helper, site));
    return finish();
  }

  Result<PythonLock> lock() {
    FAASC_CHECK(prepare());
    FAASC_CHECK(choose(Helper(python_, request_.installation.scripts, shared_ / "scripts")));
    ResolutionRequest wanted = resolution();
    FAASC_TRY(int count, lock_requirements(python_, wanted, shared_, progress_));
    return PythonLock{.file = wanted.lock, .distributions = count, .python = python_.version()};
  }

 private:
  Result<void> prepare() {
    FAASC_TRY(cache_, cache_directory());
    FAASC_TRY(python_, find_python(PythonSearch::of_process(request_.project_dir), request_.version,
                                   request_.installation.scripts / "probe.py", cache_));
    shared_ = cache_ / (python_.short_version() + "-" + python_.digest.substr(0, 16));
    std::error_code error;
    lib_ = "/usr/" + python_.platlibdir + "/python" + python_.short_version();
    source_ = fs::canonical(request_.project_dir / request_.source, error);
    if (error) return io_error("find", request_.project_dir / request_.source, error.value());
    if (request_.work_dir.empty()) return {};  // nothing is staged
    FAASC_CHECK(make_directories(request_.work_dir));
    work_ = fs::canonical(request_.work_dir, error);
    if (error) return io_error("find", request_.work_dir, error.value());
    return {};
  }

  Result<void> see_diagnostics() const {
    return Error{.fault = Fault::Input,
                 .code = kPythonHandlerNotFound,
                 .what = "the function was not built",
                 .during = {},
                 .hint = {}};
  }

  ModuleTree user_tree() const { return {"user", source_, kTask, request_.files, {}}; }

  // The facts of every source, from the interpreter's parser or from the last build.
  Result<void> scan(const Helper& helper) {
    std::vector<std::string> unknown, digests;
    for (const std::string& file : request_.files)
      if (file.ends_with(".py")) sources_.push_back(file);
    if (!work_.empty()) known_ = KnownSources::load(work_ / "known.json", stamps_of_ours());
    scanned_.resize(sources_.size());
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      auto digest = sha256_of_file(source_ / sources_[i]);
      digests.push_back(digest ? to_hex(*digest) : std::string());  // the parser will say what is wrong
      const std::string* facts = known_.facts(sources_[i], digests[i]);
      if (facts)
        if (auto source = scanned_source(*facts);
            source && (source->bytecode.empty() || stamp_of(source->bytecode).exists())) {
          scanned_[i] = std::move(*source);
          continue;
        }
      unknown.push_back(sources_[i]);
      places.push_back(i);
    }
    if (unknown.empty()) return {};
    FAASC_TRY(std::vector<ScannedSource> fresh, helper.scan(user_tree(), unknown, work_, request_.bytecode));
    for (std::size_t i = 0; i < places.size() && i < fresh.size(); ++i) {
      known_.set_facts(unknown[i], digests[places[i]], fresh[i].text);
      compiled_ += !fresh[i].bytecode.empty();
      scanned_[places[i]] = std::move(fresh[i]);
    }
    return {};
  }

  // Stands for the interpreter and for faasc's own files: what another one of them found is of no use.
  std::string stamps_of_ours() const {
    std::string text = python_.digest + (request_.bytecode ? " compiled" : " sources");
    for (const fs::path& path : own_files()) text += stamp_text(path);
    return to_hex(sha256(text));
  }

  // What decides which modules a tree has, beside its place. The question lists the function's own files, and
  // their directory changes with every edit; of their contents, only extension modules count here.
  static std::string stamp_text(const ModuleTree& tree) {
    if (tree.files.empty()) return stamp_text(tree.host);
    std::string text;
    for (const std::string& file : tree.files)
      if (file.ends_with(".so")) text += stamp_text(tree.host / file);
    return text;
  }

  static std::string stamp_text(const fs::path& path) {
    FileStamp stamp = stamp_of(path);
    return "\n" + path.string() + " " + std::to_string(stamp.inode) + " " + std::to_string(stamp.size_bytes) +
           " " + std::to_string(stamp.modified_ns) + " " + std::to_string(stamp.changed_ns);
  }

  Result<void> choose(const Helper& helper) {
    FAASC_CHECK(scan(helper));
    std::vector<FileFacts> facts;
    for (const ScannedSource& source : scanned_) facts.push_back(source.facts);
    WantedHandler wanted = request_.wanted;
    if (!request_.requirements.empty()) {
      auto requirements = read_requirements(request_.requirements);
      if (!requirements) return std::move(requirements).error();
      requirements_ = std::move(*requirements);
      inputs_.insert(inputs_.end(), requirements_.inputs.begin(), requirements_.inputs.end());
    }
    wanted.requires_framework = requirements_.names.contains("functions-framework");
    auto chosen = choose_handler(facts, wanted, diagnostics_);
    if (!chosen) return see_diagnostics();
    chosen_ = std::move(*chosen);
    report_relative_import();
    using Lint = PythonRequest::Lint;
    if (request_.lint != Lint::Off)
      report_lint(facts, requirements_.names, wanted.source,
                  request_.lint == Lint::Strict ? Severity::Error : Severity::Warning, diagnostics_);
    if (diagnostics_.has_errors()) return see_diagnostics();
    return {};
  }

  // What the handler's module imports relative to itself, although it is in no package. Google's framework
  // makes a package of it; elsewhere it cannot be imported.
  const RelativeImport* relative_to_nothing() const {
    if (chosen_.module.find('.') != std::string::npos || chosen_.file.find('/') != std::string::npos)
      return nullptr;
    for (const ScannedSource& source : scanned_)
      if (source.facts.path == chosen_.file && source.relative) return &*source.relative;
    return nullptr;
  }

  bool is_of_framework() const {
    return chosen_.kind == "http" || chosen_.kind == "cloudevent" || chosen_.kind == "event" ||
           chosen_.kind == "typed";
  }

  void report_relative_import() {
    const RelativeImport* found = relative_to_nothing();
    if (!found || !found->certain || is_of_framework()) return;
    std::string name =
        found->module.substr(std::min(found->module.find_first_not_of('.'), found->module.size()));
    diagnostics_.add(
        {.severity = Severity::Error,
         .code = kPythonRelativeImport,
         .message = "'" + chosen_.module + "' is in no package, so there is nothing that '" + found->module +
                    "' is relative to",
         .place = {.file = (fs::path(request_.wanted.source) / chosen_.file).lexically_normal().string(),
                   .line = found->line,
                   .column = found->column},
         .line_text = {},
         .hint = name.empty() ? "import the module by its name alone"
                              : "write 'from " + name + " import ...', without the dots",
         .notes = {}});
  }

  bool imports(std::string_view package) const {
    return std::any_of(scanned_.begin(), scanned_.end(),
                       [&](const ScannedSource& source) { return source.imports_package(package); });
  }

  // What the function needs of what Google's framework brings along: it is there for the functions that are
  // written for it, whether or not they require the framework.
  FrameworkParts parts() const {
    const std::string& kind = chosen_.kind;
    FrameworkParts parts = parts_of_kind(kind, chosen_.asynchronous);
    bool of_events = kind == "cloudevent" || kind == "event";
    if (!is_of_framework() && !imports("functions_framework") &&
        !requirements_.names.contains("functions-framework"))
      return parts;
    auto is_imported = [&](std::string_view package) { return imports(package); };
    parts.flask |= std::ranges::any_of(kFlaskPackages, is_imported);
    parts.starlette |= std::ranges::any_of(kStarlettePackages, is_imported);
    parts.events |= of_events || imports("cloudevents");
    return parts;
  }

  // What is installed: the user's requirements, and what the kind needs beside them.
  ResolutionRequest resolution() const {
    return {.parts = parts(),
            .requirements = requirements_,
            .file = request_.requirements,
            .lock = request_.project_dir / "requirements.lock",
            .wheels = request_.wheels,
            .index = request_.index,
            .offline = request_.offline,
            .locked = request_.locked,
            .locked_place = request_.locked_place,
            .steps = request_.steps};
  }

  Result<fs::path> site_of_requirements() {
    ResolutionRequest wanted = resolution();
    if (!requirements_.lines.empty() || wanted.parts != FrameworkParts{}) inputs_.push_back(wanted.lock);
    FAASC_TRY(fs::path site, resolve_requirements(python_, wanted, shared_, diagnostics_, progress_));
    if (diagnostics_.has_errors()) return see_diagnostics().error();
    return site;
  }

  // The module from which start.py learns which function this is.
  std::string function_module(bool has_pth) const {
    std::string text = "KIND = " + quoted_python(boot_kind()) + "\n";
    text += "MODULE = " + quoted_python(chosen_.module) + "\n";
    text += "NAME = " + quoted_python(chosen_.function) + "\n";
    text += "DIRECTORY = " + quoted_python(kTask) + "\n";
    text += "SITE_PACKAGES = " + quoted_python(lib_ + "/site-packages") + "\n";
    text += std::string("AS_PACKAGE = ") + (relative_to_nothing() ? "True" : "False") + "\n";
    text += has_pth ? "from site import addsitedir as read_paths\n" : "read_paths = None\n";
    text += "FALLBACK = " + quoted_python(kFallback) + "\n";
    return text;
  }

  Result<void> stage(const Helper& helper, const fs::path& site) {
    bool has_pth = false;
    std::error_code error;
    if (!site.empty())
      for (fs::directory_iterator entry(site, error), end; !error && entry != end; entry.increment(error))
        has_pth |= entry->path().extension() == ".pth";

    StageRequest request{.trees = {},
                         .roots = {"start", "faasc_function", "faasc_boot." + boot_kind() + "_kind"},
                         .keep = request_.include,
                         .prune = request_.prune,
                         .bytecode = request_.bytecode,
                         .cache = shared_,
                         .own_cache = work_};
    request.trees.push_back(user_tree());
    request.trees.push_back(
        {"generated", work_ / "generated", kRuntime, {"faasc_function.py"}, {function_module(has_pth)}});
    request.trees.push_back({"runtime", request_.installation.runtime, kRuntime, {}, {}});
    request.trees.push_back({"stdlib", python_.stdlib, lib_, {}, {}});
    request.trees.push_back({"dynload", python_.dynload, lib_ + "/lib-dynload", {}, {}});
    if (!site.empty()) request.trees.push_back({"site", site, lib_ + "/site-packages", {}, {}});
    request.trees.push_back({"fallback", request_.installation.fallback, kFallback, {}, {}});
    FAASC_CHECK(stage_modules(helper, request));
    report_unresolved();
    if (diagnostics_.has_errors()) return see_diagnostics();
    if (!site.empty()) inputs_.push_back(site);
    return {};
  }

  // As long as the same question is asked of sources that import the same, the last answer holds: only their
  // byte code is another.
  Result<void> stage_modules(const Helper& helper, const StageRequest& request) {
    std::string question = helper.question(request), imports;
    for (const ModuleTree& tree : request.trees) question += stamp_text(tree);
    for (std::size_t i = 0; i < sources_.size(); ++i)
      imports += "\n" + sources_[i] + "\n" + scanned_[i].imports + (scanned_[i].bytecode.empty() ? "-" : "+");
    question += "\n" + to_hex(sha256(imports));
    if (const std::string* answer = known_.staged(question)) {
      FAASC_TRY(staged_, staged_files(*answer));
      staged_.compiled = 0;
      take_byte_code();
      // Complaints name places, which may be others now.
      if (staged_.unresolved.empty() && all_there(staged_)) return known_.save(sources_);
    }
    tell("staging modules");
    FAASC_TRY(std::string answer, helper.stage(request));
    FAASC_TRY(staged_, staged_files(answer));
    known_.set_staged(std::move(question), std::move(answer));
    return known_.save(sources_);
  }

  void take_byte_code() {
    std::map<std::string, const std::string*> compiled;  // by its path in the guest
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      fs::path source = fs::path(kTask) / sources_[i];
      compiled[(source.parent_path() / "__pycache__" / source.stem()).string() + "." + python_.cache_tag +
               ".pyc"] = &scanned_[i].bytecode;
    }
    for (StagedFile& file : staged_.files)
      if (auto found = compiled.find(file.guest); found != compiled.end()) file.host = *found->second;
  }

  // What the runtime calls the kind.
  std::string boot_kind() const { return (chosen_.asynchronous ? "aio_" : "") + chosen_.kind; }

  void report_unresolved() {
    std::set<std::pair<std::string, std::string>> seen;
    for (const Unresolved& one : staged_.unresolved) {
      std::string top = one.module.substr(0, one.module.find('.'));
      if (!one.file.empty() && !one.certain) continue;
      if (!seen.insert({one.file, top}).second) continue;
      Diagnostic finding{
          .severity = Severity::Error,
          .code = kPythonModuleMissing,
          .message = "there is no module '" + one.module + "'",
          .place = {},
          .line_text = {},
          .hint = "add the distribution that has it to " +
                  (request_.requirements.empty() ? "a requirements.txt"
                                                 : "'" + request_.requirements.filename().string() + "'"),
          .notes = {}};
      if (one.file.empty()) {
        finding.hint = "correct 'build.python.include'";
      } else {
        finding.place = {.file = (fs::path(request_.wanted.source) / one.file).lexically_normal().string(),
                         .line = one.line,
                         .column = one.column};
        // A path that the code makes, or a module of the function that is not the handler's, may be found
        // after all.
        if (staged_.path_is_changed || one.file != chosen_.file) finding.severity = Severity::Warning;
      }
      diagnostics_.add(std::move(finding));
    }
  }

  Result<PythonBuild> finish() {
    PythonBuild built;
    Program& program = built.program;
    program.executable = "/usr/bin/python" + python_.short_version();
    std::vector<ElfObject> objects;
    auto add_elf = [&](const std::string& host, const std::string& guest, std::string why) -> Result<void> {
      FAASC_TRY(std::string content, stripped(host));
      objects.push_back({host, guest});
      return program.rootfs.add(guest, {HostFile{std::move(content)}, 0755, std::move(why)});
    };
    FAASC_CHECK(add_elf(python_.executable.string(), program.executable, "the interpreter"));
    if (!python_.library.empty())
      FAASC_CHECK(
          add_elf(python_.library.string(), "/usr/lib/" + python_.library_name, "the interpreter's library"));
    for (const StagedFile& file : staged_.files) {
      bool elf = file.guest.find(".so") != std::string::npos && looks_like_elf(file.host);
      if (elf) {
        FAASC_CHECK(add_elf(file.host, file.guest, file.why));
      } else {
        FAASC_CHECK(program.rootfs.add(file.guest, {HostFile{file.host}, 0644, file.why}));
      }
    }
    // A root with nothing in it of its own is still where the interpreter looks for its extension modules.
    if (!program.rootfs.find(lib_ + "/lib-dynload"))
      FAASC_CHECK(
          program.rootfs.add(lib_ + "/lib-dynload", {Directory{}, 0755, "the interpreter looks for it"}));
    FAASC_CHECK(add_elf_closure(program.rootfs, objects));
    program.argv = {program.executable,
                    "-S",
                    "-s",
                    "-B",
                    "-X",
                    "utf8",
                    std::string(kRuntime) + "/start.py" + (request_.bytecode ? "c" : "")};
    program.working_directory = kTask;

    built.function = {
        .language = "python",
        .handler = chosen_.function.empty() ? chosen_.module : chosen_.module + "." + chosen_.function,
        .kind = chosen_.kind,
        .file = (fs::path(request_.wanted.source) / chosen_.file).lexically_normal().string(),
        .line = chosen_.line,
        .reason = chosen_.reason};
    built.modules = staged_.modules;
    built.compiled = staged_.compiled + compiled_;
    for (const std::string& file : request_.files) inputs_.push_back(source_ / file);
    for (fs::path& own : own_files()) inputs_.push_back(std::move(own));
    inputs_.push_back(python_.executable);
    inputs_.push_back(python_.stdlib);
    if (!python_.library.empty()) inputs_.push_back(python_.library);
    if (!request_.wheels.empty()) inputs_.push_back(request_.wheels);
    built.inputs = std::move(inputs_);
    built.interpreter = std::move(python_);
    return built;
  }

  // faasc's scripts, and what it brings for the guest.
  std::vector<fs::path> own_files() const {
    std::vector<fs::path> files;
    for (const fs::path& root :
         {request_.installation.scripts, request_.installation.runtime, request_.installation.fallback}) {
      std::error_code error;
      std::size_t first = files.size();
      files.push_back(root);
      for (fs::recursive_directory_iterator entry(root, error), end; !error && entry != end;
           entry.increment(error))
        files.push_back(entry->path());
      std::sort(files.begin() + static_cast<std::ptrdiff_t>(first), files.end());
    }
    return files;
  }

  // The file without what only debuggers read; the file itself where that is little.
  Result<std::string> stripped(const std::string& host) {
    FileStamp stamp = stamp_of(host);
    if (stamp.size_bytes < kWorthStripping) return host;
    std::string key =
        to_hex(sha256(host + " " + std::to_string(stamp.inode) + " " + std::to_string(stamp.size_bytes) +
                      " " + std::to_string(stamp.modified_ns) + " " + std::to_string(stamp.changed_ns)))
            .substr(0, 40);
    fs::path place = shared_ / "stripped" / key;
    FileStamp kept = stamp_of(place);
    if (kept.exists()) return kept.size_bytes > 0 ? place.string() : host;
    FAASC_TRY(std::optional<std::string> bytes, stripped_elf(host, kWorthStripping));
    // An empty file stands for one that is not worth it.
    FAASC_CHECK(write_file(place, bytes ? *bytes : std::string(), 0755));
    return bytes ? place.string() : host;
  }

  void tell(const std::string& what) const {
    if (progress_) progress_(what);
  }

  const PythonRequest& request_;
  Diagnostics& diagnostics_;
  const PythonProgress& progress_;
  PythonInterpreter python_;
  fs::path cache_, shared_, source_, work_;
  std::string lib_;
  Requirements requirements_;
  ChosenHandler chosen_;
  std::vector<std::string> sources_;  // those of the files that are Python
  std::vector<ScannedSource> scanned_;
  KnownSources known_;
  int compiled_ = 0;  // of these
  Staged staged_;
  std::vector<fs::path> inputs_;
};

}  // namespace

Result<PythonLock> lock_python(const PythonRequest& request, Diagnostics& diagnostics,
                               const PythonProgress& progress) {
  return PythonBuilder(request, diagnostics, progress).lock();
}

Result<PythonBuild> build_python(const PythonRequest& request, Diagnostics& diagnostics,
                                 const PythonProgress& progress) {
  return PythonBuilder(request, diagnostics, progress).build();
}

}  // namespace faasc
