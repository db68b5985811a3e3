#include "base/file.h"

#include <thread>

#include <sys/stat.h>

#include <fcntl.h>
#include <gtest/gtest.h>

namespace faasc {
namespace {
namespace fs = std::filesystem;

class FileTest : public testing::Test {
 protected:
  TemporaryDirectory directory_ = std::move(TemporaryDirectory::create(testing::TempDir(), "file")).value();
  fs::path at(std::string_view name) { return directory_.path() / name; }
  std::size_t entries() {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(directory_.path()), fs::directory_iterator()));
  }
};

TEST_F(FileTest, WritesWholeFilesIntoNewDirectories) {
  ASSERT_TRUE(write_file(at("a/b/c"), "hello", 0755));
  EXPECT_EQ(read_file(at("a/b/c")).value(), "hello");
  struct stat status{};
  ASSERT_EQ(::stat(at("a/b/c").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0700, 0700u);
}

TEST_F(FileTest, AbandonedFileLeavesNothingAndKeepsTheOldOne) {
  ASSERT_TRUE(write_file(at("x"), "old"));
  {
    auto file = AtomicFile::create(at("x"));
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write("new, but never finished"));
  }
  EXPECT_EQ(read_file(at("x")).value(), "old");
  EXPECT_EQ(entries(), 1u);
}

TEST_F(FileTest, CommitReplaces) {
  ASSERT_TRUE(write_file(at("x"), "old"));
  ASSERT_TRUE(write_file(at("x"), "new"));
  EXPECT_EQ(read_file(at("x")).value(), "new");
  EXPECT_EQ(entries(), 1u);
}

TEST_F(FileTest, UnchangedContentKeepsTheModificationTime) {
  ASSERT_TRUE(write_file(at("x"), "same"));
  fs::last_write_time(at("x"), fs::file_time_type::clock::now() - std::chrono::hours(1));
  auto before = fs::last_write_time(at("x"));
  EXPECT_FALSE(write_file_if_changed(at("x"), "same").value());
  EXPECT_EQ(fs::last_write_time(at("x")), before);
  EXPECT_TRUE(write_file_if_changed(at("x"), "diff").value());
}

TEST_F(FileTest, ErrorsNameTheFileAndTheCause) {
  EXPECT_EQ(read_file(at("none")).error().what,
            "cannot open '" + at("none").string() + "': No such file or directory");
  EXPECT_EQ(read_file(directory_.path()).error().what,
            "cannot read '" + directory_.path().string() + "': Is a directory");
  ASSERT_TRUE(write_file(at("big"), "0123456789"));
  EXPECT_EQ(read_file(at("big"), 5).error().code, "FAASC0904");
  EXPECT_EQ(write_file(at("big/below"), "x").error().fault, Fault::Io);
}

TEST_F(FileTest, FullDiskIsAnErrorWithAWayOut) {
  auto fd = Fd(::open("/dev/full", O_WRONLY));
  auto written = write_all(fd, "x", "/dev/full");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, "FAASC0902");
  EXPECT_NE(written.error().hint, "");
}

TEST_F(FileTest, OtherProgramsWordsForAFullDiskAreKnown) {
  EXPECT_TRUE(says_disk_is_full("LLVM ERROR: IO failure on output stream: No space left on device"));
  EXPECT_TRUE(says_disk_is_full("failed to open x: File too large"));
  EXPECT_FALSE(says_disk_is_full("the file is too large for its code model"));
}

TEST_F(FileTest, LockExcludes) {
  auto first = FileLock::acquire(at("lock"));
  ASSERT_TRUE(first);
  bool second_has_it = false;
  std::thread second([&] {
    auto lock = FileLock::acquire(at("lock"));
    second_has_it = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  EXPECT_FALSE(second_has_it);
  {
    auto released = std::move(first);
  }
  second.join();
  EXPECT_TRUE(second_has_it);
}

}  // namespace
}  // namespace faasc
