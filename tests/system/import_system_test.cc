// A container image, and a root file system, on real kernels.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "packager/archive/made_container.h"
#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
using testing::HasSubstr;

/// The guest of the boot tests in two layers, and a file that says which layer it is from.
std::string guest_container() {
  std::string guest = read_file(FAASC_BOOT_GUEST).value();
  std::string base = made_archive({{"opt/guest", guest, AE_IFREG, "", 0755},
                                   {"usr/bin/serve", "", AE_IFLNK, "/opt/guest"},
                                   {"opt/wrong", "below", AE_IFREG, "", 0755}});
  std::string top = made_archive({{"opt/.wh.wrong", ""}, {"bin", "", AE_IFLNK, "usr/bin"}});
  return made_archive(
      made_oci({base, top}, R"({"Entrypoint":["serve"],"Cmd":["serve"],"Env":["PATH=/bin"]})").entries(),
      ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_GZIP);
}

class ImportSystem : public testing::TestWithParam<KernelFamily> {};

TEST_P(ImportSystem, AContainerImageAnswers) {
  FAASC_NEEDS(GetParam());
  ProjectRun project;
  project.write("shop.tar.gz", guest_container());
  Finished finished = project.faasc(
      {"image", "import", "shop.tar.gz", "-o", "shop.img", "--kernel", std::string(name_of(GetParam()))});
  ASSERT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("runs /opt/guest on "));
  finished = project.faasc({"invoke", "shop.img"});
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_EQ(finished.out, "hello\n");

  // Out again, and once more in.
  finished = project.faasc({"image", "export", "shop.img", "--to", "oci", "-o", "layout"});
  ASSERT_EQ(finished.status.code, 0) << finished.err;
  finished = project.faasc(
      {"image", "import", "layout", "-o", "again.img", "--kernel", std::string(name_of(GetParam()))});
  ASSERT_EQ(finished.status.code, 0) << finished.err;
  finished = project.faasc({"invoke", "again.img", "--path", "/exit/3"});
  EXPECT_EQ(finished.status.code, 5);
  EXPECT_THAT(finished.err, HasSubstr("exited with status 3"));
}

INSTANTIATE_TEST_SUITE_P(Families, ImportSystem, testing::Values(KernelFamily::Nanos, KernelFamily::Linux),
                         [](const auto& family) { return std::string(name_of(family.param)); });

}  // namespace
}  // namespace faasc
