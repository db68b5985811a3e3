#include "packager/fat/fat_writer.h"

#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/process.h"
#include "base/sha256.h"
#include "packager/fat/fat_reader.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

// What is printed for it, behind "faasc: error: ".
std::string told(const Error& error) {
  return to_text(error, Color::Off).substr(14);
}

constexpr std::uint64_t kMiB = 1 << 20;

class FatWriterTest : public testing::Test {
 protected:
  fs::path at(std::string_view name) { return directory_.path() / name; }
  void add(const std::string& path, decltype(RootfsNode::content) content) {
    ASSERT_TRUE(tree_.add(path, {std::move(content), 0644, "a test"}));
  }
  std::string refusal() {
    auto layout = plan_fat(tree_, options_);
    return layout ? "accepted" : told(layout.error());
  }
  FatLayout write() {
    auto layout = plan_fat(tree_, options_);
    EXPECT_TRUE(layout) << to_text(layout.error(), Color::Off);
    AtomicFile file = std::move(AtomicFile::create(at("volume"))).value();
    SequentialOutput out(file.fd(), at("volume"));
    auto written = write_fat(*layout, out);
    EXPECT_TRUE(written) << to_text(written.error(), Color::Off);
    EXPECT_TRUE(out.flush());
    EXPECT_EQ(::ftruncate(file.fd().get(), static_cast<off_t>(layout->size_bytes())), 0);
    EXPECT_TRUE(std::move(file).commit());
    return std::move(*layout);
  }
  FatReader open() {
    auto source = open_byte_source(at("volume"));
    auto reader = FatReader::open(*source);
    EXPECT_TRUE(reader) << to_text(reader.error(), Color::Off);
    return std::move(reader).value();
  }
  static std::string listing(const FatReader& reader) {
    std::string out;
    for (const StoredEntry& entry : reader.entries())
      out += entry.path +
             (entry.kind == StoredEntry::Kind::Directory ? "/" : " " + std::to_string(entry.size_bytes)) +
             "\n";
    return out;
  }
  void sample() {
    loader_.assign(158'436, 'L');
    for (std::size_t i = 0; i < loader_.size(); ++i) loader_[i] = static_cast<char>(i * 31 + i / 251);
    ASSERT_TRUE(write_file(at("bootx64.efi"), loader_));
    add("/EFI/BOOT/BOOTX64.EFI", HostFile{at("bootx64.efi")});
    add("/README.TXT", InlineBytes{"hello"});
    add("/EMPTY", InlineBytes{""});
    options_ = {.label = "FAASC-BOOT", .first_sector = 104};
  }

  TemporaryDirectory directory_ = std::move(TemporaryDirectory::create(testing::TempDir(), "fat")).value();
  Rootfs tree_;
  FatOptions options_;
  std::string loader_;
};

TEST_F(FatWriterTest, Layout) {
  sample();
  FatLayout layout = write();
  EXPECT_EQ(layout.size_bytes(), 33 * kMiB);
  EXPECT_EQ(layout.fat_sectors, 536u);
  EXPECT_EQ(layout.first_data_sector(), 1104u);
  const FatLayout::File* loader = layout.find("/EFI/BOOT/BOOTX64.EFI");
  ASSERT_NE(loader, nullptr);
  EXPECT_EQ(loader->first_sector, 1112u);  // the directories' page comes before
  EXPECT_EQ(layout.find("/EFI"), nullptr);
  std::string bytes = read_file(at("volume")).value();
  EXPECT_EQ(bytes.size(), 33 * kMiB);
  EXPECT_TRUE(bytes.substr(1112 * 512, loader_.size()) == loader_);
}

TEST_F(FatWriterTest, TakesLittleMoreRoomThanItsFiles) {
  sample();
  write();
  struct stat status{};
  ASSERT_EQ(::stat(at("volume").c_str(), &status), 0);
  // A page each for the boot sectors, two FATs, the directories, and the small file; the loader's last page.
  EXPECT_LE(static_cast<std::uint64_t>(status.st_blocks) * 512, loader_.size() + 6 * 4096);
}

TEST_F(FatWriterTest, RoundTrip) {
  sample();
  write();
  FatReader reader = open();
  EXPECT_EQ(listing(reader), "/EFI/\n/EFI/BOOT/\n/EFI/BOOT/BOOTX64.EFI 158436\n/EMPTY 0\n/README.TXT 5\n");
  EXPECT_EQ(reader.label(), "FAASC-BOOT");
  EXPECT_EQ(reader.uuid_text().size(), 9u);
  EXPECT_EQ(reader.volume_bytes(), 33 * kMiB);
  ASSERT_NE(reader.find_in_any_case("/efi/boot/bootx64.efi"), nullptr);
  EXPECT_TRUE(reader.read(*reader.find_in_any_case("/efi/boot/bootx64.efi")).value() == loader_);
  EXPECT_EQ(reader.read(*reader.find("/README.TXT")).value(), "hello");
  EXPECT_EQ(reader.read(*reader.find("/EMPTY")).value(), "");
  EXPECT_EQ(reader.find_in_any_case("/EFI/BOOT/BOOTX64.EF"), nullptr);
}

// A file of the kind that is copied out of another image.
TEST_F(FatWriterTest, FilesOfOtherImages) {
  sample();
  write();
  auto other = std::make_shared<FatReader>(open());
  tree_ = {};
  add("/COPY", StoredFile{other, other->find("/EFI/BOOT/BOOTX64.EFI")});
  write();
  FatReader reader = open();
  EXPECT_TRUE(reader.read(*reader.find("/COPY")).value() == loader_);
}

TEST_F(FatWriterTest, DirectoriesOfSeveralClusters) {
  for (int i = 0; i < 300; ++i) add("/DIR/F" + std::to_string(i), InlineBytes{"file " + std::to_string(i)});
  FatLayout layout = write();
  EXPECT_EQ(layout.directories[1].clusters, 19u);  // 302 entries, 16 to a cluster
  FatReader reader = open();
  EXPECT_EQ(reader.entries().size(), 301u);
  EXPECT_EQ(reader.read(*reader.find("/DIR/F299")).value(), "file 299");
}

TEST_F(FatWriterTest, GrowsWithItsFiles) {
  auto sparse = [&](const char* name, std::uint64_t size) {
    ASSERT_TRUE(write_file(at(name), ""));
    fs::resize_file(at(name), size);
    add(std::string("/") + name, HostFile{at(name)});
  };
  sparse("A", 33 * kMiB);
  FatLayout layout = std::move(plan_fat(tree_, options_)).value();
  EXPECT_EQ(layout.size_bytes(), 34 * kMiB);
  EXPECT_EQ(layout.sectors_per_cluster, 1u);
  sparse("B", 600 * kMiB);
  layout = std::move(plan_fat(tree_, options_)).value();
  EXPECT_EQ(layout.sectors_per_cluster, 4u);
  EXPECT_GE(layout.size_bytes(), 633 * kMiB);
  EXPECT_LE(layout.size_bytes(), 637 * kMiB);
  sparse("C", 4096 * kMiB);
  EXPECT_EQ(refusal(),
            "'/C' cannot be on a boot partition: it has 4294967296 bytes; less than 4 GiB are possible "
            "[FAASC0574]\n");
}

TEST_F(FatWriterTest, Refusals) {
  for (const char* name : {"/lower", "/TOOLONGNAME", "/A.LONG", "/A.", "/A.B.C", "/.X", "/A B", "/Ä"}) {
    SCOPED_TRACE(name);
    tree_ = {};
    add(name, InlineBytes{""});
    EXPECT_EQ(refusal(),
              "'" + std::string(name) +
                  "' cannot be on a boot partition: names are at most 8 capitals, a dot, and 3 more "
                  "[FAASC0574]\n");
  }
  tree_ = {};
  add("/LINK", Symlink{"FILE"});
  EXPECT_EQ(refusal(), "'/LINK' cannot be on a boot partition: there are no links [FAASC0574]\n");
  tree_ = {};
  options_.label = "lower";
  EXPECT_EQ(refusal(), "'lower' cannot be on a boot partition: it is no label [FAASC0574]\n");
  options_.label.clear();
  add("/X", HostFile{at("none")});
  EXPECT_EQ(refusal(), "cannot read '" + at("none").string() + "': No such file or directory [FAASC0901]\n");
}

TEST_F(FatWriterTest, SameTreeSameBytes) {
  sample();
  write();
  std::string first = to_hex(sha256_of_file(at("volume")).value());
  write();
  EXPECT_EQ(to_hex(sha256_of_file(at("volume")).value()), first);
}

// ---- what others say ----

TEST_F(FatWriterTest, TheCheckerAcceptsIt) {
  if (!find_program("fsck.vfat")) GTEST_SKIP() << "no fsck.vfat (dosfstools) in PATH";
  sample();
  for (int i = 0; i < 300; ++i) add("/DIR/F" + std::to_string(i), InlineBytes{"x"});
  write();
  auto checked = run({{"fsck.vfat", "-n", "-v", at("volume")}, {}, {}});
  ASSERT_TRUE(checked);
  EXPECT_TRUE(checked->status.ok()) << checked->out << checked->err;
  EXPECT_THAT(checked->out, HasSubstr("307 files, 633/66480 clusters"));
  EXPECT_THAT(checked->out, testing::Not(HasSubstr("differ")));
}

TEST_F(FatWriterTest, MtoolsReadIt) {
  if (!find_program("mcopy")) GTEST_SKIP() << "no mcopy (mtools) in PATH";
  sample();
  write();
  auto copied = run({{"mcopy", "-n", "-i", at("volume"), "::/EFI/BOOT/BOOTX64.EFI", at("copy")}, {}, {}});
  ASSERT_TRUE(copied);
  ASSERT_TRUE(copied->status.ok()) << copied->err;
  EXPECT_TRUE(read_file(at("copy")).value() == loader_);
  auto listed = run({{"mdir", "-i", at("volume"), "-/", "-b", "::"}, {}, {}});
  EXPECT_THAT(listed->out, HasSubstr("::/EFI/BOOT/BOOTX64.EFI\n"));
  EXPECT_THAT(listed->out, HasSubstr("::/README.TXT\n"));
}

}  // namespace
}  // namespace faasc
