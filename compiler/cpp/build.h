#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "compiler/cpp/detect.h"
#include "compiler/function.h"
#include "packager/rootfs/program.h"

namespace faasc {

class StepCache;

/// Where the executable of a C++ function is in the guest. Always the same, so that the name of a function
/// does not change its bytes.
inline constexpr const char* kCppExecutable = "/bin/function";

/// What calls that a unikernel cannot serve are.
enum class CppLint : std::uint8_t { Off, Warn, Strict };

/// What belongs to faasc itself.
struct CppInstallation {
  std::filesystem::path compiler;         ///< libexec/faasc/faasc-cxx
  std::filesystem::path include_dir;      ///< share/faasc/cpp/include
  std::filesystem::path runtime_library;  ///< lib/faasc/cpp/libfaasrt.a
};

struct CppRequest {
  std::filesystem::path project_dir =
      ".";                           ///< as the user would type it; places in diagnostics start with it
  std::vector<std::string> sources;  ///< relative to project_dir, without wildcards
  int standard = 17;                 ///< 11, 14, 17, 20 or 23
  /// Sources that bring a standard, macros, directories and flags of their own, in the compiler's words. What
  /// follows here is added, but for the standard.
  std::map<std::string, std::vector<std::string>> own_arguments;
  std::vector<std::string> includes;  ///< directories; one outside the project counts as a system directory
  std::vector<std::string> defines;   ///< "NAME" or "NAME=VALUE"
  std::vector<std::string> flags;     ///< for the compiler
  std::vector<std::string> link;      ///< "-lfoo", "-L/dir", "lib/libfoo.a", in this order
  cpp::WantedHandler wanted;
  std::string name = "function", version = "0.0.0";  ///< for the OpenAPI document of a typed function
  bool serve_openapi = false;                        ///< the image shows it at /openapi.json
  CppLint lint = CppLint::Off;
  std::string launcher;            ///< runs clang++ for objects of sources: "ccache"; empty: none
  std::filesystem::path work_dir;  ///< ours alone; kept between builds
  int jobs = 1;                    ///< translation units that are compiled at the same time
  StepCache* cache = nullptr;      ///< what was compiled and linked before, here or elsewhere
  CppInstallation installation;
};

/// One step has ended, for showing how far the build is. Called by one thread at a time, not always the same.
struct CppProgress {
  std::string what;  ///< "compiling hello.cc", "linking"
  int done = 0, total = 0;
};

struct CppBuild {
  Function function;
  Program program;                             ///< without environment variables, which are the driver's
  std::filesystem::path executable;            ///< static, stripped
  std::filesystem::path debug_file;            ///< the same with symbols and line numbers
  std::filesystem::path openapi;               ///< OpenAPI 3.1 document of a typed function, JSON; else empty
  std::filesystem::path compile_commands;      ///< Clang's compilation database of the sources
  std::vector<std::filesystem::path> objects;  ///< in the order of the sources, without the generated main()
  std::vector<std::filesystem::path>
      inputs;  ///< every file outside work_dir that decided the result: absolute, sorted
  std::vector<std::filesystem::path>
      absent;           ///< paths that were looked for in vain: should one appear, the result may change
  int compiled = 0;     ///< sources that were compiled; the others were unchanged, or kept in the cache
  bool linked = false;  ///< false: nothing to do
};

/// Compiles the sources, chooses the handler, links it with the runtime into one static executable. What the
/// user can mend is said in `diagnostics`, warnings of unchanged sources included; where that stops the
/// build, the error's code is kCppDoesNotCompile. Two requests that differ only in directories give the same
/// executable.
Result<CppBuild> build_cpp(const CppRequest& request, Diagnostics& diagnostics,
                           const std::function<void(const CppProgress&)>& progress = {});

}  // namespace faasc
