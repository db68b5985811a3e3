// examples/monorepo: twelve functions in three languages, built in one call.

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::ElementsAre;

class MonorepoSystem : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_kernel(KernelFamily::Nanos) && !has_kernel(KernelFamily::Linux)) GTEST_SKIP() << "no kernel";
    if (!find_program("go") && !fs::exists("/usr/local/go/bin/go")) GTEST_SKIP() << "Go is not installed";
    fs::copy(fs::path(FAASC_SOURCE_DIR) / "examples/monorepo", project_.directory(),
             fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  }
  /// The functions that a build in the workspace's directory made, and not those that it left alone.
  std::set<std::string> built() {
    Finished finished = project_.faasc({"build", "-q", "--format", "json"});
    EXPECT_EQ(finished.status.code, 0) << finished.out << finished.err;
    std::size_t last = finished.out.rfind("\n", finished.out.size() - 2);
    nlohmann::json result =
        nlohmann::json::parse(finished.out.substr(last == std::string::npos ? 0 : last + 1));
    EXPECT_EQ(result.at("functions").size(), 12u);
    std::set<std::string> functions;
    for (const auto& function : result.at("functions"))
      if (!function.at("up_to_date").get<bool>()) functions.insert(function.at("project").get<std::string>());
    return functions;
  }
  ProjectRun project_;
};

TEST_F(MonorepoSystem, BuildsWhatAChangeConcernsAndEveryFunctionAnswers) {
  EXPECT_EQ(built().size(), 12u);
  EXPECT_THAT(built(), ElementsAre());
  std::string source = read_file(project_.at("orders/vat/vat.cc")).value();
  project_.write("orders/vat/vat.cc", source + "// one line more\n");
  project_.write("README.md", "of no function");
  EXPECT_EQ(
      project_.shell("printf 'orders/vat/vat.cc\\nREADME.md\\n' | \"$FAASC\" build --list --affected-by -")
          .out,
      "orders/vat\n");
  EXPECT_THAT(built(), ElementsAre("orders/vat"));

  if (!find_program("dpkg-query")) GTEST_SKIP() << "dpkg is not installed";
  // What each is made of.
  for (auto [function, part] : std::vector<std::pair<const char*, const char*>>{
           {"orders/vat", "libstdc%2B%2B-"}, {"geo/area", "pkg:golang/std@"}, {"text/slug", "libpython3."}}) {
    Finished bill = project_.faasc({"sbom", "-q", function});
    EXPECT_EQ(bill.status.code, 0) << bill.err;
    EXPECT_THAT(bill.out, testing::HasSubstr(part)) << function;
    EXPECT_EQ(bill.out, project_.faasc({"sbom", "-q", function}).out);
    EXPECT_EQ(nlohmann::json::parse(project_.faasc({"sbom", "-q", "--as", "cyclonedx", function}).out)
                  .at("bomFormat"),
              "CycloneDX");
  }

  if (!has_qemu()) GTEST_SKIP() << "QEMU is not installed";
  Finished finished = project_.faasc({"test", "-q"});
  EXPECT_EQ(finished.status.code, 0) << finished.out << finished.err;
  EXPECT_THAT(finished.out, testing::HasSubstr("\n24 passed in "));
}

}  // namespace
}  // namespace faasc
