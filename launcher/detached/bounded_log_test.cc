#include "launcher/detached/bounded_log.h"

#include <gtest/gtest.h>

namespace faasc {
namespace {
namespace fs = std::filesystem;

class BoundedLogTest : public testing::Test {
 protected:
  TemporaryDirectory directory_ = TemporaryDirectory::create(testing::TempDir(), "log").value();
  BoundedLog log_ = BoundedLog::create(directory_.path(), 100).value();
  LogReader reader_{directory_.path()};

  std::string read(LogReader& reader) {
    std::string text;
    EXPECT_TRUE(reader.read([&](std::string_view bytes) { text += bytes; }));
    return text;
  }
};

TEST_F(BoundedLogTest, IsReadAsItGrows) {
  EXPECT_EQ(read(reader_), "");
  log_.append("one\n");
  EXPECT_EQ(read(reader_), "one\n");
  EXPECT_EQ(read(reader_), "");
  log_.append("two\n");
  log_.append("three\n");
  EXPECT_EQ(read(reader_), "two\nthree\n");
}

TEST_F(BoundedLogTest, IsReadAcrossItsFiles) {
  std::string all, got;
  for (int i = 0; i < 60; ++i) {
    std::string line = "line " + std::to_string(i) + "\n";
    log_.append(line);
    all += line;
    if (i % 4 == 0) got += read(reader_);
  }
  EXPECT_EQ(got + read(reader_), all);
}

TEST_F(BoundedLogTest, KeepsTheEnd) {
  std::string all;
  for (int i = 0; i < 1000; ++i) {
    std::string line = "line " + std::to_string(i) + "\n";
    log_.append(line);
    all += line;
  }
  std::string kept = read(reader_);
  EXPECT_TRUE(all.ends_with(kept));
  EXPECT_GE(kept.size(), 100u);
  std::uint64_t bytes = 0;
  for (const auto& entry : fs::directory_iterator(directory_.path())) bytes += entry.file_size();
  EXPECT_LE(bytes, 200u);
}

TEST_F(BoundedLogTest, TakesAPieceLargerThanItself) {
  log_.append(std::string(300, 'x'));
  log_.append("after\n");
  EXPECT_EQ(read(reader_), std::string(300, 'x') + "after\n");
}

TEST_F(BoundedLogTest, GoesOnInADirectoryThatWasRenamed) {
  fs::path moved = directory_.path().string() + "-moved";
  log_.append("before\n");
  fs::rename(directory_.path(), moved);
  log_.move_to(moved);
  for (int i = 0; i < 10; ++i) log_.append(std::string(20, 'x') + "\n");
  LogReader reader(moved);
  EXPECT_EQ(read(reader).size(), 6 * 21u);  // four lines, and what there is of the next four
  fs::rename(moved, directory_.path());
}

}  // namespace
}  // namespace faasc
