#include "compiler/cpp/cxx/compile.h"

#include <clang/CodeGen/CodeGenAction.h>
#include <clang/Driver/Job.h>
#include <clang/Driver/Tool.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/CompilerInvocation.h>
#include <clang/Frontend/FrontendActions.h>
#include <clang/Frontend/MultiplexConsumer.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/TargetSelect.h>

#include "compiler/cpp/cxx/binding_include.h"
#include "compiler/cpp/cxx/diagnostic_recorder.h"
#include "compiler/cpp/cxx/fact_collector.h"
#include "compiler/cpp/cxx/file_lookups.h"
#include "compiler/cpp/cxx/launched_compiler.h"
#include "compiler/cpp/cxx/preamble.h"
#include "compiler/cpp/cxx/toolchain.h"

namespace faasc::cpp {
namespace {

enum class Binding : bool { None, Append };

// The front end runs once: the collector and the code generator see the same AST, of which the binding is
// part.
class EmitAndCollect : public clang::EmitObjAction {
 public:
  EmitAndCollect(UnitFacts& facts, std::string typed, const Preamble* preamble, Binding binding)
      : facts_(facts), typed_(std::move(typed)), preamble_(preamble), binding_(binding) {}

  /// The source changed after its preamble was compared with it.
  bool preamble_misfits() const { return preamble_misfits_; }

 protected:
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance& instance,
                                                        llvm::StringRef file) override {
    auto emitter = EmitObjAction::CreateASTConsumer(instance, file);
    if (!emitter) return nullptr;
    std::vector<std::unique_ptr<clang::ASTConsumer>> consumers;
    std::function<std::vector<clang::Decl*>()> parsed_before;
    if (preamble_) parsed_before = [this, &instance] { return preamble_->own_declarations(instance); };
    auto collector = make_fact_collector(facts_, typed_, std::move(parsed_before));
    if (binding_ == Binding::Append)
      watch_binding_include(instance, [collector = collector.get()] { return collector->bind(); });
    consumers.push_back(std::move(collector));
    consumers.push_back(std::move(emitter));
    return std::make_unique<clang::MultiplexConsumer>(std::move(consumers));
  }

  void EndSourceFileAction() override {
    const clang::SourceManager& sources = getCompilerInstance().getSourceManager();
    preamble_misfits_ = preamble_ && !preamble_->fits(sources.getBufferData(sources.getMainFileID()));
    EmitObjAction::EndSourceFileAction();
  }

 private:
  UnitFacts& facts_;
  std::string typed_;
  const Preamble* preamble_;
  Binding binding_;
  bool preamble_misfits_ = false;
};

// What the source means, where another program makes the object of it.
class CollectOnly : public clang::SyntaxOnlyAction {
 public:
  CollectOnly(UnitFacts& facts, std::string typed) : facts_(facts), typed_(std::move(typed)) {}

 protected:
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance&, llvm::StringRef) override {
    return make_fact_collector(facts_, typed_, {});
  }

 private:
  UnitFacts& facts_;
  std::string typed_;
};

const clang::driver::Command* frontend_job(const clang::driver::Compilation& compilation) {
  for (const clang::driver::Command& job : compilation.getJobs())
    if (llvm::StringRef(job.getCreator().getName()) == "clang") return &job;
  return nullptr;
}

// One run of the front end and of what comes behind it.
bool run(const clang::CompilerInvocation& invocation, const CompileRequest& request, const Preamble* preamble,
         Binding binding, CompileAnswer& answer, DiagnosticRecorder& recorder) {
  clang::CompilerInstance instance;
  instance.setInvocation(std::make_shared<clang::CompilerInvocation>(invocation));
  if (binding == Binding::Append && !append_binding_include(instance.getInvocation()))
    binding = Binding::None;
  if (preamble) preamble->use_in(instance.getInvocation());
  instance.createDiagnostics(&recorder,
                             false);  // only now: it takes the warnings and limits that were asked for
  llvm::IntrusiveRefCntPtr<FileLookups> files(new FileLookups);
  instance.createFileManager(files);
  auto inputs = std::make_shared<InputCollector>();
  instance.addDependencyCollector(inputs);
  instance.setVerboseOutputStream(llvm::nulls());  // where the number of errors would be printed

  EmitAndCollect emit(answer.facts, request.typed, preamble, binding);
  CollectOnly collect(answer.facts, request.typed);
  clang::FrontendAction& action =
      request.launcher.empty() ? static_cast<clang::FrontendAction&>(emit) : collect;
  answer.ok = instance.ExecuteAction(action) && !instance.getDiagnostics().hasErrorOccurred() &&
              !emit.preamble_misfits();
  answer.inputs.assign(inputs->getDependencies().begin(), inputs->getDependencies().end());
  answer.absent = files->absent();
  answer.used_preamble = preamble != nullptr;
  if (!preamble) return answer.ok;
  std::erase(answer.inputs, request.preamble);  // which stands for those that it was made from
  for (std::string& input : preamble->inputs()) answer.inputs.push_back(std::move(input));
  answer.absent.insert(answer.absent.end(), preamble->absent().begin(), preamble->absent().end());
  return answer.ok;
}

}  // namespace

CompileAnswer compile(const CompileRequest& request) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  llvm::InitializeNativeTargetAsmParser();  // for inline assembly

  CompileAnswer answer;
  DiagnosticRecorder recorder;
  std::vector<std::string> arguments = request.arguments;
  for (const char* word : {"-c", "-o"}) arguments.emplace_back(word);
  std::string temporary = request.object + ".new";
  arguments.push_back(temporary);
  std::optional<LaunchedCompiler> launched;
  if (!request.launcher.empty()) {
    std::vector<std::string> whole = arguments;
    whole.push_back(request.source);
    launched.emplace(request.launcher, whole);
  }
  arguments.emplace_back("--");
  arguments.push_back(request.source);
  DriverPlan plan(std::move(arguments), recorder);
  const clang::driver::Command* job = plan.compilation() ? frontend_job(*plan.compilation()) : nullptr;
  if (!job) {
    answer.diagnostics = recorder.take();
    return answer;
  }

  clang::CompilerInvocation invocation;
  auto reading = clang::CompilerInstance::createDiagnostics(new clang::DiagnosticOptions, &recorder, false);
  clang::CompilerInvocation::CreateFromArgs(invocation, job->getArguments(), *reading);
  // Clang's own temporary names differ each time, and would pile up should it be killed.
  invocation.getFrontendOpts().UseTemporary = false;

  std::vector<faasc::Diagnostic> of_arguments = recorder.take();
  Preamble preamble(request.preamble, invocation,
                    request.typed.empty() ? Preamble::Headers::OfSource : Preamble::Headers::OfBindingToo);
  bool use = preamble.is_current() || (request.make_preamble && preamble.make());
  auto attempt = [&](const Preamble* with, Binding binding) {
    answer = {};
    (void)recorder.take();
    recorder.clear();  // what is counted decides whether a run succeeds
    return run(invocation, request, with, binding, answer, recorder);
  };
  Binding binding = request.typed.empty() || launched ? Binding::None : Binding::Append;
  bool whole = (use || binding == Binding::Append) && attempt(use ? &preamble : nullptr, binding);
  // What is said of a source with errors is what is said of it as it stands.
  if (!whole && attempt(nullptr, Binding::None) && use && binding == Binding::Append &&
      !attempt(nullptr, binding))  // it was not the preamble
    attempt(nullptr, Binding::None);
  std::vector<faasc::Diagnostic> of_source = recorder.take();
  if (launched && answer.ok) {
    if (auto failed = launched->finish()) {
      of_source.push_back(std::move(*failed));
      answer.ok = false;
    } else {
      answer.remark = launched->remark();
      answer.inputs.push_back(launched->compiler());
    }
  }
  launched.reset();  // a compiler that is no longer needed does not write what is removed here
  if (answer.ok) {
    if (std::error_code error = llvm::sys::fs::rename(temporary, request.object)) {
      faasc::Diagnostic failed;
      failed.message = "cannot write '" + request.object + "': " + error.message();
      answer.diagnostics.push_back(std::move(failed));
      answer.ok = false;
    }
  } else {
    llvm::sys::fs::remove(temporary);
  }
  answer.inputs.push_back(clang_library_path());
  for (auto* said : {&of_arguments, &of_source})
    for (faasc::Diagnostic& diagnostic : *said) answer.diagnostics.push_back(std::move(diagnostic));
  for (faasc::Diagnostic& diagnostic : answer.diagnostics)
    if (diagnostic.place.file.empty()) diagnostic.place.file = request.source;
  return answer;
}

}  // namespace faasc::cpp
