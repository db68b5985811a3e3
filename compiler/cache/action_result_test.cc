#include "compiler/cache/action_result.h"

#include <gtest/gtest.h>

namespace faasc {
namespace {

const std::string kDigest(64, 'a');

ActionResult sample() {
  return {.files = {{"out/object", {kDigest, 1234}, true}, {"answer", {std::string(64, '0'), 0}, false}},
          .standard_output = "faasc\n"};
}

// The bytes that protoc --encode gives for this message.
TEST(ActionResultFormat, IsBazelsMessage) {
  ActionResult small{.files = {{"o", {kDigest, 300}, true}}, .standard_output = "x"};
  std::string digest = "\x0a\x40" + kDigest + "\x10\xac\x02";
  std::string file = "\x0a\x01o\x12" + std::string(1, static_cast<char>(digest.size())) + digest + "\x20\x01";
  EXPECT_EQ(to_protobuf(small), "\x12" + std::string(1, static_cast<char>(file.size())) + file + "\x2a\x01x");
}

TEST(ActionResultFormat, ReadsWhatItWrites) {
  auto read = parse_action_result(to_protobuf(sample()));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->standard_output, "faasc\n");
  ASSERT_EQ(read->files.size(), 2u);
  ASSERT_TRUE(read->find("out/object"));
  EXPECT_TRUE(read->find("out/object")->executable);
  EXPECT_EQ(read->find("out/object")->blob, (BlobName{kDigest, 1234}));
  EXPECT_EQ(read->find("object"), nullptr);
}

TEST(ActionResultFormat, PassesOverFieldsOfOthers) {
  // exit_code = 1, and a node_properties in the file.
  std::string file = "\x0a\x01o\x12\x42\x0a\x40" + kDigest + "\x3a";
  file += '\0';
  std::string bytes = "\x20\x01\x12" + std::string(1, static_cast<char>(file.size())) + file;
  auto read = parse_action_result(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->files.at(0).path, "o");
}

TEST(ActionResultFormat, RefusesWhatCouldLeadOutOfTheStore) {
  for (const char* name : {"../../../../etc/passwd", "", "AAAA"}) {
    ActionResult bad = sample();
    bad.files[0].blob.sha256 = name;
    EXPECT_FALSE(parse_action_result(to_protobuf(bad))) << name;
  }
}

TEST(ActionResultFormat, NoPieceOfItIsTakenForMore) {
  const std::string bytes = to_protobuf(sample());
  for (std::size_t n = 1; n < bytes.size(); ++n)
    if (auto read = parse_action_result(std::string_view(bytes).substr(0, n)))
      EXPECT_TRUE(read->standard_output.empty()) << n;
  EXPECT_FALSE(parse_action_result("<html>"));
}

}  // namespace
}  // namespace faasc
