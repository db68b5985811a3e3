// What builds say of sources, libraries and requests that are wrong.

#include "base/process.h"
#include "compiler/cpp/build_fixture.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

TEST_F(Build, LintsCallsOfSourcesAndOfLibraries) {
  write("hello.cc",
        "#include <google/cloud/functions/function.h>\n#include <cstdlib>\n"
        "extern \"C\" int in_library();\n"
        "google::cloud::functions::HttpResponse f(google::cloud::functions::HttpRequest) {\n"
        "  if (std::getenv(\"X\")) std::system(\"ls\");\n"
        "  return google::cloud::functions::HttpResponse{}.set_result(in_library());\n}\n");
  write("lib.c", "#include <unistd.h>\nint in_library(void) { return fork() < 0 ? 500 : 200; }\n");
  auto made =
      run({.argv = {"cc", "-c", "-o", at("a project/lib.o").string(), at("a project/lib.c").string()}});
  ASSERT_TRUE(made && made->status.ok());
  request_.sources = {"hello.cc"};
  request_.link = {"lib.o"};
  build_again();
  EXPECT_EQ(said_, "");
  request_.lint = CppLint::Warn;
  for (const char* round : {"first", "repeated"}) {
    SCOPED_TRACE(round);
    build_again();
    EXPECT_NE(
        said_.find("hello.cc:5:30: warning: 'system' runs another program, which a unikernel does not do"),
        std::string::npos)
        << said_;
    EXPECT_NE(said_.find("warning: 'lib.o' uses 'fork', which starts another process"), std::string::npos)
        << said_;
  }
  request_.lint = CppLint::Strict;
  build_again();
  EXPECT_NE(said_.find("hello.cc:5:30: error: 'system'"), std::string::npos) << said_;
}

TEST_F(Build, ShowsPlacesFromWhereItWasStarted) {
  write_hello();
  write("src/hello.cc", "#include \"greeting.h\"\nint f() { return x; }\n");
  write("src/greeting.cc", "#include \"gone.h\"\n");
  EXPECT_EQ(build_again(),
            "D/a project/src/greeting.cc:1:10: error: 'gone.h' file not found\n"
            "#include \"gone.h\"\n"
            "         ^~~~~~~~\n"
            "  hint: if it is a library's, install the library or add its directory to 'build.cpp.includes'\n"
            "D/a project/src/hello.cc:2:18: error: use of undeclared identifier 'x'\n"
            "int f() { return x; }\n"
            "                 ^\n"
            "faasc: error: 2 of 2 sources do not compile [FAASC0200]\n");
}

TEST_F(Build, UndefinedSymbol) {
  write_hello();
  request_.sources = {"src/hello.cc"};
  EXPECT_EQ(
      build_again(),
      "D/a project/src/hello.cc:9: error: 'greeting(std::string const&)' is used, but nothing defines it "
      "[FAASC0240]\n"
      "  hint: add the source that defines it to 'build.cpp.sources', or its library to 'build.cpp.link'\n"
      "faasc: error: the function cannot be linked [FAASC0200]\n");
  // Nothing half made is left, and the next build is not told otherwise.
  EXPECT_FALSE(fs::exists(request_.work_dir / "function"));
  request_.sources.push_back("src/greeting.cc");
  EXPECT_EQ(build_again(), "compiled 1, linked");
}

TEST_F(Build, MissingLibrary) {
  write_hello();
  request_.link = {"-lno_such_library"};
  EXPECT_EQ(build_again(),
            "faasc: error: there is no static library 'no_such_library' [FAASC0242]\n"
            "  hint: install the package that has libno_such_library.a, or add its directory to "
            "'build.cpp.link' as -L\n"
            "faasc: error: the function cannot be linked [FAASC0200]\n");
}

TEST_F(Build, MainIsInTheWay) {
  write_hello();
  write("src/main.cc", "int main() { return 0; }\n");
  request_.sources.push_back("src/main.cc");
  EXPECT_EQ(build_again(),
            "D/a project/src/main.cc:1:5: error: main() is in the way of the one that faasc makes for the "
            "handler 'shop::hello' [FAASC0209]\n"
            "int main() { return 0; }\n"
            "    ^~~~\n"
            "  hint: leave this file out with '!file' in 'build.cpp.sources', or set 'signature: server' to "
            "run this main()\n"
            "faasc: error: there is no handler to build [FAASC0200]\n");
  request_.wanted.signature = "server";
  EXPECT_EQ(build_again(), "compiled 0, linked");
  auto finished =
      run({.argv = {(request_.work_dir / "function").string()}, .working_directory = {}, .environment = {}});
  ASSERT_TRUE(finished);
  EXPECT_TRUE(finished->status.ok());
}

TEST_F(Build, AHandlerInAHeaderOfTwoSources) {
  write("f.h",
        "#include <google/cloud/functions/function.h>\n"
        "google::cloud::functions::HttpResponse f(google::cloud::functions::HttpRequest) { return {}; }\n");
  write("a.cc", "#include \"f.h\"\n");
  write("b.cc", "#include \"f.h\"\n");
  request_.sources = {"a.cc", "b.cc"};
  EXPECT_EQ(build_again(),
            "D/a project/f.h:2:40: error: 'f' is defined in a header that 2 sources include [FAASC0208]\n"
            "google::cloud::functions::HttpResponse f(google::cloud::functions::HttpRequest) { return {}; }\n"
            "                                       ^\n"
            "  hint: declare it 'inline', or define it in one source\n"
            "faasc: error: there is no handler to build [FAASC0200]\n");
}

TEST_F(Build, RefusesWithoutStarting) {
  write_hello();
  request_.flags = {"-m32"};
  EXPECT_EQ(build_again(),
            "faasc: error: flag '-m32' in 'build.cpp.flags' is not allowed: images are for x86-64 "
            "[FAASC0222]\n  hint: remove it\n");
  request_.flags = {};
  request_.sources = {};
  EXPECT_EQ(build_again(),
            "faasc: error: there is no C++ source to build [FAASC0220]\n"
            "  hint: name the files that make the function in 'build.cpp.sources'\n");
  request_ = request_in("a project");
  request_.installation.runtime_library = "/nowhere/libfaasrt.a";
  EXPECT_EQ(build_again(),
            "faasc: error: the C++ runtime is not complete: there is no '/nowhere/libfaasrt.a' [FAASC0231]\n"
            "  hint: install faasc again\n");
  request_ = request_in("a project");
  request_.installation.compiler = "/nowhere/faasc-cxx";
  EXPECT_EQ(build_again(),
            "faasc: error: cannot start the C++ compiler '/nowhere/faasc-cxx' [FAASC0230]\n"
            "  hint: install faasc again, with Clang 19's libraries: apt install libclang-cpp19 "
            "libclang-common-19-dev\n");
}

}  // namespace
}  // namespace faasc
