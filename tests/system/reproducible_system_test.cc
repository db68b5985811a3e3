// One sha256 anywhere: each language is built in another directory, in another mount namespace, as another
// user, at another time, with another number of jobs, home and umask.

#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/sha256.h"
#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

struct Language {
  const char* name;
  std::vector<std::pair<const char*, const char*>> files;
};

void PrintTo(const Language& language, std::ostream* out) {
  *out << language.name;
}

const Language kLanguages[] = {
    {"cpp",
     {{"faas.yaml",
       "apiVersion: faasc/v1\nname: shop\nruntime: cpp:17\nhandler: hello\nfiles: [{from: data, to: "
       "/data}]\n"},
      {"hello.cc",
       "#include <string>\nstruct Order { int id = 0; std::string name; };\n"
       "Order hello(Order const& order) { return order; }\n"
       "const char* where() { return __FILE__ \" \" __DATE__ \" \" __TIME__; }\n"},
      {"lib/more.cc", "#include <cassert>\nint more(int x) { assert(x > 0); return x; }\n"},
      {"data/b.txt", "b"},
      {"data/a.txt", "a"}}},
    {"python",
     {{"faas.yaml",
       "apiVersion: faasc/v1\nname: shop\nruntime: python\nhandler: main.hello\nsignature: lambda\n"},
      {"main.py",
       "import json\nimport helper\n\ndef hello(event, context):\n    return "
       "json.dumps(helper.more(event))\n"},
      {"helper.py", "def more(event):\n    return {\"event\": event, \"names\": {\"a\", \"b\", \"c\"}}\n"}}},
    {"go",
     {{"faas.yaml", "apiVersion: faasc/v1\nname: shop\nruntime: go\nhandler: Hello\n"},
      {"go.mod", "module example.com/shop\n\ngo 1.19\n"},
      {"shop.go",
       "// Package shop answers.\npackage shop\n\nimport (\n\t\"fmt\"\n\t\"net/http\"\n)\n\n"
       "// Hello answers.\nfunc Hello(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, \"Hello\") "
       "}\n"}}},
    {"binary", {{"faas.yaml", "apiVersion: faasc/v1\nname: shop\nruntime: binary\nhandler: program\n"}}},
};

class ReproducibleSystem : public testing::TestWithParam<Language> {
 protected:
  void SetUp() override {
    if (!has_kernel(KernelFamily::Nanos) && !has_kernel(KernelFamily::Linux)) GTEST_SKIP() << "no kernel";
    for (const auto& [file, text] : GetParam().files) project_.write("one/" + std::string(file), text);
    if (std::string(GetParam().name) == "binary") fs::copy_file("/bin/true", project_.at("one/program"));
    // A copy whose files are younger, and were made in another order.
    ASSERT_EQ(
        project_
            .shell(
                "sleep 0.05; mkdir two; (cd one; find . | sort -r | cpio -pdu --quiet ../two) 2>/dev/null || "
                "cp -r one/. two/")
            .status.code,
        0);
  }
  std::string build(const std::string& script, const char* directory) {
    Finished finished = project_.shell(script);
    EXPECT_EQ(finished.status.code, 0) << script << "\n" << finished.err << finished.out;
    auto digest = sha256_of_file(project_.at(directory) / "build/shop.img");
    return digest ? to_hex(*digest) : "none";
  }
  ProjectRun project_;
};

// Interpreters of somebody's home are others' to have.
const char* const kPath = "/usr/local/go/bin:/usr/local/bin:/usr/bin:/bin";

TEST_P(ReproducibleSystem, HasOneDigestAnywhere) {
  std::string language = GetParam().name;
  project_.environment["PATH"] = kPath;
  project_.environment["PYENV_ROOT"] = "/nonexistent";
  if (language == "go" && !find_program("go") && !fs::exists("/usr/local/go/bin/go"))
    GTEST_SKIP() << "Go is not installed";
  std::string first = build("cd one && exec \"$FAASC\" build -q -j1", "one");
  ASSERT_NE(first, "none");
  EXPECT_EQ(
      build(
          "cd two && umask 077 && TZ=Asia/Tokyo LANG=de_DE.UTF-8 FAASC_CACHE_DIR=\"$PWD/../cache-two\" exec "
          "\"$FAASC\" build -q -j2",
          "two"),
      first)
      << "in another directory, with nothing of the first in its cache";
  EXPECT_EQ(read_file(project_.at("one/build/shop.vm.json")).value(),
            read_file(project_.at("two/build/shop.vm.json")).value());

  std::string skipped;
  fs::remove_all(project_.at("two/build"));
  if (find_program("faketime")) {
    EXPECT_EQ(build("cd two && FAASC_CACHE_DIR=\"$PWD/../cache-three\" exec faketime '2031-05-06 07:08:09' "
                    "\"$FAASC\" "
                    "build -q -j2",
                    "two"),
              first)
        << "at another time";
  } else {
    skipped = "faketime is not installed";
  }

  // In a mount namespace of its own the project lies somewhere else, and its owner is nobody.
  if (project_.shell("unshare -m true").status.code == 0 && ::geteuid() == 0 && find_program("setpriv")) {
    fs::remove_all(project_.at("two/build"));
    std::string script =
        "set -e\nexport MINE=\"$PWD\"\nchown -R 65534:65534 two\n"
        // The store, the toolchain and faasc have to be seen by others.
        "STORE=\"${FAASC_HOME:-${XDG_DATA_HOME:-$HOME/.local/share}/faasc}\"\n"
        "PREFIX=$(dirname \"$(dirname \"$FAASC\")\")\n"
        "exec unshare -m sh -c '\n"
        "set -e\nmount -t tmpfs none /mnt\nmkdir /mnt/project /mnt/store /mnt/faasc /mnt/home\nchown 65534 "
        "/mnt/home\n"
        "mount --bind \"$MINE/two\" /mnt/project\nmount --bind \"$1\" /mnt/store\nmount --bind \"$2\" "
        "/mnt/faasc\n"
        "cd /mnt/project\n"
        "exec setpriv --reuid 65534 --regid 65534 --clear-groups env -u XDG_CACHE_HOME -u FAASC_CACHE_DIR -u "
        "GOPATH -u "
        "GOMODCACHE HOME=/mnt/home FAASC_HOME=/mnt/store /mnt/faasc/bin/faasc build -q -j1' sh \"$STORE\" "
        "\"$PREFIX\"\n";
    EXPECT_EQ(build(script, "two"), first) << "as another user in another mount namespace";
  } else {
    skipped +=
        std::string(skipped.empty() ? "" : "; ") + "this user may not make a mount namespace for another one";
  }
  if (!skipped.empty()) GTEST_SKIP() << "done but for this: " << skipped;
}

INSTANTIATE_TEST_SUITE_P(Languages, ReproducibleSystem, testing::ValuesIn(kLanguages),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace faasc
