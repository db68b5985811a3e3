#include "base/job_server.h"

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <mutex>
#include <thread>

#include <sys/eventfd.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/forced_exit.h"
#include "base/interrupt.h"

namespace faasc {
namespace {

// What would be lost if the process ended now, where a signal handler can read it.
constexpr std::size_t kMostHeld = 1024;
std::atomic<int> g_out = -1;
std::atomic<unsigned char> g_held[kMostHeld];  // a token each; 0: none

void give_all_back() {
  int out = g_out.load();
  if (out < 0) return;
  for (std::atomic<unsigned char>& slot : g_held) {
    unsigned char token = slot.exchange(0);
    if (token != 0) [[maybe_unused]]
      ssize_t written = ::write(out, &token, 1);
  }
}

void note_held(unsigned char token) {
  for (std::atomic<unsigned char>& slot : g_held) {
    unsigned char none = 0;
    if (slot.compare_exchange_strong(none, token)) return;
  }
}

// False where the handler has given it back already.
bool forget_held(unsigned char token) {
  for (std::atomic<unsigned char>& slot : g_held) {
    unsigned char held = token;
    if (slot.compare_exchange_strong(held, 0)) return true;
  }
  return false;
}

bool is_pipe(int fd) {
  struct stat status{};
  return ::fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode);
}

// The value of the last such option: make puts the one that counts last.
std::optional<std::string_view> value_of(std::string_view flags, std::string_view option) {
  std::size_t at = flags.rfind(option);
  if (at == std::string_view::npos || (at > 0 && flags[at - 1] != ' ')) return std::nullopt;
  std::string_view value = flags.substr(at + option.size());
  return value.substr(0, value.find(' '));
}

// A description of our own of an inherited pipe: ours may be set not to block, the others' stay as they are.
Fd reopened(std::string_view number, int flags) {
  int fd = -1;
  auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), fd);
  if (error != std::errc() || end != number.data() + number.size() || fd < 0 || !is_pipe(fd)) return {};
  return Fd(::open(("/proc/self/fd/" + std::to_string(fd)).c_str(), flags | O_NONBLOCK | O_CLOEXEC));
}

}  // namespace

std::unique_ptr<JobServer> JobServer::from(std::string_view makeflags) {
  auto value = value_of(makeflags, "--jobserver-auth=");
  if (!value) value = value_of(makeflags, "--jobserver-fds=");
  if (!value) return nullptr;
  Fd in, out;
  if (value->starts_with("fifo:")) {
    std::string path(value->substr(5));
    // For both, so that opening it waits for nobody.
    in.reset(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
    if (!in || !is_pipe(in.get())) return nullptr;
    out.reset(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
  } else {
    std::size_t comma = value->find(',');
    if (comma == std::string_view::npos) return nullptr;
    in = reopened(value->substr(0, comma), O_RDONLY);
    out = reopened(value->substr(comma + 1), O_WRONLY);
  }
  if (!in || !out) return nullptr;
  g_out = out.get();
  before_forced_exit(give_all_back);
  return std::unique_ptr<JobServer>(new JobServer(std::move(in), std::move(out)));
}

JobServer::~JobServer() {
  g_out = -1;
}

JobServer::Tokens::~Tokens() {
  if (!bytes_.empty()) server_->give_back(bytes_);
}

void JobServer::give_back(std::string_view bytes) {
  for (char token : bytes) {
    if (!forget_held(static_cast<unsigned char>(token))) continue;
    // A pipe that is full holds more tokens than make ever put in.
    while (::write(out_.get(), &token, 1) < 0 && errno == EINTR) {
    }
  }
}

JobServer::Tokens JobServer::take_free(std::size_t most) {
  std::string bytes;
  most = std::min(most, kMostHeld / 2);
  while (bytes.size() < most) {
    char token = 0;
    ssize_t count = ::read(in_.get(), &token, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count != 1) break;
    // The handler's list tells free places by 0, which no make writes.
    if (token == 0) token = '+';
    note_held(static_cast<unsigned char>(token));
    bytes += token;
  }
  return {this, std::move(bytes)};
}

std::optional<JobServer::Tokens> JobServer::take(const Fd& stop) {
  for (;;) {
    pollfd fds[3] = {{in_.get(), POLLIN, 0}, {stop.get(), POLLIN, 0}, {interrupt_fd(), POLLIN, 0}};
    if (::poll(fds, 3, -1) < 0 && errno != EINTR) return std::nullopt;
    if (fds[1].revents || fds[2].revents || (fds[0].revents & (POLLERR | POLLNVAL))) return std::nullopt;
    if (!(fds[0].revents & POLLIN)) {
      if (fds[0].revents & POLLHUP) return std::nullopt;  // make is gone
      continue;
    }
    Tokens one = take_free(1);  // somebody else may have been faster
    if (one.count() == 1) return one;
  }
}

JobServer* job_server() {
  static std::unique_ptr<JobServer> server = [] {
    const char* flags = std::getenv("MAKEFLAGS");
    return JobServer::from(flags ? flags : "");
  }();
  return server.get();
}

void work_side_by_side(std::size_t threads, const std::function<void()>& work) {
  JobServer* server = job_server();
  Fd done(server && threads > 1 ? ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) : -1);
  std::vector<std::thread> further;
  for (std::size_t i = 1; i < threads; ++i)
    further.emplace_back([&] {
      if (!server) return work();
      if (auto token = server->take(done)) work();
    });
  work();
  std::uint64_t one = 1;
  if (done) [[maybe_unused]]
    ssize_t written = ::write(done.get(), &one, sizeof one);
  for (std::thread& thread : further) thread.join();
}

}  // namespace faasc
