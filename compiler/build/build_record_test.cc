#include "compiler/build/build_record.h"

#include <chrono>

#include <fcntl.h>
#include <gtest/gtest.h>

#include "base/file.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

class BuildRecordTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(write_file(source_, "int x;"));
    ASSERT_TRUE(write_file(output_, "image"));
  }
  // A record of a build that started long after the source was written.
  BuildRecord record() {
    BuildRecord record("options");
    record.add_input(source_, file_clock_ns() + 1'000'000'000);
    record.add_input(missing_, file_clock_ns() + 1'000'000'000);
    record.add_output(output_);
    record.set_fact("handler", "abc");
    return record;
  }
  // As the next process would see it.
  BuildRecord reloaded(const BuildRecord& record) {
    EXPECT_TRUE(record.save(directory_.path() / "record.json"));
    auto loaded = BuildRecord::load(directory_.path() / "record.json");
    EXPECT_TRUE(loaded);
    return *loaded;
  }

  TemporaryDirectory directory_ = std::move(TemporaryDirectory::create(testing::TempDir(), "record")).value();
  fs::path source_ = directory_.path() / "src/a \"b\".cc";
  fs::path missing_ = directory_.path() / "src/not-there.h";
  fs::path output_ = directory_.path() / "out/x.img";
};

TEST_F(BuildRecordTest, FreshWhileNothingChanges) {
  BuildRecord loaded = reloaded(record());
  EXPECT_EQ(loaded.stale("options"), std::nullopt);
  EXPECT_EQ(loaded.fact("handler"), "abc");
  EXPECT_EQ(loaded.fact("other"), "");
}

TEST_F(BuildRecordTest, OptionsCount) {
  EXPECT_EQ(reloaded(record()).stale("other"), "the options changed");
}

TEST_F(BuildRecordTest, SameSizeAndModificationTimeButOtherContentIsSeen) {
  BuildRecord loaded = reloaded(record());
  auto modified = fs::last_write_time(source_);
  Fd fd(::open(source_.c_str(), O_WRONLY));
  ASSERT_TRUE(write_all(fd, "int y;", source_));
  fs::last_write_time(source_, modified);
  EXPECT_EQ(loaded.stale("options"), "'" + source_.string() + "' changed");
}

TEST_F(BuildRecordTest, AFileThatWasLookedForAndAppearsIsSeen) {
  BuildRecord loaded = reloaded(record());
  ASSERT_TRUE(write_file(missing_, ""));
  EXPECT_EQ(loaded.stale("options"), "'" + missing_.string() + "' changed");
}

TEST_F(BuildRecordTest, AnOutputThatWasRemovedIsSeen) {
  BuildRecord loaded = reloaded(record());
  fs::remove(output_);
  EXPECT_EQ(loaded.stale("options"), "'" + output_.string() + "' is gone");
}

TEST_F(BuildRecordTest, AnInputThatChangedDuringTheBuildIsNeverFresh) {
  BuildRecord record("options");
  record.add_input(source_, file_clock_ns() - 1'000'000'000);
  EXPECT_EQ(reloaded(record).stale("options"), "'" + source_.string() + "' changed");
}

TEST_F(BuildRecordTest, DamagedRecordsAreNone) {
  fs::path path = directory_.path() / "record.json";
  for (const char* text :
       {"", "{", "[]", "{\"schema\":\"faasc.record/0\"}", "{\"schema\":\"faasc.record/1\"}",
        "{\"schema\":\"faasc.record/1\",\"options\":\"\",\"facts\":{},\"files\":{\"a\":[1]}}",
        "{\"schema\":\"faasc.record/1\",\"options\":\"\",\"facts\":{\"a\":1},\"files\":{}}"}) {
    SCOPED_TRACE(text);
    ASSERT_TRUE(write_file(path, text));
    EXPECT_FALSE(BuildRecord::load(path));
  }
}

}  // namespace
}  // namespace faasc
