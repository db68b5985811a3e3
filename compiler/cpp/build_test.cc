// From sources to a running executable: faasc-cxx, the linker and the runtime library are the real ones.

#include "compiler/cpp/build.h"

#include <chrono>
#include <csignal>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <elf.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "base/sha256.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr const char* kHello = R"(#include <google/cloud/functions/function.h>
#include <stdexcept>
#include "greeting.h"
namespace gcf = ::google::cloud::functions;
namespace shop {
gcf::Function hello() {
  return gcf::MakeFunction([](gcf::HttpRequest const& request) {
    if (request.target() == "/throw") throw std::runtime_error("thrown at " __FILE__);
    return gcf::HttpResponse{}.set_payload(greeting(request.target()));
  });
}
}  // namespace shop
)";
constexpr const char* kGreeting = R"(#include "greeting.h"
std::string greeting(std::string const& name) { return "Hello " + name; }
)";
constexpr const char* kGreetingHeader = R"(#pragma once
#include <string>
std::string greeting(std::string const& name);
)";

// Asks the system for a port that nobody uses now.
int free_port() {
  Fd socket(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
  socklen_t size = sizeof address;
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

// Waits for the server to listen; empty when it never does.
std::string get(int port, const std::string& request) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  for (int attempt = 0; attempt < 400; ++attempt) {
    Fd socket(::socket(AF_INET, SOCK_STREAM, 0));
    if (::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      std::this_thread::sleep_for(25ms);
      continue;
    }
    EXPECT_TRUE(write_all(socket, request, "socket"));
    std::string reply;
    char buffer[4096];
    for (ssize_t count; (count = ::read(socket.get(), buffer, sizeof buffer)) > 0;)
      reply.append(buffer, static_cast<std::size_t>(count));
    return reply;
  }
  return {};
}

std::string body(const std::string& reply) {
  std::size_t end = reply.find("\r\n\r\n");
  return end == std::string::npos ? reply : reply.substr(end + 4);
}

class Build : public testing::Test {
 protected:
  void SetUp() override {
    auto made = TemporaryDirectory::create(testing::TempDir(), "faasc cpp build");
    ASSERT_TRUE(made);
    directory_.emplace(std::move(*made));
    request_ = request_in("a project");
  }

  fs::path at(const fs::path& relative) const { return directory_->path() / relative; }
  void write(const fs::path& relative, std::string_view text) {
    ASSERT_TRUE(write_file(at("a project") / relative, text));
    // A file that changes in the same tick of the clock in which the compiler starts is not trusted
    // afterwards.
    std::this_thread::sleep_for(20ms);
  }
  void write_hello(const char* project = "a project") {
    for (auto [name, text] : {std::pair{"src/hello.cc", kHello},
                              {"src/greeting.cc", kGreeting},
                              {"src/greeting.h", kGreetingHeader}})
      ASSERT_TRUE(write_file(at(project) / name, text));
    std::this_thread::sleep_for(20ms);
  }
  CppRequest request_in(const char* project) const {
    fs::path prefix = FAASC_PREFIX;
    CppRequest request;
    request.project_dir = at(project);
    request.work_dir = at(project) / ".faasc";
    request.sources = {"src/greeting.cc", "src/hello.cc"};
    request.jobs = 2;
    request.installation = {prefix / "libexec/faasc/faasc-cxx", prefix / "share/faasc/cpp/include",
                            prefix / "lib/faasc/cpp/libfaasrt.a"};
    return request;
  }

  Result<CppBuild> build(const CppRequest& request) {
    Diagnostics diagnostics;
    said_.clear();
    auto built = build_cpp(request, diagnostics);
    for (const Diagnostic& diagnostic : diagnostics.all()) said_ += to_text(diagnostic, Color::Off);
    if (!built) said_ += to_text(built.error(), Color::Off);
    for (std::size_t place; (place = said_.find(directory_->path().string())) != std::string::npos;)
      said_.replace(place, directory_->path().string().size(), "D");
    return built;
  }
  // What was done, and what was said.
  std::string build_again() {
    auto built = build(request_);
    if (!built) return said_;
    return "compiled " + std::to_string(built->compiled) + (built->linked ? ", linked" : "") + said_;
  }

  CppRequest request_;
  std::string said_;
  std::optional<TemporaryDirectory> directory_;
};

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

  int port = free_port();
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

    int port = free_port();
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
    int port = free_port();
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

TEST_F(Build, LintsCallsOfSourcesAndOfLibraries) {
  write("hello.cc",
        "#include <google/cloud/functions/function.h>\n#include <cstdlib>\n"
        "extern \"C\" int in_library();\n"
        "google::cloud::functions::HttpResponse f(google::cloud::functions::HttpRequest) {\n"
        "  if (std::getenv(\"X\")) std::system(\"ls\");\n"
        "  return google::cloud::functions::HttpResponse{}.set_result(in_library());\n}\n");
  write("lib.c", "#include <unistd.h>\nint in_library(void) { return fork() < 0 ? 500 : 200; }\n");
  auto made =
      run({.argv = {"cc", "-c", "-o", at("a project/lib.o").string(), at("a project/lib.c").string()}});
  ASSERT_TRUE(made && made->status.ok());
  request_.sources = {"hello.cc"};
  request_.link = {"lib.o"};
  build_again();
  EXPECT_EQ(said_, "");
  request_.lint = CppLint::Warn;
  for (const char* round : {"first", "repeated"}) {
    SCOPED_TRACE(round);
    build_again();
    EXPECT_NE(
        said_.find("hello.cc:5:30: warning: 'system' runs another program, which a unikernel does not do"),
        std::string::npos)
        << said_;
    EXPECT_NE(said_.find("warning: 'lib.o' uses 'fork', which starts another process"), std::string::npos)
        << said_;
  }
  request_.lint = CppLint::Strict;
  build_again();
  EXPECT_NE(said_.find("hello.cc:5:30: error: 'system'"), std::string::npos) << said_;
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

TEST_F(Build, DoesOnlyWhatIsNeeded) {
  write_hello();
  EXPECT_EQ(build_again(), "compiled 2, linked");
  EXPECT_EQ(build_again(), "compiled 0");
  write("src/hello.cc", std::string(kHello) + "// the same code\n");
  EXPECT_EQ(build_again(), "compiled 1");
  write("src/greeting.h", std::string(kGreetingHeader) + "inline int more() { return 1; }\n");
  EXPECT_EQ(build_again(), "compiled 2") << "and the objects are the same";
  fs::remove(request_.work_dir / "objects/src/greeting.cc.o");
  EXPECT_EQ(build_again(), "compiled 1");
  request_.defines = {"MORE"};
  EXPECT_EQ(build_again(), "compiled 2");
  fs::remove(request_.work_dir / "function");
  EXPECT_EQ(build_again(), "compiled 0, linked");
  write("src/greeting.cc",
        "#include \"greeting.h\"\nstd::string greeting(std::string const&) { return \"Bye\"; }\n");
  EXPECT_EQ(build_again(), "compiled 1, linked");
  // A fresh checkout: other times, the same content.
  for (const char* name : {"src/hello.cc", "src/greeting.cc", "src/greeting.h"}) {
    auto text = read_file(request_.project_dir / name);
    ASSERT_TRUE(text);
    write(name, *text);
  }
  EXPECT_EQ(build_again(), "compiled 0");
}

TEST_F(Build, SeesAHeaderThatComesFirstNow) {
  write_hello();
  write("first/empty.h", "");
  write("second/name.h", "#define NAME \"second\"\n");
  write("src/greeting.cc",
        "#include \"greeting.h\"\n#include <name.h>\nstd::string greeting(std::string const&) { return NAME; "
        "}\n");
  request_.includes = {"first", "second"};
  EXPECT_EQ(build_again(), "compiled 2, linked");
  write("first/name.h", "#define NAME \"first\"\n");
  EXPECT_EQ(build_again(), "compiled 1, linked");
  fs::remove(request_.project_dir / "first/name.h");
  EXPECT_EQ(build_again(), "compiled 1, linked");
}

TEST_F(Build, WarnsAgainAboutWhatIsUnchanged) {
  write_hello();
  write("src/greeting.h", std::string(kGreetingHeader) + "inline int odd() { 1 == 2; return 1; }\n");
  const std::string warning =
      "D/a project/src/greeting.h:4:22: warning: equality comparison result unused [-Wunused-comparison]\n"
      "inline int odd() { 1 == 2; return 1; }\n"
      "                     ^~~~\n"
      "D/a project/src/greeting.cc:1:10: note: in a file included from here\n"
      "#include \"greeting.h\"\n"
      "         ^\n";
  EXPECT_EQ(build_again(), "compiled 2, linked" + warning);
  EXPECT_EQ(build_again(), "compiled 0" + warning);
}

TEST_F(Build, ShowsPlacesFromWhereItWasStarted) {
  write_hello();
  write("src/hello.cc", "#include \"greeting.h\"\nint f() { return x; }\n");
  write("src/greeting.cc", "#include \"gone.h\"\n");
  EXPECT_EQ(build_again(),
            "D/a project/src/greeting.cc:1:10: error: 'gone.h' file not found\n"
            "#include \"gone.h\"\n"
            "         ^~~~~~~~\n"
            "  hint: if it is a library's, install the library or add its directory to 'build.cpp.includes'\n"
            "D/a project/src/hello.cc:2:18: error: use of undeclared identifier 'x'\n"
            "int f() { return x; }\n"
            "                 ^\n"
            "faasc: error: 2 of 2 sources do not compile [FAASC0200]\n");
}

TEST_F(Build, UndefinedSymbol) {
  write_hello();
  request_.sources = {"src/hello.cc"};
  EXPECT_EQ(
      build_again(),
      "D/a project/src/hello.cc:9: error: 'greeting(std::string const&)' is used, but nothing defines it "
      "[FAASC0240]\n"
      "  hint: add the source that defines it to 'build.cpp.sources', or its library to 'build.cpp.link'\n"
      "faasc: error: the function cannot be linked [FAASC0200]\n");
  // Nothing half made is left, and the next build is not told otherwise.
  EXPECT_FALSE(fs::exists(request_.work_dir / "function"));
  request_.sources.push_back("src/greeting.cc");
  EXPECT_EQ(build_again(), "compiled 1, linked");
}

TEST_F(Build, MissingLibrary) {
  write_hello();
  request_.link = {"-lno_such_library"};
  EXPECT_EQ(build_again(),
            "faasc: error: there is no static library 'no_such_library' [FAASC0242]\n"
            "  hint: install the package that has libno_such_library.a, or add its directory to "
            "'build.cpp.link' as -L\n"
            "faasc: error: the function cannot be linked [FAASC0200]\n");
}

TEST_F(Build, MainIsInTheWay) {
  write_hello();
  write("src/main.cc", "int main() { return 0; }\n");
  request_.sources.push_back("src/main.cc");
  EXPECT_EQ(build_again(),
            "D/a project/src/main.cc:1:5: error: main() is in the way of the one that faasc makes for the "
            "handler 'shop::hello' [FAASC0209]\n"
            "int main() { return 0; }\n"
            "    ^~~~\n"
            "  hint: leave this file out with '!file' in 'build.cpp.sources', or set 'signature: server' to "
            "run this main()\n"
            "faasc: error: there is no handler to build [FAASC0200]\n");
  request_.wanted.signature = "server";
  EXPECT_EQ(build_again(), "compiled 0, linked");
  auto finished =
      run({.argv = {(request_.work_dir / "function").string()}, .working_directory = {}, .environment = {}});
  ASSERT_TRUE(finished);
  EXPECT_TRUE(finished->status.ok());
}

TEST_F(Build, AHandlerInAHeaderOfTwoSources) {
  write("f.h",
        "#include <google/cloud/functions/function.h>\n"
        "google::cloud::functions::HttpResponse f(google::cloud::functions::HttpRequest) { return {}; }\n");
  write("a.cc", "#include \"f.h\"\n");
  write("b.cc", "#include \"f.h\"\n");
  request_.sources = {"a.cc", "b.cc"};
  EXPECT_EQ(build_again(),
            "D/a project/f.h:2:40: error: 'f' is defined in a header that 2 sources include [FAASC0208]\n"
            "google::cloud::functions::HttpResponse f(google::cloud::functions::HttpRequest) { return {}; }\n"
            "                                       ^\n"
            "  hint: declare it 'inline', or define it in one source\n"
            "faasc: error: there is no handler to build [FAASC0200]\n");
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

TEST_F(Build, RefusesWithoutStarting) {
  write_hello();
  request_.flags = {"-m32"};
  EXPECT_EQ(build_again(),
            "faasc: error: flag '-m32' in 'build.cpp.flags' is not allowed: images are for x86-64 "
            "[FAASC0222]\n  hint: remove it\n");
  request_.flags = {};
  request_.sources = {};
  EXPECT_EQ(build_again(),
            "faasc: error: there is no C++ source to build [FAASC0220]\n"
            "  hint: name the files that make the function in 'build.cpp.sources'\n");
  request_ = request_in("a project");
  request_.installation.runtime_library = "/nowhere/libfaasrt.a";
  EXPECT_EQ(build_again(),
            "faasc: error: the C++ runtime is not complete: there is no '/nowhere/libfaasrt.a' [FAASC0231]\n"
            "  hint: install faasc again\n");
  request_ = request_in("a project");
  request_.installation.compiler = "/nowhere/faasc-cxx";
  EXPECT_EQ(build_again(),
            "faasc: error: cannot start the C++ compiler '/nowhere/faasc-cxx' [FAASC0230]\n"
            "  hint: install faasc again, with Clang 19's libraries: apt install libclang-cpp19 "
            "libclang-common-19-dev\n");
}

}  // namespace
}  // namespace faasc
