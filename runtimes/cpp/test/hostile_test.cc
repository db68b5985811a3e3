// Clients that mean no good: whatever they do, the server goes on serving others, and its memory is bounded.

#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <sys/resource.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "test/client.h"
#include "test/elapsed.h"
#include "test/server_process.h"

namespace faasc::rt {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kMeasures = false;  // the sanitizer's own memory is more than the server's
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool kMeasures = false;
#else
constexpr bool kMeasures = true;
#endif
#else
constexpr bool kMeasures = true;
#endif

/// A line of /proc/<pid>/status, as a number: KiB for memory.
long status_of(ServerProcess const& server, char const* name) {
  long value = -1;
  if (FILE* const file = std::fopen(("/proc/" + std::to_string(server.pid()) + "/status").c_str(), "r")) {
    char line[256];
    std::string const key = std::string(name) + ":";
    while (std::fgets(line, sizeof line, file) != nullptr) {
      if (key.compare(0, key.size(), line, key.size()) == 0) value = std::atol(line + key.size());
    }
    std::fclose(file);
  }
  return value;
}

/// How far the memory that the server has held at most has grown since this was made.
class Growth {
 public:
  explicit Growth(ServerProcess const& server) : server_(server), before_(status_of(server, "VmHWM")) {}
  void expect_below_mib(long limit) const {
    long const grown = (status_of(server_, "VmHWM") - before_) / 1024;
    ::testing::Test::RecordProperty("grown_mib", static_cast<int>(grown));
    if (kMeasures) {
      EXPECT_LE(grown, limit) << "MiB";
    }
  }

 private:
  ServerProcess const& server_;
  long const before_;
};

using Clients = std::vector<std::unique_ptr<Client>>;

/// The server answers somebody else, and soon.
void expect_service(ServerProcess const& server) {
  auto const start = Clock::now();
  EXPECT_EQ(exchange(server.port(), get("/sleep/0")).body, "slept");
  EXPECT_LT(milliseconds_since(start), 5000);
}

std::string const kChunked = "POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n";

TEST(Hostile, TenThousandConnectionsMayBeIdle) {
  constexpr rlim_t kCount = 10'000;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max < kCount + 100)
    GTEST_SKIP() << "only " << limit.rlim_max << " descriptors are allowed here";
  rlimit const raised{kCount + 100, limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &raised), 0);
  ServerProcess server;
  expect_service(server);
  Growth const growth(server);
  Clients clients;
  for (rlim_t i = 0; i < kCount; ++i) {
    clients.push_back(std::make_unique<Client>(server.port()));
    ASSERT_TRUE(clients.back()->connected()) << i;
    // Every other one is used once.
    if (i % 2 == 0) {
      ASSERT_TRUE(clients.back()->send(get("/sleep/0")));
    }
  }
  for (rlim_t i = 0; i < kCount; i += 2) ASSERT_EQ(clients[i]->receive().body, "slept") << i;
  EXPECT_LE(status_of(server, "Threads"), 16) << "idle connections cost no thread";
  growth.expect_below_mib(12);
  EXPECT_EQ(exchange(server.port(), get("/health/readiness")).body, "READY");
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(), "exit 0");
  EXPECT_TRUE(clients.back()->closes_within(1000));
}

TEST(Hostile, WhoDribblesIsToldToGo) {
  ServerProcess server({"FAASC_READ_TIMEOUT=400ms"});
  expect_service(server);
  Growth const growth(server);
  std::string const beginnings[] = {
      "GET / HTTP/1.1\r\nX-Slow: ",
      "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1000000\r\n\r\n",
      kChunked,
      kChunked + "400;",
  };
  Clients clients;
  for (int i = 0; i < 400; ++i) {
    clients.push_back(std::make_unique<Client>(server.port()));
    clients.back()->send(beginnings[i % 4]);
  }
  auto const start = Clock::now();
  while (milliseconds_since(start) < 1200) {
    for (auto& client : clients) client->send("1");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    expect_service(server);
  }
  // A lone digit is no chunk, but that takes its line's end to know.
  for (auto& client : clients) EXPECT_EQ(client->receive().status, 408);
  growth.expect_below_mib(12);
}

TEST(Hostile, WhoHardlyReadsIsLeft) {
  ServerProcess server({"FAASC_READ_TIMEOUT=400ms", "FAASC_CLIENT_MEMORY=16777216", "FAASC_CONCURRENCY=20"});
  expect_service(server);
  Growth const growth(server);
  Clients clients;
  for (int i = 0; i < 60; ++i) {
    clients.push_back(std::make_unique<Client>(server.port()));
    clients.back()->send(get("/big/5000000"));
    if (i % 10 == 9) expect_service(server);
  }
  // The function's own copies come on top: one per call.
  growth.expect_below_mib(16 + 20 * 5 + 8);
  expect_service(server);
  std::this_thread::sleep_for(std::chrono::milliseconds(900));
  std::string const left = clients.front()->receive_all();
  EXPECT_LT(left.size(), 5'000'000u);
  EXPECT_EQ(exchange(server.port(), get("/big/5000000")).body.size(), 5'000'000u);
}

TEST(Hostile, BodiesOfAllClientsTogetherAreBounded) {
  ServerProcess server({"FAASC_CLIENT_MEMORY=16777216"});
  expect_service(server);
  Growth const growth(server);
  std::string const piece =
      "POST /hash HTTP/1.1\r\nHost: test\r\nContent-Length: 6000000\r\n\r\n" + std::string(5 << 20, 'x');
  Clients clients;
  int refused = 0;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(std::make_unique<Client>(server.port()));
    static_cast<void>(clients.back()->send(piece));
    if (clients.back()->has_input_within(i < 3 ? 0 : 200)) {
      Response const response = clients.back()->receive();
      EXPECT_EQ(response.status, 429);
      EXPECT_EQ(response.header("retry-after"), "1");
      EXPECT_EQ(response.body, "too many bytes of requests at the same time");
      ++refused;
      clients.pop_back();
    }
  }
  EXPECT_GE(refused, 36) << "two or three of them fit";
  expect_service(server);
  growth.expect_below_mib(28);
  clients.clear();
  EXPECT_EQ(exchange(server.port(), post("/hash", std::string(6 << 20, 'x'))).body.substr(0, 8), "6291456 ");
}

TEST(Hostile, HeadersOfAllClientsTogetherAreBounded) {
  ServerProcess server({"FAASC_CLIENT_MEMORY=16777216"});
  expect_service(server);
  Growth const growth(server);
  std::string const start = "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n";
  std::string many = start, few = start;
  while (many.size() < 1'000'000) many += "a:\r\n";
  while (few.size() < 1'000'000) few += "X-Name: " + std::string(600, 'x') + "\r\n";
  Client refused(server.port());
  refused.send(many + "\r\n");
  Response const response = refused.receive();
  EXPECT_EQ(response.status, 431);
  EXPECT_EQ(response.body, "more than 2000 header fields");
  Clients clients;
  for (int i = 0; i < 90; ++i) {
    clients.push_back(std::make_unique<Client>(server.port()));
    // Without their end, with it, and too many.
    static_cast<void>(clients.back()->send(i % 3 == 0 ? few : (i % 3 == 1 ? few : many) + "\r\n"));
  }
  expect_service(server);
  growth.expect_below_mib(16 + 12);
}

TEST(Hostile, AGigabyteIsNotRead) {
  ServerProcess server;
  expect_service(server);
  Growth const growth(server);
  Client announced(server.port());
  announced.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1073741824\r\n\r\n");
  EXPECT_EQ(announced.receive().status, 413);
  for (std::string const& beginning :
       {kChunked, std::string("GET /"), std::string("POST / HTTP/1.1\r\nX: ")}) {
    Client client(server.port());
    std::string piece = std::string(1 << 20, 'x');
    if (beginning == kChunked) piece = "100000\r\n" + piece + "\r\n";
    client.send(beginning);
    int pieces = 0;
    while (pieces < 1024 && client.send(piece)) ++pieces;
    EXPECT_LT(pieces, 100) << beginning;
  }
  expect_service(server);
  growth.expect_below_mib(20);
}

TEST(Hostile, WhatIsNoRequestIsRefusedHoweverOften) {
  ServerProcess server;
  expect_service(server);
  std::string const valid = post("/hash?a=b", "body", "X-Header: value\r\nTransfer-Encoding: chunked\r\n") +
                            get("/%FF\xff") + kChunked + "4\r\nbody\r\n0\r\n\r\n";
  std::mt19937 random(1);
  Growth const growth(server);
  for (int i = 0; i < 1500; ++i) {
    std::string bytes = valid.substr(0, 1 + random() % valid.size());
    for (unsigned changes = random() % 4; changes > 0; --changes)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    Client client(server.port());
    client.send(bytes);
    if (i % 3 == 0) client.finish_sending();
  }
  expect_service(server);
  growth.expect_below_mib(8);
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(), "exit 0");
}

TEST(Hostile, JsonThatNeedsTooMuchMemoryIsRefused) {
  ServerProcess server({"FUNCTION_TARGET=event", "FAASC_CLIENT_MEMORY=33554432"});
  std::string const type = "Content-Type: application/cloudevents+json\r\n";
  auto const wide = [&](std::size_t size) {
    std::string text = R"({"id":"1","source":"s","type":"t","data":[[])";
    while (text.size() < size - 16) text += ",[]";
    return post("/", text + "]}", type);
  };
  EXPECT_EQ(exchange(server.port(), post("/", "{}", type)).status, 400);
  Growth const growth(server);
  Response const response = exchange(server.port(), wide(6 << 20));
  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(response.body, "a body whose values need too much memory");
  growth.expect_below_mib(20);
  // Alone it may have more than the budget.
  EXPECT_EQ(exchange(server.port(), wide(3 << 19)).status, 200);
  Clients clients;
  for (int i = 0; i < 12; ++i) {
    clients.push_back(std::make_unique<Client>(server.port()));
    clients.back()->send(wide(3 << 19));
  }
  for (auto& client : clients) {
    int const status = client->receive().status;
    EXPECT_TRUE(status == 200 || status == 429) << status;
  }
  growth.expect_below_mib(100);
}

TEST(Hostile, DeepAndWideJsonIsBounded) {
  ServerProcess server({"FUNCTION_TARGET=event"});
  auto const event = [&](std::string const& body) {
    return exchange(server.port(), post("/", body, "Content-Type: application/cloudevents+json\r\n"));
  };
  EXPECT_EQ(event("{}").status, 400);
  Growth const growth(server);
  EXPECT_EQ(event(std::string(6 << 20, '[')).status, 400);
  EXPECT_EQ(event(std::string(6 << 20, '{')).status, 400);
  growth.expect_below_mib(24);
  std::string wide = R"({"id":"1","source":"s","type":"t","data":[[])";
  while (wide.size() < (6u << 20) - 16) wide += ",[]";
  EXPECT_EQ(event(wide + "]}").status, 200);
  growth.expect_below_mib(200);
  EXPECT_EQ(event("{}").status, 400);
}

}  // namespace
}  // namespace faasc::rt
