// faasc dev: a function that is built and started again whenever its files change.

#include <atomic>
#include <csignal>
#include <regex>
#include <sstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "launcher/http_client.h"
#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;
using namespace std::chrono_literals;

/// faasc dev at work, and what it has said so far.
class Dev {
 public:
  Dev(const ProjectRun& project, std::vector<std::string> options) : project_(project) {
    std::string script = "exec \"$FAASC\" dev -p 0";
    for (const std::string& option : options) script += " " + option;
    Command command = project.command({});
    command.argv = {"sh", "-c", script + " >../said 2>&1"};
    command.environment["FAASC"] = FAASC_PREFIX "/bin/faasc";
    auto child = Child::spawn(command, {});
    EXPECT_TRUE(child);
    child_.emplace(std::move(*child));
  }
  std::string said() const {
    auto text = read_file(project_.at("../said"));
    return text ? *text : std::string();
  }
  /// Waits until it has said that; what stands before it counts as read.
  bool says(const std::string& text, std::chrono::seconds patience = 150s) {
    auto end = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < end) {
      std::string all = said();
      std::size_t at = all.find(text, read_);
      if (at != std::string::npos) {
        read_ = at + text.size();
        return true;
      }
      if (child_->try_wait()) break;
      std::this_thread::sleep_for(5ms);
    }
    ADD_FAILURE() << "it did not say '" << text << "', but:\n" << said();
    return false;
  }
  std::uint16_t port() const {
    std::smatch match;
    std::string all = said();
    return std::regex_search(all, match, std::regex("is at http://127\\.0\\.0\\.1:(\\d+)"))
               ? static_cast<std::uint16_t>(std::stoi(match[1]))
               : 0;
  }
  std::string answer(const std::string& body) const {
    auto response = send_http(port(), {.method = "POST", .target = "/", .headers = {}, .body = body});
    return response ? response->body : response.error().what;
  }
  int stop() {
    child_->signal(SIGINT);
    return child_->wait().code;
  }
  pid_t pid() const { return child_->pid(); }

 private:
  const ProjectRun& project_;
  std::optional<Child> child_;
  std::size_t read_ = 0;
};

void write_shop(const ProjectRun& project, const std::string& greeting) {
  const_cast<ProjectRun&>(project).write(
      "hello.cc", "#include <string>\nstd::string hello(std::string name) { return \"" + greeting +
                      ", \" + name + \"!\"; }\n");
}

std::vector<std::string> lines_with(const std::string& text, const std::string& part) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    if (line.find(part) != std::string::npos) lines.push_back(line);
  return lines;
}

class DevSystem : public testing::Test {
 protected:
  void write_all() {
    project_.write("faas.yaml",
                   "apiVersion: faasc/v1\nname: shop\nruntime: cpp:17\nhandler: hello\nsignature: typed\n");
    write_shop(project_, "Hello");
  }
  /// An edit, an addition, an error and its correction, with somebody asking all the time.
  void edit_and_ask(const std::vector<std::string>& options) {
    write_all();
    Dev dev(project_, options);
    ASSERT_TRUE(dev.says("shop is at http://127.0.0.1:"));
    ASSERT_TRUE(dev.says("Ctrl-C stops it"));
    EXPECT_EQ(dev.answer("\"Ada\""), "\"Hello, Ada!\"");
    std::uint16_t port = dev.port();

    std::atomic<bool> enough = false;
    std::atomic<int> answers = 0, failures = 0;
    std::thread asking([&] {
      while (!enough) {
        std::string answer = dev.answer("\"Ada\"");
        (answer.ends_with("Ada!\"") ? answers : failures)++;
      }
    });
    write_shop(project_, "Good day");
    EXPECT_TRUE(dev.says("shop is new at http://127.0.0.1:" + std::to_string(port) + ": built in "));
    EXPECT_EQ(dev.answer("\"Ada\""), "\"Good day, Ada!\"");

    project_.write("hello.cc", "std::string hello(\n");
    EXPECT_TRUE(dev.says("not built; the machine before goes on serving"));
    EXPECT_EQ(dev.answer("\"Ada\""), "\"Good day, Ada!\"");
    // A new source, which the first one needs.
    project_.write("hello.cc",
                   "#include <string>\nstd::string greeting();\n"
                   "std::string hello(std::string name) { return greeting() + name + \"!\"; }\n");
    project_.write("greeting.cc", "#include <string>\nstd::string greeting() { return \"Hi, \"; }\n");
    EXPECT_TRUE(dev.says("shop is new at "));
    enough = true;
    asking.join();
    EXPECT_EQ(dev.answer("\"Ada\""), "\"Hi, Ada!\"");
    EXPECT_EQ(failures, 0) << "requests are served while machines come and go";
    EXPECT_GT(answers, 0);

    // What the function does not need is no reason for anything.
    // What makes no other image is no reason for another machine.
    project_.write("README.md", "of no use");
    project_.write("greeting.cc", "#include <string>\n\nstd::string greeting() { return \"Hi, \"; }\n");
    EXPECT_TRUE(dev.says("built shop: "));
    project_.write("greeting.cc", "#include <string>\nstd::string greeting() { return \"Hey, \"; }\n");
    EXPECT_TRUE(dev.says("built shop: "));
    EXPECT_TRUE(dev.says("shop is new at "));
    EXPECT_EQ(dev.answer("\"Ada\""), "\"Hey, Ada!\"");
    EXPECT_THAT(lines_with(dev.said(), "shop is new at "), testing::SizeIs(3)) << dev.said();

    Finished children = project_.shell("pgrep -P " + std::to_string(dev.pid()));
    EXPECT_EQ(dev.stop(), 130);
    EXPECT_NE(children.out, "");
    for (std::size_t at = 0; at < children.out.size(); at = children.out.find('\n', at) + 1)
      EXPECT_TRUE(ends_soon(std::stoi(children.out.substr(at))));
  }
  ProjectRun project_;
};

TEST_F(DevSystem, KeepsThePortWhileNanosMachinesComeAndGo) {
  FAASC_NEEDS(KernelFamily::Nanos);
  edit_and_ask({"--kernel", "nanos"});
}

TEST_F(DevSystem, DoesTheSameWithProcesses) {
  if (!has_kernel(KernelFamily::Nanos) && !has_kernel(KernelFamily::Linux)) GTEST_SKIP() << "no kernel";
  if (!find_program("bwrap")) GTEST_SKIP() << "bubblewrap is not installed";
  edit_and_ask({"--vmm", "process"});
}

TEST_F(DevSystem, WaitsForAFunctionThatBuildsAndTellsOfOneThatEnds) {
  if (!has_kernel(KernelFamily::Nanos) && !has_kernel(KernelFamily::Linux)) GTEST_SKIP() << "no kernel";
  if (!find_program("bwrap")) GTEST_SKIP() << "bubblewrap is not installed";
  write_all();
  project_.write("hello.cc", "std::string hello(\n");
  Dev dev(project_, {"--vmm", "process"});
  ASSERT_TRUE(dev.says("not built; waiting for a change"));
  project_.write(
      "hello.cc",
      "#include <cstdlib>\n#include <string>\n"
      "std::string hello(std::string name) { if (name == \"end\") std::_Exit(3); return name; }\n");
  ASSERT_TRUE(dev.says("shop is at http://127.0.0.1:"));
  ASSERT_TRUE(dev.says("Ctrl-C stops it"));
  (void)dev.answer("\"end\"");
  EXPECT_TRUE(dev.says("requests wait for the next change"));
  std::string waited;
  std::thread asking([&] { waited = dev.answer("\"Ada\""); });
  std::this_thread::sleep_for(100ms);
  write_shop(project_, "Hello again");
  EXPECT_TRUE(dev.says("shop is new at "));
  asking.join();
  EXPECT_EQ(waited, "\"Hello again, Ada!\"");
  EXPECT_EQ(dev.stop(), 130);
}

TEST_F(DevSystem, DoesNotWaitForAMachineThatIsOutOfDate) {
  if (!has_kernel(KernelFamily::Nanos) && !has_kernel(KernelFamily::Linux)) GTEST_SKIP() << "no kernel";
  if (!find_program("bwrap")) GTEST_SKIP() << "bubblewrap is not installed";
  write_all();
  // It is not the machine's own time that is up.
  project_.write("faas.yaml", *read_file(project_.at("faas.yaml")) + "limits: {init_timeout: 240s}\n");
  Dev dev(project_, {"--vmm", "process"});
  ASSERT_TRUE(dev.says("Ctrl-C stops it"));
  project_.write("hello.cc",
                 "#include <cstdio>\n#include <string>\n#include <unistd.h>\n"
                 "int wait = (std::puts(\"not yet\"), std::fflush(stdout), pause(), 0);\n"
                 "std::string hello(std::string name) { return name; }\n");
  ASSERT_TRUE(dev.says("not yet\n"));
  write_shop(project_, "Welcome");
  EXPECT_TRUE(dev.says("shop is new at "));
  EXPECT_EQ(dev.answer("\"Ada\""), "\"Welcome, Ada!\"");
  EXPECT_EQ(dev.stop(), 130);
}

}  // namespace
}  // namespace faasc
