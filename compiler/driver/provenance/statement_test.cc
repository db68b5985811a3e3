#include "compiler/driver/provenance/statement.h"

#include <cstdlib>
#include <regex>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/process.h"

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

// What the two specifications ask for beyond the types of fields.
TEST(Statement, HasWhatSlsaAndInTotoRequire) {
  Provenance timed = sample();
  timed.finished_on = "2026-11-28T05:10:00Z";
  const nlohmann::json json = nlohmann::json::parse(to_statement(timed));
  auto names = [](const nlohmann::json& object) {
    std::set<std::string> found;
    for (const auto& [name, value] : object.items()) found.insert(name);
    return found;
  };
  using Names = std::set<std::string>;
  EXPECT_EQ(names(json), (Names{"_type", "predicate", "predicateType", "subject"}));
  const nlohmann::json& predicate = json.at("predicate");
  EXPECT_EQ(names(predicate), (Names{"buildDefinition", "runDetails"}));
  const nlohmann::json& definition = predicate.at("buildDefinition");
  EXPECT_EQ(names(definition), (Names{"buildType", "externalParameters", "resolvedDependencies"}));
  const std::regex uri("[a-z][a-z0-9+.-]*:[A-Za-z0-9._~!$&'()*+,;=:@/%-]+"), hex("([0-9a-f]{2})+");
  EXPECT_TRUE(std::regex_match(definition.at("buildType").get<std::string>(), uri));
  EXPECT_TRUE(definition.at("externalParameters").is_object());
  const nlohmann::json& run = predicate.at("runDetails");
  EXPECT_EQ(names(run), (Names{"builder", "metadata"}));
  EXPECT_TRUE(std::regex_match(run.at("builder").at("id").get<std::string>(), uri));
  EXPECT_TRUE(std::regex_match(run.at("metadata").at("finishedOn").get<std::string>(),
                               std::regex("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ")));
  auto check_digests = [&](const nlohmann::json& resource) {
    for (const auto& [algorithm, value] : resource.at("digest").items())
      EXPECT_TRUE(std::regex_match(value.get<std::string>(), hex)) << algorithm;
  };
  for (const nlohmann::json& subject : json.at("subject")) {
    EXPECT_EQ(names(subject), (Names{"digest", "name"}));
    check_digests(subject);
  }
  for (const nlohmann::json& dependency : definition.at("resolvedDependencies")) {
    EXPECT_TRUE(std::regex_match(dependency.at("uri").get<std::string>(), uri)) << dependency;
    if (dependency.contains("digest")) check_digests(dependency);
  }
}

// By the messages that both projects publish, every field known and of its type. FAASC_SLSA_SCHEMA is the
// directory `protos` of https://github.com/in-toto/attestation.
TEST(Statement, IsReadByThePublishedMessages) {
  const char* schema = std::getenv("FAASC_SLSA_SCHEMA");
  if (!schema) GTEST_SKIP() << "FAASC_SLSA_SCHEMA names no in-toto messages";
  if (!find_program("protoc")) GTEST_SKIP() << "protoc is not installed";
  auto python = run({.argv = {"python3", "-c", "import google.protobuf"}});
  if (!python || !python->status.ok()) GTEST_SKIP() << "Python has no protobuf";
  auto directory = TemporaryDirectory::create(testing::TempDir(), "statement");
  ASSERT_TRUE(directory);
  const std::string set = (directory->path() / "messages").string();
  auto compiled = run({.argv = {"protoc", "-I", schema, "-I", "/usr/include", "--include_imports", "-o", set,
                                "in_toto_attestation/v1/statement.proto",
                                "in_toto_attestation/predicates/provenance/v1/provenance.proto"}});
  ASSERT_TRUE(compiled && compiled->status.ok()) << compiled->err;
  constexpr const char* kReader = R"(
import json, sys
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
pool = descriptor_pool.DescriptorPool()
for file in descriptor_pb2.FileDescriptorSet.FromString(open(sys.argv[1], 'rb').read()).file:
    pool.AddSerializedFile(file.SerializeToString())
def message(name):
    kind = pool.FindMessageTypeByName('in_toto_attestation.' + name)
    if hasattr(message_factory, 'GetMessageClass'): return message_factory.GetMessageClass(kind)()
    return message_factory.MessageFactory(pool).GetPrototype(kind)()
text = json.load(sys.stdin)
statement = json_format.ParseDict(text, message('v1.Statement'))
provenance = json_format.ParseDict(text['predicate'], message('predicates.provenance.v1.Provenance'))
print(len(statement.subject), len(provenance.build_definition.resolved_dependencies),
      provenance.run_details.builder.id)
)";
  Provenance timed = sample();
  timed.finished_on = "2026-11-28T05:10:00Z";
  const std::string text = to_statement(timed);
  auto read = run({.argv = {"python3", "-c", kReader, set}}, {.input = text});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->out, "2 3 urn:faasc:local\n") << read->err;
  // That it looks at the fields at all.
  const std::string misspelt = std::regex_replace(text, std::regex("buildType"), "buildTipe");
  read = run({.argv = {"python3", "-c", kReader, set}}, {.input = misspelt});
  ASSERT_TRUE(read);
  EXPECT_NE(read->status.code, 0);
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
