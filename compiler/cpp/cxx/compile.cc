#include "compiler/cpp/cxx/compile.h"

#include <set>

#include <clang/CodeGen/CodeGenAction.h>
#include <clang/Driver/Job.h>
#include <clang/Driver/Tool.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/CompilerInvocation.h>
#include <clang/Frontend/MultiplexConsumer.h>
#include <clang/Frontend/Utils.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/VirtualFileSystem.h>

#include "compiler/cpp/cxx/diagnostic_recorder.h"
#include "compiler/cpp/cxx/fact_collector.h"
#include "compiler/cpp/cxx/toolchain.h"

namespace faasc::cpp {
namespace {

// Notes the files that the search for headers does not find: one that appears later may be found in place of
// another. The system's own directories change only with its packages, whose headers are inputs.
class LookupRecorder : public llvm::vfs::ProxyFileSystem {
 public:
  LookupRecorder() : ProxyFileSystem(llvm::vfs::getRealFileSystem()) {}

  llvm::ErrorOr<llvm::vfs::Status> status(const llvm::Twine& path) override {
    auto result = ProxyFileSystem::status(path);
    if (!result) note(path);
    return result;
  }
  llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> openFileForRead(const llvm::Twine& path) override {
    auto result = ProxyFileSystem::openFileForRead(path);
    if (!result) note(path);
    return result;
  }
  std::vector<std::string> absent() const { return {absent_.begin(), absent_.end()}; }

 private:
  void note(const llvm::Twine& path) {
    std::string text = path.str();
    if (!text.empty() && text.rfind("/usr/", 0) != 0) absent_.insert(std::move(text));
  }
  std::set<std::string> absent_;
};

class InputCollector : public clang::DependencyCollector {
  bool needSystemDependencies() override { return true; }
};

// The front end runs once: the collector and the code generator see the same AST.
class EmitAndCollect : public clang::EmitObjAction {
 public:
  EmitAndCollect(UnitFacts& facts, std::string typed) : facts_(facts), typed_(std::move(typed)) {}

 protected:
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance& instance,
                                                        llvm::StringRef file) override {
    auto emitter = EmitObjAction::CreateASTConsumer(instance, file);
    if (!emitter) return nullptr;
    std::vector<std::unique_ptr<clang::ASTConsumer>> consumers;
    consumers.push_back(make_fact_collector(facts_, typed_));
    consumers.push_back(std::move(emitter));
    return std::make_unique<clang::MultiplexConsumer>(std::move(consumers));
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
  arguments.emplace_back("--");
  arguments.push_back(request.source);
  DriverPlan plan(std::move(arguments), recorder);
  const clang::driver::Command* job = plan.compilation() ? frontend_job(*plan.compilation()) : nullptr;
  if (!job) {
    answer.diagnostics = recorder.take();
    return answer;
  }

  clang::CompilerInstance instance;
  auto reading = clang::CompilerInstance::createDiagnostics(new clang::DiagnosticOptions, &recorder, false);
  clang::CompilerInvocation::CreateFromArgs(instance.getInvocation(), job->getArguments(), *reading);
  instance.createDiagnostics(&recorder,
                             false);  // only now: it takes the warnings and limits that were asked for
  // Clang's own temporary names differ each time, and would pile up should it be killed.
  instance.getFrontendOpts().UseTemporary = false;
  llvm::IntrusiveRefCntPtr<LookupRecorder> files(new LookupRecorder);
  instance.createFileManager(files);
  auto inputs = std::make_shared<InputCollector>();
  instance.addDependencyCollector(inputs);

  instance.setVerboseOutputStream(llvm::nulls());  // where the number of errors would be printed
  EmitAndCollect action(answer.facts, request.typed);
  answer.ok = instance.ExecuteAction(action) && !instance.getDiagnostics().hasErrorOccurred();
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
  for (const std::string& input : inputs->getDependencies()) answer.inputs.push_back(input);
  answer.inputs.push_back(clang_library_path());
  answer.absent = files->absent();
  for (faasc::Diagnostic& diagnostic : recorder.take()) answer.diagnostics.push_back(std::move(diagnostic));
  for (faasc::Diagnostic& diagnostic : answer.diagnostics)
    if (diagnostic.place.file.empty()) diagnostic.place.file = request.source;
  return answer;
}

}  // namespace faasc::cpp
