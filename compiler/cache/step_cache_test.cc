#include "compiler/cache/step_cache.h"

#include <chrono>
#include <csignal>
#include <thread>

#include <sys/stat.h>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "compiler/cache/codes.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

/// A step that reads source.txt and header.txt of a project and makes out.txt.
class Steps : public testing::Test {
 protected:
  void SetUp() override {
    ::signal(SIGPIPE, SIG_IGN);  // as in faasc
    for (const char* project : {"one", "two"}) {
      fs::create_directories(at(project));
      write(at(project) / "source.txt", "source");
      write(at(project) / "header.txt", "header");
    }
    settle();
  }

  fs::path at(std::string_view name) const { return directory_.path() / name; }
  static void write(const fs::path& path, std::string_view text) { ASSERT_TRUE(write_file(path, text)); }
  // What changes in the tick of the clock in which a step begins is not kept.
  static void settle() { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }

  std::unique_ptr<StepCache> open(std::uint64_t most_bytes = 1 << 30) const {
    return std::make_unique<StepCache>(
        StepCache::Options{.directory = at("cache"), .most_bytes = most_bytes, .remote = {}});
  }
  PathNames names(std::string_view project) const {
    PathNames names;
    names.add("project", at(project));
    return names;
  }
  StepInputs inputs(std::string_view project) const {
    return {.files = {at(project) / "source.txt", at(project) / "header.txt"},
            .own = {},
            .directories = {},
            .absent = {at(project) / "earlier.txt"}};
  }
  StepOutputs outputs(std::string_view project) const {
    return {{"out", at(project) / "out.txt"}, {"more", at(project) / "none.txt"}};
  }
  void keep(StepCache& cache, std::string_view project, const std::string& answer = "answer") const {
    cache.keep(kKey, names(project), inputs(project), outputs(project), answer, file_clock_ns());
  }
  std::optional<KeptStep> find(StepCache& cache, std::string_view project) const {
    return cache.find(kKey, names(project), outputs(project));
  }
  std::vector<fs::path> files(std::string_view part) const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(at("cache") / "v1" / part))
      if (entry.is_regular_file()) files.push_back(entry.path());
    return files;
  }

  const std::string kKey = StepCache::key("test", "command");
  TemporaryDirectory directory_ = std::move(TemporaryDirectory::create(testing::TempDir(), "cache")).value();
};

TEST_F(Steps, HoldInAnotherDirectory) {
  write(at("one") / "out.txt", "made");
  fs::permissions(at("one") / "out.txt", fs::perms(0755));
  auto cache = open();
  EXPECT_FALSE(find(*cache, "one"));
  keep(*cache, "one");
  cache->settle();

  auto other = open();
  auto kept = find(*other, "two");
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->answer, "answer");
  EXPECT_THAT(kept->outputs, ElementsAre("out"));
  EXPECT_THAT(kept->inputs.files,
              testing::UnorderedElementsAre(at("two") / "source.txt", at("two") / "header.txt"));
  EXPECT_THAT(kept->inputs.absent, ElementsAre(at("two") / "earlier.txt"));
  EXPECT_EQ(*read_file(at("two") / "out.txt"), "made");
  struct stat status{};
  ASSERT_EQ(::stat((at("two") / "out.txt").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0755u);
  EXPECT_THAT(other->take_warnings(), IsEmpty());
}

TEST_F(Steps, DependOnEveryFileThatWasReadOrNotFound) {
  write(at("one") / "out.txt", "made");
  auto cache = open();
  keep(*cache, "one");
  ASSERT_TRUE(find(*cache, "two"));
  write(at("two") / "header.txt", "HEADER");
  EXPECT_FALSE(find(*cache, "two"));
  write(at("two") / "header.txt", "header");
  EXPECT_TRUE(find(*cache, "two"));
  write(at("two") / "earlier.txt", "");
  EXPECT_FALSE(find(*cache, "two")) << "a file has come before another";
}

TEST_F(Steps, AreKeptForSeveralStatesOfTheirInputs) {
  auto cache = open();
  for (const char* header : {"first", "second"}) {
    write(at("one") / "header.txt", header);
    settle();
    write(at("one") / "out.txt", header);
    keep(*cache, "one", header);
  }
  write(at("two") / "header.txt", "first");
  ASSERT_TRUE(find(*cache, "two"));
  EXPECT_EQ(find(*cache, "two")->answer, "first");
  EXPECT_EQ(*read_file(at("two") / "out.txt"), "first");
  EXPECT_EQ(find(*cache, "one")->answer, "second");
}

// The content differs, the times that a program can set do not.
TEST_F(Steps, SeeAContentThatChangedBehindAnOldTime) {
  auto cache = open();
  write(at("one") / "out.txt", "made");
  keep(*cache, "one");
  cache->settle();
  ASSERT_TRUE(find(*open(), "one"));
  struct stat before{};
  ASSERT_EQ(::stat((at("one") / "header.txt").c_str(), &before), 0);
  {
    Fd file(::open((at("one") / "header.txt").c_str(), O_WRONLY | O_CLOEXEC));
    ASSERT_TRUE(write_all(file, "reader", "header.txt"));
  }
  const timespec times[2] = {before.st_atim, before.st_mtim};
  ASSERT_EQ(::utimensat(AT_FDCWD, (at("one") / "header.txt").c_str(), times, 0), 0);
  EXPECT_FALSE(find(*open(), "one"));
}

// What is read while it changes may be either.
TEST_F(Steps, AreNotKeptWhereAnInputChangedMeanwhile) {
  auto cache = open();
  const std::int64_t started = file_clock_ns();
  settle();
  write(at("one") / "header.txt", "changed");
  write(at("one") / "out.txt", "made");
  cache->keep(kKey, names("one"), inputs("one"), outputs("one"), "answer", started);
  EXPECT_FALSE(find(*cache, "one"));
  // Nor where the clock went backwards meanwhile, so that nobody knows.
  settle();
  cache->keep(kKey, names("one"), inputs("one"), outputs("one"), "answer",
              file_clock_ns() + 3'600'000'000'000);
  EXPECT_FALSE(find(*cache, "one"));
}

TEST_F(Steps, AreDoneAgainWhereTheStoreIsDamaged) {
  write(at("one") / "out.txt", "made");
  for (const char* part : {"cas", "ac"})
    for (int kind = 0; kind < 3; ++kind) {
      auto cache = open();
      keep(*cache, "one");
      ASSERT_TRUE(find(*cache, "two")) << part << kind;
      fs::remove(at("two") / "out.txt");
      for (const fs::path& file : files(part)) {
        std::string bytes = *read_file(file);
        if (kind == 0) bytes.back() ^= 1;
        if (kind == 1) bytes.resize(bytes.size() / 2);
        if (kind == 2) bytes.assign(bytes.size(), '\0');
        write(file, bytes);
      }
      EXPECT_FALSE(find(*cache, "two")) << part << kind;
      EXPECT_FALSE(fs::exists(at("two") / "out.txt")) << "a damaged output was put in place";
      keep(*cache, "one");
      EXPECT_TRUE(find(*cache, "two")) << "was not mended: " << part << kind;
    }
}

TEST_F(Steps, OfAnotherVersionAreLeftAlone) {
  fs::create_directories(at("cache") / "v0/ac");
  write(at("cache") / "v0/ac/x", "old");
  write(at("one") / "out.txt", "made");
  auto cache = open();
  keep(*cache, "one");
  cache->settle();
  EXPECT_TRUE(fs::exists(at("cache") / "v0/ac/x"));
}

TEST_F(Steps, MakeRoomForNewerOnes) {
  auto cache = open(4 << 20);
  const std::string megabyte(1 << 20, 'x');
  for (int i = 0; i < 8; ++i) {
    write(at("one") / "out.txt", megabyte + std::to_string(i));
    cache->keep(StepCache::key("test", std::to_string(i)), names("one"), inputs("one"), outputs("one"), "",
                file_clock_ns());
    cache->settle();
    settle();
  }
  LocalStore store(at("cache"), 4 << 20);
  EXPECT_LE(store.contents()->bytes, 4u << 20);
  EXPECT_FALSE(cache->find(StepCache::key("test", "0"), names("one"), outputs("one")));
  EXPECT_TRUE(cache->find(StepCache::key("test", "7"), names("one"), outputs("one")));
  EXPECT_THAT(*store.verify(), IsEmpty());
}

TEST_F(Steps, TellOnceOfADirectoryThatCannotBeUsed) {
  write(at("cache"), "a file");
  write(at("one") / "out.txt", "made");
  auto cache = open();
  keep(*cache, "one");
  keep(*cache, "one");
  EXPECT_FALSE(find(*cache, "one"));
  cache->settle();
  auto warnings = cache->take_warnings();
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_EQ(
      to_text(warnings[0], Color::Off),
      "faasc: warning: the cache of builds is left alone: cannot create directory '" +
          at("cache/v1/ac").string() +
          "': Not a directory [FAASC0850]\n"
          "  hint: name a directory that can be written with FAASC_CACHE_DIR, or build with --no-cache\n");
}

TEST_F(Steps, GoOnWithoutARemoteCacheThatFails) {
  write(at("one") / "out.txt", "made");
  StepCache cache({.directory = at("cache"),
                   .most_bytes = 1 << 30,
                   .remote = RemoteCache::Options{
                       .program = "/bin/false", .url = "http://127.0.0.1:1", .read_only = false}});
  EXPECT_FALSE(find(cache, "one"));
  keep(cache, "one");
  cache.settle();
  EXPECT_TRUE(find(cache, "two")) << "what was made is kept here";
  auto warnings = cache.take_warnings();
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_EQ(
      to_text(warnings[0], Color::Off),
      "faasc: warning: went on without the remote cache: the program faasc-cache has ended [FAASC0851]\n"
      "  hint: the build is right, and what it made is kept here; correct FAASC_REMOTE_CACHE, or leave it "
      "out\n");
}

TEST_F(Steps, VerifyFindsAndRemovesDamage) {
  write(at("one") / "out.txt", "made");
  auto cache = open();
  keep(*cache, "one");
  LocalStore store(at("cache"), 1 << 30);
  EXPECT_THAT(*store.verify(), IsEmpty());
  write(files("cas").front(), "something else");
  write(files("ac").front(), "\xff\xff\xff");
  EXPECT_EQ(store.verify()->size(), 2u);
  EXPECT_THAT(*store.verify(), IsEmpty());
  ASSERT_TRUE(store.clear());
  EXPECT_EQ(store.contents()->blobs, 0u);
}

TEST_F(Steps, FromManyThreadsAtOnce) {
  write(at("one") / "out.txt", "made");
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([this, i] {
      auto cache = open();
      for (int round = 0; round < 20; ++round) {
        keep(*cache, "one", std::to_string(round % 3));
        auto kept = cache->find(kKey, names("one"), StepOutputs{});
        EXPECT_TRUE(kept) << i;
      }
      cache->settle();
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(*LocalStore(at("cache"), 1 << 30).verify(), IsEmpty());
}

TEST(FileDigestsOfFiles, AreRememberedByStampAndOutliveTheRun) {
  auto directory = TemporaryDirectory::create(testing::TempDir(), "digests");
  const fs::path file = directory->path() / "file", kept = directory->path() / "digests";
  ASSERT_TRUE(write_file(file, "abc"));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const std::string digest = to_hex(sha256("abc"));
  {
    FileDigests digests(kept);
    EXPECT_EQ(digests.of(file), digest);
    EXPECT_EQ(digests.of(directory->path()), std::nullopt) << "a directory";
    digests.save();
  }
  EXPECT_EQ(fs::file_size(kept), 16u + 80u);
  EXPECT_EQ(FileDigests(kept).of(file), digest);
  ASSERT_TRUE(write_file(file, "abd"));
  EXPECT_EQ(FileDigests(kept).of(file), to_hex(sha256("abd")));
  // A file of the same shape that is no such file.
  for (const std::string& bytes :
       {std::string("faasc.digests/9\n") + std::string(80, 'x'), std::string("x"), std::string()}) {
    ASSERT_TRUE(write_file(kept, bytes));
    FileDigests digests(kept);
    EXPECT_EQ(digests.of(file), to_hex(sha256("abd")));
    digests.save();
  }
}

// By arithmetic alone: how long something took is the caller's to say.
TEST_F(Steps, AreKeptByWhatTheyCostUnlessAllAre) {
  auto sparing = open();
  EXPECT_TRUE(sparing->is_worth_keeping(400'000, 20'000'000, 1.0 / 20)) << "1 ms of 20";
  EXPECT_FALSE(sparing->is_worth_keeping(400'400, 20'000'000, 1.0 / 20));
  EXPECT_TRUE(sparing->is_worth_keeping(0, 0, 1.0 / 20));
  StepCache all({.directory = at("cache"), .most_bytes = 1 << 30, .remote = {}, .keep_all = true});
  EXPECT_TRUE(all.is_worth_keeping(1 << 30, 1, 1.0 / 20));
}

// As git's racy entries: it changed in the tick of the clock in which it was read.
TEST(FileDigestsOfFiles, AreNotRememberedOfFilesThatJustChanged) {
  auto directory = TemporaryDirectory::create(testing::TempDir(), "digests");
  const fs::path file = directory->path() / "file", kept = directory->path() / "digests";
  int remembered = 0;
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(write_file(file, std::to_string(i)));
    FileDigests digests(kept);
    EXPECT_EQ(digests.of(file), to_hex(sha256(std::to_string(i))));
    const bool same_tick = stamp_of(file).changed_ns >= file_clock_ns();
    digests.save();
    if (same_tick && fs::exists(kept)) ++remembered;
    fs::remove(kept);
  }
  EXPECT_EQ(remembered, 0);
}

}  // namespace
}  // namespace faasc
