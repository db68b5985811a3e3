// build.cpp.launcher: objects that another program makes, here or on another host.

#include <csignal>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sha256.h"
#include "tests/reserved_port.h"
#include "tests/system/cached_builds.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class Launcher : public CachedBuilds {
 protected:
  void SetUp() override {
    CachedBuilds::SetUp();
    if (IsSkipped()) return;
    if (!find_program("clang++-19")) GTEST_SKIP() << "clang++-19 is not installed";
    name_launcher(second_, launcher());
    second_.environment["CCACHE_DIR"] = at("ccache").string();
    second_.environment["CCACHE_BASEDIR"] = "";  // of whoever runs the tests
  }
  virtual std::string launcher() const { return "ccache"; }
  static void name_launcher(ProjectRun& project, const std::string& launcher) {
    project.write("faas.yaml",
                  *read_file(project.at("faas.yaml")) + "build: {cpp: {launcher: " + launcher + "}}\n");
  }
  unsigned long ccache_count(const std::string& what) const {
    const std::string stats = second_.shell("ccache --print-stats").out;
    const std::size_t at = stats.find(what + "\t");
    return at == std::string::npos ? 0 : std::strtoul(stats.c_str() + at + what.size(), nullptr, 10);
  }
};

class CcacheLauncher : public Launcher {
  void SetUp() override {
    Launcher::SetUp();
    if (!IsSkipped() && !find_program("ccache")) GTEST_SKIP() << "ccache is not installed";
  }
};

TEST_F(CcacheLauncher, TakesWhatItHasCompiledBefore) {
  build(first_, {"--no-cache"});
  build(second_, {"--no-cache"});
  EXPECT_EQ(digest(second_), digest(first_)) << "another way to the same bytes";
  EXPECT_EQ(ccache_count("cache_miss"), 1u) << "the source; what faasc generates is compiled by faasc";
  EXPECT_EQ(ccache_count("direct_cache_hit"), 0u);
  fs::remove_all(second_.at("build"));
  build(second_, {"--no-cache"});
  EXPECT_EQ(ccache_count("direct_cache_hit"), 1u);
  EXPECT_EQ(digest(second_), digest(first_));
}

TEST_F(CcacheLauncher, IsPartOfWhatTheCacheOfBuildsKnowsAnObjectBy) {
  build(first_);
  EXPECT_THAT(build(second_).err, Not(HasSubstr("took hello.cc"))) << "made by somebody else";
  EXPECT_EQ(ccache_count("cache_miss"), 1u);
  fs::remove_all(second_.at("build"));
  EXPECT_THAT(build(second_).err, HasSubstr("from the cache"));
  EXPECT_EQ(ccache_count("direct_cache_hit"), 0u) << "it was not asked";
  EXPECT_THAT(build(second_).err, HasSubstr("is up to date"));
}

TEST_F(CcacheLauncher, IsNotUsedOffline) {
  Finished finished = build(second_, {"--no-cache", "--offline"});
  EXPECT_THAT(finished.err, HasSubstr("compiling without 'ccache', which may reach other hosts: --offline"));
  EXPECT_EQ(ccache_count("cache_miss"), 0u);
}

TEST_F(CcacheLauncher, IsShownByThePlan) {
  Finished finished = second_.faasc({"build", "--dry-run", "-v", "--kernel", "nanos"});
  EXPECT_THAT(finished.out, HasSubstr("ccache clang++ ")) << finished.out << finished.err;
}

TEST_F(CcacheLauncher, ErrorsAreTheSourcesOwn) {
  second_.write("hello.cc", *read_file(second_.at("hello.cc")) + "int broken = \"text\";\n");
  Finished finished = second_.faasc({"build", "-q", "--no-cache", "--kernel", "nanos"});
  EXPECT_EQ(finished.status.code, 1);
  EXPECT_THAT(finished.err, HasSubstr("hello.cc:16:5: error: cannot initialize a variable of type 'int'"));
  EXPECT_THAT(finished.err, Not(HasSubstr("ccache")));
}

TEST_F(CcacheLauncher, ATypedFunctionAnswers) {
  second_.write("faas.yaml",
                "apiVersion: faasc/v1\nname: hello\nruntime: cpp\nhandler: twice\nsignature: typed\n"
                "build: {cpp: {launcher: ccache}}\n");
  second_.write("hello.cc",
                "struct Sum { int value; };\nSum twice(Sum const& sum) { return {2 * sum.value}; }\n");
  build(second_, {"--no-cache"});
  EXPECT_EQ(ccache_count("cache_miss"), 2u) << "the source, and once more with its binding";
  if (!has_qemu()) GTEST_SKIP() << "QEMU is not installed";
  Finished answer = second_.faasc({"invoke", "-q", "build/hello.img", "--data", "{\"value\": 21}"});
  EXPECT_EQ(answer.out, "{\"value\":42}") << answer.err;
}

TEST_F(CcacheLauncher, CMakeUsesItForWhatItBuilds) {
  if (!find_program("cmake")) GTEST_SKIP() << "CMake is not installed";
  second_.write("faas.yaml",
                "apiVersion: faasc/v1\nname: hello\nruntime: cpp\nhandler: hello\nsignature: http\n"
                "build: {cpp: {launcher: ccache, cmake: {target: hello}}}\n");
  second_.write("CMakeLists.txt",
                "cmake_minimum_required(VERSION 3.19)\nproject(hello CXX)\n"
                "add_library(word STATIC word.cpp)\nadd_library(hello OBJECT hello.cc)\n"
                "target_link_libraries(hello PRIVATE word)\n");
  second_.write("word.cpp", "const char* word() { return \"hello\"; }\n");
  second_.write("hello.cc",
                "#include <google/cloud/functions/function.h>\nconst char* word();\n"
                "namespace gcf = google::cloud::functions;\n"
                "gcf::HttpResponse hello(gcf::HttpRequest const&) { return "
                "gcf::HttpResponse{}.set_payload(word()); }\n");
  build(second_, {"--no-cache"});
  EXPECT_GE(ccache_count("cache_miss"), 2u) << "the function's source, and the library's";
}

class DistccLauncher : public Launcher {
 protected:
  std::string launcher() const override { return "distcc"; }
  void SetUp() override {
    Launcher::SetUp();
    if (IsSkipped()) return;
    if (!find_program("distcc") || !find_program("distccd")) GTEST_SKIP() << "distcc is not installed";
    fs::create_directory(at("home"));
    fs::permissions(directory_.path(), fs::perms(0755));
    second_.environment["DISTCC_HOSTS"] = "127.0.0.1:" + std::to_string(port_) + "/2";
    second_.environment["DISTCC_DIR"] = at("home").string();
  }
  // With the processes that it has started to compile.
  void TearDown() override {
    if (!daemon_) return;
    ::kill(-daemon_->pid(), SIGKILL);
    daemon_->wait();
  }
  void start_daemon() {
    ASSERT_TRUE(write_file(at("log"), ""));
    fs::permissions(at("log"), fs::perms(0666));
    auto daemon = Child::spawn(
        {.argv = {"distccd", "--daemon", "--no-detach", "--port", std::to_string(port_), "--listen",
                  "127.0.0.1", "--allow", "127.0.0.1", "--jobs", "2", "--enable-tcp-insecure", "--log-level",
                  "info", "--log-file", at("log").string()},
         .working_directory = {},
         .environment = {}},
        {.out = Stream::Null, .err = Stream::Null, .own_process_group = true});
    ASSERT_TRUE(daemon);
    daemon_.emplace(std::move(*daemon));
    EXPECT_TRUE(answers(*daemon_, [&] { return log().find("listening on") != std::string::npos; }));
  }
  std::string log() const {
    auto text = read_file(at("log"));
    return text ? *text : std::string();
  }

  const ReservedPort reserved_;
  const int port_ = reserved_.number();
  std::optional<Child> daemon_;
};

TEST_F(DistccLauncher, CompilesOnAnotherHost) {
  start_daemon();
  second_.environment["DISTCC_FALLBACK"] = "0";  // what is compiled was compiled there
  build(first_, {"--no-cache"});
  build(second_, {"--no-cache"});
  EXPECT_THAT(log(), HasSubstr("COMPILE_OK"));
  EXPECT_EQ(digest(second_), digest(first_));
  if (!has_qemu()) GTEST_SKIP() << "QEMU is not installed";
  Finished answer = second_.faasc({"invoke", "-q", "build/hello.img", "--data", "Ada"});
  EXPECT_EQ(answer.out, "Hello, Ada!\n") << answer.err;
}

TEST_F(DistccLauncher, CompilesHereWhereNoHostAnswersAndSaysSo) {
  Finished finished = build(second_, {"--no-cache"});
  EXPECT_THAT(finished.err, HasSubstr("running locally instead"));
}

TEST_F(DistccLauncher, ThatMayNotCompileHereFails) {
  second_.environment["DISTCC_FALLBACK"] = "0";
  Finished finished = second_.faasc({"build", "-q", "--no-cache", "--kernel", "nanos"});
  EXPECT_EQ(finished.status.code, 1);
  EXPECT_THAT(finished.err, HasSubstr("error: 'distcc' did not compile it: it ended with status"));
  EXPECT_THAT(finished.err, HasSubstr("[FAASC0227]"));
  EXPECT_THAT(finished.err, HasSubstr("note: distcc["));
  EXPECT_FALSE(fs::exists(second_.at("build/hello.img")));
}

}  // namespace
}  // namespace faasc
