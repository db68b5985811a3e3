#include "compiler/cpp/protocol.h"

#include <gtest/gtest.h>

#include "base/diagnostics.h"
namespace faasc::cpp {
namespace {

Answer full_answer() {
  FunctionFact function;
  function.name = "shop::price";
  function.symbol = "_ZN4shop5priceE";
  function.returns = {TypeName::HttpResponse, Passing::Value, "gcf::HttpResponse"};
  function.parameters = {{TypeName::HttpRequest, Passing::ConstReference, "const gcf::HttpRequest &"}};
  function.linkage = Linkage::UnnamedNamespace;
  function.defined = function.repeatable = true;
  function.made = Made::Map;
  function.uses = {"_Z1gv"};
  function.place = {"a.cc", 3, 4, 9};
  function.line_text = "gcf::HttpResponse price(gcf::HttpRequest const&)";
  Diagnostic diagnostic{Severity::Warning, "", "odd", {"a.cc", 1, 2, 3}, "text", "", {}};
  diagnostic.notes.push_back({Severity::Note, "", "why", {"b.h", 1, 1, 0}, "", "", {}});
  Answer answer;
  answer.compile = CompileAnswer{
      true, {{function}, MainFact{{"m.cc", 1, 5, 9}, "int main()"}}, {diagnostic}, {"a.cc"}, {"x.h"}};
  answer.link = LinkAnswer{false, {diagnostic}, {"ld", "-o"}, 1, "ld: error", {"crt1.o"}};
  return answer;
}

TEST(Protocol, AnswerSurvivesTheTrip) {
  std::string text = to_json(full_answer());
  auto read = answer_from_json(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(to_json(*read), text);
  EXPECT_EQ(read->compile->facts.functions.at(0).parameters.at(0).passing, Passing::ConstReference);
  EXPECT_EQ(read->compile->facts.main->place.line, 1);
  EXPECT_EQ(read->compile->diagnostics.at(0).notes.at(0).message, "why");
  auto part = compile_answer_from_json(to_json(*read->compile));
  ASSERT_TRUE(part);
  EXPECT_EQ(to_json(*part), to_json(*read->compile));
}

TEST(Protocol, RequestSurvivesTheTrip) {
  Request request;
  request.compile = CompileRequest{"a b.cc", "/w/a.o", {"-O2", "-DX=\"y\""}, "shop::price"};
  request.link = LinkRequest{{"/w/a.o"}, "/w/f.debug", "/w/f"};
  auto read = request_from_json(to_json(request));
  ASSERT_TRUE(read);
  EXPECT_EQ(to_json(*read), to_json(request));
}

// The source may hold any bytes, and Clang quotes it.
TEST(Protocol, BytesThatAreNotUtf8DoNotBreakIt) {
  Answer answer = full_answer();
  answer.compile->diagnostics[0].line_text = "\xff\xfe";
  auto read = answer_from_json(to_json(answer));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->compile->diagnostics[0].line_text, "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Protocol, RefusesWhatItDoesNotUnderstand) {
  const std::string sound = to_json(full_answer());
  for (std::size_t n = 0; n < sound.size(); n += 7)
    EXPECT_FALSE(answer_from_json(std::string_view(sound).substr(0, n))) << n;
  auto refused = answer_from_json(R"({"schema":"faasc.cxx/2"})");
  ASSERT_FALSE(refused);
  EXPECT_EQ(to_text(refused.error(), Color::Off),
            "faasc: error: cannot understand the answer between faasc and faasc-cxx [FAASC0291]\n"
            "  hint: faasc and faasc-cxx must come from one installation; install faasc again\n");
  for (const char* text :
       {"", "[]", "{}", R"({"schema":"faasc.cxx/1","compile":{"source":1,"object":"","arguments":[]}})",
        R"({"schema":"faasc.cxx/1","compile":{"source":"","object":"","arguments":[1]}})",
        R"({"schema":"faasc.cxx/1","link":[]})"})
    EXPECT_FALSE(request_from_json(text)) << text;
}

}  // namespace
}  // namespace faasc::cpp
