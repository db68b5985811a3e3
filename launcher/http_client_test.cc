#include "launcher/http_client.h"

#include <thread>

#include <netinet/in.h>
#include <sys/socket.h>

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "launcher/codes.h"

namespace faasc {
namespace {

using namespace std::chrono_literals;

/// What a server waits for until its client has lost patience and gone.
enum class Late : std::uint8_t { Never, Answer, End };

/// Takes one connection, reads until the end of a request's head has come, sends `answer` and closes.
class OneAnswer {
 public:
  explicit OneAnswer(std::string answer, Late late = Late::Never)
      : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener_.get(), 4), 0);
    EXPECT_EQ(::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, answer = std::move(answer), late] {
      Fd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      char buffer[4096];
      while (request_.find("\r\n\r\n") == std::string::npos) {
        ssize_t count = ::read(connection.get(), buffer, sizeof buffer);
        if (count <= 0) return;
        request_.append(buffer, static_cast<std::size_t>(count));
      }
      if (late == Late::Answer) wait_for_end(connection);
      for (std::string_view rest = answer; !rest.empty();) {
        ssize_t count = ::send(connection.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (count <= 0) return;
        rest.remove_prefix(static_cast<std::size_t>(count));
      }
      if (late == Late::End) wait_for_end(connection);
    });
  }
  ~OneAnswer() { join(); }
  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  const std::string& request() {
    join();
    return request_;
  }

 private:
  static void wait_for_end(const Fd& connection) {
    pollfd ended{connection.get(), POLLRDHUP, 0};
    ::poll(&ended, 1, 60'000);
  }
  void join() {
    if (thread_.joinable()) thread_.join();
  }
  Fd listener_;
  std::uint16_t port_ = 0;
  std::string request_;
  std::thread thread_;
};

TEST(HttpClient, Exchange) {
  OneAnswer server("HTTP/1.1 418 I'm a teapot\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 3\r\n\r\nabc");
  auto response = send_http(
      server.port(),
      {.method = "POST", .target = "/p?q=1", .headers = {{"x-test", "a"}, {"x-test", "b"}}, .body = "body"});
  ASSERT_TRUE(response) << response.error().what;
  EXPECT_EQ(response->status, 418);
  EXPECT_EQ(response->reason, "I'm a teapot");
  EXPECT_EQ(response->headers, (HttpHeaders{{"X-A", "1"}, {"x-a", "2"}, {"Content-Length", "3"}}));
  EXPECT_EQ(response->header("x-A"), "1");
  EXPECT_EQ(response->header("none"), "");
  EXPECT_EQ(response->body, "abc");
  EXPECT_GT(response->time_to_head, 0ns);
  EXPECT_GE(response->duration, response->time_to_head);
  EXPECT_EQ(server.request(), "POST /p?q=1 HTTP/1.1\r\nx-test: a\r\nx-test: b\r\nHost: 127.0.0.1:" +
                                  std::to_string(server.port()) +
                                  "\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody");
}

TEST(HttpClient, GivenHeadersStay) {
  OneAnswer server("HTTP/1.1 204 No Content\r\n\r\n");
  ASSERT_TRUE(send_http(server.port(), {.headers = {{"host", "example.org"}, {"connection", "keep-alive"}}}));
  EXPECT_EQ(server.request(), "GET / HTTP/1.1\r\nhost: example.org\r\nconnection: keep-alive\r\n\r\n");
}

TEST(HttpClient, BodiesOfEveryKind) {
  struct Case {
    const char *method, *answer, *body;
  };
  const Case cases[] = {
      {"GET", "HTTP/1.0 200 OK\r\n\r\nuntil the end", "until the end"},
      {"GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
       "abcde"},
      {"GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""},
      {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", ""},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.answer);
    OneAnswer server(c.answer);
    auto response = send_http(server.port(), {.method = c.method});
    ASSERT_TRUE(response) << response.error().what;
    EXPECT_EQ(response->body, c.body);
  }
}

TEST(HttpClient, WhatGoesWrong) {
  struct Case {
    const char *answer, *said;
    Fault fault = Fault::Guest;
    Late late = Late::Never;
  };
  const Case cases[] = {
      {"",
       "the connection was closed without an answer [FAASC0720]\n  hint: the function has to answer before "
       "it "
       "closes the connection; see above what it printed\n"},
      {"hello, who is there?\r\n\r\n",
       "the answer is not HTTP: it begins with 'hello, who is there?^M^J^M^J' [FAASC0722]\n"
       "  hint: the function has to answer in HTTP/1.1 on this port\n"},
      {"h",
       "the answer is not HTTP: it begins with 'h' [FAASC0722]\n"
       "  hint: the function has to answer in HTTP/1.1 on this port\n"},
      {"HTTP/x 200\r\n\r\n",
       "the answer is not HTTP: bad version [FAASC0722]\n"
       "  hint: the function has to answer in HTTP/1.1 on this port\n"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
       "the answer is cut short: 5 of 9 bytes of its body came [FAASC0722]\n  hint: let the function send as "
       "much as its Content-Length says before it closes the connection\n"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
       "the answer is cut short: 2 bytes of its body, and no end came [FAASC0722]\n  hint: let the function "
       "send "
       "as much as its Content-Length says before it closes the connection\n"},
      {"HTTP/1.1 200 OK\r\nContent-Le",
       "the answer is cut short: 27 bytes of its head came [FAASC0722]\n  hint: let the function send as "
       "much "
       "as its Content-Length says before it closes the connection\n"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nmuch longer than ten bytes",
       "the answer's body has more than the allowed 10 bytes [FAASC0722]\n"
       "  hint: let the function answer with less, or in pieces\n"},
      {"HTTP/1.0 200 OK\r\n\r\nmuch longer than ten bytes",
       "the answer's body has more than the allowed 10 bytes [FAASC0722]\n"
       "  hint: let the function answer with less, or in pieces\n"},
      {"HTTP/1.1 200 OK\r\n\r\n",
       "no answer within 50 ms [FAASC0721]\n  hint: see what keeps the function, or allow it more time with "
       "limits.timeout\n",
       Fault::Timeout, Late::Answer},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.answer);
    OneAnswer server(c.answer, c.late);
    auto response = send_http(server.port(), {},
                              {.timeout = c.fault == Fault::Timeout ? 50ms : 10'000ms, .body_bytes = 10});
    ASSERT_FALSE(response);
    EXPECT_EQ(to_text(response.error(), Color::Off), "faasc: error: GET " + server.url() + "/: " + c.said);
    EXPECT_EQ(response.error().fault, c.fault);
  }
}

TEST(HttpClient, AnAnswerThatStops) {
  OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na", Late::End);
  // The server's thread has to have its turn within that time.
  auto response = send_http(server.port(), {}, {.timeout = 2000ms});
  ASSERT_FALSE(response);
  EXPECT_EQ(to_text(response.error(), Color::Off),
            "faasc: error: GET " + server.url() +
                "/: no complete answer within 2000 ms: 1 of 3 bytes of its body came [FAASC0721]\n"
                "  hint: see what keeps the function, or allow it more time with limits.timeout\n");
}

TEST(HttpClient, NobodyThere) {
  // Bound, so that nobody else can have the port, and not listening.
  Fd bound(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(bound.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::getsockname(bound.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  const std::uint16_t port = ntohs(address.sin_port);
  auto response = send_http(port, {});
  ASSERT_FALSE(response);
  EXPECT_EQ(
      to_text(response.error(), Color::Off),
      "faasc: error: GET http://127.0.0.1:" + std::to_string(port) +
          "/: cannot connect: Connection refused [FAASC0720]\n  hint: the function has to listen on its "
          "port, on every address (0.0.0.0)\n");
}

TEST(HttpClient, AnAnswerToABodyThatIsNotWanted) {
  OneAnswer server("HTTP/1.1 413 Payload Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  auto response = send_http(server.port(), {.method = "POST", .body = std::string(8 << 20, 'x')});
  // The server's end may reset the connection before we have read its answer: TCP's own race. Either is told.
  if (response)
    EXPECT_EQ(response->status, 413);
  else
    EXPECT_EQ(response.error().code, kNoConnection);
}

}  // namespace
}  // namespace faasc
