#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "compiler/cpp/build.h"
#include "compiler/cpp/protocol.h"

namespace faasc::cpp {

/// A source's path as a name below the work directory's `objects`: "../x.cc" does not lead out of it.
std::string object_name(std::string_view source);

/// What faasc-cxx is asked for one source, preambles aside. `work` is the canonical work directory.
Result<Request> compile_question(const CppRequest& request, const std::string& source,
                                 const std::filesystem::path& work);

/// What InputRecord::request holds of it.
std::string digest_of(const Request& question);

/// The same as one would type it for Clang itself.
std::string as_clang_command(const Request& question);

/// The Clang compilation database of these sources, as clangd and clang-tidy read it
/// (https://clang.llvm.org/docs/JSONCompilationDatabase.html).
Result<std::string> compilation_database(const CppRequest& request, const std::filesystem::path& work);

/// One step of building a C++ function, as far as it is known before anything was compiled.
struct PlannedUnit {
  std::string source;            ///< as in the request; empty: the link
  std::filesystem::path object;  ///< what comes out of it
  std::vector<std::string> inputs;
  std::string command;
  std::string reason;   ///< why it will run; empty: it will not
  bool cached = false;  ///< what would come of it is in the cache of this host
};

/// What build_cpp would do now. Writes nothing; asks no compiler.
Result<std::vector<PlannedUnit>> plan_cpp(const CppRequest& request);

}  // namespace faasc::cpp
