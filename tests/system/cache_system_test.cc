// What builds keep for later ones: here, in another checkout, and when something goes wrong.

#include <chrono>
#include <csignal>
#include <optional>
#include <sstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/sha256.h"
#include "tests/system/cached_builds.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class CacheSystem : public CachedBuilds {
 protected:
  std::vector<fs::path> files(std::string_view part) const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(at("cache/build/v1") / part))
      if (entry.is_regular_file()) files.push_back(entry.path());
    return files;
  }
};

TEST_F(CacheSystem, AnotherCheckoutTakesTheImage) {
  EXPECT_THAT(build(first_).err, HasSubstr("compiled hello.cc"));
  Finished taken = build(second_);
  EXPECT_THAT(taken.err, HasSubstr("took hello.img from the cache"));
  EXPECT_THAT(taken.err, HasSubstr("http function 'shop::hello'")) << "what was said of it is said again";
  EXPECT_THAT(taken.err, Not(HasSubstr("compil")));
  EXPECT_EQ(digest(second_), digest(first_));
  for (const char* file : {"build/hello.vm.json", "build/hello.files.json"})
    EXPECT_EQ(*read_file(second_.at(file)), *read_file(first_.at(file))) << file;
  EXPECT_THAT(build(second_).err, HasSubstr("is up to date"));
  // It is still a project like any other.
  second_.write("hello.cc", *read_file(second_.at("hello.cc")) + "// \n");
  EXPECT_THAT(build(second_).err, HasSubstr("compiled hello.cc"));
}

TEST_F(CacheSystem, AnotherManifestTakesTheExecutable) {
  build(first_);
  second_.write("faas.yaml", *read_file(second_.at("faas.yaml")) + "version: 1.2.3\n");
  Finished taken = build(second_);
  EXPECT_THAT(taken.err, HasSubstr("took hello.cc from the cache"));
  EXPECT_THAT(taken.err, HasSubstr("took the executable from the cache"));
  EXPECT_THAT(taken.err, Not(HasSubstr("compiled")));
  EXPECT_THAT(build(second_, {"--no-cache", "-o", "anew.img"}).err, HasSubstr("compiled hello.cc"));
  EXPECT_EQ(to_hex(sha256_of_file(second_.at("anew.img")).value()), digest(second_));
}

/// Functions of languages that are compiled in one go.
class ProgramCacheSystem : public CacheSystem {
 protected:
  void SetUp() override {
    CacheSystem::SetUp();
    for (ProjectRun* project : {&first_, &second_}) fs::remove(project->at("hello.cc"));
  }
  void write(std::string_view runtime, std::string_view file, std::string_view source) {
    for (ProjectRun* project : {&first_, &second_}) {
      project->write("faas.yaml",
                     "apiVersion: faasc/v1\nname: hello\nruntime: " + std::string(runtime) + "\n");
      project->write(file, source);
    }
    file_ = file;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  static void change_environment(ProjectRun& project, const std::string& more) {
    project.write("faas.yaml", *read_file(project.at("faas.yaml")) + more);
  }
  void expect_steps() {
    const std::string took = "took the program from the cache";
    EXPECT_THAT(build(first_).err, Not(HasSubstr(took)));
    // The image is another one, the program is not.
    change_environment(first_, "env: {GREETING: Hello}\n");
    EXPECT_THAT(build(first_).err, HasSubstr(took));
    EXPECT_THAT(build(first_).err, HasSubstr("is up to date"));
    change_environment(second_, "env: {GREETING: Hello}\nresources: {memory: 512MiB}\n");
    EXPECT_THAT(second_.faasc({"build", "-n", "--kernel", "nanos"}).out,
                HasSubstr("1 of 2 steps, 1 from the cache\n"));
    Finished taken = build(second_);
    EXPECT_THAT(taken.err, HasSubstr(took)) << "another checkout";
    EXPECT_THAT(taken.err, HasSubstr("http function"));
    build(second_, {"--no-cache", "-o", "anew.img"});
    EXPECT_EQ(to_hex(sha256_of_file(second_.at("anew.img")).value()), digest(second_));
    // What lies there is used, and what it says of what it has read.
    second_.write(file_, *read_file(second_.at(file_)) + "\n");
    EXPECT_THAT(build(second_).err, Not(HasSubstr(took)));
    fs::remove_all(second_.at("build"));
    EXPECT_THAT(second_.faasc({"build", "-v", "--kernel", "nanos", "--locked"}).err, Not(HasSubstr(took)));
  }
  std::string file_;
};

TEST_F(ProgramCacheSystem, AnotherEnvironmentTakesAGoProgram) {
  if (!find_program("go") && !fs::exists("/usr/local/go/bin/go")) GTEST_SKIP() << "Go is not installed";
  for (ProjectRun* project : {&first_, &second_})
    project->write("go.mod", "module example.com/hello\n\ngo 1.21\n");
  write("go", "hello.go",
        "package hello\n\nimport (\n\t\"fmt\"\n\t\"net/http\"\n\t\"os\"\n)\n\n"
        "func Hello(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, os.Getenv(\"GREETING\")) }\n");
  expect_steps();
}

TEST_F(ProgramCacheSystem, AnotherEnvironmentTakesAPythonProgram) {
  write("python", "main.py",
        "import os\nimport shop\n\n\ndef hello(request):\n    return shop.word() + os.environ['GREETING']\n");
  for (ProjectRun* project : {&first_, &second_}) project->write("shop.py", "def word():\n    return 'x'\n");
  expect_steps();
}

TEST_F(CacheSystem, AnotherFileInTheDirectoryCompilesNothing) {
  build(first_);
  first_.write("notes.txt", "unrelated\n");
  Finished again = build(first_);
  EXPECT_THAT(again.err, Not(HasSubstr("compiled"))) << again.err;
}

TEST_F(CacheSystem, AHeaderThatComesFirstIsSeen) {
  first_.write("faas.yaml", *read_file(first_.at("faas.yaml")) + "build: {cpp: {includes: [one, two]}}\n");
  first_.write("two/word.h", "#define WORD \"two\"\n");
  fs::create_directory(first_.at("one"));
  first_.write("hello.cc", "#include <word.h>\n" + *read_file(first_.at("hello.cc")) +
                               "extern const char word[] = WORD;\n");
  fs::copy(first_.directory(), second_.directory(),
           fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  build(first_);
  second_.write("one/word.h", "#define WORD \"one\"\n");
  EXPECT_THAT(build(second_).err, HasSubstr("compiled hello.cc"));
}

TEST_F(CacheSystem, DamageIsNeverServed) {
  build(first_);
  const std::string right = digest(first_);
  for (const fs::path& file : files("cas")) {
    std::string bytes = *read_file(file);
    bytes[bytes.size() / 2] ^= 1;
    ASSERT_TRUE(write_file(file, bytes));
  }
  EXPECT_THAT(build(second_).err, HasSubstr("compiled hello.cc"));
  EXPECT_EQ(digest(second_), right);
  EXPECT_EQ(second_.faasc({"cache", "verify"}).status.code, 0) << "what was damaged was made again";
}

TEST_F(CacheSystem, VerifyRemovesWhatIsDamaged) {
  build(first_);
  const fs::path file = files("cas").front();
  ASSERT_TRUE(write_file(file, "damaged"));
  Finished verified = first_.faasc({"cache", "verify"});
  EXPECT_EQ(verified.status.code, 1);
  EXPECT_EQ(verified.err,
            "faasc: error: '" + file.filename().string() +
                "' was removed: its content is not what its name says [FAASC0853]\n"
                "  hint: builds make it again; if it happens more than once, check the disk and "
                "the memory\n");
  EXPECT_EQ(first_.faasc({"cache", "verify"}).status.code, 0);
  Finished stats = first_.faasc({"cache", "stats", "--format", "json"});
  auto json = nlohmann::json::parse(stats.out.substr(stats.out.rfind("\n{") + 1), nullptr, false);
  EXPECT_THAT(stats.out, HasSubstr("most_bytes")) << stats.out;
  EXPECT_EQ(first_.faasc({"cache", "clean"}).status.code, 0);
  EXPECT_TRUE(files("cas").empty());
  EXPECT_THAT(build(second_).err, HasSubstr("compiled hello.cc"));
}

/// Whether the process waits for a lock, as the system tells of it.
bool waits_for_a_lock(pid_t pid) {
  std::istringstream locks(read_file("/proc/locks").value());
  for (std::string line; std::getline(locks, line);)
    if (line.find("-> FLOCK") != std::string::npos &&
        line.find(" " + std::to_string(pid) + " ") != std::string::npos)
      return true;
  return false;
}

// What it has read is what it builds; whoever comes after it sees the change, and takes nothing for what it
// is not.
TEST_F(CacheSystem, AManifestThatChangesWhileABuildWaitsForAnotherOneIsSeen) {
  std::optional<FileLock> other = FileLock::acquire(first_.at("build/.faasc/hello/lock")).value();
  auto child = Child::spawn(first_.command({"build", "-q", "--kernel", "nanos"}), {.out = Stream::Null});
  ASSERT_TRUE(child);
  while (!waits_for_a_lock(child->pid()) && !child->try_wait())
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const std::string manifest =
      *read_file(first_.at("faas.yaml")) + "files: [{from: hello.cc, to: /hello.cc}]\n";
  for (ProjectRun* project : {&first_, &second_}) project->write("faas.yaml", manifest);
  other.reset();
  EXPECT_EQ(child->wait().code, 0);
  const std::string before = digest(first_);
  EXPECT_THAT(build(second_).err, Not(HasSubstr("took hello.img")));
  EXPECT_THAT(build(first_).err, HasSubstr("faas.yaml' changed"));
  EXPECT_NE(digest(first_), before);
  EXPECT_EQ(digest(first_), digest(second_));
}

// At any point: what is there afterwards is sound, and the next build is right.
TEST_F(CacheSystem, SurvivesKill) {
  build(first_);
  const std::string right = digest(first_);
  ASSERT_EQ(first_.faasc({"cache", "clean"}).status.code, 0);
  const auto began = std::chrono::steady_clock::now();
  {
    build(second_, {"-o", "warm.img"});
  }
  const auto whole = std::chrono::steady_clock::now() - began;
  ASSERT_EQ(first_.faasc({"cache", "clean"}).status.code, 0);
  constexpr int kRounds = 12;
  for (int i = 0; i < kRounds; ++i) {
    const std::string image = "out" + std::to_string(i) + "/hello.img";
    {
      auto child = Child::spawn(second_.command({"build", "-q", "--kernel", "nanos", "-o", image}),
                                {.err = Stream::Null});
      ASSERT_TRUE(child);
      std::this_thread::sleep_for(whole * (i + 1) / kRounds);
      child->signal(SIGKILL);
      child->wait();
    }
    Finished verified = second_.faasc({"cache", "verify"});
    EXPECT_EQ(verified.status.code, 0) << "killed in round " << i << "\n" << verified.err;
  }
  build(first_, {"-o", "again/hello.img"});
  EXPECT_EQ(to_hex(sha256_of_file(first_.at("again/hello.img")).value()), right);
}

TEST_F(CacheSystem, OfManyBuildsAtOnceIsShared) {
  Finished finished = first_.shell(
      "for i in 1 2 3 4; do \"$FAASC\" build -q --kernel nanos -o out$i/hello.img >/dev/null & done; wait\n"
      "sha256sum out*/hello.img | cut -c1-64 | sort -u | wc -l; \"$FAASC\" cache verify");
  EXPECT_EQ(finished.out, "1\n");
  EXPECT_EQ(finished.status.code, 0) << finished.err;
}

TEST_F(CacheSystem, ADirectoryThatCannotBeUsedIsToldOnceAndChangesNothing) {
  build(first_);
  ASSERT_TRUE(write_file(at("file"), ""));
  use(second_, at("file"));
  second_.environment["FAASC_CACHE_DIR"] = at("file").string();
  Finished finished = second_.faasc({"build", "--kernel", "nanos"});
  EXPECT_EQ(finished.status.code, 0);
  EXPECT_EQ(warnings_of(finished),
            "faasc: warning: the cache of builds is left alone: cannot create directory '" +
                at("file/build/v1/ac").string() +
                "': Not a directory [FAASC0850]\n"
                "  hint: name a directory that can be written with FAASC_CACHE_DIR, or build with "
                "--no-cache\n");
  EXPECT_EQ(digest(second_), digest(first_));
}

// In a mount namespace of its own, which every user may have, unless the host forbids it.
class MountedCache : public CacheSystem {
 protected:
  void SetUp() override {
    CacheSystem::SetUp();
    if (IsSkipped()) return;
    fs::create_directory(at("mounted"));
    auto tried = run({.argv = {"unshare", "-rm", "mount", "-t", "tmpfs", "none", at("mounted")},
                      .working_directory = {},
                      .environment = {}});
    if (!tried || !tried->status.ok()) GTEST_SKIP() << "no mount namespaces here";
  }
  Finished mounted(const std::string& script) {
    second_.environment["FAASC_CACHE_DIR"] = at("mounted").string();
    second_.environment["CACHE"] = at("mounted").string();
    second_.environment["SCRIPT"] = script;
    return second_.shell("unshare -rm sh -c \"$SCRIPT\"");
  }
};

TEST_F(MountedCache, ThatIsFullIsToldOnce) {
  build(first_);
  Finished finished =
      mounted("mount -t tmpfs -o size=300k none \"$CACHE\" && \"$FAASC\" build --kernel nanos");
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("nothing more is kept in the cache of builds: cannot write"));
  EXPECT_EQ(finished.err.find("FAASC0850"), finished.err.rfind("FAASC0850")) << finished.err;
  EXPECT_EQ(digest(second_), digest(first_));
}

TEST_F(MountedCache, ThatCannotBeWrittenServesStill) {
  build(first_);
  Finished finished =
      mounted("mount --bind '" + at("cache").string() +
              "' \"$CACHE\" && mount -o remount,ro,bind \"$CACHE\" && \"$FAASC\" build -v --kernel nanos");
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("took hello.img from the cache"));
  EXPECT_EQ(digest(second_), digest(first_));
}

TEST_F(CacheSystem, SettingsThatMakeNoSenseAreRefused) {
  struct Setting {
    const char *name, *value, *message;
  };
  for (const Setting& setting : std::vector<Setting>{
           {"FAASC_CACHE_SIZE", "lots",
            "FAASC_CACHE_SIZE 'lots' is not a size [FAASC0852]\n"
            "  hint: write a number with MiB or GiB: FAASC_CACHE_SIZE=2GiB\n"},
           {"FAASC_CACHE_KEEP", "everything",
            "FAASC_CACHE_KEEP 'everything' is not 'all' [FAASC0852]\n"
            "  hint: write FAASC_CACHE_KEEP=all to keep what is made quickly, too, or leave it out\n"}}) {
    SCOPED_TRACE(setting.name);
    use(first_, at("cache"));
    first_.environment["FAASC_CACHE_SIZE"] = "";
    first_.environment[setting.name] = setting.value;
    Finished finished = first_.faasc({"build"});
    EXPECT_EQ(finished.status.code, 2);
    EXPECT_EQ(finished.err, std::string("faasc: error: ") + setting.message);
  }
}

// ${env:…} puts a value of the host into the image.
TEST_F(CacheSystem, AnImageWithASecretIsNotKept) {
  for (ProjectRun* project : {&first_, &second_}) {
    project->write("faas.yaml", *read_file(project->at("faas.yaml")) + "\n");
    std::string text = *read_file(project->at("faas.yaml"));
    text.replace(text.find("GREETING: Hello"), 15, "GREETING: \"${env:TEST_SECRET}\"");
    project->write("faas.yaml", text);
    project->environment["TEST_SECRET"] = "hunter2hunter2";
    Finished built = build(*project);
    EXPECT_THAT(built.err, Not(HasSubstr("took hello.img")));
  }
  for (const fs::path& file : files("cas"))
    EXPECT_EQ(read_file(file)->find("hunter2hunter2"), std::string::npos) << file;
}

}  // namespace
}  // namespace faasc
