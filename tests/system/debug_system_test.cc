// `faasc debug`: a real gdb at a real guest, and at the same function as a process.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
using testing::AllOf;
using testing::HasSubstr;

class DebugSystem : public testing::Test {
 protected:
  void SetUp() override {
    FAASC_NEEDS(KernelFamily::Nanos);
    if (!find_program("gdb")) GTEST_SKIP() << "gdb is not installed";
    project_.write("faas.yaml",
                   "apiVersion: faasc/v1\n"
                   "name: price\n"
                   "runtime: cpp\n"
                   "handler: price\n"
                   "signature: typed\n");
    project_.write("price.cc",
                   "static int twice(int amount) {\n"
                   "  int sum = amount + amount;\n"
                   "  return sum;\n"
                   "}\n"
                   "int price(int count) { return twice(count); }\n");
    // What a developer's gdb is told at its start is not to matter here.
    project_.environment["XDG_CONFIG_HOME"] = "/nowhere";
  }
  Finished debug(std::vector<std::string> arguments) const {
    std::vector<std::string> all{"debug", "--batch"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return project_.faasc(std::move(all));
  }
  /// What a client's 13 does to the function, and what faasc says to that.
  Finished crash(const std::string& image) const {
    return project_.shell("rm -f line; \"$FAASC\" run " + image +
                          " -p 0:8080 --json --core dump >line 2>log & "
                          "while ! [ -s line ]; do sleep 0.1; kill -0 $! || exit 9; done; "
                          "curl -s -m 60 -d 13 $(sed 's/.*\"address\":\"\\([^\"]*\\)\".*/\\1/' line); wait "
                          "$!; echo $?; cat log");
  }
  ProjectRun project_;
};

TEST_F(DebugSystem, ABreakpointInTheHandlerOnNanos) {
  Finished finished =
      debug({"--break", "price.cc:3", "--data", "21", "--ex", "continue", "--ex", "print amount", "--ex",
             "print sum", "--ex", "backtrace 2", "--ex", "info symbol interrupt0"});
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_THAT(finished.out,
              AllOf(HasSubstr("Breakpoint 1, twice (amount=21) at ./price.cc:3\n3\t  return sum;"),
                    HasSubstr("$1 = 21\n$2 = 42\n"), HasSubstr("in price (count=21) at ./price.cc:5"),
                    HasSubstr(" in section .text of ")))
      << finished.err;
}

TEST_F(DebugSystem, ABreakpointInTheHandlerOnLinux) {
  FAASC_NEEDS(KernelFamily::Linux);
  Finished finished = debug({"--kernel", "linux", "--break", "price.cc:3", "--data", "21", "--ex", "continue",
                             "--ex", "print sum"});
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_THAT(finished.out,
              AllOf(HasSubstr("Breakpoint 1, twice (amount=21) at ./price.cc:3\n"), HasSubstr("$1 = 42\n")))
      << finished.err;
}

TEST_F(DebugSystem, ABreakpointInTheHandlerOfAProcess) {
  if (!find_program("bwrap")) GTEST_SKIP() << "bubblewrap is not installed";
  Finished finished = debug({"--vmm", "process", "--break", "price.cc:3", "--data", "21", "--ex", "continue",
                             "--ex", "print sum", "--ex", "finish"});
  EXPECT_THAT(finished.out, AllOf(HasSubstr("twice (amount=21) at ./price.cc:3\n"), HasSubstr("$1 = 42\n"),
                                  HasSubstr("Value returned is $2 = 42")))
      << finished.err;
}

// Of a dynamic program every library is where gdb believes it to be.
TEST_F(DebugSystem, LibrariesAreAtTheirAddresses) {
  ASSERT_EQ(project_.faasc({"init", "py", "-q", "--template", "python-http"}).status.code, 0);
  Finished finished = debug({"py", "--break", "listen", "--ex", "continue", "--ex", "backtrace 1", "--ex",
                             "x/i $pc", "--ex", "info symbol malloc"});
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_THAT(finished.out, AllOf(HasSubstr("listen ("), HasSubstr("listen>:"),
                                  HasSubstr("malloc in section .text of "), HasSubstr("libc.so.6")))
      << finished.err;
}

// What a crash leaves, of an image that was built without a thought of it.
TEST_F(DebugSystem, ACoreDumpOfNanos) {
  project_.write("price.cc",
                 "#include <cstdlib>\n"
                 "__attribute__((noinline)) static int twice(int amount) {\n"
                 "  if (amount == 13) std::abort();\n"
                 "  return amount + amount;\n"
                 "}\n"
                 "int price(int count) { return twice(count) + 1; }\n");
  ASSERT_EQ(project_.faasc({"build", "-q"}).status.code, 0);
  // A machine ends when its function crashes; so does this one, with the core.
  Finished crashed = crash("build/price.img");
  EXPECT_THAT(crashed.out, AllOf(HasSubstr("5\n"), HasSubstr("the core dump is in 'dump'"))) << crashed.err;
  Finished finished =
      debug({"build/price.img", "--core", "dump", "--ex", "backtrace", "--ex", "info threads"});
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_THAT(finished.out, AllOf(HasSubstr("SIGABRT"), HasSubstr("in twice(int) () at ./price.cc:3"),
                                  HasSubstr("in price () at ./price.cc:6")))
      << finished.err;

  // Of a program with libraries, too.
  project_.write("faas.yaml",
                 "apiVersion: faasc/v1\nname: crash\nruntime: python\nhandler: crash\nsignature: lambda\n");
  project_.write("main.py", "import ctypes\ndef crash(event, context):\n  ctypes.string_at(0)\n");
  ASSERT_EQ(project_.faasc({"build", "-q"}).status.code, 0);
  crashed = crash("build/crash.img");
  EXPECT_THAT(crashed.out, AllOf(HasSubstr("5\n"), HasSubstr("the core dump is in 'dump'"))) << crashed.err;
  finished =
      debug({"build/crash.img", "--core", "dump", "--ex", "backtrace 3", "--ex", "info symbol malloc"});
  EXPECT_THAT(finished.out,
              AllOf(HasSubstr("SIGSEGV"), HasSubstr("strlen"), HasSubstr("malloc in section .text of ")))
      << finished.err;

  // Another program's.
  finished = debug({"build/price.img", "--core", "dump"});
  EXPECT_EQ(
      finished.err,
      "faasc: error: 'dump' was not left by the program in '" + project_.at("build/price.img").string() +
          "' [FAASC0770]\n  hint: give the image that crashed; one that was built again since has another "
          "program\n");
}

TEST_F(DebugSystem, PrintsWhatGdbIsToBeTold) {
  ASSERT_EQ(project_.faasc({"build", "-q"}).status.code, 0);
  Finished finished = project_.shell(
      "\"$FAASC\" debug --print -q build/price.img >commands 2>log & "
      "while ! grep -q '^target remote' commands; do sleep 0.05; kill -0 $! || exit 9; done; "
      "gdb -q -batch -x commands -ex 'info registers rip' </dev/null 2>&1; kill -TERM $!; wait $!; echo $?");
  EXPECT_THAT(finished.out, AllOf(HasSubstr("_start ()"), HasSubstr("rip            0x"))) << finished.err;
}

}  // namespace
}  // namespace faasc
