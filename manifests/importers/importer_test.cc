#include "manifests/importers/importer.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "base/file.h"
#include "manifests/importers/foreign_units.h"
#include "manifests/importers/manifest_draft.h"
#include "manifests/reader.h"
#include "manifests/schema_line.h"

// tests/data/importers has files as people have them. What each becomes is in <file>.faas.yaml beside it, and
// what is reported in <file>.report; FAASC_UPDATE_GOLDEN=1 writes these anew.

namespace faasc {
namespace {

namespace fs = std::filesystem;

const fs::path kData = fs::path(FAASC_SOURCE_DIR) / "tests/data/importers";

std::string report_of(const Diagnostics& diagnostics) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics.all()) out += to_text(diagnostic, Color::Off);
  return out;
}

void expect_golden(const fs::path& path, const std::string& text) {
  if (std::getenv("FAASC_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(write_file_if_changed(path, text));
    return;
  }
  Result<std::string> golden = read_file(path);
  ASSERT_TRUE(golden) << golden.error().what;
  EXPECT_EQ(text, *golden);
}

bool accepted(const std::string& manifest, std::string& why) {
  Diagnostics diagnostics;
  ManifestEnvironment anything{[](std::string_view) { return std::optional<std::string>("x"); }};
  bool read = read_manifest_text(manifest, "faas.yaml", diagnostics, anything).has_value();
  why = report_of(diagnostics);
  return read;
}

// Which function is chosen of a file that has several.
std::string function_of(const std::string& file) {
  if (file == "openfaas-several.yml") return "resize";
  if (file == "sam-shared.yaml") return "Second";
  return "";
}

std::vector<fs::path> samples() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(kData)) {
    std::string name = entry.path().filename().string();
    if (entry.is_regular_file() && !name.ends_with(".faas.yaml") && !name.ends_with(".report"))
      files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST(Importers, MakeManifestsThatTheReaderAccepts) {
  std::vector<fs::path> files = samples();
  EXPECT_GE(files.size(), 11u);
  for (const fs::path& file : files) {
    std::string name = file.filename().string();
    SCOPED_TRACE(name);
    Diagnostics diagnostics;
    std::optional<ImportedManifest> imported = import_manifest(
        read_file(file).value(), name,
        {.function = function_of(name), .first_line = schema_line("/faasc/faas.schema.json")}, diagnostics);
    ASSERT_TRUE(imported) << report_of(diagnostics);
    std::string why;
    EXPECT_TRUE(accepted(imported->text, why)) << why;
    EXPECT_TRUE(imported->text.starts_with(kSchemaLine));
    EXPECT_GT(imported->taken, 0);
    expect_golden(fs::path(file) += ".faas.yaml", imported->text);
    expect_golden(fs::path(file) += ".report", report_of(diagnostics));
  }
}

TEST(Importers, RefuseWithAReason) {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(kData / "refused")) {
    if (entry.path().extension() == ".expected") continue;
    ++count;
    std::string name = entry.path().filename().string();
    SCOPED_TRACE(name);
    Diagnostics diagnostics;
    EXPECT_FALSE(import_manifest(read_file(entry.path()).value(), name, {}, diagnostics));
    EXPECT_TRUE(diagnostics.has_errors());
    expect_golden(fs::path(entry.path()) += ".expected", report_of(diagnostics));
  }
  EXPECT_GE(count, 20);
}

TEST(Importers, SurviveEveryTruncation) {
  for (const fs::path& file : samples()) {
    std::string name = file.filename().string(), text = read_file(file).value();
    for (std::size_t size = 0; size < text.size(); ++size) {
      Diagnostics diagnostics;
      std::optional<ImportedManifest> imported =
          import_manifest(text.substr(0, size), name, {.function = function_of(name)}, diagnostics);
      std::string why;
      ASSERT_EQ(imported.has_value(), !diagnostics.has_errors())
          << name << ", the first " << size << " bytes";
      if (imported) {
        ASSERT_TRUE(accepted(imported->text, why)) << name << ", the first " << size << " bytes:\n" << why;
      }
    }
  }
}

TEST(Importers, NameWhichFunctionThereIs) {
  Diagnostics diagnostics;
  std::string stack = read_file(kData / "openfaas-several.yml").value();
  EXPECT_FALSE(import_manifest(stack, "stack.yml", {.function = "resise"}, diagnostics));
  EXPECT_EQ(
      report_of(diagnostics),
      "stack.yml:3:3: error: the stack has no function 'resise'; did you mean 'resize'? [FAASC0195]\n"
      "  resize: {lang: golang-middleware, handler: ./resize, image: resize:latest, limits: {memory: 64m}}\n"
      "  ^\n"
      "  hint: its functions are resize, count-words, nodeinfo\n");
}

TEST(Importers, KeepPathsRelativeToTheManifest) {
  Diagnostics diagnostics;
  std::string stack = read_file(kData / "openfaas-python.yaml").value();
  std::optional<ImportedManifest> imported =
      import_manifest(stack, "app/stack.yaml", {.prefix = "app"}, diagnostics);
  ASSERT_TRUE(imported);
  EXPECT_NE(imported->text.find("\nsource: app/send-mail\n"), std::string::npos) << imported->text;
}

// More than is told of one by one, and more variables than fit.
TEST(Importers, BoundWhatTheyTell) {
  std::string text = "specVersion: 0.36.0\nruntime: go\nrun:\n  envs:\n";
  for (int i = 0; i < 3000; ++i)
    text += "  - {name: NUMBER_" + std::to_string(i) + ", value: '" + std::to_string(i) + "'}\n";
  Diagnostics diagnostics;
  std::optional<ImportedManifest> imported = import_manifest(text, "func.yaml", {}, diagnostics);
  ASSERT_TRUE(imported);
  std::string why;
  EXPECT_TRUE(accepted(imported->text, why)) << why;
  EXPECT_EQ(diagnostics.all().size(), 501u);
  EXPECT_EQ(diagnostics.all().back().message, "more than 500 keys are left out; the rest is not shown");
}

// Texts that grow when they are escaped, names as long as the file, and values deeper than a manifest may be.
TEST(Importers, KeepTheManifestReadable) {
  std::string spaces;
  for (int i = 0; i < 90'000; ++i) spaces += "\xC2\xA0";
  std::string deep = "1", name(200'000, 'n');
  for (int i = 0; i < 40; ++i) deep = "[" + deep + "]";
  std::string tuples;
  for (int i = 0; i < 900; ++i) tuples += (i == 0 ? "\"t" : ", \"t") + std::to_string(i) + "\": " + deep;
  const std::string files[] = {"spec: v0.6\nname: a\nlabels: {a: \"" + spaces + "\", b: small}\n",
                               "spec: v0.6\nname: a\nlabels: {" + spaces + ": a}\n",
                               "specVersion: 0.36.0\nruntime: go\nrun: {envs: [{name: \"" + name +
                                   "\", value: '{{ secret:a:b }}'}]}\n",
                               "{\"Program\": \"a\", \"ManifestPassthrough\": {" + tuples + "}}",
                               "{\"Program\": \"a\", \"ManifestPassthrough\": {\"a\": \"" + spaces + "\"}}"};
  for (const std::string& file : files) {
    Diagnostics diagnostics;
    std::optional<ImportedManifest> imported = import_manifest(file, "file", {}, diagnostics);
    ASSERT_TRUE(imported) << report_of(diagnostics).substr(0, 500);
    std::string why;
    EXPECT_TRUE(accepted(imported->text, why)) << why.substr(0, 500);
    EXPECT_GT(imported->left_out, 0) << file.substr(0, 60);
  }
}

TEST(Importers, EveryFormatIsInTheTableOnce) {
  for (const Importer& one : importers()) {
    EXPECT_NE(one.import == nullptr, one.refusal.empty()) << one.format;
    EXPECT_EQ(one.refusal.empty(), one.way_out.empty()) << one.format;
  }
}

TEST(ManifestDraft, WritesScalarsThatEveryReaderTakesForText) {
  struct Case {
    const char* text;
    const char* yaml;
  };
  const Case cases[] = {{"hello", "hello"},
                        {"/srv/data", "/srv/data"},
                        {"30s", "30s"},
                        {"128MiB", "128MiB"},
                        {"python:3.12", "python:3.12"},
                        {"", R"("")"},
                        {"yes", R"("yes")"},
                        {"NULL", R"("NULL")"},
                        {"010", R"("010")"},
                        {"3.10", R"("3.10")"},
                        {"1e3", R"("1e3")"},
                        {"a: b", R"("a: b")"},
                        {"end:", R"("end:")"},
                        {"a,b", R"("a,b")"},
                        {"- x", R"("- x")"},
                        {"a\nb\"\\", R"("a\nb\"\\")"},
                        {"\x7f", R"("\u007F")"},
                        {"ü", R"("ü")"}};
  for (const Case& one : cases) EXPECT_EQ(yaml_scalar(one.text), one.yaml);
}

TEST(ManifestDraft, MakesNames) {
  struct Case {
    const char* text;
    const char* name;
  };
  const Case cases[] = {{"hello", "hello"},
                        {"HelloWorldFunction", "hello-world-function"},
                        {"HTTPServer2Go", "http-server2-go"},
                        {"send_mail.v2", "send-mail-v2"},
                        {"--x--", "x"},
                        {"ünï", "n"},
                        {"!", ""},
                        {"", ""}};
  for (const Case& one : cases) EXPECT_EQ(function_name_of(one.text), one.name);
  EXPECT_EQ(function_name_of(std::string(62, 'a') + "-b").size(), 62u);
}

TEST(SchemaLine, EscapesWhatEditorsWouldStopAt) {
  EXPECT_EQ(schema_line("/usr/share/faasc/schema/faas.schema.json"),
            "# yaml-language-server: $schema=/usr/share/faasc/schema/faas.schema.json\n");
  EXPECT_EQ(schema_line("/my home/50%/x.json"),
            "# yaml-language-server: $schema=file:///my%20home/50%25/x.json\n");
}

TEST(ForeignUnits, AreReadAsTheirToolsDo) {
  EXPECT_EQ(parse_kubernetes_bytes("128Mi"), 128u << 20);
  EXPECT_EQ(parse_kubernetes_bytes("0.5Gi"), 512u << 20);
  EXPECT_EQ(parse_kubernetes_bytes("1e9"), 1'000'000'000u);
  EXPECT_EQ(parse_kubernetes_bytes("500M"), 500'000'000u);
  EXPECT_EQ(parse_kubernetes_bytes("1500m"), 2u);
  EXPECT_EQ(parse_qemu_bytes("512m"), 512u << 20);
  EXPECT_EQ(parse_qemu_bytes("2G"), std::uint64_t{2} << 30);
  EXPECT_EQ(parse_kubernetes_cpus("250m"), 1);
  EXPECT_EQ(parse_kubernetes_cpus("1500m"), 2);
  EXPECT_EQ(parse_kubernetes_cpus("2"), 2);
  EXPECT_EQ(parse_go_duration("1m30s"), std::chrono::seconds(90));
  EXPECT_EQ(parse_go_duration("1.5h"), std::chrono::minutes(90));
  EXPECT_EQ(parse_go_duration("250us"), std::chrono::milliseconds(1));
  for (const char* bad :
       {"", "Mi", "-1", "1 Mi", "nan", "inf", "0x10", "1e400", "99999999999999999999", "1MB"}) {
    EXPECT_FALSE(parse_kubernetes_bytes(bad)) << bad;
    EXPECT_FALSE(parse_kubernetes_cpus(bad)) << bad;
  }
  for (const char* bad : {"", "s", "10", "1m30", "-1s", "1.2.3s", "1y"})
    EXPECT_FALSE(parse_go_duration(bad)) << bad;
}

}  // namespace
}  // namespace faasc
