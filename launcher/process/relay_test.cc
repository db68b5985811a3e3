#include "launcher/process/sandbox/relay.h"

#include <atomic>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

namespace faasc {
namespace {

const std::uint32_t kLoopback = htonl(INADDR_LOOPBACK);

Fd listening() {
  Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = kLoopback;
  ::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
  ::listen(socket.get(), 64);
  return socket;
}

std::uint16_t port_of(const Fd& socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

Fd connected(std::uint16_t port) {
  Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = kLoopback;
  if (::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) socket.reset();
  return socket;
}

std::string read_to_end(const Fd& socket) {
  std::string text;
  char buffer[65536];
  for (ssize_t count; (count = ::read(socket.get(), buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(count));
  return text;
}

// A relay at work, from a port of its own to `server_port`.
class RelayTest : public testing::Test {
 protected:
  RelayTest() : server_(listening()), relay_(kLoopback) {
    Fd listener = listening();
    ::fcntl(listener.get(), F_SETFL, O_NONBLOCK);
    port_ = port_of(listener);
    relay_.add(std::move(listener), port_of(server_));
    worker_ = std::thread([this] {
      while (!stop_) {
        pollfd ready{relay_.fd(), POLLIN, 0};
        if (::poll(&ready, 1, 10) > 0) {
          relay_.work();
          ++rounds_;
        }
        open_ = relay_.size();
      }
    });
  }
  ~RelayTest() override {
    stop_ = true;
    worker_.join();
  }
  Fd accepted() const { return Fd(::accept4(server_.get(), nullptr, nullptr, SOCK_CLOEXEC)); }
  bool empties() const {
    for (int tries = 0; tries < 500 && open_ > 0; ++tries) ::usleep(10'000);
    return open_ == 0;
  }

  Fd server_;
  Relay relay_;
  std::uint16_t port_ = 0;
  std::thread worker_;
  std::atomic<bool> stop_ = false;
  std::atomic<std::size_t> open_ = 1, rounds_ = 0;
};

TEST_F(RelayTest, CarriesBytesBothWaysAndEachEndByItself) {
  Fd client = connected(port_);
  Fd server = accepted();
  std::string much(5'000'000, 'x');
  much += "end";
  // Both send more than all buffers hold before either reads.
  std::thread from_client([&] {
    ::send(client.get(), much.data(), much.size(), 0);
    ::shutdown(client.get(), SHUT_WR);
  });
  std::thread from_server([&] {
    ::send(server.get(), much.data(), much.size(), 0);
    ::shutdown(server.get(), SHUT_WR);
  });
  ::usleep(100'000);
  std::string at_server, at_client;
  std::thread reader([&] { at_server = read_to_end(server); });
  at_client = read_to_end(client);
  reader.join();
  from_client.join();
  from_server.join();
  EXPECT_TRUE(at_client == much);
  EXPECT_TRUE(at_server == much);
  EXPECT_TRUE(empties());
}

TEST_F(RelayTest, AnsweredAfterTheRequestsEnd) {
  Fd client = connected(port_);
  ::send(client.get(), "ask", 3, 0);
  ::shutdown(client.get(), SHUT_WR);
  Fd server = accepted();
  EXPECT_EQ(read_to_end(server), "ask");
  ::send(server.get(), "answer", 6, 0);
  server.reset();
  EXPECT_EQ(read_to_end(client), "answer");
}

TEST_F(RelayTest, ResetsWhatNobodyTakes) {
  server_.reset();
  Fd client = connected(port_);
  ASSERT_TRUE(client);
  char byte;
  EXPECT_EQ(::read(client.get(), &byte, 1), -1);
  EXPECT_EQ(errno, ECONNRESET);
  EXPECT_TRUE(empties());
}

TEST_F(RelayTest, PassesAResetOnAndDoesNotSpin) {
  Fd client = connected(port_);
  Fd server = accepted();
  // The server does not read, so that bytes lie in between when the client goes.
  std::string much(8'000'000, 'x');
  ::fcntl(client.get(), F_SETFL, O_NONBLOCK);
  for (int i = 0; i < 50; ++i) {
    (void)::send(client.get(), much.data(), much.size(), 0);
    ::usleep(2'000);
  }
  linger none{1, 0};
  ::setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &none, sizeof none);
  client.reset();
  ::usleep(100'000);
  std::size_t before = rounds_;
  ::usleep(200'000);
  EXPECT_LT(rounds_ - before, 10u);
  EXPECT_FALSE(read_to_end(server).empty());
  EXPECT_TRUE(empties());
}

TEST_F(RelayTest, ManyAtOnce) {
  std::vector<Fd> clients;
  std::thread echo([&] {
    for (int i = 0; i < 50; ++i) {
      Fd server = accepted();
      std::string text = read_to_end(server);
      ::send(server.get(), text.data(), text.size(), MSG_NOSIGNAL);
    }
  });
  for (int i = 0; i < 50; ++i) {
    clients.push_back(connected(port_));
    std::string text = std::to_string(i);
    ::send(clients.back().get(), text.data(), text.size(), 0);
    ::shutdown(clients.back().get(), SHUT_WR);
  }
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(read_to_end(clients[static_cast<std::size_t>(i)]), std::to_string(i));
  echo.join();
  EXPECT_TRUE(empties());
}

TEST(Accepts, TellsWhetherAnybodyListens) {
  Fd server = listening();
  std::uint16_t port = port_of(server);
  EXPECT_TRUE(accepts(kLoopback, port));
  server.reset();
  EXPECT_FALSE(accepts(kLoopback, port));
}

}  // namespace
}  // namespace faasc
