#include "packager/cpio/cpio_writer.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/process.h"
#include "packager/archive/archive_reader.h"

namespace faasc {
namespace {

std::string sample() {
  CpioWriter writer;
  writer.add_directory("mod");
  writer.add_file("mod/a.ko", "12345", 0600);
  writer.add_file("mod/empty", "");
  writer.add_symlink("link", "mod/a.ko");
  return std::move(writer).finish();
}

TEST(CpioWriter, TheBytesOfAnEmptyArchive) {
  std::string expected = "070701" + std::string(8 * 4, '0') + "00000001" + std::string(8 * 6, '0') +
                         "0000000B00000000TRAILER!!!";
  expected.resize(512, '\0');
  EXPECT_EQ(CpioWriter().finish(), expected);
}

TEST(CpioWriter, ComesOutInPartsAsWell) {
  CpioWriter writer;
  writer.add_directory("mod");
  std::string parts = writer.take();
  writer.add_file("mod/a.ko", "12345", 0600);
  writer.add_file("mod/empty", "");
  parts += writer.take();
  parts += writer.take();
  writer.add_symlink("link", "mod/a.ko");
  EXPECT_EQ(parts + std::move(writer).finish(), sample());
}

TEST(CpioWriter, LibarchiveReadsIt) {
  auto directory = std::move(TemporaryDirectory::create(testing::TempDir(), "cpio")).value();
  ASSERT_TRUE(write_file(directory.path() / "a", sample()));
  auto reader = ArchiveReader::open(directory.path() / "a");
  ASSERT_TRUE(reader);
  std::string listing;
  for (auto entry = reader->next(); entry.value(); entry = reader->next()) {
    listing += (*entry)->path + " " + std::to_string((*entry)->mode) + " " + (*entry)->link_target;
    if ((*entry)->kind == ArchiveEntry::Kind::File) listing += reader->read_all(100).value();
    listing += "\n";
  }
  EXPECT_EQ(listing, "mod 493 \nmod/a.ko 384 12345\nmod/empty 420 \nlink 511 mod/a.ko\n");
}

TEST(CpioWriter, GnuCpioReadsIt) {
  if (!find_program("cpio")) GTEST_SKIP() << "no cpio program in PATH";
  std::string archive = sample();
  auto listed = run({{"cpio", "-t", "--quiet"}, {}, {}}, {.input = archive});
  ASSERT_TRUE(listed);
  EXPECT_EQ(listed->out + listed->err, "mod\nmod/a.ko\nmod/empty\nlink\n");
  EXPECT_TRUE(listed->status.ok());
}

}  // namespace
}  // namespace faasc
