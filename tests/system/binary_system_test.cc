// Finished programs of other tools, as virtual machines: what docs/binary.md shows, booted.

#include <cstdlib>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "packager/kernels/kernel_store.h"
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
  // The header of an ELF file with an entry and nothing to load.
  static std::string elf_header(int machine) {
    std::string header(
        "\x7f"
        "ELF\2\1\1",
        7);
    header.resize(64);
    header[16] = 2, header[18] = static_cast<char>(machine), header[20] = 1, header[24] = 1, header[32] = 64,
    header[52] = 64, header[54] = 56;
    return header;
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
  project_.write("server", elf_header(183));
  for (const auto& [kernel, said] :
       {std::pair{
            "linux",
            "faas.yaml:6:10: error: 'server' is a program for aarch64, and there are no images of Linux for "
            "aarch64, only for x86_64 [FAASC0515]\nhandler: server\n         ^~~~~~\n  hint: choose 'nanos' "
            "or 'nanos-aarch64', which has kernels for both\n"},
        {"nanos-x86_64", "faas.yaml:6:10: error: 'server' is a program for aarch64, and nanos@"}}) {
    Finished finished = project_.faasc({"build", "--kernel", kernel});
    EXPECT_EQ(finished.status.code, 1);
    EXPECT_THAT(finished.err, HasSubstr(said));
    EXPECT_FALSE(fs::exists(project_.at("build/server.img")));
  }
}

// ---- for another processor than this host's; skipped where its kernel, its QEMU or its compiler is not
// there

class BinaryAarch64System : public BinarySystem {
 protected:
  void SetUp() override {
    if (!KernelStore::open().value().find(KernelFamily::Nanos, {}, kAarch64))
      GTEST_SKIP() << "there is no Nanos kernel for aarch64 in the store";
    if (!find_program("qemu-system-aarch64")) GTEST_SKIP() << "qemu-system-aarch64 is not installed";
    if (!find_program("aarch64-linux-gnu-gcc")) GTEST_SKIP() << "aarch64-linux-gnu-gcc is not installed";
    take("templates/binary");
  }
};

TEST_F(BinaryAarch64System, AStaticProgramOfC) {
  shell("aarch64-linux-gnu-gcc -O2 -static -o server server.c");
  expect_tests_pass("nanos");
  EXPECT_THAT(*read_file(project_.at("build/server.vm.json")), HasSubstr("\"architecture\": \"aarch64\""));
  Finished answer = project_.faasc({"invoke", "--path", "/orders/8", "build/server.img"});
  EXPECT_EQ(answer.status.code, 0) << answer.err;
  EXPECT_EQ(answer.out, "Hello from /orders/8\n");
  Finished listed = project_.faasc({"image", "ls", "build/server.img:/app"});
  EXPECT_EQ(listed.out, "server\n") << listed.err;
  Finished verified = project_.faasc({"image", "verify", "build/server.img"});
  EXPECT_EQ(verified.status.code, 0) << verified.err;
}

TEST_F(BinaryAarch64System, ADynamicProgramWithALibraryOfItsOwn) {
  project_.write("loud.c", "const char* shout(void) { return \"loud\"; }\n");
  shell(
      "aarch64-linux-gnu-gcc -shared -fPIC -o libloud.so loud.c && aarch64-linux-gnu-gcc -o server server.c "
      "-L. "
      "-Wl,--no-as-needed -lloud '-Wl,-rpath,$ORIGIN'");
  expect_tests_pass("nanos-aarch64");
  Finished listed = project_.faasc({"image", "ls", "-R", "build/server.img"});
  EXPECT_THAT(listed.out, testing::AllOf(HasSubstr("ld-linux-aarch64.so.1"), HasSubstr("libloud.so"),
                                         HasSubstr("aarch64-linux-gnu/libc.so.6")));
}

TEST_F(BinaryAarch64System, AnImportedOne) {
  shell("aarch64-linux-gnu-gcc -O2 -static -o server server.c && mkdir -p root/bin && mv server root/bin/");
  Finished imported = project_.faasc({"image", "import", "root", "-o", "arm.img", "--exec", "/bin/server"});
  EXPECT_EQ(imported.status.code, 1);
  EXPECT_EQ(
      std::regex_replace(imported.err, std::regex("nanos@[^ ]*"), "nanos@VERSION"),
      "faasc: error: '/bin/server' is not a program for x86_64, which nanos@VERSION runs on [FAASC0512]\n"
      "  hint: choose '--kernel nanos-aarch64'\n");
  imported = project_.faasc(
      {"image", "import", "root", "-o", "arm.img", "--exec", "/bin/server", "--kernel", "nanos-aarch64"});
  ASSERT_EQ(imported.status.code, 0) << imported.err;
  EXPECT_EQ(project_.faasc({"invoke", "--path", "/orders/9", "arm.img"}).out, "Hello from /orders/9\n");
}

TEST_F(BinaryAarch64System, WhatAMachineForItIsNot) {
  shell("aarch64-linux-gnu-gcc -O2 -static -o server server.c");
  ASSERT_EQ(project_.faasc({"build"}).status.code, 0);
  Finished run = project_.faasc({"run", "--machine", "q35", "build/server.img"});
  EXPECT_EQ(run.status.code, 2);
  EXPECT_EQ(run.err,
            "faasc: error: q35 is a machine for x86_64, and 'server' is for aarch64 [FAASC0730]\n"
            "  hint: leave out '--machine q35'\n");
  run = project_.faasc({"run", "--accel", "kvm", "build/server.img"});
  EXPECT_EQ(run.status.code, 6);
  EXPECT_THAT(run.err,
              HasSubstr("KVM cannot be used here: the guest is for aarch64, and this host is x86_64"));
  project_.write("faas.yaml",
                 "apiVersion: faasc/v1\nname: server\nruntime: binary\nhandler: server\n"
                 "image: {boot: bios}\n");
  run = project_.faasc({"build"});
  EXPECT_EQ(run.status.code, 1);
  EXPECT_EQ(run.err,
            "faas.yaml:5:15: error: a machine for aarch64 has no BIOS [FAASC0517]\nimage: {boot: bios}\n"
            "              ^~~~\n  hint: use 'boot: uefi' or 'boot: direct'\n");
  project_.write("faas.yaml",
                 "apiVersion: faasc/v1\nname: server\nruntime: cpp\nhandler: f\n"
                 "image: {kernel: nanos-aarch64}\n");
  project_.write("f.cc", "int f() { return 0; }\n");
  run = project_.faasc({"build"});
  EXPECT_EQ(run.status.code, 1);
  EXPECT_EQ(
      std::regex_replace(run.err, std::regex("nanos-aarch64@[^ ]*"), "nanos-aarch64@VERSION"),
      "faas.yaml:5:17: error: C++ functions are built for x86_64, and nanos-aarch64@VERSION runs on aarch64 "
      "[FAASC0516]\nimage: {kernel: nanos-aarch64}\n                ^~~~~~~~~~~~~\n  hint: choose 'nanos' or "
      "'linux'; Go functions and finished programs ('runtime: binary') may be for aarch64\n");
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
