#include "base/file_clock.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/file_stamp.h"

namespace faasc {
namespace {

TEST(FileClock, IsPastWhatWasStampedBefore) {
  TemporaryDirectory directory = std::move(TemporaryDirectory::create(testing::TempDir(), "clock")).value();
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(write_file(directory.path() / "file", std::to_string(i)));
    const FileStamp stamp = stamp_of(directory.path() / "file");
    EXPECT_GT(file_clock_ns_past_now(), stamp.changed_ns);
  }
}

TEST(FileClock, DoesNotWaitForTheFuture) {
  const std::int64_t start_ns = file_clock_ns();
  const std::int64_t hour_ns = 3'600'000'000'000;
  // A build asks several times; a thousand times a few ticks would be seen.
  for (int i = 0; i < 1000; ++i) EXPECT_LT(file_clock_ns_past(start_ns + hour_ns), start_ns + hour_ns);
  EXPECT_LT(file_clock_ns() - start_ns, 1000 * std::int64_t{10'000'000});
}

}  // namespace
}  // namespace faasc
