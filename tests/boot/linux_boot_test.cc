// Starts real guests of the Linux family.

#include <csignal>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "launcher/codes.h"
#include "launcher/machine.h"
#include "tests/boot/guest_image.h"

namespace faasc {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

#define MAKE_LINUX_GUEST(image, ...)                                                       \
  GuestImage::Options image##_options __VA_ARGS__;                                         \
  image##_options.family = KernelFamily::Linux;                                            \
  image##_options.version_part = GetParam();                                               \
  auto image = GuestImage::make(image##_options);                                          \
  if (!image && image.error().fault == Fault::Missing) GTEST_SKIP() << image.error().what; \
  ASSERT_TRUE(image) << image.error().what

StartOptions emulated(MachineChoice machine = MachineChoice::Auto) {
  StartOptions options;
  options.boot.accelerator = AcceleratorChoice::Tcg;
  options.boot.machine = machine;
  return options;
}

std::string text_of(const Error& error) {
  return to_text(error, Color::Off);
}

/// The distribution's kernel, and those that faasc builds.
class LinuxMachineBoot : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(, LinuxMachineBoot, testing::Values("!-faasc-", "-faasc-tiny", "-faasc-standard"),
                         [](const auto& one) {
                           std::string name(one.param);
                           return name == "!-faasc-" ? std::string("distribution") : name.substr(7);
                         });

TEST_P(LinuxMachineBoot, ServesAndStopsAtThePowerButton) {
  for (auto [choice, summary] : {std::pair{MachineChoice::Auto, "microvm, tcg, kernel loaded directly"},
                                 std::pair{MachineChoice::Q35, "q35, tcg, kernel loaded directly"}}) {
    SCOPED_TRACE(summary);
    MAKE_LINUX_GUEST(image, {});
    auto machine = Machine::start(image->spec, emulated(choice));
    ASSERT_TRUE(machine) << text_of(machine.error());
    EXPECT_EQ(machine->plan().summary(), summary);
    auto ready = machine->wait_ready();
    ASSERT_TRUE(ready) << text_of(ready.error());
    auto response = machine->request({});
    ASSERT_TRUE(response) << text_of(response.error());
    EXPECT_EQ(response->body, "hello\n");
    RecordProperty("phases", to_text(machine->phases()));
    GuestExit exit = machine->stop();
    EXPECT_EQ(to_text(exit), "exited with status 0") << machine->console().tail();
    EXPECT_TRUE(exit.ok());
    EXPECT_THAT(machine->console().tail(), HasSubstr("the guest got SIGTERM"));
  }
}

TEST_P(LinuxMachineBoot, AReadOnlyRootServes) {
  MAKE_LINUX_GUEST(image, {.writable = false});
  auto machine = Machine::start(image->spec, emulated());
  ASSERT_TRUE(machine) << text_of(machine.error());
  auto ready = machine->wait_ready();
  ASSERT_TRUE(ready) << text_of(ready.error());
  auto response = machine->request({.target = "/exit/200"});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().what, "the guest exited with status 200");
  EXPECT_EQ(response.error().code, kGuestExited);
}

// QEMU's own network is known, so that faasc tells a guest what it would get by DHCP. The kernel's own word
// for DHCP is left as it is.
TEST_P(LinuxMachineBoot, HasAnAddressAndANameServerToldOrByDhcp) {
  for (std::string word : {" faasc.ip=dhcp", " ip=dhcp"}) {
    SCOPED_TRACE(word);
    MAKE_LINUX_GUEST(image, {});
    std::string& line = image->spec.direct_boot->command_line;
    const std::string asks = " faasc.ip=dhcp";
    ASSERT_THAT(line, HasSubstr(asks));
    line.replace(line.find(asks), asks.size(), word);
    auto machine = Machine::start(image->spec, emulated());
    ASSERT_TRUE(machine) << text_of(machine.error());
    auto ready = machine->wait_ready();
    ASSERT_TRUE(ready) << text_of(ready.error());
    auto response = machine->request({.target = "/file/run/resolv.conf"});
    ASSERT_TRUE(response) << text_of(response.error());
    EXPECT_EQ(response->body, "nameserver 10.0.2.3\n");
  }
}

TEST_P(LinuxMachineBoot, ACrashIsToldWithItsSignal) {
  MAKE_LINUX_GUEST(image, {});
  auto machine = Machine::start(image->spec, emulated());
  ASSERT_TRUE(machine) << text_of(machine.error());
  auto ready = machine->wait_ready();
  ASSERT_TRUE(ready) << text_of(ready.error());
  auto response = machine->request({.target = "/signal/" + std::to_string(SIGSEGV)});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().what, "the guest was ended by signal 11 (SIGSEGV): it followed a null pointer");
  EXPECT_EQ(response.error().code, kGuestKilled);
}

TEST_P(LinuxMachineBoot, TheExitStatusComesThrough) {
  for (int status : {0, 7}) {
    SCOPED_TRACE(status);
    MAKE_LINUX_GUEST(image, {.arguments = {"exit", std::to_string(status)}});
    auto machine = Machine::start(image->spec, emulated());
    ASSERT_TRUE(machine) << text_of(machine.error());
    auto ready = machine->wait_ready();
    ASSERT_FALSE(ready);
    EXPECT_EQ(ready.error().what, "the guest exited with status " + std::to_string(status));
  }
}

TEST_P(LinuxMachineBoot, HasIPv6) {
  MAKE_LINUX_GUEST(image, {});
  auto machine = Machine::start(image->spec, emulated());
  ASSERT_TRUE(machine) << text_of(machine.error());
  auto ready = machine->wait_ready();
  ASSERT_TRUE(ready) << text_of(ready.error());
  // The kernel takes a second to believe that the link is there, and the router another one to answer.
  std::string addresses;
  for (auto end = std::chrono::steady_clock::now() + 20s; std::chrono::steady_clock::now() < end;) {
    auto response = machine->request({.target = "/file/proc/net/if_inet6"});
    ASSERT_TRUE(response) << text_of(response.error());
    addresses = response->body;
    if (addresses.find("fec0") != std::string::npos) break;
    std::this_thread::sleep_for(200ms);
  }
  EXPECT_THAT(addresses, HasSubstr("fe80")) << "an address of the link";
  EXPECT_THAT(addresses, HasSubstr("fec0")) << "and one of the network that QEMU's router tells of";
}

TEST_P(LinuxMachineBoot, SeveralProcessorsServe) {
  MAKE_LINUX_GUEST(image, {});
  StartOptions options = emulated();
  image->spec.vcpus = 2;
  auto machine = Machine::start(image->spec, options);
  ASSERT_TRUE(machine) << text_of(machine.error());
  auto ready = machine->wait_ready();
  ASSERT_TRUE(ready) << text_of(ready.error());
  auto response = machine->request({.target = "/file/sys/devices/system/cpu/online"});
  ASSERT_TRUE(response) << text_of(response.error());
  EXPECT_EQ(response->body, "0-1\n");
}

}  // namespace
}  // namespace faasc
