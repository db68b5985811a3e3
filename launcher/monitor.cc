#include "launcher/monitor.h"

#include <cerrno>
#include <cstring>

#include <sys/socket.h>

#include <nlohmann/json.hpp>
#include <poll.h>

#include "launcher/codes.h"

namespace faasc {
namespace {

using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

// QEMU answers within a millisecond, unless the host is very busy.
constexpr auto kAnswerTimeout = std::chrono::seconds(10);
constexpr std::size_t kLongestLine = std::size_t{4} << 20;

constexpr const char* kMonitorHint =
    "try again; where it stays so, please report it, with the output of -v and of 'qemu-system-x86_64 "
    "--version'";

Error lost(std::string_view why) {
  return Error{Fault::Host, kMonitorFailed, "QEMU does not answer: " + std::string(why), {}, kMonitorHint};
}

std::string member(const Json& object, const char* name) {
  auto found = object.is_object() ? object.find(name) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

Result<std::string> Monitor::receive_line(Clock::time_point deadline) {
  for (;;) {
    if (std::size_t end = received_.find('\n'); end != std::string::npos) {
      std::string line = received_.substr(0, end);
      received_.erase(0, end + 1);
      return line;
    }
    if (received_.size() > kLongestLine) return lost("a line without an end");
    auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd readable{socket_.get(), POLLIN, 0};
    int ready = ::poll(&readable, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return lost(std::strerror(errno));
    if (ready == 0) return lost("nothing heard in time");
    char buffer[16 * 1024];
    ssize_t count = ::recv(socket_.get(), buffer, sizeof buffer, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return lost("it has closed the connection");
    received_.append(buffer, static_cast<std::size_t>(count));
  }
}

void Monitor::note_event(std::string_view line) {
  Json message = Json::parse(line, nullptr, false);
  if (member(message, "event") != "SHUTDOWN" || !message.contains("data")) return;
  shutdown_reason_ = member(message.at("data"), "reason");
}

Result<std::string> Monitor::round_trip(std::string_view command, std::string_view message) {
  for (std::string_view rest = message; !rest.empty();) {
    ssize_t count = ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return lost(std::strerror(errno));
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  auto deadline = Clock::now() + kAnswerTimeout;
  for (;;) {
    FAASC_TRY(std::string line, receive_line(deadline));
    Json answer = Json::parse(line, nullptr, false);
    if (answer.is_object() && answer.contains("return")) {
      const Json& value = answer.at("return");
      return value.is_string() ? value.get<std::string>() : std::string();
    }
    if (answer.is_object() && answer.contains("error"))
      return Error{Fault::Host,
                   kMonitorFailed,
                   "QEMU refused '" + std::string(command) + "': " + member(answer.at("error"), "desc"),
                   {},
                   kMonitorHint};
    note_event(line);
  }
}

Result<void> Monitor::greet(std::chrono::milliseconds timeout) {
  FAASC_TRY(std::string greeting, receive_line(Clock::now() + timeout));
  Json message = Json::parse(greeting, nullptr, false);
  if (!message.is_object() || !message.contains("QMP")) return lost("it does not speak QMP");
  return execute("qmp_capabilities");
}

Result<void> Monitor::execute(std::string_view command) {
  FAASC_TRY([[maybe_unused]] std::string answer,
            round_trip(command, Json{{"execute", command}}.dump() + "\n"));
  return {};
}

Result<std::string> Monitor::ask(std::string_view command_line) {
  Json message = {{"execute", "human-monitor-command"}, {"arguments", {{"command-line", command_line}}}};
  return round_trip(command_line, message.dump() + "\n");
}

void Monitor::drain() {
  for (;;) {
    auto line = receive_line(Clock::now());
    if (!line) return;
    note_event(*line);
  }
}

}  // namespace faasc
