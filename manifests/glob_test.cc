#include "manifests/glob.h"

#include <gtest/gtest.h>

namespace faasc {
namespace {

TEST(Glob, MatchesAsGitDoes) {
  struct Case {
    const char* pattern;
    const char* path;
    bool directory;
    bool matches;
  };
  const Case cases[] = {
      {"*.cc", "a.cc", false, true},
      {"*.cc", "src/deep/a.cc", false, true},
      {"*.cc", "a.ccx", false, false},
      {"/*.cc", "a.cc", false, true},
      {"/*.cc", "src/a.cc", false, false},
      {"src/*.cc", "src/a.cc", false, true},
      {"src/*.cc", "src/x/a.cc", false, false},
      {"src/*.cc", "x/src/a.cc", false, false},
      {"**/*.cc", "a.cc", false, true},
      {"**/*.cc", "x/y/a.cc", false, true},
      {"src/**/a.cc", "src/a.cc", false, true},
      {"src/**/a.cc", "src/x/y/a.cc", false, true},
      {"src/**/a.cc", "srcx/a.cc", false, false},
      {"a/**/b/**/c", "a/x/b/y/b/z/c", false, true},
      {"a/**/b*d/**/c", "a/bxd/bx/bd/c", false, true},
      {"src/**", "src/x/y", false, true},
      {"src/**", "src", true, false},
      {"build*/", "build-x", true, true},
      {"build*/", "build-x", false, false},
      {"**", "anything/at/all", false, true},
      {"a?c", "abc", false, true},
      {"a?c", "a/c", false, false},
      {"[a-c]x", "bx", false, true},
      {"[!a-c]x", "bx", false, false},
      {"[^a-c]x", "dx", false, true},
      {"[]x]y", "]y", false, true},
      {"x[/]y", "x/y", false, false},
      {"*.{cc,cpp}", "a.cpp", false, true},
      {"*.{cc,cpp}", "a.cxx", false, false},
      {"{a,b{c,d}}", "bd", false, true},
      {"{a,b{c,d}}", "b", false, false},
      {"{a}", "a", false, true},
      {"\\*", "*", false, true},
      {"\\*", "x", false, false},
      {"\\{a,b}", "{a,b}", false, true},
      {"./a.cc", "a.cc", false, true},
      {"*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false, false},
      {"a", "", false, false},
      {"*", "", false, true},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string(c.pattern) + " on " + c.path);
    Result<Glob> glob = Glob::compile(c.pattern);
    ASSERT_TRUE(glob) << glob.error().what;
    EXPECT_EQ(glob->matches(c.path, c.directory), c.matches);
  }
}

TEST(Glob, RefusesWhatItCannotRead) {
  struct Case {
    std::string pattern, what;
  };
  std::string many = "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}";
  const Case cases[] = {
      {"", "matches nothing"},
      {"!", "matches nothing"},
      {"[a", "has a '[' that is not closed"},
      {"{a", "has a '{' that is not closed"},
      {"a\\", "ends in '\\'"},
      {"../a", "leads out of the project"},
      {"a/../b", "leads out of the project"},
      {many, "has more than 256 alternatives"},
      {std::string(1001, 'a'), "is longer than 1000 bytes"},
  };
  for (const Case& c : cases) {
    Result<Glob> glob = Glob::compile(c.pattern);
    ASSERT_FALSE(glob) << c.pattern;
    EXPECT_EQ(glob.error().what, c.what);
    EXPECT_EQ(glob.error().code, "FAASC0108");
  }
}

TEST(GlobList, TheLastPatternDecides) {
  GlobList list = parse_ignore_file("# comment\n*.log\r\n!keep.log\n\n/out/\n[\n");
  EXPECT_EQ(list.globs().size(), 3u);
  EXPECT_TRUE(list.matches("x/a.log"));
  EXPECT_FALSE(list.matches("keep.log"));
  EXPECT_TRUE(list.matches("out/a/b"));
  EXPECT_TRUE(list.matches("out/keep.log"));  // below a directory that is left out nothing comes back
  EXPECT_FALSE(list.matches("x/out/a"));
  EXPECT_FALSE(list.matches("out"));
  EXPECT_TRUE(list.matches("out", true));
}

}  // namespace
}  // namespace faasc
