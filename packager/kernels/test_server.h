#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"

namespace faasc {

/// For tests: an HTTP/1.1 server on a free port of 127.0.0.1, one request per connection, which can misbehave
/// on demand.
class TestServer {
 public:
  struct Reply {
    int status = 200;
    std::string body;
    std::string etag;                      ///< with it, ranges are served
    std::vector<std::string> headers;      ///< in addition
    std::size_t cut_after = SIZE_MAX;      ///< close the connection after so many bytes of the body
    std::chrono::milliseconds silence{0};  ///< before the first byte of the body
    bool wrong_range = false;              ///< answer a range with another one
    bool tell_length = true;
  };

  TestServer();
  ~TestServer();

  /// "http://127.0.0.1:<port>"
  std::string url() const;
  /// What is answered to requests for `path`, one after the other; the last goes on for ever. Without any:
  /// 404.
  void serve(const std::string& path, std::vector<Reply> replies);
  /// The requests so far: "GET /path", followed by " Range: …" and " If-Range: …" where there was one.
  std::vector<std::string> requests();

 private:
  void run();
  void answer(const Fd& connection);

  Fd listener_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;
  std::map<std::string, std::vector<Reply>> replies_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

}  // namespace faasc
