#include "launcher/boot_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "launcher/boot_phases.h"
#include "launcher/codes.h"

namespace faasc {
namespace {

using testing::ElementsAre;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
const KvmVerdict kNative{true, "runs 4000 million instructions per second", ""};
const KvmVerdict kEmulated{false, "runs 2 million instructions per second: emulated, not native", ""};
const KvmVerdict kForbidden{false, "no permission to open /dev/kvm", "join the group"};

VmSpec spec_of(const char* family) {
  VmSpec spec;
  spec.name = "hello";
  spec.kernel_family = family;
  spec.direct_boot.emplace();
  spec.direct_boot->kernel = "/k/kernel";
  spec.direct_boot->kernel_version = "1.2";
  spec.disks = {{.path = "/d", .format = "raw", .read_only = false, .bios_bootable = true}};
  spec.nics.emplace_back();
  return spec;
}

TEST(BootPlan, Choices) {
  struct Case {
    const char* family;
    AcceleratorChoice accelerator;
    MachineChoice machine;
    BootFacts facts;
    const char *summary, *why_accelerator, *why_machine;
  };
  using A = AcceleratorChoice;
  using M = MachineChoice;
  const Case cases[] = {
      {"nanos",
       A::Auto,
       M::Auto,
       {true, 256 * kMiB, kNative, {}},
       "microvm, kvm, kernel loaded directly",
       "kvm: runs 4000 million instructions per second",
       "microvm: boots fastest"},
      {"nanos",
       A::Auto,
       M::Auto,
       {true, 256 * kMiB, kEmulated, {}},
       "microvm, tcg, kernel loaded directly",
       "tcg: KVM cannot be used: runs 2 million instructions per second: emulated, not native",
       "microvm: boots fastest"},
      {"nanos",
       A::Tcg,
       M::Auto,
       {true, 96 * kMiB, {}, {}},
       "microvm, tcg, kernel loaded directly",
       "tcg: asked for",
       "microvm: boots fastest"},
      {"nanos",
       A::Kvm,
       M::Auto,
       {true, 95 * kMiB, kNative, {}},
       "q35, kvm, kernel loaded directly",
       "kvm: asked for",
       "q35: the network of Nanos on microvm needs 96 MiB of memory, and there are 95 MiB"},
      {"nanos",
       A::Tcg,
       M::Auto,
       {false, 256 * kMiB, {}, {}},
       "q35, tcg, booted from the disk",
       "tcg: asked for",
       "q35, booted from the disk: the kernel is not there: '/k/kernel'"},
      {"nanos",
       A::Tcg,
       M::Q35,
       {true, 256 * kMiB, {}, {}},
       "q35, tcg, kernel loaded directly",
       "tcg: asked for",
       "q35: asked for"},
      {"nanos",
       A::Tcg,
       M::Q35,
       {false, 256 * kMiB, {}, {}},
       "q35, tcg, booted from the disk",
       "tcg: asked for",
       "q35: asked for"},
      {"nanos",
       A::Tcg,
       M::Microvm,
       {true, 64 * kMiB, {}, {}},
       "microvm, tcg, kernel loaded directly",
       "tcg: asked for",
       "microvm: asked for"},
      {"linux",
       A::Auto,
       M::Auto,
       {true, 64 * kMiB, kNative, {}},
       "microvm, kvm, kernel loaded directly",
       "kvm: runs 4000 million instructions per second",
       "microvm: boots fastest"},
      {"linux",
       A::Tcg,
       M::Auto,
       {true, 256 * kMiB, {}, {}},
       "microvm, tcg, kernel loaded directly",
       "tcg: asked for",
       "microvm: boots fastest"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.summary);
    auto plan = plan_boot(spec_of(c.family), {c.accelerator, c.machine}, c.facts);
    ASSERT_TRUE(plan) << plan.error().what;
    EXPECT_EQ(plan->summary(), c.summary);
    EXPECT_THAT(plan->reasons, ElementsAre(c.why_accelerator, c.why_machine));
  }
}

TEST(BootPlan, ADiskAloneBoots) {
  VmSpec spec = spec_of("linux");
  spec.direct_boot.reset();
  auto plan = plan_boot(spec, {AcceleratorChoice::Tcg, MachineChoice::Auto}, {});
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->summary(), "q35, tcg, booted from the disk");
  EXPECT_EQ(plan->reasons[1], "q35, booted from the disk: the image names no kernel to load directly");
}

TEST(BootPlan, WhatBootsTheDisk) {
  struct Case {
    BootChoice choice;
    bool bios, uefi, kernel;
    const char* firmware;
    const char* expected;  // the summary, or what is wrong and the way out
  };
  using B = BootChoice;
  const char* kFirmware = "/firmware";
  const char* kDirect = "microvm, tcg, kernel loaded directly";
  const char* kBios = "q35, tcg, booted from the disk";
  const char* kUefi = "q35, tcg, booted from the disk by UEFI";
  const char* kNoFirmware =
      "faasc: error: there is no UEFI firmware for QEMU on this host [FAASC0589]\n  hint: sudo apt install "
      "ovmf\n";
  const Case cases[] = {
      {B::Auto, true, true, true, kFirmware, kDirect},
      {B::Auto, true, true, false, kFirmware, kBios},
      {B::Auto, false, true, false, kFirmware, kUefi},
      {B::Auto, false, true, false, "", kNoFirmware},
      {B::Kernel, false, true, true, kFirmware, kDirect},
      {B::Disk, true, true, true, kFirmware, kBios},
      {B::Disk, true, true, true, "", kBios},
      {B::Disk, false, true, true, kFirmware, kUefi},
      {B::Disk, false, true, true, "", kNoFirmware},
      {B::Disk, false, false, true, kFirmware,
       "faasc: error: 'hello' cannot be booted from its disk, which has no boot loader [FAASC0707]\n"
       "  hint: leave out \'--boot disk\', or write \'image: {boot: bios}\' into faas.yaml\n"},
      {B::Bios, true, true, true, kFirmware, kBios},
      {B::Bios, false, true, true, kFirmware,
       "faasc: error: 'hello' cannot be booted by a BIOS: its disk has no boot loader for one [FAASC0707]\n"
       "  hint: leave out \'--boot bios\', or write \'image: {boot: bios}\' into faas.yaml\n"},
      {B::Uefi, true, true, true, kFirmware, kUefi},
      {B::Uefi, true, true, true, "", kNoFirmware},
      {B::Uefi, true, false, true, kFirmware,
       "faasc: error: 'hello' cannot be booted by UEFI: its disk has no loader for it [FAASC0707]\n"
       "  hint: leave out \'--boot uefi\', or write \'image: {boot: uefi}\' into faas.yaml\n"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(testing::Message() << int(c.choice) << c.bios << c.uefi << c.kernel << c.firmware);
    VmSpec spec = spec_of("linux");
    spec.disks[0].bios_bootable = c.bios;
    spec.disks[0].uefi_bootable = c.uefi;
    auto plan = plan_boot(spec, {AcceleratorChoice::Tcg, MachineChoice::Auto, c.choice},
                          {c.kernel, 256 * kMiB, {}, c.firmware});
    EXPECT_EQ(plan ? plan->summary() : to_text(plan.error(), Color::Off), c.expected);
    if (plan) {
      EXPECT_EQ(plan->uefi_firmware, plan->boot == BootFrom::Uefi ? kFirmware : "");
    } else if (c.expected == kNoFirmware) {
      EXPECT_EQ(exit_status(plan.error().fault), 3);
    }
  }
}

TEST(BootPlan, Aarch64HasOneMachine) {
  VmSpec spec = spec_of("nanos");
  spec.architecture = "aarch64";
  spec.disks[0].bios_bootable = false;
  spec.disks[0].uefi_bootable = true;
  const KvmVerdict foreign{false, "the guest is for aarch64, and this host is x86_64", ""};
  const BootFacts facts{true, 64 * kMiB, foreign, "/fw.fd"};
  auto plan = plan_boot(spec, {}, facts);
  ASSERT_TRUE(plan) << plan.error().what;
  EXPECT_EQ(plan->summary(), "virt, tcg, kernel loaded directly");
  EXPECT_THAT(plan->reasons,
              ElementsAre("tcg: KVM cannot be used: the guest is for aarch64, and this host is x86_64",
                          "virt: the machine for aarch64"));
  plan = plan_boot(spec, {.machine = MachineChoice::Virt, .boot = BootChoice::Disk}, facts);
  ASSERT_TRUE(plan) << plan.error().what;
  EXPECT_EQ(plan->summary(), "virt, tcg, booted from the disk by UEFI");

  auto refusal = [&](const BootChoices& choices, const BootFacts& given) {
    auto refused = plan_boot(spec, choices, given);
    return refused ? refused->summary() : to_text(refused.error(), Color::Off);
  };
  EXPECT_EQ(
      refusal({.accelerator = AcceleratorChoice::Kvm}, facts),
      "faasc: error: KVM cannot be used here: the guest is for aarch64, and this host is x86_64 [FAASC0702]\n"
      "  hint: leave out '--accel kvm'; the guest then runs emulated\n");
  EXPECT_EQ(refusal({.machine = MachineChoice::Q35}, facts),
            "faasc: error: q35 is a machine for x86_64, and 'hello' is for aarch64 [FAASC0730]\n"
            "  hint: leave out '--machine q35'\n");
  EXPECT_EQ(refusal({.machine = MachineChoice::Microvm}, facts),
            "faasc: error: microvm is a machine for x86_64, and 'hello' is for aarch64 [FAASC0730]\n"
            "  hint: leave out '--machine microvm'\n");
  EXPECT_EQ(
      refusal({.boot = BootChoice::Bios}, facts),
      "faasc: error: 'hello' cannot be booted by a BIOS: its disk has no boot loader for one [FAASC0707]\n"
      "  hint: leave out '--boot bios', or write 'image: {boot: uefi}' into faas.yaml\n");
  EXPECT_EQ(refusal({.boot = BootChoice::Uefi}, {true, 64 * kMiB, foreign, {}}),
            "faasc: error: there is no UEFI firmware for QEMU on this host [FAASC0589]\n"
            "  hint: sudo apt install qemu-efi-aarch64\n");
  spec.disks[0].uefi_bootable = false;
  EXPECT_EQ(
      refusal({}, {false, 64 * kMiB, foreign, {}}),
      "faasc: error: the kernel is not there: '/k/kernel', and the disk has no boot loader [FAASC0706]\n"
      "  hint: faasc kernel pull nanos-aarch64@1.2\n");
  spec.architecture = "x86_64";
  EXPECT_EQ(refusal({.machine = MachineChoice::Virt}, facts),
            "faasc: error: virt is a machine for aarch64, and 'hello' is for x86_64 [FAASC0730]\n"
            "  hint: leave out '--machine virt'\n");
}

TEST(BootPlan, Refusals) {
  VmSpec spec = spec_of("nanos");
  auto refused =
      plan_boot(spec, {AcceleratorChoice::Kvm, MachineChoice::Auto}, {true, 256 * kMiB, kEmulated, {}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::Host);
  EXPECT_EQ(to_text(refused.error(), Color::Off),
            "faasc: error: KVM cannot be used here: runs 2 million instructions per second: emulated, not "
            "native [FAASC0702]\n"
            "  hint: leave out '--accel kvm'; the guest then runs emulated\n");
  refused =
      plan_boot(spec, {AcceleratorChoice::Kvm, MachineChoice::Auto}, {true, 256 * kMiB, kForbidden, {}});
  EXPECT_EQ(refused.error().hint, "join the group");

  refused = plan_boot(spec, {AcceleratorChoice::Tcg, MachineChoice::Microvm}, {false, 256 * kMiB, {}, {}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(to_text(refused.error(), Color::Off),
            "faasc: error: microvm cannot boot 'hello': the kernel is not there: '/k/kernel' [FAASC0707]\n"
            "  hint: leave out '--machine microvm', or get the kernel with 'faasc kernel pull nanos'\n");

  spec.disks[0].bios_bootable = false;
  refused = plan_boot(spec, {AcceleratorChoice::Tcg, MachineChoice::Auto}, {false, 256 * kMiB, {}, {}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::Missing);
  EXPECT_EQ(
      to_text(refused.error(), Color::Off),
      "faasc: error: the kernel is not there: '/k/kernel', and the disk has no boot loader [FAASC0706]\n"
      "  hint: faasc kernel pull nanos@1.2\n");

  spec.direct_boot.reset();
  refused = plan_boot(spec, {AcceleratorChoice::Tcg, MachineChoice::Auto}, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::Input);
  EXPECT_EQ(refused.error().what, "'hello' names neither a kernel nor a disk that boots");
}

TEST(BootPlan, WhatSharesOfNanosNeed) {
  VmSpec spec = spec_of("nanos");
  spec.shares = {{.directory = "/x", .tag = "0", .read_only = false}};
  const BootFacts facts{true, 256 * kMiB, {}, {}};
  auto plan = plan_boot(spec, {AcceleratorChoice::Tcg, MachineChoice::Auto}, facts);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->summary(), "q35, tcg, kernel loaded directly");
  EXPECT_EQ(plan->reasons.back(), "q35: Nanos finds shared directories on a PC only");
  auto refused = plan_boot(spec, {AcceleratorChoice::Tcg, MachineChoice::Microvm}, facts);
  ASSERT_FALSE(refused);
  EXPECT_EQ(to_text(refused.error(), Color::Off),
            "faasc: error: Nanos finds shared directories on a PC only, and microvm is none [FAASC0753]\n"
            "  hint: leave out '--machine microvm'\n");
  spec.kernel_family = "linux";
  EXPECT_EQ(plan_boot(spec, {AcceleratorChoice::Tcg, MachineChoice::Auto}, facts)->summary(),
            "microvm, tcg, kernel loaded directly");

  spec.kernel_family = "nanos";
  spec.disks.resize(3, spec.disks.front());
  plan = plan_boot(spec, {AcceleratorChoice::Tcg, MachineChoice::Auto}, facts);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->summary(), "q35, tcg, booted from the disk");
  spec.disks.front().bios_bootable = false;
  refused = plan_boot(spec, {AcceleratorChoice::Tcg, MachineChoice::Auto}, facts);
  ASSERT_FALSE(refused);
  EXPECT_EQ(to_text(refused.error(), Color::Off),
            "faasc: error: a PC with 5 disks, cards and shares does not come to its end when Nanos is loaded "
            "directly [FAASC0707]\n  hint: write 'image: {boot: bios}' into faas.yaml, and build again\n");
}

TEST(BootPhases, Text) {
  using namespace std::chrono_literals;
  EXPECT_EQ(to_text(BootPhases{}), "");
  BootPhases phases;
  phases.called = 300us;
  phases.decided = 900us;
  phases.spawned = 1200us;
  phases.vmm_ready = 21ms;
  phases.first_console = 15ms;  // before QEMU has said that it is there
  phases.ready = 98'040us;
  EXPECT_EQ(to_text(phases),
            "      0.3 ms  +     0.3  faasc has the image\n"
            "      0.9 ms  +     0.6  faasc has looked at this host\n"
            "      1.2 ms  +     0.3  QEMU started\n"
            "     15.0 ms  +    13.8  first byte on the console\n"
            "     21.0 ms  +     6.0  QEMU has built the machine\n"
            "     98.0 ms  +    77.0  ready: the guest accepts connections\n");
}

}  // namespace
}  // namespace faasc
