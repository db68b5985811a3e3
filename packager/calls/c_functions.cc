#include "packager/calls/c_functions.h"

#include <algorithm>

namespace faasc {
namespace {

constexpr std::string_view kProcess = "starts another process";
constexpr std::string_view kProgram = "runs another program";
constexpr std::string_view kThread = "use a std::thread, or call the code as a function";
constexpr std::string_view kLibrary = "use a library that does the same in this process";
constexpr std::string_view kMemory = "shares memory between processes";
constexpr std::string_view kHeap = "use ordinary memory: there is one process";
constexpr std::string_view kRoot = "changes what the file system looks like";
constexpr std::string_view kFiles = "put the files where they belong with 'files' or 'mounts' in faas.yaml";
constexpr std::string_view kIsolation = "isolates processes from each other";
constexpr std::string_view kAlone = "leave it out: the machine is the function's own";
constexpr std::string_view kDevice = "makes a device, pipe or socket node";
constexpr std::string_view kPipe = "use a std::thread with a queue, or a socket";

constexpr UnikernelCall kNanos[] = {
    {"_Fork", kProcess, kThread, "fork"},
    {"chroot", kRoot, kFiles, "chroot"},
    {"daemon", kProcess, "leave it out: the function runs in the foreground", "fork"},
    {"execl", kProgram, kLibrary, "execve"},
    {"execle", kProgram, kLibrary, "execve"},
    {"execlp", kProgram, kLibrary, "execve"},
    {"execv", kProgram, kLibrary, "execve"},
    {"execve", kProgram, kLibrary, "execve"},
    {"execveat", kProgram, kLibrary, "execveat"},
    {"execvp", kProgram, kLibrary, "execve"},
    {"execvpe", kProgram, kLibrary, "execve"},
    {"fexecve", kProgram, kLibrary, "execveat"},
    {"fork", kProcess, kThread, "fork"},
    {"forkpty", kProcess, kThread, "fork"},
    {"memfd_create", "makes a file without a name", "use memory, or a file below /tmp", "memfd_create"},
    {"mkfifo", kDevice, kPipe, "mknodat"},
    {"mknod", kDevice, kPipe, "mknod"},
    {"mount", kRoot, kFiles, "mount"},
    {"pivot_root", kRoot, kFiles, "pivot_root"},
    {"popen", kProgram, kLibrary, "execve"},
    {"posix_spawn", kProgram, kLibrary, "execve"},
    {"posix_spawnp", kProgram, kLibrary, "execve"},
    {"ptrace", "looks into another process", kAlone, "ptrace"},
    {"sem_open", kMemory, "use std::mutex, std::condition_variable or sem_init", ""},
    {"setns", kIsolation, kAlone, "setns"},
    {"shm_open", kMemory, kHeap, ""},
    {"shmat", kMemory, kHeap, "shmat"},
    {"shmget", kMemory, kHeap, "shmget"},
    {"system", kProgram, kLibrary, "execve"},
    {"umount", kRoot, kFiles, "umount2"},
    {"umount2", kRoot, kFiles, "umount2"},
    {"unshare", kIsolation, kAlone, "unshare"},
    {"vfork", kProcess, kThread, "vfork"},
    {"wordexp", "runs a shell for what it expands", "expand the text in the function", "fork"},
};

}  // namespace

std::span<const UnikernelCall> nanos_calls() {
  return kNanos;
}

const UnikernelCall* find_nanos_call(std::string_view name) {
  const auto* found =
      std::lower_bound(std::begin(kNanos), std::end(kNanos), name,
                       [](const UnikernelCall& call, std::string_view n) { return call.name < n; });
  return found != std::end(kNanos) && found->name == name ? found : nullptr;
}

}  // namespace faasc
