// Guests that are processes of this host: the same program that the boot tests start in machines, in a
// sandbox.

#include <atomic>
#include <csignal>
#include <thread>

#include <arpa/inet.h>
#include <sys/socket.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/process.h"
#include "launcher/codes.h"
#include "launcher/host_port.h"
#include "launcher/machine.h"
#include "launcher/process/sandboxed_process.h"
#include "tests/boot/emulated.h"

namespace faasc {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

VmSpec spec_of(std::string family) {
  VmSpec spec;
  spec.name = "guest";
  spec.kernel_family = std::move(family);
  spec.memory_bytes = std::uint64_t{64} << 20;
  spec.vcpus = 1;
  spec.grace_period = 100ms;
  return spec;
}

StartOptions as_process(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "guest");
  StartOptions options;
  options.process =
      ProcessChoice{.program = {.executable = "/bin/guest",
                                .working_directory = "/",
                                .arguments = std::move(arguments),
                                .environment = {"GREETING=hello"},
                                .fill_root = [](const std::filesystem::path& root) -> Result<void> {
                                  std::filesystem::create_directory(root / "bin");
                                  std::filesystem::copy_file(FAASC_BOOT_GUEST, root / "bin/guest");
                                  return {};
                                }},
                    .sandbox_program = FAASC_PREFIX "/libexec/faasc/faasc-sandbox"};
  return options;
}

class ProcessMachine : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!find_program("bwrap")) GTEST_SKIP() << "bubblewrap is not installed";
    auto machine = Machine::start(spec_, as_process({"exit", "0"}));
    if (!machine && machine.error().code == std::string(kNoSandbox)) GTEST_SKIP() << machine.error().what;
  }
  VmSpec spec_ = spec_of(GetParam());
};
INSTANTIATE_TEST_SUITE_P(, ProcessMachine, testing::Values("nanos", "linux"),
                         [](auto& one) { return one.param; });

TEST_P(ProcessMachine, ServesAndStopsAtThePowerButton) {
  StartOptions options = as_process({"serve"});
  std::vector<std::string> notes;
  options.on_note = [&](const std::string& note) { notes.push_back(note); };
  auto machine = Machine::start(spec_, options);
  ASSERT_TRUE(machine) << text_of(machine.error());
  EXPECT_EQ(machine->summary(), "a process in a sandbox");
  EXPECT_THAT(notes, ElementsAre(HasSubstr("bwrap --unshare-all ")));
  auto ready = machine->wait_ready();
  ASSERT_TRUE(ready) << text_of(ready.error());
  pid_t pid = machine->pid();
  EXPECT_TRUE(lives(pid));
  auto response = machine->request({.method = "POST", .target = "/echo?a=b", .body = "payload"});
  ASSERT_TRUE(response) << text_of(response.error());
  EXPECT_EQ(response->body, R"({"method":"POST","path":"/echo?a=b","body":"payload","list":[1,{"a":null}]})");
  BootPhases phases = machine->phases();
  // The console may be read a little after the port has answered.
  EXPECT_TRUE(phases.spawned && phases.ready && phases.first_response);
  GuestExit exit = machine->stop();
  EXPECT_EQ(to_text(exit), "exited with status 0");
  EXPECT_THAT(machine->console().last_lines(1), ElementsAre("the guest got SIGTERM"));
  EXPECT_FALSE(lives(pid));
}

// What the caller is told, of a program that ends by itself and of one that is asked for something.
struct Ending {
  std::vector<std::string> arguments;
  std::string target;  ///< empty: it is only waited for
  std::string told;
};

TEST_P(ProcessMachine, TellsHowItEnded) {
  for (const Ending& ending : std::vector<Ending>{
           {{"exit", "0"}, "", "the guest exited with status 0"},
           {{"exit", "1"}, "", "the guest exited with status 1"},
           {{"exit", "139"}, "", "the guest exited with status 139"},
           {{"exit", "255"}, "", "the guest exited with status 255"},
           {{"signal", "11"}, "", "the guest was ended by signal 11 (SIGSEGV)"},
           {{"signal", "9"}, "", "the guest was ended by signal 9 (SIGKILL)"},
           {{"flood"}, "", "the guest exited with status 7"},
           {{"serve"}, "/exit/7", "the guest exited with status 7"},
           {{"serve"}, "/signal/11", "the guest was ended by signal 11 (SIGSEGV)"},
           {{"serve"}, "/signal/6", "the guest was ended by signal 6 (SIGABRT)"},
           {{"serve"}, "/close", "the connection was closed without an answer"},
           {{"serve"}, "/cut", "the answer is cut short: 5 of 99 bytes of its body came"},
           {{"quiet"}, "/garbage", "the answer is not HTTP: it begins with 'what?^M^J^M^J'"}}) {
    SCOPED_TRACE(ending.arguments.front() + ending.target);
    auto machine = Machine::start(spec_, as_process(ending.arguments));
    ASSERT_TRUE(machine) << text_of(machine.error());
    auto ready = machine->wait_ready();
    if (ending.target.empty()) {
      ASSERT_FALSE(ready);
      EXPECT_EQ(ready.error().what, ending.told);
      continue;
    }
    ASSERT_TRUE(ready) << text_of(ready.error());
    auto response = machine->request({.target = ending.target});
    ASSERT_FALSE(response);
    EXPECT_THAT(response.error().what, testing::EndsWith(ending.told));
  }
}

TEST_P(ProcessMachine, IsNotReadyUntilSomebodyListens) {
  for (const char* mode : {"mute", "liar"}) {
    // Where it has just begun to be idle when the time is up, it was not idle.
    std::string said, expected;
    for (auto limit = 300ms; limit < 10s && (said.empty() || said != expected); limit *= 2) {
      StartOptions options = as_process({mode});
      options.init_timeout = limit;
      auto machine = Machine::start(spec_, options);
      ASSERT_TRUE(machine) << text_of(machine.error());
      auto ready = machine->wait_ready();
      ASSERT_FALSE(ready);
      said = ready.error().what;
      expected = "the guest did not get ready within " + std::to_string(limit.count()) + " ms; it was idle";
    }
    EXPECT_EQ(said, expected);
  }
}

TEST_P(ProcessMachine, IsEndedWhereItDoesNotStop) {
  auto machine = Machine::start(spec_, as_process({"stubborn"}));
  ASSERT_TRUE(machine) << text_of(machine.error());
  ASSERT_TRUE(machine->wait_ready());
  pid_t pid = machine->pid();
  EXPECT_EQ(to_text(machine->stop()), "did not stop when asked to, and was ended by force");
  EXPECT_FALSE(lives(pid));
}

TEST_P(ProcessMachine, IsLostWithItsSandbox) {
  auto machine = Machine::start(spec_, as_process({"serve"}));
  ASSERT_TRUE(machine) << text_of(machine.error());
  ASSERT_TRUE(machine->wait_ready());
  // The process that looks after the program is the one above it.
  std::ifstream stat("/proc/" + std::to_string(machine->pid()) + "/stat");
  std::string skip;
  pid_t parent = 0;
  stat >> skip >> skip >> skip >> parent;
  ASSERT_GT(parent, 1);
  pid_t pid = machine->pid();
  ::kill(parent, SIGKILL);
  auto exit = machine->wait();
  ASSERT_TRUE(exit);
  EXPECT_THAT(to_text(*exit), HasSubstr("was lost: the sandbox "));
  EXPECT_FALSE(lives(pid));
}

TEST_P(ProcessMachine, GoesWithWhoeverStartedIt) {
  pid_t pid = -1;
  std::thread([&] {
    auto machine = Machine::start(spec_, as_process({"serve"}));
    ASSERT_TRUE(machine) << text_of(machine.error());
    ASSERT_TRUE(machine->wait_ready());
    pid = machine->pid();
  }).join();
  EXPECT_TRUE(dies(pid));
}

TEST_P(ProcessMachine, TwoServeOnePortEachAndAnyNumberOfConnections) {
  auto one = Machine::start(spec_, as_process({"serve"}));
  auto other = Machine::start(spec_, as_process({"serve"}));
  ASSERT_TRUE(one && other);
  ASSERT_TRUE(one->wait_ready() && other->wait_ready());
  EXPECT_NE(one->host_port(8080), other->host_port(8080));
  // The guest serves one at a time; the others wait with it, not with the relay.
  std::vector<std::thread> clients;
  std::atomic<int> answered = 0;
  for (int i = 0; i < 50; ++i)
    clients.emplace_back([&, i] {
      std::string body(static_cast<std::size_t>(i) * 1000, 'x');
      HttpRequest request{.method = "POST", .target = "/echo", .body = body};
      HttpLimits limits{.timeout = 20s};
      auto response = send_http((i % 2 ? *one : *other).host_port(8080), request, limits);
      if (response && response->body.find(body) != std::string::npos) ++answered;
    });
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(answered, 50);
  EXPECT_EQ(to_text(one->stop()), "exited with status 0");
  EXPECT_EQ(to_text(other->stop()), "exited with status 0");
}

TEST_P(ProcessMachine, APortThatIsTakenIsNotServed) {
  auto taken = listen_on_loopback(0, 8080);
  ASSERT_TRUE(taken);
  StartOptions options = as_process({"serve"});
  options.ports = {{port_of(*taken), 8080}};
  auto machine = Machine::start(spec_, options);
  ASSERT_FALSE(machine);
  EXPECT_EQ(text_of(machine.error()), "faasc: error: port " + std::to_string(port_of(*taken)) +
                                          " of 127.0.0.1 cannot be used: Address already in use "
                                          "[FAASC0703]\n  hint: '-p 0:8080' takes any port that is free\n");
}

TEST_P(ProcessMachine, TellsWhyItDidNotStart) {
  StartOptions options = as_process({"serve"});
  options.process->program.executable = "/bin/other";
  auto machine = Machine::start(spec_, options);
  ASSERT_FALSE(machine);
  EXPECT_EQ(text_of(machine.error()),
            "faasc: error: the sandbox could not start the program '/bin/other': No such file or directory "
            "[FAASC0762]\n");
  options = as_process({"serve"});
  options.process->program.working_directory = "/srv";
  machine = Machine::start(spec_, options);
  ASSERT_FALSE(machine);
  EXPECT_EQ(
      text_of(machine.error()),
      "faasc: error: the sandbox could not enter the working directory '/srv': No such file or directory "
      "[FAASC0762]\n");
}

TEST_P(ProcessMachine, IsOfThisHostsKind) {
  spec_.architecture = "riscv64";
  auto machine = Machine::start(spec_, as_process({"serve"}));
  ASSERT_FALSE(machine);
  EXPECT_THAT(machine.error().what, HasSubstr("the program is for riscv64, and this host is "));
}

}  // namespace
}  // namespace faasc
