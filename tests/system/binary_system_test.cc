// Finished programs of other tools, as virtual machines: what docs/binary.md shows, booted.

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

class BinarySystem : public testing::Test {
 protected:
  void SetUp() override { FAASC_NEEDS(KernelFamily::Nanos); }

  // Takes an example of docs/ or the template, and builds it as its README says.
  void take(const fs::path& directory) {
    for (const auto& entry : fs::directory_iterator(fs::path(FAASC_SOURCE_DIR) / directory))
      project_.write(entry.path().filename().string(), *read_file(entry.path()));
  }
  void shell(const std::string& command) const {
    Finished finished = project_.shell(command);
    ASSERT_EQ(finished.status.code, 0) << finished.out << finished.err;
  }
  void expect_tests_pass(const std::string& kernel) const {
    Finished finished = project_.faasc({"test", "--kernel", kernel});
    EXPECT_EQ(finished.status.code, 0) << finished.out << finished.err;
    EXPECT_THAT(finished.out, HasSubstr("pass  answers"));
  }
  static bool has(const char* program) { return ::access(program, X_OK) == 0; }

  ProjectRun project_;
};

TEST_F(BinarySystem, AStaticProgramOfC) {
  take("templates/binary");
  shell("make CC='" FAASC_C_COMPILER "'");
  expect_tests_pass("nanos");
}

TEST_F(BinarySystem, ADynamicProgramWithALibraryOfItsOwn) {
  take("templates/binary");
  project_.write("loud.c", "const char* shout(void) { return \"loud\"; }\n");
  shell(FAASC_C_COMPILER " -shared -fPIC -o libloud.so loud.c && " FAASC_C_COMPILER
                         " -o server server.c -L. -Wl,--no-as-needed -lloud '-Wl,-rpath,$ORIGIN'");
  expect_tests_pass("nanos");
}

TEST_F(BinarySystem, AProgramThatLiesWhereNanosDoes) {
  // Linkers other than GNU's put a program at 2 MiB; Nanos, loaded directly, keeps that range for itself.
  take("templates/binary");
  shell(FAASC_C_COMPILER " -static -no-pie -Wl,-Ttext-segment=0x200000 -o server server.c");
  Finished finished = project_.faasc({"test", "-v", "--kernel", "nanos"});
  EXPECT_EQ(finished.status.code, 0) << finished.out << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("begins below 4 MiB: booting by the BIOS"));
}

TEST_F(BinarySystem, Rust) {
  Finished rustc = project_.shell("rustc --version");
  if (rustc.status.code != 0) GTEST_SKIP() << "rustc is not installed";
  take("examples/rust");
  shell("rustc -O -o server server.rs");
  expect_tests_pass("nanos");
}

TEST_F(BinarySystem, Node) {
  if (!has("/usr/bin/node")) GTEST_SKIP() << "/usr/bin/node is not installed";
  take("examples/node");
  expect_tests_pass("nanos");
}

TEST_F(BinarySystem, Php) {
  if (!has("/usr/bin/php")) GTEST_SKIP() << "/usr/bin/php is not installed";
  take("examples/php");
  expect_tests_pass("nanos");
}

TEST_F(BinarySystem, AProgramForAnotherProcessorIsRefused) {
  take("templates/binary");
  // The header of an ELF file for aarch64, with an entry and nothing to load.
  std::string header(
      "\x7f"
      "ELF\2\1\1",
      7);
  header.resize(64);
  header[16] = 2, header[18] = static_cast<char>(183), header[20] = 1, header[24] = 1, header[32] = 64,
  header[52] = 64, header[54] = 56;
  project_.write("server", header);
  Finished finished = project_.faasc({"build", "--kernel", "nanos"});
  EXPECT_EQ(finished.status.code, 1);
  EXPECT_THAT(finished.err,
              HasSubstr("faas.yaml:6:10: error: 'server' is a program for aarch64, and nanos@"));
  EXPECT_FALSE(fs::exists(project_.at("build/server.img")));
}

TEST(BinaryLinuxSystem, AStaticProgramOfC) {
  FAASC_NEEDS(KernelFamily::Linux);
  ProjectRun project;
  for (const char* file : {"faas.yaml", "server.c", "Makefile"})
    project.write(file, *read_file(fs::path(FAASC_SOURCE_DIR) / "templates/binary" / file));
  ASSERT_EQ(project.shell("make CC='" FAASC_C_COMPILER "'").status.code, 0);
  Finished finished = project.faasc({"test", "--kernel", "linux"});
  EXPECT_EQ(finished.status.code, 0) << finished.out << finished.err;
}

}  // namespace
}  // namespace faasc
