#include "packager/kernels/staged_kernel.h"

#include <csignal>
#include <thread>

#include <sys/stat.h>
#include <sys/wait.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/diagnostics.h"
#include "packager/kernels/sample_kernel.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;
using Outcome = StagedKernel::Outcome;
using IfOther = StagedKernel::IfOther;

class StagedKernelTest : public testing::Test {
 protected:
  Result<Outcome> add(const std::string& version, std::string_view text = "nanos",
                      IfOther if_other = IfOther::Refuse) {
    FAASC_TRY(StagedKernel staged, StagedKernel::begin(store_));
    write_sample_release(staged.directory(), text);
    KernelRecord facts;
    facts.version = version;
    facts.origin = "test";
    return std::move(staged).commit(store_, facts, if_other);
  }
  /// The names directly under the root, hidden ones too.
  std::vector<std::string> names() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(root_)) names.push_back(entry.path().filename());
    return names;
  }
  std::string refusal(const Result<Outcome>& result) {
    return result ? "accepted" : to_text(result.error(), Color::Off);
  }

  TemporaryDirectory directory_ = TemporaryDirectory::create(testing::TempDir(), "staged").value();
  fs::path root_ = directory_.path() / "kernels";
  KernelStore store_{root_, directory_.path() / ".ops"};
};

TEST_F(StagedKernelTest, AppearsOnlyWhenItIsWhole) {
  {
    auto staged = StagedKernel::begin(store_);
    ASSERT_TRUE(staged) << staged.error().what;
    write_sample_release(staged->directory());
    EXPECT_TRUE(store_.list().kernels.empty());
    EXPECT_EQ(names().size(), 2u);
  }
  EXPECT_THAT(names(), testing::ElementsAre(".lock")) << "an abandoned kernel leaves nothing";

  auto outcome = add("0.1.55");
  ASSERT_TRUE(outcome) << outcome.error().what;
  EXPECT_EQ(*outcome, Outcome::Added);
  EXPECT_THAT(names(), testing::UnorderedElementsAre(".lock", "nanos"));
  auto kernel = store_.find(KernelFamily::Nanos, "0.1.55");
  ASSERT_TRUE(kernel) << kernel.error().what;
  EXPECT_EQ(kernel->origin, "test");
  EXPECT_EQ(kernel->sha256.size(), 4u);
  EXPECT_TRUE(verify(*kernel));
  struct stat status{};
  ASSERT_EQ(::stat(kernel->directory.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0755u);
}

TEST_F(StagedKernelTest, TheSameKernelAgainChangesNothing) {
  ASSERT_TRUE(add("0.1.55"));
  auto before = fs::last_write_time(root_ / "nanos/0.1.55");
  auto outcome = add("0.1.55");
  ASSERT_TRUE(outcome) << outcome.error().what;
  EXPECT_EQ(*outcome, Outcome::AlreadyThere);
  EXPECT_EQ(fs::last_write_time(root_ / "nanos/0.1.55"), before);
}

TEST_F(StagedKernelTest, AnotherKernelOfThatNameIsReplacedOnlyOnRequest) {
  ASSERT_TRUE(add("0.1.55"));
  EXPECT_EQ(refusal(add("0.1.55", "other")),
            "faasc: error: another kernel 'nanos@0.1.55' is in the store, with other files [FAASC0621]\n"
            "  hint: pass --force to replace it, --version to give this one another name, or run `faasc "
            "kernel remove "
            "nanos@0.1.55` first\n");
  EXPECT_EQ(read_file(root_ / "nanos/0.1.55/kernel.img").value(), sample_nanos());
  auto outcome = add("0.1.55", "other", IfOther::Replace);
  ASSERT_TRUE(outcome) << outcome.error().what;
  EXPECT_EQ(*outcome, Outcome::Replaced);
  EXPECT_EQ(read_file(root_ / "nanos/0.1.55/kernel.img").value(), sample_nanos("other"));
  EXPECT_THAT(names(), testing::UnorderedElementsAre(".lock", "nanos"));
}

TEST_F(StagedKernelTest, FilesPutThereByHandAreRecorded) {
  write_sample_release(root_ / "nanos/0.1.55");
  auto outcome = add("0.1.55");
  ASSERT_TRUE(outcome) << outcome.error().what;
  EXPECT_EQ(*outcome, Outcome::Added);
  EXPECT_EQ(store_.find(KernelFamily::Nanos, "0.1.55")->origin, "test");
}

TEST_F(StagedKernelTest, ADamagedKernelIsRepaired) {
  ASSERT_TRUE(add("0.1.55"));
  write_sample_file(root_ / "nanos/0.1.55/kernel.img", "damaged");
  auto outcome = add("0.1.55");
  ASSERT_TRUE(outcome) << outcome.error().what;
  EXPECT_EQ(*outcome, Outcome::Replaced);
  EXPECT_TRUE(verify(*store_.find(KernelFamily::Nanos, "0.1.55")));

  write_sample_file(root_ / "nanos/0.1.55/kernel.json", "{}");
  outcome = add("0.1.55");
  ASSERT_TRUE(outcome) << outcome.error().what;
  EXPECT_EQ(*outcome, Outcome::Added);
  EXPECT_TRUE(store_.find(KernelFamily::Nanos, "0.1.55"));
}

TEST_F(StagedKernelTest, WhatAKilledProcessLeftIsSweptAndWhatALivingOneHasIsNot) {
  fs::create_directories(root_);
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  pid_t child = ::fork();
  if (child == 0) {
    auto staged = StagedKernel::begin(store_);
    if (staged) write_sample_release(staged->directory());
    [[maybe_unused]] ssize_t told = ::write(ready[1], "x", 1);
    for (;;) ::pause();
  }
  char byte;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  ::close(ready[0]);
  ::close(ready[1]);
  {
    ASSERT_TRUE(StagedKernel::begin(store_));
  }
  EXPECT_EQ(names().size(), 2u) << "its owner lives";
  EXPECT_TRUE(store_.list().kernels.empty());

  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(names().size(), 2u);
  {
    ASSERT_TRUE(StagedKernel::begin(store_));
  }
  EXPECT_THAT(names(), testing::ElementsAre(".lock"));
}

TEST_F(StagedKernelTest, ManyAtOnceLeaveOneWholeKernel) {
  std::vector<std::thread> threads;
  std::array<int, 8> outcomes{};
  for (std::size_t i = 0; i < outcomes.size(); ++i)
    threads.emplace_back([&, i] {
      auto outcome = add("0.1.55", i % 2 == 0 ? "even" : "odd", IfOther::Replace);
      outcomes[i] = outcome ? 1 : 0;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(outcomes, testing::Each(1));
  auto kernel = store_.find(KernelFamily::Nanos, "0.1.55");
  ASSERT_TRUE(kernel) << kernel.error().what;
  EXPECT_TRUE(verify(*kernel));
  EXPECT_THAT(names(), testing::UnorderedElementsAre(".lock", "nanos"));
}

TEST_F(StagedKernelTest, RemovesWhatIsNamed) {
  ASSERT_TRUE(add("0.1.55"));
  ASSERT_TRUE(add("0.1.54"));
  auto removed = remove_kernel(store_, {KernelFamily::Nanos, "0.1.54"});
  ASSERT_TRUE(removed) << removed.error().what;
  EXPECT_EQ(*removed, root_ / "nanos/0.1.54");
  EXPECT_FALSE(fs::exists(*removed));
  EXPECT_THAT(names(), testing::UnorderedElementsAre(".lock", "nanos"));
  EXPECT_EQ(store_.list().kernels.size(), 1u);
}

TEST_F(StagedKernelTest, RemovesADamagedKernelToo) {
  ASSERT_TRUE(add("0.1.55"));
  write_sample_file(root_ / "nanos/0.1.55/kernel.json", "{}");
  EXPECT_TRUE(remove_kernel(store_, {KernelFamily::Nanos, "0.1.55"}));
  EXPECT_FALSE(fs::exists(root_ / "nanos/0.1.55"));
}

TEST_F(StagedKernelTest, RemovingALinkLeavesWhatItPointsAt) {
  write_sample_release(directory_.path() / "elsewhere");
  fs::create_directories(root_ / "nanos");
  fs::create_directory_symlink(directory_.path() / "elsewhere", root_ / "nanos/0.1.55");
  EXPECT_EQ(store_.list().kernels.size(), 1u);
  EXPECT_TRUE(remove_kernel(store_, {KernelFamily::Nanos, "0.1.55"}));
  EXPECT_TRUE(store_.list().kernels.empty());
  EXPECT_TRUE(fs::exists(directory_.path() / "elsewhere/kernel.img"));
}

TEST_F(StagedKernelTest, RefusesToRemoveWhatIsNotThereOrNotOurs) {
  auto refusal_of = [&](KernelFamily family, const std::string& version) {
    auto removed = remove_kernel(store_, {family, version});
    return removed ? "removed " + removed->string() : to_text(removed.error(), Color::Off);
  };
  std::string root = root_.string();
  EXPECT_EQ(refusal_of(KernelFamily::Nanos, ""),
            "faasc: error: 'nanos' does not say which version to remove [FAASC0603]\n  hint: there is no "
            "kernel in '" +
                root + "'\n");
  EXPECT_FALSE(fs::exists(root_)) << "a refusal leaves no trace";
  EXPECT_EQ(refusal_of(KernelFamily::Linux, "6.1"),
            "faasc: error: there is no kernel 'linux@6.1' in '" + root + "' [FAASC0601]\n");

  ASSERT_TRUE(add("0.1.55"));
  write_sample_release(directory_.path() / ".ops/0.1.53");
  EXPECT_EQ(refusal_of(KernelFamily::Nanos, ""),
            "faasc: error: 'nanos' does not say which version to remove [FAASC0603]\n"
            "  hint: there is 'nanos@0.1.55', 'nanos@0.1.53'\n");
  EXPECT_EQ(
      refusal_of(KernelFamily::Nanos, "0.1.56"),
      "faasc: error: there is no kernel 'nanos@0.1.56' in '" + root +
          "'; did you mean 'nanos@0.1.55'? [FAASC0601]\n  hint: there is 'nanos@0.1.55', 'nanos@0.1.53'\n");
  EXPECT_EQ(refusal_of(KernelFamily::Nanos, "0.1.53"),
            "faasc: error: kernel 'nanos@0.1.53' belongs to OPS: it lies in '" +
                (directory_.path() / ".ops/0.1.53").string() +
                "' [FAASC0622]\n  hint: delete that directory yourself if OPS no longer needs it\n");
  EXPECT_TRUE(fs::exists(directory_.path() / ".ops/0.1.53/kernel.img"));
}

}  // namespace
}  // namespace faasc
