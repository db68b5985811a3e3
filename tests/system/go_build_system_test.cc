// Building Go functions, without booting what was built.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/process.h"
#include "base/sha256.h"
#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kHello =
    "package hello\n\n"
    "import (\n\t\"io\"\n\t\"net/http\"\n)\n\n"
    "// Hello greets.\n"
    "func Hello(w http.ResponseWriter, r *http.Request) { io.WriteString(w, \"hi\") }\n";

class GoBuildSystem : public testing::Test {
 protected:
  void SetUp() override {
    if (!find_program("go") && !fs::exists("/usr/local/go/bin/go"))
      GTEST_SKIP() << "there is no Go on this host";
    if (!has_kernel(KernelFamily::Nanos)) GTEST_SKIP() << "no Nanos kernel in the store";
    write("");
  }
  void write(const std::string& directory) {
    project_.write(directory + "faas.yaml",
                   "apiVersion: faasc/v1\nname: hello\nruntime: go\nhandler: Hello\n");
    project_.write(directory + "go.mod", "module example.com/hello\n\ngo 1.19\n");
    project_.write(directory + "hello.go", kHello);
  }
  Finished build(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"build", "--kernel", "nanos"});
    return project_.faasc(more);
  }
  std::string digest(const std::string& file) { return to_hex(sha256_of_file(project_.at(file)).value()); }
  std::string source() { return project_.at("hello.go").string(); }

  ProjectRun project_;
};

TEST_F(GoBuildSystem, NothingIsWrittenIntoTheSource) {
  Finished finished = build({"-v"});
  ASSERT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_EQ(finished.out, "build/hello.img\n");
  EXPECT_THAT(finished.err,
              HasSubstr("'Hello' at hello.go:9: named by 'handler'; its type is that of an HTTP handler"));
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(project_.at(".")))
    names.push_back(entry.path().filename().string());
  EXPECT_THAT(names, testing::UnorderedElementsAre("faas.yaml", "go.mod", "hello.go", "build"));
}

TEST_F(GoBuildSystem, TwoDirectoriesGiveTheSameBytes) {
  write("größer und tiefer/");
  ASSERT_EQ(build().status.code, 0);
  Finished second = project_.shell(
      "umask 077; cd 'größer und tiefer' && GOFLAGS=-tags=x exec \"$FAASC\" build -j1 --kernel nanos");
  ASSERT_EQ(second.status.code, 0) << second.err;
  EXPECT_EQ(digest("build/hello.img"), digest("größer und tiefer/build/hello.img"));
  // The program that is loaded, and nothing of its symbols.
  EXPECT_LT(fs::file_size(project_.at("build/.faasc/hello/go/function")),
            fs::file_size(project_.at("build/.faasc/hello/go/function.debug")));
}

TEST_F(GoBuildSystem, ASecondBuildStartsNothing) {
  ASSERT_EQ(build().status.code, 0);
  Finished second = project_.shell("PATH=/nowhere HOME=/nowhere exec \"$FAASC\" build -v --kernel nanos");
  EXPECT_THAT(second.err, HasSubstr("build/hello.img is up to date"));
  project_.write("more.go", "package hello\n\nconst more = 1\n");
  EXPECT_THAT(build({"-v"}).err, HasSubstr("building because"));
  project_.write("more.go", "package hello\n\nconst more = 2\n");
  EXPECT_THAT(build({"-v"}).err, HasSubstr("more.go' changed"));
  project_.write("go.sum", "");
  EXPECT_THAT(build({"-v"}).err, HasSubstr("go.sum' changed"));
}

TEST_F(GoBuildSystem, AnEditOfABodyAsksForNoPackages) {
  ASSERT_EQ(build().status.code, 0);
  auto hello = [&](const std::string& import, const std::string& text) {
    project_.write("hello.go", "package hello\n\nimport (\n\t\"io\"\n\t\"net/http\"\n" + import +
                                   ")\n\nfunc Hello(w http.ResponseWriter, r *http.Request) { "
                                   "io.WriteString(w, " +
                                   text + ") }\n");
  };
  hello("", "\"ho\"");
  constexpr const char* kKept = "no package was added or left out";
  Finished edited = build({"-v"});
  EXPECT_THAT(edited.err, HasSubstr(kKept));
  EXPECT_THAT(edited.err, Not(HasSubstr("go list -deps")));
  std::string kept = digest("build/hello.img");
  fs::remove_all(project_.at("build"));
  ASSERT_EQ(build().status.code, 0);
  EXPECT_EQ(digest("build/hello.img"), kept) << "the same bytes as without what was kept";

  // A package comes, and what it says is an input from then on.
  project_.write("greet/greet.go", "package greet\n\nconst Text = \"first\"\n");
  hello("\t\"example.com/hello/greet\"\n", "greet.Text");
  EXPECT_THAT(build({"-v"}).err, HasSubstr("go list -deps"));
  project_.write("greet/greet.go", "package greet\n\nconst Text = \"second\"\n");
  Finished changed = build({"-v"});
  EXPECT_THAT(changed.err, HasSubstr("greet.go' changed"));
  EXPECT_THAT(changed.err, HasSubstr(kKept));
  EXPECT_NE(read_file(project_.at("build/hello.img"))->find("second"), std::string::npos);
}

TEST_F(GoBuildSystem, CompileErrorsAreGosOwnAndComeOnce) {
  project_.write("hello.go", std::string(kHello) + "\nvar a int = missing\nvar b string = 1\n");
  Finished finished = build();
  EXPECT_EQ(finished.status.code, 1);
  EXPECT_EQ(finished.out, "");
  EXPECT_THAT(finished.err,
              HasSubstr("hello.go:11:13: error: undefined: missing\nvar a int = missing\n            ^\n"));
  EXPECT_THAT(finished.err, HasSubstr("hello.go:12:16: error: cannot use 1"));
  EXPECT_EQ(finished.err.find("undefined"), finished.err.rfind("undefined")) << finished.err;
  EXPECT_FALSE(fs::exists(project_.at("build/hello.img")));
  // From elsewhere, with a name that goes there.
  finished = project_.shell("mkdir -p else && cd else && exec \"$FAASC\" build .. --kernel nanos");
  EXPECT_THAT(finished.err, HasSubstr("../hello.go:11:13: error: undefined: missing"));
}

TEST_F(GoBuildSystem, SyntaxErrorsAreTheCompilersOwn) {
  project_.write("hello.go", "package hello\n\nfunc Hello( {\n");
  Finished finished = build();
  EXPECT_EQ(finished.status.code, 1);
  EXPECT_THAT(finished.err, HasSubstr("hello.go:3:13: error: syntax error: unexpected {"));
  EXPECT_THAT(finished.err, Not(HasSubstr("FAASC040")));
}

TEST_F(GoBuildSystem, AHandlerOfTheWrongTypeIsShown) {
  project_.write("hello.go", "package hello\n\nfunc Hello(a int, b string, c bool) {}\n");
  Finished finished = build();
  EXPECT_EQ(finished.status.code, 1);
  EXPECT_THAT(
      finished.err,
      HasSubstr(
          "faas.yaml:4:10: error: 'Hello' is 'func(int, string, bool)', which is no handler [FAASC0404]"));
  EXPECT_THAT(finished.err, HasSubstr("hello.go:3:6: note: it is defined here"));
  // What only types could tell shows when it is compiled, at the same place.
  project_.write("hello.go",
                 "package hello\n\nimport \"net/http\"\n\ntype T = func()\n\n"
                 "var Hello T\n\nfunc hello(w http.ResponseWriter, r *http.Request) {}\n");
  EXPECT_THAT(build().err, HasSubstr("FAASC0401"));
}

TEST_F(GoBuildSystem, TheModuleIsLookedAtBeforeGoIs) {
  project_.write("go.mod", "module example.com/hello\n\ngo 1.99\n");
  Finished finished = build();
  EXPECT_EQ(finished.status.code, 1);
  EXPECT_THAT(finished.err, HasSubstr("go.mod:3:1: error: go.mod asks for Go 1.99, but this is Go "));
  EXPECT_THAT(finished.err, HasSubstr("[FAASC0423]\ngo 1.99\n^"));
  fs::remove(project_.at("go.mod"));
  finished = build();
  EXPECT_THAT(finished.err, HasSubstr("there is no go.mod in '.' or above [FAASC0424]"));
}

TEST_F(GoBuildSystem, OfflineMeansNoDownload) {
  project_.write("go.mod", "module example.com/hello\n\ngo 1.19\n\nrequire example.com/nowhere v1.2.3\n");
  project_.write("go.sum",
                 "example.com/nowhere v1.2.3 h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
                 "example.com/nowhere v1.2.3/go.mod h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
  project_.write("more.go", "package hello\n\nimport _ \"example.com/nowhere\"\n");
  Finished finished = build({"--offline"});
  EXPECT_EQ(finished.status.code, 1);
  EXPECT_THAT(finished.err, HasSubstr("FAASC0425"));
  EXPECT_THAT(finished.err, HasSubstr("GOPROXY=off"));
  EXPECT_THAT(finished.err, HasSubstr("hint: "));
}

TEST_F(GoBuildSystem, WhatIsMissingInGoModIsSaid) {
  project_.write("more.go", "package hello\n\nimport _ \"example.com/nowhere\"\n");
  Finished finished = build({"--offline"});
  EXPECT_EQ(finished.status.code, 1);
  EXPECT_THAT(finished.err,
              HasSubstr("more.go:3:8: error: cannot find module providing package example.com/nowhere"));
  EXPECT_THAT(finished.err, HasSubstr("[FAASC0426]"));
}

TEST_F(GoBuildSystem, WhatAUnikernelCannotServeIsSaidForNanosOnly) {
  project_.write("hello.go",
                 "package hello\n\nimport (\n\t\"net/http\"\n\t\"os/exec\"\n)\n\n"
                 "func Hello(w http.ResponseWriter, r *http.Request) {\n\texec.Command(\"ls\").Run()\n}\n");
  Finished finished = build();
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_THAT(finished.err,
              HasSubstr("hello.go:9:2: warning: 'exec.Command' starts a program, which a unikernel "
                        "does not do [FAASC0430]\n\texec.Command(\"ls\").Run()\n\t^"));
  std::string manifest = *read_file(project_.at("faas.yaml"));
  project_.write("faas.yaml", manifest + "lint: strict\n");
  finished = build();
  EXPECT_EQ(finished.status.code, 1) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("hello.go:9:2: error: 'exec.Command' starts a program"));
  project_.write("faas.yaml", manifest + "lint: \"off\"\n");
  finished = build();
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_THAT(finished.err, Not(HasSubstr("FAASC0430")));
  if (!has_kernel(KernelFamily::Linux)) return;
  finished = project_.faasc({"build", "--kernel", "linux"});
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_THAT(finished.err, Not(HasSubstr("FAASC0430")));
}

TEST_F(GoBuildSystem, AFileThatNeedsCgoIsNamed) {
  project_.write("hello.go",
                 "package hello\n\nimport \"C\"\n\nimport \"net/http\"\n\n"
                 "func Hello(w http.ResponseWriter, r *http.Request) {}\n");
  Finished finished = build();
  EXPECT_EQ(finished.status.code, 1);
  EXPECT_THAT(finished.err, HasSubstr("hello.go:1:1: error: 'hello.go' needs cgo, which is off [FAASC0421]"));
  EXPECT_THAT(finished.err, Not(HasSubstr("FAASC0401")));
}

TEST_F(GoBuildSystem, TheVersionOfTheManifestIsTheOneToUse) {
  project_.write("faas.yaml", "apiVersion: faasc/v1\nname: hello\nruntime: go:1.2\nhandler: Hello\n");
  Finished finished = build();
  EXPECT_EQ(finished.status.code, 3) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("there is no Go 1.2 on this host [FAASC0411]"));
  EXPECT_THAT(finished.err, HasSubstr("hint: found: "));
}

// Google's framework is the runtime's to play: nothing of it is downloaded.
TEST_F(GoBuildSystem, TheFrameworksImportsNeedNoModule) {
  project_.write("go.mod",
                 "module example.com/hello\n\ngo 1.19\n\nrequire "
                 "github.com/GoogleCloudPlatform/functions-framework-go v1.8.1\n");
  project_.write(
      "hello.go",
      "package hello\n\nimport (\n\t\"net/http\"\n\n"
      "\t\"github.com/GoogleCloudPlatform/functions-framework-go/functions\"\n)\n\n"
      "func init() {\n\tfunctions.HTTP(\"Hello\", func(w http.ResponseWriter, r *http.Request) {})\n"
      "\tfunctions.Typed(\"Other\", func(n int) (int, error) { return n, nil })\n}\n");
  project_.environment["GOMODCACHE"] = project_.at("../modules").string();
  Finished finished = build({"--offline", "-v"});
  ASSERT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_THAT(finished.err,
              HasSubstr("'Hello' at hello.go:10: named by 'handler'; registered with functions.HTTP"));
  project_.write("faas.yaml", "apiVersion: faasc/v1\nname: hello\nruntime: go\n");
  EXPECT_THAT(build({"--offline"}).err,
              HasSubstr("more than one function could be the handler: 'Hello', 'Other' [FAASC0402]"));
}

}  // namespace
}  // namespace faasc
