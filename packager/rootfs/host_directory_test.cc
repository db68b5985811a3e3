#include "packager/rootfs/host_directory.h"

#include <sys/stat.h>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/diagnostics.h"
#include "base/file.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

TEST(RootfsOfDirectory, HasEverythingAsItLies) {
  TemporaryDirectory directory = TemporaryDirectory::create(testing::TempDir(), "tree").value();
  fs::path root = directory.path();
  ASSERT_TRUE(write_file(root / "b/file", "bytes", 0750));
  ASSERT_TRUE(write_file(root / "b.c", "x"));
  ASSERT_TRUE(make_directories(root / "empty"));
  ASSERT_EQ(::symlink("../anywhere", (root / "b/link").c_str()), 0);
  ASSERT_EQ(::link((root / "b/file").c_str(), (root / "again").c_str()), 0);
  auto rootfs = rootfs_of_directory(root);
  ASSERT_TRUE(rootfs) << rootfs.error().what;
  std::string paths;
  for (const auto& [path, node] : rootfs->nodes()) paths += path + " ";
  EXPECT_EQ(paths, "/again /b /b/file /b/link /b.c /empty ");
  EXPECT_EQ(std::get<HostFile>(rootfs->find("/again")->content).path, (root / "again").string());
  EXPECT_EQ(std::get<HardLink>(rootfs->find("/b/file")->content).target, "/again");
  EXPECT_EQ(rootfs->find("/b/file")->mode, 0750u);
  EXPECT_EQ(std::get<Symlink>(rootfs->find("/b/link")->content).target, "../anywhere");
  EXPECT_TRUE(std::holds_alternative<Directory>(rootfs->find("/empty")->content));
}

TEST(RootfsOfDirectory, RefusesWhatNoImageCanHold) {
  TemporaryDirectory directory = TemporaryDirectory::create(testing::TempDir(), "tree").value();
  fs::path pipe = directory.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  auto rootfs = rootfs_of_directory(directory.path());
  ASSERT_FALSE(rootfs);
  EXPECT_EQ(to_text(rootfs.error(), Color::Off),
            "faasc: error: '" + pipe.string() +
                "' is a FIFO, which an image cannot hold [FAASC0542]\n  while reading the tree '" +
                directory.path().string() +
                "'\n"
                "  hint: leave it out; every kernel fills its own /dev\n");
  EXPECT_EQ(rootfs_of_directory(directory.path() / "none").error().code, "FAASC0901");
  fs::remove(pipe);
  ASSERT_TRUE(write_file(directory.path() / "\xff", ""));
  EXPECT_EQ(rootfs_of_directory(directory.path()).error().code, "FAASC0501");
}

}  // namespace
}  // namespace faasc
