#pragma once

#include <span>
#include <string_view>

namespace faasc::cpp {

/// A function of the C library that a unikernel cannot serve, because it has one process only, or because the
/// kernel lacks what the function stands on.
struct UnikernelCall {
  std::string_view name;
  std::string_view why;      ///< "starts another process"
  std::string_view instead;  ///< the way out
};

/// What Nanos does not serve, sorted by name. Its system call table answers ENOSYS to fork, vfork, execve,
/// ptrace, chroot, mount, unshare, setns, mknod, memfd_create, userfaultfd and, without klib shmem, to shmget
/// (tried on 0.1.55); /dev/shm and pipes between processes are not there either.
std::span<const UnikernelCall> nanos_calls();

/// Null for a function that Nanos serves.
const UnikernelCall* find_nanos_call(std::string_view name);

}  // namespace faasc::cpp
