#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "compiler/driver/console.h"

namespace faasc {

/// Tells what is going on. On a terminal every running step has a live line with the time it has taken;
/// elsewhere a plain line is written when it starts. Steps may run in several threads.
class Progress {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  explicit Progress(Console& console, Clock clock = std::chrono::steady_clock::now);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// One thing that is being done. Destroying it without a word means that it was given up.
  class Step {
   public:
    Step(Step&& other) noexcept : progress_(std::exchange(other.progress_, nullptr)), id_(other.id_) {}
    Step& operator=(Step&&) = delete;
    ~Step() { end(Outcome::GivenUp); }
    void done() { end(Outcome::Done); }
    void fail() { end(Outcome::Failed); }

   private:
    friend class Progress;
    enum class Outcome : std::uint8_t { Done, Failed, GivenUp };
    Step(Progress* progress, int id) : progress_(progress), id_(id) {}
    void end(Outcome outcome) {
      if (progress_ != nullptr) std::exchange(progress_, nullptr)->end(id_, outcome);
    }
    Progress* progress_;
    int id_;
  };

  /// `what` is a present participle: "compiling hello.cc".
  [[nodiscard]] Step start(std::string what);

  /// What took the time: on a terminal one line where it was a second or more; with --verbose a table of the
  /// steps that ended well, the longest first, of those that matter.
  void summarize();

 private:
  struct Running {
    std::string what;
    std::chrono::steady_clock::time_point since;
  };
  void end(int id, Step::Outcome outcome);
  void say_in_one_line();  // with the mutex held
  void draw();             // with the mutex held
  void tick();

  Console& console_;
  Clock clock_;
  std::mutex mutex_;
  std::map<int, Running> running_;
  std::vector<std::pair<std::chrono::milliseconds, std::string>> finished_;
  int next_id_ = 0;
  bool stopping_ = false;
  std::condition_variable wake_;
  std::thread ticker_;  // on a terminal only, from the first step on
};

}  // namespace faasc
