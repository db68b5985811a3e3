#include "compiler/cpp/build.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <set>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/interrupt.h"
#include "base/job_server.h"
#include "compiler/cpp/arguments.h"
#include "compiler/cpp/codes.h"
#include "compiler/cpp/compile_cache.h"
#include "compiler/cpp/compile_question.h"
#include "compiler/cpp/compiler_process.h"
#include "compiler/cpp/findings.h"
#include "compiler/cpp/input_record.h"
#include "compiler/cpp/link_messages.h"
#include "compiler/cpp/protocol.h"
#include "compiler/cpp/unikernel_lint.h"

// The work directory:
//   objects/<source>.o                         the object file
//   objects/<source>.json                      its InputRecord, with faasc-cxx's answer
//   objects/<source>.pch, .pch.json            its #include lines, parsed; once it has been edited
//   compile_commands.json                      what the sources are compiled with, for editors
//   main.cc main.o main.json                   the generated main()
//   function.debug function function.json      the executable, with and without debug information

namespace faasc {
namespace fs = std::filesystem;
namespace {

using cpp::InputRecord;

struct Unit {
  std::string source;  // as in the request
  fs::path object, record, preamble;
  cpp::CompileAnswer answer;
  InputRecord inputs;
  bool compiled = false;
};

class CppBuilder {
 public:
  CppBuilder(const CppRequest& request, Diagnostics& diagnostics,
             const std::function<void(const CppProgress&)>& progress)
      : request_(request), diagnostics_(diagnostics), progress_(progress) {}

  Result<CppBuild> build() {
    FAASC_CHECK(prepare());
    FAASC_TRY(FileLock lock, FileLock::acquire(work_ / "lock"));
    // Before anything can fail: an editor wants it most while the source has errors.
    FAASC_TRY(std::string database, cpp::compilation_database(request_, work_));
    FAASC_CHECK(write_file_if_changed(work_ / "compile_commands.json", database));
    FAASC_CHECK(compile_all());
    FAASC_CHECK(report_compilers());
    std::vector<cpp::UnitFacts> facts;
    for (Unit& unit : units_) {
      facts.push_back(std::move(unit.answer.facts));
      for (cpp::FunctionFact& function : facts.back().functions) {
        findings_->show(function.place);
        for (Fix& fix : function.fixes) findings_->show(fix.place);
        if (!function.typed) continue;
        for (Diagnostic& problem : function.typed->problems) findings_->show(problem);
      }
      if (facts.back().main) findings_->show(facts.back().main->place);
      if (lints()) findings_->report(cpp::lint_calls(facts.back().calls, lint_severity()));
    }
    auto chosen = cpp::choose_handler(facts, request_.wanted, diagnostics_);
    if (!chosen) return see_diagnostics("there is no handler to build");
    if (chosen->shape == cpp::Shape::Typed) {
      if (chosen->function.typed->entry.empty()) included_unit_ = unit_of(*chosen, facts);
      FAASC_TRY(openapi_, openapi_document(*chosen));
      FAASC_CHECK(
          write_file_if_changed(work_ / "openapi.json", openapi_).during("writing the OpenAPI document"));
    }
    FAASC_CHECK(link(*chosen));
    return finish(*chosen);
  }

 private:
  Result<void> prepare() {
    FAASC_CHECK(cpp::check_arguments(request_));
    if (request_.sources.empty())
      return Error{.fault = Fault::Input,
                   .code = kCppNoSources,
                   .what = "there is no C++ source to build",
                   .during = {},
                   .hint = "name the files that make the function in 'build.cpp.sources'"};
    for (const fs::path& file :
         {request_.installation.runtime_library, request_.installation.include_dir / "faasc/rt/serve.h"})
      if (std::error_code error; !fs::exists(file, error))
        return Error{.fault = Fault::Missing,
                     .code = kCppRuntimeMissing,
                     .what = "the C++ runtime is not complete: there is no '" + file.string() + "'",
                     .during = {},
                     .hint = "install faasc again"};
    FAASC_CHECK(make_directories(request_.work_dir / "objects"));
    std::error_code error;
    project_ = fs::canonical(request_.project_dir, error);
    if (error) return io_error("find", request_.project_dir, error.value());
    findings_.emplace(request_.project_dir, project_, diagnostics_);
    work_ = fs::canonical(request_.work_dir, error);
    if (error) return io_error("find", request_.work_dir, error.value());
    for (const std::string& source : request_.sources) {
      Unit& unit = units_.emplace_back();
      unit.source = source;
      unit.object = work_ / "objects" / (cpp::object_name(source) + ".o");
      unit.record = work_ / "objects" / (cpp::object_name(source) + ".json");
      unit.preamble = work_ / "objects" / (cpp::object_name(source) + ".pch");
      FAASC_CHECK(make_directories(unit.object.parent_path()));
    }
    cache_.emplace(request_, project_, work_);
    total_ = static_cast<int>(units_.size()) + 1;
    return {};
  }

  Result<void> compile_all() {
    std::atomic<std::size_t> next{0};
    std::mutex failing;
    std::optional<Error> failure;
    auto work = [&] {
      for (std::size_t index; (index = next++) < units_.size();) {
        if (auto done = compile(units_[index]); !done) {
          std::lock_guard guard(failing);
          if (!failure) failure = std::move(done).error();
          next = units_.size();
        }
      }
    };
    std::size_t count =
        std::clamp<std::size_t>(static_cast<std::size_t>(std::max(request_.jobs, 1)), 1, units_.size());
    work_side_by_side(count, work);
    if (failure) return std::move(*failure);
    return {};
  }

  Result<void> compile(Unit& unit) {
    FAASC_CHECK(check_interrupt());
    FAASC_TRY(cpp::Request question, cpp::compile_question(request_, unit.source, work_));
    std::string digest = cpp::digest_of(question);
    unit.inputs = InputRecord::load(unit.record);
    if (unit.inputs.is_current(digest)) {
      auto answer = cpp::compile_answer_from_json(unit.inputs.answer);
      if (answer) {
        unit.answer = std::move(*answer);
        progress(unit.source + " is unchanged");
        return {};
      }
    }
    const std::string reason = reason_to_compile(unit, digest);
    // Whoever edits a source edits it again; a header that was edited would be parsed ahead in vain.
    // Where another program makes the object, that takes longer than parsing.
    if (request_.launcher.empty()) {
      question.compile->preamble = unit.preamble.string();
      question.compile->make_preamble =
          unit.inputs.request == digest && unit.inputs.is_current_but_for(absolute(unit.source));
    }
    std::int64_t started_ns = file_clock_ns();
    if (auto kept = cache_->find_compile(question)) {
      unit.answer = std::move(*kept);
      unit.inputs = record_of(digest, unit.answer, unit.object, started_ns);
      FAASC_CHECK(unit.inputs.save(unit.record));
      progress("took " + unit.source + " from the cache");
      return {};
    }
    FAASC_TRY(cpp::Answer answer, ask_compiler(question, unit.source));
    if (!answer.compile)
      return Error{.fault = Fault::Internal,
                   .code = kCppCompilerAnswer,
                   .what = "faasc-cxx did not answer for '" + unit.source + "'",
                   .during = {},
                   .hint = "faasc and faasc-cxx must come from one installation; install faasc again"};
    unit.answer = std::move(*answer.compile);
    unit.compiled = true;
    const std::string remark = std::exchange(unit.answer.remark, {});
    unit.inputs = {};
    if (unit.answer.ok) {
      cache_->keep_compile(question, unit.answer, started_ns);
      unit.inputs = record_of(digest, unit.answer, unit.object, started_ns);
      FAASC_CHECK(unit.inputs.save(unit.record));
    }
    progress("compiled " + unit.source + reason +
             (unit.answer.used_preamble ? ", with #include lines that were parsed before" : ""));
    if (!remark.empty()) progress(remark);
    return {};
  }

  /// Empty for the first time.
  static std::string reason_to_compile(const Unit& unit, const std::string& digest) {
    if (unit.inputs.request.empty()) return {};
    if (unit.inputs.request != digest) return " because its command changed";
    return " because " + unit.inputs.first_change().value_or("its record is unreadable");
  }

  // A file that Clang wrote earlier and cannot bear to read is no reason to fail.
  Result<cpp::Answer> ask_compiler(cpp::Request& question, const std::string& file) const {
    auto answer = cpp::ask_compiler(request_, question, file);
    if (answer || answer.error().code != kCppCompilerCrashed || !question.compile ||
        question.compile->preamble.empty())
      return answer;
    std::error_code ignored;
    fs::remove(question.compile->preamble, ignored);
    question.compile->preamble.clear();
    return cpp::ask_compiler(request_, question, file);
  }

  /// The unit that defines the chosen function.
  std::size_t unit_of(const cpp::ChosenHandler& chosen, const std::vector<cpp::UnitFacts>& facts) const {
    for (std::size_t i = 0; i < facts.size(); ++i)
      for (const cpp::FunctionFact& function : facts[i].functions)
        if (function.typed && function.symbol == chosen.function.symbol &&
            function.place.file == chosen.function.place.file &&
            function.place.line == chosen.function.place.line)
          return i;
    return 0;
  }

  Result<std::string> openapi_document(const cpp::ChosenHandler& chosen) const {
    using Json = nlohmann::ordered_json;
    Json parts = Json::parse(chosen.function.typed->openapi, nullptr, false);
    if (!parts.is_object())
      return Error{.fault = Fault::Internal,
                   .code = kCppCompilerAnswer,
                   .what = "faasc-cxx did not describe '" + chosen.function.name + "'",
                   .during = {},
                   .hint = "faasc and faasc-cxx must come from one installation; install faasc again"};
    Json document = {{"openapi", "3.1.0"},
                     {"info", {{"title", request_.name}, {"version", request_.version}}}};
    document.update(parts);
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  }

  InputRecord record_of(const std::string& digest, cpp::CompileAnswer& answer, const fs::path& object,
                        std::int64_t started_ns) const {
    InputRecord record;
    record.request = digest;
    for (const std::string& input : answer.inputs) record.add_input(absolute(input), started_ns);
    record.add_input(absolute_program(), started_ns);
    for (const std::string& path : answer.absent) record.add_absent(absolute(path));
    record.add_output(object);
    answer.inputs.clear();
    answer.absent.clear();
    record.answer = cpp::to_json(answer);
    return record;
  }

  // faasc-cxx names files as it sees them from the project's directory.
  fs::path absolute(const std::string& path) const { return (project_ / path).lexically_normal(); }

  fs::path absolute_program() const {
    std::error_code error;
    return fs::absolute(request_.installation.compiler, error).lexically_normal();
  }

  Result<void> report_compilers() {
    int failed = 0;
    std::string which;
    for (Unit& unit : units_) {
      findings_->report(std::move(unit.answer.diagnostics));
      if (unit.answer.ok) continue;
      ++failed;
      which = unit.source;
    }
    if (failed == 0) return {};
    if (failed == 1) return see_diagnostics("'" + which + "' does not compile");
    return see_diagnostics(std::to_string(failed) + " of " + std::to_string(units_.size()) +
                           " sources do not compile");
  }

  static Error see_diagnostics(std::string what) {
    return Error{
        .fault = Fault::Input, .code = kCppDoesNotCompile, .what = std::move(what), .during = {}, .hint = {}};
  }

  Result<void> link(const cpp::ChosenHandler& chosen) {
    FAASC_CHECK(check_interrupt());
    std::vector<fs::path> objects;
    for (std::size_t i = 0; i < units_.size(); ++i)
      if (i != included_unit_) objects.push_back(units_[i].object);
    cpp::Request question, whole;  // what is left to be done, and all of it
    bool own_main = chosen.shape == cpp::Shape::OwnMain;
    fs::path main_object = own_main ? fs::path() : work_ / "main.o";
    std::int64_t started_ns = file_clock_ns();
    std::string main_digest, main_text;
    if (!own_main) {
      fs::path source = work_ / "main.cc";
      main_text = main_source(chosen);
      FAASC_CHECK(write_file_if_changed(source, main_text).during("writing the generated main()"));
      FAASC_TRY(std::vector<std::string> arguments,
                included_unit_ ? cpp::typed_main_arguments(request_, units_[*included_unit_].source)
                               : cpp::main_arguments(request_));
      question.compile = cpp::CompileRequest{source.string(), main_object.string(), std::move(arguments), {}};
      if (included_unit_) question.compile->launcher = request_.launcher;
      main_digest = cpp::digest_of(question);
      whole.compile = question.compile;
      main_inputs_ = InputRecord::load(work_ / "main.json");
      if (main_inputs_.is_current(main_digest)) question.compile.reset();
    }
    FAASC_TRY(std::vector<std::string> arguments, cpp::link_arguments(request_, objects, main_object));
    question.link = cpp::LinkRequest{std::move(arguments), (work_ / "function.debug").string(),
                                     (work_ / "function").string(), lean_library()};
    cpp::Request link_only;
    link_only.link = question.link;
    std::string digest = cpp::digest_of(link_only);
    link_inputs_ = InputRecord::load(work_ / "function.json");
    if (!question.compile && link_inputs_.is_current(digest)) {
      if (auto kept = cpp::compile_answer_from_json(link_inputs_.answer); kept && lints()) {
        for (Diagnostic& finding : kept->diagnostics) finding.severity = lint_severity();
        findings_->report(std::move(kept->diagnostics));
      }
      progress("the executable is up to date");
      return {};
    }
    whole.link = question.link;
    if (auto kept = cache_->find_link(whole, main_text)) {
      FAASC_CHECK(take_linked(std::move(*kept), main_object, main_digest, digest, started_ns));
      return {};
    }
    cpp::CompileCache::Linked linked;
    FAASC_TRY(cpp::Answer answer, ask_compiler(question, "main.cc"));
    bool silent = true;
    if (answer.compile) {
      silent = answer.compile->diagnostics.empty();
      linked.main_inputs = answer.compile->inputs;
      linked.main_absent = answer.compile->absent;
      findings_->report(std::move(answer.compile->diagnostics));
      if (!answer.compile->ok && !question.compile->launcher.empty())
        return see_diagnostics("the function cannot be compiled with its binding");
      if (!answer.compile->ok)
        return Error{.fault = Fault::Internal,
                     .code = kCppCompilerAnswer,
                     .what = "the generated main() does not compile",
                     .during = {},
                     .hint = "faasc and its runtime must come from one installation; install faasc again"};
      // The source was written just now, and only by us.
      main_inputs_ = record_of(main_digest, *answer.compile, main_object, file_clock_ns() + 1);
      FAASC_CHECK(main_inputs_.save(work_ / "main.json"));
    }
    if (!answer.link)
      return Error{.fault = Fault::Internal,
                   .code = kCppCompilerAnswer,
                   .what = "faasc-cxx did not link",
                   .during = {},
                   .hint = "faasc and faasc-cxx must come from one installation; install faasc again"};
    silent = silent && answer.link->diagnostics.empty();
    findings_->report(std::move(answer.link->diagnostics));
    std::vector<Diagnostic> of_libraries =
        cpp::lint_link(answer.link->messages, work_.string() + "/", lint_severity());
    std::vector<Diagnostic> of_linker = cpp::read_link_messages(answer.link->messages);
    silent = silent && of_linker.empty();
    findings_->report(std::move(of_linker));
    if (answer.link->ok) {
      // A link that is not done again does not say it again, so it is kept.
      cpp::CompileAnswer kept;
      kept.diagnostics = of_libraries;
      library_calls_ = cpp::to_json(kept);
      if (lints()) findings_->report(std::move(of_libraries));
    }
    if (!answer.link->ok) {
      if (!diagnostics_.has_errors()) {
        Diagnostic mute;
        mute.code = kCppLinkFailed;
        mute.message =
            "the linker ended with status " + std::to_string(answer.link->exit_code) + " and said nothing";
        diagnostics_.add(std::move(mute));
      }
      return see_diagnostics("the function cannot be linked");
    }
    if (!own_main && !answer.compile) {
      for (const InputRecord::Input& input : main_inputs_.inputs()) linked.main_inputs.push_back(input.path);
      linked.main_absent = main_inputs_.absent();
    }
    linked.lint = library_calls_;
    linked.inputs = std::move(answer.link->inputs);
    if (silent) cache_->keep_link(whole, main_text, linked, started_ns);
    FAASC_CHECK(record_link(digest, linked.inputs, started_ns));
    linked_ = true;
    progress("linked");
    return {};
  }

  Result<void> record_link(const std::string& digest, const std::vector<std::string>& inputs,
                           std::int64_t started_ns) {
    link_inputs_ = {};
    link_inputs_.request = digest;
    link_inputs_.answer = library_calls_;
    for (const std::string& input : inputs) {
      // Objects that were compiled just now are ours, and nobody else changes them.
      bool ours = absolute(input).string().starts_with(work_.string() + "/");
      link_inputs_.add_input(absolute(input), ours ? file_clock_ns() + 1'000'000'000 : started_ns);
    }
    link_inputs_.add_output(work_ / "function");
    link_inputs_.add_output(work_ / "function.debug");
    return link_inputs_.save(work_ / "function.json");
  }

  // The executable is in place; what is said of it, and what the next build will ask, is left.
  Result<void> take_linked(cpp::CompileCache::Linked kept, const fs::path& main_object,
                           const std::string& main_digest, const std::string& digest,
                           std::int64_t started_ns) {
    library_calls_ = std::move(kept.lint);
    if (auto lint = cpp::compile_answer_from_json(library_calls_); lint && lints()) {
      for (Diagnostic& finding : lint->diagnostics) finding.severity = lint_severity();
      findings_->report(std::move(lint->diagnostics));
    }
    if (!main_object.empty()) {
      cpp::CompileAnswer answer;
      answer.ok = true;
      answer.inputs = std::move(kept.main_inputs);
      answer.absent = std::move(kept.main_absent);
      main_inputs_ = record_of(main_digest, answer, main_object, file_clock_ns() + 1);
      FAASC_CHECK(main_inputs_.save(work_ / "main.json"));
    }
    FAASC_CHECK(record_link(digest, kept.inputs, started_ns));
    progress("took the executable from the cache");
    return {};
  }

  /// Beside the runtime. What other libraries need of the C library is not known.
  std::string lean_library() const {
    std::error_code error;
    fs::path file =
        fs::weakly_canonical(request_.installation.runtime_library.parent_path(), error) / "libfaasrt_lean.a";
    return request_.link.empty() && fs::exists(file, error) ? file.string() : std::string();
  }

  std::string main_source(const cpp::ChosenHandler& chosen) const {
    if (chosen.shape != cpp::Shape::Typed) return cpp::main_source(chosen);
    std::string shown = request_.serve_openapi ? openapi_ : std::string();
    if (!included_unit_) return cpp::typed_main_source(chosen, shown);
    return cpp::typed_main_with_source(chosen, absolute(units_[*included_unit_].source), shown);
  }

  Result<CppBuild> finish(const cpp::ChosenHandler& chosen) {
    CppBuild build;
    build.function = {.language = "cpp",
                      .handler = chosen.function.name,
                      .kind = chosen.kind,
                      .file = chosen.function.place.file,
                      .line = chosen.function.place.line,
                      .reason = chosen.reason};
    build.executable = work_ / "function";
    build.debug_file = work_ / "function.debug";
    if (chosen.shape == cpp::Shape::Typed) build.openapi = work_ / "openapi.json";
    build.compile_commands = work_ / "compile_commands.json";
    build.linked = linked_;
    std::set<fs::path> inputs, absent;
    auto take = [&](const InputRecord& record) {
      for (const InputRecord::Input& input : record.inputs())
        if (!input.path.starts_with(work_.string() + "/")) inputs.insert(input.path);
      absent.insert(record.absent().begin(), record.absent().end());
    };
    for (const Unit& unit : units_) {
      build.objects.push_back(unit.object);
      build.compiled += unit.compiled ? 1 : 0;
      take(unit.inputs);
    }
    take(main_inputs_);
    take(link_inputs_);
    build.inputs.assign(inputs.begin(), inputs.end());
    build.absent.assign(absent.begin(), absent.end());
    build.program.executable = kCppExecutable;
    build.program.argv = {kCppExecutable};
    FAASC_CHECK(build.program.rootfs.add(kCppExecutable, {HostFile{build.executable}, 0755, "program"}));
    return build;
  }

  bool lints() const { return request_.lint != CppLint::Off; }
  Severity lint_severity() const {
    return request_.lint == CppLint::Strict ? Severity::Error : Severity::Warning;
  }

  void progress(std::string what) {
    if (!progress_) return;
    std::lock_guard guard(telling_);
    progress_({std::move(what), ++done_, total_});
  }

  const CppRequest& request_;
  Diagnostics& diagnostics_;
  const std::function<void(const CppProgress&)>& progress_;
  fs::path project_, work_;  // canonical
  std::optional<cpp::CompileCache> cache_;
  std::vector<Unit> units_;
  InputRecord main_inputs_, link_inputs_;
  std::optional<std::size_t> included_unit_;  // whose source the generated main() includes
  std::string openapi_;
  std::string library_calls_;
  bool linked_ = false;
  std::optional<cpp::Findings> findings_;
  std::mutex telling_;
  int done_ = 0, total_ = 0;
};

}  // namespace

Result<CppBuild> build_cpp(const CppRequest& request, Diagnostics& diagnostics,
                           const std::function<void(const CppProgress&)>& progress) {
  return CppBuilder(request, diagnostics, progress).build();
}

}  // namespace faasc
