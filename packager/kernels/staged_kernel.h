#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "base/file.h"
#include "base/result.h"
#include "packager/kernels/kernel_record.h"
#include "packager/kernels/kernel_store.h"

namespace faasc {

/// A kernel on its way into the store: a hidden directory under the store's root, to be filled and then moved
/// into its place in one step. Destroyed without commit(), it goes with all its files. What a process that
/// was killed leaves behind is cleared away by the next begin().
class StagedKernel {
 public:
  static Result<StagedKernel> begin(const KernelStore& store);
  StagedKernel(StagedKernel&& other) noexcept;
  StagedKernel& operator=(StagedKernel&&) = delete;
  ~StagedKernel();

  const std::filesystem::path& directory() const { return directory_; }

  enum class Outcome : std::uint8_t {
    Added,         ///< it is new, or its files were there without a record
    AlreadyThere,  ///< the same files are there, recorded; nothing was changed
    Replaced,      ///< other files were there
  };
  enum class IfOther : std::uint8_t { Refuse, Replace };

  /// Writes the record (`facts` with the files of this directory), makes everything durable, and moves it to
  /// its place. Where another kernel of that name is there, FAASC0621 or its replacement; one whose files are
  /// no longer what its own record says is replaced in any case.
  Result<Outcome> commit(const KernelStore& store, const KernelRecord& facts, IfOther if_other) &&;

 private:
  StagedKernel(std::filesystem::path directory, Fd lock)
      : directory_(std::move(directory)), lock_(std::move(lock)) {}

  std::filesystem::path directory_;
  Fd lock_;  // flock on the directory: whoever gets it as well knows that the owner is dead
};

/// A kernel that was brought into the store, or was found there.
struct Added {
  KernelName name;
  StagedKernel::Outcome outcome = StagedKernel::Outcome::Added;
};

/// Whether the store has that kernel with its record, every file as recorded.
bool has_intact(const KernelStore& store, const KernelName& name);

/// Takes a kernel out of the store, in one step, and deletes its files; the directory where it was. `name`
/// must have a version. FAASC0622 for a kernel of OPS, FAASC0601 naming the nearest where there is none of
/// that name.
Result<std::filesystem::path> remove_kernel(const KernelStore& store, const KernelName& name);

}  // namespace faasc
