#include "packager/fat/fat_reader.h"

#include <cstring>

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/process.h"
#include "packager/fat/fat_format.h"
#include "packager/fat/fat_layout.h"
#include "packager/fat/fat_writer.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

// What is printed for it, behind "faasc: error: ".
std::string told(const Error& error) {
  return to_text(error, Color::Off).substr(14);
}

// Where things are in the sample: FATs from sector 32 and 568 on, clusters from sector 1104 on.
constexpr std::size_t kFat = 32 * 512, kRoot = 1104 * 512;

class FatReaderTest : public testing::Test {
 protected:
  void SetUp() override {
    Rootfs tree;
    ASSERT_TRUE(tree.add("/EFI/BOOT/BOOTX64.EFI", {InlineBytes{std::string(3000, 'L')}, 0644, ""}));
    ASSERT_TRUE(tree.add("/README.TXT", {InlineBytes{"hello"}, 0644, ""}));
    FatLayout layout = std::move(plan_fat(tree, {.label = "BOOT"})).value();
    AtomicFile file = std::move(AtomicFile::create(at("volume"))).value();
    SequentialOutput out(file.fd(), at("volume"));
    ASSERT_TRUE(write_fat(layout, out));
    ASSERT_TRUE(out.flush());
    ASSERT_EQ(::ftruncate(file.fd().get(), static_cast<off_t>(layout.size_bytes())), 0);
    ASSERT_TRUE(std::move(file).commit());
    bytes_ = read_file(at("volume")).value();
  }
  fs::path at(std::string_view name) { return directory_.path() / name; }
  static std::string text(std::string bytes) {
    auto reader = FatReader::open(bytes_in_memory(std::move(bytes)));
    if (!reader) return told(reader.error());
    std::string out;
    for (const StoredEntry& entry : reader->entries()) out += entry.path + "\n";
    return out;
  }
  std::string with(std::size_t offset, std::string_view patch) const {
    std::string changed = bytes_;
    changed.replace(offset, patch.size(), patch);
    return text(std::move(changed));
  }
  static std::string fat_entry(std::uint32_t value) {
    le32 field = value;
    return {reinterpret_cast<const char*>(&field), sizeof field};
  }

  TemporaryDirectory directory_ = std::move(TemporaryDirectory::create(testing::TempDir(), "fat")).value();
  std::string bytes_;
};

TEST_F(FatReaderTest, WhatIsNoFat) {
  using namespace std::string_literals;
  EXPECT_EQ(text(""), "not a FAT32 file system: it has only 0 bytes [FAASC0575]\n");
  EXPECT_EQ(text(std::string(4096, '\0')),
            "not a FAT32 file system: sector 0 is no boot sector [FAASC0575]\n");
  EXPECT_EQ(with(11, "\0\x10"s),
            "not a FAT32 file system: its sectors have 4096 bytes, its clusters 1 sectors, and it has 2 FATs "
            "[FAASC0575]\n");
  EXPECT_EQ(with(13, "\3"),
            "not a FAT32 file system: its sectors have 512 bytes, its clusters 3 sectors, and it has 2 FATs "
            "[FAASC0575]\n");
  EXPECT_EQ(with(17, "\0\2"s), "not a FAT32 file system: this is FAT12 or FAT16 [FAASC0575]\n");
}

TEST_F(FatReaderTest, Damage) {
  using namespace std::string_literals;
  const std::string damaged = "the boot partition is damaged: ";
  EXPECT_EQ(with(32, "\0\0\0\0"s), damaged + "its parts do not fit one another [FAASC0576]\n");
  EXPECT_EQ(with(32, "\0\0\2\0"s),
            damaged + "it has 67108864 bytes, of which 34603008 are there [FAASC0576]\n");
  EXPECT_EQ(with(36, "\x10\0\0\0"s), damaged + "its FAT is too small for 67520 clusters [FAASC0576]\n");
  EXPECT_EQ(with(44, "\0\0\0\0"s), damaged + "the root directory has cluster 0 of 66480 [FAASC0576]\n");
  EXPECT_EQ(with(44, "\xff\xff\x01\0"s),
            damaged + "the root directory has cluster 131071 of 66480 [FAASC0576]\n");
  // Cluster 2 is the root, 3 /EFI, 4 /EFI/BOOT; the loader begins at 10.
  EXPECT_EQ(with(kFat + 2 * 4, fat_entry(2)),
            damaged + "the root directory has cluster 2, which is taken [FAASC0576]\n");
  EXPECT_EQ(with(kFat + 3 * 4, fat_entry(10)),
            damaged + "'/EFI/BOOT/BOOTX64.EFI' has cluster 10, which is taken [FAASC0576]\n");
  EXPECT_EQ(with(kFat + 11 * 4, fat_entry(0x0fffffff)),
            damaged + "'/EFI/BOOT/BOOTX64.EFI' has 3000 bytes, of which 1024 are there [FAASC0576]\n");
  EXPECT_EQ(with(kFat + 11 * 4, fat_entry(0)),
            damaged + "'/EFI/BOOT/BOOTX64.EFI' has cluster 0 of 66480 [FAASC0576]\n");
  EXPECT_EQ(with(kRoot + 2 * 32, "A/B     "),
            damaged + "directory '/' has an entry whose name cannot be [FAASC0576]\n");
  // /EFI/BOOT becomes /EFI itself.
  EXPECT_EQ(with(kRoot + 512 + 2 * 32 + 26, "\3"),
            damaged + "'/EFI/BOOT' has cluster 3, which is taken [FAASC0576]\n");
}

TEST_F(FatReaderTest, DeletedEntriesAreNotThere) {
  EXPECT_EQ(with(kRoot + 2 * 32, "\xe5"), "/EFI\n/EFI/BOOT\n/EFI/BOOT/BOOTX64.EFI\n");
  EXPECT_EQ(with(kRoot + 2 * 32, std::string_view("\0", 1)), "/EFI\n/EFI/BOOT\n/EFI/BOOT/BOOTX64.EFI\n");
}

TEST_F(FatReaderTest, EveryTruncationIsRefused) {
  // All of the sectors that hold something, and steps through what does not.
  for (std::size_t size = 0; size < bytes_.size(); size += size < 2048 ? 97 : 1'048'573) {
    SCOPED_TRACE(size);
    EXPECT_FALSE(FatReader::open(bytes_in_memory(bytes_.substr(0, size))));
  }
}

// Any byte of the metadata may be anything: a reader then refuses or reads, and comes back.
TEST_F(FatReaderTest, SurvivesChangedBytes) {
  std::uint32_t random = 1;
  std::string head = bytes_;
  for (int i = 0; i < 1000; ++i) {
    random = random * 1664525 + 1013904223;
    constexpr std::size_t kPlaces[] = {0, kFat, kRoot, kRoot + 512, kRoot + 1024};
    constexpr std::size_t kSizes[] = {96, 96, 128, 128, 128};
    std::size_t which = random >> 28 & 3;
    std::size_t offset = kPlaces[which] + (random >> 8) % kSizes[which];
    char before = head[offset];
    head[offset] = static_cast<char>(random >> 16);
    struct View : ByteSource {
      explicit View(const std::string& text) : text_(text) {}
      std::uint64_t size() const override { return text_.size(); }
      Result<void> read_at(std::uint64_t at, char* buffer, std::size_t size) const override {
        if (at + size > text_.size() || at + size < at)
          return Error{Fault::Input, "FAASC0902", "past the end", {}, {}};
        std::memcpy(buffer, text_.data() + at, size);
        return {};
      }
      const std::string& text_;
    };
    auto reader = FatReader::open(std::make_shared<View>(head));
    if (reader)
      for (const StoredEntry& entry : reader->entries())
        if (entry.kind == StoredEntry::Kind::File && entry.size_bytes < 1 << 20) (void)reader->read(entry);
    head[offset] = before;
  }
}

TEST_F(FatReaderTest, ReadsWhatMtoolsWrote) {
  if (!find_program("mformat")) GTEST_SKIP() << "no mformat (mtools) in PATH";
  ASSERT_TRUE(write_file(at("other"), ""));
  fs::resize_file(at("other"), 40 << 20);
  ASSERT_TRUE(write_file(at("file"), std::string(100'000, 'x')));
  auto mtools = [&](std::vector<std::string> argv) {
    auto done = run({argv, {}, {}});
    ASSERT_TRUE(done && done->status.ok()) << (done ? done->err : done.error().what);
  };
  mtools({"mformat", "-i", at("other"), "-F", "-c", "1", "-T", "81920", "-h", "255", "-s", "63", "-v",
          "OTHERS", "::"});
  mtools({"mmd", "-i", at("other"), "::/EFI", "::/EFI/Boot"});
  mtools({"mcopy", "-i", at("other"), at("file"), "::/EFI/Boot/bootx64.efi"});
  mtools({"mcopy", "-i", at("other"), at("file"), "::/A rather long name, and größer.conf"});
  auto reader = FatReader::open(open_byte_source(at("other")).value());
  ASSERT_TRUE(reader) << to_text(reader.error(), Color::Off);
  EXPECT_EQ(reader->label(), "OTHERS");
  std::string paths;
  for (const StoredEntry& entry : reader->entries()) paths += entry.path + "\n";
  EXPECT_EQ(paths, "/A rather long name, and größer.conf\n/EFI\n/EFI/Boot\n/EFI/Boot/bootx64.efi\n");
  EXPECT_TRUE(reader->read(*reader->find_in_any_case("/EFI/BOOT/BOOTX64.EFI")).value() ==
              std::string(100'000, 'x'));
}

}  // namespace
}  // namespace faasc
