// `faasc run --vmm firecracker` with all that a run may be given beside its image, as far as a guest sees it
// that is its own kernel (tests/boot/toy_guest.S): where KVM is emulated, no other one gets far. Skipped
// where Firecracker, /dev/kvm or the right to make a tap device is not there.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"
#include "packager/spec/vm_spec.h"
#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::ContainsRegex;
using testing::HasSubstr;

class ApiVmmSystem : public testing::Test {
 protected:
  void SetUp() override {
    if (!find_program("firecracker")) GTEST_SKIP() << "no 'firecracker' in PATH";
    if (Fd kvm(::open("/dev/kvm", O_RDWR | O_CLOEXEC)); !kvm) GTEST_SKIP() << "/dev/kvm cannot be opened";
    if (!fs::exists(FAASC_TOY_GUEST)) GTEST_SKIP() << "the guest is for x86_64";
    if (::geteuid() != 0 || project_.shell("unshare -n sh -c 'ip tuntap add tap0 mode tap'").status.code != 0)
      GTEST_SKIP() << "networks of the host take root";
  }
  /// `what` it does: see tests/boot/toy_guest.S.
  static VmSpec guest(const char* what) {
    VmSpec spec;
    spec.name = "toy";
    spec.kernel_family = "linux";
    spec.memory_bytes = 64 << 20;
    spec.direct_boot.emplace();
    spec.direct_boot->kernel = FAASC_TOY_GUEST;
    spec.direct_boot->command_line = what;
    return spec;
  }
  ProjectRun project_;
};

// The guest is never ready, for it has no network; what it has seen it has told by then.
TEST_F(ApiVmmSystem, VolumesEnvironmentAndNetworkReachTheGuest) {
  for (const char* name : {"toy.img", "data.img"}) {
    Finished created = project_.faasc(
        {"volume", "create", name, "-q", "--size", "16MiB", "--filesystem", "ext4", "--label", "data"});
    ASSERT_EQ(created.status.code, 0) << created.err;
    // Before the file system's superblock there is room for what the guest reads and writes.
    Fd file(::open(project_.at(name).c_str(), O_WRONLY | O_CLOEXEC));
    ASSERT_TRUE(write_all_at(file, "this is " + std::string(name), 0, name));
  }
  VmSpec spec = guest("devices");
  spec.disks.push_back({.path = project_.at("toy.img"), .format = "raw", .read_only = false});
  spec.nics.emplace_back();
  spec.settings_disk = true;
  spec.init_timeout = std::chrono::seconds(2);  // ten times as long where KVM is emulated
  project_.write("toy.vm.json", to_json(spec, project_.directory()));

  Finished finished = project_.shell(
      "unshare -n sh -c 'ip link set lo up && ip tuntap add tap0 mode tap && ip addr add 10.9.0.1/24 dev "
      "tap0 && "
      "ip link set tap0 up && exec \"$FAASC\" run --vmm firecracker --accel kvm toy.vm.json --net tap=tap0 "
      "--ip 10.9.0.2/24 --env A=b --volume data.img:/run/data'");
  EXPECT_EQ(finished.status.code, 5) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("[FAASC0713]"));
  EXPECT_THAT(finished.out, HasSubstr("disk this is toy.img|"));
  EXPECT_THAT(finished.out, HasSubstr("\ndisk this is data.img|"));
  EXPECT_THAT(finished.out, HasSubstr("disk faasc-settings 1|faasc.ip=10.9.0.2/24 "));
  EXPECT_THAT(finished.out, HasSubstr("|1|A=b|"));
  EXPECT_THAT(finished.out, HasSubstr("|/run/data|"));
  EXPECT_THAT(finished.out, ContainsRegex("\ncard 525400[0-9a-f]{6}\n"));
  EXPECT_EQ(read_file(project_.at("data.img")).value().substr(512, 20), "written by the guest");
  EXPECT_EQ(read_file(project_.at("toy.img")).value().substr(512, 20), std::string(20, '\0'));
}

TEST_F(ApiVmmSystem, ATapDeviceThatIsNotThereIsNamed) {
  VmSpec spec = guest("quiet");
  spec.nics.push_back({.address = "10.9.0.2/24", .tap = "tap7"});
  project_.write("toy.vm.json", to_json(spec, project_.directory()));
  Finished finished =
      project_.shell("unshare -n sh -c 'exec \"$FAASC\" run --vmm firecracker --accel kvm toy.vm.json'");
  EXPECT_EQ(finished.status.code, 6) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("this host has no network device 'tap7' [FAASC0755]"));
}

}  // namespace
}  // namespace faasc
