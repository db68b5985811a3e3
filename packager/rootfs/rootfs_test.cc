#include "packager/rootfs/rootfs.h"

#include <algorithm>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/diagnostics.h"

namespace faasc {
namespace {

RootfsNode file(std::string bytes = {}) {
  return {InlineBytes{std::move(bytes)}, 0644, "a test"};
}
RootfsNode directory(std::uint32_t mode, std::string why) {
  return {Directory{}, mode, std::move(why)};
}

std::vector<std::string> paths_of(const Rootfs& rootfs) {
  std::vector<std::string> paths;
  for (const auto& [path, node] : rootfs.nodes()) paths.push_back(path);
  return paths;
}

std::string refusal(Result<void> result) {
  return result ? "accepted" : to_text(result.error(), Color::Off);
}

TEST(Rootfs, AddsTheDirectoriesAbove) {
  Rootfs rootfs;
  ASSERT_TRUE(rootfs.add("/usr/lib/x.so", file()));
  EXPECT_THAT(paths_of(rootfs), testing::ElementsAre("/usr", "/usr/lib", "/usr/lib/x.so"));
  ASSERT_NE(rootfs.find("/usr/lib"), nullptr);
  EXPECT_EQ(rootfs.find("/usr/lib")->mode, 0755u);
  EXPECT_TRUE(std::holds_alternative<Directory>(rootfs.find("/usr/lib")->content));
  EXPECT_EQ(rootfs.find("/usr/li"), nullptr);
  EXPECT_EQ(rootfs.find("/"), nullptr);
}

TEST(Rootfs, WalksDirectoriesBeforeTheirContentsAndSiblingsInByteOrder) {
  const std::vector<std::string> sorted = {"/a",   "/a/b",   "/a/b/c", "/a/z", "/a!", "/a-b",
                                           "/a.b", "/a.b/c", "/a0",    "/aa",  "/b",  "/é"};
  std::vector<std::string> shuffled = sorted;
  std::mt19937 random(1);
  for (int round = 0; round < 50; ++round) {
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    Rootfs rootfs;
    for (const std::string& path : shuffled) {
      bool holds = std::any_of(sorted.begin(), sorted.end(),
                               [&](const auto& other) { return other.starts_with(path + "/"); });
      ASSERT_TRUE(rootfs.add(path, holds ? directory(0700, "explicit") : file()));
    }
    EXPECT_EQ(paths_of(rootfs), sorted);
    EXPECT_EQ(rootfs.find("/a")->why, "explicit");
    EXPECT_EQ(rootfs.find("/a.b")->mode, 0700u);
  }
}

TEST(Rootfs, OfTwoGivenDirectoriesTheFirstStays) {
  Rootfs rootfs;
  ASSERT_TRUE(rootfs.add("/d", directory(0700, "first")));
  ASSERT_TRUE(rootfs.add("/d", directory(0755, "second")));
  EXPECT_EQ(rootfs.find("/d")->why, "first");
  EXPECT_EQ(rootfs.find("/d")->mode, 0700u);
}

TEST(Rootfs, RefusesBadPaths) {
  struct Case {
    std::string path, message;
  };
  const Case cases[] = {
      {"", "guest path '' is not absolute"},
      {"a", "guest path 'a' is not absolute"},
      {"/", "guest path '/' has an empty component"},
      {"/a/", "guest path '/a/' has an empty component"},
      {"//a", "guest path '//a' has an empty component"},
      {"/a/../b", "guest path '/a/../b' has a '..' component"},
      {"/a/.", "guest path '/a/.' has a '.' component"},
      {std::string("/a\0b", 4), "guest path '/a\\x00b' holds a NUL"},
      {"/\xff", "guest path '/\\xff' is not UTF-8"},
      {"/\xc0\xaf", "guest path '/\\xc0\\xaf' is not UTF-8"},
      {"/\xed\xa0\x80", "guest path '/\\xed\\xa0\\x80' is not UTF-8"},
      {"/\xf4\x90\x80\x80", "guest path '/\\xf4\\x90\\x80\\x80' is not UTF-8"},
      {"/\xe2\x82", "guest path '/\\xe2\\x82' is not UTF-8"},
      {"/" + std::string(256, 'n'),
       "guest path '/" + std::string(256, 'n') + "' has a name of 256 bytes; at most 255 are allowed"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.message);
    Rootfs rootfs;
    auto result = rootfs.add(c.path, file());
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().what, c.message);
    EXPECT_EQ(result.error().code, "FAASC0501");
    EXPECT_TRUE(rootfs.nodes().empty());
  }
  std::string deep;
  while (deep.size() <= 4095) deep += "/d";
  Rootfs rootfs;
  EXPECT_EQ(refusal(rootfs.add(deep, file())),
            "faasc: error: guest path '" + deep.substr(0, 64) +
                "' ... has 4096 bytes; at most 4095 are allowed [FAASC0501]\n");
}

TEST(Rootfs, AcceptsWhatIsAllowed) {
  Rootfs rootfs;
  for (const char* path : {"/...", "/..a", "/ ", "/a:b|c", "/\xe2\x82\xac", "/\xf0\x9f\x90\x9c", "/\n"}) {
    SCOPED_TRACE(path);
    EXPECT_TRUE(rootfs.add(path, file()));
  }
  EXPECT_TRUE(rootfs.add("/" + std::string(255, 'n'), file()));
}

TEST(Rootfs, RefusesTwoNodesForOnePath) {
  Rootfs rootfs;
  ASSERT_TRUE(rootfs.add("/a/x", file()));
  ASSERT_TRUE(rootfs.add("/l", {Symlink{"a"}, 0777, "a test"}));
  EXPECT_EQ(refusal(rootfs.add("/a/x", file("other"))),
            "faasc: error: guest path '/a/x' is given twice, as a file and as a file [FAASC0502]\n");
  EXPECT_EQ(refusal(rootfs.add("/a", file())),
            "faasc: error: guest path '/a' is given twice, as a directory and as a file [FAASC0502]\n");
  EXPECT_EQ(
      refusal(rootfs.add("/l", directory(0755, ""))),
      "faasc: error: guest path '/l' is given twice, as a symbolic link and as a directory [FAASC0502]\n");
}

TEST(Rootfs, RefusesAParentThatIsNoDirectory) {
  Rootfs rootfs;
  ASSERT_TRUE(rootfs.add("/f", file()));
  ASSERT_TRUE(rootfs.add("/l", {Symlink{"/tmp"}, 0777, "a test"}));
  EXPECT_EQ(refusal(rootfs.add("/f/x", file())),
            "faasc: error: guest path '/f/x' is inside '/f', which is a file [FAASC0503]\n");
  EXPECT_EQ(refusal(rootfs.add("/l/x/y", file())),
            "faasc: error: guest path '/l/x' is inside '/l', which is a symbolic link [FAASC0503]\n");
  EXPECT_THAT(paths_of(rootfs), testing::ElementsAre("/f", "/l"));
}

TEST(Rootfs, HardLinks) {
  Rootfs rootfs;
  ASSERT_TRUE(rootfs.add("/m", {InlineBytes{"x"}, 0600, "a test"}));
  ASSERT_TRUE(rootfs.add("/a", {HardLink{"/m"}, 0644, "a test"}));
  ASSERT_TRUE(rootfs.add("/z/b", {HardLink{"/a"}, 0644, "a test"}));
  ASSERT_TRUE(rootfs.add("/link", {Symlink{"m"}, 0777, "a test"}));
  EXPECT_EQ(std::get<HardLink>(rootfs.find("/z/b")->content).target, "/m");
  EXPECT_EQ(&rootfs.behind(*rootfs.find("/z/b")), rootfs.find("/m"));
  EXPECT_EQ(&rootfs.behind(*rootfs.find("/m")), rootfs.find("/m"));
  EXPECT_EQ(rootfs.find("/a")->mode, 0600u);
  rootfs.set_mode("/z/b", 0755);
  for (const char* name : {"/a", "/m", "/z/b"}) EXPECT_EQ(rootfs.find(name)->mode, 0755u) << name;
  EXPECT_EQ(refusal(rootfs.add("/x", {HardLink{"/none"}, 0644, "a test"})),
            "faasc: error: guest path '/x' is to be another name of '/none', which is not there [FAASC0660]\n"
            "  hint: only a file that is in the tree already can have a second name\n");
  EXPECT_EQ(refusal(rootfs.add("/x", {HardLink{"/z"}, 0644, "a test"})),
            "faasc: error: guest path '/x' is to be another name of '/z', which is a directory [FAASC0660]\n"
            "  hint: only a file that is in the tree already can have a second name\n");
  EXPECT_EQ(
      refusal(rootfs.add("/x", {HardLink{"/link"}, 0644, "a test"})),
      "faasc: error: guest path '/x' is to be another name of '/link', which is a symbolic link [FAASC0660]\n"
      "  hint: only a file that is in the tree already can have a second name\n");
}

}  // namespace
}  // namespace faasc
