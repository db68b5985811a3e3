#include "packager/ext4/ext4_reader.h"

#include <random>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/process.h"
#include "packager/ext4/ext4_writer.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 7 + (i >> 9));
  return bytes;
}

class Ext4ReaderTest : public testing::Test {
 protected:
  TemporaryDirectory directory_ = std::move(TemporaryDirectory::create(testing::TempDir(), "ext4")).value();
  fs::path image_ = directory_.path() / "image";
  Rootfs rootfs_;

  void add(const std::string& path, decltype(RootfsNode::content) content, std::uint32_t mode = 0644) {
    auto added = rootfs_.add(path, {std::move(content), mode, ""});
    ASSERT_TRUE(added) << added.error().what;
  }
  void write(const Ext4Options& options = {}) {
    auto written = write_ext4(rootfs_, options, image_);
    ASSERT_TRUE(written) << written.error().what;
  }
  Ext4Reader read_back() {
    auto reader = Ext4Reader::open(open_byte_source(image_).value());
    EXPECT_TRUE(reader) << to_text(reader.error(), Color::Off);
    return std::move(reader).value();
  }
  static std::string refusal(std::string bytes) {
    auto reader = Ext4Reader::open(bytes_in_memory(std::move(bytes)));
    return reader ? "accepted" : to_text(reader.error(), Color::Off);
  }
  /// Has mke2fs make a file system of the files in directory "tree".
  void make(std::vector<std::string> options, const std::string& size) {
    if (!find_program("mke2fs")) GTEST_SKIP() << "no mke2fs (e2fsprogs) in PATH";
    fs::path tree = directory_.path() / "tree";
    ASSERT_TRUE(write_file(tree / "dir/deep/file", pattern(700'000)));
    ASSERT_TRUE(write_file(tree / "dir/empty", ""));
    for (int i = 0; i < 500; ++i)
      ASSERT_TRUE(write_file(tree / "many" / (std::to_string(i) + std::string(60, 'n')), std::to_string(i)));
    fs::create_symlink("deep/file", tree / "dir/link");
    fs::create_symlink(std::string(100, 't'), tree / "slow");
    fs::create_hard_link(tree / "dir/deep/file", tree / "second");
    std::vector<std::string> command = {"mke2fs", "-q", "-F", "-L", "made"};
    command.insert(command.end(), options.begin(), options.end());
    command.insert(command.end(), {"-d", tree.string(), image_.string(), size});
    auto result = run({command, {}, {}});
    ASSERT_TRUE(result && result->status.ok()) << result->err;
  }
  void expect_made() {
    Ext4Reader reader = read_back();
    EXPECT_THAT(reader.problems(), IsEmpty());
    EXPECT_EQ(reader.label(), "made");
    EXPECT_EQ(reader.entries().size(), 509u);  // lost+found is one of them
    const StoredEntry* file = reader.find("/dir/deep/file");
    ASSERT_NE(file, nullptr);
    EXPECT_TRUE(reader.read(*file).value() == pattern(700'000));
    EXPECT_EQ(reader.find("/second")->id, file->id);
    EXPECT_EQ(reader.find("/dir/link")->target, "deep/file");
    EXPECT_EQ(reader.find("/slow")->target, std::string(100, 't'));
    EXPECT_EQ(reader.read(*reader.find("/many/499" + std::string(60, 'n'))).value(), "499");
    EXPECT_EQ(reader.find("/lost+found")->kind, StoredEntry::Kind::Directory);
    EXPECT_GT(file->modified.value_or(0), 1'500'000'000);
  }
};

TEST_F(Ext4ReaderTest, WhatIsWrittenIsRead) {
  fs::path sparse = directory_.path() / "sparse";
  {
    Fd fd(::open(sparse.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    ASSERT_TRUE(write_all_at(fd, "in the middle", 300 << 20, sparse));
    ASSERT_EQ(::ftruncate(fd.get(), (400 << 20) + 1), 0);
  }
  add("/bin/program", InlineBytes{pattern(5'000'000)}, 04755);
  add("/etc/empty", InlineBytes{});
  add("/a", HardLink{"/bin/program"});
  add("/fast", Symlink{std::string(59, 'f')});
  add("/slow", Symlink{std::string(60, 's')});
  add("/slower", Symlink{std::string(4000, 't')});
  add("/nothing", Directory{}, 01777);
  add("/sparse", HostFile{sparse});
  add("/\xc3\xbc " + std::string(250, 'n'), InlineBytes{"long name"});
  for (int i = 0; i < 3000; ++i) add("/many/" + std::to_string(i) + std::string(30, '_'), InlineBytes{"x"});
  write({.free_bytes = 1 << 20, .label = "faasc-root"});

  Ext4Reader reader = read_back();
  EXPECT_THAT(reader.problems(), IsEmpty());
  EXPECT_EQ(reader.format(), "ext4");
  EXPECT_EQ(reader.label(), "faasc-root");
  EXPECT_EQ(reader.file_system_bytes(), fs::file_size(image_));
  EXPECT_GE(reader.free_bytes(), 1u << 20);
  ASSERT_EQ(reader.entries().size(), rootfs_.nodes().size());
  auto entry = reader.entries().begin();
  for (const auto& [path, node] : rootfs_.nodes()) {
    SCOPED_TRACE(path);
    ASSERT_EQ(entry->path, path);
    const auto* link = std::get_if<Symlink>(&node.content);
    EXPECT_EQ(entry->mode, link ? 0777 : node.mode);
    EXPECT_EQ(entry->target, link ? link->target : "");
    EXPECT_EQ(entry->modified, 1);
    const auto* bytes = std::get_if<InlineBytes>(&rootfs_.behind(node).content);
    EXPECT_TRUE(!bytes || reader.read(*entry).value() == bytes->bytes);
    ++entry;
  }
  EXPECT_EQ(reader.find("/a")->id, reader.find("/bin/program")->id);
  const StoredEntry* hole = reader.find("/sparse");
  EXPECT_EQ(hole->size_bytes, (400u << 20) + 1);
  ASSERT_EQ(reader.runs(*hole).size(), 1u);
  EXPECT_EQ(reader.runs(*hole)[0].file_offset, 300u << 20);
  EXPECT_EQ(reader.read_at(*hole, (300 << 20) - 2, 8).value(), std::string("\0\0in the", 8));
  EXPECT_EQ(reader.read_at(*hole, 400 << 20, 8).value(), std::string(1, '\0'));
}

TEST_F(Ext4ReaderTest, WhatMke2fsMakesOfExt4) {
  make({"-t", "ext4"}, "16M");
  if (!IsSkipped()) expect_made();
}

TEST_F(Ext4ReaderTest, WhatMke2fsMakesOfExt3) {
  make({"-t", "ext3", "-b", "4096"}, "24M");
  if (!IsSkipped()) expect_made();
}

// Small blocks, and maps of blocks with two levels of indirection.
TEST_F(Ext4ReaderTest, WhatMke2fsMakesOfExt2) {
  make({"-t", "ext2", "-b", "1024"}, "8M");
  if (!IsSkipped()) expect_made();
}

TEST_F(Ext4ReaderTest, WhatIsNotReadIsRefused) {
  if (!find_program("mke2fs")) GTEST_SKIP() << "no mke2fs (e2fsprogs) in PATH";
  EXPECT_EQ(refusal(std::string(4096, 'x')),
            "faasc: error: not an ext4 file system: there is no superblock at byte 1024 [FAASC0661]\n");
  ASSERT_TRUE(
      run({{"mke2fs", "-q", "-F", "-t", "ext4", "-O", "inline_data", image_.string(), "4M"}, {}, {}}));
  EXPECT_EQ(
      refusal(read_file(image_).value()),
      "faasc: error: the ext4 file system uses data inside of inodes (inline_data), which faasc does not "
      "read [FAASC0663]\n  hint: mount it, and work on the files\n");
  add("/file", InlineBytes{"x"});
  write();
  std::string cut = read_file(image_).value();
  cut.pop_back();
  EXPECT_EQ(refusal(cut), "faasc: error: the ext4 file system is damaged: it is to have " +
                              std::to_string(fs::file_size(image_) / 4096) +
                              " blocks of 4096 bytes, but there are " + std::to_string(cut.size()) +
                              " bytes [FAASC0662]\n");
}

TEST_F(Ext4ReaderTest, ProblemsAreFound) {
  if (!find_program("debugfs")) GTEST_SKIP() << "no debugfs (e2fsprogs) in PATH";
  struct Case {
    std::vector<std::string> requests;  // of debugfs
    std::vector<std::string> problems;
  };
  const Case cases[] = {
      {{"sif /a links_count 7"}, {"'/a' has a link count of 7 instead of 1"}},
      {{"freei /b"}, {"1 inodes are in use, but marked as free"}},
      {{"unlink /b"},
       {"1 blocks are marked as in use, but belong to nothing",
        "1 inodes are marked as in use, but have no name"}},
      {{"ssv free_blocks_count 5"}, {"the superblock counts 5 free blocks instead of 47"}},
      {{"feature needs_recovery"}, {"its journal holds changes that are not in place yet"}},
      {{"ssv state 3"}, {"a kernel found errors in it"}},
      {{"sif /dir links_count 9"}, {"'/dir' has a link count of 9 instead of 2"}},
  };
  add("/a", InlineBytes{"a"});
  add("/b", InlineBytes{"b"});
  add("/dir", Directory{}, 0755);
  write();
  std::string good = read_file(image_).value();
  for (const Case& c : cases) {
    SCOPED_TRACE(c.requests[0]);
    ASSERT_TRUE(write_file(image_, good));
    for (const std::string& request : c.requests)
      ASSERT_TRUE(run({{"debugfs", "-w", "-R", request, image_.string()}, {}, {}}));
    EXPECT_EQ(read_back().problems(), c.problems);
  }
  // Two files in one block: both extents lie in the inodes, at byte 20 of the block map's place.
  ASSERT_TRUE(write_file(image_, good));
  Ext4Reader reader = read_back();
  std::uint64_t a = reader.runs(*reader.find("/a"))[0].source_offset / 4096;
  std::uint64_t b = reader.runs(*reader.find("/b"))[0].source_offset / 4096;
  for (const char* name : {"/b"})
    ASSERT_TRUE(run({{"debugfs", "-w", "-R", std::string("sif ") + name + " block[5] " + std::to_string(a),
                      image_.string()},
                     {},
                     {}}));
  EXPECT_THAT(read_back().problems(), ElementsAre("'/a' and '/b' both claim block " + std::to_string(a),
                                                  "1 blocks are marked as in use, but belong to nothing"))
      << b;
}

// Whatever becomes of the bytes, reading ends and says why, or gives a tree.
TEST_F(Ext4ReaderTest, DamageIsRefusedOrRead) {
  add("/dir/file", InlineBytes{pattern(20'000)});
  add("/dir/link", HardLink{"/dir/file"});
  add("/symlink", Symlink{std::string(100, 's')});
  for (int i = 0; i < 100; ++i) add("/many/" + std::to_string(i) + std::string(50, '_'), InlineBytes{});
  write();
  const std::string good = read_file(image_).value();
  for (std::size_t size = 0; size < good.size(); size += 509)
    EXPECT_NE(refusal(good.substr(0, size)), "accepted") << "the first " << size << " bytes";
  std::mt19937 random(1);
  int accepted = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string bad = good;
    // Half of the flips hit what describes the file system; most of the rest would be a file's bytes.
    std::size_t limit = round % 2 ? 16384 : bad.size();
    for (int flips = 1 + round % 3; flips > 0; --flips)
      bad[random() % limit] ^= static_cast<char>(1u << random() % 8);
    auto reader = Ext4Reader::open(bytes_in_memory(std::move(bad)));
    if (!reader) continue;
    ++accepted;
    (void)reader->problems();
    for (const StoredEntry& entry : reader->entries())
      if (entry.kind == StoredEntry::Kind::File) (void)reader->read(entry, 4 << 20);
  }
  EXPECT_GT(accepted, 100);
}

}  // namespace
}  // namespace faasc
