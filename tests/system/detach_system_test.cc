// Machines in the background: faasc run --detach, ps, logs and stop, as a user has them.

#include <csignal>
#include <fstream>
#include <regex>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "launcher/http_client.h"
#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

struct Running {
  std::string address, id;
  std::uint16_t port = 0;
  int vmm = 0, keeper = 0;
};

class Detach : public testing::Test {
 protected:
  void SetUp() override {
    FAASC_NEEDS(KernelFamily::Nanos);
    project_.environment["XDG_RUNTIME_DIR"] = project_.at("runtime").string();
    fs::copy_file(FAASC_BOOT_GUEST, project_.at("server"));
    build("nanos", "");
  }
  void TearDown() override {
    // Whatever a failed expectation left running.
    project_.faasc({"stop", "-q", "--all"});
  }
  void build(const std::string& kernel, const std::string& more) {
    project_.write("faas.yaml",
                   "apiVersion: faasc/v1\nname: guest\nruntime: binary\nhandler: server\n" + more);
    Finished built = project_.faasc({"build", "-q", "--kernel", kernel});
    ASSERT_EQ(built.status.code, 0) << built.err;
  }
  Running start(std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.begin(),
                     {"run", "--detach", "--json", "-p", "0:8080", project_.at("build/guest.img")});
    Finished finished = project_.faasc(arguments);
    EXPECT_EQ(finished.status.code, 0) << finished.err;
    json line = json::parse(finished.out, nullptr, false);
    Running running;
    if (!line.is_object()) return running;
    line.at("address").get_to(running.address);
    line.at("id").get_to(running.id);
    line.at("pid").get_to(running.vmm);
    running.port =
        static_cast<std::uint16_t>(std::stoi(running.address.substr(running.address.rfind(':') + 1)));
    for (const json& machine : machines())
      if (machine.at("id") == running.id) machine.at("keeper").get_to(running.keeper);
    EXPECT_GT(running.keeper, 0);
    return running;
  }
  json machines() const {
    Finished finished = project_.faasc({"ps", "--format", "json"});
    EXPECT_EQ(finished.status.code, 0) << finished.err;
    return json::parse(finished.out).at("machines");
  }
  bool nothing_is_left() const {
    fs::path directory = project_.at("runtime/faasc/machines");
    return !fs::exists(directory) || fs::is_empty(directory);
  }
  static std::string get(const Running& running, const std::string& path) {
    auto response = send_http(running.port, {.target = path, .headers = {}, .body = {}});
    return response ? response->body : "error: " + response.error().what;
  }
  void wait_until_ended(const std::string& id) const {
    for (auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
         std::chrono::steady_clock::now() < deadline;) {
      for (const json& machine : machines())
        if (machine.at("id") == id && machine.contains("end")) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    ADD_FAILURE() << "the machine did not end";
  }

  ProjectRun project_;
};

TEST_F(Detach, RunsUntilItIsStopped) {
  Running running = start();
  EXPECT_EQ(get(running, "/"), "hello\n");
  Finished listed = project_.faasc({"ps"});
  EXPECT_THAT(listed.out,
              testing::MatchesRegex("ID +NAME +ADDRESS +SINCE +STATE\n" + running.id + "  guest  " +
                                    running.address + "  [0-9]+ s +(microvm|q35), .*\n"));
  EXPECT_EQ(get(running, "/log/a-line-of-the-guest"), "hello\n");
  EXPECT_THAT(project_.faasc({"logs", "guest"}).out, HasSubstr("a-line-of-the-guest\n"));
  EXPECT_EQ(project_.faasc({"logs", "-n", "1", running.id}).out, "a-line-of-the-guest\n");

  Finished stopped = project_.faasc({"stop", "guest"});
  EXPECT_EQ(stopped.status.code, 0);
  EXPECT_EQ(stopped.err, "faasc: stopping guest\nfaasc: guest (" + running.id + ") exited with status 0\n");
  EXPECT_TRUE(ends_soon(running.vmm));
  EXPECT_TRUE(ends_soon(running.keeper));
  EXPECT_TRUE(nothing_is_left());
  EXPECT_EQ(project_.faasc({"ps"}).out, "ID  NAME  ADDRESS  SINCE  STATE\n");
}

TEST_F(Detach, OnLinux) {
  FAASC_NEEDS(KernelFamily::Linux);
  build("linux", "");
  Running running = start({"--env", "A=b"});
  EXPECT_EQ(get(running, "/env/A"), "b");
  Finished stopped = project_.faasc({"stop", running.id});
  EXPECT_EQ(stopped.status.code, 0) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr("exited with status 0"));
}

TEST_F(Detach, TwoOfOneNameAreToldApart) {
  Running one = start(), two = start({"--name", "other"}), three = start();
  Finished several = project_.faasc({"stop", "guest"});
  EXPECT_EQ(several.status.code, 2);
  EXPECT_THAT(several.err, HasSubstr("2 machines are called 'guest' [FAASC0744]"));
  EXPECT_EQ(project_.faasc({"stop", "other", three.id}).status.code, 0);
  EXPECT_EQ(get(one, "/"), "hello\n");
  EXPECT_EQ(machines().size(), 1u);
  Finished unknown = project_.faasc({"logs", "other"});
  EXPECT_EQ(unknown.status.code, 2);
  EXPECT_EQ(unknown.err,
            "faasc: error: no machine 'other' runs in the background [FAASC0743]\n"
            "  hint: 'faasc ps' lists those that do\n");
}

TEST_F(Detach, AGuestThatEndsIsRemembered) {
  Running running = start();
  get(running, "/exit/7");
  wait_until_ended(running.id);
  EXPECT_THAT(project_.faasc({"ps"}).out, HasSubstr("exited with status 7\n"));
  EXPECT_THAT(project_.faasc({"logs", "guest"}).out, HasSubstr("listening"));
  Finished stopped = project_.faasc({"stop", "guest"});
  EXPECT_EQ(stopped.status.code, 5);
  EXPECT_THAT(stopped.err, HasSubstr("faasc: error: the guest exited with status 7 [FAASC0710]\n"));
  EXPECT_THAT(stopped.err, HasSubstr("  while stopping guest (" + running.id + ")\n"));
  EXPECT_TRUE(nothing_is_left());
}

TEST_F(Detach, AGuestThatDoesNotGetReadyIsAnError) {
  build("nanos", "args: [exit, '7']\n");
  Finished finished = project_.faasc({"run", "-d", "-q", "-p", "0:8080", project_.at("build/guest.img")});
  EXPECT_EQ(finished.status.code, 5);
  EXPECT_EQ(finished.out, "");
  EXPECT_THAT(finished.err, HasSubstr("faasc: error: the guest exited with status 7 [FAASC0710]\n"));
  EXPECT_THAT(finished.err, HasSubstr("  while waiting for the guest to get ready\n"));
  EXPECT_TRUE(nothing_is_left());
}

TEST_F(Detach, AGuestThatDoesNotStopIsAnError) {
  build("nanos", "args: [stubborn]\nlimits: {grace_period: 1s}\n");
  Running running = start();
  Finished stopped = project_.faasc({"stop", "guest"});
  EXPECT_EQ(stopped.status.code, 7);
  EXPECT_THAT(stopped.err, HasSubstr("[FAASC0716]\n"));
  EXPECT_TRUE(ends_soon(running.vmm));
  EXPECT_TRUE(nothing_is_left());
}

TEST_F(Detach, APortInUseIsAnError) {
  Running running = start();
  Finished second = project_.faasc(
      {"run", "-d", "-q", "-p", std::to_string(running.port) + ":8080", project_.at("build/guest.img")});
  EXPECT_EQ(second.status.code, 6);
  EXPECT_THAT(second.err, HasSubstr("[FAASC0703]\n"));
  EXPECT_EQ(machines().size(), 1u);
  EXPECT_EQ(get(running, "/"), "hello\n");
}

TEST_F(Detach, NothingSurvivesAKeeperThatIsKilled) {
  Running running = start();
  ASSERT_GT(running.keeper, 0);  // 0 would be us
  ASSERT_EQ(::kill(running.keeper, SIGKILL), 0);
  EXPECT_TRUE(ends_soon(running.vmm));
  EXPECT_TRUE(ends_soon(running.keeper));
  Finished listed = project_.faasc({"ps"});
  EXPECT_EQ(listed.out, "ID  NAME  ADDRESS  SINCE  STATE\n");
  EXPECT_EQ(listed.err, "faasc: guest (" + running.id + ") is gone: the process that kept it was killed\n");
  EXPECT_EQ(project_.faasc({"ps"}).err, "");
  EXPECT_TRUE(nothing_is_left());
}

/// The processes whose command line has this text.
std::vector<int> processes_with(const std::string& text) {
  std::vector<int> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::ifstream file(entry.path() / "cmdline");
    std::string line((std::istreambuf_iterator<char>(file)), {});
    if (line.find(text) != std::string::npos) found.push_back(std::stoi(name));
  }
  return found;
}

TEST_F(Detach, NothingSurvivesWhoeverWaitsForIt) {
  build("nanos", "args: [mute]\n");
  for (int signal : {SIGINT, SIGTERM, SIGKILL}) {
    SCOPED_TRACE(signal);
    fs::path image = project_.at("build/guest.img");
    auto child =
        Child::spawn(project_.command({"run", "-d", "-q", "-p", "0:8080", image}), {.err = Stream::Null});
    ASSERT_TRUE(child);
    // The one that waits, the keeper, and QEMU.
    std::vector<int> processes;
    for (auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
         processes.size() < 3 && std::chrono::steady_clock::now() < deadline;) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      processes = processes_with(image);
    }
    ASSERT_EQ(processes.size(), 3u);
    child->signal(signal);
    ExitStatus status = child->wait();
    if (signal != SIGKILL) EXPECT_EQ(status.code, 128 + signal);
    for (int process : processes) EXPECT_TRUE(ends_soon(process)) << process;
    EXPECT_TRUE(nothing_is_left());
  }
}

TEST_F(Detach, ALogIsFollowedToTheEnd) {
  Running running = start();
  auto follower = Child::spawn(project_.command({"logs", "-f", "guest"}), {.out = Stream::Pipe});
  ASSERT_TRUE(follower);
  get(running, "/log/seen-while-following");
  std::string text;
  char buffer[4096];
  while (text.find("seen-while-following\n") == std::string::npos) {
    ssize_t count = ::read(follower->out.get(), buffer, sizeof buffer);
    ASSERT_GT(count, 0) << text;
    text.append(buffer, static_cast<std::size_t>(count));
  }
  EXPECT_EQ(project_.faasc({"stop", "guest"}).status.code, 0);
  EXPECT_EQ(follower->wait().code, 0);
  for (ssize_t count; (count = ::read(follower->out.get(), buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(count));
  EXPECT_THAT(text, HasSubstr("the guest got SIGTERM\n"));
}

TEST_F(Detach, TimesCountFromTheCommandsStart) {
  using std::chrono::nanoseconds;
  auto now = [] { return nanoseconds(std::chrono::steady_clock::now().time_since_epoch()); };
  const nanoseconds before = now();
  Running running = start();
  const nanoseconds after = now();
  std::ifstream file("/proc/" + std::to_string(running.keeper) + "/environ");
  std::string environment((std::istreambuf_iterator<char>(file)), {});
  std::smatch match;
  ASSERT_TRUE(std::regex_search(environment, match, std::regex("FAASC_KEEPER=3 ([0-9]+)")));
  const nanoseconds began(std::stoll(match[1]));
  EXPECT_GE(began, before);
  EXPECT_LT(began, after);

  // A keeper that is told that the command began a thousand seconds ago.
  const std::string long_ago = std::to_string((now() - std::chrono::seconds(1000)).count());
  Finished kept = project_.shell("mkfifo word && exec 3<>word && FAASC_KEEPER='3 " + long_ago +
                                 "' exec \"$FAASC\" run --detach --time -p 0:8080 build/guest.img");
  EXPECT_EQ(kept.status.code, 0) << kept.err;
  ASSERT_TRUE(std::regex_search(kept.err, match, std::regex("([0-9]+)\\.[0-9] ms  .*faasc has the image")))
      << kept.err;
  EXPECT_GE(std::stol(match[1]), 1'000'000);
}

TEST_F(Detach, WhatIsToldFollowsTheFormat) {
  Finished finished =
      project_.faasc({"run", "-d", "--format", "json", "-p", "0:8080", project_.at("build/guest.img")});
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  json result = json::parse(finished.out);  // one line, by one process
  EXPECT_EQ(result.at("schema"), "faasc.result/1");
  EXPECT_TRUE(result.at("ok"));
  EXPECT_EQ(result.at("id"), machines().at(0).at("id"));
  EXPECT_EQ(result.at("address"), machines().at(0).at("url"));
}

}  // namespace
}  // namespace faasc
