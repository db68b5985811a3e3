#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"

namespace faasc {

/// A cache that speaks Bazel's HTTP protocol, over one connection that is kept. Redirections are not
/// followed, so that what authenticates us goes to one server only.
class HttpCache {
 public:
  static Result<HttpCache> open(const std::string& url);
  HttpCache(HttpCache&&) noexcept;
  ~HttpCache();

  /// False where the cache does not have it. `path` is relative to the URL: "cas/ab12…".
  Result<bool> get(const std::string& path, const std::filesystem::path& to, std::uint64_t most_bytes);
  /// False where there is no such file to send.
  Result<bool> put(const std::string& path, const std::filesystem::path& from);

 private:
  struct State;
  explicit HttpCache(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace faasc
