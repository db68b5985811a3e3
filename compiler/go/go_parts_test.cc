#include <cstring>

#include <elf.h>
#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "compiler/go/detector.h"
#include "compiler/go/facts.h"
#include "compiler/go/framework_paths.h"
#include "compiler/go/generated_main.h"
#include "compiler/go/module_file.h"
#include "compiler/go/overlay.h"
#include "compiler/go/packages.h"
#include "compiler/go/stripped_copy.h"
#include "compiler/go/toolchain.h"
#include "compiler/go/unikernel_lint.h"

namespace faasc::go {
namespace {

namespace fs = std::filesystem;

TEST(GoToolchain, VersionsAreCompared) {
  struct Case {
    const char *a, *b;
    bool older;
  };
  for (const Case& one : {Case{"1.9", "1.19", true}, Case{"1.19", "1.9", false}, Case{"1.19", "1.19.8", true},
                          Case{"1.22", "1.22", false}, Case{"1.22rc1", "1.22", false}, Case{"", "1", true}})
    EXPECT_EQ(is_older(one.a, one.b), one.older) << one.a << " " << one.b;
  EXPECT_EQ(version_of_file("go1.26.8\ntime 2026-01-01T00:00:00Z\n"), "1.26.8");
  EXPECT_EQ(version_of_file("go1.19.8"), "1.19.8");
  EXPECT_EQ(version_of_file("devel +abc"), "");
}

TEST(GoToolchain, OneThatIsNotThereIsRefusedWithThoseThatAre) {
  const std::vector<Toolchain> found = {{"/usr/local/go/bin/go", "/usr/local/go", "1.26.8"},
                                        {"/usr/lib/go-1.19/bin/go", "/usr/lib/go-1.19", "1.19.8"}};
  EXPECT_EQ(choose_toolchain(found, "")->version, "1.26.8");
  EXPECT_EQ(choose_toolchain(found, "1.19")->version, "1.19.8");
  EXPECT_EQ(to_text(choose_toolchain(found, "1.2").error(), Color::Off),
            "faasc: error: there is no Go 1.2 on this host [FAASC0411]\n"
            "  hint: found: 1.26.8, 1.19.8; write 'runtime: go' to take the first of them\n");
  EXPECT_EQ(to_text(choose_toolchain({}, "").error(), Color::Off),
            "faasc: error: there is no Go on this host: looked in PATH, /usr/local/go, /usr/lib/go-* and "
            "~/sdk [FAASC0410]\n"
            "  hint: install the package golang-go, or unpack a release from go.dev into /usr/local/go\n");
}

TEST(GoDetector, IsCompiledOrRefused) {
  TemporaryDirectory place = TemporaryDirectory::create(testing::TempDir(), "detector").value();
  fs::path go = place.path() / "go";
  ASSERT_TRUE(
      write_file(go, "#!/bin/sh\necho './main.go:3:8: package slices is not in GOROOT' >&2\nexit 1\n"));
  fs::permissions(go, fs::perms::owner_all);
  auto facts = detect({.toolchain = {go, "/usr/lib/go-1.18", "1.18.1"},
                       .sources = place.path(),
                       .cache_dir = place.path() / "cache"});
  ASSERT_FALSE(facts);
  EXPECT_EQ(
      to_text(facts.error(), Color::Off),
      "faasc: error: Go 1.18.1 at '/usr/lib/go-1.18' cannot compile the program that looks for handlers "
      "[FAASC0412]\n"
      "  | ./main.go:3:8: package slices is not in GOROOT\n"
      "  hint: Go 1.19 or newer with its standard library is needed; try 'go version' and 'go build std'\n");
}

TEST(GoModuleFile, IsReadAsFarAsItMatters) {
  ModuleFile file = read_module_file(
      "// a comment\nmodule example.com/shop // and another\n\ngo 1.21.3\n\nrequire (\n\tmodule v1.0.0\n\tgo "
      "v2\n)\n");
  EXPECT_EQ(file.path, "example.com/shop");
  EXPECT_EQ(file.go, "1.21.3");
  EXPECT_EQ(file.path_line, 2);
  EXPECT_EQ(file.go_line, 4);
  EXPECT_EQ(read_module_file("module \"with space\"\n").path, "with space");
  EXPECT_EQ(read_module_file("").path, "");
  EXPECT_EQ(read_module_file("module").path, "");
}

TEST(GoModuleFile, IsLookedForUpwards) {
  TemporaryDirectory place = TemporaryDirectory::create(testing::TempDir(), "module").value();
  ASSERT_TRUE(write_file(place.path() / "go.mod", "module m\n"));
  ASSERT_TRUE(make_directories(place.path() / "a/b"));
  auto module = find_module(place.path() / "a/b");
  ASSERT_TRUE(module && module.value());
  EXPECT_EQ(module.value()->root, place.path());
  EXPECT_FALSE(module.value()->vendored);
}

TEST(GoFacts, GarbageIsNoFacts) {
  for (const char* text : {"", "[]", "{\"packages\": 3}", "{\"packages\": [1]}", "{\"nested\": [1]}", "{"})
    EXPECT_EQ(to_text(facts_from_json(text).error(), Color::Off),
              "faasc: error: the Go detector's answer cannot be read [FAASC0413]\n"
              "  hint: please report it, with the output of 'go version' and the function that shows it\n")
        << text;
  auto facts =
      facts_from_json(R"({"packages":[{"dir":".","name":"f","main":{"file":"f.go","line":3,"column":6}}]})");
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts.value().packages[0].main->line, 3);
}

TEST(GoOverlay, OnlyTheFrameworksImportsChange) {
  std::string text =
      "package f\n\nimport "
      "(\n\t\"fmt\"\n\t\"github.com/GoogleCloudPlatform/functions-framework-go/functions\"\n"
      "\tff \"github.com/GoogleCloudPlatform/functions-framework-go/funcframework\"\n)\n";
  File file;
  for (const char* path : {"fmt", "github.com/GoogleCloudPlatform/functions-framework-go/functions",
                           "github.com/GoogleCloudPlatform/functions-framework-go/funcframework"}) {
    std::string literal = '"' + std::string(path) + '"';
    std::size_t at = text.find(literal);
    file.imports.push_back(
        {.path = path, .named = text[at - 2] == 'f', .offset = at, .length = literal.size(), .place = {}});
  }
  EXPECT_EQ(
      with_runtime_imports(text, file, "m/zz_faasc/faasrt"),
      "package f\n\nimport (\n\t\"fmt\"\n\tfunctions \"m/zz_faasc/faasrt\"\n\tff \"m/zz_faasc/faasrt\"\n)\n");
}

TEST(GoOverlay, WhatIsImportedFromElsewhereInTheModuleBelongsToIt) {
  TemporaryDirectory place = TemporaryDirectory::create(testing::TempDir(), "overlay").value();
  fs::path root = place.path();
  const std::string text = "package f\n\nimport \"" + std::string(kFunctionsPath) + "\"\n";
  ASSERT_TRUE(write_file(root / "inner/f.go", text));
  fs::create_directories(root / "faasrt");
  fs::create_directories(root / "cmd");
  Facts facts;
  facts.packages.resize(1);
  facts.packages[0].name = "main";
  facts.packages[0].directory = ".";
  facts.packages[0].main = SourcePlace{.file = "main.go"};
  facts.imported.resize(1);
  facts.imported[0].files = {{"../inner/f.go",
                              {{.path = std::string(kFunctionsPath),
                                .offset = text.find('"'),
                                .length = kFunctionsPath.size() + 2,
                                .place = {}},
                               {.path = std::string(kMetadataPath), .place = {}}}}};
  Chosen chosen;
  chosen.shape = Shape::Registered;
  chosen.kind = "event";
  Module module{.root = root, .path = "m", .go = {}};
  auto overlay = plan_overlay({.facts = facts,
                               .chosen = chosen,
                               .module = module,
                               .directory = root / "cmd",
                               .runtime_dir = root / "faasrt"});
  ASSERT_TRUE(overlay);
  EXPECT_EQ(overlay->generated.at(root / "inner/f.go"),
            "package f\n\nimport functions \"m/zz_faasc/faasrt\"\n");
  EXPECT_NE(overlay->generated.at(root / "cmd/zz_faasc_boot.go").find("AddMetadata"), std::string::npos);
}

TEST(GoGeneratedMain, CallsTheHandler) {
  Chosen chosen;
  chosen.name = "Hello";
  chosen.kind = "http";
  MainRequest request{
      .chosen = chosen, .package_name = "f", .package_path = "m/f", .runtime_path = "m/zz_faasc/faasrt"};
  EXPECT_EQ(main_source(request),
            "// Code generated by faasc. DO NOT EDIT.\n\npackage main\n\nimport (\n\tfunction \"m/f\"\n"
            "\tzzfaasc \"m/zz_faasc/faasrt\"\n)\n\nfunc main() {\n"
            "\tzzfaasc.ServeFunc(function.Hello, zzfaasc.Hooks{})\n}\n");
  request.package_name = "main";
  EXPECT_NE(boot_source(request).find("func main() {\n\tzzfaasc.ServeFunc(Hello, "), std::string::npos);
  request.has_main = true;
  EXPECT_NE(boot_source(request).find("func init() {\n\tzzfaasc.ServeFunc(Hello, "), std::string::npos);
  chosen.shape = Shape::Registered;
  EXPECT_EQ(boot_source(request), "");
  chosen.shape = Shape::OwnMain;
  EXPECT_NE(boot_source(request).find("zzfaasc.PrepareToStop()"), std::string::npos);
  request.handles_signals = true;
  EXPECT_NE(boot_source(request).find("zzfaasc.Prepare()"), std::string::npos);
  chosen.shape = Shape::LambdaMain;
  EXPECT_NE(boot_source(request).find("func init() {\n\tzzfaasc.StartLambda()"), std::string::npos);
}

TEST(GoPackages, InputsAreWhatMayChange) {
  auto packages = read_package_list(R"({
	"ImportPath": "fmt",
	"Dir": "/go/src/fmt",
	"Standard": true,
	"GoFiles": ["print.go"]
}
{
	"ImportPath": "m",
	"Dir": "/p",
	"Imports": ["a/b", "fmt"],
	"GoFiles": ["f.go", "zz_faasc_boot.go"],
	"EmbedFiles": ["page.html"],
	"Module": {"Path": "m", "Main": true}
}
{
	"ImportPath": "a/b",
	"Dir": "/cache/a/b@v1",
	"Imports": ["os/exec"],
	"GoFiles": ["b.go"],
	"Module": {"Path": "a/b", "Version": "v1"}
}
{
	"ImportPath": "c",
	"Dir": "/elsewhere/c",
	"GoFiles": ["c.go"],
	"Module": {"Path": "c", "Version": "v1", "Replace": {"Path": "/elsewhere/c"}}
}
{
	"ImportPath": "m/zz_faasc/faasrt",
	"Dir": "/p/zz_faasc/faasrt",
	"GoFiles": ["doc.go"],
	"Module": {"Path": "m", "Main": true}
}
)");
  ASSERT_TRUE(packages);
  EXPECT_EQ(inputs_of(packages.value()),
            (std::vector<fs::path>{"/cache/a/b@v1", "/elsewhere/c", "/elsewhere/c/c.go", "/p", "/p/f.go",
                                   "/p/page.html"}));
  EXPECT_EQ(import_chain(packages.value(), "m", "os/exec"),
            (std::vector<std::string>{"m", "a/b", "os/exec"}));
  EXPECT_EQ(import_chain(packages.value(), "c", "os/exec"), std::vector<std::string>{});
  EXPECT_FALSE(read_package_list("{\n"));
  EXPECT_FALSE(read_package_list("{ x\n}"));
}

TEST(GoLint, SaysWhatAUnikernelDoesNotDo) {
  TemporaryDirectory place = TemporaryDirectory::create(testing::TempDir(), "lint").value();
  auto lint = [&](const Facts& facts, const std::vector<ListedPackage>& packages, std::string program) {
    EXPECT_TRUE(write_file(place.path() / "program", program));
    std::string text;
    auto found = lint_unikernel(facts, packages, "/p", place.path() / "program", Severity::Warning);
    for (const Diagnostic& one : found.value()) text += to_text(one, Color::Off);
    return text;
  };
  Facts facts;
  facts.packages.resize(2);
  facts.packages[0].directory = ".";
  facts.packages[0].uses = {{"os/exec.Command", {.file = "f.go", .line = 3, .column = 2}}, {"os.Getpid", {}}};
  facts.packages[1].directory = "tools";
  facts.packages[1].uses = {{"plugin.Open", {}}};
  std::vector<ListedPackage> packages(4);
  packages[3] = {.path = "m/zz_faasc/main",
                 .directory = "/p/zz_faasc/main",
                 .files = {},
                 .imports = {"m"},
                 .module = {},
                 .module_version = {}};
  packages[2] = {
      .path = "m", .directory = "/p", .files = {}, .imports = {"a/b"}, .module = {}, .module_version = {}};
  packages[1] = {.path = "a/b",
                 .directory = "/cache/a/b",
                 .files = {},
                 .imports = {"os/exec"},
                 .module = {},
                 .module_version = {}};
  packages[0].path = "os/exec";
  std::string with_exec("x\0os/exec.(*Cmd).Start\0y", 24);
  EXPECT_EQ(
      lint(facts, packages, with_exec),
      "f.go:3:2: warning: 'exec.Command' starts a program, which a unikernel does not do [FAASC0430]\n"
      "  hint: do it in Go, or call a service; 'lint: off' in faas.yaml says that it is never reached\n");
  facts.packages[0].uses.clear();
  EXPECT_EQ(
      lint(facts, packages, with_exec),
      "faasc: warning: a module that the function uses starts programs, which a unikernel does not do "
      "[FAASC0430]\n"
      "  hint: see to it that it is not reached; 'lint: off' in faas.yaml says that it is never reached\n"
      "faasc: note: it is imported by m → a/b → os/exec\n");
  EXPECT_EQ(lint(facts, packages, "os/exec.(*Cmd).StartX"), "") << "the linker left it out";
  packages.erase(packages.begin());
  EXPECT_EQ(lint(facts, packages, with_exec), "") << "words that are not the package's";
}

class StrippedCopy : public testing::Test {
 protected:
  std::string stripped(const std::string& bytes) {
    EXPECT_TRUE(write_file(place_.path() / "a", bytes));
    EXPECT_TRUE(write_stripped_copy(place_.path() / "a", place_.path() / "b"));
    return read_file(place_.path() / "b").value();
  }
  TemporaryDirectory place_ = TemporaryDirectory::create(testing::TempDir(), "strip").value();
};

TEST_F(StrippedCopy, EndsWithTheLastSegment) {
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_phoff = sizeof header;
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = 1;
  header.e_shoff = 400;
  header.e_shnum = 3;
  Elf64_Phdr segment{};
  segment.p_type = PT_LOAD;
  segment.p_offset = 200;
  segment.p_filesz = 100;
  std::string bytes(600, 'x');
  std::memcpy(bytes.data(), &header, sizeof header);
  std::memcpy(bytes.data() + sizeof header, &segment, sizeof segment);
  std::string copy = stripped(bytes);
  ASSERT_EQ(copy.size(), 300u);
  std::memcpy(&header, copy.data(), sizeof header);
  EXPECT_EQ(header.e_shoff, 0u);
  EXPECT_EQ(header.e_shnum, 0u);
  EXPECT_EQ(copy.substr(sizeof header), bytes.substr(sizeof header, 300 - sizeof header));
  // A segment that the file does not hold: better all of it than half.
  segment.p_filesz = 10'000;
  std::memcpy(bytes.data() + sizeof header, &segment, sizeof segment);
  EXPECT_EQ(stripped(bytes), bytes);
  segment.p_offset = ~std::uint64_t{0} - 5;
  std::memcpy(bytes.data() + sizeof header, &segment, sizeof segment);
  EXPECT_EQ(stripped(bytes), bytes);
}

TEST_F(StrippedCopy, WhatIsNoElfFileIsCopied) {
  for (const std::string& bytes : {std::string(), std::string("x"), std::string(3u << 20, 'y')})
    EXPECT_EQ(stripped(bytes).size(), bytes.size());
}

}  // namespace
}  // namespace faasc::go
