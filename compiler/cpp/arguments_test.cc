#include "compiler/cpp/arguments.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace faasc::cpp {
namespace {

std::string refusal(const CppRequest& request) {
  auto checked = check_arguments(request);
  return checked ? "" : checked.error().code + " " + checked.error().what;
}

TEST(CppArguments, RefusesStandards) {
  for (int standard : {11, 14, 17, 20, 23}) EXPECT_EQ(refusal({.standard = standard}), "");
  EXPECT_EQ(refusal({.standard = 98}), "FAASC0221 C++ standard '98' is not one of 11, 14, 17, 20, 23");
}

TEST(CppArguments, RefusesFlags) {
  struct Case {
    const char* flag;
    const char* why;  // nullptr: allowed
  };
  const Case cases[] = {
      {"-o", "faasc decides what is written where"},
      {"-ofile", "faasc decides what is written where"},
      {"-c", "faasc decides what is written where"},
      {"-MD", "faasc decides what is written where"},
      {"-flto=thin", "faasc decides what is written where"},
      {"-shared", "a function is one static executable"},
      {"-static", "a function is one static executable"},
      {"-pie", "a function is one static executable"},
      {"-m32", "images are for x86-64"},
      {"--target=aarch64-linux-gnu", "images are for x86-64"},
      {"-fplugin=x.so", "it would run code inside the compiler"},
      {"-std=c++20", "'build.cpp.standard' says which it is"},
      {"-Wall", nullptr},
      {"-O3", nullptr},
      {"-march=native", nullptr},
      {"-fno-exceptions", nullptr},
      {"-static-libstdc++", nullptr},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.flag);
    std::string flag = std::string("flag '") + c.flag;
    EXPECT_EQ(
        refusal({.flags = {c.flag}}),
        c.why ? "FAASC0222 " + flag + "' in 'build.cpp.flags' is not allowed: " + c.why : std::string());
    EXPECT_EQ(refusal({.link = {c.flag}}),
              c.why ? "FAASC0222 " + flag + "' in 'build.cpp.link' is not allowed: " + c.why : std::string());
  }
  EXPECT_EQ(refusal({.flags = {"@flags.txt"}}),
            "FAASC0222 '@flags.txt' in 'build.cpp.flags' is not allowed: write the flags of the file out");
}

TEST(CppArguments, KeepsTheOrder) {
  CppRequest request{.project_dir = "/p",
                     .standard = 20,
                     .includes = {"include", "/opt/x/include", "../shared"},
                     .defines = {"A", "B=1"},
                     .flags = {"-Wall"},
                     .work_dir = "/p/.faasc",
                     .installation = {"", "/f/include", ""}};
  auto arguments = compile_arguments(request, "a.cc");
  ASSERT_TRUE(arguments);
  EXPECT_EQ(*arguments, (std::vector<std::string>{"-std=c++20",
                                                  "-O2",
                                                  "-g1",
                                                  "-fno-pie",
                                                  "-ffunction-sections",
                                                  "-fdata-sections",
                                                  "-ferror-limit=0",
                                                  "-fno-color-diagnostics",
                                                  "-Wno-enum-constexpr-conversion",
                                                  "-ffile-compilation-dir=.",
                                                  "-ffile-prefix-map=/p=.",
                                                  "-ffile-prefix-map=/p/.faasc=/faasc/work",
                                                  "-ffile-prefix-map=/f/include=/faasc/include",
                                                  "-I/f/include",
                                                  "--system-header-prefix=google/cloud/functions/",
                                                  "--system-header-prefix=faasc/",
                                                  "--system-header-prefix=aws/",
                                                  "-Iinclude",
                                                  "-isystem",
                                                  "/opt/x/include",
                                                  "-isystem",
                                                  "../shared",
                                                  "-DA",
                                                  "-DB=1",
                                                  "-Wall"}));
  auto for_c = compile_arguments(request, "legacy/a.c");
  ASSERT_TRUE(for_c);
  EXPECT_EQ((*for_c)[0] + (*for_c)[1], "-xc");
}

TEST(CppArguments, LinksTheRuntimeLast) {
  CppRequest request{.link = {"-Llib", "-lfoo"}, .installation = {"", "", "/f/libfaasrt.a"}};
  auto arguments = link_arguments(request, {"/w/a.o", "/w/b.o"}, "/w/main.o");
  ASSERT_TRUE(arguments);
  EXPECT_EQ(*arguments,
            (std::vector<std::string>{"-static", "-pthread", "-Wl,--gc-sections", "-Wl,--build-id=none",
                                      "/w/a.o", "/w/b.o", "/w/main.o", "-Llib", "-lfoo", "/f/libfaasrt.a"}));
}

TEST(CppArguments, MainNamesTheSymbol) {
  ChosenHandler chosen;
  chosen.function.name = "shop::price";
  chosen.function.symbol = "_ZN4shop5priceEv";
  EXPECT_EQ(main_source(chosen),
            "// Made by faasc: hands 'shop::price' to the runtime.\n"
            "#include \"faasc/rt/serve.h\"\n"
            "\n"
            "google::cloud::functions::Function faasc_handler() __asm__(\"_ZN4shop5priceEv\");\n"
            "\n"
            "int main(int argc, char** argv) { return faasc::rt::serve(argc, argv, &faasc_handler); }\n");
  chosen.shape = Shape::EventConstReference;
  EXPECT_NE(
      main_source(chosen).find("\nvoid faasc_handler(google::cloud::functions::CloudEvent const&) __asm__"),
      std::string::npos);
  chosen.shape = Shape::HttpRvalue;
  EXPECT_NE(main_source(chosen).find("\ngoogle::cloud::functions::HttpResponse "
                                     "faasc_handler(google::cloud::functions::HttpRequest&&) __asm__"),
            std::string::npos);
}

}  // namespace
}  // namespace faasc::cpp
