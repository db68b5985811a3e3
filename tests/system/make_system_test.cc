// Functions as targets of make and Ninja, which know what a build read from the rule that it wrote.

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class MakeSystem : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_kernel(KernelFamily::Nanos) && !has_kernel(KernelFamily::Linux)) GTEST_SKIP() << "no kernel";
    fs::copy_file(FAASC_BOOT_GUEST, make_directory("shop") / "guest");
    project_.write(
        "shop/faas.yaml",
        "apiVersion: faasc/v1\nruntime: binary\nhandler: guest\nfiles: [{from: files, to: /data}]\n");
    project_.write("shop/files/a b.txt", "one");
    // The time between a write and the next is what make goes by.
    project_.environment["MAKEFLAGS"] = "";
  }
  fs::path make_directory(const char* name) {
    fs::create_directories(project_.at(name));
    return project_.at(name);
  }
  static void let_time_pass() { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }
  std::string run(const std::string& script) {
    Finished finished = project_.shell(script + " 2>&1");
    EXPECT_EQ(finished.status.code, 0) << finished.out;
    return finished.out;
  }
  ProjectRun project_;
};

TEST_F(MakeSystem, MakeBuildsAgainWhatAChangeConcerns) {
  project_.write("Makefile",
                 "out/%.img: %/faas.yaml\n\t\"$$FAASC\" build -q -f $< -o $@ -MD -MF $@.d -MP\n"
                 "-include out/shop.img.d\n");
  const std::string make = "make out/shop.img";
  const std::string idle = "'out/shop.img' is up to date";
  EXPECT_THAT(run(make), HasSubstr("build -q -f shop/faas.yaml -o out/shop.img"));
  EXPECT_THAT(run(make), HasSubstr(idle));

  let_time_pass();
  project_.write("shop/files/a b.txt", "two");
  EXPECT_THAT(run(make), HasSubstr("build -q"));
  EXPECT_THAT(run(make), HasSubstr(idle));
  EXPECT_EQ(run("\"$FAASC\" image cat 'out/shop.img:/data/a b.txt'"), "two");

  // A file that comes, one that goes, and one that only seems to.
  let_time_pass();
  project_.write("shop/files/new", "three");
  EXPECT_THAT(run(make), HasSubstr("build -q"));
  EXPECT_THAT(run(make), HasSubstr(idle));
  let_time_pass();
  fs::remove(project_.at("shop/files/a b.txt"));
  EXPECT_THAT(run(make), HasSubstr("build -q"));
  EXPECT_THAT(run(make), HasSubstr(idle));
  let_time_pass();
  project_.write("shop/.hidden.swp", "");
  fs::remove(project_.at("shop/.hidden.swp"));
  EXPECT_THAT(run(make), HasSubstr("build -q"));
  EXPECT_THAT(run(make), HasSubstr(idle)) << "nothing had to be done, and make is told so";
}

TEST_F(MakeSystem, NinjaLeavesAloneWhatDidNotChange) {
  project_.write("build.ninja",
                 "rule faasc\n  command = \"$$FAASC\" build -q shop -o $out -MD -MF $out.d --restat\n"
                 "  depfile = $out.d\n  deps = gcc\n  restat = 1\n"
                 "rule copy\n  command = cp $in $out\n"
                 "build out/shop.img: faasc\nbuild copy.img: copy out/shop.img\n");
  EXPECT_THAT(run("ninja"), HasSubstr("[2/2] cp out/shop.img copy.img"));
  EXPECT_THAT(run("ninja"), HasSubstr("no work to do"));
  let_time_pass();
  project_.write("shop/files/a b.txt", "two");
  EXPECT_THAT(run("ninja"), HasSubstr("[2/2] cp out/shop.img copy.img"));
  EXPECT_THAT(run("ninja"), HasSubstr("no work to do"));
  // The same bytes again: what is made from the image is not made again.
  let_time_pass();
  project_.write("shop/files/a b.txt", "two");
  std::string out = run("ninja");
  EXPECT_THAT(out, HasSubstr("build -q shop"));
  EXPECT_THAT(out, Not(HasSubstr("cp out/shop.img")));
  EXPECT_THAT(run("ninja"), HasSubstr("no work to do"));
}

TEST_F(MakeSystem, TheRuleHasTheTargetThatWasAskedFor) {
  auto first_line = [&](const std::string& options) {
    run("\"$FAASC\" build -q shop " + options);
    return run("head -n 1 rule.d");
  };
  EXPECT_EQ(first_line("-MFrule.d"), "shop/build/shop.img: \\\n");
  EXPECT_EQ(first_line("-o 'a b.img' -MF rule.d"), "a\\ b.img: \\\n");
  EXPECT_EQ(first_line("-MF rule.d -MT '$(OUT)/x' -MQ '$y'"), "$(OUT)/x $$y: \\\n");
  run("\"$FAASC\" build -q shop -MD && test -s shop/build/shop.img.d");
  Finished finished = project_.faasc({"build", "shop", "-MF", "none/rule.d", "-MF"});
  EXPECT_EQ(finished.status.code, 2) << finished.err;
}

}  // namespace
}  // namespace faasc
