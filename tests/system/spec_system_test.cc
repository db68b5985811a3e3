// What 'faasc spec' writes, run by the program it was written for.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

// Asks the function at $PORT until it answers, for a minute.
constexpr std::string_view kAsk =
    "ask() {\n"
    "  for i in $(seq 120); do\n"
    "    curl -s -m 5 -d Ada \"http://127.0.0.1:$PORT/\" && return\n"
    "    sleep 0.5\n"
    "  done\n"
    "}\n"
    // A port that nobody listens on: the machine takes it a moment later.
    "PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind((\"127.0.0.1\", 0)); "
    "print(s.getsockname()[1])')\n";

// libvirtd in a mount namespace of its own, where all that it reads and leaves behind is in memory: a domain
// is created, asked, and shut down by its power button.
constexpr std::string_view kLibvirt = R"sh(
for directory in /run /etc/libvirt /var/lib/libvirt /var/log/libvirt /var/cache/libvirt; do
  mount -t tmpfs tmpfs "$directory"
done
mkdir -p /run/libvirt /run/lock
cat >/etc/libvirt/qemu.conf <<'END'
stdio_handler = "file"
user = "root"
group = "root"
dynamic_ownership = 0
security_driver = "none"
namespaces = [ ]
cgroup_controllers = [ ]
END
echo 'auth_unix_rw = "none"' >/etc/libvirt/libvirtd.conf
libvirtd >libvirtd.log 2>&1 &
daemon=$!
virsh() { command virsh -q -c qemu:///system "$@"; }
for i in $(seq 240); do
  virsh list >/dev/null 2>&1 && break
  sleep 0.5
done
virsh create domain.xml
ask
virsh shutdown hello
for i in $(seq 240); do
  [ -z "$(virsh list --name)" ] && echo 'and it is gone' && break
  sleep 0.5
done
kill "$daemon"
wait "$daemon"
)sh";

class SpecSystem : public testing::TestWithParam<KernelFamily> {
 protected:
  void SetUp() override {
    FAASC_NEEDS(GetParam());
    for (const char* program : {"curl", "python3"})
      if (!find_program(program)) GTEST_SKIP() << "no " << program << " in PATH";
    project_.write_hello();
  }
  std::string spec(std::string_view to) const {
    return "\"$FAASC\" spec --kernel " + std::string(name_of(GetParam())) +
           " --accel tcg -p \"$PORT\" --to " + std::string(to);
  }
  ProjectRun project_;
};

TEST_P(SpecSystem, QemuRunsItsScript) {
  Finished finished = project_.shell(std::string(kAsk) + spec("qemu") +
                                     " -o run.sh || exit\n"
                                     "timeout 90 sh run.sh >console 2>&1 &\n"
                                     "machine=$!\n"
                                     "ask\n"
                                     "kill \"$machine\"\n"
                                     "wait \"$machine\"\n"
                                     "exit 0\n");
  EXPECT_EQ(finished.out, "Hello, Ada!\n") << finished.err << read_file(project_.at("console")).value();
}

/// Runs the domain that `arguments` of `faasc spec` write, as long as it takes to ask(). Of a libvirtd that
/// is not to be had here, the reason.
std::string run_domain(ProjectRun& project, const std::string& ask, const std::string& spec,
                       Finished& finished) {
  for (const char* program : {"libvirtd", "virsh", "virt-xml-validate"})
    if (!find_program(program))
      return std::string("no ") + program + " (libvirt-daemon-system, libvirt-clients)";
  if (::geteuid() != 0) return "a libvirtd of one's own takes root";
  project.write("libvirt.sh", ask + spec +
                                  " -o domain.xml || exit\n"
                                  "virt-xml-validate domain.xml domain >&2 && echo valid\n" +
                                  std::string(kLibvirt));
  finished = project.shell(
      "unshare --mount --fork --kill-child true || exit 99\n"
      "exec unshare --mount --fork --kill-child sh libvirt.sh");
  return finished.status.code == 99 ? "no mount namespaces here: " + finished.err : "";
}

TEST_P(SpecSystem, LibvirtRunsItsDomain) {
  Finished finished;
  if (std::string why = run_domain(project_, std::string(kAsk), spec("libvirt"), finished); !why.empty())
    GTEST_SKIP() << why;
  EXPECT_THAT(finished.out, HasSubstr("valid\n"));
  EXPECT_THAT(finished.out, HasSubstr("Hello, Ada!\nand it is gone\n")) << finished.err;
}

// What the guest writes to it is there for the next machine, which is QEMU's own.
TEST_P(SpecSystem, LibvirtGivesTheMachineItsVolume) {
  fs::copy_file(FAASC_OUTSIDE_GUEST, project_.at("server"));
  project_.write("faas.yaml",
                 "apiVersion: faasc/v1\nname: hello\nruntime: binary\nhandler: server\n"
                 "mounts:\n  - {label: data, path: /srv/data}\n");
  const bool nanos = GetParam() == KernelFamily::Nanos;
  Finished made = project_.faasc({"volume", "create", "data.img", "-q", "--size", "16MiB", "--filesystem",
                                  nanos ? "tfs" : "ext4", "--label", "data"});
  ASSERT_EQ(made.status.code, 0) << made.err;
  std::string ask(kAsk);
  const std::string plain = "-d Ada \"http://127.0.0.1:$PORT/\"";
  ask.replace(ask.find(plain), plain.size(), "-d kept \"http://127.0.0.1:$PORT/write/srv/data/note\"");
  Finished finished;
  if (std::string why = run_domain(project_, ask, spec("libvirt") + " --volume data.img", finished);
      !why.empty())
    GTEST_SKIP() << why;
  EXPECT_THAT(finished.out, HasSubstr("valid\n"));
  EXPECT_THAT(finished.out, HasSubstr("writtenand it is gone\n")) << finished.err;
  Finished read = project_.faasc(
      {"invoke", "-q", "build/hello.img", "--path", "/read/srv/data/note", "--volume", "data.img"});
  EXPECT_EQ(read.out, "kept") << read.err;
}

TEST_P(SpecSystem, WhatIsLostIsSaid) {
  project_.write("faas.yaml", read_file(project_.at("faas.yaml")).value() + "image: {format: qcow2}\n");
  const std::string kernel(name_of(GetParam()));
  Finished finished = project_.faasc({"spec", "-q", "--kernel", kernel, "--to", "firecracker"});
  EXPECT_EQ(finished.status.code, 1);
  EXPECT_EQ(finished.out, "");
  EXPECT_EQ(finished.err,
            "faasc: error: Firecracker cannot read 'hello.qcow2', a disk in the format qcow2 [FAASC0690]\n"
            "  hint: faasc image convert --to raw hello.qcow2, and set image.format for later builds\n");
  finished = project_.faasc({"spec", "--kernel", kernel, "--to", "cloud-hypervisor", "--network", "tap7"});
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("\"tap\": \"tap7\""));
  EXPECT_THAT(finished.err, HasSubstr("faasc: warning: cloud-hypervisor is not told of an address: the guest "
                                      "asks by DHCP, and something has to answer [FAASC0691]\n"));
  finished = project_.faasc({"spec", "--to", "vmware"});
  EXPECT_EQ(finished.status.code, 2);
  EXPECT_EQ(finished.err,
            "faasc: error: 'vmware' is nothing that a machine can be written for [FAASC0811]\n"
            "  hint: there are qemu, firecracker, cloud-hypervisor, libvirt, kubevirt, nomad, oci, urunc, "
            "systemd\n");
}

INSTANTIATE_TEST_SUITE_P(Families, SpecSystem, testing::Values(KernelFamily::Nanos, KernelFamily::Linux),
                         [](const auto& one) { return std::string(name_of(one.param)); });

// Unpacked by somebody else, the machine boots from what was in the container image.
TEST(SpecSystem, AMachineTravelsAsAContainerImage) {
  FAASC_NEEDS(KernelFamily::Nanos);
  for (const char* tool : {"skopeo", "umoci"})
    if (!find_program(tool)) GTEST_SKIP() << tool << " is not installed";
  ProjectRun project;
  project.write_hello();
  Finished finished = project.faasc({"spec", "--to", "oci", "-o", "machine"});
  ASSERT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("oci is not told of a program to run"));
  finished = project.shell(
      "skopeo inspect oci:machine:hello && umoci unpack --rootless --image machine:hello bundle && "
      "cmp bundle/rootfs/disk/hello.img build/hello.img && "
      "\"$FAASC\" invoke -q --data Ada bundle/rootfs/hello.vm.json");
  EXPECT_EQ(finished.status.code, 0) << finished.out << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("\"Architecture\": \"amd64\""));
  EXPECT_THAT(finished.out, HasSubstr("Hello, Ada!\n"));

  // As an archive it is the same bytes every time.
  finished = project.shell(
      "\"$FAASC\" spec --to oci -q -o one.tar && \"$FAASC\" spec --to oci -q -o two.tar && cmp one.tar "
      "two.tar && "
      "skopeo inspect oci-archive:one.tar >/dev/null");
  EXPECT_EQ(finished.status.code, 0) << finished.out << finished.err;
  finished = project.faasc({"spec", "--to", "oci", "-q", "-o", "machine"});
  EXPECT_EQ(finished.status.code, 1);
  EXPECT_THAT(finished.err, HasSubstr("'machine' is there already [FAASC0539]"));
}

// With the kernel command line that urunc makes of what it is told (its sources, unikernels/linux.go).
TEST(SpecSystem, UruncsCommandLineBootsLinux) {
  FAASC_NEEDS(KernelFamily::Linux);
  for (const char* tool : {"skopeo", "umoci"})
    if (!find_program(tool)) GTEST_SKIP() << tool << " is not installed";
  ProjectRun project;
  project.write_hello();
  Finished finished = project.faasc({"spec", "--kernel", "linux", "--to", "urunc", "-q", "-o", "machine"});
  ASSERT_EQ(finished.status.code, 0) << finished.err;
  finished = project.shell(
      "skopeo inspect --raw oci:machine:hello && umoci unpack --rootless --image machine:hello bundle && "
      "python3 - <<'END'\n"
      "import base64, json\n"
      "told = {k.split('.')[-1]: base64.b64decode(v).decode() for k, v in "
      "json.load(open('bundle/rootfs/urunc.json')).items()}\n"
      "spec = json.load(open('bundle/rootfs/hello.vm.json'))\n"
      "init, *rest = told['cmdline'].split()\n"
      "spec['disks'][0]['read_only'] = False\n"
      "spec['direct_boot']['kernel'] = told['binary'][1:]\n"
      "spec['direct_boot']['initrd'] = told['initrd'][1:]\n"
      "spec['direct_boot']['command_line'] = ('panic=-1 console=ttyS0 root=/dev/vda rw '\n"
      "  'ip=10.0.2.15::10.0.2.2:255.255.255.0:urunc:eth0:off init=' + init + ' -- ' + ' '.join(rest))\n"
      "json.dump(spec, open('bundle/rootfs/urunc.vm.json', 'w'))\n"
      "END\n"
      "\"$FAASC\" invoke -q --machine q35 --data Ada bundle/rootfs/urunc.vm.json");
  EXPECT_EQ(finished.status.code, 0) << finished.out << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("com.urunc.unikernel.unikernelType"));
  EXPECT_THAT(finished.out, HasSubstr("Hello, Ada!\n"));
}

}  // namespace
}  // namespace faasc
