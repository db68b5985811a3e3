#include "compiler/cpp/cxx/binding_include.h"

#include <utility>

#include <clang/Basic/SourceManager.h>
#include <clang/Lex/PPCallbacks.h>
#include <clang/Lex/Preprocessor.h>
#include <clang/Lex/PreprocessorOptions.h>
#include <llvm/Support/MemoryBuffer.h>

#include "base/file.h"

namespace faasc::cpp {
namespace {

constexpr const char* kHeader = "faasc/rt/typed_binding.h";

// The empty line ends what a backslash at the end of the source goes on with. The parser looks one token
// ahead, so that a declaration of ours has to end before the line for the user's last one to be complete.
constexpr const char* kTail = "\n\nnamespace faasc {}\n#include <faasc/rt/typed_binding.h>\n";

class Watcher : public clang::PPCallbacks {
 public:
  Watcher(clang::CompilerInstance& instance, std::function<std::string()> generate)
      : instance_(instance), generate_(std::move(generate)) {}

  void InclusionDirective(clang::SourceLocation hash, const clang::Token&, llvm::StringRef name, bool,
                          clang::CharSourceRange, clang::OptionalFileEntryRef file, llvm::StringRef,
                          llvm::StringRef, const clang::Module*, bool,
                          clang::SrcMgr::CharacteristicKind) override {
    clang::SourceManager& sources = instance_.getSourceManager();
    if (!generate_ || name != kHeader || !file || !sources.isInMainFile(hash)) return;
    auto generate = std::exchange(generate_, {});
    if (instance_.getDiagnostics().hasErrorOccurred()) return;
    sources.overrideFileContents(*file, llvm::MemoryBuffer::getMemBufferCopy(generate(), file->getName()));
  }

 private:
  clang::CompilerInstance& instance_;
  std::function<std::string()> generate_;
};

}  // namespace

bool append_binding_include(clang::CompilerInvocation& invocation) {
  const auto& inputs = invocation.getFrontendOpts().Inputs;
  if (!invocation.getLangOpts().CPlusPlus17 || inputs.size() != 1 || !inputs[0].isFile() ||
      inputs[0].getKind().isPreprocessed())
    return false;
  std::string path = inputs[0].getFile().str();
  auto text = read_file(path);
  if (!text) return false;
  auto buffer = llvm::MemoryBuffer::getMemBufferCopy(*text + kTail, path);
  invocation.getPreprocessorOpts().addRemappedFile(path, buffer.release());
  return true;
}

void watch_binding_include(clang::CompilerInstance& instance, std::function<std::string()> generate) {
  instance.getPreprocessor().addPPCallbacks(std::make_unique<Watcher>(instance, std::move(generate)));
}

}  // namespace faasc::cpp
