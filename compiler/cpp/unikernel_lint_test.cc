#include "compiler/cpp/unikernel_lint.h"

#include <gtest/gtest.h>

namespace faasc::cpp {
namespace {

std::string said(const std::vector<Diagnostic>& findings) {
  std::string text;
  for (const Diagnostic& finding : findings) text += to_text(finding, Color::Off);
  return text;
}

TEST(UnikernelLint, ReportsTheUsersCallAndItsCallers) {
  CallFact call{"popen", {"a.cc", 3, 5, 10}, "    popen(\"ls\", \"r\");", {}};
  call.callers.push_back(
      {Severity::Note, "", "which 'list' does, called here", {"a.cc", 9, 3, 7}, "", "", {}});
  EXPECT_EQ(
      said(lint_calls({call}, Severity::Warning)),
      "a.cc:3:5: warning: 'popen' runs another program, which a unikernel does not do [FAASC0270]\n"
      "    popen(\"ls\", \"r\");\n"
      "    ^~~~~\n"
      "  hint: use a library that does the same in this process; 'lint: off' in faas.yaml says that it is "
      "never reached\n"
      "a.cc:9:3: note: which 'list' does, called here\n");
  EXPECT_EQ(lint_calls({call}, Severity::Error)[0].severity, Severity::Error);
}

TEST(UnikernelLint, ReadsWhatEachLinkerTraces) {
  for (const char* form :
       {"/l/libfoo.a(bar.o): reference to fork\n", "/usr/bin/ld: /l/libfoo.a(bar.o): reference to fork\n",
        "trace-symbol: /l/libfoo.a(bar.o): reference to fork\n"}) {
    std::string output = std::string("ld: error: undefined symbol: x\n") + form + form +
                         "/w/objects/a.cc.o: reference to fork\n"
                         "/usr/lib/libc.a(popen.o): reference to posix_spawn\n"
                         "<internal>: reference to fork\n"
                         "/usr/lib/libc.a(fork.o): definition of fork\n"
                         "/usr/lib/libc.a(fork.o): lazy definition of fork\n";
    EXPECT_EQ(
        said(lint_link(output, "/w/", Severity::Warning)),
        "faasc: warning: '/l/libfoo.a(bar.o)' uses 'fork', which starts another process; a unikernel does "
        "not "
        "do that [FAASC0271]\n"
        "  hint: use a std::thread, or call the code as a function; 'lint: off' in faas.yaml says that it is "
        "never reached\n")
        << form;
    EXPECT_EQ(output, "ld: error: undefined symbol: x\n");
  }
}

}  // namespace
}  // namespace faasc::cpp
