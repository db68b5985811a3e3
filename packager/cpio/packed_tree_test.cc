#include "packager/cpio/packed_tree.h"

#include <sys/stat.h>

#include <gtest/gtest.h>

#include "base/file.h"
#include "packager/cpio/cpio_writer.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

class PackedTree : public testing::Test {
 protected:
  fs::path at(std::string_view name) const { return directory_.path() / name; }
  void write(std::string_view name, std::string_view text, unsigned mode = 0644) {
    ASSERT_TRUE(write_file(at(name), text, mode));
  }
  std::string text(std::string_view name) const { return read_file(at(name)).value(); }
  /// Whether that is a tree; what came of it is gone afterwards.
  bool is_tree(std::string_view bytes) {
    write("bytes", bytes);
    auto unpacked = unpack_tree(at("bytes"), at("anew"));
    EXPECT_TRUE(unpacked) << unpacked.error().what;
    fs::remove_all(at("anew"));
    return unpacked && *unpacked;
  }
  TemporaryDirectory directory_ = TemporaryDirectory::create(testing::TempDir(), "packed").value();
};

TEST_F(PackedTree, IsTheSameForTheSameTreeAndComesBackWhole) {
  for (const char* tree : {"tree", "other"}) {
    write(std::string(tree) + "/tea/__init__.py", "VERSION = 1\n");
    write(std::string(tree) + "/tea/größe é.bin", std::string("\0\n\xff", 3));
    write(std::string(tree) + "/bin/tea", "#!/usr/bin/python3\n", 0755);
    write(std::string(tree) + "/large", std::string(700'000, 'x'));
    fs::create_directories(at(tree) / "empty");
    ASSERT_TRUE(pack_tree(at(tree), at(std::string(tree) + ".packed")));
  }
  EXPECT_EQ(text("tree.packed"), text("other.packed"));
  auto unpacked = unpack_tree(at("tree.packed"), at("again"));
  ASSERT_TRUE(unpacked && *unpacked);
  ASSERT_TRUE(pack_tree(at("again"), at("again.packed")));
  EXPECT_EQ(text("again.packed"), text("tree.packed"));
  EXPECT_EQ(text("again/tea/größe é.bin"), std::string("\0\n\xff", 3));
  EXPECT_TRUE(fs::is_directory(at("again/empty")));
  struct stat status{};
  ASSERT_EQ(::stat(at("again/bin/tea").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0755u);
}

TEST_F(PackedTree, IsNoneWhenCutShortOrMoreFollows) {
  write("tree/a/b.py", "text");
  write("tree/c", "more");
  ASSERT_TRUE(pack_tree(at("tree"), at("packed")));
  const std::string whole = text("packed");
  EXPECT_TRUE(is_tree(whole));
  // After the end mark there are only zeros.
  for (std::size_t n = 0; n <= whole.rfind("TRAILER!!!"); ++n) EXPECT_FALSE(is_tree(whole.substr(0, n))) << n;
  EXPECT_FALSE(is_tree(whole + "\n"));
}

TEST_F(PackedTree, WritesNothingElsewhere) {
  auto with = [](const char* path) {
    CpioWriter archive;
    archive.add_directory("a");
    archive.add_file("a/b", "xx");
    archive.add_file(path, "xx");
    return std::move(archive).finish();
  };
  EXPECT_TRUE(is_tree(with("a/c")));
  for (const char* path : {"../a", "a/../c", "..", "a/b/c", "c/d", "a//c"})
    EXPECT_FALSE(is_tree(with(path))) << path;
  CpioWriter linked;
  linked.add_symlink("a", "/tmp");
  linked.add_file("a/b", "xx");
  EXPECT_FALSE(is_tree(std::move(linked).finish()));
  CpioWriter link;
  link.add_symlink("a", "/tmp");
  EXPECT_FALSE(is_tree(std::move(link).finish()));
  EXPECT_FALSE(is_tree("faasc"));
  EXPECT_FALSE(is_tree(""));
  EXPECT_FALSE(fs::exists(at("a")));
  EXPECT_FALSE(fs::exists(at("c")));
  auto nothing = unpack_tree(at("none"), at("anew"));
  EXPECT_TRUE(nothing && !*nothing);
}

TEST_F(PackedTree, HasNoLinks) {
  write("tree/a", "text");
  fs::create_symlink("a", at("tree/b"));
  EXPECT_FALSE(pack_tree(at("tree"), at("packed")));
  EXPECT_FALSE(fs::exists(at("packed")));
}

}  // namespace
}  // namespace faasc
