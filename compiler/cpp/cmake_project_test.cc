// CMake is the real one.

#include "compiler/cpp/cmake_project.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/process.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;

class CMake : public testing::Test {
 protected:
  void SetUp() override {
    if (!find_program("cmake")) GTEST_SKIP() << "there is no cmake";
    auto made = TemporaryDirectory::create(testing::TempDir(), "cmake project");
    ASSERT_TRUE(made);
    directory_.emplace(std::move(*made));
    request_.project_dir = directory_->path() / "project dir";
    request_.work_dir = directory_->path() / "work";
    request_.target = "price";
    request_.directory_place = {"faas.yaml", 6, 18, 21};
    request_.target_place = {"faas.yaml", 7, 21, 26};
    put("price.cc", "int price() { return 1; }\n");
    put("tax.cc", "int tax() { return 2; }\n");
  }
  void put(const char* name, std::string_view text) {
    ASSERT_TRUE(write_file(directory_->path() / "project dir" / name, text));
    // What changes in the tick of the clock in which CMake starts is not trusted afterwards.
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  void project(const std::string& text) {
    put("CMakeLists.txt", "cmake_minimum_required(VERSION 3.19)\nproject(prices CXX)\n" + text);
  }
  // What the user sees, without the directory's name.
  std::string refusal() {
    Diagnostics diagnostics;
    auto read =
        read_cmake_project(request_, diagnostics, [&](const std::string& what) { told_.push_back(what); });
    if (read) return "accepted";
    std::string text;
    for (const Diagnostic& diagnostic : diagnostics.all()) text += to_text(diagnostic, Color::Off);
    if (text.empty()) text = to_text(read.error(), Color::Off);
    std::string place = fs::canonical(directory_->path()).string();
    for (std::size_t at; (at = text.find(place)) != std::string::npos;) text.replace(at, place.size(), "DIR");
    return text;
  }
  CMakeProject read() {
    Diagnostics diagnostics;
    told_.clear();
    auto read =
        read_cmake_project(request_, diagnostics, [&](const std::string& what) { told_.push_back(what); });
    EXPECT_TRUE(read) << (read ? "" : to_text(read.error(), Color::Off));
    for (const Diagnostic& diagnostic : diagnostics.all()) ADD_FAILURE() << to_text(diagnostic, Color::Off);
    return read ? std::move(*read) : CMakeProject{};
  }

  std::optional<TemporaryDirectory> directory_;
  CMakeRequest request_;
  std::vector<std::string> told_;
};

TEST_F(CMake, TakesATargetsSourcesFlagsAndLibraries) {
  put("made.cmake", "file(WRITE made.h \"#define MADE 1\\n\")\n");
  project(R"(
find_package(functions_framework_cpp 1.0 REQUIRED)
add_library(tax STATIC tax.cc)
target_compile_options(tax INTERFACE -Wshadow)
add_custom_command(OUTPUT made.h COMMAND ${CMAKE_COMMAND} -P "${CMAKE_CURRENT_SOURCE_DIR}/made.cmake")
add_custom_target(made DEPENDS made.h)
add_library(price price.cc)
add_dependencies(price made)
set_property(TARGET price PROPERTY CXX_STANDARD 20)
set_property(TARGET price PROPERTY POSITION_INDEPENDENT_CODE ON)
target_compile_definitions(price PRIVATE "LABEL=\"a b\"")
target_include_directories(price PRIVATE "${CMAKE_CURRENT_BINARY_DIR}")
target_link_libraries(price PRIVATE tax functions-framework-cpp::framework -lz)
)");
  CMakeProject project = read();
  ASSERT_EQ(project.sources, std::vector<std::string>{"price.cc"});
  std::string build = (fs::canonical(request_.work_dir) / "cmake").string();
  // CMake's versions order flags differently.
  std::vector<std::string> arguments = project.arguments["price.cc"];
  std::sort(arguments.begin(), arguments.end());
  EXPECT_EQ(arguments, (std::vector<std::string>{"-DLABEL=\"a b\"", "-DNDEBUG", "-I" + build, "-O3",
                                                 "-Wshadow", "-std=gnu++20"}));
  EXPECT_EQ(project.link, (std::vector<std::string>{build + "/libtax.a", "-lz"}));
  EXPECT_TRUE(project.has_built_parts);
  EXPECT_TRUE(fs::exists(build + "/libtax.a"));
  EXPECT_TRUE(fs::exists(build + "/made.h"));
  EXPECT_NE(std::find(project.inputs.begin(), project.inputs.end(),
                      fs::canonical(request_.project_dir) / "CMakeLists.txt"),
            project.inputs.end());
  // Nothing is written into the user's directory.
  std::set<std::string> left;
  for (const auto& entry : fs::directory_iterator(request_.project_dir)) left.insert(entry.path().filename());
  EXPECT_EQ(left, (std::set<std::string>{"CMakeLists.txt", "made.cmake", "price.cc", "tax.cc"}));
  // Configured once; CMake's own build sees what its libraries are made of.
  read();
  EXPECT_EQ(told_, std::vector<std::string>{"building 2 targets with CMake"});
}

TEST_F(CMake, SharedLibrariesAreReplacedByTheArchivesBesideThem) {
  put("lib/libfound.so", "");
  put("lib/libfound.a", "!<arch>\n");
  put("lib/libonly.so", "");
  project(
      "add_executable(price price.cc)\ntarget_link_libraries(price ${CMAKE_SOURCE_DIR}/lib/libfound.so)\n");
  std::string lib = (fs::canonical(request_.project_dir) / "lib").string();
  for (const std::string& word : read().link)
    EXPECT_TRUE(word == "-L" + lib || word == "-lfound" || word == lib + "/libfound.a") << word;
  EXPECT_FALSE(read().has_built_parts);

  project(
      "add_executable(price price.cc)\ntarget_link_libraries(price ${CMAKE_SOURCE_DIR}/lib/libonly.so)\n");
  EXPECT_EQ(
      refusal(),
      "faas.yaml:7:21: error: the CMake target 'price' links with 'DIR/project dir/lib/libonly.so', and "
      "there is no static library beside it; a function is one static program [FAASC0275]\n"
      "  hint: install or build the library's .a, or take the library out of the target\n");
  project(
      "add_library(tax SHARED tax.cc)\nadd_executable(price price.cc)\ntarget_link_libraries(price tax)\n");
  EXPECT_EQ(refusal(),
            "faas.yaml:7:21: error: the CMake target 'price' links with 'tax', which is a shared library; a "
            "function is one static program [FAASC0275]\n"
            "  hint: make it with add_library(tax STATIC ...)\n");
}

TEST_F(CMake, SaysWhatIsWrongWithATarget) {
  EXPECT_EQ(refusal(),
            "faas.yaml:6:18: error: there is no CMakeLists.txt in '.' [FAASC0278]\n"
            "  hint: 'build.cpp.cmake.dir' is the directory of the project's topmost CMakeLists.txt\n");
  project("add_executable(prices price.cc)\nadd_custom_target(all_prices)\n");
  EXPECT_EQ(refusal(),
            "faas.yaml:7:21: error: there is no CMake target 'price' in '.' [FAASC0223]\n"
            "  hint: did you mean 'prices'?\n");
  request_.target = "function";
  EXPECT_EQ(refusal(),
            "faas.yaml:7:21: error: there is no CMake target 'function' in '.' [FAASC0223]\n"
            "  hint: its targets are 'prices'\n");
  request_.target = "all_prices";
  EXPECT_EQ(
      refusal(),
      "faas.yaml:7:21: error: the CMake target 'all_prices' is a custom target, of which no function can "
      "be made [FAASC0273]\n"
      "  hint: name one that add_executable() or add_library(... STATIC) or OBJECT makes\n");
  request_.target = "price";
  project("add_executable(price prise.cc)\n");
  EXPECT_EQ(refusal(),
            "faasc: error: CMake cannot configure the project in '.' [FAASC0274]\n"
            "  | CMake Error at CMakeLists.txt:3 (add_executable):\n"
            "  |   Cannot find source file:\n"
            "  | \n"
            "  |     prise.cc\n"
            "  | \n"
            "  |   Tried extensions .c .C .c++ .cc .cpp .cxx .cu .mpp .m .M .mm .ixx .cppm .h\n"
            "  |   .hh .h++ .hm .hpp .hxx .in .txx .f .F .for .f77 .f90 .f95 .f03 .hip .ispc\n"
            "  | \n"
            "  | \n"
            "  | CMake Error at CMakeLists.txt:3 (add_executable):\n"
            "  |   No SOURCES given to target: price\n"
            "  | \n"
            "  | \n"
            "  | CMake Generate step failed.  Build files cannot be regenerated correctly.\n"
            "  hint: mend it until this works: cmake -S . -B /tmp/cmake-build\n");
}

TEST_F(CMake, ASourceThatIsNeitherCNorCppIsRefused) {
  put("boot.s", ".globl boot\nboot: ret\n");
  project("enable_language(ASM)\nadd_executable(price price.cc boot.s)\n");
  EXPECT_EQ(refusal(),
            "faas.yaml:7:21: error: the CMake target 'price' has a source that is neither C nor C++: "
            "'DIR/project dir/boot.s' "
            "[FAASC0225]\n"
            "  hint: move it into a library of its own, which CMake then builds\n");
}

TEST_F(CMake, ALibraryThatDoesNotCompileIsShownAsCMakeShowsIt) {
  put("tax.cc", "int tax() { return nothing; }\n");
  project("add_library(tax tax.cc)\nadd_executable(price price.cc)\ntarget_link_libraries(price tax)\n");
  std::string said = refusal();
  EXPECT_EQ(said.substr(0, said.find('\n') + 1),
            "faasc: error: CMake cannot build what the target 'price' needs: 'tax' [FAASC0276]\n");
  EXPECT_NE(said.find("nothing"), std::string::npos) << said;
}

// "file" stands for what git fetches without a network, too; nothing listens at the addresses.
TEST_F(CMake, DownloadsAreRefusedOffline) {
  request_.offline = true;
  auto expected = [](const std::string& what) {
    return "faasc: error: the CMake project in '.' downloads " + what +
           ", which --offline forbids [FAASC0279]\n"
           "  hint: build it once without --offline, which keeps what is downloaded; or let FetchContent "
           "take a "
           "copy of the project's own (SOURCE_DIR)\n";
  };
  auto fetched = [](const std::string& from) {
    return "include(FetchContent)\nFetchContent_Declare(tax " + from +
           ")\nFetchContent_MakeAvailable(tax)\nadd_executable(price price.cc)\n";
  };
  project(fetched("URL http://127.0.0.1:9/tax.tar.gz"));
  EXPECT_EQ(refusal(), expected("'http://127.0.0.1:9/tax.tar.gz'"));
  // Where nobody looks at what became of it, CMake goes on, as it does without a network.
  std::string digest = " EXPECTED_HASH SHA256=" + std::string(64, '0') + ")\n";
  project("file(DOWNLOAD https://127.0.0.1:9/tax.h ${CMAKE_BINARY_DIR}/tax.h" + digest +
          "add_executable(price price.cc)\n");
  EXPECT_EQ(refusal(), expected("something"));
  if (find_program("git")) {
    project(fetched("GIT_REPOSITORY https://127.0.0.1:9/tax.git"));
    EXPECT_EQ(refusal(), expected("'https://127.0.0.1:9/tax.git'"));
  }
  // Only when it is built.
  project(
      "add_custom_command(OUTPUT made.cc COMMAND ${CMAKE_COMMAND} -P ${CMAKE_SOURCE_DIR}/made.cmake)\n"
      "add_executable(price price.cc made.cc)\n");
  put("made.cmake", "file(DOWNLOAD http://127.0.0.1:9/made.cc ${CMAKE_BINARY_DIR}/no.cc" + digest);
  EXPECT_EQ(refusal(), expected("something"));
  // What needs no network.
  put("copy/CMakeLists.txt", "add_library(tax STATIC ../tax.cc)\n");
  project(fetched("SOURCE_DIR ${CMAKE_SOURCE_DIR}/copy") + "target_link_libraries(price tax)\n");
  EXPECT_TRUE(read().has_built_parts);
}

TEST_F(CMake, WhatWasDownloadedIsKeptForOffline) {
  // An archive in a file stands for one on a server: what is tested is that it is not fetched again.
  put("tax/CMakeLists.txt", "add_library(tax STATIC tax.cc)\n");
  put("tax/tax.cc", "int tax() { return 3; }\n");
  auto packed = run({.argv = {find_program("cmake")->string(), "-E", "tar", "cf", "../tax.tar", "tax"},
                     .working_directory = request_.project_dir,
                     .environment = {}});
  ASSERT_TRUE(packed && packed->status.ok());
  project(
      "include(FetchContent)\nFetchContent_Declare(tax URL ${CMAKE_SOURCE_DIR}/../tax.tar)\n"
      "FetchContent_MakeAvailable(tax)\nadd_executable(price price.cc)\ntarget_link_libraries(price tax)\n");
  EXPECT_TRUE(read().has_built_parts);
  fs::remove(directory_->path() / "tax.tar");
  request_.offline = true;
  EXPECT_TRUE(read().has_built_parts);
}

TEST_F(CMake, ReplyOfAnotherConfigurationIsNotTakenForThisOne) {
  project("add_executable(price price.cc)\n");
  read();
  std::string good = *read_file(request_.project_dir / "CMakeLists.txt");
  EXPECT_EQ(told_.size(), 1u);
  read();
  EXPECT_TRUE(told_.empty());
  // One that failed took the reply away; what holds again was never recorded since.
  project("message(FATAL_ERROR stop)\n");
  EXPECT_NE(refusal().find("[FAASC0274]"), std::string::npos);
  put("CMakeLists.txt", good);
  EXPECT_EQ(read().sources, std::vector<std::string>{"price.cc"});
  EXPECT_EQ(told_.size(), 1u);
  // Somebody else configures the same directory.
  put("other/CMakeLists.txt",
      "cmake_minimum_required(VERSION 3.19)\nproject(other CXX)\nadd_executable(price o.cc)\n");
  put("other/o.cc", "");
  fs::path build = request_.work_dir / "cmake";
  fs::remove(build / "CMakeCache.txt");
  auto configured = run({.argv = {find_program("cmake")->string(), "-S",
                                  (request_.project_dir / "other").string(), "-B", build.string()},
                         .working_directory = {},
                         .environment = {}});
  ASSERT_TRUE(configured && configured->status.ok()) << configured->err;
  EXPECT_EQ(read().sources, std::vector<std::string>{"price.cc"});
  EXPECT_EQ(told_.size(), 1u);
  // Part of the reply is gone.
  for (const auto& entry : fs::directory_iterator(build / ".cmake/api/v1/reply"))
    if (entry.path().filename().string().starts_with("target-")) fs::remove(entry.path());
  EXPECT_EQ(read().sources, std::vector<std::string>{"price.cc"});
  EXPECT_EQ(told_.size(), 1u);
}

TEST_F(CMake, IsNotInstalled) {
  std::string path = std::getenv("PATH");
  ::setenv("PATH", "/nowhere", 1);
  EXPECT_EQ(refusal(),
            "faasc: error: 'build.cpp.cmake' needs CMake, and there is no 'cmake' in PATH [FAASC0272]\n"
            "  hint: install it: apt install cmake\n");
  ::setenv("PATH", path.c_str(), 1);
}

}  // namespace
}  // namespace faasc
