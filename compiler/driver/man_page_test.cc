#include "compiler/driver/man_page.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/process.h"

namespace faasc {
namespace {

TEST(ManPages, ThereIsOneForEachCommandAndOneForAll) {
  std::vector<ManPage> pages = man_pages();
  std::size_t below = 0;
  for (const CommandEntry& command : command_table()) below += command.subcommands.size();
  ASSERT_EQ(pages.size(), command_table().size() + below + 1);
  EXPECT_EQ(pages.front().file_name, "faasc.1");
  for (std::size_t i = 0; i < command_table().size(); ++i) {
    const CommandEntry& command = command_table()[i];
    const ManPage& page = pages[i + 1];
    EXPECT_EQ(page.file_name, "faasc-" + std::string(command.name) + ".1");
    EXPECT_NE(pages.front().text.find("faasc\\-" + std::string(command.name)), std::string::npos);
    for (const char* section : {".SH NAME", ".SH SYNOPSIS", ".SH EXAMPLE", ".SH EXIT STATUS"})
      EXPECT_NE(page.text.find(section), std::string::npos) << page.file_name << " lacks " << section;
  }
}

TEST(ManPages, GroffFindsNothingWrong) {
  if (!find_program("groff")) GTEST_SKIP() << "groff is not installed";
  for (const ManPage& page : man_pages()) {
    auto finished = run({.argv = {"groff", "-man", "-ww", "-z", "-Tutf8"}}, {.input = page.text});
    ASSERT_TRUE(finished);
    EXPECT_EQ(finished->err, "") << page.file_name;
    EXPECT_TRUE(finished->status.ok());
  }
}

TEST(ManPages, SayWhatTheHelpSays) {
  for (const ManPage& page : man_pages()) {
    if (page.file_name != "faasc-build.1") continue;
    EXPECT_NE(page.text.find("\\fBfaasc build\\fR [\\fIoptions\\fR] [\\fIPATH\\fR...]"), std::string::npos)
        << page.text;
    EXPECT_NE(page.text.find(".TP\n\\fB\\-o\\fR, \\fB\\-\\-output\\fR \\fIFILE\\fR\n"), std::string::npos)
        << page.text;
  }
}

}  // namespace
}  // namespace faasc
