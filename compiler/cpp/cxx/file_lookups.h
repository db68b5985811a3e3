#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include <clang/Frontend/Utils.h>
#include <llvm/Support/VirtualFileSystem.h>

namespace faasc::cpp {

/// Notes the files that the search for headers does not find: one that appears later may be found in place of
/// another. The system's own directories change only with its packages, whose headers are inputs.
class FileLookups : public llvm::vfs::ProxyFileSystem {
 public:
  FileLookups() : ProxyFileSystem(llvm::vfs::getRealFileSystem()) {}

  llvm::ErrorOr<llvm::vfs::Status> status(const llvm::Twine& path) override;
  llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> openFileForRead(const llvm::Twine& path) override;

  std::vector<std::string> absent() const { return {absent_.begin(), absent_.end()}; }

 private:
  void note(const llvm::Twine& path);
  std::set<std::string> absent_;
};

/// Every file that a compilation reads.
class InputCollector : public clang::DependencyCollector {
  bool needSystemDependencies() override { return true; }
};

}  // namespace faasc::cpp
