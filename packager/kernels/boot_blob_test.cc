#include "packager/kernels/boot_blob.h"

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "packager/kernels/sample_kernel.h"

namespace faasc {
namespace {

constexpr std::string_view kMessage("tfs version mismatch (read %ld, build %ld)", 43);
constexpr std::size_t kCodeAt = 600, kMessageAt = 900;
// push 0x8000 + 900 - 512
constexpr std::string_view kPushMessage("\x68\x84\x81\x00\x00", 5);

/// A loader with this code before a reference to its message.
std::string loader_with(std::string_view code) {
  std::string blob = sample_boot_blob();
  std::string all = std::string(code) + std::string(kPushMessage);
  blob.replace(kCodeAt, all.size(), all);
  blob.replace(kMessageAt, kMessage.size(), kMessage);
  return blob;
}

TEST(BootBlobTest, TellsWhichVersionsItsCodeReads) {
  struct Case {
    const char* what;
    std::string_view code;
    std::optional<unsigned> version;
  };
  using namespace std::string_view_literals;
  // As compiled of Nanos 0.1.46, 0.1.47 and 0.1.54.
  const Case cases[] = {
      {"only 4", "\x89\xc1\x83\xf1\x04\x09\xd1\x74\x20\x57\x6a\xff\x6a\x04\x52\x50"sv, 4},
      {"4 and 5",
       "\x83\xf1\x04\x09\xd1\x75\x0a\x85\xf6\x74\x39\x83\xf1\x05\x09\xd1\x75\x0a\x6a\x05\x52\x50"sv,
       std::nullopt},
      {"5", "\x8b\x45\xe0\x83\xf0\x05\x0b\x45\xe4\x75\x0a"sv, std::nullopt},
      {"compared otherwise", "\x83\xfa\x06\x75\x0a"sv, 6},
      {"nothing that is known", "\x90\x90\x90"sv, std::nullopt},
  };
  for (const Case& c : cases) EXPECT_EQ(other_tfs_version(loader_with(c.code)), c.version) << c.what;
  EXPECT_EQ(other_tfs_version(sample_boot_blob()), std::nullopt);
  EXPECT_EQ(other_tfs_version(kMessage), std::nullopt);
  // A reference at the very end.
  std::string end = loader_with("");
  EXPECT_EQ(other_tfs_version(end.substr(0, kMessageAt + kMessage.size())), std::nullopt);
}

TEST(BootBlobTest, RefusesTheLoaderOfAnOlderRelease) {
  auto checked = check_boot_blob(loader_with("\x83\xf1\x04\x09\xd1"), "release/boot.img");
  ASSERT_FALSE(checked);
  EXPECT_EQ(
      to_text(checked.error(), Color::Off),
      "faasc: error: 'release/boot.img' does not belong to this kernel.img: it reads version 4 of Nanos' "
      "file system, and since '0.1.47' that is version 5 [FAASC0855]\n"
      "  hint: take boot.img from the same release as kernel.img\n");
  EXPECT_TRUE(check_boot_blob(loader_with("\x83\xf1\x05\x09\xd1"), "release/boot.img"));
}

}  // namespace
}  // namespace faasc
