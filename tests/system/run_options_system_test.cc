// What one run of an image is given beside it: nothing is built again, and the image stays as it is.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/sha256.h"
#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

class RunOptions : public testing::TestWithParam<KernelFamily> {
 protected:
  void SetUp() override {
    FAASC_NEEDS(GetParam());
    fs::copy_file(FAASC_BOOT_GUEST, project_.at("server"));
    build("");
  }
  /// The boot tests' guest as a project, with these lines in its manifest.
  void build(const std::string& more) {
    project_.write("faas.yaml",
                   "apiVersion: faasc/v1\nname: guest\nruntime: binary\nhandler: server\n"
                   "env: {A: manifest, KEEP: kept}\n" +
                       more);
    Finished built = project_.faasc({"build", "-q", "--kernel", std::string(name_of(GetParam()))});
    ASSERT_EQ(built.status.code, 0) << built.err;
    image_ = project_.at(more.find("qcow2") == std::string::npos ? "build/guest.img" : "build/guest.qcow2");
    digest_ = to_hex(sha256_of_file(image_).value());
  }
  Finished get(const std::string& path, std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"invoke", "-q", image_, "--path", path});
    return project_.faasc(std::move(arguments));
  }
  void TearDown() override {
    if (!digest_.empty())
      EXPECT_EQ(to_hex(sha256_of_file(image_).value()), digest_) << "the image was written to";
  }

  ProjectRun project_;
  fs::path image_;
  std::string digest_;
};

TEST_P(RunOptions, TheEnvironment) {
  project_.environment["FROM_HOST"] = "the host's";
  const std::vector<std::string> options = {"--env", "A=new", "--env", "K=a=b", "--env", "FROM_HOST"};
  const std::pair<const char*, const char*> kCases[] = {
      {"/env/A", "new"}, {"/env/K", "a=b"}, {"/env/FROM_HOST", "the host's"}, {"/env/KEEP", "kept"}};
  // One boot for all: the tests of the manifest see the environment, too.
  std::string tests = "tests:\n";
  for (const auto& [path, value] : kCases)
    tests += "  - {name: '" + std::string(path) + "', request: {path: " + path + "}, expect: {body: \"" +
             value + "\"}}\n";
  build(tests);
  std::vector<std::string> arguments = {"test", image_};
  arguments.insert(arguments.end(), options.begin(), options.end());
  Finished finished = project_.faasc(arguments);
  EXPECT_EQ(finished.status.code, 0) << finished.out << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("pass  /env/FROM_HOST"));

  finished = get("/env/A", {});
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_EQ(finished.out, "manifest");
}

TEST_P(RunOptions, TheEnvironmentOfAMachineThatBootsItsDisk) {
  build("image: {boot: bios, format: qcow2}\n");
  Finished finished = project_.faasc(
      {"invoke", "-v", image_, "--path", "/env/A", "--boot", "bios", "--env", "A=" + std::string(4000, 'x')});
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_EQ(finished.out, std::string(4000, 'x'));
  EXPECT_THAT(finished.err, HasSubstr("q35, booted from the disk"));
}

TEST_P(RunOptions, AnImageOfAnEarlierFaasc) {
  std::string spec = *read_file(project_.at("build/guest.vm.json"));
  std::size_t at = spec.find("  \"settings_disk\": true,\n");
  if (at != std::string::npos) spec.erase(at, spec.find('\n', at) + 1 - at);
  project_.write("build/guest.vm.json", spec);
  Finished finished = get("/env/A", {"--env", "A=1"});
  if (GetParam() == KernelFamily::Nanos) {  // it is the kernel that reads the root, whoever made the image
    EXPECT_EQ(finished.out, "1");
    return;
  }
  EXPECT_EQ(finished.status.code, 1);
  EXPECT_EQ(finished.err,
            "faasc: error: the init in '" + image_.string() +
                "' is from an earlier faasc, which tells guests nothing but what is in their image "
                "[FAASC0740]\n"
                "  while preparing the machine of 'guest'\n"
                "  hint: build the image again\n");
}

INSTANTIATE_TEST_SUITE_P(, RunOptions, testing::Values(KernelFamily::Nanos, KernelFamily::Linux),
                         [](const auto& one) { return std::string(name_of(one.param)); });

}  // namespace
}  // namespace faasc
