#include "compiler/cpp/cxx/toolchain.h"

#include <clang/Basic/DiagnosticOptions.h>
#include <clang/Basic/Version.h>
#include <clang/Frontend/CompilerInstance.h>
#include <dlfcn.h>
#include <llvm/ADT/SmallString.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/Path.h>
#include <llvm/TargetParser/Host.h>

namespace faasc::cpp {

std::string clang_library_path() {
  Dl_info info;
  auto* inside = reinterpret_cast<void*>(&clang::getClangFullVersion);
  if (::dladdr(inside, &info) == 0 || !info.dli_fname) return {};
  llvm::SmallString<256> real;
  if (llvm::sys::fs::real_path(info.dli_fname, real)) return info.dli_fname;
  return real.str().str();
}

std::string llvm_program_directory() {
  // Debian keeps the library in /usr/lib/<triplet>; /usr/lib/llvm-N/lib only points there.
  std::string directory = FAASC_LLVM_PROGRAMS;
  if (llvm::sys::fs::is_directory(directory + "/../lib/clang")) return directory;
  llvm::StringRef lib = llvm::sys::path::parent_path(clang_library_path());
  return (llvm::sys::path::parent_path(lib) + "/bin").str();
}

DriverPlan::DriverPlan(std::vector<std::string> arguments, DiagnosticRecorder& recorder)
    : arguments_(std::move(arguments)) {
  std::string program = llvm_program_directory() + "/clang++";
  arguments_.insert(arguments_.begin(), {program, "--driver-mode=g++"});
  engine_ = clang::CompilerInstance::createDiagnostics(new clang::DiagnosticOptions, &recorder, false);
  driver_ = std::make_unique<clang::driver::Driver>(program, llvm::sys::getDefaultTargetTriple(), *engine_);
  std::vector<const char*> pointers;
  for (const std::string& argument : arguments_) pointers.push_back(argument.c_str());
  compilation_.reset(driver_->BuildCompilation(pointers));
  if (engine_->hasErrorOccurred()) compilation_.reset();
}

DriverPlan::~DriverPlan() = default;

}  // namespace faasc::cpp
