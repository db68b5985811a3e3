#include "launcher/guest_exit.h"

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "launcher/codes.h"

namespace faasc {
namespace {

using testing::ElementsAre;

TEST(GuestExit, Decoding) {
  struct Case {
    const char* name;
    ExitEvidence evidence;
    const char* text;
    const char* code;  // as it is printed behind the error; null: it is ok
    std::string hint{};
  };
  const ExitStatus killed{.code = 0, .signal = SIGKILL};
  auto status = [](int code) { return ExitStatus{.code = code, .signal = 0}; };
  const std::string segv = "bye\n\n*** signal 11 received by tid 2, errno 0, code 1\n    fault address 0x0\n";
  const Case cases[] = {
      {"status 0", {.vmm = status(1), .has_exit_port = true}, "exited with status 0", nullptr},
      {"status 1", {.vmm = status(3), .has_exit_port = true}, "exited with status 1", " [FAASC0710]\n"},
      {"status 7", {.vmm = status(15), .has_exit_port = true}, "exited with status 7", " [FAASC0710]\n"},
      {"status 11 that is no signal",
       {.vmm = status(23), .has_exit_port = true, .console_tail = "bye\n"},
       "exited with status 11",
       " [FAASC0710]\n"},
      {"semihosting: status 0",
       {.vmm = status(0), .has_semihosting_exit = true},
       "exited with status 0",
       nullptr},
      {"semihosting: status 1",
       {.vmm = status(1), .has_semihosting_exit = true},
       "exited with status 1",
       " [FAASC0710]\n"},
      {"semihosting: status 1, and a warning of QEMU's",
       {.vmm = status(1), .has_semihosting_exit = true, .vmm_errors = "qemu: warning: slow disk\n"},
       "exited with status 1",
       " [FAASC0710]\n"},
      {"semihosting: QEMU fails",
       {.vmm = status(1), .has_semihosting_exit = true, .vmm_errors = "qemu: out of luck\n"},
       "was lost: QEMU gave up with status 1: qemu: out of luck",
       " [FAASC0704]\n"},
      {"semihosting: status 200",
       {.vmm = status(200), .has_semihosting_exit = true},
       "exited with status 200",
       " [FAASC0710]\n"},
      {"semihosting: segmentation fault",
       {.vmm = status(11), .has_semihosting_exit = true, .console_tail = segv},
       "was ended by signal 11 (SIGSEGV): it followed a null pointer",
       " [FAASC0711]\n"},
      {"semihosting: SIGTERM after the power button",
       {.vmm = status(15), .has_semihosting_exit = true, .asked_to_stop = true},
       "was ended by signal 15 (SIGTERM)",
       nullptr},
      {"semihosting: a reset",
       {.vmm = status(0), .has_semihosting_exit = true, .shutdown_reason = "guest-reset"},
       "reset itself, which is what a triple fault looks like",
       " [FAASC0712]\n"},
      {"semihosting that is not there",
       {.vmm = status(0),
        .has_semihosting_exit = true,
        .shutdown_reason = "guest-shutdown",
        .console_tail = "\nAngel shutdown trap failed; shutting down with PSCI.\n"},
       "failed: it ended, and could not tell how: there is no semihosting",
       " [FAASC0712]\n"},
      {"segmentation fault",
       {.vmm = status(23), .has_exit_port = true, .console_tail = segv},
       "was ended by signal 11 (SIGSEGV): it followed a null pointer",
       " [FAASC0711]\n"},
      {"an exit after a fault that was survived",
       {.vmm = status(5), .has_exit_port = true, .console_tail = segv},
       "exited with status 2",
       " [FAASC0710]\n"},
      {"a program that quotes the kernel",
       {.vmm = status(23), .has_exit_port = true, .console_tail = "see *** signal 11 received\n"},
       "exited with status 11",
       " [FAASC0710]\n"},
      {"SIGTERM after the power button",
       {.vmm = status(31), .has_exit_port = true, .asked_to_stop = true},
       "was ended by signal 15 (SIGTERM)",
       nullptr},
      {"status 15 of its own",
       {.vmm = status(31), .has_exit_port = true},
       "exited with status 15",
       " [FAASC0710]\n"},
      {"SIGTERM that nobody sent from outside",
       {.vmm = status(31), .has_exit_port = true, .console_tail = "bye\n   terminate\n"},
       "was ended by signal 15 (SIGTERM)",
       " [FAASC0711]\n"},
      {"no memory for a page",
       {.vmm = status(15),
        .has_exit_port = true,
        .console_tail =
            "[0.7] page fill failed with (result:out of memory)\n\n*** signal 7 received by tid 2\n"},
       "was ended by signal 7 (SIGBUS): out of memory",
       " [FAASC0711]\n",
       "  hint: give it more with resources.memory or --memory; 'faasc test --find-memory' finds how much\n"},
      {"a stack without an end",
       {.vmm = status(23),
        .has_exit_port = true,
        .console_tail = "\n*** signal 11 received by tid 2\n    fault address 0xffbc1920\n\n   rsp: "
                        "00000000ffbc1920\n"},
       "was ended by signal 11 (SIGSEGV): its stack overflowed",
       " [FAASC0711]\n",
       "  hint: end the recursion, or keep large variables elsewhere than on the stack\n"},
      {"a program that speaks like init",
       {.vmm = status(7),
        .has_exit_port = true,
        .console_tail = "faasc-init: program exited with status 0\n"},
       "exited with status 3",
       " [FAASC0710]\n"},
      {"Linux: a program that speaks like init, too",
       {.vmm = status(7),
        .has_exit_port = true,
        .has_init = true,
        .console_tail = "faasc-init: program was killed by signal 9 (SIGKILL)\nfaasc-init: program exited "
                        "with status 3\n"},
       "exited with status 3",
       " [FAASC0710]\n"},
      {"status 3 after the power button",
       {.vmm = status(7), .has_exit_port = true, .asked_to_stop = true},
       "exited with status 3",
       " [FAASC0710]\n",
       "  hint: let the program end with status 0 when it gets SIGTERM (Nanos tells the lowest 7 bits of a "
       "status, so 139 as 11)\n"},
      {"no program",
       {.vmm = status(255),
        .has_exit_port = true,
        .console_tail = "program startup failed on exec: (result:unable to open program file /x)\n[0.1] y\n"},
       "failed: the kernel could not start the program: (result:unable to open program file /x)",
       " [FAASC0712]\n"},
      {"a thread that raised the signal itself",
       {.vmm = status(255),
        .has_exit_port = true,
        .console_tail = "bye\n\nProcess abort: Unhandled SIGSEGV received by thread 2\n\nTerminating.\n"},
       "was ended by signal 11 (SIGSEGV)",
       " [FAASC0711]\n"},
      {"no memory left",
       {.vmm = status(255),
        .has_exit_port = true,
        .console_tail = "\nProcess abort: SIGKILL received by thread 2\n"},
       "was ended by signal 9 (SIGKILL)",
       " [FAASC0711]\n"},
      {"status 127 of its own",
       {.vmm = status(255), .has_exit_port = true},
       "exited with status 127",
       " [FAASC0710]\n"},
      {"status 126 of its own",
       {.vmm = status(253), .has_exit_port = true},
       "exited with status 126",
       " [FAASC0710]\n"},
      {"kernel fault",
       {.vmm = status(253), .has_exit_port = true, .console_tail = "cpu 0\n\nframe trace:\n"},
       "failed: the kernel crashed",
       " [FAASC0712]\n"},
      {"Linux: status",
       {.vmm = status(85),
        .has_exit_port = true,
        .has_init = true,
        .console_tail = "x\nfaasc-init: program exited with status 42\n"},
       "exited with status 42",
       " [FAASC0710]\n"},
      {"Linux: status 0, and a power-off",
       {.vmm = status(0),
        .has_init = true,
        .shutdown_reason = "guest-shutdown",
        .console_tail = "faasc-init: program exited with status 0\r\n"},
       "exited with status 0",
       nullptr},
      {"Linux: signal",
       {.vmm = status(1),
        .has_exit_port = true,
        .has_init = true,
        .console_tail = "faasc-init: program was killed by signal 11 (SIGSEGV)\n"},
       "was ended by signal 11 (SIGSEGV)",
       " [FAASC0711]\n"},
      {"Linux: init speaks after an unfinished line, and last",
       {.vmm = status(0),
        .has_init = true,
        .shutdown_reason = "guest-reset",
        .console_tail =
            "faasc-init: program exited with status 0\nprompt> faasc-init: program exited with status 130\n"},
       "exited with status 130",
       " [FAASC0710]\n"},
      {"Linux: nothing to run",
       {.vmm = status(251),
        .has_exit_port = true,
        .has_init = true,
        .console_tail = "faasc-init: cannot read '/etc/faasc/program': No such file\r\nfaasc-init: cannot "
                        "start the machine\r\n"},
       "failed: init could not start the machine: cannot read '/etc/faasc/program': No such file",
       " [FAASC0712]\n"},
      {"power-off",
       {.vmm = status(0), .has_exit_port = true, .shutdown_reason = "guest-shutdown"},
       "powered off",
       nullptr},
      {"triple fault",
       {.vmm = status(0), .has_exit_port = true, .shutdown_reason = "guest-reset"},
       "reset itself, which is what a triple fault looks like",
       " [FAASC0712]\n"},
      {"panic",
       {.vmm = status(0), .shutdown_reason = "guest-panic"},
       "failed: the kernel panicked",
       " [FAASC0712]\n"},
      {"killed",
       {.vmm = killed, .has_exit_port = true},
       "was lost: QEMU was ended by signal 9 (SIGKILL)",
       " [FAASC0714]\n"},
      {"terminated",
       {.vmm = status(0), .shutdown_reason = "host-signal"},
       "was lost: QEMU was ended by signal 15 (SIGTERM)",
       " [FAASC0714]\n"},
      {"forced",
       {.vmm = killed, .has_exit_port = true, .asked_to_stop = true, .forced = true},
       "did not stop when asked to, and was ended by force",
       " [FAASC0716]\n",
       "  hint: let the program end when it gets SIGTERM, or allow it more time with limits.grace_period\n"},
      {"no exit port, QEMU fails",
       {.vmm = status(1), .vmm_errors = "warning\nqemu: out of luck\n"},
       "was lost: QEMU gave up with status 1: qemu: out of luck",
       " [FAASC0704]\n"},
      {"no exit port, QEMU fails silently",
       {.vmm = status(2)},
       "was lost: QEMU gave up with status 2",
       " [FAASC0704]\n"},
  };
  const std::string serves_on =
      "  hint: a function goes on serving until it is stopped; see what its program does";
  auto usual_hint = [&](const Case& c) -> std::string {
    std::string code(c.code);
    if (code.find("0710") != std::string::npos)
      return serves_on + (c.evidence.has_exit_port && !c.evidence.has_init
                              ? " (Nanos tells the lowest 7 bits of a status, so 139 as 11)\n"
                              : "\n");
    if (code.find("0711") != std::string::npos)
      return "  hint: the lines above say where it was, and what it printed before\n";
    if (code.find("0712") != std::string::npos)
      return "  hint: this is what the kernel says, not the function: see with 'faasc image verify' whether "
             "the "
             "image is whole, and try another kernel with --kernel\n";
    if (code.find("0714") != std::string::npos)
      return "  hint: something outside of faasc did that; where it was for lack of memory, 'dmesg' says so, "
             "and smaller machines (--memory) or fewer at a time (-j) help\n";
    return "  hint: '-v' shows QEMU's command line; see with 'faasc doctor' whether this host runs machines "
           "at "
           "all\n";
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    GuestExit exit = decode_exit(c.evidence);
    EXPECT_EQ(to_text(exit), c.text);
    EXPECT_EQ(exit.ok(), c.code == nullptr);
    auto error = error_of(exit, {"a line"});
    ASSERT_EQ(error.has_value(), c.code != nullptr);
    if (!error) continue;
    EXPECT_EQ(to_text(*error, Color::Off), "faasc: error: the guest " + std::string(c.text) + c.code +
                                               "  | a line\n" + (c.hint.empty() ? usual_hint(c) : c.hint));
  }
}

TEST(GuestExit, OfASilentCrashNoLinesAreSaidToTell) {
  auto error = error_of({.how = GuestExit::How::Signaled, .signal = SIGSEGV}, {});
  ASSERT_TRUE(error);
  EXPECT_EQ(to_text(*error, Color::Off),
            "faasc: error: the guest was ended by signal 11 (SIGSEGV) [FAASC0711]\n"
            "  hint: it had printed nothing; run it in a debugger, or build it with a sanitizer\n");
}

TEST(GuestExit, AnEndThatNobodyAskedForIsAFailureEvenIfItIsAGoodOne) {
  auto text = [](const GuestExit& exit) { return to_text(error_of_early_end(exit, {"a line"}), Color::Off); };
  EXPECT_EQ(text({.how = GuestExit::How::Exited}),
            "faasc: error: the guest exited with status 0 [FAASC0715]\n  | a line\n"
            "  hint: a function goes on serving until it is stopped; see what its program does\n");
  EXPECT_EQ(text({.how = GuestExit::How::Signaled, .signal = SIGABRT}),
            "faasc: error: the guest was ended by signal 6 (SIGABRT) [FAASC0711]\n  | a line\n"
            "  hint: the lines above say where it was, and what it printed before\n");
}

TEST(GuestExit, SignalNames) {
  EXPECT_EQ(signal_name(SIGSEGV), "SIGSEGV");
  EXPECT_EQ(signal_name(99), "signal 99");
  EXPECT_EQ(to_text({.how = GuestExit::How::Signaled, .signal = 99}), "was ended by signal 99");
}

TEST(GuestExit, TellingLines) {
  EXPECT_THAT(telling_lines({}, 3), ElementsAre());
  EXPECT_THAT(telling_lines({"a", "b", "c", "d"}, 3), ElementsAre("b", "c", "d"));
  EXPECT_THAT(telling_lines({"a", "b"}, 3), ElementsAre("a", "b"));
  const std::vector<std::string> crash = {"one",
                                          "two",
                                          "three",
                                          "",
                                          "*** signal 11 received by tid 2, errno 0, code 1",
                                          "    fault address 0x0",
                                          "",
                                          "*** Thread context:",
                                          "   rsp: 1",
                                          "   rip: 2",
                                          "",
                                          "stack trace:",
                                          "0: 0"};
  EXPECT_THAT(telling_lines(crash, 5),
              ElementsAre("two", "three", "*** signal 11 received by tid 2, errno 0, code 1",
                          "    fault address 0x0", "   rip: 2"));
}

}  // namespace
}  // namespace faasc
