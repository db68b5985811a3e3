#include "launcher/late_activity.h"

#include <chrono>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/process.h"

namespace faasc {
namespace {

using namespace std::chrono_literals;

TEST(LateActivity, KnowsNothingOfWhatComesBefore) {
  const auto start = std::chrono::steady_clock::now();
  {
    EXPECT_EQ(LateActivity(::getpid(), 1h).in_words(), nullptr);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10min) << "nobody waits for the limit";
}

TEST(LateActivity, TellsWhatGoesOn) {
  auto child = Child::spawn({{"sleep", "600"}, {}, {}}, {.out = Stream::Null});
  ASSERT_TRUE(child);
  const LateActivity activity(child->pid(), 0ms);
  while (activity.in_words() == nullptr) std::this_thread::sleep_for(20ms);
  EXPECT_STREQ(activity.in_words(), "it was idle");
}

TEST(LateActivity, TheLastPartIsShortEnough) {
  EXPECT_EQ(last_part_of(300ms), 150ms);
  EXPECT_EQ(last_part_of(3s), 1s);
  EXPECT_EQ(last_part_of(1h), 2s);
}

}  // namespace
}  // namespace faasc
