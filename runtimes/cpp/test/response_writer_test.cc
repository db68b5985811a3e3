#include "src/response_writer.h"

#include <string>

#include <gtest/gtest.h>

namespace faasc::rt {
namespace {

std::string written(Reply reply, RequestFacts const& facts = {},
                    AfterResponse after = AfterResponse::KeepOpen, std::string_view id = "id1") {
  WireResponse const wire = write_response(std::move(reply), facts, id, after);
  return wire.head + wire.body + std::string(wire.tail) + (after == AfterResponse::Close ? "[close]" : "");
}

Reply reply(int status, std::string body, Reply::Headers headers = {}) {
  Reply result;
  result.status = status;
  result.body = std::move(body);
  result.headers = std::move(headers);
  return result;
}

TEST(Response, HasALengthAndAnId) {
  EXPECT_EQ(written(reply(200, "hi", {{"A", "1"}, {"b", ""}})),
            "HTTP/1.1 200 OK\r\nA: 1\r\nb: \r\nFunction-Execution-Id: id1\r\nContent-Length: 2\r\n\r\nhi");
  EXPECT_EQ(written(reply(200, "hi", {{"function-execution-id", "own"}})),
            "HTTP/1.1 200 OK\r\nfunction-execution-id: own\r\nContent-Length: 2\r\n\r\nhi");
  EXPECT_EQ(written(reply(500, ""), {}, AfterResponse::Close, ""),
            "HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\nContent-Length: 0\r\n\r\n[close]");
}

TEST(Response, ToHeadOrWithoutContentHasNoBody) {
  RequestFacts head;
  head.head = true;
  EXPECT_EQ(written(reply(200, "hi"), head, AfterResponse::KeepOpen, ""),
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(written(reply(200, "hi", {{"Transfer-Encoding", "chunked"}}), head, AfterResponse::KeepOpen, ""),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_EQ(written(reply(204, "hi"), {}, AfterResponse::KeepOpen, ""), "HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_EQ(written(reply(304, "hi", {{"Transfer-Encoding", "chunked"}}), {}, AfterResponse::KeepOpen, ""),
            "HTTP/1.1 304 Not Modified\r\n\r\n");
}

TEST(Response, IsChunkedOnRequest) {
  EXPECT_EQ(written(reply(200, "0123456789abcdef", {{"transfer-encoding", "Chunked"}}), {},
                    AfterResponse::KeepOpen, ""),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n");
  EXPECT_EQ(written(reply(200, "", {{"Transfer-Encoding", "chunked"}}), {}, AfterResponse::KeepOpen, ""),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  RequestFacts old;
  old.http_1_0 = true;
  EXPECT_EQ(written(reply(200, "hi", {{"Transfer-Encoding", "chunked"}}), old, AfterResponse::KeepOpen, ""),
            "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi");
}

TEST(Response, TakesNoHeaderThatIsTheServers) {
  EXPECT_EQ(
      written(reply(200, "hi", {{"content-length", "9"}, {"Keep-Alive", "x"}, {"Connection", "upgrade"}}), {},
              AfterResponse::KeepOpen, ""),
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
  EXPECT_EQ(written(reply(200, "hi", {{"connection", "Close"}}), {}, AfterResponse::KeepOpen, ""),
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi[close]");
}

TEST(Reply, ReplacesAHeaderWhateverItsCase) {
  Reply reply;
  reply.set_header("A", "1");
  reply.set_header("B", "2");
  reply.set_header("a", "3");
  EXPECT_EQ(reply.headers, (Reply::Headers{{"a", "3"}, {"B", "2"}}));
}

}  // namespace
}  // namespace faasc::rt
