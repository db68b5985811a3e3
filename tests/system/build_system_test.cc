// Building, without booting what was built.

#include <cstring>

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sha256.h"
#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

TEST(InspectSystem, DescribesATypedFunction) {
  if (!has_kernel(KernelFamily::Nanos) && !has_kernel(KernelFamily::Linux)) GTEST_SKIP() << "no kernel";
  ProjectRun project;
  for (const auto& entry : fs::directory_iterator(fs::path(FAASC_SOURCE_DIR) / "templates/cpp-typed"))
    project.write(entry.path().filename().string(), *read_file(entry.path()));
  Finished finished = project.faasc({"inspect", "--openapi", "-q"});
  ASSERT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_NE(finished.out.find("\"openapi\": \"3.1.0\""), std::string::npos) << finished.out;
  EXPECT_NE(finished.out.find("A coupon takes ten percent off."), std::string::npos)
      << "the comment of the function";
  finished = project.faasc({"inspect", "-q"});
  EXPECT_NE(finished.out.find("kind        typed: "), std::string::npos) << finished.out;
  finished = project.faasc({"inspect", "-q", "--why", "/bin/function"});
  EXPECT_EQ(finished.out, "/bin/function: program\n");

  project.write_hello();
  finished = project.faasc({"inspect", "--openapi", "-q", "-f", "faas.yaml"});
  EXPECT_EQ(finished.status.code, 1);
  EXPECT_NE(finished.err.find("[FAASC0844]"), std::string::npos) << finished.err;
}

class BuildSystem : public testing::TestWithParam<KernelFamily> {
 protected:
  void SetUp() override {
    if (!has_kernel(GetParam())) GTEST_SKIP() << "no " << name_of(GetParam()) << " kernel in the store";
    project_.write_hello();
  }
  std::vector<std::string> build(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"build", "--kernel", std::string(name_of(GetParam()))});
    return more;
  }
  ProjectRun project_;
};

std::string digest(const fs::path& path) {
  return to_hex(sha256_of_file(path).value());
}

TEST_P(BuildSystem, TwoDirectoriesGiveTheSameBytes) {
  ProjectRun other;
  other.write_hello();
  // Deeper, one source at a time, with another umask.
  fs::create_directories(other.at("deeper/still"));
  for (const char* file : {"faas.yaml", "hello.cc"})
    fs::rename(other.at(file), other.at("deeper/still") / file);
  Finished first = project_.faasc(build());
  Finished second = other.shell("umask 077; cd deeper/still && exec \"$FAASC\" build -j1 --kernel " +
                                std::string(name_of(GetParam())));
  ASSERT_EQ(first.status.code, 0) << first.err;
  ASSERT_EQ(second.status.code, 0) << second.err;
  EXPECT_EQ(digest(project_.at("build/hello.img")), digest(other.at("deeper/still/build/hello.img")));
  EXPECT_EQ(digest(project_.at("build/hello.vm.json")), digest(other.at("deeper/still/build/hello.vm.json")));
}

// The root's UUID, of which there is one for each content, however alike the sizes.
TEST_P(BuildSystem, AnotherFunctionOfTheSameSizeHasAnotherUuid) {
  const std::string source = read_file(project_.at("hello.cc")).value();
  auto uuid_with = [&](std::string_view path) {
    std::string changed = source;
    project_.write("hello.cc", changed.replace(source.find("/exit?"), path.size(), path));
    Finished built = project_.faasc(build());
    EXPECT_EQ(built.status.code, 0) << built.err;
    std::string json = project_.faasc({"image", "verify", "--format", "json", "build/hello.img"}).out;
    std::size_t at = json.find("\"uuid\":\"");
    EXPECT_NE(at, std::string::npos) << json;
    return at == std::string::npos ? "" : json.substr(at, 45);
  };
  std::string first = uuid_with("/quit?");
  EXPECT_NE(uuid_with("/stop?"), first);
  EXPECT_EQ(uuid_with("/quit?"), first);
}

TEST_P(BuildSystem, TheExecutableLeavesTheFirstFourMebibytesAlone) {
  // Nanos' kernel has them; a program that began there would fault at random.
  ASSERT_EQ(project_.faasc(build()).status.code, 0);
  std::string elf = read_file(project_.at("build/.faasc/hello/cpp/function")).value();
  Elf64_Ehdr header;
  ASSERT_GE(elf.size(), sizeof header);
  std::memcpy(&header, elf.data(), sizeof header);
  int segments = 0;
  for (int i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    std::memcpy(&segment, elf.data() + header.e_phoff + static_cast<std::size_t>(i) * sizeof segment,
                sizeof segment);
    if (segment.p_type != PT_LOAD) continue;
    ++segments;
    EXPECT_GE(segment.p_vaddr, 4u << 20);
  }
  EXPECT_GT(segments, 0);
}

TEST_P(BuildSystem, SecondBuildDoesNothing) {
  Finished first = project_.faasc(build());
  ASSERT_EQ(first.status.code, 0) << first.err;
  EXPECT_EQ(first.out, "build/hello.img\n");
  auto written = fs::last_write_time(project_.at("build/hello.img"));
  Finished second = project_.faasc(build({"-v"}));
  EXPECT_EQ(second.out, "build/hello.img\n");
  EXPECT_THAT(second.err, HasSubstr("build/hello.img is up to date"));
  EXPECT_EQ(fs::last_write_time(project_.at("build/hello.img")), written);
}

TEST_P(BuildSystem, EveryKindOfChangeIsSeen) {
  ASSERT_EQ(project_.faasc(build()).status.code, 0);
  std::string before = digest(project_.at("build/hello.img"));
  // Another value in the manifest.
  auto manifest = read_file(project_.at("faas.yaml"));
  project_.write("faas.yaml", *manifest + "labels: {team: shop}\n");
  EXPECT_THAT(project_.faasc(build({"-v"})).err, HasSubstr("faas.yaml' changed"));
  EXPECT_EQ(digest(project_.at("build/hello.img")), before) << "labels are not in the image";
  // Another manifest that asks for the same image.
  project_.write("other.yaml", *manifest);
  EXPECT_THAT(project_.faasc(build({"-v", "-f", "other.yaml"})).err, HasSubstr("building because"));
  EXPECT_THAT(project_.faasc(build({"-v"})).err, HasSubstr("building because"));
  // A new source, which is found by itself.
  project_.write("more.cc", "int more() { return 1; }\n");
  EXPECT_THAT(project_.faasc(build({"-v"})).err, HasSubstr("building because"));
  // A header that one of the sources includes.
  project_.write("greeting.h", "#define STOP '!'\n");
  project_.write("more.cc", "#include \"greeting.h\"\nint more() { return STOP; }\n");
  ASSERT_EQ(project_.faasc(build()).status.code, 0);
  project_.write("greeting.h", "#define STOP '?'\n");
  EXPECT_THAT(project_.faasc(build({"-v"})).err, HasSubstr("greeting.h' changed"));
}

TEST_P(BuildSystem, AFullDiskLeavesTheOldImageAndNothingElse) {
  ASSERT_EQ(project_.faasc(build()).status.code, 0);
  std::string before = digest(project_.at("build/hello.img"));
  auto source = read_file(project_.at("hello.cc"));
  project_.write("hello.cc", *source + "int changed;\n");
  // 512-byte blocks: enough for objects and the executable, too little for the image.
  Finished finished =
      project_.shell("ulimit -f 400; exec \"$FAASC\" build --kernel " + std::string(name_of(GetParam())));
  EXPECT_EQ(finished.status.code, 1) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("error: "));
  EXPECT_THAT(finished.err, HasSubstr("hint: "));
  EXPECT_EQ(digest(project_.at("build/hello.img")), before);
  for (const auto& entry : fs::directory_iterator(project_.at("build")))
    EXPECT_THAT(entry.path().filename().string(),
                testing::AnyOf("hello.img", "hello.vm.json", "hello.files.json", "hello.initrd", ".faasc",
                               "compile_commands.json"));
}

TEST_P(BuildSystem, AnInterruptLeavesNothingHalfDone) {
  for (const char* delay : {"0.01", "0.05", "0.2"}) {
    SCOPED_TRACE(delay);
    fs::remove_all(project_.at("build"));
    Finished finished =
        project_.shell(std::string("timeout -s INT ") + delay + " \"$FAASC\" build --kernel " +
                       std::string(name_of(GetParam())) + "; echo $?");
    // timeout(1) reports that it had to act; a build that was faster is complete.
    EXPECT_THAT(finished.out, testing::AnyOf(testing::EndsWith("124\n"), testing::EndsWith("img\n0\n")));
    EXPECT_FALSE(fs::exists(project_.at("build/hello.img")) &&
                 !fs::exists(project_.at("build/hello.vm.json")));
  }
  EXPECT_EQ(project_.faasc(build()).status.code, 0) << "and the next build is none the worse";
}

INSTANTIATE_TEST_SUITE_P(Families, BuildSystem, testing::Values(KernelFamily::Nanos, KernelFamily::Linux),
                         [](const auto& one) { return std::string(name_of(one.param)); });

class Refusals : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_kernel(KernelFamily::Nanos) && !has_kernel(KernelFamily::Linux))
      GTEST_SKIP() << "no kernel in the store";
    project_.write_hello();
  }
  ProjectRun project_;
};

TEST_F(Refusals, ACompileErrorIsClangsOwnAndComesOnce) {
  project_.write("hello.cc", "#include <google/cloud/functions/function.h>\nint x = y;\n");
  Finished finished = project_.faasc({"build"});
  EXPECT_EQ(finished.status.code, 1);
  EXPECT_EQ(finished.out, "");
  EXPECT_THAT(finished.err, HasSubstr("hello.cc:2:9: error: use of undeclared identifier 'y'"));
  EXPECT_EQ(finished.err.find("undeclared"), finished.err.rfind("undeclared")) << finished.err;
  EXPECT_FALSE(fs::exists(project_.at("build/hello.img")));
}

TEST_F(Refusals, AMissingHandlerListsWhatComesNear) {
  auto source = read_file(project_.at("hello.cc"));
  project_.write("hello.cc", "namespace shop { int helo() { return 1; } }\n" + *source);
  auto manifest = read_file(project_.at("faas.yaml"));
  manifest->replace(manifest->find("shop::hello"), 11, "shop::helo ");
  project_.write("faas.yaml", *manifest);
  Finished finished = project_.faasc({"build"});
  EXPECT_EQ(finished.status.code, 1);
  EXPECT_THAT(finished.err, HasSubstr("FAASC0201"));
  EXPECT_THAT(finished.err, HasSubstr("faas.yaml:4:10"));
  EXPECT_THAT(finished.err, HasSubstr("shop::hello"));
}

TEST_F(Refusals, NoManifestNoKernelNoStore) {
  Finished finished = project_.faasc({"build", "nowhere"});
  EXPECT_EQ(finished.status.code, 2) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("FAASC0801"));
  project_.environment["FAASC_HOME"] = project_.at("empty").string();
  project_.environment["HOME"] = project_.at("empty").string();
  finished = project_.faasc({"build"});
  EXPECT_EQ(finished.status.code, 3) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("FAASC0601"));
  EXPECT_THAT(finished.err, HasSubstr("faasc kernel pull nanos"));
}

TEST_F(Refusals, WhatThisVersionCannotDoIsSaid) {
  auto manifest = read_file(project_.at("faas.yaml"));
  project_.write("faas.yaml", *manifest + "signature: asgi\n");
  Finished finished = project_.faasc({"build"});
  EXPECT_EQ(finished.status.code, 1) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("FAASC0803"));
}

// Which versions there are depends on the host; the rest of the message does not.
TEST_F(Refusals, AVersionOfPythonThatIsNotHere) {
  project_.write("faas.yaml",
                 "apiVersion: faasc/v1\nruntime: python:3.99\nhandler: main.f\nsignature: http\n");
  project_.write("main.py", "def f(request):\n  return \"x\"\n");
  Finished finished = project_.faasc({"build", "-q"});
  if (finished.err.find("there is no Python 3 on this host") != std::string::npos)
    GTEST_SKIP() << "there is no Python here";
  EXPECT_EQ(finished.status.code, 1) << finished.err;
  std::string before = "faas.yaml:2:10: error: there is no Python 3.99 on this host; there are 3.";
  std::string after =
      " [FAASC0104]\n"
      "runtime: python:3.99\n"
      "         ^~~~~~~~~~~\n"
      "  hint: install it, or name one of these in 'runtime'\n";
  EXPECT_THAT(finished.err, testing::StartsWith(before));
  EXPECT_THAT(finished.err, HasSubstr(after));
}

}  // namespace
}  // namespace faasc
