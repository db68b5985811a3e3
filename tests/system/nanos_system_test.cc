// The whole path on a real Nanos: what a user types, and what comes back.

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

class NanosSystem : public testing::Test {
 protected:
  void SetUp() override {
    FAASC_NEEDS(KernelFamily::Nanos);
    project_.write_hello();
  }
  Finished invoke(std::vector<std::string> arguments) const {
    return project_.invoke(KernelFamily::Nanos, std::move(arguments));
  }
  ProjectRun project_;
};

TEST_F(NanosSystem, AnswersWhenTheKernelIsLoadedDirectly) {
  Finished finished = invoke({"--data", "Ada", "--machine", "microvm"});
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_EQ(finished.out, "Hello, Ada!\n");
}

TEST_F(NanosSystem, AnswersWhenTheBiosBootsTheDisk) {
  Finished finished = invoke({"--data", "Ada", "--boot", "disk", "--time"});
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_EQ(finished.out, "Hello, Ada!\n");
  EXPECT_THAT(finished.err, HasSubstr("booted from the disk"));
  // From the start of faasc on, in the order in which it happens.
  std::size_t before = 0;
  for (const char* phase : {"faasc has the image", "faasc has looked at this host", "QEMU started",
                            "first byte on the console", "first response"}) {
    std::size_t at = finished.err.find(phase);
    ASSERT_NE(at, std::string::npos) << phase << " in " << finished.err;
    EXPECT_GT(at, before) << finished.err;
    before = at;
  }
}

TEST_F(NanosSystem, OneDiskIsBootedByUefiAndByABios) {
  project_.write("faas.yaml", *read_file(project_.at("faas.yaml")) + "image: {boot: uefi}\n");
  Finished finished = invoke({"--data", "Ada", "--boot", "bios"});
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_EQ(finished.out, "Hello, Ada!\n");

  project_.environment["FAASC_UEFI_FIRMWARE"] = "";
  finished = invoke({"--data", "Ada", "--boot", "uefi"});
  if (finished.status.code == 3) {
    EXPECT_THAT(finished.err, HasSubstr("hint: sudo apt install ovmf"));
    GTEST_SKIP() << "no UEFI firmware (package ovmf)";
  }
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_EQ(finished.out, "Hello, Ada!\n");
}

TEST_F(NanosSystem, ADiskThatOnlyAVmmBootsIsRefusedToFirmware) {
  project_.write("faas.yaml", *read_file(project_.at("faas.yaml")) + "image: {boot: direct}\n");
  Finished finished = invoke({"--data", "Ada"});
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_EQ(finished.out, "Hello, Ada!\n");
  finished = invoke({"--data", "Ada", "--boot", "uefi"});
  EXPECT_EQ(finished.status.code, 1);
  EXPECT_THAT(finished.err,
              HasSubstr("error: 'hello' cannot be booted by UEFI: its disk has no loader for it "
                        "[FAASC0707]\n"));
  EXPECT_THAT(finished.err,
              HasSubstr("hint: leave out '--boot uefi', or write 'image: {boot: uefi}' into faas.yaml\n"));
}

TEST_F(NanosSystem, UpstreamsDumpReadsEveryFileBack) {
  const char* dump = std::getenv("FAASC_NANOS_DUMP");
  if (dump == nullptr) GTEST_SKIP() << "FAASC_NANOS_DUMP does not name upstream's dump";
  project_.write("faas.yaml",
                 *read_file(project_.at("faas.yaml")) + "files:\n  - {from: data, to: /etc/data}\n");
  for (int i = 0; i < 20; ++i)
    project_.write("data/" + std::to_string(i) + "/f",
                   std::string(static_cast<std::size_t>(i) * 997, static_cast<char>('a' + i)));
  ASSERT_EQ(project_.faasc({"build", "--kernel", "nanos"}).status.code, 0);
  auto dumped =
      run({.argv = {dump, "-d", project_.at("out").string(), project_.at("build/hello.img").string()}});
  ASSERT_TRUE(dumped && dumped->status.ok()) << dumped->err;
  for (int i = 0; i < 20; ++i) {
    std::string file = std::to_string(i) + "/f";
    auto back = read_file(project_.at("out/etc/data/" + file));
    ASSERT_TRUE(back) << back.error().what;
    EXPECT_EQ(*back, *read_file(project_.at("data/" + file)));
  }
  EXPECT_TRUE(fs::exists(project_.at("out/bin/function")));
}

TEST_F(NanosSystem, TheGuestsExitStatusComesBack) {
  Finished finished = invoke({"--path", "/exit?7"});
  EXPECT_EQ(finished.status.code, 5);
  EXPECT_THAT(finished.err, HasSubstr("exited with status 7"));
  finished = invoke({"--path", "/segv"});
  EXPECT_EQ(finished.status.code, 5);
  EXPECT_THAT(finished.err, HasSubstr("| crashed with SIGSEGV:\n"));
  EXPECT_THAT(finished.err, HasSubstr(" at hello.cc:10\n"));
  EXPECT_THAT(finished.err, HasSubstr("|   called by faasc's runtime\n"));
  EXPECT_THAT(finished.err, testing::Not(HasSubstr("called from 0x")));
}

TEST_F(NanosSystem, AnErrorOfTheFunctionIsOne) {
  Finished finished = invoke({"--path", "/throw"});
  EXPECT_EQ(finished.status.code, 5);
  EXPECT_THAT(finished.out, HasSubstr("out of stock"));
  EXPECT_THAT(finished.err, HasSubstr("FAASC0819"));
  EXPECT_THAT(finished.err, HasSubstr("status 500"));
}

TEST_F(NanosSystem, TestsOfTheManifestPassAndFail) {
  Finished finished = project_.faasc({"test", "--kernel", "nanos", "--junit", "report.xml"});
  EXPECT_EQ(finished.status.code, 0) << finished.out << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("greets"));
  EXPECT_THAT(read_file(project_.at("report.xml")).value(), HasSubstr("failures=\"0\""));
  auto manifest = read_file(project_.at("faas.yaml"));
  manifest->replace(manifest->find("Hello, Ada"), 10, "Hello, Bob");
  project_.write("faas.yaml", *manifest);
  finished = project_.faasc({"test", "--kernel", "nanos"});
  EXPECT_EQ(finished.status.code, 4) << finished.out << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("Hello, Bob"));
}

TEST_F(NanosSystem, TheSmallestMemoryIsFound) {
  Finished finished = project_.faasc({"test", "--kernel", "nanos", "--find-memory", "--memory", "128MiB"});
  EXPECT_EQ(finished.status.code, 0) << finished.out << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("faasc: 128 MiB is enough\n"));
  EXPECT_THAT(finished.err, HasSubstr(" MiB is too little\n"));
  EXPECT_THAT(finished.out, testing::MatchesRegex("[0-9]+ MiB\n"));
  EXPECT_GE(std::atoi(finished.out.c_str()), 8);
}

TEST_F(NanosSystem, AnImageRunsFromWhereverItWasMoved) {
  ASSERT_EQ(project_.faasc({"build", "--kernel", "nanos", "-o", "out/x.img"}).status.code, 0);
  fs::create_directory(project_.at("elsewhere"));
  for (const char* file : {"x.img", "x.vm.json"})
    fs::rename(project_.at("out") / file, project_.at("elsewhere") / file);
  Finished finished = project_.faasc({"invoke", "elsewhere/x.img", "--data", "Bo"});
  EXPECT_EQ(finished.out, "Hello, Bo!\n") << finished.err;
  fs::remove(project_.at("elsewhere/x.vm.json"));
  finished = project_.faasc({"invoke", "elsewhere/x.img"});
  EXPECT_EQ(finished.status.code, 1);
  EXPECT_THAT(finished.err, HasSubstr("FAASC0818"));
}

TEST_F(NanosSystem, NoQemuIsSaidWithTheWayOut) {
  ASSERT_EQ(project_.faasc({"build", "--kernel", "nanos"}).status.code, 0);
  project_.environment["PATH"] = project_.at("empty").string();
  Finished finished = project_.faasc({"invoke", "build/hello.img"});
  EXPECT_EQ(finished.status.code, 6) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("apt install qemu-system-x86"));
}

// Starts `faasc run` and waits for its line of JSON: the address and QEMU's process.
struct Running {
  Child child;
  std::string address;
  int qemu = 0;
};

std::optional<Running> start(const ProjectRun& project) {
  auto child = Child::spawn(project.command({"run", "--kernel", "nanos", "-p", "0:8080", "--json"}),
                            {.out = Stream::Pipe, .err = Stream::Null});
  if (!child) return std::nullopt;
  std::string line;
  char c;
  while (line.size() < 4096 && ::read(child->out.get(), &c, 1) == 1 && c != '\n') line += c;
  auto json = nlohmann::json::parse(line, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  return Running{std::move(*child), json.value("address", ""), json.value("pid", 0)};
}

TEST_F(NanosSystem, NothingSurvivesFaascHoweverItEnds) {
  for (int signal : {SIGINT, SIGTERM, SIGKILL}) {
    SCOPED_TRACE(signal);
    auto running = start(project_);
    ASSERT_TRUE(running);
    ASSERT_GT(running->qemu, 0);
    ASSERT_EQ(::kill(running->qemu, 0), 0);
    running->child.signal(signal);
    ExitStatus status = running->child.wait();
    if (signal == SIGKILL)
      EXPECT_EQ(status.signal, SIGKILL);
    else
      EXPECT_TRUE(status.code == 128 + signal || status.signal == signal)
          << status.code << " " << status.signal;
    EXPECT_TRUE(ends_soon(running->qemu));
  }
}

TEST_F(NanosSystem, ARootIsReadOnlyUnlessStorageIsAskedFor) {
  auto source = read_file(project_.at("hello.cc"));
  std::size_t at = source->find("    if (target == \"/segv\")");
  source->insert(at,
                 "    if (target == \"/write\") {\n"
                 "      std::FILE* file = std::fopen(\"/tmp/x\", \"w\");\n"
                 "      bool wrote = file && std::fputs(\"x\", file) >= 0 && std::fclose(file) == 0;\n"
                 "      return gcf::HttpResponse{}.set_payload(wrote ? \"wrote\" : \"refused\");\n"
                 "    }\n");
  project_.write("hello.cc", "#include <cstdio>\n" + *source);
  EXPECT_EQ(invoke({"--path", "/write"}).out, "refused");
  project_.write("faas.yaml",
                 *read_file(project_.at("faas.yaml")) + "resources: {ephemeral_storage: 16MiB}\n");
  EXPECT_EQ(invoke({"--path", "/write"}).out, "wrote");
  // What a run writes is gone with it: the image is what it was.
  EXPECT_EQ(project_.faasc({"build", "--kernel", "nanos", "-v"}).err.find("building because"),
            std::string::npos);
}

}  // namespace
}  // namespace faasc
