#include "packager/bill/bill.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/process.h"
#include "packager/bill/debian_packages.h"
#include "packager/bill/go_build_info.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::ElementsAre;

Bill sample() {
  Bill bill;
  bill.function = {.kind = Component::Kind::Function,
                   .name = "shop",
                   .sha256 = std::string(64, 'a'),
                   .files = {"/app/shop"}};
  bill.components = {{.kind = Component::Kind::Kernel,
                      .name = "nanos",
                      .version = "0.1.55",
                      .purl = "pkg:generic/nanos@0.1.55"},
                     {.name = "libc6",
                      .version = "2.36-9+deb12u7",
                      .purl = "pkg:deb/debian/libc6@2.36-9%2Bdeb12u7?arch=amd64",
                      .files = {"/usr/lib/libc.so.6"}},
                     {.name = "Flask",
                      .version = "3.0.3",
                      .purl = "pkg:pypi/flask@3.0.3",
                      .license = "BSD \"3\" clause",
                      .files = {"/site/flask.py"}},
                     {.name = "libstdc++-12-dev",
                      .version = "12",
                      .purl = "pkg:deb/debian/libstdc%2B%2B-12-dev@12?arch=amd64"}};
  return bill;
}

TEST(Bill, IsWrittenAsSpdx) {
  auto json = nlohmann::json::parse(to_spdx(sample(), "0.1.0", 86400));
  EXPECT_EQ(json.at("spdxVersion"), "SPDX-2.3");
  EXPECT_EQ(json.at("creationInfo").at("created"), "1970-01-02T00:00:00Z");
  EXPECT_EQ(json.at("documentNamespace"), "urn:faasc:sbom:shop:" + std::string(64, 'a'));
  ASSERT_EQ(json.at("packages").size(), 5u);
  EXPECT_EQ(json.at("packages")[0].at("checksums")[0].at("checksumValue"), std::string(64, 'a'));
  EXPECT_EQ(json.at("packages")[2].at("externalRefs")[0].at("referenceLocator"),
            "pkg:deb/debian/libc6@2.36-9%2Bdeb12u7?arch=amd64");
  std::vector<std::string> relations;
  for (const auto& relation : json.at("relationships")) relations.push_back(relation.at("relationshipType"));
  EXPECT_THAT(relations, ElementsAre("DESCRIBES", "CONTAINS", "CONTAINS", "CONTAINS", "STATIC_LINK"));
}

TEST(Bill, IsWrittenAsCycloneDx) {
  auto json = nlohmann::json::parse(to_cyclonedx(sample(), "0.1.0", 0));
  EXPECT_EQ(json.at("specVersion"), "1.5");
  EXPECT_EQ(json.at("serialNumber"), "urn:uuid:aaaaaaaa-aaaa-8aaa-aaaa-aaaaaaaaaaaa");
  EXPECT_EQ(json.at("metadata").at("component").at("name"), "shop");
  ASSERT_EQ(json.at("components").size(), 4u);
  EXPECT_EQ(json.at("components")[2].at("licenses")[0].at("license").at("name"), "BSD \"3\" clause");
  EXPECT_EQ(json.at("dependencies")[0].at("dependsOn").size(), 4u);
}

// By the schemas that the two projects publish; their directory is named in the environment.
TEST(Bill, IsValid) {
  const char* schemas = std::getenv("FAASC_SBOM_SCHEMAS");
  if (schemas == nullptr) GTEST_SKIP() << "FAASC_SBOM_SCHEMAS names no directory of schemas";
  auto directory = TemporaryDirectory::create(testing::TempDir(), "bill").value();
  ASSERT_TRUE(write_file(directory.path() / "spdx.json", to_spdx(sample(), "0.1.0", 0)));
  ASSERT_TRUE(write_file(directory.path() / "cyclonedx.json", to_cyclonedx(sample(), "0.1.0", 0)));
  auto finished = run({.argv = {"python3", FAASC_SOURCE_DIR "/packager/bill/validate_test.py", schemas,
                                directory.path().string()}});
  ASSERT_TRUE(finished);
  EXPECT_TRUE(finished->status.ok()) << finished->out << finished->err;
}

TEST(GoBuildInfo, IsWhatGoItselfSays) {
  auto go = find_program("go");
  std::string command = go ? go->string() : "/usr/local/go/bin/go";
  if (!fs::exists(command)) GTEST_SKIP() << "Go is not installed";
  auto version = run({.argv = {command, "version", "-m", command}});
  ASSERT_TRUE(version && version->status.ok());
  auto program = read_file(command);
  ASSERT_TRUE(program);
  auto info = go_build_info(*program);
  ASSERT_TRUE(info);
  EXPECT_THAT(version->out, testing::HasSubstr(": go" + info->go_version));
}

TEST(GoBuildInfo, ReadsModulesAndWhatReplacesThem) {
  std::string modules =
      "path\tcommand\nmod\texample.com/a\t(devel)\t\ndep\texample.com/b\tv1.2.3\th1:x=\n"
      "dep\texample.com/c\tv0.0.1\n=>\texample.com/d\tv2.0.0\th1:y=\nbuild\t-trimpath=true\n";
  std::string text = "\xff Go buildinf:";
  text += '\x08';
  text += '\x02';
  text.resize(32, '\0');
  auto add = [&](const std::string& string) {
    text += static_cast<char>((string.size() & 0x7f) | 0x80);
    text += static_cast<char>(string.size() >> 7);
    text += string;
  };
  add("go1.22.3 X:nocoverageredesign");
  add(std::string(16, '\x30') + modules + std::string(16, '\xf9'));
  const std::string before(32, '\0');
  auto info = go_build_info(before + text);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->go_version, "1.22.3");
  EXPECT_THAT(info->modules,
              ElementsAre(GoModule{"example.com/b", "v1.2.3"}, GoModule{"example.com/d", "v2.0.0"}));
  // Whatever is cut off, nothing is read that is not there.
  for (std::size_t size = 0; size < text.size(); ++size) {
    auto cut = go_build_info(std::string_view(text).substr(0, size));
    if (cut) EXPECT_THAT(cut->modules, testing::SizeIs(testing::Le(2u)));
  }
  EXPECT_FALSE(
      go_build_info("\x7f"
                    "ELF and nothing of Go"));
}

TEST(DebianPackages, KnowWhoseAFileIs) {
  if (!find_program("dpkg-query")) GTEST_SKIP() << "no dpkg here";
  auto found = packages_of({"/usr/bin/dpkg-query", "/etc/of nobody", "/usr/lib/x86_64-linux-gnu/libc.so.6"});
  ASSERT_TRUE(found) << found.error().what;
  EXPECT_EQ(found->at("/usr/bin/dpkg-query").name, "dpkg");
  EXPECT_FALSE(found->contains("/etc/of nobody"));
  if (fs::exists("/usr/lib/x86_64-linux-gnu/libc.so.6")) {
    const DebianPackage& libc = found->at("/usr/lib/x86_64-linux-gnu/libc.so.6");
    EXPECT_EQ(libc.name, "libc6");
    EXPECT_EQ(libc.source, "glibc");
    EXPECT_THAT(purl_of(libc, "debian"), testing::StartsWith("pkg:deb/debian/libc6@"));
    EXPECT_THAT(purl_of(libc, "debian"), testing::HasSubstr("&upstream=glibc%40"));
  }
}

}  // namespace
}  // namespace faasc
