#include "launcher/qemu_refusal.h"

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "launcher/codes.h"
#include "launcher/usernet.h"

namespace faasc {
namespace {

TEST(QemuRefusal, Reasons) {
  struct Case {
    const char* errors;
    ExitStatus status;
    const char* said;
  };
#define HINT \
  "'-v' shows QEMU's command line; see with 'faasc doctor' whether this host runs machines at all\n"
  const Case cases[] = {
      {"qemu-system-x86_64: warning: something\nqemu-system-x86_64: cannot set up guest memory 'pc.ram'\n",
       {1, 0},
       "QEMU would not run the machine: cannot set up guest memory 'pc.ram' [FAASC0704]\n  hint: " HINT},
      {"",
       {1, 0},
       "QEMU would not run the machine: it ended with status 1 and said nothing [FAASC0704]\n  hint: " HINT},
      {"", {0, 11}, "QEMU would not run the machine: it was ended by signal 11 [FAASC0704]\n  hint: " HINT},
      {"\x1b[2Joops", {1, 0}, "QEMU would not run the machine: ^[[2Joops [FAASC0704]\n  hint: " HINT},
      {"Could not access KVM kernel module: Permission denied\nqemu-system-x86_64: failed to initialize kvm: "
       "Permission denied\n",
       {1, 0},
       "KVM cannot be used here: failed to initialize kvm: Permission denied [FAASC0702]\n  hint: leave out "
       "'--accel kvm'; the guest then runs emulated\n"},
      {"qemu-system-x86_64: -netdev user,id=n: Could not set up host forwarding rule "
       "'tcp:127.0.0.1:99999-:8080'\n",
       {1, 0},
       "QEMU would not run the machine: -netdev user,id=n: Could not set up host forwarding rule "
       "'tcp:127.0.0.1:99999-:8080' [FAASC0704]\n  hint: " HINT},
  };
#undef HINT
  for (const Case& c : cases) {
    SCOPED_TRACE(c.said);
    Error error = explain_refusal(c.errors, c.status, 8080);
    EXPECT_EQ(error.fault, Fault::Host);
    EXPECT_EQ(to_text(error, Color::Off), std::string("faasc: error: ") + c.said);
  }
}

TEST(QemuRefusal, Sandbox) {
  EXPECT_TRUE(
      lacks_sandbox("qemu-system-x86_64: -sandbox on: There is no option group 'sandbox'\nno option group"));
  EXPECT_TRUE(
      lacks_sandbox("qemu-system-x86_64: -sandbox on: sandbox support is not enabled in this QEMU\n"));
  EXPECT_FALSE(lacks_sandbox("qemu-system-x86_64: -netdev x: invalid option\n"));
}

TEST(Usernet, Reading) {
  constexpr const char* kText =
      "Hub -1 (net0):\r\n"
      "  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ\r\n"
      "  TCP[SYN_SENT]      14       127.0.0.1 39214       10.0.2.15  9090     0     0\r\n"
      "  TCP[ESTABLISHED]   14       127.0.0.1 39213       10.0.2.15  8080     0     0\r\n"
      "  TCP[HOST_FORWARD]   9       127.0.0.1 39213       10.0.2.15  8080     0     0\r\n"
      "  TCP[HOST_FORWARD]  10       127.0.0.1 39214       10.0.2.15  9090     0     0\r\n"
      "  UDP[236 sec]       18       10.0.2.15    53        10.0.2.3    53     0     0\r\n";
  EXPECT_EQ(forwarded_port(kText, 8080), 39213);
  EXPECT_EQ(forwarded_port(kText, 9090), 39214);
  EXPECT_EQ(forwarded_port(kText, 53), std::nullopt);
  EXPECT_TRUE(guest_accepted(kText, 8080));
  EXPECT_FALSE(guest_accepted(kText, 9090));
  EXPECT_FALSE(guest_accepted("", 8080));
  EXPECT_EQ(forwarded_port("TCP[HOST_FORWARD] 9 127.0.0.1 99999 10.0.2.15 8080 0 0", 8080), std::nullopt);
}

}  // namespace
}  // namespace faasc
