#include "packager/archive/archive_reader.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "packager/archive/made_archive.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using Kind = ArchiveEntry::Kind;

class ArchiveReaderTest : public testing::Test {
 protected:
  TemporaryDirectory directory_ =
      std::move(TemporaryDirectory::create(testing::TempDir(), "archive")).value();
  fs::path path_ = directory_.path() / "a";

  /// "F path size" and so on for every entry, with the bytes of files; or the error.
  Result<std::string> listing(const std::string& archive, const ArchiveLimits& limits = {},
                              ArchiveLinks links = ArchiveLinks::WithinTree) {
    FAASC_CHECK(write_file(path_, archive));
    FAASC_TRY(ArchiveReader reader, ArchiveReader::open(path_, limits, links));
    std::string out;
    for (;;) {
      FAASC_TRY(std::optional<ArchiveEntry> entry, reader.next());
      if (!entry) return out;
      out += "FDSH"[static_cast<int>(entry->kind)];
      out += " " + entry->path;
      if (entry->kind == Kind::File) {
        FAASC_TRY(std::string bytes, reader.read_all(limits.total_bytes));
        EXPECT_EQ(bytes.size(), entry->size_bytes);
        out += " '" + bytes + "'";
      }
      if (!entry->link_target.empty()) out += " -> " + entry->link_target;
      out += "\n";
    }
  }

  std::string refusal(const std::string& archive, const ArchiveLimits& limits = {}) {
    auto result = listing(archive, limits);
    if (result) return "accepted:\n" + *result;
    std::string what = result.error().what;
    std::string name = path_.string();
    if (auto at = what.find(name); at != std::string::npos) what.replace(at, name.size(), "a");
    return what + " [" + result.error().code + "]";
  }
};

const std::vector<MadeEntry> kTree = {{"./", "", AE_IFDIR},
                                      {"./lib/", "", AE_IFDIR, "", 0755},
                                      {"lib//./x.so.1", "bytes", AE_IFREG, "", 0755},
                                      {"lib/x.so", "", AE_IFLNK, "x.so.1"},
                                      {"lib/deep/up", "", AE_IFLNK, "../../lib/./x.so"},
                                      {"same", "", AE_IFREG, "lib/x.so.1"},
                                      {"\xc3\xa4\xff", "not UTF-8"},
                                      {"empty", ""}};
const char* const kListing =
    "D lib\nF lib/x.so.1 'bytes'\nS lib/x.so -> x.so.1\nS lib/deep/up -> ../../lib/./x.so\nH same -> "
    "lib/x.so.1\n"
    "F \xc3\xa4\xff 'not UTF-8'\nF empty ''\n";

TEST_F(ArchiveReaderTest, ReadsEveryCompression) {
  for (int filter : {ARCHIVE_FILTER_NONE, ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_ZSTD,
                     ARCHIVE_FILTER_LZ4, ARCHIVE_FILTER_BZIP2, ARCHIVE_FILTER_LZMA}) {
    SCOPED_TRACE(filter);
    auto result = listing(made_archive(kTree, ARCHIVE_FORMAT_TAR_GNUTAR, filter));
    ASSERT_TRUE(result) << result.error().what;
    EXPECT_EQ(*result, kListing);
  }
}

TEST_F(ArchiveReaderTest, ReadsPaxAndCpio) {
  std::vector<MadeEntry> entries = {{std::string(90, 'd') + "/" + std::string(200, 'f'), "long"}};
  EXPECT_EQ(listing(made_archive(entries, ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE)).value(),
            "F " + entries[0].path + " 'long'\n");
  EXPECT_EQ(listing(made_archive(entries, ARCHIVE_FORMAT_CPIO_SVR4_NOCRC)).value(),
            "F " + entries[0].path + " 'long'\n");
}

TEST_F(ArchiveReaderTest, ReadsTheFilesOfADebianPackage) {
  for (auto [filter, suffix] :
       {std::pair(ARCHIVE_FILTER_NONE, ""), std::pair(ARCHIVE_FILTER_XZ, ".xz"),
        std::pair(ARCHIVE_FILTER_ZSTD, ".zst"), std::pair(ARCHIVE_FILTER_GZIP, ".gz")}) {
    SCOPED_TRACE(suffix);
    auto result = listing(made_deb(made_archive(kTree, ARCHIVE_FORMAT_TAR_GNUTAR, filter), suffix));
    ASSERT_TRUE(result) << result.error().what;
    EXPECT_EQ(*result, kListing);
  }
}

TEST_F(ArchiveReaderTest, UnreadFilesAreSkipped) {
  ASSERT_TRUE(write_file(path_, made_archive({{"a", std::string(1'000'000, 'x')}, {"b", "2"}})));
  auto reader = ArchiveReader::open(path_);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->next().value()->path, "a");
  char some[10];
  EXPECT_EQ(reader->read(some, sizeof some).value(), 10u);
  EXPECT_EQ(reader->next().value()->path, "b");
  EXPECT_EQ(reader->read_all(1).value(), "2");
  EXPECT_FALSE(reader->next().value().has_value());
  EXPECT_FALSE(reader->next().value().has_value());
}

TEST_F(ArchiveReaderTest, RefusesWhatIsNoArchive) {
  const char* const refused = "'a' is neither a tar nor a cpio archive nor a Debian package [FAASC0520]";
  EXPECT_EQ(refusal("just a text"), refused);
  EXPECT_EQ(refusal(std::string(5000, 'x')), refused);
  EXPECT_EQ(refusal("PK\3\4 a zip"), refused);
  EXPECT_EQ(refusal(""), refused);
  EXPECT_EQ(refusal(made_ar({{"debian-binary", "2.0\n"}})),
            "'a' is no Debian package: it has no member 'data.tar' [FAASC0520]");
  EXPECT_EQ(ArchiveReader::open(directory_.path() / "none").error().what,
            "cannot open '" + (directory_.path() / "none").string() + "': No such file or directory");
}

TEST_F(ArchiveReaderTest, RefusesUnsafeEntries) {
  const MadeEntry dir{"d", "", AE_IFDIR};
  struct {
    std::vector<MadeEntry> entries;
    std::string why;
  } cases[] = {
      {{{"/etc/passwd", "x"}}, "entry '/etc/passwd' has an absolute path"},
      {{{"a/../../b", "x"}}, "entry 'a/../../b' has '..' in its path"},
      {{{"..", "", AE_IFDIR}}, "entry '../' has '..' in its path"},
      {{{std::string(300, 'n'), "x"}},
       "entry '" + std::string(64, 'n') + "' has a name of 300 bytes, at most 255 are possible"},
      {{{"null", "", AE_IFCHR}}, "entry 'null' is a character device"},
      {{{"sda", "", AE_IFBLK}}, "entry 'sda' is a block device"},
      {{{"pipe", "", AE_IFIFO}}, "entry 'pipe' is a FIFO"},
      {{{"l", "", AE_IFLNK, "/etc"}}, "entry 'l' is a symbolic link to the absolute path '/etc'"},
      {{{"l", "", AE_IFLNK, ".."}}, "entry 'l' is a symbolic link to '..', which may lead outside"},
      {{{"d/l", "", AE_IFLNK, "../../x"}},
       "entry 'd/l' is a symbolic link to '../../x', which may lead outside"},
      {{{"d/e/up", "", AE_IFLNK, "../.."}, {"l", "", AE_IFLNK, "d/e/up/.."}},
       "entry 'l' is a symbolic link to 'd/e/up/..', which may lead outside"},
      {{{"l", "", AE_IFLNK, "d"}, {"l/x", "x"}}, "entry 'l/x' is below 'l', which is no directory"},
      {{{"f", "x"}, {"f/x", "x"}}, "entry 'f/x' is below 'f', which is no directory"},
      {{{"d/e/x", "x"}, {"d/e", "", AE_IFLNK, "."}}, "entry 'd/e' is there twice"},
      {{{"f", "x"}, {"./f", "y"}}, "entry 'f' is there twice"},
      {{dir, {"d", "x"}}, "entry 'd' is there twice"},
      {{{"h", "", AE_IFREG, "later"}, {"later", "x"}},
       "entry 'h' is a hard link to 'later', which is no earlier file of the archive"},
      {{{"l", "", AE_IFLNK, "x"}, {"h", "", AE_IFREG, "l"}},
       "entry 'h' is a hard link to 'l', which is no earlier file of the archive"},
      {{{"h", "", AE_IFREG, "/etc/shadow"}}, "entry '/etc/shadow' has an absolute path"},
      {{{"h", "", AE_IFREG, "h"}},
       "entry 'h' is a hard link to 'h', which is no earlier file of the archive"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    EXPECT_EQ(refusal(made_archive(c.entries)), "'a' is not safe to unpack: " + c.why + " [FAASC0522]");
  }
  EXPECT_EQ(listing(made_archive({dir, dir, {"d/x", "x"}})).value(), "D d\nD d\nF d/x 'x'\n");
}

TEST_F(ArchiveReaderTest, LinksPassWhereNobodyCreatesThem) {
  std::string archive = made_archive({{"l", "", AE_IFLNK, "/usr/src"}, {"m", "", AE_IFLNK, "../.."}});
  EXPECT_EQ(listing(archive, {}, ArchiveLinks::Unchecked).value(), "S l -> /usr/src\nS m -> ../..\n");
}

TEST_F(ArchiveReaderTest, KeepsToTheLimits) {
  std::string archive = made_archive({{"a", std::string(600, 'x')}, {"b", std::string(600, 'y')}},
                                     ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_GZIP);
  EXPECT_EQ(refusal(archive, {.total_bytes = 4000, .entries = 2}),
            "'a' unpacks to more than the 4000 bytes allowed here [FAASC0523]");  // headers and padding count
  EXPECT_EQ(refusal(archive, {.total_bytes = 100'000, .entries = 1}),
            "'a' has more than the 1 entries allowed here [FAASC0523]");
  EXPECT_TRUE(listing(archive, {.total_bytes = 100'000, .entries = 2}));

  ASSERT_TRUE(write_file(path_, archive));
  auto reader = ArchiveReader::open(path_);
  ASSERT_TRUE(reader && reader->next());
  EXPECT_EQ(reader->read_all(599).error().what,
            "a file of '" + path_.string() + "' is larger than the 599 bytes allowed here");
}

TEST_F(ArchiveReaderTest, RefusesEveryTruncation) {
  const std::vector<MadeEntry> entries = {
      {"d", "", AE_IFDIR}, {"d/f", "some bytes"}, {"zeros", std::string(1500, '\0')}};
  std::string tar = made_archive(entries);
  struct {
    const char* name;
    std::string whole;
  } cases[] = {
      {"tar", tar},
      {"tar.gz", made_archive(entries, ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_GZIP)},
      {"tar.xz", made_archive(entries, ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_XZ)},
      {"tar.zst", made_archive(entries, ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_ZSTD)},
      {"deb", made_deb(made_archive(entries, ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_XZ), ".xz")},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    ASSERT_TRUE(listing(c.whole)) << listing(c.whole).error().what;
    for (std::size_t n = 0; n < c.whole.size(); ++n) {
      auto result = listing(c.whole.substr(0, n));
      EXPECT_FALSE(result) << "accepted the first " << n << " of " << c.whole.size() << " bytes";
    }
  }
}

TEST_F(ArchiveReaderTest, CompressedDamageNeverGoesUnnoticed) {
  const std::vector<MadeEntry> entries = {{"f", "some bytes that compress a little, little, little"},
                                          {"g", std::string(700, 'g')}};
  for (int filter : {ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_XZ}) {  // libarchive writes zstd without a checksum
    std::string whole = made_archive(entries, ARCHIVE_FORMAT_TAR_GNUTAR, filter);
    std::string expected = listing(whole).value();
    for (std::size_t n = 0; n < whole.size(); ++n) {
      std::string damaged = whole;
      damaged[n] = static_cast<char>(damaged[n] ^ 0x10);
      auto result = listing(damaged);
      EXPECT_EQ(result ? *result : expected, expected) << "filter " << filter << ", byte " << n;
    }
  }
}

TEST_F(ArchiveReaderTest, RefusesWhatFollowsTheEnd) {
  std::string tar = made_archive({{"f", "x"}});
  EXPECT_EQ(refusal(tar + "more"), "'a' is damaged: something follows its end mark [FAASC0521]");
  EXPECT_EQ(refusal(tar.substr(0, 1024)), "'a' is damaged: it ends without an end mark [FAASC0521]");
  EXPECT_EQ(refusal(tar.substr(0, 1024) + std::string(512, '\0')),
            "'a' is damaged: it ends without an end mark [FAASC0521]");
  EXPECT_TRUE(listing(tar.substr(0, 1024) + std::string(1024, '\0')));
}

}  // namespace
}  // namespace faasc
