#include "manifests/advice.h"

#include <gtest/gtest.h>

#include "manifests/quantity.h"
#include "manifests/text_checks.h"

namespace faasc {
namespace {

TEST(Advice, GuessesSizes) {
  struct Case {
    const char* written;
    const char* meant;
  };
  const Case cases[] = {{"256mb", "256MiB"},
                        {"256 MB", "256MiB"},
                        {"0.5GiB", "512MiB"},
                        {"1.5 k", "2KiB"},
                        {"2gb", "2048MiB"},
                        {"64Mib", "64MiB"},
                        {"256 megabytes", "256MiB"},
                        {"lots", ""},
                        {"", ""},
                        {"-1MiB", ""},
                        {"7", ""},
                        {"0mb", ""},
                        {"1e300mb", ""},
                        {"99999999999gb", ""}};
  for (const Case& one : cases) {
    SCOPED_TRACE(one.written);
    std::string meant = meant_quantity(one.written);
    EXPECT_EQ(meant, one.meant);
    if (!meant.empty()) {
      EXPECT_TRUE(parse_quantity(meant));
    }
  }
}

TEST(Advice, GuessesTimes) {
  struct Case {
    const char* written;
    const char* meant;
  };
  const Case cases[] = {{"30sec", "30s"},     {"30 seconds", "30s"},
                        {"1m30s", "90s"},     {"1 min 30 s", "90s"},
                        {"1.5s", "1500ms"},   {"2hours", "7200s"},
                        {"500msec", "500ms"}, {"30", ""},
                        {"soon", ""},         {"", ""},
                        {"1d", ""},           {"-1s", ""}};
  for (const Case& one : cases) {
    SCOPED_TRACE(one.written);
    std::string meant = meant_duration(one.written);
    EXPECT_EQ(meant, one.meant);
    if (!meant.empty()) {
      EXPECT_TRUE(parse_duration(meant));
    }
  }
}

TEST(Advice, GuessesRuntimesThatTheReaderTakes) {
  struct Case {
    const char* written;
    const char* meant;
  };
  const Case cases[] = {{"python3.12", "python:3.12"},
                        {"python 3.12", "python:3.12"},
                        {"python@3.11", "python:3.11"},
                        {"python3", "python"},
                        {"c++20", "cpp:20"},
                        {"C++", "cpp"},
                        {"go1.22", "go:1.22"},
                        {"go1.x", "go"},
                        {"golang", "go"},
                        {"nodejs20.x", "binary"},
                        {"rust", "binary"},
                        {"provided.al2023", ""},
                        {"gopher", ""}};
  for (const Case& one : cases) {
    SCOPED_TRACE(one.written);
    std::string meant = meant_runtime(one.written);
    EXPECT_EQ(meant, one.meant);
    if (!meant.empty()) {
      EXPECT_FALSE(check_runtime(meant));
    }
  }
}

TEST(Advice, KnowsKeysOfOtherTools) {
  EXPECT_EQ(meant_key("MemorySize"), "'resources.memory'");
  EXPECT_EQ(meant_key("memory_size"), "'resources.memory'");
  EXPECT_EQ(meant_key("environment"), "'env'");
  EXPECT_EQ(meant_key("schema_version"), "another tool's file: see 'faasc help init' for --from");
  EXPECT_EQ(meant_key("weather"), "");
}

}  // namespace
}  // namespace faasc
