#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "tests/system/transcript.h"

// What people are told when they do what is in tests/data/messages, word for word.
// FAASC_UPDATE_GOLDEN=1 writes the output of this run into the files; the difference is for a person to read.

namespace faasc {
namespace {

namespace fs = std::filesystem;

class Messages : public testing::TestWithParam<fs::path> {};

std::vector<fs::path> transcripts() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(fs::path(FAASC_SOURCE_DIR) / "tests/data/messages"))
    paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

TEST_P(Messages, AreAsWritten) {
  std::string text = read_file(GetParam()).value();
  Result<Transcript> transcript = Transcript::parse(text);
  ASSERT_TRUE(transcript) << transcript.error().what;
  ASSERT_FALSE(transcript->steps.empty());
  Result<Played> played = play(*transcript);
  ASSERT_TRUE(played) << to_text(played.error(), Color::Off);
  if (!played->unfulfilled.empty()) GTEST_SKIP() << "not so on this host: " << played->unfulfilled;
  if (std::getenv("FAASC_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(write_file_if_changed(GetParam(), played->transcript.to_text()));
    return;
  }
  EXPECT_EQ(played->transcript.to_text(), text);
}

std::string name_of_transcript(const testing::TestParamInfo<fs::path>& info) {
  std::string name = info.param.stem();
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(OfFaasc, Messages, testing::ValuesIn(transcripts()), name_of_transcript);

TEST(Transcripts, AreReadAsTheyAreWritten) {
  const std::string text =
      "# Why\n? true\n=== a/b\none\n\n# two\n$ three\n=== c\n===\n$ faasc x\nsaid\n[2]\n$ true\n";
  Transcript transcript = Transcript::parse(text).value();
  EXPECT_EQ(transcript.conditions, std::vector<std::string>{"true"});
  ASSERT_EQ(transcript.files.size(), 2u);
  EXPECT_EQ(transcript.files[0].text, "one\n\n# two\n$ three\n");
  ASSERT_EQ(transcript.steps.size(), 2u);
  EXPECT_EQ(transcript.steps[0].output, "said\n[2]\n");
  EXPECT_EQ(transcript.to_text(), text);
  EXPECT_EQ(Transcript::parse("stray\n").error().what, "a transcript has no place for 'stray'");
}

TEST(Transcripts, TellWhatHappened) {
  auto play_text = [](std::string_view text) {
    return play(Transcript::parse(text).value()).value().transcript.to_text();
  };
  EXPECT_EQ(
      play_text("=== d/f\nhello\n===\n$ cat d/f; echo $PWD >&2; exit 3\nold\n$ printf x\n$ kill -9 $$\n"),
      "=== d/f\nhello\n===\n$ cat d/f; echo $PWD >&2; exit 3\nhello\n$PWD\n[3]\n$ printf x\nx\n"
      "$ kill -9 $$\n[signal 9]\n");
  EXPECT_EQ(play(Transcript::parse("? false\n$ true\n").value()).value().unfulfilled, "false");
}

}  // namespace
}  // namespace faasc
