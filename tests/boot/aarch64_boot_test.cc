// Starts real guests for another processor than the host's.

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "launcher/codes.h"
#include "launcher/machine.h"
#include "launcher/uefi_firmware.h"
#include "tests/boot/guest_image.h"

namespace faasc {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

#define MAKE_GUEST(image, ...)                                                             \
  auto image = GuestImage::make(__VA_ARGS__);                                              \
  if (!image && image.error().fault == Fault::Missing) GTEST_SKIP() << image.error().what; \
  ASSERT_TRUE(image) << image.error().what

std::string text_of(const Error& error) {
  return to_text(error, Color::Off);
}

TEST(Aarch64Boot, ServesAndStopsAtThePowerButton) {
  MAKE_GUEST(image, {.architecture = kAarch64});
  std::vector<std::string> notes;
  StartOptions options;
  options.on_note = [&](const std::string& note) { notes.push_back(note); };
  auto machine = Machine::start(image->spec, options);
  ASSERT_TRUE(machine) << text_of(machine.error());
  EXPECT_EQ(machine->plan().summary(), "virt, tcg, kernel loaded directly");
  EXPECT_THAT(notes,
              ElementsAre("tcg: KVM cannot be used: the guest is for aarch64, and this host is x86_64",
                          "virt: the machine for aarch64", HasSubstr("qemu-system-aarch64 -name guest ")));
  auto ready = machine->wait_ready();
  ASSERT_TRUE(ready) << text_of(ready.error());
  auto response =
      machine->request({.method = "POST", .target = "/echo?a=b", .headers = {}, .body = "payload"});
  ASSERT_TRUE(response) << text_of(response.error());
  EXPECT_EQ(response->body, R"({"method":"POST","path":"/echo?a=b","body":"payload","list":[1,{"a":null}]})");
  GuestExit exit = machine->stop();
  EXPECT_TRUE(exit.ok());
  EXPECT_EQ(to_text(exit), "exited with status 0");
  EXPECT_THAT(machine->console().last_lines(1), ElementsAre("the guest got SIGTERM"));
}

TEST(Aarch64Boot, TheExitStatusComesThrough) {
  for (int status : {0, 1, 7, 200}) {
    SCOPED_TRACE(status);
    MAKE_GUEST(image, {.arguments = {"exit", std::to_string(status)}, .architecture = kAarch64});
    auto machine = Machine::start(image->spec, {});
    ASSERT_TRUE(machine) << text_of(machine.error());
    auto ready = machine->wait_ready();
    ASSERT_FALSE(ready);
    EXPECT_EQ(ready.error().fault, Fault::Guest);
    EXPECT_EQ(ready.error().what, "the guest exited with status " + std::to_string(status));
  }
}

TEST(Aarch64Boot, ACrashIsToldWithItsSignal) {
  MAKE_GUEST(image, {.architecture = kAarch64});
  auto machine = Machine::start(image->spec, {});
  ASSERT_TRUE(machine) << text_of(machine.error());
  ASSERT_TRUE(machine->wait_ready());
  auto response = machine->request({.target = "/signal/" + std::to_string(SIGSEGV)});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, kGuestKilled);
  EXPECT_EQ(response.error().what, "the guest was ended by signal 11 (SIGSEGV): it followed a null pointer");
  EXPECT_THAT(response.error().excerpt, Contains(HasSubstr("*** signal 11 received")));
  EXPECT_THAT(response.error().excerpt, Contains(HasSubstr("elr")));
}

TEST(Aarch64Boot, AGuestThatIgnoresItsEndIsEndedByForce) {
  MAKE_GUEST(image, {.arguments = {"stubborn"}, .architecture = kAarch64});
  image->spec.grace_period = 500ms;
  auto machine = Machine::start(image->spec, {});
  ASSERT_TRUE(machine) << text_of(machine.error());
  ASSERT_TRUE(machine->wait_ready());
  EXPECT_EQ(machine->stop().how, GuestExit::How::Forced);
}

TEST(Aarch64Boot, AKernelThatIsNoneIsRefused) {
  MAKE_GUEST(image, {.architecture = kAarch64});
  image->spec.direct_boot->kernel = FAASC_BOOT_GUEST;  // for another processor
  auto machine = Machine::start(image->spec, {});
  ASSERT_FALSE(machine);
  EXPECT_EQ(machine.error().code, kQemuRefused);
}

TEST(Aarch64Boot, ManyProcessors) {
  MAKE_GUEST(image, {.architecture = kAarch64});
  for (unsigned vcpus : {2u, 9u}) {
    SCOPED_TRACE(vcpus);
    StartOptions options;
    options.vcpus = vcpus;
    auto machine = Machine::start(image->spec, options);
    ASSERT_TRUE(machine) << text_of(machine.error());
    auto ready = machine->wait_ready();
    ASSERT_TRUE(ready) << text_of(ready.error());
    EXPECT_EQ(machine->request({}).value().body, "hello\n");
  }
}

TEST(Aarch64Boot, ByUefi) {
  MAKE_GUEST(image, {.uefi_bootable = true, .architecture = kAarch64});
  if (find_uefi_firmware(kAarch64).empty()) GTEST_SKIP() << "there is no UEFI firmware for aarch64";
  StartOptions options;
  options.boot.boot = BootChoice::Uefi;
  auto machine = Machine::start(image->spec, options);
  ASSERT_TRUE(machine) << text_of(machine.error());
  EXPECT_EQ(machine->plan().summary(), "virt, tcg, booted from the disk by UEFI");
  auto ready = machine->wait_ready();
  ASSERT_TRUE(ready) << text_of(ready.error()) << machine->console().tail();
  EXPECT_EQ(machine->request({}).value().body, "hello\n");
  EXPECT_EQ(to_text(machine->stop()), "exited with status 0");
}

}  // namespace
}  // namespace faasc
