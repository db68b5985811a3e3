#include "packager/archive/unpack.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "packager/archive/made_archive.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

TEST(Unpack, CreatesTheTree) {
  auto directory = std::move(TemporaryDirectory::create(testing::TempDir(), "unpack")).value();
  fs::path archive = directory.path() / "a.tar.gz";
  fs::path into = directory.path() / "into";
  std::string big(700'000, 'b');
  ASSERT_TRUE(write_file(archive, made_archive({{"a/b/big", big, AE_IFREG, "", 04755},
                                                {"a/link", "", AE_IFLNK, "b/big"},
                                                {"a/same", "", AE_IFREG, "a/b/big"},
                                                {"a/unreadable", "x", AE_IFREG, "", 0},
                                                {"empty", "", AE_IFDIR, "", 0700}},
                                               ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_GZIP)));
  auto result = unpack_archive(archive, into);
  ASSERT_TRUE(result) << result.error().what;
  EXPECT_EQ(read_file(into / "a/link").value(), big);
  EXPECT_EQ(fs::hard_link_count(into / "a/same"), 2u);
  EXPECT_EQ(fs::status(into / "a/b/big").permissions() & fs::perms::set_uid, fs::perms::none);
  EXPECT_EQ(fs::status(into / "a/b/big").permissions() & fs::perms::owner_all, fs::perms::owner_all);
  EXPECT_EQ(read_file(into / "a/unreadable").value(), "x");
  EXPECT_TRUE(fs::is_directory(into / "empty"));
}

TEST(Unpack, RefusesBeforeItWritesOutside) {
  auto directory = std::move(TemporaryDirectory::create(testing::TempDir(), "unpack")).value();
  fs::path archive = directory.path() / "a.tar";
  ASSERT_TRUE(write_file(archive, made_archive({{"l", "", AE_IFLNK, "."}, {"l/../../escaped", "x"}})));
  EXPECT_EQ(unpack_archive(archive, directory.path() / "into").error().code, "FAASC0522");
  EXPECT_FALSE(fs::exists(directory.path() / "escaped"));
}

}  // namespace
}  // namespace faasc
