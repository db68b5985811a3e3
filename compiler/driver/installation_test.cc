#include "compiler/driver/installation.h"

#include <gtest/gtest.h>

#include "base/file.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;

TEST(Installation, FindsItsParts) {
  TemporaryDirectory directory =
      TemporaryDirectory::create(fs::temp_directory_path(), "faasc-installation").value();
  Installation installation(directory.path());
  ASSERT_TRUE(write_file(directory.path() / "libexec/faasc/faasc-x", "", 0755));
  ASSERT_TRUE(write_file(directory.path() / "libexec/faasc/text", "", 0644));
  ASSERT_TRUE(write_file(directory.path() / "lib/faasc/cpp/lib.a", ""));
  ASSERT_TRUE(write_file(directory.path() / "share/faasc/templates/a", ""));
  EXPECT_EQ(installation.program("faasc-x").value(), directory.path() / "libexec/faasc/faasc-x");
  EXPECT_EQ(installation.guest_library("cpp/lib.a").value(), directory.path() / "lib/faasc/cpp/lib.a");
  EXPECT_EQ(installation.shared("templates").value(), directory.path() / "share/faasc/templates");

  Result<fs::path> missing = installation.program("faasc-y");
  ASSERT_FALSE(missing);
  EXPECT_EQ(exit_status(missing.error().fault), 3);
  EXPECT_EQ(missing.error().code, "FAASC0812");
  EXPECT_EQ(missing.error().what, "a part of faasc is missing: '" +
                                      (directory.path() / "libexec/faasc/faasc-y").string() +
                                      "': No such file or directory");
}

TEST(Installation, IsThatOfTheRunningProgram) {
  fs::path program = fs::canonical("/proc/self/exe");
  EXPECT_EQ(Installation::find().value().prefix(), program.parent_path().parent_path());
}

}  // namespace
}  // namespace faasc
