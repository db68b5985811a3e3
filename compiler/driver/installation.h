#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace faasc {

/// The files that come with faasc, relative to the program: `<prefix>/bin/faasc`, `<prefix>/libexec/faasc`,
/// `<prefix>/lib/faasc`, `<prefix>/share/faasc`. The build tree has the same shape.
class Installation {
 public:
  /// The one that the running program belongs to.
  static Result<Installation> find();
  /// The same for a helper program, which lies in `libexec/faasc`.
  static Result<Installation> of_helper();
  explicit Installation(std::filesystem::path prefix) : prefix_(std::move(prefix)) {}

  const std::filesystem::path& prefix() const { return prefix_; }

  /// A helper program: `libexec/faasc/<name>`. Missing where it is not there or cannot be executed.
  Result<std::filesystem::path> program(std::string_view name) const;
  /// A file or directory for guests: `lib/faasc/<name>`, for example "cpp/libfaasrt.a".
  Result<std::filesystem::path> guest_library(std::string_view name) const;
  /// A file or directory of `share/faasc`, for example "templates".
  Result<std::filesystem::path> shared(std::string_view name) const;

 private:
  Result<std::filesystem::path> look_up(std::string_view directory, std::string_view name,
                                        int access_mode) const;

  std::filesystem::path prefix_;
};

}  // namespace faasc
