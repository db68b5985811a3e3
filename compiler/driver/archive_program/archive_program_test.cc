#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/process.h"
#include "base/sha256.h"
#include "packager/archive/made_container.h"
#include "packager/disk/nanos_disk_reader.h"
#include "packager/kernels/sample_kernel.h"

// The program itself, as `faasc image import` and `faasc image export` start it.

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

class ArchiveProgramTest : public testing::Test {
 protected:
  void SetUp() override { write_sample_release(here_ / "home/kernels/nanos/0.1.55"); }

  struct Ran {
    int status;
    std::string out, err;
  };
  Ran run(std::vector<std::string> arguments) {
    Command command;
    command.argv = std::move(arguments);
    command.argv.insert(command.argv.begin(), FAASC_ARCHIVE_PROGRAM);
    command.environment = {{"FAASC_HOME", (here_ / "home").string()},
                           {"OPS_HOME", (here_ / "home").string()}};
    command.working_directory = here_;
    auto finished = faasc::run(command);
    if (!finished) return {-1, "", finished.error().what};
    EXPECT_EQ(finished->status.signal, 0);
    return {finished->status.code, finished->out, finished->err};
  }
  void write(const std::string& name, const std::string& bytes) {
    ASSERT_TRUE(write_file(here_ / name, bytes));
  }
  std::string digest(const std::string& name) { return to_hex(sha256_of_file(here_ / name).value()); }
  /// What is in the directory beside the kernels.
  std::vector<std::string> names() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(here_))
      if (entry.path().filename() != "home") names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }
  bool accepts(std::vector<std::string> argv) {
    Command command;
    command.argv = std::move(argv);
    command.working_directory = here_;
    auto finished = faasc::run(command);
    if (finished && !finished->status.ok()) ADD_FAILURE() << to_shell(command.argv) << ": " << finished->err;
    return finished && finished->status.ok();
  }

  static std::string shop() {
    std::string base = made_archive({{"usr/bin/shop", "\177ELF and more", AE_IFREG, "", 0755},
                                     {"bin", "", AE_IFLNK, "usr/bin"},
                                     {"data/a", "1"},
                                     {"data/old", "1"}});
    std::string top =
        made_archive({{"data/b", "2"}, {"data/c", "", AE_IFREG, "data/b"}, {"data/.wh.old", ""}});
    return made_archive(
        made_oci({base, top},
                 R"({"Entrypoint":["shop"],"Cmd":["-v"],"Env":["PATH=/bin","MODE=x"],"WorkingDir":)"
                 R"("/srv","User":"app","ExposedPorts":{"9090/tcp":{}}})")
            .entries());
  }

  TemporaryDirectory directory_ =
      std::move(TemporaryDirectory::create(testing::TempDir(), "archives")).value();
  fs::path here_ = fs::canonical(directory_.path());
};

TEST_F(ArchiveProgramTest, AContainerBecomesAnImage) {
  write("shop.tar", shop());
  Ran ran = run({"import", "shop.tar", "-o", "out/shop.img"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err,
            "faasc: the container runs as user 'app'; in the machine everything runs as root\n"
            "faasc: imported shop:1: 9 entries, 1 KiB, runs /usr/bin/shop on nanos@0.1.55\n");
  auto disk = open_nanos_disk(here_ / "out/shop.img");
  ASSERT_TRUE(disk) << disk.error().what;
  EXPECT_EQ(to_text(TfsValue(disk->rootfs->attributes())),
            "(arguments:[shop -v] cwd:/srv debug_exit:t environment:(HOME:/root MODE:x PATH:/bin) "
            "program:/usr/bin/shop readonly_rootfs:t)");
  std::string paths;
  for (const StoredEntry& entry : disk->rootfs->entries()) paths += entry.path + " ";
  EXPECT_EQ(paths, "/bin /data /data/a /data/b /data/c /srv /usr /usr/bin /usr/bin/shop ");
  EXPECT_EQ(disk->rootfs->find("/data/b")->id, disk->rootfs->find("/data/c")->id);
  auto spec = read_file(here_ / "out/shop.vm.json");
  ASSERT_TRUE(spec);
  EXPECT_THAT(*spec, HasSubstr("\"http_port\": 9090"));
  EXPECT_THAT(*spec, HasSubstr("\"memory_bytes\": 268435456"));
}

TEST_F(ArchiveProgramTest, WhatIsExportedComesBack) {
  write("shop.tar", shop());
  ASSERT_EQ(run({"import", "shop.tar", "-o", "a/shop.img"}).status, 0);
  for (const char* format : {"tar", "cpio"}) {
    SCOPED_TRACE(format);
    std::string file = std::string("shop.") + format;
    Ran ran = run({"export", "a/shop.img", "--to", format, "-o", file});
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_EQ(ran.err, "faasc: wrote 9 entries to '" + file + "'\n");
    ran = run({"import", file, "-o", "b/shop.img", "--exec", "shop", "--env", "PATH=/bin", "--env", "MODE=x",
               "--cwd", "/srv", "--port", "9090", "--", "-v"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_EQ(digest("b/shop.img"), digest("a/shop.img"));
  }
  EXPECT_EQ(run({"export", "a/shop.img", "--to", "oci", "-o", "layout"}).status, 0);
  EXPECT_EQ(run({"export", "a/shop.img", "--to", "oci", "-o", "layout.tar"}).status, 0);
  EXPECT_EQ(run({"import", "layout", "-o", "b/shop.img"}).status, 0);
  EXPECT_EQ(run({"import", "layout.tar", "-o", "c/shop.img"}).status, 0);
  EXPECT_EQ(digest("b/shop.img"), digest("c/shop.img"));
  auto spec = read_file(here_ / "b/shop.vm.json");
  ASSERT_TRUE(spec);
  EXPECT_EQ(*spec, read_file(here_ / "a/shop.vm.json").value());

  // The same bytes again, and nothing left behind.
  std::string before = digest("layout.tar"), tar = digest("shop.tar");
  EXPECT_EQ(run({"export", "b/shop.img", "--to", "oci", "-o", "again.tar"}).status, 0);
  EXPECT_EQ(run({"export", "b/shop.img", "--to", "tar", "-o", "again"}).status, 0);
  EXPECT_EQ(digest("again.tar"), before);
  EXPECT_EQ(digest("again"), tar);
  EXPECT_THAT(names(), testing::ElementsAre("a", "again", "again.tar", "b", "c", "layout", "layout.tar",
                                            "shop.cpio", "shop.tar"));

  if (find_program("tar")) {
    EXPECT_TRUE(accepts({"tar", "-tf", "shop.tar"}));
  }
  if (find_program("bsdtar")) {
    EXPECT_TRUE(accepts({"bsdtar", "-tf", "shop.tar"}));
  }
  if (find_program("bsdtar")) {
    EXPECT_TRUE(accepts({"bsdtar", "-tf", "layout.tar"}));
  }
  if (find_program("cpio")) {
    EXPECT_TRUE(accepts({"cpio", "-t", "-F", "shop.cpio"}));
  }
  if (find_program("skopeo")) {
    EXPECT_TRUE(accepts({"skopeo", "inspect", "oci:layout"}));
  }
  if (find_program("skopeo")) {
    EXPECT_TRUE(accepts({"skopeo", "inspect", "oci-archive:layout.tar"}));
  }
  if (find_program("umoci")) {
    EXPECT_TRUE(accepts({"umoci", "unpack", "--rootless", "--image", "layout:shop", "bundle"}));
  }
}

TEST_F(ArchiveProgramTest, ADirectoryIsARootFileSystem) {
  write("tree/bin/app", "\177ELF");
  write("tree/data", "x");
  Ran ran = run({"import", "tree", "-o", "x.img", "--exec", "app"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.err, "faasc: imported tree: 3 entries, 1 KiB, runs /bin/app on nanos@0.1.55\n");
  auto disk = open_nanos_disk(here_ / "x.img");
  ASSERT_TRUE(disk) << disk.error().what;
  EXPECT_EQ(disk->rootfs->read(*disk->rootfs->find("/data")).value(), "x");
}

TEST_F(ArchiveProgramTest, AScriptsInterpreterIsStartedOnNanos) {
  write("root.tar",
        made_archive({{"bin/sh", "\177ELF"}, {"run", "#! /bin/sh -e\necho"}, {"env", "#!/usr/bin/env x\n"}}));
  Ran ran = run({"import", "root.tar", "-o", "x.img", "--exec", "/run", "--", "1"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  auto disk = open_nanos_disk(here_ / "x.img");
  ASSERT_TRUE(disk) << disk.error().what;
  EXPECT_EQ(to_text(disk->rootfs->attributes().at("arguments")), "[/bin/sh -e /run 1]");
  EXPECT_EQ(to_text(disk->rootfs->attributes().at("program")), "/bin/sh");
  EXPECT_EQ(
      run({"import", "root.tar", "-o", "y.img", "--exec", "/env"}).err,
      "faasc: error: '/env' is a script that env starts, and Nanos starts one program only [FAASC0538]\n"
      "  while importing 'root.tar'\n"
      "  hint: name its interpreter: --exec PATH, with the script as an argument; or use --kernel linux\n");
}

TEST_F(ArchiveProgramTest, RefusalsLeaveNothingBehind) {
  write("root.tar",
        made_archive({{"app", "\177ELF"}, {"f", std::string(100'000, 'x')}, {"d", "", AE_IFDIR}}));
  write("evil.tar", made_archive({{"f", std::string(100'000, 'x')}, {"../evil", "x"}}));
  std::string cut = made_archive({{"f", std::string(100'000, 'x')}});
  write("cut.tar", cut.substr(0, 50'000));
  struct {
    std::vector<std::string> arguments;
    int status;
    std::string err;
  } cases[] = {
      {{"import", "root.tar", "-o", "x.img"},
       1,
       "faasc: error: nothing says which program of the archive is to run [FAASC0538]\n"
       "  while importing 'root.tar'\n  hint: name it with --exec PATH\n"},
      {{"import", "root.tar", "-o", "x.img", "--exec", "app"},
       1,
       "faasc: error: the program 'app' is in no directory of the archive's PATH, which is "
       "'/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' [FAASC0538]\n"
       "  while importing 'root.tar'\n  hint: name it with its directory: --exec PATH\n"},
      {{"import", "root.tar", "-o", "x.img", "--exec", "/d"},
       1,
       "faasc: error: the program '/d' is not a file of the archive [FAASC0538]\n"
       "  while importing 'root.tar'\n  hint: name one that is, with --exec PATH\n"},
      {{"import", "root.tar", "-o", "x.img", "--exec", "/app", "--cwd", "/f"},
       1,
       "faasc: error: the working directory '/f' is no directory of the archive [FAASC0538]\n"
       "  while importing 'root.tar'\n"},
      {{"import", "evil.tar", "-o", "x.img"},
       1,
       "faasc: error: 'evil.tar' is not safe to unpack: entry '../evil' has '..' in its path [FAASC0522]\n"
       "  while importing 'evil.tar'\n"},
      {{"import", "cut.tar", "-o", "x.img"},
       1,
       "faasc: error: 'cut.tar' is damaged: Truncated tar archive [FAASC0521]\n"
       "  while importing 'cut.tar'\n  hint: get the file again\n"},
      {{"import", "none.tar", "-o", "x.img"},
       1,
       "faasc: error: cannot open 'none.tar': No such file or directory [FAASC0901]\n"
       "  while importing 'none.tar'\n"},
      {{"import", "home", "-o", "x.img"},
       1,
       "faasc: error: nothing says which program of the archive is to run [FAASC0538]\n"
       "  while importing 'home'\n  hint: name it with --exec PATH\n"},
      {{"import", "root.tar", "-o", "x.img", "--max-size", "1K"},
       1,
       "faasc: error: 'root.tar' unpacks to more than the 1000 bytes allowed here [FAASC0523]\n"
       "  while importing 'root.tar'\n"},
      {{"import", "root.tar"},
       2,
       "faasc: error: --output is required [FAASC0680]\n  hint: see `faasc image import --help`\n"},
      {{"import", "root.tar", "-o", "x.img", "--memory", "lots"},
       2,
       "faasc: error: 'lots' is no size for --memory, like 512MiB or 2GiB [FAASC0680]\n"
       "  hint: see `faasc image import --help`\n"},
      {{"import", "root.tar", "-o", "x.img", "--env", "=1"},
       2,
       "faasc: error: '=1' is no environment variable; write --env NAME=VALUE [FAASC0680]\n"
       "  hint: see `faasc image import --help`\n"},
      {{"export", "root.tar", "--to", "zip", "-o", "x"},
       2,
       "faasc: error: unknown format 'zip'; known are 'tar', 'cpio' and 'oci' [FAASC0680]\n"
       "  hint: see `faasc image export --help`\n"},
      {{"export", "root.tar", "--to", "oci", "-o", "home"}, 1, ""},
  };
  for (const auto& c : cases) {
    Ran ran = run(c.arguments);
    EXPECT_EQ(ran.status, c.status) << ran.err;
    if (!c.err.empty()) {
      EXPECT_EQ(ran.err, c.err);
    }
    EXPECT_EQ(ran.out, "");
    EXPECT_THAT(names(), testing::ElementsAre("cut.tar", "evil.tar", "root.tar"));
  }
  ASSERT_EQ(run({"import", "root.tar", "-o", "x.img", "--exec", "/app"}).status, 0);
  EXPECT_EQ(run({"export", "x.img", "--to", "oci", "-o", "home"}).err,
            "faasc: error: 'home' is there already [FAASC0539]\n  while exporting 'x.img'\n"
            "  hint: name a new directory, or a file NAME.tar, which is replaced\n");
}

TEST_F(ArchiveProgramTest, HelpGoesToStandardOutput) {
  for (const char* command : {"import", "export"}) {
    Ran ran = run({command, "--help"});
    EXPECT_EQ(ran.status, 0);
    EXPECT_THAT(ran.out, HasSubstr(std::string("Usage: faasc image ") + command));
    EXPECT_EQ(ran.err, "");
  }
}

}  // namespace
}  // namespace faasc
