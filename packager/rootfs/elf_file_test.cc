#include "packager/rootfs/elf_file.h"

#include <random>

#include <elf.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/process.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

class ElfFileTest : public testing::Test {
 protected:
  std::string at(std::string_view name) { return directory_.path() / name; }
  std::string file(std::string_view name, std::string_view bytes) {
    // There are thousands, and a file that is made anew or truncated to nothing is slow on some hosts.
    Fd fd(::open(at(name).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0755));
    EXPECT_TRUE(write_all_at(fd, bytes, 0, at(name)));
    EXPECT_EQ(::ftruncate(fd.get(), static_cast<off_t>(bytes.size())), 0);
    return at(name);
  }
  void compile(std::vector<std::string> words) {
    words.insert(words.begin(), FAASC_C_COMPILER);
    auto built = run({.argv = words, .working_directory = directory_.path(), .environment = {}});
    ASSERT_TRUE(built) << to_text(built.error(), Color::Off);
    ASSERT_TRUE(built->status.ok()) << built->err;
  }
  std::string refusal(std::string_view bytes) {
    auto read = read_elf_file(file("damaged", bytes));
    return read ? "accepted" : to_text(read.error(), Color::Off);
  }
  TemporaryDirectory directory_ = std::move(TemporaryDirectory::create(testing::TempDir(), "elf")).value();
};

TEST_F(ElfFileTest, SaysWhatIsNeeded) {
  file("b.c", "int b(void) { return 1; }");
  file("a.c", "int b(void); int a(void) { return b(); }");
  compile({"-shared", "-fPIC", "-nostdlib", "-Wl,-soname,libb.so.1", "-o", "libb.so", "b.c"});
  compile({"-shared", "-fPIC", "-nostdlib", "-Wl,--enable-new-dtags,-rpath,/x:$ORIGIN/../lib", "-o",
           "liba.so", "a.c", "libb.so"});
  ElfFile a = read_elf_file(at("liba.so")).value();
  EXPECT_THAT(a.needed, testing::ElementsAre("libb.so.1"));
  EXPECT_THAT(a.runpath, testing::ElementsAre("/x", "$ORIGIN/../lib"));
  EXPECT_TRUE(a.rpath.empty());
  EXPECT_EQ(a.interpreter, "");
  EXPECT_EQ(a.soname, "");
  EXPECT_EQ(read_elf_file(at("libb.so"))->soname, "libb.so.1");
  compile({"-shared", "-fPIC", "-nostdlib", "-Wl,--disable-new-dtags,-rpath,/x", "-o", "liba.so", "a.c",
           "libb.so"});
  EXPECT_THAT(read_elf_file(at("liba.so"))->rpath, testing::ElementsAre("/x"));
}

TEST_F(ElfFileTest, TellsProgramsFromStaticOnes) {
  file("main.c", "int main(void) { return 0; }");
  compile({"-o", "dynamic", "main.c"});
  compile({"-static", "-o", "static", "main.c"});
  EXPECT_NE(read_elf_file(at("dynamic"))->interpreter, "");
  ElfFile file = read_elf_file(at("static")).value();
  EXPECT_EQ(file.interpreter, "");
  EXPECT_TRUE(file.needed.empty());
  EXPECT_TRUE(looks_like_elf(at("static")));
  EXPECT_FALSE(looks_like_elf(at("main.c")));
  EXPECT_FALSE(looks_like_elf(at("none")));
}

TEST_F(ElfFileTest, RefusesWhatIsNoProgram) {
  std::string path = at("damaged");
  EXPECT_EQ(refusal(""), "faasc: error: '" + path + "' is not an ELF file [FAASC0504]\n");
  EXPECT_EQ(refusal("#!/bin/sh\n"), "faasc: error: '" + path + "' is not an ELF file [FAASC0504]\n");
  EXPECT_EQ(refusal("\x7f"
                    "ELF"),
            "faasc: error: '" + path + "' is a damaged ELF file: its header is cut off [FAASC0505]\n");
  std::string directory = directory_.path();
  EXPECT_EQ(to_text(read_elf_file(directory).error(), Color::Off),
            "faasc: error: '" + directory + "' is not an ELF file [FAASC0504]\n");

  file("main.c", "int main(void) { return 0; }");
  compile({"-c", "-o", "main.o", "main.c"});
  EXPECT_EQ(
      refusal(read_file(at("main.o")).value()),
      "faasc: error: '" + path + "' is neither a program nor a shared library (ELF type 1) [FAASC0506]\n");
  compile({"-o", "main", "main.c"});
  std::string bytes = read_file(at("main")).value();
  bytes[EI_CLASS] = ELFCLASS32;
  EXPECT_EQ(refusal(bytes),
            "faasc: error: '" + path + "' is not a 64-bit little-endian ELF file [FAASC0506]\n");
}

TEST_F(ElfFileTest, SurvivesDamage) {
  file("main.c", "int main(void) { return 0; }");
  compile({"-s", "-o", "main", "main.c"});
  std::string whole = read_file(at("main")).value();
  std::size_t refused = 0;
  for (std::size_t size = 0; size < whole.size(); size += size < 4096 ? 1 : 61)
    refused += !read_elf_file(file("cut", whole.substr(0, size)));
  EXPECT_GT(refused, 500u);
  std::mt19937 random(3);
  for (int round = 0; round < 3000; ++round) {
    std::string changed = whole;
    for (int i = 0; i < 3; ++i) changed[random() % (i == 0 ? 64 : 1200)] = static_cast<char>(random());
    (void)read_elf_file(file("changed", changed));
  }
}

}  // namespace
}  // namespace faasc
