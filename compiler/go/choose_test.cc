#include "compiler/go/choose.h"

#include <gtest/gtest.h>

namespace faasc::go {
namespace {

Type type(std::string text, std::string name) {
  return {std::move(text), std::move(name)};
}
const Type kWriter = type("http.ResponseWriter", "net/http.ResponseWriter");
const Type kRequest = type("*http.Request", "*net/http.Request");
const Type kContext = type("context.Context", "context.Context");
const Type kEvent = type("event.Event", "github.com/cloudevents/sdk-go/v2/event.Event");
const Type kEventPointer = type("*cloudevents.Event", "*github.com/cloudevents/sdk-go/v2.Event");
const Type kError = type("error", "error");
const Type kOrder = type("Order", "Order");

Func func(std::string name, std::vector<Type> params, std::vector<Type> results = {},
          std::string receiver = "") {
  Func function;
  function.name = std::move(name);
  function.params = std::move(params);
  function.results = std::move(results);
  function.receiver = std::move(receiver);
  function.place = {.file = "f.go", .line = 7, .column = 6};
  return function;
}

Registration registration(std::string call, std::string name) {
  return {.call = std::move(call),
          .name = std::move(name),
          .plain = true,
          .place = {.file = "r.go", .line = 3, .column = 2}};
}

Package package(std::string directory, std::string name) {
  Package one;
  one.directory = std::move(directory);
  one.name = std::move(name);
  return one;
}

Facts with(std::vector<Func> funcs, std::vector<Registration> registrations = {}, bool main = false) {
  Package one = package(".", main ? "main" : "f");
  one.funcs = std::move(funcs);
  one.registrations = std::move(registrations);
  if (main) one.main = SourcePlace{.file = "main.go", .line = 5, .column = 6};
  Facts facts;
  facts.packages.push_back(std::move(one));
  return facts;
}

std::string choice(const Facts& facts, std::string handler = "", std::string signature = "auto",
                   std::optional<std::string> package = std::nullopt) {
  Wanted wanted;
  wanted.handler = std::move(handler);
  wanted.signature = std::move(signature);
  wanted.package = std::move(package);
  wanted.handler_place = {.file = "faas.yaml", .line = 4, .column = 10};
  Diagnostics diagnostics;
  auto chosen = choose_handler(facts, wanted, diagnostics);
  if (chosen)
    return chosen->kind + " " + chosen->name + " " + std::to_string(static_cast<int>(chosen->shape)) + ": " +
           chosen->reason;
  std::string text;
  for (const Diagnostic& one : diagnostics.all()) text += to_text(one, Color::Off);
  return text;
}

TEST(GoChoose, TheShapesOfHandlers) {
  struct Case {
    Func function;
    const char* signature;
    const char* kind;  // empty: none
  };
  const Case cases[] = {
      {func("F", {kWriter, kRequest}), "auto", "http"},
      {func("f", {kWriter, kRequest}), "auto", ""},
      {func("F", {kRequest, kWriter}), "auto", ""},
      {func("F", {kWriter, kRequest}, {kError}), "auto", ""},
      {func("F", {kContext, kEvent}, {kError}), "auto", "cloudevent"},
      {func("F", {kEvent}), "auto", "cloudevent"},
      {func("F", {kEvent}, {kEventPointer, kError}), "auto", "cloudevent"},
      {func("F", {kContext}, {kError}), "auto", ""},
      {func("Handle", {kContext}, {kError}), "auto", "cloudevent"},
      {func("Handle", {}), "auto", "cloudevent"},
      {func("Handle", {kContext}, {kEventPointer, kError}), "auto", ""},
      {func("F", {kContext, kOrder}, {kError}), "auto", ""},
      {func("F", {kContext, kOrder}, {kError}), "event", "event"},
      {func("F", {kOrder}, {kOrder, kError}), "auto", ""},
      {func("F", {kOrder}, {kOrder, kError}), "typed", "typed"},
      {func("F", {kOrder, kOrder}, {kError}), "typed", ""},
      {func("Handle", {type("handler.Request", "github.com/openfaas/templates-sdk/go-http.Request")},
            {type("handler.Response", "github.com/openfaas/templates-sdk/go-http.Response"), kError}),
       "auto", "openfaas"},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.function.name + " " + signature_text(one.function) + " as " + one.signature);
    std::string found = choice(with({one.function}), "", one.signature);
    std::string kind =
        found.find(": the only candidate; ") != std::string::npos ? found.substr(0, found.find(' ')) : "";
    EXPECT_EQ(kind, one.kind) << found;
  }
}

TEST(GoChoose, WhatTheFrameworkIsToldGoesFirst) {
  std::vector<Func> funcs{func("Other", {kWriter, kRequest})};
  EXPECT_EQ(choice(with(funcs, {registration("functions.CloudEvent", "Hello")})),
            "cloudevent Hello 0: the only candidate; registered with functions.CloudEvent");
  EXPECT_EQ(choice(with(funcs, {registration("functions.HTTP", "Hello")}), "Other"),
            "http Other 1: named by 'handler'; its type is that of an HTTP handler");
  EXPECT_EQ(choice(with({}, {registration("functions.Typed", "T")})),
            "typed T 0: the only candidate; registered with functions.Typed");
  EXPECT_EQ(choice(with({}, {registration("lambda.Start", "handle")}, true)),
            "lambda handle 8: the only candidate; main() calls lambda.Start");
  EXPECT_EQ(choice(with({}, {registration("lambda.Start", "handle")}, true), "bootstrap"),
            "lambda handle 8: named by 'handler'; main() calls lambda.Start");
  EXPECT_EQ(choice(with({}, {registration("lambdaurl.Start", "mux")}, true)),
            "lambda mux 8: the only candidate; main() calls lambdaurl.Start");
  EXPECT_EQ(choice(with({func("New", {}, {type("*F", "*F")}), func("Handle", {kWriter, kRequest}, {}, "F")})),
            "http Handle 6: the only candidate; New() makes what has a Handle");
}

TEST(GoChoose, AProgramThatServesByItself) {
  std::vector<Func> funcs{func("Hello", {kWriter, kRequest}), func("main", {})};
  EXPECT_EQ(choice(with(funcs, {}, true)), "server main 9: the only candidate; a main() of its own");
  EXPECT_EQ(choice(with(funcs, {}, true), "Hello"),
            "http Hello 1: named by 'handler'; its type is that of an HTTP handler");
  EXPECT_EQ(choice(with(funcs, {registration("functions.HTTP", "Hello")}, true), "", "server"),
            "server main 9: 'signature: server' runs main()");
  // The packages of such a program are no functions.
  Facts facts = with(funcs, {}, true);
  facts.packages[0].files = {{"main.go", {{.path = "example.com/m/web", .place = {}}}}};
  facts.packages.push_back(package("web", "web"));
  facts.packages[1].funcs = {func("Page", {kWriter, kRequest})};
  EXPECT_EQ(choice(facts), "server main 9: the only candidate; a main() of its own");
  // But the main function that Google's documentation shows only starts the framework.
  facts.packages[0].files[0].imports.push_back(
      {.path = "github.com/GoogleCloudPlatform/functions-framework-go/funcframework", .place = {}});
  EXPECT_EQ(choice(facts), "http Page 1: the only candidate; its type is that of an HTTP handler");
}

TEST(GoChoose, AFrameworkWithNothingToServeIsNoServer) {
  Facts facts = with({func("main", {})}, {}, true);
  facts.packages[0].files = {
      {"main.go",
       {{.path = "github.com/GoogleCloudPlatform/functions-framework-go/funcframework", .place = {}}}}};
  EXPECT_EQ(choice(facts),
            "faasc: error: there is no handler in this module [FAASC0401]\n"
            "  hint: main() starts Google's framework, but nothing below 'source' is registered with it; let "
            "'source' be "
            "the function's package, or the whole module\n");
  EXPECT_EQ(choice(facts, "Hello", "server"), "server Hello 9: 'signature: server' runs main()");
}

TEST(GoChoose, SeveralNamesAreListed) {
  EXPECT_EQ(
      choice(with({}, {registration("functions.HTTP", "B"), registration("functions.CloudEvent", "A")})),
      "faasc: error: more than one function could be the handler: 'A', 'B' [FAASC0402]\n"
      "  hint: write 'handler: NAME' with one of these names into the manifest\n"
      "r.go:3:2: note: 'A' (cloudevent): registered with functions.CloudEvent\n"
      "r.go:3:2: note: 'B' (http): registered with functions.HTTP\n");
  EXPECT_EQ(
      choice(with({}, {registration("functions.HTTP", "B"), registration("functions.CloudEvent", "A")}), "A"),
      "cloudevent A 0: named by 'handler'; registered with functions.CloudEvent");
  EXPECT_EQ(choice(with({}, {registration("functions.HTTP", "B"), registration("functions.CloudEvent", "A")}),
                   "", "http"),
            "http B 0: the only candidate; registered with functions.HTTP");
}

TEST(GoChoose, TwoPackagesHaveTheName) {
  Facts facts = with({func("F", {kWriter, kRequest})});
  facts.packages.push_back(facts.packages[0]);
  facts.packages[1].directory = "sub";
  EXPECT_EQ(choice(facts, "F"),
            "faas.yaml:4:10: error: 'F' is found 2 times [FAASC0402]\n"
            "  hint: write 'build: {go: {package: DIR}}' with the package's directory into the manifest\n"
            "f.go:7:6: note: 'F' (http): its type is that of an HTTP handler\n"
            "f.go:7:6: note: 'F' (http): its type is that of an HTTP handler\n");
  EXPECT_EQ(choice(facts, "sub.F"), "http F 1: named by 'handler'; its type is that of an HTTP handler");
  EXPECT_EQ(choice(facts, "F", "auto", "sub"),
            "http F 1: named by 'handler'; its type is that of an HTTP handler");
  EXPECT_EQ(choice(facts, "F", "auto", "elsewhere"),
            "faasc: error: there is no Go package in 'elsewhere' [FAASC0420]\n"
            "  hint: there are packages in '.', 'sub'\n");
}

TEST(GoChoose, RefusalsSayWhatWasFoundAndWhatIsAccepted) {
  Facts facts = with({func("Hello", {kOrder}, {kOrder, kError}), func("quiet", {kWriter, kRequest}),
                      func("Greet", {kWriter, kRequest}), func("Odd", {kOrder, kOrder, kOrder})});
  EXPECT_EQ(
      choice(facts, "Hello"),
      "faas.yaml:4:10: error: 'Hello' is 'func(Order) (Order, error)', which is no handler [FAASC0404]\n"
      "  hint: write 'signature: typed' if it takes JSON and returns JSON\n"
      "f.go:7:6: note: it is defined here\n");
  EXPECT_EQ(choice(facts, "quiet"),
            "faas.yaml:4:10: error: 'quiet' cannot be called from outside of its package [FAASC0403]\n"
            "  hint: give it a name that begins with an upper-case letter: 'Quiet'\n"
            "f.go:7:6: note: it is defined here\n");
  EXPECT_EQ(choice(facts, "Great"),
            "faas.yaml:4:10: error: there is no handler 'Great'; did you mean 'Greet'? [FAASC0401]\n"
            "  hint: correct 'handler', or remove it to see what there is\n"
            "f.go:7:6: note: 'Greet' (http): its type is that of an HTTP handler\n");
  EXPECT_EQ(choice(facts, "Greet", "cloudevent"),
            "faasc: error: 'Greet' is a handler of kind 'http', not 'cloudevent' [FAASC0405]\n"
            "  hint: remove 'signature', or write 'signature: http'\n"
            "f.go:7:6: note: its type is that of an HTTP handler\n");
  EXPECT_EQ(choice(facts, "", "server"),
            "faasc: error: 'signature: server' runs a main function, and there is none [FAASC0406]\n"
            "  hint: add 'package main' with 'func main()', or remove 'signature'\n");
  EXPECT_EQ(
      choice(facts, "Odd").substr(0, 98),
      "faas.yaml:4:10: error: 'Odd' is 'func(Order, Order, Order)', which is no handler [FAASC0404]\n  hin");
  EXPECT_EQ(choice(with({})).substr(0, 65),
            "faasc: error: there is no handler in this module [FAASC0401]\n  hi");
}

}  // namespace
}  // namespace faasc::go
