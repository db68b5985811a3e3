#include "packager/disk/linux_boot_kernel.h"

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "packager/disk/made_bzimage.h"

namespace faasc {
namespace {
using namespace std::string_literals;

std::string refusal(std::size_t offset, std::string_view patch) {
  std::string image = made_bzimage();
  image.replace(offset, patch.size(), patch);
  auto kernel = prepare_linux_kernel(image, 1000, "bzImage");
  return kernel ? "accepted" : kernel.error().what + " [" + kernel.error().code + "]";
}

TEST(LinuxBootKernel, HeaderSaysWhatALoaderWould) {
  LinuxBootKernel kernel = std::move(prepare_linux_kernel(made_bzimage(), 1000, "bzImage")).value();
  EXPECT_EQ(kernel.real_mode_sectors, 5u);
  EXPECT_EQ(kernel.initrd_address, 0x3001000u);  // 16 MiB + 32 MiB + 1, up to a page
  EXPECT_EQ(kernel.command_line_size, 2047u);
  std::string expected = made_bzimage();
  expected[0x210] = '\xff';
  expected[0x211] = '\x81';
  expected.replace(0x218, 8, "\0\x10\0\x03\xe8\x03\0\0"s);  // initramfs: address, size
  expected.replace(0x224, 2, "\0\xde"s);                    // end of the heap
  expected.replace(0x228, 4, "\0\xe0\x02\0"s);              // command line
  EXPECT_TRUE(kernel.image == expected);
}

TEST(LinuxBootKernel, Refusals) {
  const std::string no = "'bzImage' cannot be started by a boot loader: ";
  EXPECT_EQ(refusal(0x1fe, "xx"), no + "it is no bzImage [FAASC0579]");
  EXPECT_EQ(refusal(0x202, "HdrX"), no + "it is no bzImage [FAASC0579]");
  EXPECT_EQ(refusal(0x206, "\x09\x02"), no + "it is older than Linux 2.6.31 [FAASC0579]");
  EXPECT_EQ(refusal(0x211, "\0"s), no + "it is older than Linux 2.6.31 [FAASC0579]");
  EXPECT_EQ(refusal(0, "\xea\x05"), no + "it is not built to be started by UEFI [FAASC0579]");
  EXPECT_EQ(refusal(0x1f1, "\x7f"), no + "its 16-bit part has 65536 bytes [FAASC0579]");
  EXPECT_EQ(refusal(0x1f1, "\x27"), no + "its 16-bit part has 20480 bytes [FAASC0579]");
  EXPECT_EQ(refusal(0x258, "\xff\xff\xff\xff\xff\xff\xff\xff"),
            no + "it wants to be at 18446744073709551615 in memory [FAASC0579]");
  EXPECT_EQ(
      refusal(0x258, "\0\0\0\x7f"s),
      no + "kernel and initramfs take 2164265960 bytes of memory; it takes at most 2147483647 [FAASC0579]");
  std::string image = made_bzimage();
  for (std::size_t size = 0; size < 0x264; ++size)
    EXPECT_FALSE(prepare_linux_kernel(image.substr(0, size), 1000, "bzImage")) << size;
  auto kernel = prepare_linux_kernel("", 0, "k");
  EXPECT_EQ(to_text(kernel.error(), Color::Off),
            "faasc: error: 'k' cannot be started by a boot loader: it has only 0 bytes [FAASC0579]\n"
            "  hint: pull the kernel again, or write a disk for a VMM that loads the kernel itself\n");
}

TEST(LinuxBootKernel, CommandLines) {
  LinuxBootKernel kernel;
  kernel.command_line_size = 600;
  EXPECT_EQ(linux_command_line_file("quiet ro", kernel).value(), "quiet ro\n");
  EXPECT_EQ(linux_command_line_file(std::string(511, 'x'), kernel).value(), std::string(511, 'x') + "\n\n");
  EXPECT_EQ(linux_command_line_file(std::string(600, 'x'), kernel).value().size(), 601u);
  auto refused = linux_command_line_file(std::string(601, 'x'), kernel);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what, "the kernel's command line has 601 bytes; this kernel takes 600");
  EXPECT_EQ(refused.error().code, "FAASC0583");
}

TEST(LinuxBootKernel, TheTableOfTheBootSector) {
  LinuxBootKernel kernel = std::move(prepare_linux_kernel(made_bzimage(), 1000, "bzImage")).value();
  Rootfs tree;
  for (const auto& [path, bytes] : {std::pair<std::string, std::string>{kLinuxKernelPath, kernel.image},
                                    {kLinuxInitrdPath, std::string(1000, 'I')},
                                    {kLinuxCommandLinePath, "quiet\n"}})
    ASSERT_TRUE(tree.add(path, {InlineBytes{bytes}, 0644, ""}));
  FatLayout layout = std::move(plan_fat(tree, {.label = {}, .first_sector = 2048})).value();
  LinuxBootSector code;
  kLinuxBootMagic.copy(code.magic.data(), code.magic.size());
  code.signature = kMbrSignature;
  std::string bytes(reinterpret_cast<const char*>(&code), sizeof code);
  auto sector = linux_boot_sector(bytes, "boot.bin", kernel, layout);
  ASSERT_TRUE(sector);
  std::string text;
  for (const LinuxBootPiece& piece : sector->pieces) {
    char line[64];
    std::snprintf(line, sizeof line, "%u+%u at %x\n", static_cast<unsigned>(piece.first_sector),
                  static_cast<unsigned>(piece.sector_count), static_cast<unsigned>(piece.address));
    text += line;
  }
  EXPECT_EQ(text, "3176+5 at 20000\n3160+1 at 2e000\n3181+35 at 100000\n3168+2 at 3001000\n");

  for (const std::string& other : {""s, std::string(512, 'x'), bytes.substr(1), bytes + "x"}) {
    auto refused = linux_boot_sector(other, "boot.bin", kernel, layout);
    ASSERT_FALSE(refused);
    EXPECT_EQ(to_text(refused.error(), Color::Off),
              "faasc: error: 'boot.bin' is not faasc's boot sector for Linux [FAASC0584]\n"
              "  hint: build everything or install faasc again\n");
  }
}

}  // namespace
}  // namespace faasc
