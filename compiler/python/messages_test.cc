#include <sys/stat.h>

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "compiler/python/helper.h"
#include "compiler/python/interpreter.h"
#include "compiler/python/lint.h"
#include "compiler/python/site_packages.h"

// What is said about interpreters, pip and our own scripts when they do not do what they should. The
// interpreters here are shell scripts: what the real ones say depends on which of them a host has.

namespace faasc::python {
namespace {

namespace fs = std::filesystem;

template <typename T>
std::string said(const Result<T>& result) {
  return result ? "nothing" : to_text(result.error(), Color::Off);
}

class PythonMessages : public testing::Test {
 protected:
  fs::path script(const std::string& text) const {
    fs::path path = directory_.path() / "python3";
    EXPECT_TRUE(write_file(path, "#!/bin/sh\n" + text));
    EXPECT_EQ(::chmod(path.c_str(), 0755), 0);
    return path;
  }
  PythonInterpreter interpreter(const std::string& text) const {
    PythonInterpreter python;
    python.executable = script(text);
    python.major = 3;
    python.minor = 11;
    python.cache_tag = "cpython-311";
    python.digest = "digest";
    return python;
  }
  std::string probed(const std::string& text) const {
    return said(probe_python(script(text), "probe.py", directory_.path() / "cache"));
  }
  /// What is said where pip says `text` and fails.
  std::string of_pip(const std::string& text, const fs::path& wheels = {}) const {
    EXPECT_TRUE(write_file(directory_.path() / "words", text));
    PythonInterpreter python =
        interpreter("cat " + (directory_.path() / "words").string() + " >&2\nexit 1\n");
    return said(
        site_packages(python, {.lines = {"tea==2.0"}, .wheels = wheels}, directory_.path() / "cache"));
  }

  TemporaryDirectory directory_ = std::move(TemporaryDirectory::create(testing::TempDir(), "python")).value();
  std::string python_ = (directory_.path() / "python3").string();
};

TEST_F(PythonMessages, OfInterpreters) {
  const std::string hint =
      "  hint: install CPython, for example with 'apt install python3', or name a version in 'runtime'\n";
  EXPECT_EQ(probed("echo oops >&2; echo no such module: json >&2; exit 1"),
            "faasc: error: '" + python_ +
                "' is no interpreter that faasc can use: no such module: json "
                "[FAASC0342]\n" +
                hint);
  EXPECT_EQ(probed("exit 3"),
            "faasc: error: '" + python_ +
                "' is no interpreter that faasc can use: it ended with status 3 [FAASC0342]\n" + hint);
  EXPECT_EQ(probed("echo hello"), "faasc: error: '" + python_ +
                                      "' is no interpreter that faasc can use: it did not say what it is "
                                      "[FAASC0342]\n" +
                                      hint);
  const std::string facts =
      R"("executable":"/p","stdlib":"/l","dynload":"/d","library":"","library_name":"","cache_tag":"c",)"
      R"("platlibdir":"lib","builtin":[],"extension_suffixes":[],"site_directories":[])";
  EXPECT_EQ(probed("echo '{\"version\":[3,10,2],\"implementation\":\"pypy\"," + facts + "}'"),
            "faasc: error: '" + python_ +
                "' is no interpreter that faasc can use: it is pypy, not CPython [FAASC0342]\n" + hint);
  EXPECT_EQ(probed("echo '{\"version\":[3,7,17],\"implementation\":\"cpython\"," + facts + "}'"),
            "faasc: error: '" + python_ +
                "' is Python 3.7.17; faasc needs 3.8 or newer [FAASC0341]\n"
                "  hint: name a newer version in 'runtime', for example 'python:3.11'\n");
}

TEST_F(PythonMessages, OfAVersionThatIsNotThere) {
  PythonSearch search{.path = directory_.path()};
  std::string list;
  for (const std::string& one : python_versions_found(search))
    list.append(list.empty() ? "" : ", ").append(one);
  if (list.empty()) GTEST_SKIP() << "there is no Python on this host";
  EXPECT_EQ(said(find_python(search, "3.99", "probe.py", directory_.path() / "cache")),
            "faasc: error: there is no Python 3.99 on this host; there are " + list +
                " [FAASC0340]\n"
                "  hint: install it, or name one of these in 'runtime'\n");
}

TEST_F(PythonMessages, OfPip) {
  EXPECT_EQ(of_pip("/usr/bin/python3: No module named pip\n"),
            "faasc: error: '" + python_ +
                "' has no pip, which is needed for requirements [FAASC0325]\n"
                "  hint: apt install python3-pip, or python3 -m ensurepip\n");
  EXPECT_EQ(of_pip("WARNING: Retrying: Temporary failure in name resolution\nERROR: No matching distribution "
                   "found for "
                   "tea==2.0\n"),
            "faasc: error: pip cannot reach the index [FAASC0322]\n"
            "  | No matching distribution found for tea==2.0\n"
            "  hint: check the network, or name a directory of wheels in 'build.python.wheels'\n");
  EXPECT_EQ(
      of_pip("ERROR: Cannot install tea==2.0 and cups==1.0 because these package versions have conflicting "
             "dependencies.\nERROR: ResolutionImpossible\n"),
      "faasc: error: the requirements contradict each other [FAASC0322]\n"
      "  | Cannot install tea==2.0 and cups==1.0 because these package versions have conflicting "
      "dependencies.\n"
      "  | ResolutionImpossible\n"
      "  hint: loosen one of the versions that pip names\n");
  EXPECT_EQ(of_pip("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n"),
            "faasc: error: a distribution is not the one that the requirements' hash names [FAASC0322]\n"
            "  | THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n"
            "  hint: find out who changed it before you change the hash\n");
  EXPECT_EQ(of_pip("ERROR: Package 'tea' requires a different Python: 3.11.2 not in '>=3.12'\n"),
            "faasc: error: pip cannot resolve the requirements [FAASC0322]\n"
            "  | Package 'tea' requires a different Python: 3.11.2 not in '>=3.12'\n"
            "  hint: name another version in 'runtime', or require another version of it\n");
  EXPECT_EQ(
      of_pip("ERROR: tea-2.0-cp39-cp39-linux_x86_64.whl is not a supported wheel on this platform.\n"),
      "faasc: error: a wheel is for another Python or another machine; this is Python 3.11 [FAASC0323]\n"
      "  | tea-2.0-cp39-cp39-linux_x86_64.whl is not a supported wheel on this platform.\n"
      "  hint: take the wheel for cpython-311, or name another version in 'runtime'\n");
  EXPECT_EQ(
      of_pip("ERROR: No matching distribution found for tea==2.0\n", directory_.path()),
      "faasc: error: there is no wheel that satisfies the requirements for Python 3.11 (wheels are taken "
      "from '" +
          directory_.path().string() +
          "' alone) [FAASC0323]\n"
          "  | No matching distribution found for tea==2.0\n"
          "  hint: correct the name or version; where there is only source that has to be built, build it "
          "yourself: 'pip wheel NAME -w wheels', and set 'build.python.wheels: wheels'\n");
}

TEST_F(PythonMessages, OfAPipThatIsTooOldToLock) {
  PythonInterpreter python =
      interpreter("echo \"$@\" >" + (directory_.path() / "asked").string() +
                  "\necho >&2\necho 'Usage:   ' >&2\necho 'no such option: --report' >&2\nexit 2\n");
  EXPECT_EQ(said(install_afresh(python, {.lines = {"tea==2.0"}}, directory_.path() / "cache")),
            "faasc: error: the pip of '" + python_ +
                "' is too old to say what it installs [FAASC0325]\n"
                "  hint: python3 -m pip install --upgrade pip; version 22.2 is needed\n");
  EXPECT_NE(read_file(directory_.path() / "asked").value().find(" --report "), std::string::npos);
  // One that takes the option and says nothing that can be read.
  python = interpreter("exit 0\n");
  EXPECT_EQ(said(install_afresh(python, {.lines = {"tea==2.0"}}, directory_.path() / "cache")),
            "faasc: error: pip did not say what it installed [FAASC0325]\n"
            "  hint: python3 -m pip install --upgrade pip; version 22.2 is needed\n");
}

TEST_F(PythonMessages, OfOurOwnScripts) {
  const std::string hint =
      "  hint: this is a bug of faasc's; please report it with the function that shows it\n";
  PythonInterpreter python = interpreter("cat >/dev/null; echo one >&2; echo two >&2; exit 2");
  EXPECT_EQ(said(Helper(python, "/scripts", "/cache")
                     .scan({.kind = "user", .host = "/src"}, {"main.py"}, "", false)),
            "faasc: error: faasc's script scan.py failed: it ended with status 2 [FAASC0391]\n"
            "  | one\n  | two\n" +
                hint);
  python = interpreter("cat >/dev/null; kill -9 $$");
  EXPECT_EQ(said(Helper(python, "/scripts", "/cache").stage({})),
            "faasc: error: faasc's script stage.py failed: it was ended by signal 9 [FAASC0391]\n" + hint);
}

TEST_F(PythonMessages, OfWhatAUnikernelCannot) {
  FileFacts file;
  file.path = "main.py";
  file.lint = {{"subprocess.run", 6, 5}, {"os.fork", 7, 12}};
  Diagnostics diagnostics;
  report_lint({file}, {"gunicorn"}, "src", Severity::Warning, diagnostics);
  std::string text;
  for (const Diagnostic& one : diagnostics.all()) text += to_text(one, Color::Off);
  EXPECT_EQ(
      text,
      "src/main.py:6:5: warning: 'subprocess.run' starts another process, which a unikernel cannot "
      "[FAASC0330]\n"
      "  hint: do it in Python, or in a library; there is no other program in the image\n"
      "src/main.py:7:12: warning: 'os.fork' starts another process, which a unikernel cannot [FAASC0330]\n"
      "  hint: use threading or concurrent.futures.ThreadPoolExecutor\n"
      "faasc: warning: requirement 'gunicorn' works with several processes, which a unikernel cannot run "
      "[FAASC0330]\n"
      "  hint: leave it out: faasc's runtime serves requests itself, with threads\n");
}

}  // namespace
}  // namespace faasc::python
