#include "launcher/front_port.h"

#include <thread>

#include <netinet/in.h>
#include <sys/socket.h>

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include "launcher/host_port.h"

namespace faasc {
namespace {
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

Fd connected(std::uint16_t port) {
  Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) socket.reset();
  return socket;
}

Fd accepted(const Fd& listener) {
  pollfd ready{listener.get(), POLLIN, 0};
  ::poll(&ready, 1, 5000);
  return Fd(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
}

class FrontPortTest : public testing::Test {
 protected:
  void SetUp() override {
    first_ = listen_on_loopback(0, 8080).value();
    second_ = listen_on_loopback(0, 8080).value();
    front_ = FrontPort::open(0, 8080).value();
  }
  Fd first_, second_;
  std::unique_ptr<FrontPort> front_;
};

TEST_F(FrontPortTest, NewConnectionsGoWhereItLeadsAndOldOnesStay) {
  front_->lead_to(port_of(first_));
  Fd before = connected(front_->port());
  Fd at_first = accepted(first_);
  ASSERT_TRUE(at_first);
  front_->lead_to(port_of(second_));
  Fd after = connected(front_->port());
  ASSERT_TRUE(accepted(second_));
  char byte = 0;
  EXPECT_EQ(::send(before.get(), "x", 1, 0), 1);
  EXPECT_EQ(::read(at_first.get(), &byte, 1), 1);
  EXPECT_EQ(byte, 'x');
}

TEST_F(FrontPortTest, ConnectionsWaitWhereItLeadsNowhere) {
  front_->lead_to(0);
  Fd waiting = connected(front_->port());
  ASSERT_TRUE(waiting);
  pollfd nobody{first_.get(), POLLIN, 0};
  EXPECT_EQ(::poll(&nobody, 1, 100), 0);
  front_->lead_to(port_of(first_));
  EXPECT_TRUE(accepted(first_));
}

TEST_F(FrontPortTest, EarlierConnectionsAreWaitedForAndLaterOnesAreNot) {
  front_->lead_to(port_of(first_));
  Fd client = connected(front_->port());
  Fd server = accepted(first_);
  front_->lead_to(port_of(second_));
  Fd later = connected(front_->port());
  Fd at_second = accepted(second_);

  auto began = Clock::now();
  front_->wait_for_earlier(200ms);
  EXPECT_GE(Clock::now() - began, 200ms) << "one is open";
  std::thread ending([&] {
    std::this_thread::sleep_for(50ms);
    client.reset();
    server.reset();
  });
  began = Clock::now();
  front_->wait_for_earlier(60s);
  EXPECT_LT(Clock::now() - began, 30s);
  ending.join();
}

}  // namespace
}  // namespace faasc
