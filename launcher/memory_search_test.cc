#include "launcher/memory_search.h"

#include <vector>

#include <gtest/gtest.h>

#include "base/diagnostics.h"

namespace faasc {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;

TEST(MemorySearch, FindsTheSmallestStepThatSuffices) {
  for (std::uint64_t needed = 1; needed <= 256; ++needed) {
    int tries = 0;
    auto found = smallest_memory({.most = 256 * kMiB}, [&](std::uint64_t bytes) -> Result<bool> {
      ++tries;
      EXPECT_EQ(bytes % (4 * kMiB), 0u);
      return bytes >= needed * kMiB;
    });
    ASSERT_TRUE(found);
    EXPECT_EQ(*found, (needed + 3) / 4 * 4 * kMiB) << needed;
    EXPECT_LE(tries, 8);
  }
}

TEST(MemorySearch, BeginsWithAMultipleOfTheStep) {
  std::vector<std::uint64_t> tried;
  auto found =
      smallest_memory({.least = 96 * kMiB, .most = 103 * kMiB}, [&](std::uint64_t bytes) -> Result<bool> {
        tried.push_back(bytes / kMiB);
        return true;
      });
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, 96 * kMiB);
  EXPECT_EQ(tried, (std::vector<std::uint64_t>{100, 96}));
}

TEST(MemorySearch, RefusesToGoBelowWhatIsNotEnough) {
  auto found = smallest_memory({.most = 64 * kMiB}, [](std::uint64_t) -> Result<bool> { return false; });
  ASSERT_FALSE(found);
  EXPECT_EQ(to_text(found.error(), Color::Off),
            "faasc: error: the tests do not pass with 64 MiB, so less is not tried [FAASC0738]\n"
            "  hint: 'faasc test' without --find-memory shows what fails; --memory names another size to "
            "begin with\n");
}

TEST(MemorySearch, StopsWhereNothingCanBeTried) {
  int tries = 0;
  Error error{.fault = Fault::Host, .code = "FAASC0701", .what = "no QEMU", .during = {}, .hint = {}};
  auto found = smallest_memory({.most = 64 * kMiB}, [&](std::uint64_t) -> Result<bool> {
    ++tries;
    return error;
  });
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, error.code);
  EXPECT_EQ(tries, 1);
}

}  // namespace
}  // namespace faasc
