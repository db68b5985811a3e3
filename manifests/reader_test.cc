#include "manifests/reader.h"

#include <gtest/gtest.h>

#include "manifests/checks.h"

namespace faasc {
namespace {

ManifestEnvironment environment() {
  return {[](std::string_view name) -> std::optional<std::string> {
    if (name == "API_TOKEN") return "s3cret";
    return std::nullopt;
  }};
}

std::string findings(const Diagnostics& diagnostics) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics.all()) out += to_text(diagnostic, Color::Off);
  return out;
}

std::optional<Manifest> read(std::string text, Diagnostics& diagnostics) {
  return read_manifest_text(std::move(text), "shop/faas.yaml", diagnostics, environment());
}

TEST(Reader, FillsDefaults) {
  Diagnostics diagnostics;
  std::optional<Manifest> manifest = read("apiVersion: faasc/v1\n", diagnostics);
  ASSERT_TRUE(manifest) << findings(diagnostics);
  EXPECT_EQ(findings(diagnostics), "");
  EXPECT_EQ(*manifest->name, "");
  EXPECT_EQ(*manifest->version, "0.0.0");
  EXPECT_FALSE(manifest->runtime);
  EXPECT_EQ(*manifest->source, ".");
  EXPECT_EQ(*manifest->resources.memory, 256u << 20);
  EXPECT_FALSE(manifest->resources.memory.written());
  EXPECT_EQ(*manifest->limits.timeout, std::chrono::seconds(30));
  EXPECT_FALSE(manifest->limits.concurrency);
  EXPECT_EQ(*manifest->http.port, 8080);
  EXPECT_EQ(*manifest->logging.level, LogLevel::Info);
  EXPECT_EQ(*manifest->image.kernel, "auto");
  EXPECT_EQ(*manifest->image.boot, ImageBoot::Auto);
  EXPECT_TRUE(manifest->tests.empty());
  EXPECT_EQ(manifest->directory, "shop");
}

TEST(Reader, AcceptsEveryKey) {
  Diagnostics diagnostics;
  std::optional<Manifest> manifest = read(R"(apiVersion: faasc/v1
name: price-list
version: 3.10
description: >-
  Tells prices.
labels: {team: shop}
runtime: cpp:20
handler: shop::price
signature: cloudevent
source: src
include: ["*.cc", "!old.cc"]
exclude: [drafts/]
build:
  cpp:
    sources: ["**/*.{cc,cpp}"]
    includes: [../include]
    defines: [NDEBUG, LIMIT=3]
    flags: [-fno-exceptions]
    link: [-lz]
  python: {requirements: req.txt, wheels: ../wheels, index: "https://pypi.test/simple", prune: all, include: [email.mime], bytecode: false}
  go: {package: ./cmd, tags: [netgo], ldflags: [-s], cgo: true, mod: readonly}
  args: {TOKEN: "a${env:API_TOKEN}b"}
  locked: true
  reproducible: false
env:
  GREETING: no
  EMPTY: ""
  TOKEN: ${env:API_TOKEN}
resources: {memory: 512MB, vcpus: 2, ephemeral_storage: 1GiB}
limits:
  timeout: 2m
  init_timeout: 50
  grace_period: 500ms
  request_size: 64KiB
  response_size: 10M
  concurrency: 7
http: {port: 9000, health: false, lambda_event: raw}
files:
  - {from: data, to: /srv/data}
  - {from: data/a.json, to: /etc/a.json, mode: 0600}
mounts:
  - {tag: cache, path: /cache}
  - {label: models, path: /models, readonly: true}
logging: {format: json, level: debug}
image:
  format: qcow2
  size: 64MiB
  kernel: nanos@0.1.55
  boot: uefi
  klibs: [ntp]
  manifest: {ntp_servers: [a.test, {host: b.test}], trace: t}
compat: gcf
tests:
  - name: event
    request:
      method: PUT
      path: /x?y=z
      headers: {X-A: "1"}
      cloudevent: {mode: structured, id: "7", source: /s, type: t, subject: s, data: {a: [1, yes, null, 0x1]}, extensions: {tenant: a}}
    expect: {status: 201, headers: {content-type: text/plain}, body_json: {ok: true, n: -1.5e3, s: "1"}, log_regex: done, max_ms: 250}
)",
                                          diagnostics);
  EXPECT_TRUE(manifest);
  EXPECT_EQ(findings(diagnostics), "");
}

TEST(Reader, KeepsWhatWasWritten) {
  Diagnostics diagnostics;
  std::optional<Manifest> manifest = read(R"(apiVersion: faasc/v1
version: 3.10
runtime: cpp:20
env: {GREETING: no, EMPTY: "", TOKEN: "Bearer ${env:API_TOKEN}!"}
resources: {memory: 512MB}
limits: {timeout: 2m, request_size: 64KiB}
files: [{from: data/a.json, to: /etc/a.json, mode: 0600}]
image: {boot: uefi, manifest: {ntp_servers: [a.test, {host: b.test}], trace: t}}
tests:
  - name: event
    request: {cloudevent: {data: {a: [1, yes, null, 0x1, "2"]}}}
    expect: {body_json: {ok: true, n: -1.5e3, s: "1\n"}}
)",
                                          diagnostics);
  ASSERT_TRUE(manifest) << findings(diagnostics);
  EXPECT_EQ(*manifest->version, "3.10");
  EXPECT_EQ(manifest->runtime->value.version, "20");
  EXPECT_EQ(*manifest->build.cpp.standard, "20");
  ASSERT_EQ(manifest->environment.size(), 3u);
  EXPECT_EQ(*manifest->environment[0].value, "no");
  EXPECT_FALSE(manifest->environment[0].secret);
  EXPECT_EQ(*manifest->environment[1].value, "");
  EXPECT_EQ(*manifest->environment[2].value, "Bearer s3cret!");
  EXPECT_TRUE(manifest->environment[2].secret);
  EXPECT_EQ(*manifest->resources.memory, 489u << 20);  // 512'000'000 bytes, rounded up to a whole MiB
  EXPECT_EQ(*manifest->limits.timeout, std::chrono::minutes(2));
  EXPECT_EQ(manifest->limits.timeout.place.line, 6);
  EXPECT_EQ(manifest->limits.timeout.place.column, 19);
  EXPECT_EQ(*manifest->limits.request_size, 65536u);
  EXPECT_EQ(manifest->files[0].mode->value, 0600);
  EXPECT_EQ(*manifest->image.boot, ImageBoot::Uefi);
  const auto& tuples = manifest->image.tuples;
  ASSERT_EQ(tuples.size(), 2u);
  EXPECT_EQ(tuples[0].value.items[0].text, "a.test");
  EXPECT_EQ(*tuples[0].value.items[1].members[0].name, "host");
  EXPECT_EQ(tuples[1].value.text, "t");
  ASSERT_EQ(manifest->tests.size(), 1u);
  EXPECT_EQ(manifest->tests[0].request.cloudevent->value.data->value, R"({"a":[1,"yes",null,"0x1","2"]})");
  EXPECT_EQ(manifest->tests[0].expect.body_json->value, R"({"ok":true,"n":-1.5e3,"s":"1\n"})");
}

TEST(Reader, AcceptsJson) {
  Diagnostics diagnostics;
  std::optional<Manifest> manifest = read(
      "{\"apiVersion\":\"faasc/v1\",\n\t\"env\":{\"A\":\"\\ud83d\\ude00\\/"
      "\"},\"http\":{\"port\":80,\"health\":false}}",
      diagnostics);
  ASSERT_TRUE(manifest) << findings(diagnostics);
  EXPECT_EQ(*manifest->environment[0].value, "\xF0\x9F\x98\x80/");
  EXPECT_EQ(*manifest->http.port, 80);
}

TEST(Reader, AcceptsCarriageReturnsAndByteOrderMark) {
  Diagnostics diagnostics;
  std::optional<Manifest> manifest = read(
      "\xEF\xBB\xBF"
      "apiVersion: faasc/v1\r\nname: shop\r\n",
      diagnostics);
  ASSERT_TRUE(manifest) << findings(diagnostics);
  EXPECT_EQ(*manifest->name, "shop");
}

// The largest file of one thing after another: neither the stack nor the patience may run out.
TEST(Reader, SurvivesMonotony) {
  const char* const units[] = {
      "[",     "{",   ",",   "[,", "- ",    "? ",   ": ",         "a: ",        "!",    "&a ",   "*a ",
      "\"",    "'",   "|\n", "\n", "#\n",   "- - ", "{a: ",       "[a, ",       "a,",   "---\n", "\t",
      "a:\n ", "{? ", "{[",  "a ", "? a\n", "'a' ", "a: |\n x\n", "- {a: b}\n", ",#\n", ", \n",  "\\"};
  for (const char* unit : units) {
    for (const char* start : {"", "apiVersion: faasc/v1\n", "{", "a: ["}) {
      SCOPED_TRACE(std::string(start) + unit);
      std::string text = start;
      while (text.size() < 262'000) text += unit;
      Diagnostics diagnostics;
      EXPECT_FALSE(read(std::move(text), diagnostics).has_value() && diagnostics.has_errors());
      EXPECT_LE(diagnostics.error_count(), 52);
    }
  }
}

TEST(Reader, RefusesAFileThatIsTooLarge) {
  Diagnostics diagnostics;
  EXPECT_FALSE(read(std::string(256 * 1024 + 1, '#'), diagnostics));
  EXPECT_EQ(findings(diagnostics),
            "shop/faas.yaml: error: the file has 262145 bytes; at most 256KiB are allowed [FAASC0118]\n"
            "  hint: move large data to files of their own and name them under 'files'\n");
}

TEST(Reader, WarnsOfATestThatCannotFail) {
  Diagnostics diagnostics;
  EXPECT_TRUE(read("apiVersion: faasc/v1\ntests: [{name: a}]\n", diagnostics));
  EXPECT_EQ(findings(diagnostics),
            "shop/faas.yaml:2:16: warning: test 'a' expects nothing, so it cannot fail [FAASC0190]\n"
            "tests: [{name: a}]\n"
            "               ^\n"
            "  hint: add 'expect: {status: 200}'\n");
}

TEST(Reader, ChecksWhatDependsOnTheKind) {
  Diagnostics diagnostics;
  std::optional<Manifest> manifest = read(
      "apiVersion: faasc/v1\nlimits: {concurrency: 2}\nhttp: {lambda_event: url-v2}\nenv: {AWS_REGION: x}\n",
      diagnostics);
  ASSERT_TRUE(manifest);
  Diagnostics as_lambda, as_http;
  check_manifest_for_kind(*manifest, "lambda", as_lambda);
  EXPECT_EQ(findings(as_lambda),
            "shop/faas.yaml:2:23: error: concurrency '2' is outside 1–1: a lambda handler takes one call at "
            "a time [FAASC0133]\n"
            "limits: {concurrency: 2}\n"
            "                      ^\n"
            "  hint: remove 'concurrency', and start more instances instead\n"
            "shop/faas.yaml:4:7: error: variable 'AWS_REGION' is set by the runtime of lambda handlers "
            "[FAASC0107]\n"
            "env: {AWS_REGION: x}\n"
            "      ^~~~~~~~~~\n"
            "  hint: choose another name\n");
  check_manifest_for_kind(*manifest, "http", as_http);
  EXPECT_EQ(findings(as_http),
            "shop/faas.yaml:3:22: error: lambda_event 'url-v2' has no meaning for a handler of kind 'http' "
            "[FAASC0141]\n"
            "http: {lambda_event: url-v2}\n"
            "                     ^~~~~~\n"
            "  hint: remove it, or write a lambda handler\n");
}

TEST(Reader, ReportsAFileThatIsNotThere) {
  Diagnostics diagnostics;
  EXPECT_FALSE(read_manifest("/nowhere/faas.yaml", diagnostics, environment()));
  EXPECT_EQ(findings(diagnostics),
            "faasc: error: cannot open '/nowhere/faas.yaml': No such file or directory [FAASC0901]\n");
}

}  // namespace
}  // namespace faasc
