// What a tree may be made of at its largest, judged by e2fsck.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "base/sha256.h"
#include "packager/ext4/ext4_writer.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

TEST(Ext4Scale, AHundredThousandFilesHardLinksAndAHoleOfGigabytes) {
  if (!find_program("e2fsck") || !find_program("debugfs"))
    GTEST_SKIP() << "no e2fsck and debugfs (e2fsprogs) in PATH";
  TemporaryDirectory directory = TemporaryDirectory::create(testing::TempDir(), "ext4").value();
  fs::path sparse = directory.path() / "sparse", image = directory.path() / "image";
  ASSERT_TRUE(write_file(sparse, "start"));
  Fd fd(::open(sparse.c_str(), O_WRONLY | O_CLOEXEC));
  ASSERT_TRUE(write_all_at(fd, "end", std::uint64_t{5} << 30, sparse));

  Rootfs rootfs;
  for (int i = 0; i < 100'000; ++i)
    ASSERT_TRUE(rootfs.add("/d" + std::to_string(i / 500) + "/f" + std::to_string(i),
                           {InlineBytes{i % 10 ? "" : "some bytes"}, 0644, ""}));
  ASSERT_TRUE(rootfs.add("/sparse", {HostFile{sparse.string()}, 0644, ""}));
  for (int i = 0; i < 300; ++i)
    ASSERT_TRUE(rootfs.add("/names/" + std::to_string(i), {HardLink{"/sparse"}, 0644, ""}));

  auto written = write_ext4(rootfs, {}, image);
  ASSERT_TRUE(written) << written.error().what;
  auto checked = run({{"e2fsck", "-fn", image.string()}, {}, {}});
  ASSERT_TRUE(checked);
  EXPECT_TRUE(checked->status.ok()) << checked->out << checked->err;
  EXPECT_LT(written->size_bytes, 120u << 20);
  auto shown = run({{"debugfs", "-R", "stat /names/299", image.string()}, {}, {}});
  ASSERT_TRUE(shown);
  EXPECT_NE(shown->out.find("Links: 301"), std::string::npos) << shown->out;
  EXPECT_NE(shown->out.find("Size: 5368709123"), std::string::npos) << shown->out;

  std::string first = to_hex(sha256_of_file(image).value());
  ASSERT_TRUE(write_ext4(rootfs, {}, image));
  EXPECT_EQ(to_hex(sha256_of_file(image).value()), first);
}

}  // namespace
}  // namespace faasc
