// Every kind of Python function, on both kernel families, against one table of requests: what all of them
// answer alike, and what each answers in its own way.

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/system/faasc_run.h"
#include "tests/system/request_table.h"

namespace faasc {
namespace {

using Row = RequestRow;

struct Kind {
  std::string name, manifest, source;
  std::vector<Row> rows;
  bool serves_itself = false;  ///< nothing of the common table is faasc's to answer
};

void PrintTo(const Kind& kind, std::ostream* out) {
  *out << kind.name;
}

// What the function sees around it, printed by whatever request asks for it.
constexpr const char* kSurroundings = R"(import os, sys, time
def world():
    names = "PORT FUNCTION_TARGET FUNCTION_SIGNATURE_TYPE K_SERVICE K_REVISION K_CONFIGURATION"
    print("WORLD", os.getcwd(), *[os.environ.get(name) for name in names.split()])
    sys.stderr.write("and on standard error\n")
)";

std::string world(const std::string& target, const std::string& kind) {
  return "{log_regex: 'WORLD /var/task 8080 " + target + " " + kind + " kinds kinds-0.0.0 kinds'}";
}

const char* const kCrashed =
    "{status: 500, headers: {x-google-status: crash}, body: '500 Internal Server Error: The server "
    "encountered an "
    "internal error and was unable to complete your request. Either the server is overloaded or there is an "
    "error in "
    "the application.', log_regex: '^ValueError: no tea$'}";

// The same of functions_framework.aio.
const char* const kCrashedPlainly =
    "{status: 500, headers: {x-google-status: crash}, body: Internal Server Error, log_regex: '^ValueError: "
    "no tea$'}";

// What a handler takes that answers like a Flask view.
std::vector<Row> http_rows(const std::string& target) {
  return {
      {"a method", "{method: PATCH, path: '/a/b%20c?q=%C3%A9&q=2', body: tea}",
       "{status: 201, headers: {x-kind: http, function-execution-id: abc123}, "
       "body_json: {method: PATCH, path: '/a/b c', q: [é, '2'], body: tea, real: true}}"},
      {"a head", "{method: HEAD, path: /}", "{status: 201, body: ''}"},
      {"options", "{method: OPTIONS, path: /x}", "{status: 201, body_json: {method: OPTIONS}}"},
      {"raises", "{path: /raise}", kCrashed},
      {"aborts", "{path: /abort}", "{status: 418, body_regex: teapot}"},
      {"nothing", "{path: /nothing}", "{status: 500, headers: {x-google-status: crash}}"},
      {"streams", "{path: /stream}", "{status: 200, body: onetwo}"},
      {"surroundings", "{path: /world}", world(target, "http")},
  };
}

std::string http_body(const std::string& request) {
  std::string text =
      "    path = R.path\n"
      "    if path == '/raise': raise ValueError('no tea')\n"
      "    if path == '/abort': flask.abort(418)\n"
      "    if path == '/nothing': return None\n"
      "    if path == '/stream': return flask.Response(iter(['one', 'two']))\n"
      "    if path == '/sleep': time.sleep(2.3)\n"
      "    if path == '/world': world()\n"
      "    return flask.jsonify(method=R.method, path=path, q=R.args.getlist('q'), "
      "body=R.get_data(as_text=True),\n"
      "                         real=isinstance(R, flask.Request) and R == flask.request), 201, {'X-Kind': "
      "'http'}\n";
  for (std::size_t at = 0; (at = text.find("R.", at)) != std::string::npos;) text.replace(at, 1, request);
  for (std::string from : {"(R,", " R ="}) {
    std::size_t at = text.find(from);
    if (at != std::string::npos) text.replace(at + 1, 1, request);
  }
  return text;
}

std::vector<Row> event_rows(const std::string& crashed = kCrashed) {
  const std::string binary = "cloudevent: {id: '1', source: //pubsub.googleapis.com/projects/p/topics/t, ";
  return {
      {"binary",
       "{" + binary + "type: google.cloud.pubsub.topic.v1.messagePublished, data: {message: {data: aGk=}}}}",
       "{status: 200, body: OK, log_regex: '^EVENT 1 .*aGk='}"},
      {"structured", "{cloudevent: {mode: structured, id: '2', type: t, data: {item: tée}}}",
       "{status: 200, body: OK, log_regex: '^EVENT 2 .*tée'}"},
      {"of old",
       "{headers: {content-type: application/json}, body: '{\"context\": {\"eventId\": \"7\", \"timestamp\": "
       "\"2020-01-01T00:00:00Z\", \"eventType\": \"google.storage.object.finalize\", \"resource\": "
       "{\"service\": "
       "\"storage.googleapis.com\", \"name\": \"projects/_/buckets/b/objects/f\"}}, \"data\": {\"a\": 1}}'}",
       "{status: 200, body: OK, log_regex: '^EVENT 7 .*a'}"},
      {"no event", "{headers: {content-type: application/json}, body: '{}'}", "{status: 400}"},
      {"no JSON", "{headers: {content-type: application/cloudevents+json}, body: '{'}", "{status: 400}"},
      {"raises", "{cloudevent: {id: raise, type: t, data: {}}}", crashed},
  };
}

const char* const kInvoke = "path: /2015-03-31/functions/function/invocations";

std::vector<Kind> kinds() {
  const std::string invoke = kInvoke;
  return {
      {"http", "handler: main.hello\n",
       "import flask, functions_framework as ff\n"
       "@ff.http\n"
       "def hello(request):\n" +
           http_body("request"),
       with(http_rows("main.hello"), {{"too long", "{path: /sleep}",
                                       "{status: 504, body: Task timed out after 2.00 seconds, log_regex: "
                                       "'took longer than 2.00 seconds'}"},
                                      {"still there", "{path: /after}", "{status: 201}"}})},
      {"http_bare", "handler: shop.hello\n",
       "import flask\ndef hello(request: flask.Request):\n" + http_body("request"), http_rows("shop.hello")},
      {"aio_http",
       "handler: main.hello\n",
       "import asyncio, functions_framework.aio\n"
       "from starlette.exceptions import HTTPException\n"
       "from starlette.requests import Request\n"
       "from starlette.responses import JSONResponse, StreamingResponse\n"
       "async def pieces():\n"
       "    yield 'one'\n"
       "    await asyncio.sleep(0.1)\n"
       "    yield 'two'\n"
       "@functions_framework.aio.http\n"
       "async def hello(request):\n"
       "    path = request.url.path\n"
       "    if path == '/raise': raise ValueError('no tea')\n"
       "    if path == '/abort': raise HTTPException(418, 'teapot')\n"
       "    if path == '/nothing': return None\n"
       "    if path == '/text': return 'text', 202\n"
       "    if path == '/stream': return StreamingResponse(pieces())\n"
       "    if path == '/sleep': await asyncio.sleep(2.3)\n"
       "    if path == '/world': world()\n"
       "    return JSONResponse({'method': request.method, 'path': path, 'q': "
       "request.query_params.getlist('q'),\n"
       "                         'body': (await request.body()).decode(), 'real': isinstance(request, "
       "Request)},\n"
       "                        201, {'X-Kind': 'http'})\n",
       {{"a method", "{method: PATCH, path: '/a/b%20c?q=%C3%A9&q=2', body: tea}",
         "{status: 201, headers: {x-kind: http, function-execution-id: abc123}, "
         "body_json: {method: PATCH, path: '/a/b c', q: [é, '2'], body: tea, real: true}}"},
        {"a head", "{method: HEAD, path: /}", "{status: 201, body: ''}"},
        {"raises", "{path: /raise}", kCrashedPlainly},
        {"aborts", "{path: /abort}", "{status: 418, body: teapot}"},
        {"nothing", "{path: /nothing}", "{status: 500, body: No response returned}"},
        {"text", "{path: /text}", "{status: 202, body: text}"},
        {"streams", "{path: /stream}", "{status: 200, headers: {transfer-encoding: chunked}, body: onetwo}"},
        {"surroundings", "{path: /world}", world("main.hello", "http")},
        {"too long", "{path: /sleep}", "{status: 504, body: Task timed out after 2.00 seconds}"},
        {"still there", "{path: /after}", "{status: 201}"}}},
      {"aio_cloudevent", "handler: main.hello\n",
       "from functions_framework import aio\n"
       "@aio.cloud_event\n"
       "async def hello(event):\n"
       "    if event['id'] == 'raise': raise ValueError('no tea')\n"
       "    if event['id'] == 'world': world()\n"
       "    print('EVENT', event['id'], event['type'], event.data)\n",
       with(event_rows(kCrashedPlainly),
            {{"a method", "{method: GET}", "{status: 405, headers: {allow: POST}}"},
             {"surroundings", "{cloudevent: {id: world, data: {}}}", world("main.hello", "cloudevent")}})},
      {"cloudevent", "handler: main.hello\n",
       "from functions_framework import cloud_event\n"
       "@cloud_event\n"
       "def hello(event):\n"
       "    if event['id'] == 'raise': raise ValueError('no tea')\n"
       "    if event['id'] == 'world': world()\n"
       "    print('EVENT', event['id'], event['type'], event.data)\n",
       with(event_rows(),
            {{"batch",
              "{headers: {content-type: application/cloudevents-batch+json}, body: '[{\"id\": \"8\", "
              "\"source\": \"/s\", "
              "\"type\": \"t\", \"specversion\": \"1.0\"}, {\"id\": \"9\", \"source\": \"/s\", \"type\": "
              "\"t\", "
              "\"specversion\": \"1.0\", \"data\": 3}]'}",
              "{status: 200, log_regex: '^EVENT 9 t 3'}"},
             {"a method", "{method: GET}", "{status: 405, headers: {allow: POST}}"},
             {"surroundings", "{cloudevent: {id: world, data: {}}}", world("main.hello", "cloudevent")}})},
      {"event", "handler: main.hello\nsignature: event\n",
       "def hello(data, context):\n"
       "    if context.event_id == 'raise': raise ValueError('no tea')\n"
       "    if context.event_id == 'world': world()\n"
       "    print('EVENT', context.event_id, context.event_type, data)\n",
       with(event_rows(),
            {{"a probe", "{method: GET}", "{status: 200, body: ''}"},
             {"a method", "{method: PUT, body: x}", "{status: 405}"},
             {"surroundings", "{cloudevent: {id: world, data: {}}}", world("main.hello", "event")}})},
      {"lambda",
       "handler: main.lambda_handler\n",
       "def lambda_handler(event, context):\n"
       "    if event == 'raise': raise ValueError('no tea')\n"
       "    if event == 'sleep': time.sleep(2.3)\n"
       "    if event == 'bytes': return b'raw'\n"
       "    if event == 'object': return object()\n"
       "    if event == 'large': return 'x' * (7 << 20)\n"
       "    if event == 'world':\n"
       "        world()\n"
       "        print('LAMBDA', os.environ['LAMBDA_TASK_ROOT'], os.environ['_HANDLER'], "
       "context.function_name,\n"
       "              context.memory_limit_in_mb, context.get_remaining_time_in_millis() > 0, "
       "len(context.aws_request_id),\n"
       "              [name for name in os.environ if 'SECRET' in name or 'TOKEN' in name])\n"
       "    return {'got': event, 'é': 'ü'}\n",
       {{"an event", "{body: '[1, {\"a\": null}]'}", "{status: 200, body_json: {got: [1, {a: null}], é: ü}}"},
        {"an invocation", "{" + invoke + ", body: '{}'}",
         "{status: 200, headers: {x-amz-executed-version: $LATEST, content-type: application/json}, "
         "body_json: {got: {}}, log_regex: '^START RequestId: [-0-9a-f]{36} Version: [$]LATEST'}"},
        {"by its name", "{path: /2015-03-31/functions/kinds/invocations, body: '{}'}",
         "{status: 200, body_json: {got: {}}}"},
        {"reported", "{" + invoke + ", body: '{}'}",
         "{status: 200, log_regex: '^REPORT RequestId: .*Memory Size: 256 MB'}"},
        {"without waiting", "{" + invoke + ", headers: {x-amz-invocation-type: Event}, body: '{}'}",
         "{status: 202, body: ''}"},
        {"a dry run", "{" + invoke + ", headers: {x-amz-invocation-type: DryRun}, body: '{}'}",
         "{status: 204, body: ''}"},
        {"raises", "{" + invoke + ", body: '\"raise\"'}",
         "{status: 200, headers: {x-amz-function-error: Unhandled}, body_json: {errorType: ValueError, "
         "errorMessage: no tea}, "
         "log_regex: 'ValueError: no tea'}"},
        {"raises, asked plainly", "{body: '\"raise\"'}",
         "{status: 500, headers: {x-google-status: error}, body_json: {errorType: ValueError}}"},
        {"raw bytes", "{" + invoke + ", body: '\"bytes\"'}",
         "{status: 200, headers: {content-type: application/unknown}, body: raw}"},
        {"no JSON result", "{" + invoke + ", body: '\"object\"'}",
         "{status: 200, headers: {x-amz-function-error: Unhandled}, body_json: {errorType: "
         "Runtime.MarshalError}}"},
        {"no JSON", "{" + invoke + ", body: '{'}",
         "{status: 200, body_json: {errorType: Runtime.UnmarshalError}}"},
        {"a large result", "{" + invoke + ", body: '\"large\"'}",
         "{status: 200, body_json: {errorType: Function.ResponseSizeTooLarge}}"},
        {"another function", "{path: /2015-03-31/functions/other/invocations, body: '{}'}", "{status: 404}"},
        {"a method", "{method: GET}", "{status: 405}"},
        {"surroundings", "{body: '\"world\"'}", world("main.lambda_handler", "lambda")},
        {"Lambda's surroundings", "{body: '\"world\"'}",
         "{log_regex: 'LAMBDA /var/task main.lambda_handler kinds 256 True 36 \\[\\]'}"},
        {"too long", "{" + invoke + ", body: '\"sleep\"'}",
         "{status: 200, body: Task timed out after 2.00 seconds}"},
        {"busy with that", "{body: '{}'}", "{status: 429}"}}},
      {"typed",
       "handler: main.price\n",
       "import functions_framework\n"
       "class Order:\n"
       "    def __init__(self, item): self.item = item\n"
       "    @staticmethod\n"
       "    def from_dict(values): return Order(values['item'])\n"
       "    def to_dict(self): return {'item': self.item, 'price': 3}\n"
       "@functions_framework.typed\n"
       "def price(order: Order):\n"
       "    if order.item == 'raise': raise ValueError('no tea')\n"
       "    if order.item == 'world': world()\n"
       "    return None if order.item == 'none' else order\n",
       {{"an order", "{body: '{\"item\": \"tée\"}'}",
         "{status: 200, headers: {content-type: application/json}, body_json: {item: tée, price: 3}}"},
        {"nothing", "{body: '{\"item\": \"none\"}'}", "{status: 200, body: ''}"},
        {"another shape", "{body: '{}'}", "{status: 400, body_regex: Order.*item}"},
        {"no JSON", "{body: '{'}", "{status: 400}"},
        {"raises", "{body: '{\"item\": \"raise\"}'}", kCrashed},
        {"surroundings", "{body: '{\"item\": \"world\"}'}", world("main.price", "typed")}}},
      {"asgi",
       "handler: main.handle\n",
       "import asyncio\n"
       "async def handle(scope, receive, send):\n"
       "    message = await receive()\n"
       "    if scope['path'] == '/raise': raise ValueError('no tea')\n"
       "    if scope['path'] == '/sleep': await asyncio.sleep(2.3)\n"
       "    if scope['path'] == '/world': world()\n"
       "    await send({'type': 'http.response.start', 'status': 201, 'headers': [(b'x-kind', b'asgi')]})\n"
       "    await send({'type': 'http.response.body', 'body': scope['method'].encode() + b' ', 'more_body': "
       "True})\n"
       "    await send({'type': 'http.response.body', 'body': scope['raw_path'] + b'?' + "
       "scope['query_string'] + b' '\n"
       "                + message['body']})\n",
       {{"a method", "{method: PUT, path: '/a%20b?q=1', body: tea}",
         "{status: 201, headers: {x-kind: asgi}, body: 'PUT /a%20b?q=1 tea'}"},
        {"raises", "{path: /raise}", kCrashed},
        {"too long", "{path: /sleep}", "{status: 504, body: Task timed out after 2.00 seconds}"},
        {"surroundings", "{path: /world}", world("main.handle", "asgi")}}},
      {"openfaas",
       "handler: handler.handle\nsignature: openfaas\n",
       "def handle(event, context):\n"
       "    if event.path == '/raise': raise ValueError('no tea')\n"
       "    if event.path == '/world': world()\n"
       "    if event.path == '/none': return None\n"
       "    if event.path == '/text': return {'statusCode': 202, 'body': 'tea', 'headers': {'Content-Type': "
       "'text/plain'}}\n"
       "    return {'body': {'method': event.method, 'q': event.query.get('q'), 'x': "
       "event.headers.get('x-y'),\n"
       "                     'body': event.body.decode(), 'host': bool(context.hostname)}}\n",
       {{"a method", "{method: PUT, path: '/?q=1', headers: {X-Y: z}, body: tea}",
         "{status: 200, headers: {content-type: application/json}, "
         "body_json: {method: PUT, q: '1', x: z, body: tea, host: true}}"},
        {"text", "{path: /text}", "{status: 202, headers: {content-type: text/plain}, body: tea}"},
        {"nothing", "{path: /none}", "{status: 200, body: ''}"},
        {"raises", "{path: /raise}", kCrashed},
        {"surroundings", "{path: /world}", world("handler.handle", "openfaas")}}},
      {"server",
       "handler: main\nsignature: server\n",
       "from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer\n"
       "import signal, threading\n"
       "class Shop(BaseHTTPRequestHandler):\n"
       "    def do_GET(self):\n"
       "        if self.path == '/world': world()\n"
       "        self.send_response(200)\n"
       "        self.end_headers()\n"
       "        self.wfile.write(self.path.encode())\n"
       "if __name__ == '__main__':\n"
       "    server = ThreadingHTTPServer(('', int(os.environ['PORT'])), Shop)\n"
       "    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())\n"
       "    server.serve_forever()\n",
       {{"a path", "{path: /robots.txt}", "{status: 200, body: /robots.txt}"},
        {"a method", "{method: PUT, body: x}", "{status: 501}"},
        {"surroundings", "{path: /world}", world("main", "server")}},
       true},
  };
}

std::string manifest_of(const Kind& kind) {
  return "apiVersion: faasc/v1\nname: kinds\nruntime: python\n" + kind.manifest +
         "limits: {timeout: 2s, request_size: 64KiB}\n" +
         to_manifest(kind.serves_itself ? kind.rows : with(kind.rows, common_rows()));
}

class PythonKinds : public testing::TestWithParam<std::tuple<Kind, KernelFamily>> {};

TEST_P(PythonKinds, AnswerTheTable) {
  const auto& [kind, family] = GetParam();
  FAASC_NEEDS(family);
  ProjectRun project;
  std::string handler = kind.manifest.substr(9, kind.manifest.find_first_of(".\n") - 9);
  project.write("faas.yaml", manifest_of(kind));
  project.write(handler + ".py", kSurroundings + kind.source);
  project.write("large", std::string(80 << 10, 'x'));
  Finished finished = project.faasc({"test", "--kernel", std::string(name_of(family))});
  if (finished.err.find("cannot reach the index") != std::string::npos)
    GTEST_SKIP() << "the package index is out of reach";
  EXPECT_EQ(finished.status.code, 0) << finished.out << finished.err;
}

INSTANTIATE_TEST_SUITE_P(All, PythonKinds,
                         testing::Combine(testing::ValuesIn(kinds()),
                                          testing::Values(KernelFamily::Nanos, KernelFamily::Linux)),
                         [](const auto& one) {
                           return std::get<0>(one.param).name + "_on_" +
                                  std::string(name_of(std::get<1>(one.param)));
                         });

}  // namespace
}  // namespace faasc
