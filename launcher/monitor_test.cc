#include "launcher/monitor.h"

#include <thread>

#include <sys/socket.h>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/diagnostics.h"
#include "launcher/codes.h"

namespace faasc {
namespace {

using namespace std::chrono_literals;

/// A monitor, and the other end of its socket.
struct Pair {
  Pair() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    monitor.emplace(Fd(ends[0]));
    qemu.reset(ends[1]);
  }
  void say(std::string_view text) {
    EXPECT_EQ(::write(qemu.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  std::string heard() {
    char buffer[1024];
    ssize_t count = ::recv(qemu.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    return std::string(buffer, static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  }
  std::optional<Monitor> monitor;
  Fd qemu;
};

constexpr const char* kGreeting =
    "{\"QMP\": {\"version\": {}, \"capabilities\": [\"oob\"]}}\r\n{\"return\": {}}\r\n";

TEST(Monitor, GreetsAndAsks) {
  Pair pair;
  pair.say(kGreeting);
  ASSERT_TRUE(pair.monitor->greet(5s));
  EXPECT_EQ(pair.heard(), "{\"execute\":\"qmp_capabilities\"}\n");
  pair.say("{\"event\": \"RESUME\"}\n{\"return\": \"Hub\\r\\n\"}\n");
  EXPECT_EQ(pair.monitor->ask("info usernet").value(), "Hub\r\n");
  EXPECT_EQ(pair.heard(),
            "{\"arguments\":{\"command-line\":\"info usernet\"},\"execute\":\"human-monitor-command\"}\n");
}

TEST(Monitor, NotesWhyTheGuestWentDown) {
  Pair pair;
  pair.monitor->drain();
  EXPECT_EQ(pair.monitor->shutdown_reason(), "");
  pair.say(
      "{\"event\": \"RESET\", \"data\": {\"reason\": \"x\"}}\n{\"event\": \"SHUTDOWN\", \"data\": "
      "{\"guest\": true, "
      "\"reason\": \"guest-reset\"}}\n{\"event\": \"STO");
  pair.monitor->drain();
  EXPECT_EQ(pair.monitor->shutdown_reason(), "guest-reset");
}

TEST(Monitor, WhatGoesWrong) {
  Pair silent;
  EXPECT_EQ(to_text(silent.monitor->greet(10ms).error(), Color::Off),
            "faasc: error: QEMU does not answer: nothing heard in time [FAASC0705]\n"
            "  hint: try again; where it stays so, please report it, with the output of -v and of "
            "'qemu-system-x86_64 --version'\n");
  Pair closed;
  closed.qemu.reset();
  EXPECT_EQ(to_text(closed.monitor->greet(5s).error(), Color::Off),
            "faasc: error: QEMU does not answer: it has closed the connection [FAASC0705]\n"
            "  hint: try again; where it stays so, please report it, with the output of -v and of "
            "'qemu-system-x86_64 --version'\n");
  EXPECT_EQ(closed.monitor->execute("quit").error().code, kMonitorFailed);
  Pair other;
  other.say("220 smtp.example.org\n");
  EXPECT_EQ(to_text(other.monitor->greet(5s).error(), Color::Off),
            "faasc: error: QEMU does not answer: it does not speak QMP [FAASC0705]\n"
            "  hint: try again; where it stays so, please report it, with the output of -v and of "
            "'qemu-system-x86_64 --version'\n");
  Pair refusing;
  refusing.say(kGreeting);
  ASSERT_TRUE(refusing.monitor->greet(5s));
  refusing.say("{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"no such command\"}}\n");
  EXPECT_EQ(to_text(refusing.monitor->execute("dance").error(), Color::Off),
            "faasc: error: QEMU refused 'dance': no such command [FAASC0705]\n"
            "  hint: try again; where it stays so, please report it, with the output of -v and of "
            "'qemu-system-x86_64 --version'\n");
}

}  // namespace
}  // namespace faasc
