#include <algorithm>

#include <gtest/gtest.h>

#include "packager/calls/c_functions.h"
#include "packager/calls/nanos_calls.h"

namespace faasc {
namespace {

TEST(CFunctions, AreSortedAndFound) {
  auto calls = nanos_calls();
  EXPECT_TRUE(std::is_sorted(calls.begin(), calls.end(),
                             [](const UnikernelCall& a, const UnikernelCall& b) { return a.name < b.name; }));
  for (const UnikernelCall& call : calls) {
    EXPECT_EQ(find_nanos_call(call.name), &call);
    EXPECT_FALSE(call.why.empty() || call.instead.empty()) << call.name;
  }
  EXPECT_EQ(find_nanos_call("printf"), nullptr);
  EXPECT_EQ(find_nanos_call(""), nullptr);
}

// What is warned of at compile time is what fails at run time, and nothing else.
TEST(CFunctions, NeedWhatNanosRefuses) {
  for (const UnikernelCall& call : nanos_calls()) {
    if (call.needs.empty()) continue;
    EXPECT_EQ(answer_of_nanos(call.needs), NanosAnswer::Refused) << call.name;
    // So that whoever has seen the system call fail finds out why.
    EXPECT_TRUE(call.needs == "mknodat" || find_nanos_call(call.needs)) << call.needs;
  }
}

TEST(NanosCalls, AreSortedAndFound) {
  auto calls = nanos_system_calls();
  EXPECT_TRUE(std::is_sorted(calls.begin(), calls.end(),
                             [](const NanosCall& a, const NanosCall& b) { return a.name < b.name; }));
  EXPECT_EQ(answer_of_nanos("read"), NanosAnswer::Served);
  EXPECT_EQ(answer_of_nanos("clone"), NanosAnswer::ThreadsOnly);
  EXPECT_EQ(answer_of_nanos("kill"), NanosAnswer::OwnOnly);
  EXPECT_EQ(answer_of_nanos("chmod"), NanosAnswer::Ignored);
  EXPECT_EQ(answer_of_nanos("fork"), NanosAnswer::Refused);
  EXPECT_EQ(answer_of_nanos("zzz"), NanosAnswer::Refused);
  for (std::string_view name : calls_only_tried())
    EXPECT_EQ(answer_of_nanos(name), NanosAnswer::Refused) << name;
}

}  // namespace
}  // namespace faasc
