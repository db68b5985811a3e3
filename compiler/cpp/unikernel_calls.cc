#include "compiler/cpp/unikernel_calls.h"

#include <algorithm>

namespace faasc::cpp {
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
    {"_Fork", kProcess, kThread},
    {"chroot", kRoot, kFiles},
    {"daemon", kProcess, "leave it out: the function runs in the foreground"},
    {"execl", kProgram, kLibrary},
    {"execle", kProgram, kLibrary},
    {"execlp", kProgram, kLibrary},
    {"execv", kProgram, kLibrary},
    {"execve", kProgram, kLibrary},
    {"execveat", kProgram, kLibrary},
    {"execvp", kProgram, kLibrary},
    {"execvpe", kProgram, kLibrary},
    {"fexecve", kProgram, kLibrary},
    {"fork", kProcess, kThread},
    {"forkpty", kProcess, kThread},
    {"memfd_create", "makes a file without a name", "use memory, or a file below /tmp"},
    {"mkfifo", kDevice, kPipe},
    {"mknod", kDevice, kPipe},
    {"mount", kRoot, kFiles},
    {"pivot_root", kRoot, kFiles},
    {"popen", kProgram, kLibrary},
    {"posix_spawn", kProgram, kLibrary},
    {"posix_spawnp", kProgram, kLibrary},
    {"ptrace", "looks into another process", kAlone},
    {"sem_open", kMemory, "use std::mutex, std::condition_variable or sem_init"},
    {"setns", kIsolation, kAlone},
    {"shm_open", kMemory, kHeap},
    {"shmat", kMemory, kHeap},
    {"shmget", kMemory, kHeap},
    {"system", kProgram, kLibrary},
    {"umount", kRoot, kFiles},
    {"umount2", kRoot, kFiles},
    {"unshare", kIsolation, kAlone},
    {"vfork", kProcess, kThread},
    {"wordexp", "runs a shell for what it expands", "expand the text in the function"},
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

}  // namespace faasc::cpp
