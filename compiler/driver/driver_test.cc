#include "compiler/driver/driver.h"

#include <csignal>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "base/file.h"
#include "compiler/driver/command.h"
#include "compiler/driver/version.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;

struct Outcome {
  int status = -1;
  std::string out, err;
};

class DriverTest : public ::testing::Test {
 protected:
  DriverTest()
      : directory_(TemporaryDirectory::create(fs::temp_directory_path(), "faasc-driver-test").value()) {}

  Outcome faasc(std::vector<std::string> arguments) {
    Outcome outcome;
    Console console(Console::Sinks{.out = [&](std::string_view text) -> Result<void> {
                                     if (!out_error_.empty())
                                       return Error{
                                           .fault = out_fault_, .code = "FAASC0000", .what = out_error_};
                                     outcome.out += text;
                                     return {};
                                   },
                                   .err = [&](std::string_view text) -> Result<void> {
                                     outcome.err += text;
                                     return {};
                                   }});
    outcome.status =
        run_faasc(arguments, console, [this](std::string_view name) -> std::optional<std::string> {
          auto found = environment_.find(std::string(name));
          return found == environment_.end() ? std::nullopt : std::optional<std::string>(found->second);
        });
    return outcome;
  }

  std::string at(std::string_view name) const { return (directory_.path() / name).string(); }
  std::string write(std::string_view name, std::string_view text) {
    EXPECT_TRUE(write_file(at(name), text));
    return at(name);
  }

  TemporaryDirectory directory_;
  std::map<std::string, std::string> environment_;
  std::string out_error_;
  Fault out_fault_ = Fault::Io;
};

TEST_F(DriverTest, TellsItsVersion) {
  for (const char* spelling : {"version", "--version"}) {
    Outcome outcome = faasc({spelling});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.out, "faasc " + std::string(kVersion) + "\n");
    EXPECT_EQ(outcome.err, "");
  }
}

TEST_F(DriverTest, HelpFitsAScreenAndNamesEveryCommand) {
  Outcome outcome = faasc({"--help"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_LE(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 50);
  for (const CommandEntry& command : command_table()) {
    EXPECT_NE(outcome.out.find("\n  " + std::string(command.name) + " "), std::string::npos) << command.name;
  }
  EXPECT_EQ(faasc({"help"}).out, outcome.out);
}

TEST_F(DriverTest, WithoutACommandHelpIsAnError) {
  Outcome outcome = faasc({});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, faasc({"--help"}).out);
}

TEST_F(DriverTest, EveryCommandHasHelpWithAnExample) {
  for (const CommandEntry& command : command_table()) {
    for (const CommandEntry& below : command.subcommands) {
      SCOPED_TRACE(below.name);
      ASSERT_TRUE(below.name.starts_with(std::string(command.name) + " "));
      std::string name(below.name.substr(command.name.size() + 1));
      EXPECT_NE(below.example.find("faasc " + std::string(below.name)), std::string_view::npos);
      if (below.passes_arguments) continue;
      Outcome help = faasc({"help", std::string(command.name), name});
      EXPECT_EQ(help.status, 0);
      EXPECT_NE(help.out.find(std::string(below.example) + "\n"), std::string::npos);
      EXPECT_LE(std::count(help.out.begin(), help.out.end(), '\n'), 30);
      EXPECT_EQ(faasc({std::string(command.name), name, "--help"}).out, help.out);
      EXPECT_EQ(find_subcommand(command, name), &below);
    }
    SCOPED_TRACE(command.name);
    EXPECT_FALSE(command.help.empty());
    EXPECT_FALSE(command.help.ends_with('.'));
    EXPECT_LE(command.help.size(), 84u);
    EXPECT_NE(command.example.find("faasc " + std::string(command.name)), std::string_view::npos);
    if (command.passes_arguments) continue;
    Outcome help = faasc({"help", std::string(command.name)});
    EXPECT_EQ(help.status, 0);
    EXPECT_EQ(help.err, "");
    EXPECT_NE(help.out.find(std::string(command.example) + "\n"), std::string::npos);
    EXPECT_EQ(faasc({std::string(command.name), "--help"}).out, help.out);
    EXPECT_EQ(faasc({"--help", std::string(command.name)}).out, help.out);
  }
}

TEST_F(DriverTest, RefusesWrongCommandLines) {
  struct Case {
    std::vector<std::string> arguments;
    std::string err;
  };
  const Case cases[] = {
      {{"image", "lss", "x"},
       "faasc: error: unknown command 'image lss'; did you mean 'image ls'? [FAASC0810]\n"
       "  hint: 'faasc help image' lists the commands\n"},
      {{"chekc"},
       "faasc: error: unknown command 'chekc'; did you mean 'check'? [FAASC0810]\n"
       "  hint: 'faasc --help' lists the commands\n"},
      {{"frobnicate"},
       "faasc: error: unknown command 'frobnicate' [FAASC0810]\n"
       "  hint: 'faasc --help' lists the commands\n"},
      {{"check", "--ofline"},
       "faasc: error: unknown option '--ofline' for 'faasc check'; did you mean '--offline'? [FAASC0811]\n"
       "  hint: 'faasc help check' lists what it takes\n"},
      {{"--colour=never", "check"},
       "faasc: error: unknown option '--colour'; did you mean '--color'? [FAASC0811]\n"
       "  hint: 'faasc --help' lists them\n"},
      {{"check", "a", "b"},
       "faasc: error: argument 'b' is one too many for 'faasc check' [FAASC0811]\n"
       "  hint: 'faasc help check' lists what it takes\n"},
      {{"check", "-q", "-v"},
       "faasc: error: --verbose and --quiet exclude each other [FAASC0811]\n"
       "  hint: give one of them\n"},
      {{"check", "--color", "red"},
       "faasc: error: --color 'red' is unknown [FAASC0811]\n"
       "  hint: it may be auto, always or never\n"},
      {{"check", "--format", "xml"},
       "faasc: error: --format 'xml' is unknown [FAASC0811]\n"
       "  hint: it may be text, json, sarif or github\n"},
      {{"check", "--diagnostics-file", "out.sarif"},
       "faasc: error: --diagnostics-file 'out.sarif' names no format and file [FAASC0811]\n"
       "  hint: write sarif:FILE or json:FILE\n"},
      {{"help", "chekc"},
       "faasc: error: unknown command 'chekc'; did you mean 'check'? [FAASC0810]\n"
       "  hint: 'faasc --help' lists the commands\n"},
      {{"explain", "FAASC9999"},
       "faasc: error: there is no message with the code 'FAASC9999' [FAASC0815]\n"
       "  hint: 'faasc explain' lists all codes\n"},
      {{"completion", "tcsh"},
       "faasc: error: there is no completion for 'tcsh' [FAASC0811]\n"
       "  hint: it may be bash, zsh or fish\n"},
      {{"completion"},
       "faasc: error: shell is required [FAASC0811]\n"
       "  hint: 'faasc help completion' lists what it takes\n"},
  };
  for (const Case& c : cases) {
    Outcome outcome = faasc(c.arguments);
    SCOPED_TRACE(outcome.err);
    EXPECT_EQ(outcome.status, 2);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(outcome.err, c.err);
  }
}

TEST_F(DriverTest, ChecksAProject) {
  write("shop/hello.cc", "");
  std::string manifest = write("shop/faas.yaml", "apiVersion: faasc/v1\n");
  Outcome outcome = faasc({"check", at("shop")});
  EXPECT_EQ(outcome.err, "faasc: 'shop' (cpp): " + manifest + " is fine\n");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(faasc({"check", "-q", "-f", manifest}).err, "");
}

TEST_F(DriverTest, ReportsAllFindingsOfAManifest) {
  std::string manifest = write("faas.yaml", "apiVersion: faasc/v1\nresources: {memory: 64GiB, vcpus: 0}\n");
  Outcome outcome = faasc({"check", at(".")});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.out, "");
  std::string path = at("./faas.yaml");
  EXPECT_EQ(outcome.err, path +
                             ":2:21: error: memory '64GiB' is outside 32MiB–10240MiB [FAASC0120]\n"
                             "resources: {memory: 64GiB, vcpus: 0}\n"
                             "                    ^~~~~\n" +
                             path +
                             ":2:35: error: vcpus '0' is outside 1–16 [FAASC0121]\n"
                             "resources: {memory: 64GiB, vcpus: 0}\n"
                             "                                  ^\n");
}

TEST_F(DriverTest, SaysWhereItLookedForAManifest) {
  EXPECT_EQ(faasc({"check", at("")}).status, 2);
  fs::create_directory(at("empty"));
  EXPECT_EQ(faasc({"check", at("empty")}).err,
            "faasc: error: there is no '" + at("empty/faas.yaml") +
                "' [FAASC0801]\n"
                "  hint: name the project's directory, or start a new project with 'faasc init'\n");
  std::string yml = write("empty/faas.yml", "");
  EXPECT_EQ(faasc({"check", at("empty")}).err, "faasc: error: there is no '" + at("empty/faas.yaml") +
                                                   "' [FAASC0801]\n"
                                                   "  hint: there is '" +
                                                   yml + "': rename it to 'faas.yaml', or name it with -f\n");
}

TEST_F(DriverTest, OutputThatCannotBeWrittenIsAFailure) {
  out_error_ = "cannot write to standard output: No space left on device";
  Outcome outcome = faasc({"version"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err,
            "faasc: error: cannot write to standard output: No space left on device [FAASC0000]\n");
}

TEST_F(DriverTest, AReaderThatHasHadEnoughIsNothingToTalkAbout) {
  out_error_ = "Broken pipe";
  out_fault_ = Fault::Interrupted;
  Outcome outcome = faasc({"version"});
  EXPECT_EQ(outcome.status, 141);
  EXPECT_EQ(outcome.err, "");
}

TEST_F(DriverTest, ColoursWhenToldTo) {
  write("faas.yaml", "[]\n");
  EXPECT_EQ(faasc({"check", at(".")}).err.find('\x1b'), std::string::npos);
  EXPECT_NE(faasc({"check", at("."), "--color=always"}).err.find('\x1b'), std::string::npos);
  environment_["NO_COLOR"] = "1";
  EXPECT_NE(faasc({"check", at("."), "--color=always"}).err.find('\x1b'), std::string::npos);
}

TEST_F(DriverTest, WritesFindingsForPrograms) {
  std::string manifest = write("faas.yaml", "apiVersion: faasc/v1\nhttp: {port: 0}\n");
  Outcome json = faasc({"check", "-f", manifest, "--format", "json"});
  EXPECT_EQ(json.err, "");
  EXPECT_EQ(
      json.out,
      R"({"schema":"faasc.diag/1","severity":"error","code":"FAASC0140","message":"port '0' is outside 1–65535","file":")" +
          manifest + R"(","line":2,"column":14,"endLine":2,"endColumn":15,"notes":[]})" + "\n" +
          R"({"schema":"faasc.result/1","ok":false})" + "\n");
  environment_["GITHUB_ACTIONS"] = "true";
  environment_["GITHUB_STEP_SUMMARY"] = at("summary.md");
  Outcome github = faasc({"check", "-f", manifest});
  EXPECT_EQ(github.out,
            "::error file=" + manifest +
                ",line=2,endLine=2,col=14,endColumn=15,title=FAASC0140::port '0' is outside 1–65535\n");
  EXPECT_EQ(read_file(at("summary.md")).value(),
            "### faasc\n\n| | Place | Message | Code |\n|---|---|---|---|\n| error | " + manifest +
                ":2 | port '0' is outside 1–65535 | FAASC0140 |\n\n");
  Outcome both = faasc({"check", "-f", manifest, "--format", "text", "--diagnostics-file",
                        "sarif:" + at("a.sarif"), "--diagnostics-file", "json:" + at("a.json")});
  EXPECT_EQ(both.out, "");
  EXPECT_EQ(read_file(at("a.json")).value(), json.out);
  EXPECT_NE(read_file(at("a.sarif")).value().find("\"ruleId\": \"FAASC0140\""), std::string::npos);
}

TEST(Driver, WhatIsThrownIsABug) {
  std::string err;
  Console console(Console::Sinks{.out = [](std::string_view) -> Result<void> { return {}; },
                                 .err = [&](std::string_view text) -> Result<void> {
                                   err += text;
                                   return {};
                                 }});
  const std::string version = "version";
  int status = run_faasc({&version, 1}, console, [](std::string_view) -> std::optional<std::string> {
    throw std::runtime_error("the environment is on fire");
  });
  EXPECT_EQ(err,
            "faasc: error: this is a bug in faasc: the environment is on fire [FAASC0814]\n"
            "  hint: please report it, with the command line and the output of 'faasc version'\n");
  EXPECT_EQ(status, 70);
}

TEST_F(DriverTest, AnswersProgramsInJson) {
  EXPECT_EQ(faasc({"version", "--format", "json"}).out,
            R"({"schema":"faasc.result/1","ok":true,"version":")" + std::string(kVersion) + "\"}\n");
  Outcome page = faasc({"explain", "FAASC0843", "--format", "json"});
  EXPECT_EQ(page.out.rfind(R"({"schema":"faasc.result/1","ok":true,"code":"FAASC0843",)", 0), 0u) << page.out;
  EXPECT_EQ(std::count(page.out.begin(), page.out.end(), '\n'), 1);
}

TEST_F(DriverTest, HelpOfEveryCommandFitsAScreenAndShowsAnExample) {
  std::vector<CommandEntry> commands;
  for (const CommandEntry& command : command_table()) {
    commands.push_back(command);
    commands.insert(commands.end(), command.subcommands.begin(), command.subcommands.end());
  }
  for (const CommandEntry& command : commands) {
    if (command.passes_arguments) continue;  // of a program of its own
    std::vector<std::string> words{"help"};
    std::istringstream name{std::string(command.name)};
    for (std::string word; name >> word;) words.push_back(word);
    std::string help = faasc(words).out;
    EXPECT_LE(std::count(help.begin(), help.end(), '\n'), 34) << help;
    EXPECT_NE(help.find("\nExample:\n  " + std::string(command.example) + "\n"), std::string::npos) << help;
    EXPECT_NE(command.example.find("faasc " + std::string(command.name)), std::string::npos);
  }
}

TEST_F(DriverTest, ImportsAFileOfAnotherTool) {
  std::string stack = write("shop/stack.yaml",
                            "provider: {name: openfaas}\n"
                            "functions:\n"
                            "  mail: {lang: python3-http, handler: ./mail, image: mail}\n");
  Outcome outcome = faasc({"init", "--from", stack});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.out, "");
  std::string manifest = at("shop/faas.yaml");
  EXPECT_EQ(outcome.err, stack +
                             ":3:47: note: 'image' is left out: no container image is made [FAASC0196]\n" +
                             "faasc: made '" + manifest + "' of the OpenFaaS stack '" + stack +
                             "': 5 values taken, 1 key left out; next: faasc check " + at("shop") + "\n");
  EXPECT_EQ(read_file(manifest).value(),
            "# Made of stack.yaml (OpenFaaS stack) by 'faasc init --from'.\n"
            "apiVersion: faasc/v1\n"
            "name: mail\n"
            "runtime: python  # was python3-http\n"
            "handler: handler.handle\n"
            "signature: openfaas\n"
            "source: mail\n");

  // Never a second time.
  outcome = faasc({"init", "--from", stack});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.err, "faasc: error: already there: '" + manifest +
                             "' [FAASC0817]\n"
                             "  hint: move it away, or name another directory: faasc init DIR --from " +
                             stack + "\n");
}

TEST_F(DriverTest, ImportsIntoAnotherDirectory) {
  std::string stack = write("shop/stack.yaml",
                            "provider: {name: openfaas}\n"
                            "functions:\n"
                            "  mail: {lang: golang-http, handler: ./mail}\n"
                            "  bill: {lang: golang-http, handler: ./bill}\n");
  Outcome outcome = faasc({"init", at("new"), "--from", stack});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_FALSE(fs::exists(at("new")));
  outcome = faasc({"-q", "init", at("new"), "--from", stack, "--function", "bill"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_NE(read_file(at("new/faas.yaml")).value().find("\nsource: bill\n"), std::string::npos);
  // Above the file: paths lead down to it.
  outcome =
      faasc({"init", directory_.path().string(), "--from", stack, "--function", "mail", "--format", "json"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_NE(read_file(at("faas.yaml")).value().find("\nsource: shop/mail\n"), std::string::npos);
  EXPECT_NE(outcome.out.find(R"("format":"OpenFaaS stack")"), std::string::npos) << outcome.out;
}

TEST_F(DriverTest, ImportsInTheCurrentDirectory) {
  write("shop/stack.yaml",
        "provider: {name: openfaas}\n"
        "functions: {mail: {lang: golang-http, handler: ./mail}}\n");
  fs::path before = fs::current_path();
  struct Case {
    const char* directory;
    std::vector<std::string> arguments;
    const char* manifest;
    const char* source;
  };
  const Case cases[] = {{"shop", {"init", "--from", "stack.yaml"}, "shop/faas.yaml", "mail"},
                        {"shop", {"init", ".", "--from", "./stack.yaml"}, "shop/faas.yaml", "mail"},
                        {"shop", {"init", "..", "--from", "stack.yaml"}, "faas.yaml", "shop/mail"},
                        {"", {"init", "--from", "shop/stack.yaml"}, "shop/faas.yaml", "mail"},
                        {"", {"init", ".", "--from", "shop/../shop/stack.yaml"}, "faas.yaml", "shop/mail"},
                        {"", {"init", "new", "--from", "shop/stack.yaml"}, "new/faas.yaml", "mail"}};
  for (const Case& one : cases) {
    SCOPED_TRACE(one.manifest);
    fs::current_path(directory_.path() / one.directory);
    Outcome outcome = faasc(one.arguments);
    fs::current_path(before);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    Result<std::string> manifest = read_file(at(one.manifest));
    ASSERT_TRUE(manifest);
    EXPECT_NE(manifest->find("\nsource: " + std::string(one.source) + "\n"), std::string::npos) << *manifest;
    fs::remove(at(one.manifest));
  }
}

TEST_F(DriverTest, ATemplateAndAFileExcludeEachOther) {
  Outcome outcome = faasc({"init", "--from", "x", "--template", "cpp-http"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.err,
            "faasc: error: --template excludes --from [FAASC0811]\n"
            "  hint: 'faasc help init' lists what it takes\n");
  outcome = faasc({"init", "--from", at("nowhere")});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err, "faasc: error: cannot open '" + at("nowhere") +
                             "': No such file or directory [FAASC0901]\n  while importing\n");
}

}  // namespace
}  // namespace faasc
