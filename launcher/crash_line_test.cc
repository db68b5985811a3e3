#include "launcher/crash_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace faasc {
namespace {

using testing::ElementsAre;

constexpr const char* kJson =
    R"({"severity":"CRITICAL","message":"crashed with SIGSEGV; called from 0x4379e0 0x43b1c0","logger":"faasc"})";

TEST(CrashLine, IsFoundInJsonAndInText) {
  for (std::string line : {std::string(kJson),
                           std::string("CRITICAL faasc: crashed with SIGSEGV; called from 0x4379e0 0x43b1c0"),
                           std::string("12:00 crashed with SIGSEGV; called from 0x4379e0 0x43b1c0 …")}) {
    auto crash = find_crash(line);
    ASSERT_TRUE(crash) << line;
    EXPECT_EQ(crash->what, "crashed with SIGSEGV");
    EXPECT_THAT(crash->addresses, ElementsAre(0x4379e0, 0x43b1c0));
  }
}

TEST(CrashLine, IsNotEveryLine) {
  for (const char* line :
       {"", "crashed with SIGSEGV", "; called from 0x1", "crashed with SIGSEGV; called from",
        "crashed with SIGSEGV; called from 12", "crashed with SIGSEGV; called from 0x",
        "crashed with SIGSEGV; called from 0xfffffffffffffffff", "; called from 0x1 crashed with SIGSEGV"})
    EXPECT_FALSE(find_crash(line)) << line;
}

TEST(CrashLine, IsToldInPlaces) {
  std::vector<std::uint64_t> asked;
  CrashPlaces places = [&](const std::vector<std::uint64_t>& addresses) {
    asked = addresses;
    return std::vector<std::vector<CodePlace>>{
        {{"strlen", "", 0}},
        {{"shop::name_of(char const*)", "shop/names.h", 7}, {"shop::price()", "shop.cc", 21}},
        {{"std::_Function_handler::_M_invoke", "", 0}},
        {{"faasc::rt::call_function", "", 0}},
    };
  };
  EXPECT_THAT(with_places({"before", kJson, "*** signal 11"}, places),
              ElementsAre("before", "crashed with SIGSEGV:", "  strlen",
                          "  shop::name_of(char const*) at shop/names.h:7", "  shop::price() at shop.cc:21",
                          "  called by faasc's runtime", "*** signal 11"));
  EXPECT_THAT(asked, ElementsAre(0x4379e0, 0x43b1c0));
}

TEST(CrashLine, TellsAnExceptionsTypeAsTheSourceHasIt) {
  const std::string before = "terminate called after throwing an instance of '";
  EXPECT_THAT(with_places({before + "N4shop5ErrorE'", "  what():  N4shop5ErrorE"}, {}),
              ElementsAre(before + "shop::Error'", "  what():  N4shop5ErrorE"));
  for (const std::string& line : {before + "shop::Error'", before + "N4shop5ErrorE", before + "'"})
    EXPECT_THAT(with_places({line}, {}), ElementsAre(line));
}

TEST(CrashLine, TellsARecursionOnce) {
  CrashPlaces places = [&](const std::vector<std::uint64_t>&) {
    CodePlace again{"deep(int)", "a.cc", 3}, other{"deep(int)", "a.cc", 4};
    return std::vector<std::vector<CodePlace>>{{again, again}, {again}, {other}};
  };
  EXPECT_THAT(with_places({kJson}, places), ElementsAre("crashed with SIGSEGV:", "  deep(int) at a.cc:3",
                                                        "  ... 2 more of the same", "  deep(int) at a.cc:4"));
}

TEST(CrashLine, StaysWhereNothingIsKnown) {
  EXPECT_THAT(with_places({kJson}, {}), ElementsAre(kJson));
  EXPECT_THAT(with_places({kJson}, [](auto&) { return std::vector<std::vector<CodePlace>>{}; }),
              ElementsAre(kJson));
  EXPECT_THAT(
      with_places({kJson}, [](auto&) { return std::vector<std::vector<CodePlace>>{{{"main", "", 0}}}; }),
      ElementsAre(kJson));
}

}  // namespace
}  // namespace faasc
