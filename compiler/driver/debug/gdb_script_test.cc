#include "compiler/driver/debug/gdb_script.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "compiler/driver/debug/loaded_files.h"

namespace faasc {
namespace {

TEST(GdbScript, OfAGuest) {
  GdbScript script;
  script.architecture = "i386:x86-64";
  script.socket = "/tmp/x/gdb.socket";
  script.program = {"/p/my \"project\"/function.debug", 0};
  script.program_is_static = true;
  script.files = {{"/k/kernel.img", 0xffffffff9b000000}};
  script.source_directory = "/p/my project";
  script.source_map = {{"/faasc/work", "/p/build"}};
  script.breakpoints = {"hello.cc:7"};
  script.commands = {"continue", "print name"};
  EXPECT_EQ(to_text(script),
            "set confirm off\n"
            "set pagination off\n"
            "set breakpoint pending on\n"
            "set substitute-path \"/faasc/work\" \"/p/build\"\n"
            "directory \"/p/my project\"\n"
            "set architecture i386:x86-64\n"
            "set auto-solib-add off\n"
            "file \"/p/my \\\"project\\\"/function.debug\"\n"
            "add-symbol-file \"/k/kernel.img\" -o 0xffffffff9b000000\n"
            "target remote /tmp/x/gdb.socket\n"
            "break hello.cc:7\n"
            "continue\n"
            "print name\n");
}

TEST(GdbScript, OfADynamicProgramThatTheKernelPlaces) {
  GdbScript script;
  script.architecture = "i386:x86-64";
  script.socket = "/s";
  script.program = {"/r/app", 0x400000};
  script.files = {{"/r/lib/libc.so.6", 0x1000}};
  script.python_scripts = {"/usr/share/gdb/auto-load/usr/bin/python3.11-gdb.py"};
  EXPECT_EQ(to_text(script),
            "set confirm off\n"
            "set pagination off\n"
            "set breakpoint pending on\n"
            "set architecture i386:x86-64\n"
            "set auto-solib-add off\n"
            "symbol-file \"/r/app\" -o 0x400000\n"
            "add-symbol-file \"/r/lib/libc.so.6\" -o 0x1000\n"
            "target remote /s\n"
            "source /usr/share/gdb/auto-load/usr/bin/python3.11-gdb.py\n");
}

TEST(GdbScript, OfAProcess) {
  GdbScript script;
  script.process = 123;
  script.sandbox = "/f/faasc-sandbox";
  script.program = {"/p/function.debug", 0};
  script.breakpoints = {"hello"};
  EXPECT_EQ(to_text(script),
            "set confirm off\n"
            "set pagination off\n"
            "set breakpoint pending on\n"
            "set sysroot /proc/123/root\n"
            "set exec-file-mismatch off\n"
            "file \"/f/faasc-sandbox\"\n"
            "attach 123\n"
            "catch exec\n"
            "continue\n"
            "delete\n"
            "symbol-file \"/p/function.debug\"\n"
            "break hello\n");
}

TEST(LoadedFiles, FindSymbolsInAnElfFile) {
  const std::filesystem::path self = "/proc/self/exe";
  EXPECT_TRUE(symbol_value(self, "main"));
  EXPECT_EQ(symbol_value(self, "no such symbol"), std::nullopt);
  EXPECT_EQ(symbol_value("/nowhere", "main"), std::nullopt);
  // However much of it is there.
  auto bytes = read_file(self, std::uint64_t{1} << 30);
  ASSERT_TRUE(bytes);
  auto directory = TemporaryDirectory::create(testing::TempDir(), "elf");
  ASSERT_TRUE(directory);
  for (std::size_t size : {0, 3, 4, 63, 64, 1000, 100'000}) {
    ASSERT_TRUE(write_file(directory->path() / "cut", bytes->substr(0, size)));
    EXPECT_EQ(symbol_value(directory->path() / "cut", "main"), std::nullopt) << size;
  }
}

TEST(LoadedFiles, AreWhereTheKernelPutsThem) {
  EXPECT_EQ(program_offset({.position_independent = false}, "nanos"), 0u);
  EXPECT_EQ(program_offset({.position_independent = true}, "nanos"), 0x400000u);
  EXPECT_EQ(program_offset({.position_independent = true}, "linux"), 0x555555554000u);
}

}  // namespace
}  // namespace faasc
