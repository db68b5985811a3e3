#include "packager/archive/import.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "packager/archive/made_container.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

// What is printed for it, behind "faasc: error: ".
std::string told(const Error& error) {
  return to_text(error, Color::Off).substr(14);
}

const char* const kTar = "application/vnd.oci.image.layer.v1.tar";

class ImportTest : public testing::Test {
 protected:
  TemporaryDirectory directory_ = std::move(TemporaryDirectory::create(testing::TempDir(), "import")).value();
  fs::path path_ = directory_.path() / "a", spool_ = directory_.path() / "spool";

  Result<Imported> import(const ImportOptions& options = {}) {
    fs::remove_all(spool_);
    fs::create_directory(spool_);
    auto imported = import_archive(path_, spool_, options);
    // Nothing is written but numbers in the spool.
    for (const auto& entry : fs::directory_iterator(spool_))
      EXPECT_EQ(entry.path().filename().string().find_first_not_of("0123456789"), std::string::npos);
    for (const auto& entry : fs::directory_iterator(directory_.path()))
      EXPECT_TRUE(entry.path() == path_ || entry.path() == spool_) << entry.path();
    return imported;
  }
  Result<Imported> import(const std::string& archive, const ImportOptions& options = {}) {
    EXPECT_TRUE(write_file(path_, archive));
    return import(options);
  }
  Result<Imported> import_directory(const MadeContainer& made, const ImportOptions& options = {}) {
    fs::remove_all(path_);
    for (const auto& [path, bytes] : made.files) EXPECT_TRUE(write_file(path_ / path, bytes));
    auto imported = import(options);
    fs::remove_all(path_);
    return imported;
  }

  static std::string bytes_of(const Rootfs& rootfs, const RootfsNode& node) {
    if (const auto* bytes = std::get_if<InlineBytes>(&node.content)) return bytes->bytes;
    if (const auto* link = std::get_if<HardLink>(&node.content))
      return bytes_of(rootfs, *rootfs.find(link->target));
    return read_file(std::get<HostFile>(node.content).path).value();
  }
  /// "/path mode: what" for every node.
  static std::string listing(const Result<Imported>& imported) {
    if (!imported) return told(imported.error());
    std::string out;
    for (const auto& [path, node] : imported->rootfs.nodes()) {
      char mode[8];
      std::snprintf(mode, sizeof mode, " %o", node.mode);
      out += path + mode;
      if (std::holds_alternative<Directory>(node.content))
        out += "/";
      else if (const auto* link = std::get_if<Symlink>(&node.content))
        out += " -> " + link->target;
      else if (const auto* hard = std::get_if<HardLink>(&node.content))
        out += " = " + hard->target;
      else
        out += " '" + bytes_of(imported->rootfs, node) + "'";
      out += "\n";
    }
    return out;
  }
  /// What is said, with the path of the archive as "a".
  std::string refusal(const Result<Imported>& imported) {
    std::string text = listing(imported), name = path_.string();
    for (std::size_t at; (at = text.find(name)) != std::string::npos;) text.replace(at, name.size(), "a");
    return text;
  }
};

TEST_F(ImportTest, ARootFileSystem) {
  std::string tar = made_archive({{"./", "", AE_IFDIR},
                                  {"./bin", "", AE_IFLNK, "usr/bin"},
                                  {"usr/bin/sh", "#!shell", AE_IFREG, "", 0755},
                                  {"usr/bin/awk", "", AE_IFLNK, "/etc/alternatives/awk"},
                                  {"usr/bin/bash", "", AE_IFREG, "usr/bin/sh"},
                                  {"tmp", "", AE_IFDIR, "", 01777},
                                  {"usr/bin/su", "suid", AE_IFREG, "", 04755},
                                  {"readme", "a"},
                                  {"README", "b"},
                                  {"caf\xc3\xa9", "composed"},
                                  {"cafe\xcc\x81", "decomposed"},
                                  {".wh.kept", "no layer"},
                                  {"usr/lib/x", "", AE_IFLNK, "a/../../lib64/y"}});
  auto imported = import(tar);
  EXPECT_EQ(listing(imported),
            "/.wh.kept 644 'no layer'\n/README 644 'b'\n/bin 777 -> usr/bin\n/cafe\xcc\x81 644 'decomposed'\n"
            "/caf\xc3\xa9 644 'composed'\n/readme 644 'a'\n/tmp 1777/\n/usr 755/\n/usr/bin 755/\n"
            "/usr/bin/awk 777 -> /etc/alternatives/awk\n/usr/bin/bash 755 '#!shell'\n/usr/bin/sh 755 = "
            "/usr/bin/bash\n"
            "/usr/bin/su 4755 'suid'\n/usr/lib 755/\n/usr/lib/x 777 -> a/../../lib64/y\n");
  EXPECT_EQ(imported->kind, Imported::Kind::Rootfs);
  EXPECT_EQ(
      listing(import(made_archive({{"f", "x"}}, ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE, ARCHIVE_FILTER_ZSTD))),
      "/f 644 'x'\n");
}

TEST_F(ImportTest, LargeFilesKeepTheirBytesAndHoles) {
  std::string large(3'000'000, 'x');
  for (std::size_t i = 0; i < large.size(); i += 1000) large[i] = static_cast<char>(i / 1000);
  std::string holed = std::string(1'000'000, '\0') + "middle" + std::string(2'000'001, '\0');
  auto imported =
      import(made_archive({{"large", large}, {"holed", holed}, {"zero", std::string(100'000, '\0')}}));
  ASSERT_TRUE(imported) << imported.error().what;
  for (auto [path, bytes] : {std::pair("/large", large), std::pair("/holed", holed),
                             std::pair("/zero", std::string(100'000, '\0'))})
    EXPECT_EQ(bytes_of(imported->rootfs, *imported->rootfs.find(path)), bytes) << path;
}

TEST_F(ImportTest, CpioGivesTheBytesWithTheLastName) {
  // By hand: libarchive's writer puts them first.
  auto entry = [](const std::string& path, const std::string& bytes, unsigned links) {
    char header[111];
    std::snprintf(header, sizeof header, "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X", 7u,
                  0100644u, 0u, 0u, links, 0u, static_cast<unsigned>(bytes.size()), 0u, 0u, 0u, 0u,
                  static_cast<unsigned>(path.size() + 1), 0u);
    std::string out = header + path + '\0';
    out.resize((out.size() + 3) / 4 * 4);
    out += bytes;
    out.resize((out.size() + 3) / 4 * 4);
    return out;
  };
  std::string cpio =
      entry("a", "", 3) + entry("b", "", 3) + entry("c", "the bytes", 3) + entry("TRAILER!!!", "", 1);
  EXPECT_EQ(listing(import(cpio)), "/a 644 'the bytes'\n/b 644 = /a\n/c 644 = /a\n");

  // A header is not believed: libarchive would allocate what it says.
  std::string huge = entry("a", "", 1) + entry("b", "", 1);
  huge.replace(112 + 6 + 11 * 8, 8, "FFFFFFF0");
  EXPECT_EQ(refusal(import(huge)),
            "'a' is damaged: its cpio has a name of 4294967280 bytes, at most 4096 are possible "
            "[FAASC0521]\n  hint: get the file again\n");
  // Nor is one of which any field is no number, where libarchive would go on looking for the next.
  for (std::size_t field = 0; field < 13; ++field) {
    std::string crooked = entry("a", "", 1) + huge;
    crooked[6 + 8 * field + 7] = '.';
    EXPECT_EQ(refusal(import(crooked)),
              "'a' is damaged: there is no header where its cpio has to have one [FAASC0521]\n  hint: get "
              "the file again\n")
        << field;
  }
  EXPECT_EQ(refusal(import(entry("a", "", 1) + "garbage!" + cpio)),
            "'a' is damaged: there is no header where its cpio has to have one [FAASC0521]\n  hint: get the "
            "file again\n");
}

TEST_F(ImportTest, LayersLieAboveEachOther) {
  std::vector<std::string> tars = {
      made_archive({{"etc", "", AE_IFDIR, "", 0700},
                    {"etc/a", "1"},
                    {"etc/b", "1"},
                    {"gone/x", "1"},
                    {"gone/y/z", "1"},
                    {"emptied/x", "1"},
                    {"emptied/y/z", "1"},
                    {"kept.x", "1"},
                    {"dir/becomes", "a file"},
                    {"file", "becomes a directory"},
                    {"link", "", AE_IFLNK, "etc"}}),
      made_archive({{"etc/a", "2"},
                    {"etc/.wh.b", ""},
                    {".wh.gone", ""},
                    {"gone.not", "beside"},
                    {"emptied/new", "2"},
                    {"emptied/.wh..wh..opq", ""},
                    {".wh..wh.plnk", "for aufs"},
                    {"dir", "now a file"},
                    {"file", "", AE_IFDIR},
                    {"file/x", "2"},
                    {"hard", "", AE_IFREG, "kept.x"},
                    {".wh.kept.x", ""},
                    {"link", "now a file"}}),
      made_archive({{"etc", "", AE_IFDIR, "", 0755}, {"gone/again", "3"}, {"emptied/y", "3"}}),
  };
  const char* const expected =
      "/dir 644 'now a file'\n/emptied 755/\n/emptied/new 644 '2'\n/emptied/y 644 '3'\n/etc 755/\n/etc/a 644 "
      "'2'\n"
      "/file 644/\n/file/x 644 '2'\n/gone 755/\n/gone/again 644 '3'\n/gone.not 644 'beside'\n/hard 644 '1'\n"
      "/link 644 'now a file'\n";
  EXPECT_EQ(listing(import_directory(made_oci(tars))), expected);
  for (auto [filter, suffix] :
       {std::pair(ARCHIVE_FILTER_GZIP, "+gzip"), std::pair(ARCHIVE_FILTER_ZSTD, "+zstd")}) {
    std::vector<std::string> stored;
    for (const std::string& tar : tars) {
      // The same bytes through a filter alone.
      std::string out(1 << 20, '\0');
      std::size_t used = 0;
      archive* a = archive_write_new();
      archive_write_set_format_raw(a);
      archive_write_add_filter(a, filter);
      archive_write_open_memory(a, out.data(), out.size(), &used);
      archive_entry* entry = archive_entry_new();
      archive_entry_set_filetype(entry, AE_IFREG);
      archive_entry_set_pathname(entry, "x");
      archive_write_header(a, entry);
      archive_write_data(a, tar.data(), tar.size());
      archive_entry_free(entry);
      archive_write_close(a);
      archive_write_free(a);
      stored.push_back(out.substr(0, used));
    }
    EXPECT_EQ(listing(import_directory(made_oci(tars, "{}", stored, suffix))), expected) << suffix;
  }
  auto imported =
      import(made_archive(made_oci(tars).entries(), ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_GZIP));
  EXPECT_EQ(listing(imported), expected);
  EXPECT_EQ(imported->kind, Imported::Kind::OciLayout);
  imported = import(made_archive(made_docker_save(tars).entries()));
  EXPECT_EQ(listing(imported), expected);
  EXPECT_EQ(imported->kind, Imported::Kind::DockerSave);
  EXPECT_EQ(imported->reference, "shop:1");
}

TEST_F(ImportTest, TheConfigurationSaysWhatToRun) {
  auto imported = import_directory(made_oci(
      {made_archive({{"app", "x"}})},
      R"({"Entrypoint":["/app"],"Cmd":["-v"],"Env":["PATH=/bin","EMPTY=","A=b=c"],"WorkingDir":"/srv","User":"7",)"
      R"("ExposedPorts":{"9090/tcp":{},"53/udp":{},"8080":{},"x/tcp":{}}})"));
  ASSERT_TRUE(imported) << imported.error().what;
  const ContainerConfig& config = imported->config;
  EXPECT_EQ(config.argv(), (std::vector<std::string>{"/app", "-v"}));
  EXPECT_EQ(config.environment, (std::vector<std::pair<std::string, std::string>>{
                                    {"PATH", "/bin"}, {"EMPTY", ""}, {"A", "b=c"}}));
  EXPECT_EQ(config.working_directory, "/srv");
  EXPECT_EQ(config.user, "7");
  EXPECT_EQ(config.tcp_ports, (std::vector<std::uint16_t>{8080, 9090}));
  EXPECT_EQ(imported->reference, "shop:1");
}

TEST_F(ImportTest, RefusesWhatReachesOutside) {
  const std::string kWithoutDevices =
      "  hint: pack the tree without /dev, which every kernel fills itself: tar --exclude='./dev/*'\n";
  struct {
    std::vector<MadeEntry> entries;
    std::string why, hint = {};
  } cases[] = {
      {{{"/etc/passwd", "x"}}, "entry '/etc/passwd' has an absolute path"},
      {{{"a/../../b", "x"}}, "entry 'a/../../b' has '..' in its path"},
      {{{"l", "", AE_IFLNK, ".."}}, "entry 'l' is a symbolic link to '..', which leads above the root"},
      {{{"l", "", AE_IFLNK, "/../x"}}, "entry 'l' is a symbolic link to '/../x', which leads above the root"},
      {{{"d/l", "", AE_IFLNK, "a/../../../x"}},
       "entry 'd/l' is a symbolic link to 'a/../../../x', which leads above the root"},
      {{{"l", "", AE_IFLNK, "/etc"}, {"l/passwd", "x"}},
       "entry 'l/passwd' is below 'l', which is no directory"},
      {{{"h", "", AE_IFREG, "../etc/shadow"}}, "entry '../etc/shadow' has '..' in its path"},
      {{{"h", "", AE_IFREG, "/etc/shadow"}}, "entry '/etc/shadow' has an absolute path"},
      {{{"h", "", AE_IFREG, "none"}},
       "entry 'h' is a hard link to 'none', which is no file of it or of a layer below"},
      {{{"d", "", AE_IFDIR}, {"h", "", AE_IFREG, "d"}},
       "entry 'h' is a hard link to 'd', which is no earlier file of the archive"},
      {{{"dev/null", "", AE_IFCHR}}, "entry 'dev/null' is a character device", kWithoutDevices},
      {{{"dev/sda", "", AE_IFBLK}}, "entry 'dev/sda' is a block device", kWithoutDevices},
      {{{"pipe", "", AE_IFIFO}}, "entry 'pipe' is a FIFO"},
      {{{"f", "x"}, {"f", "y"}}, "entry 'f' is there twice"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    EXPECT_EQ(refusal(import(made_archive(c.entries))),
              "'a' is not safe to unpack: " + c.why + " [FAASC0522]\n" + c.hint);
  }
  EXPECT_EQ(refusal(import(made_archive({{"a\xff", "x"}}))),
            "guest path '/a\\xff' is not UTF-8 [FAASC0501]\n");
  std::string what = refusal(import(made_archive(
      made_oci({made_archive({{"l", "", AE_IFLNK, "/"}}), made_archive({{"l/x", "x"}})}).entries())));
  EXPECT_NE(
      what.find("is not safe to unpack: entry 'l/x' is below 'l', which is no directory in the layers below "
                "[FAASC0522]\n"),
      std::string::npos)
      << what;
}

TEST_F(ImportTest, RefusesBombs) {
  ImportOptions options;
  options.limits = {.total_bytes = 4 << 20, .entries = 3, .ratio = 100, .ratio_free_bytes = 1 << 20};
  std::string zeros(3 << 20, '\0');
  std::string what =
      refusal(import(made_archive({{"a", zeros}}, ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_GZIP), options));
  EXPECT_EQ(what.substr(0, 45), "'a' unpacks to more than 100 times its size: ");
  EXPECT_EQ(what.substr(what.size() - 13), " [FAASC0523]\n");
  EXPECT_EQ(refusal(import(made_archive({{"a", zeros}, {"b", zeros}}), options)),
            "'a' unpacks to more than the 4194304 bytes allowed here [FAASC0523]\n");
  EXPECT_EQ(refusal(import(made_archive({{"a", ""}, {"b", ""}, {"c", ""}, {"d", ""}}), options)),
            "'a' has more than the 3 entries allowed here [FAASC0523]\n");
  // Layers count together.
  options.limits.entries = 10;
  std::vector<std::string> tars;
  for (const char* name : {"a", "b", "c"})
    tars.push_back(made_archive({{name, std::string(2 << 20, *name)}}));
  what = refusal(import_directory(made_oci(tars), options));
  EXPECT_NE(what.find("bytes allowed here [FAASC0523]\n"), std::string::npos) << what;
}

TEST_F(ImportTest, RefusesContainersThatDoNotAddUp) {
  std::string tar = made_archive({{"f", "x"}});
  const MadeContainer good = made_oci({tar});
  auto changed = [&](const std::string& path, const std::string& from, const std::string& to) {
    MadeContainer made = good;
    std::string& text = made.files.at(path);
    std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    return refusal(import_directory(made));
  };
  EXPECT_EQ(changed("oci-layout", "1.0.0", "9"),
            "'a' is no container image: its layout has version '9'; known is '1.0.0' [FAASC0535]\n");
  EXPECT_EQ(changed("index.json", "{", "["),
            "'a:index.json' is no container image: it is not JSON [FAASC0535]\n");
  EXPECT_EQ(changed("index.json", "sha256:", "md5:"),
            "'a:index.json' is no container image: 'md5:" +
                good.files.at("index.json").substr(good.files.at("index.json").find("sha256:") + 7, 64) +
                "' is no SHA-256 digest like 'sha256:…' [FAASC0535]\n");
  EXPECT_EQ(changed("index.json", "\"manifests\":[", "\"other\":["), "'a' lists no image [FAASC0537]\n");
  EXPECT_EQ(changed("index.json",
                    "\"size\":", "\"platform\":{\"architecture\":\"arm64\",\"os\":\"linux\"},\"size\":"),
            "'a' has no image for linux/amd64 [FAASC0537]\n  hint: it has 'linux/arm64'\n");

  std::string digest = to_hex(sha256(tar)), other = to_hex(sha256("other"));
  MadeContainer damaged = good;
  damaged.files["blobs/sha256/" + digest].replace(600, 1, "?");
  std::string what = refusal(import_directory(damaged));
  EXPECT_EQ(what, "'a:blobs/sha256/" + digest + "' is damaged: its digest is sha256:" +
                      to_hex(sha256(damaged.files["blobs/sha256/" + digest])) + " where sha256:" + digest +
                      " was expected [FAASC0536]\n  hint: get the image again\n");
  damaged.files["blobs/sha256/" + digest] = tar + std::string(512, '\0');
  what = refusal(import_directory(damaged));
  EXPECT_NE(what.find(" bytes where "), std::string::npos) << what;
  damaged.files.erase("blobs/sha256/" + digest);
  EXPECT_EQ(refusal(import_directory(damaged)),
            "'a' is no container image: it has no file 'blobs/sha256/" + digest + "' [FAASC0535]\n");
  for (const auto& [path, bytes] : good.files) {
    if (path == "oci-layout" || path == "index.json") continue;
    MadeContainer made = good;
    made.files[path] += " ";
    what = refusal(import_directory(made));
    EXPECT_NE(what.find("[FAASC0536]\n"), std::string::npos) << path << ": " << what;
  }
  // The digest of the layer as a tar is checked too.
  std::string stored = made_archive({{"g", "x"}});
  what = refusal(import_directory(made_oci({tar}, "{}", {stored})));
  EXPECT_NE(what.find(to_hex(sha256(stored)) + " where sha256:" + digest + " was expected [FAASC0536]\n"),
            std::string::npos)
      << what;
}

TEST_F(ImportTest, ChoosesAmongImages) {
  MadeContainer made;
  std::string entries;
  for (auto [name, architecture] :
       {std::pair("one", "amd64"), std::pair("two", "amd64"), std::pair("two", "arm64")}) {
    std::string tar = made_archive({{name, architecture}});
    std::string config = made.blob(made_config({tar}), "application/vnd.oci.image.config.v1+json");
    std::string layer = made.blob(tar, kTar);
    entries += (entries.empty() ? "" : ",") +
               made.blob(R"({"config":)" + config + R"(,"layers":[)" + layer + "]}",
                         "application/vnd.oci.image.manifest.v1+json",
                         std::string(R"(,"platform":{"os":"linux","architecture":")") + architecture +
                             R"("},"annotations":{"org.opencontainers.image.ref.name":")" + name + "\"}");
  }
  made.files["oci-layout"] = R"({"imageLayoutVersion":"1.0.0"})";
  std::string index =
      made.blob(R"({"manifests":[)" + entries + "]}", "application/vnd.oci.image.index.v1+json");
  made.files["index.json"] = R"({"manifests":[)" + entries + "]}";
  ImportOptions options;
  auto several = import_directory(made, options);
  EXPECT_EQ(refusal(several),
            "'a' has several images [FAASC0537]\n  hint: name one with --ref: 'one', 'two', 'two'\n");
  options.choice.reference = "two";
  EXPECT_EQ(listing(import_directory(made, options)), "/two 644 'amd64'\n");
  options.choice.reference = "three";
  EXPECT_EQ(refusal(import_directory(made, options)),
            "'a' has no image named 'three' [FAASC0537]\n  hint: it has 'one', 'two', 'two'\n");
  options.choice.reference = "";
  made.files["index.json"] = R"({"manifests":[)" + index + "]}";
  EXPECT_EQ(refusal(import_directory(made, options)),
            "'a' has several images [FAASC0537]\n  hint: name one with --ref: 'one', 'two', 'two'\n");
}

TEST_F(ImportTest, RefusesEveryTruncation) {
  std::string whole =
      made_archive(made_oci({made_archive({{"d", "", AE_IFDIR}, {"d/f", "some bytes"}})}).entries(),
                   ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_GZIP);
  ASSERT_EQ(listing(import(whole)), "/d 644/\n/d/f 644 'some bytes'\n");
  for (std::size_t n = 0; n < whole.size(); n += 3) EXPECT_FALSE(import(whole.substr(0, n))) << n;
}

TEST_F(ImportTest, FollowsNoLinkOutOfALayout) {
  MadeContainer made = made_oci({made_archive({{"f", "x"}})});
  for (const auto& [path, bytes] : made.files) ASSERT_TRUE(write_file(path_ / path, bytes));
  ASSERT_EQ(listing(import()), "/f 644 'x'\n");
  fs::path blobs = path_ / "blobs";
  fs::rename(blobs, spool_.parent_path() / "elsewhere");
  ASSERT_EQ(::symlink("../elsewhere", blobs.c_str()), 0);
  fs::remove_all(spool_);
  fs::create_directory(spool_);
  auto imported = import_archive(path_, spool_);
  ASSERT_FALSE(imported);
  EXPECT_EQ(imported.error().code, "FAASC0535");
}

}  // namespace
}  // namespace faasc
