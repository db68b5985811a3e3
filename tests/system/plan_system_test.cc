// What a build would do, what it does and when, and how it shares a machine with make.

#include <chrono>
#include <map>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class PlanSystem : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_kernel(KernelFamily::Nanos) && !has_kernel(KernelFamily::Linux)) GTEST_SKIP() << "no kernel";
    project_.environment["MAKEFLAGS"] = "";
    project_.write("faas.yaml", "apiVersion: faasc/v1\nname: shop\nruntime: cpp:17\nhandler: hello\n");
    project_.write("hello.cc", "#include \"name.h\"\nint hello(int count) { return count + more(); }\n");
    project_.write("name.h", "int more();\n");
    project_.write("more.cc", "int more() { return 1; }\n");
  }
  std::set<std::string> files() const {
    std::set<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(project_.directory()))
      files.insert(entry.path().string());
    return files;
  }
  /// The names of the steps that run, by the plan.
  std::vector<std::string> planned() {
    Finished finished = project_.faasc({"build", "--dry-run", "-q", "--format", "json"});
    EXPECT_EQ(finished.status.code, 0) << finished.out << finished.err;
    std::vector<std::string> names;
    nlohmann::json result = nlohmann::json::parse(finished.out);
    for (const auto& step : result.at("plan").at(0).at("steps")) {
      EXPECT_FALSE(step.at("reason").get<std::string>().empty());
      if (step.at("runs").get<bool>()) names.push_back(step.at("name"));
    }
    return names;
  }
  /// The programs that a build runs, by the trace of its times.
  std::vector<std::string> ran() {
    Finished finished = project_.faasc({"build", "-q", "--time-trace", "../trace.json"});
    EXPECT_EQ(finished.status.code, 0) << finished.out << finished.err;
    trace_ = nlohmann::json::parse(read_file(project_.at("../trace.json")).value());
    std::vector<std::string> commands;
    for (const auto& event : trace_.at("traceEvents"))
      if (event.value("cat", "") == "program") commands.push_back(event.at("args").at("command"));
    return commands;
  }
  ProjectRun project_;
  nlohmann::json trace_;
};

TEST_F(PlanSystem, SaysWhatABuildWillDoAndWritesNothing) {
  auto before = files();
  EXPECT_THAT(planned(), ElementsAre("compile hello.cc", "compile more.cc", "link", "write shop.img"));
  EXPECT_EQ(files(), before);
  EXPECT_EQ(project_.faasc({"build", "-q"}).status.code, 0);
  EXPECT_THAT(planned(), ElementsAre());

  project_.write("more.cc", "int more() { return 2; }\n");
  EXPECT_THAT(planned(), ElementsAre("compile more.cc", "link", "write shop.img"));
  std::string text = project_.faasc({"build", "-n", "-v"}).out;
  EXPECT_THAT(text,
              HasSubstr("  run   compile more.cc: '" + project_.at("more.cc").string() + "' changed\n"));
  EXPECT_THAT(text, HasSubstr("  skip  compile hello.cc: nothing that it reads changed\n"));
  EXPECT_THAT(text, HasSubstr("        $ clang++ -std=c++17 "));
  // What it said is what happens.
  EXPECT_THAT(ran(), testing::SizeIs(2));
  EXPECT_THAT(planned(), ElementsAre());
  EXPECT_THAT(ran(), ElementsAre());

  project_.write("name.h", "int more();  // of them\n");
  EXPECT_THAT(planned(), ElementsAre("compile hello.cc", "link", "write shop.img"));
  fs::remove_all(project_.at("build"));
  EXPECT_THAT(planned(), testing::SizeIs(4));
  project_.write("faas.yaml", "apiVersion: faasc/v1\nruntim: cpp\n");
  Finished refused = project_.faasc({"build", "--dry-run"});
  EXPECT_EQ(refused.status.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("runtim"));
}

TEST_F(PlanSystem, SaysWhatTheCacheHas) {
  project_.environment["FAASC_NO_CACHE"] = "";
  project_.environment["FAASC_CACHE_DIR"] = project_.at("../cache").string();
  project_.environment["FAASC_CACHE_KEEP"] = "all";
  auto label = [&](const std::string& step) {
    Finished finished = project_.faasc({"build", "-n", "--format", "json", "-q"});
    EXPECT_EQ(finished.status.code, 0) << finished.out << finished.err;
    nlohmann::json result = nlohmann::json::parse(finished.out);
    for (const auto& one : result.at("plan").at(0).at("steps"))
      if (one.at("name") == step) return one.at("runs") ? "run" : one.at("cached") ? "take" : "skip";
    return "none";
  };
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_STREQ(label("write shop.img"), "run");
  EXPECT_FALSE(fs::exists(project_.at("../cache/build"))) << "a plan writes nothing there either";
  EXPECT_EQ(project_.faasc({"build", "-q"}).status.code, 0);
  EXPECT_STREQ(label("write shop.img"), "skip");
  fs::remove_all(project_.at("build"));
  EXPECT_STREQ(label("compile hello.cc"), "skip");
  EXPECT_STREQ(label("write shop.img"), "take");
  EXPECT_THAT(project_.faasc({"build", "-n"}).out, HasSubstr("0 of 4 steps, 1 from the cache\n"));
  project_.write("faas.yaml", *read_file(project_.at("faas.yaml")) + "env: {WORD: x}\n");
  EXPECT_STREQ(label("compile hello.cc"), "take");
  EXPECT_STREQ(label("link"), "run") << "only what is compiled tells what is linked";
  EXPECT_STREQ(label("write shop.img"), "run");
  EXPECT_THAT(project_.faasc({"build", "-n"}).out,
              HasSubstr("  take  compile more.cc: there is no earlier result\n"));
  project_.write("more.cc", "int more() { return 2; }\n");
  EXPECT_STREQ(label("compile more.cc"), "run");
  EXPECT_STREQ(label("compile hello.cc"), "take");
}

TEST_F(PlanSystem, TracesWhatEachThreadDidAndShowsTheCommands) {
  std::vector<std::string> commands = ran();
  ASSERT_EQ(commands.size(), 3u) << "two sources and the link";
  std::map<int, std::vector<std::pair<double, double>>> times;
  std::set<std::string> steps;
  for (const auto& event : trace_.at("traceEvents")) {
    if (event.at("ph") != "X") continue;
    double begin = event.at("ts"), end = begin + event.at("dur").get<double>();
    EXPECT_GE(begin, 0.0);
    if (event.at("cat") == "step") steps.insert(event.at("name"));
    times[event.at("tid").get<int>()].emplace_back(begin, end);
  }
  EXPECT_THAT(steps, ElementsAre("compiling 2 sources", "writing shop.img"));
  // Clang's own account of each source lies below its program.
  std::map<std::string, int> of_clang;
  for (const auto& event : trace_.at("traceEvents"))
    if (event.value("cat", "") == "clang" && event.at("ph") == "X")
      ++of_clang[event.at("name").get<std::string>()];
  EXPECT_GE(of_clang["Frontend"], 2) << trace_.dump();
  EXPECT_GE(of_clang["Backend"], 2);
  EXPECT_TRUE(fs::exists(project_.at("build/.faasc/shop/cpp/objects/hello.cc.o")));
  EXPECT_FALSE(fs::exists(project_.at("build/.faasc/shop/cpp/objects/hello.cc.o.trace")));
  // Of one thread, each lies within another or beside it.
  for (auto& [thread, spans] : times)
    for (const auto& a : spans)
      for (const auto& b : spans)
        EXPECT_TRUE(a.second <= b.first || b.second <= a.first ||
                    (a.first >= b.first && a.second <= b.second) ||
                    (b.first >= a.first && b.second <= a.second));
  // A build that fails has a trace, too.
  project_.write("more.cc", "int more() { return x; }\n");
  EXPECT_EQ(project_.faasc({"build", "-q", "--time-trace", "../failed.json"}).status.code, 1);
  std::string failed = read_file(project_.at("../failed.json")).value();
  EXPECT_THAT(failed, HasSubstr("\"failed\":true"));

  project_.write("more.cc", "int more() { return 3; }\n");
  Finished verbose = project_.faasc({"build", "-v"});
  EXPECT_THAT(verbose.err, HasSubstr("$ clang++ -std=c++17 "));
  EXPECT_THAT(verbose.err, HasSubstr(" more.cc\n"));
}

TEST_F(PlanSystem, OneFailureStopsTheRestAndIsToldOnce) {
  for (const char* name : {"a", "b", "c", "d"}) {
    project_.write(std::string(name) + "/faas.yaml", "apiVersion: faasc/v1\nruntime: cpp\nhandler: hello\n");
    project_.write(std::string(name) + "/x.cc",
                   *name == 'a' ? "int hello(int x) { return y; }\n" : "int hello(int x) { return x; }\n");
  }
  Finished finished = project_.faasc({"build", "-j1", "a", "b", "c", "d"});
  EXPECT_EQ(finished.status.code, 1);
  std::size_t first = finished.err.find("undeclared identifier 'y'");
  ASSERT_NE(first, std::string::npos) << finished.err;
  EXPECT_EQ(finished.err.find("undeclared identifier 'y'", first + 1), std::string::npos);
  EXPECT_THAT(finished.err, HasSubstr("3 were not begun"));
  EXPECT_FALSE(fs::exists(project_.at("b/build")));
}

TEST_F(PlanSystem, SharesMakesJobsAndGivesAllBack) {
  if (!find_program("make")) GTEST_SKIP() << "make is not installed";
  for (int i = 0; i < 6; ++i)
    project_.write("s" + std::to_string(i) + ".cc",
                   "int s" + std::to_string(i) + "() { return " + std::to_string(i) + "; }\n");
  // What is left in the pool when the recipe ends is what make put in, and no more jobs ran than there were
  // tokens.
  project_.write("Makefile",
                 "all:\n"
                 "\t+@\"$$FAASC\" build -q -j6 --time-trace trace.json $(OPTIONS)\n"
                 "\t+@python3 pool.py\n");
  project_.write(
      "pool.py",
      "import os, re, fcntl, termios, array\n"
      "flags = os.environ['MAKEFLAGS']\n"
      "m = re.search(r'--jobserver-(?:auth|fds)=(\\S+)', flags)\n"
      "name = m.group(1)\n"
      "fd = os.open(name[5:], os.O_RDWR) if name.startswith('fifo:') else int(name.split(',')[0])\n"
      "n = array.array('i', [0]); fcntl.ioctl(fd, termios.FIONREAD, n)\n"
      "print('left', n[0])\n");
  EXPECT_THAT(project_.shell("make -j3 2>&1").out, HasSubstr("left 2\n"));
  auto most = [&] {
    nlohmann::json trace = nlohmann::json::parse(read_file(project_.at("trace.json")).value());
    std::vector<std::pair<double, int>> edges;
    for (const auto& event : trace.at("traceEvents")) {
      if (event.value("cat", "") != "program") continue;
      double begin = event.at("ts");
      edges.emplace_back(begin, 1);
      edges.emplace_back(begin + event.at("dur").get<double>(), -1);
    }
    std::sort(edges.begin(), edges.end());
    int now = 0, peak = 0;
    for (const auto& [time, step] : edges) peak = std::max(peak, now += step);
    return peak;
  };
  EXPECT_LE(most(), 3);
  EXPECT_GE(most(), 2) << "tokens were there to be taken";

  // A failing build, and one that is told to end.
  project_.write("s3.cc", "int s3() { return x; }\n");
  EXPECT_THAT(project_.shell("make -i -j3 2>&1").out, HasSubstr("left 2\n"));
  project_.write("s3.cc", "int s3() { return 4; }\n");
  for (int i = 0; i < 6; ++i)
    project_.write("s" + std::to_string(i) + ".cc",
                   "#include <regex>\n#include <iostream>\nint s" + std::to_string(i) + "() { return 1; }\n");
  project_.write("Makefile",
                 "all:\n"
                 "\t+@\"$$FAASC\" build -q -j6 & pid=$$!; sleep 0.3; kill -TERM $$pid; wait $$pid; "
                 "echo status $$?\n"
                 "\t+@python3 pool.py\n");
  std::string out = project_.shell("make -j3 2>&1").out;
  EXPECT_THAT(out, HasSubstr("status 143\n"));
  EXPECT_THAT(out, HasSubstr("left 2\n"));
}

TEST_F(PlanSystem, EditorsFindTheCompilationDatabase) {
  project_.write("more.cc", "int more() { return x; }\n");
  EXPECT_EQ(project_.faasc({"build", "-q"}).status.code, 1) << "and they want it most then";
  nlohmann::json database =
      nlohmann::json::parse(read_file(project_.at("build/compile_commands.json")).value());
  ASSERT_EQ(database.size(), 2u);
  for (const auto& entry : database) {
    EXPECT_EQ(entry.at("directory"), fs::canonical(project_.directory()).string());
    std::vector<std::string> arguments = entry.at("arguments");
    EXPECT_EQ(arguments.front(), "clang++");
    EXPECT_EQ(arguments.back(), entry.at("file"));
  }
  // Clang itself takes it.
  if (!find_program("clang++-19")) GTEST_SKIP() << "clang++-19 is not installed";
  project_.write("more.cc", "int more() { return 1; }\n");
  std::string script = "set -e\ncd '" + project_.directory().string() + "'\n";
  for (const auto& entry : database) {
    std::vector<std::string> arguments = entry.at("arguments");
    arguments[0] = "clang++-19";
    arguments.push_back("-fsyntax-only");
    script += to_shell(arguments) + "\n";
  }
  Finished checked = project_.shell(script);
  EXPECT_EQ(checked.status.code, 0) << checked.err;
}

}  // namespace
}  // namespace faasc
