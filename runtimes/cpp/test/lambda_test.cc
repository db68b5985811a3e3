// The routes of a Lambda image, over a socket.

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/client.h"
#include "test/server_process.h"

namespace faasc::rt {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

constexpr char const* kInvoke = "/2015-03-31/functions/function/invocations";

ServerProcess lambda(std::vector<std::string> environment = {}) {
  environment.insert(environment.end(), {"FAASC_CONCURRENCY=1", "AWS_LAMBDA_FUNCTION_NAME=shop"});
  return ServerProcess(std::move(environment), {}, FAASC_TEST_LAMBDA);
}

TEST(Lambda, AnswersAsTheServiceDoes) {
  ServerProcess server = lambda();
  for (std::string const target : {kInvoke, "/2015-03-31/functions/shop/invocations", "/"}) {
    SCOPED_TRACE(target);
    Response response = exchange(server.port(), post(target, "{\"a\": 1}"));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "{\"a\": 1}");
    EXPECT_EQ(response.header("content-type"), "application/json");
    EXPECT_EQ(response.header("x-amz-executed-version"), "$LATEST");
    EXPECT_EQ(response.header("x-amz-function-error"), "(none)");
  }
}

TEST(Lambda, AnErrorIs200ForTheServiceAnd500Elsewhere) {
  struct Case {
    std::string event, document, google;
  };
  Case const cases[] = {
      {"fail", R"({"errorMessage":"it \"failed\"","errorType":"TestErrorType","stackTrace":[]})", "error"},
      {"throw", R"({"errorMessage":"no \"such\" thing","errorType":"std::out_of_range","stackTrace":[]})",
       "crash"},
      {"throw int",
       R"({"errorMessage":"unknown C++ exception thrown by the function","errorType":"Runtime.ExitError","stackTrace":[]})",
       "crash"},
  };
  ServerProcess server = lambda();
  for (Case const& c : cases) {
    SCOPED_TRACE(c.event);
    Response response = exchange(server.port(), post(kInvoke, c.event));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, c.document);
    EXPECT_EQ(response.header("x-amz-function-error"), "Unhandled");
    response = exchange(server.port(), post("/", c.event));
    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(response.body, c.document);
    EXPECT_EQ(response.header("x-google-status"), c.google);
  }
}

TEST(Lambda, GivesTheHandlerItsContext) {
  ServerProcess server = lambda();
  Response response =
      exchange(server.port(), post(kInvoke, "context",
                                   "X-Amzn-Trace-Id: Root=1\r\nX-Amz-Client-Context: eyJhIjoxfQ==\r\n"
                                   "Content-Type: text/x\r\nX-Amz-Tenant-Id: me\r\n"));
  EXPECT_THAT(response.body,
              MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}\\|Root=1\\|"
                           "\\{\"a\":1\\}\\|arn:aws:lambda:us-east-1:012345678912:function:shop\\|text/x\\|"
                           "me\\|in time"));
  EXPECT_EQ(response.body.substr(0, 36), response.header("x-amzn-requestid"));
  EXPECT_EQ(exchange(server.port(), post(kInvoke, "context", "X-Amz-Client-Context: {}\r\n")).status, 400);
}

TEST(Lambda, KnowsInvocationTypes) {
  ServerProcess server = lambda();
  auto const invoke = [&](std::string const& type) {
    return exchange(server.port(), post(kInvoke, "sleep", "X-Amz-Invocation-Type: " + type + "\r\n"));
  };
  EXPECT_EQ(invoke("DryRun").status, 204);
  Response response = invoke("Odd");
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("RequestResponse, Event or DryRun, not Odd"));
  auto const started = std::chrono::steady_clock::now();
  response = invoke("Event");
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(response.body, "");
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::milliseconds(500));
  // It is still at work, and takes one call at a time.
  EXPECT_EQ(exchange(server.port(), post(kInvoke, "next")).status, 429);
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(), "exit 0");
  EXPECT_THAT(server.out(), HasSubstr("main returns"));
  EXPECT_THAT(server.out(), HasSubstr("platform.report"));
}

TEST(Lambda, RefusesOtherRoutesAndMethods) {
  ServerProcess server = lambda();
  EXPECT_EQ(exchange(server.port(), get("/")).status, 405);
  EXPECT_EQ(exchange(server.port(), get(kInvoke)).status, 405);
  EXPECT_EQ(exchange(server.port(), post("/elsewhere", "")).status, 404);
  EXPECT_EQ(exchange(server.port(), post("/2015-03-31/functions/other/invocations", "")).status, 404);
  EXPECT_EQ(exchange(server.port(), get("/health/readiness")).body, "READY");
}

TEST(Lambda, TimesOut) {
  ServerProcess server = lambda({"FAASC_TIMEOUT=200ms"});
  Response response = exchange(server.port(), post(kInvoke, "sleep"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "Task timed out after 0.20 seconds");
  EXPECT_EQ(response.header("x-amz-function-error"), "Unhandled");
  ServerProcess plain = lambda({"FAASC_TIMEOUT=200ms"});
  EXPECT_EQ(exchange(plain.port(), post("/", "sleep")).status, 504);
}

TEST(Lambda, LimitsResponses) {
  ServerProcess server = lambda({"FAASC_RESPONSE_SIZE=1024"});
  Response response = exchange(server.port(), post(kInvoke, "big"));
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("Function.ResponseSizeTooLarge"));
}

TEST(Lambda, WritesTheLinesOfTheService) {
  ServerProcess server = lambda({"FAASC_LOG_FORMAT=text"});
  std::string const id = exchange(server.port(), post(kInvoke, "log")).header("x-amzn-requestid");
  EXPECT_THAT(server.out(), HasSubstr("START RequestId: " + id + " Version: $LATEST\n[ERROR] ["));
  EXPECT_THAT(server.out(), HasSubstr("] tag log and 7\nEND RequestId: " + id + "\nREPORT RequestId: " + id +
                                      "\tDuration: "));
}

TEST(Lambda, TurnsRequestsIntoEventsOfAFunctionUrl) {
  ServerProcess server = lambda({"FAASC_LAMBDA_EVENT=url-v2"});
  Response response = exchange(server.port(), get("/a/b?x=1&x=2", "Cookie: k=v; l=w\r\n"));
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body,
              HasSubstr(R"("rawPath":"/a/b","rawQueryString":"x=1&x=2","cookies":["k=v","l=w"])"));
  EXPECT_THAT(response.body, HasSubstr(R"("queryStringParameters":{"x":"1,2"})"));
  // The invocation route takes events as they are.
  EXPECT_EQ(exchange(server.port(), post(kInvoke, "[1]")).body, "[1]");
}

}  // namespace
}  // namespace faasc::rt
