// What becomes of what a function returns or throws: a server process, driven with raw sockets.

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/client.h"
#include "test/elapsed.h"
#include "test/server_process.h"

namespace faasc::rt {
namespace {

using ::testing::HasSubstr;

TEST(Answer, StatusDecidesWhetherThereIsABody) {
  ServerProcess server;
  Client client(server.port());
  client.send(get("/status/204") + get("/status/304") + get("/status/404") + get("/status/299"));
  Response const empty = client.receive(Client::Body::None);
  EXPECT_EQ(empty.status, 204);
  EXPECT_EQ(empty.header("content-length"), "(none)");
  EXPECT_EQ(client.receive(Client::Body::None).status, 304);
  EXPECT_EQ(client.receive().reason, "Not Found");
  Response const odd = client.receive();
  EXPECT_EQ(odd.reason, "Unknown");
  EXPECT_EQ(odd.body, "body");
}

TEST(Answer, IsChunkedWhereTheFunctionWantsItAndTheClientCanReadIt) {
  ServerProcess server;
  Client client(server.port());
  client.send(get("/chunked") + get("/chunked/empty") + "HEAD /chunked HTTP/1.1\r\nHost: test\r\n\r\n" +
              get("/sleep/0"));
  Response const chunked = client.receive();
  EXPECT_EQ(chunked.header("transfer-encoding"), "chunked");
  EXPECT_EQ(chunked.header("content-length"), "(none)");
  EXPECT_EQ(chunked.body, "in a chunk");
  EXPECT_EQ(client.receive().body, "");
  EXPECT_EQ(client.receive(Client::Body::None).header("transfer-encoding"), "chunked");
  EXPECT_EQ(client.receive().body, "slept");

  Response const old = exchange(server.port(), "GET /chunked HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.header("transfer-encoding"), "(none)");
  EXPECT_EQ(old.body, "in a chunk");
}

TEST(Answer, KeepsTheServersHeadersTheServers) {
  ServerProcess server;
  EXPECT_EQ(exchange(server.port(), get("/length")).body, "four");
  Response const twice = exchange(server.port(), get("/header/twice"));
  EXPECT_EQ(twice.header("x-one"), "2");
}

TEST(Answer, ThatCannotBeSentIsAnError) {
  ServerProcess server;
  std::pair<char const*, char const*> const cases[] = {
      {"/status/99", "the function returned status 99; 200 to 599 are possible"},
      {"/status/101", "the function returned status 101; 200 to 599 are possible"},
      {"/status/1000", "the function returned status 1000; 200 to 599 are possible"},
      {"/header/bad-name", "the function returned a header with the impossible name 'a b'"},
      {"/header/bad-value", "the function returned header 'a' with a line break or NUL in its value"},
      {"/moved-from", "the function returned a response it had moved from"},
  };
  for (auto const& [path, message] : cases) {
    SCOPED_TRACE(path);
    Response const response = exchange(server.port(), get(path));
    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(response.body, std::string(R"({"message":")") + message + R"(","severity":"error"})");
  }
}

TEST(Answer, OverTheLimitIsAnError) {
  ServerProcess server({"FAASC_RESPONSE_SIZE=100"});
  EXPECT_EQ(exchange(server.port(), get("/big/100")).status, 200);
  Response const response = exchange(server.port(), get("/big/101"));
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body,
            R"({"message":"the function returned 101 bytes; at most 100 are allowed","severity":"error"})");
}

TEST(Answer, ThatTheClientReadsSlowlyArrivesWhole) {
  ServerProcess server;
  Client client(server.port());
  client.send(get("/big/30000000"));
  sleep_ms(100);
  EXPECT_EQ(exchange(server.port(), get("/sleep/0")).body, "slept") << "others do not wait for it";
  EXPECT_EQ(client.receive().body.size(), 30000000u);
}

TEST(Answer, ToAnExceptionIsTheFrameworks) {
  ServerProcess server;
  Response const response = exchange(server.port(), get("/throw/here"));
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.header("content-type"), "application/json");
  EXPECT_EQ(response.header("x-google-status"), "crash");
  std::string const body =
      R"({"message":"standard C++ exception thrown by the function: it \"broke\"\n/throw/here","severity":"error"})";
  EXPECT_EQ(response.body, body);
  EXPECT_EQ(server.err(), body + "\n");
  EXPECT_EQ(exchange(server.port(), get("/throw/int")).body,
            R"({"message":"unknown C++ exception thrown by the function","severity":"error"})");
  EXPECT_EQ(exchange(server.port(), get("/")).status, 200);
}

TEST(Answer, ComesAfterTheFunctionsOutput) {
  ServerProcess server;
  exchange(server.port(), get("/stdout"));
  EXPECT_THAT(server.out(), ::testing::EndsWith("buffered by stdio and iostreams"));

  ServerProcess unsynced({"TEST_UNSYNCED=1"});
  exchange(unsynced.port(), get("/stdout"));
  EXPECT_THAT(unsynced.out(), ::testing::AllOf(HasSubstr("buffered by stdio"), HasSubstr(" and iostreams")));
}

}  // namespace
}  // namespace faasc::rt
