#include "packager/kernels/nanos_pull.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/process.h"
#include "base/sha256.h"
#include "packager/archive/made_archive.h"
#include "packager/kernels/sample_kernel.h"
#include "packager/kernels/test_server.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

constexpr const char* kStem = "/0.1.55/nanos-release-linux-0.1.55";

std::string release_archive(const std::vector<MadeEntry>& more = {}) {
  std::vector<MadeEntry> entries = {
      {"kernel.img", sample_nanos()}, {"boot.img", sample_boot_blob()}, {"klibs/tls", sample_klib()}};
  entries.insert(entries.end(), more.begin(), more.end());
  return made_archive(entries, ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_GZIP);
}

/// By the host's md5sum: another implementation than the one under test.
std::string md5_of(const std::string& bytes) {
  Command command;
  command.argv = {"md5sum"};
  RunOptions options;
  options.input = bytes;
  return run(command, options).value().out.substr(0, 32);
}

class NanosPullTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"http_proxy", "all_proxy", "ALL_PROXY"}) ::unsetenv(name);
    if (!find_program("md5sum")) GTEST_SKIP() << "there is no md5sum program";
    publish(release_archive());
  }
  void publish(const std::string& archive) {
    archive_ = archive;
    server_.serve("/latest.txt", {{.body = "0.1.55\n"}});
    server_.serve(std::string(kStem) + ".md5",
                  {{.body = md5_of(archive) + "  nanos-release-linux-0.1.55.tar.gz\n"}});
    server_.serve(std::string(kStem) + ".tar.gz", {{.body = archive, .etag = "\"" + md5_of(archive) + "\""}});
  }
  Result<Added> pull(const std::string& version = {}) {
    pull_.version = version;
    pull_.base_url = server_.url() + "/";
    pull_.download.retry_delay = std::chrono::milliseconds(1);
    pull_.say = [this](const std::string& line) { said_.push_back(line); };
    return pull_nanos(store_, pull_);
  }
  std::string refusal(const std::string& version = {}) {
    auto added = pull(version);
    return added ? "pulled " + added->name.version : to_text(added.error(), Color::Off);
  }
  std::size_t parts() {
    std::error_code error;
    std::size_t count = 0;
    for (fs::directory_iterator it(root_ / ".downloads", error), end; !error && it != end;
         it.increment(error))
      ++count;
    return count;
  }

  TemporaryDirectory directory_ = TemporaryDirectory::create(testing::TempDir(), "pull").value();
  fs::path root_ = directory_.path() / "kernels";
  KernelStore store_{root_, {}};
  TestServer server_;
  std::string url_ = server_.url() + kStem;
  std::string archive_;
  NanosPull pull_;
  std::vector<std::string> said_;
};

TEST_F(NanosPullTest, BringsTheNewestRelease) {
  auto added = pull();
  ASSERT_TRUE(added) << to_text(added.error(), Color::Off);
  EXPECT_EQ(added->name.version, "0.1.55");
  EXPECT_EQ(added->outcome, StagedKernel::Outcome::Added);
  EXPECT_THAT(said_, ElementsAre("downloading " + url_ + ".tar.gz"));
  auto kernel = store_.find(KernelFamily::Nanos);
  ASSERT_TRUE(kernel) << kernel.error().what;
  EXPECT_EQ(kernel->version, "0.1.55");
  EXPECT_EQ(kernel->origin, url_ + ".tar.gz");
  EXPECT_EQ(kernel->sha256.size(), 3u);
  EXPECT_TRUE(verify(*kernel));
  EXPECT_EQ(parts(), 0u);
  EXPECT_THAT(server_.requests(), ElementsAre("GET /latest.txt", "GET " + std::string(kStem) + ".md5",
                                              "GET " + std::string(kStem) + ".tar.gz"));
}

TEST_F(NanosPullTest, BringsAReleaseForAarch64) {
  std::string archive = made_archive(
      {{"kernel.img", sample_nanos("nanos", kAarch64)}, {"bootaa64.efi", sample_uefi_loader(kAarch64)}},
      ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_GZIP);
  server_.serve(std::string(kStem) + "-virt.md5", {{.body = md5_of(archive)}});
  server_.serve(std::string(kStem) + "-virt.tar.gz", {{.body = archive}});
  pull_.architecture = kAarch64;
  auto pulled = pull();
  ASSERT_TRUE(pulled) << pulled.error().what;
  EXPECT_EQ(full_name(pulled->name), "nanos-aarch64@0.1.55");
  EXPECT_TRUE(has_intact(store_, pulled->name));
  EXPECT_FALSE(has_intact(store_, {KernelFamily::Nanos, "0.1.55", {}}));

  // A server that confuses the two.
  std::string pc = release_archive();
  server_.serve(std::string(kStem) + "-virt.md5", {{.body = md5_of(pc)}});
  server_.serve(std::string(kStem) + "-virt.tar.gz", {{.body = pc}});
  pull_.force = true;
  EXPECT_EQ(refusal(), "faasc: error: '" + server_.url() + kStem +
                           "-virt.tar.gz' is a release for x86_64 where aarch64 was asked for [FAASC0633]\n"
                           "  while pulling 'nanos-aarch64@0.1.55'\n"
                           "  hint: try again later, or pass --url to download from a mirror\n");
}

TEST_F(NanosPullTest, WhatIsThereIsNotDownloadedAgain) {
  ASSERT_TRUE(pull("0.1.55"));
  std::size_t requests = server_.requests().size();
  auto again = pull("0.1.55");
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_EQ(again->outcome, StagedKernel::Outcome::AlreadyThere);
  EXPECT_EQ(server_.requests().size(), requests) << "a version that was named needs no network";
  ASSERT_TRUE(pull());
  EXPECT_EQ(server_.requests().size(), requests + 1);

  write_sample_file(root_ / "nanos/0.1.55/boot.img", "damaged");
  again = pull("0.1.55");
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_EQ(again->outcome, StagedKernel::Outcome::Replaced);
  EXPECT_TRUE(verify(*store_.find(KernelFamily::Nanos)));
}

TEST_F(NanosPullTest, AnotherReleaseOfThatNameIsReplacedOnlyOnRequest) {
  ASSERT_TRUE(pull());
  publish(release_archive({{"bootx64.efi", sample_uefi_loader()}}));
  pull_.force = true;
  auto replaced = pull();
  ASSERT_TRUE(replaced) << replaced.error().what;
  EXPECT_EQ(replaced->outcome, StagedKernel::Outcome::Replaced);
  EXPECT_EQ(store_.find(KernelFamily::Nanos)->sha256.size(), 4u);

  write_sample_release(root_ / "nanos/0.1.55", "by hand");
  fs::remove(root_ / "nanos/0.1.55/kernel.json");
  pull_.force = false;
  EXPECT_EQ(pull().error().code, "FAASC0621");
}

TEST_F(NanosPullTest, GoesOnWithABrokenDownload) {
  std::string etag = "\"" + md5_of(archive_) + "\"";
  pull_.download.attempts = 1;
  server_.serve(std::string(kStem) + ".tar.gz",
                {{.body = archive_, .etag = etag, .cut_after = 100}, {.body = archive_, .etag = etag}});
  EXPECT_EQ(refusal(), "faasc: error: cannot download '" + url_ +
                           ".tar.gz': the connection broke off [FAASC0632]\n"
                           "  while pulling 'nanos@0.1.55'\n"
                           "  hint: run the same command again: the 100 bytes that have arrived are kept\n");
  EXPECT_TRUE(store_.list().kernels.empty());
  ASSERT_TRUE(pull());
  EXPECT_EQ(server_.requests().back(),
            "GET " + std::string(kStem) + ".tar.gz Range: bytes=100- If-Range: " + etag);
  EXPECT_TRUE(verify(*store_.find(KernelFamily::Nanos)));
}

TEST_F(NanosPullTest, RefusesWhatWasNotPublished) {
  std::string other = archive_;
  other[other.size() / 2] = static_cast<char>(other[other.size() / 2] ^ 1);
  server_.serve(std::string(kStem) + ".tar.gz", {{.body = other, .etag = "\"x\""}});
  constexpr const char* kEnd =
      " [FAASC0633]\n  while pulling 'nanos@0.1.55'\n"
      "  hint: it was deleted; try again later, or pass --url to download from a mirror\n";
  EXPECT_EQ(refusal(), "faasc: error: '" + url_ + ".tar.gz' is not what was published: its MD5 is " +
                           md5_of(other) + " where " + md5_of(archive_) + " is expected" + kEnd);
  EXPECT_EQ(parts(), 0u);
  EXPECT_TRUE(store_.list().kernels.empty());

  publish(archive_);
  pull_.sha256 = std::string(64, '0');
  EXPECT_EQ(refusal(), "faasc: error: '" + url_ + ".tar.gz' is not what was published: its SHA-256 is " +
                           to_hex(sha256(archive_)) + " where " + pull_.sha256 + " is expected" + kEnd);
  pull_.sha256 = to_hex(sha256(archive_));
  EXPECT_EQ(refusal(), "pulled 0.1.55");
}

TEST_F(NanosPullTest, RefusesAnArchiveThatIsNoRelease) {
  publish(made_archive({{"README", "text"}}, ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_GZIP));
  EXPECT_EQ(refusal(), "faasc: error: '" + url_ +
                           ".tar.gz' is not a Nanos release: it has no 'kernel.img' [FAASC0614]\n"
                           "  while pulling 'nanos@0.1.55'\n"
                           "  hint: a release has 'kernel.img' and, for x86_64, 'boot.img', and it may have "
                           "'bootx64.efi' or 'bootaa64.efi', and 'klibs/'\n");
  EXPECT_EQ(parts(), 0u);
  publish("<html>no archive at all</html>");
  auto added = pull();
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, "FAASC0520");
  EXPECT_THAT(added.error().what, testing::HasSubstr(url_ + ".tar.gz"))
      << "and not the name of a file that is gone";
  publish(made_archive({{"kernel.img", sample_nanos()}, {"boot.img", "short"}}));
  EXPECT_EQ(refusal(),
            "faasc: error: '" + url_ +
                ".tar.gz/boot.img' is not the boot loader of Nanos: it has 5 bytes where a "
                "multiple of 512 from 1024 on is needed [FAASC0611]\n  while pulling 'nanos@0.1.55'\n"
                "  hint: take boot.img from the same release as kernel.img\n");
  EXPECT_TRUE(store_.list().kernels.empty());
}

TEST_F(NanosPullTest, SaysWhatIsNotPublished) {
  EXPECT_EQ(refusal("0.1.99"), "faasc: error: Nanos '0.1.99' is not published at '" + server_.url() + "': '" +
                                   server_.url() +
                                   "/0.1.99/nanos-release-linux-0.1.99.md5' is not there [FAASC0634]\n"
                                   "  while pulling 'nanos@0.1.99'\n"
                                   "  hint: run `faasc kernel pull nanos` for the newest release\n");
  EXPECT_EQ(
      refusal("0.1.46"),
      "faasc: error: Nanos '0.1.46' is too old: it cannot mount version 5 of its filesystem, which faasc "
      "writes and which Nanos has since '0.1.47' [FAASC0602]\n"
      "  hint: run `faasc kernel pull nanos` for the newest release\n");
  EXPECT_EQ(server_.requests().size(), 1u);

  server_.serve(std::string(kStem) + ".md5", {{.body = "<html>\x1b[31m</html>\nmore"}});
  EXPECT_EQ(refusal("0.1.55"), "faasc: error: '" + url_ +
                                   ".md5' does not hold an MD5: '<html>?[31m</html>' [FAASC0633]\n"
                                   "  while pulling 'nanos@0.1.55'\n"
                                   "  hint: try again later, or pass --url to download from a mirror\n");
  for (const char* text : {"../../etc", "", "<!doctype html>"}) {
    server_.serve("/latest.txt", {{.body = text}});
    EXPECT_EQ(refusal(), "faasc: error: '" + server_.url() +
                             "/latest.txt' does not hold a version number: '" + text +
                             "' [FAASC0633]\n  while asking for the newest Nanos\n"
                             "  hint: name the version, as in `faasc kernel pull nanos@0.1.55`\n");
  }
  server_.serve("/latest.txt", {});
  EXPECT_EQ(refusal(), "faasc: error: '" + server_.url() +
                           "/latest.txt' is not there (HTTP status 404) [FAASC0634]\n"
                           "  while asking for the newest Nanos\n");
  pull_.base_url = "http://example.org";
  pull_.version = "0.1.55";
  EXPECT_EQ(pull_nanos(store_, pull_).error().code, "FAASC0631");
}

}  // namespace
}  // namespace faasc
