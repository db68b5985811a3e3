#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/system/faasc_run.h"

namespace faasc {

/// Two checkouts of one C++ function, for tests of what builds keep: the caches, and the others that a test
/// needs, lie in a directory beside them.
class CachedBuilds : public testing::Test {
 protected:
  /// Skips without a kernel. Both use the cache in at("cache") until a test says otherwise.
  void SetUp() override;

  std::filesystem::path at(std::string_view name) const { return directory_.path() / name; }
  static void use(ProjectRun& project, const std::filesystem::path& cache);
  /// `faasc build -v` for Nanos, which has to succeed.
  static Finished build(const ProjectRun& project, std::vector<std::string> more = {});
  /// Of the image.
  static std::string digest(const ProjectRun& project);

  TemporaryDirectory directory_ = std::move(TemporaryDirectory::create(testing::TempDir(), "cache")).value();
  ProjectRun first_, second_;
};

/// From the first warning on, which is behind what the build says of its result.
std::string warnings_of(const Finished& finished);

/// Waits until `ready`, for as long as the server lives and at most a minute; false where it never is.
bool answers(Child& server, const std::function<bool()>& ready);

}  // namespace faasc
