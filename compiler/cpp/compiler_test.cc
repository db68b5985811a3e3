// faasc-cxx on real sources: what it finds in the AST, and what Clang has to say.

#include <algorithm>
#include <cstdlib>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/process.h"
#include "compiler/cpp/arguments.h"
#include "compiler/cpp/compiler_process.h"
#include "compiler/cpp/detect.h"

namespace faasc::cpp {
namespace {

namespace fs = std::filesystem;

class Compiler : public testing::Test {
 protected:
  void SetUp() override {
    auto made = TemporaryDirectory::create(testing::TempDir(), "faasc cxx");
    ASSERT_TRUE(made);
    directory_.emplace(std::move(*made));
    request_.project_dir = fs::path(FAASC_SOURCE_DIR) / "compiler/cpp/testdata";
    request_.work_dir = directory_->path();
    request_.installation = {fs::path(FAASC_PREFIX) / "libexec/faasc/faasc-cxx",
                             fs::path(FAASC_PREFIX) / "share/faasc/cpp/include", ""};
  }
  fs::path object() const { return directory_->path() / "x.o"; }

  CompileAnswer compile(const std::string& source, const std::string& typed = {}) {
    auto arguments = compile_arguments(request_, source);
    EXPECT_TRUE(arguments);
    Request question;
    question.compile = CompileRequest{source, object().string(), *arguments, typed};
    auto answer = ask_compiler(request_, question, source);
    EXPECT_TRUE(answer) << (answer ? "" : to_text(answer.error(), Color::Off));
    return answer && answer->compile ? std::move(*answer->compile) : CompileAnswer{};
  }
  CompileAnswer compile_text(std::string_view text) {
    EXPECT_TRUE(write_file(directory_->path() / "x.cc", text));
    request_.project_dir = directory_->path();
    return compile("x.cc");
  }
  static std::string said(const CompileAnswer& answer) {
    std::string text;
    for (const Diagnostic& diagnostic : answer.diagnostics) text += to_text(diagnostic, Color::Off);
    return text;
  }

  // FAASC_UPDATE_GOLDEN=1 rewrites the file; the difference is to be reviewed.
  void expect_golden(const std::string& text, const char* name) {
    fs::path golden = request_.project_dir / name;
    if (std::getenv("FAASC_UPDATE_GOLDEN")) {
      EXPECT_TRUE(write_file(golden, text));
    }
    auto expected = read_file(golden);
    ASSERT_TRUE(expected);
    EXPECT_EQ(text, *expected);
  }

  CppRequest request_;
  std::optional<TemporaryDirectory> directory_;
};

std::string one_line(const FunctionFact& function) {
  static constexpr const char* kMade[] = {"?", "http", "cloudevent", "map"};
  std::string line = function.name;
  line += " " + fs::path(function.place.file).filename().string() + ":" +
          std::to_string(function.place.line) + ":" + std::to_string(function.place.column) + "-" +
          std::to_string(function.place.end_column);
  if (function.repeatable) line += " repeatable";
  if (shape_of(function)) {
    line += " shape " + std::to_string(static_cast<int>(*shape_of(function)));
    if (*shape_of(function) == Shape::Factory)
      line += std::string(" makes ") + kMade[static_cast<int>(function.made)];
  } else {
    line += ": " + why_not_a_handler(function);
  }
  for (const std::string& symbol : function.uses) line += " uses " + symbol;
  return line + "\n";
}

TEST_F(Compiler, FindsHandlersAndNearMisses) {
  CompileAnswer answer = compile("handlers.cc");
  EXPECT_TRUE(answer.ok);
  std::string lines;
  for (const FunctionFact& function : answer.facts.functions) lines += one_line(function);
  expect_golden(lines, "handlers.golden");
}

TEST_F(Compiler, NamesTheLinkersSymbols) {
  CompileAnswer answer = compile("handlers.cc");
  auto symbol = [&](std::string_view name) {
    for (const FunctionFact& function : answer.facts.functions)
      if (function.name == name) return function.symbol;
    return std::string("none");
  };
  EXPECT_EQ(symbol("made::http"), "_ZN4made4httpEv");
  EXPECT_EQ(symbol("made::in_inline_namespace"), "_ZN4made2v219in_inline_namespaceEv");
  EXPECT_EQ(symbol("made::with_c_linkage"), "with_c_linkage");
  EXPECT_EQ(symbol("missed::is_template"), "");
}

// Nothing calls an inline handler in its own file; the generated main() needs it all the same.
TEST_F(Compiler, EmitsInlineHandlers) {
  compile("handlers.cc");
  auto bytes = read_file(object());
  ASSERT_TRUE(bytes);
  EXPECT_NE(bytes->find("_ZN4made7inlinedEv"), std::string::npos);
  EXPECT_NE(bytes->find("_Z9in_headerv"), std::string::npos);
}

TEST_F(Compiler, ListsEveryFileItRead) {
  CompileAnswer answer = compile("handlers.cc");
  auto has = [&](std::string_view end) {
    return std::any_of(answer.inputs.begin(), answer.inputs.end(),
                       [&](const std::string& path) { return path.ends_with(end); });
  };
  EXPECT_EQ(answer.inputs.at(0), "handlers.cc");
  for (const char* file :
       {"handlers.h", "google/cloud/functions/function.h", "/string", "/stddef.h", "libclang-cpp.so.19.1"})
    EXPECT_TRUE(has(file)) << file;
  // The search for <map> goes through our directory first, and would stop there.
  EXPECT_TRUE(std::any_of(answer.absent.begin(), answer.absent.end(),
                          [](const std::string& path) { return path.ends_with("include/map"); }));
}

TEST_F(Compiler, SaysWhyATypeHasNoJson) {
  CompileAnswer answer = compile("typed_refused.cc", "*");
  EXPECT_TRUE(answer.ok) << said(answer);
  std::string text;
  for (const FunctionFact& function : answer.facts.functions) {
    ASSERT_TRUE(function.typed) << function.name;
    text += function.name + (function.typed->problems.empty() ? ": typed\n" : ":\n");
    for (const Diagnostic& problem : function.typed->problems) text += to_text(problem, Color::Off);
  }
  expect_golden(text, "typed_refused.golden");
}

TEST_F(Compiler, DescribesOnlyWhatItIsAskedTo) {
  for (const FunctionFact& function : compile("typed_refused.cc").facts.functions)
    EXPECT_FALSE(function.typed) << function.name;
  for (const FunctionFact& function : compile("typed_refused.cc", "refused::takes_two").facts.functions)
    EXPECT_EQ(function.typed.has_value(), function.name == "refused::takes_two");
}

TEST_F(Compiler, FindsWhatAUnikernelCannotServeAndWhoCallsIt) {
  CompileAnswer answer = compile_text(
      "#include <cstdlib>\n"
      "#include <unistd.h>\n"
      "static int list() { return std::system(\"ls\"); }\n"
      "namespace { struct Shop { int all() { return list(); } }; }\n"
      "int main() { Shop shop; auto f = &fork; return shop.all() + (f != nullptr); }\n"
      "namespace own { int execve() { return 0; } int x = execve(); }\n");
  ASSERT_TRUE(answer.ok) << said(answer);
  ASSERT_EQ(answer.facts.calls.size(), 2u);
  const CallFact& system = answer.facts.calls[0];
  EXPECT_EQ(system.name, "system");
  EXPECT_EQ(system.place.line, 3);
  ASSERT_EQ(system.callers.size(), 2u);
  EXPECT_EQ(system.callers[0].message, "which 'list' does, called here");
  EXPECT_EQ(system.callers[0].place.line, 4);
  EXPECT_EQ(system.callers[1].message, "which 'Shop::all' does, called here");
  EXPECT_EQ(system.callers[1].place.line, 5);
  EXPECT_EQ(answer.facts.calls[1].name, "fork");
}

TEST_F(Compiler, FindsTheHandlerThatMainHandsOver) {
  struct Case {
    const char* argument;
    const char* handler;
  };
  for (const Case& c : {Case{"handle", "shop::handle"}, Case{"&handle", "shop::handle"},
                        Case{"[](invocation_request const& r) { return handle(r); }", ""}}) {
    CompileAnswer answer =
        compile_text(std::string("#include <aws/lambda-runtime/runtime.h>\n"
                                 "using namespace aws::lambda_runtime;\n"
                                 "namespace shop {\n"
                                 "static invocation_response handle(invocation_request const&) {\n"
                                 "  return invocation_response::success(\"\", \"\");\n"
                                 "}\n"
                                 "static void start() { run_handler(") +
                     c.argument + "); }\n}\nint main() { shop::start(); }\n");
    ASSERT_TRUE(answer.ok) << said(answer);
    ASSERT_TRUE(answer.facts.main);
    EXPECT_TRUE(answer.facts.main->runs_lambda);
    EXPECT_EQ(answer.facts.main->lambda_handler, c.handler) << c.argument;
  }
}

// The text with the fixes made, the last one first.
std::string mended(std::string text, const std::vector<Fix>& fixes) {
  for (auto fix = fixes.rbegin(); fix != fixes.rend(); ++fix) {
    std::size_t line = 0;
    for (int i = 1; i < fix->place.line; ++i) line = text.find('\n', line) + 1;
    text.replace(line + static_cast<std::size_t>(fix->place.column - 1),
                 static_cast<std::size_t>(fix->place.end_column - fix->place.column), fix->text);
  }
  return text;
}

TEST_F(Compiler, MendsWhatIsNearlyAHandler) {
  struct Row {
    const char *before, *after;
  };
  for (const Row& row : std::vector<Row>{
           {"static H::HttpResponse f(H::HttpRequest) { return {}; }\n",
            "H::HttpResponse f(H::HttpRequest) { return {}; }\n"},
           {"inline  static   H::HttpResponse f(H::HttpRequest) { return {}; }\n",
            "inline  H::HttpResponse f(H::HttpRequest) { return {}; }\n"},
           {"static H::Function f();\nH::Function f() { return H::MakeFunction([](H::HttpRequest) { return "
            "H::HttpResponse{}; }); }\n",
            "H::Function f();\nH::Function f() { return H::MakeFunction([](H::HttpRequest) { return "
            "H::HttpResponse{}; }); }\n"},
           {"H::HttpResponse f(H::HttpRequest& request) { (void)request; return {}; }\n",
            "H::HttpResponse f(H::HttpRequest request) { (void)request; return {}; }\n"},
           {"H::HttpResponse f(H::HttpRequest&request) { (void)request; return {}; }\n",
            "H::HttpResponse f(H::HttpRequest request) { (void)request; return {}; }\n"},
           {"namespace {\nint one = 1;\nvoid f(H::CloudEvent) {\n  ++one;\n}\n}\n",
            "namespace {\nint one = 1;\n}  // namespace\n\nvoid f(H::CloudEvent) {\n  ++one;\n}\n\nnamespace "
            "{\n}\n"},
           // Nothing that is sure to be right.
           {"#define S static\nS H::HttpResponse f(H::HttpRequest) { return {}; }\n", ""},
           {"namespace { void f(H::CloudEvent) {}\n}\n", ""},
           {"template <typename T> void f(T);\ntemplate <> void f(H::CloudEvent) {}\n", ""},
       }) {
    std::string head =
        "#include <google/cloud/functions/function.h>\nnamespace H = google::cloud::functions;\n";
    CompileAnswer answer = compile_text(head + row.before);
    ASSERT_TRUE(answer.ok) << said(answer);
    std::vector<Fix> fixes;
    for (const FunctionFact& function : answer.facts.functions)
      if (function.name == "f") fixes = function.fixes;
    if (std::string_view(row.after).empty()) {
      EXPECT_TRUE(fixes.empty()) << row.before;
      continue;
    }
    std::string text = mended(head + row.before, fixes);
    EXPECT_EQ(text.substr(head.size()), row.after);
    answer = compile_text(text);
    EXPECT_TRUE(answer.ok) << said(answer);
    bool found = false;
    for (const FunctionFact& function : answer.facts.functions) found |= shape_of(function).has_value();
    EXPECT_TRUE(found) << row.after;
  }
}

TEST_F(Compiler, TakesClangsOwnFixes) {
  CompileAnswer answer = compile_text("int price() { return 1 }\nint total = prise();\n");
  EXPECT_EQ(said(answer),
            "x.cc:1:23: error: expected ';' after return statement\n"
            "int price() { return 1 }\n"
            "                      ^\n"
            "                      ;\n"
            "x.cc:2:13: error: use of undeclared identifier 'prise'; did you mean 'price'?\n"
            "int total = prise();\n"
            "            ^~~~~\n"
            "            price\n"
            "x.cc:1:5: note: 'price' declared here\n"
            "int price() { return 1 }\n"
            "    ^\n");
}

TEST_F(Compiler, SaysWhatClangSays) {
  request_.flags = {"-Wall"};
  CompileAnswer answer = compile("broken.cc");
  EXPECT_FALSE(answer.ok);
  EXPECT_FALSE(fs::exists(object()));
  expect_golden(said(answer), "broken.golden");
}

TEST_F(Compiler, StaysBoundedOnTenThousandErrors) {
  std::string text;
  for (int i = 0; i < 10000; ++i)
    text += "int f" + std::to_string(i) + "() { return nope" + std::to_string(i) + "; }\n";
  CompileAnswer answer = compile_text(text);
  EXPECT_FALSE(answer.ok);
  ASSERT_EQ(answer.diagnostics.size(), 21u);
  EXPECT_EQ(to_text(answer.diagnostics.back(), Color::Off), "x.cc: error: 9980 more errors are not shown\n");
  // A limit that the user sets is Clang's own.
  request_.flags = {"-ferror-limit=3"};
  answer = compile_text(text);
  ASSERT_EQ(answer.diagnostics.size(), 4u);
  EXPECT_EQ(to_text(answer.diagnostics.back(), Color::Off),
            "x.cc: error: too many errors emitted, stopping now [-ferror-limit=]\n");
}

TEST_F(Compiler, ErrorsBehindManyWarningsAreShown) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "int f" + std::to_string(i) + "() { 1 == 2; return 0; }\n";
  CompileAnswer answer = compile_text(text + "int x = y;\n");
  EXPECT_FALSE(answer.ok);
  ASSERT_EQ(answer.diagnostics.size(), 82u);
  EXPECT_EQ(answer.diagnostics[80].message, "use of undeclared identifier 'y'");
  EXPECT_EQ(to_text(answer.diagnostics.back(), Color::Off),
            "x.cc: warning: 920 more warnings are not shown\n");
}

TEST_F(Compiler, StaysBoundedOnTenThousandWarnings) {
  std::string text;
  for (int i = 0; i < 10000; ++i) text += "int f" + std::to_string(i) + "() { 1 == 2; return 0; }\n";
  CompileAnswer answer = compile_text(text);
  EXPECT_TRUE(answer.ok);
  ASSERT_EQ(answer.diagnostics.size(), 81u);
  EXPECT_EQ(to_text(answer.diagnostics.back(), Color::Off),
            "x.cc: warning: 9920 more warnings are not shown\n");
}

TEST_F(Compiler, LeavesOutLinesThatAreTooLong) {
  CompileAnswer answer = compile_text("int " + std::string(100'000, ' ') + "x = y;");
  EXPECT_EQ(said(answer), "x.cc:1:100009: error: use of undeclared identifier 'y'\n");
}

TEST_F(Compiler, MissingHeader) {
  EXPECT_EQ(said(compile_text("#include <nlohmann/jsn.hpp>\nint x;\n")),
            "x.cc:1:10: error: 'nlohmann/jsn.hpp' file not found\n"
            "#include <nlohmann/jsn.hpp>\n"
            "         ^~~~~~~~~~~~~~~~~~\n");
}

TEST_F(Compiler, UnknownFlag) {
  request_.flags = {"-fno-exeptions"};
  CompileAnswer answer = compile_text("int x;");
  EXPECT_FALSE(answer.ok);
  EXPECT_EQ(said(answer),
            "faasc: error: unknown argument '-fno-exeptions'; did you mean '-fno-exceptions'?\n");
}

TEST_F(Compiler, FindsMain) {
  CompileAnswer answer = compile_text("int main(int, char**);\nint main(int, char**) { return 0; }\n");
  ASSERT_TRUE(answer.facts.main);
  EXPECT_EQ(answer.facts.main->place.line, 2);
  EXPECT_EQ(answer.facts.main->line_text, "int main(int, char**) { return 0; }");
  EXPECT_TRUE(answer.facts.functions.empty());
}

TEST_F(Compiler, CompilesC) {
  EXPECT_TRUE(write_file(directory_->path() / "x.c", "int class = 1; int *f(void *p) { return p; }\n"));
  request_.project_dir = directory_->path();
  CompileAnswer answer = compile("x.c");
  EXPECT_TRUE(answer.ok) << said(answer);
}

TEST_F(Compiler, ACrashNamesTheFile) {
  ASSERT_TRUE(write_file(directory_->path() / "x.cc", "#pragma clang __debug crash\n"));
  request_.project_dir = directory_->path();
  Request question;
  question.compile = CompileRequest{"x.cc", object().string(), {}, {}};
  auto answer = ask_compiler(request_, question, "x.cc");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().fault, Fault::Internal);
  EXPECT_EQ(answer.error().code, "FAASC0290");
  EXPECT_EQ(answer.error().what, "the C++ compiler crashed on 'x.cc' (signal 4)");
}

TEST_F(Compiler, DatesAreFixed) {
  auto bytes_of = [&] {
    EXPECT_TRUE(compile_text("char const* now() { return __DATE__ \" \" __TIME__; }\n").ok);
    return *read_file(object());
  };
  EXPECT_NE(bytes_of().find("Jan  1 1970 00:00:00"), std::string::npos);
}

TEST_F(Compiler, RefusesArgumentsOfItsOwn) {
  auto finished = run({.argv = {request_.installation.compiler.string(), "--help"},
                       .working_directory = {},
                       .environment = {}});
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->status.code, 2);
  EXPECT_EQ(finished->err,
            request_.installation.compiler.string() +
                ": takes no arguments; it is started by faasc and reads a request from standard input\n");
}

TEST_F(Compiler, IsMissing) {
  request_.installation.compiler = "/nowhere/faasc-cxx";
  auto answer = ask_compiler(request_, {}, "x.cc");
  ASSERT_FALSE(answer);
  EXPECT_EQ(to_text(answer.error(), Color::Off),
            "faasc: error: cannot start the C++ compiler '/nowhere/faasc-cxx' [FAASC0230]\n"
            "  hint: install faasc again, with Clang 19's libraries: apt install libclang-cpp19 "
            "libclang-common-19-dev\n");
}

}  // namespace
}  // namespace faasc::cpp
