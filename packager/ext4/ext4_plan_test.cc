#include "packager/ext4/ext4_plan.h"

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

// What is printed for it, behind "faasc: error: ".
std::string told(const Error& error) {
  return to_text(error, Color::Off).substr(14);
}

TEST(Ext4Plan, ADirectoryOfOneBlock) {
  std::string block = ext4_directory({{2, 2, "."}, {2, 2, ".."}, {12, 1, "hello"}});
  ASSERT_EQ(block.size(), 4096u);
  std::string expected(
      "\2\0\0\0\x0c\0\1\2.\0\0\0"
      "\2\0\0\0\x0c\0\2\2..\0\0"
      "\x0c\0\0\0\xe8\x0f\5\1hello\0\0\0",
      40);
  EXPECT_EQ(block.substr(0, 40), expected);
  EXPECT_EQ(block.find_first_not_of('\0', 40), std::string::npos);
}

TEST(Ext4Plan, EntriesDoNotCrossBlocks) {
  std::string name(255, 'n');
  std::vector<Ext4DirectoryEntry> entries(16, {11, 1, name});  // 15 of 264 bytes are 3960
  std::string blocks = ext4_directory(entries);
  ASSERT_EQ(blocks.size(), 8192u);
  EXPECT_EQ(blocks.substr(14 * 264 + 4, 2),
            std::string("\x90\x01", 2));  // the 15th takes 400: 264 and the 136 left
  EXPECT_EQ(blocks.substr(4096 + 4, 2), std::string("\x00\x10", 2));
  // Exactly full: 16 records of 256 bytes.
  std::string exact(248, 'n');
  EXPECT_EQ(ext4_directory(std::vector<Ext4DirectoryEntry>(16, {11, 1, exact})).size(), 4096u);
  EXPECT_EQ(ext4_directory(std::vector<Ext4DirectoryEntry>(17, {11, 1, exact})).size(), 8192u);
}

TEST(Ext4Plan, NumbersInodesAndCountsLinks) {
  Rootfs rootfs;
  ASSERT_TRUE(rootfs.add("/a/b/f", {InlineBytes{"12345"}, 0644, ""}));
  ASSERT_TRUE(rootfs.add("/a/c", {Directory{}, 0700, ""}));
  ASSERT_TRUE(rootfs.add("/a.x", {Symlink{"a"}, 0777, ""}));
  auto plan = plan_ext4(rootfs, {});
  ASSERT_TRUE(plan);
  std::string text;
  for (const Ext4Node& node : plan->nodes)
    text += std::to_string(node.inode) + " '" + std::string(node.path) + "' links " +
            std::to_string(node.links) + " size " + std::to_string(node.size_bytes) + " blocks " +
            std::to_string(node.blocks()) + "\n";
  EXPECT_EQ(text,
            "2 '' links 3 size 4096 blocks 1\n"
            "11 '/a' links 4 size 4096 blocks 1\n"
            "12 '/a/b' links 2 size 4096 blocks 1\n"
            "13 '/a/b/f' links 1 size 5 blocks 1\n"
            "14 '/a/c' links 2 size 4096 blocks 1\n"
            "15 '/a.x' links 1 size 1 blocks 0\n");
  EXPECT_EQ(plan->data_blocks, 5u);
  EXPECT_EQ(plan->payload_bytes, 5u);
}

TEST(Ext4Plan, TheUuidFollowsTheContents) {
  auto uuid_of = [](const char* bytes, const char* target, const Ext4Options& options = {}) {
    Rootfs tree;
    EXPECT_TRUE(tree.add("/f", {InlineBytes{bytes}, 0644, ""}));
    EXPECT_TRUE(tree.add("/l", {Symlink{target}, 0777, ""}));
    auto plan = plan_ext4(tree, options);
    return std::string(reinterpret_cast<const char*>(plan->uuid), sizeof plan->uuid);
  };
  std::string uuid = uuid_of("1", "a");
  EXPECT_EQ(static_cast<unsigned char>(uuid[6]) >> 4, 8);
  EXPECT_EQ(static_cast<unsigned char>(uuid[8]) >> 6, 2);
  EXPECT_EQ(uuid_of("1", "a"), uuid);
  EXPECT_NE(uuid_of("2", "a"), uuid);
  EXPECT_NE(uuid_of("1", "b"), uuid);
  EXPECT_NE(uuid_of("1", "a", {.label = "l"}), uuid);
  EXPECT_NE(uuid_of("1", "a", {.identity = "seed"}), uuid);
}

TEST(Ext4Plan, Refuses) {
  auto directory = std::move(TemporaryDirectory::create(testing::TempDir(), "plan")).value();
  auto refusal = [](const RootfsNode& node, const Ext4Options& options = {}) {
    Rootfs rootfs;
    EXPECT_TRUE(rootfs.add("/x", node));
    auto plan = plan_ext4(rootfs, options);
    return plan ? "accepted" : told(plan.error());
  };
  EXPECT_EQ(
      refusal({HostFile{directory.path() / "none"}, 0644, ""}),
      "cannot read '" + (directory.path() / "none").string() + "': No such file or directory [FAASC0901]\n");
  EXPECT_EQ(refusal({HostFile{directory.path()}, 0644, ""}),
            "'" + directory.path().string() + "' is not a regular file [FAASC0530]\n");
  EXPECT_EQ(refusal({Symlink{std::string(4096, 't')}, 0777, ""}),
            "the target of symbolic link '/x' has 4096 bytes; 1 to 4095 are possible [FAASC0533]\n");
  EXPECT_EQ(refusal({Symlink{""}, 0777, ""}),
            "the target of symbolic link '/x' has 0 bytes; 1 to 4095 are possible [FAASC0533]\n");
  EXPECT_EQ(refusal({Directory{}, 0755, ""}, {.label = "seventeen letters"}),
            "label 'seventeen letters' has 17 bytes; at most 16 are possible [FAASC0532]\n");
}

}  // namespace
}  // namespace faasc
