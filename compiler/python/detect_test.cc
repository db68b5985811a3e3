#include "compiler/python/detect.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "compiler/python/helper.h"

namespace faasc::python {
namespace {
namespace fs = std::filesystem;

const fs::path kScripts = fs::path(FAASC_SOURCE_DIR) / "compiler/python/scripts";

// Sources in a directory, read by the host's interpreter.
class Detect : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto found = find_python(PythonSearch::of_process("."), "", kScripts / "probe.py",
                             fs::temp_directory_path() / "faasc-python-test");
    if (found) python_ = std::move(*found);
  }
  void SetUp() override {
    if (python_.executable.empty()) GTEST_SKIP() << "there is no Python here";
  }

  void write(const std::string& file, std::string_view text) {
    ASSERT_TRUE(write_file(directory_->path() / file, text));
    files_.push_back(file);
  }

  ModuleTree tree() const { return {"user", directory_->path(), "/var/task", files_, {}}; }

  // "kind module.function: reason", or what was complained about.
  std::string choose() {
    Helper helper(python_, kScripts, directory_->path() / "pycache");
    auto sources = helper.scan(tree(), files_, "", false);
    if (!sources) return sources.error().what;
    std::vector<FileFacts> facts;
    for (const ScannedSource& source : *sources) facts.push_back(source.facts);
    Diagnostics diagnostics;
    wanted_.source = ".";
    auto chosen = choose_handler(facts, wanted_, diagnostics);
    std::string text;
    for (const Diagnostic& one : diagnostics.all()) text += to_text(one, Color::Off);
    if (!chosen) return text;
    return text + (chosen->asynchronous ? "asynchronous " : "") + chosen->kind + " " + chosen->module + "." +
           chosen->function + ": " + chosen->reason;
  }
  // The same for one main.py.
  std::string choose(std::string_view source, const std::string& handler = "",
                     const std::string& signature = "auto") {
    files_.clear();
    write("main.py", source);
    wanted_.handler = handler;
    wanted_.signature = signature;
    return choose();
  }

  inline static PythonInterpreter python_;
  Result<TemporaryDirectory> directory_ =
      TemporaryDirectory::create(fs::temp_directory_path(), "faasc-detect-");
  std::vector<std::string> files_;
  WantedHandler wanted_;
};

TEST_F(Detect, DecoratorsSayTheKindUnderEveryName) {
  struct {
    const char *source, *chosen;
  } const kTable[] = {
      {"import functions_framework\n@functions_framework.http\ndef f(r): pass\ndef helper(x): pass\n",
       "http main.f: the only function with a decorator of functions_framework; decorated with "
       "functions_framework.http"},
      {"import functions_framework as ff\n@ff.cloud_event\ndef f(e): pass\n",
       "cloudevent main.f: the only function with a decorator of functions_framework; decorated with "
       "functions_framework.cloud_event"},
      {"from functions_framework import typed as t\nclass P: pass\n@t(P)\ndef f(p): pass\n",
       "typed main.f: the only function with a decorator of functions_framework; decorated with "
       "functions_framework.typed"},
      {"try:\n  from functions_framework import http\nexcept ImportError:\n  http = None\n@http\n@other\ndef "
       "f(r): pass\n",
       "http main.f: the only function with a decorator of functions_framework; decorated with "
       "functions_framework.http"},
      {"import functions_framework.aio\n@functions_framework.aio.http\nasync def f(r): pass\n",
       "asynchronous http main.f: the only function with a decorator of functions_framework; decorated with "
       "functions_framework.aio.http"},
      {"from functions_framework import aio\n@aio.cloud_event\ndef f(e): pass\n",
       "asynchronous cloudevent main.f: the only function with a decorator of functions_framework; decorated "
       "with functions_framework.aio.cloud_event"},
  };
  for (const auto& row : kTable) EXPECT_EQ(choose(row.source), row.chosen) << row.source;
}

TEST_F(Detect, ShapesSayTheKind) {
  struct {
    const char *source, *chosen;
  } const kTable[] = {
      {"def f(request): pass\n", "http main.f: the only candidate; it takes one parameter, the request"},
      {"def f(cloud_event): pass\n",
       "cloudevent main.f: the only candidate; its parameter is called cloud_event"},
      {"async def f(request): pass\n",
       "asynchronous http main.f: the only candidate; an asynchronous function of one parameter, the "
       "request"},
      {"from asgiref.sync import async_to_sync\n@async_to_sync\nasync def f(request): pass\n",
       "http main.f: the only candidate; an asynchronous function of one parameter, the request"},
      {"def new():\n  return 1\n",
       "asgi main.new: the only candidate; a function 'new' without parameters, as Knative's are"},
      {"def lambda_handler(event, context): pass\ndef helper(a): pass\n",
       "lambda main.lambda_handler: the only function that is called as AWS Lambda's handlers are; it is "
       "called as AWS "
       "Lambda's handlers are"},
      {"def f(event, context):\n  print(context.aws_request_id)\n",
       "lambda main.f: the only candidate; it uses context.aws_request_id"},
      {"def f(data, c):\n  print(c.event_id)\n", "event main.f: the only candidate; it uses c.event_id"},
      {"def handle(event, context):\n  return event.body\n",
       "openfaas main.handle: the only candidate; it uses event.body"},
  };
  for (const auto& row : kTable) EXPECT_EQ(choose(row.source), row.chosen) << row.source;
}

TEST_F(Detect, WhatSurroundsTheHandlerBreaksTies) {
  const char* two = "def f(event, context): pass\n";
  EXPECT_EQ(choose(two, "main.f"),
            "main.py:1:5: error: 'f' takes two parameters, as handlers of three kinds do [FAASC0302]\n"
            "  hint: add 'signature: lambda' (AWS Lambda), 'signature: event' (Google's events) or "
            "'signature: openfaas' "
            "to the manifest\n");
  EXPECT_EQ(choose(two, "main.f", "lambda"), "lambda main.f: named by the manifest; signature 'lambda'");
  wanted_.lambda_flavoured = true;
  EXPECT_EQ(choose(two, "f"), "lambda main.f: named by the manifest; the manifest speaks of Lambda");
  wanted_ = {.requires_framework = true};
  EXPECT_EQ(choose(two), "event main.f: the only candidate; functions-framework is a requirement");
  wanted_ = {.sam_handlers = "    Handler: main.f\n"};
  EXPECT_EQ(choose(two), "lambda main.f: the only candidate; template.yaml names it");
}

TEST_F(Detect, NamesAreLookedUp) {
  write("main.py", "def hello(request): pass\n");
  write("pkg/__init__.py", "");
  write("pkg/app.py", "def handle(request): pass\nbar = hello = 1\nfrom x import y\n");
  write("tests/test_it.py", "def only_here(request): pass\n");
  auto named = [&](const std::string& handler, const std::string& signature = "auto") {
    wanted_.handler = handler;
    wanted_.signature = signature;
    return choose();
  };
  EXPECT_EQ(named("pkg.app.handle"),
            "http pkg.app.handle: named by the manifest; it takes one parameter, the request");
  EXPECT_EQ(named("pkg/app.handle"), named("pkg.app.handle"));
  EXPECT_EQ(named("handle"), named("pkg.app.handle")) << "a bare name may be in any module, if it is in one";
  EXPECT_EQ(
      named("main.helo"),
      "faasc: error: there is no function 'helo' in 'main.py' [FAASC0301]\n  hint: did you mean 'hello'?\n"
      "main.py:1:5: note: 'main.hello'\n");
  EXPECT_EQ(named("pkg.ap.handle"),
            "faasc: error: handler 'pkg.ap.handle' is in no source: there is no 'pkg/ap.py' [FAASC0301]\n"
            "  hint: did you mean module 'pkg.app'?\n");
  EXPECT_EQ(named("main.py:hello"),
            "faasc: error: handler 'main.py:hello' names no function of a module [FAASC0303]\n"
            "  hint: a handler is a function of a module, such as 'main.hello' or "
            "'lambda_function.lambda_handler'\n");
  EXPECT_EQ(named("pkg.app.bar"),
            "pkg/app.py:2:1: error: 'bar' is a variable, so its kind cannot be seen here [FAASC0306]\n"
            "  hint: say what it is with 'signature', for example 'signature: lambda'\n");
  EXPECT_EQ(named("pkg.app.y", "lambda"), "lambda pkg.app.y: named by the manifest; signature 'lambda'");
  EXPECT_EQ(named("pkg.app", "server"), "server pkg.app.: named by the manifest");
}

TEST_F(Detect, WrongFunctionsAreRefusedWhereTheyAre) {
  EXPECT_EQ(choose("def f(a, b, c): pass\n", "f"),
            "main.py:1:5: error: 'f' takes 3 parameters; no kind of handler is called like that [FAASC0304]\n"
            "  hint: a handler takes (request), (cloud_event), (event, context) or (scope, receive, send)\n");
  EXPECT_EQ(choose("async def f(r): pass\n", "f", "cloudevent"),
            "asynchronous cloudevent main.f: named by the manifest; signature 'cloudevent'");
  EXPECT_EQ(choose("async def lambda_handler(event, context): pass\n"),
            "main.py:1:11: error: 'lambda_handler' is asynchronous, which no handler of kind 'lambda' is "
            "[FAASC0304]\n"
            "  hint: write 'def' instead of 'async def', and asyncio.run() where it awaits\n");
  EXPECT_EQ(choose("import functions_framework\n@functions_framework.http\nasync def f(r): pass\n"),
            "main.py:3:11: error: 'f' is asynchronous, which no handler of kind 'http' of "
            "functions_framework is [FAASC0304]\n"
            "  hint: decorate it with functions_framework.aio.http, or write 'def'\n");
  EXPECT_EQ(choose("from functions_framework import aio\n@aio.typed\ndef f(r): pass\n"),
            "main.py:3:5: error: functions_framework.aio has no decorator 'typed' [FAASC0304]\n"
            "  hint: it has 'http' and 'cloud_event'\n");
  EXPECT_EQ(choose("def f(r): pass\n", "f", "lambda"),
            "main.py:1:5: error: 'f' cannot be called as a handler of kind 'lambda' is, with 2 arguments "
            "[FAASC0304]\n"
            "  hint: change its parameters, or the signature\n");
  EXPECT_EQ(
      choose("import functions_framework\n@functions_framework.http\ndef f(r): pass\n", "f", "cloudevent"),
      "faasc: error: signature is 'cloudevent', but 'f' is decorated with functions_framework.http "
      "[FAASC0305]\n"
      "  hint: set 'signature: http', or remove it\nmain.py:3:5: note: 'main.f' is here\n");
  EXPECT_EQ(choose("def a(r): pass\ndef b(r): pass\n"),
            "faasc: error: there are 2 functions that could be the handler [FAASC0302]\n"
            "  hint: add 'handler: main.a' to the manifest, or another of them\n"
            "main.py:1:5: note: 'main.a'\nmain.py:2:5: note: 'main.b'\n");
  EXPECT_EQ(choose("x = 1\n"),
            "faasc: error: no function in 1 source looks like a handler [FAASC0301]\n"
            "  hint: name it with 'handler'; a handler is a function of a module, such as 'main.hello' or "
            "'lambda_function.lambda_handler'\n");
}

TEST_F(Detect, SyntaxErrorsAreTheInterpretersOwn) {
  std::string text = choose("def f(r):\n    return 'tée' 1\n");
  EXPECT_EQ(text.substr(0, 12), "main.py:2:19") << text;
  EXPECT_NE(text.find("invalid syntax"), std::string::npos) << text;
  EXPECT_NE(text.find("[FAASC0300]"), std::string::npos) << text;
  files_.clear();
  write("main.py", std::string("x = 1\0", 6));
  EXPECT_NE(choose().find("[FAASC0300]"), std::string::npos);
}

TEST_F(Detect, CallsOfOtherProgramsAreFound) {
  write("main.py",
        "import subprocess as sp, os\nfrom multiprocessing import Pool\ndef f(r):\n    sp.run(['x'])\n    "
        "os.fork()\n"
        "    Pool(2)\n    os.getpid()\n");
  auto sources = Helper(python_, kScripts, directory_->path() / "pycache").scan(tree(), files_, "", false);
  ASSERT_TRUE(sources);
  std::string found;
  for (const LintFact& fact : sources->at(0).facts.lint)
    found += fact.name + ":" + std::to_string(fact.line) + " ";
  EXPECT_EQ(found, "subprocess.run:4 os.fork:5 multiprocessing.Pool:6 ");
}

}  // namespace
}  // namespace faasc::python
