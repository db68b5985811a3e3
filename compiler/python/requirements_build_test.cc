// Requirements from a directory of wheels to the image, and what is said where that cannot be.

#include <cstdlib>
#include <map>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/process.h"
#include "base/sha256.h"
#include "compiler/python/build.h"
#include "compiler/python/lock_file.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

const fs::path kSource = FAASC_SOURCE_DIR;

// A wheel of one module, which may require others: NAME VERSION TAG REQUIRES BYTES DIRECTORY.
constexpr const char* kMakeWheel = R"(import sys, zipfile
name, version, tag, requires, size, directory = sys.argv[1:]
info = "%s-%s.dist-info/" % (name, version)
with zipfile.ZipFile("%s/%s-%s-%s.whl" % (directory, name, version, tag), "w", zipfile.ZIP_DEFLATED) as wheel:
    def add(path, data):
        wheel.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED, 1)
    add(name + ".py", "VERSION = %r\nSOURCE = __file__.endswith('.py')\n" % version)
    add("%s_daten/größe é.bin" % name, bytes(int(size)))
    lines = "".join("Requires-Dist: %s\n" % one for one in requires.split(",") if one)
    add(info + "METADATA", "Metadata-Version: 2.1\nName: %s\nVersion: %s\n%s" % (name, version, lines))
    add(info + "WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: %s\n" % tag)
    add(info + "RECORD", "%s.py,,\n" % name)
)";

class RequirementsBuildTest : public testing::Test {
 protected:
  // The standard library is compiled once for all.
  static void SetUpTestSuite() {
    cache_ = std::make_unique<TemporaryDirectory>(
        TemporaryDirectory::create(fs::temp_directory_path(), "faasc-cache-").value());
    ::setenv("FAASC_CACHE_DIR", cache_->path().c_str(), 1);
  }
  static void TearDownTestSuite() { cache_.reset(); }
  // As on a host that never resolved anything.
  static void forget_sites() {
    for (const auto& entry : fs::directory_iterator(cache_->path() / "python"))
      fs::remove_all(entry.path() / "site");
  }

  void SetUp() override {
    auto candidates = python_candidates(PythonSearch::of_process("."), "");
    if (candidates.empty()) GTEST_SKIP() << "there is no Python here";
    python_ = candidates[0].string();
    request_.project_dir = at("project");
    request_.work_dir = at("work");
    request_.wanted.source = ".";
    request_.files = {"main.py"};
    request_.installation = {.scripts = kSource / "compiler/python/scripts",
                             .runtime = kSource / "runtimes/python/guest",
                             .fallback = kSource / "runtimes/python/fallback"};
    request_.requirements = at("project/requirements.txt");
    request_.wheels = at("project/wheels");
    request_.locked_place = {.file = "faas.yaml", .line = 5, .column = 11};
    request_.offline = true;
    fs::create_directories(request_.wheels);
    write("main.py", "def lambda_handler(event, context): pass\n");
    wheel("tea", "1.0", "sugar>=1");
    wheel("sugar", "1.0");
    write("requirements.txt", "tea\n");
  }
  fs::path at(const std::string& file) const { return directory_->path() / file; }
  void write(const std::string& file, std::string_view text) {
    ASSERT_TRUE(write_file(at("project/" + file), text));
  }
  void wheel(const std::string& name, const std::string& version, const std::string& requires_ = "",
             const std::string& tag = "py3-none-any", const std::string& bytes = "3") {
    auto made = run({.argv = {python_, "-X", "utf8", "-c", kMakeWheel, name, version, tag, requires_, bytes,
                              request_.wheels.string()}});
    ASSERT_TRUE(made && made->status.ok()) << made->err;
  }
  static std::string content(const fs::path& file) {
    auto text = read_file(file);
    return text ? *text : std::string();
  }
  std::string lock_text() const { return content(at("project/requirements.lock")); }

  // What a build or a lock has to say, with the paths and the version of this host's Python replaced.
  std::string said(const Diagnostics& found, const Error* error) const {
    std::string text;
    for (const Diagnostic& one : found.all()) text += to_text(one, Color::Off);
    if (error && !found.has_errors()) text += to_text(*error, Color::Off);
    auto replace = [&](const std::string& from, const std::string& to) {
      for (std::size_t at = 0; !from.empty() && (at = text.find(from, at)) != std::string::npos;
           at += to.size())
        text.replace(at, from.size(), to);
    };
    replace(at("project").string(), "PROJECT");
    replace(tag_, "cpython-3.X");
    replace("Python " + version_, "Python 3.X");
    return text;
  }
  std::string build() {
    Diagnostics found;
    auto built = build_python(request_, found);
    rootfs_ = built ? built->program.rootfs : Rootfs();
    if (built) {
      version_ = built->interpreter.short_version();
      tag_ = built->interpreter.cache_tag;
      site_ = "/usr/" + built->interpreter.platlibdir + "/python" + version_ + "/site-packages/";
    }
    return said(found, built ? nullptr : &built.error());
  }
  std::string lock() {
    Diagnostics found;
    auto locked = lock_python(request_, found);
    distributions_ = locked ? locked->distributions : -1;
    return said(found, locked ? nullptr : &locked.error());
  }
  std::string staged(const std::string& file) const {
    const RootfsNode* node = rootfs_.find(site_ + file);
    return node ? content(std::get<HostFile>(node->content).path) : "(none)";
  }

  inline static std::unique_ptr<TemporaryDirectory> cache_;
  Result<TemporaryDirectory> directory_ =
      TemporaryDirectory::create(fs::temp_directory_path(), "faasc-requirements-");
  PythonRequest request_;
  Rootfs rootfs_;
  std::string python_, version_, tag_, site_;
  int distributions_ = 0;
};

TEST_F(RequirementsBuildTest, ALockDecidesTheVersions) {
  ASSERT_EQ(lock(), "");
  EXPECT_EQ(distributions_, 2);
  std::string first = lock_text();
  EXPECT_THAT(first, testing::ContainsRegex(
                         "\nsugar==1.0 --hash=sha256:[0-9a-f]+\ntea==1.0 --hash=sha256:[0-9a-f]+\n$"));
  EXPECT_EQ(first.find(at("").string()), std::string::npos);
  request_.locked = true;
  ASSERT_EQ(build(), "");
  EXPECT_EQ(staged("tea.py").substr(0, 15), "VERSION = '1.0'");
  EXPECT_EQ(staged("tea_daten/größe é.bin"), std::string(3, '\0'));
  // A newer version changes neither that nor the file, until it is locked again.
  wheel("tea", "2.0", "sugar>=1");
  ASSERT_EQ(build(), "");
  EXPECT_EQ(staged("tea.py").substr(0, 15), "VERSION = '1.0'");
  ASSERT_EQ(lock(), "");
  EXPECT_NE(lock_text(), first);
  ASSERT_EQ(build(), "");
  EXPECT_EQ(staged("tea.py").substr(0, 15), "VERSION = '2.0'");
}

TEST_F(RequirementsBuildTest, WhatLockInstalledIsNotInstalledAgain) {
  ASSERT_EQ(lock(), "");
  // Without the wheels only the cache can have it; another place of the project changes nothing.
  fs::remove_all(request_.wheels);
  request_.wheels.clear();
  request_.locked = true;
  EXPECT_EQ(build(), "");
  fs::rename(at("project"), at("elsewhere"));
  request_.project_dir = at("elsewhere");
  request_.requirements = at("elsewhere/requirements.txt");
  EXPECT_EQ(build(), "");
}

// Two hosts, which share nothing but the cache of builds.
class SharedSteps : public RequirementsBuildTest {
 protected:
  void SetUp() override {
    RequirementsBuildTest::SetUp();
    if (IsSkipped()) return;
    ASSERT_EQ(lock(), "");
    request_.locked = true;
    on_a_fresh_host();
    ASSERT_EQ(build(), "");
    EXPECT_EQ(hits(), 0u);
    tree_ = files_of_site();
    wheels_ = request_.wheels;
    request_.wheels.clear();  // so that pip has nothing to install from
    on_a_fresh_host();
  }
  void on_a_fresh_host() {
    forget_sites();
    if (steps_) steps_->settle();
    steps_.emplace(StepCache::Options{.directory = at("steps"), .most_bytes = 1 << 30, .remote = {}});
    request_.steps = &*steps_;
  }
  unsigned hits() { return steps_->counts().hits; }
  // The name of each, its content, and whether it may be run.
  static std::map<std::string, std::pair<std::string, bool>> files_of_site() {
    std::map<std::string, std::pair<std::string, bool>> files;
    for (const auto& interpreter : fs::directory_iterator(cache_->path() / "python"))
      if (fs::path sites = interpreter.path() / "site"; fs::exists(sites))
        for (const auto& site : fs::directory_iterator(sites))
          if (site.is_directory())
            for (const auto& entry : fs::recursive_directory_iterator(site.path()))
              if (entry.is_regular_file())
                files[entry.path().lexically_relative(site.path()).string()] = {
                    content(entry.path()),
                    (entry.status().permissions() & fs::perms::owner_exec) != fs::perms::none};
    return files;
  }
  std::vector<fs::path> stored(const char* part) const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(at("steps/v1") / part))
      if (entry.is_regular_file()) files.push_back(entry.path());
    return files;
  }
  fs::path stored_tree() const {
    for (const fs::path& file : stored("cas"))
      if (content(file).starts_with("070701")) return file;
    ADD_FAILURE() << "there is none";
    return {};
  }
  void expect_that_pip_is_needed() {
    EXPECT_THAT(build(), testing::HasSubstr("[FAASC0326]"));
    request_.wheels = wheels_;
    EXPECT_EQ(build(), "");
    EXPECT_EQ(files_of_site(), tree_);
    request_.wheels.clear();
    on_a_fresh_host();
    EXPECT_EQ(build(), "") << "and it was kept";
    EXPECT_EQ(hits(), 1u);
  }

  std::optional<StepCache> steps_;
  std::map<std::string, std::pair<std::string, bool>> tree_;
  fs::path wheels_;
};

TEST_F(SharedSteps, HaveWhatALockNames) {
  EXPECT_EQ(build(), "") << "offline, and without a wheel";
  EXPECT_EQ(hits(), 1u);
  EXPECT_EQ(files_of_site(), tree_);
  EXPECT_EQ(staged("tea.py").substr(0, 15), "VERSION = '1.0'");
}

TEST_F(SharedSteps, HaveNothingElse) {
  write("requirements.txt", "tea==1.0\n");
  fs::remove(at("project/requirements.lock"));
  request_.locked = false;
  request_.wheels = wheels_;
  EXPECT_EQ(build(), "");
  request_.wheels.clear();
  on_a_fresh_host();
  EXPECT_THAT(build(), testing::HasSubstr("[FAASC0326]")) << "the index decides what else that means";
}

TEST_F(SharedSteps, AreMadeAgainWhereTheyAreDamaged) {
  std::string bytes = content(stored_tree());
  bytes[bytes.size() / 2] ^= 1;
  ASSERT_TRUE(write_file(stored_tree(), bytes));
  expect_that_pip_is_needed();
}

// By somebody who may write there, so that all digests are right.
TEST_F(SharedSteps, AreMadeAgainWhereTheyAreSomethingElse) {
  std::string bytes = content(stored_tree());
  const std::string before = stored_tree().filename().string();
  bytes[0] = 'F';
  const std::string now = to_hex(sha256(bytes));
  ASSERT_TRUE(write_file(at("steps/v1/cas") / now.substr(0, 2) / now, bytes));
  int named = 0;
  for (const fs::path& action : stored("ac")) {
    std::string text = content(action);
    std::size_t at = text.find(before);
    if (at == std::string::npos) continue;
    ASSERT_TRUE(write_file(action, text.replace(at, before.size(), now)));
    ++named;
  }
  EXPECT_EQ(named, 1);
  expect_that_pip_is_needed();
}

TEST_F(RequirementsBuildTest, FilesOfTheProjectAreLockedByTheirPlaceInIt) {
  write("requirements.txt", "./wheels/tea-1.0-py3-none-any.whl\n");
  ASSERT_EQ(lock(), "");
  EXPECT_THAT(lock_text(),
              testing::ContainsRegex("\n./wheels/tea-1.0-py3-none-any.whl --hash=sha256:[0-9a-f]+\n"));
  request_.locked = true;
  EXPECT_EQ(build(), "");
  forget_sites();
  EXPECT_EQ(build(), "");
}

TEST_F(RequirementsBuildTest, AFunctionThatRequiresNothingNeedsNoLock) {
  request_.requirements.clear();
  EXPECT_EQ(lock(), "");
  EXPECT_EQ(distributions_, 0);
  EXPECT_EQ(lock_text(), "");
  request_.locked = true;
  EXPECT_EQ(build(), "");
}

TEST_F(RequirementsBuildTest, ALockedBuildRefusesALockThatIsNotTheRightOne) {
  ASSERT_EQ(build(), "");  // tells us the version
  request_.locked = true;
  EXPECT_EQ(build(),
            "PROJECT/requirements.txt: error: requirement 'tea' names no single version, which "
            "'build.locked' asks for "
            "[FAASC0321]\n  hint: 'faasc lock' chooses one, and writes it into 'requirements.lock'\n");
  write("requirements.txt", "tea==1.0\n");
  EXPECT_EQ(
      build(),
      "faas.yaml:5:11: error: there is no 'requirements.lock', which 'build.locked' asks for [FAASC0350]\n"
      "  hint: 'faasc lock' writes it; keep it with the sources\n");
  ASSERT_EQ(lock(), "");
  ASSERT_EQ(build(), "");
  const std::string good = lock_text();

  write("requirements.txt", "tea==1.0\nsugar\n");
  const std::string stale =
      "the requirements changed after 'requirements.lock' was written [FAASC0351]\n"
      "  hint: 'faasc lock' writes it again\n";
  EXPECT_EQ(build(), "PROJECT/requirements.lock:1: error: " + stale);
  request_.locked = false;
  EXPECT_EQ(build(), "PROJECT/requirements.lock:1: warning: " + stale);
  request_.locked = true;
  write("requirements.txt", "tea==1.0\n");

  std::string edited = good;
  edited.replace(edited.find("tea==1.0"), 8, "tea==2.0");
  write("requirements.lock", edited);
  EXPECT_EQ(
      build(),
      "PROJECT/requirements.lock:1: error: 'requirements.lock' is not as 'faasc lock' wrote it [FAASC0352]\n"
      "  hint: change the requirements instead, and let 'faasc lock' write it again\n");
  write("requirements.lock", "");
  EXPECT_EQ(build().find("PROJECT/requirements.lock:1: error: 'requirements.lock' is not as"), 0u);

  python::LockFile other = python::parse_lock_file(good);
  std::string platform = other.platform;
  if (std::size_t at = platform.find(tag_); at != std::string::npos)
    platform.replace(at, tag_.size(), "cpython-3.X");
  other.platform = "cpython-31-mips";
  write("requirements.lock", to_text(other));
  EXPECT_EQ(build(),
            "PROJECT/requirements.lock:1: error: 'requirements.lock' is for cpython-31-mips, and this is " +
                platform +
                " [FAASC0353]\n"
                "  hint: name that version of Python in 'runtime', or let 'faasc lock' write it again\n");
}

TEST_F(RequirementsBuildTest, AnotherFileOfTheSameNameIsNotTaken) {
  ASSERT_EQ(lock(), "");
  wheel("tea", "1.0", "sugar>=1", "py3-none-any", "4");
  forget_sites();
  request_.locked = true;
  std::string text = build();
  EXPECT_EQ(text.substr(0, text.find('\n')),
            "faasc: error: a distribution is not the one that the requirements' hash names (wheels "
            "are taken from 'PROJECT/wheels' alone) [FAASC0322]");
  EXPECT_THAT(text, testing::HasSubstr("  hint: find out who changed it before you change the hash\n"));
}

TEST_F(RequirementsBuildTest, WhatCannotBeInstalledIsSaidInPipsWords) {
  ASSERT_EQ(build(), "");
  auto first_and_hint = [&](const std::string& text) {
    std::size_t hint = text.find("  hint: ");
    return text.substr(0, text.find('\n') + 1) + (hint == std::string::npos ? "" : text.substr(hint));
  };
  write("requirements.txt", "tea==1.0\nsugar==0.5\n");
  wheel("sugar", "0.5");
  EXPECT_EQ(first_and_hint(build()),
            "faasc: error: the requirements contradict each other (wheels are taken from 'PROJECT/wheels' "
            "alone) [FAASC0322]\n"
            "  hint: loosen one of the versions that pip names\n");
  const std::string none =
      "faasc: error: there is no wheel that satisfies the requirements for Python 3.X (wheels are taken from "
      "'PROJECT/wheels' alone) [FAASC0323]\n"
      "  hint: correct the name or version; where there is only source that has to be built, build it "
      "yourself: "
      "'pip wheel NAME -w wheels', and set 'build.python.wheels: wheels'\n";
  write("requirements.txt", "coffee\n");
  EXPECT_EQ(first_and_hint(build()), none);
  wheel("milk", "1.0", "", "cp27-cp27m-win32");
  write("requirements.txt", "milk\n");
  EXPECT_EQ(first_and_hint(build()), none);
  write("requirements.txt", "./wheels/milk-1.0-cp27-cp27m-win32.whl\n");
  EXPECT_EQ(first_and_hint(build()),
            "faasc: error: a wheel is for another Python or another machine; this is Python 3.X "
            "(wheels are taken from 'PROJECT/wheels' alone) [FAASC0323]\n  hint: take the wheel for "
            "cpython-3.X, or name another version in 'runtime'\n");
  const std::string hint =
      "  hint: do it once without --offline, or keep the wheel in the project and require its path\n";
  write("requirements.txt", "tea @ https://me:secret@example.invalid/tea-1.0-py3-none-any.whl\n");
  EXPECT_EQ(
      build(),
      "faasc: error: requirement 'tea @ https://***@example.invalid/tea-1.0-py3-none-any.whl' was never "
      "fetched on this host, and --offline forbids to do it now [FAASC0326]\n" +
          hint);
  write("requirements.txt", "https://example.invalid/tea-1.0-py3-none-any.whl\n");
  EXPECT_EQ(
      build(),
      "faasc: error: requirement 'https://example.invalid/tea-1.0-py3-none-any.whl' was never fetched on "
      "this host, and --offline forbids to do it now [FAASC0326]\n" +
          hint);
  EXPECT_EQ(
      lock(),
      "faasc: error: the newest versions cannot be looked up, because --offline forbids it [FAASC0326]\n"
      "  hint: do it once without --offline, or name a directory of wheels in 'build.python.wheels'\n");
  write("requirements.txt", "-r more.txt\n");
  EXPECT_EQ(build(),
            "faasc: error: there is no requirements file 'PROJECT/more.txt', which "
            "'PROJECT/requirements.txt' names "
            "[FAASC0320]\n  hint: correct its name\n");
}

TEST_F(RequirementsBuildTest, AFunctionOfTheFrameworkFindsWhatThatBringsAlong) {
  for (const char* name : {"flask", "werkzeug"}) wheel(name, "2.5");
  wheel("starlette", "1.0.1");
  wheel("cloudevents", "1.11.0");
  wheel("functions_framework", "3.5.0");
  auto there = [&](const std::string& module) { return staged(module + ".py") != "(none)"; };
  // Written down or not, where it is imported.
  write("requirements.txt", "werkzeug\n");
  write("main.py",
        "import flask, functions_framework\nclass Order: pass\n"
        "@functions_framework.typed\ndef price(order: Order): pass\n");
  ASSERT_EQ(build(), "");
  EXPECT_TRUE(there("flask"));
  EXPECT_FALSE(there("starlette"));
  write("requirements.txt", "functions-framework\n");
  write("main.py", "from functions_framework import aio\n@aio.http\nasync def hello(request): pass\n");
  ASSERT_EQ(build(), "");
  EXPECT_TRUE(there("starlette"));
  EXPECT_FALSE(there("flask"));
  write("main.py",
        "from functions_framework import cloud_event\n@cloud_event\ndef hello(event): import flask.json\n");
  ASSERT_EQ(build(), "");
  EXPECT_TRUE(there("flask") && there("cloudevents"));
  write("main.py",
        "from functions_framework import cloud_event\n@cloud_event\ndef hello(event): import flaskly\n");
  EXPECT_EQ(build(), "");
  EXPECT_FALSE(there("flask"));
  EXPECT_TRUE(there("cloudevents"));
  // Elsewhere nothing brings it along.
  write("requirements.txt", "tea\n");
  write("main.py", "import flask\ndef lambda_handler(event, context): pass\n");
  EXPECT_EQ(build(),
            "main.py:1:1: error: there is no module 'flask' [FAASC0310]\n"
            "  hint: add the distribution that has it to 'requirements.txt'\n");
}

TEST_F(RequirementsBuildTest, ReasonsNameTheDistribution) {
  ASSERT_EQ(build(), "");
  auto why = [&](const std::string& file) {
    const RootfsNode* node = rootfs_.find(site_ + file);
    return node ? node->why : "(none)";
  };
  EXPECT_EQ(why("tea.py"), "requirement: it belongs to tea");
  EXPECT_EQ(why("sugar.py"), "requirement: it belongs to sugar, required by tea");
  EXPECT_EQ(why("sugar_daten/größe é.bin"), "requirement: it belongs to sugar, required by tea");
}

TEST_F(RequirementsBuildTest, APackageOfAHundredMegabytesIsAPackage) {
  wheel("big", "1.0", "", "py3-none-any", "100000000");
  write("requirements.txt", "big\n");
  ASSERT_EQ(build(), "");
  const RootfsNode* node = rootfs_.find(site_ + "big_daten/größe é.bin");
  ASSERT_TRUE(node);
  EXPECT_EQ(fs::file_size(std::get<HostFile>(node->content).path), 100000000u);
}

TEST(LockFile, ReadsWhatItWroteAndNoticesEveryEdit) {
  using namespace python;
  LockFile lock{.platform = "cpython-311-x86_64-linux-gnu",
                .made_of = "0123",
                .lines = {"a==1 --hash=sha256:0", "b==2"}};
  const std::string text = to_text(lock);
  LockFile read = parse_lock_file(text);
  EXPECT_FALSE(read.edited);
  EXPECT_EQ(read.platform, lock.platform);
  EXPECT_EQ(read.made_of, lock.made_of);
  EXPECT_EQ(read.lines, lock.lines);
  std::size_t first = text.find('\n');
  for (std::size_t length = 0; length < text.size(); ++length)
    EXPECT_TRUE(parse_lock_file(text.substr(0, length)).edited) << length;
  for (std::size_t at = first; at < text.size(); ++at) {
    std::string other = text;
    other[at] = other[at] == 'x' ? 'y' : 'x';
    EXPECT_TRUE(parse_lock_file(other).edited) << at;
  }
}

}  // namespace
}  // namespace faasc
