#include "compiler/build/function_lock.h"

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"

namespace faasc {
namespace {

class Silent : public BuildProgress {
 public:
  StepId started(const std::string&) override { return 0; }
  void finished(StepId) override {}
  void failed(StepId) override {}
  void note(const std::string&) override {}
};

TEST(FunctionLock, SaysWhichManifestItWasNotDoneFor) {
  TemporaryDirectory directory = TemporaryDirectory::create(testing::TempDir(), "lock").value();
  BuildOptions options;
  options.manifest = directory.path() / "faas.yaml";
  ASSERT_TRUE(write_file(options.manifest, "apiVersion: faasc/v2\n"));
  Diagnostics diagnostics;
  Silent progress;
  auto locked = lock_function(options, {}, diagnostics, progress);
  ASSERT_FALSE(locked);
  EXPECT_EQ(diagnostics.error_count(), 1);
  EXPECT_EQ(to_text(locked.error(), Color::Off),
            "faasc: error: '" + options.manifest.string() + "' was not locked [FAASC0802]\n");
}

}  // namespace
}  // namespace faasc
