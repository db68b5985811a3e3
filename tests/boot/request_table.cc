#include "tests/boot/request_table.h"

#include "runtimes/cpp/test/client.h"

namespace faasc {
namespace {

using rt::get;
using rt::post;
using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kBodyLimit = 6 << 20;

RequestRow row(std::string name, std::string bytes, ExpectedAnswer answer) {
  return {.name = std::move(name), .steps = {{std::move(bytes), {std::move(answer)}}}};
}

RequestRow refused(std::string name, std::string bytes, int status) {
  RequestRow result = row(std::move(name), std::move(bytes),
                          {.status = status, .body_is_part = true, .headers = {{"connection", "close"}}});
  result.closes = true;
  return result;
}

std::string head(std::string_view target) {
  return "HEAD " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n\r\n";
}

/// A request that the function answers well, taken apart so that it can be sent in many ways.
struct GoodRequest {
  std::string target, headers, body;
  ExpectedAnswer answer;
  std::string whole(std::string_view more = {}) const {
    return post(target, body, headers + std::string(more));
  }
  std::string start(std::string_view version = "1.1") const {
    return "POST " + target + " HTTP/" + std::string(version) + "\r\nHost: test\r\n" + headers;
  }
  std::string length() const { return "Content-Length: " + std::to_string(body.size()) + "\r\n"; }
};

/// What every kind has to do with any request, the function's business being only the good one.
std::vector<RequestRow> shared_rows(const GoodRequest& good, const std::string& slow) {
  std::vector<RequestRow> rows;
  auto add = [&](RequestRow next) { rows.push_back(std::move(next)); };
  add(row("a good request", good.whole(), good.answer));

  std::string half = good.body.substr(0, good.body.size() / 2), rest = good.body.substr(half.size());
  auto chunk = [](const std::string& bytes) {
    char size[16];
    std::snprintf(size, sizeof size, "%zX", bytes.size());
    return std::string(size) + ";name=value\r\n" + bytes + "\r\n";
  };
  add({.name = "chunked, in pieces",
       .steps = {{good.start() + "Transfer-Encoding: chunked\r\n\r\n" + chunk(half).substr(0, 3), {}},
                 {chunk(half).substr(3) + chunk(rest), {}},
                 {"0\r\nX-Trailer: not a header\r\n\r\n", {good.answer}},
                 {good.whole(), {good.answer}}}});
  add({.name = "pipelined",
       .steps = {{good.whole() + good.whole() + good.whole(), {good.answer, good.answer, good.answer}}}});
  add({.name = "Expect: 100-continue",
       .steps = {{good.start() + good.length() + "Expect: 100-continue\r\n\r\n",
                  {{.status = 100, .bodiless = true}}},
                 {good.body, {good.answer}}}});
  add(refused("another expectation", good.whole("Expect: a-miracle\r\n"), 417));
  add({.name = "line breaks between requests",
       .steps = {{good.whole() + "\r\n\r\n" + good.whole(), {good.answer, good.answer}}}});
  add({.name = "HTTP/1.0",
       .steps = {{good.start("1.0") + good.length() + "\r\n" + good.body, {good.answer}}},
       .closes = true});
  add({.name = "Connection: close",
       .steps = {{good.whole("Connection: close\r\n"), {good.answer}}},
       .closes = true});
  ExpectedAnswer echoed = good.answer;
  echoed.headers.emplace_back("function-execution-id", "id-1");
  add(row("an execution id is echoed", good.whole("Function-Execution-Id: id-1\r\n"), echoed));

  for (std::string path : {"/robots.txt", "/favicon.ico"}) add(row(path, get(path), {.status = 404}));
  for (auto [path, word] : {std::pair("/health/readiness", "READY"),
                            {"/_/ready", "READY"},
                            {"/health/liveness", "ALIVE"},
                            {"/_/health", "ALIVE"}}) {
    add(row(path, get(path), {.body = word}));
    add(row(std::string("HEAD ") + path, head(path),
            {.headers = {{"content-length", "5"}}, .bodiless = true}));
  }

  add(refused("not HTTP", "\x16\x03\x01 hello\r\n\r\n", 400));
  add(refused("a method with a space", "GE T / HTTP/1.1\r\nHost: test\r\n\r\n", 400));
  add(refused("a version from the future", "GET / HTTP/9.9\r\nHost: test\r\n\r\n", 400));
  add(refused("no Host", "GET / HTTP/1.1\r\n\r\n", 400));
  add(refused("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400));
  add(refused("a space before the colon", "GET / HTTP/1.1\r\nHost : test\r\n\r\n", 400));
  add(refused("two lengths", good.start() + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400));
  add(refused("a length and chunks",
              good.start() + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400));
  add(refused("a negative length", good.start() + "Content-Length: -1\r\n\r\n", 400));
  add(refused("a chunk of no number", good.start() + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n", 400));
  add(refused("another coding", good.start() + "Transfer-Encoding: gzip\r\n\r\n", 501));
  add(refused("a body over the limit",
              good.start() + "Content-Length: " + std::to_string(kBodyLimit + 4096) + "\r\n\r\n", 413));
  add(refused("a chunk over the limit", good.start() + "Transfer-Encoding: chunked\r\n\r\n700000\r\n", 413));
  add(refused("a body over the limit, refused before it is sent",
              good.start() + "Content-Length: 1073741824\r\nExpect: 100-continue\r\n\r\n", 413));
  add(refused("a header over 1 MiB", good.start() + "X-Long: " + std::string(1100 << 10, 'x'), 431));

  RequestRow busy = row("while as many are busy as may be", good.whole(),
                        {.status = 429, .body_is_part = true, .headers = {{"retry-after", "1"}}});
  busy.while_busy = slow;
  add(std::move(busy));
  add(row("after that", good.whole(), good.answer));
  return rows;
}

std::vector<RequestRow> http_rows() {
  ExpectedAnswer crash{
      .status = 500,
      .body =
          R"({"message":"standard C++ exception thrown by the function: out of stock","severity":"error"})",
      .headers = {{"x-google-status", "crash"}, {"content-type", "application/json"}}};
  std::vector<RequestRow> rows{
      row("a query", get("/a%20b?c=d&e"), {.body = "GET /a%20b?c=d&e []"}),
      row("DELETE", "DELETE /x HTTP/1.1\r\nHost: test\r\n\r\n", {.body = "DELETE /x []"}),
      row("a method of one's own", "BREW /pot HTTP/1.1\r\nHost: test\r\n\r\n", {.body = "BREW /pot []"}),
      row("HEAD", head("/a"),
          {.headers = {{"content-length", "10"}, {"content-type", "text/plain"}}, .bodiless = true}),
      row("HEAD of what is chunked", head("/chunked"),
          {.headers = {{"transfer-encoding", "chunked"}}, .bodiless = true}),
      row("bytes that are no text", post("/\xff", std::string("\0\xff\xfe", 3)),
          {.body = "POST /\xff [" + std::string("\0\xff\xfe", 3) + "]"}),
      row("201", get("/status/201"), {.status = 201, .body = "body"}),
      row("204", get("/status/204"),
          {.status = 204, .headers = {{"content-length", "(none)"}}, .bodiless = true}),
      row("304", get("/status/304"), {.status = 304, .bodiless = true}),
      row("418", get("/status/418"), {.status = 418, .body = "body"}),
      row("a status that is none", get("/status/99"),
          {.status = 500, .body = "status 99", .body_is_part = true}),
      row("a header that is none", get("/bad-header"),
          {.status = 500, .body = "X-Bad", .body_is_part = true}),
      row("an answer in chunks", get("/chunked"),
          {.body = "in a chunk",
           .headers = {{"transfer-encoding", "chunked"}, {"content-length", "(none)"}}}),
      row("6 MiB in", post("/size", std::string(kBodyLimit, 'x')), {.body = "6291456"}),
      row("6 MiB out", get("/big/6291456"), {.body = std::string(kBodyLimit, 'x')}),
      row("an exception", get("/throw"), crash),
      row("too long", get("/sleep/2600"), {.status = 504, .body = "Task timed out after 2.00 seconds"}),
  };
  // The event before it has been answered, and may still have the one place that there is.
  for (RequestRow& row : rows)
    if (row.name == "a dry run") row.waits = true;
  return rows;
}

std::string structured(const std::string& type, const std::string& more) {
  return R"({"specversion":"1.0","id":"s1","source":"//test","type":")" + type + "\"" + more + "}";
}

RequestRow event(std::string name, std::string bytes, std::string line) {
  RequestRow result = row(std::move(name), std::move(bytes), {});
  result.console = "event " + std::move(line);
  return result;
}

const std::string kBinary = "ce-specversion: 1.0\r\nce-id: b1\r\nce-source: //test\r\nce-type: ";

std::vector<RequestRow> event_rows() {
  const std::string structured_type = "Content-Type: application/cloudevents+json\r\n";
  const std::string batch_type = "Content-Type: application/cloudevents-batch+json; charset=utf-8\r\n";
  const std::string json = "Content-Type: application/json\r\n";
  auto bad = [](std::string name, std::string bytes, std::string why) {
    return row(std::move(name), std::move(bytes),
               {.status = 400, .body = std::move(why), .body_is_part = true});
  };
  return {
      event("binary", post("/", "hi", kBinary + "test.a\r\nContent-Type: text/plain\r\nce-subject: s\r\n"),
            "b1|//test|test.a|s|text/plain|hi"),
      event("binary, percent-encoded",
            post("/", "", kBinary + "test.a\r\nce-subject: Euro%20%E2%82%AC%2520\r\n"),
            "b1|//test|test.a|Euro \xE2\x82\xAC%20|-|"),
      event("binary with JSON", post("/any/path", "{}", json + kBinary + "test.a\r\n"),
            "b1|//test|test.a|-|application/json|{}"),
      event("structured",
            post("/", structured("test.b", R"(,"subject":"x","data":{"a":[1,2]})"), structured_type),
            "s1|//test|test.b|x|-|{\"a\":[1,2]}"),
      event("structured, base64",
            post("/", structured("test.b", R"(,"datacontenttype":"text/plain","data_base64":"aGk=")"),
                 structured_type),
            "s1|//test|test.b|-|text/plain|hi"),
      event("batch",
            post("/",
                 "[" + structured("test.c", R"(,"data":1)") + "," + structured("test.d", R"(,"data":"two")") +
                     "]",
                 batch_type),
            "s1|//test|test.d|-|-|two"),
      row("a batch of none", post("/", "[]", batch_type), {}),
      event(
          "legacy Pub/Sub",
          post(
              "/",
              R"({"context":{"eventId":"l1","timestamp":"2020-09-29T11:32:00.000Z","eventType":"google.pubsub.topic.publish","resource":{"service":"pubsub.googleapis.com","name":"projects/p/topics/t","type":"type.googleapis.com/google.pubsub.v1.PubsubMessage"}},"data":{"@type":"t","attributes":{"a":"b"},"data":"dGVzdA=="}})",
              json),
          "l1|//pubsub.googleapis.com/projects/p/topics/"
          "t|google.cloud.pubsub.topic.v1.messagePublished|-|application/json|"),
      event(
          "legacy Storage",
          post(
              "/",
              R"({"context":{"eventId":"l2","timestamp":"2020-09-29T11:32:00.000Z","eventType":"google.storage.object.finalize","resource":{"service":"storage.googleapis.com","name":"projects/_/buckets/b/objects/o","type":"storage#object"}},"data":{"bucket":"b","name":"o"}})",
              json),
          "l2|//storage.googleapis.com/projects/_/buckets/b|google.cloud.storage.object.v1.finalized|objects/"
          "o|application/json|"),
      event("6 MiB",
            post("/", std::string(kBodyLimit, 'x'), kBinary + "test.a\r\nContent-Type: text/plain\r\n"),
            "b1|//test|test.a|-|text/plain|6291456 bytes"),
      row("GET", get("/"), {.status = 405, .body_is_part = true, .headers = {{"allow", "POST"}}}),
      row("HEAD", head("/"), {.status = 405, .headers = {{"allow", "POST"}}, .bodiless = true}),
      bad("no event at all", post("/", "hi", "Content-Type: text/plain\r\n"),
          "the event has no header 'ce-id'"),
      bad("no type", post("/", "", "ce-id: 1\r\nce-source: s\r\n"), "the event has no header 'ce-type'"),
      bad("JSON that is no event", post("/", "{}", json), "message"),
      bad("broken JSON", post("/", "{\"id\":", structured_type), "message"),
      bad("JSON too deep", post("/", std::string(100000, '['), structured_type), "message"),
      bad("JSON that is not UTF-8", post("/", structured("\xff", ""), structured_type), "message"),
      bad("a header that is not UTF-8", post("/", "", kBinary + "%FF\r\n"), "UTF-8"),
      bad("a batch that is none", post("/", "{}", batch_type), "array"),
      row("an exception", post("/", "", kBinary + "test.throw\r\n"),
          {.status = 500,
           .body =
               R"({"message":"standard C++ exception thrown by the function: out of stock","severity":"error"})",
           .headers = {{"x-google-status", "crash"}}}),
      row("too long", post("/", "2600", kBinary + "test.sleep\r\n"),
          {.status = 504, .body = "Task timed out after 2.00 seconds"}),
  };
}

std::vector<RequestRow> lambda_rows() {
  const std::string invoke = "/2015-03-31/functions/function/invocations";
  const Headers unhandled{{"x-amz-function-error", "Unhandled"}, {"x-amz-executed-version", "$LATEST"}};
  auto error = [](const char* message, const char* type) {
    return std::string(R"({"errorMessage":")") + message + R"(","errorType":")" + type +
           R"(","stackTrace":[]})";
  };
  std::string large = "\"" + std::string(kBodyLimit - 2, 'x') + "\"";
  std::vector<RequestRow> rows{
      row("invoke", post(invoke, "{\"a\":1}"),
          {.body = "{\"a\":1}",
           .headers = {{"x-amz-executed-version", "$LATEST"},
                       {"x-amz-function-error", "(none)"},
                       {"content-type", "application/json"}}}),
      row("invoke by name", post("/2015-03-31/functions/lambda/invocations", "1"), {.body = "1"}),
      row("invoke another", post("/2015-03-31/functions/other/invocations", "1"),
          {.status = 404,
           .body_is_part = true,
           .headers = {{"x-amzn-errortype", "ResourceNotFoundException"}}}),
      row("another path", post("/x", "1"), {.status = 404, .body_is_part = true}),
      row("an event", post(invoke, "2", "X-Amz-Invocation-Type: Event\r\n"), {.status = 202}),
      row("a dry run", post(invoke, "3", "X-Amz-Invocation-Type: DryRun\r\n"),
          {.status = 204, .bodiless = true}),
      row("a type that is none", post(invoke, "4", "X-Amz-Invocation-Type: Wish\r\n"),
          {.status = 400, .body_is_part = true}),
      row("a context that is none", post(invoke, "5", "X-Amz-Client-Context: %\r\n"),
          {.status = 400, .body_is_part = true}),
      row("GET", get("/"), {.status = 405, .body_is_part = true, .headers = {{"allow", "POST"}}}),
      row("GET invoke", get(invoke), {.status = 405, .body_is_part = true, .headers = {{"allow", "POST"}}}),
      row("6 MiB both ways", post(invoke, large), {.body = large}),
      row("an answer over the limit", post(invoke, "\"big\""),
          {.body = "Function.ResponseSizeTooLarge", .body_is_part = true, .headers = unhandled}),
      row("a failure", post(invoke, "\"fail\""),
          {.body = error("sold out", "StockError"), .headers = unhandled}),
      row("a failure of /", post("/", "\"fail\""),
          {.status = 500,
           .body = error("sold out", "StockError"),
           .headers = {{"x-google-status", "error"}}}),
      row("an exception", post(invoke, "\"throw\""),
          {.body = error("out of stock", "std::out_of_range"), .headers = unhandled}),
      row("an exception of /", post("/", "\"throw\""),
          {.status = 500, .body_is_part = true, .headers = {{"x-google-status", "crash"}}}),
      row("bytes that are no text", post("/", "\xff\xfe"), {.body = "\xff\xfe"}),
      row("too long", post("/", "\"sleep\""), {.status = 504, .body = "Task timed out after 2.00 seconds"}),
  };
  // The event before it has been answered, and may still have the one place that there is.
  for (RequestRow& row : rows)
    if (row.name == "a dry run") row.waits = true;
  return rows;
}

std::vector<RequestRow> typed_rows() {
  auto wrong = [](std::string name, std::string body, const char* pointer, const char* expected,
                  const char* found) {
    std::string where = *pointer == '\0' ? "the body" : pointer;
    return row(std::move(name), post("/", body),
               {.status = 400,
                .body = R"({"message":")" + where + ": expected " + expected + ", found " + found +
                        R"(","pointer":")" + pointer + R"(","expected":")" + expected + R"(","found":")" +
                        found + "\"}",
                .headers = {{"content-type", "application/json"}}});
  };
  auto bad = [](std::string name, std::string body) {
    return row(std::move(name), post("/", body),
               {.status = 400, .body = "\"pointer\"", .body_is_part = true});
  };
  return {
      row("defaults", post("/", "{\"lines\":[]}"), {.body = R"({"total":0,"note_bytes":0})"}),
      row("white space and escapes", post("/", " {\"no\\u0074e\" : \"\xC3\xA9\\n\", \"lines\" : [ ] } \r\n"),
          {.body = R"({"total":0,"note_bytes":3})"}),
      row("6 MiB", post("/", "{\"lines\":[],\"note\":\"" + std::string(kBodyLimit - 22, 'x') + "\"}"),
          {.body = R"({"total":0,"note_bytes":6291434})"}),
      wrong("a wrong type", R"({"lines":[{"article":"a","count":"x"}]})", "/lines/0/count",
            "integer from 0 to 255", "string"),
      wrong("out of range", R"({"lines":[{"article":"a","count":256}]})", "/lines/0/count",
            "integer from 0 to 255", "number 256"),
      bad("nothing", ""),
      bad("half of something", "{\"lines\":["),
      bad("too deep", std::string(100000, '[')),
      bad("not UTF-8", "{\"lines\":[],\"note\":\"\xff\"}"),
      row("an argument that is none", post("/", R"({"lines":[{"article":"none"}]})"),
          {.status = 400, .body = R"({"message":"no such article"})"}),
      row("an exception", post("/", R"({"lines":[{"article":"last"}]})"),
          {.status = 500,
           .body =
               R"({"message":"standard C++ exception thrown by the function: out of stock","severity":"error"})",
           .headers = {{"x-google-status", "crash"}}}),
      row("GET", get("/"), {.status = 405, .body_is_part = true, .headers = {{"allow", "POST"}}}),
      row("its document", get("/openapi.json"),
          {.body = "\"openapi\": \"3.1.0\"",
           .body_is_part = true,
           .headers = {{"content-type", "application/json"}}}),
      row("its document, posted to", post("/openapi.json", "{}"), {.status = 405, .body_is_part = true}),
      row("too long", post("/", R"({"lines":[],"sleep_ms":2600})"),
          {.status = 504, .body = "Task timed out after 2.00 seconds"}),
  };
}

RequestKind kind(std::string name, std::vector<std::string> files, const GoodRequest& good, std::string slow,
                 std::string slow_answer, std::vector<RequestRow> own) {
  RequestKind result{.name = std::move(name), .files = std::move(files), .rows = shared_rows(good, slow)};
  result.slow_request = std::move(slow);
  result.slow_answer = std::move(slow_answer);
  // What takes too long still runs when it has been answered, so that comes last.
  result.rows.insert(result.rows.end(), std::make_move_iterator(own.begin()),
                     std::make_move_iterator(own.end()));
  result.rows.push_back(row("when that is over", good.whole(), good.answer));
  result.rows.back().waits = true;
  return result;
}

}  // namespace

std::vector<RequestKind> request_kinds() {
  GoodRequest http{"/echo?x",
                   "Content-Type: text/plain\r\n",
                   "payload",
                   {.body = "POST /echo?x [payload]", .headers = {{"content-type", "text/plain"}}}};
  std::vector<RequestKind> kinds;
  kinds.push_back(kind("http", {"http/faas.yaml", "http/answer.h", "http/answer.cc"}, http,
                       get("/sleep/1500"), "slept", http_rows()));
  kinds.push_back(kind("server", {"server/faas.yaml", "server/main.cc", "http/answer.h", "http/answer.cc"},
                       http, get("/sleep/1500"), "slept", http_rows()));
  kinds.push_back(kind("cloudevent", {"cloudevent/faas.yaml", "cloudevent/consume.cc"},
                       {"/", "Content-Type: text/plain\r\n" + kBinary + "test.a\r\n", "payload", {}},
                       post("/", "1500", kBinary + "test.sleep\r\n"), "", event_rows()));
  kinds.push_back(kind("lambda", {"lambda/faas.yaml", "lambda/main.cc"},
                       {"/", "Content-Type: application/json\r\n", "{\"key\":1}", {.body = "{\"key\":1}"}},
                       post("/", "\"nap\""), "\"nap\"", lambda_rows()));
  kinds.back().concurrency = 1;
  kinds.push_back(
      kind("typed", {"typed/faas.yaml", "typed/price.cc"},
           {"/",
            "Content-Type: application/json\r\n",
            R"({"lines":[{"article":"a","count":2,"each":1.5}]})",
            {.body = R"({"total":3,"note_bytes":0})", .headers = {{"content-type", "application/json"}}}},
           post("/", R"({"lines":[],"sleep_ms":1500})"), R"({"total":0,"note_bytes":0})", typed_rows()));
  return kinds;
}

}  // namespace faasc
