#include "packager/tfs/tfs_reader.h"

#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/process.h"
#include "base/varint.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using namespace std::string_literals;

std::string varint(std::uint64_t value) {
  std::string out;
  append_varint(out, value);
  return out;
}

// ---- logs made by hand ----

std::string header(std::uint64_t version, std::uint64_t sectors) {
  return "NVMTFS" + varint(version) + varint(sectors);
}
std::string superblock(std::uint64_t version = 5) {
  return header(version, 1) + "0123456789abcdef" + "label\0"s;
}
std::string link(std::uint64_t sector, std::uint64_t sectors) {
  return "\x05" + varint(sector) + varint(sectors);
}
std::string record(const std::string& value) {
  return "\x02" + varint(value.size()) + varint(value.size()) + value;
}
const std::string kEnd = "\x01";

// Values in version 5 with lengths below 8 only.
std::string head(int immediate, int type, std::size_t n) {
  return {static_cast<char>(immediate << 7 | type << 4 | static_cast<int>(n))};
}
std::string name(const std::string& text) {
  if (text.size() < 8) return head(1, 0, text.size()) + text;
  return "\x88" + varint(text.size()) + text;
}
std::string known_name(std::size_t index) {
  return index < 8 ? head(0, 0, index) : "\x08" + varint(index);
}
std::string tuple(std::size_t n) {
  return head(1, 1, n);
}
std::string known_tuple(std::size_t n, std::uint64_t index) {
  return head(0, 1, n) + varint(index);
}
std::string text(const std::string& bytes) {
  return head(1, 4, bytes.size()) + bytes;
}
std::string integer(std::uint64_t n) {
  return "\xb0" + varint(n);
}
const std::string kGone = "\x80";
const std::string kFlag = "\x81\0"s;

std::string pad(std::string bytes, std::size_t size) {
  bytes.resize(size);
  return bytes;
}

// A file system whose log is `records` in one extension of a sector, followed by three sectors of data: 'A',
// 'B' and 'C'.
std::string image(const std::string& records, std::uint64_t version = 5) {
  return pad(superblock(version) + link(1, 1) + kEnd, 512) + pad(header(version, 1) + records, 512) +
         std::string(512, 'A') + std::string(512, 'B') + std::string(512, 'C');
}

Result<TfsReader> open_bytes(std::string bytes) {
  return TfsReader::open(bytes_in_memory(std::move(bytes)));
}

// One line an entry: what the tree is, for comparing whole.
std::string listing(const TfsReader& reader) {
  std::string out = to_text(reader.attributes()) + "\n";
  for (const TfsEntry& entry : reader.entries()) {
    out += entry.path;
    if (entry.kind == TfsEntry::Kind::Directory) out += "/";
    if (entry.kind == TfsEntry::Kind::Symlink) out += " -> " + entry.target;
    if (entry.kind == TfsEntry::Kind::File) {
      out += " " + std::to_string(entry.size_bytes);
      for (const TfsExtent& e : reader.extents(entry))
        out += " " + std::to_string(e.file_sector) + "@" + std::to_string(e.first_sector) + "+" +
               std::to_string(e.sector_count) +
               (e.allocated_sectors != e.sector_count ? "/" + std::to_string(e.allocated_sectors) : "") +
               (e.uninited ? "u" : "");
    }
    out += "\n";
  }
  return out;
}

std::string listing_of(const std::string& bytes) {
  auto reader = open_bytes(bytes);
  return reader ? listing(*reader) : to_text(reader.error(), Color::Off);
}

// Root 1, "children" 2, its tuple 3.
const std::string kRoot = record(tuple(1) + name("children") + tuple(0));
// After kRoot: the file "f" 4 of tuple 5 with "extents" 6, tuple 7, extent "0" 8, tuple 9, "offset" 10,
// "length" 11, "allocated" 12, "filelength" 13.
const std::string kFile =
    record(known_tuple(1, 3) + name("f") + tuple(2) + name("extents") + tuple(1) + name("0") + tuple(3) +
           name("offset") + integer(2) + name("length") + integer(1) + name("allocated") + integer(2) +
           name("filelength") + integer(5));

TEST(TfsReader, FollowsEdits) {
  EXPECT_EQ(listing_of(image(kRoot + kEnd)), "()\n");
  EXPECT_EQ(listing_of(image(kRoot + kFile + kEnd)), "()\n/f 5 0@2+1/2\n");
  // An end that was appended to, a longer file, a new extent, one that reads as zeros.
  std::string grown =
      kRoot + kFile + "\x04" + record(known_tuple(1, 9) + known_name(11) + integer(2)) +
      record(known_tuple(1, 5) + known_name(13) + integer(2000)) +
      record(known_tuple(1, 7) + name("3") + tuple(4) + known_name(10) + integer(4) + known_name(11) +
             integer(1) + known_name(12) + integer(1) + name("uninited") + kFlag);
  EXPECT_EQ(listing_of(image(grown + kEnd)), "()\n/f 2000 0@2+2 3@4+1u\n");
  auto reader = open_bytes(image(grown + kEnd)).value();
  EXPECT_EQ(reader.read(*reader.find("/f")).value(),
            std::string(512, 'A') + std::string(512, 'B') + std::string(512, '\0') + std::string(464, '\0'));
  // …until it is written. Its tuple is 15, "uninited" 16.
  auto written =
      open_bytes(image(grown + record(known_tuple(1, 15) + known_name(16) + kGone) + kEnd)).value();
  EXPECT_EQ(written.read(*written.find("/f")).value(),
            std::string(512, 'A') + std::string(512, 'B') + std::string(512, '\0') + std::string(464, 'C'));
  // Removed; removed and made again under the same name.
  EXPECT_EQ(listing_of(image(kRoot + kFile + record(known_tuple(1, 3) + known_name(4) + kGone) + kEnd)),
            "()\n");
  EXPECT_EQ(
      listing_of(image(kRoot + kFile + record(known_tuple(1, 3) + known_name(4) + kGone) +
                       record(known_tuple(1, 3) + known_name(4) + tuple(1) + name("linktarget") + text("t")) +
                       kEnd)),
      "()\n/f -> t\n");
}

TEST(TfsReader, KnowsHardLinksAndLeavesParentsOut) {
  auto reader = open_bytes(image(kRoot + kFile +
                                 record(known_tuple(1, 3) + name("g") + known_tuple(1, 5) + name("nlink") +
                                        integer(2)) +
                                 record(known_tuple(1, 3) + name("..") + known_tuple(0, 1)) +
                                 record(known_tuple(1, 1) + name("..") + known_tuple(0, 1)) + kEnd))
                    .value();
  // ".." is introduced twice here, as no kernel does; a reader need not mind.
  EXPECT_EQ(listing(reader), "()\n/f 5 0@2+1/2\n/g 5 0@2+1/2\n");
  EXPECT_EQ(reader.find("/f")->id, reader.find("/g")->id);
  EXPECT_EQ(reader.problems(), std::vector<std::string>{});
  EXPECT_EQ(reader.label(), "label");
  EXPECT_EQ(reader.uuid_text(), "30313233-3435-3637-3839-616263646566");
}

TEST(TfsReader, FollowsALogThatWasMoved) {
  std::string value = tuple(2) + name("a") + text("1234567") + name("children") + tuple(0);
  std::string first = "\x02" + varint(value.size()) + varint(3) + value.substr(0, 3);
  std::string second = "\x03" + varint(4) + value.substr(3, 4);
  std::string third = "\x03" + varint(value.size() - 7) + value.substr(7) + kEnd;
  std::string bytes = pad(superblock() + link(5, 2) + kEnd, 512) + pad(header(5, 1) + third, 512) +
                      std::string(1024, 'x') + pad(header(5, 9) + second + link(1, 1) + kEnd, 512) +
                      pad(header(5, 2) + first + link(4, 1) + kEnd, 1024);
  EXPECT_EQ(listing_of(bytes), "(a:1234567)\n");
  EXPECT_EQ(open_bytes(bytes).value().log_extensions().size(), 4u);
  // Sectors that are not there are zeros, which is no end of a log.
  EXPECT_EQ(listing_of(bytes.substr(0, 5 * 512 + 40)), "(a:1234567)\n");
}

// Version 4: two types only, five bits of a length in the first byte, numbers and strings as untyped text.
TEST(TfsReader, ReadsVersionFour) {
  auto old = [](int immediate, int type, const std::string& bytes, std::size_t n) {
    return std::string{static_cast<char>(immediate << 7 | type << 6 | static_cast<int>(n))} + bytes;
  };
  auto word = [&](const std::string& bytes) { return old(1, 0, bytes, bytes.size()); };
  std::string long_name = std::string(40, 'n');
  std::string value =
      old(1, 1, "", 2) + word("children") + old(1, 1, "", 2) +                                  // 1, 2, 3
      word("f") + old(1, 1, "", 2) + word("extents") + old(1, 1, "", 1) +                       // 4 to 7
      word("0") + old(1, 1, "", 3) + word("offset") + word("3") + word("length") + word("1") +  // 8 to 11
      word("allocated") + word("1") + word("filelength") + word("3") + std::string("\xa0\x28") + long_name +
      old(1, 1, "", 1) + old(0, 0, "", 2) + old(1, 1, "", 0) + word("arguments") + old(1, 1, "", 2) +
      word("0") + word("/app") + word("1") + word("-v");
  EXPECT_EQ(listing_of(image(record(value) + kEnd, 4)),
            "(arguments:(0:/app 1:-v))\n/f 3 0@3+1\n/" + long_name + "/\n");
}

TEST(TfsReader, AcceptsNumbersAsText) {
  std::string value = tuple(1) + name("children") + tuple(1) + name("f") + tuple(2) + name("extents") +
                      tuple(1) + name("0") + tuple(3) + name("offset") + text("2") + name("length") +
                      text("1") + name("allocated") + text("1") + name("filelength") + text("7");
  EXPECT_EQ(listing_of(image(record(value) + kEnd)), "()\n/f 7 0@2+1\n");
}

TEST(TfsReader, RefusesWhatDoesNotAddUp) {
  auto damaged = [](const std::string& what) { return "faasc: error: " + what + " [FAASC0556]\n"; };
  auto in_value = [&](const std::string& what) {
    return damaged(what) + "  while reading the log's extension at sector 1\n";
  };
  auto root_with = [](const std::string& attribute) { return record(tuple(1) + attribute); };
  struct Case {
    std::string bytes, message;
  };
  const Case cases[] = {
      {"", damaged("the log goes on at sector 0, but the file system has only 0")},
      {"NVMTF", "faasc: error: not a Nanos file system: it does not begin with 'NVMTFS' [FAASC0554]\n"},
      {"NVMTFS", damaged("sector 0, byte 6 of the log: the header is cut off")},
      {image(kRoot + kEnd, 6),
       "faasc: error: version 6 of the file system is unknown; 4 and 5 are known [FAASC0555]\n"},
      {header(5, 1) + "0123456789abcdef" + std::string(32, 'l') + "\0"s,
       damaged("sector 0, byte 24 of the log: the label does not end")},
      {pad(superblock(), 512), damaged("sector 0, byte 31 of the log: unknown record type 0")},
      {superblock(), damaged("sector 0, byte 30 of the log: neither an end mark nor a link")},
      {superblock() + kEnd, damaged("the log has no root")},
      {superblock() + link(1, 0),
       damaged("sector 0, byte 33 of the log: a link to 0 sectors; 1 to 131072 are possible")},
      {superblock() + link(9, 1),
       damaged("sector 0, byte 33 of the log: a link to sector 9 of a file system of 0")},
      {superblock() + "\x05\x80", damaged("sector 0, byte 31 of the log: a link is cut off")},
      {pad(superblock() + link(0, 1), 512), damaged("the log goes on at sector 0, which it already holds")},
      {image(kRoot + link(1, 1)), damaged("the log goes on at sector 1, which it already holds")},
      {image(link(2, 1)), damaged("sector 2, byte 0 of the log: no 'NVMTFS' where the log has to go on")},
      {image("\x02\x09\x04"
             "1234" +
             kRoot + kEnd),
       damaged("sector 1, byte 16 of the log: a value begins inside another one")},
      {image("\x02\x09\x04"
             "1234" +
             kEnd),
       damaged("the log ends inside a value: 4 of 9 bytes are there")},
      {image("\x02\x04\x09"
             "123456789"),
       damaged("sector 1, byte 11 of the log: a value is cut off")},
      {image("\x02" + varint(5000) + varint(5000)),
       damaged("sector 1, byte 13 of the log: a value is cut off")},
      {image("\x03\x01"
             "1"),
       damaged("sector 1, byte 10 of the log: more of a value than there is to be")},
      {image(record(text("x")) + kEnd), in_value("byte 2 of a value: a record that is no tuple")},
      {image(record(tuple(1)) + kEnd),
       in_value("byte 1 of a value: 1 elements are announced and 0 bytes are there")},
      {image(record(tuple(0) + "x") + kEnd), in_value("byte 1 of a value: 1 bytes after the record's value")},
      {image(root_with("\x81") + kEnd), in_value("byte 2 of a value: 1 bytes are announced and 0 are there")},
      {image(root_with(text("n")) + kEnd), in_value("byte 2 of a value: no name where one has to be")},
      {image(root_with(known_name(0) + kFlag) + kEnd),
       in_value("byte 2 of a value: a reference to entry 0 of 1")},
      {image(root_with(known_name(2) + kFlag) + kEnd),
       in_value("byte 2 of a value: a reference to entry 2 of 1")},
      {image(root_with(known_name(1) + kFlag) + kEnd),
       in_value("byte 2 of a value: a reference to a name that is none")},
      {image(root_with(name("a") + "\xd0") + kEnd), in_value("byte 4 of a value: unknown type 5")},
      {image(root_with(name("a") + "\xb2\x01") + kEnd),
       in_value("byte 5 of a value: an integer that is none")},
      {image(root_with(name("a") + "\x42") + kEnd), in_value("byte 4 of a value: a reference to a string")},
      {image(root_with(name("a") + known_tuple(0, 2)) + kEnd),
       in_value("byte 5 of a value: a reference to another kind of value")},
      {image(root_with(name("a") + "\x98\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f") + kEnd),
       in_value("byte 13 of a value: a value is cut off")},
      {image(root_with(name("a") + text("x")) + kEnd), damaged("the root is no directory")},
      {image(root_with(name("children") + text("x")) + kEnd), damaged("the root is no directory")},
      {image(root_with(name("children") + tuple(1) + name("a") + text("x")) + kEnd),
       damaged("'/a' is no file, directory or link")},
      {image(root_with(name("children") + tuple(1) + name("a/b") + tuple(0)) + kEnd),
       damaged("the directory '/' has an entry whose name no file can have")},
      {image(root_with(name("children") + tuple(1) + name(".") + tuple(0)) + kEnd),
       damaged("the directory '/' has an entry whose name no file can have")},
      {image(kRoot + record(known_tuple(1, 3) + name("d") + known_tuple(0, 1)) + kEnd),
       damaged("the directory '/d' is inside itself, or has two names")},
      {image(kRoot + kFile + record(known_tuple(1, 5) + known_name(13) + kFlag) + kEnd),
       damaged("the file '/f' has no proper length")},
      {image(kRoot + kFile + record(known_tuple(1, 9) + known_name(10) + kGone) + kEnd),
       damaged("an extent of the file '/f' is not understood")},
      {image(kRoot + kFile + record(known_tuple(1, 9) + known_name(10) + integer(~std::uint64_t{0})) + kEnd),
       damaged("an extent of the file '/f' is not understood")},
      {image(kRoot + kFile + record(known_tuple(1, 7) + name("0x") + tuple(0)) + kEnd),
       damaged("an extent of the file '/f' is not understood")},
      {image(kRoot + kFile + record(known_tuple(1, 7) + name("00") + known_tuple(0, 9)) + kEnd),
       damaged("two extents of the file '/f' overlap")},
      {image(record(tuple(2) + name("children") + tuple(0) + name("a") + known_tuple(0, 1)) + kEnd),
       damaged("the root's attributes have no end")},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.message);
    EXPECT_EQ(listing_of(c.bytes), c.message);
  }
}

TEST(TfsReader, DeepNestingIsNoStackOverflow) {
  std::string value = tuple(1) + name("children");
  for (int i = 0; i < 20'000; ++i) value += tuple(1) + (i == 0 ? name("d") : known_name(i % 2 ? 2 : 4));
  value += tuple(0);
  std::string bytes =
      pad(superblock() + link(1, 1024) + kEnd, 512) + pad(header(5, 1024) + record(value) + kEnd, 524'288);
  auto reader = open_bytes(bytes);
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().what.substr(0, 40), "a path has more than 4095 bytes: '/d/d/d");
}

TEST(TfsReader, NamesProblems) {
  auto problems = [](const std::string& records) {
    return open_bytes(image(kRoot + kFile + records + kEnd)).value().problems();
  };
  using Lines = std::vector<std::string>;
  EXPECT_EQ(problems(""), Lines{});
  EXPECT_EQ(problems(record(known_tuple(1, 9) + known_name(11) + integer(4))),
            (Lines{"'/f' has 4 sectors of data in 2 allocated ones",
                   "'/f' reaches to sector 6, but the file system has 5"}));
  EXPECT_EQ(problems(record(known_tuple(1, 9) + known_name(10) + integer(1))),
            Lines{"the log and '/f' both claim sector 1"});
  // Reading what is not there is an error, not zeros.
  auto reader =
      open_bytes(image(kRoot + kFile + record(known_tuple(1, 9) + known_name(10) + integer(5)) + kEnd))
          .value();
  auto bytes = reader.read(*reader.find("/f"));
  ASSERT_FALSE(bytes);
  EXPECT_EQ(to_text(bytes.error(), Color::Off),
            "faasc: error: the image has 2560 bytes; 5 bytes at offset 2560 are not there [FAASC0903]\n  "
            "while reading '/f'\n");
}

TEST(TfsReader, ReadsFilesOnly) {
  auto reader =
      open_bytes(image(kRoot + kFile +
                       record(known_tuple(1, 3) + name("d") + tuple(1) + known_name(2) + tuple(0)) + kEnd))
          .value();
  EXPECT_EQ(reader.read(*reader.find("/f")).value(), "AAAAA");
  EXPECT_EQ(to_text(reader.read(*reader.find("/d")).error(), Color::Off),
            "faasc: error: '/d' is not a file [FAASC0557]\n");
  EXPECT_EQ(to_text(reader.read(*reader.find("/f"), 4).error(), Color::Off),
            "faasc: error: '/f' has 5 bytes; at most 4 are allowed here [FAASC0904]\n");
  EXPECT_EQ(reader.find("/"), nullptr);
  EXPECT_EQ(reader.find("/e"), nullptr);
}

// Reads all there is to read; what matters is that it ends.
void exercise(std::shared_ptr<const ByteSource> source) {
  auto reader = TfsReader::open(std::move(source));
  if (!reader) {
    EXPECT_NE(reader.error().code, "");
    return;
  }
  (void)reader->problems();
  (void)to_text(reader->attributes());
  for (const TfsEntry& entry : reader->entries())
    if (entry.kind == TfsEntry::Kind::File) (void)reader->read(entry, 4 << 20);
}

TEST(TfsReader, SurvivesDamage) {
  std::string whole = image(
      kRoot + kFile + record(known_tuple(1, 3) + name("g") + known_tuple(1, 5) + name("nlink") + integer(2)) +
      record(known_tuple(1, 1) + name("args") + "\xa2" + text("a") + text("b")) + kEnd);
  for (std::size_t size = 0; size <= whole.size(); ++size) exercise(bytes_in_memory(whole.substr(0, size)));
  for (std::size_t at = 0; at < 1024; ++at)
    for (int byte = 0; byte < 256; byte += at % 512 < 160 ? 1 : 51) {
      std::string changed = whole;
      changed[at] = static_cast<char>(byte);
      exercise(bytes_in_memory(changed));
    }
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string changed = whole;
    for (int i = 0; i < 4; ++i) changed[512 + random() % 160] = static_cast<char>(random());
    exercise(bytes_in_memory(changed));
  }
}

// ---- what others wrote ----

class TfsSamples : public testing::Test {
 protected:
  void SetUp() override {
    const char* named = std::getenv("FAASC_TFS_SAMPLES");
#ifdef FAASC_TFS_SAMPLES_BESIDE
    if (!named) named = FAASC_TFS_SAMPLES_BESIDE;
#endif
    if (!named) GTEST_SKIP() << "FAASC_TFS_SAMPLES does not name the directory of sample images";
    directory_ = named;
  }
  std::string load(const std::string& name) {
    auto unpacked = run({.argv = {"gzip", "-dc", directory_ / (name + ".img.gz")},
                         .working_directory = {},
                         .environment = {}});
    EXPECT_TRUE(unpacked && unpacked->status.ok());
    return std::move(unpacked->out);
  }
  static TfsReader open(std::string bytes) {
    auto reader = open_bytes(std::move(bytes));
    EXPECT_TRUE(reader) << to_text(reader.error(), Color::Off);
    EXPECT_EQ(reader->problems(), std::vector<std::string>{});
    return std::move(reader).value();
  }
  fs::path directory_;
};

std::string multi_bin() {
  std::string bytes;
  for (unsigned i = 0; i < 40'000; ++i) bytes += static_cast<char>((7 * i + (i >> 9)) & 0xff);
  return bytes;
}

TEST_F(TfsSamples, EmptyRoot) {
  TfsReader reader = open(load("empty-root"));
  EXPECT_EQ(reader.uuid_text(), "b36a765b-e541-d965-f77d-083058d39ecb");
  EXPECT_EQ(reader.label(), "");
  EXPECT_EQ(listing(reader), "()\n");
}

TEST_F(TfsSamples, Single) {
  TfsReader reader = open(load("single"));
  EXPECT_EQ(reader.uuid_text(), "70f359fe-9d54-b29c-cf57-06cc6cdb4492");
  EXPECT_EQ(reader.label(), "mylabel");
  EXPECT_EQ(listing(reader),
            "(arguments:[/hello.txt arg1] environment:(PWD:/ USER:faas) program:/hello.txt)\n/hello.txt 12 "
            "0@3073+1\n");
  EXPECT_EQ(reader.read(*reader.find("/hello.txt")).value(), "Hello, TFS!\n");
}

TEST_F(TfsSamples, Nested) {
  TfsReader reader = open(load("nested"));
  EXPECT_EQ(reader.uuid_text(), "f27ef513-f9ac-57fd-2c2e-9ac3c5ff1963");
  EXPECT_EQ(listing(reader),
            "(program:/multi.bin)\n/a/\n/a/b/\n/a/b/c/\n/a/b/c/deep.txt 12 0@3073+1\n/a/b/link -> "
            "c/deep.txt\n/a/emptydir/\n"
            "/abs -> /a/b/c/deep.txt\n/multi.bin 40000 0@3074+79\n/zero 0\n");
  EXPECT_TRUE(reader.read(*reader.find("/multi.bin")).value() == multi_bin());
}

TEST_F(TfsSamples, ManyFilesInALogOfSeveralExtensions) {
  TfsReader reader = open(load("many"));
  EXPECT_EQ(reader.uuid_text(), "41430614-08dd-4596-87b8-fef93b1d7179");
  EXPECT_EQ(to_text(reader.attributes()), "(program:/none)");
  EXPECT_EQ(reader.log_extensions().size(), 3u);
  ASSERT_EQ(reader.entries().size(), 3000u);
  for (int i = 0; i < 3000; ++i) {
    char text[16];
    std::snprintf(text, sizeof text, "/f%04d-", i);
    const TfsEntry& entry = reader.entries()[static_cast<std::size_t>(i)];
    ASSERT_EQ(entry.path, text + std::string(180, 'p'));
    std::snprintf(text, sizeof text, "file %03d\n", i);
    ASSERT_EQ(reader.read(entry).value(), i < 40 ? text : "");
  }
}

TEST_F(TfsSamples, VolumeThatAKernelWroteTo) {
  TfsReader reader = open(load("kernel-written-volume"));
  EXPECT_EQ(reader.uuid_text(), "0872aa96-ec8a-9f19-2bd5-ea6d917ce1d5");
  EXPECT_EQ(reader.label(), "data");
  std::vector<std::string> paths;
  for (const TfsEntry& entry : reader.entries()) paths.push_back(entry.path);
  EXPECT_EQ(paths, (std::vector<std::string>{"/dir", "/dir/empty", "/dir/falloc.bin", "/dir/renamed.txt",
                                             "/hard.txt", "/hole.bin", "/lnk", "/multi.bin", "/wedge.bin"}));
  EXPECT_EQ(reader.find("/dir/renamed.txt")->id, reader.find("/hard.txt")->id);
  EXPECT_EQ(reader.read(*reader.find("/hard.txt")).value(), "temp\n");
  EXPECT_EQ(reader.read(*reader.find("/wedge.bin")).value(), "wedge");
  EXPECT_EQ(reader.find("/lnk")->target, "dir/falloc.bin");
  EXPECT_TRUE(reader.read(*reader.find("/dir/falloc.bin")).value() == std::string(20'000, '\0'));
  EXPECT_TRUE(reader.read(*reader.find("/hole.bin")).value() == std::string(6144 * 512, '\0') + "tail!");
  EXPECT_TRUE(reader.read(*reader.find("/multi.bin")).value() ==
              std::string(4096, 'A') + std::string(4096, 'B'));
  EXPECT_EQ(reader.find("/dir/empty")->kind, TfsEntry::Kind::Directory);
  EXPECT_TRUE(reader.find("/dir")->modified);
}

// Cut off at every byte that the log has, then in steps.
TEST_F(TfsSamples, EveryTruncationIsRefusedOrRead) {
  for (const char* name : {"empty-root", "single", "nested", "many", "kernel-written-volume"}) {
    SCOPED_TRACE(name);
    auto whole = bytes_in_memory(load(name));
    std::size_t refused = 0;
    auto cut = [&](std::uint64_t size) {
      auto source = piece_of(whole, 0, size);
      if (!TfsReader::open(source)) ++refused;
      exercise(source);
    };
    bool large = std::string_view(name) == "many";
    for (std::uint64_t size = 0; size < 6000; size += large ? 37 : 1) cut(size);
    for (std::uint64_t size = 6000; size < whole->size(); size += large ? 60'013 : 7'919) cut(size);
    EXPECT_GT(refused, 16u);
  }
}

}  // namespace
}  // namespace faasc
