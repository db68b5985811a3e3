#include "manifests/keys.h"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "manifests/codes.h"
#include "manifests/quantity.h"
#include "manifests/reader.h"

namespace faasc {
namespace {

constexpr std::int64_t kKiB = 1024, kMiB = kKiB * 1024, kSecond = 1000;

// The format as it is promised: what may be added to, but never changed.
struct Row {
  const char* path;
  Form form;
  const char* fallback = "";
  const char* code = "";
  std::int64_t least = 0, most = 0;
  const char* choices = "";
};
const Row kRows[] = {
    {"apiVersion", Form::Text, "", kApiVersion},
    {"name", Form::Text, "name of the directory", kBadFunctionName},
    {"version", Form::Text, "0.0.0", kWrongType},
    {"description", Form::Text},
    {"labels", Form::TextMap},
    {"runtime", Form::Text, "inferred from the files", kUnknownRuntime},
    {"handler", Form::Text, "the only candidate", kWrongType},
    {"signature", Form::Choice, "auto", "", 0, 0,
     "auto http cloudevent lambda typed event asgi openfaas server"},
    {"source", Form::Text, ".", kPathEscapes},
    {"include", Form::TextList, "everything", kBadGlob},
    {"exclude", Form::TextList, "", kBadGlob},
    {"build", Form::Section},
    {"build.cpp", Form::Section},
    {"build.cpp.sources", Form::TextList, "every *.cc, *.cpp and *.cxx that is not a test", kBadGlob},
    {"build.cpp.standard", Form::Choice, "17", kCppStandard, 0, 0, "11 14 17 20 23"},
    {"build.cpp.includes", Form::TextList, "", kBadBuildOption},
    {"build.cpp.defines", Form::TextList, "", kBadBuildOption},
    {"build.cpp.flags", Form::TextList, "", kDeniedCppFlag},
    {"build.cpp.link", Form::TextList, "", kBadBuildOption},
    {"build.cpp.launcher", Form::Choice, "none", kBadBuildOption, 0, 0, "none ccache sccache distcc icecc"},
    {"build.cpp.cmake", Form::Section},
    {"build.cpp.cmake.dir", Form::Text, ".", kPathEscapes},
    {"build.cpp.cmake.target", Form::Text, "functions_framework_cpp_function", kBadBuildOption},
    {"build.python", Form::Section},
    {"build.python.requirements", Form::Text, "requirements.txt where there is one, then pyproject.toml",
     kPathEscapes},
    {"build.python.wheels", Form::Text, "", kBadBuildOption},
    {"build.python.index", Form::Text, "", kBadBuildOption},
    {"build.python.bytecode", Form::Boolean, "true"},
    {"build.go", Form::Section},
    {"build.go.package", Form::Text, ".", kBadBuildOption},
    {"build.go.tags", Form::TextList, "", kBadBuildOption},
    {"build.go.ldflags", Form::TextList, "", kBadBuildOption},
    {"build.go.cgo", Form::Boolean, "false"},
    {"build.go.goamd64", Form::Choice, "v1", kBadBuildOption, 0, 0, "v1 v2 v3 v4"},
    {"build.go.mod", Form::Choice, "vendor where there is a vendor directory", kBadBuildOption, 0, 0,
     "readonly vendor"},
    {"build.args", Form::TextMap, "", kBadBuildOption},
    {"build.locked", Form::Boolean, "false"},
    {"build.reproducible", Form::Boolean, "true"},
    {"env", Form::TextMap},
    {"resources", Form::Section},
    {"resources.memory", Form::Quantity, "256MiB", kMemoryRange, 32 * kMiB, 10240 * kMiB},
    {"resources.vcpus", Form::Integer, "1", kCpuRange, 1, 16},
    {"resources.ephemeral_storage", Form::Quantity, "512MiB", kStorageRange, 0, 10240 * kMiB},
    {"limits", Form::Section},
    {"limits.timeout", Form::Duration, "30s", kTimeRange, 1 * kSecond, 3600 * kSecond},
    {"limits.init_timeout", Form::Duration, "10s", kTimeRange, 1 * kSecond, 240 * kSecond},
    {"limits.grace_period", Form::Duration, "10s", kGraceRange, 0, 30 * kSecond},
    {"limits.request_size", Form::Quantity, "6MiB", kMessageSizeRange, 1 * kKiB, 1024 * kMiB},
    {"limits.response_size", Form::Quantity, "6MiB", kMessageSizeRange, 1 * kKiB, 1024 * kMiB},
    {"limits.concurrency", Form::Integer, "80; 1 for lambda", kConcurrencyRange, 1, 1000},
    {"http", Form::Section},
    {"http.port", Form::Integer, "8080", kBadPort, 1, 65535},
    {"http.health", Form::Boolean, "true"},
    {"http.lambda_event", Form::Choice, "raw", "", 0, 0, "raw url-v2"},
    {"http.openapi", Form::Boolean, "false"},
    {"network", Form::Section},
    {"network.address", Form::Text, "dhcp", kBadNetwork},
    {"network.address6", Form::Text, "", kBadAddress6},
    {"network.netmask", Form::Text, "", kBadNetwork},
    {"network.gateway", Form::Text, "the first address of the network", kBadNetwork},
    {"network.dns", Form::TextList, "", kBadNetwork},
    {"network.hosts", Form::TextMap, "", kBadNetwork},
    {"timezone", Form::Text, "UTC", kBadTimezone},
    {"ca_certificates", Form::Text, "none", kBadCertificates},
    {"files", Form::SectionList},
    {"files.from", Form::Text, "", kPathEscapes},
    {"files.to", Form::Text, "", kBadFileTarget},
    {"files.mode", Form::FileMode, "those of the file", kBadFileTarget},
    {"mounts", Form::SectionList},
    {"mounts.tag", Form::Text, "", kBadMount},
    {"mounts.label", Form::Text, "", kBadMount},
    {"mounts.path", Form::Text, "", kBadMount},
    {"mounts.readonly", Form::Boolean, "false"},
    {"logging", Form::Section},
    {"logging.format", Form::Choice, "text", kBadLogging, 0, 0, "text json"},
    {"logging.level", Form::Choice, "info", kBadLogging, 0, 0, "debug info warn error fatal"},
    {"image", Form::Section},
    {"image.format", Form::Choice, "raw", kImageFormat, 0, 0, "raw qcow2 vmdk vhd vhdx raw.zst"},
    {"image.size", Form::Quantity, "auto", kImageSize, 1 * kMiB, std::int64_t{1} << 44},
    {"image.max_size", Form::Quantity, "", kImageTooLarge, 1, std::int64_t{1} << 44},
    {"image.kernel", Form::Text, "auto", kBadKernelChoice},
    {"image.boot", Form::Choice, "auto", kImageBoot, 0, 0, "auto direct bios uefi"},
    {"image.root", Form::Choice, "ext4", kImageRoot, 0, 0, "ext4 erofs initramfs"},
    {"image.klibs", Form::TextList, "", kUnknownKlib},
    {"image.consoles", Form::TextList, "[serial, vga]", kBadConsole},
    {"image.coredumplimit", Form::Quantity, "no core dumps", kBadCoreDump, 64 * kKiB, 64 * 1024 * kMiB},
    {"image.manifest", Form::FreeMap, "", kOwnedTuple},
    {"compat", Form::Choice, "none", "", 0, 0, "none lambda gcf"},
    {"lint", Form::Choice, "warn", "", 0, 0, "warn strict off"},
    {"tests", Form::SectionList},
    {"tests.name", Form::Text, "", kBadTest},
    {"tests.request", Form::Section},
    {"tests.request.method", Form::Text, "POST with a body or event, else GET", kBadTest},
    {"tests.request.path", Form::Text, "/", kBadTest},
    {"tests.request.headers", Form::TextMap, "", kBadTest},
    {"tests.request.body", Form::Text},
    {"tests.request.body_file", Form::Text, "", kPathEscapes},
    {"tests.request.cloudevent", Form::Section},
    {"tests.request.cloudevent.mode", Form::Choice, "binary", kBadTest, 0, 0, "binary structured"},
    {"tests.request.cloudevent.id", Form::Text, "1", kBadTest},
    {"tests.request.cloudevent.source", Form::Text, "/faasc/test", kBadTest},
    {"tests.request.cloudevent.type", Form::Text, "faasc.test", kBadTest},
    {"tests.request.cloudevent.datacontenttype", Form::Text, "application/json where there is data",
     kBadTest},
    {"tests.request.cloudevent.data", Form::Json, "", kBadTest},
    {"tests.expect", Form::Section},
    {"tests.expect.status", Form::Integer, "", kBadTest, 100, 599},
    {"tests.expect.headers", Form::TextMap, "", kBadTest},
    {"tests.expect.body", Form::Text},
    {"tests.expect.body_json", Form::Json, "", kBadTest},
    {"tests.expect.body_regex", Form::Text, "", kBadTest},
    {"tests.expect.log_regex", Form::Text, "", kBadTest},
    {"tests.expect.max_ms", Form::Integer, "", kBadTest, 1, 3'600'000},
};

void collect(std::span<const Key> keys, const std::string& prefix, std::map<std::string, const Key*>& out) {
  for (const Key& key : keys) {
    std::string path = prefix + std::string(key.name);
    out[path] = &key;
    collect(key.members, path + ".", out);
  }
}

std::map<std::string, const Key*> all_keys() {
  std::map<std::string, const Key*> keys;
  collect(manifest_keys(), "", keys);
  return keys;
}

TEST(Keys, AreAllThatThePromiseNames) {
  std::map<std::string, const Key*> keys = all_keys();
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.path);
    ASSERT_TRUE(keys.contains(row.path)) << "the key is missing";
    const Key& key = *keys[row.path];
    EXPECT_EQ(key.form, row.form);
    EXPECT_EQ(key.fallback, row.fallback);
    EXPECT_EQ(key.code, row.code);
    EXPECT_EQ(key.least, row.least);
    EXPECT_EQ(key.most, row.most);
    std::string wanted = row.choices;
    while (!wanted.empty()) {
      std::string choice = wanted.substr(0, wanted.find(' '));
      wanted.erase(0, choice.size() + 1);
      EXPECT_NE(std::find(key.choices.begin(), key.choices.end(), choice), key.choices.end()) << choice;
    }
  }
  for (const char* required : {"apiVersion", "files.from", "files.to", "mounts.path", "tests.name"})
    EXPECT_TRUE(keys[required]->required) << required;
}

TEST(Keys, DescribeThemselves) {
  for (const auto& [path, key] : all_keys()) {
    SCOPED_TRACE(path);
    EXPECT_FALSE(key->help.empty());
    EXPECT_FALSE(key->help.ends_with('.'));
    bool section = key->form == Form::Section || key->form == Form::SectionList;
    EXPECT_EQ(key->open != nullptr, section);
    EXPECT_EQ(key->members.empty(), !section);
    EXPECT_EQ(key->form == Form::Choice && key->choices.empty(), false);
    // What can be out of range, or unknown, has a code to say so with.
    if (key->most > 0) {
      EXPECT_FALSE(key->code.empty());
    }
    if (key->check != nullptr) {
      EXPECT_FALSE(key->code.empty());
    }
    if (key->check_name != nullptr) {
      EXPECT_FALSE(key->name_code.empty());
    }
  }
}

// A default that is shown as a value is one that could be written.
TEST(Keys, DefaultsAreWithinTheirRange) {
  for (const auto& [path, key] : all_keys()) {
    if (key->fallback.empty() || key->fallback.find(' ') != std::string_view::npos) continue;
    SCOPED_TRACE(path);
    std::string fallback(key->fallback);
    if (key->form == Form::Quantity && fallback != key->word) {
      ASSERT_TRUE(parse_quantity(fallback));
      EXPECT_GE(static_cast<std::int64_t>(*parse_quantity(fallback)), key->least);
      EXPECT_LE(static_cast<std::int64_t>(*parse_quantity(fallback)), key->most);
    } else if (key->form == Form::Duration) {
      ASSERT_TRUE(parse_duration(fallback));
      EXPECT_GE(parse_duration(fallback)->count(), key->least);
      EXPECT_LE(parse_duration(fallback)->count(), key->most);
    } else if (key->form == Form::Choice) {
      EXPECT_NE(std::find(key->choices.begin(), key->choices.end(), fallback), key->choices.end());
    } else if (key->check != nullptr) {
      EXPECT_FALSE(key->check(fallback));
    }
  }
}

// The table's defaults are for people to read; these are what counts.
TEST(Keys, DefaultsAreWhatTheReaderFillsIn) {
  Diagnostics diagnostics;
  std::optional<Manifest> manifest = read_manifest_text(
      "apiVersion: faasc/v1\nbuild: {cpp: {cmake: {}}}\nmounts: [{tag: a, path: /a}]\n"
      "tests: [{name: a, request: {cloudevent: {}}, expect: {status: 200}}]\n",
      "faas.yaml", diagnostics, ManifestEnvironment{});
  ASSERT_TRUE(manifest);
  std::map<std::string, const Key*> keys = all_keys();
  auto fallback = [&](const char* path) { return std::string(keys.at(path)->fallback); };
  auto bytes = [&](const char* path) { return parse_quantity(fallback(path)).value_or(0); };
  auto time = [&](const char* path) {
    return parse_duration(fallback(path)).value_or(std::chrono::seconds(0));
  };
  auto flag = [&](const char* path) { return fallback(path) == "true"; };
  const Manifest& m = *manifest;
  EXPECT_EQ(*m.version, fallback("version"));
  EXPECT_EQ(name_of(*m.signature), fallback("signature"));
  EXPECT_EQ(*m.source, fallback("source"));
  EXPECT_EQ(*m.build.cpp.standard, fallback("build.cpp.standard"));
  EXPECT_EQ(*m.build.cpp.cmake->value.directory, fallback("build.cpp.cmake.dir"));
  EXPECT_EQ(*m.build.cpp.cmake->value.target, fallback("build.cpp.cmake.target"));
  EXPECT_EQ(*m.build.python.bytecode, flag("build.python.bytecode"));
  EXPECT_EQ(*m.build.go.package, fallback("build.go.package"));
  EXPECT_EQ(*m.build.go.cgo, flag("build.go.cgo"));
  EXPECT_EQ(*m.build.go.goamd64, fallback("build.go.goamd64"));
  EXPECT_EQ(*m.build.locked, flag("build.locked"));
  EXPECT_EQ(*m.build.reproducible, flag("build.reproducible"));
  EXPECT_EQ(*m.resources.memory, bytes("resources.memory"));
  EXPECT_EQ(std::to_string(*m.resources.vcpus), fallback("resources.vcpus"));
  EXPECT_EQ(*m.resources.ephemeral_storage, bytes("resources.ephemeral_storage"));
  EXPECT_EQ(*m.limits.timeout, time("limits.timeout"));
  EXPECT_EQ(*m.limits.init_timeout, time("limits.init_timeout"));
  EXPECT_EQ(*m.limits.grace_period, time("limits.grace_period"));
  EXPECT_EQ(*m.limits.request_size, bytes("limits.request_size"));
  EXPECT_EQ(*m.limits.response_size, bytes("limits.response_size"));
  EXPECT_EQ(default_concurrency("http"), 80);
  EXPECT_EQ(default_concurrency("lambda"), 1);
  EXPECT_EQ(std::to_string(*m.http.port), fallback("http.port"));
  EXPECT_EQ(*m.http.health, flag("http.health"));
  EXPECT_EQ(*m.http.lambda_event, LambdaEvent::Raw);
  EXPECT_EQ(*m.mounts[0].readonly, flag("mounts.readonly"));
  EXPECT_EQ(*m.logging.format, LogFormat::Text);
  EXPECT_EQ(*m.logging.level, LogLevel::Info);
  EXPECT_EQ(*m.image.format, fallback("image.format"));
  EXPECT_FALSE(m.image.size);
  EXPECT_EQ(*m.image.kernel, fallback("image.kernel"));
  EXPECT_EQ(*m.image.boot, ImageBoot::Auto);
  EXPECT_EQ(*m.compat, Compat::None);
  EXPECT_EQ(*m.lint, Lint::Warn);
  EXPECT_FALSE(*m.http.openapi);
  const TestEvent& event = m.tests[0].request.cloudevent->value;
  EXPECT_EQ(*m.tests[0].request.path, fallback("tests.request.path"));
  EXPECT_EQ(*event.mode, fallback("tests.request.cloudevent.mode"));
  EXPECT_EQ(*event.id, fallback("tests.request.cloudevent.id"));
  EXPECT_EQ(*event.source, fallback("tests.request.cloudevent.source"));
  EXPECT_EQ(*event.type, fallback("tests.request.cloudevent.type"));
  EXPECT_EQ(*event.specversion, fallback("tests.request.cloudevent.specversion"));
}

}  // namespace
}  // namespace faasc
