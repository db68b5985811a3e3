#pragma once

#include <memory>
#include <string>
#include <vector>

#include <clang/Basic/Diagnostic.h>
#include <clang/Driver/Compilation.h>
#include <clang/Driver/Driver.h>

#include "compiler/cpp/cxx/diagnostic_recorder.h"

namespace faasc::cpp {

/// Where Clang's own files are, found from the library that is loaded:
/// "/usr/lib/llvm-19/lib/libclang-cpp.so.19.1".
std::string clang_library_path();

/// The directory of the LLVM installation's programs: "/usr/lib/llvm-19/bin". Need not exist.
std::string llvm_program_directory();

/// What clang++ would do with these arguments, worked out by Clang's driver: it knows the host's C++ library
/// and linker arguments. Owns everything that the compilation refers to.
class DriverPlan {
 public:
  DriverPlan(std::vector<std::string> arguments, DiagnosticRecorder& recorder);
  ~DriverPlan();

  /// Null where the arguments make no sense; the recorder knows why.
  const clang::driver::Compilation* compilation() const { return compilation_.get(); }

 private:
  std::vector<std::string> arguments_;
  llvm::IntrusiveRefCntPtr<clang::DiagnosticsEngine> engine_;
  std::unique_ptr<clang::driver::Driver> driver_;
  std::unique_ptr<clang::driver::Compilation> compilation_;
};

}  // namespace faasc::cpp
