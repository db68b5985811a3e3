#include "packager/kernels/staged_kernel.h"

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <vector>

#include <sys/file.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

#include "base/diagnostics.h"
#include "packager/kernels/codes.h"
#include "packager/kernels/kernel_version.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr const char* kStagingPrefix = ".tmp-";

Result<FileLock> lock(const KernelStore& store) {
  return FileLock::acquire(store.root() / ".lock");
}

/// A new hidden directory and the lock on it. The caller holds the store's lock, so that nobody sweeps in
/// between.
Result<Fd> make_staging(const KernelStore& store, fs::path& directory) {
  std::string name = (store.root() / (std::string(kStagingPrefix) + "XXXXXX")).string();
  if (::mkdtemp(name.data()) == nullptr) return io_error("create a directory in", store.root(), errno);
  directory = name;
  // mkdtemp() keeps everyone else out; a kernel may be read by all.
  if (::chmod(name.c_str(), 0755) != 0) return io_error("set the mode of", directory, errno);
  Fd fd(::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return io_error("open", directory, errno);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return io_error("lock", directory, errno);
  return fd;
}

void sweep(const KernelStore& store) {
  std::error_code error;
  std::vector<fs::path> dead;
  for (fs::directory_iterator it(store.root(), error), end; !error && it != end; it.increment(error)) {
    if (!it->path().filename().string().starts_with(kStagingPrefix)) continue;
    Fd fd(::open(it->path().c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (fd && ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) dead.push_back(it->path());
  }
  for (const fs::path& directory : dead) fs::remove_all(directory, error);
}

Result<void> make_durable(const fs::path& path) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return io_error("open", path, errno);
  // Some file systems know no fsync() of a directory.
  if (::fsync(fd.get()) != 0 && errno != EINVAL) return io_error("write", path, errno);
  return {};
}

Result<void> make_tree_durable(const fs::path& directory) {
  std::error_code error;
  for (fs::recursive_directory_iterator it(directory, error), end; !error && it != end; it.increment(error))
    FAASC_CHECK(make_durable(it->path()));
  if (error) return io_error("read directory", directory, error.value());
  return make_durable(directory);
}

/// Puts `staged` in the place of `target`; what was there is then called `staged`.
Result<void> exchange(const fs::path& staged, const fs::path& target) {
  if (::renameat2(AT_FDCWD, staged.c_str(), AT_FDCWD, target.c_str(), RENAME_EXCHANGE) == 0) return {};
  if (errno != EINVAL && errno != ENOSYS) return io_error("rename a directory to", target, errno);
  // File systems that cannot exchange two names leave a moment without the kernel.
  fs::path aside = staged;
  aside += ".old";
  if (::rename(target.c_str(), aside.c_str()) != 0) return io_error("rename", target, errno);
  if (::rename(staged.c_str(), target.c_str()) != 0) {
    int reason = errno;
    (void)::rename(aside.c_str(), target.c_str());
    return io_error("rename a directory to", target, reason);
  }
  if (::rename(aside.c_str(), staged.c_str()) != 0) return io_error("rename", aside, errno);
  return {};
}

}  // namespace

Result<StagedKernel> StagedKernel::begin(const KernelStore& store) {
  FAASC_TRY(FileLock store_lock, lock(store));
  sweep(store);
  fs::path directory;
  auto staging = make_staging(store, directory);
  if (!staging) {
    std::error_code ignored;
    if (!directory.empty()) fs::remove(directory, ignored);
    return std::move(staging).error();
  }
  return StagedKernel(std::move(directory), std::move(staging).value());
}

StagedKernel::StagedKernel(StagedKernel&& other) noexcept
    : directory_(std::move(other.directory_)), lock_(std::move(other.lock_)) {
  other.directory_.clear();
}

StagedKernel::~StagedKernel() {
  if (directory_.empty()) return;
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

Result<StagedKernel::Outcome> StagedKernel::commit(const KernelStore& store, const KernelRecord& facts,
                                                   IfOther if_other) && {
  KernelRecord record = facts;
  // A package or an archive may call its kernel anything.
  if (!is_version_name(record.version))
    return Error{Fault::Input,
                 kKernelVersionUnknown,
                 "a kernel cannot be kept under the version '" + record.version + "'",
                 {},
                 "pass --version, as in --version 6.1.0-mine"};
  FAASC_TRY(record.files, describe_files(directory_));
  FAASC_CHECK(write_file(directory_ / kKernelRecordName, to_json(record)));
  FAASC_CHECK(make_tree_durable(directory_));

  KernelName full{record.family, record.version, record.architecture};
  fs::path target = store.directory_of(full.family, full.version, full.architecture);
  FAASC_TRY(FileLock store_lock, lock(store));
  FAASC_CHECK(make_directories(target.parent_path()));
  std::error_code error;
  if (!fs::exists(fs::symlink_status(target, error))) {
    if (::rename(directory_.c_str(), target.c_str()) != 0)
      return io_error("rename a directory to", target, errno);
    directory_.clear();
    FAASC_CHECK(make_durable(target.parent_path()));
    return Outcome::Added;
  }

  FAASC_TRY(KernelFiles present, describe_files(target));
  auto present_record = read_kernel_record(target / kKernelRecordName);
  bool recorded_same = present_record && present_record->family == record.family &&
                       present_record->version == record.version &&
                       present_record->architecture == record.architecture &&
                       present_record->debug == record.debug && present_record->files == record.files;
  bool same = present == record.files;
  if (same && recorded_same) return Outcome::AlreadyThere;
  if (!same && !recorded_same && if_other == IfOther::Refuse) {
    std::string name = full_name(full);
    return Error{
        Fault::Input,
        kKernelExists,
        "another kernel '" + name + "' is in the store, with other files",
        {},
        "pass --force to replace it, --version to give this one another name, or run `faasc kernel remove " +
            name + "` first"};
  }
  FAASC_CHECK(exchange(directory_, target));
  FAASC_CHECK(make_durable(target.parent_path()));
  return same ? Outcome::Added : Outcome::Replaced;
}

bool has_intact(const KernelStore& store, const KernelName& name) {
  std::error_code error;
  std::string_view architecture = name.architecture.empty() ? kX86_64 : std::string_view(name.architecture);
  fs::path directory = store.directory_of(name.family, name.version, architecture);
  if (!fs::exists(directory / kKernelRecordName, error)) return false;
  auto kernel = store.find(name.family, name.version, architecture);
  return kernel && verify(*kernel);
}

Result<fs::path> remove_kernel(const KernelStore& store, const KernelName& name) {
  std::string family = family_name(name.family, name.architecture);
  std::vector<std::string> names;
  KernelStore::Listing listing = store.list();
  for (const Kernel& kernel : listing.kernels) names.push_back(full_name(kernel));
  std::string all;
  for (const std::string& one : names) all += (all.empty() ? "" : ", ") + ("'" + one + "'");
  if (name.version.empty())
    return Error{Fault::Usage,
                 kBadKernelSelector,
                 "'" + family + "' does not say which version to remove",
                 {},
                 all.empty() ? "there is no kernel in '" + store.root().string() + "'" : "there is " + all};

  fs::path directory = store.directory_of(name.family, name.version, name.architecture);
  std::error_code error;
  if (fs::exists(fs::symlink_status(directory, error))) {
    FAASC_TRY(FileLock store_lock, lock(store));
    fs::path staging;
    FAASC_TRY(Fd staging_lock, make_staging(store, staging));
    if (::rename(directory.c_str(), (staging / "removed").c_str()) != 0)
      return io_error("rename", directory, errno);
    fs::remove_all(staging, error);
    if (error) return io_error("remove", staging, error.value());
    return directory;
  }

  std::string wanted = full_name(name);
  for (const Kernel& kernel : listing.kernels)
    if (full_name(kernel) == wanted)
      return Error{Fault::Input,
                   kKernelNotOurs,
                   "kernel '" + wanted + "' belongs to OPS: it lies in '" + kernel.directory.string() + "'",
                   {},
                   "delete that directory yourself if OPS no longer needs it"};
  std::string_view meant = nearest(wanted, {names.begin(), names.end()});
  return Error{Fault::Missing,
               kNoKernel,
               "there is no kernel '" + wanted + "' in '" + store.root().string() + "'" +
                   (meant.empty() ? "" : "; did you mean '" + std::string(meant) + "'?"),
               {},
               all.empty() ? "" : "there is " + all};
}

}  // namespace faasc
