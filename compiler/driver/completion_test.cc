#include "compiler/driver/completion.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/process.h"
#include "compiler/driver/command.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;

class CompletionTest : public ::testing::Test {
 protected:
  CompletionTest()
      : directory_(TemporaryDirectory::create(fs::temp_directory_path(), "faasc-completion").value()) {}

  // What bash offers for the last of `words`.
  std::string bash(std::string words) {
    fs::path script = directory_.path() / "faasc.bash";
    EXPECT_TRUE(write_file(script, bash_completion()));
    std::string program =
        "source " + script.string() + "; COMP_WORDS=(faasc " + words +
        "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _faasc; printf '%s\\n' \"${COMPREPLY[@]}\"";
    return run(Command{.argv = {"bash", "--norc", "-c", program}, .working_directory = directory_.path()})
        .value()
        .out;
  }

  // A shell that finds no fault with the script's syntax.
  void parse(const char* shell, const std::string& script) {
    if (!find_program(shell)) GTEST_SKIP() << shell << " is not installed";
    fs::path path = directory_.path() / "script";
    ASSERT_TRUE(write_file(path, script));
    Finished finished = run(Command{.argv = {shell, "-n", path.string()}}).value();
    EXPECT_TRUE(finished.status.ok()) << finished.err;
    EXPECT_EQ(finished.err, "");
  }

  TemporaryDirectory directory_;
};

TEST_F(CompletionTest, BashOffersCommands) {
  if (!find_program("bash")) GTEST_SKIP() << "bash is not installed";
  EXPECT_EQ(bash("che"), "check\n");
  EXPECT_EQ(bash("help che"), "check\n");
  EXPECT_EQ(bash("-v che"), "check\n");
  std::string all = bash("''");
  for (const CommandEntry& command : command_table()) {
    EXPECT_NE(("\n" + all).find("\n" + std::string(command.name) + "\n"), std::string::npos) << command.name;
  }
}

TEST_F(CompletionTest, BashOffersOptionsValuesAndFiles) {
  if (!find_program("bash")) GTEST_SKIP() << "bash is not installed";
  EXPECT_EQ(bash("check --off"), "--offline\n");
  EXPECT_EQ(bash("check --format s"), "sarif\n");
  EXPECT_EQ(bash("check --color never --format j"), "json\n");
  EXPECT_EQ(bash("completion z"), "zsh\n");
  EXPECT_EQ(bash("kernel pu"), "pull\n");
  ASSERT_TRUE(write_file(directory_.path() / "shop dir/x", ""));
  EXPECT_EQ(bash("check shop"), "shop dir\n");
}

TEST_F(CompletionTest, BashAcceptsTheScript) {
  parse("bash", bash_completion());
}
TEST_F(CompletionTest, ZshAcceptsTheScript) {
  parse("zsh", zsh_completion());
}
TEST_F(CompletionTest, FishAcceptsTheScript) {
  parse("fish", fish_completion());
}

}  // namespace
}  // namespace faasc
