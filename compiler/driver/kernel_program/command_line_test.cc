#include "compiler/driver/kernel_program/command_line.h"

#include <algorithm>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/diagnostics.h"

namespace faasc {
namespace {

using testing::ElementsAre;

class CommandLineTest : public testing::Test {
 protected:
  void SetUp() override {
    ::unsetenv("FAASC_NANOS_URL");
    ::unsetenv("FAASC_OFFLINE");
  }
  void TearDown() override { SetUp(); }

  template <typename Command>
  Command parse(const std::vector<std::string>& arguments) {
    auto command = parse_command_line(arguments);
    if (command && std::holds_alternative<Command>(*command)) return std::get<Command>(*command);
    ADD_FAILURE() << (command ? "another command" : command.error().what);
    return {};
  }
  std::string refusal(const std::vector<std::string>& arguments) {
    auto command = parse_command_line(arguments);
    if (command) return "accepted";
    EXPECT_EQ(exit_status(command.error().fault), 2);
    return to_text(command.error(), Color::Off);
  }
};

TEST_F(CommandLineTest, ReadsEveryCommand) {
  EXPECT_EQ(parse<ListKernels>({"list"}).format, Format::Text);
  EXPECT_EQ(parse<ListKernels>({"list", "--format", "json"}).format, Format::Json);
  EXPECT_EQ(parse<ListKernels>({"list", "--format=text"}).format, Format::Text);

  EXPECT_EQ(parse<ShowKernel>({"info"}).selector, "");
  auto show = parse<ShowKernel>({"info", "nanos@0.1.55", "--format=json"});
  EXPECT_EQ(show.selector, "nanos@0.1.55");
  EXPECT_EQ(show.format, Format::Json);

  EXPECT_TRUE(parse<VerifyKernels>({"verify"}).selectors.empty());
  EXPECT_THAT(parse<VerifyKernels>({"verify", "nanos", "./dir"}).selectors, ElementsAre("nanos", "./dir"));
  EXPECT_FALSE(parse<VerifyKernels>({"verify"}).boot);
  EXPECT_TRUE(parse<VerifyKernels>({"verify", "--boot"}).boot);

  auto add = parse<AddKernel>({"add", "release.tar.gz", "--version", "0.1.55", "--force"});
  EXPECT_EQ(add.source, "release.tar.gz");
  EXPECT_EQ(add.version, "0.1.55");
  EXPECT_TRUE(add.force);

  auto pull = parse<PullKernel>({"pull", "nanos"});
  EXPECT_EQ(pull.name.family, KernelFamily::Nanos);
  EXPECT_EQ(pull.name.version, "");
  EXPECT_EQ(pull.url, "");
  EXPECT_FALSE(pull.force || pull.offline);
  pull = parse<PullKernel>({"pull", "nanos@0.1.55", "--url", "https://x/y", "--sha256", std::string(64, 'A'),
                            "--force", "--offline"});
  EXPECT_EQ(pull.name.version, "0.1.55");
  EXPECT_EQ(pull.url, "https://x/y");
  EXPECT_EQ(pull.sha256, std::string(64, 'a'));
  EXPECT_TRUE(pull.force && pull.offline);
  EXPECT_EQ(parse<PullKernel>({"pull", "linux@6.1.0-44-cloud-amd64"}).name.family, KernelFamily::Linux);

  EXPECT_EQ(parse<RemoveKernel>({"remove", "nanos@0.1.54"}).name.version, "0.1.54");
}

TEST_F(CommandLineTest, ReadsWhatToBuildAndToChoose) {
  auto build = parse<BuildKernel>({"build", "linux"});
  EXPECT_EQ(build.profile, LinuxProfile::Tiny);
  EXPECT_EQ(build.source, "");
  EXPECT_EQ(build.jobs, 0u);
  EXPECT_FALSE(build.force || build.keep || build.offline);
  build = parse<BuildKernel>({"build", "linux@6.1", "--profile", "standard", "-j", "3", "--keep", "--force"});
  EXPECT_EQ(build.profile, LinuxProfile::Standard);
  EXPECT_EQ(build.source, "6.1");
  EXPECT_EQ(build.jobs, 3u);
  EXPECT_TRUE(build.force && build.keep);
  build = parse<BuildKernel>({"build", "linux@6.1.192-2-faasc-standard"});
  EXPECT_EQ(build.profile, LinuxProfile::Standard) << "the name of a kernel says all";
  EXPECT_EQ(build.source, "6.1.192-2");

  EXPECT_EQ(parse<SetDefaultKernel>({"default"}).name, "");
  EXPECT_EQ(parse<SetDefaultKernel>({"default", "linux"}).name, "linux");
  EXPECT_TRUE(parse<SetDefaultKernel>({"default", "--unset"}).unset);
}

TEST_F(CommandLineTest, VariablesStandInForOptions) {
  ::setenv("FAASC_NANOS_URL", "https://mirror/", 1);
  EXPECT_EQ(parse<PullKernel>({"pull", "nanos"}).url, "https://mirror/");
  EXPECT_EQ(parse<PullKernel>({"pull", "nanos", "--url", "https://x"}).url, "https://x");
  EXPECT_EQ(parse<PullKernel>({"pull", "linux"}).url, "");
  for (const auto& [value, offline] : {std::pair{"1", true}, {"0", false}, {"", false}}) {
    ::setenv("FAASC_OFFLINE", value, 1);
    EXPECT_EQ(parse<PullKernel>({"pull", "linux"}).offline, offline) << value;
  }
}

TEST_F(CommandLineTest, RefusesWhatItDoesNotKnow) {
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{},
       "no command given [FAASC0623]\n  hint: it is one of list, info, verify, add, pull, build, default, "
       "remove; see `faasc "
       "kernel --help`\n"},
      {{"lst"},
       "unknown command 'lst'; did you mean 'list'? [FAASC0623]\n"
       "  hint: it is one of list, info, verify, add, pull, build, default, remove; see `faasc kernel "
       "--help`\n"},
      {{"frobnicate"},
       "unknown command 'frobnicate' [FAASC0623]\n"
       "  hint: it is one of list, info, verify, add, pull, build, default, remove; see `faasc kernel "
       "--help`\n"},
      {{"list", "--frob"}, "unknown argument '--frob' [FAASC0623]\n  hint: see `faasc kernel list --help`\n"},
      {{"list", "nanos"}, "unknown argument 'nanos' [FAASC0623]\n  hint: see `faasc kernel list --help`\n"},
      {{"--frob", "list"}, "unknown argument '--frob' [FAASC0623]\n  hint: see `faasc kernel list --help`\n"},
      {{"list", "--format", "xml"},
       "unknown format 'xml'; known are 'text' and 'json' [FAASC0623]\n  hint: see `faasc kernel list "
       "--help`\n"},
      {{"add"}, "SOURCE is required [FAASC0623]\n  hint: see `faasc kernel add --help`\n"},
      {{"pull"}, "KERNEL is required [FAASC0623]\n  hint: see `faasc kernel pull --help`\n"},
      {{"pull", "nanos", "--sha256", "12"},
       "'12' is not a SHA-256: 64 hexadecimal digits are needed [FAASC0623]\n  hint: see `faasc kernel pull "
       "--help`\n"},
      {{"pull", "linux", "--url", "https://x"},
       "--url is for Nanos; Linux comes from the distribution [FAASC0623]\n  hint: see `faasc kernel pull "
       "--help`\n"},
      {{"pull", "linux", "--sha256", "12"},
       "--sha256 is for Nanos; Linux comes from the distribution [FAASC0623]\n  hint: see `faasc kernel pull "
       "--help`\n"},
      {{"build"}, "KERNEL is required [FAASC0623]\n  hint: see `faasc kernel build --help`\n"},
      {{"build", "nanos"},
       "only Linux is built by faasc; Nanos is downloaded: `faasc kernel pull nanos` [FAASC0623]\n"
       "  hint: see `faasc kernel build --help`\n"},
      {{"build", "linux", "--profile", "huge"},
       "unknown profile 'huge'; known are 'tiny' and 'standard' [FAASC0623]\n  hint: see `faasc kernel build "
       "--help`\n"},
      {{"default", "nanos", "--unset"},
       "--unset and a kernel are given [FAASC0623]\n  hint: see `faasc kernel default --help`\n"},
      {{"pull", "nano"},
       "unknown kernel family 'nano'; did you mean 'nanos'? [FAASC0603]\n"
       "  hint: write nanos, nanos@0.1.55, linux, or a path with a '/' in it\n"},
      {{"remove", "nanos@x/y"},
       "'x/y' is not the version of a kernel [FAASC0603]\n"
       "  hint: write it as `faasc kernel list` shows it: nanos@0.1.55\n"},
  };
  for (const auto& [arguments, said] : cases) {
    SCOPED_TRACE(said);
    EXPECT_EQ(refusal(arguments), "faasc: error: " + std::string(said));
  }
}

TEST_F(CommandLineTest, HelpFitsAScreenAndHasAnExample) {
  for (std::vector<std::string> arguments : {std::vector<std::string>{},
                                             {"list"},
                                             {"info"},
                                             {"verify"},
                                             {"add"},
                                             {"pull"},
                                             {"build"},
                                             {"default"},
                                             {"remove"}}) {
    std::string name = "faasc kernel";
    for (const std::string& argument : arguments) name += " " + argument;
    SCOPED_TRACE(name);
    for (const char* flag : {"--help", "-h"}) {
      std::vector<std::string> asked = arguments;
      asked.emplace_back(flag);
      std::string text = parse<ShowHelp>(asked).text;
      EXPECT_THAT(text, testing::HasSubstr("Usage: " + name + " "));
      EXPECT_THAT(text, testing::HasSubstr("Example:\n  " + name));
      EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 24);
      for (std::size_t at = 0; at < text.size();) {
        std::size_t end = std::min(text.find('\n', at), text.size());
        EXPECT_LE(end - at, 100u) << text.substr(at, end - at);
        at = end + 1;
      }
    }
  }
}

}  // namespace
}  // namespace faasc
