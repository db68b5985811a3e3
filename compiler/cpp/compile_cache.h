#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "compiler/cache/step_cache.h"
#include "compiler/cpp/build.h"
#include "compiler/cpp/input_record.h"
#include "compiler/cpp/protocol.h"

namespace faasc::cpp {

/// The steps of a C++ build, in the words of the StepCache: what is known of them before, and names for the
/// directories of the project, of the build and of faasc. Without a cache nothing is found and nothing kept.
class CompileCache {
 public:
  /// `project` and `work` are canonical.
  CompileCache(const CppRequest& request, const std::filesystem::path& project,
               const std::filesystem::path& work);

  /// A source that was compiled in this state before: its object, and faasc-cxx's answer with its inputs.
  std::optional<CompileAnswer> find_compile(const Request& question) const;
  /// Whether find_compile() would find it in the cache of this host. Puts nothing anywhere.
  bool knows_compile(const Request& question) const;
  void keep_compile(const Request& question, const CompileAnswer& answer, std::int64_t started_ns) const;

  /// What was linked from these objects before, with the generated main().
  struct Linked {
    std::string lint;  ///< what the libraries call, as a CompileAnswer with nothing but diagnostics
    std::vector<std::string> main_inputs, main_absent, inputs;
  };
  /// `main_source`: the text of the generated main(); empty where the user has one.
  std::optional<Linked> find_link(const Request& question, const std::string& main_source) const;
  void keep_link(const Request& question, const std::string& main_source, const Linked& linked,
                 std::int64_t started_ns) const;

 private:
  std::string key(const char* kind, const Request& question, const std::string& more) const;
  std::filesystem::path absolute(const std::string& path) const;
  StepOutputs outputs_of(const Request& question) const;

  StepCache* cache_;
  std::filesystem::path project_, work_, compiler_;
  PathNames names_;
};

}  // namespace faasc::cpp
