#include "compiler/driver/reports/reports.h"

#include <cstdlib>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/process.h"

namespace faasc {
namespace {

Diagnostic sample() {
  Diagnostic diagnostic{.code = "FAASC0120",
                        .message = "memory 'é' is 100% wrong",
                        .place = {.file = "my shop/faas.yaml", .line = 3, .column = 10, .end_column = 14},
                        .line_text = "  ümem: 'é'",
                        .hint = "write 64MiB"};
  diagnostic.notes.push_back(Diagnostic{.severity = Severity::Note,
                                        .message = "see, here: this",
                                        .place = {.file = "a,b:c", .line = 1, .column = 2}});
  return diagnostic;
}

TEST(Reports, GitHubIsToldTheImage) {
  EXPECT_EQ(to_github_outputs({{"image", "\"build/a b.img\""}, {"sha256", "\"12ab\""}, {"bytes", "7"}}),
            "image=build/a b.img\nsha256=12ab\n");
  EXPECT_EQ(to_github_outputs({{"image", "\"a\\nsha256=0\""}}), "");
  EXPECT_EQ(to_github_outputs({}), "");
}

TEST(Reports, JsonLine) {
  EXPECT_EQ(
      to_json_line(sample()),
      R"({"schema":"faasc.diag/1","severity":"error","code":"FAASC0120","message":"memory 'é' is 100% wrong",)"
      R"("file":"my shop/faas.yaml","line":3,"column":10,"endLine":3,"endColumn":14,"hint":"write 64MiB",)"
      R"("notes":[{"message":"see, here: this","file":"a,b:c","line":1,"column":2,"endLine":1,"endColumn":3}]})"
      "\n");
  // What is not UTF-8 must not break the line.
  EXPECT_EQ(to_json_line(Diagnostic{.severity = Severity::Warning, .code = "X", .message = "a\xFFz\n"}),
            "{\"schema\":\"faasc.diag/"
            "1\",\"severity\":\"warning\",\"code\":\"X\",\"message\":\"a\xEF\xBF\xBDz\\n\",\"notes\":[]}\n");
}

TEST(Reports, FixesHaveExactRanges) {
  Diagnostic finding = sample();
  finding.notes.clear();
  finding.fixes = {{finding.place, "64MiB"}, {{"my shop/faas.yaml", 5, 2, 2}, "x"}, {{"b.cc", 1, 1, 8}, ""}};
  EXPECT_EQ(
      to_json_line(finding),
      R"({"schema":"faasc.diag/1","severity":"error","code":"FAASC0120","message":"memory 'é' is 100% wrong",)"
      R"("file":"my shop/faas.yaml","line":3,"column":10,"endLine":3,"endColumn":14,"hint":"write 64MiB",)"
      R"("notes":[],"fixits":[)"
      R"({"range":{"file":"my shop/faas.yaml","line":3,"column":10,"endLine":3,"endColumn":14},"text":"64MiB"},)"
      R"({"range":{"file":"my shop/faas.yaml","line":5,"column":2,"endLine":5,"endColumn":2},"text":"x"},)"
      R"({"range":{"file":"b.cc","line":1,"column":1,"endLine":1,"endColumn":8},"text":""}]})"
      "\n");
  auto sarif = nlohmann::json::parse(to_sarif({finding}, false));
  EXPECT_EQ(
      sarif["runs"][0]["results"][0]["fixes"].dump(),
      R"([{"artifactChanges":[{"artifactLocation":{"uri":"my%20shop/faas.yaml","uriBaseId":"SRCROOT"},)"
      R"("replacements":[{"deletedRegion":{"endColumn":12,"endLine":3,"startColumn":9,"startLine":3},)"
      R"("insertedContent":{"text":"64MiB"}},)"
      R"({"deletedRegion":{"endColumn":2,"endLine":5,"startColumn":2,"startLine":5},"insertedContent":{"text":"x"}}]},)"
      R"({"artifactLocation":{"uri":"b.cc","uriBaseId":"SRCROOT"},"replacements":)"
      R"([{"deletedRegion":{"endColumn":8,"endLine":1,"startColumn":1,"startLine":1}}]}],)"
      R"("description":{"text":"write 64MiB"}}])");
}

TEST(Reports, JsonResult) {
  EXPECT_EQ(to_json_result(true, {{"image", "\"hello.img\""}, {"bytes", "42"}}),
            R"({"schema":"faasc.result/1","ok":true,"bytes":42,"image":"hello.img"})"
            "\n");
}

TEST(Reports, GitHubEscapesWhatItsCommandsAreMadeOf) {
  EXPECT_EQ(to_github(sample()),
            "::error file=my shop/faas.yaml,line=3,endLine=3,col=10,endColumn=14,title=FAASC0120::memory 'é' "
            "is 100%25 wrong%0Ahint: "
            "write 64MiB\n"
            "::notice file=a%2Cb%3Ac,line=1,endLine=1,col=2,endColumn=3::see, here: this\n");
  EXPECT_EQ(to_github(Diagnostic{.severity = Severity::Warning, .message = "x"}), "::warning::x\n");
}

TEST(Reports, SarifCountsCodePointsAndSurvivesOddNames) {
  nlohmann::json log = nlohmann::json::parse(
      to_sarif({sample(), as_diagnostic(Error{.code = "FAASC0901", .what = "no", .during = {"x"}})}, false));
  EXPECT_EQ(log["version"], "2.1.0");
  const auto& run = log["runs"][0];
  EXPECT_EQ(run["columnKind"], "unicodeCodePoints");
  EXPECT_EQ(run["invocations"][0]["executionSuccessful"], false);
  const auto& rules = run["tool"]["driver"]["rules"];
  ASSERT_EQ(rules.size(), 2u);
  EXPECT_EQ(rules[0]["id"], "FAASC0120");
  EXPECT_EQ(rules[0]["name"], "memory is out of range");
  const auto& result = run["results"][0];
  EXPECT_EQ(result["ruleIndex"], 0);
  EXPECT_EQ(result["level"], "error");
  EXPECT_EQ(result["message"]["text"], "memory 'é' is 100% wrong\nhint: write 64MiB");
  const auto& location = result["locations"][0]["physicalLocation"];
  EXPECT_EQ(location["artifactLocation"]["uri"], "my%20shop/faas.yaml");
  EXPECT_EQ(location["artifactLocation"]["uriBaseId"], "SRCROOT");
  EXPECT_EQ(location["region"],
            (nlohmann::json{{"startLine", 3}, {"startColumn", 9}, {"endLine", 3}, {"endColumn", 12}}));
  EXPECT_EQ(result["relatedLocations"][0]["message"]["text"], "see, here: this");
  EXPECT_EQ(run["results"][1].contains("locations"), false);
}

TEST(Reports, SarifIsValid) {
  const char* schema = std::getenv("FAASC_SARIF_SCHEMA");
  if (schema == nullptr) GTEST_SKIP() << "FAASC_SARIF_SCHEMA does not name the schema of SARIF 2.1.0";
  auto temporary = TemporaryDirectory::create("/tmp", "faasc-sarif-").value();
  Diagnostic bare{.severity = Severity::Warning, .code = "", .message = "no code, no place", .place = {}};
  Diagnostic mended = sample();
  mended.fixes = {{mended.place, "64MiB"}, {{"b.cc", 1, 1, 8}, ""}};
  for (const auto& findings : {std::vector<Diagnostic>{}, {sample()}, {sample(), bare}, {mended}}) {
    ASSERT_TRUE(write_file(temporary.path() / "log.sarif", to_sarif(findings, findings.empty())));
    auto finished =
        run({.argv = {"python3", "-c",
                      "import json, sys, jsonschema\n"
                      "jsonschema.validate(json.load(open(sys.argv[2])), json.load(open(sys.argv[1])))",
                      schema, (temporary.path() / "log.sarif").string()}});
    ASSERT_TRUE(finished);
    EXPECT_TRUE(finished->status.ok()) << finished->err;
  }
}

TEST(Reports, SarifFingerprintsSurviveLinesAddedAbove) {
  Diagnostic moved = sample();
  moved.place.line += 10;
  auto fingerprint = [](const Diagnostic& diagnostic) {
    return nlohmann::json::parse(
        to_sarif({diagnostic}, true))["runs"][0]["results"][0]["partialFingerprints"];
  };
  EXPECT_EQ(fingerprint(sample()), fingerprint(moved));
  moved.message = "another";
  EXPECT_NE(fingerprint(sample()), fingerprint(moved));
}

}  // namespace
}  // namespace faasc
