#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "compiler/build/build_progress.h"
#include "compiler/function.h"
#include "compiler/python/build.h"
#include "manifests/manifest.h"
#include "manifests/project.h"
#include "packager/kernels/kernel.h"
#include "packager/rootfs/program.h"

namespace faasc {

class StepCache;
struct BuildTools;

/// What compiling a function works from, whatever its language.
struct CompileJob {
  const Manifest& manifest;  ///< resolved
  const ProjectListing& listing;
  const BuildTools& tools;
  KernelFamily family = KernelFamily::Nanos;  ///< of the kernel that will run it
  std::filesystem::path work_dir;             ///< for this language alone; kept between builds
  unsigned jobs = 1;
  bool offline = false;        ///< the network must not be reached
  bool locked = false;         ///< nothing but what a lock names
  bool debuggable = false;     ///< without optimisation
  std::string architecture;    ///< of the kernel: "x86_64"
  StepCache* cache = nullptr;  ///< what builds have made before
  Diagnostics& diagnostics;
  BuildProgress& progress;
};

/// What compiling a function gave.
struct CompiledFunction {
  Function function;
  Program program;                   ///< without the environment, which the build adds
  std::filesystem::path debug_file;  ///< the unstripped program; empty where there is none
  std::filesystem::path openapi;     ///< OpenAPI 3.1 document, JSON; empty where there is none
  /// Every file and directory that decided the result, and paths that were looked for in vain: should one of
  /// them change or appear, the function is compiled again.
  std::vector<std::filesystem::path> inputs;
};

/// Compiles the C++ function of a manifest: a thin layer between the manifest's words and build_cpp's.
Result<CompiledFunction> compile_cpp_function(const CompileJob& job);

/// Compiles the Go function of a manifest: a thin layer between the manifest's words and build_go's.
Result<CompiledFunction> compile_go_function(const CompileJob& job);

/// What decides the program of a Go or a Python function besides faasc itself, as far as it is known before
/// the function was ever compiled: what the manifest asks for, the sources' contents, the toolchain. Nothing
/// where more decides than can be told.
std::optional<std::string> go_question(const CompileJob& job);
std::optional<std::string> python_question(const CompileJob& job);

/// The processor for which the finished program is that a manifest names: "x86_64", "aarch64"; x86_64 where
/// it is none at all, which read_binary_function then says.
std::string architecture_of_binary(const Manifest& manifest);
/// Takes the finished program that a manifest names; add_program_libraries is what is left to do.
Result<CompiledFunction> read_binary_function(const CompileJob& job);
/// Adds the libraries that the program and the data files beside it need; `inputs` gets their files.
Result<void> add_program_libraries(Program& program, std::vector<std::filesystem::path>& inputs);

/// Stages the Python function of a manifest: a thin layer between the manifest's words and build_python's.
Result<CompiledFunction> compile_python_function(const CompileJob& job);
/// Writes its requirements.lock; of the job, neither the kernel nor the work directory counts.
Result<PythonLock> lock_python_function(const CompileJob& job);

}  // namespace faasc
