#include "packager/kernels/default_kernel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "packager/kernels/sample_kernel.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;
using Choice = KernelStore::Choice;

class DefaultKernelTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* version : {"0.1.54", "0.1.55"}) write_sample_release(root_ / "nanos" / version);
    fs::create_directories(root_ / "linux/6.1.192-2-faasc-tiny");
    write_sample_file(root_ / "linux/6.1.192-2-faasc-tiny/vmlinux", sample_vmlinux());
  }
  std::string resolved() {
    auto found = store_.resolve("");
    if (!found) return to_text(found.error(), Color::Off);
    return full_name(found->kernel) + (found->choice == Choice::Asked ? " as chosen" : "");
  }
  Result<void> choose(const char* name) {
    return set_default_kernel(store_, parse_kernel_name(name).value());
  }

  TemporaryDirectory directory_ = TemporaryDirectory::create(testing::TempDir(), "default").value();
  fs::path root_ = directory_.path() / "kernels";
  KernelStore store_{root_, {}};
};

TEST_F(DefaultKernelTest, IsWhatWasChosenAndTheNewestNanosOtherwise) {
  EXPECT_EQ(resolved(), "nanos@0.1.55");
  ASSERT_TRUE(choose("nanos@0.1.54"));
  EXPECT_EQ(resolved(), "nanos@0.1.54 as chosen");
  ASSERT_TRUE(choose("linux"));
  EXPECT_EQ(read_file(root_ / "default").value(), "linux\n");
  EXPECT_EQ(resolved(), "linux@6.1.192-2-faasc-tiny as chosen");
  EXPECT_EQ(full_name(store_.resolve("nanos")->kernel), "nanos@0.1.55") << "a choice decides nothing else";
  ASSERT_TRUE(set_default_kernel(store_, {}));
  EXPECT_EQ(resolved(), "nanos@0.1.55");
  EXPECT_TRUE(set_default_kernel(store_, {}));
}

TEST_F(DefaultKernelTest, MustBeThere) {
  auto chosen = choose("nanos@0.1.53");
  ASSERT_FALSE(chosen);
  EXPECT_EQ(chosen.error().code, "FAASC0601");
  EXPECT_FALSE(fs::exists(root_ / "default"));

  ASSERT_TRUE(choose("linux@6.1.192-2-faasc-tiny"));
  fs::remove_all(root_ / "linux");
  EXPECT_EQ(
      resolved(),
      "faasc: error: there is no Linux kernel '6.1.192-2-faasc-tiny' in '" + root_.string() +
          "' [FAASC0601]\n  while looking for the default kernel\n"
          "  hint: run `faasc kernel build linux@6.1.192-2-faasc-tiny`, or choose another with `faasc kernel "
          "default KERNEL`\n");
}

TEST_F(DefaultKernelTest, IsSaidToBeDamagedWhereItIs) {
  for (const char* text : {"", "plan9\n", "nanos-aarch64\n", "nanos@0.1.55\nlinux\n"}) {
    write_sample_file(root_ / "default", text);
    EXPECT_EQ(resolved(), "faasc: error: '" + (root_ / "default").string() +
                              "' does not name a kernel for x86_64 [FAASC0651]\n  hint: choose again with "
                              "`faasc kernel default "
                              "KERNEL`, or take the choice back with `faasc kernel default --unset`\n")
        << text;
  }
}

}  // namespace
}  // namespace faasc
