#include "packager/kernels/kernel_version.h"

#include <gtest/gtest.h>

#include "base/diagnostics.h"

namespace faasc {
namespace {

TEST(KernelVersion, AreOrderedAsPeopleReadThem) {
  const char* const ascending[] = {"nightly",
                                   "0.1.9",
                                   "0.1.47",
                                   "0.1.55",
                                   "0.1.55-3-gb9c3671d",
                                   "0.1.55-27-gb9c3671d",
                                   "0.1.100",
                                   "0.2.0",
                                   "6.1.0-9-cloud-amd64",
                                   "6.1.0-44-cloud-amd64",
                                   "6.01",
                                   "6.1.0.0",
                                   "10.0"};
  std::vector<std::string_view> sorted(std::begin(ascending), std::end(ascending));
  std::sort(sorted.begin(), sorted.end(),
            [](std::string_view a, std::string_view b) { return compare_versions(a, b) < 0; });
  EXPECT_EQ(compare_versions("0.1.9", "0.1.10"), std::strong_ordering::less);
  EXPECT_EQ(compare_versions("0.1.55", "0.1.55"), std::strong_ordering::equal);
  EXPECT_EQ(compare_versions("0.1.55", "0.1.055"), std::strong_ordering::greater);
  EXPECT_EQ(compare_versions("", "0"), std::strong_ordering::less);
  EXPECT_EQ(sorted.front(), "nightly");
  EXPECT_EQ(sorted.back(), "10.0");
  for (std::size_t i = 1; i < 10; ++i) {
    SCOPED_TRACE(ascending[i]);
    EXPECT_EQ(compare_versions(ascending[i - 1], ascending[i]), std::strong_ordering::less);
    EXPECT_EQ(compare_versions(ascending[i], ascending[i - 1]), std::strong_ordering::greater);
  }
}

TEST(KernelVersion, WhatComesBeforeAReleaseIsOrderedBeforeIt) {
  const char* const ascending[] = {"0.1.55",       "0.1.55-27-gb9c3671d", "0.1.56~1",       "0.1.56-alpha",
                                   "0.1.56-beta2", "0.1.56-rc1",          "0.1.56-rc2",     "0.1.56-rc10",
                                   "0.1.56",       "0.1.56-3-gb9c3671d",  "0.1.56-reworked"};
  for (std::size_t i = 0; i < std::size(ascending); ++i)
    for (std::size_t j = 0; j < std::size(ascending); ++j)
      EXPECT_EQ(compare_versions(ascending[i], ascending[j]), i <=> j)
          << ascending[i] << " and " << ascending[j];
}

TEST(KernelVersion, DebugBuildsSaySoInTheirNames) {
  for (const char* name : {"0.1.55-debug", "debug", "0.1.55-debug-3", "0.1.55.dbg", "0.1.55+debug"})
    EXPECT_TRUE(is_debug_name(name)) << name;
  for (const char* name : {"0.1.55", "0.1.55-debugger", "undebug-1", ""})
    EXPECT_FALSE(is_debug_name(name)) << name;
}

TEST(KernelVersion, NamesAreSafeAsNamesOfDirectories) {
  for (const char* name : {"0.1.55", "6.1.0-44-cloud-amd64", "nightly", "1.0~rc1+b2", "a_b"})
    EXPECT_TRUE(is_version_name(name)) << name;
  for (const char* name : {"", ".", "..", ".tmp", "-x", "a/b", "a b", "a\n", "a:b", "\xc3\xa4"})
    EXPECT_FALSE(is_version_name(name)) << name;
  EXPECT_TRUE(is_version_name(std::string(128, '1')));
  EXPECT_FALSE(is_version_name(std::string(129, '1')));
}

TEST(KernelVersion, ReleaseNumbersHaveADot) {
  for (const char* name : {"0.1.55", "6.1.0-44-cloud-amd64", "1.2"})
    EXPECT_TRUE(is_release_number(name)) << name;
  for (const char* name : {"", "1", "1.", "1.x", "release", "v1.2", "2024-01-01"})
    EXPECT_FALSE(is_release_number(name)) << name;
}

TEST(KernelVersion, RefusesNanosThatCannotMountVersion5) {
  for (const char* version : {"0.1.47", "0.1.55", "0.1.100", "1.0.0", "nightly", "git-0123456789ab"})
    EXPECT_TRUE(check_supported(KernelFamily::Nanos, version)) << version;
  EXPECT_TRUE(check_supported(KernelFamily::Linux, "0.1.2"));
  for (const char* version : {"0.1.46", "0.1.9", "0.0.99", "0.1.46-12-gb9c3671d"})
    EXPECT_FALSE(check_supported(KernelFamily::Nanos, version)) << version;
  EXPECT_EQ(to_text(check_supported(KernelFamily::Nanos, "0.1.46").error(), Color::Off),
            "faasc: error: Nanos '0.1.46' is too old: it cannot mount version 5 of its filesystem, which "
            "faasc writes and "
            "which Nanos has since '0.1.47' [FAASC0602]\n"
            "  hint: run `faasc kernel pull nanos` for the newest release\n");
}

}  // namespace
}  // namespace faasc
