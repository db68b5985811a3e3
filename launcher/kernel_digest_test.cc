#include "launcher/kernel_digest.h"

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/sha256.h"

namespace faasc {
namespace {

TEST(KernelDigest, IsComparedWithTheImages) {
  TemporaryDirectory directory = TemporaryDirectory::create(testing::TempDir(), "kernel").value();
  VmSpec::DirectBoot boot;
  boot.kernel = directory.path() / "vmlinux";
  ASSERT_TRUE(write_file(boot.kernel, "a kernel"));
  EXPECT_TRUE(check_kernel_digest(boot)) << "nothing is said of it";
  boot.kernel_sha256 = to_hex(sha256("a kernel"));
  EXPECT_TRUE(check_kernel_digest(boot));
  ASSERT_TRUE(write_file(boot.kernel, "a Kernel"));
  auto checked = check_kernel_digest(boot);
  ASSERT_FALSE(checked);
  EXPECT_EQ(
      to_text(checked.error(), Color::Off),
      "faasc: error: '" + boot.kernel.string() +
          "' is not the kernel that the image was built for: its SHA-256 is " + to_hex(sha256("a Kernel")) +
          " where the image says " + boot.kernel_sha256 +
          " [FAASC0606]\n"
          "  hint: build the image again; `faasc kernel verify` tells whether the kernel was changed\n");
}

}  // namespace
}  // namespace faasc
