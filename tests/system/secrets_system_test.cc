// What ${env:NAME} stands for reaches the function, and nothing else.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSecret = "correct-horse-battery-staple";

class Secrets : public testing::Test {
 protected:
  void SetUp() override {
    project_.write_hello();
    std::string manifest = read_file(project_.at("faas.yaml")).value();
    std::string greeting = "env: {GREETING: Hello}\n";
    manifest.replace(manifest.find(greeting), greeting.size(),
                     "env: {GREETING: Hello, TOKEN: \"Bearer ${env:MY_TOKEN}\"}\n"
                     "build: {args: {TOKEN: \"${env:MY_TOKEN}\"}}\n");
    project_.write("faas.yaml", manifest);
    project_.environment["MY_TOKEN"] = kSecret;
  }
  void expect_hidden(const Finished& finished) {
    EXPECT_THAT(finished.out, Not(HasSubstr(kSecret)));
    EXPECT_THAT(finished.err, Not(HasSubstr(kSecret)));
  }
  ProjectRun project_;
};

TEST_F(Secrets, AreInNoReport) {
  for (const char* more : {"", "labels: {1: a, owner: [x]}\nenv2: x\n", "limits: {timeout: 0}\n"}) {
    project_.write("more.yaml", read_file(project_.at("faas.yaml")).value() + more);
    for (const char* format : {"text", "json", "sarif", "github"}) {
      SCOPED_TRACE(std::string(more) + format);
      Finished finished = project_.faasc(
          {"check", "-f", "more.yaml", "-v", "--format", format, "--diagnostics-file", "json:report.json"});
      EXPECT_EQ(finished.status.code, *more == '\0' ? 0 : 1) << finished.err;
      expect_hidden(finished);
      EXPECT_THAT(read_file(project_.at("report.json")).value(), Not(HasSubstr(kSecret)));
    }
  }
}

TEST_F(Secrets, TooManyBytesAreCountedNotShown) {
  project_.environment["MY_TOKEN"] = kSecret + std::string(5000, 'x');
  Finished finished = project_.faasc({"check"});
  EXPECT_EQ(finished.status.code, 1);
  EXPECT_THAT(finished.err, HasSubstr("FAASC0111"));
  expect_hidden(finished);
}

TEST_F(Secrets, AreInTheImageAlone) {
  if (!has_kernel(KernelFamily::Nanos) && !has_kernel(KernelFamily::Linux))
    GTEST_SKIP() << "no kernel in the store";
  Finished finished = project_.faasc({"build", "-v", "--format", "json"});
  ASSERT_EQ(finished.status.code, 0) << finished.err << finished.out;
  expect_hidden(finished);
  bool in_image = false;
  for (const auto& entry : fs::recursive_directory_iterator(project_.at("build"))) {
    if (!entry.is_regular_file()) continue;
    bool found = read_file(entry.path()).value().find(kSecret) != std::string::npos;
    if (entry.path().extension() == ".img") {
      in_image = in_image || found;
    } else {
      EXPECT_FALSE(found) << entry.path();
    }
  }
  EXPECT_TRUE(in_image);
  // A build with nothing to do, and one that fails, are as silent.
  expect_hidden(project_.faasc({"build", "-v"}));
  project_.write("hello.cc", "int x = y;\n");
  finished = project_.faasc({"build", "-v"});
  EXPECT_EQ(finished.status.code, 1);
  expect_hidden(finished);
}

}  // namespace
}  // namespace faasc
