#include <gtest/gtest.h>

#include "faasc/rt/typed.h"

namespace faasc::rt {
namespace {

enum class Size { small, large };
struct Node {
  int id = 0;
  std::vector<Node> children;
  std::variant<std::monostate, int, std::string, std::vector<Node>> extra;
};

// Each reading of it can be tried in two ways.
struct Twice {
  std::variant<std::vector<Twice>, std::vector<std::optional<Twice>>> both;
};

}  // namespace

template <>
struct Names<Size> {
  static constexpr Named<Size> kAll[] = {{"small", Size::small}, {"large", Size::large}};
};
template <>
struct Fields<Twice> {
  static constexpr std::size_t kCount = 1;
  template <class F>
  static bool each(F&& use) {
    return use("both", &Twice::both, true);
  }
};
template <>
struct Fields<Node> {
  static constexpr std::size_t kCount = 3;
  template <class F>
  static bool each(F&& use) {
    return use("id", &Node::id, true) && use("children", &Node::children, false) &&
           use("extra", &Node::extra, false);
  }
};

namespace {

/// The value written again, or the complaint.
template <class T>
std::string trip(std::string_view text) {
  JsonReader in(text);
  T value{};
  if (!read_json(in, value) || !in.finish())
    return in.problem().pointer + "|" + in.problem().expected + "|" + in.problem().found;
  JsonOutput out;
  return write_json(out, value) ? out.text : "!" + out.trouble;
}

TEST(TypedJson, ValuesSurviveTheTrip) {
  EXPECT_EQ(trip<bool>("true"), "true");
  EXPECT_EQ(trip<std::int8_t>("-128"), "-128");
  EXPECT_EQ(trip<std::uint64_t>("18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(trip<float>("0.1"), "0.1");
  EXPECT_EQ(trip<double>("0.1"), "0.1");
  EXPECT_EQ(trip<double>("1e300"), "1e+300");
  EXPECT_EQ(trip<std::string>("\"\\\"\\u0000\""), "\"\\\"\\u0000\"");
  EXPECT_EQ(trip<std::optional<int>>("null"), "null");
  EXPECT_EQ(trip<std::vector<bool>>("[true,false]"), "[true,false]");
  EXPECT_EQ((trip<std::array<int, 2>>("[1,2]")), "[1,2]");
  EXPECT_EQ((trip<std::map<std::string, int>>(R"({"b":1,"a":2})")), R"({"a":2,"b":1})");
  EXPECT_EQ((trip<std::unordered_map<std::string, Size>>(R"({"b":"large"})")), R"({"b":"large"})");
  EXPECT_EQ((trip<std::variant<int, double, std::string>>("2.5")), "2.5");
  EXPECT_EQ(
      trip<Node>(R"({"id":1,"children":[{"id":2,"extra":"x"}],"extra":[{"id":3}],"more":0})"),
      R"({"id":1,"children":[{"id":2,"children":[],"extra":"x"}],"extra":[{"id":3,"children":[],"extra":null}]})");
}

TEST(TypedJson, ComplaintsNameThePlaceAndBothTypes) {
  EXPECT_EQ(trip<std::uint8_t>("256"), "|integer from 0 to 255|number 256");
  EXPECT_EQ(trip<float>("1e300"), "|number that fits a float|a larger one");
  EXPECT_EQ(trip<Size>("\"huge\""), "|one of small, large|string huge");
  EXPECT_EQ(trip<Size>("1"), "|one of small, large|number 1");
  EXPECT_EQ((trip<std::array<int, 2>>("[1]")), "|array of 2|array of 1");
  EXPECT_EQ((trip<std::array<int, 2>>("[1,2,3]")), "|array of 2|array of 3");
  EXPECT_EQ((trip<std::map<std::string, int>>(R"({"a":1,"a":2})")), "/a|each key once|the key a second time");
  EXPECT_EQ((trip<std::vector<std::optional<int>>>("[null,\"x\"]")),
            "/1|integer from -2147483648 to 2147483647|string");
  EXPECT_EQ((trip<std::variant<bool, std::string>>("1")), "|boolean or string|number 1");
  EXPECT_EQ(trip<Node>(R"({"id":1,"extra":[{"id":true}]})"),
            "/extra/0/id|integer from -2147483648 to 2147483647|boolean");
  EXPECT_EQ(trip<Node>(R"({"children":[]})"), "/id|integer from -2147483648 to 2147483647|nothing");
}

TEST(TypedJson, AlternativesInAlternativesTakeBoundedTime) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += R"({"both":[)";
  EXPECT_NE(trip<Twice>(text + "1").find("|JSON|too many ways to read the value"), std::string::npos);
}

}  // namespace
}  // namespace faasc::rt
