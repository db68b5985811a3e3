#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "packager/kernels/kernel_add.h"
#include "packager/kernels/kernel_elf.h"
#include "packager/kernels/kernel_store.h"
#include "packager/kernels/nanos_release.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;

class RealNanosTest : public testing::Test {
 protected:
  void SetUp() override {
    auto store = KernelStore::open();
    ASSERT_TRUE(store) << store.error().what;
    auto kernel = store->find(KernelFamily::Nanos);
    if (!kernel) GTEST_SKIP() << "no Nanos in the store: " << kernel.error().what;
    kernel_ = *kernel;
  }
  Kernel kernel_;
};

TEST_F(RealNanosTest, IsWhatWasRecorded) {
  auto verified = verify(kernel_);
  EXPECT_TRUE(verified) << verified.error().what;
}

TEST_F(RealNanosTest, PassesTheChecksOfARelease) {
  auto checked = check_nanos_release(kernel_.directory, kernel_.directory.string());
  ASSERT_TRUE(checked) << to_text(checked.error(), Color::Off);
  EXPECT_EQ(checked->family, KernelFamily::Nanos);
  EXPECT_EQ(checked->commit.size(), 40u);
  EXPECT_GT(checked->symbols.size(), 1000u);
}

// The kernel's own symbols decide: a klib without the one it builds on is noticed.
TEST_F(RealNanosTest, AKlibWhoseCompanionIsMissingIsRefused) {
  if (!fs::exists(kernel_.klibs / "radar") || !fs::exists(kernel_.klibs / "tls"))
    GTEST_SKIP() << "this release has no klibs 'radar' and 'tls'";
  auto directory = TemporaryDirectory::create(testing::TempDir(), "real").value();
  fs::copy(kernel_.directory, directory.path() / "copy", fs::copy_options::recursive);
  fs::remove(directory.path() / "copy/klibs/tls");
  auto checked = check_nanos_release(directory.path() / "copy", "copy");
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, "FAASC0613");
  EXPECT_THAT(checked.error().what, testing::StartsWith("'copy/klibs/"));
  EXPECT_THAT(checked.error().what, testing::HasSubstr("it needs 'tls_"));
}

TEST_F(RealNanosTest, GoesThroughAnotherStore) {
  auto directory = TemporaryDirectory::create(testing::TempDir(), "real").value();
  KernelStore store(directory.path(), {});
  auto added = add_kernel(store, {kernel_.directory, kernel_.version, false});
  ASSERT_TRUE(added) << to_text(added.error(), Color::Off);
  auto found = store.find(KernelFamily::Nanos, kernel_.version);
  ASSERT_TRUE(found) << found.error().what;
  EXPECT_EQ(found->sha256, kernel_.sha256);
}

}  // namespace
}  // namespace faasc
