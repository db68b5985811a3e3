#include "compiler/build/function_lock.h"

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"

namespace faasc {
namespace {

TEST(FunctionLock, SaysWhichManifestItWasNotDoneFor) {
  TemporaryDirectory directory = TemporaryDirectory::create(testing::TempDir(), "lock").value();
  BuildOptions options;
  options.manifest = directory.path() / "faas.yaml";
  ASSERT_TRUE(write_file(options.manifest, "apiVersion: faasc/v2\n"));
  Diagnostics diagnostics;
  SilentProgress progress;
  KernelStore store(directory.path() / "kernels", {});
  auto locked = lock_function(options, {}, store, diagnostics, progress);
  ASSERT_FALSE(locked);
  EXPECT_EQ(diagnostics.error_count(), 1);
  EXPECT_EQ(to_text(locked.error(), Color::Off),
            "faasc: error: '" + options.manifest.string() + "' was not locked [FAASC0802]\n");
}

}  // namespace
}  // namespace faasc
