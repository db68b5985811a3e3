#include "compiler/cpp/cxx/file_lookups.h"

namespace faasc::cpp {

llvm::ErrorOr<llvm::vfs::Status> FileLookups::status(const llvm::Twine& path) {
  auto result = ProxyFileSystem::status(path);
  if (!result) note(path);
  return result;
}

llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> FileLookups::openFileForRead(const llvm::Twine& path) {
  auto result = ProxyFileSystem::openFileForRead(path);
  if (!result) note(path);
  return result;
}

void FileLookups::note(const llvm::Twine& path) {
  std::string text = path.str();
  if (!text.empty() && text.rfind("/usr/", 0) != 0) absent_.insert(std::move(text));
}

}  // namespace faasc::cpp
