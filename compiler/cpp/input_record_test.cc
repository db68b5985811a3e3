#include "compiler/cpp/input_record.h"

#include <chrono>

#include <gtest/gtest.h>

#include "base/file.h"

namespace faasc::cpp {
namespace {

namespace fs = std::filesystem;

class Inputs : public testing::Test {
 protected:
  void SetUp() override {
    auto made = TemporaryDirectory::create(testing::TempDir(), "faasc inputs");
    ASSERT_TRUE(made);
    directory_.emplace(std::move(*made));
    for (const char* name : {"a.cc", "a.h", "a.o"}) write(name, "1");
  }
  fs::path at(const char* name) const { return directory_->path() / name; }
  void write(const char* name, std::string_view bytes) { ASSERT_TRUE(write_file(at(name), bytes)); }
  // As after a run long after the files were written.
  InputRecord recorded() const {
    InputRecord record;
    record.request = "r";
    record.answer = "{}";
    for (const char* name : {"a.cc", "a.h"}) record.add_input(at(name), file_clock_ns() + 1'000'000'000);
    record.add_absent(at("b.h"));
    record.add_output(at("a.o"));
    return record;
  }
  std::optional<TemporaryDirectory> directory_;
};

TEST_F(Inputs, AreCurrentWhileNothingChanges) {
  InputRecord record = recorded();
  EXPECT_TRUE(record.is_current("r"));
  EXPECT_FALSE(record.is_current("another request"));
  EXPECT_FALSE(InputRecord().is_current(""));
}

TEST_F(Inputs, SurviveTheFile) {
  ASSERT_TRUE(recorded().save(at("record.json")));
  InputRecord read = InputRecord::load(at("record.json"));
  EXPECT_TRUE(read.is_current("r"));
  EXPECT_EQ(read.answer, "{}");
  EXPECT_EQ(read.absent(), std::vector<std::string>{at("b.h").string()});
  EXPECT_FALSE(InputRecord::load(at("nothing.json")).is_current("r"));
  auto text = read_file(at("record.json"));
  ASSERT_TRUE(text);
  for (std::size_t n = 0; n < text->size(); n += 5) {
    write("cut.json", std::string_view(*text).substr(0, n));
    EXPECT_FALSE(InputRecord::load(at("cut.json")).is_current("r")) << n;
  }
}

TEST_F(Inputs, SeeChanges) {
  InputRecord record = recorded();
  write("a.h", "22");
  EXPECT_FALSE(record.is_current("r")) << "another size";
  write("a.h", "2");
  EXPECT_FALSE(record.is_current("r")) << "the same size, another content";
  // Even where the modification time is put back.
  auto before = fs::last_write_time(at("a.cc"));
  write("a.h", "1");
  EXPECT_TRUE(record.is_current("r")) << "the same content again, as after a fresh checkout";
  write("a.cc", "3");
  fs::last_write_time(at("a.cc"), before);
  EXPECT_FALSE(record.is_current("r"));
}

TEST_F(Inputs, SeeWhatAppearsAndDisappears) {
  InputRecord record = recorded();
  write("b.h", "");
  EXPECT_FALSE(record.is_current("r")) << "a header that the search would find first";
  fs::remove(at("b.h"));
  EXPECT_TRUE(record.is_current("r"));
  fs::remove(at("a.h"));
  EXPECT_FALSE(record.is_current("r"));
  write("a.h", "1");
  fs::remove(at("a.o"));
  EXPECT_FALSE(record.is_current("r")) << "the object is gone";
}

TEST_F(Inputs, DistrustWhatChangedDuringTheRun) {
  InputRecord record;
  record.request = "r";
  record.add_input(at("a.cc"), 0);
  EXPECT_FALSE(record.is_current("r"));
}

}  // namespace
}  // namespace faasc::cpp
