// Go functions as a user has them: the templates on each kernel family, and what builds say.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/process.h"
#include "base/sha256.h"
#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

bool has_go() {
  return find_program("go") || fs::exists("/usr/local/go/bin/go") || fs::exists("/usr/lib/go-1.19/bin/go");
}

#define FAASC_NEEDS_GO() \
  if (!has_go()) GTEST_SKIP() << "there is no Go on this host"

class GoTemplates : public testing::TestWithParam<std::tuple<const char*, KernelFamily>> {
 protected:
  ProjectRun project_;
};

TEST_P(GoTemplates, PassTheirOwnTests) {
  auto [name, family] = GetParam();
  FAASC_NEEDS(family);
  FAASC_NEEDS_GO();
  Finished made = project_.faasc({"init", "made", "--template", name});
  ASSERT_EQ(made.status.code, 0) << made.err;
  Finished tested = project_.faasc({"test", "made", "--kernel", std::string(name_of(family))});
  if (tested.err.find("FAASC0425") != std::string::npos)
    GTEST_SKIP() << "its modules are not in Go's cache, and there is no network";
  EXPECT_EQ(tested.status.code, 0) << tested.err << tested.out;
  EXPECT_THAT(tested.out, HasSubstr("3 passed"));
}

INSTANTIATE_TEST_SUITE_P(All, GoTemplates,
                         testing::Combine(testing::Values("go-http", "go-lambda", "go-cloudevent"),
                                          testing::Values(KernelFamily::Nanos, KernelFamily::Linux)),
                         [](const auto& one) {
                           std::string name = std::get<0>(one.param);
                           name[2] = '_';
                           return name + "_" + std::string(name_of(std::get<1>(one.param)));
                         });

class GoNanos : public testing::Test {
 protected:
  void SetUp() override {
    FAASC_NEEDS(KernelFamily::Nanos);
    FAASC_NEEDS_GO();
    project_.write("go.mod", "module example.com/shop\n\ngo 1.19\n");
  }
  ProjectRun project_;
};

TEST_F(GoNanos, AProgramOfItsOwnServes) {
  project_.write("main.go",
                 "package main\n\nimport (\n\t\"fmt\"\n\t\"net/http\"\n\t\"os\"\n)\n\n"
                 "func main() {\n"
                 "\thttp.HandleFunc(\"/page\", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "
                 "r.Method) })\n"
                 "\thttp.ListenAndServe(\":\"+os.Getenv(\"PORT\"), nil)\n}\n");
  project_.write("faas.yaml",
                 "apiVersion: faasc/v1\nname: shop\nruntime: go\ntests:\n"
                 "  - {name: page, request: {path: /page}, expect: {status: 200, body: GET}}\n"
                 "  - {name: elsewhere, request: {path: /}, expect: {status: 404}}\n");
  Finished tested = project_.faasc({"test", "--kernel", "nanos"});
  EXPECT_EQ(tested.status.code, 0) << tested.err << tested.out;
  EXPECT_THAT(tested.err, HasSubstr("server function 'main'"));
}

// A program with C in it is dynamic; what it loads comes along.
TEST_F(GoNanos, CgoBringsItsLibraries) {
  if (!find_program("gcc")) GTEST_SKIP() << "there is no C compiler that Go would use";
  project_.write("main.go",
                 "package shop\n\n// #cgo LDFLAGS: -lz\n// #include <zlib.h>\nimport \"C\"\n\n"
                 "import (\n\t\"fmt\"\n\t\"net/http\"\n)\n\n"
                 "func Version(w http.ResponseWriter, r *http.Request) {\n"
                 "\tfmt.Fprint(w, \"zlib \", C.GoString(C.zlibVersion()))\n}\n");
  project_.write(
      "faas.yaml",
      "apiVersion: faasc/v1\nname: shop\nruntime: go\nhandler: Version\nbuild: {go: {cgo: true}}\ntests:\n"
      "  - {name: version, expect: {status: 200, body_regex: '^zlib 1'}}\n");
  Finished tested = project_.faasc({"test", "--kernel", "nanos"});
  EXPECT_EQ(tested.status.code, 0) << tested.err << tested.out;
  Finished listed = project_.faasc({"image", "ls", "-R", "build/shop.img"});
  EXPECT_THAT(listed.out,
              testing::AllOf(HasSubstr("libz.so.1"), HasSubstr("libc.so.6"), HasSubstr("ld-linux")));
}

// A driver of a database whose C comes along as source; only where Go has it already, and mostly compiled.
TEST_F(GoNanos, ADatabaseInCServes) {
  if (!find_program("gcc")) GTEST_SKIP() << "there is no C compiler that Go would use";
  auto cache = run({.argv = {"go", "env", "GOMODCACHE"}, .working_directory = {}, .environment = {}});
  std::string directory = cache ? cache->out.substr(0, cache->out.find('\n')) : "";
  if (!std::filesystem::exists(directory + "/github.com/mattn/go-sqlite3@v1.14.17"))
    GTEST_SKIP() << "Go's cache of modules has no github.com/mattn/go-sqlite3 v1.14.17";
  project_.write("go.mod",
                 "module example.com/shop\n\ngo 1.19\n\nrequire github.com/mattn/go-sqlite3 v1.14.17\n");
  project_.write("go.sum",
                 "github.com/mattn/go-sqlite3 v1.14.17 h1:mCRHCLDUBXgpKAqIKsaAaAsrAlbkeomtRFKXh2L6YIM=\n"
                 "github.com/mattn/go-sqlite3 v1.14.17/go.mod "
                 "h1:2eHXhiwb8IkHr+BDWZGa96P6+rkvnG63S2DGjv9HUNg=\n");
  project_.write("main.go", R"go(package shop

import (
	"database/sql"
	"fmt"
	"net/http"

	_ "github.com/mattn/go-sqlite3"
)

var db *sql.DB

func init() {
	var err error
	if db, err = sql.Open("sqlite3", "file:/tmp/orders.db"); err == nil {
		_, err = db.Exec("create table orders (name text, items integer)")
	}
	if err != nil {
		panic(err)
	}
}

func Order(w http.ResponseWriter, r *http.Request) {
	var items int
	_, err := db.Exec("insert into orders values (?, ?)", r.URL.Query().Get("name"), 2)
	if err == nil {
		err = db.QueryRow("select sum(items) from orders").Scan(&items)
	}
	if err != nil {
		http.Error(w, err.Error(), 500)
		return
	}
	fmt.Fprint(w, items, " items")
}
)go");
  project_.write("faas.yaml",
                 "apiVersion: faasc/v1\nname: shop\nruntime: go\nhandler: Order\nbuild: {go: {cgo: true}}\n"
                 "resources: {ephemeral_storage: 16Mi}\ntests:\n"
                 "  - {name: first, request: {path: '/?name=a'}, expect: {status: 200, body: 2 items}}\n"
                 "  - {name: second, request: {path: '/?name=b'}, expect: {status: 200, body: 4 items}}\n");
  Finished tested = project_.faasc({"--offline", "test", "--kernel", "nanos"});
  EXPECT_EQ(tested.status.code, 0) << tested.err << tested.out;
}

// The framework's own main function, with the framework itself nowhere to be had.
TEST_F(GoNanos, TheFrameworksMainServesWhatIsRegistered) {
  project_.write("main.go",
                 "package main\n\nimport (\n\t\"fmt\"\n\t\"log\"\n\t\"net/http\"\n\n"
                 "\t\"github.com/GoogleCloudPlatform/functions-framework-go/funcframework\"\n"
                 "\t\"github.com/GoogleCloudPlatform/functions-framework-go/functions\"\n)\n\n"
                 "type Order struct{ Items int }\n\n"
                 "func init() {\n"
                 "\tfunctions.HTTP(\"Hello\", func(w http.ResponseWriter, r *http.Request) {\n"
                 "\t\tlog.New(funcframework.LogWriter(r.Context()), \"\", 0).Println(\"a line\")\n"
                 "\t\tif r.URL.Path == \"/panic\" {\n\t\t\tpanic(\"oh\")\n\t\t}\n"
                 "\t\tfmt.Fprint(w, \"hello\")\n\t})\n"
                 "\tfunctions.Typed(\"Price\", func(o Order) (map[string]int, error) {\n"
                 "\t\treturn map[string]int{\"price\": 3 * o.Items}, nil\n\t})\n}\n\n"
                 "func main() {\n\tlog.Fatal(funcframework.Start(\"8080\"))\n}\n");
  project_.write(
      "faas.yaml",
      "apiVersion: faasc/v1\nname: shop\nruntime: go\nhandler: Hello\ntests:\n"
      "  - {name: hello, request: {path: /x}, expect: {status: 200, body: hello, log_regex: 'a "
      "line.*execution_id'}}\n"
      "  - {name: panic, request: {path: /panic}, expect: {status: 500, headers: {x-google-status: crash}}}\n"
      "  - {name: ready, request: {path: /health/readiness}, expect: {status: 200, body: READY}}\n");
  Finished tested = project_.faasc({"test", "--offline", "--kernel", "nanos"});
  EXPECT_EQ(tested.status.code, 0) << tested.err << tested.out;
  EXPECT_THAT(tested.out, HasSubstr("4 passed"));
}

}  // namespace
}  // namespace faasc
