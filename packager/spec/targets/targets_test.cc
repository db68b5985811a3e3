// One machine of each family in every target's words, held against files beside this one, and against the
// schema or the program that reads it where this host has it. FAASC_UPDATE_GOLDEN=1 writes the files anew.

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/process.h"
#include "packager/spec/base64.h"
#include "packager/spec/image_plan.h"
#include "packager/spec/targets/target.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

VmSpec nanos_spec() {
  VmSpec spec;
  spec.name = "shop";
  spec.kernel_family = "nanos";
  spec.vcpus = 2;
  spec.memory_bytes = 256 << 20;
  spec.direct_boot.emplace();
  spec.direct_boot->kernel = "/kernels/nanos/0.1.55/kernel.img";
  spec.disks = {{.path = "/srv/o'clock & co/shop.img", .read_only = true, .bios_bootable = true}};
  spec.nics.emplace_back();
  spec.exit_port = 0x501;
  spec.ready_path = "/health/readiness";
  return spec;
}

VmSpec linux_spec() {
  VmSpec spec = nanos_spec();
  spec.kernel_family = "linux";
  spec.vcpus = 1;
  spec.direct_boot->kernel = "/kernels/linux/6.1/vmlinux";
  spec.direct_boot->initrd = "/srv/shop.initrd";
  spec.direct_boot->command_line = "console=ttyS0 quiet faasc.name=\"${shop}\"";
  spec.disks = {{.path = "/srv/shop.img", .read_only = false}};
  spec.nics[0].address = "10.7.7.9/24";
  spec.ready_path.clear();
  spec.exit_port.reset();
  return spec;
}

RenderOptions options() {
  return {.accelerator = Accelerator::Kvm,
          .host_port = 9090,
          .network = {},
          .container_image = "registry.example/shop:1",
          .uefi_firmware = "/usr/share/OVMF/OVMF_CODE.fd"};
}

Result<Rendering> render(std::string_view target, const VmSpec& spec, const RenderOptions& with = options()) {
  return find_target(target)->render(spec, with);
}

std::string refusal(std::string_view target, const VmSpec& spec, const RenderOptions& with = options()) {
  auto rendering = render(target, spec, with);
  return rendering ? "accepted" : to_text(rendering.error(), Color::Off);
}

class TargetsTest : public testing::TestWithParam<std::tuple<std::string, std::string>> {
 protected:
  VmSpec spec() const { return std::get<1>(GetParam()) == "nanos" ? nanos_spec() : bootable_linux(); }
  // What is no loader of kernels needs a disk that boots.
  VmSpec bootable_linux() const {
    VmSpec spec = linux_spec();
    const std::string& target = std::get<0>(GetParam());
    if (target == "nomad" || target == "kubevirt") spec.disks[0].bios_bootable = true;
    return spec;
  }
};

TEST_P(TargetsTest, SaysTheSameAsEver) {
  const auto& [name, family] = GetParam();
  auto rendering = render(name, spec());
  ASSERT_TRUE(rendering) << to_text(rendering.error(), Color::Off);
  std::string text = rendering->text;
  for (const std::string& loss : rendering->losses) text += "### " + loss + "\n";
  fs::path golden = fs::path(FAASC_SOURCE_DIR) / "packager/spec/targets/golden" / (name + "." + family);
  if (std::getenv("FAASC_UPDATE_GOLDEN") != nullptr) ASSERT_TRUE(write_file(golden, text));
  auto expected = read_file(golden);
  ASSERT_TRUE(expected) << to_text(expected.error(), Color::Off);
  EXPECT_EQ(text, *expected);
}

INSTANTIATE_TEST_SUITE_P(Targets, TargetsTest,
                         testing::Combine(testing::Values("qemu", "firecracker", "cloud-hypervisor",
                                                          "libvirt", "kubevirt", "nomad", "oci", "systemd"),
                                          testing::Values("nanos", "linux")),
                         [](const auto& one) {
                           std::string name = std::get<0>(one.param) + "_" + std::get<1>(one.param);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

// See processors_text().
TEST(Targets, OneEmulatedProcessorMayBecomeTwo) {
  VmSpec spec = linux_spec();
  spec.disks[0].bios_bootable = true;
  RenderOptions with = options();
  for (bool emulated : {false, true}) {
    with.accelerator = emulated ? Accelerator::Tcg : Accelerator::Kvm;
    EXPECT_THAT(render("qemu", spec, with)->text, HasSubstr(emulated ? "-smp 1,maxcpus=2 " : "-smp 1 "));
    EXPECT_THAT(render("nomad", spec, with)->text, HasSubstr(emulated ? "\"1,maxcpus=2\"" : "\"1\""));
    EXPECT_THAT(render("libvirt", spec, with)->text,
                HasSubstr(emulated ? "<vcpu current='1'>2</vcpu>" : "<vcpu>1</vcpu>"));
  }
  spec.vcpus = 3;
  EXPECT_THAT(render("qemu", spec, with)->text, HasSubstr("-smp 3 "));
}

TEST(Targets, UruncIsToldInItsOwnWords) {
  VmSpec spec = linux_spec();
  auto rendering = render("urunc", spec);
  ASSERT_TRUE(rendering) << to_text(rendering.error(), Color::Off);
  auto plan = parse_image_plan(rendering->text);
  ASSERT_TRUE(plan);
  std::map<std::string, std::string> told;
  for (const auto& [name, value] : plan->annotations)
    if (name.starts_with("com.urunc.unikernel."))
      told[name.substr(20)] = from_base64(value).value_or("damaged");
  EXPECT_EQ(told, (std::map<std::string, std::string>{
                      {"binary", "/boot/" + spec.direct_boot->kernel.filename().string()},
                      {"blkMntPoint", "/"},
                      {"block", "/disk/" + spec.disks[0].path.filename().string()},
                      {"cmdline", "/init faasc.grace=10"},
                      {"hypervisor", "qemu"},
                      {"initrd", "/boot/" + spec.direct_boot->initrd.filename().string()},
                      {"unikernelType", "linux"},
                      {"unikernelVersion", spec.direct_boot->kernel_version},
                      {"useDMBlock", "false"}}));
  // The same for engines that keep annotations to themselves.
  ASSERT_EQ(plan->files.back().path, "/urunc.json");
  auto file = nlohmann::json::parse(plan->files.back().text);
  for (const auto& [name, value] : file.items()) EXPECT_EQ(plan->annotations[name], value);
  EXPECT_EQ(file.size(), told.size());
}

// What the manifest connects the machine to: taken over, or named as a loss.
TEST(Targets, NetworksOfTheHost) {
  auto losses = [](std::string_view target, const VmSpec& spec) {
    auto rendering = render(target, spec);
    return rendering ? rendering->losses : std::vector<std::string>{to_text(rendering.error(), Color::Off)};
  };
  VmSpec spec = linux_spec();
  spec.disks[0].bios_bootable = true;
  spec.nics[0].address6 = "fd07::9/64";
  spec.nics[0].tap = "tap7";
  EXPECT_THAT(render("qemu", spec)->text,
              AllOf(HasSubstr("ifname=tap7"), HasSubstr("# shop: at port 8080 of its own address")));
  EXPECT_THAT(losses("qemu", spec), Contains(StartsWith("a hardware address of its own: ")));
  EXPECT_THAT(render("firecracker", spec)->text, HasSubstr("\"host_dev_name\": \"tap7\""));
  EXPECT_THAT(render("cloud-hypervisor", spec)->text, HasSubstr("\"tap\": \"tap7\""));
  EXPECT_THAT(render("libvirt", spec)->text,
              AllOf(HasSubstr("<interface type='ethernet'>\n      <target dev='tap7' managed='no'/>"),
                    Not(HasSubstr("-netdev"))));
  // Two machines on one network must not have one hardware address.
  VmSpec named = spec;
  named.nics[0].mac = "52:54:00:01:02:03";
  EXPECT_THAT(render("firecracker", named)->text, HasSubstr("\"guest_mac\": \"52:54:00:01:02:03\""));
  EXPECT_THAT(render("cloud-hypervisor", named)->text, HasSubstr("\"mac\": \"52:54:00:01:02:03\""));
  EXPECT_THAT(losses("libvirt", spec), Contains(StartsWith("a port of the host: ")));
  EXPECT_THAT(render("systemd", spec)->text, Not(HasSubstr("--port")));
  for (const char* target : {"kubevirt", "nomad"})
    EXPECT_THAT(losses(target, spec),
                AllOf(Contains(StartsWith("the tap device 'tap7': the guest is in the ")),
                      Contains(StartsWith("the address 10.7.7.9/24: the guest is in the ")),
                      Contains(StartsWith("the address fd07::9/64: the guest is in the "))))
        << target;

  spec.nics[0].tap.clear();
  spec.nics[0].bridge = "br7";
  EXPECT_THAT(render("qemu", spec)->text, HasSubstr("bridge,id=net0,br=br7"));
  EXPECT_THAT(render("libvirt", spec)->text,
              HasSubstr("<interface type='bridge'>\n      <source bridge='br7'/>"));
  EXPECT_THAT(
      losses("firecracker", spec),
      Contains("the bridge 'br7': the tap device 'tap0' has to be connected to it, as by 'ip link set tap0 "
               "master br7'"));
  EXPECT_THAT(
      losses("cloud-hypervisor", spec),
      Contains("the bridge 'br7': the VMM's tap device has to be connected to it, as by 'ip link set TAP "
               "master br7'"));
  for (const char* target : {"kubevirt", "nomad"})
    EXPECT_THAT(losses(target, spec), Contains(StartsWith("the bridge 'br7': the guest is in the ")))
        << target;
}

TEST(Targets, AreFoundByTheirNames) {
  for (const Target& target : all_targets()) EXPECT_EQ(find_target(target.name), &target);
  EXPECT_EQ(find_target("vmware"), nullptr);
}

TEST(Targets, LibvirtsOwnSchemaTakesItsDomains) {
  if (!find_program("virt-xml-validate")) GTEST_SKIP() << "no virt-xml-validate (libvirt-clients) in PATH";
  auto directory = TemporaryDirectory::create(testing::TempDir(), "domain").value();
  RenderOptions other = options();
  other.network = "default";
  other.accelerator = Accelerator::Tcg;
  VmSpec tap = nanos_spec(), bridge = nanos_spec();
  tap.nics[0].tap = "tap7";
  bridge.nics[0].bridge = "br7";
  bridge.nics[0].mac = "52:54:00:00:00:07";
  for (const VmSpec& spec : {nanos_spec(), linux_spec(), tap, bridge}) {
    for (const RenderOptions& with : {options(), other}) {
      ASSERT_TRUE(write_file(directory.path() / "domain.xml", render("libvirt", spec, with)->text));
      auto judged =
          run({{"virt-xml-validate", (directory.path() / "domain.xml").string(), "domain"}, {}, {}});
      ASSERT_TRUE(judged);
      EXPECT_EQ(judged->status.code, 0) << judged->out << judged->err;
    }
  }
}

// The published descriptions of two VMMs' interfaces (swagger 2.0 and OpenAPI 3): what of them describes the
// text.
TEST(Targets, PublishedSchemasTakeConfigurations) {
  const char* firecracker = std::getenv("FAASC_FIRECRACKER_API");
  const char* cloud_hypervisor = std::getenv("FAASC_CLOUD_HYPERVISOR_API");
  if (!firecracker || !cloud_hypervisor)
    GTEST_SKIP()
        << "FAASC_FIRECRACKER_API and FAASC_CLOUD_HYPERVISOR_API name no descriptions of these VMMs' APIs";
  constexpr const char* kJudge =
      "import json, sys, yaml, jsonschema\n"
      "api = yaml.safe_load(open(sys.argv[1]))\n"
      "text = json.load(open(sys.argv[2]))\n"
      "def judge(value, name):\n"
      "    there = 'definitions' if 'definitions' in api else 'components/schemas'\n"
      "    schema = {'$ref': '#/' + there + '/' + name, **api}\n"
      "    known = api\n"
      "    for part in there.split('/') + [name]: known = known[part]\n"
      "    assert set(value) <= set(known['properties']), set(value) - set(known['properties'])\n"
      "    jsonschema.Draft4Validator(schema).validate(value)\n"
      "if sys.argv[3] == 'VmConfig': judge(text, 'VmConfig')\n"
      "else:\n"
      "    judge(text['boot-source'], 'BootSource')\n"
      "    judge(text['machine-config'], 'MachineConfiguration')\n"
      "    for drive in text['drives']: judge(drive, 'Drive')\n"
      "    for card in text['network-interfaces']: judge(card, 'NetworkInterface')\n";
  auto directory = TemporaryDirectory::create(testing::TempDir(), "api").value();
  const std::string file = (directory.path() / "machine.json").string();
  for (const VmSpec& spec : {nanos_spec(), linux_spec()}) {
    for (auto [target, api, name] : {std::tuple{"firecracker", firecracker, "resources"},
                                     {"cloud-hypervisor", cloud_hypervisor, "VmConfig"}}) {
      ASSERT_TRUE(write_file(file, render(target, spec)->text));
      auto judged = run({{"/usr/bin/python3", "-c", kJudge, api, file, name}, {}, {}});
      ASSERT_TRUE(judged);
      EXPECT_EQ(judged->status.code, 0) << target << judged->err;
    }
  }
}

TEST(Targets, SystemdTakesItsUnits) {
  if (!find_program("systemd-analyze")) GTEST_SKIP() << "no systemd-analyze (systemd) in PATH";
  auto directory = TemporaryDirectory::create(testing::TempDir(), "unit").value();
  fs::path unit = directory.path() / "shop.service";
  // It wants the program to be there.
  std::string text = render("systemd", nanos_spec())->text;
  text.replace(text.find("=faasc run"), 6, "=/bin/true");
  ASSERT_TRUE(write_file(unit, text));
  auto judged = run({.argv = {"systemd-analyze", "verify", "--user", unit.string()},
                     .environment = {{"XDG_RUNTIME_DIR", directory.path().string()}}});
  ASSERT_TRUE(judged);
  EXPECT_EQ(judged->status.code, 0) << judged->err;
  EXPECT_THAT(judged->err, testing::Not(HasSubstr("shop.service")));
}

TEST(Targets, AShellTakesTheScript) {
  VmSpec spec = nanos_spec();
  spec.name = "it's $HOME";
  auto directory = TemporaryDirectory::create(testing::TempDir(), "script").value();
  fs::path script = directory.path() / "shop.sh", program = directory.path() / "qemu-system-x86_64";
  ASSERT_TRUE(write_file(script, render("qemu", spec)->text));
  ASSERT_TRUE(write_file(program, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n"));
  fs::permissions(program, fs::perms::owner_all);
  auto parsed = run({.argv = {"sh", script.string()},
                     .environment = {{"PATH", directory.path().string() + ":/usr/bin:/bin"}}});
  ASSERT_TRUE(parsed);
  EXPECT_THAT(parsed->out, HasSubstr("-name\nit's $HOME\n"));
  EXPECT_THAT(parsed->out, HasSubstr("file=/srv/o'clock & co/shop.img,snapshot=on\n"));
}

TEST(Targets, RefuseWhatTheyCannotRun) {
  VmSpec spec = nanos_spec();
  spec.vcpus = 3;
  EXPECT_EQ(refusal("firecracker", spec),
            "faasc: error: Firecracker cannot run a machine with 3 processors [FAASC0690]\n"
            "  hint: set resources.vcpus to 1, or to an even number of at most 32\n");
  spec = nanos_spec();
  spec.disks[0].format = "qcow2";
  EXPECT_EQ(refusal("firecracker", spec),
            "faasc: error: Firecracker cannot read 'shop.img', a disk in the format qcow2 [FAASC0690]\n"
            "  hint: faasc image convert --to raw shop.img, and set image.format for later builds\n");
  EXPECT_EQ(refusal("cloud-hypervisor", spec), "accepted");
  spec = nanos_spec();
  spec.direct_boot.reset();
  for (auto [target, name] :
       {std::pair{"firecracker", "Firecracker"}, {"cloud-hypervisor", "Cloud Hypervisor"}})
    EXPECT_EQ(refusal(target, spec),
              "faasc: error: " + std::string(name) +
                  " cannot boot from a disk, and 'shop' has no kernel to load [FAASC0690]\n"
                  "  hint: build with 'image: {boot: direct}'\n");
  spec = nanos_spec();
  spec.disks[0].bios_bootable = false;
  for (auto [target, name] : {std::pair{"libvirt", "libvirt"}, {"kubevirt", "KubeVirt"}, {"nomad", "Nomad"}})
    EXPECT_EQ(refusal(target, spec),
              "faasc: error: " + std::string(name) +
                  " cannot load the kernel of 'shop', and its disk does not boot by itself [FAASC0690]\n"
                  "  hint: build with 'image: {boot: bios}'\n");
  RenderOptions without = options();
  without.container_image.clear();
  EXPECT_EQ(
      refusal("kubevirt", nanos_spec(), without),
      "faasc: error: KubeVirt cannot take a disk from this host: it takes container images from a registry "
      "[FAASC0690]\n"
      "  hint: 'faasc spec --to oci' makes a container image with the disk: push it, and name it with "
      "--image\n");
  EXPECT_EQ(
      refusal("urunc", nanos_spec()),
      "faasc: error: urunc cannot run 'shop', which is for Nanos: it knows Unikraft, Rumprun, MirageOS, Mewz "
      "and Linux [FAASC0690]\n  hint: build with '--kernel linux', or write it for kubevirt\n");
  EXPECT_EQ(refusal("kubevirt", linux_spec()),
            "faasc: error: KubeVirt cannot take the kernel of 'shop' from this host [FAASC0690]\n"
            "  hint: build with 'image: {boot: bios}'\n");
  spec.disks[0].uefi_bootable = true;
  EXPECT_EQ(refusal("nomad", spec),
            "faasc: error: Nomad cannot boot 'shop' but by a BIOS [FAASC0690]\n"
            "  hint: build with 'image: {boot: bios}'\n");
  spec.direct_boot.reset();
  without.uefi_firmware.clear();
  EXPECT_EQ(refusal("qemu", spec, without),
            "faasc: error: QEMU cannot boot this disk without a UEFI firmware, and none is installed here "
            "[FAASC0690]\n  hint: sudo apt-get install ovmf\n");
}

TEST(Targets, OfOtherMachinesThanPcsKnowQemu) {
  VmSpec spec = nanos_spec();
  spec.architecture = "aarch64";
  spec.exit_port.reset();
  EXPECT_THAT(render("qemu", spec)->text, HasSubstr("exec qemu-system-aarch64 \\\n"));
  EXPECT_THAT(render("qemu", spec)->text, HasSubstr("-machine virt,"));
  EXPECT_EQ(refusal("systemd", spec), "accepted");
  for (auto [target, name] : {std::pair{"firecracker", "Firecracker"},
                              {"cloud-hypervisor", "Cloud Hypervisor"},
                              {"libvirt", "libvirt"},
                              {"kubevirt", "KubeVirt"},
                              {"nomad", "Nomad"}})
    EXPECT_EQ(refusal(target, spec), "faasc: error: " + std::string(name) +
                                         " cannot be given 'shop', a machine for aarch64 [FAASC0690]\n"
                                         "  hint: write it for qemu or systemd\n");
}

TEST(Targets, AreNotAskedForWhatIsNotThere) {
  VmSpec spec = linux_spec();
  spec.nics.clear();
  EXPECT_THAT(render("firecracker", spec)->losses, IsEmpty());
  EXPECT_THAT(render("cloud-hypervisor", spec)->losses, IsEmpty());
  EXPECT_THAT(render("libvirt", spec)->losses, IsEmpty());
  RenderOptions network = options();
  network.network = "default";
  EXPECT_THAT(render("libvirt", linux_spec(), network)->losses,
              ElementsAre("a port of the host: the function is at port 8080 of the guest's own address"));
}

}  // namespace
}  // namespace faasc
