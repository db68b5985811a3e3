#include "compiler/driver/doctor/host.h"

#include <sys/statvfs.h>

#include <unistd.h>

#include "base/process.h"
#include "compiler/driver/installation.h"
#include "packager/kernels/kernel_store.h"

namespace faasc {
namespace fs = std::filesystem;

Result<ThisHost> ThisHost::look(const fs::path& cache) {
  ThisHost host;
  host.cache_ = cache;
  FAASC_TRY(Installation installation, Installation::find());
  host.prefix_ = installation.prefix();
  FAASC_TRY(KernelStore store, KernelStore::open());
  host.store_ = store.root();
  for (const Kernel& kernel : store.list().kernels) host.kernels_.push_back(full_name(kernel));
  return host;
}

std::optional<fs::path> ThisHost::program(const std::string& name) const {
  if (!name.starts_with('/')) return find_program(name);
  if (::access(name.c_str(), X_OK) != 0) return std::nullopt;
  return fs::path(name);
}

std::optional<std::string> ThisHost::first_line_of(const std::vector<std::string>& argv) const {
  auto finished = run({.argv = argv}, {.timeout = std::chrono::seconds(10)});
  if (!finished || !finished->status.ok()) return std::nullopt;
  return finished->out.substr(0, finished->out.find('\n'));
}

bool ThisHost::has_part(std::string_view path) const {
  return ::access((prefix_ / path).c_str(), R_OK) == 0;
}

bool ThisHost::is_file(const fs::path& path) const {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

std::optional<std::uint64_t> ThisHost::free_bytes(const fs::path& path) const {
  // The directory may not be there yet: what counts is the file system it will be made in.
  struct statvfs status{};
  fs::path existing = path;
  while (::statvfs(existing.c_str(), &status) != 0) {
    if (!existing.has_relative_path()) return std::nullopt;
    existing = existing.parent_path();
  }
  return std::uint64_t{status.f_bavail} * status.f_frsize;
}

}  // namespace faasc
