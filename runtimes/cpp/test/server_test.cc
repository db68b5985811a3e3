// Drives a server process with raw sockets.

#include <memory>
#include <string>
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
using ::testing::StartsWith;

// --- Starting ---

TEST(Start, SaysOnceWhereItListens) {
  ServerProcess server;
  exchange(server.port(), get("/"));
  EXPECT_EQ(server.out(), "{\"severity\":\"INFO\",\"message\":\"listening\",\"port\":" +
                              std::to_string(server.port()) + ",\"logger\":\"faasc\"}\n");
  EXPECT_EQ(server.err(), "");
}

TEST(Start, SaysSoInTextWhenAskedTo) {
  ServerProcess server({"FAASC_LOG_FORMAT=text"});
  EXPECT_EQ(server.out(), "INFO faasc: listening port=" + std::to_string(server.port()) + "\n");
}

TEST(Start, ListensOnlyWhenTheFunctionIsReady) {
  auto const start = Clock::now();
  ServerProcess server({"TEST_INIT_MS=300"});
  EXPECT_GE(milliseconds_since(start), 300);
  EXPECT_EQ(exchange(server.port(), get("/health/readiness")).status, 200);
}

struct StartRefusal {
  std::vector<std::string> environment;
  std::vector<std::string> arguments;
  std::string message;
};

TEST(Start, RefusesWithOneLine) {
  StartRefusal const cases[] = {
      {{"TEST_INIT_THROWS=1"}, {}, "the function could not be set up: no database"},
      {{"FUNCTION_TARGET=nobody"}, {}, "there is no function 'nobody' to serve"},
      {{}, {"--target=nobody"}, "there is no function 'nobody' to serve"},
      {{"FAASC_CONCURRENCY=0"}, {}, "FAASC_CONCURRENCY is '0', but must be a number from 1 to 1000"},
      {{}, {"--port=x"}, "--port is 'x', but must be a number from 0 to 65535"},
      {{},
       {"--workers=4"},
       "unknown argument '--workers=4'; there are --port, --address, --target, --signature-type and --help"},
  };
  for (StartRefusal const& c : cases) {
    SCOPED_TRACE(c.message);
    ServerProcess server(c.environment, c.arguments);
    EXPECT_EQ(server.wait(), "exit 1");
    EXPECT_EQ(server.out(), "main returns\n");
    EXPECT_EQ(server.err(),
              R"({"severity":"CRITICAL","message":")" + c.message + "\",\"logger\":\"faasc\"}\n");
  }
}

TEST(Start, RefusesATakenPort) {
  ServerProcess first;
  std::string const port = std::to_string(first.port());
  ServerProcess second({}, {"--port", port});
  EXPECT_EQ(second.wait(), "exit 1");
  EXPECT_EQ(second.err(), R"({"severity":"CRITICAL","message":"cannot bind to 0.0.0.0:)" + port +
                              ": Address already in use\",\"logger\":\"faasc\"}\n");
}

TEST(Start, RunOfTheFrameworkServesToo) {
  ServerProcess server({"TEST_RUN=1"},
                       {"--signature-type", "http", "--target=anything", "--address=127.0.0.1"});
  EXPECT_EQ(exchange(server.port(), get("/sleep/0")).body, "slept");
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(), "exit 0");
}

// --- One request ---

TEST(Request, ReachesTheFunctionAsItWasSent) {
  ServerProcess server;
  Response const response =
      exchange(server.port(), post("/a/b?c=%20d", "body\n", "X-Thing: 1\r\nx-thing: 2\r\n"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.reason, "OK");
  EXPECT_EQ(response.header("content-type"), "text/plain");
  EXPECT_EQ(response.header("connection"), "(none)");
  EXPECT_EQ(response.body,
            "POST /a/b?c=%20d 1.1\nContent-Length=5\nHost=test\nX-Thing=1\nx-thing=2\n[body\n]");
}

TEST(Request, MayUseAnyMethod) {
  ServerProcess server;
  for (std::string const method : {"DELETE", "PATCH", "OPTIONS", "PROPFIND", "BREW", "PUT"}) {
    Response const response = exchange(server.port(), method + " / HTTP/1.1\r\nHost: test\r\n\r\n");
    EXPECT_EQ(response.body, method + " / 1.1\nHost=test\n[]");
  }
}

TEST(Request, ToHeadIsAnsweredWithoutTheBody) {
  ServerProcess server;
  Client client(server.port());
  client.send("HEAD /big/5000 HTTP/1.1\r\nHost: test\r\n\r\n" + get("/sleep/0"));
  Response const head = client.receive(Client::Body::None);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("content-length"), "5000");
  EXPECT_EQ(client.receive().body, "slept");
}

TEST(Request, MayComeInAnyPieces) {
  ServerProcess server;
  std::string const bytes = post("/pieces", "0123456789", "X-Folded: a\r\n");
  Client client(server.port());
  for (char const c : bytes) ASSERT_TRUE(client.send(std::string_view(&c, 1)));
  EXPECT_THAT(client.receive().body, HasSubstr("[0123456789]"));
  for (std::size_t cut = 1; cut < bytes.size(); cut += 7) {
    client.send(bytes.substr(0, cut));
    sleep_ms(2);
    client.send(bytes.substr(cut));
    EXPECT_THAT(client.receive().body, HasSubstr("[0123456789]")) << "cut at " << cut;
  }
}

TEST(Request, MayBeChunked) {
  ServerProcess server;
  Client client(server.port());
  std::string const head = "POST /chunks HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n";
  client.send(head +
              "3;name=value\r\nabc\r\n0A\r\n0123456789\r\n0\r\nX-Trailer: no\r\nHost: smuggled\r\n\r\n");
  EXPECT_EQ(client.receive().body, "POST /chunks 1.1\nHost=test\nTransfer-Encoding=chunked\n[abc0123456789]");
  client.send(head + "0\r\n\r\n");
  EXPECT_THAT(client.receive().body, HasSubstr("[]"));
  for (char const c : head + "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n") client.send(std::string_view(&c, 1));
  EXPECT_THAT(client.receive().body, HasSubstr("[hello world]"));
}

TEST(Request, OfManyMegabytesArrivesWhole) {
  ServerProcess server({"FAASC_REQUEST_SIZE=33554432"});
  std::string body(32 << 20, '\0');
  std::size_t sum = 0;
  for (std::size_t i = 0; i < body.size(); ++i) {
    body[i] = static_cast<char>(i * 2654435761u >> 13);
    sum = sum * 31 + static_cast<unsigned char>(body[i]);
  }
  EXPECT_EQ(exchange(server.port(), post("/hash", body)).body,
            std::to_string(body.size()) + " " + std::to_string(sum));
}

TEST(Request, IsToldToContinueOnlyWhenItsBodyIsWanted) {
  ServerProcess server({"FAASC_REQUEST_SIZE=10"});
  std::string const head = "POST /x HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: ";
  {
    Client client(server.port());
    client.send(head + "4\r\n\r\n");
    EXPECT_EQ(client.receive().status, 100);
    client.send("body");
    EXPECT_THAT(client.receive().body, HasSubstr("[body]"));
    client.send(head + "4\r\n\r\nbody");
    EXPECT_EQ(client.receive().status, 200) << "the body was there already";
  }
  {
    Client client(server.port());
    client.send(head + "11\r\n\r\n");
    EXPECT_EQ(client.receive().status, 413);
  }
  {
    Client client(server.port());
    client.send(
        "POST /x HTTP/1.1\r\nHost: test\r\nExpect: 100-Continue\r\nTransfer-Encoding: chunked\r\n\r\n");
    EXPECT_EQ(client.receive().status, 100);
    client.send("1\r\na\r\n0\r\n\r\n");
    EXPECT_EQ(client.receive().status, 200);
  }
  EXPECT_EQ(exchange(server.port(), get("/", "Expect: magic\r\n")).status, 417);
}

// --- What is refused ---

struct Malformed {
  char const* name;
  std::string bytes;
  int status;
};

TEST(Malformed, RequestsAreRefusedAndTheConnectionClosed) {
  ServerProcess server;
  std::string const header = "Host: test\r\n\r\n";
  Malformed const cases[] = {
      {"no words", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400},
      {"one word", "GET\r\n\r\n", 400},
      {"HTTP/0.9", "GET /\r\n\r\n", 400},
      {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
      {"HTTP/1.2", "GET / HTTP/1.2\r\n" + header, 400},
      {"lower case version", "GET / http/1.1\r\n" + header, 400},
      {"two spaces", "GET  / HTTP/1.1\r\n" + header, 400},
      {"control character in target", "GET /\x01 HTTP/1.1\r\n" + header, 400},
      {"bad method", "G{T / HTTP/1.1\r\n" + header, 400},
      {"bare line feeds", "GET / HTTP/1.1\nHost: test\n\n", 400},
      {"header without colon", "GET / HTTP/1.1\r\nHost test\r\n\r\n", 400},
      {"header without name", "GET / HTTP/1.1\r\n: x\r\n" + header, 400},
      {"NUL in header", std::string("GET / HTTP/1.1\r\nX: a\0b\r\n", 25) + header, 400},
      {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\n" + header, 400},
      {"bad length", "POST / HTTP/1.1\r\nContent-Length: 4x\r\n" + header, 400},
      {"negative length", "POST / HTTP/1.1\r\nContent-Length: -4\r\n" + header, 400},
      {"two lengths", "POST / HTTP/1.1\r\nContent-Length: 4\r\nContent-Length: 5\r\n" + header, 400},
      {"length too large for 64 bits", "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n" + header,
       400},
      {"length and chunked",
       "POST / HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n" + header, 400},
      {"chunked and length",
       "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n" + header, 400},
      {"chunked twice",
       "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n" + header, 400},
      {"chunked in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"unknown coding", "POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n" + header, 501},
      {"coding after chunked", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked, gzip\r\n" + header, 501},
      {"bad chunk size", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + header + "zz\r\n", 400},
      {"chunk longer than said",
       "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + header + "1\r\nab\r\n0\r\n\r\n", 400},
      {"body over the limit", "POST / HTTP/1.1\r\nContent-Length: 6291457\r\n" + header, 413},
      {"chunk over the limit", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + header + "600001\r\n",
       413},
      {"header over the limit", "GET / HTTP/1.1\r\nX: " + std::string(1100000, 'x') + "\r\n" + header, 431},
      {"target over the limit", "GET /" + std::string(1100000, 'x') + " HTTP/1.1\r\n" + header, 431},
      {"chunk extension over the limit",
       "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + header + "1;" + std::string(1200000, 'x'), 431},
  };
  for (Malformed const& c : cases) {
    SCOPED_TRACE(c.name);
    Client client(server.port());
    client.send(c.bytes);
    Response const response = client.receive();
    EXPECT_EQ(response.status, c.status);
    EXPECT_EQ(response.header("connection"), "close");
    EXPECT_EQ(response.header("content-type"), "text/plain; charset=utf-8");
    client.finish_sending();
    EXPECT_TRUE(client.closes_within(5000));
  }
  EXPECT_EQ(exchange(server.port(), get("/")).status, 200) << "the server is fine";
}

TEST(Malformed, TheLimitsThemselvesAreAllowed) {
  ServerProcess server;
  EXPECT_EQ(exchange(server.port(), post("/hash", std::string(6 << 20, 'x'))).status, 200);
  EXPECT_EQ(exchange(server.port(), get("/hash", "X: " + std::string(1000000, 'x') + "\r\n")).status, 200);
}

TEST(Malformed, RefusalReachesAClientThatIsStillSending) {
  ServerProcess server;
  Client client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 8000000\r\n\r\n");
  client.send(std::string(8000000, 'x'));
  EXPECT_EQ(client.receive().status, 413);
}

TEST(Malformed, AHalfRequestAndGoodbyeLeavesNothing) {
  ServerProcess server;
  {
    Client client(server.port());
    client.send("GET / HT");
  }
  Client client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nab");
  client.finish_sending();
  EXPECT_EQ(client.receive_all(), "");
}

// --- The connection ---

TEST(Connection, ServesPipelinedRequestsInOrder) {
  ServerProcess server;
  std::string all;
  for (int i = 0; i < 500; ++i)
    all += i % 3 == 0 ? get("/health/liveness") : post("/" + std::to_string(i), "x");
  Client client(server.port());
  client.send(all);
  for (int i = 0; i < 500; ++i) {
    std::string const expected = i % 3 == 0 ? "ALIVE" : "POST /" + std::to_string(i) + " 1.1\n";
    ASSERT_THAT(client.receive().body, StartsWith(expected));
  }
}

TEST(Connection, StaysOpenAsTheClientSays) {
  ServerProcess server;
  struct Row {
    std::string request;
    std::string connection;
    bool closes;
  };
  Row const rows[] = {
      {get("/sleep/0"), "(none)", false},
      {get("/sleep/0", "Connection: close\r\n"), "close", true},
      {get("/sleep/0", "Connection: Close, TE\r\n"), "close", true},
      {"GET /sleep/0 HTTP/1.0\r\n\r\n", "close", true},
      {"GET /sleep/0 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "keep-alive", false},
      {get("/close"), "close", true},
  };
  for (Row const& row : rows) {
    SCOPED_TRACE(row.request);
    Client client(server.port());
    client.send(row.request);
    EXPECT_EQ(client.receive().header("connection"), row.connection);
    EXPECT_EQ(client.closes_within(row.closes ? 5000 : 100), row.closes);
  }
}

TEST(Connection, ThatIsTooSlowIsTold) {
  ServerProcess server({"FAASC_READ_TIMEOUT=300ms", "FAASC_IDLE_TIMEOUT=600ms"});
  Client dripping(server.port());
  Client silent(server.port());
  Client idle(server.port());
  idle.send(get("/sleep/0"));
  EXPECT_EQ(idle.receive().body, "slept");
  auto const start = Clock::now();
  for (char const c : std::string("GET / HTTP/1.1\r\nHost: test\r\nX-Slow: yes\r\n")) {
    if (!dripping.send(std::string_view(&c, 1)) || dripping.has_input_within(20)) break;
  }
  EXPECT_EQ(dripping.receive().status, 408);
  long const told = milliseconds_since(start);
  EXPECT_GE(told, 280);
  EXPECT_LT(told, 5000);
  EXPECT_TRUE(idle.closes_within(5000));
  EXPECT_GE(milliseconds_since(start), 550);
  EXPECT_TRUE(silent.closes_within(5000));
}

TEST(Connection, ThatNeverReadsItsAnswerIsDropped) {
  ServerProcess server({"FAASC_READ_TIMEOUT=300ms"});
  Client client(server.port());
  client.send(get("/big/30000000"));
  sleep_ms(1000);
  EXPECT_LT(client.receive_all().size(), 30000000u);
}

TEST(Connection, MayBeOneOfMoreThanThereAreDescriptors) {
  ServerProcess server({"TEST_DESCRIPTORS=40"});
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 60; ++i) clients.push_back(std::make_unique<Client>(server.port()));
  EXPECT_TRUE(server.err_contains("out of descriptors or memory; new connections wait"));
  clients.back()->send(get("/sleep/0"));
  EXPECT_FALSE(clients.back()->has_input_within(200));
  clients.erase(clients.begin(), clients.begin() + 40);
  EXPECT_EQ(clients.back()->receive().body, "slept");
}

// --- Execution ids and health ---

TEST(ExecutionId, IsMintedOrEchoed) {
  ServerProcess server;
  Client client(server.port());
  client.send(get("/") + get("/") + get("/", "function-execution-id: mine-1\r\n") +
              get("/", "Function-Execution-Id: a b\r\n") + get("/robots.txt") + get("/throw/x"));
  std::string const first = client.receive().header("function-execution-id");
  std::string const second = client.receive().header("function-execution-id");
  EXPECT_THAT(first, MatchesRegex("[0-9a-f]{16}"));
  EXPECT_THAT(second, MatchesRegex("[0-9a-f]{16}"));
  EXPECT_NE(first, second);
  EXPECT_EQ(client.receive().header("function-execution-id"), "mine-1");
  EXPECT_THAT(client.receive().header("function-execution-id"), MatchesRegex("[0-9a-f]{16}"));
  EXPECT_THAT(client.receive().header("function-execution-id"), MatchesRegex("[0-9a-f]{16}"));
  EXPECT_THAT(client.receive().header("function-execution-id"), MatchesRegex("[0-9a-f]{16}"));
}

TEST(Health, IsAnsweredWithoutTheFunction) {
  ServerProcess server;
  std::pair<char const*, char const*> const routes[] = {{"/health/readiness", "READY"},
                                                        {"/_/ready", "READY"},
                                                        {"/health/liveness", "ALIVE"},
                                                        {"/_/health?verbose", "ALIVE"}};
  for (auto const& [path, body] : routes) {
    EXPECT_EQ(exchange(server.port(), get(path)).body, body);
    EXPECT_THAT(exchange(server.port(), post(path, "")).body, StartsWith("POST " + std::string(path)));
  }
  for (char const* const path : {"/robots.txt", "/favicon.ico"}) {
    Response const response = exchange(server.port(), get(path));
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.body, "");
  }
}

TEST(Health, CanBeTurnedOff) {
  ServerProcess server({"FAASC_HTTP_HEALTH=false"});
  for (char const* const path : {"/health/readiness", "/_/ready", "/health/liveness", "/_/health"}) {
    EXPECT_THAT(exchange(server.port(), get(path)).body, StartsWith("GET " + std::string(path)));
  }
  EXPECT_EQ(exchange(server.port(), get("/robots.txt")).status, 404);
}

// --- Events ---

TEST(Event, BinaryStructuredAndBatchReachTheFunction) {
  ServerProcess server({"FUNCTION_TARGET=event"});
  Client client(server.port());
  client.send(post("/", "{\"a\":1}",
                   "ce-id: 1\r\nce-source: /s%20t\r\nCe-Type: t.y\r\nce-subject: \"a%22b\"\r\n"
                   "Content-Type: application/json\r\n"));
  Response const response = client.receive();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(response.header("content-length"), "0");
  client.send(post(
      "/", R"({"id":"2","source":"s","type":"t","data":{"k":[1,2]},"datacontenttype":"application/json"})",
      "Content-Type: Application/CloudEvents+json; charset=utf-8\r\n"));
  EXPECT_EQ(client.receive().status, 200);
  client.send(post(
      "/", R"([{"id":"3","source":"s","type":"t","data_base64":"aGk="},{"id":"4","source":"s","type":"t"}])",
      "Content-Type: application/cloudevents-batch+json\r\n"));
  EXPECT_EQ(client.receive().status, 200);
  EXPECT_EQ(server.err(),
            "1|/s t|t.y|a\"b|application/json|{\"a\":1}\n"
            "2|s|t|-|application/json|{\"k\":[1,2]}\n"
            "3|s|t|-|-|hi\n"
            "4|s|t|-|-|-\n");
}

TEST(Event, OtherMethodsAreNotAllowed) {
  ServerProcess server({"FUNCTION_TARGET=event"});
  Response const response = exchange(server.port(), get("/"));
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.header("allow"), "POST");
  EXPECT_EQ(exchange(server.port(), get("/health/readiness")).status, 200);
}

TEST(Event, ThatCannotBeReadIsTheSendersErrorAndOtherwiseTheFunctions) {
  ServerProcess server({"FUNCTION_TARGET=event"});
  Response const bad = exchange(server.port(), post("/", "x", "Content-Type: text/plain\r\n"));
  EXPECT_EQ(bad.status, 400);
  EXPECT_EQ(bad.body, R"({"message":"the event has no header 'ce-id'","severity":"error"})");
  Response const thrown =
      exchange(server.port(), post("/", "", "ce-id: throw\r\nce-source: s\r\nce-type: t\r\n"));
  EXPECT_EQ(thrown.status, 500);
  EXPECT_EQ(
      thrown.body,
      R"({"message":"standard C++ exception thrown by the function: no such subject","severity":"error"})");
}

}  // namespace
}  // namespace faasc::rt
