#include "compiler/cpp/link_messages.h"

#include <gtest/gtest.h>

namespace faasc::cpp {
namespace {

std::string read(std::string_view text) {
  std::string out;
  for (const Diagnostic& diagnostic : read_link_messages(text)) out += to_text(diagnostic, Color::Off);
  return out;
}

constexpr const char* kUndefinedHint =
    "  hint: add the source that defines it to 'build.cpp.sources', or its library to 'build.cpp.link'\n";

TEST(LinkMessages, UndefinedSymbolFromLld) {
  EXPECT_EQ(read("ld.lld: error: undefined symbol: shop::price(int, std::__cxx11::basic_string<char, "
                 "std::char_traits<char>, "
                 "std::allocator<char>> const&)\n"
                 ">>> referenced by a.cc:4 (./src dir/a.cc:4)\n"
                 ">>>               /w/a.o:(main)\n"
                 "\n"
                 "ld.lld: error: undefined symbol: shop::missing()\n"
                 ">>> referenced by a.cc:4\n"
                 ">>>               /w/a.o:(main)\n"
                 ">>> referenced by b.cc:9\n"
                 ">>>               /w/b.o:(g())\n"
                 ">>> did you mean: shop::missing(int)\n"
                 ">>> defined in: /w/a.o\n"),
            "src dir/a.cc:4: error: 'shop::price(int, std::string const&)' is used, but nothing defines it "
            "[FAASC0240]\n" +
                std::string(kUndefinedHint) +
                "a.cc:4: error: 'shop::missing()' is used, but nothing defines it [FAASC0240]\n"
                "  hint: did you mean 'shop::missing(int)'?\n"
                "b.cc:9: note: referenced here too\n");
}

TEST(LinkMessages, UndefinedSymbolFromMold) {
  EXPECT_EQ(
      read("mold: error: undefined symbol: shop::price(int, std::__cxx11::basic_string<char, "
           "std::char_traits<char>, "
           "std::allocator<char> > const&)\n"
           ">>> referenced by a.cc\n"
           ">>>               /w/a.o:(main)\n"),
      "a.cc: error: 'shop::price(int, std::string const&)' is used, but nothing defines it [FAASC0240]\n" +
          std::string(kUndefinedHint));
}

TEST(LinkMessages, UndefinedSymbolFromGnuLd) {
  EXPECT_EQ(read("/usr/bin/ld.bfd: /w/a.o: in function `main':\n"
                 "././src dir/a.cc:4: undefined reference to `shop::missing()'\n"
                 "/usr/bin/ld.bfd: ././src dir/a.cc:5: undefined reference to `shop::missing()'\n"
                 "/usr/bin/ld: /w/b.o: in function `g()':\n"
                 "b.cc:(.text._Z1gv+0x5): undefined reference to `other()'\n"
                 "clang++: error: linker command failed with exit code 1 (use -v to see invocation)\n"),
            "src dir/a.cc:4: error: 'shop::missing()' is used, but nothing defines it [FAASC0240]\n" +
                std::string(kUndefinedHint) +
                "src dir/a.cc:5: note: referenced here too\n"
                "b.cc: error: 'other()' is used, but nothing defines it [FAASC0240]\n" +
                kUndefinedHint);
}

TEST(LinkMessages, DuplicateSymbol) {
  const std::string hint =
      "  hint: declare it 'inline' or 'static', or leave one of the two files out with '!file' in "
      "'build.cpp.sources'\n";
  EXPECT_EQ(read("ld.lld: error: duplicate symbol: dup()\n"
                 ">>> defined at a.cc:3 (./src dir/a.cc:3)\n"
                 ">>>            /w/a.o:(dup())\n"
                 ">>> defined at b.cc:1 (./b.cc:1)\n"
                 ">>>            /w/b.o:(.text._Z3dupv+0x0)\n"),
            "src dir/a.cc:3: error: 'dup()' is defined twice [FAASC0241]\n" + hint +
                "b.cc:1: note: also defined here\n");
  EXPECT_EQ(read("mold: error: duplicate symbol: /w/b.o: /w/a.o: dup()\n"),
            "faasc: error: 'dup()' is defined twice [FAASC0241]\n" + hint);
  EXPECT_EQ(
      read("/usr/bin/ld.bfd: /w/b.o: in function `dup()':\n"
           "././b.cc:1: multiple definition of `dup()'; /w/a.o:././src dir/a.cc:3: first defined here\n"),
      "b.cc:1: error: 'dup()' is defined twice [FAASC0241]\n" + hint +
          "src dir/a.cc:3: note: also defined here\n");
}

TEST(LinkMessages, MissingLibrary) {
  for (const char* text :
       {"ld.lld: error: unable to find library -lnope\n", "mold: fatal: library not found: nope\n",
        "/usr/bin/ld.bfd: cannot find -lnope: No such file or directory\n"})
    EXPECT_EQ(
        read(text),
        "faasc: error: there is no static library 'nope' [FAASC0242]\n"
        "  hint: install the package that has libnope.a, or add its directory to 'build.cpp.link' as -L\n");
}

TEST(LinkMessages, AFullDiskIsNoFaultOfTheSource) {
  EXPECT_EQ(read("ld.lld: error: failed to open /w/function.new: No space left on device\n"),
            "faasc: error: failed to open /w/function.new: No space left on device [FAASC0902]\n"
            "  hint: free some space where the build's output goes, or raise the limit on file sizes\n");
}

TEST(LinkMessages, LosesNothing) {
  EXPECT_EQ(read("ld.lld: error: /w/a.o is incompatible with elf64-x86-64\n"),
            "faasc: error: /w/a.o is incompatible with elf64-x86-64 [FAASC0243]\n");
  EXPECT_EQ(read("/usr/bin/ld: /w/a.o: warning: Using 'getaddrinfo' in statically linked applications\n"),
            "faasc: warning: Using 'getaddrinfo' in statically linked applications\n");
  EXPECT_EQ(read(""), "");
}

TEST(LinkMessages, AreBounded) {
  std::string text;
  for (int i = 0; i < 10000; ++i)
    text += "ld.lld: error: undefined symbol: f" + std::to_string(i) + "()\n>>> referenced by a.cc:1\n\n";
  EXPECT_EQ(read_link_messages(text).size(), 50u);
}

}  // namespace
}  // namespace faasc::cpp
