#include "src/lambda_url.h"

#include <gtest/gtest.h>

namespace faasc::rt {
namespace {

TEST(LambdaUrl, MakesTheEvent) {
  google::cloud::functions::HttpRequest request;
  request.set_verb("POST").set_target("/a%20b?q=a+b&q=%63&flag").set_payload("\xFF\x01");
  request.add_header("Host", "h.example").add_header("X-Forwarded-For", "192.0.2.1, 192.0.2.2");
  request.add_header("Cookie", "a=1; b=2").add_header("Content-Type", "image/png");
  LambdaSettings settings;
  settings.name = "shop";
  EXPECT_EQ(
      url_event(request, settings, "id-1", 1583348638390),
      R"({"version":"2.0","routeKey":"$default","rawPath":"/a%20b","rawQueryString":"q=a+b&q=%63&flag",)"
      R"("cookies":["a=1","b=2"],"headers":{"content-type":"image/png","host":"h.example",)"
      R"("x-forwarded-for":"192.0.2.1, 192.0.2.2"},"queryStringParameters":{"flag":"","q":"a b,c"},)"
      R"("requestContext":{"accountId":"anonymous","apiId":"shop","domainName":"h.example","domainPrefix":"shop",)"
      R"("http":{"method":"POST","path":"/a%20b","protocol":"HTTP/1.1","sourceIp":"192.0.2.1","userAgent":""},)"
      R"("requestId":"id-1","routeKey":"$default","stage":"$default","time":"04/Mar/2020:19:03:58 +0000",)"
      R"("timeEpoch":1583348638390},"body":"/wE=","isBase64Encoded":true})");
}

TEST(LambdaUrl, MakesTheResponse) {
  Reply reply = url_reply(
      R"({"statusCode":201,"headers":{"X-A":"b","N":1},"cookies":["a=1","b=2"],"body":"aGk=","isBase64Encoded":true})");
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.body, "hi");
  EXPECT_EQ(reply.headers, (Reply::Headers{{"X-A", "b"},
                                           {"N", "1"},
                                           {"Set-Cookie", "a=1"},
                                           {"Set-Cookie", "b=2"},
                                           {"Content-Type", "application/json"}}));
  EXPECT_EQ(url_reply(R"({"statusCode":"404"})").status, 404);
  EXPECT_EQ(url_reply(R"({"statusCode":204,"body":null})").body, "");
  // Without a status code the result is the body.
  for (char const* text : {"{\"a\": 1}", "[1]", "\"x\"", "not JSON", ""}) {
    EXPECT_EQ(url_reply(text).status, 200) << text;
    EXPECT_EQ(url_reply(text).body, text);
  }
}

TEST(LambdaUrl, AMalformedResponseIs502) {
  for (char const* text :
       {R"({"statusCode":99})", R"({"statusCode":"abc"})", R"({"statusCode":200,"headers":[]})",
        R"({"statusCode":200,"headers":{"a b":"c"}})", R"({"statusCode":200,"headers":{"a":"x\r\ny: z"}})",
        R"({"statusCode":200,"body":{}})", R"({"statusCode":200,"body":"*","isBase64Encoded":true})",
        R"({"statusCode":200,"cookies":["a\nb"]})"})
    EXPECT_EQ(url_reply(text).status, 502) << text;
}

}  // namespace
}  // namespace faasc::rt
