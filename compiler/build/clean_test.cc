#include "compiler/build/clean.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "compiler/build/build_record.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

class Clean : public testing::Test {
 protected:
  Clean() : temporary_(TemporaryDirectory::create("/tmp", "faasc-clean-").value()) {}

  // What a build of `name` leaves.
  void build(const std::string& name) {
    fs::path work = directory() / ".faasc" / name;
    fs::create_directories(work / "cpp");
    BuildRecord record("options");
    for (const char* suffix : {".img", ".vm.json"}) {
      ASSERT_TRUE(write_file(directory() / (name + suffix), "output"));
      record.add_output(directory() / (name + suffix));
    }
    ASSERT_TRUE(write_file(work / "cpp/function.debug", "output"));
    record.add_output(work / "cpp/function.debug");
    ASSERT_TRUE(record.save(work / "record.json"));
  }
  fs::path directory() const { return temporary_.path() / "build"; }

  TemporaryDirectory temporary_;
};

TEST_F(Clean, RemovesWhatBuildsWroteAndTheDirectory) {
  build("shop");
  build("cart");
  auto removed = clean_builds(directory());
  ASSERT_TRUE(removed) << removed.error().what;
  EXPECT_EQ(*removed, (std::vector<fs::path>{directory() / ".faasc/cart", directory() / ".faasc/shop",
                                             directory() / "cart.img", directory() / "cart.vm.json",
                                             directory() / "shop.img", directory() / "shop.vm.json"}));
  EXPECT_FALSE(fs::exists(directory()));
  removed = clean_builds(directory());
  ASSERT_TRUE(removed);
  EXPECT_TRUE(removed->empty());
}

TEST_F(Clean, LeavesOthersFilesAndOtherBuilds) {
  build("shop");
  build("cart");
  ASSERT_TRUE(write_file(directory() / "notes.txt", "mine"));
  ASSERT_TRUE(clean_builds(directory(), "shop.img"));
  EXPECT_FALSE(fs::exists(directory() / "shop.img"));
  EXPECT_TRUE(fs::exists(directory() / "cart.img"));
  ASSERT_TRUE(clean_builds(directory()));
  EXPECT_FALSE(fs::exists(directory() / ".faasc"));
  EXPECT_TRUE(fs::exists(directory() / "notes.txt"));
}

TEST_F(Clean, TakesAWorkDirectoryWithoutARecord) {
  // A build that was killed.
  fs::create_directories(directory() / ".faasc/shop");
  ASSERT_TRUE(write_file(directory() / "shop.img", "whose?"));
  auto removed = clean_builds(directory());
  ASSERT_TRUE(removed) << removed.error().what;
  EXPECT_EQ(removed->size(), 1u);
  EXPECT_TRUE(fs::exists(directory() / "shop.img")) << "nobody says that a build wrote it";
}

}  // namespace
}  // namespace faasc
