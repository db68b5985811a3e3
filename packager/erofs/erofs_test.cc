#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/process.h"
#include "base/sha256.h"
#include "packager/erofs/codes.h"
#include "packager/erofs/erofs_format.h"
#include "packager/erofs/erofs_reader.h"
#include "packager/erofs/erofs_writer.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;

class ErofsTest : public testing::Test {
 protected:
  TemporaryDirectory directory_ = std::move(TemporaryDirectory::create(testing::TempDir(), "erofs")).value();
  fs::path image_ = directory_.path() / "image";
  Rootfs rootfs_;

  void add(const std::string& path, const decltype(RootfsNode::content)& content, std::uint32_t mode = 0644) {
    auto added = rootfs_.add(path, {content, mode, ""});
    ASSERT_TRUE(added) << added.error().what;
  }
  std::string host_file(const std::string& name, const std::string& bytes) {
    EXPECT_TRUE(write_file(directory_.path() / name, bytes));
    return (directory_.path() / name).string();
  }

  ErofsImage write(const ErofsOptions& options = {}) {
    auto image = write_erofs(rootfs_, options, image_);
    if (!image) {
      ADD_FAILURE() << to_text(image.error(), Color::Off);
      return {};
    }
    EXPECT_EQ(fs::file_size(image_), image->size_bytes);
    return *image;
  }
  ErofsReader reader() {
    auto reader = ErofsReader::open(open_byte_source(image_).value());
    if (!reader) {
      ADD_FAILURE() << to_text(reader.error(), Color::Off);
      std::abort();
    }
    EXPECT_THAT(reader->problems(), IsEmpty());
    EXPECT_EQ(reader->lost_by_writing_anew(), "");
    return std::move(*reader);
  }
  std::string text_of(const ErofsReader& tree, const std::string& path) {
    const StoredEntry* entry = tree.find(path);
    return entry ? tree.read(*entry).value() : "there is no " + path;
  }
  /// What opening the image says after `bytes` were put at `offset`.
  std::string refusal(std::uint64_t offset, const std::string& bytes) {
    std::string image = read_file(image_).value();
    image.replace(offset, bytes.size(), bytes);
    auto reader = ErofsReader::open(bytes_in_memory(image));
    return reader ? "opened" : to_text(reader.error(), Color::Off);
  }
};

std::string numbers(int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += std::to_string(i) + ",";
  return out;
}

TEST_F(ErofsTest, FilesLinksAndModesComeBack) {
  const std::string big = numbers(300'000);
  add("/bin/program", HostFile{host_file("p", big)}, 04755);
  add("/bin/tailed", HostFile{host_file("t", std::string(4096 * 3 + 100, 't'))}, 0755);
  add("/etc/empty", InlineBytes{""});
  add("/etc/passwd", InlineBytes{"root:x:0:0::/:\n"}, 0600);
  add("/etc/half", InlineBytes{std::string(2048, 'h')});
  add("/etc/more", InlineBytes{std::string(2049, 'm')});
  add("/secret", Directory{}, 01700);
  add("/link", Symlink{"etc/passwd"});
  add("/long", Symlink{std::string(4000, 'l')});
  add("/" + std::string(255, 'n'), InlineBytes{"long name"});
  add("/!first", InlineBytes{"before the directory's own name"});
  EXPECT_EQ(write({.label = "faasc-root"}).payload_bytes, big.size() + 12388 + 15 + 2048 + 2049 + 9 + 31);
  ErofsReader tree = reader();
  EXPECT_EQ(tree.label(), "faasc-root");
  EXPECT_EQ(tree.entries().size(), rootfs_.nodes().size());
  EXPECT_EQ(text_of(tree, "/bin/program"), big);
  EXPECT_EQ(text_of(tree, "/bin/tailed"), std::string(4096 * 3 + 100, 't'));
  EXPECT_EQ(text_of(tree, "/etc/empty"), "");
  EXPECT_EQ(text_of(tree, "/etc/half"), std::string(2048, 'h'));
  EXPECT_EQ(text_of(tree, "/etc/more"), std::string(2049, 'm'));
  EXPECT_EQ(text_of(tree, "/" + std::string(255, 'n')), "long name");
  EXPECT_EQ(tree.find("/bin/program")->mode, 04755u);
  EXPECT_EQ(tree.find("/etc/passwd")->mode, 0600u);
  EXPECT_EQ(tree.find("/secret")->mode, 01700u);
  EXPECT_EQ(tree.find("/link")->target, "etc/passwd");
  EXPECT_EQ(tree.find("/long")->target, std::string(4000, 'l'));
}

TEST_F(ErofsTest, HardLinksAreNamesOfOneFile) {
  add("/m/file", InlineBytes{std::string(9000, 'm')});
  add("/a", HardLink{"/m/file"});
  add("/z/deep/b", HardLink{"/a"});
  EXPECT_EQ(write().payload_bytes, 9000u);
  ErofsReader tree = reader();
  EXPECT_EQ(tree.find("/a")->id, tree.find("/z/deep/b")->id);
  EXPECT_EQ(text_of(tree, "/z/deep/b"), std::string(9000, 'm'));
}

TEST_F(ErofsTest, ThousandsOfNamesInADirectory) {
  for (int i = 0; i < 5000; ++i) add("/d/file-" + std::to_string(i), InlineBytes{std::to_string(i)});
  write();
  ErofsReader tree = reader();
  EXPECT_EQ(tree.entries().size(), 5001u);
  EXPECT_EQ(text_of(tree, "/d/file-4711"), "4711");
}

// Upstream's own tool is the referee: it walks the tree, and takes it apart into files.
TEST_F(ErofsTest, IsAsItsOwnToolsWouldHaveIt) {
  if (!find_program("fsck.erofs")) GTEST_SKIP() << "no fsck.erofs (erofs-utils) in PATH";
  add("/empty", InlineBytes{""});
  for (int size : {1, 2047, 2048, 2049, 4064, 4095, 4096, 4097, 8192, 10'000, 1'000'000})
    add("/sizes/" + std::to_string(size), InlineBytes{std::string(static_cast<std::size_t>(size), 'x')});
  for (int i = 0; i < 700; ++i) add("/many/" + std::to_string(i) + std::string(40, '-'), Directory{}, 0755);
  add("/-", Symlink{"many"});
  add("/again", HardLink{"/sizes/10000"});
  write();
  auto checked = run({{"fsck.erofs", image_.string()}, {}, {}});
  ASSERT_TRUE(checked);
  EXPECT_TRUE(checked->status.ok()) << checked->out << checked->err;
  if (::geteuid() != 0) return;  // it gives files their owner
  fs::path out = directory_.path() / "out";
  checked = run({{"fsck.erofs", "--extract=" + out.string(), image_.string()}, {}, {}});
  ASSERT_TRUE(checked && checked->status.ok()) << checked->err;
  EXPECT_EQ(fs::file_size(out / "sizes/1000000"), 1'000'000u);
  EXPECT_EQ(read_file(out / "sizes/2047").value(), std::string(2047, 'x'));
  EXPECT_EQ(read_file(out / "sizes/2049").value(), std::string(2049, 'x'));
  EXPECT_EQ(fs::read_symlink(out / "-"), "many");
  EXPECT_EQ(std::distance(fs::directory_iterator(out / "many"), fs::directory_iterator()), 700);
}

// A tree that upstream's writer wrote is read as well.
TEST_F(ErofsTest, ReadsWhatOthersWrote) {
  if (!find_program("mkfs.erofs")) GTEST_SKIP() << "no mkfs.erofs (erofs-utils) in PATH";
  fs::path tree = directory_.path() / "tree";
  fs::create_directories(tree / "sub");
  ASSERT_TRUE(write_file(tree / "sub/file", numbers(5000)));
  ASSERT_TRUE(write_file(tree / "small", "small"));
  fs::create_symlink("sub/file", tree / "link");
  fs::create_hard_link(tree / "small", tree / "sub/hard");
  auto made = run({{"mkfs.erofs", image_.string(), tree.string()}, {}, {}});
  ASSERT_TRUE(made && made->status.ok()) << made->err;
  auto reader = ErofsReader::open(open_byte_source(image_).value());
  ASSERT_TRUE(reader) << to_text(reader.error(), Color::Off);
  EXPECT_EQ(text_of(*reader, "/sub/file"), numbers(5000));
  EXPECT_EQ(text_of(*reader, "/small"), "small");
  EXPECT_EQ(reader->find("/small")->id, reader->find("/sub/hard")->id);
  EXPECT_EQ(reader->find("/link")->target, "sub/file");

  made = run({{"mkfs.erofs", "-zlz4", image_.string(), tree.string()}, {}, {}});
  if (!made || !made->status.ok()) return;  // built without LZ4
  EXPECT_THAT(refusal(0, std::string(1, '\0')), HasSubstr("compression"));
}

TEST_F(ErofsTest, TheSameTreeGivesTheSameBytes) {
  std::string digests[2];
  for (std::string& digest : digests) {
    rootfs_ = {};
    add("/b", HostFile{host_file("b", numbers(4000))});
    add("/a", InlineBytes{"a"});
    write({.label = "x"});
    digest = to_hex(sha256_of_file(image_).value());
  }
  EXPECT_EQ(digests[0], digests[1]);
  std::string uuid = reader().uuid_text();
  write({.label = "x", .identity = "another program"});
  EXPECT_NE(reader().uuid_text(), uuid);
}

TEST_F(ErofsTest, IsAsLargeAsItIsAskedToBe) {
  add("/file", InlineBytes{std::string(500'000, 'f')});
  ErofsImage smallest = write();
  EXPECT_EQ(write({.size_bytes = 1 << 20}).size_bytes, 1u << 20);
  EXPECT_EQ(text_of(reader(), "/file").size(), 500'000u);
  auto refused = write_erofs(rootfs_, {.size_bytes = 8192}, image_);
  ASSERT_FALSE(refused);
  std::string needed = std::to_string(smallest.size_bytes / 1024) + "KiB";
  EXPECT_EQ(to_text(refused.error(), Color::Off),
            "faasc: error: a disk of 8KiB is too small by " + std::to_string(smallest.size_bytes / 1024 - 8) +
                "KiB: it needs " + needed + " [FAASC0676]\n  hint: give it at least " + needed +
                ", or leave the size open\n");
}

TEST_F(ErofsTest, LiesInAPartition) {
  add("/file", InlineBytes{std::string(10'000, 'f')});
  auto file = AtomicFile::create(image_);
  auto image = write_erofs(rootfs_, {}, *file, 1 << 20);
  ASSERT_TRUE(image);
  ASSERT_TRUE(std::move(*file).commit());
  EXPECT_EQ(fs::file_size(image_), (1u << 20) + image->size_bytes);
  auto source = open_byte_source(image_).value();
  EXPECT_TRUE(is_erofs_at(*source, 1 << 20));
  EXPECT_FALSE(is_erofs_at(*source, 0));
  EXPECT_TRUE(ErofsReader::open(piece_of(source, 1 << 20, image->size_bytes)));
}

TEST_F(ErofsTest, SaysWhatItCannotHold) {
  add("/link", Symlink{std::string(4096, 'l')});
  auto refused = write_erofs(rootfs_, {}, image_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(to_text(refused.error(), Color::Off),
            "faasc: error: an EROFS cannot hold the symbolic link '/link', whose target has 4096 bytes; 1 to "
            "4095 are possible [FAASC0673]\n  hint: use 'root: ext4'\n");
}

TEST_F(ErofsTest, SaysWhatIsDamaged) {
  add("/d/file", InlineBytes{std::string(10'000, 'f')});
  write();
  EXPECT_EQ(refusal(0, "x"), "opened");
  EXPECT_EQ(refusal(1024, "none"),
            "faasc: error: the EROFS is damaged: there is no superblock at byte 1024 [FAASC0674]\n"
            "  hint: see whether the file is complete, or build the image again\n");
  EXPECT_EQ(refusal(1024 + 80, std::string(1, '\1')),
            "faasc: error: the EROFS uses compression, pieces of files or more disks, which faasc does not "
            "read [FAASC0675]\n  hint: mount it, and work on the files\n");
  EXPECT_THAT(refusal(1024 + 12, std::string(1, '\11')), HasSubstr("blocks of another size"));
  EXPECT_THAT(refusal(1024 + 36, "\xff\xff"), HasSubstr("it says that it has"));
  EXPECT_THAT(refusal(1024 + 14, "\xff\xff"), HasSubstr("beyond its end"));
  EXPECT_THAT(refusal(1024 + 128 + 4, std::string(2, '\0')), HasSubstr("its root is not a directory"));
  // Each byte of the metadata in turn: read or refused, and never more than that.
  for (std::uint64_t at = 1024; at < 1024 + 512; ++at)
    for (char byte : {'\0', '\1', '\x7f', '\xff'}) (void)refusal(at, std::string(1, byte));
  std::string cut = read_file(image_).value().substr(0, 2000);
  EXPECT_FALSE(ErofsReader::open(bytes_in_memory(cut)));
}

}  // namespace
}  // namespace faasc
