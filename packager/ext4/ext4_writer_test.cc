#include "packager/ext4/ext4_writer.h"

#include <csignal>
#include <cstdlib>

#include <sys/resource.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/process.h"
#include "base/sha256.h"
#include "packager/ext4/ext4_library_error.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

class Ext4WriterTest : public testing::Test {
 protected:
  TemporaryDirectory directory_ = std::move(TemporaryDirectory::create(testing::TempDir(), "ext4")).value();
  fs::path image_ = directory_.path() / "image";
  Rootfs rootfs_;

  void SetUp() override {
    if (!find_program("e2fsck") || !find_program("debugfs"))
      GTEST_SKIP() << "no e2fsck and debugfs (e2fsprogs) in PATH";
  }

  void add(const std::string& path, const decltype(RootfsNode::content)& content, std::uint32_t mode = 0644) {
    auto added = rootfs_.add(path, {content, mode, ""});
    ASSERT_TRUE(added) << added.error().what;
  }
  fs::path host_file(const std::string& name, const std::string& bytes) {
    EXPECT_TRUE(write_file(directory_.path() / name, bytes));
    return directory_.path() / name;
  }

  /// Writes the image and has e2fsck judge it.
  Ext4Image write(const Ext4Options& options = {}) {
    auto image = write_ext4(rootfs_, options, image_);
    if (!image) {
      ADD_FAILURE() << image.error().what;
      return {};
    }
    auto checked = run({{"e2fsck", "-fn", image_.string()}, {}, {}});
    EXPECT_TRUE(checked && checked->status.ok()) << checked->out << checked->err;
    EXPECT_EQ(fs::file_size(image_), image->size_bytes);
    return *image;
  }
  std::string debugfs(const std::string& request) {
    auto result = run({{"debugfs", "-R", request, image_.string()}, {}, {}});
    return result ? result->out : result.error().what;
  }
  /// The value after `label` in what `dumpe2fs -h` prints.
  std::string header(const std::string& label) {
    auto result = run({{"dumpe2fs", "-h", image_.string()}, {}, {}});
    std::size_t at = result->out.find(label + ":");
    if (at == std::string::npos) return "none";
    at = result->out.find_first_not_of(' ', at + label.size() + 1);
    return result->out.substr(at, result->out.find('\n', at) - at);
  }
};

TEST_F(Ext4WriterTest, AnEmptyTree) {
  Ext4Image image = write();
  EXPECT_EQ(image.payload_bytes, 0u);
  EXPECT_LE(image.size_bytes, 64u * 4096);  // the least that the library lays out
}

TEST_F(Ext4WriterTest, IsAsLargeAsItIsAskedToBe) {
  add("/file", InlineBytes{std::string(500'000, 'f')});
  Ext4Image smallest = write();
  for (std::uint64_t size :
       {smallest.size_bytes, smallest.size_bytes + 4096, std::uint64_t{20'000'000},
        (std::uint64_t{128} << 20) + 8192}) {  // the last with a group that holds nothing
    SCOPED_TRACE(size);
    EXPECT_EQ(write({.size_bytes = size}).size_bytes, (size + 4095) / 4096 * 4096);
    EXPECT_EQ(debugfs("cat /file").size(), 500'000u);
  }
  auto refused = write_ext4(rootfs_, {.size_bytes = smallest.size_bytes - 8192}, image_);
  ASSERT_FALSE(refused);
  std::string needed = std::to_string(smallest.size_bytes / 1024) + "KiB";
  EXPECT_EQ(to_text(refused.error(), Color::Off),
            "faasc: error: a disk of " + std::to_string(smallest.size_bytes / 1024 - 8) +
                "KiB is too small by 8KiB: it needs " + needed + " [FAASC0595]\n  hint: give it at least " +
                needed + ", or leave the size open\n");
}

TEST_F(Ext4WriterTest, FilesLinksAndModesComeBack) {
  std::string big;
  for (int i = 0; i < 300'000; ++i) big += std::to_string(i) + ",";
  add("/bin/program", HostFile{host_file("p", big)}, 04755);
  add("/etc/empty", InlineBytes{""});
  add("/etc/passwd", InlineBytes{"root:x:0:0::/:\n"}, 0600);
  add("/secret", Directory{}, 01700);
  add("/fast", Symlink{std::string(59, 'f')});
  add("/slow", Symlink{std::string(60, 's')});
  add("/slower", Symlink{std::string(4000, 't')});
  add("/" + std::string(255, 'n'), InlineBytes{"long name"});
  Ext4Image image = write({.free_bytes = 0, .label = "faasc-root"});
  EXPECT_EQ(image.payload_bytes, big.size() + 15 + 9);
  EXPECT_EQ(debugfs("cat /bin/program"), big);
  EXPECT_EQ(debugfs("cat /etc/passwd"), "root:x:0:0::/:\n");
  EXPECT_EQ(debugfs("cat /" + std::string(255, 'n')), "long name");
  EXPECT_EQ(debugfs("cat /etc/empty"), "");
  EXPECT_NE(debugfs("stat /bin/program").find("Mode:  04755"), std::string::npos)
      << debugfs("stat /bin/program");
  EXPECT_NE(debugfs("stat /etc/passwd").find("Mode:  0600"), std::string::npos);
  EXPECT_NE(debugfs("stat /secret").find("Mode:  01700"), std::string::npos);
  EXPECT_NE(debugfs("stat /fast").find("Fast link dest: \"" + std::string(59, 'f') + "\""),
            std::string::npos);
  EXPECT_EQ(debugfs("cat /slow"), std::string(60, 's'));
  EXPECT_EQ(debugfs("cat /slower"), std::string(4000, 't'));
  EXPECT_EQ(header("Filesystem volume name"), "faasc-root");
  EXPECT_EQ(header("Free blocks"), "0");
  EXPECT_EQ(header("Last write time").substr(0, 3), "Thu");
}

TEST_F(Ext4WriterTest, HardLinksAreNamesOfOneFile) {
  add("/m/file", InlineBytes{std::string(9000, 'm')});
  add("/a", HardLink{"/m/file"});
  add("/z/deep/b", HardLink{"/a"});
  Ext4Image image = write();
  EXPECT_EQ(image.payload_bytes, 9000u);
  EXPECT_EQ(debugfs("cat /z/deep/b"), std::string(9000, 'm'));
  EXPECT_NE(debugfs("stat /a").find("Links: 3"), std::string::npos) << debugfs("stat /a");
}

TEST_F(Ext4WriterTest, ThousandsOfEntriesInADirectory) {
  for (int i = 0; i < 12'000; ++i)
    add("/many/" + std::to_string(i) + std::string(50, '_'), InlineBytes{i % 3 ? "" : "some bytes"});
  for (int i = 0; i < 300; ++i) add("/directories/" + std::to_string(i) + "/x", Symlink{"y"});
  write();
  EXPECT_EQ(debugfs("cat /many/11997" + std::string(50, '_')), "some bytes");
  EXPECT_NE(debugfs("stat /directories").find("Links: 302"), std::string::npos);
}

TEST_F(Ext4WriterTest, MoreInodesThanBlocks) {
  for (int i = 0; i < 40'000; ++i) add("/" + std::to_string(i), Symlink{"t"});
  write();
}

TEST_F(Ext4WriterTest, DirectoriesWithMoreChildrenThanLinksCanCount) {
  for (int i = 0; i < 65'001; ++i) add("/d/" + std::to_string(i), Directory{}, 0755);
  write();
  EXPECT_NE(debugfs("stat /d").find("Links: 1 "), std::string::npos);
}

TEST_F(Ext4WriterTest, HolesStayHoles) {
  fs::path sparse = host_file("sparse", "start");
  fs::resize_file(sparse, 5ull << 30);  // larger than 32-bit sizes
  {
    Fd fd(::open(sparse.c_str(), O_WRONLY | O_CLOEXEC));
    for (int i = 1; i < 700; ++i)
      ASSERT_TRUE(write_all_at(fd, "data" + std::to_string(i), static_cast<std::uint64_t>(i) << 22, sparse));
  }
  fs::path hole = host_file("hole", "");
  fs::resize_file(hole, 10'000'000);
  add("/sparse", HostFile{sparse});
  add("/hole", HostFile{hole});
  Ext4Image image = write();
  EXPECT_EQ(image.payload_bytes, (5ull << 30) + 10'000'000);
  EXPECT_LT(image.size_bytes, 4u << 20);
  EXPECT_NE(debugfs("stat /sparse").find("Size: " + std::to_string(5ull << 30)), std::string::npos);
  for (int i : {1, 350, 699}) {
    std::uint64_t block = std::stoull(debugfs("bmap /sparse " + std::to_string(i << 10)));
    std::string expected = "data" + std::to_string(i);
    std::string bytes(expected.size(), '\0');
    ASSERT_TRUE(read_exactly_at(std::move(open_for_reading(image_)).value(), bytes.data(), bytes.size(),
                                block * 4096, image_));
    EXPECT_EQ(bytes, expected);
    EXPECT_EQ(debugfs("bmap /sparse " + std::to_string((i << 10) + 1)), "0\n");
  }
  EXPECT_NE(debugfs("stat /hole").find("Blockcount: 0"), std::string::npos);
}

TEST_F(Ext4WriterTest, LargeFilesSpanGroups) {
  fs::path large = host_file("large", "");
  {
    Fd fd(::open(large.c_str(), O_WRONLY | O_CLOEXEC));
    std::string piece(1 << 20, 'x');
    for (std::uint64_t i = 0; i < 300; ++i) ASSERT_TRUE(write_all_at(fd, piece, i << 20, large));
    ASSERT_TRUE(write_all_at(fd, "end", 300 << 20, large));
  }
  add("/large", HostFile{large});
  Ext4Image image = write();
  EXPECT_LT(image.size_bytes, (300ull << 20) + (1 << 20));
  ASSERT_TRUE(run(
      {{"debugfs", "-R", "dump /large " + (directory_.path() / "back").string(), image_.string()}, {}, {}}));
  EXPECT_EQ(sha256_of_file(directory_.path() / "back").value(), sha256_of_file(large).value());
}

TEST_F(Ext4WriterTest, LeavesRoomWhereAsked) {
  add("/x", InlineBytes{"x"});
  for (std::uint64_t mib : {1, 64, 200, 512, 5000}) {
    SCOPED_TRACE(mib);
    Ext4Image image = write({.free_bytes = mib << 20, .label = ""});
    EXPECT_GE(std::stoull(header("Free blocks")) * 4096, mib << 20);
    EXPECT_GE(std::stoull(header("Free inodes")), 64u);
    EXPECT_EQ(header("Reserved block count"), "0");
    struct stat status{};
    ASSERT_EQ(::stat(image_.c_str(), &status), 0);
    EXPECT_LT(status.st_blocks * 512, (1 << 20) + static_cast<off_t>(mib << 20) / 512) << image.size_bytes;
  }
}

TEST_F(Ext4WriterTest, SameTreeSameBytes) {
  for (const char* name : {"one", "two"}) {
    Rootfs rootfs;
    fs::path file = host_file(std::string(name) + "-elsewhere", "same bytes");
    ASSERT_TRUE(rootfs.add("/b", {HostFile{file}, 0644, name}));
    ASSERT_TRUE(rootfs.add("/a/c", {InlineBytes{"c"}, 0644, ""}));
    ASSERT_TRUE(write_ext4(rootfs, {.free_bytes = 1 << 20, .label = "x"}, directory_.path() / name));
    ::sleep(1);  // the clock must not matter
  }
  EXPECT_EQ(sha256_of_file(directory_.path() / "one").value(),
            sha256_of_file(directory_.path() / "two").value());
}

TEST_F(Ext4WriterTest, AFullDiskLeavesNothing) {
  add("/x", HostFile{host_file("x", std::string(3 << 20, 'x'))});
  // EFBIG stands in for ENOSPC: both are write errors, and this one needs no file system of its own.
  struct rlimit old{}, limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  limit = old;
  ::signal(SIGXFSZ, SIG_IGN);
  for (rlim_t bytes : {rlim_t{4096}, rlim_t{2 << 20}}) {
    limit.rlim_cur = bytes;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
    auto image = write_ext4(rootfs_, {}, image_);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
    ASSERT_FALSE(image);
    EXPECT_EQ(image.error().what, "cannot write '" + image_.string() + "': File too large");
    EXPECT_FALSE(fs::exists(image_));
  }
}

TEST_F(Ext4WriterTest, ARealFullDiskLeavesNothing) {
  const char* disk = std::getenv("FAASC_SMALL_DISK");
  if (!disk)
    GTEST_SKIP() << "set FAASC_SMALL_DISK to a directory on a file system with less than 3 MiB of room";
  add("/x", HostFile{host_file("x", std::string(3 << 20, 'x'))});
  auto image = write_ext4(rootfs_, {}, fs::path(disk) / "image");
  ASSERT_FALSE(image);
  EXPECT_EQ(image.error().code, "FAASC0902");
  EXPECT_TRUE(fs::is_empty(disk));
}

TEST_F(Ext4WriterTest, KeepsTheOldImageOnFailure) {
  ASSERT_TRUE(write_file(image_, "old"));
  add("/x", HostFile{directory_.path() / "none"});
  EXPECT_FALSE(write_ext4(rootfs_, {}, image_));
  EXPECT_EQ(read_file(image_).value(), "old");
}

// As it is at the start of a file, so it is in a partition.
TEST_F(Ext4WriterTest, InAPartition) {
  constexpr std::uint64_t kOffset = 3 << 20;
  add("/hello", InlineBytes{"hello"});
  add("/large", HostFile{host_file("large", std::string(5'000'000, 'x'))});
  Ext4Image bare = write({.label = "root"});
  std::string expected = read_file(image_).value();
  {
    AtomicFile file = std::move(AtomicFile::create(image_)).value();
    auto image = write_ext4(rootfs_, {.label = "root"}, file, kOffset);
    ASSERT_TRUE(image) << image.error().what;
    EXPECT_EQ(image->size_bytes, bare.size_bytes);
    ASSERT_TRUE(std::move(file).commit());
  }
  std::string bytes = read_file(image_).value();
  EXPECT_TRUE(bytes == std::string(kOffset, '\0') + expected);
  auto checked = run({{"e2fsck", "-fn", image_.string() + "?offset=" + std::to_string(kOffset)}, {}, {}});
  EXPECT_TRUE(checked && checked->status.ok()) << checked->out << checked->err;
}

TEST(Ext4LibraryError, SaysWhatTheLibrarySays) {
  constexpr long kNoBlock = 2133571400;  // EXT2_ET_BLOCK_ALLOC_FAIL
  EXPECT_EQ(to_text(ext4_library_error("fill", "hello.img", kNoBlock), Color::Off),
            "faasc: error: cannot fill the ext4 file system 'hello.img': Could not allocate block in ext2 "
            "filesystem "
            "[FAASC0534]\n"
            "  hint: see whether there is room for it; otherwise please report it\n");
  EXPECT_EQ(to_text(ext4_library_error("write", "hello.img", EACCES), Color::Off),
            "faasc: error: cannot write 'hello.img': Permission denied [FAASC0901]\n");
}

}  // namespace
}  // namespace faasc
