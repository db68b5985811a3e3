// examples/cmake-functions, built outside of the source tree with an installed faasc.

#include <map>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file_stamp.h"
#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class CMakeFunctions : public testing::TestWithParam<const char*> {
 protected:
  static void SetUpTestSuite() {
    installed_ = new TemporaryDirectory(TemporaryDirectory::create(testing::TempDir(), "a prefix").value());
    auto finished = run({.argv = {FAASC_CMAKE, "--install", FAASC_PREFIX, "--prefix", prefix()}});
    ASSERT_TRUE(finished && finished->status.ok()) << (finished ? finished->out + finished->err : "");
  }
  static void TearDownTestSuite() {
    delete installed_;
    installed_ = nullptr;
  }
  void SetUp() override {
    if (!has_kernel(KernelFamily::Nanos) && !has_kernel(KernelFamily::Linux)) GTEST_SKIP() << "no kernel";
    if (!find_program(std::string(GetParam()) == "Ninja" ? "ninja" : "make"))
      GTEST_SKIP() << "no " << GetParam();
    fs::copy(fs::path(FAASC_SOURCE_DIR) / "examples/cmake-functions", source(), fs::copy_options::recursive);
  }

  static std::string prefix() { return installed_->path() / "usr"; }
  fs::path source() const { return directory_.path() / "my functions"; }
  fs::path build() const { return directory_.path() / "build"; }

  Finished command(std::vector<std::string> argv) {
    auto finished =
        run({.argv = std::move(argv), .environment = {{"MAKEFLAGS", ""}, {"CTEST_PARALLEL_LEVEL", ""}}});
    if (!finished) return {{-1, 0}, "", finished.error().what};
    finished->out += finished->err;
    return *finished;
  }
  Finished configure(std::vector<std::string> more = {}) {
    std::vector<std::string> argv = {FAASC_CMAKE, "-S", source(),   "-B",
                                     build(),     "-G", GetParam(), "-DCMAKE_PREFIX_PATH=" + prefix()};
    argv.insert(argv.end(), more.begin(), more.end());
    return command(argv);
  }
  /// The images that `cmake --build` wrote.
  std::vector<std::string> built() {
    auto times = [&] {
      std::map<std::string, FileStamp> stamps;
      for (const char* image : {"add.img", "greet.img"}) stamps[image] = stamp_of(build() / image);
      return stamps;
    };
    auto before = times();
    Finished finished = command({FAASC_CMAKE, "--build", build()});
    EXPECT_EQ(finished.status.code, 0) << finished.out;
    std::vector<std::string> images;
    for (const auto& [image, stamp] : times())
      if (stamp != before[image]) images.push_back(image);
    return images;
  }
  static void let_time_pass() { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }
  void write(const char* file, std::string_view text) { ASSERT_TRUE(write_file(source() / file, text)); }

  static TemporaryDirectory* installed_;
  TemporaryDirectory directory_ = TemporaryDirectory::create(testing::TempDir(), "cmake").value();
};
TemporaryDirectory* CMakeFunctions::installed_ = nullptr;

TEST_P(CMakeFunctions, AreBuiltWhenTheyChangeAndOnlyThen) {
  using Names = std::vector<std::string>;
  Finished finished = configure();
  ASSERT_EQ(finished.status.code, 0) << finished.out;
  EXPECT_EQ(built(), (Names{"add.img", "greet.img"}));
  EXPECT_EQ(built(), Names{});
  if (std::string(GetParam()) == "Ninja")
    EXPECT_THAT(command({FAASC_CMAKE, "--build", build()}).out, HasSubstr("no work to do"));

  let_time_pass();
  write("greet/greeting.h", "#include <string>\ninline const std::string kGreeting = \"Good morning, \";\n");
  EXPECT_EQ(built(), Names{"greet.img"}) << "of a header, which no CMake file names";
  EXPECT_EQ(built(), Names{});
  let_time_pass();
  write("add/more.cc", "int more() { return 1; }\n");
  EXPECT_EQ(built(), Names{"add.img"}) << "a new source counts";
  EXPECT_EQ(built(), Names{});
  let_time_pass();
  fs::remove(source() / "add/more.cc");
  EXPECT_EQ(built(), Names{"add.img"}) << "and so does one that is gone";
  EXPECT_EQ(built(), Names{});
  EXPECT_TRUE(fs::exists(build() / "greet.vm.json"));
  for (const char* function : {"greet", "add"})
    EXPECT_FALSE(fs::exists(source() / function / "build")) << "nothing is written to the sources";

  // An error of the function is the build's.
  let_time_pass();
  write("add/add.cc", "int add(int* pointer) { return *pointer; }\n");
  finished = command({FAASC_CMAKE, "--build", build()});
  EXPECT_NE(finished.status.code, 0);
  EXPECT_THAT(finished.out, HasSubstr("add/add.cc:1:"));
}

TEST_P(CMakeFunctions, AreTestedByCTest) {
  if (!has_qemu()) GTEST_SKIP() << "QEMU is not installed";
  ASSERT_EQ(configure().status.code, 0);
  ASSERT_EQ(built().size(), 2u);
  Finished finished =
      command({FAASC_CTEST, "--test-dir", build(), "--timeout", "120", "--output-on-failure"});
  EXPECT_EQ(finished.status.code, 0) << finished.out;
  EXPECT_THAT(finished.out, HasSubstr("100% tests passed, 0 tests failed out of 3")) << finished.out;
  finished = command({FAASC_CTEST, "--test-dir", build(), "-L", "arithmetic", "-N"});
  EXPECT_THAT(finished.out, HasSubstr("add.smoke"));
  EXPECT_THAT(finished.out, Not(HasSubstr("greet")));

  let_time_pass();
  write("greet/greeting.h", "#include <string>\ninline const std::string kGreeting = \"Bye, \";\n");
  ASSERT_EQ(built().size(), 1u);
  finished =
      command({FAASC_CTEST, "--test-dir", build(), "--timeout", "120", "-R", "greet", "--output-on-failure"});
  EXPECT_THAT(finished.out, HasSubstr("0% tests passed, 2 tests failed out of 2")) << finished.out;
  EXPECT_THAT(finished.out, HasSubstr("Bye, Ada!")) << "the failed test says what came";
}

TEST_P(CMakeFunctions, AreRefusedWhereTheyAreDeclaredWrong) {
  struct Wrong {
    const char *line, *message;
  };
  const std::string head =
      "cmake_minimum_required(VERSION 3.20)\nproject(p LANGUAGES NONE)\nfind_package(faasc CONFIG "
      "REQUIRED)\n";
  for (const Wrong& wrong : std::vector<Wrong>{
           {"faasc_add_function(greet SOURCE_DIR greet COLOUR red)",
            "faasc_add_function(): unknown arguments 'COLOUR;red'"},
           {"faasc_add_function(greet SOURCE_DIR)", "faasc_add_function(): nothing follows 'SOURCE_DIR'"},
           {"faasc_add_function(greet)", "my functions/faas.yaml'; 'faasc init' makes one"},
           {"faasc_add_test(greet NAME n)", "'greet' was not made by faasc_add_function()"},
           {"faasc_add_function(greet SOURCE_DIR greet)\nfaasc_add_test(greet)",
            "faasc_add_test(greet): NAME is missing"}}) {
    write("CMakeLists.txt", head + wrong.line + "\n");
    Finished finished = configure();
    EXPECT_NE(finished.status.code, 0) << wrong.line;
    // CMake breaks lines.
    std::string said = finished.out;
    for (std::size_t at = 0; (at = said.find("\n  ", at)) != std::string::npos;) said.replace(at, 3, " ");
    EXPECT_THAT(said, HasSubstr(wrong.message)) << wrong.line;
  }
}

INSTANTIATE_TEST_SUITE_P(, CMakeFunctions, testing::Values("Ninja", "Unix Makefiles"),
                         [](const auto& one) { return std::string(one.param).substr(0, 4); });

}  // namespace
}  // namespace faasc
