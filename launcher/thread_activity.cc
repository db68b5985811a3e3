#include "launcher/thread_activity.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "base/file.h"

namespace faasc {
namespace fs = std::filesystem;

ThreadActivity::ThreadActivity(pid_t process) : process_(process), before_(times_of(process)) {}

// /proc/P/task/T/schedstat: nanoseconds on a processor, nanoseconds waiting for one, turns.
std::map<pid_t, ThreadActivity::Times> ThreadActivity::times_of(pid_t process) {
  std::map<pid_t, Times> times;
  std::error_code error;
  fs::path tasks = fs::path("/proc") / std::to_string(process) / "task";
  for (fs::directory_iterator entry(tasks, error), end; !error && entry != end; entry.increment(error)) {
    auto text = read_file(entry->path() / "schedstat", 256);
    if (!text) continue;
    char* rest = nullptr;
    std::uint64_t ran = std::strtoull(text->c_str(), &rest, 10);
    std::uint64_t waited = std::strtoull(rest, &rest, 10);
    times[std::atoi(entry->path().filename().c_str())] = {ran, waited};
  }
  return times;
}

std::optional<ThreadActivity::Share> ThreadActivity::share() const {
  constexpr auto kLeast = std::chrono::milliseconds(100);
  auto passed = std::chrono::steady_clock::now() - since_;
  std::map<pid_t, Times> now = times_of(process_);
  if (passed < kLeast || now.empty()) return std::nullopt;
  double nanoseconds = std::chrono::duration<double, std::nano>(passed).count();
  Share busiest;
  for (const auto& [thread, times] : now) {
    auto found = before_.find(thread);
    Times before = found == before_.end() ? Times{} : found->second;
    auto part = [&](std::uint64_t from, std::uint64_t to) {
      return static_cast<double>(to - std::min(from, to)) / nanoseconds;
    };
    Share one{part(before.ran_ns, times.ran_ns), part(before.waited_ns, times.waited_ns)};
    if (one.ran > busiest.ran) busiest = one;
  }
  return busiest;
}

// Whoever waits for a processor on a busy host gets a part of it in the end; whoever is idle needs next to
// nothing, although it may wait for that just as long.
const char* in_words(const std::optional<ThreadActivity::Share>& share) {
  constexpr double kAllTheTime = 0.9, kPartOfABusyHost = 0.08, kIdle = 0.04;
  if (!share) return nullptr;
  if (share->ran + share->waited >= kAllTheTime && share->ran >= kPartOfABusyHost)
    return "it computed all the time";
  return share->ran <= kIdle ? "it was idle" : nullptr;
}

}  // namespace faasc
