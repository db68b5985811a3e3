// `--vmm process`: the program of an image in a sandbox of this host, and whether it fares there as it does
// on the real kernel.

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
using testing::HasSubstr;
using testing::Not;

constexpr const char* kManifest =
    "apiVersion: faasc/v1\n"
    "name: calls\n"
    "runtime: cpp:17\n"
    "handler: calls\n"
    "lint: off\n";

// Tells what became of calls that a unikernel refuses, ignores or serves.
constexpr const char* kCalls = R"cc(
#include <google/cloud/functions/function.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

  namespace gcf = ::google::cloud::functions;
  extern char** environ;
  static std::string text;

  static void tell(const char* name, long value) {
    int error = errno;
    text += std::string(name) + ": " + (value < 0 ? strerrorname_np(error) : std::to_string(value)) + "\n";
  }
#define TRY(call)              \
    do {                         \
      errno = 0;                 \
      long value = (long)(call); \
      tell(#call, value);        \
    } while (0)

  gcf::Function calls() {
    return gcf::MakeFunction([](gcf::HttpRequest const&) {
      text.clear();
      pid_t child;
      char* argv[] = {(char*)"/bin/true", nullptr};
      TRY(fork());
      TRY(vfork());
      errno = posix_spawn(&child, "/bin/true", nullptr, nullptr, argv, environ);
      tell("posix_spawn", errno ? -1 : 0);
      TRY(system("true"));
      TRY(execve("/bin/true", argv, environ));
      TRY(syscall(SYS_execveat, -1, "/bin/true", argv, environ, 0));
      TRY(syscall(SYS_memfd_create, "x", 0));
      TRY(ptrace(PTRACE_TRACEME, 0, 0, 0));
      TRY(syscall(SYS_shmget, 0, 4096, 0600));
      TRY(mknod("/x", S_IFIFO | 0600, 0));
      TRY(chroot("/"));
      TRY(syscall(SYS_unshare, 0));
      TRY(syscall(SYS_getppid));
      TRY(syscall(SYS_setsid));
      TRY(kill(1, 0));
      TRY(kill(getpid(), 0));
      TRY(socket(AF_PACKET, SOCK_RAW, 0));
      TRY(close(socket(AF_UNIX, SOCK_STREAM, 0)));
      TRY(wait(nullptr));
      TRY(chmod("/nowhere", 0600));
      TRY(setuid(1000));
      TRY(getuid());
      TRY(prctl(PR_SET_DUMPABLE, 1));
      TRY(open("/new", O_CREAT | O_WRONLY, 0600));
      TRY(mkdir("/tmp", 0700));
      TRY(open("/dev/shm/x", O_CREAT | O_RDWR, 0600));
      TRY(syscall(SYS_membarrier, 0, 0));
      TRY(syscall(9999));
      int done = 0;
      std::thread([&] { done = 1; }).join();
      tell("thread", done);
      return gcf::HttpResponse{}.set_payload(text);
    });
  }
)cc";

class ProcessSystem : public testing::Test {
 protected:
  void SetUp() override {
    FAASC_NEEDS(KernelFamily::Nanos);
    if (!find_program("bwrap")) GTEST_SKIP() << "bubblewrap is not installed";
  }
  Finished as_process(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--vmm", "process", "--quiet"});
    return project_.faasc(std::move(arguments));
  }
  ProjectRun project_;
};

TEST_F(ProcessSystem, CallsFareAsTheyDoOnNanos) {
  project_.write("faas.yaml", kManifest);
  project_.write("calls.cc", kCalls);
  Finished process = as_process({"invoke"});
  ASSERT_EQ(process.status.code, 0) << process.err;
  Finished nanos = project_.invoke(KernelFamily::Nanos, {"--quiet"});
  ASSERT_EQ(nanos.status.code, 0) << nanos.err;
  EXPECT_EQ(process.out, nanos.out);
  // Each once, however often it was tried; and not what a C library tries by itself.
  EXPECT_EQ(
      process.err,
      "faasc: warning: 'calls' made the system call 'fork', which starts another process; Nanos answers with "
      "ENOSYS [FAASC0764]\n"
      "  hint: use a std::thread, or call the code as a function\n"
      "faasc: warning: 'calls' made the system call 'vfork', which starts another process; Nanos answers "
      "with "
      "ENOSYS [FAASC0764]\n"
      "  hint: use a std::thread, or call the code as a function\n"
      "faasc: warning: 'calls' made the system call 'execve', which runs another program; Nanos answers with "
      "ENOSYS [FAASC0764]\n"
      "  hint: use a library that does the same in this process\n"
      "faasc: warning: 'calls' made the system call 'execveat', which runs another program; Nanos answers "
      "with ENOSYS [FAASC0764]\n"
      "  hint: use a library that does the same in this process\n"
      "faasc: warning: 'calls' made the system call 'memfd_create', which makes a file without a name; Nanos "
      "answers with ENOSYS [FAASC0764]\n"
      "  hint: use memory, or a file below /tmp\n"
      "faasc: warning: 'calls' made the system call 'ptrace', which looks into another process; Nanos "
      "answers "
      "with ENOSYS [FAASC0764]\n"
      "  hint: leave it out: the machine is the function's own\n"
      "faasc: warning: 'calls' made the system call 'shmget', which shares memory between processes; Nanos "
      "answers with ENOSYS [FAASC0764]\n"
      "  hint: use ordinary memory: there is one process\n"
      "faasc: warning: 'calls' made the system call 'mknodat', which makes a device, pipe or socket node; "
      "Nanos answers with ENOSYS [FAASC0764]\n"
      "  hint: use a std::thread with a queue, or a socket\n"
      "faasc: warning: 'calls' made the system call 'chroot', which changes what the file system looks like; "
      "Nanos answers with ENOSYS [FAASC0764]\n"
      "  hint: put the files where they belong with 'files' or 'mounts' in faas.yaml\n"
      "faasc: warning: 'calls' made the system call 'unshare', which isolates processes from each other; "
      "Nanos answers with ENOSYS [FAASC0764]\n"
      "  hint: leave it out: the machine is the function's own\n"
      "faasc: warning: 'calls' made the system call 'getppid', which Nanos answers with ENOSYS [FAASC0764]\n"
      "faasc: warning: 'calls' made the system call 'setsid', which Nanos answers with ENOSYS [FAASC0764]\n"
      "faasc: warning: 'calls' made the system call 'kill' for another process, which Nanos answers with "
      "ESRCH [FAASC0764]\n"
      "faasc: warning: 'calls' made the system call 'socket' for a family that it does not know, which Nanos "
      "answers with EAFNOSUPPORT [FAASC0764]\n"
      "faasc: warning: 'calls' made the system call 'system call 9999', which Nanos answers with ENOSYS "
      "[FAASC0764]\n");
}

TEST_F(ProcessSystem, EndsAsItDoesInAMachine) {
  project_.write_hello();
  Finished finished = as_process({"test"});
  EXPECT_EQ(finished.status.code, 0) << finished.out << finished.err;
  finished = as_process({"invoke", "--path", "/exit?3"});
  EXPECT_EQ(finished.status.code, 5);
  EXPECT_THAT(finished.err, HasSubstr("error: the guest exited with status 3 [FAASC0710]"));
  finished = as_process({"invoke", "--path", "/segv"});
  EXPECT_EQ(finished.status.code, 5);
  EXPECT_THAT(finished.err, HasSubstr("error: the guest was ended by signal 11 (SIGSEGV) [FAASC0711]"));
  EXPECT_THAT(finished.err, HasSubstr("operator() at hello.cc:10"));
}

TEST_F(ProcessSystem, LeavesNothingBehindWhenFaascIsKilled) {
  project_.write_hello();
  ASSERT_EQ(project_.faasc({"build", "-q"}).status.code, 0);
  // The line says who serves; then faasc goes without a chance to clean up.
  Finished finished = project_.shell(
      "\"$FAASC\" run --vmm process -q --json -p 0:8080 >line 2>log & "
      "while ! grep -q pid line; do sleep 0.02; kill -0 $! || exit 9; done; cat line; kill -9 $!");
  std::size_t at = finished.out.find("\"pid\":");
  ASSERT_NE(at, std::string::npos) << finished.out << finished.err;
  EXPECT_TRUE(ends_soon(std::atoi(finished.out.c_str() + at + 6)));
}

TEST_F(ProcessSystem, StopsWithFaasc) {
  project_.write_hello();
  ASSERT_EQ(project_.faasc({"build", "-q"}).status.code, 0);
  Finished finished = project_.shell(
      "\"$FAASC\" run --vmm process --json -p 0:8080 >line 2>log & "
      "while ! grep -q pid line; do sleep 0.02; kill -0 $! || exit 9; done; kill -TERM $!; wait $!; echo $?; "
      "cat log");
  EXPECT_THAT(finished.out, HasSubstr("143\n"));
  EXPECT_THAT(finished.out, HasSubstr("(a process in a sandbox); Ctrl-C stops it"));
  EXPECT_THAT(finished.out, HasSubstr("hello exited with status 0"));
}

TEST_F(ProcessSystem, HasThePlacesToWriteAndTheLimitsOfTheMachine) {
  project_.write("faas.yaml",
                 "apiVersion: faasc/v1\n"
                 "name: places\n"
                 "runtime: cpp:17\n"
                 "handler: places\n"
                 "resources: {ephemeral_storage: 4MiB, memory: 64MiB}\n");
  project_.write("places.cc", R"cc(
#include <google/cloud/functions/function.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

    namespace gcf = ::google::cloud::functions;

    static std::string write_file(const char* path, std::size_t mebibytes) {
      std::FILE* file = std::fopen(path, "w");
      if (!file) return strerrorname_np(errno);
      std::string block(1 << 20, 'x');
      std::size_t written = 0;
      for (std::size_t i = 0; i < mebibytes; ++i) written += std::fwrite(block.data(), 1, block.size(), file);
      bool full = std::fflush(file) != 0 || written < mebibytes << 20;
      std::string outcome = full ? strerrorname_np(errno) : "written";
      std::fclose(file);
      std::remove(path);
      return outcome;
    }

    gcf::Function places() {
      return gcf::MakeFunction([](gcf::HttpRequest const&) {
        std::string text = "/tmp: " + write_file("/tmp/x", 1) + "\n/: " + write_file("/x", 1) +
                           "\n64 MiB: " + write_file("/tmp/x", 64) + "\n";
        try {
          std::vector<char> much(std::size_t{128} << 20, 'x');
          asm volatile("" : : "r"(much.data()) : "memory");
          text += much[much.size() / 2] == 'x' ? "128 MiB of memory\n" : "";
        } catch (std::bad_alloc const&) {
          text += "bad_alloc\n";
        }
        text += std::to_string(std::thread::hardware_concurrency()) + " processors\n";
        int out = socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(80);
        address.sin_addr.s_addr = inet_addr("192.0.2.1");
        text += connect(out, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0
                    ? "connected\n"
                    : strerrorname_np(errno) + std::string("\n");
        close(out);
        return gcf::HttpResponse{}.set_payload(text);
      });
    }
  )cc");
  Finished finished = as_process({"invoke"});
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_EQ(finished.out,
            "/tmp: written\n/: written\n64 MiB: ENOSPC\nbad_alloc\n1 processors\nENETUNREACH\n");
  finished = as_process({"invoke", "--memory", "1GiB"});
  EXPECT_THAT(finished.out, HasSubstr("128 MiB of memory"));
}

TEST_F(ProcessSystem, ServesPythonAndGoOfBothFamilies) {
  for (const char* of : {"python-http", "go-http"}) {
    ASSERT_EQ(project_.faasc({"init", of, "-q", "--template", of}).status.code, 0);
    for (const char* kernel : {"nanos", "linux"}) {
      if (kernel == std::string("linux") && !has_kernel(KernelFamily::Linux)) continue;
      Finished finished = as_process({"test", of, "--kernel", kernel});
      EXPECT_EQ(finished.status.code, 0) << of << kernel << finished.out << finished.err;
      EXPECT_THAT(finished.out, Not(HasSubstr("FAASC0764")));
    }
  }
}

}  // namespace
}  // namespace faasc
