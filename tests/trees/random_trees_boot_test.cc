// What is written is what a booted kernel finds: for trees that nobody chose.

#include <algorithm>
#include <sstream>

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/process.h"
#include "packager/disk/nanos_disk.h"
#include "packager/image/image_edit.h"
#include "packager/kernels/kernel_store.h"
#include "tests/trees/random_tree.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

// All trees in one boot.
class RandomTreesBoot : public testing::Test {
 protected:
  TemporaryDirectory directory_ = std::move(TemporaryDirectory::create(testing::TempDir(), "trees")).value();
  const fs::path image_ = directory_.path() / "image";
  Kernel kernel_;
  Program program_;

  void SetUp() override {
    if (!find_program("qemu-system-x86_64")) GTEST_SKIP() << "qemu-system-x86_64 is not installed";
    auto store = KernelStore::open();
    auto kernel = store ? store->find(KernelFamily::Nanos) : Result<Kernel>(store.error());
    if (!kernel) GTEST_SKIP() << "no Nanos kernel: " << kernel.error().what;
    kernel_ = std::move(kernel).value();
    program_.executable = "/walker";
    program_.argv = {"walker"};
    ASSERT_TRUE(program_.rootfs.add("/walker", {HostFile{FAASC_TREE_WALKER}, 0755, "program"}));
  }

  /// What the guest says of the files below /trees, sorted.
  std::vector<std::string> walk(const fs::path& image, bool direct) {
    std::vector<std::string> argv = {"qemu-system-x86_64",
                                     "-accel",
                                     "tcg",
                                     "-nodefaults",
                                     "-display",
                                     "none",
                                     "-serial",
                                     "stdio",
                                     "-no-reboot",
                                     "-device",
                                     "isa-debug-exit",
                                     "-m",
                                     "512",
                                     "-drive",
                                     "file=" + image.string() + ",format=raw,if=none,id=disk"};
    if (direct)
      argv.insert(argv.end(), {"-machine", "microvm,acpi=on,ioapic2=off", "-bios", "qboot.rom", "-global",
                               "virtio-mmio.force-legacy=false", "-device", "virtio-blk-device,drive=disk",
                               "-kernel", kernel_.image.string()});
    else
      argv.insert(argv.end(), {"-machine", "q35", "-device", "virtio-blk-pci,drive=disk"});
    RunOptions options;
    options.timeout = std::chrono::seconds(500);
    auto finished = run({argv, {}, {}}, options);
    if (!finished) {
      ADD_FAILURE() << to_text(finished.error(), Color::Off);
      return {};
    }
    EXPECT_EQ(finished->status.code, 7 << 1 | 1) << finished->out.substr(0, 2000) << finished->err;
    EXPECT_NE(finished->out.find("walked, 0 failures"), std::string::npos);
    std::vector<std::string> found;
    std::istringstream lines(finished->out);
    for (std::string line; std::getline(lines, line);) {
      if (line.ends_with('\r')) line.pop_back();
      if (line.starts_with("f /") || line.starts_with("d /") || line.starts_with("l /"))
        found.push_back(line);
    }
    std::sort(found.begin(), found.end());
    return found;
  }
};

// All trees in one boot.
TEST_F(RandomTreesBoot, ABootedNanosFindsWhatWasWritten) {
  Rootfs trees;
  for (std::uint32_t seed = 0; seed < tree_count(); ++seed)
    add_random_tree(seed, "/trees" + top_of(seed), trees);
  // Links come after their files.
  for (bool links : {false, true})
    for (const auto& [path, node] : trees.nodes())
      if (std::holds_alternative<HardLink>(node.content) == links) {
        ASSERT_TRUE(program_.rootfs.add(path, node));
      }
  auto image = write_nanos_disk({.program = program_, .kernel = kernel_, .bios_bootable = false}, image_);
  ASSERT_TRUE(image) << to_text(image.error(), Color::Off);
  std::vector<std::string> expected = lines_of(trees);
  std::erase(expected, "d /trees");
  EXPECT_EQ(first_difference(expected, walk(image_, true)), "");
}

TEST_F(RandomTreesBoot, ACopyWithOtherFilesBootsAsTheImageDid) {
  Rootfs trees;
  add_random_tree(3, "/trees/a", trees);
  for (bool links : {false, true})
    for (const auto& [path, node] : trees.nodes())
      if (std::holds_alternative<HardLink>(node.content) == links) {
        ASSERT_TRUE(program_.rootfs.add(path, node));
      }
  bool bios = !kernel_.boot_blob.empty();
  ASSERT_TRUE(write_nanos_disk({.program = program_, .kernel = kernel_, .bios_bootable = bios}, image_));
  ASSERT_TRUE(write_file(directory_.path() / "new", "brought in"));
  auto opened = open_image(image_);
  ASSERT_TRUE(opened) << to_text(opened.error(), Color::Off);
  auto edits = edits_of_host(directory_.path() / "new", "/trees/b/new");
  ASSERT_TRUE(edits);
  fs::path copy = directory_.path() / "copy";
  auto written = write_edited_image(*opened, *edits, copy);
  ASSERT_TRUE(written) << to_text(written.error(), Color::Off);
  std::vector<std::string> expected = lines_of(trees);
  std::erase(expected, "d /trees");
  expected.push_back("d /trees/b");
  expected.push_back(file_line("/trees/b/new", "brought in"));
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(first_difference(expected, walk(copy, !bios)), "");
}

}  // namespace
}  // namespace faasc
