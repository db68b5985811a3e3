// A typed function, over a socket.

#include <gtest/gtest.h>

#include "test/client.h"
#include "test/server_process.h"

namespace faasc::rt {
namespace {

TEST(Typed, AnswersWithJson) {
  ServerProcess server({}, {}, FAASC_TEST_TYPED);
  struct Case {
    std::string body;
    int status;
    std::string answer;
  };
  Case const cases[] = {
      {R"({"item": "tea", "count": 4, "unknown": [1, {}]})", 200, "6"},
      {R"({"item": "tea"})", 200, "1.5"},
      {R"({"item": "none"})", 404, R"({"status":404,"why":"out of stock"})"},
      {R"({"item": "odd"})", 500, R"({"status":42,"why":"not a status"})"},
      {R"({"item": "invalid"})", 400, R"({"message":"no such item"})"},
      {R"({"item": "throw"})", 500,
       R"({"message":"standard C++ exception thrown by the function: broken","severity":"error"})"},
      {R"({"item": "nan"})", 500,
       R"({"message":"the function's result cannot be written as JSON: a number is infinite or NaN, which JSON does not have","severity":"error"})"},
      {R"({"item": "tea", "count": 256})", 400,
       R"({"message":"/count: expected integer from 0 to 255, found number 256","pointer":"/count","expected":"integer from 0 to 255","found":"number 256"})"},
      {R"({})", 400,
       R"({"message":"/item: expected string, found nothing","pointer":"/item","expected":"string","found":"nothing"})"},
      {"", 400,
       R"({"message":"the body: expected object, found nothing","pointer":"","expected":"object","found":"nothing"})"},
  };
  for (Case const& c : cases) {
    SCOPED_TRACE(c.body);
    Response response = exchange(server.port(), post("/", c.body));
    EXPECT_EQ(response.status, c.status);
    EXPECT_EQ(response.body, c.answer);
    EXPECT_EQ(response.header("content-type"), "application/json");
  }
}

TEST(Typed, ShowsItsDocumentAndRefusesOtherMethods) {
  ServerProcess server({}, {}, FAASC_TEST_TYPED);
  EXPECT_EQ(exchange(server.port(), get("/openapi.json")).body, "{\"openapi\":\"3.1.0\"}");
  EXPECT_EQ(exchange(server.port(), post("/openapi.json", "{}")).status, 405);
  Response response = exchange(server.port(), get("/"));
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.header("allow"), "POST");
}

}  // namespace
}  // namespace faasc::rt
