#include "launcher/process/start_order.h"

#include <gtest/gtest.h>

namespace faasc {
namespace {

StartOrder sample() {
  return {.directory = "/srv",
          .executable = "/srv/app",
          .arguments = {"app", "", std::string("a\0b", 3)},
          .environment = {"A=1", "B="},
          .writable = true,
          .room_bytes = 1,
          .temporary = {"/tmp"},
          .shared_memory = true,
          .memory_bytes = ~std::uint64_t{0},
          .stack_bytes = 2,
          .open_files = 3,
          .most_open_files = 4,
          .processors = 5,
          .address = 0xffffffff,
          .ports = {1, 65535},
          .call_filter = "filter",
          .await_debugger = true};
}

TEST(StartOrder, IsReadAsItWasWritten) {
  EXPECT_EQ(start_order_from(to_bytes(sample())), sample());
  EXPECT_EQ(start_order_from(to_bytes({})), StartOrder{});
}

TEST(StartOrder, IsNoneWhenDamaged) {
  std::string bytes = to_bytes(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(start_order_from(bytes.substr(0, size))) << size;
  EXPECT_FALSE(start_order_from(bytes + "x"));
  // A port of more than 16 bits.
  std::size_t port = bytes.find(std::string("\xff\xff\0\0\0\0\0\0", 8));
  ASSERT_NE(port, std::string::npos);
  bytes[port + 2] = 1;
  EXPECT_FALSE(start_order_from(bytes));
}

}  // namespace
}  // namespace faasc
