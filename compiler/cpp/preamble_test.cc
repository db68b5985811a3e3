// What a source begins with is parsed once: with that or without, what comes out is the same.

#include <thread>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/sha256.h"
#include "compiler/cpp/arguments.h"
#include "compiler/cpp/compiler_process.h"
#include "compiler/cpp/input_record.h"

namespace faasc::cpp {
namespace {

namespace fs = std::filesystem;

constexpr const char* kShop = R"(#pragma once
#include <google/cloud/functions/function.h>
#include <unistd.h>
struct Shape { virtual ~Shape() = default; virtual int area() const { return 1; } };
static const char* const kName = "shop";
namespace shop { template <typename T> T twice(T t) { return t + t; } }
google::cloud::functions::HttpResponse declared(google::cloud::functions::HttpRequest const&);
inline int spawn() { return fork(); }
)";
constexpr const char* kSource = R"(// A comment.
#include <iostream>
#include <map>
#include "shop.h"
#define GREETING "hello "
#include <functional>

namespace gcf = google::cloud::functions;
struct Square : Shape { int area() const override { return shop::twice(2); } };
gcf::Function hello() {
  return gcf::MakeFunction([](gcf::HttpRequest const& request) {
    std::map<std::string, int> seen{{request.target(), Square().area()}};
    std::cout << seen.size() << kName << spawn() << '\n';
    return gcf::HttpResponse{}.set_payload(GREETING + request.target());
  });
}
)";

constexpr const char* kSmallHeader =
    "#pragma once\nstruct Shape { virtual int area() const; };\nstatic int one = 1;\n"
    "inline char where() { return __FILE__[one]; }\n";
constexpr const char* kSmall =
    "#include <stddef.h>\n#include \"shop.h\"\nint two() { return one + where(); }\n";

class PreambleTest : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    auto made = TemporaryDirectory::create(testing::TempDir(), "faasc preamble");
    ASSERT_TRUE(made);
    directory_.emplace(std::move(*made));
    request_.project_dir = directory_->path();
    request_.work_dir = directory_->path() / "work";
    request_.standard = GetParam();
    request_.installation = {fs::path(FAASC_PREFIX) / "libexec/faasc/faasc-cxx",
                             fs::path(FAASC_PREFIX) / "share/faasc/cpp/include", ""};
    write("shop.h", kSmallHeader);
    write("x.cc", kSmall);
  }
  void write(const char* name, std::string_view text) {
    ASSERT_TRUE(write_file(at(name), text));
    // What changes in the tick of the clock in which the compiler starts is not trusted afterwards.
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  fs::path at(const char* name) const { return directory_->path() / name; }

  enum class Use { Never, IfThere, Make };
  // What came of it: the object and what was said, used_preamble apart.
  std::string compile(Use use) {
    auto arguments = compile_arguments(request_, source_);
    Request question;
    question.compile = CompileRequest{source_, at("x.o").string(), *arguments, "*"};
    if (use != Use::Never) question.compile->preamble = at("x.pch").string();
    question.compile->make_preamble = use == Use::Make;
    auto answer = ask_compiler(request_, question, source_);
    if (!answer || !answer->compile) return "no answer";
    used_ = answer->compile->used_preamble;
    answer->compile->used_preamble = false;
    answer->compile->inputs = {};
    answer->compile->absent = {};
    // Absolute names are shown as those that they were included by.
    std::string text = to_json(*answer->compile), here = directory_->path().string() + "/";
    for (std::size_t place; (place = text.find(here)) != std::string::npos;)
      text.replace(place, here.size(), "./");
    auto object = read_file(at("x.o"));
    return text + (object ? to_hex(sha256(*object)) : std::string());
  }

  CppRequest request_;
  std::string source_ = "x.cc";
  bool used_ = false;
  std::optional<TemporaryDirectory> directory_;
};

TEST_P(PreambleTest, ChangesNothingThatComesOut) {
  write("shop.h", kShop);
  write("x.cc", kSource);
  std::string plain = compile(Use::Never);
  EXPECT_NE(plain.find("\"name\":\"declared\""), std::string::npos) << "facts of the user's headers";
  EXPECT_EQ(compile(Use::IfThere), plain);
  EXPECT_FALSE(used_);
  EXPECT_EQ(compile(Use::Make), plain);
  EXPECT_TRUE(used_);
  // Another source that begins in the same way.
  write("x.cc", std::string(kSource) + "int more() { return shop::twice(kName[0]); }\n");
  std::string with = compile(Use::IfThere);
  EXPECT_TRUE(used_);
  EXPECT_EQ(with, compile(Use::Never));
  // Errors are said as without.
  write("x.cc", std::string(kSource) + "int more() { return kNema; }\n");
  with = compile(Use::IfThere);
  EXPECT_FALSE(used_);
  EXPECT_EQ(with, compile(Use::Never));
}

TEST_P(PreambleTest, NamesOfFilesAreTheSame) {
  ASSERT_TRUE(make_directories(at("src")));
  write("src/shop.h", kSmallHeader);
  write("src/x.cc", kSmall);
  for (const char* source : {"src/x.cc", "x.cc"}) {
    source_ = source;
    std::string plain = compile(Use::Never);
    EXPECT_EQ(compile(Use::Make), plain);
    EXPECT_TRUE(used_) << source;
  }
  write("src/x.cc", "#include \"" + at("src/shop.h").string() + "\"\nint two() { return one + where(); }\n");
  source_ = "src/x.cc";
  std::string plain = compile(Use::Never);
  EXPECT_EQ(compile(Use::Make), plain);
  EXPECT_FALSE(used_);
}

TEST_P(PreambleTest, IsNotUsedWhereAnythingChanged) {
  compile(Use::Make);
  ASSERT_TRUE(used_);
  write("x.cc", "#include <stdint.h>\n" + std::string(kSmall));
  compile(Use::IfThere);
  EXPECT_FALSE(used_) << "other directives";
  write("x.cc", kSmall);
  compile(Use::IfThere);
  EXPECT_TRUE(used_);
  request_.defines = {"MORE"};
  compile(Use::IfThere);
  EXPECT_FALSE(used_) << "other flags";
  request_.defines = {};
  write("shop.h", std::string(kSmallHeader) + "int another();\n");
  compile(Use::IfThere);
  EXPECT_FALSE(used_) << "another header";
  write("shop.h", kSmallHeader);
  ASSERT_TRUE(make_directories(at("deep")));
  write("x.cc", "#include \"deep/../shop.h\"\nint two() { return one + where(); }\n");
  compile(Use::Make);
  EXPECT_FALSE(used_) << "a name that would not be the same";
  write("x.cc", kSmall);
  request_.includes = {"include"};
  compile(Use::Make);
  ASSERT_TRUE(used_);
  ASSERT_TRUE(make_directories(at("include")));
  write("include/stddef.h", "#include_next <stddef.h>\nstatic int from_this_map;\n");
  compile(Use::IfThere);
  EXPECT_FALSE(used_) << "a header that comes first now";
}

TEST_P(PreambleTest, IsNotMadeWhereTheBytesWouldDiffer) {
  for (const char* header : {
           "struct A { A(); }; inline A a;",
           "struct A { A(); }; template <typename T> struct B { static A a; }; template <typename T> A "
           "B<T>::a; "
           "template struct B<int>;",
           "__attribute__((used)) inline int used() { return 1; }",
           "struct A { A(); }; struct B { static inline A a; };",
           "asm(\".globl nothing\");",
           "struct A { A(); }; static A a, b;",
           "#warning said only once",
       }) {
    write("shop.h", std::string(kSmallHeader) + header + "\n");
    std::string plain = compile(Use::Never);
    EXPECT_EQ(compile(Use::Make), plain);
    EXPECT_FALSE(used_) << header;
    EXPECT_FALSE(fs::exists(at("x.pch")));
  }
}

// The binding's headers are parsed with the source's, where those allow it; that shows in nothing, either.
TEST_P(PreambleTest, HeadersOfTheBindingAreNoPartOfTheSource) {
  std::string includes = "#include <map>\n#include <string>\n#include <vector>\n";
  for (std::string source : {
           includes + "struct S { std::map<std::string, std::vector<int>> m; };\nS two(S s) { return s; }\n",
           includes +
               "using namespace std;\nstruct Json { vector<int> array; };\nJson two(Json s) { return s; }\n",
       }) {
    write("x.cc", source);
    std::string plain = compile(Use::Never);
    EXPECT_EQ(compile(Use::Make), plain);
    EXPECT_TRUE(used_) << source;
    EXPECT_EQ(compile(Use::IfThere), plain);
    EXPECT_TRUE(used_) << source;
  }
  // A macro that they do not bear.
  write("x.cc", "#define T 1\n" + includes + "int two() { return T; }\n");
  std::string without = compile(Use::Never);
  EXPECT_EQ(compile(Use::Make), without);
  // What only they declare is not there for the user.
  write("x.cc", includes + "std::optional<int> two() { return {}; }\n");
  std::string plain = compile(Use::Never);
  EXPECT_NE(plain.find("no template named 'optional'"), std::string::npos);
  EXPECT_EQ(compile(Use::Make), plain);
}

TEST_P(PreambleTest, WhatIsDamagedIsDoneWithout) {
  std::string plain = compile(Use::Never);
  compile(Use::Make);
  ASSERT_TRUE(used_);
  auto kept = read_file(at("x.pch"));
  ASSERT_TRUE(kept);
  for (std::string damaged :
       {std::string(), kept->substr(0, kept->size() / 2), std::string(kept->size(), 'x')}) {
    write("x.pch", damaged);
    EXPECT_EQ(compile(Use::IfThere), plain);
    EXPECT_FALSE(used_);
    // Nor where the record says that it is as it should be.
    InputRecord record = InputRecord::load(at("x.pch.json")), forged;
    forged.request = record.request;
    forged.answer = record.answer;
    forged.add_output(at("x.pch"));
    ASSERT_TRUE(forged.save(at("x.pch.json")));
    EXPECT_EQ(compile(Use::IfThere), plain);
    EXPECT_FALSE(used_);
  }
  EXPECT_EQ(compile(Use::Make), plain);
  write("x.pch.json", "{");
  EXPECT_EQ(compile(Use::IfThere), plain);
  EXPECT_FALSE(used_);
  // It cannot be written.
  fs::remove(at("x.pch"));
  ASSERT_TRUE(make_directories(at("x.pch") / "in the way"));
  EXPECT_EQ(compile(Use::Make), plain);
  EXPECT_FALSE(used_);
}

INSTANTIATE_TEST_SUITE_P(, PreambleTest, testing::Values(17, 20),
                         [](const auto& one) { return "Cpp" + std::to_string(one.param); });

}  // namespace
}  // namespace faasc::cpp
