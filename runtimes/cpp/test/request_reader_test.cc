#include "src/request_reader.h"

#include <string>

#include <gtest/gtest.h>

namespace faasc::rt {
namespace {

using State = RequestReader::State;

std::string const kHost = "Host: h\r\n\r\n";

/// Feeds `bytes` as a connection does, but with at most `piece` new bytes each time; returns how many were
/// left over.
std::size_t feed(RequestReader& reader, std::string const& bytes, std::size_t piece) {
  std::string held;
  std::size_t next = 0;
  while (reader.state() == State::NeedMore && next < bytes.size()) {
    std::size_t const count = std::min(piece, bytes.size() - next);
    held += bytes.substr(next, count);
    next += count;
    for (std::size_t used = 1; used > 0 && !held.empty() && reader.state() == State::NeedMore;) {
      used = reader.feed(held.data(), held.size());
      held.erase(0, used);
    }
  }
  return held.size() + bytes.size() - next;
}

TEST(RequestReader, ReadsTheSameInAnyPieces) {
  std::string const next = "GET /next HTTP/1.1\r\n";
  std::string const requests[] = {
      "POST /p HTTP/1.1\r\nA: 1\r\nContent-Length: 5\r\n" + kHost + "hello",
      "POST /p HTTP/1.1\r\nA: 1\r\nTransfer-Encoding: chunked\r\n" + kHost +
          "2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nT: t\r\n\r\n",
  };
  for (std::string const& request : requests) {
    for (std::size_t piece = 1; piece <= request.size() + next.size(); ++piece) {
      SCOPED_TRACE(piece);
      RequestReader reader(100);
      std::size_t const left = feed(reader, request + next, piece);
      ASSERT_EQ(reader.state(), State::Complete);
      EXPECT_EQ(left, next.size()) << "what follows belongs to the next request";
      EXPECT_TRUE(reader.facts().keep_alive);
      auto const result = reader.take_request();
      EXPECT_EQ(result.verb(), "POST");
      EXPECT_EQ(result.target(), "/p");
      EXPECT_EQ(result.payload(), "hello");
      EXPECT_EQ(result.headers().size(), 3u) << "the trailer is not among them";
      EXPECT_EQ(result.headers().find("A")->second, "1");
      EXPECT_EQ(result.version_major() * 10 + result.version_minor(), 11);
    }
  }
}

TEST(RequestReader, EveryTruncationNeedsMore) {
  std::string const request =
      "POST /p HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + kHost + "2\r\nhe\r\n0\r\n\r\n";
  for (std::size_t size = 0; size < request.size(); ++size) {
    RequestReader reader(100);
    feed(reader, request.substr(0, size), size + 1);
    EXPECT_EQ(reader.state(), State::NeedMore) << size;
  }
}

TEST(RequestReader, KnowsWhatTheServerNeeds) {
  RequestReader head(100);
  feed(head, "HEAD / HTTP/1.0\r\nConnection: keep-alive\r\nfunction-execution-id: abc\r\n\r\n", 1000);
  ASSERT_EQ(head.state(), State::Complete);
  EXPECT_TRUE(head.facts().head);
  EXPECT_TRUE(head.facts().http_1_0);
  EXPECT_TRUE(head.facts().keep_alive);
  EXPECT_EQ(head.facts().execution_id, "abc");

  for (std::string const& id :
       {std::string(), std::string("a b"), std::string("caf\xC3\xA9"), std::string(129, 'x')}) {
    RequestReader reader(100);
    feed(reader, "GET / HTTP/1.1\r\nFunction-Execution-Id: " + id + "\r\n" + kHost, 1000);
    ASSERT_EQ(reader.state(), State::Complete) << id;
    EXPECT_EQ(reader.facts().execution_id, "");
  }
}

TEST(RequestReader, AsksToContinueOnce) {
  RequestReader reader(100);
  feed(reader, "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n" + kHost, 1000);
  EXPECT_TRUE(reader.take_continue());
  EXPECT_FALSE(reader.take_continue());
  RequestReader without_body(100);
  feed(without_body, "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 0\r\n" + kHost, 1000);
  EXPECT_FALSE(without_body.take_continue());
  RequestReader old(100);
  feed(old, "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n" + kHost, 1000);
  EXPECT_FALSE(old.take_continue());
}

struct Refusal {
  std::string request;
  int status;
  char const* why;
};

TEST(RequestReader, SaysWhyItRefuses) {
  std::string const post = "POST / HTTP/1.1\r\n";
  Refusal const cases[] = {
      {"nonsense\r\n\r\n", 400, "not an HTTP/1.1 request"},
      {"GET / HTTP/1.1\r\n\r\n", 400, "missing Host header"},
      {"GET / HTTP/1.1\r\nhost: a\r\nHOST: a\r\n\r\n", 400, "more than one Host header"},
      {post + "Expect: coffee\r\n" + kHost, 417, "the only expectation met is 100-continue"},
      {post + "Transfer-Encoding: identity\r\n" + kHost, 501,
       "the only transfer coding understood is chunked"},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400,
       "Transfer-Encoding in an HTTP/1.0 request"},
      {post + "Content-Length: 101\r\n" + kHost, 413, "body over the limit"},
      {post + "Transfer-Encoding: chunked\r\n" + kHost + "64\r\n" + std::string(100, 'x') + "\r\n1\r\nx\r\n",
       413, "body over the limit"},
      {post + "X: " + std::string(kHeaderLimit, 'x') + "\r\n" + kHost, 431, "header of more than 1 MiB"},
      {post + "Transfer-Encoding: chunked\r\n" + kHost + "0\r\nX: " + std::string(kHeaderLimit, 'x'), 431,
       "header, chunk extension or trailer of more than 1 MiB"},
  };
  for (Refusal const& c : cases) {
    SCOPED_TRACE(c.why);
    RequestReader reader(100);
    feed(reader, c.request, c.request.size());
    EXPECT_EQ(reader.state(), State::Refused);
    EXPECT_EQ(reader.refusal_status(), c.status);
    EXPECT_EQ(reader.refusal(), c.why);
  }
}

}  // namespace
}  // namespace faasc::rt
