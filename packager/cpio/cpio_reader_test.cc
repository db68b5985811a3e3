#include "packager/cpio/cpio_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "packager/cpio/cpio_writer.h"

namespace faasc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string sample() {
  CpioWriter writer;
  writer.add_directory("bin");
  std::uint32_t file = writer.add_file("bin/program", "the program", 0755, 2);
  writer.add_link("bin/second", file, 0755, 2);
  writer.add_symlink("link", "bin/program");
  writer.add_file("empty", "");
  return std::move(writer).finish();
}

std::string refusal(const std::string& bytes) {
  auto reader = CpioReader::open(bytes_in_memory(bytes));
  return reader ? "opened" : to_text(reader.error(), Color::Off);
}

TEST(CpioReader, FilesLinksAndDirectoriesComeBack) {
  auto tree = CpioReader::open(bytes_in_memory(sample()));
  ASSERT_TRUE(tree) << to_text(tree.error(), Color::Off);
  EXPECT_EQ(tree->entries().size(), 5u);
  EXPECT_EQ(tree->read(*tree->find("/bin/program")).value(), "the program");
  EXPECT_EQ(tree->read(*tree->find("/bin/second")).value(), "the program");
  EXPECT_EQ(tree->find("/bin/program")->id, tree->find("/bin/second")->id);
  EXPECT_EQ(tree->find("/bin/program")->mode, 0755u);
  EXPECT_EQ(tree->find("/link")->target, "bin/program");
  EXPECT_EQ(tree->read(*tree->find("/empty")).value(), "");
  EXPECT_THAT(tree->problems(), IsEmpty());
}

TEST(CpioReader, LaterArchivesTakeThePlaceOfEarlierOnes) {
  CpioWriter first, second;
  first.add_file("init", "old");
  first.add_file("kept", "kept");
  second.add_file("init", "the new one");
  std::string bytes = std::move(first).finish() + std::string(512, '\0');
  const std::size_t last = bytes.size();
  bytes += std::move(second).finish();
  auto tree = CpioReader::open(bytes_in_memory(bytes));
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->read(*tree->find("/init")).value(), "the new one");
  EXPECT_EQ(tree->read(*tree->find("/kept")).value(), "kept");
  EXPECT_EQ(tree->last_archive(), last);
}

TEST(CpioReader, TellsOfWhatTheKernelLeavesOut) {
  CpioWriter writer;
  writer.add_file("nowhere/file", "x");
  auto tree = CpioReader::open(bytes_in_memory(std::move(writer).finish()));
  ASSERT_TRUE(tree);
  EXPECT_THAT(tree->problems(), ElementsAre("'/nowhere/file' has no directory"));
}

TEST(CpioReader, SaysWhatIsDamaged) {
  const std::string whole = sample();
  EXPECT_EQ(refusal(whole), "opened");
  EXPECT_EQ(refusal(whole.substr(0, 300)),
            "faasc: error: the initramfs is damaged at byte 252: an entry is cut off [FAASC0677]\n"
            "  hint: see whether the file is complete, or build the image again\n");
  EXPECT_THAT(refusal(whole + "something else" + std::string(200, 'x')),
              HasSubstr("what follows is no archive"));
  std::string broken = whole;
  broken[10] = 'g';
  EXPECT_THAT(refusal(broken), HasSubstr("a field of the header is no number"));
  CpioWriter outside;
  outside.add_file("../etc/passwd", "x");
  EXPECT_THAT(refusal(std::move(outside).finish()), HasSubstr("is not a plain path"));
  // Each byte in turn: read or refused, and never more than that.
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (char byte : {'\0', 'F', '\xff'}) {
      broken = whole;
      broken[at] = byte;
      (void)refusal(broken);
    }
  for (std::size_t size = 0; size < whole.size(); size += 7) (void)refusal(whole.substr(0, size));
}

}  // namespace
}  // namespace faasc
