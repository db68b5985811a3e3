#include "compiler/driver/dev/file_watch.h"

#include <cerrno>

#include <gtest/gtest.h>

#include "base/diagnostics.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using namespace std::chrono_literals;

class FileWatchTest : public testing::Test {
 protected:
  FileWatchTest()
      : directory_(std::move(*TemporaryDirectory::create(fs::temp_directory_path(), "watch"))),
        watch_(std::move(*FileWatch::begin())) {
    EXPECT_TRUE(make_directories(at("sub")));
    EXPECT_TRUE(watch_.watch({at("")}, {at("build")}));
  }
  fs::path at(const char* name) const { return *name ? directory_.path() / name : directory_.path(); }
  bool changed() { return watch_.wait(Fd(), 50ms) == FileWatch::Seen::Change; }
  TemporaryDirectory directory_;
  FileWatch watch_;
};

TEST_F(FileWatchTest, SeesFilesThatAreWrittenRenamedAndRemoved) {
  EXPECT_FALSE(changed());
  ASSERT_TRUE(write_file(at("a.cc"), "1"));
  EXPECT_TRUE(changed());
  EXPECT_TRUE(changed()) << "until it is taken";
  watch_.take_changes();
  EXPECT_FALSE(changed());
  fs::rename(at("a.cc"), at("b.cc"));
  EXPECT_TRUE(changed());
  watch_.take_changes();
  fs::remove(at("b.cc"));
  EXPECT_TRUE(changed());
}

TEST_F(FileWatchTest, LeavesOutWhatIsIgnoredAndWhatItIsNotToldOf) {
  ASSERT_TRUE(make_directories(at("build")));
  ASSERT_TRUE(write_file(at("sub/c.cc"), "1"));
  EXPECT_FALSE(changed());
  ASSERT_TRUE(watch_.watch({at(""), at("sub"), at("none")}, {}));
  EXPECT_EQ(watch_.size(), 2u);
  ASSERT_TRUE(write_file(at("sub/c.cc"), "2"));
  EXPECT_TRUE(changed());
  watch_.take_changes();
  ASSERT_TRUE(watch_.watch({at("")}, {}));
  watch_.take_changes();
  ASSERT_TRUE(write_file(at("sub/c.cc"), "3"));
  EXPECT_FALSE(changed());
}

TEST_F(FileWatchTest, NoticesADirectoryThatIsRemoved) {
  ASSERT_TRUE(watch_.watch({at("sub")}, {}));
  watch_.take_changes();
  fs::remove_all(at("sub"));
  EXPECT_TRUE(changed());
  EXPECT_EQ(watch_.size(), 0u);
}

TEST(FileWatch, SaysWhichLimitIsReached) {
  EXPECT_EQ(to_text(cannot_watch("src", ENOSPC), Color::Off),
            "faasc: error: cannot watch 'src' for changes [FAASC0881]\n"
            "  hint: this host watches no more directories for you: raise fs.inotify.max_user_watches and "
            "fs.inotify.max_user_instances with sysctl, or keep what the function does not need out of its "
            "directory "
            "with .faasignore\n");
  EXPECT_EQ(cannot_watch("src", EACCES).what, "cannot watch 'src' for changes: Permission denied");
}

}  // namespace
}  // namespace faasc
