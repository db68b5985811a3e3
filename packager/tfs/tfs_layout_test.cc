#include "packager/tfs/tfs_layout.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/diagnostics.h"
#include "base/file.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

class TfsLayoutTest : public testing::Test {
 protected:
  TemporaryDirectory directory_ = std::move(TemporaryDirectory::create(testing::TempDir(), "layout")).value();
  Rootfs tree_;

  void add(const std::string& path, std::string bytes) {
    ASSERT_TRUE(tree_.add(path, {InlineBytes{std::move(bytes)}, 0644, "a test"}));
  }
  // A host file of that size which takes no room.
  void add_sized(const std::string& path, std::uint64_t size) {
    fs::path host = directory_.path() / std::to_string(tree_.nodes().size());
    ASSERT_TRUE(write_file(host, ""));
    ASSERT_EQ(::truncate(host.c_str(), static_cast<off_t>(size)), 0);
    ASSERT_TRUE(tree_.add(path, {HostFile{host}, 0644, "a test"}));
  }
  TfsLayout plan(const TfsOptions& options = {}) {
    auto layout = plan_tfs(tree_, options);
    EXPECT_TRUE(layout) << to_text(layout.error(), Color::Off);
    return std::move(layout).value();
  }
};

TEST_F(TfsLayoutTest, AnEmptyTreeHasALogAndNothingElse) {
  TfsLayout layout = plan();
  EXPECT_EQ(layout.log_extensions, 1u);
  EXPECT_EQ(layout.used_sectors, 1032u);  // the superblock, 1024 sectors of log, up to the next page
  EXPECT_EQ(layout.root,
            "\x91\x88\x08"
            "children"
            "\x90");
  EXPECT_TRUE(layout.files.empty());
}

TEST_F(TfsLayoutTest, PlacesFilesInTheOrderOfTheTree) {
  add("/b", std::string(513, 'b'));
  add("/a/z", "z");
  add("/empty", "");
  add_sized("/large", 1 << 20);
  add_sized("/last", 100);
  TfsLayout layout = plan();
  ASSERT_EQ(layout.files.size(), 4u);
  EXPECT_EQ(layout.files[0].guest_path, "/a/z");
  EXPECT_EQ(layout.files[0].first_sector, 1032u);
  EXPECT_EQ(layout.files[1].guest_path, "/b");
  EXPECT_EQ(layout.files[1].first_sector, 1033u);
  EXPECT_EQ(layout.files[2].guest_path, "/large");
  EXPECT_EQ(layout.files[2].first_sector, 1040u);  // at a multiple of 4 KiB
  EXPECT_TRUE(layout.files[2].sparse);
  EXPECT_EQ(layout.files[3].first_sector, 1040u + 2048);
  EXPECT_EQ(layout.used_sectors, 1040u + 2048 + 1);
  EXPECT_EQ(layout.payload_bytes, 513u + 1 + (1 << 20) + 100);
}

TEST_F(TfsLayoutTest, LargeFilesHaveSeveralExtents) {
  std::uint64_t size = (std::uint64_t{5} << 30) + 1;
  add_sized("/huge", size);
  TfsLayout layout = plan();
  EXPECT_EQ(layout.used_sectors, 1032 + size / 512 + 1);
  // 160 extents of 32 MiB and one of a sector: the last one is for the file's sector 10485760.
  EXPECT_NE(layout.root.find("\x99\x21"), std::string::npos);
  EXPECT_NE(layout.root.find("10485760"), std::string::npos);
}

TEST_F(TfsLayoutTest, TheLogGrowsWithTheTree) {
  for (int i = 0; i < 10'000; ++i) add("/" + std::to_string(i) + std::string(200, 'n'), "x");
  TfsLayout layout = plan();
  EXPECT_GT(layout.root.size(), 4u << 19);
  EXPECT_EQ(layout.log_extensions, (layout.root.size() + 524'235) / 524'236);
  EXPECT_EQ(layout.files[0].first_sector, (1 + layout.log_extensions * 1024 + 7) / 8 * 8);
}

TEST_F(TfsLayoutTest, TheUuidFollowsTheContents) {
  add("/a", "1");
  auto uuid = plan().uuid;
  EXPECT_EQ(uuid[6] >> 4, 8);
  EXPECT_EQ(uuid[8] >> 6, 2);
  EXPECT_EQ(plan().uuid, uuid);
  EXPECT_NE(plan({.label = "l", .attributes = {}, .identity = {}}).uuid, uuid);
  EXPECT_NE(plan({.label = {}, .attributes = {{"x", "y"}}, .identity = {}}).uuid, uuid);
  EXPECT_NE(plan({.label = {}, .attributes = {}, .identity = "seed"}).uuid, uuid);
  Rootfs other;
  ASSERT_TRUE(other.add("/a", {InlineBytes{"2"}, 0644, "a test"}));
  EXPECT_NE(plan_tfs(other, {}).value().uuid, uuid);
}

TEST_F(TfsLayoutTest, RefusesWhatCannotBe) {
  auto refusal = [&](const TfsOptions& options) {
    auto layout = plan_tfs(tree_, options);
    return layout ? "accepted" : to_text(layout.error(), Color::Off);
  };
  EXPECT_EQ(refusal({.label = std::string(31, 'l'), .attributes = {}, .identity = {}}), "accepted");
  EXPECT_EQ(refusal({.label = std::string(32, 'l'), .attributes = {}, .identity = {}}),
            "faasc: error: the volume label 'llllllllllllllllllllllllllllllll' has 32 bytes; at most 31 are "
            "allowed, and no NUL "
            "[FAASC0552]\n");
  EXPECT_EQ(refusal({.label = {}, .attributes = {{"children", "x"}}, .identity = {}}),
            "faasc: error: the root cannot have an attribute named 'children' [FAASC0553]\n");

  std::string host = directory_.path().string();
  ASSERT_TRUE(tree_.add("/d", {HostFile{host}, 0644, "a test"}));
  EXPECT_EQ(refusal({}),
            "faasc: error: '" + host + "' is a directory but is to become the file '/d' [FAASC0550]\n");
  tree_ = {};
  ASSERT_TRUE(tree_.add("/d", {HostFile{"/dev/null"}, 0644, "a test"}));
  EXPECT_EQ(refusal({}),
            "faasc: error: '/dev/null' is not a regular file but is to become the file '/d' [FAASC0550]\n");
  tree_ = {};
  ASSERT_TRUE(tree_.add("/d", {HostFile{host + "/none"}, 0644, "a test"}));
  EXPECT_EQ(refusal({}), "faasc: error: cannot read '" + host +
                             "/none': No such file or directory [FAASC0901]\n"
                             "  while measuring '/d'\n");
}

}  // namespace
}  // namespace faasc
