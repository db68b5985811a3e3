#include "packager/rootfs/elf_strip.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/process.h"
#include "packager/rootfs/elf_file.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

class ElfStrip : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(write_file(at("a.c"), "#include <stdio.h>\nint main(void) { return puts(\"tea\") < 0; }\n"));
    auto compiled = run({.argv = {FAASC_C_COMPILER, "-g", "-o", at("a").string(), at("a.c").string()}});
    ASSERT_TRUE(compiled && compiled->status.ok());
  }
  fs::path at(const char* name) const { return directory_->path() / name; }
  Result<TemporaryDirectory> directory_ =
      TemporaryDirectory::create(fs::temp_directory_path(), "faasc-strip-");
};

TEST_F(ElfStrip, WhatIsLeftRunsAndNeedsTheSame) {
  auto stripped = stripped_elf(at("a").string(), 1);
  ASSERT_TRUE(stripped && *stripped);
  EXPECT_LT((*stripped)->size(), fs::file_size(at("a")));
  ASSERT_TRUE(write_file(at("b"), **stripped, 0755));
  auto finished = run({.argv = {at("b").string()}});
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->out, "tea\n");
  EXPECT_EQ(read_elf_file(at("b").string())->needed, read_elf_file(at("a").string())->needed);
  // There is nothing to gain a second time.
  EXPECT_FALSE(*stripped_elf(at("b").string(), 1));
}

TEST_F(ElfStrip, LittleIsLeftAlone) {
  auto stripped = stripped_elf(at("a").string(), 1 << 30);
  ASSERT_TRUE(stripped);
  EXPECT_FALSE(*stripped);
}

TEST_F(ElfStrip, EveryTruncationIsRefusedOrHarmless) {
  std::string bytes = read_file(at("a")).value();
  std::size_t end = stripped_elf(at("a").string(), 1).value()->size();
  for (std::size_t size = 0; size < end; size += size < 1200 ? 1 : 509) {
    ASSERT_TRUE(write_file(at("c"), std::string_view(bytes).substr(0, size)));
    EXPECT_FALSE(stripped_elf(at("c").string(), 1)) << size;
  }
  ASSERT_TRUE(write_file(at("c"), "no program"));
  EXPECT_FALSE(stripped_elf(at("c").string()));
}

}  // namespace
}  // namespace faasc
