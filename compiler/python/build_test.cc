#include "compiler/python/build.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/process.h"
#include "compiler/python/codes.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path kSource = FAASC_SOURCE_DIR;

// A project of its own, built by the host's interpreter. The cache is this test's own.
class PythonBuildTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    cache_ = std::make_unique<TemporaryDirectory>(
        TemporaryDirectory::create(fs::temp_directory_path(), "faasc-cache-").value());
    ::setenv("FAASC_CACHE_DIR", cache_->path().c_str(), 1);
  }
  static void TearDownTestSuite() { cache_.reset(); }

  void SetUp() override {
    if (python_candidates(PythonSearch::of_process("."), "").empty())
      GTEST_SKIP() << "there is no Python here";
    request_.project_dir = directory_->path();
    request_.work_dir = directory_->path() / ".work";
    request_.wanted.source = ".";
    request_.installation = {.scripts = kSource / "compiler/python/scripts",
                             .runtime = kSource / "runtimes/python/guest",
                             .fallback = kSource / "runtimes/python/fallback"};
  }
  void write(const std::string& file, std::string_view text) {
    ASSERT_TRUE(write_file(directory_->path() / file, text));
    if (std::find(request_.files.begin(), request_.files.end(), file) == request_.files.end())
      request_.files.push_back(file);
  }
  Result<PythonBuild> build() {
    diagnostics_ = {};
    staged_ = false;
    return build_python(request_, diagnostics_,
                        [this](const std::string& what) { staged_ |= what == "staging modules"; });
  }
  std::string complaints() const {
    std::string text;
    for (const Diagnostic& one : diagnostics_.all()) text += to_text(one, Color::Off);
    return text;
  }
  static std::string content(const RootfsNode& node) {
    if (const auto* file = std::get_if<HostFile>(&node.content)) return read_file(file->path).value();
    return {};
  }
  // The guest's files with a digest of their contents' sizes and bytes.
  static std::map<std::string, std::string> contents(const PythonBuild& built) {
    std::map<std::string, std::string> all;
    for (const auto& [path, node] : built.program.rootfs.nodes()) all[path] = content(node);
    return all;
  }

  inline static std::unique_ptr<TemporaryDirectory> cache_;
  Result<TemporaryDirectory> directory_ =
      TemporaryDirectory::create(fs::temp_directory_path(), "faasc-python-");
  PythonRequest request_;
  Diagnostics diagnostics_;
  bool staged_ = false;  // whether the last build looked at every module, which takes long
};

constexpr const char* kLambda =
    "import json\ndef lambda_handler(event, context):\n    return json.dumps(event)\n";

TEST_F(PythonBuildTest, StagesWhatIsReachedInAGuestOfItsOwnLayout) {
  write("main.py", kLambda);
  write("data/menu.txt", "tea\n");
  auto built = build();
  ASSERT_TRUE(built) << built.error().what << complaints();
  const Rootfs& root = built->program.rootfs;
  std::string version = built->interpreter.short_version();
  std::string lib = "/usr/" + built->interpreter.platlibdir + "/python" + version;
  EXPECT_EQ(built->program.executable, "/usr/bin/python" + version);
  EXPECT_EQ(built->program.working_directory, "/var/task");
  EXPECT_EQ(built->function.kind, "lambda");
  for (const std::string& path :
       {built->program.executable, lib + "/os.pyc", lib + "/json/decoder.pyc", lib + "/lib-dynload",
        std::string("/var/task/main.py"), std::string("/var/task/data/menu.txt"),
        "/var/task/__pycache__/main." + built->interpreter.cache_tag + ".pyc",
        std::string("/usr/lib/faasc/python/start.pyc"),
        std::string("/usr/lib/faasc/python/faasc_function.pyc")})
    EXPECT_TRUE(root.find(path)) << path;
  for (const std::string& path :
       {lib + "/os.py", lib + "/asyncio/__init__.pyc", lib + "/ssl.pyc", lib + "/test"})
    EXPECT_FALSE(root.find(path)) << path;
  EXPECT_EQ(root.find(lib + "/json/decoder.pyc")->why, "standard library: imported by json");
  // The host's layout must not show.
  for (const auto& [path, node] : root.nodes()) {
    EXPECT_FALSE(path.starts_with("/root") || path.starts_with("/home") || path.starts_with("/opt")) << path;
    if (!path.ends_with(".pyc")) continue;
    EXPECT_EQ(content(node).find(directory_->path().string()), std::string::npos) << path;
  }
}

TEST_F(PythonBuildTest, ByteCodeIsNeverCheckedAgainstItsSource) {
  write("main.py", kLambda);
  auto built = build();
  ASSERT_TRUE(built);
  for (const auto& [path, bytes] : contents(*built))
    if (path.ends_with(".pyc")) {
      EXPECT_EQ(bytes.substr(4, 4), std::string("\1\0\0\0", 4)) << path;
    }
}

TEST_F(PythonBuildTest, TheSameFunctionGivesTheSameBytesAnywhere) {
  // Names, characters and sets that other modules have, too, and in another order.
  const std::string text = std::string(kLambda) +
                           "def is_word(x, y='<'):\n    return x in {'if', 'endif', y} or x in {'endif', "
                           "'if', 'for'} or x in ('if', '<')\n";
  write("main.py", text);
  auto first = build();
  ASSERT_TRUE(first);
  EXPECT_GT(first->modules, 50);
  auto before = contents(*first);
  auto again = build();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->compiled, 0);
  // Another directory, another cache, another order of compiling.
  auto elsewhere = TemporaryDirectory::create(fs::temp_directory_path(), "faasc-elsewhere-").value();
  ASSERT_TRUE(write_file(elsewhere.path() / "p/main.py", text));
  request_.project_dir = elsewhere.path() / "p";
  request_.work_dir = elsewhere.path() / "w";
  request_.include = {"wave", "argparse"};
  ::setenv("FAASC_CACHE_DIR", (elsewhere.path() / "cache").c_str(), 1);
  auto other = build();
  request_.include.clear();
  other = build();
  ::setenv("FAASC_CACHE_DIR", cache_->path().c_str(), 1);
  ASSERT_TRUE(other);
  auto after = contents(*other);
  ASSERT_EQ(before.size(), after.size());
  for (const auto& [path, bytes] : before) EXPECT_TRUE(bytes == after[path]) << path;
}

// What the last build knew must not show.
TEST_F(PythonBuildTest, AnEditGivesWhatAFreshBuildGives) {
  write("main.py", kLambda);
  write("menu.py", "ITEMS = ['tea']\n");
  write("data.txt", "1\n");
  ASSERT_TRUE(build());
  const std::string lambda = kLambda;
  const std::tuple<const char*, std::string, bool, bool, int> edits[] = {
      {"main.py", "# a line more\n" + lambda, true, false, 1},
      {"main.py", "import menu, wave\n" + lambda, true, true, 0},
      {"menu.py", "ITEMS = ['tea', 'milk']\n", true, false, 1},
      {"data.txt", "2\n", true, false, 0},
      {"main.py", "def lambda_handler(event, context:\n", false, false, 0},
      {"main.py", "import nowhere\n" + lambda, false, true, 0},
      {"main.py", lambda, true, true, 0},
      // Names of modules in an extension module, which only its bytes tell.
      {"fast.so", std::string("\0colorsys\0", 10), true, true, 0},
      {"main.py", "import fast\n" + lambda, true, true, 0},
      {"fast.so", std::string("\0wave\0", 6), true, true, 0},
  };
  for (const auto& [file, text, good, staged, compiled] : edits) {
    write(file, text);
    auto edited = build();
    const std::string said = complaints();
    ASSERT_EQ(bool(edited), good) << text << said;
    EXPECT_EQ(staged_, staged) << text;
    if (good && compiled > 0) {
      EXPECT_EQ(edited->compiled, compiled) << text;
    }
    auto elsewhere = TemporaryDirectory::create(fs::temp_directory_path(), "faasc-fresh-").value();
    fs::path work = std::exchange(request_.work_dir, elsewhere.path());
    auto fresh = build();
    ASSERT_EQ(bool(fresh), good) << text;
    EXPECT_EQ(complaints(), said);
    if (good) {
      EXPECT_TRUE(contents(*edited) == contents(*fresh)) << text;
    }
    request_.work_dir = work;
  }
  // Nor must it be missed.
  for (const auto& entry : fs::directory_iterator(cache_->path() / "python"))
    fs::remove_all(entry.path() / "pyc");
  auto again = build();
  ASSERT_TRUE(again) << again.error().what;
  for (const auto& [path, bytes] : contents(*again)) {
    if (path.ends_with(".pyc")) {
      EXPECT_FALSE(bytes.empty()) << path;
    }
  }
}

TEST_F(PythonBuildTest, WithoutByteCodeThereAreTheSources) {
  write("main.py", kLambda);
  ASSERT_TRUE(build());
  request_.bytecode = false;
  auto built = build();
  ASSERT_TRUE(built) << built.error().what;
  for (const auto& [path, node] : built->program.rootfs.nodes()) EXPECT_FALSE(path.ends_with(".pyc")) << path;
  for (const char* path :
       {"/usr/lib/faasc/python/start.py", "/usr/lib/faasc/python/faasc_function.py", "/var/task/main.py"})
    EXPECT_TRUE(built->program.rootfs.find(path)) << path;
  EXPECT_EQ(built->program.argv.back(), "/usr/lib/faasc/python/start.py");
}

TEST_F(PythonBuildTest, PruningFollowsWhatIsAsked) {
  write("main.py", kLambda);
  auto pruned = build();
  request_.prune = "none";
  auto whole = build();
  ASSERT_TRUE(pruned && whole);
  EXPECT_GT(whole->modules, 2 * pruned->modules);
  std::string lib = "/usr/" + whole->interpreter.platlibdir + "/python" + whole->interpreter.short_version();
  EXPECT_TRUE(whole->program.rootfs.find(lib + "/wave.pyc"));
  EXPECT_FALSE(whole->program.rootfs.find(lib + "/test"));
  EXPECT_FALSE(whole->program.rootfs.find(lib + "/idlelib"));
}

TEST_F(PythonBuildTest, ImportsInEveryFormAreSeen) {
  write("main.py",
        "import importlib\nfrom pkg import inner\nif True:\n    import wave\n"
        "def handler(event, context):\n    importlib.import_module('colorsys')\n    "
        "__import__('sndhdr_or_not')\n"
        "    context.aws_request_id\n    from .nowhere import x\n");
  write("pkg/__init__.py", "");
  write("pkg/inner.py",
        "from . import sibling\nfrom .sibling import deep\ntry:\n    import simplejson as json\n"
        "except ImportError:\n    import json\n");
  write("pkg/sibling.py", "import bisect\ndeep = 1\n");
  auto built = build();
  ASSERT_TRUE(built) << complaints();
  std::string lib = "/usr/" + built->interpreter.platlibdir + "/python" + built->interpreter.short_version();
  for (const char* module : {"wave", "colorsys", "bisect", "json/__init__"})
    EXPECT_TRUE(built->program.rootfs.find(lib + "/" + module + ".pyc")) << module;
  EXPECT_EQ(complaints(), "");
}

TEST_F(PythonBuildTest, NamesMayBeOfAnyScript) {
  write("menü.py", "import größe, os.path\ndef grüße(event, context): return größe.TÉE\n");
  write("größe.py", "TÉE = 'tée'\n");
  write("daten/größe é.txt", "3\n");
  request_.wanted.handler = "menü.grüße";
  request_.wanted.signature = "lambda";
  auto built = build();
  ASSERT_TRUE(built) << built.error().what << complaints();
  EXPECT_EQ(complaints(), "");
  EXPECT_EQ(built->function.handler, "menü.grüße");
  const std::string tag = "." + built->interpreter.cache_tag + ".pyc";
  for (const std::string& path : {std::string("menü.py"), std::string("größe.py"), "__pycache__/menü" + tag,
                                  "__pycache__/größe" + tag, std::string("daten/größe é.txt")})
    EXPECT_TRUE(built->program.rootfs.find("/var/task/" + path)) << path;
  // What is kept between builds knows them, too.
  ASSERT_TRUE(build());
  EXPECT_FALSE(staged_);
}

TEST_F(PythonBuildTest, AMissingModuleIsNamedWhereItIsImported) {
  write("main.py", "import os\nimport reqeusts\ndef handler(request): pass\n");
  request_.wanted.signature = "lambda";
  request_.wanted.handler = "main.handler";
  write("main.py", "import os\nimport reqeusts\ndef handler(event, context): pass\n");
  EXPECT_FALSE(build());
  EXPECT_EQ(complaints(),
            "main.py:2:1: error: there is no module 'reqeusts' [FAASC0310]\n"
            "  hint: add the distribution that has it to a requirements.txt\n");
  write("main.py",
        "import sys\nsys.path.insert(0, 'vendor')\nimport reqeusts\ndef handler(event, context): pass\n");
  EXPECT_TRUE(build()) << complaints();
  EXPECT_THAT(complaints(), HasSubstr("warning: there is no module 'reqeusts'"));
}

TEST_F(PythonBuildTest, RequirementsComeFromAWheelhouseWithoutTheNetwork) {
  if (auto pip = run({.argv = {python_candidates(PythonSearch::of_process("."), "")[0].string(), "-I", "-m",
                               "pip", "--version"}});
      !pip || !pip->status.ok())
    GTEST_SKIP() << "the interpreter has no pip";
  write("main.py", "import tea\ndef lambda_handler(event, context):\n    return tea.KIND\n");
  // A wheel is a zip file with metadata; the standard library's zipfile makes one.
  fs::path wheels = directory_->path() / "wheels";
  fs::create_directories(wheels);
  constexpr const char* kMakeWheel =
      "import sys,zipfile\n"
      "with zipfile.ZipFile(sys.argv[1]+'/tea-1.0-py3-none-any.whl','w') as z:\n"
      "  z.writestr('tea.py','KIND=\"green\"\\n')\n"
      "  z.writestr('tea-1.0.dist-info/METADATA','Metadata-Version: 2.1\\nName: tea\\nVersion: 1.0\\n')\n"
      "  z.writestr('tea-1.0.dist-info/WHEEL','Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: "
      "true\\nTag: py3-none-any\\n')\n"
      "  z.writestr('tea-1.0.dist-info/RECORD','tea.py,,\\n')\n";
  auto made = run({.argv = {python_candidates(PythonSearch::of_process("."), "")[0].string(), "-c",
                            kMakeWheel, wheels.string()}});
  ASSERT_TRUE(made && made->status.ok());
  request_.requirements = directory_->path() / "requirements.txt";
  request_.wheels = wheels;
  request_.offline = true;
  ASSERT_TRUE(write_file(request_.requirements, "tea==1.0\n"));
  auto built = build();
  ASSERT_TRUE(built) << built.error().what << complaints();
  std::string site = "/usr/" + built->interpreter.platlibdir + "/python" +
                     built->interpreter.short_version() + "/site-packages";
  // Sources of requirements that do not read them are only for tracebacks.
  EXPECT_TRUE(built->program.rootfs.find(site + "/tea.pyc"));
  EXPECT_FALSE(built->program.rootfs.find(site + "/tea.py"));
  EXPECT_TRUE(built->program.rootfs.find(site + "/tea-1.0.dist-info/METADATA"));
  EXPECT_FALSE(built->program.rootfs.find(site + "/tea-1.0.dist-info/RECORD"));
  ASSERT_TRUE(write_file(request_.requirements, "tea==2.0\n"));
  built = build();
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().code, kPythonNeedsCompiler);
  request_.wheels.clear();
  built = build();
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().code, kPythonOffline);
}

// What the standard library imports in case it is needed; the first word of a row is what is looked for.
TEST_F(PythonBuildTest, WhatIsPerhapsNeededIsTakenWhereSomethingNeedsIt) {
  const std::tuple<const char*, const char*, bool> table[] = {
      {"/ssl.pyc", "from urllib.request import parse_http_list", false},
      {"/ssl.pyc", "import urllib.request", true},
      {"/ssl.pyc", "from http import client", true},
      {"/_hashlib.", "import hashlib, hmac", false},
      {"/_hashlib.", "import hashlib\nkey = hashlib.pbkdf2_hmac", true},
      {"/_hashlib.", "import hashlib\ndef f(name): return hashlib.new(name)", true},
      {"/_hashlib.", "import hashlib\ndef f(): return hashlib.new('sha256')", false},
      {"/encodings/gbk.pyc", "x = b'x'.decode('utf-8')", false},
      {"/encodings/gbk.pyc", "x = b'x'.decode('GB2312')", true},
      {"/encodings/gbk.pyc", "def f(x, how): return x.decode(how)", true},
      {"/encodings/gbk.pyc", "import xml.etree.ElementTree", true},
      {"/encodings/latin_1.pyc", "", true},
      {"/tarfile.pyc", "import shutil", false},
      {"/tarfile.pyc", "import shutil\nshutil.unpack_archive", true},
      {"/multiprocessing/__init__.pyc", "import concurrent.futures", false},
      {"/multiprocessing/__init__.pyc", "from concurrent.futures import ProcessPoolExecutor", true},
      {"/asyncio/windows_events.pyc", "import asyncio", false},
      {"/encodings/idna.pyc", "import re, threading", false},
      {"/encodings/idna.pyc", "import http.client", true},
      {"/encodings/idna.pyc", "from urllib.parse import urlsplit", true},
      {"/encodings/idna.pyc", "x = 'x'.encode('IDNA')", true},
      {"/encodings/idna.pyc", "def f(x, how): return x.decode(how)", true},
      {"/encodings/idna.pyc", "x = b'x'.decode('unicode-escape')", true},
      {"/encodings/idna.pyc", "import re\nx = re.compile(r'\\N{DASH}')", true},
      {"/encodings/idna.pyc", "def f(x): return eval(x)", true},
      {"/encodings/idna.pyc", "x = 'é'", true},
      {"/subprocess.pyc", "import os", false},
      {"/subprocess.pyc", "import os\nf = os.popen", true},
      {"/typing.pyc", "import functools", false},
      {"/typing.pyc", "from functools import singledispatch", true},
      {"/typing.pyc", "import pkgutil", true},
      {"/_strptime.pyc", "import time", false},
      {"/_strptime.pyc", "import time\nf = time.strptime", true},
      {"/dbm/dumb.pyc", "import shelve", true},
      {"/posixpath.pyc", "import os.path", true},
      {"/inspect.pyc", "import ast", false},
      {"/inspect.pyc", "import ast\nf = ast.get_docstring", true},
  };
  std::string base = kLambda;
  for (const auto& [wanted, text, there] : table) {
    write("main.py", std::string(text) + "\n" + base);
    auto built = build();
    ASSERT_TRUE(built) << built.error().what << complaints();
    bool found = false;
    for (const auto& [path, node] : built->program.rootfs.nodes())
      found |= path.find(wanted) != std::string::npos;
    EXPECT_EQ(found, there) << wanted << " of: " << text;
  }
  write("main.py", "import urllib.request as u\nfrom urllib.request import parse_http_list\n" + base);
  request_.include = {"encodings.gbk", "ssl"};
  auto named = build();
  ASSERT_TRUE(named) << complaints();
  std::string lib = "/usr/" + named->interpreter.platlibdir + "/python" + named->interpreter.short_version();
  EXPECT_TRUE(named->program.rootfs.find(lib + "/encodings/gbk.pyc"));
  EXPECT_TRUE(named->program.rootfs.find(lib + "/ssl.pyc"));
}

TEST_F(PythonBuildTest, TheManifestSaysHowStrictCallsOfOtherProgramsAreJudged) {
  write("main.py", "import subprocess\ndef lambda_handler(event, context):\n    subprocess.run(['x'])\n");
  const std::string found =
      "'subprocess.run' starts another process, which a unikernel cannot [FAASC0330]\n"
      "  hint: do it in Python, or in a library; there is no other program in the image\n";
  EXPECT_TRUE(build());
  EXPECT_EQ(complaints(), "main.py:3:5: warning: " + found);
  request_.lint = PythonRequest::Lint::Off;
  EXPECT_TRUE(build());
  EXPECT_EQ(complaints(), "");
  request_.lint = PythonRequest::Lint::Strict;
  EXPECT_FALSE(build());
  EXPECT_EQ(complaints(), "main.py:3:5: error: " + found);
}

TEST_F(PythonBuildTest, ALockedBuildWantsOneVersionOfEach) {
  write("main.py", kLambda);
  request_.requirements = directory_->path() / "requirements.txt";
  request_.locked = true;
  ASSERT_TRUE(write_file(request_.requirements, "tea>=1\ncups==2.0\n"));
  EXPECT_FALSE(build());
  EXPECT_EQ(complaints(),
            request_.requirements.string() +
                ": error: requirement 'tea>=1' names no single version, which 'build.locked' asks for "
                "[FAASC0321]\n  hint: 'faasc lock' chooses one, and writes it into 'requirements.lock'\n");
}

TEST_F(PythonBuildTest, AVersionThatIsNotThereIsRefusedWithThoseThatAre) {
  write("main.py", kLambda);
  request_.version = "3.99";
  auto built = build();
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().code, kPythonInterpreterMissing);
  EXPECT_THAT(built.error().what, HasSubstr("there is no Python 3.99 on this host; there are 3."));
}

}  // namespace
}  // namespace faasc
