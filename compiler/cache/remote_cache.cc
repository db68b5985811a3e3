#include "compiler/cache/remote_cache.h"

#include "base/process.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

const char* name_of(RemoteCache::Kind kind) {
  return kind == RemoteCache::Kind::ActionResult ? "ac" : "cas";
}

// One line, without its end. Empty where the companion is gone.
std::string read_line(const Fd& fd) {
  std::string line;
  char c = 0;
  for (;;) {
    auto count = read_some(fd, &c, 1, "faasc-cache");
    if (!count || *count == 0) return {};
    if (c == '\n') return line;
    line += c;
  }
}

}  // namespace

RemoteCache::RemoteCache(Options options) : options_(std::move(options)) {}

RemoteCache::~RemoteCache() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::future<bool> RemoteCache::ask(std::string line, bool urgent) {
  Request request{std::move(line), {}};
  std::future<bool> answer = request.answer.get_future();
  std::lock_guard lock(mutex_);
  if (failure_) {
    request.answer.set_value(false);
    return answer;
  }
  (urgent ? urgent_ : other_).push_back(std::move(request));
  if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
  changed_.notify_all();
  return answer;
}

bool RemoteCache::get(Kind kind, std::string_view name, const fs::path& to, std::uint64_t most_bytes) {
  return ask("get " + std::string(name_of(kind)) + " " + std::string(name) + " " +
                 std::to_string(most_bytes) + " " + to.string() + "\n",
             true)
      .get();
}

void RemoteCache::put(Kind kind, std::string_view name, const fs::path& from) {
  if (options_.read_only) return;
  (void)ask("put " + std::string(name_of(kind)) + " " + std::string(name) + " 0 " + from.string() + "\n",
            false);
}

void RemoteCache::fail(std::string what) {
  std::lock_guard lock(mutex_);
  if (!failure_) failure_ = std::move(what);
}

std::optional<std::string> RemoteCache::finish() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !busy_ && urgent_.empty() && other_.empty(); });
  return failure_;
}

void RemoteCache::work() {
  std::optional<Child> companion;
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stopping_ || !urgent_.empty() || !other_.empty(); });
    if (urgent_.empty() && other_.empty()) return;
    std::deque<Request>& queue = urgent_.empty() ? other_ : urgent_;
    Request request = std::move(queue.front());
    queue.pop_front();
    bool answer = false;
    if (!failure_) {
      busy_ = true;
      lock.unlock();
      std::string said;
      if (!companion) {
        auto child = Child::spawn({.argv = {options_.program.string(), options_.url}},
                                  {.in = Stream::Pipe, .out = Stream::Pipe, .err = Stream::Null});
        if (child)
          companion.emplace(std::move(*child));
        else
          said = "failed " + child.error().what;
      }
      if (companion) {
        auto sent = write_all(companion->in, request.line, "faasc-cache");
        said = sent ? read_line(companion->out) : std::string();
        if (said.empty()) said = "failed the program faasc-cache has ended";
      }
      lock.lock();
      busy_ = false;
      answer = said == "yes";
      constexpr std::string_view kFailed = "failed ";
      if (said.starts_with(kFailed) && !failure_) failure_ = said.substr(kFailed.size());
    }
    request.answer.set_value(answer);
    changed_.notify_all();
  }
}

}  // namespace faasc
