#include "packager/tfs/tfs_writer.h"

#include <cstdlib>
#include <random>

#include <sys/stat.h>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/process.h"
#include "base/sha256.h"
#include "packager/tfs/tfs_reader.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

Result<void> write_image(const Rootfs& tree, const TfsOptions& options, const fs::path& path) {
  FAASC_TRY(TfsLayout layout, plan_tfs(tree, options));
  FAASC_TRY(AtomicFile file, AtomicFile::create(path));
  SequentialOutput out(file.fd(), path);
  FAASC_CHECK(write_tfs(layout, out));
  FAASC_CHECK(out.flush());
  if (::ftruncate(file.fd().get(), static_cast<off_t>(layout.used_bytes())) != 0)
    return io_error("write", path, errno);
  return std::move(file).commit();
}

class TfsWriterTest : public testing::Test {
 protected:
  TemporaryDirectory directory_ = std::move(TemporaryDirectory::create(testing::TempDir(), "writer")).value();
  fs::path image_ = directory_.path() / "image";

  fs::path host_file(const std::string& name, std::string_view bytes) {
    fs::path path = directory_.path() / name;
    EXPECT_TRUE(write_file(path, bytes));
    return path;
  }
  static void add(Rootfs& tree, const std::string& path, decltype(RootfsNode::content) content) {
    auto added = tree.add(path, {std::move(content), 0644, "a test"});
    ASSERT_TRUE(added) << to_text(added.error(), Color::Off);
  }
  void write(const Rootfs& tree, const TfsOptions& options = {}) {
    auto written = write_image(tree, options, image_);
    ASSERT_TRUE(written) << to_text(written.error(), Color::Off);
  }
  TfsReader read_back() {
    auto reader = TfsReader::open(open_byte_source(image_).value());
    EXPECT_TRUE(reader) << to_text(reader.error(), Color::Off);
    EXPECT_EQ(reader->problems(), std::vector<std::string>{});
    return std::move(reader).value();
  }
  void expect_same(const Rootfs& tree, const TfsReader& reader) {
    ASSERT_EQ(reader.entries().size(), tree.nodes().size());
    auto entry = reader.entries().begin();
    for (const auto& [path, node] : tree.nodes()) {
      SCOPED_TRACE(path);
      ASSERT_EQ(entry->path, path);
      if (std::holds_alternative<Directory>(node.content)) {
        EXPECT_EQ(entry->kind, TfsEntry::Kind::Directory);
      } else if (const auto* link = std::get_if<Symlink>(&node.content)) {
        EXPECT_EQ(entry->kind, TfsEntry::Kind::Symlink);
        EXPECT_EQ(entry->target, link->target);
      } else {
        ASSERT_EQ(entry->kind, TfsEntry::Kind::File);
        const RootfsNode& content = tree.behind(node);
        const auto* inline_bytes = std::get_if<InlineBytes>(&content.content);
        std::string expected =
            inline_bytes ? inline_bytes->bytes : read_file(std::get<HostFile>(content.content).path).value();
        EXPECT_TRUE(reader.read(*entry).value() == expected);
      }
      ++entry;
    }
  }
};

Rootfs small_tree() {
  Rootfs tree;
  auto add = [&](const char* path, decltype(RootfsNode::content) content) {
    ASSERT_TRUE(tree.add(path, {std::move(content), 0644, "a test"}));
  };
  add("/a/b/deep.txt", InlineBytes{"Hello, TFS!\n"});
  add("/a/empty", Directory{});
  add("/a/link", Symlink{"b/deep.txt"});
  add("/length", InlineBytes{std::string(600, 'x')});  // a name that the encoding uses itself
  add("/zero", InlineBytes{});
  return tree;
}

// Sixteen bytes a line; lines like the one before as one "*".
std::string hex_dump(std::string_view bytes) {
  std::string out;
  char text[24];
  bool repeated = false;
  for (std::size_t at = 0; at < bytes.size(); at += 16) {
    std::string_view line = bytes.substr(at, 16);
    if (at > 0 && line == bytes.substr(at - 16, 16)) {
      if (!std::exchange(repeated, true)) out += "*\n";
      continue;
    }
    repeated = false;
    std::snprintf(text, sizeof text, "%06zx", at);
    out += text;
    for (char c : line) {
      std::snprintf(text, sizeof text, " %02x", static_cast<unsigned>(static_cast<std::uint8_t>(c)));
      out += text;
    }
    out += "  ";
    for (char c : line) out += c >= 0x20 && c < 0x7f ? c : '.';
    out += '\n';
  }
  return out + std::to_string(bytes.size()) + " bytes\n";
}

TEST_F(TfsWriterTest, Golden) {
  write(small_tree(), {.label = "golden",
                       .attributes = {{"program", "/a/b/deep.txt"},
                                      {"arguments", std::vector<TfsValue>{"one", "two"}},
                                      {"environment", TfsTuple{}},
                                      {"mtu", 1500},
                                      {"flag", TfsFlag{}}},
                       .identity = {}});
  std::string dump = hex_dump(read_file(image_).value());
  fs::path golden = fs::path(FAASC_SOURCE_DIR) / "packager/tfs/golden/small.hex";
  if (std::getenv("FAASC_UPDATE_GOLDEN")) {
    ASSERT_TRUE(write_file(golden, dump));
  }
  EXPECT_EQ(dump, read_file(golden).value());
}

TEST_F(TfsWriterTest, WhatIsWrittenIsRead) {
  Rootfs tree = small_tree();
  add(tree, "/host", HostFile{host_file("h", std::string(100'000, 'h'))});
  add(tree, "/" + std::string(255, 'n'), InlineBytes{"long"});
  add(tree, "/we:ird |name", InlineBytes{std::string(512, 'w')});
  TfsTuple attributes = {{"program", "/x"},
                         {"list", std::vector<TfsValue>{"a", -5, TfsTuple{{"k", TfsFlag{}}}}},
                         {"number", std::uint64_t{1} << 63}};
  write(tree, {.label = "data", .attributes = attributes, .identity = {}});
  TfsReader reader = read_back();
  EXPECT_EQ(reader.label(), "data");
  EXPECT_EQ(reader.attributes(), attributes);
  expect_same(tree, reader);
  EXPECT_EQ(reader.uuid(),
            plan_tfs(tree, {.label = "data", .attributes = attributes, .identity = {}}).value().uuid);
}

TEST_F(TfsWriterTest, RandomTrees) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    auto below = [&](std::size_t n) { return random() % n; };
    Rootfs tree;
    std::vector<std::string> directories = {""};
    std::size_t count = 1 + below(400);
    for (std::size_t i = 0; i < count; ++i) {
      std::string path = directories[below(directories.size())] + "/" +
                         std::string(1 + below(40), static_cast<char>('a' + below(26))) +
                         (below(3) ? std::to_string(i) : "");
      if (tree.find(path)) continue;
      switch (below(5)) {
        case 0:
          add(tree, path, Directory{});
          directories.push_back(path);
          break;
        case 1:
          add(tree, path, Symlink{std::string(below(300), 't')});
          break;
        case 2:
          add(tree, path, InlineBytes{std::string(below(2000), static_cast<char>(random()))});
          break;
        default: {
          std::string bytes(below(10) ? below(5000) : below(3'000'000), '\0');
          for (char& c : bytes) c = static_cast<char>(random());
          add(tree, path, HostFile{host_file(std::to_string(seed) + "-" + std::to_string(i), bytes)});
        }
      }
    }
    write(tree);
    expect_same(tree, read_back());
  }
}

TEST_F(TfsWriterTest, TheSameInputInTwoPlacesGivesTheSameBytes) {
  std::string digests[2];
  for (int i = 0; i < 2; ++i) {
    std::string name = i ? "one/deeper" : "two";
    Rootfs tree = small_tree();
    add(tree, "/large", HostFile{host_file(name + "/large", std::string(2'000'000, 'l'))});
    fs::path sparse = host_file(name + "/sparse", "");
    // One of them has holes where the other has zeros.
    if (i) {
      ASSERT_TRUE(write_file(sparse, std::string(3'000'000, '\0')));
    } else {
      ASSERT_EQ(::truncate(sparse.c_str(), 3'000'000), 0);
    }
    add(tree, "/sparse", HostFile{sparse});
    write(tree);
    digests[i] = to_hex(sha256_of_file(image_).value());
  }
  EXPECT_EQ(digests[0], digests[1]);
}

TEST_F(TfsWriterTest, HolesStayHoles) {
  fs::path sparse = host_file("sparse", "");
  {
    Fd fd(::open(sparse.c_str(), O_WRONLY | O_CLOEXEC));
    ASSERT_TRUE(write_all_at(fd, std::string(5000, 'a'), 16 << 20, sparse));
    ASSERT_TRUE(write_all_at(fd, "end", (64 << 20) - 3, sparse));
  }
  Rootfs tree;
  add(tree, "/sparse", HostFile{sparse});
  write(tree);
  struct stat status{};
  ASSERT_EQ(::stat(image_.c_str(), &status), 0);
  EXPECT_LT(status.st_blocks * 512, 1 << 20);
  TfsReader reader = read_back();
  std::uint64_t position = 0;
  Sha256 expected, found;
  ASSERT_TRUE(reader.read(*reader.find("/sparse"), [&](std::string_view piece) -> Result<void> {
    position += piece.size();
    found.update(piece);
    return {};
  }));
  EXPECT_EQ(position, 64u << 20);
  EXPECT_EQ(to_hex(found.finish()), to_hex(sha256_of_file(sparse).value()));
}

TEST_F(TfsWriterTest, HardLinksAreNamesOfOneFile) {
  Rootfs tree;
  add(tree, "/m/file", InlineBytes{std::string(1000, 'm')});
  add(tree, "/a", HardLink{"/m/file"});
  add(tree, "/z/deep/b", HardLink{"/a"});
  add(tree, "/other", InlineBytes{"other"});
  add(tree, "/empty", InlineBytes{});
  add(tree, "/empty2", HardLink{"/empty"});
  write(tree);
  TfsReader reader = read_back();
  expect_same(tree, reader);
  EXPECT_EQ(reader.find("/a")->id, reader.find("/m/file")->id);
  EXPECT_EQ(reader.find("/a")->id, reader.find("/z/deep/b")->id);
  EXPECT_EQ(reader.find("/empty")->id, reader.find("/empty2")->id);
  EXPECT_NE(reader.find("/a")->id, reader.find("/other")->id);
  EXPECT_LT(fs::file_size(image_), 1025u * 512 + 8 * 4096);  // the bytes are there once
}

// What one image holds goes into another one, holes included, without a detour by files of the host.
TEST_F(TfsWriterTest, FilesOfAnotherImage) {
  fs::path sparse = host_file("sparse", "");
  {
    Fd fd(::open(sparse.c_str(), O_WRONLY | O_CLOEXEC));
    ASSERT_TRUE(write_all_at(fd, "in the middle", 20 << 20, sparse));
    ASSERT_TRUE(write_all_at(fd, "end", 40 << 20, sparse));
  }
  Rootfs tree = small_tree();
  add(tree, "/sparse", HostFile{sparse});
  write(tree);
  auto first = std::make_shared<TfsReader>(read_back());
  Rootfs copy;
  for (const StoredEntry& entry : first->entries()) {
    if (entry.kind == StoredEntry::Kind::Directory) add(copy, entry.path, Directory{});
    if (entry.kind == StoredEntry::Kind::Symlink) add(copy, entry.path, Symlink{entry.target});
    if (entry.kind == StoredEntry::Kind::File) add(copy, entry.path, StoredFile{first, &entry});
  }
  std::string before = read_file(image_).value();
  fs::remove(image_);
  write(copy);
  std::string after = read_file(image_).value();
  // The UUID differs: it is made of inline bytes, too. Everything else is as it was.
  EXPECT_TRUE(before.substr(512) == after.substr(512));
  TfsReader second = read_back();
  expect_same(tree, second);
}

TEST_F(TfsWriterTest, FilesOverFourGibibytes) {
  fs::path huge = host_file("huge", "");
  {
    Fd fd(::open(huge.c_str(), O_WRONLY | O_CLOEXEC));
    ASSERT_TRUE(write_all_at(fd, "the end", (std::uint64_t{4} << 30) + 12345, huge));
  }
  Rootfs tree;
  add(tree, "/a", InlineBytes{"before"});
  add(tree, "/huge", HostFile{huge});
  add(tree, "/z", InlineBytes{"after"});
  write(tree);
  TfsReader reader = read_back();
  const TfsEntry* entry = reader.find("/huge");
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->size_bytes, (std::uint64_t{4} << 30) + 12345 + 7);
  EXPECT_EQ(reader.extents(*entry).size(), 129u);
  const TfsExtent& last = reader.extents(*entry).back();
  EXPECT_EQ(last.file_sector, std::uint64_t{4} << 21);
  std::string tail(7, '\0');
  ASSERT_TRUE(
      open_byte_source(image_).value()->read_at(last.first_sector * 512 + 12345, tail.data(), tail.size()));
  EXPECT_EQ(tail, "the end");
  EXPECT_EQ(reader.read(*reader.find("/z")).value(), "after");
}

TEST_F(TfsWriterTest, AHundredThousandFiles) {
  Rootfs tree;
  for (int i = 0; i < 100'000; ++i)
    add(tree, "/d" + std::to_string(i % 300) + "/file-" + std::to_string(i),
        InlineBytes{i % 7 ? std::to_string(i) : ""});
  write(tree);
  TfsReader reader = read_back();
  EXPECT_GT(reader.log_extensions().size(), 5u);
  ASSERT_EQ(reader.entries().size(), 100'300u);
  EXPECT_EQ(reader.read(*reader.find("/d99/file-99999")).value(), "99999");
  EXPECT_EQ(reader.read(*reader.find("/d0/file-0")).value(), "");
}

TEST_F(TfsWriterTest, InputsThatChangeAreRefused) {
  struct Case {
    std::size_t planned, found;
    std::string message;
  };
  const Case cases[] = {
      {100, 101, "had 100 bytes and grew while it was read"},
      {100, 99, "had 100 bytes and lost its last 1 while it was read"},
      {100, 0, "had 100 bytes and lost its last 100 while it was read"},
      {2'000'000, 2'000'001, "had 2000000 bytes and grew while it was read"},
      {2'000'000, 1'500'000, "had 2000000 bytes and lost its last 500000 while it was read"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.message);
    fs::path host = host_file("changing", std::string(c.planned, 'p'));
    Rootfs tree;
    add(tree, "/app", HostFile{host});
    TfsLayout layout = plan_tfs(tree, {}).value();
    host_file("changing", std::string(c.found, 'f'));
    AtomicFile file = AtomicFile::create(image_).value();
    SequentialOutput out(file.fd(), image_);
    auto written = write_tfs(layout, out);
    ASSERT_FALSE(written);
    EXPECT_EQ(to_text(written.error(), Color::Off), "faasc: error: '" + host.string() + "' " + c.message +
                                                        " [FAASC0551]\n  while writing '/app'\n"
                                                        "  hint: build again once nothing writes to it\n");
  }
}

// Upstream's own reader as a referee: it extracts every file, byte for byte.
TEST_F(TfsWriterTest, UpstreamReadsIt) {
  const char* dump = std::getenv("FAASC_NANOS_DUMP");
  if (!dump) GTEST_SKIP() << "FAASC_NANOS_DUMP does not name Nanos' dump";
  Rootfs tree = small_tree();
  std::string pattern(40'000'000, '\0');  // two extents
  for (std::size_t i = 0; i < pattern.size(); ++i) pattern[i] = static_cast<char>(i * 7 + (i >> 9));
  add(tree, "/two-extents", HostFile{host_file("p", pattern)});
  add(tree, "/hard/link", HardLink{"/a/b/deep.txt"});
  for (int i = 0; i < 9000; ++i)  // a log of several extensions
    add(tree, "/many/" + std::to_string(i) + std::string(60, 'n'), InlineBytes{std::to_string(i)});
  write(tree, {.label = "referee",
               .attributes = {{"program", "/x"}, {"list", std::vector<TfsValue>{"a"}}},
               .identity = {}});
  ASSERT_GT(read_back().log_extensions().size(), 2u);

  fs::path out = directory_.path() / "out";
  auto finished = run({.argv = {dump, "-d", out, image_}, .working_directory = {}, .environment = {}});
  ASSERT_TRUE(finished) << to_text(finished.error(), Color::Off);
  ASSERT_TRUE(finished->status.ok()) << finished->err;
  EXPECT_NE(finished->out.find("Label: referee"), std::string::npos);
  EXPECT_NE(finished->out.find("UUID: " + read_back().uuid_text()), std::string::npos);
  for (const auto& [path, node] : tree.nodes()) {
    if (std::holds_alternative<Symlink>(node.content)) continue;  // dump leaves links out
    SCOPED_TRACE(path);
    if (std::holds_alternative<Directory>(node.content)) {
      EXPECT_TRUE(fs::is_directory(out.string() + path));
    } else {
      const auto* bytes = std::get_if<InlineBytes>(&tree.behind(node).content);
      EXPECT_TRUE(read_file(out.string() + path).value() == (bytes ? bytes->bytes : pattern));
    }
  }
}

}  // namespace
}  // namespace faasc
