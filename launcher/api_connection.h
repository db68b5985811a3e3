#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"

namespace faasc {

/// A connection to the HTTP API that a VMM serves at a Unix socket. It stays open, so that the socket's file
/// can go as soon as it stands. For one thread.
class ApiConnection {
 public:
  /// Waits until the VMM listens at `socket`. FAASC0728 where it does not within `timeout`, or where it ends
  /// meanwhile, which `ended` tells by becoming readable. `vmm` is its name, for people.
  static Result<ApiConnection> open(std::string vmm, const std::filesystem::path& socket, const Fd& ended,
                                    std::chrono::milliseconds timeout);

  ApiConnection(ApiConnection&&) noexcept;
  ApiConnection& operator=(ApiConnection&&) noexcept;
  ~ApiConnection();

  /// PUT with a body of JSON, which may be empty. FAASC0727, with the VMM's own words, where it refuses;
  /// FAASC0728 where it does not answer within `timeout`.
  Result<void> put(std::string_view target, std::string_view json, std::chrono::milliseconds timeout);
  /// The same, also after an interrupt, of a VMM that may just have ended: what goes wrong is not told.
  void tell(std::string_view target, std::string_view json, std::chrono::milliseconds timeout);

 private:
  struct State;
  explicit ApiConnection(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace faasc
