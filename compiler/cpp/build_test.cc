// What builds of C++ functions come to.

#include <csignal>

#include <elf.h>

#include "base/process.h"
#include "base/sha256.h"
#include "compiler/cpp/build_fixture.h"
#include "compiler/cpp/program_answers.h"
#include "tests/reserved_port.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

TEST_F(Build, HelloIsOneStaticExecutableThatAnswers) {
  write_hello();
  std::vector<std::string> steps;
  Diagnostics diagnostics;
  auto built = build_cpp(request_, diagnostics, [&](const CppProgress& progress) {
    steps.push_back(std::to_string(progress.done) + "/" + std::to_string(progress.total));
  });
  ASSERT_TRUE(built) << to_text(built.error(), Color::Off);
  EXPECT_EQ(steps, (std::vector<std::string>{"1/3", "2/3", "3/3"}));
  EXPECT_EQ(built->function.handler, "shop::hello");
  EXPECT_EQ(built->function.kind, "http");
  EXPECT_EQ(built->function.file, at("a project/src/hello.cc"));
  EXPECT_EQ(built->function.line, 6);
  EXPECT_EQ(built->program.executable, "/bin/function");
  EXPECT_EQ(built->program.argv, std::vector<std::string>{"/bin/function"});
  const RootfsNode* node = built->program.rootfs.find("/bin/function");
  ASSERT_TRUE(node);
  EXPECT_EQ(std::get<HostFile>(node->content).path, built->executable);
  EXPECT_EQ(node->mode, 0755u);

  auto bytes = read_file(built->executable);
  ASSERT_TRUE(bytes);
  const auto* header = reinterpret_cast<const Elf64_Ehdr*>(bytes->data());
  EXPECT_EQ(header->e_type, ET_EXEC);
  const auto* segments = reinterpret_cast<const Elf64_Phdr*>(bytes->data() + header->e_phoff);
  bool sorted_unwind_table = false;
  for (int i = 0; i < header->e_phnum; ++i) {
    EXPECT_NE(segments[i].p_type, static_cast<unsigned>(PT_INTERP));
    sorted_unwind_table = sorted_unwind_table || segments[i].p_type == PT_GNU_EH_FRAME;
  }
  EXPECT_TRUE(sorted_unwind_table);
  EXPECT_EQ(bytes->find("hello.cc:"), std::string::npos);
  EXPECT_GT(fs::file_size(built->debug_file), bytes->size());

  const ReservedPort reserved;
  const int port = reserved.number();
  auto child =
      Child::spawn({.argv = {built->executable.string()},
                    .working_directory = "/",
                    .environment = {{"PORT", std::to_string(port)}}},
                   {.in = Stream::Null, .out = Stream::Null, .err = Stream::Null, .own_process_group = true});
  ASSERT_TRUE(child);
  std::string tail = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  EXPECT_EQ(body(get(port, "GET /Ada" + tail)), "Hello /Ada");
  std::string thrown = get(port, "GET /throw" + tail);
  EXPECT_TRUE(thrown.starts_with("HTTP/1.1 500")) << thrown;
  EXPECT_EQ(body(get(port, "GET /again" + tail)), "Hello /again");
  child->signal(SIGTERM);
  EXPECT_EQ(child->wait().code, 0);
}

TEST_F(Build, EveryShapeLinks) {
  for (const char* handler :
       {"gcf::HttpResponse f(gcf::HttpRequest) { return {}; }",
        "gcf::HttpResponse f(gcf::HttpRequest const&) { return {}; }",
        "gcf::HttpResponse f(gcf::HttpRequest&&) noexcept { return {}; }", "void f(gcf::CloudEvent) {}",
        "void f(gcf::CloudEvent const&) {}", "void f(gcf::CloudEvent&&) {}",
        "inline gcf::Function f() { return gcf::MakeFunction([](gcf::CloudEvent const&) {}); }",
        "inline namespace v1 { extern \"C\" gcf::Function f() { return gcf::MakeFunction([](gcf::CloudEvent "
        "const&) {}); } }"}) {
    SCOPED_TRACE(handler);
    write("f.cc",
          std::string(
              "#include <google/cloud/functions/function.h>\nnamespace gcf = google::cloud::functions;\n") +
              handler);
    request_.sources = {"f.cc"};
    request_.flags = {"-Wno-return-type-c-linkage"};
    EXPECT_EQ(build_again(), "compiled 1, linked");
  }
}

TEST_F(Build, LambdaHandlersAndProgramsLink) {
  for (const char* code :
       {"invocation_response f(invocation_request const&) { return invocation_response::success({}, {}); }",
        "invocation_response f(invocation_request) { return invocation_response::failure({}, {}); }",
        "static invocation_response f(invocation_request const& r) { return {r.payload, {}, true}; }\n"
        "int main() { run_handler(f); }"}) {
    SCOPED_TRACE(code);
    write("f.cc",
          std::string("#include <aws/lambda-runtime/runtime.h>\nusing namespace aws::lambda_runtime;\n") +
              code);
    request_.sources = {"f.cc"};
    request_.standard = 11;
    EXPECT_EQ(build_again(), "compiled 1, linked");
  }
}

TEST_F(Build, ATypedFunctionIsBoundToJson) {
  write("price.h",
        "#pragma once\n#include <string>\n#include <vector>\n"
        "namespace shop { struct Order { std::vector<int> counts; std::string name = \"tea\"; }; }\n");
  write("price.cc",
        "#include \"price.h\"\n"
        "namespace { struct Total { int sum; }; }\n"
        "namespace shop {\n"
        "/// Adds up.\n"
        "Total price(Order const& order) noexcept {\n"
        "  Total total{0};\n"
        "  for (int count : order.counts) total.sum += count;\n"
        "  return total;\n"
        "}\n"
        "int helper(int x) { return x; }\n"
        "}\n");
  write("other.cc", "#include \"price.h\"\nint unrelated(shop::Order const&) { return 1; }\n");
  request_.sources = {"other.cc", "price.cc"};
  request_.wanted.handler = "shop::price";
  request_.name = "shop";
  request_.serve_openapi = true;
  // In C++11 the binding cannot be part of the source's own object.
  for (int standard : {11, 17, 20}) {
    SCOPED_TRACE(standard);
    request_.standard = standard;
    auto built = build(request_);
    ASSERT_TRUE(built) << said_;
    EXPECT_EQ(said_, "");
    EXPECT_EQ(built->function.kind, "typed");
    EXPECT_EQ(built->function.file, (request_.project_dir / "price.cc").string());
    std::string main = *read_file(request_.work_dir / "main.cc");
    EXPECT_EQ(main.find("#include") != std::string::npos, standard == 11) << main;
    std::string openapi = *read_file(built->openapi);
    EXPECT_NE(openapi.find("\"operationId\": \"price\""), std::string::npos);
    EXPECT_NE(openapi.find("\"summary\": \"Adds up\""), std::string::npos);
    EXPECT_EQ(build_again(), "compiled 0");

    const ReservedPort reserved;
    const int port = reserved.number();
    Command command;
    command.argv = {built->executable.string()};
    command.environment = {{"PORT", std::to_string(port)}};
    auto child = Child::spawn(command, {.out = Stream::Null, .err = Stream::Null});
    ASSERT_TRUE(child);
    auto post = [&](const std::string& text) {
      return body(get(port, "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " +
                                std::to_string(text.size()) + "\r\n\r\n" + text));
    };
    EXPECT_EQ(post("{\"counts\": [1, 2, 3]}"), "{\"sum\":6}");
    EXPECT_EQ(post("{\"counts\": [1, \"2\"]}").substr(0, 24), "{\"message\":\"/counts/1: e");
    EXPECT_EQ(body(get(port, "GET /openapi.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")), openapi);
    child->signal(SIGTERM);
    EXPECT_EQ(child->wait().code, 0);
  }
}

TEST_F(Build, TypedFunctionsWhoseSourcesEndInOddWays) {
  request_.sources = {"f.cc"};
  request_.wanted.handler = "f";
  auto build_of = [&](const std::string& text) {
    write("f.cc", text);
    std::string done = build_again();
    std::string main = *read_file(request_.work_dir / "main.cc");
    return done + (main.find("#include") == std::string::npos ? "" : ", parsed twice");
  };
  for (const char* text : {
           "int f(int x) { return x; }",                     // no newline
           "int f(int x) { return x; }\n// \\",              // the next line belongs to the comment
           "int f(int x) { return x; }\n#define LAST \\\n",  // and here to the macro
           "#ifndef F_CC\n#define F_CC\nint f(int x) { return x; }\n#endif",
           "int f(int x) { return x; }\nint f(int x, int y) { return x + y; }",
           "namespace faasc { struct Order { int x; }; }\nint f(faasc::Order const& o) { return o.x; }",
           "struct Json { int value; };\nnamespace rt {}\nJson f(Json o) { return o; }",
       })
    EXPECT_EQ(build_of(text), "compiled 1, linked") << text;
  // Names of the binding's own headers.
  EXPECT_EQ(build_of("#define T int\n#define out 3\nT f(T x) { return x + out; }\n"),
            "compiled 1, linked, parsed twice");
  // What is wrong without an end of ours is wrong with it, and said of the user's text alone.
  write("f.cc", "int f(int x) { return x; }\nstruct Open { int x; }");
  EXPECT_EQ(build_again(),
            "D/a project/f.cc:2:23: error: expected ';' after struct\nstruct Open { int x; }\n"
            "                      ^\n                      ;\n"
            "faasc: error: 'f.cc' does not compile [FAASC0200]\n");
  write("f.cc", "int f(int x) { return x; }\nnamespace open {\n");
  EXPECT_EQ(build_again(),
            "D/a project/f.cc:2:17: error: expected '}'\nnamespace open {\n                ^\n"
            "D/a project/f.cc:2:16: note: to match this '{'\nnamespace open {\n               ^\n"
            "faasc: error: 'f.cc' does not compile [FAASC0200]\n");
  // In a header of two sources.
  write("f.h", "#pragma once\nstruct Sum { int value; };\ninline Sum f(Sum x) { return x; }\n");
  write("f.cc", "#include \"f.h\"\n");
  write("g.cc", "#include \"f.h\"\n");
  request_.sources.push_back("g.cc");
  EXPECT_EQ(build_again(), "compiled 2, linked");
}

// Messages, catalogues and printf() come with every static program; what nothing can use is not linked, and
// what is said stays the same.
TEST_F(Build, PartsOfTheCLibraryThatNothingUsesAreLeftOut) {
  request_.sources = {"f.cc"};
  auto size_and_answer = [&](const std::string& statement) {
    write("f.cc",
          "#include <clocale>\n#include <cstdio>\n#include <cstring>\n#include <signal.h>\n#include "
          "<system_error>\n"
          "#include <google/cloud/functions/function.h>\n"
          "google::cloud::functions::HttpResponse f(google::cloud::functions::HttpRequest) {\n  char "
          "buffer[64];\n  " +
              statement +
              "\n  std::string said = std::string(strerror(2)) + '|' + strerror(12345) + '|' + strerror(-7) "
              "+ '|' +\n"
              "    strerror_r(13, buffer, sizeof buffer) + '|' + strerror_r(4242, buffer, 12) + '|' +\n"
              "    strsignal(40) + '|' + std::generic_category().message(22);\n"
              "  return google::cloud::functions::HttpResponse{}.set_payload(said);\n}\n");
    auto built = build(request_);
    EXPECT_TRUE(built) << said_;
    if (!built) return std::pair<std::uintmax_t, std::string>();
    const ReservedPort reserved;
    const int port = reserved.number();
    auto child = Child::spawn({.argv = {built->executable.string()},
                               .working_directory = "/",
                               .environment = {{"PORT", std::to_string(port)}}},
                              {.out = Stream::Null, .err = Stream::Null});
    EXPECT_TRUE(child);
    std::string answer = body(get(port, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    child->signal(SIGTERM);
    EXPECT_EQ(child->wait().code, 0);
    return std::pair(fs::file_size(built->executable), answer);
  };
  std::string expected =
      "No such file or directory|Unknown error 12345|Unknown error -7|Permission denied|Unknown err|"
      "Real-time signal 6|Invalid argument";
  auto [lean, answer] = size_and_answer("");
  EXPECT_EQ(answer, expected);
  for (const char* statement : {"std::fprintf(stderr, \"%.2f\\n\", 1.5);", "std::setlocale(LC_ALL, \"\");"}) {
    auto [size, same_answer] = size_and_answer(statement);
    EXPECT_GT(size, lean + 40'000) << statement;
    EXPECT_EQ(same_answer, expected) << statement;
  }
  // What a library of the user's needs is not looked at.
  request_.link = {"-lm"};
  EXPECT_GT(size_and_answer("").first, lean + 40'000);
}

TEST_F(Build, TwoDirectoriesGiveTheSameBytes) {
  write_hello();
  write_hello("b");
  request_.jobs = 1;
  CppRequest other = request_in("b");
  other.work_dir = at("elsewhere/work dir");
  auto first = build(request_);
  ASSERT_TRUE(first) << said_;
  auto second = build(other);
  ASSERT_TRUE(second) << said_;
  EXPECT_EQ(to_hex(*sha256_of_file(first->executable)), to_hex(*sha256_of_file(second->executable)));
}

TEST_F(Build, MixesCAndCpp) {
  write_hello();
  write("legacy/price.c", "int price(int *new) { return *new; }\n");
  write("src/greeting.cc",
        "#include \"greeting.h\"\nextern \"C\" int price(int*);\n"
        "std::string greeting(std::string const&) { int x = 3; return std::to_string(price(&x)); }\n");
  request_.sources.push_back("legacy/price.c");
  EXPECT_EQ(build_again(), "compiled 3, linked");
}

}  // namespace
}  // namespace faasc
