#include "base/process.h"

#include <csignal>
#include <fstream>
#include <iterator>
#include <thread>

#include <sys/wait.h>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/diagnostics.h"
namespace faasc {
namespace {

using namespace std::chrono_literals;

TEST(Process, CollectsOutputAndStatus) {
  auto finished =
      run({.argv = {"sh", "-c", "cat; echo oops >&2; exit 3"}, .working_directory = {}, .environment = {}},
          {.input = "fed\n"});
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->out, "fed\n");
  EXPECT_EQ(finished->err, "oops\n");
  EXPECT_EQ(finished->status.code, 3);
}

TEST(Process, SignalsAreTold) {
  auto finished = run({.argv = {"sh", "-c", "kill -SEGV $$"}, .working_directory = {}, .environment = {}});
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->status.signal, SIGSEGV);
}

TEST(Process, EnvironmentAndDirectory) {
  auto finished =
      run({.argv = {"sh", "-c", "echo $X $PWD"}, .working_directory = "/", .environment = {{"X", "a b"}}});
  EXPECT_EQ(finished->out, "a b /\n");
}

TEST(Process, MissingProgram) {
  auto finished = run({.argv = {"no-such-program-here"}, .working_directory = {}, .environment = {}});
  ASSERT_FALSE(finished);
  EXPECT_EQ(to_text(finished.error(), Color::Off),
            "faasc: error: cannot start 'no-such-program-here': no such program in PATH [FAASC0905]\n"
            "  hint: install it, or put it into PATH\n");
  EXPECT_EQ(finished.error().fault, Fault::Missing);
}

TEST(Process, TimeOutKills) {
  auto started = std::chrono::steady_clock::now();
  auto finished =
      run({.argv = {"sleep", "30"}, .working_directory = {}, .environment = {}}, {.timeout = 50ms});
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().fault, Fault::Timeout);
  EXPECT_EQ(to_text(finished.error(), Color::Off),
            "faasc: error: 'sleep' did not finish within 50 ms [FAASC0906]\n");
  EXPECT_LT(std::chrono::steady_clock::now() - started, 10s);
}

TEST(Process, LargeInputAndOutputDoNotDeadlock) {
  std::string big(3'000'000, 'x');
  auto finished = run({.argv = {"cat"}, .working_directory = {}, .environment = {}}, {.input = big});
  EXPECT_EQ(finished->out.size(), big.size());
}

TEST(Process, ChildDiesWithItsParent) {
  // A grandchild is left behind by a child that is killed with SIGKILL, which no handler can catch.
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  pid_t middle = ::fork();
  ASSERT_GE(middle, 0);
  if (middle == 0) {
    auto child = Child::spawn({.argv = {"sleep", "100"}, .working_directory = {}, .environment = {}}, {});
    pid_t pid = child ? child->pid() : -1;
    [[maybe_unused]] ssize_t written = ::write(ends[1], &pid, sizeof pid);
    ::pause();
  }
  pid_t grandchild = 0;
  ASSERT_EQ(::read(ends[0], &grandchild, sizeof grandchild), static_cast<ssize_t>(sizeof grandchild));
  ASSERT_GT(grandchild, 0);
  ::kill(middle, SIGKILL);
  ::waitpid(middle, nullptr, 0);
  bool gone = false;
  for (int i = 0; i < 200 && !gone; ++i) {
    std::ifstream stat("/proc/" + std::to_string(grandchild) + "/stat");
    std::string text((std::istreambuf_iterator<char>(stat)), {});
    // An orphan that nobody reaps stays as a zombie: dead all the same.
    gone = text.empty() || text.find(") Z ") != std::string::npos;
    if (!gone) std::this_thread::sleep_for(10ms);
  }
  EXPECT_TRUE(gone);
}

TEST(Process, OneDescriptorIsInherited) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  Fd in(ends[0]), out(ends[1]);
  std::string script = "echo told >&" + std::to_string(out.get());
  {
    auto child = Child::spawn({.argv = {"bash", "-c", script}, .working_directory = {}, .environment = {}},
                              {.inherited_fds = {out.get()}});
    ASSERT_TRUE(child);
    EXPECT_TRUE(child->wait().ok());
  }
  out.reset();
  char buffer[16] = {};
  EXPECT_EQ(::read(in.get(), buffer, sizeof buffer), 5);
  EXPECT_STREQ(buffer, "told\n");
}

TEST(Process, ShellQuoting) {
  EXPECT_EQ(to_shell({"a", "b c", "it's", ""}), "a 'b c' 'it'\\''s' ''");
}

}  // namespace
}  // namespace faasc
