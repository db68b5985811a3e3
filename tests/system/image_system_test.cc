// `faasc image`, typed as a user types it, on an image that faasc built.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

TEST(ImageSystem, AnImageIsLookedIntoComparedAndChanged) {
  FAASC_NEEDS(KernelFamily::Nanos);
  ProjectRun project;
  project.write_hello();
  project.write("data/greeting.txt", "hello from a file\n");
  project.write("hosts", "::1 localhost\n");
  project.write("faas.yaml",
                read_file(project.at("faas.yaml")).value() + "files: [{from: data, to: /srv}]\n");
  Finished built = project.faasc({"build", "--kernel", "nanos", "-o", "shop.img"});
  ASSERT_EQ(built.status.code, 0) << built.err;
  ASSERT_TRUE(fs::exists(project.at("shop.files.json")));

  EXPECT_EQ(project.faasc({"image", "cat", "shop.img:/srv/greeting.txt"}).out, "hello from a file\n");
  EXPECT_EQ(project.faasc({"image", "cat", "shop.img", "/srv/greeting.txt"}).out, "hello from a file\n");
  EXPECT_EQ(project.faasc({"image", "ls", "shop.img:/srv"}).out, "greeting.txt\n");
  EXPECT_THAT(project.faasc({"image", "ls", "--part", "boot", "shop.img"}).out, HasSubstr("kernel\n"));
  EXPECT_THAT(project.faasc({"image", "tree", "shop.img"}).out, HasSubstr("└── greeting.txt  18\n"));
  Finished json = project.faasc({"image", "ls", "--format", "json", "shop.img:/srv"});
  EXPECT_THAT(json.out, HasSubstr(R"("entries":[{"path":"/srv/greeting.txt","type":"file","bytes":18}])"));
  Finished verified = project.faasc({"image", "verify", "--digests", "shop.img"});
  EXPECT_EQ(verified.status.code, 0) << verified.err;
  EXPECT_THAT(verified.out, HasSubstr("  boot:/kernel\n"));
  EXPECT_THAT(verified.err, HasSubstr("faasc: nothing is wrong with shop.img: root (TFS 5), boot (TFS 5)"));
  Finished size = project.faasc({"image", "size", "shop.img"});
  EXPECT_THAT(size.out, HasSubstr("by reason\n"));
  EXPECT_THAT(size.out, HasSubstr("program\n"));
  EXPECT_THAT(size.out, HasSubstr("files: data\n"));

  ASSERT_EQ(project.faasc({"image", "cp", "shop.img:/srv", "out"}).status.code, 0);
  EXPECT_EQ(read_file(project.at("out/greeting.txt")).value(), "hello from a file\n");
  Finished again = project.faasc({"image", "cp", "shop.img:/", "out/.."});
  EXPECT_EQ(again.status.code, 0) << again.err;  // "shop" beside it

  ASSERT_EQ(project.faasc({"image", "convert", "--to", "qcow2", "shop.img"}).out, "shop.qcow2\n");
  EXPECT_EQ(project.faasc({"image", "diff", "shop.img", "shop.qcow2"}).status.code, 0);

  EXPECT_THAT(project.faasc({"image", "cp", "hosts", "shop.img:/etc/hosts"}).err,
              HasSubstr("an image is not changed in place [FAASC0811]"));
  Finished copied = project.faasc({"image", "cp", "hosts", "shop.img:/etc/hosts", "-o", "new.img"});
  ASSERT_EQ(copied.status.code, 0) << copied.err;
  EXPECT_EQ(copied.out, "new.img\n");
  Finished differ = project.faasc({"image", "diff", "shop.img", "new.img"});
  EXPECT_EQ(differ.status.code, 4);
  EXPECT_EQ(differ.out, "+ /etc  directory\n+ /etc/hosts  14 bytes\n");
  EXPECT_THAT(project.faasc({"image", "size", "new.img"}).out, HasSubstr("copied into the image\n"));
  if (!has_qemu()) GTEST_SKIP() << "QEMU is not installed";
  Finished invoked = project.faasc({"invoke", "new.img", "--data", "copy"});
  EXPECT_EQ(invoked.out, "Hello, copy!\n") << invoked.err;
}

TEST(ImageSystem, WhatIsWrongIsSaidInFull) {
  ProjectRun project;
  project.write("text", "not an image");
  Finished unknown = project.faasc({"image", "ls", "text"});
  EXPECT_EQ(unknown.status.code, 1);
  EXPECT_EQ(unknown.err,
            "faasc: error: 'text' is not an image that faasc can look into: it holds neither Nanos' nor "
            "Linux' file "
            "system [FAASC0664]\n  hint: see whether it is the right file, and complete\n");
  EXPECT_EQ(project.faasc({"image", "cp", "text", "other"}).err,
            "faasc: error: neither 'text' nor 'other' is a place in an image [FAASC0811]\n"
            "  hint: write one of them as IMAGE:PATH, 'shop.img:/app'\n");
  EXPECT_EQ(project.faasc({"image", "convert", "--to", "tape", "text"}).status.code, 2);
  Finished nothing = project.faasc({"image"});
  EXPECT_EQ(nothing.status.code, 2);
  EXPECT_THAT(nothing.err, HasSubstr("Usage: faasc image COMMAND [options]\n"));
  EXPECT_THAT(project.faasc({"image", "--help"}).out, Not(HasSubstr("error")));
}

}  // namespace
}  // namespace faasc
