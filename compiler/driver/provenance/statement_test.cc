#include "compiler/driver/provenance/statement.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/diagnostics.h"

namespace faasc {
namespace {

Provenance sample() {
  return {
      .subjects = {{"shop.img", std::string(64, 'a')}, {"shop.vm.json", std::string(64, 'b')}},
      .function = "shop",
      .handler = "hello",
      .runtime = "cpp",
      .kernel = "nanos@0.1.55",
      .materials = {{"file:hello.cc", std::string(64, 'c')}},
      .pins = {{"wheel", "flask", "3.0.3", "sha256:dd"},
               {"module", "golang.org/x/text", "v0.14.0", "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}},
      .faasc_version = "0.1",
      .finished_on = {}};
}

TEST(Statement, IsSlsaProvenanceInAnInTotoStatement) {
  std::string text = to_statement(sample());
  nlohmann::json json = nlohmann::json::parse(text);
  EXPECT_EQ(json.at("_type"), "https://in-toto.io/Statement/v1");
  EXPECT_EQ(json.at("predicateType"), "https://slsa.dev/provenance/v1");
  EXPECT_EQ(json.at("subject").at(0).at("digest").at("sha256"), std::string(64, 'a'));
  const auto& definition = json.at("predicate").at("buildDefinition");
  EXPECT_EQ(definition.at("externalParameters").at("handler"), "hello");
  const auto& dependencies = definition.at("resolvedDependencies");
  EXPECT_EQ(dependencies.at(0).at("uri"), "file:hello.cc");
  EXPECT_EQ(dependencies.at(1).at("uri"), "pkg:pypi/flask@3.0.3");
  // The example of in-toto's own specification.
  EXPECT_EQ(dependencies.at(2).at("digest").at("goModuleH1"),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_FALSE(json.at("predicate").at("runDetails").contains("metadata"));
  EXPECT_EQ(text, to_statement(sample()));
  Provenance timed = sample();
  timed.finished_on = "2026-11-28T05:10:00Z";
  EXPECT_EQ(nlohmann::json::parse(to_statement(timed))
                .at("predicate")
                .at("runDetails")
                .at("metadata")
                .at("finishedOn"),
            "2026-11-28T05:10:00Z");
}

TEST(Statement, GivesItsSubjectsBackAndRefusesWhatIsNone) {
  auto subjects = subjects_of(to_statement(sample()), "p.json");
  ASSERT_TRUE(subjects);
  ASSERT_EQ(subjects->size(), 2u);
  EXPECT_EQ((*subjects)[1].name, "shop.vm.json");
  for (const char* text :
       {"", "[]", "{\"_type\":\"https://in-toto.io/Statement/v0.1\"}",
        "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicateType\":\"https://spdx.dev/Document\"}",
        "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicateType\":\"https://slsa.dev/provenance/v1\","
        "\"subject\":[]}",
        "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicateType\":\"https://slsa.dev/provenance/v1\","
        "\"subject\":[{\"name\":\"x\",\"digest\":{\"sha512\":\"y\"}}]}"})
    EXPECT_FALSE(subjects_of(text, "p.json")) << text;
  EXPECT_EQ(to_text(subjects_of("{}", "p.json").error(), Color::Off),
            "faasc: error: 'p.json' is no provenance of an image: its type is not "
            "'https://in-toto.io/Statement/v1' [FAASC0876]\n"
            "  hint: 'faasc provenance' writes one\n");
}

}  // namespace
}  // namespace faasc
