#include "launcher/machine.h"

#include <algorithm>
#include <cerrno>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <poll.h>

#include "base/interrupt.h"
#include "launcher/codes.h"
#include "launcher/late_activity.h"
#include "launcher/machine_state.h"

namespace faasc {
namespace {

using std::chrono::milliseconds;

/// A connection that is being made, to learn whether anybody accepts it. Nothing is sent.
Fd begin_connecting(const std::string& host, std::uint16_t port) {
  const bool six = host.find(':') != std::string::npos;
  Fd socket(::socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  sockaddr_in6 address6{};
  address6.sin6_family = AF_INET6;
  address6.sin6_port = htons(port);
  ::inet_pton(six ? AF_INET6 : AF_INET, host.c_str(),
              six ? static_cast<void*>(&address6.sin6_addr) : &address.sin_addr);
  const void* to = six ? static_cast<const void*>(&address6) : &address;
  if (::connect(socket.get(), static_cast<const sockaddr*>(to), six ? sizeof address6 : sizeof address) !=
          0 &&
      errno != EINPROGRESS)
    socket.reset();
  return socket;
}

/// Whether the other side has accepted it.
bool is_connected(const Fd& socket) {
  pollfd state{socket.get(), POLLOUT, 0};
  return ::poll(&state, 1, 0) > 0 && state.revents == POLLOUT;
}

bool closed_by_peer(const Fd& socket) {
  pollfd state{socket.get(), POLLIN | POLLRDHUP, 0};
  return ::poll(&state, 1, 0) > 0 && (state.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

}  // namespace

std::string Machine::State::function_host() const {
  if (!on_host_network()) return "127.0.0.1";
  const VmSpec::Nic& nic = spec.nics.front();
  if (nic.address != "dhcp") return nic.address.substr(0, nic.address.find('/'));
  if (!nic.address6.empty()) return nic.address6.substr(0, nic.address6.find('/'));
  std::lock_guard lock(mutex);
  return guest_address;
}

std::uint16_t Machine::State::function_port() const {
  if (on_host_network()) return spec.http_port;
  for (const PortForward& port : ports)
    if (port.guest == spec.http_port) return port.host;
  return 0;
}

Error Machine::State::not_ready(milliseconds limit, const ThreadActivity* activity) {
  std::string what = "the guest did not get ready within " + std::to_string(limit.count()) + " ms";
  if (console.position() == 0) what += ", and printed nothing";
  if (const char* words = activity != nullptr ? in_words(activity->share()) : nullptr)
    what += std::string("; ") + words;
  std::string hint = listening ? "it says that it listens, but its port " + std::to_string(spec.http_port) +
                                     " accepts no connection"
                               : "the function has to listen on port " + std::to_string(spec.http_port) +
                                     "; allow it more time with limits.init_timeout";
  return Error{Fault::Guest, kGuestNotReady, what, {}, hint, last_words()};
}

Result<void> Machine::State::wait_ready() {
  constexpr auto kAttempt =
      milliseconds(100);  // a packet the guest was not ready for is not repeated for seconds
  constexpr auto kHealthTimeout = std::chrono::seconds(5);
  constexpr int kFastMs = 2, kSlowMs = 20;
  constexpr auto kSoon = milliseconds(500);  // after a guest says that it listens, it does

  milliseconds limit = options.init_timeout.value_or(spec.init_timeout * patience());
  auto deadline = origin + limit;
  std::uint16_t port = function_port();
  Fd connection;
  Clock::time_point connecting_since{};
  bool listened = false;
  Clock::time_point listened_at{};
  // Of the last part of that time, in which nothing boots any more.
  auto last_part = deadline - last_part_of(limit);
  std::optional<ThreadActivity> activity;

  for (;;) {
    FAASC_CHECK(check_interrupt());
    if (has_ended()) return error_of_end("waiting for the guest to get ready");
    if (Clock::now() >= deadline) return not_ready(limit, activity ? &*activity : nullptr);
    if (!activity && Clock::now() >= last_part) activity.emplace(vmm->pid());
    if (listening && !listened) {
      listened = true;
      listened_at = Clock::now();
      connection.reset();
    }
    bool accepted = false;
    if (port != 0) {
      if (vmm->needs_connection() && connection &&
          (closed_by_peer(connection) || Clock::now() - connecting_since > kAttempt)) {
        connection.reset();
        pause(kFastMs);
      }
      if (vmm->needs_connection() && !connection) {
        if (std::string host = function_host(); !host.empty()) connection = begin_connecting(host, port);
        connecting_since = Clock::now();
      }
      auto accepts = on_host_network() ? Result<bool>(connection && is_connected(connection))
                                       : vmm->accepts(spec.http_port);
      if (!accepts) {
        if (wait_for_end(std::chrono::seconds(1))) continue;
        return std::move(accepts).error();
      }
      accepted = *accepts;
      if (accepted && !listened && !spec.ready_path.empty()) {
        connection.reset();
        auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
        HttpLimits limits{.timeout = std::clamp<milliseconds>(left, milliseconds(1), kHealthTimeout)};
        auto health = send_http(
            port,
            {.method = "GET", .target = spec.ready_path, .headers = {}, .body = {}, .host = function_host()},
            limits);
        accepted = health && health->status == 200;
        if (!accepted) pause(kSlowMs);
      }
    }
    if (port == 0 ? listened : accepted) {
      std::lock_guard lock(mutex);
      phases.ready = elapsed();
      return {};
    }
    bool soon = listened && port != 0 && Clock::now() - listened_at < kSoon;
    pause(soon ? kFastMs : kSlowMs);
  }
}

Machine::Machine(std::unique_ptr<State> state) : state_(std::move(state)) {}
Machine::Machine(Machine&&) noexcept = default;
Machine& Machine::operator=(Machine&&) noexcept = default;
Machine::~Machine() = default;

Result<void> Machine::wait_ready() {
  return state_->wait_ready();
}

Result<HttpResponse> Machine::request(const HttpRequest& request) {
  return this->request(request, {.timeout = state_->spec.request_timeout * state_->patience()});
}

Result<HttpResponse> Machine::request(const HttpRequest& request, const HttpLimits& limits) {
  // A guest that crashes while it answers closes the connection first, and prints its registers then.
  constexpr auto kTimeToCrash = std::chrono::milliseconds(500);
  std::string during = "asking for " + request.method + " " + request.target;
  if (state_->has_ended()) return state_->error_of_end(during);
  auto start = state_->elapsed();
  const LateActivity activity(state_->vmm->pid(), limits.timeout);
  HttpRequest addressed = request;
  if (addressed.host.empty()) addressed.host = state_->function_host();
  auto response = send_http(state_->function_port(), addressed, limits);
  if (!response) {
    if (response.error().fault == Fault::Interrupted) return response;
    const char* words = response.error().fault == Fault::Timeout ? activity.in_words() : nullptr;
    if (words != nullptr) response.error().what += std::string("; meanwhile ") + words;
    if (state_->wait_for_end(kTimeToCrash)) return state_->error_of_end(during);
    response.error().excerpt = state_->last_words();
    return response;
  }
  std::lock_guard lock(state_->mutex);
  if (!state_->phases.first_response) state_->phases.first_response = start + response->time_to_head;
  return response;
}

std::uint16_t Machine::host_port(std::uint16_t guest_port) const {
  for (const PortForward& port : state_->ports)
    if (port.guest == guest_port) return port.host;
  return 0;
}

std::string Machine::url() const {
  const std::string host = state_->function_host();
  return "http://" + (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" +
         std::to_string(state_->function_port());
}
pid_t Machine::pid() const {
  return state_->vmm->pid();
}
const BootPlan& Machine::plan() const {
  return state_->plan;
}
const GuestConsole& Machine::console() const {
  return state_->console;
}

std::string Machine::summary() const {
  if (state_->options.process) return "a process in a sandbox";
  if (state_->options.vmm != VmmChoice::Qemu) return state_->phases.vmm + ", kvm, kernel loaded directly";
  return state_->plan.summary();
}

BootPhases Machine::phases() const {
  std::lock_guard lock(state_->mutex);
  return state_->phases;
}

}  // namespace faasc
