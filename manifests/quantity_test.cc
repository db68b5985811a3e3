#include "manifests/quantity.h"

#include <gtest/gtest.h>

namespace faasc {
namespace {

TEST(Quantity, ReadsSizes) {
  struct Case {
    const char* text;
    std::optional<std::uint64_t> bytes;
  };
  const Case cases[] = {
      {"64MiB", 64u << 20},
      {"64Mi", 64u << 20},
      {"64", 64u << 20},
      {"0", 0},
      {"1GiB", 1u << 30},
      {"1Gi", 1u << 30},
      {"3KiB", 3072},
      {"3Ki", 3072},
      {"64MB", 64'000'000},
      {"64M", 64'000'000},
      {"2G", 2'000'000'000},
      {"2GB", 2'000'000'000},
      {"5K", 5000},
      {"5KB", 5000},
      {"", std::nullopt},
      {"MiB", std::nullopt},
      {"-1MiB", std::nullopt},
      {"+1MiB", std::nullopt},
      {"1.5GiB", std::nullopt},
      {"1 MiB", std::nullopt},
      {"1mib", std::nullopt},
      {"1MiBx", std::nullopt},
      {"1TiB", std::nullopt},
      {"8589934592GiB", std::nullopt},
      {"99999999999999999999", std::nullopt},
      {"8796093022207", std::uint64_t{8796093022207} << 20},
  };
  for (const Case& c : cases) EXPECT_EQ(parse_quantity(c.text), c.bytes) << c.text;
}

TEST(Quantity, WritesSizes) {
  EXPECT_EQ(quantity_text(0), "0B");
  EXPECT_EQ(quantity_text(1000), "1000B");
  EXPECT_EQ(quantity_text(1024), "1KiB");
  EXPECT_EQ(quantity_text(std::uint64_t{10} << 30), "10240MiB");
  EXPECT_EQ(quantity_text(std::uint64_t{11} << 30), "11GiB");
}

TEST(Duration, ReadsTimes) {
  struct Case {
    const char* text;
    std::optional<std::int64_t> milliseconds;
  };
  const Case cases[] = {{"500ms", 500},
                        {"30s", 30'000},
                        {"2m", 120'000},
                        {"1h", 3'600'000},
                        {"30", 30'000},
                        {"0", 0},
                        {"", std::nullopt},
                        {"1m30s", std::nullopt},
                        {"1.5s", std::nullopt},
                        {"-1s", std::nullopt},
                        {"1S", std::nullopt},
                        {"9000h", std::nullopt},
                        {"99999999999999999999", std::nullopt}};
  for (const Case& c : cases) {
    auto duration = parse_duration(c.text);
    EXPECT_EQ(duration ? std::optional(static_cast<std::int64_t>(duration->count())) : std::nullopt,
              c.milliseconds)
        << c.text;
  }
  EXPECT_EQ(duration_text(std::chrono::milliseconds(90'000)), "90s");
  EXPECT_EQ(duration_text(std::chrono::milliseconds(1500)), "1500ms");
}

}  // namespace
}  // namespace faasc
