// Firecracker and Cloud Hypervisor themselves run a guest that is its own kernel (toy_guest.S): where KVM is
// emulated it crawls, which such a guest does not mind. Skipped where neither the program nor /dev/kvm is
// there.

#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/process.h"
#include "launcher/codes.h"
#include "launcher/machine.h"
#include "tests/boot/emulated.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class ApiVmmBoot : public testing::TestWithParam<VmmChoice> {
 protected:
  void SetUp() override {
    if (!find_program(program())) GTEST_SKIP() << "no '" << program() << "' in PATH";
    if (Fd kvm(::open("/dev/kvm", O_RDWR | O_CLOEXEC)); !kvm) GTEST_SKIP() << "/dev/kvm cannot be opened";
    if (!fs::exists(FAASC_TOY_GUEST)) GTEST_SKIP() << "the guest is for x86_64";
    ::setenv("XDG_RUNTIME_DIR", directory_.path().c_str(), 1);
    options_.vmm = GetParam();
    options_.boot.accelerator = AcceleratorChoice::Kvm;
  }
  bool firecracker() const { return GetParam() == VmmChoice::Firecracker; }
  std::string program() const { return firecracker() ? "firecracker" : "cloud-hypervisor"; }
  std::string name() const { return firecracker() ? "Firecracker" : "Cloud Hypervisor"; }

  /// `what` it does: see toy_guest.S.
  static VmSpec guest(const std::string& what) {
    VmSpec spec;
    spec.name = "toy";
    spec.kernel_family = "linux";
    spec.memory_bytes = 64 << 20;
    spec.direct_boot.emplace();
    spec.direct_boot->kernel = FAASC_TOY_GUEST;
    spec.direct_boot->command_line = what;
    spec.grace_period = 300ms;
    return spec;
  }
  std::vector<std::string> left() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory_.path()))
      names.push_back(entry.path().filename());
    return names;
  }

  TemporaryDirectory directory_ = TemporaryDirectory::create(testing::TempDir(), "vmm").value();
  StartOptions options_;
};

TEST_P(ApiVmmBoot, AGuestThatSaysThatItListensIsReadyAndIsStopped) {
  std::vector<std::string> notes;
  options_.on_note = [&](const std::string& note) { notes.push_back(note); };
  auto machine = Machine::start(guest("serve"), options_);
  ASSERT_TRUE(machine) << text_of(machine.error());
  EXPECT_EQ(machine->summary(), name() + ", kvm, kernel loaded directly");
  EXPECT_THAT(notes, Contains(HasSubstr("/" + program() + " ")));
  auto ready = machine->wait_ready();
  ASSERT_TRUE(ready) << text_of(ready.error());
  EXPECT_TRUE(left().empty()) << "of the socket there is nothing left while it runs";
  BootPhases phases = machine->phases();
  EXPECT_EQ(phases.vmm, name());
  ASSERT_TRUE(phases.decided && phases.spawned && phases.vmm_ready && phases.listening && phases.ready);
  auto status = read_file("/proc/" + std::to_string(machine->pid()) + "/status");
  ASSERT_TRUE(status);
  EXPECT_THAT(*status, HasSubstr("THP_enabled:\t0\n"));

  const pid_t pid = machine->pid();
  GuestExit exit = machine->stop();
  EXPECT_FALSE(lives(pid));
  if (firecracker()) {
    EXPECT_TRUE(exit.ok()) << to_text(exit);
    EXPECT_THAT(machine->console().last_lines(1), ElementsAre("asked to end"));
  } else {
    // It tells guests of its power button by ACPI, which this one has none of: after the grace period it is
    // ended.
    EXPECT_EQ(exit.how, GuestExit::How::Forced) << to_text(exit);
    auto error = machine->error_of(exit);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, kGuestNotStopped);
  }
  EXPECT_TRUE(left().empty());
}

TEST_P(ApiVmmBoot, TheEndIsTold) {
  auto machine = Machine::start(guest("end"), options_);
  ASSERT_TRUE(machine) << text_of(machine.error());
  auto ready = machine->wait_ready();
  ASSERT_FALSE(ready);
  EXPECT_EQ(ready.error().code, kGuestExited) << text_of(ready.error());
  EXPECT_EQ(ready.error().what, "the guest exited with status 7");

  // A reset ends Firecracker, and has Cloud Hypervisor start the guest once more: not with us.
  machine = Machine::start(guest("reset"), options_);
  ASSERT_TRUE(machine) << text_of(machine.error());
  auto end = machine->wait();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->how, firecracker() ? GuestExit::How::PoweredOff : GuestExit::How::Reset) << to_text(*end);

  // On hardware a triple fault; an emulated KVM gives up before.
  machine = Machine::start(guest("crash"), options_);
  ASSERT_TRUE(machine) << text_of(machine.error());
  end = machine->wait();
  ASSERT_TRUE(end);
  auto error = machine->error_of(*end);
  if (!error) error = machine->error_of_end();
  EXPECT_THAT((std::vector<std::string>{kQemuRefused, kGuestCrashed, kGuestEndedEarly}),
              Contains(error->code))
      << text_of(*error);
  EXPECT_THAT(error->excerpt, Contains("INFO faasc: listening port=8080"));
}

// What the guest reads of its disks, and where what it writes goes: see toy_guest.S.
TEST_P(ApiVmmBoot, DisksAreThereInTheirOrderAndOnlyVolumesAreWrittenTo) {
  if (!firecracker()) GTEST_SKIP() << "the guest has a driver for virtio-mmio only";
  auto file = [&](const char* name) {
    const fs::path path = directory_.path() / name;
    EXPECT_TRUE(
        write_file(path, std::string(name) + std::string(8192 - std::string_view(name).size(), '\0')));
    return path;
  };
  VmSpec spec = guest("devices");
  spec.disks.push_back({.path = file("image"), .format = "raw", .read_only = false});
  spec.disks.push_back({.path = file("volume"), .format = "raw", .read_only = false, .volume = "data"});
  spec.disks.push_back({.path = file("to-read"), .format = "raw", .read_only = true, .volume = "ro"});
  auto machine = Machine::start(spec, options_);
  ASSERT_TRUE(machine) << text_of(machine.error());
  auto ready = machine->wait_ready();
  ASSERT_TRUE(ready) << text_of(ready.error());
  EXPECT_THAT(machine->console().last_lines(4),
              ElementsAre(testing::StartsWith("disk image|"), testing::StartsWith("disk volume|"),
                          testing::StartsWith("disk to-read|"), "INFO faasc: listening port=8080"));
  machine->stop();
  auto second_sector = [&](const char* name) {
    return read_file(directory_.path() / name).value().substr(512, 20);
  };
  EXPECT_EQ(second_sector("image"), std::string(20, '\0')) << "a machine has a copy of its own";
  EXPECT_EQ(second_sector("volume"), std::string("written by the guest"));
  EXPECT_EQ(second_sector("to-read"), std::string(20, '\0'));
  // What is asked to last lasts.
  options_.disk_writes = QemuOptions::DiskWrites::Keep;
  machine = Machine::start(spec, options_);
  ASSERT_TRUE(machine) << text_of(machine.error());
  ASSERT_TRUE(machine->wait_ready());
  machine->stop();
  EXPECT_EQ(second_sector("image"), std::string("written by the guest"));
}

TEST_P(ApiVmmBoot, OneThatNeverGetsReadyRunsOutOfTime) {
  options_.init_timeout = 300ms;
  auto machine = Machine::start(guest("quiet"), options_);
  ASSERT_TRUE(machine) << text_of(machine.error());
  auto ready = machine->wait_ready();
  ASSERT_FALSE(ready);
  EXPECT_EQ(ready.error().code, kGuestNotReady) << text_of(ready.error());
}

TEST_P(ApiVmmBoot, WhatTheVmmRefusesIsToldInItsWords) {
  VmSpec spec = guest("serve");
  ASSERT_TRUE(write_file(directory_.path() / "no-kernel", "nothing that boots"));
  spec.direct_boot->kernel = directory_.path() / "no-kernel";
  auto machine = Machine::start(spec, options_);
  ASSERT_FALSE(machine);
  EXPECT_EQ(machine.error().code, kVmmSaysNo) << text_of(machine.error());
  EXPECT_THAT(machine.error().what, HasSubstr(name() + " refuses 'PUT /"));
  EXPECT_THAT(left(), ElementsAre("no-kernel"));
}

TEST_P(ApiVmmBoot, AKilledVmmIsTold) {
  auto machine = Machine::start(guest("serve"), options_);
  ASSERT_TRUE(machine) << text_of(machine.error());
  ASSERT_TRUE(machine->wait_ready());
  ::kill(machine->pid(), SIGKILL);
  auto exit = machine->wait();
  ASSERT_TRUE(exit);
  EXPECT_EQ(to_text(*exit), "was lost: " + name() + " was ended by signal 9 (SIGKILL)");
}

TEST_P(ApiVmmBoot, NothingSurvivesFaascsDeath) {
  VmSpec spec = guest("serve");
  const fs::path file = directory_.path() / "toy.vm.json";
  ASSERT_TRUE(write_file(file, to_json(spec, directory_.path())));
  auto holder = Child::spawn({.argv = {FAASC_HOLD_MACHINE, file.string(), "0", program()}},
                             {.out = Stream::Pipe, .err = Stream::Null});
  ASSERT_TRUE(holder);
  char line[64] = {};
  ASSERT_GT(::read(holder->out.get(), line, sizeof line - 1), 0);
  const pid_t vmm = std::atoi(line);
  ASSERT_TRUE(lives(vmm));
  holder->signal(SIGKILL);
  holder->wait();
  EXPECT_TRUE(dies(vmm));
  EXPECT_THAT(left(), ElementsAre("toy.vm.json"));
}

INSTANTIATE_TEST_SUITE_P(Vmms, ApiVmmBoot,
                         testing::Values(VmmChoice::Firecracker, VmmChoice::CloudHypervisor),
                         [](const auto& choice) {
                           return choice.param == VmmChoice::Firecracker ? "Firecracker" : "CloudHypervisor";
                         });

}  // namespace
}  // namespace faasc
