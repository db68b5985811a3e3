// The Debian package: made once, as packing takes longer than everything else here.

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

std::set<std::string> files_below(const fs::path& root) {
  std::set<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(root))
    if (!entry.is_directory()) files.insert(entry.path().lexically_relative(root).string());
  return files;
}

class DebianPackage : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* tool : {"dpkg-deb", "dpkg-shlibdeps"})
      if (!find_program(tool)) GTEST_SKIP() << tool << " is not installed";
  }
  static std::string succeed(const std::vector<std::string>& argv,
                             std::map<std::string, std::string> environment = {}) {
    auto finished = run({.argv = argv, .working_directory = {}, .environment = std::move(environment)});
    EXPECT_TRUE(finished && finished->status.ok())
        << to_shell(argv) << "\n"
        << (finished ? finished->out + finished->err : finished.error().what);
    return finished ? finished->out : "";
  }
  fs::path here() const { return directory_.path(); }
  fs::path root() const { return here() / "root"; }

  void check_contents(const fs::path& package);
  void check_program();
  void check_library();

  std::string left_out_;  // what this host has no means for
  TemporaryDirectory directory_ = TemporaryDirectory::create(testing::TempDir(), "package").value();
};

// What an installation has, and what it needs.
void DebianPackage::check_contents(const fs::path& package) {
  succeed({FAASC_CMAKE, "--install", FAASC_PREFIX, "--prefix", (here() / "installed").string()});
  auto of_any_build_type = [](std::set<std::string> files) {
    std::erase_if(files,
                  [](const std::string& file) { return file.find("faascTargets-") != std::string::npos; });
    return files;
  };
  EXPECT_EQ(of_any_build_type(files_below(root() / "usr")),
            of_any_build_type(files_below(here() / "installed")));
  std::string control = succeed({"dpkg-deb", "-f", package.string()});
  EXPECT_THAT(control, HasSubstr("Package: faasc\n"));
  EXPECT_THAT(control, HasSubstr("Version: " FAASC_VERSION "\n"));
  EXPECT_THAT(control, HasSubstr("lld-19"));
  EXPECT_THAT(control, HasSubstr("libclang-cpp19"));
}

void DebianPackage::check_program() {
  const std::string faasc = (root() / "usr/bin/faasc").string();
  EXPECT_EQ(succeed({faasc, "version"}), "faasc " FAASC_VERSION "\n");
  if (!has_kernel(KernelFamily::Nanos) && !has_kernel(KernelFamily::Linux)) {
    left_out_ += "no function was built: no kernel; ";
    return;
  }
  succeed({faasc, "init", (here() / "hello").string(), "--template", "cpp-http"});
  EXPECT_THAT(succeed({faasc, "build", (here() / "hello").string()}), HasSubstr("hello/build/hello.img"));
}

// The image writer, by pkg-config.
void DebianPackage::check_library() {
  if (FAASC_SANITIZED || !find_program("pkg-config")) {
    left_out_ += "the library was not used: sanitizers, or no pkg-config; ";
    return;
  }
  std::string flags = succeed({"pkg-config", "--cflags", "--libs", "faasc-packager"},
                              {{"PKG_CONFIG_PATH", (root() / "usr/lib/pkgconfig").string()}});
  const std::string program = (here() / "bootable_disk").string();
  succeed({"sh", "-c",
           std::string(FAASC_CXX_COMPILER) + " " FAASC_SOURCE_DIR "/examples/packager/bootable_disk.cc -o '" +
               program + "' " + flags.substr(0, flags.find('\n'))});
  EXPECT_TRUE(fs::exists(program));
}

TEST_F(DebianPackage, IsAnInstallationThatWorksWhereverItIsUnpacked) {
  succeed({FAASC_CPACK, "--config", FAASC_PREFIX "/CPackConfig.cmake", "-B", here().string()});
  fs::path package;
  for (const auto& entry : fs::directory_iterator(here()))
    if (entry.path().extension() == ".deb") package = entry.path();
  ASSERT_FALSE(package.empty());
  succeed({"dpkg-deb", "-x", package.string(), root().string()});
  check_contents(package);
  check_program();
  check_library();
  if (!left_out_.empty()) GTEST_SKIP() << left_out_;
}

}  // namespace
}  // namespace faasc
