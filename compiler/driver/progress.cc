#include "compiler/driver/progress.h"

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>

namespace faasc {
namespace {

constexpr std::chrono::milliseconds kTick{100};

std::string seconds_text(std::chrono::milliseconds time) {
  char text[32];
  std::snprintf(text, sizeof text, "%lld.%llds", static_cast<long long>(time.count() / 1000),
                static_cast<long long>(time.count() % 1000 / 100));
  return text;
}

std::chrono::milliseconds between(std::chrono::steady_clock::time_point from,
                                  std::chrono::steady_clock::time_point to) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(to - from);
}

}  // namespace

Progress::Progress(Console& console, Clock clock) : console_(console), clock_(std::move(clock)) {}

Progress::~Progress() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    running_.clear();
  }
  wake_.notify_all();
  if (ticker_.joinable()) ticker_.join();
  console_.set_live_lines({});
}

Progress::Step Progress::start(std::string what) {
  std::lock_guard lock(mutex_);
  int id = next_id_++;
  if (console_.is_terminal() && console_.verbosity() == Verbosity::Normal) {
    // Nothing is drawn before the first tick, so that what takes no time does not flicker.
    if (!ticker_.joinable()) ticker_ = std::thread([this] { tick(); });
    wake_.notify_all();
  } else {
    console_.say(what);
  }
  running_.emplace(id, Running{std::move(what), clock_()});
  return Step(this, id);
}

void Progress::end(int id, Step::Outcome outcome) {
  std::lock_guard lock(mutex_);
  auto found = running_.find(id);
  if (found == running_.end()) return;
  Running step = std::move(found->second);
  running_.erase(found);
  std::chrono::milliseconds took = between(step.since, clock_());
  switch (outcome) {
    case Step::Outcome::Done:
      console_.say_verbose("done " + step.what + " (" + seconds_text(took) + ")");
      finished_.emplace_back(took, std::move(step.what));
      break;
    case Step::Outcome::Failed:
      console_.say("failed " + step.what + " (" + seconds_text(took) + ")");
      break;
    case Step::Outcome::GivenUp:
      break;
  }
  draw();
}

void Progress::draw() {
  std::vector<std::string> lines;
  auto now = clock_();
  for (const auto& [id, step] : running_) {
    std::chrono::milliseconds time = between(step.since, now);
    if (time >= kTick) lines.push_back(seconds_text(time) + " " + step.what);
  }
  console_.set_live_lines(std::move(lines));
}

void Progress::tick() {
  // Signals are for the main thread, which waits where they matter.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (running_.empty()) {
      wake_.wait(lock);
    } else {
      wake_.wait_for(lock, kTick);
      draw();
    }
  }
}

void Progress::say_in_one_line() {
  constexpr std::size_t kShown = 3;
  constexpr std::chrono::milliseconds kWorthTelling{1000}, kShortest{100};
  std::chrono::milliseconds total{0};
  for (const auto& [took, what] : finished_) total += took;
  if (total < kWorthTelling) return;
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, finished_.size()) && finished_[i].first >= kShortest; ++i)
    text.append(text.empty() ? "" : ", ")
        .append(seconds_text(finished_[i].first) + " " + finished_[i].second);
  console_.say("took " + text);
}

void Progress::summarize() {
  if (!console_.verbose() && !console_.is_terminal()) return;
  std::lock_guard lock(mutex_);
  if (finished_.empty()) return;
  std::stable_sort(finished_.begin(), finished_.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  if (!console_.verbose()) return say_in_one_line();
  constexpr std::size_t kShown = 8;
  std::string text = "the time went into\n";
  for (std::size_t i = 0; i < std::min(kShown, finished_.size()); ++i) {
    std::string time = seconds_text(finished_[i].first);
    text.append(8 > time.size() ? 8 - time.size() : 0, ' ')
        .append(time)
        .append("  ")
        .append(finished_[i].second);
    if (i + 1 < std::min(kShown, finished_.size())) text += "\n";
  }
  console_.say(text);
}

}  // namespace faasc
