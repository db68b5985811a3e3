// What faasc says to VMMs that are driven through an API, and of them, as far as none has to run.

#include "launcher/api_vmm.h"

#include <cstdlib>
#include <thread>

#include <sys/socket.h>
#include <sys/un.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/diagnostics.h"
#include "launcher/machine.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::string text_of(const Error& error) {
  return to_text(error, Color::Off);
}

VmSpec spec_of_function() {
  VmSpec spec;
  spec.name = "hello";
  spec.kernel_family = "linux";
  spec.memory_bytes = 64 << 20;
  spec.direct_boot.emplace();
  spec.direct_boot->kernel = "/proc/self/exe";
  spec.direct_boot->command_line = "quiet";
  spec.nics.push_back({.address = "10.0.0.2/24", .tap = "tap7"});
  return spec;
}

/// A PATH in which the programs are what the test puts there.
class ApiVmmTest : public testing::Test {
 protected:
  void SetUp() override {
    before_ = std::getenv("PATH");
    ::setenv("PATH", directory_.path().c_str(), 1);
    options_.vmm = VmmChoice::Firecracker;
    options_.kvm = KvmVerdict{.usable = false,
                              .why = "runs 4 million instructions per second: emulated, not native",
                              .hint = {},
                              .runs = true};
  }
  void TearDown() override { ::setenv("PATH", before_.c_str(), 1); }
  void install(const char* name, const std::string& script) {
    ASSERT_TRUE(write_file(directory_.path() / name, "#!/bin/sh\n" + script));
    fs::permissions(directory_.path() / name, fs::perms::owner_all);
  }
  std::string refusal(const VmSpec& spec = spec_of_function()) {
    auto machine = Machine::start(spec, options_);
    return machine ? "it runs" : text_of(machine.error());
  }
  TemporaryDirectory directory_ = TemporaryDirectory::create(testing::TempDir(), "api-vmm").value();
  StartOptions options_;

 private:
  std::string before_;
};

TEST_F(ApiVmmTest, WhatOnlyQemuHasIsRefused) {
  VmSpec spec = spec_of_function();
  spec.nics[0].tap.clear();
  EXPECT_EQ(
      refusal(spec),
      "faasc: error: Firecracker has no network of its own, and no ports of the host that lead into one "
      "[FAASC0726]\n  hint: connect the guest to a tap device: '--net tap=NAME'\n");
  spec.nics[0].bridge = "br7";
  EXPECT_THAT(refusal(spec), HasSubstr("Firecracker connects machines to tap devices, and not to a bridge"));
  options_.boot.machine = MachineChoice::Q35;
  EXPECT_THAT(refusal(), HasSubstr("has one kind of machine, and '--machine' asks for one of QEMU's"));
  options_.boot = {.boot = BootChoice::Uefi};
  EXPECT_THAT(refusal(), HasSubstr("boots no disk by itself, as '--boot' asks for"));
  options_.boot = {.accelerator = AcceleratorChoice::Tcg};
  options_.vmm = VmmChoice::CloudHypervisor;
  EXPECT_THAT(refusal(), HasSubstr("Cloud Hypervisor emulates no processor, as '--accel tcg' asks for"));
}

TEST_F(ApiVmmTest, AProgramThatIsNotThere) {
  EXPECT_EQ(refusal(),
            "faasc: error: Firecracker is not installed: there is no 'firecracker' in PATH [FAASC0724]\n"
            "  hint: put the program of its release into PATH, or leave out '--vmm firecracker', for QEMU\n");
}

TEST_F(ApiVmmTest, AKvmThatCrawlsHasToBeInsistedOn) {
  install("firecracker", "echo 'no such option' >&2; exit 2\n");
  EXPECT_EQ(
      refusal(),
      "faasc: error: Firecracker runs machines by KVM only, and KVM cannot be used here: runs 4 million "
      "instructions per second: emulated, not native [FAASC0725]\n"
      "  hint: leave out '--vmm firecracker': QEMU emulates faster than that; '--accel kvm' insists\n");
  options_.kvm = KvmVerdict{.usable = false, .why = "no /dev/kvm", .hint = "enable it"};
  options_.boot.accelerator = AcceleratorChoice::Kvm;
  EXPECT_THAT(refusal(), HasSubstr("KVM cannot be used here: no /dev/kvm [FAASC0725]\n  hint: enable it\n"));
}

TEST_F(ApiVmmTest, OneThatEndsIsToldWithItsLastWords) {
  install("firecracker", "echo 'no such option' >&2; exit 2\n");
  options_.boot.accelerator = AcceleratorChoice::Kvm;
  // It would make the tap device itself, connected to nothing.
  VmSpec spec = spec_of_function();
  EXPECT_EQ(refusal(spec),
            "faasc: error: this host has no network device 'tap7' [FAASC0755]\n"
            "  hint: sudo ip tuntap add tap7 mode tap user $USER && sudo ip link set tap7 up\n");
  spec.nics[0].tap = "lo";  // which every host has
  EXPECT_EQ(
      refusal(spec),
      "faasc: error: Firecracker ended before it listened; its last words are 'no such option' [FAASC0728]\n"
      "  hint: '-v' shows how it was started\n");
}

TEST_F(ApiVmmTest, TheKernelHasToBeThere) {
  install("firecracker", "exit 2\n");
  options_.boot.accelerator = AcceleratorChoice::Kvm;
  VmSpec spec = spec_of_function();
  spec.direct_boot->kernel = "/nowhere/vmlinux";
  spec.direct_boot->kernel_version = "6.1";
  EXPECT_EQ(
      refusal(spec),
      "faasc: error: the kernel is not there: '/nowhere/vmlinux', and Firecracker boots no disk by itself "
      "[FAASC0706]\n  hint: faasc kernel pull linux@6.1\n");
  // What `faasc spec` cannot write cannot be started.
  spec.direct_boot.reset();
  EXPECT_THAT(refusal(spec),
              HasSubstr("Firecracker cannot boot from a disk, and 'hello' has no kernel to load"));
}

TEST(ApiVmm, FirecrackersConfigurationBecomesRequests) {
  EXPECT_THAT(dialect_of(VmmChoice::Firecracker)
                  .start(R"({"boot-source":{"kernel_image_path":"k"},"drives":[{"drive_id":"disk0"}],)"
                         R"("network-interfaces":[{"iface_id":"eth0","host_dev_name":"tap7"}]})"),
              ElementsAre(Pair("/boot-source", R"({"kernel_image_path":"k"})"),
                          Pair("/drives/disk0", R"({"drive_id":"disk0"})"),
                          Pair("/network-interfaces/eth0", R"({"iface_id":"eth0","host_dev_name":"tap7"})"),
                          Pair("/actions", R"({"action_type":"InstanceStart"})")));
}

/// Answers each of the requests on one connection with the next of `answers`, and then closes it.
class ApiServer {
 public:
  ApiServer(const fs::path& path, std::vector<std::string> answers)
      : listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    path.native().copy(address.sun_path, sizeof address.sun_path - 1);
    if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) std::abort();
    ::listen(listener_.get(), 1);
    thread_ = std::thread([this, answers = std::move(answers)] {
      Fd connection(::accept(listener_.get(), nullptr, nullptr));
      for (const std::string& answer : answers) {
        char request[4096];
        if (::read(connection.get(), request, sizeof request) <= 0) return;
        [[maybe_unused]] ssize_t sent = ::write(connection.get(), answer.data(), answer.size());
      }
    });
  }
  ~ApiServer() { thread_.join(); }

 private:
  Fd listener_;
  std::thread thread_;
};

TEST(ApiConnection, AnswersAreTold) {
  auto directory = TemporaryDirectory::create(testing::TempDir(), "api").value();
  const fs::path path = directory.path() / "api";
  auto answer = [](const std::string& status, const std::string& body) {
    return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  };
  ApiServer server(path,
                   {"HTTP/1.1 204 No Content\r\n\r\n",
                    answer("400 Bad Request", "{\"fault_message\":\"no\\u001b[2J\\nkernel.\"}"),
                    answer("500 Internal Server Error", R"(["Error from API","The VM could not boot"])"),
                    answer("404 Not Found", "")});
  auto child = Child::spawn({.argv = {"sleep", "60"}, .working_directory = {}, .environment = {}}, {});
  ASSERT_TRUE(child);
  auto api = ApiConnection::open("Firecracker", path, child->ended(), 5s);
  ASSERT_TRUE(api) << text_of(api.error());
  EXPECT_TRUE(api->put("/boot-source", "{}", 5s));
  auto refused = api->put("/boot-source", "{}", 5s);
  ASSERT_FALSE(refused);
  EXPECT_EQ(
      text_of(refused.error()),
      "faasc: error: Firecracker refuses 'PUT /boot-source' with status 400: no^[[2J kernel [FAASC0727]\n"
      "  hint: '-v' shows what it was told; 'faasc run' without '--vmm' takes QEMU\n");
  EXPECT_THAT(api->put("/boot", "", 5s).error().what,
              HasSubstr("with status 500: Error from API: The VM could not boot"));
  EXPECT_THAT(api->put("/boot", "", 5s).error().what, HasSubstr("with status 404"));
  EXPECT_THAT(api->put("/boot", "", 5s).error().what,
              HasSubstr("Firecracker ended the conversation at 'PUT /boot'"));
}

TEST(ApiConnection, SilenceHasAnEnd) {
  auto directory = TemporaryDirectory::create(testing::TempDir(), "api").value();
  const fs::path path = directory.path() / "api";
  auto child = Child::spawn({.argv = {"sleep", "60"}, .working_directory = {}, .environment = {}}, {});
  ASSERT_TRUE(child);
  EXPECT_EQ(ApiConnection::open("VMM", path, child->ended(), 30ms).error().what,
            "VMM does not listen at '" + path.string() + "'");
  Fd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  path.native().copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(listener.get(), 1), 0);
  auto api = ApiConnection::open("VMM", path, child->ended(), 1s);
  ASSERT_TRUE(api);
  EXPECT_EQ(api->put("/boot", "", 30ms).error().what, "VMM did not answer 'PUT /boot' in time");
}

}  // namespace
}  // namespace faasc
