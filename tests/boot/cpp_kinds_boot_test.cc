// Every kind of C++ function, built by faasc as a user would, booted on each kernel family, asked the same
// table of requests, and stopped in the middle of one.

#include <future>
#include <memory>

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "compiler/driver/guest_process.h"
#include "launcher/machine.h"
#include "packager/kernels/kernel_store.h"
#include "packager/spec/vm_spec.h"
#include "runtimes/cpp/test/client.h"
#include "tests/boot/request_table.h"
#include "tests/system/faasc_run.h"

namespace faasc {
namespace {

using namespace std::chrono_literals;

// Guests are emulated, perhaps on a busy machine.
constexpr int kPatienceMs = 60'000;

std::string text_of(const Error& error) {
  return to_text(error, Color::Off);
}

std::string shortened(const std::string& text) {
  return text.size() <= 300 ? text : text.substr(0, 300) + "... (" + std::to_string(text.size()) + " bytes)";
}

void compare(const rt::Response& answer, const ExpectedAnswer& expected) {
  ASSERT_NE(answer.status, 0) << "no answer";
  EXPECT_EQ(answer.status, expected.status) << shortened(answer.body);
  if (expected.body_is_part) {
    EXPECT_NE(answer.body.find(expected.body), std::string::npos) << shortened(answer.body);
  } else {
    EXPECT_TRUE(answer.body == expected.body)
        << "is:     " << shortened(answer.body) << "\nshould: " << shortened(expected.body);
  }
  for (const auto& [name, value] : expected.headers) EXPECT_EQ(answer.header(name), value) << name;
  if (answer.status >= 200) EXPECT_NE(answer.header("function-execution-id"), "");
}

bool console_comes_to_hold(const Machine& machine, const std::string& text) {
  for (auto deadline = std::chrono::steady_clock::now() + 10s; std::chrono::steady_clock::now() < deadline;) {
    if (machine.console().tail().find(text) != std::string::npos) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

using Clients = std::vector<std::unique_ptr<rt::Client>>;

Clients send_each(int port, int count, const std::string& request) {
  Clients clients;
  for (int i = 0; i < count; ++i) {
    clients.push_back(std::make_unique<rt::Client>(port, kPatienceMs));
    EXPECT_TRUE(clients.back()->send(request));
  }
  // They were sent on connections of their own; what follows must not overtake them.
  std::this_thread::sleep_for(150ms);
  return clients;
}

void ask(Machine& machine, const RequestKind& kind, const RequestRow& row) {
  SCOPED_TRACE(row.name);
  int port = machine.host_port(8080);
  Clients busy;
  if (!row.while_busy.empty()) busy = send_each(port, kind.concurrency, row.while_busy);
  for (int tries = 0; row.waits && tries < 100; ++tries) {
    if (rt::exchange(port, row.steps[0].bytes).status != 429) break;
    std::this_thread::sleep_for(50ms);
  }
  rt::Client client(port, kPatienceMs);
  for (const RequestStep& step : row.steps) {
    // A server that refuses does not have to take all of it.
    static_cast<void>(client.send(step.bytes));
    for (const ExpectedAnswer& expected : step.answers)
      compare(client.receive(expected.bodiless ? rt::Client::Body::None : rt::Client::Body::Expected),
              expected);
  }
  if (row.closes) EXPECT_TRUE(client.closes_within(kPatienceMs));
  for (auto& other : busy) EXPECT_EQ(other->receive().status, 200);
  if (!row.console.empty())
    EXPECT_TRUE(console_comes_to_hold(machine, row.console)) << machine.console().tail();
}

/// Stopped while a call runs and a request is half sent: the one is answered, the other told.
void stop_in_the_middle(Machine& machine, const RequestKind& kind) {
  int port = machine.host_port(8080);
  rt::Client probe(port, kPatienceMs);
  probe.send("GET /health/readiness HTTP/1.1\r\nHost");
  Clients slow = send_each(port, 1, kind.slow_request);
  std::thread press([&] {
    // The guest hears of it long before the call is over; the rest of the request comes after it.
    std::this_thread::sleep_for(300ms);
    probe.send(": test\r\n\r\n");
    compare(probe.receive(), {.status = 503, .body = "STOPPING", .headers = {{"connection", "close"}}});
    compare(slow[0]->receive(), {.body = kind.slow_answer, .headers = {{"connection", "close"}}});
  });
  GuestExit exit = machine.stop();
  press.join();
  EXPECT_EQ(to_text(exit), "exited with status 0") << machine.console().tail();
}

void serve_all(const VmSpec& spec, const StartOptions& options, const RequestKind& kind) {
  auto machine = Machine::start(spec, options);
  ASSERT_TRUE(machine) << text_of(machine.error());
  auto ready = machine->wait_ready();
  ASSERT_TRUE(ready) << text_of(ready.error());
  for (const RequestRow& row : kind.rows) {
    ask(*machine, kind, row);
    // A guest that has gone would have every row wait.
    ASSERT_FALSE(testing::Test::HasFatalFailure() || machine->ended()) << row.name << "\n"
                                                                       << machine->console().tail();
  }
  stop_in_the_middle(*machine, kind);
}

class CppKinds : public testing::TestWithParam<std::string> {};

TEST_P(CppKinds, AnswerTheSameOnEveryKernel) {
  std::vector<RequestKind> kinds = request_kinds();
  const RequestKind& kind =
      *std::find_if(kinds.begin(), kinds.end(), [](auto& k) { return k.name == GetParam(); });
  if (!has_qemu()) GTEST_SKIP() << "QEMU is not installed";
  ProjectRun project;
  for (const std::string& file : kind.files) {
    std::filesystem::path source(FAASC_SOURCE_DIR "/tests/boot/kinds/" + file);
    project.write(source.filename().string(), read_file(source).value());
  }
  std::string missing;
  for (KernelFamily family : {KernelFamily::Nanos, KernelFamily::Linux}) {
    std::string name(name_of(family));
    SCOPED_TRACE(name);
    if (!has_kernel(family)) {
      missing += "no " + name + " kernel in the store ";
      continue;
    }
    Finished built = project.faasc({"build", "-q", "--kernel", name});
    ASSERT_EQ(built.status.code, 0) << built.err;
    auto store = KernelStore::open();
    ASSERT_TRUE(store);
    auto spec = read_vm_spec(project.at("build/" + kind.name + ".vm.json"), store->root());
    ASSERT_TRUE(spec) << text_of(spec.error());
    StartOptions options;
    options.boot.accelerator = AcceleratorChoice::Tcg;
    serve_all(*spec, options, kind);
    if (HasFatalFailure() || !find_program("bwrap")) continue;
    SCOPED_TRACE("as a process");
    auto program = guest_program_of(*spec);
    ASSERT_TRUE(program) << text_of(program.error());
    options.process = ProcessChoice{.program = std::move(*program),
                                    .sandbox_program = FAASC_PREFIX "/libexec/faasc/faasc-sandbox"};
    serve_all(*spec, options, kind);
  }
  if (!missing.empty()) GTEST_SKIP() << missing;
}

INSTANTIATE_TEST_SUITE_P(, CppKinds, testing::Values("http", "server", "cloudevent", "lambda", "typed"),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace faasc
