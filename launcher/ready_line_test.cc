#include "launcher/ready_line.h"

#include <gtest/gtest.h>

namespace faasc {
namespace {

TEST(ReadyLine, IsToldFromOthers) {
  struct Case {
    const char* line;
    bool ready;
  };
  const Case cases[] = {
      {R"({"severity":"INFO","message":"listening","port":8080,"logger":"faasc"})", true},
      {R"({"logger": "faasc", "message": "listening"})", true},
      {R"({"message":"listening","logger":"mine"})", false},
      {R"({"message":"listening"})", false},
      {R"({"message":"not listening","logger":"faasc"})", false},
      {R"({"message":["listening"],"logger":"faasc"})", false},
      {R"({"severity":"INFO","message":"listening","port":8080,"logger":"faa)", false},
      {R"(["listening"])", false},
      {"{listening", false},
      {"INFO faasc: listening port=8080", true},
      {"INFO faasc: listening", true},
      {"INFO faasc: listeningly", false},
      {"> INFO faasc: listening port=8080", false},
      {"listening", false},
      {"", false},
  };
  for (const Case& c : cases) EXPECT_EQ(says_listening(c.line), c.ready) << c.line;
}

}  // namespace
}  // namespace faasc
