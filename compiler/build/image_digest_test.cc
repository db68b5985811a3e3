#include "compiler/build/image_digest.h"

#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/file_stamp.h"
#include "base/sha256.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

TEST(ImageDigestTest, IsKeptUntilTheImageChanges) {
  auto place = TemporaryDirectory::create(fs::temp_directory_path(), "faasc-digest-").value();
  const fs::path image = place.path() / "a.img", kept = place.path() / "digest";
  auto put = [&](const std::string& bytes) {
    ASSERT_TRUE(write_file(image, bytes));
    while (file_clock_ns() <= stamp_of(image).changed_ns)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  };
  put("one");
  EXPECT_EQ(image_digest(image, place.path()).value(), to_hex(sha256("one")));
  // What is kept is what is answered.
  std::string text = read_file(kept).value();
  ASSERT_TRUE(text.starts_with(to_hex(sha256("one"))));
  ASSERT_TRUE(write_file(kept, std::string(64, '0') + text.substr(64)));
  EXPECT_EQ(image_digest(image, place.path()).value(), std::string(64, '0'));
  // Half of it is none.
  ASSERT_TRUE(write_file(kept, text.substr(32)));
  EXPECT_EQ(image_digest(image, place.path()).value(), to_hex(sha256("one")));
  put("two");
  EXPECT_EQ(image_digest(image, place.path()).value(), to_hex(sha256("two")));
  fs::remove(image);
  EXPECT_FALSE(image_digest(image, place.path()));
}

}  // namespace
}  // namespace faasc
