#include "compiler/cpp/cxx/preamble.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/Basic/DiagnosticOptions.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/FrontendAction.h>
#include <clang/Lex/Lexer.h>
#include <clang/Lex/PreprocessorOptions.h>
#include <clang/Serialization/ASTReader.h>
#include <clang/Serialization/ASTWriter.h>
#include <llvm/ADT/STLExtras.h>
#include <llvm/ADT/SmallString.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/Path.h>

#include "base/file.h"
#include "base/sha256.h"
#include "compiler/cpp/cxx/fact_collector.h"
#include "compiler/cpp/cxx/file_lookups.h"
#include "compiler/cpp/cxx/toolchain.h"

namespace faasc::cpp {
namespace {

// Stands in a record for that there can be no precompiled form, so that it is not tried again.
constexpr const char* kNone = "none";

// Writes the precompiled form, and asks Clang for the numbers under which the declarations are found in it.
//
// The object file must have the same bytes either way. What headers make the code generator emit in any case
// is handed to it before everything else when it comes from the precompiled form, and in an order that need
// not be the text's. One static object ("static ios_base::Init __ioinit;") makes no difference: it is emitted
// as soon as it is seen. Several of them, inline variables with constructors, instantiations and functions
// that are marked as used would come out in another order: there is no preamble then.
class Generator : public clang::PCHGenerator {
 public:
  Generator(clang::CompilerInstance& instance, std::shared_ptr<clang::PCHBuffer> buffer,
            std::vector<std::uint64_t>& own, std::vector<std::string>& names)
      : PCHGenerator(instance.getPreprocessor(), instance.getModuleCache(), "", "", std::move(buffer), {}),
        collector_(make_fact_collector(facts_, {})),
        own_(own),
        names_(names) {}

  void Initialize(clang::ASTContext& context) override { collector_->Initialize(context); }
  bool HandleTopLevelDecl(clang::DeclGroupRef group) override {
    for (clang::Decl* decl : group) top_level_.push_back(decl);
    return collector_->HandleTopLevelDecl(group);
  }
  void HandleCXXStaticMemberVarInstantiation(clang::VarDecl* variable) override {
    top_level_.push_back(variable);
  }
  void HandleTranslationUnit(clang::ASTContext& context) override {
    for (const clang::Decl* decl : top_level_)
      if (changes_order(*decl, context)) return;
    PCHGenerator::HandleTranslationUnit(context);
    if (!hasEmittedPCH()) return;
    const clang::SourceManager& sources = context.getSourceManager();
    for (unsigned i = 0; i < sources.local_sloc_entry_size(); ++i) {
      const clang::SrcMgr::SLocEntry& entry = sources.getLocalSLocEntry(i);
      if (!entry.isFile() || &entry == &sources.getSLocEntry(sources.getMainFileID())) continue;
      if (auto file = entry.getFile().getContentCache().OrigEntry) names_.push_back(file->getName().str());
    }
    for (clang::Decl* decl : collector_->own_declarations())
      own_.push_back(getWriter().getDeclID(decl).getRawValue());
  }

 private:
  bool changes_order(const clang::Decl& decl, clang::ASTContext& context) {
    if (const auto* record = llvm::dyn_cast<clang::CXXRecordDecl>(&decl))
      if (!record->isThisDeclarationADefinition() || record->isDependentContext()) return false;
    if (llvm::isa<clang::NamespaceDecl, clang::LinkageSpecDecl, clang::ExportDecl, clang::CXXRecordDecl>(
            decl)) {
      for (const clang::Decl* inner : llvm::cast<clang::DeclContext>(decl).decls())
        if (changes_order(*inner, context)) return true;
      return false;
    }
    if (llvm::isa<clang::FileScopeAsmDecl>(decl)) return true;
    if (!llvm::isa<clang::VarDecl, clang::FunctionDecl>(decl) || !context.DeclMustBeEmitted(&decl))
      return false;
    const auto* variable = llvm::dyn_cast<clang::VarDecl>(&decl);
    return !variable || variable->isInline() || variable->isExternallyVisible() ||
           llvm::isa<clang::VarTemplateSpecializationDecl>(variable) ||
           variable->getTemplateSpecializationKind() != clang::TSK_Undeclared || ++static_objects_ > 1;
  }

  UnitFacts facts_;
  std::unique_ptr<FactCollector> collector_;
  std::vector<std::uint64_t>& own_;
  std::vector<std::string>& names_;  // of all files, as they are spelled
  std::vector<const clang::Decl*> top_level_;
  int static_objects_ = 0;
};

class Generate : public clang::ASTFrontendAction {
 public:
  Generate(std::shared_ptr<clang::PCHBuffer> buffer, std::vector<std::uint64_t>& own,
           std::vector<std::string>& names)
      : buffer_(std::move(buffer)), own_(own), names_(names) {}

  clang::TranslationUnitKind getTranslationUnitKind() override { return clang::TU_Prefix; }
  bool hasASTFileSupport() const override { return false; }
  bool hasCodeCompletionSupport() const override { return false; }

 protected:
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance& instance,
                                                        llvm::StringRef /*file*/) override {
    return std::make_unique<Generator>(instance, buffer_, own_, names_);
  }
  bool shouldEraseOutputFiles() override { return true; }

 private:
  std::shared_ptr<clang::PCHBuffer> buffer_;
  std::vector<std::uint64_t>& own_;
  std::vector<std::string>& names_;
};

// The binding's headers, where the standard library's that they include are there (by the names of
// libstdc++).
constexpr const char* kHeadersOfBinding =
    "\n#if defined(_GLIBCXX_CSTDINT) && defined(_GLIBCXX_STRING) && defined(_GLIBCXX_STRING_VIEW) && "
    "defined(_GLIBCXX_TYPE_TRAITS) && defined(_GLIBCXX_VECTOR)\n"
    "#include <faasc/rt/typed/core.h>\n#include <faasc/rt/typed/vector.h>\n"
    "#ifdef _GLIBCXX_MAP\n#include <faasc/rt/typed/map.h>\n#endif\n"
    "#ifdef _GLIBCXX_OPTIONAL\n#include <faasc/rt/typed/optional.h>\n#endif\n"
    "#endif\n";

// What is put in front of the source already, or keeps its own precompiled files, is left alone.
bool allows(const clang::CompilerInvocation& invocation) {
  const clang::PreprocessorOptions& preprocessor = invocation.getPreprocessorOpts();
  const clang::HeaderSearchOptions& headers = invocation.getHeaderSearchOpts();
  const auto& inputs = invocation.getFrontendOpts().Inputs;
  // From C++20 on there are modules, in every source; what counts is whether there is one to be found.
  bool modules = headers.ImplicitModuleMaps || !headers.PrebuiltModuleFiles.empty() ||
                 !headers.PrebuiltModulePaths.empty() ||
                 !invocation.getFrontendOpts().ModuleMapFiles.empty() ||
                 !invocation.getFrontendOpts().ModuleFiles.empty();
  return inputs.size() == 1 && inputs[0].isFile() && preprocessor.ImplicitPCHInclude.empty() &&
         preprocessor.Includes.empty() && preprocessor.MacroIncludes.empty() &&
         preprocessor.ChainedIncludes.empty() && !modules && !invocation.getLangOpts().isCompilingModule() &&
         inputs[0].getKind().getFormat() == clang::InputKind::Source &&
         (inputs[0].getKind().getLanguage() == clang::Language::CXX ||
          inputs[0].getKind().getLanguage() == clang::Language::C) &&
         !inputs[0].getKind().isPreprocessed();
}

std::string digest_of(const clang::CompilerInvocation& original, const std::string& text) {
  clang::CompilerInvocation invocation = original;
  invocation.getFrontendOpts().OutputFile.clear();
  Sha256 digest;
  auto add = [&](std::string_view part) {
    digest.update(std::to_string(part.size()) + ":" + std::string(part));
  };
  add(text);
  for (const std::string& argument : invocation.getCC1CommandLine()) add(argument);
  if (const char* epoch = std::getenv("SOURCE_DATE_EPOCH")) add(epoch);
  return to_hex(digest.finish());
}

std::string absolute(const std::string& path) {
  std::error_code error;
  return std::filesystem::absolute(path, error).lexically_normal().string();
}

// How Clang spells the project's headers depends on how they are found: "./shop.h" beside "a.cc",
// "src/shop.h" beside "src/a.cc". It keeps them as absolute names, of which a map can make one of the two
// again. What is absolute in the first place has maps of its own, so there is no preamble with that.
enum class Spelling : std::uint8_t { Any, WithDot, WithoutDot, Mixed };

Spelling spelling_of(llvm::ArrayRef<std::string> paths) {
  llvm::SmallString<256> directory;
  if (llvm::sys::fs::current_path(directory)) return Spelling::Mixed;
  std::string here = directory.str().str() + "/";
  Spelling found = Spelling::Any;
  for (const std::string& path : paths) {
    if (path.starts_with(here)) return Spelling::Mixed;
    if (path.starts_with('/')) continue;
    bool dot = path.starts_with("./");
    std::string_view plain = std::string_view(path).substr(dot ? 2 : 0);
    if (plain.starts_with("..") || std::filesystem::path(plain).lexically_normal() != plain)
      return Spelling::Mixed;
    Spelling this_one = dot ? Spelling::WithDot : Spelling::WithoutDot;
    if (found != Spelling::Any && found != this_one) return Spelling::Mixed;
    found = this_one;
  }
  return found;
}

std::string numbers_to_text(const std::vector<std::uint64_t>& numbers) {
  std::string text;
  for (std::uint64_t number : numbers) text += std::to_string(number) + " ";
  return text;
}

std::vector<std::uint64_t> numbers_from_text(const std::string& text) {
  std::vector<std::uint64_t> numbers;
  const char* at = text.data();
  const char* end = at + text.size();
  for (std::uint64_t number = 0;; ++at) {
    auto [stop, error] = std::from_chars(at, end, number);
    if (error != std::errc()) return numbers;
    numbers.push_back(number);
    at = stop;
    if (at == end) return numbers;
  }
}

}  // namespace

Preamble::Preamble(std::string file, const clang::CompilerInvocation& invocation, Headers headers)
    : file_(std::move(file)), record_file_(file_ + ".json") {
  if (file_.empty() || !allows(invocation)) return;
  source_ = invocation.getFrontendOpts().Inputs[0].getFile().str();
  auto source = read_file(source_);
  if (!source) return;
  clang::PreambleBounds bounds = clang::Lexer::ComputePreamble(*source, invocation.getLangOpts());
  text_ = source->substr(0, bounds.Size);
  if (llvm::StringRef(text_).find("include") == llvm::StringRef::npos) text_.clear();
  if (text_.empty()) return;
  if (headers == Headers::OfBindingToo && invocation.getLangOpts().CPlusPlus17) more_ = kHeadersOfBinding;
  ends_at_start_of_line_ = bounds.PreambleEndsAtStartOfLine;
  invocation_ = std::make_shared<clang::CompilerInvocation>(invocation);
  InputRecord record = InputRecord::load(record_file_);
  if (!record.is_current(digest_of(invocation, text_ + more_))) {
    if (!record.is_current(digest_of(invocation, text_))) return;
    more_.clear();
  }
  if (record.answer == kNone) {
    text_.clear();
    return;
  }
  record_ = std::move(record);
  own_ = numbers_from_text(record_.answer);
  current_ = true;
}

bool Preamble::make() {
  if (text_.empty()) return false;
  std::int64_t started_ns = file_clock_ns();
  auto invocation = std::make_shared<clang::CompilerInvocation>(*invocation_);
  invocation->getFrontendOpts().ProgramAction = clang::frontend::GeneratePCH;
  clang::PreprocessorOptions& preprocessor = invocation->getPreprocessorOpts();
  preprocessor.GeneratePreamble = true;
  auto text = llvm::MemoryBuffer::getMemBufferCopy(text_ + more_, source_);
  preprocessor.addRemappedFile(source_, text.release());
  preprocessor.RetainRemappedFileBuffers = false;

  clang::CompilerInstance instance;
  instance.setInvocation(invocation);
  auto* counter = new clang::DiagnosticConsumer;  // which counts
  instance.createDiagnostics(counter, /*ShouldOwnClient=*/true);
  instance.setVerboseOutputStream(llvm::nulls());
  llvm::IntrusiveRefCntPtr<FileLookups> files(new FileLookups);
  instance.createFileManager(files);
  auto inputs = std::make_shared<InputCollector>();
  instance.addDependencyCollector(inputs);
  auto buffer = std::make_shared<clang::PCHBuffer>();
  std::vector<std::uint64_t> own;
  std::vector<std::string> names;
  Generate action(buffer, own, names);
  bool made = instance.ExecuteAction(action) && buffer->IsComplete && counter->getNumErrors() == 0 &&
              counter->getNumWarnings() == 0;
  std::vector<std::string> read;
  for (const std::string& input : inputs->getDependencies())
    if (absolute(input) != absolute(source_)) read.push_back(input);
  Spelling spelling = spelling_of(names);
  made = made && spelling != Spelling::Mixed;
  if (!made && !more_.empty()) {
    more_.clear();  // which a macro of the user's may make unreadable
    return make();
  }
  // The first number says which it is.
  own.insert(own.begin(), spelling == Spelling::WithoutDot ? 1 : 0);

  InputRecord record;
  record.request = digest_of(*invocation_, text_ + more_);
  record.answer = made ? numbers_to_text(own) : kNone;
  for (const std::string& input : read) record.add_input(absolute(input), started_ns);
  record.add_input(clang_library_path(), started_ns);
  if (std::error_code error; true)
    record.add_input(std::filesystem::read_symlink("/proc/self/exe", error), started_ns);
  for (const std::string& path : files->absent()) record.add_absent(absolute(path));
  if (made) {
    if (!write_file(file_, std::string_view(buffer->Data.data(), buffer->Data.size()))) return false;
    record.add_output(file_);
  }
  if (!record.save(record_file_) || !made) return false;
  record_ = std::move(record);
  own_ = std::move(own);
  return current_ = true;
}

void Preamble::use_in(clang::CompilerInvocation& invocation) const {
  clang::PreprocessorOptions& preprocessor = invocation.getPreprocessorOpts();
  preprocessor.PrecompiledPreambleBytes = {static_cast<unsigned>(text_.size()), ends_at_start_of_line_};
  preprocessor.ImplicitPCHInclude = file_;
  preprocessor.UsePredefines = false;  // they are in it
  llvm::SmallString<256> here;
  if (!llvm::sys::fs::current_path(here)) {
    bool without_dot = !own_.empty() && own_.front() == 1;
    std::string from = here.str().str() + "/", to = without_dot ? "" : "./";
    invocation.getCodeGenOpts().DebugPrefixMap.emplace_back(from, to);
    invocation.getLangOpts().MacroPrefixMap.insert({from, to});
  }
  // What Clang would check by times and sizes, the record has checked.
  preprocessor.DisablePCHOrModuleValidation = clang::DisableValidationForModuleKind::PCH;
}

std::vector<clang::Decl*> Preamble::own_declarations(clang::CompilerInstance& instance) const {
  std::vector<clang::Decl*> decls;
  auto reader = instance.getASTReader();
  if (!reader) return decls;
  clang::serialization::ModuleFile& file = reader->getModuleManager().getPrimaryModule();
  for (std::uint64_t number : llvm::drop_begin(own_))
    if (clang::Decl* decl = reader->GetLocalDecl(file, clang::LocalDeclID::get(*reader, file, number)))
      decls.push_back(decl);
  return decls;
}

std::vector<std::string> Preamble::inputs() const {
  std::vector<std::string> paths;
  for (const InputRecord::Input& input : record_.inputs()) paths.push_back(input.path);
  return paths;
}

}  // namespace faasc::cpp
