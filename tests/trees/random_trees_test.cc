// What is written is what our readers, upstream's, e2fsck and a booted kernel find: for trees that nobody
// chose. FAASC_RANDOM_TREES in the environment says how many; a few by default.

#include <algorithm>
#include <cstdlib>

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/process.h"
#include "packager/ext4/ext4_reader.h"
#include "packager/ext4/ext4_writer.h"
#include "packager/tfs/tfs_reader.h"
#include "packager/tfs/tfs_writer.h"
#include "tests/trees/random_tree.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

class RandomTrees : public testing::Test {
 protected:
  TemporaryDirectory directory_ = std::move(TemporaryDirectory::create(testing::TempDir(), "trees")).value();
  fs::path image_ = directory_.path() / "image";

  void write_tfs_image(const Rootfs& tree) {
    auto layout = plan_tfs(tree, {});
    ASSERT_TRUE(layout) << to_text(layout.error(), Color::Off);
    AtomicFile file = AtomicFile::create(image_).value();
    SequentialOutput out(file.fd(), image_);
    ASSERT_TRUE(write_tfs(*layout, out));
    ASSERT_TRUE(out.flush());
    fs::resize_file(file.working_path(), layout->used_bytes());
    ASSERT_TRUE(std::move(file).commit());
  }
};

// What upstream's tool extracted; it leaves out symbolic links.
std::vector<std::string> lines_of_directory(const fs::path& top) {
  std::vector<std::string> lines;
  for (const auto& entry : fs::recursive_directory_iterator(top)) {
    std::string path = entry.path().string().substr(top.string().size());
    if (entry.is_directory())
      lines.push_back("d " + escaped(path));
    else
      lines.push_back(file_line(path, read_file(entry.path()).value()));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

TEST_F(RandomTrees, OurReaderAndUpstreamsFindInTfsWhatWasWritten) {
  const char* dump = std::getenv("FAASC_NANOS_DUMP");
  for (std::uint32_t seed = 0; seed < tree_count(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rootfs tree;
    add_random_tree(seed, top_of(seed), tree);
    ASSERT_NO_FATAL_FAILURE(write_tfs_image(tree));
    auto reader = TfsReader::open(open_byte_source(image_).value());
    ASSERT_TRUE(reader) << to_text(reader.error(), Color::Off);
    std::vector<std::string> expected = lines_of(tree);
    EXPECT_EQ(first_difference(expected, lines_of(*reader)), "");
    EXPECT_EQ(link_groups(*reader), link_groups(tree));
    EXPECT_EQ(reader->problems(), std::vector<std::string>{});
    if (!dump) continue;

    fs::remove_all(directory_.path() / "o");
    auto finished =
        run({.argv = {dump, "-d", "o", image_}, .working_directory = directory_.path(), .environment = {}});
    ASSERT_TRUE(finished && finished->status.ok()) << finished->err;
    std::erase_if(expected, [](const std::string& line) { return line.starts_with("l "); });
    EXPECT_EQ(first_difference(expected, lines_of_directory(directory_.path() / "o")), "");
    if (HasFailure()) return;
  }
  if (!dump) GTEST_SKIP() << "without a referee: FAASC_NANOS_DUMP does not name Nanos' dump";
}

TEST_F(RandomTrees, OurReaderAndE2fsckFindInExt4WhatWasWritten) {
  bool referee = find_program("e2fsck").has_value();
  for (std::uint32_t seed = 0; seed < tree_count(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rootfs tree;
    add_random_tree(seed, top_of(seed), tree);
    auto written = write_ext4(tree, {}, image_);
    ASSERT_TRUE(written) << to_text(written.error(), Color::Off);
    auto reader = Ext4Reader::open(open_byte_source(image_).value());
    ASSERT_TRUE(reader) << to_text(reader.error(), Color::Off);
    EXPECT_EQ(first_difference(lines_of(tree), lines_of(*reader)), "");
    EXPECT_EQ(link_groups(*reader), link_groups(tree));
    EXPECT_EQ(reader->problems(), std::vector<std::string>{});
    if (!referee) continue;
    auto checked = run({{"e2fsck", "-fn", image_.string()}, {}, {}});
    EXPECT_TRUE(checked && checked->status.ok()) << checked->out << checked->err;
    if (HasFailure()) return;
  }
  if (!referee) GTEST_SKIP() << "without a referee: no e2fsck (e2fsprogs) in PATH";
}

}  // namespace
}  // namespace faasc
