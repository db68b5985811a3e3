#include "packager/spec/image_plan.h"

#include <gtest/gtest.h>

namespace faasc {
namespace {

TEST(ImagePlan, IsReadAsItWasWritten) {
  ImagePlan plan{.reference = "shop",
                 .architecture = "amd64",
                 .port = 8080,
                 .annotations = {{"a", "b"}},
                 .files = {{.path = "/disk/x", .host = "/srv/my x", .text = {}},
                           {.path = "/vm.json", .host = {}, .text = "{\"a\": 1}\n"}}};
  EXPECT_EQ(parse_image_plan(to_json(plan)), plan);
  EXPECT_EQ(parse_image_plan(to_json(ImagePlan{})), ImagePlan{});
}

TEST(ImagePlan, IsNoneWhenDamaged) {
  std::string text =
      to_json(ImagePlan{.reference = "shop", .files = {{.path = "/x", .host = "/y", .text = {}}}});
  for (std::size_t size = 0; size + 2 < text.size(); ++size)
    EXPECT_EQ(parse_image_plan(text.substr(0, size)), std::nullopt) << size;
  EXPECT_EQ(parse_image_plan("[]"), std::nullopt);
  EXPECT_EQ(parse_image_plan(R"({"reference": 1})"), std::nullopt);
}

}  // namespace
}  // namespace faasc
