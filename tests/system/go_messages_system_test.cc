// What is said of Go functions that cannot be built, word for word, and of one that ends before it serves.

#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/process.h"
#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

constexpr const char* kHello =
    "package hello\n\nimport \"net/http\"\n\nfunc Hello(w http.ResponseWriter, r *http.Request) {}\n";
constexpr const char* kManifest = "apiVersion: faasc/v1\nname: hello\nruntime: go\nhandler: Hello\n";
constexpr const char* kAnyHandler = "apiVersion: faasc/v1\nname: hello\nruntime: go\n";
constexpr const char* kModule = "module example.com/hello\n\ngo 1.19\n";

class GoMessages : public testing::Test {
 protected:
  void SetUp() override {
    if (!find_program("go") && !fs::exists("/usr/local/go/bin/go"))
      GTEST_SKIP() << "there is no Go on this host";
    if (!has_kernel(KernelFamily::Nanos)) GTEST_SKIP() << "no Nanos kernel in the store";
  }
  ProjectRun project_;
};

TEST_F(GoMessages, OfWhatIsNotBuilt) {
  struct Case {
    const char* what;
    std::vector<std::pair<std::string, std::string>> files;
    std::string said;
  };
  const Case cases[] = {
      {"compile errors",
       {{"hello.go", std::string(kHello) + "\nvar a int = missing\n\nvar b string = 1\n"}},
       "hello.go:7:13: error: undefined: missing\nvar a int = missing\n            ^\n"
       "hello.go:9:16: error: cannot use 1 (untyped int constant) as string value in variable declaration\n"
       "var b string = 1\n               ^\n"},
      {"a module path with a space",
       {{"go.mod", "module \"example.com/my shop\"\n\ngo 1.19\n"}},
       "go.mod:1:1: error: malformed module path \"example.com/my shop\": invalid char ' ' [FAASC0426]\n"
       "module \"example.com/my shop\"\n^\n"
       "  hint: module paths are letters, digits and - . _ ~ / of ASCII\n"},
      {"a module path with a letter that is not ASCII",
       {{"go.mod", "// shoes\nmodule example.com/größe\n\ngo 1.19\n"}},
       "go.mod:2:1: error: malformed module path \"example.com/größe\": invalid char 'ö' [FAASC0426]\n"
       "module example.com/größe\n^\n"
       "  hint: module paths are letters, digits and - . _ ~ / of ASCII\n"},
      {"two programs",
       {{"faas.yaml", kAnyHandler},
        {"hello.go", ""},
        {"cmd/a/main.go", "package main\n\nfunc main() {}\n"},
        {"cmd/b/main.go", "package main\n\nfunc main() {}\n"}},
       "faasc: error: 'main' is found 2 times [FAASC0402]\n"
       "  hint: write 'build: {go: {package: DIR}}' with the package's directory into the manifest\n"
       "cmd/a/main.go:3:6: note: 'main' (server): a main() of its own\nfunc main() {}\n     ^\n"
       "cmd/b/main.go:3:6: note: 'main' (server): a main() of its own\nfunc main() {}\n     ^\n"},
      {"two mains in a package",
       {{"faas.yaml", kAnyHandler},
        {"hello.go", "package main\n\nfunc main() {}\n"},
        {"more.go", "package main\n\nfunc main() {}\n"}},
       "more.go:3:6: error: main redeclared in this block; ./hello.go:3:6: other declaration of main\n"
       "func main() {}\n     ^\n"},
      {"a wrong signature",
       {{"hello.go", "package hello\n\nfunc Hello(a int, b string, c bool) {}\n"}},
       "faas.yaml:4:10: error: 'Hello' is 'func(int, string, bool)', which is no handler [FAASC0404]\n"
       "handler: Hello\n         ^~~~~\n"
       "  hint: a handler is func F(http.ResponseWriter, *http.Request), func F(context.Context, "
       "event.Event) "
       "error, functions.HTTP, .CloudEvent or .Typed in an init(), lambda.Start in main(), or, with "
       "'signature', "
       "typed: func F(T) (R, error), event: func F(context.Context, T) error\n"
       "hello.go:3:6: note: it is defined here\nfunc Hello(a int, b string, c bool) {}\n     ^\n"},
      {"no module",
       {{"go.mod", ""}},
       "faas.yaml:4:10: error: there is no go.mod in '.' or above [FAASC0424]\nhandler: Hello\n         "
       "^~~~~\n"
       "  hint: run 'go mod init NAME' there, or name the module's directory with 'source'\n"},
      {"a module that is not here, and no network",
       {{"go.mod", std::string(kModule) + "\nrequire example.com/nowhere v1.2.3\n"},
        {"go.sum",
         "example.com/nowhere v1.2.3 h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
         "example.com/nowhere v1.2.3/go.mod h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"},
        {"more.go", "package hello\n\nimport _ \"example.com/nowhere\"\n"}},
       "more.go:3:8: error: module lookup disabled by GOPROXY=off [FAASC0425]\n"
       "import _ \"example.com/nowhere\"\n       ^\n"
       "  hint: without --offline it is downloaded once; or run 'go mod vendor' and keep vendor/ with the "
       "source\n"},
      {"a module for a newer Go",
       {{"go.mod", "module example.com/hello\n\ngo 1.99\n"}},
       "go.mod:3:1: error: go.mod asks for Go 1.99, but this is Go VERSION [FAASC0423]\ngo 1.99\n^\n"
       "  hint: install a newer Go, or lower the version in go.mod if the code does not need it\n"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    ProjectRun project;
    std::map<std::string, std::string> files = {
        {"faas.yaml", kManifest}, {"go.mod", kModule}, {"hello.go", kHello}};
    for (const auto& [name, text] : c.files) files[name] = text;
    for (const auto& [name, text] : files)
      if (!text.empty()) project.write(name, text);
    Finished finished = project.faasc({"build", "-q", "--offline", "--kernel", "nanos"});
    EXPECT_EQ(finished.status.code, 1);
    EXPECT_EQ(finished.out, "");
    std::regex version("this is Go [^ ]* at '[^']*'");
    EXPECT_EQ(std::regex_replace(finished.err, version, "this is Go VERSION"), c.said);
    EXPECT_FALSE(fs::exists(project.at("build/hello.img")));
  }
}

TEST_F(GoMessages, OfAPanicBeforeItServes) {
  if (!has_qemu()) GTEST_SKIP() << "QEMU is not installed";
  project_.write("faas.yaml", kManifest);
  project_.write("go.mod", kModule);
  project_.write("hello.go", std::string(kHello) + "\nfunc init() {\n\tpanic(\"no tea\")\n}\n");
  Finished finished = project_.faasc({"invoke", "-q", "--kernel", "nanos"});
  EXPECT_EQ(finished.status.code, 5) << finished.err;
  EXPECT_THAT(finished.err, testing::HasSubstr("faasc: error: the guest exited with status 2 [FAASC0710]\n"));
  EXPECT_THAT(finished.err, testing::HasSubstr("panic: no tea"));
  EXPECT_THAT(finished.err, testing::HasSubstr("hello.go:8"));
}

}  // namespace
}  // namespace faasc
