#include "launcher/process/call_filter.h"

#include <linux/filter.h>
#include <sys/syscall.h>

#include <gtest/gtest.h>

namespace faasc {
namespace {

TEST(CallFilter, IsAProgramForTheKernel) {
  auto filter = nanos_call_filter();
  ASSERT_TRUE(filter) << filter.error().what;
  EXPECT_EQ(filter->size() % sizeof(sock_filter), 0u);
  EXPECT_GT(filter->size(), 100 * sizeof(sock_filter));
  EXPECT_LT(filter->size(), std::size_t{BPF_MAXINSNS} * sizeof(sock_filter));
  EXPECT_EQ(*filter, nanos_call_filter().value());
}

TEST(CallFilter, KnowsCallsByName) {
  EXPECT_EQ(call_name(SYS_openat), "openat");
  EXPECT_EQ(call_name(123'456), "system call 123456");
  EXPECT_EQ(call_number("openat"), SYS_openat);
  EXPECT_EQ(call_number("no such call"), -1);
}

}  // namespace
}  // namespace faasc
