// Every kind of Go function, on each kernel, against one table of requests: what all of them answer alike,
// and what each answers in its own way.

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/process.h"
#include "packager/kernels/kernel_store.h"
#include "tests/system/faasc_run.h"
#include "tests/system/request_table.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

using Row = RequestRow;

struct Kind {
  std::string name, manifest, source;
  std::string modules = {};  ///< a template that has the go.mod and go.sum; empty: none are needed
  std::vector<Row> rows;
  bool serves_itself = false;  ///< nothing of the common table is faasc's to answer
};

void PrintTo(const Kind& kind, std::ostream* out) {
  *out << kind.name;
}

const char* const kPanicked =
    "{status: 500, headers: {x-google-status: crash}, body_regex: '^A panic occurred during user function "
    "execution', "
    "log_regex: 'panic message: no tea'}";

std::string event_of(const std::string& word) {
  return "{cloudevent: {id: '7', source: /s, type: t.x, datacontenttype: application/json, data: {word: " +
         word + "}}}";
}

std::string legacy_of(const std::string& word) {
  return R"({body: '{"context":{"eventId":"7","eventType":"google.storage.object.finalize",)"
         R"("resource":{"service":"storage.googleapis.com","name":"projects/_/buckets/b/objects/o"}},)"
         R"("data":{"word":")" +
         word + R"("}}'})";
}

const std::string kInvoke = "path: /2015-03-31/functions/function/invocations";

std::vector<Kind> kinds() {
  return {
      {.name = "http",
       .manifest = "handler: Hello\n",
       .source = "package kinds\n\nimport (\n\t\"fmt\"\n\t\"io\"\n\t\"net/http\"\n\t\"os\"\n\t\"time\"\n)\n\n"
                 "func Hello(w http.ResponseWriter, r *http.Request) {\n"
                 "\tbody, _ := io.ReadAll(r.Body)\n"
                 "\tswitch r.URL.Path {\n"
                 "\tcase \"/panic\":\n\t\tpanic(\"no tea\")\n"
                 "\tcase \"/sleep\":\n\t\ttime.Sleep(2300 * time.Millisecond)\n"
                 "\tcase \"/none\":\n\t\treturn\n"
                 "\tcase \"/world\":\n"
                 "\t\tfmt.Println(\"WORLD\", os.Getenv(\"PORT\"), os.Getenv(\"FUNCTION_TARGET\"),\n"
                 "\t\t\tos.Getenv(\"FUNCTION_SIGNATURE_TYPE\"), os.Getenv(\"K_SERVICE\"))\n"
                 "\t}\n"
                 "\tw.Header().Set(\"X-Kind\", \"http\")\n"
                 "\tw.WriteHeader(http.StatusCreated)\n"
                 "\tfmt.Fprint(w, r.Method, \" \", r.URL.RequestURI(), \" \", string(body))\n}\n",
       .rows = {{"a method", "{method: PUT, path: '/a%20b?q=1', body: tea}",
                 "{status: 201, headers: {x-kind: http}, body: 'PUT /a%20b?q=1 tea'}"},
                {"nothing", "{path: /none}", "{status: 200, body: ''}"},
                {"panics", "{path: /panic}", kPanicked},
                {"surroundings", "{path: /world}", "{status: 201, log_regex: 'WORLD 8080 Hello http kinds'}"},
                {"too long", "{path: /sleep}", "{status: 504, body_regex: 'timed out after 2'}"}}},
      {.name = "cloudevent",
       .manifest = "handler: Hello\n",
       .source = "package kinds\n\nimport (\n\t\"context\"\n\t\"errors\"\n\t\"fmt\"\n\n"
                 "\t\"github.com/cloudevents/sdk-go/v2/event\"\n)\n\n"
                 "func Hello(ctx context.Context, e event.Event) error {\n"
                 "\tvar data struct{ Word string }\n"
                 "\tif err := e.DataAs(&data); err != nil {\n\t\treturn err\n\t}\n"
                 "\tif data.Word == \"panic\" {\n\t\tpanic(\"no tea\")\n\t}\n"
                 "\tif data.Word == \"fail\" {\n\t\treturn errors.New(\"no tea\")\n\t}\n"
                 "\tfmt.Println(\"EVENT\", e.ID(), e.Source(), e.Type(), e.Subject(), data.Word)\n"
                 "\treturn nil\n}\n",
       .modules = "go-cloudevent",
       .rows = {{"an event", event_of("tea"), "{status: 200, log_regex: 'EVENT 7 /s t.x  tea'}"},
                {"a structured event",
                 "{headers: {content-type: application/cloudevents+json}, body: "
                 R"('{"specversion":"1.0","id":"8","source":"/s","type":"t","data":{"word":"milk"}}'})",
                 "{status: 200, log_regex: 'EVENT 8 /s t  milk'}"},
                {"one of Google's older events", legacy_of("sugar"),
                 "{status: 200, log_regex: 'EVENT 7 //storage.googleapis.com/projects/_/buckets/b "
                 "google.cloud.storage.object.v1.finalized objects/o sugar'}"},
                {"no event", "{body: 'no event'}", "{status: 400, headers: {x-google-status: crash}}"},
                {"a method", "{method: PUT, body: x}", "{status: 405, headers: {allow: POST}}"},
                {"fails", event_of("fail"),
                 "{status: 500, headers: {x-google-status: error}, body_regex: 'Function error: no tea'}"},
                {"panics", event_of("panic"), kPanicked}}},
      {.name = "event",
       .manifest = "handler: Hello\nsignature: event\n",
       .source = "package kinds\n\nimport (\n\t\"context\"\n\t\"errors\"\n\t\"fmt\"\n)\n\n"
                 "type Object struct{ Word string }\n\n"
                 "func Hello(ctx context.Context, o Object) error {\n"
                 "\tif o.Word == \"panic\" {\n\t\tpanic(\"no tea\")\n\t}\n"
                 "\tif o.Word == \"fail\" {\n\t\treturn errors.New(\"no tea\")\n\t}\n"
                 "\tfmt.Println(\"EVENT\", o.Word)\n\treturn nil\n}\n",
       .rows = {{"an older event", legacy_of("tea"), "{status: 200, log_regex: 'EVENT tea'}"},
                {"an event", event_of("milk"), "{status: 200, log_regex: 'EVENT milk'}"},
                {"no event", "{body: 'no event'}", "{status: 400, headers: {x-google-status: crash}}"},
                {"a method", "{method: PUT, body: x}", "{status: 405}"},
                {"fails", legacy_of("fail"), "{status: 500, headers: {x-google-status: error}}"},
                {"panics", legacy_of("panic"), kPanicked}}},
      {.name = "typed",
       .manifest = "handler: Price\nsignature: typed\n",
       .source = "package kinds\n\nimport \"errors\"\n\n"
                 "type Order struct{ Items int }\n"
                 "type Receipt struct {\n\tPrice int `json:\"price\"`\n}\n\n"
                 "func Price(o Order) (*Receipt, error) {\n"
                 "\tif o.Items == 13 {\n\t\tpanic(\"no tea\")\n\t}\n"
                 "\tif o.Items < 0 {\n\t\treturn nil, errors.New(\"no tea\")\n\t}\n"
                 "\treturn &Receipt{3 * o.Items}, nil\n}\n",
       .rows = {{"an order", "{body: '{\"items\": 2}'}",
                 "{status: 200, headers: {content-type: application/json}, body: '{\"price\":6}'}"},
                {"another shape", "{body: '{\"items\": \"x\"}'}",
                 "{status: 400, headers: {x-google-status: crash}}"},
                {"no JSON", "{body: '{'}", "{status: 400}"},
                {"fails", "{body: '{\"items\": -1}'}",
                 "{status: 500, headers: {x-google-status: error}, body_regex: 'Function error: no tea'}"},
                {"panics", "{body: '{\"items\": 13}'}", kPanicked}}},
      {.name = "lambda",
       .manifest = "signature: lambda\n",
       .source =
           "package main\n\nimport (\n\t\"context\"\n\t\"errors\"\n\t\"fmt\"\n\t\"os\"\n\t\"time\"\n\n"
           "\t\"github.com/aws/aws-lambda-go/lambda\"\n"
           "\t\"github.com/aws/aws-lambda-go/lambdacontext\"\n)\n\n"
           "type event struct{ Word string }\n\n"
           "func handle(ctx context.Context, e event) (map[string]string, error) {\n"
           "\tswitch e.Word {\n"
           "\tcase \"fail\":\n\t\treturn nil, errors.New(\"no tea\")\n"
           "\tcase \"sleep\":\n\t\ttime.Sleep(2300 * time.Millisecond)\n"
           "\tcase \"world\":\n"
           "\t\tc, _ := lambdacontext.FromContext(ctx)\n"
           "\t\tdeadline, has := ctx.Deadline()\n"
           "\t\tfmt.Println(\"WORLD\", os.Getenv(\"LAMBDA_TASK_ROOT\"), lambdacontext.FunctionName,\n"
           "\t\t\tlambdacontext.MemoryLimitInMB, len(c.AwsRequestID), has && time.Until(deadline) > 0)\n"
           "\t}\n"
           "\treturn map[string]string{\"got\": e.Word}, nil\n}\n\n"
           "func main() { lambda.Start(handle) }\n",
       .modules = "go-lambda",
       .rows =
           {{"an event", "{body: '{\"word\": \"tea\"}'}", "{status: 200, body_json: {got: tea}}"},
            {"an invocation", "{" + kInvoke + ", body: '{\"word\": \"milk\"}'}",
             "{status: 200, headers: {x-amz-executed-version: $LATEST, content-type: application/json}, "
             "body_json: {got: milk}}"},
            {"a dry run", "{" + kInvoke + ", headers: {x-amz-invocation-type: DryRun}, body: '{}'}",
             "{status: 204, body: ''}"},
            {"fails", "{" + kInvoke + ", body: '{\"word\": \"fail\"}'}",
             "{status: 200, headers: {x-amz-function-error: Unhandled}, body_json: {errorMessage: no tea, "
             "errorType: errorString}}"},
            {"fails, asked plainly", "{body: '{\"word\": \"fail\"}'}",
             "{status: 500, headers: {x-google-status: error}, body_json: {errorMessage: no tea}}"},
            {"surroundings", "{body: '{\"word\": \"world\"}'}",
             "{status: 200, log_regex: 'WORLD /var/task kinds 256 36 true'}"},
            {"another function", "{path: /2015-03-31/functions/other/invocations, body: '{}'}",
             "{status: 404}"},
            {"a method", "{method: GET}", "{status: 405}"},
            {"too long", "{body: '{\"word\": \"sleep\"}'}", "{status: 504, body_regex: 'timed out after 2'}"},
            // Last: its call waits until the one before has ended, however late.
            {"without waiting", "{" + kInvoke + ", headers: {x-amz-invocation-type: Event}, body: '{}'}",
             "{status: 202, body: ''}"}}},
      {.name = "openfaas",
       .manifest = "signature: openfaas\n",
       .source =
           "package function\n\nimport (\n\t\"errors\"\n\t\"net/http\"\n\n"
           "\thandler \"github.com/openfaas/templates-sdk/go-http\"\n)\n\n"
           "func Handle(r handler.Request) (handler.Response, error) {\n"
           "\tswitch string(r.Body) {\n"
           "\tcase \"panic\":\n\t\tpanic(\"no tea\")\n"
           "\tcase \"fail\":\n\t\treturn handler.Response{}, errors.New(\"no tea\")\n"
           "\t}\n"
           "\treturn handler.Response{Body: append([]byte(r.Method+\" \"+r.QueryString+\" \"), r.Body...),\n"
           "\t\tStatusCode: http.StatusAccepted, Header: http.Header{\"X-Kind\": {\"openfaas\"}}}, nil\n}\n",
       .rows = {{"a method", "{method: PUT, path: '/?q=1', body: tea}",
                 "{status: 202, headers: {x-kind: openfaas}, body: 'PUT q=1 tea'}"},
                {"fails", "{body: fail}", "{status: 500, headers: {x-google-status: error}}"},
                {"panics", "{body: panic}", kPanicked}}},
      {.name = "server",
       .manifest = "signature: server\n",
       .source = "package main\n\nimport (\n\t\"fmt\"\n\t\"net/http\"\n\t\"os\"\n)\n\n"
                 "func main() {\n"
                 "\thttp.HandleFunc(\"/robots.txt\", func(w http.ResponseWriter, r *http.Request) {\n"
                 "\t\tfmt.Fprint(w, r.Method, \" \", r.URL.Path)\n\t})\n"
                 "\thttp.ListenAndServe(\":\"+os.Getenv(\"PORT\"), nil)\n}\n",
       .rows = {{"a path", "{path: /robots.txt}", "{status: 200, body: GET /robots.txt}"},
                {"no path", "{path: /health/readiness}", "{status: 404}"}},
       .serves_itself = true},
  };
}

std::string manifest_of(const Kind& kind) {
  // What takes long comes last: a Go function cannot be ended, and keeps its place.
  return "apiVersion: faasc/v1\nname: kinds\nruntime: go\n" + kind.manifest +
         "limits: {timeout: 2s, request_size: 64KiB}\n" +
         to_manifest(kind.serves_itself ? kind.rows : with(common_rows(), kind.rows));
}

// As OpenFaaS' module has it.
constexpr const char* kOpenFaasSdk =
    "package handler\n\nimport (\n\t\"context\"\n\t\"net/http\"\n)\n\n"
    "type Request struct {\n\tBody []byte\n\tHeader http.Header\n\tQueryString, Method, Host string\n"
    "\tctx context.Context\n}\n\n"
    "func (r *Request) Context() context.Context { return r.ctx }\n"
    "func (r *Request) WithContext(ctx context.Context) { r.ctx = ctx }\n\n"
    "type Response struct {\n\tBody []byte\n\tStatusCode int\n\tHeader http.Header\n}\n";

bool has_go() {
  return find_program("go") || fs::exists("/usr/local/go/bin/go") || fs::exists("/usr/lib/go-1.19/bin/go");
}

void write_module(ProjectRun& project, const Kind& kind) {
  std::string module = "module example.com/kinds\n\ngo 1.19\n";
  if (!kind.modules.empty()) {
    fs::path from = fs::path(FAASC_SOURCE_DIR) / "templates" / kind.modules;
    module = read_file(from / "go.mod").value();
    project.write("go.sum", read_file(from / "go.sum").value());
  } else if (kind.name == "openfaas") {
    module +=
        "\nrequire github.com/openfaas/templates-sdk/go-http v0.0.0\n"
        "replace github.com/openfaas/templates-sdk/go-http => ./sdk\n";
    project.write("sdk/go.mod", "module github.com/openfaas/templates-sdk/go-http\n\ngo 1.19\n");
    project.write("sdk/sdk.go", kOpenFaasSdk);
  }
  project.write("go.mod", module);
}

/// Kernels as --kernel takes them.
bool has_kernel_of(const std::string& kernel) {
  if (kernel != "nanos-aarch64")
    return has_kernel(kernel == "nanos" ? KernelFamily::Nanos : KernelFamily::Linux);
  auto store = KernelStore::open();
  return store && store->find(KernelFamily::Nanos, {}, kAarch64) && find_program("qemu-system-aarch64");
}

class GoKinds : public testing::TestWithParam<std::tuple<Kind, const char*>> {};

TEST_P(GoKinds, AnswerTheTable) {
  const auto& [kind, kernel] = GetParam();
  if (!has_go()) GTEST_SKIP() << "there is no Go on this host";
  if (!has_kernel_of(kernel)) GTEST_SKIP() << "no kernel " << kernel << " in the store, or no QEMU for it";
  ProjectRun project;
  write_module(project, kind);
  project.write("faas.yaml", manifest_of(kind));
  project.write("main.go", kind.source);
  project.write("large", std::string(80 << 10, 'x'));
  Finished finished = project.faasc({"test", "--kernel", kernel});
  if (finished.err.find("FAASC0425") != std::string::npos)
    GTEST_SKIP() << "its modules are not in Go's cache, and there is no network";
  EXPECT_EQ(finished.status.code, 0) << finished.out << finished.err;
}

std::string name_of_case(const testing::TestParamInfo<std::tuple<Kind, const char*>>& info) {
  std::string name = std::get<0>(info.param).name + "_on_" + std::get<1>(info.param);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, GoKinds,
                         testing::Combine(testing::ValuesIn(kinds()), testing::Values("nanos", "linux")),
                         name_of_case);

// Compiled for the kernel's processor, whatever this host's is.
INSTANTIATE_TEST_SUITE_P(Crossed, GoKinds,
                         testing::Combine(testing::Values(kinds().front()), testing::Values("nanos-aarch64")),
                         name_of_case);

}  // namespace
}  // namespace faasc
