#include "compiler/driver/time_trace.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace faasc {
namespace {

using namespace std::chrono_literals;

TEST(TimeTrace, WritesCompleteEventsOfEachThread) {
  TimeTrace trace;
  auto now = std::chrono::steady_clock::now();
  trace.add("compiling a.cc", "step", now, now + 3ms, TimeTrace::Outcome::Done);
  std::thread([&] {
    trace.add("clang++", "program", now + 1ms, now + 2ms, TimeTrace::Outcome::Failed,
              "clang++ -c 'b \xff.cc'");
  }).join();
  nlohmann::json json = nlohmann::json::parse(trace.to_json());
  std::vector<nlohmann::json> complete;
  std::set<int> named;
  for (const auto& event : json.at("traceEvents")) {
    if (event.at("ph") == "X") complete.push_back(event);
    if (event.at("ph") == "M" && event.at("name") == "thread_name") named.insert(event.at("tid").get<int>());
  }
  ASSERT_EQ(complete.size(), 2u);
  EXPECT_EQ(complete[0].at("name"), "compiling a.cc");
  EXPECT_DOUBLE_EQ(complete[0].at("dur").get<double>(), 3000.0);
  EXPECT_GE(complete[0].at("ts").get<double>(), 0.0);
  EXPECT_FALSE(complete[0].at("args").contains("failed"));
  EXPECT_EQ(complete[1].at("args").at("failed"), true);
  EXPECT_NE(complete[0].at("tid"), complete[1].at("tid"));
  for (const auto& event : complete) EXPECT_TRUE(named.contains(event.at("tid").get<int>()));
}

}  // namespace
}  // namespace faasc
