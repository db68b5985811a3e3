#pragma once

#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/process.h"
#include "base/sha256.h"
#include "packager/archive/made_archive.h"
#include "packager/kernels/kernel_store.h"
#include "packager/kernels/sample_kernel.h"

namespace faasc {

/// The real apt, with a configuration and a repository of the test's own: nothing of the host's is read or
/// changed.
class LocalAptTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!find_program("apt-get") || !find_program("apt-cache"))
      GTEST_SKIP() << "there is no apt on this host";
    for (const char* name :
         {"apt/lists/partial", "apt/cache/archives/partial", "apt/etc/preferences.d", "repository"})
      std::filesystem::create_directories(directory_.path() / name);
    std::string at = directory_.path();
    write_sample_file(at + "/apt/status", "");
    write_sample_file(at + "/apt/sources.list", "deb [trusted=yes] copy:" + at + "/repository ./\n");
    write_sample_file(at + "/apt.conf",
                      "Dir::State \"" + at + "/apt\";\nDir::State::lists \"" + at + "/apt/lists\";\n" +
                          "Dir::State::status \"" + at + "/apt/status\";\nDir::Cache \"" + at +
                          "/apt/cache\";\n" + "Dir::Etc \"" + at + "/apt/etc\";\nDir::Etc::sourcelist \"" +
                          at + "/apt/sources.list\";\nDir::Log \"" + at +
                          "/apt\";\nAPT::Architecture \"amd64\";\n" +
                          "APT::Architectures {\"amd64\";};\nAPT::Sandbox::User \"root\";\n");
    ::setenv("APT_CONFIG", (at + "/apt.conf").c_str(), 1);
  }
  void TearDown() override { ::unsetenv("APT_CONFIG"); }

  /// A package with these files.
  void add_package(const std::string& name, const std::string& depends, const std::vector<MadeEntry>& files,
                   const std::string& version = "1") {
    std::string bytes = made_deb(made_archive(files, ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_XZ), ".xz");
    std::string file = name + "_" + version + "_amd64.deb";
    write_sample_file(directory_.path() / "repository" / file, bytes);
    index_ += "Package: " + name + "\nVersion: " + version + "\nArchitecture: amd64\nMaintainer: Test\n" +
              (depends.empty() ? "" : "Depends: " + depends + "\n") + "Filename: ./" + file +
              "\nSize: " + std::to_string(bytes.size()) + "\nSHA256: " + to_hex(sha256(bytes)) +
              "\nDescription: test\n\n";
  }
  void update() {
    write_sample_file(directory_.path() / "repository/Packages", index_);
    Command command;
    command.argv = {"apt-get", "update"};
    auto updated = run(command);
    ASSERT_TRUE(updated) << updated.error().what;
    ASSERT_TRUE(updated->status.ok()) << updated->out << updated->err;
  }

  TemporaryDirectory directory_ = TemporaryDirectory::create(testing::TempDir(), "apt").value();
  std::filesystem::path root_ = directory_.path() / "kernels";
  KernelStore store_{root_, {}};
  std::string index_;
  std::vector<std::string> said_;
};

}  // namespace faasc
