#include "launcher/gdb_stub.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>

#include <poll.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "launcher/codes.h"

namespace faasc {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr auto kAnswerTime = std::chrono::seconds(10);
constexpr auto kLook = milliseconds(200);
constexpr std::size_t kMostAtOnce = 1024;

Error stub_failed(const std::string& what) {
  return {Fault::Host, kNoDebugger, what, {}, {}};
}

std::string to_hex(std::string_view bytes) {
  std::string text;
  char digits[3];
  for (unsigned char byte : bytes) {
    std::snprintf(digits, sizeof digits, "%02x", byte);
    text += digits;
  }
  return text;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    unsigned value = 0;
    auto [end, error] = std::from_chars(text.data() + i, text.data() + i + 2, value, 16);
    if (error != std::errc() || end != text.data() + i + 2) return std::nullopt;
    bytes += static_cast<char>(value);
  }
  return bytes;
}

std::string hex(std::uint64_t number) {
  char text[17];
  return std::string(text, std::to_chars(text, text + sizeof text, number, 16).ptr);
}

}  // namespace

std::string framed(std::string_view packet) {
  std::string escaped;
  for (char c : packet) {
    if (c == '$' || c == '#' || c == '}' || c == '*') {
      escaped += '}';
      c = static_cast<char>(c ^ 0x20);
    }
    escaped += c;
  }
  unsigned sum = 0;
  for (unsigned char c : escaped) sum += c;
  char end[4];
  std::snprintf(end, sizeof end, "#%02x", sum & 0xff);
  return "$" + escaped + end;
}

Result<GdbStub> GdbStub::connect(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::string text = path.string();
  if (text.size() >= sizeof address.sun_path) return stub_failed("'" + text + "' is too long for a socket");
  std::memcpy(address.sun_path, text.data(), text.size());
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket || ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return io_error("connect to", path, errno);
  return GdbStub(std::move(socket));
}

Result<void> GdbStub::send(std::string_view packet) {
  std::string bytes = framed(packet);
  for (std::size_t done = 0; done < bytes.size();) {
    ssize_t count = ::send(socket_.get(), bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return stub_failed("QEMU's debugging stub does not listen any more");
    done += static_cast<std::size_t>(count);
  }
  return {};
}

Result<std::optional<std::string>> GdbStub::receive(milliseconds timeout) {
  auto deadline = Clock::now() + timeout;
  for (;;) {
    // Acknowledgements come between packets.
    std::size_t start = received_.find('$'), end = received_.find('#', start);
    if (start != std::string::npos && end != std::string::npos && end + 2 < received_.size()) {
      std::string packet;
      for (std::size_t i = start + 1; i < end; ++i) {
        char c = received_[i];
        if (c == '}' && i + 1 < end) {
          packet += static_cast<char>(received_[++i] ^ 0x20);
        } else if (c == '*' && i + 1 < end && !packet.empty()) {
          packet.append(static_cast<std::size_t>(std::max(received_[++i] - 29, 0)), packet.back());
        } else {
          packet += c;
        }
      }
      received_.erase(0, end + 3);
      [[maybe_unused]] ssize_t sent = ::send(socket_.get(), "+", 1, MSG_NOSIGNAL);
      return std::optional(std::move(packet));
    }
    auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return std::optional<std::string>();
    pollfd watched[2] = {{socket_.get(), POLLIN, 0}, {interrupt_fd(), POLLIN, 0}};
    ::poll(watched, 2, static_cast<int>(std::min<std::int64_t>(left, 1'000'000)));
    FAASC_CHECK(check_interrupt());
    if (watched[0].revents == 0) continue;
    char buffer[4096];
    ssize_t count = ::recv(socket_.get(), buffer, sizeof buffer, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return stub_failed("QEMU's debugging stub has gone");
    received_.append(buffer, static_cast<std::size_t>(count));
  }
}

Result<std::string> GdbStub::ask(std::string_view packet) {
  FAASC_CHECK(send(packet));
  FAASC_TRY(std::optional<std::string> answer, receive(kAnswerTime));
  if (!answer) return stub_failed("QEMU's debugging stub does not answer");
  return std::move(*answer);
}

Result<void> GdbStub::wait_for_stop(Clock::time_point deadline, const std::function<bool()>& still_runs) {
  for (;;) {
    FAASC_TRY(std::optional<std::string> stop, receive(kLook));
    if (!stop && !still_runs()) return stub_failed("the guest has ended before its program began");
    if (!stop && Clock::now() > deadline) return stub_failed("the guest's program has not begun in time");
    if (!stop) continue;
    if (stop->starts_with('T') || stop->starts_with('S')) return {};
    if (stop->starts_with('W') || stop->starts_with('X'))
      return stub_failed("the guest has ended before its program began");
  }
}

Result<void> GdbStub::run_to(std::uint64_t address, std::string_view code, milliseconds timeout,
                             const std::function<bool()>& still_runs) {
  std::string where = hex(address) + ",1";
  auto deadline = Clock::now() + timeout;
  for (;;) {
    // Of the processor, as there may be no memory at the address yet.
    FAASC_TRY(std::string set, ask("Z1," + where));
    if (set != "OK") return stub_failed("QEMU's debugging stub sets no breakpoints: '" + set + "'");
    FAASC_CHECK(send("c"));
    FAASC_CHECK(wait_for_stop(deadline, still_runs));
    FAASC_TRY(std::string removed, ask("z1," + where));
    FAASC_TRY(std::optional<std::string> found, read(address, code.size()));
    if (found == code) return {};
    FAASC_CHECK(send("s"));
    FAASC_CHECK(wait_for_stop(deadline, still_runs));
  }
}

Result<std::optional<std::string>> GdbStub::read(std::uint64_t address, std::size_t size) {
  std::string bytes;
  while (bytes.size() < size) {
    std::size_t piece = std::min(size - bytes.size(), kMostAtOnce);
    FAASC_TRY(std::string answer, ask("m" + hex(address + bytes.size()) + "," + hex(piece)));
    auto part = from_hex(answer);
    if (!part || part->size() != piece) return std::optional<std::string>();
    bytes += *part;
  }
  return std::optional(std::move(bytes));
}

Result<std::optional<std::string>> GdbStub::read_text(std::uint64_t address, std::size_t limit) {
  constexpr std::size_t kPiece = 64;  // not across the end of a page: the next one may not be there
  std::string text;
  while (text.size() < limit) {
    std::size_t piece = kPiece - (address + text.size()) % kPiece;
    FAASC_TRY(std::optional<std::string> bytes, read(address + text.size(), piece));
    if (!bytes) return std::optional<std::string>();
    std::size_t end = bytes->find('\0');
    text += bytes->substr(0, end);
    if (end != std::string::npos) return std::optional(std::move(text));
  }
  return std::optional<std::string>();
}

Result<std::optional<std::uint64_t>> GdbStub::read_word(std::uint64_t address) {
  FAASC_TRY(std::optional<std::string> bytes, read(address, sizeof(std::uint64_t)));
  if (!bytes) return std::optional<std::uint64_t>();
  std::uint64_t word;
  std::memcpy(&word, bytes->data(), sizeof word);
  return std::optional(word);
}

Result<std::string> GdbStub::ask_monitor(std::string_view command) {
  FAASC_CHECK(send("qRcmd," + to_hex(command)));
  std::string text;
  for (;;) {
    FAASC_TRY(std::optional<std::string> answer, receive(kAnswerTime));
    if (!answer) return stub_failed("QEMU's debugging stub does not answer");
    if (!answer->starts_with('O') || *answer == "OK") return text;
    text += from_hex(std::string_view(*answer).substr(1)).value_or("");
  }
}

}  // namespace faasc
