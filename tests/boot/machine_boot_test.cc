// Starts real guests.

#include <csignal>
#include <regex>

#include <arpa/inet.h>
#include <sys/socket.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sha256.h"
#include "launcher/codes.h"
#include "launcher/machine.h"
#include "launcher/test_report.h"
#include "tests/boot/emulated.h"

namespace faasc {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

TEST(MachineBoot, ServesAndStopsAtThePowerButton) {
  MAKE_GUEST(image, {});
  auto before = sha256_of_file(image->spec.disks[0].path);
  std::vector<std::string> notes;
  StartOptions options = emulated();
  options.on_note = [&](const std::string& note) { notes.push_back(note); };
  auto machine = Machine::start(image->spec, options);
  ASSERT_TRUE(machine) << text_of(machine.error());
  EXPECT_EQ(machine->plan().summary(), "microvm, tcg, kernel loaded directly");
  EXPECT_THAT(notes, ElementsAre("tcg: asked for", "microvm: boots fastest",
                                 HasSubstr("qemu-system-x86_64 -name guest ")));
  auto ready = machine->wait_ready();
  ASSERT_TRUE(ready) << text_of(ready.error());
  EXPECT_TRUE(lives(machine->pid()));
  EXPECT_EQ(machine->url(), "http://127.0.0.1:" + std::to_string(machine->host_port(8080)));

  auto response = machine->request(
      {.method = "POST", .target = "/echo?a=b", .headers = {{"x-test", "1"}}, .body = "payload"});
  ASSERT_TRUE(response) << text_of(response.error());
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->header("Content-type"), "application/json");
  EXPECT_EQ(response->body, R"({"method":"POST","path":"/echo?a=b","body":"payload","list":[1,{"a":null}]})");

  BootPhases phases = machine->phases();
  ASSERT_TRUE(phases.spawned && phases.vmm_ready && phases.first_console && phases.listening &&
              phases.ready && phases.first_response);
  EXPECT_LT(*phases.spawned, *phases.first_console);
  EXPECT_LE(*phases.first_console, *phases.listening);
  EXPECT_LT(*phases.first_console, *phases.ready);
  EXPECT_LT(*phases.ready, *phases.first_response);

  pid_t qemu = machine->pid();
  GuestExit exit = machine->stop();
  EXPECT_TRUE(exit.ok());
  EXPECT_EQ(to_text(exit), "exited with status 0");
  EXPECT_THAT(machine->console().last_lines(1), ElementsAre("the guest got SIGTERM"));
  EXPECT_FALSE(lives(qemu));
  EXPECT_EQ(to_text(machine->stop()), "exited with status 0");

  auto after = sha256_of_file(image->spec.disks[0].path);
  ASSERT_TRUE(before && after);
  EXPECT_EQ(to_hex(*before), to_hex(*after)) << "the run has changed the image";
}

TEST(MachineBoot, AReadOnlyRootIsQuiet) {
  MAKE_GUEST(image, {.writable = false});
  auto machine = Machine::start(image->spec, emulated());
  ASSERT_TRUE(machine);
  ASSERT_TRUE(machine->wait_ready());
  auto response = machine->request({.target = "/exit/3"});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().what, "the guest exited with status 3");
  EXPECT_THAT(machine->console().tail(), testing::Not(HasSubstr("error")));
}

TEST(MachineBoot, BootsTheDiskWhereTheKernelIsGone) {
  MAKE_GUEST(image, {});
  image->spec.direct_boot->kernel = "/nowhere/kernel.img";
  auto machine = Machine::start(image->spec, emulated());
  ASSERT_TRUE(machine) << text_of(machine.error());
  EXPECT_EQ(machine->plan().summary(), "q35, tcg, booted from the disk");
  auto ready = machine->wait_ready();
  ASSERT_TRUE(ready) << text_of(ready.error());
  EXPECT_EQ(machine->request({}).value().body, "hello\n");
  EXPECT_EQ(to_text(machine->stop()), "exited with status 0");
}

TEST(MachineBoot, LittleMemoryMeansQ35) {
  MAKE_GUEST(image, {});
  StartOptions options = emulated();
  options.memory_bytes = 32 * kMiB;
  auto machine = Machine::start(image->spec, options);
  ASSERT_TRUE(machine) << text_of(machine.error());
  EXPECT_EQ(machine->plan().summary(), "q35, tcg, kernel loaded directly");
  auto ready = machine->wait_ready();
  ASSERT_TRUE(ready) << text_of(ready.error());
  EXPECT_EQ(machine->request({}).value().body, "hello\n");
  EXPECT_EQ(to_text(machine->stop()), "exited with status 0");
}

TEST(MachineBoot, MicrovmServesWithTheLeastMemoryItIsChosenFor) {
  MAKE_GUEST(image, {});
  StartOptions options = emulated();
  options.memory_bytes = 96 * kMiB;
  options.vcpus = 2;
  auto machine = Machine::start(image->spec, options);
  ASSERT_TRUE(machine) << text_of(machine.error());
  EXPECT_EQ(machine->plan().summary(), "microvm, tcg, kernel loaded directly");
  auto ready = machine->wait_ready();
  ASSERT_TRUE(ready) << text_of(ready.error());
  EXPECT_EQ(machine->request({}).value().body, "hello\n");
}

TEST(MachineBoot, ReadyWithoutAWordOnTheConsole) {
  MAKE_GUEST(image, {.arguments = {"quiet"}});
  for (const char* path : {"/health/readiness", ""}) {
    SCOPED_TRACE(path);
    image->spec.ready_path = path;
    auto machine = Machine::start(image->spec, emulated());
    ASSERT_TRUE(machine);
    auto ready = machine->wait_ready();
    ASSERT_TRUE(ready) << text_of(ready.error());
    EXPECT_EQ(machine->phases().listening, std::nullopt);
    EXPECT_EQ(machine->request({}).value().body, "hello\n");
  }
}

TEST(MachineBoot, AFloodIsBoundedAndItsEndIsSeen) {
  MAKE_GUEST(image, {.arguments = {"flood"}});
  std::size_t lines = 0, bytes = 0;
  StartOptions options = emulated();
  options.on_console = [&](const ConsoleLine& line) {
    lines += line.source == ConsoleLine::Source::Program && line.complete;
    bytes += line.text.size();
  };
  auto machine = Machine::start(image->spec, options);
  ASSERT_TRUE(machine);
  auto exit = machine->wait();
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->code, 7);
  EXPECT_EQ(lines, 30001u);
  EXPECT_GT(bytes, 1'000'000u);
  EXPECT_LE(machine->console().tail().size(), GuestConsole::kDefaultTailBytes);
  EXPECT_THAT(machine->console().last_lines(2), Contains("the last line"));
}

TEST(MachineBoot, BytesPassThroughUntouched) {
  MAKE_GUEST(image, {.arguments = {"binary"}});
  std::string text;
  StartOptions options = emulated();
  options.on_console = [&](const ConsoleLine& line) {
    if (line.source == ConsoleLine::Source::Kernel) return;
    text += line.text;
    if (line.complete) text += '\n';
  };
  auto machine = Machine::start(image->spec, options);
  ASSERT_TRUE(machine);
  auto ready = machine->wait_ready();
  ASSERT_TRUE(ready) << text_of(ready.error());
  machine->stop();
  EXPECT_THAT(text, testing::StartsWith(std::string("\x1b]0;owned\a\x1b[2J\0\xff\xfe\x9b"
                                                    "31m\n",
                                                    22)));
  EXPECT_THAT(text, HasSubstr("\n" + std::string(100000, 'x') + "\n{\"severity\""));
}

TEST(MachineBoot, RequestsThatGoWrong) {
  MAKE_GUEST(image, {});
  auto machine = Machine::start(image->spec, emulated());
  ASSERT_TRUE(machine);
  ASSERT_TRUE(machine->wait_ready());
  std::string url = machine->url();
  struct Case {
    const char *target, *code, *what;
    Fault fault = Fault::Guest;
    HttpLimits limits = {.timeout = 60s};
  };
  // The guest is not to wake up while anybody waits, however late that is looked at on a busy host.
  const Case cases[] = {
      {"/close", kNoConnection, "the connection was closed without an answer"},
      {"/garbage", kBadResponse, "the answer is not HTTP: it begins with 'what?^M^J^M^J'"},
      {"/cut", kBadResponse, "the answer is cut short: 5 of 99 bytes of its body came"},
      {"/echo",
       kBadResponse,
       "the answer's body has more than the allowed 10 bytes",
       Fault::Guest,
       {.timeout = 60s, .body_bytes = 10}},
      {"/sleep/3600000",
       kRequestTimedOut,
       "no answer within 1000 ms; meanwhile it was idle",
       Fault::Timeout,
       {.timeout = 1000ms}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.target);
    auto response = machine->request({.target = c.target}, c.limits);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, c.code);
    EXPECT_EQ(response.error().fault, c.fault);
    EXPECT_EQ(response.error().what, "GET " + url + c.target + ": " + c.what);
  }
}

/// Listens on a port of the loopback interface that the kernel has picked.
class TakenPort {
 public:
  TakenPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(socket_.get(), 1), 0);
    EXPECT_EQ(::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    number_ = ntohs(address.sin_port);
  }
  std::uint16_t number() const { return number_; }

 private:
  Fd socket_;
  std::uint16_t number_ = 0;
};

TEST(MachineBoot, ABusyPortIsNamed) {
  MAKE_GUEST(image, {});
  TakenPort taken;
  StartOptions options = emulated();
  options.ports = {{taken.number(), 8080}};
  auto machine = Machine::start(image->spec, options);
  ASSERT_FALSE(machine);
  EXPECT_EQ(text_of(machine.error()), "faasc: error: port " + std::to_string(taken.number()) +
                                          " of 127.0.0.1 cannot be used: Address already in use [FAASC0703]\n"
                                          "  hint: '-p 0:8080' takes any port that is free\n");
  EXPECT_EQ(machine.error().fault, Fault::Host);
}

TEST(MachineBoot, PortsAreWhereTheyWereAskedFor) {
  MAKE_GUEST(image, {});
  // Between the two somebody else may take it.
  std::uint16_t free_port = 0;
  auto start = [&] {
    free_port = TakenPort().number();
    StartOptions options = emulated();
    options.ports = {{free_port, 8080}, {0, 9090}};
    return Machine::start(image->spec, options);
  };
  auto machine = start();
  for (int i = 0; i < 10 && !machine && machine.error().code == kPortInUse; ++i) machine = start();
  ASSERT_TRUE(machine) << text_of(machine.error());
  EXPECT_EQ(machine->host_port(8080), free_port);
  EXPECT_NE(machine->host_port(9090), 0);
  EXPECT_NE(machine->host_port(9090), free_port);
  EXPECT_EQ(machine->host_port(1), 0);
  ASSERT_TRUE(machine->wait_ready());
  EXPECT_EQ(machine->request({}).value().status, 200);
}

TEST(MachineBoot, OneImageRunsTwiceAtOnce) {
  MAKE_GUEST(image, {});
  auto first = Machine::start(image->spec, emulated());
  auto second = Machine::start(image->spec, emulated());
  ASSERT_TRUE(first && second);
  ASSERT_TRUE(first->wait_ready());
  ASSERT_TRUE(second->wait_ready());
  EXPECT_NE(first->url(), second->url());
  EXPECT_EQ(first->request({}).value().status, 200);
  EXPECT_EQ(second->request({}).value().status, 200);
}

TEST(MachineBoot, WhatThisHostLacksIsTold) {
  MAKE_GUEST(image, {});
  StartOptions options = emulated();
  options.qemu = "qemu-of-nowhere";
  EXPECT_EQ(text_of(Machine::start(image->spec, options).error()),
            "faasc: error: QEMU is not installed: there is no 'qemu-of-nowhere' in PATH [FAASC0701]\n"
            "  hint: sudo apt install qemu-system-x86\n");
  VmSpec spec = image->spec;
  spec.disks[0].path = "/nowhere/guest.img";
  EXPECT_EQ(Machine::start(spec, emulated()).error().what,
            "cannot open '/nowhere/guest.img': No such file or directory");
  spec = image->spec;
  spec.disks[0].format = "qcow2";
  auto refused = Machine::start(spec, emulated());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, kQemuRefused);
  EXPECT_EQ(refused.error().fault, Fault::Host);
  EXPECT_THAT(refused.error().what, HasSubstr("QEMU would not run the machine: "));
  EXPECT_THAT(refused.error().what, HasSubstr("Image is not in qcow2 format"));
}

TEST(MachineBoot, AQemuWithoutASandboxWillDo) {
  MAKE_GUEST(image, {});
  // The real QEMU, behind a program that knows "-sandbox" as little as one that was built without seccomp.
  auto wrapper = image->directory() / "qemu";
  ASSERT_TRUE(
      write_file(wrapper,
                 "#!/bin/sh\n"
                 "case \" $* \" in *' -sandbox '*)\n"
                 "  echo 'qemu-system-x86_64: -sandbox on: sandbox support is not enabled in this QEMU' >&2\n"
                 "  exit 1;; esac\n"
                 "exec qemu-system-x86_64 \"$@\"\n",
                 0755));
  std::vector<std::string> notes;
  StartOptions options = emulated();
  options.qemu = wrapper.string();
  options.on_note = [&](const std::string& note) { notes.push_back(note); };
  auto machine = Machine::start(image->spec, options);
  ASSERT_TRUE(machine) << text_of(machine.error());
  EXPECT_THAT(notes, Contains("this QEMU has no sandbox; starting it without"));
  auto ready = machine->wait_ready();
  ASSERT_TRUE(ready) << text_of(ready.error());
}

TEST(MachineBoot, KvmThatWasAskedForIsUsedOrRefused) {
  if (probe_kvm().usable) GTEST_SKIP() << "KVM can be used here";
  MAKE_GUEST(image, {});
  StartOptions options;
  options.boot.accelerator = AcceleratorChoice::Kvm;
  auto machine = Machine::start(image->spec, options);
  ASSERT_FALSE(machine);
  EXPECT_EQ(machine.error().fault, Fault::Host);
  EXPECT_EQ(machine.error().code, kKvmUnusable);
  EXPECT_THAT(machine.error().what, testing::StartsWith("KVM cannot be used here: "));
  options.boot.accelerator = AcceleratorChoice::Auto;
  machine = Machine::start(image->spec, options);
  ASSERT_TRUE(machine);
  EXPECT_EQ(machine->plan().accelerator, Accelerator::Tcg);
}

TEST(MachineBoot, AKvmThatFailsQemuIsGivenUp) {
  MAKE_GUEST(image, {});
  // The real QEMU, behind a program under which KVM does not work, whatever the probe has found.
  auto wrapper = image->directory() / "qemu";
  ASSERT_TRUE(write_file(wrapper,
                         "#!/bin/sh\n"
                         "case \" $* \" in *' -accel kvm '*)\n"
                         "  echo 'qemu-system-x86_64: error: failed to set MSR 0x10a to 0x69' >&2\n"
                         "  kill -ABRT $$;; esac\n"
                         "exec qemu-system-x86_64 \"$@\"\n",
                         0755));
  std::vector<std::string> notes;
  StartOptions options;
  options.kvm = KvmVerdict{true, "runs 4000 million instructions per second", ""};
  options.qemu = wrapper.string();
  options.on_note = [&](const std::string& note) { notes.push_back(note); };
  auto machine = Machine::start(image->spec, options);
  ASSERT_TRUE(machine) << text_of(machine.error());
  EXPECT_THAT(
      notes,
      Contains("tcg: KVM cannot be used: QEMU would not run the machine: error: failed to set MSR 0x10a "
               "to 0x69"));
  auto ready = machine->wait_ready();
  ASSERT_TRUE(ready) << text_of(ready.error());

  options.boot.accelerator = AcceleratorChoice::Kvm;
  auto refused = Machine::start(image->spec, options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what, "QEMU would not run the machine: error: failed to set MSR 0x10a to 0x69");
}

TEST(MachineBoot, SmokeTests) {
  MAKE_GUEST(image, {});
  auto add = [&](SmokeTest test) { image->spec.tests.push_back(std::move(test)); };
  add({.name = "hello", .status = 200, .expected_body = "hello\n"});
  add({.name = "json",
       .method = "PUT",
       .path = "/echo",
       .body = "x",
       .expected_headers = {{"Content-Type", "application/json"}},
       .expected_body_json = R"({"method": "PUT", "list": [1, {}]})",
       .expected_body_regex = R"("body":"x")"});
  add({.name = "log", .path = "/log/some-text", .expected_log_regex = "^some-[a-z]+$"});
  add({.name = "wrong",
       .path = "/echo",
       .status = 201,
       .expected_headers = {{"x-a", "1"}, {"content-type", "text/plain"}},
       .expected_body_json = R"({"list": [1, {"a": 2}]})",
       .expected_body_regex = "^nothing$",
       .expected_log_regex = "never"});
  add({.name = "crash", .path = "/signal/11"});
  add({.name = "after the crash", .status = 200});
  add({.name = "bad", .expected_body_regex = "("});

  TestRunOptions options;
  options.start = emulated();
  auto report = run_smoke_tests(image->spec, options);
  ASSERT_TRUE(report) << text_of(report.error());
  using Outcome = TestResult::Outcome;
  std::vector<std::pair<std::string, Outcome>> outcomes;
  for (const TestResult& result : report->results) outcomes.emplace_back(result.name, result.outcome);
  EXPECT_THAT(outcomes,
              ElementsAre(std::pair{"ready", Outcome::Passed}, std::pair{"hello", Outcome::Passed},
                          std::pair{"json", Outcome::Passed}, std::pair{"log", Outcome::Passed},
                          std::pair{"wrong", Outcome::Failed}, std::pair{"crash", Outcome::Broken},
                          std::pair{"after the crash", Outcome::Passed}, std::pair{"bad", Outcome::Broken}));
  EXPECT_EQ(report->exit_status(), 4);
  std::string text;
  // What its addresses are Nanos says when it has them.
  const std::regex address(R"('\[[^']*\] en1: assigned [^']*')");
  for (Finding finding : report->results[4].findings) {
    finding.found = std::regex_replace(finding.found, address, "nothing printed");
    text += finding.what + "|" + finding.expected + "|" + finding.found + "\n";
  }
  EXPECT_EQ(text,
            "status|201|200\n"
            "header 'x-a'|'1'|no such header\n"
            "header 'content-type'|'text/plain'|'application/json'\n"
            "body at /list/1/a|2|null\n"
            "body|text with "
            "'^nothing$'|'{\"method\":\"GET\",\"path\":\"/echo\",\"body\":\"\",\"list\":[1,{\"a\":null}]}'\n"
            "log|a line with 'never'|nothing printed\n");
  EXPECT_EQ(report->results[5].error->what,
            "the guest was ended by signal 11 (SIGSEGV): it followed a null pointer");
  EXPECT_THAT(report->results[5].error->during,
              ElementsAre("asking for GET /signal/11", "running test 'crash'"));
  EXPECT_THAT(report->results[7].error->what, HasSubstr("'(' is not a regular expression: "));
  EXPECT_THAT(report->results[3].console, HasSubstr("some-text\n"));

  options.filter = "hello";
  report = run_smoke_tests(image->spec, options);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->exit_status(), 0);
  EXPECT_EQ(report->results.size(), 2u);
}

TEST(MachineBoot, SmokeTestsOfAGuestThatDoesNotStart) {
  MAKE_GUEST(image, {.arguments = {"exit", "3"}});
  image->spec.tests = {{.name = "hello"}};
  TestRunOptions options;
  options.start = emulated();
  auto report = run_smoke_tests(image->spec, options);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->results.size(), 2u);
  EXPECT_EQ(report->results[0].error->what, "the guest exited with status 3");
  EXPECT_EQ(report->results[1].outcome, TestResult::Outcome::Skipped);
  EXPECT_EQ(report->results[1].error->what, "not run, because the guest did not get ready");
  EXPECT_EQ(report->exit_status(), 5);
  options.start.qemu = "qemu-of-nowhere";
  EXPECT_EQ(run_smoke_tests(image->spec, options)->exit_status(), 6);
  options.skip_without_vm = true;
  EXPECT_EQ(run_smoke_tests(image->spec, options)->exit_status(), 77);
}

TEST(MachineBoot, SmokeTestsTellAboutAGuestThatDoesNotStop) {
  MAKE_GUEST(image, {.arguments = {"stubborn"}});
  image->spec.grace_period = 1ms;
  TestRunOptions options;
  options.start = emulated();
  auto report = run_smoke_tests(image->spec, options);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->results.size(), 2u);
  EXPECT_EQ(report->results[1].name, "stop");
  EXPECT_EQ(report->exit_status(), 7);
}

}  // namespace
}  // namespace faasc
