#include <csignal>
#include <cstdlib>
#include <thread>

#include <sys/wait.h>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "base/sha256.h"
#include "compiler/driver/kernel_program/kernel_listing.h"
#include "packager/archive/made_archive.h"
#include "packager/kernels/sample_kernel.h"
#include "packager/kernels/test_server.h"

// The program itself, as a user runs it.

namespace faasc {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class KernelProgramTest : public testing::Test {
 protected:
  Command command(std::vector<std::string> arguments) {
    Command command;
    command.argv = std::move(arguments);
    command.argv.insert(command.argv.begin(), FAASC_KERNEL_PROGRAM);
    command.environment = {{"FAASC_HOME", here_.string()},
                           {"OPS_HOME", (here_ / "ops").string()},
                           {"FAASC_OFFLINE", ""},
                           {"FAASC_NANOS_URL", ""},
                           {"http_proxy", ""},
                           {"all_proxy", ""}};
    command.working_directory = here_;
    return command;
  }
  struct Ran {
    int status;
    std::string out, err;
  };
  Ran run(std::vector<std::string> arguments) {
    auto finished = faasc::run(command(std::move(arguments)));
    if (!finished) return {-1, "", finished.error().what};
    EXPECT_EQ(finished->status.signal, 0);
    return {finished->status.code, finished->out, finished->err};
  }

  TemporaryDirectory directory_ = TemporaryDirectory::create(testing::TempDir(), "program").value();
  fs::path here_ = fs::canonical(directory_.path());
  fs::path root_ = here_ / "kernels";
};

TEST_F(KernelProgramTest, AKernelsLife) {
  Ran ran = run({"list"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err,
            "there is no kernel in '" + root_.string() + "'; `faasc kernel pull nanos` downloads one\n");

  write_sample_release(here_ / "0.1.55");
  write_sample_release(here_ / "ops/.ops/0.1.46");
  ran = run({"add", "0.1.55"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err, "added nanos@0.1.55 to '" + root_.string() + "'\n");
  EXPECT_EQ(run({"add", "0.1.55"}).err, "nanos@0.1.55 is there already\n");
  write_sample_release(here_ / "other", "other");
  EXPECT_EQ(run({"add", "other", "--version", "0.1.55", "--force"}).err,
            "replaced nanos@0.1.55 in '" + root_.string() + "'\n");

  ran = run({"list"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.out, "* nanos@0.1.55  3.6 KiB     " + here_.string() + "/other\n" +
                         "  nanos@0.1.46  3.6 KiB     " + here_.string() + "/ops/.ops  (too old)\n");
  EXPECT_EQ(ran.err, "");

  ran = run({"verify"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.out, "nanos@0.1.55: 4 files as recorded\nnanos@0.1.46: nothing recorded to compare with\n");

  ran = run({"remove", "nanos@0.1.46"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.err, HasSubstr("belongs to OPS"));
  ran = run({"remove", "nanos@0.1.55"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.err, "removed '" + root_.string() + "/nanos/0.1.55'\n");
  EXPECT_EQ(run({"remove", "nanos@0.1.55"}).status, 3);
}

TEST_F(KernelProgramTest, SaysWhereALoaderIsAnotherReleasesToo) {
  write_sample_release(here_ / "0.1.54");
  write_sample_release(here_ / "0.1.55", "newer");
  write_sample_release(here_ / "0.1.55-debug", "debug");
  fs::remove(here_ / "0.1.55/bootx64.efi");
  EXPECT_EQ(run({"add", "0.1.54"}).err, "added nanos@0.1.54 to '" + root_.string() + "'\n");
  const std::string added = "added nanos@0.1.55 to '" + root_.string() +
                            "'\nits boot.img is that of nanos@0.1.54, byte for byte; `faasc kernel verify "
                            "--boot nanos@0.1.55` tells whether it starts this kernel\n";
  EXPECT_EQ(run({"add", "0.1.55"}).err, added);
  // A debug build has the loaders of its release.
  ASSERT_EQ(run({"remove", "nanos@0.1.54"}).status, 0);
  EXPECT_EQ(run({"add", "0.1.55-debug"}).err, "added nanos@0.1.55-debug to '" + root_.string() + "'\n");
}

TEST_F(KernelProgramTest, ListsADebugBuildAsOneAndDoesNotTakeItByItself) {
  write_sample_release(here_ / "0.1.55");
  write_sample_release(here_ / "0.1.57-debug");
  ASSERT_EQ(run({"add", "0.1.55"}).status, 0);
  ASSERT_EQ(run({"add", "0.1.57-debug"}).status, 0);
  EXPECT_EQ(run({"list"}).out, "  nanos@0.1.57-debug  3.6 KiB     " + here_.string() +
                                   "/0.1.57-debug  (debug build)\n* nanos@0.1.55        3.6 KiB     " +
                                   here_.string() + "/0.1.55\n");
  EXPECT_THAT(run({"info", "nanos@0.1.57-debug"}).out,
              HasSubstr("debug build:   used only where its version is named\n"));
  EXPECT_THAT(run({"info"}).out, HasSubstr("name:          nanos@0.1.55\n"));
  auto json = nlohmann::json::parse(run({"list", "--format", "json"}).out, nullptr, false);
  EXPECT_EQ(json["default"], "nanos@0.1.55");
  EXPECT_EQ(json["kernels"][0]["debug"], true);
  EXPECT_EQ(json["kernels"][1]["debug"], false);
}

TEST_F(KernelProgramTest, TellsProgramsInJson) {
  write_sample_release(here_ / "0.1.55");
  ASSERT_EQ(run({"add", "0.1.55"}).status, 0);
  write_sample_release(root_ / "nanos/0.1.54");
  Ran ran = run({"list", "--format", "json"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  auto json = nlohmann::json::parse(ran.out, nullptr, false);
  ASSERT_FALSE(json.is_discarded()) << ran.out;
  EXPECT_EQ(json["schema"], "faasc.kernels/1");
  EXPECT_EQ(json["store"], root_.string());
  EXPECT_EQ(json["default"], "nanos@0.1.55");
  ASSERT_EQ(json["kernels"].size(), 2u);
  auto kernel = json["kernels"][0];
  EXPECT_EQ(kernel["name"], "nanos@0.1.55");
  EXPECT_EQ(kernel["family"], "nanos");
  EXPECT_EQ(kernel["version"], "0.1.55");
  EXPECT_EQ(kernel["architecture"], "x86_64");
  EXPECT_EQ(kernel["origin"], (here_ / "0.1.55").string());
  EXPECT_EQ(kernel["directory"], (root_ / "nanos/0.1.55").string());
  EXPECT_EQ(kernel["usable"], true);
  EXPECT_EQ(kernel["boots"], nlohmann::json({"direct", "bios", "uefi"}));
  EXPECT_EQ(kernel["files"].size(), 4u);
  EXPECT_EQ(kernel["files"]["boot.img"],
            nlohmann::json({{"size", 2048}, {"sha256", to_hex(sha256(sample_boot_blob()))}}));
  EXPECT_EQ(json["kernels"][1]["origin"], "local");
  EXPECT_EQ(json["kernels"][1]["files"]["boot.img"], nlohmann::json({{"size", 2048}}));

  ran = run({"info", "--format=json"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(nlohmann::json::parse(ran.out, nullptr, false), kernel);

  fs::remove_all(root_);
  ran = run({"list", "--format", "json"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(nlohmann::json::parse(ran.out, nullptr, false)["default"], nullptr);
}

TEST_F(KernelProgramTest, ShowsOneKernel) {
  write_sample_release(here_ / "0.1.55");
  fs::remove(here_ / "0.1.55/bootx64.efi");
  Ran ran = run({"info", "./0.1.55"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.out,
            "name:          nanos@0.1.55\n"
            "architecture:  x86_64\n"
            "origin:        " +
                (here_ / "0.1.55").string() + "\n" + "directory:     " + (here_ / "0.1.55").string() + "\n" +
                "boots:         direct, bios\n"
                "commit:        " +
                std::string(kSampleCommit) + "\n" + to_hex(sha256(sample_boot_blob())) +
                "  boot.img    2048\n" + to_hex(sha256(sample_nanos())) + "  kernel.img  " +
                std::to_string(sample_nanos().size()) + "\n" + to_hex(sha256(sample_klib())) +
                "  klibs/tls   " + std::to_string(sample_klib().size()) + "\n");
  ran = run({"info"});
  EXPECT_EQ(ran.status, 3);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("[FAASC0601]"));
}

TEST_F(KernelProgramTest, DamageDecidesTheExitStatusButHidesNothing) {
  for (const char* version : {"0.1.54", "0.1.55"}) {
    write_sample_release(here_ / version);
    ASSERT_EQ(run({"add", version}).status, 0);
  }
  std::string bytes = sample_nanos();
  bytes.back() ^= 1;
  write_sample_file(root_ / "nanos/0.1.55/kernel.img", bytes);
  Ran ran = run({"verify"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_EQ(ran.out, "nanos@0.1.54: 4 files as recorded\n");
  EXPECT_EQ(ran.err, "faasc: error: kernel 'nanos@0.1.55' in '" + (root_ / "nanos/0.1.55").string() +
                         "' is not what was added: the SHA-256 of 'kernel.img' is " + to_hex(sha256(bytes)) +
                         " where " + to_hex(sha256(sample_nanos())) +
                         " was recorded [FAASC0606]\n"
                         "  hint: run `faasc kernel remove nanos@0.1.55` and add or pull it again\n");
  EXPECT_EQ(run({"verify", "nanos@0.1.54"}).status, 0);

  write_sample_file(root_ / "nanos/0.1.55/kernel.img", "short");
  ran = run({"list"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.out, testing::StartsWith("  nanos@0.1.54 "))
      << "the newest is damaged, so there is no default";
  EXPECT_THAT(ran.err, HasSubstr("[FAASC0606]"));
}

TEST_F(KernelProgramTest, ChoosesTheDefault) {
  Ran ran = run({"default"});
  EXPECT_EQ(ran.status, 3);
  EXPECT_THAT(ran.err, HasSubstr("[FAASC0601]"));
  for (const char* version : {"0.1.54", "0.1.55"}) {
    write_sample_release(here_ / version);
    ASSERT_EQ(run({"add", version}).status, 0);
  }
  EXPECT_EQ(run({"default"}).out, "nanos@0.1.55\n");
  EXPECT_EQ(run({"default", "nanos@0.1.54"}).out, "nanos@0.1.54\n");
  EXPECT_THAT(run({"list"}).out, HasSubstr("* nanos@0.1.54 "));
  ran = run({"default", "nanos@0.1.53"});
  EXPECT_EQ(ran.status, 3);
  EXPECT_THAT(ran.err, HasSubstr("there is '0.1.55', '0.1.54'"));
  EXPECT_EQ(run({"default"}).out, "nanos@0.1.54\n");
  EXPECT_EQ(run({"default", "--unset"}).out, "nanos@0.1.55\n");
}

TEST_F(KernelProgramTest, BuildsNothingWithoutTheNetwork) {
  Ran ran = run({"build", "linux", "--offline"});
  EXPECT_EQ(ran.status, 3);
  EXPECT_EQ(
      ran.err,
      "faasc: error: cannot build a kernel: its sources are downloaded, and the network is not to be used "
      "(--offline, FAASC_OFFLINE) [FAASC0630]\n"
      "  hint: leave that out, or add a kernel that is here with `faasc kernel add`\n");
}

TEST_F(KernelProgramTest, HelpGoesToStandardOutput) {
  Ran ran = run({"--help"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.out, HasSubstr("Usage: faasc kernel "));
  EXPECT_EQ(ran.err, "");
  ran = run({});
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(ran.out, "");
}

TEST_F(KernelProgramTest, TouchesTheNetworkOnlyWhenAllowed) {
  TestServer server;
  std::string refusal =
      "faasc: error: cannot pull 'nanos': the network is not to be used (--offline, FAASC_OFFLINE) "
      "[FAASC0630]\n"
      "  hint: leave that out, or add a file that is here with `faasc kernel add`\n";
  Ran ran = run({"pull", "nanos", "--offline", "--url", server.url()});
  EXPECT_EQ(ran.status, 3);
  EXPECT_EQ(ran.err, refusal);
  Command offline = command({"pull", "nanos"});
  offline.environment["FAASC_OFFLINE"] = "1";
  offline.environment["FAASC_NANOS_URL"] = server.url();
  EXPECT_EQ(faasc::run(offline)->err, refusal);
  EXPECT_TRUE(server.requests().empty());

  offline.environment["FAASC_OFFLINE"] = "";
  EXPECT_THAT(faasc::run(offline)->err, HasSubstr("'" + server.url() + "/latest.txt' is not there"));
  EXPECT_EQ(server.requests().size(), 1u);
}

/// What a user sees of standard error on a terminal.
std::string on_a_terminal(const Command& command) {
  Fd terminal(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!terminal || ::grantpt(terminal.get()) != 0 || ::unlockpt(terminal.get()) != 0)
    return "no terminal to be had";
  std::string name = ::ptsname(terminal.get());
  pid_t child = ::fork();
  if (child == 0) {
    int slave = ::open(name.c_str(), O_RDWR | O_NOCTTY);
    ::dup2(slave, STDERR_FILENO);
    for (const auto& [variable, value] : command.environment) ::setenv(variable.c_str(), value.c_str(), 1);
    std::vector<char*> argv;
    for (const std::string& argument : command.argv) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  std::string said;
  char buffer[1024];
  for (;;) {
    // Once the child has closed its end, reading fails.
    ssize_t count = ::read(terminal.get(), buffer, sizeof buffer);
    if (count <= 0) break;
    said.append(buffer, static_cast<std::size_t>(count));
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return said + "exit status " + std::to_string(WEXITSTATUS(status));
}

TEST_F(KernelProgramTest, ShowsHowFarItIsOnATerminalOnly) {
  TestServer server;
  std::string archive = made_archive({{"kernel.img", sample_nanos()}, {"boot.img", sample_boot_blob(600)}});
  Command md5;
  md5.argv = {"md5sum"};
  RunOptions options;
  options.input = archive;
  auto digest = faasc::run(md5, options);
  if (!digest) GTEST_SKIP() << "there is no md5sum program";
  std::string stem = "/0.1.55/nanos-release-linux-0.1.55";
  server.serve(stem + ".md5", {{.body = digest->out}});
  server.serve(stem + ".tar.gz", {{.body = archive}});
  std::string said = on_a_terminal(command({"pull", "nanos@0.1.55", "--url", server.url()}));
  if (said == "no terminal to be had") GTEST_SKIP() << "this host gives out no pseudo-terminals";
  EXPECT_THAT(said, testing::StartsWith("downloading " + server.url() + stem + ".tar.gz\r\n\r\x1b[K"));
  EXPECT_THAT(said,
              testing::EndsWith("\r\x1b[K100 % of " + readable_size(archive.size()) +
                                "\r\x1b[Kadded nanos@0.1.55 to '" + root_.string() + "'\r\nexit status 0"));
  fs::remove_all(root_);
  EXPECT_EQ(
      run({"pull", "nanos@0.1.55", "--url", server.url()}).err,
      "downloading " + server.url() + stem + ".tar.gz\nadded nanos@0.1.55 to '" + root_.string() + "'\n");
}

TEST_F(KernelProgramTest, AnInterruptedPullEndsSoonAndLeavesNothingListed) {
  constexpr auto kSilence = std::chrono::seconds(60);
  TestServer server;
  server.serve("/0.1.55/nanos-release-linux-0.1.55.md5", {{.body = std::string(32, '0')}});
  server.serve("/0.1.55/nanos-release-linux-0.1.55.tar.gz",
               {{.body = "bytes", .etag = "\"a\"", .silence = kSilence}});
  SpawnOptions options;
  options.err = Stream::Pipe;
  auto child = Child::spawn(command({"pull", "nanos@0.1.55", "--url", server.url()}), options);
  ASSERT_TRUE(child) << child.error().what;
  while (server.requests().size() < 2) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  auto start = std::chrono::steady_clock::now();
  child->signal(SIGINT);
  ExitStatus status = child->wait();
  EXPECT_EQ(status.code, 130);
  EXPECT_EQ(status.signal, 0);
  EXPECT_LT(std::chrono::steady_clock::now() - start, kSilence / 2) << "it does not wait for the server";
  std::string said(4096, '\0');
  auto size = read_some(child->err, said.data(), said.size(), "err");
  ASSERT_TRUE(size);
  said.resize(*size);
  EXPECT_EQ(said, "downloading " + server.url() +
                      "/0.1.55/nanos-release-linux-0.1.55.tar.gz\n"
                      "faasc: error: interrupted [FAASC0907]\n  while pulling 'nanos@0.1.55'\n");
  EXPECT_EQ(run({"list"}).out, "");
}

}  // namespace
}  // namespace faasc
