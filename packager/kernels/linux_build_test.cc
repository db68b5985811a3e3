#include "packager/kernels/linux_build.h"

#include <csignal>
#include <fstream>
#include <thread>

#include <sys/file.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "packager/kernels/build_tools.h"
#include "packager/kernels/linux_source.h"
#include "packager/kernels/local_apt.h"
#include "packager/kernels/sample_linux.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

// As in sample_vmlinux().
constexpr const char* kRelease = "6.1.0-44-cloud-amd64";
constexpr const char* kPackage = "linux-source-6.1";

/// Sources that the real apt, tar and make work on, whose Makefile has the targets of Linux' and "compiles" a
/// sample kernel.
class LinuxBuildTest : public LocalAptTest {
 protected:
  static std::string makefile(const std::string& compile) {
    return "allnoconfig:\n"
           "\t@cp $(KCONFIG_ALLCONFIG) $(O)/.config\n"
           "bzImage:\n"
           "\t@echo '  CC      init/main.o' $(KBUILD_BUILD_USER) '$(KBUILD_BUILD_TIMESTAMP)' "
           "[$(CROSS_COMPILE)]\n"
           "\t@echo '  LD      vmlinux'; echo compiled >> $(O)/times\n"
           "\t@" +
           compile +
           "\n"
           "\t@mkdir -p $(O)/arch/x86/boot && cp sample $(O)/arch/x86/boot/bzImage\n";
  }
  void add_sources(const std::string& compile = "true", const std::string& version = "6.1.0-44") {
    std::string tree =
        made_archive({{"linux-source-6.1/Makefile", makefile(compile)},
                      {"linux-source-6.1/Kconfig", "# options\n"},
                      {"linux-source-6.1/COPYING", "GPL-2.0 WITH Linux-syscall-note\n"},
                      {"linux-source-6.1/LICENSES/preferred/GPL-2.0", "GNU GENERAL PUBLIC LICENSE\n"},
                      {"linux-source-6.1/sample", sample_bzimage(sample_vmlinux())}},
                     ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_XZ);
    add_package("linux-source", std::string(kPackage), {}, version);
    add_package(kPackage, "binutils, xz-utils", {{"./usr/src/linux-source-6.1.tar.xz", tree}}, version);
    update();
  }
  void SetUp() override {
    LocalAptTest::SetUp();
    if (IsSkipped()) return;
    if (auto tools = check_linux_build_tools(); !tools) GTEST_SKIP() << tools.error().what;
    build_.fragments = fs::path(FAASC_SOURCE_DIR) / "runtimes/linux/kernel";
    build_.directory = directory_.path() / "work";
    build_.say = [this](const std::string& line) { said_.push_back(line); };
    build_.progress = [this](std::size_t done, std::size_t about) {
      EXPECT_GT(about, 100u);
      steps_ = done;
    };
  }
  std::string refusal() {
    auto built = build_linux(store_, build_);
    return built ? "built " + built->name.version : to_text(built.error(), Color::Off);
  }
  fs::path work() const { return build_.directory / "linux-source-6.1_6.1.0-44"; }

  LinuxBuild build_;
  std::size_t steps_ = 0;
};

TEST_F(LinuxBuildTest, BringsAKernelWithItsLicenceAndWhereItCameFrom) {
  add_sources();
  ::setenv("CROSS_COMPILE", "not-for-this-", 1);
  build_.keep = true;
  auto built = build_linux(store_, build_);
  ::unsetenv("CROSS_COMPILE");
  ASSERT_TRUE(built) << to_text(built.error(), Color::Off);
  EXPECT_EQ(built->outcome, StagedKernel::Outcome::Added);
  EXPECT_EQ(built->name.version, kRelease);
  EXPECT_THAT(said_, ElementsAre("downloading linux-source-6.1 6.1.0-44 (0 MiB)", "unpacking the sources",
                                 "configuring", StartsWith("compiling")));
  EXPECT_EQ(steps_, 2u);
  EXPECT_THAT(read_file(work() / "tiny.log", 1 << 20).value(),
              HasSubstr("  CC      init/main.o faasc Thu Jan  1 00:00:00 UTC 1970 []\n"));

  auto kernel = store_.find(KernelFamily::Linux, kRelease);
  ASSERT_TRUE(kernel);
  EXPECT_EQ(kernel->origin, "built from linux-source-6.1 6.1.0-44");
  EXPECT_TRUE(verify(*kernel));
  std::vector<std::string> names;
  for (const auto& [name, digest] : kernel->sha256) names.push_back(name);
  EXPECT_THAT(names, ElementsAre("COPYING", "SOURCE", "bzImage", "config", "vmlinux"));
  EXPECT_EQ(read_file(kernel->directory / "COPYING", 1 << 20).value(),
            "GPL-2.0 WITH Linux-syscall-note\n\nGNU GENERAL PUBLIC LICENSE\n");
  std::string source = read_file(kernel->directory / "SOURCE", 1 << 20).value();
  EXPECT_THAT(source, HasSubstr("linux-source-6.1 (= 6.1.0-44)\n  SHA-256 "));
  EXPECT_THAT(source, HasSubstr("`faasc kernel build linux@6.1.0-44 --profile tiny`"));
  EXPECT_THAT(read_file(kernel->directory / "config", 1 << 20).value(),
              HasSubstr("CONFIG_LOCALVERSION=\"-44-faasc-tiny\"\n"));
}

TEST_F(LinuxBuildTest, LeavesNothingBehindThatWasNotAskedFor) {
  add_sources();
  EXPECT_EQ(refusal(), "built " + std::string(kRelease));
  EXPECT_FALSE(fs::exists(work()));
}

TEST_F(LinuxBuildTest, GoesOnWhereItStopped) {
  add_sources("test -e $(O)/../go || { echo 'init/main.c:1: error: no such thing'; exit 1; }");
  auto built = build_linux(store_, build_);
  ASSERT_FALSE(built);
  std::string log = work() / "tiny.log";
  ASSERT_GE(built.error().excerpt.size(), 2u);
  std::string rest;  // make's own words about the place in its file
  for (std::size_t i = 1; i < built.error().excerpt.size(); ++i)
    rest += "  | " + built.error().excerpt[i] + "\n";
  std::string text = to_text(built.error(), Color::Off);
  EXPECT_EQ(text,
            "faasc: error: building the kernel failed: make ended with status 2 [FAASC0647]\n"
            "  | init/main.c:1: error: no such thing\n" +
                rest +
                "  while building a kernel from linux-source-6.1 6.1.0-44\n"
                "  hint: all that was said is in '" +
                log + "'; the same command goes on where it stopped\n");
  EXPECT_EQ(built.error().excerpt.front(), "init/main.c:1: error: no such thing");
  EXPECT_EQ(built.error().hint,
            "all that was said is in '" + log + "'; the same command goes on where it stopped");
  EXPECT_TRUE(store_.list().kernels.empty());

  // Neither downloaded, nor unpacked, nor configured again.
  fs::remove_all(directory_.path() / "repository");
  write_sample_file(work() / "go", "");
  said_.clear();
  EXPECT_EQ(refusal(), "built " + std::string(kRelease));
  EXPECT_THAT(said_, ElementsAre(StartsWith("compiling")));
}

TEST_F(LinuxBuildTest, UnpacksAgainWhatWasNotUnpackedToTheEnd) {
  add_sources();
  fs::create_directories(work() / "unpacking/tree");
  write_sample_file(work() / "unpacking/tree/Makefile", "half of it");
  EXPECT_EQ(refusal(), "built " + std::string(kRelease));
}

TEST_F(LinuxBuildTest, RefusesAPackageThatIsNotTheDistributions) {
  add_sources();
  fs::path file = work() / "package/linux-source-6.1_6.1.0-44_amd64.deb";
  write_sample_file(file, "something else");
  std::string sha256_of_it = to_hex(sha256("something else"));
  auto source = choose_linux_source("");
  ASSERT_TRUE(source);
  EXPECT_EQ(refusal(),
            "faasc: error: the SHA-256 of '" + file.string() + "' is " + sha256_of_it +
                " where the distribution says " + source->sha256 +
                "; it was deleted [FAASC0650]\n  while building a kernel from linux-source-6.1 6.1.0-44\n"
                "  hint: try again\n");
  EXPECT_EQ(refusal(), "built " + std::string(kRelease));
}

TEST_F(LinuxBuildTest, SaysThatThereAreNoSources) {
  constexpr const char* kHint =
      "  hint: run `sudo apt-get update`; or take the distribution's kernel: `faasc kernel pull linux`\n";
  EXPECT_EQ(refusal(),
            std::string("faasc: error: apt knows no package 'linux-source' with the sources of Linux "
                        "[FAASC0644]\n") +
                kHint);
  add_sources();
  build_.source = "5.10";
  EXPECT_EQ(refusal(),
            std::string("faasc: error: apt knows no package 'linux-source-5.10' with the sources of Linux; "
                        "there is 'linux-source-6.1' [FAASC0644]\n") +
                kHint);
  build_.source = "6.1.0-43";
  EXPECT_EQ(refusal(),
            std::string("faasc: error: apt knows no package 'linux-source-6.1=6.1.0-43' with the sources of "
                        "Linux; there is 'linux-source-6.1' [FAASC0644]\n") +
                kHint);
  build_.source = "6.1.0-44";
  EXPECT_EQ(refusal(), "built " + std::string(kRelease));
}

TEST_F(LinuxBuildTest, BuildsInOneDirectoryOnce) {
  add_sources();
  fs::create_directories(work());
  Fd lock(::open((work() / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  ASSERT_EQ(::flock(lock.get(), LOCK_EX), 0);
  EXPECT_EQ(refusal(), "faasc: error: another faasc is building a kernel in '" + work().string() +
                           "' [FAASC0649]\n  while building a kernel from linux-source-6.1 6.1.0-44\n"
                           "  hint: wait for it, or set FAASC_CACHE_DIR to another directory\n");
}

TEST_F(LinuxBuildTest, NamesTheToolsThatAreMissing) {
  add_sources();
  // Only what apt needs is to be found.
  fs::path bin = directory_.path() / "bin";
  fs::create_directories(bin);
  for (const char* name :
       {"apt-get", "apt-cache", "dpkg", "dpkg-deb", "make", "gcc", "ld", "tar", "perl", "xz", "as"})
    if (auto path = find_program(name)) fs::create_symlink(*path, bin / name);
  std::string path = std::getenv("PATH");
  ::setenv("PATH", bin.c_str(), 1);
  std::string said = refusal();
  ::setenv("PATH", path.c_str(), 1);
  EXPECT_EQ(
      said,
      "faasc: error: building a kernel takes programs and headers that are not on this host: 'bc', 'bison', "
      "'flex', 'lz4' [FAASC0645]\n"
      "  hint: run `sudo apt-get install bc bison flex lz4`\n");
}

TEST_F(LinuxBuildTest, SaysBeforeItBeginsThatThereIsNoRoom) {
  const char* small = std::getenv("FAASC_SMALL_DISK");
  if (small == nullptr) GTEST_SKIP() << "FAASC_SMALL_DISK names no small file system";
  add_sources();
  build_.directory = fs::path(small) / "kernel-build-test";
  auto built = build_linux(store_, build_);
  std::error_code ignored;
  fs::remove_all(build_.directory, ignored);
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().code, "FAASC0646");
  EXPECT_TRUE(said_.empty()) << "said before anything is done";
}

TEST(LinuxSource, TakesRoomThatIsLookedForFirst) {
  TemporaryDirectory work = TemporaryDirectory::create(testing::TempDir(), "room").value();
  EXPECT_TRUE(check_room_for_build(work.path(), std::uint64_t{2300} << 20));
  auto checked = check_room_for_build(work.path(), std::uint64_t{700} << 20);
  ASSERT_FALSE(checked);
  EXPECT_EQ(to_text(checked.error(), Color::Off),
            "faasc: error: building a kernel takes 2300 MiB in '" + work.path().string() +
                "', and 700 MiB are free there [FAASC0646]\n"
                "  hint: make room, or set FAASC_CACHE_DIR to a directory on another disk\n");
  fs::create_directories(work.path() / "source");
  EXPECT_TRUE(check_room_for_build(work.path(), std::uint64_t{700} << 20)) << "what is done takes no more";
}

TEST(LinuxSource, IsNamedByAKernelThatWasBuiltFromIt) {
  LinuxProfile profile = LinuxProfile::Tiny;
  EXPECT_EQ(linux_source_in("6.1.192-2-faasc-standard", profile), "6.1.192-2");
  EXPECT_EQ(profile, LinuxProfile::Standard);
  EXPECT_EQ(linux_source_in("6.1", profile), "6.1");
  EXPECT_EQ(profile, LinuxProfile::Standard);
}

}  // namespace
}  // namespace faasc
