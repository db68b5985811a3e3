#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "compiler/python/facts.h"
#include "compiler/python/interpreter.h"

namespace faasc::python {

/// One entry of the guest's sys.path, for scripts/stage.py.
struct ModuleTree {
  std::string kind;  ///< "user", "generated", "runtime", "stdlib", "dynload", "site", "fallback"
  std::filesystem::path host;
  std::string guest;
  std::vector<std::string> files;  ///< "user", "generated": what belongs to it, relative; else all there is
  std::vector<std::string> texts;  ///< "generated": the contents of `files`
};

struct StageRequest {
  std::vector<ModuleTree> trees;  ///< in the order of sys.path
  std::vector<std::string> roots, keep;
  std::string prune = "stdlib";
  bool bytecode = true;
  std::filesystem::path cache;      ///< shared by all builds with this interpreter
  std::filesystem::path own_cache;  ///< of this build
};

struct StagedFile {
  std::string guest, host, why;
};

/// An import that nothing answers.
struct Unresolved {
  std::string module, file;  ///< the file is relative to the user's tree; empty: from the manifest
  int line = 0, column = 0;
  bool certain = false;  ///< it happens whenever the module is imported
};

struct Staged {
  std::vector<StagedFile> files;  ///< sorted
  std::vector<Unresolved> unresolved;
  bool path_is_changed = false;  ///< the user's code touches sys.path
  int modules = 0, compiled = 0;
};

/// An import that begins with dots.
struct RelativeImport {
  std::string module;  ///< ".helper"; "." of "from . import helper"
  int line = 0, column = 0;
  bool certain = false;  ///< it happens whenever the module is imported
};

/// One of the function's own sources.
struct ScannedSource {
  FileFacts facts;
  std::optional<RelativeImport> relative;  ///< the first; a certain one where there is one
  std::string imports;   ///< stands for what it imports: as long as that is the same, so is what is staged
  std::string bytecode;  ///< the file on the host; empty where there is none
  std::string text;      ///< all of this as JSON, for scanned_source()

  /// Whether it, or a module in it, is imported anywhere in the source.
  bool imports_package(std::string_view package) const;
};
Result<ScannedSource> scanned_source(std::string text);

Result<Staged> staged_files(const std::string& text);

/// faasc's scripts, run by the interpreter that goes into the image. None of them imports or runs what it
/// reads.
class Helper {
 public:
  /// Their own byte code is kept in `cache`.
  Helper(const PythonInterpreter& python, std::filesystem::path scripts, std::filesystem::path cache)
      : python_(python), scripts_(std::move(scripts)), cache_(std::move(cache)) {}

  /// scan.py on files relative to the tree, which it compiles, too.
  Result<std::vector<ScannedSource>> scan(const ModuleTree& tree, const std::vector<std::string>& files,
                                          const std::filesystem::path& own_cache, bool bytecode) const;
  /// stage.py: what staged_files() reads.
  Result<std::string> stage(const StageRequest& request) const;
  /// What stage.py is asked: the same question has the same answer while no source changes.
  std::string question(const StageRequest& request) const;

 private:
  Result<std::string> ask(const char* script, const std::string& question) const;

  const PythonInterpreter& python_;
  std::filesystem::path scripts_, cache_;
};

}  // namespace faasc::python
