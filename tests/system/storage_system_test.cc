// What outlives a machine: volumes and directories of the host, as options of one run and as `mounts` of the
// manifest, on both families.

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

class Storage : public testing::TestWithParam<KernelFamily> {
 protected:
  void SetUp() override {
    FAASC_NEEDS(GetParam());
    fs::copy_file(FAASC_OUTSIDE_GUEST, project_.at("server"));
    build("");
  }
  std::string format() const { return GetParam() == KernelFamily::Nanos ? "tfs" : "ext4"; }
  void build(const std::string& more) {
    project_.write("faas.yaml",
                   "apiVersion: faasc/v1\nname: guest\nruntime: binary\nhandler: server\n" + more);
    Finished built = project_.faasc({"build", "-q", "--kernel", std::string(name_of(GetParam()))});
    ASSERT_EQ(built.status.code, 0) << built.err;
  }
  void create(const std::string& name, const std::string& label) {
    Finished created = project_.faasc(
        {"volume", "create", name, "-q", "--size", "16MiB", "--filesystem", format(), "--label", label});
    ASSERT_EQ(created.status.code, 0) << created.err;
  }
  Finished get(const std::string& path, std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"invoke", "-q", "build/guest.img", "--path", path});
    return project_.faasc(std::move(arguments));
  }
  Finished post(const std::string& path, const std::string& body, std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--data", body});
    return get(path, std::move(arguments));
  }

  ProjectRun project_;
};

TEST_P(Storage, AVolumeKeepsWhatOneRunWroteForTheNext) {
  create("data.img", "data");
  Finished finished = post("/write/run/data/note", "kept", {"--volume", "data.img:/run/data"});
  EXPECT_EQ(finished.out, "written") << finished.err;
  finished = get("/read/run/deep/er/note", {"--volume", "data.img:/run/deep/er"});
  EXPECT_EQ(finished.out, "kept") << finished.err;
  // To be read only, and at another place.
  const auto before = read_file(project_.at("data.img"));
  finished = get("/read/run/mnt/note", {"--volume", "data.img:/run/mnt:ro"});
  EXPECT_EQ(finished.out, "kept") << finished.err;
  finished = post("/write/run/mnt/more", "no", {"--volume", "data.img:/run/mnt:ro"});
  EXPECT_THAT(finished.out + finished.err, HasSubstr("Read-only file system"));
  EXPECT_EQ(*read_file(project_.at("data.img")) == *before, true) << "the volume was written to";
}

TEST_P(Storage, AVolumeOfTheManifest) {
  build("mounts:\n  - {label: data, path: /srv/data}\n");
  Finished finished = get("/list/srv", {});
  EXPECT_EQ(finished.status.code, 2) << finished.out;
  EXPECT_THAT(finished.err, HasSubstr("'guest' mounts the volume 'data' at '/srv/data', and was given none "
                                      "[FAASC0750]"));
  create("data.img", "data");
  finished = post("/write/srv/data/note", "kept", {"--volume", "data.img"});
  EXPECT_EQ(finished.out, "written") << finished.err;
  finished = get("/read/srv/data/note", {"--volume", "data.img:/srv/data:ro"});
  EXPECT_EQ(finished.out, "kept") << finished.err;
  finished = get("/", {"--volume", "data.img:/elsewhere"});
  EXPECT_THAT(finished.err, HasSubstr("FAASC0751"));
}

TEST_P(Storage, WhatWasSyncedSurvivesTheEndOfTheMachineByForce) {
  create("data.img", "data");
  Finished started = project_.faasc(
      {"run", "-q", "--detach", "--json", "build/guest.img", "-p", "0:8080", "--volume", "data.img:/run/data"});
  ASSERT_EQ(started.status.code, 0) << started.err;
  const std::size_t at = started.out.find("\"pid\":");
  const std::size_t address = started.out.find("http://");
  ASSERT_NE(at, std::string::npos) << started.out;
  const std::string url = started.out.substr(address, started.out.find('"', address) - address);
  Finished written = project_.shell("curl -s --data kept " + url + "/write/run/data/note");
  EXPECT_EQ(written.out, "written") << written.err;

  // Meanwhile nobody else gets it.
  Finished other = get("/", {"--volume", "data.img:/run/data"});
  EXPECT_EQ(other.status.code, 6) << other.err;
  EXPECT_THAT(other.err, HasSubstr("[FAASC0748]"));

  ::kill(std::stoi(started.out.substr(at + 6)), SIGKILL);
  project_.faasc({"stop", "-q", "guest"});
  Finished finished = get("/read/run/data/note", {"--volume", "data.img:/run/data"});
  EXPECT_EQ(finished.out, "kept") << finished.err;
}

TEST_P(Storage, AFullVolumeIsAnErrorOfTheProgramsOwn) {
  create("data.img", "data");
  Finished finished = get("/fill/run/data/all", {"--volume", "data.img:/run/data"});
  EXPECT_THAT(finished.out + finished.err, HasSubstr("No space left on device"));
  finished = get("/list/run/data", {"--volume", "data.img:/run/data"});
  EXPECT_THAT(finished.out, HasSubstr("all")) << finished.err;
}

TEST_P(Storage, ADirectoryOfTheHost) {
  if (GetParam() == KernelFamily::Linux && ::geteuid() != 0)
    GTEST_SKIP() << "virtiofsd has to be started by root";
  fs::create_directories(project_.at("shared"));
  ASSERT_TRUE(write_file(project_.at("shared/from-host"), "of the host"));
  ASSERT_TRUE(write_file(project_.at("secret"), "not shared"));
  fs::create_symlink("../secret", project_.at("shared/out"));
  Finished finished = get("/read/run/in/from-host", {"--share", "shared:/run/in"});
  if (finished.err.find("virtiofs") != std::string::npos) GTEST_SKIP() << finished.err;
  EXPECT_EQ(finished.out, "of the host") << finished.err;
  finished = post("/write/run/in/from-guest", "of the guest", {"--share", "shared:/run/in"});
  EXPECT_EQ(finished.out, "written") << finished.err;
  EXPECT_EQ(*read_file(project_.at("shared/from-guest")), "of the guest");
  // A link leads nowhere but in the guest's own tree.
  finished = get("/read/run/in/out", {"--share", "shared:/run/in"});
  EXPECT_THAT(finished.out + finished.err, HasSubstr("No such file or directory"));
  finished = post("/write/run/in/no", "no", {"--share", "shared:/run/in:ro"});
  EXPECT_THAT(finished.out + finished.err, HasSubstr("Read-only file system"));
  EXPECT_FALSE(fs::exists(project_.at("shared/no")));
}

TEST_P(Storage, AWriteIsOnTheHostBeforeTheAnswerIs) {
  if (GetParam() == KernelFamily::Linux && ::geteuid() != 0)
    GTEST_SKIP() << "virtiofsd has to be started by root";
  fs::create_directories(project_.at("out"));
  build("mounts:\n  - {tag: out, path: /srv/out}\n");
  Finished started =
      project_.faasc({"run", "-q", "--detach", "build/guest.img", "-p", "0:8080", "--share", "out:out"});
  if (started.err.find("virtiofs") != std::string::npos) GTEST_SKIP() << started.err;
  ASSERT_EQ(started.status.code, 0) << started.err;
  const std::string url = started.out.substr(0, started.out.find('\n'));
  for (int i = 0; i < 5; ++i) {
    Finished seen = project_.shell("curl -s --data round" + std::to_string(i) + " " + url +
                                   "/write/srv/out/note && echo && cat out/note");
    EXPECT_EQ(seen.out, "written\nround" + std::to_string(i)) << seen.err;
  }
  EXPECT_EQ(project_.faasc({"stop", "-q", "guest"}).status.code, 0);
}

TEST_P(Storage, TwoVolumes) {
  create("a.img", "a");
  create("b.img", "b");
  Finished finished = post("/write/run/b/x", "in b", {"--volume", "a.img:/run/a", "--volume", "b.img:/run/b"});
  EXPECT_EQ(finished.out, "written") << finished.err;
  finished = get("/read/run/x/x", {"--volume", "b.img:/run/x", "--volume", "a.img:/run/b"});
  EXPECT_EQ(finished.out, "in b") << finished.err;
}

INSTANTIATE_TEST_SUITE_P(Families, Storage, testing::Values(KernelFamily::Nanos, KernelFamily::Linux),
                         [](const auto& family) { return std::string(name_of(family.param)); });

}  // namespace
}  // namespace faasc
