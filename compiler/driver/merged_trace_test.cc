#include "compiler/driver/merged_trace.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace faasc {
namespace {

using nlohmann::json;

const char* const kOurs = R"({"displayTimeUnit":"ms","beginningOfTime":1000000,"traceEvents":[
  {"ph":"X","name":"compiling","cat":"step","pid":1,"tid":1,"ts":0.0,"dur":9000.0,"args":{}},
  {"ph":"X","name":"clang++","cat":"program","pid":1,"tid":2,"ts":1000.0,"dur":5000.0,
   "args":{"command":"clang++ a.cc"}}]})";

std::string theirs(const std::string& events, long began = 1001500) {
  return "{\"beginningOfTime\":" + std::to_string(began) + ",\"traceEvents\":[" + events + "]}";
}

json events_of(const std::string& trace) {
  return json::parse(trace).at("traceEvents");
}

TEST(MergedTrace, HasEventsOfAProgramBelowItsOwn) {
  const std::string inner = theirs(
      R"({"ph":"X","name":"Frontend","pid":77,"tid":78,"ts":100,"dur":2000,"args":{"detail":"a.cc"}},
         {"ph":"X","name":"Backend","pid":77,"tid":78,"ts":2100,"dur":99000},
         {"ph":"b","name":"Source","id":1,"pid":77,"tid":78,"ts":200},
         {"ph":"X","name":"Total Frontend","pid":77,"tid":79,"ts":0,"dur":2000},
         {"ph":"M","name":"process_name","pid":77,"tid":78,"ts":0,"args":{"name":"clang"}})");
  json events = events_of(with_inner_traces(kOurs, {{"clang++ a.cc", inner}}));
  ASSERT_EQ(events.size(), 5u) << events.dump(1);
  const json& frontend = events[2];
  EXPECT_EQ(frontend.at("name"), "Frontend");
  EXPECT_EQ(frontend.at("pid"), 1);
  EXPECT_EQ(frontend.at("tid"), 2);
  EXPECT_EQ(frontend.at("ts"), 1600);
  EXPECT_EQ(frontend.at("dur"), 2000);
  EXPECT_EQ(frontend.at("args").at("detail"), "a.cc");
  EXPECT_EQ(events[3].at("ts").get<double>() + events[3].at("dur").get<double>(), 6000)
      << "never longer than its program";
  EXPECT_EQ(events[4].at("ph"), "b");
}

TEST(MergedTrace, LeavesOutWhatBelongsToNoProgram) {
  const std::string event = R"({"ph":"X","name":"Frontend","pid":7,"tid":7,"ts":0,"dur":1})";
  for (const InnerTrace& one :
       {InnerTrace{"clang++ b.cc", theirs(event)}, InnerTrace{"clang++ a.cc", theirs(event, 1900000)},
        InnerTrace{"clang++ a.cc", "cut off {"}, InnerTrace{"clang++ a.cc", "[]"}})
    EXPECT_EQ(events_of(with_inner_traces(kOurs, {one})).size(), 2u) << one.json;
}

}  // namespace
}  // namespace faasc
