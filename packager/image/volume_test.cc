#include "packager/image/volume.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/process.h"
#include "packager/ext4/ext4_writer.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

class VolumeTest : public testing::Test {
 protected:
  fs::path at(const std::string& name) const { return directory_.path() / name; }
  std::string message(const Result<Volume>& result) {
    if (result) return "no error";
    std::string text = to_text(result.error(), Color::Off);
    for (std::size_t place; (place = text.find(directory_.path().string() + "/")) != std::string::npos;)
      text.erase(place, directory_.path().string().size() + 1);
    return text;
  }
  TemporaryDirectory directory_ = std::move(TemporaryDirectory::create(testing::TempDir(), "volume")).value();
};

TEST_F(VolumeTest, OfBothFamilies) {
  constexpr std::uint64_t kRoom = 8 << 20;
  for (KernelFamily family : {KernelFamily::Nanos, KernelFamily::Linux}) {
    SCOPED_TRACE(name_of(family));
    const fs::path path = at(std::string(name_of(family)));
    auto created = create_volume(path, family, kRoom, "data");
    ASSERT_TRUE(created) << to_text(created.error(), Color::Off);
    Volume volume = read_volume(path).value();
    EXPECT_EQ(volume.family, family);
    EXPECT_EQ(volume.label, "data");
    EXPECT_EQ(volume.uuid.size(), 36u);
    EXPECT_GE(fs::file_size(path), kRoom);
    EXPECT_EQ(create_volume(path, family, kRoom, "data").error().code, "FAASC0758");
    // The same request, the same bytes.
    ASSERT_TRUE(create_volume(at("again"), family, kRoom, "data"));
    EXPECT_TRUE(*read_file(path) == *read_file(at("again")));
    fs::remove(at("again"));
  }
}

TEST_F(VolumeTest, AnExt4HasAJournalThatE2fsckAccepts) {
  if (!find_program("e2fsck") || !find_program("dumpe2fs")) GTEST_SKIP() << "e2fsprogs is not installed";
  ASSERT_TRUE(create_volume(at("v"), KernelFamily::Linux, 64 << 20, "data"));
  Finished checked = run({{"e2fsck", "-fn", at("v").string()}, {}, {}}).value();
  EXPECT_EQ(checked.status.code, 0) << checked.out << checked.err;
  Finished told = run({{"dumpe2fs", "-h", at("v").string()}, {}, {}}).value();
  EXPECT_THAT(told.out, testing::HasSubstr("has_journal"));
}

TEST_F(VolumeTest, WhatIsNone) {
  ASSERT_TRUE(write_file(at("text"), std::string(8192, 'x')));
  EXPECT_EQ(message(read_volume(at("text"))),
            "faasc: error: 'text' is no volume: it holds neither Nanos' nor Linux' file system [FAASC0749]\n"
            "  hint: 'faasc volume create text.new --size 64MiB' makes one\n");
  ASSERT_TRUE(write_ext4(Rootfs(), {.free_bytes = 1 << 20, .label = "faasc-root"}, at("root")));
  EXPECT_EQ(message(read_volume(at("root"))),
            "faasc: error: 'root' is no volume: it is the root of a machine [FAASC0749]\n"
            "  hint: name the file that 'faasc volume create' made\n");
  ASSERT_TRUE(write_ext4(Rootfs(), {.free_bytes = 1 << 20}, at("bare")));
  EXPECT_EQ(message(read_volume(at("bare"))),
            "faasc: error: 'bare' is no volume: its ext4 has no label, by which the guest would find it "
            "[FAASC0749]\n  hint: give it one: e2label 'bare' NAME\n");
}

TEST(VolumeLabel, IsSomethingToCallIt) {
  EXPECT_EQ(wrong_with_label("data-1.x_Y", KernelFamily::Linux), "");
  EXPECT_EQ(wrong_with_label("", KernelFamily::Linux), "it is empty");
  EXPECT_EQ(wrong_with_label("seventeen-letters", KernelFamily::Linux),
            "'seventeen-letters' has 17 bytes; at most 16 are possible");
  EXPECT_EQ(wrong_with_label("seventeen-letters", KernelFamily::Nanos), "");
  EXPECT_EQ(wrong_with_label("faasc-root", KernelFamily::Nanos),
            "'faasc-root' is what the root of a machine is called");
  EXPECT_EQ(wrong_with_label("a/b", KernelFamily::Nanos),
            "'a/b' has other characters than letters, digits, '.', '_' and '-'");
}

}  // namespace
}  // namespace faasc
