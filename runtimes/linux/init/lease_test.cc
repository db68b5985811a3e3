// Asking for an address, asking for more time, and getting another one, in a network of two name spaces: the
// client is init's own, the server is made here, with leases of seconds.

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include <arpa/inet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

extern "C" {
#include "init.h"
#include "lease.h"
}

namespace {

constexpr std::size_t kOptions = 240;
int events = -1;  // a pipe; what happens goes into it as words

void tell(const std::string& word) {
  if (::write(events, (word + " ").c_str(), word.size() + 1) < 0) std::abort();
}

int shell(const std::string& command) {
  return std::system((command + " >/dev/null 2>&1").c_str());
}

std::string text_of(uint32_t address) {
  char out[INET_ADDRSTRLEN];
  return ::inet_ntop(AF_INET, &address, out, sizeof out);
}

/// The type of a message that a client sent; 0 for none.
int type_of(const std::string& message) {
  for (std::size_t at = kOptions; at + 2 < message.size() && message[at] != '\xff';)
    if (message[at] == 53)
      return message[at + 2];
    else
      at += message[at] == 0 ? 1 : 2 + static_cast<unsigned char>(message[at + 1]);
  return 0;
}

void answer(int socket, const std::string& asked, char type, const char* address, const sockaddr_in& to) {
  std::string out = asked.substr(0, 236) + "\x63\x82\x53\x63";
  out[0] = 2;
  uint32_t yours = ::inet_addr(address), server = ::inet_addr("10.9.0.1");
  std::memcpy(&out[16], &yours, 4);
  auto option = [&](char code, const std::string& bytes) {
    out += code;
    out += static_cast<char>(bytes.size());
    out += bytes;
  };
  option(53, std::string(1, type));
  option(54, std::string(reinterpret_cast<char*>(&server), 4));
  option(1, std::string("\xff\xff\xff\0", 4));
  option(51, std::string("\0\0\0\4", 4));  // seconds that it lasts, and after which to ask again
  option(58, std::string("\0\0\0\1", 4));
  out += '\xff';
  ::sendto(socket, out.data(), out.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
}

/// Gives out 10.9.0.7, for once longer, and then only 10.9.0.8.
void serve() {
  const int on = 1;
  int socket = ::socket(AF_INET, SOCK_DGRAM, 0), renewals = 0;
  sockaddr_in here{.sin_family = AF_INET, .sin_port = htons(67), .sin_addr = {}, .sin_zero = {}};
  ::setsockopt(socket, SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
  ::setsockopt(socket, SOL_SOCKET, SO_BINDTODEVICE, "server0", 8);
  if (::bind(socket, reinterpret_cast<sockaddr*>(&here), sizeof here) != 0) std::abort();
  tell("serving");
  std::string last;
  for (;;) {
    std::string asked(1500, '\0');
    ssize_t size = ::recv(socket, asked.data(), asked.size(), 0);
    if (size < static_cast<ssize_t>(kOptions)) continue;
    asked.resize(static_cast<std::size_t>(size));
    // On a busy host a client may ask once more before it is answered.
    const std::string question = asked.substr(4, 4) + static_cast<char>(type_of(asked));
    const bool again = question == last;
    last = question;
    const auto tell_once = [&](const std::string& word) {
      if (!again) tell(word);
    };
    uint32_t held = 0;
    std::memcpy(&held, &asked[12], 4);
    const char* address = renewals > 1 ? "10.9.0.8" : "10.9.0.7";
    sockaddr_in to{.sin_family = AF_INET, .sin_port = htons(68), .sin_addr = {0xffffffff}, .sin_zero = {}};
    if (type_of(asked) == DHCP_DISCOVER) {
      tell_once("discover");
      answer(socket, asked, DHCP_OFFER, address, to);
    } else if (held == 0) {
      tell_once("request");
      answer(socket, asked, DHCP_ACK, address, to);
    } else {
      tell_once("renew:" + text_of(held));
      if (!again) ++renewals;
      to.sin_addr.s_addr = held;
      answer(socket, asked, renewals > 1 && held == ::inet_addr("10.9.0.7") ? DHCP_NAK : DHCP_ACK, address,
             to);
    }
  }
}

void use(const char* interface, const dhcp_lease* lease) {
  tell("use:" + text_of(lease->address));
  shell("ip addr flush dev " + std::string(interface) + "; ip addr add " + text_of(lease->address) +
        "/24 dev " + interface);
}

/// The client's name space, with the server's behind a cable.
void be_client() {
  if (::unshare(CLONE_NEWNET) != 0) ::_exit(2);
  int ready[2], go[2];
  if (::pipe(ready) != 0 || ::pipe(go) != 0) ::_exit(2);
  char byte = 0;
  pid_t server = ::fork();
  if (server == 0) {
    if (::unshare(CLONE_NEWNET) != 0 || ::write(ready[1], "", 1) != 1 || ::read(go[0], &byte, 1) != 1)
      ::_exit(2);
    shell("ip link set server0 up; ip addr add 10.9.0.1/24 dev server0");
    serve();
  }
  if (::read(ready[0], &byte, 1) != 1 ||
      shell("ip link add eth0 type veth peer name server0 netns " + std::to_string(server)) != 0)
    ::_exit(3);
  if (::write(go[1], "", 1) != 1) ::_exit(2);
  // Without detection of other holders of the addresses, the cable carries at once.
  ::usleep(300'000);
  dhcp_lease lease{};
  if (int error = get_lease("eth0", "shop", &lease); error != 0) {
    tell("failed:" + std::to_string(error));
    ::_exit(4);
  }
  use("eth0", &lease);
  keep_lease("eth0", "shop", &lease, use);
  ::pause();
}

TEST(Lease, IsRenewedAndReplaced) {
  if (::geteuid() != 0 || shell("unshare -n ip link add eth0 type veth peer name server0") != 0)
    GTEST_SKIP() << "a network of its own takes root, and a kernel that has veth";
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  events = ends[1];
  pid_t client = ::fork();
  ASSERT_GE(client, 0);
  if (client == 0) {
    ::setpgid(0, 0);
    be_client();
    ::_exit(0);
  }
  ::setpgid(client, client);
  ::close(ends[1]);
  const std::string expected =
      "serving discover request use:10.9.0.7 renew:10.9.0.7 renew:10.9.0.7 discover request use:10.9.0.8 "
      "renew:10.9.0.8 ";
  std::string told;
  pollfd watched{ends[0], POLLIN, 0};
  while (told.size() < expected.size() && ::poll(&watched, 1, 20'000) > 0) {
    char piece[200];
    ssize_t size = ::read(ends[0], piece, sizeof piece);
    if (size <= 0) break;
    told.append(piece, static_cast<std::size_t>(size));
  }
  ::kill(-client, SIGKILL);
  ::waitpid(client, nullptr, 0);
  ::close(ends[0]);
  EXPECT_EQ(told.substr(0, expected.size()), expected);
}

}  // namespace

// What init would say on its console.
extern "C" void report_error(const char* a, const char* b, const char* c, int error) {
  tell(std::string(a) + (b ? b : "") + (c ? c : "") + std::to_string(error));
}
