// What a build does that is not the first one.

#include "compiler/cpp/build_fixture.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

TEST_F(Build, DoesOnlyWhatIsNeeded) {
  write_hello();
  EXPECT_EQ(build_again(), "compiled 2, linked");
  EXPECT_EQ(build_again(), "compiled 0");
  write("src/hello.cc", std::string(kHello) + "// the same code\n");
  EXPECT_EQ(build_again(), "compiled 1");
  write("src/greeting.h", std::string(kGreetingHeader) + "inline int more() { return 1; }\n");
  EXPECT_EQ(build_again(), "compiled 2") << "and the objects are the same";
  fs::remove(request_.work_dir / "objects/src/greeting.cc.o");
  EXPECT_EQ(build_again(), "compiled 1");
  request_.defines = {"MORE"};
  EXPECT_EQ(build_again(), "compiled 2");
  fs::remove(request_.work_dir / "function");
  EXPECT_EQ(build_again(), "compiled 0, linked");
  write("src/greeting.cc",
        "#include \"greeting.h\"\nstd::string greeting(std::string const&) { return \"Bye\"; }\n");
  EXPECT_EQ(build_again(), "compiled 1, linked");
  // A fresh checkout: other times, the same content.
  for (const char* name : {"src/hello.cc", "src/greeting.cc", "src/greeting.h"}) {
    auto text = read_file(request_.project_dir / name);
    ASSERT_TRUE(text);
    write(name, *text);
  }
  EXPECT_EQ(build_again(), "compiled 0");
}

TEST_F(Build, SeesAHeaderThatComesFirstNow) {
  write_hello();
  write("first/empty.h", "");
  write("second/name.h", "#define NAME \"second\"\n");
  write("src/greeting.cc",
        "#include \"greeting.h\"\n#include <name.h>\nstd::string greeting(std::string const&) { return NAME; "
        "}\n");
  request_.includes = {"first", "second"};
  EXPECT_EQ(build_again(), "compiled 2, linked");
  write("first/name.h", "#define NAME \"first\"\n");
  EXPECT_EQ(build_again(), "compiled 1, linked");
  fs::remove(request_.project_dir / "first/name.h");
  EXPECT_EQ(build_again(), "compiled 1, linked");
}

TEST_F(Build, WarnsAgainAboutWhatIsUnchanged) {
  write_hello();
  write("src/greeting.h", std::string(kGreetingHeader) + "inline int odd() { 1 == 2; return 1; }\n");
  const std::string warning =
      "D/a project/src/greeting.h:4:22: warning: equality comparison result unused [-Wunused-comparison]\n"
      "inline int odd() { 1 == 2; return 1; }\n"
      "                     ^~~~\n"
      "D/a project/src/greeting.cc:1:10: note: in a file included from here\n"
      "#include \"greeting.h\"\n"
      "         ^\n";
  EXPECT_EQ(build_again(), "compiled 2, linked" + warning);
  EXPECT_EQ(build_again(), "compiled 0" + warning);
}

}  // namespace
}  // namespace faasc
