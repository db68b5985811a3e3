// How many calls run at once, how long one may take, and how the server ends: a process, driven with raw
// sockets.

#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "test/client.h"
#include "test/elapsed.h"
#include "test/server_process.h"

namespace faasc::rt {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

// --- Many calls, long calls ---

TEST(Concurrency, CallsRunAtTheSameTime) {
  ServerProcess server;
  auto const start = Clock::now();
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(std::make_unique<Client>(server.port()));
    clients.back()->send(get("/sleep/400"));
  }
  for (auto& client : clients) EXPECT_EQ(client->receive().body, "slept");
  EXPECT_LT(milliseconds_since(start), 4000) << "one after the other they take 16 seconds";
}

TEST(Concurrency, OneLongCallAmongShortOnesHoldsUpNobody) {
  ServerProcess server;
  Client quick(server.port());
  Client slow(server.port());
  for (int round = 0; round < 2; ++round) {
    auto const start = Clock::now();
    slow.send(get("/sleep/1000"));
    // More than it takes to be sure again that calls are short.
    for (int i = 0; i < 100; ++i) {
      quick.send(get("/sleep/0"));
      ASSERT_EQ(quick.receive().body, "slept");
    }
    EXPECT_FALSE(slow.has_input_within(0)) << "after " << milliseconds_since(start) << " ms";
    EXPECT_EQ(slow.receive().body, "slept");
  }
}

TEST(Concurrency, OverTheLimitIsRefusedAtOnce) {
  ServerProcess server({"FAASC_CONCURRENCY=2"});
  Client one(server.port());
  Client two(server.port());
  one.send(get("/sleep/1500"));
  two.send(get("/sleep/1500"));
  sleep_ms(200);
  Client three(server.port());
  three.send(get("/sleep/0"));
  Response const refused = three.receive();
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("retry-after"), "1");
  EXPECT_EQ(exchange(server.port(), get("/health/liveness")).body, "ALIVE") << "health is always answered";
  EXPECT_EQ(one.receive().body, "slept");
  EXPECT_EQ(two.receive().body, "slept");
  three.send(get("/sleep/0"));
  EXPECT_EQ(three.receive().body, "slept") << "on the same connection";
}

TEST(Timeout, EndsTheWaitButNotTheServer) {
  ServerProcess server({"FAASC_TIMEOUT=1s", "FAASC_CONCURRENCY=1"});
  Client client(server.port());
  auto const start = Clock::now();
  client.send(get("/sleep/1600"));
  Response const response = client.receive();
  EXPECT_EQ(response.status, 504);
  EXPECT_EQ(response.body, "Task timed out after 1.00 seconds");
  EXPECT_EQ(response.header("connection"), "close");
  EXPECT_GE(milliseconds_since(start), 990);
  EXPECT_TRUE(server.err_contains("Task timed out after 1.00 seconds"));
  EXPECT_EQ(exchange(server.port(), get("/sleep/0")).status, 429) << "the call still has its place";
  EXPECT_EQ(exchange(server.port(), get("/_/ready")).body, "TIMED OUT");
  int status = 429;
  while (status == 429 && milliseconds_since(start) < 20'000) {
    sleep_ms(100);
    status = exchange(server.port(), get("/sleep/0")).status;
  }
  EXPECT_EQ(status, 200);
  EXPECT_GE(milliseconds_since(start), 1590);
  EXPECT_EQ(exchange(server.port(), get("/_/ready")).body, "READY");
}

TEST(Timeout, OfEveryCallThatDoesNotEndEndsTheProcess) {
  ServerProcess server({"FAASC_TIMEOUT=300ms", "FAASC_CONCURRENCY=2"});
  Client one(server.port());
  one.send(get("/sleep/60000"));
  EXPECT_EQ(one.receive().status, 504);
  // One of two is not all.
  sleep_ms(500);
  EXPECT_EQ(exchange(server.port(), get("/sleep/0")).status, 200);
  EXPECT_EQ(exchange(server.port(), get("/_/ready")).status, 200);
  Client other(server.port());
  other.send(get("/sleep/60000"));
  EXPECT_EQ(other.receive().status, 504);
  EXPECT_EQ(exchange(server.port(), get("/_/ready")).status, 503);
  EXPECT_EQ(exchange(server.port(), get("/sleep/0")).status, 429);
  EXPECT_EQ(server.wait(), "exit 1");
  EXPECT_THAT(
      server.err(),
      HasSubstr(
          R"({"severity":"CRITICAL","message":"every call that may run has timed out and does not end","calls":2,"logger":"faasc"})"));
}

TEST(Timeout, CountsForAPipelinedRequestToo) {
  ServerProcess server({"FAASC_TIMEOUT=300ms"});
  Client client(server.port());
  client.send(get("/sleep/0") + get("/sleep/5000"));
  EXPECT_EQ(client.receive().status, 200);
  auto const start = Clock::now();
  EXPECT_EQ(client.receive().status, 504);
  EXPECT_LT(milliseconds_since(start), 4000);
}

TEST(Load, ManyClientsAtOnceAllGetTheirOwnAnswers) {
  ServerProcess server;
  std::vector<std::future<int>> clients;
  for (int c = 0; c < 16; ++c) {
    clients.push_back(std::async(std::launch::async, [&server, c] {
      int wrong = 0;
      for (int round = 0; round < 10; ++round) {
        Client client(server.port());
        for (int i = 0; i < 20; ++i) {
          std::string const mark = std::to_string(c) + "-" + std::to_string(round) + "-" + std::to_string(i);
          client.send(post("/", mark));
          wrong += client.receive().body.find("[" + mark + "]") == std::string::npos;
        }
      }
      return wrong;
    }));
  }
  for (auto& client : clients) EXPECT_EQ(client.get(), 0);
}

// Some of each kind, more than one processor can do: lanes are opened, handed on, taken over and shared.
TEST(Load, OfCallsOfAnyLengthIsAnsweredAndEnds) {
  ServerProcess server;
  std::vector<std::future<int>> clients;
  for (int c = 0; c < 12; ++c) {
    clients.push_back(std::async(std::launch::async, [&server, c] {
      int wrong = 0;
      Client client(server.port());
      for (int i = 0; i < 400; ++i) {
        std::string const microseconds = std::to_string(c == 0 ? 2000 : i < 200 ? 60 : 250);
        client.send(get("/burn/" + microseconds));
        wrong += client.receive().body != "burnt " + microseconds;
      }
      return wrong;
    }));
  }
  for (auto& client : clients) EXPECT_EQ(client.get(), 0);
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(), "exit 0");
}

// --- Stopping ---

TEST(Stop, WhileIdleIsImmediate) {
  ServerProcess server;
  Client idle(server.port());
  idle.send(get("/sleep/0"));
  idle.receive();
  auto const start = Clock::now();
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(), "exit 0");
  EXPECT_LT(milliseconds_since(start), 1000);
  EXPECT_THAT(server.out(), ::testing::EndsWith("main returns\n"));
}

TEST(Stop, ByInterruptIsTheSame) {
  ServerProcess server;
  server.signal(SIGINT);
  EXPECT_EQ(server.wait(), "exit 0");
}

TEST(Stop, AnswersWhatHasBegunAndAcceptsNothingNew) {
  ServerProcess server;
  Client calling(server.port());
  Client reading(server.port());
  calling.send(get("/sleep/1500"));
  reading.send("GET /sleep/0 HTTP/1.1\r\nHost: ");
  sleep_ms(200);
  server.signal(SIGTERM);
  sleep_ms(200);
  EXPECT_FALSE(Client(server.port()).connected());
  reading.send("test\r\n\r\n");
  Response const read = reading.receive();
  EXPECT_EQ(read.body, "slept");
  EXPECT_EQ(read.header("connection"), "close");
  Response const called = calling.receive();
  EXPECT_EQ(called.body, "slept");
  EXPECT_EQ(called.header("connection"), "close");
  EXPECT_EQ(server.wait(), "exit 0");
  EXPECT_EQ(server.err(), "");
}

TEST(Stop, IsNotReadyMeanwhile) {
  ServerProcess server;
  Client probe(server.port());
  probe.send("GET /health/readiness HTTP/1.1\r\n");
  Client calling(server.port());
  calling.send(get("/sleep/1500"));
  sleep_ms(200);
  server.signal(SIGTERM);
  sleep_ms(100);
  probe.send("Host: test\r\n\r\n");
  Response const response = probe.receive();
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body, "STOPPING");
  EXPECT_EQ(calling.receive().body, "slept");
  EXPECT_EQ(server.wait(), "exit 0");
}

TEST(Stop, WaitsNoLongerThanTheGracePeriod) {
  ServerProcess server({"FAASC_GRACE_PERIOD=300ms"});
  Client calling(server.port());
  calling.send(get("/sleep/15000"));
  sleep_ms(200);
  auto const start = Clock::now();
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(), "exit 0");
  EXPECT_GE(milliseconds_since(start), 280);
  EXPECT_LT(milliseconds_since(start), 3000);
  EXPECT_EQ(
      server.err(),
      R"({"severity":"WARNING","message":"stopped before every request was answered","calls":1,"logger":"faasc"})"
      "\n");
}

TEST(Stop, ExitInTheFunctionEndsTheProcessWithItsStatus) {
  for (int const status : {0, 3, 42}) {
    ServerProcess server;
    Client other(server.port());
    other.send(get("/sleep/3000"));
    exchange(server.port(), get("/exit/" + std::to_string(status)));
    EXPECT_EQ(server.wait(), "exit " + std::to_string(status));
  }
}

TEST(Stop, ACrashLeavesALineAndItsSignal) {
  ServerProcess segfault;
  exchange(segfault.port(), get("/crash"));
  EXPECT_EQ(segfault.wait(), "signal 11");
  EXPECT_THAT(
      segfault.err(),
      MatchesRegex(
          R"(\{"severity":"CRITICAL","message":"crashed with SIGSEGV; called from( 0x[0-9a-f]+)+","logger":"faasc"\}
)"));
  ServerProcess aborted;
  exchange(aborted.port(), get("/abort"));
  EXPECT_EQ(aborted.wait(), "signal 6");
  EXPECT_THAT(aborted.err(), HasSubstr("crashed with SIGABRT; called from 0x"));
  ServerProcess uncaught;
  exchange(uncaught.port(), get("/uncaught"));
  EXPECT_EQ(uncaught.wait(), "signal 6");
  EXPECT_THAT(uncaught.err(), HasSubstr("what():  nobody sees me\n"));
  EXPECT_THAT(uncaught.err(), HasSubstr("crashed with SIGABRT; called from 0x"));
  ServerProcess wrong;
  exchange(wrong.port(), get("/wrong"));
  EXPECT_EQ(wrong.wait(), "signal 6");
  EXPECT_THAT(wrong.err(), MatchesRegex("rt_test_function: [^:]*test_function.cc:[0-9]+: [^\n]*handle[^\n]*: "
                                        "Assertion `target.empty\\(\\)' failed.\n.*SIGABRT.*\n"));
  ServerProcess overflowing;
  for (int i = 0; i < 2; ++i)
    exchange(overflowing.port(), get("/sleep/0"));  // on a thread of the crew's, too
  exchange(overflowing.port(), get("/overflow"));
  EXPECT_EQ(overflowing.wait(), "signal 11");
  EXPECT_THAT(overflowing.err(), HasSubstr("crashed with SIGSEGV; called from 0x"));
  ServerProcess in_text({"FAASC_LOG_FORMAT=text"});
  exchange(in_text.port(), get("/crash"));
  EXPECT_EQ(in_text.wait(), "signal 11");
  EXPECT_THAT(in_text.err(),
              MatchesRegex("CRITICAL faasc: crashed with SIGSEGV; called from( 0x[0-9a-f]+)+\n"));
}

#ifdef FAASC_TEST_LEAN
TEST(StaticProgram, HasWhatItAsksForThoughOthersDoNot) {
  ServerProcess program({}, {}, FAASC_TEST_LEAN);
  EXPECT_EQ(program.wait(), "signal 6");
  EXPECT_EQ(program.out(), "127.0.0.1\n127.0.0.1\n");
  EXPECT_EQ(program.err(),
            "terminate called after throwing an instance of 'St13runtime_error'\n"
            "  what():  nobody sees me\n");
}
#endif

}  // namespace
}  // namespace faasc::rt
