#include "compiler/cpp/detect.h"

#include <gtest/gtest.h>

#include "compiler/cpp/codes.h"

namespace faasc::cpp {
namespace {

Type value(TypeName name, std::string text) {
  return {name, Passing::Value, std::move(text)};
}

const Type kFunction = value(TypeName::Function, "gcf::Function");
const Type kResponse = value(TypeName::HttpResponse, "gcf::HttpResponse");
const Type kRequest = value(TypeName::HttpRequest, "gcf::HttpRequest");
const Type kEvent = value(TypeName::CloudEvent, "gcf::CloudEvent");
const Type kVoid = value(TypeName::Void, "void");
const Type kInt = value(TypeName::Other, "int");

Type passed(Type type, Passing passing, std::string text) {
  type.passing = passing;
  type.text = std::move(text);
  return type;
}

FunctionFact function(std::string name, Type returns, std::vector<Type> parameters, std::string file = "a.cc",
                      int line = 1) {
  FunctionFact fact;
  fact.symbol = "_Z" + name + std::to_string(parameters.size());
  fact.name = std::move(name);
  fact.returns = std::move(returns);
  fact.parameters = std::move(parameters);
  fact.defined = true;
  fact.place = {std::move(file), line, 1, 0};
  return fact;
}

FunctionFact factory(std::string name, Made made, std::string file = "a.cc", int line = 1) {
  FunctionFact fact = function(std::move(name), kFunction, {}, std::move(file), line);
  fact.made = made;
  return fact;
}

UnitFacts unit(std::vector<FunctionFact> functions) {
  return {std::move(functions), std::nullopt};
}

// Everything that was said, as the user sees it.
std::string said(const Diagnostics& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics.all()) text += to_text(diagnostic, Color::Off);
  return text;
}

struct Outcome {
  std::optional<ChosenHandler> chosen;
  std::string said;
};

Outcome choose(const std::vector<UnitFacts>& units, std::string handler = {},
               std::string signature = "auto") {
  Diagnostics diagnostics;
  WantedHandler wanted{
      std::move(handler), std::move(signature), {"faas.yaml", 3, 10, 0}, {"faas.yaml", 4, 12, 0}};
  auto chosen = choose_handler(units, wanted, diagnostics);
  EXPECT_EQ(chosen.has_value(), !diagnostics.has_errors());
  return {std::move(chosen), said(diagnostics)};
}

TEST(ChooseHandler, TakesEveryShape) {
  struct Case {
    FunctionFact function;
    Shape shape;
    const char* kind;
  };
  const Case cases[] = {
      {factory("f", Made::Http), Shape::Factory, "http"},
      {factory("f", Made::CloudEvent), Shape::Factory, "cloudevent"},
      {function("f", kResponse, {kRequest}), Shape::HttpValue, "http"},
      {function("f", kResponse, {passed(kRequest, Passing::ConstReference, "const HttpRequest &")}),
       Shape::HttpConstReference, "http"},
      {function("f", kResponse, {passed(kRequest, Passing::RvalueReference, "HttpRequest &&")}),
       Shape::HttpRvalue, "http"},
      {function("f", kVoid, {kEvent}), Shape::EventValue, "cloudevent"},
      {function("f", kVoid, {passed(kEvent, Passing::ConstReference, "const CloudEvent &")}),
       Shape::EventConstReference, "cloudevent"},
      {function("f", kVoid, {passed(kEvent, Passing::RvalueReference, "CloudEvent &&")}), Shape::EventRvalue,
       "cloudevent"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(static_cast<int>(c.shape));
    for (const char* name : {"", "f", "::f"}) {
      Outcome outcome = choose({unit({function("g", kInt, {kInt}), c.function})}, name);
      ASSERT_TRUE(outcome.chosen) << outcome.said;
      EXPECT_EQ(outcome.chosen->shape, c.shape);
      EXPECT_EQ(outcome.chosen->kind, c.kind);
      EXPECT_EQ(outcome.said, "");
    }
    // The signature may say what the code says.
    EXPECT_TRUE(choose({unit({c.function})}, "", c.kind).chosen);
  }
}

TEST(ChooseHandler, GivesTheReason) {
  EXPECT_EQ(choose({unit({factory("f", Made::Http)})}).chosen->reason,
            "the only candidate; returns MakeFunction of an HTTP function");
  EXPECT_EQ(choose({unit({factory("f", Made::CloudEvent)})}, "f").chosen->reason,
            "named in the manifest; returns MakeFunction of a CloudEvent function");
  EXPECT_EQ(choose({unit({function("f", kVoid, {kEvent}), function("g", kResponse, {kRequest})})}, "", "http")
                .chosen->reason,
            "the only candidate of kind http; its type is that of a handler");
}

TEST(ChooseHandler, SaysWhyAFunctionIsNone) {
  struct Case {
    FunctionFact function;
    const char* why;
  };
  FunctionFact is_static = factory("f", Made::Http);
  is_static.linkage = Linkage::Static;
  FunctionFact unnamed = factory("f", Made::Http);
  unnamed.linkage = Linkage::UnnamedNamespace;
  FunctionFact templated = function("f", kResponse, {kRequest});
  templated.is_template = true;
  FunctionFact member = function("S::f", kResponse, {kRequest});
  member.is_member = true;
  FunctionFact declared = factory("f", Made::Unknown);
  declared.defined = false;
  const Case cases[] = {
      {factory("f", Made::Http), ""},
      {is_static, "it is static"},
      {unnamed, "it is in an unnamed namespace"},
      {templated, "it is a template"},
      {member, "it is a member function"},
      {declared, "no source defines it"},
      {function("f", kFunction, {kInt, kInt}), "it takes 2 parameters, a factory takes none"},
      {function("f", passed(kFunction, Passing::Reference, "gcf::Function &"), {}),
       "it returns 'gcf::Function &', not a Function by value"},
      {function("f", kInt, {kRequest}), "it returns 'int', not HttpResponse"},
      {function("f", kResponse, {}), "it takes nothing, not an HttpRequest"},
      {function("f", kResponse, {kInt}), "it takes 'int', not an HttpRequest"},
      {function("f", kResponse, {kRequest, kInt}), "it takes 2 parameters, not one"},
      {function("f", kResponse, {passed(kRequest, Passing::Reference, "gcf::HttpRequest &")}),
       "it takes 'gcf::HttpRequest &'; by value, const & and && are possible"},
      {function("f", kResponse, {passed(kRequest, Passing::Pointer, "gcf::HttpRequest *")}),
       "it takes 'gcf::HttpRequest *'; by value, const & and && are possible"},
      {function("f", passed(kResponse, Passing::Pointer, "gcf::HttpResponse *"), {kRequest}),
       "it returns 'gcf::HttpResponse *', not HttpResponse"},
      {function("f", kInt, {kEvent}), "it returns 'int', not void"},
      {function("f", kInt, {kInt, kInt}), "its type is 'int (int, int)'"},
  };
  for (const Case& c : cases) EXPECT_EQ(why_not_a_handler(c.function), c.why);
}

TEST(ChooseHandler, ListsNearMissesWhenNothingFits) {
  EXPECT_EQ(
      choose({unit({function("shop::price", kInt, {kRequest}, "a.cc", 4), function("sum", kInt, {kInt})}),
              unit({})})
          .said,
      "faasc: error: no handler in 2 sources [FAASC0201]\n"
      "  hint: a handler is a function without parameters that returns google::cloud::functions::Function, "
      "or HttpResponse "
      "f(HttpRequest), or void f(CloudEvent), or invocation_response f(invocation_request const&), or, where "
      "'handler' names it, any function of one parameter\n"
      "a.cc:4:1: note: 'shop::price' is not a handler: it returns 'int', not HttpResponse\n");
}

TEST(ChooseHandler, NamesTheOneThatWasMeant) {
  std::vector<UnitFacts> units = {unit({factory("shop::price", Made::Http, "a.cc", 4)})};
  EXPECT_EQ(choose(units, "shop::prize").said,
            "faas.yaml:3:10: error: no handler 'shop::prize' in 1 source [FAASC0201]\n"
            "  hint: did you mean 'shop::price'?\n"
            "a.cc:4:1: note: 'shop::price' is a handler of kind http\n");
  EXPECT_EQ(choose(units, "price").said,
            "faas.yaml:3:10: error: no handler 'price' in 1 source [FAASC0201]\n"
            "  hint: did you mean 'shop::price'?\n"
            "a.cc:4:1: note: 'shop::price' is a handler of kind http\n");
  EXPECT_EQ(choose(units, "entirely_different").said,
            "faas.yaml:3:10: error: no handler 'entirely_different' in 1 source [FAASC0201]\n"
            "  hint: the only handler is 'shop::price'\n"
            "a.cc:4:1: note: 'shop::price' is a handler of kind http\n");
}

TEST(ChooseHandler, RefusesWhatTheNameStandsFor) {
  FunctionFact is_static = factory("f", Made::Http, "a.cc", 7);
  is_static.linkage = Linkage::Static;
  EXPECT_EQ(choose({unit({is_static})}, "f").said,
            "a.cc:7:1: error: 'f' is static: the rest of the program cannot call it [FAASC0203]\n  hint: "
            "remove 'static'\n");
  FunctionFact unnamed = is_static;
  unnamed.linkage = Linkage::UnnamedNamespace;
  EXPECT_EQ(
      choose({unit({unnamed})}, "f").said,
      "a.cc:7:1: error: 'f' is in an unnamed namespace: the rest of the program cannot call it [FAASC0203]\n"
      "  hint: move it out of the unnamed namespace\n");
  FunctionFact templated = function("f", kResponse, {kRequest}, "a.cc", 7);
  templated.is_template = true;
  EXPECT_EQ(choose({unit({templated})}, "f").said,
            "a.cc:7:1: error: 'f' is a template, which nothing instantiates [FAASC0204]\n"
            "  hint: add a function that is none and returns what the template makes\n");
  FunctionFact member = function("S::f", kResponse, {kRequest}, "a.cc", 7);
  member.is_member = true;
  EXPECT_EQ(
      choose({unit({member})}, "S::f").said,
      "a.cc:7:1: error: 'S::f' is a member function, which needs an object [FAASC0212]\n"
      "  hint: add a function outside the class that returns MakeFunction of a lambda which calls it\n");
  EXPECT_EQ(choose({unit({function("f", kFunction, {kInt}, "a.cc", 7)})}, "f").said,
            "a.cc:7:1: error: 'f' takes 1 parameter; a factory of Function takes none [FAASC0207]\n"
            "  hint: add a function without parameters that calls it, and name that one\n");
  FunctionFact declared = factory("f", Made::Unknown, "a.h", 7);
  declared.defined = false;
  EXPECT_EQ(choose({unit({declared})}, "f").said,
            "a.h:7:1: error: 'f' is declared here, but no source defines it [FAASC0211]\n"
            "  hint: add the source that defines it to 'build.cpp.sources'\n");
  EXPECT_EQ(choose({unit({function("f", kInt, {}, "a.cc", 7)})}, "f").said,
            "faas.yaml:3:10: error: no handler 'f' in 1 source [FAASC0201]\n"
            "  hint: a handler is a function without parameters that returns "
            "google::cloud::functions::Function, or HttpResponse "
            "f(HttpRequest), or void f(CloudEvent), or invocation_response f(invocation_request const&), or, "
            "where 'handler' names it, any function of one parameter\n"
            "a.cc:7:1: note: 'f' is not a handler: its type is 'int ()'\n");
}

TEST(ChooseHandler, ListsCandidatesWhenThereAreSeveral) {
  // Whatever the order of the sources.
  UnitFacts a = unit({factory("shop::price", Made::Http, "a.cc", 4)}),
            b = unit({function("audit", kVoid, {kEvent}, "b.cc", 2)});
  const char* expected =
      "faasc: error: 2 functions could be the handler [FAASC0202]\n"
      "  hint: name one of them in faas.yaml: 'handler: shop::price'\n"
      "a.cc:4:1: note: 'shop::price' is a handler of kind http\n"
      "b.cc:2:1: note: 'audit' is a handler of kind cloudevent\n";
  EXPECT_EQ(choose({a, b}).said, expected);
  EXPECT_EQ(choose({b, a}).said, expected);
  EXPECT_EQ(choose({a, b}, "", "cloudevent").chosen->function.name, "audit");
}

TEST(ChooseHandler, TakesTheOneThatUsesTheOthers) {
  FunctionFact bare = function("impl", kResponse, {kRequest}), made = factory("f", Made::Http),
               map = factory("all", Made::Map);
  made.uses = {bare.symbol};
  Outcome outcome = choose({unit({bare}), unit({made})});
  ASSERT_TRUE(outcome.chosen) << outcome.said;
  EXPECT_EQ(outcome.chosen->function.name, "f");
  EXPECT_EQ(outcome.chosen->reason,
            "the only candidate that no other uses; returns MakeFunction of an HTTP function");
  map.uses = {made.symbol};
  EXPECT_EQ(choose({unit({bare, made, map})}, "", "http").chosen->function.name, "all");
  EXPECT_EQ(choose({unit({bare, made, map})}, "impl").chosen->function.name, "impl")
      << "what is named is taken";
  // Two that use each other are as good as two that do not.
  bare.uses = {made.symbol};
  EXPECT_EQ(choose({unit({bare, made})}).said.substr(0, 61),
            "faasc: error: 2 functions could be the handler [FAASC0202]\n  ");
}

TEST(ChooseHandler, AnOverloadThatIsNoHandlerIsNotInTheWay) {
  EXPECT_TRUE(choose({unit({factory("f", Made::Http), function("f", kInt, {kInt}, "a.cc", 2)})}, "f").chosen);
  EXPECT_EQ(choose({unit({factory("f", Made::Http), function("f", kVoid, {kEvent}, "a.cc", 2)})}, "f").said,
            "faas.yaml:3:10: error: 'f' is overloaded: 2 functions of this name are handlers [FAASC0206]\n"
            "  hint: give the one that is meant a name of its own\n"
            "a.cc:1:1: note: 'f' is a handler of kind http\n"
            "a.cc:2:1: note: 'f' is a handler of kind cloudevent\n");
}

TEST(ChooseHandler, ComparesTheSignature) {
  EXPECT_EQ(choose({unit({factory("f", Made::Http)})}, "f", "cloudevent").said,
            "faas.yaml:4:12: error: signature is 'cloudevent', but 'f' is 'http' [FAASC0205]\n"
            "  hint: set 'signature: http', or remove it\n"
            "a.cc:1:1: note: 'f': returns MakeFunction of an HTTP function\n");
  EXPECT_EQ(choose({unit({factory("f", Made::Http)})}, "f", "asgi").said,
            "faas.yaml:4:12: error: signature 'asgi' is not one of C++: auto, http, cloudevent, lambda, "
            "typed, server "
            "[FAASC0205]\n"
            "  hint: remove 'signature', the code says which it is\n");
}

TEST(ChooseHandler, LeavesTheKindToRunTimeWhereTheCodeDoesNotShowIt) {
  Outcome unknown = choose({unit({factory("f", Made::Unknown)})});
  EXPECT_EQ(unknown.chosen->kind, "auto");
  EXPECT_EQ(unknown.said,
            "a.cc:1:1: note: whether 'f' takes HTTP requests or CloudEvents is known only when it starts: it "
            "returns a Function whose "
            "kind its return statements do not show [FAASC0210]\n"
            "  hint: set 'signature: http' or 'signature: cloudevent' to say it now\n");
  Outcome map = choose({unit({factory("f", Made::Map)})});
  EXPECT_EQ(map.chosen->reason,
            "the only candidate; returns MakeFunction of a map, which chooses when it starts");
  Outcome told = choose({unit({factory("f", Made::Unknown)})}, "", "cloudevent");
  EXPECT_EQ(told.chosen->kind, "cloudevent");
  EXPECT_EQ(told.said, "");
}

TEST(ChooseHandler, MergesTranslationUnits) {
  FunctionFact declared = factory("f", Made::Unknown, "f.h", 2);
  declared.defined = false;
  FunctionFact defined = factory("f", Made::Http, "f.cc", 9);
  for (const auto& units :
       {std::vector{unit({declared}), unit({defined})}, std::vector{unit({defined}), unit({declared})}}) {
    Outcome outcome = choose(units);
    ASSERT_TRUE(outcome.chosen) << outcome.said;
    EXPECT_EQ(outcome.chosen->function.place.file, "f.cc");
    EXPECT_EQ(outcome.chosen->kind, "http");
  }
  FunctionFact in_header = factory("f", Made::Http, "f.h", 2);
  in_header.repeatable = true;
  EXPECT_TRUE(choose({unit({in_header}), unit({in_header})}).chosen);
}

TEST(ChooseHandler, RefusesTwoDefinitions) {
  FunctionFact in_header = factory("f", Made::Http, "f.h", 2);
  EXPECT_EQ(choose({unit({in_header}), unit({in_header})}).said,
            "f.h:2:1: error: 'f' is defined in a header that 2 sources include [FAASC0208]\n"
            "  hint: declare it 'inline', or define it in one source\n");
  UnitFacts a = unit({factory("f", Made::Http, "a.cc", 2)}), b = unit({factory("f", Made::Http, "b.cc", 5)});
  const char* expected =
      "b.cc:5:1: error: 'f' is defined twice [FAASC0208]\n"
      "  hint: leave one of the two files out with '!file' in 'build.cpp.sources'\n"
      "a.cc:2:1: note: the other definition is here\n";
  EXPECT_EQ(choose({a, b}).said, expected);
  EXPECT_EQ(choose({b, a}).said, expected);
}

const Type kEventOfLambda = value(TypeName::InvocationRequest, "invocation_request");
const Type kResultOfLambda = value(TypeName::InvocationResponse, "invocation_response");

TEST(ChooseHandler, TakesLambdaHandlers) {
  Type reference = passed(kEventOfLambda, Passing::ConstReference, "const invocation_request &");
  for (const char* signature : {"auto", "lambda"}) {
    Outcome outcome = choose({unit({function("f", kResultOfLambda, {reference})})}, "", signature);
    EXPECT_EQ(outcome.chosen->shape, Shape::LambdaConstReference);
    EXPECT_EQ(outcome.chosen->kind, "lambda");
  }
  EXPECT_EQ(choose({unit({function("f", kResultOfLambda, {kEventOfLambda})})}).chosen->shape,
            Shape::LambdaValue);
  FunctionFact changed = function("f", kResultOfLambda, {passed(kEventOfLambda, Passing::Reference, "T &")});
  EXPECT_EQ(why_not_a_handler(changed), "it takes 'T &'; by value and const & are possible");
  EXPECT_EQ(why_not_a_handler(function("f", kInt, {reference})), "it returns 'int', not invocation_response");
}

TEST(ChooseHandler, AMainThatRunsALambdaIsTheProgram) {
  UnitFacts a = unit({factory("f", Made::Http)});
  a.main = MainFact{{"main.cc", 3, 5, 0}, "", true, "shop::handle"};
  for (const char* name : {"", "shop::handle", "::shop::handle"}) {
    Outcome outcome = choose({a}, name);
    ASSERT_TRUE(outcome.chosen) << outcome.said;
    EXPECT_EQ(outcome.chosen->shape, Shape::OwnMain);
    EXPECT_EQ(outcome.chosen->kind, "lambda");
    EXPECT_EQ(outcome.chosen->function.name, "shop::handle");
    EXPECT_EQ(outcome.chosen->reason, "main() calls run_handler");
  }
  EXPECT_EQ(choose({a}, "f").said,
            "faas.yaml:3:10: error: main() hands 'shop::handle' to run_handler, not 'f' [FAASC0216]\n"
            "  hint: set 'handler: shop::handle', or remove it\n"
            "main.cc:3:5: note: main() is here\n");
  a.main->lambda_handler.clear();
  EXPECT_EQ(choose({a}, "anything").chosen->function.name, "anything");
  EXPECT_EQ(choose({a}).chosen->function.name, "main");
  UnitFacts b;
  b.main = MainFact{{"other.cc", 8, 5, 0}, ""};
  EXPECT_NE(choose({a, b}).said.find("main() is defined twice [FAASC0215]"), std::string::npos);
}

TEST(ChooseHandler, SaysWhatALambdaNeeds) {
  EXPECT_EQ(
      choose({unit({})}, "", "lambda").said,
      "faasc: error: no handler in 1 source [FAASC0201]\n"
      "  hint: define 'aws::lambda_runtime::invocation_response f(aws::lambda_runtime::invocation_request "
      "const&)', for which faasc makes the main(), or a main() that calls "
      "aws::lambda_runtime::run_handler with what serves an invocation\n");
  UnitFacts with_main = unit({function("f", kInt, {kEventOfLambda})});
  with_main.main = MainFact{{"main.cc", 3, 5, 0}, ""};
  EXPECT_EQ(choose({with_main}).said,
            "faasc: error: no handler in 1 source [FAASC0201]\n"
            "  hint: let main() call aws::lambda_runtime::run_handler with the function that serves an "
            "invocation; or leave main() out, and faasc makes one for 'invocation_response "
            "f(invocation_request const&)'\n"
            "main.cc:3:5: note: this main() does not call run_handler\n"
            "a.cc:1:1: note: 'f' is not a handler: it returns 'int', not invocation_response\n");
  with_main.functions = {function("f", kResultOfLambda, {kEventOfLambda})};
  EXPECT_EQ(choose({with_main}).said,
            "main.cc:3:5: error: main() is in the way of the one that faasc makes for the handler 'f' "
            "[FAASC0209]\n"
            "  hint: let it call aws::lambda_runtime::run_handler(f), or remove it: faasc makes one that "
            "does\n");
}

TEST(ChooseHandler, TakesPlainFunctionsAsTyped) {
  FunctionFact plain = function("shop::price", kInt, {kInt});
  plain.typed.emplace();
  FunctionFact other = function("other", kInt, {kInt}, "a.cc", 2);
  other.typed.emplace();
  EXPECT_EQ(choose({unit({plain})}, "shop::price").chosen->shape, Shape::Typed);
  EXPECT_EQ(choose({unit({plain})}, "shop::price").chosen->kind, "typed");
  EXPECT_EQ(choose({unit({plain})}, "", "typed").chosen->reason,
            "the only candidate; its parameter and result become JSON");
  EXPECT_NE(choose({unit({plain, other})}, "", "typed").said.find("2 functions could be the handler"),
            std::string::npos);
  // Without a word in the manifest, only what looks like a handler is one.
  EXPECT_NE(choose({unit({plain})}).said.find("no handler in 1 source"), std::string::npos);
  plain.linkage = Linkage::Static;
  EXPECT_EQ(choose({unit({plain})}, "shop::price").said,
            "a.cc:1:1: error: 'shop::price' is static: the rest of the program cannot call it [FAASC0203]\n"
            "  hint: remove 'static'\n");
  plain.linkage = Linkage::External;
  plain.typed->problems.push_back({Severity::Error, "FAASC0251", "a pointer", {"a.cc", 9, 1, 0}, "", "", {}});
  EXPECT_EQ(choose({unit({plain})}, "shop::price").said, "a.cc:9:1: error: a pointer [FAASC0251]\n");
}

TEST(ChooseHandler, KnowsWhoseMainItIs) {
  UnitFacts a = unit({factory("f", Made::Http)}), b, c;
  b.main = MainFact{{"main.cc", 3, 5, 0}, ""};
  c.main = MainFact{{"other.cc", 8, 5, 0}, ""};
  EXPECT_EQ(
      choose({a, b}).said,
      "main.cc:3:5: error: main() is in the way of the one that faasc makes for the handler 'f' [FAASC0209]\n"
      "  hint: leave this file out with '!file' in 'build.cpp.sources', or set 'signature: server' to run "
      "this main()\n");
  Outcome server = choose({a, b}, "", "server");
  EXPECT_EQ(server.chosen->shape, Shape::OwnMain);
  EXPECT_EQ(server.chosen->kind, "server");
  EXPECT_EQ(
      choose({a}, "", "server").said,
      "faas.yaml:4:12: error: signature 'server' needs a main(), and there is none in 1 source [FAASC0214]\n"
      "  hint: add the source that defines main(), or remove 'signature' to have one made for a handler\n");
  EXPECT_EQ(choose({c, b}, "", "server").said,
            "other.cc:8:5: error: main() is defined twice [FAASC0215]\n"
            "  hint: leave one of the two files out with '!file' in 'build.cpp.sources'\n"
            "main.cc:3:5: note: the other one is here\n");
  EXPECT_EQ(
      choose({b}).said,
      "faasc: error: no handler in 1 source [FAASC0201]\n"
      "  hint: for a main() that serves HTTP itself set 'signature: server'; a handler is a function without "
      "parameters that "
      "returns google::cloud::functions::Function, or HttpResponse f(HttpRequest), or void f(CloudEvent), or "
      "invocation_response f(invocation_request const&), or, where 'handler' names it, any function of one "
      "parameter\n");
}

}  // namespace
}  // namespace faasc::cpp
