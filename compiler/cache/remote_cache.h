#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "base/result.h"

namespace faasc {

/// A cache elsewhere, by the HTTP protocol of Bazel's: GET and PUT of /ac/KEY and /cas/SHA256 below a URL. A
/// companion program talks to it (compiler/cache/remote_program.h has what is said to that), started when the
/// first thing is asked.
///
/// The first failure is the last: nothing is asked from there on, and every answer is that nothing was found.
/// Safe for threads.
class RemoteCache {
 public:
  struct Options {
    std::filesystem::path program;  ///< libexec/faasc/faasc-cache
    std::string url;                ///< http or https
    bool read_only = false;         ///< nothing is sent
  };
  explicit RemoteCache(Options options);
  /// Waits for what is being sent.
  ~RemoteCache();
  RemoteCache(const RemoteCache&) = delete;
  RemoteCache& operator=(const RemoteCache&) = delete;

  enum class Kind : std::uint8_t { ActionResult, Blob };

  /// Fetches into the file `to`, which is there in part where the answer is false. One round trip. More than
  /// `most_bytes` is a failure.
  bool get(Kind kind, std::string_view name, const std::filesystem::path& to, std::uint64_t most_bytes);

  /// Sends a file in the background, in the order of the calls. A file that is gone by then is not sent.
  void put(Kind kind, std::string_view name, const std::filesystem::path& from);

  /// What was fetched makes no sense.
  void fail(std::string what);

  /// Waits until everything is sent, and gives the first failure.
  std::optional<std::string> finish();

 private:
  struct Request {
    std::string line;
    std::promise<bool> answer;
  };
  std::future<bool> ask(std::string line, bool urgent);
  void work();

  Options options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Request> urgent_, other_;
  bool stopping_ = false, busy_ = false;
  std::optional<std::string> failure_;
  std::thread thread_;  // owns the companion, which dies with the thread that started it
};

}  // namespace faasc
