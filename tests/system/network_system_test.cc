// Guests in networks of the host: two machines on one bridge, IPv6, names. In a network namespace of its own,
// which takes root.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

// Answers every question for an address of IPv4 with that of the second machine, and others with nothing.
constexpr std::string_view kNameServer = R"(import socket
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("10.9.0.1", 53))
open("dns.ready", "w").close()
while True:
    question, peer = server.recvfrom(512)
    end = question.index(b"\0", 12) + 5
    wanted = question[end - 4:end - 2] == b"\0\1"
    answer = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + bytes([10, 9, 0, 3]) if wanted else b""
    server.sendto(question[:2] + b"\x81\x80\0\1" + (b"\0\1" if wanted else b"\0\0") + b"\0\0\0\0" +
                  question[12:end] + answer, peer)
)";

constexpr std::string_view kSetUp = R"(
set -e
ip link set lo up
ip link add br0 type bridge
ip addr add 10.9.0.1/24 dev br0
ip -6 addr add fd09::1/64 dev br0 nodad
ip link set br0 up
ip tuntap add tap0 mode tap
ip link set tap0 master br0 up
)";

class Network : public testing::TestWithParam<KernelFamily> {
 protected:
  void SetUp() override {
    FAASC_NEEDS(GetParam());
    if (::geteuid() != 0 || project_.shell("unshare -n sh -c 'ip link add br0 type bridge'").status.code != 0)
      GTEST_SKIP() << "networks of the host take root, and a kernel that has bridges";
    fs::copy_file(FAASC_OUTSIDE_GUEST, project_.at("server"));
    project_.write("faas.yaml",
                   "apiVersion: faasc/v1\nname: guest\nruntime: binary\nhandler: server\n"
                   "network: {dns: [10.9.0.1], hosts: {known: 10.9.0.3}}\n");
    Finished built = project_.faasc({"build", "-q", "--kernel", std::string(name_of(GetParam()))});
    ASSERT_EQ(built.status.code, 0) << built.err;
    project_.write("dns.py", kNameServer);
    // Machines of the same names run for the other family at the same time.
    fs::create_directory(project_.at("run"));
    project_.environment["XDG_RUNTIME_DIR"] = project_.at("run").string();
  }
  /// A shell in a network with a bridge and a tap device, and nobody else in it.
  Finished in_network(const std::string& script) {
    project_.write("set-up.sh", std::string(kSetUp) + script);
    return project_.shell("unshare -n sh ./set-up.sh");
  }
  ProjectRun project_;
};

TEST_P(Network, TwoMachinesReachEachOther) {
  Finished finished = in_network(R"sh(
"$FAASC" run -q --detach --name a build/guest.img --net tap=tap0 --ip 10.9.0.2/24 --gateway 10.9.0.1 --ip fd09::2/64
"$FAASC" run -q --detach --name b build/guest.img --net bridge=br0 --ip 10.9.0.3/24 --ip fd09::3/64 --env WHO=second
python3 dns.py & dns=$!
until [ -e dns.ready ] || ! kill -0 $dns; do sleep 0.02; done
get() { echo "$1 $(curl -sg -m 20 "http://$2")"; }
get four: 10.9.0.2:8080/fetch/10.9.0.3/env/WHO
get six-from-host: [fd09::3]:8080/env/WHO
# Nanos looks for a second for another one with its address, and has no route until it has one.
curl -sg -m 20 -o from-a "http://[fd09::2]:8080/env/WHO"
get six: 10.9.0.2:8080/fetch/fd09::3/env/WHO
get hosts: 10.9.0.2:8080/fetch/known/env/WHO
get name: 10.9.0.2:8080/fetch/elsewhere.test/env/WHO
kill $dns
"$FAASC" stop -q a b
ip -br link | grep -c tap
)sh");
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_EQ(finished.out,
            "http://10.9.0.2:8080\nhttp://10.9.0.3:8080\n"
            "four: second\nsix-from-host: second\nsix: second\nhosts: second\nname: second\n"
            "1\n")  // of the bridge's there is none left
      << finished.err;
}

TEST_P(Network, InvokeAndTestFindTheGuestAtItsOwnAddress) {
  Finished finished = in_network(R"sh(
"$FAASC" invoke -q build/guest.img --path /env/A --env A=there --net bridge=br0 --ip 10.9.0.2/24; echo
"$FAASC" invoke -q build/guest.img --path /env/A --env A=there --net bridge=br0 --ip fd09::2/64
)sh");
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_EQ(finished.out, "there\nthere") << finished.err;
}

// What the manifest says of the network is what a run does; the command line overrules it.
TEST_P(Network, TheManifestConnectsTheMachine) {
  project_.write(
      "faas.yaml",
      "apiVersion: faasc/v1\nname: guest\nruntime: binary\nhandler: server\n"
      "network: {bridge: br0, address: 10.9.0.2/24, gateway: 10.9.0.1, address6: \"fd09::2/64\"}\n");
  Finished built = project_.faasc({"build", "-q", "--kernel", std::string(name_of(GetParam()))});
  ASSERT_EQ(built.status.code, 0) << built.err;
  Finished finished = in_network(R"sh(
"$FAASC" run -q --detach build/guest.img --env WHO=described
echo "six: $(curl -sg -m 20 "http://[fd09::2]:8080/env/WHO")"
"$FAASC" stop -q guest
"$FAASC" invoke -q build/guest.img --path /env/A --env A=other --net tap=tap0 --ip 10.9.0.4/24; echo
"$FAASC" invoke -q build/guest.img --path /env/A --env A=user --net user; echo
"$FAASC" run -q build/guest.img -p 0
)sh");
  EXPECT_EQ(finished.status.code, 2) << finished.err;
  EXPECT_EQ(finished.out, "http://10.9.0.2:8080\nsix: described\nother\nuser\n") << finished.err;
  EXPECT_THAT(finished.err,
              HasSubstr("error: '-p' forwards a port to a network of QEMU's own, and 'bridge=br0' is one "
                        "of this host [FAASC0754]\n  hint: leave out '-p': the guest is reached at its "
                        "own address; or have QEMU's with '--net user'\n"));
}

TEST_P(Network, WhatIsNotThere) {
  Finished finished = in_network(R"sh(
"$FAASC" invoke -q build/guest.img --net tap=tap7 --ip 10.9.0.2/24
)sh");
  EXPECT_EQ(finished.status.code, 6) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("this host has no network device 'tap7' [FAASC0755]"));
}

INSTANTIATE_TEST_SUITE_P(Families, Network, testing::Values(KernelFamily::Nanos, KernelFamily::Linux),
                         [](const auto& family) { return std::string(name_of(family.param)); });

}  // namespace
}  // namespace faasc
