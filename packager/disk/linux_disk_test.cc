#include "packager/disk/linux_disk.h"

#include <cstring>

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/process.h"
#include "base/sha256.h"
#include "packager/cpio/cpio_reader.h"
#include "packager/disk/disk_family.h"
#include "packager/disk/linux_boot_kernel.h"
#include "packager/disk/linux_disk_reader.h"
#include "packager/disk/linux_settings.h"
#include "packager/disk/made_bzimage.h"
#include "packager/erofs/erofs_reader.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using std::string_literals::operator""s;

// What is printed for it, behind "faasc: error: ".
std::string told(const Error& error) {
  return to_text(error, Color::Off).substr(14);
}

class LinuxDiskTest : public testing::Test {
 protected:
  TemporaryDirectory directory_ = std::move(TemporaryDirectory::create(testing::TempDir(), "linux")).value();
  fs::path out_ = directory_.path() / "hello.img";
  Program program_;
  Kernel kernel_;
  LinuxDiskRequest request_{program_, kernel_, directory_.path() / "init", {}, {}};

  void SetUp() override {
    ASSERT_TRUE(write_file(directory_.path() / "init", "the init"));
    ASSERT_TRUE(write_file(directory_.path() / "modules.cpio", "the modules!"));
    kernel_.initramfs = directory_.path() / "modules.cpio";
    program_.executable = "/app/hello";
    program_.argv = {"hello", "two words"};
    program_.environment = {{"PORT", "8080"}, {"A", ""}};
    program_.working_directory = "/app";
    ASSERT_TRUE(program_.rootfs.add("/app/hello", {InlineBytes{"static"}, 0644, ""}));
  }
  void make_bootable() {
    LinuxBootSector code;
    kLinuxBootMagic.copy(code.magic.data(), code.magic.size());
    code.signature = kMbrSignature;
    fs::path sector = directory_.path() / "boot.bin", loader = directory_.path() / "bootx64.efi";
    ASSERT_TRUE(write_file(sector, {reinterpret_cast<const char*>(&code), sizeof code}));
    ASSERT_TRUE(write_file(loader, "the loader"));
    ASSERT_TRUE(write_file(directory_.path() / "bzImage", made_bzimage()));
    kernel_.bzimage = directory_.path() / "bzImage";
    request_.self_boot = {.boot_sector = sector, .uefi_loader = loader, .command_line = "console=ttyS0"};
  }
  std::string refusal() {
    auto image = write_linux_disk(request_, out_);
    return image ? "accepted" : told(image.error());
  }
  std::string debugfs(const std::string& request) {
    auto result = run({{"debugfs", "-R", request, out_.string()}, {}, {}});
    return result ? result->out : result.error().what;
  }
};

TEST_F(LinuxDiskTest, TheProgramFile) {
  EXPECT_EQ(linux_program_file(program_).value(),
            "faasc-program 1\0/app\0/app/hello\0002\0hello\0two words\0002\0A=\0PORT=8080\0"s);
}

TEST_F(LinuxDiskTest, TheInitrdPath) {
  EXPECT_EQ(linux_initrd_path("build/hello.img"), "build/hello.initrd");
  EXPECT_EQ(linux_initrd_path("hello"), "hello.initrd");
}

TEST_F(LinuxDiskTest, CommandLines) {
  EXPECT_EQ(
      linux_command_line({}),
      "console=ttyS0 quiet loglevel=3 panic=-1 printk.time=1 no_timer_check reboot=a ro faasc.exit_port=0xf4 "
      "faasc.ip=dhcp "
      "faasc.grace=10");
  EXPECT_EQ(
      linux_command_line({.writable = true,
                          .address = "10.1.2.3/16",
                          .gateway = "10.1.0.1",
                          .exit_port = {},
                          .grace = std::chrono::seconds(3),
                          .hostname = "orders"}),
      "console=ttyS0 quiet loglevel=3 panic=-1 printk.time=1 no_timer_check reboot=a rw faasc.ip=10.1.2.3/16 "
      "faasc.gw=10.1.0.1 faasc.dns=10.1.0.1 "
      "faasc.grace=3 "
      "faasc.hostname=orders");
  EXPECT_NE(linux_command_line({.room_bytes = 5000, .address6 = "fd00::2/64"})
                .find(" ro faasc.room=5 faasc.exit_port=0xf4 faasc.ip=dhcp faasc.ip6=fd00::2/64 "),
            std::string::npos);
  EXPECT_EQ(
      linux_command_line({.address = "10.1.2.3/16", .gateway = ""}),
      "console=ttyS0 quiet loglevel=3 panic=-1 printk.time=1 no_timer_check reboot=a ro faasc.exit_port=0xf4 "
      "faasc.ip=10.1.2.3/16 faasc.gw=off "
      "faasc.dns=off faasc.grace=10");
}

TEST_F(LinuxDiskTest, WritesDiskAndInitramfs) {
  if (!find_program("e2fsck")) GTEST_SKIP() << "no e2fsck (e2fsprogs) in PATH";
  auto image = write_linux_disk(request_, out_);
  ASSERT_TRUE(image) << image.error().what;
  EXPECT_EQ(image->path, out_);
  EXPECT_EQ(image->size_bytes, fs::file_size(out_));
  ASSERT_EQ(image->regions.size(), 1u);
  EXPECT_EQ(image->regions[0].size_bytes, image->size_bytes);
  EXPECT_TRUE(run({{"e2fsck", "-fn", out_.string()}, {}, {}})->status.ok());
  EXPECT_EQ(debugfs("cat /etc/faasc/program"), linux_program_file(program_).value());
  EXPECT_EQ(debugfs("cat /etc/hosts"), "127.0.0.1 localhost\n");
  EXPECT_NE(debugfs("stat /app/hello").find("Mode:  0755"), std::string::npos);
  EXPECT_NE(debugfs("stat /tmp").find("Mode:  01777"), std::string::npos);
  EXPECT_NE(debugfs("stat /etc/resolv.conf").find("Fast link dest: \"/run/resolv.conf\""), std::string::npos);
  for (const char* directory : {"/proc", "/sys", "/dev", "/run"})
    EXPECT_NE(debugfs("stat "s + directory).find("Type: directory"), std::string::npos) << directory;

  std::string initrd = read_file(linux_initrd_path(out_)).value();
  EXPECT_EQ(initrd.substr(0, 12 + 6), "the modules!070701");
  EXPECT_NE(initrd.find("the init"), std::string::npos);
}

TEST_F(LinuxDiskTest, TheRootCanBeAnErofs) {
  request_.root = LinuxRoot::Erofs;
  for (bool boots : {false, true}) {
    SCOPED_TRACE(boots);
    if (boots) make_bootable();
    auto image = write_linux_disk(request_, out_);
    ASSERT_TRUE(image) << image.error().what;
    EXPECT_EQ(image->size_bytes, fs::file_size(out_));
    EXPECT_TRUE(fs::exists(linux_initrd_path(out_)));
    LinuxDisk disk = std::move(open_linux_disk(out_)).value();
    EXPECT_EQ(disk.root, LinuxRoot::Erofs);
    EXPECT_EQ(disk.has_partitions, boots);
    EXPECT_EQ(disk.bios_bootable, boots);
    auto source = open_byte_source(out_).value();
    EXPECT_EQ(family_of_disk(*source), KernelFamily::Linux);
    auto tree = ErofsReader::open(piece_of(source, disk.rootfs.offset_bytes, disk.rootfs.size_bytes));
    ASSERT_TRUE(tree) << tree.error().what;
    EXPECT_EQ(tree->label(), "faasc-root");
    EXPECT_EQ(tree->find("/app/hello")->mode, 0755u);
    EXPECT_EQ(tree->read(*tree->find("/etc/faasc/program")).value(), linux_program_file(program_).value());
  }
}

TEST_F(LinuxDiskTest, TheRootCanBeTheInitramfs) {
  kernel_.initramfs.clear();
  ASSERT_TRUE(program_.rootfs.add("/app/again", {HardLink{"/app/hello"}, 0644, ""}));
  request_.root = LinuxRoot::Initramfs;
  auto image = write_linux_disk(request_, out_);
  ASSERT_TRUE(image) << image.error().what;
  EXPECT_FALSE(fs::exists(linux_initrd_path(out_)));
  EXPECT_EQ(image->size_bytes, fs::file_size(out_));
  LinuxDisk disk = std::move(open_linux_disk(out_)).value();
  EXPECT_EQ(disk.root, LinuxRoot::Initramfs);
  auto source = open_byte_source(out_).value();
  EXPECT_EQ(family_of_disk(*source), KernelFamily::Linux);
  auto tree = CpioReader::open(source);
  ASSERT_TRUE(tree) << tree.error().what;
  EXPECT_EQ(tree->read(*tree->find("/init")).value(), "the init");
  EXPECT_EQ(tree->read(*tree->find("/app/again")).value(), "static");
  EXPECT_EQ(tree->find("/app/hello")->mode, 0755u);
  EXPECT_TRUE(tree->problems().empty());
  std::string before = read_file(out_).value();
  ASSERT_TRUE(write_linux_disk(request_, out_));
  EXPECT_TRUE(read_file(out_).value() == before);

  ASSERT_TRUE(program_.rootfs.add("/init", {InlineBytes{"another"}, 0755, ""}));
  EXPECT_EQ(
      refusal(),
      "the program's files have '/init', which in an initramfs is where faasc's own init is [FAASC0582]\n"
      "  hint: call it something else, or use 'root: ext4' or 'root: erofs'\n");
}

TEST_F(LinuxDiskTest, BootsByItself) {
  make_bootable();
  auto image = write_linux_disk(request_, out_);
  ASSERT_TRUE(image) << image.error().what;
  EXPECT_EQ(image->size_bytes, fs::file_size(out_));
  LinuxDisk disk = std::move(open_linux_disk(out_)).value();
  EXPECT_TRUE(disk.has_partitions);
  EXPECT_TRUE(disk.bios_bootable);
  EXPECT_TRUE(disk.uefi_bootable);
  ASSERT_EQ(disk.regions.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(disk.regions[i].name, image->regions[i].name);
    EXPECT_EQ(disk.regions[i].offset_bytes, image->regions[i].offset_bytes);
    EXPECT_EQ(disk.regions[i].size_bytes, image->regions[i].size_bytes);
  }
  EXPECT_EQ(disk.rootfs.offset_bytes, 34u << 20);
  auto text = [&](const char* path) { return disk.esp->read(*disk.esp->find(path)).value(); };
  EXPECT_EQ(text("/EFI/BOOT/BOOTX64.EFI"), "the loader");
  EXPECT_EQ(text("/FAASC/CMDLINE"), "console=ttyS0\n");
  std::string initrd = read_file(linux_initrd_path(out_)).value();
  EXPECT_TRUE(text("/FAASC/INITRD") == initrd);
  EXPECT_TRUE(text("/FAASC/LINUX") == prepare_linux_kernel(made_bzimage(), initrd.size(), "")->image);

  // Every piece is where the table says, at the place of the disk that UEFI reads too.
  std::string bytes = read_file(out_).value();
  LinuxBootSector sector;
  std::memcpy(&sector, bytes.data(), sizeof sector);
  auto piece = [&](int i) {
    return std::string_view(bytes).substr(sector.pieces[i].first_sector * 512,
                                          sector.pieces[i].sector_count * 512);
  };
  EXPECT_TRUE(std::string(piece(0)) + std::string(piece(2)) == text("/FAASC/LINUX"));
  EXPECT_EQ(piece(1), "console=ttyS0\n" + std::string(512 - 14, '\0'));
  EXPECT_TRUE(piece(3).starts_with(initrd));
}

TEST_F(LinuxDiskTest, ABootableDiskOfTheSizeThatWasAskedFor) {
  make_bootable();
  request_.size_bytes = 64 << 20;
  auto image = write_linux_disk(request_, out_);
  ASSERT_TRUE(image) << image.error().what;
  EXPECT_EQ(fs::file_size(out_), 64u << 20);
  EXPECT_EQ(open_linux_disk(out_)->rootfs.size_bytes, 30u << 20);
  fs::remove(out_);
  request_.size_bytes = 20 << 20;
  EXPECT_EQ(refusal().find("a disk of 20480KiB is too small by "), 0u) << refusal();
  EXPECT_FALSE(fs::exists(out_));
}

TEST_F(LinuxDiskTest, OthersAcceptABootableDisk) {
  make_bootable();
  ASSERT_TRUE(write_linux_disk(request_, out_));
  if (find_program("sfdisk")) {
    auto dumped = run({{"sfdisk", "-d", out_.string()}, {}, {}});
    EXPECT_EQ(dumped->err, "");
    EXPECT_NE(dumped->out.find("img1 : start=        2048, size=       67584, type=ef, bootable\n"),
              std::string::npos)
        << dumped->out;
    EXPECT_NE(dumped->out.find("img2 : start=       69632, size="), std::string::npos) << dumped->out;
  }
  std::string bytes = read_file(out_).value();
  if (find_program("fsck.vfat")) {
    ASSERT_TRUE(write_file(directory_.path() / "esp", bytes.substr(1 << 20, 33 << 20)));
    auto checked = run({{"fsck.vfat", "-n", (directory_.path() / "esp").string()}, {}, {}});
    EXPECT_TRUE(checked->status.ok()) << checked->out;
  }
  if (!find_program("e2fsck")) GTEST_SKIP() << "no e2fsck (e2fsprogs) in PATH";
  auto checked = run({{"e2fsck", "-fn", out_.string() + "?offset=" + std::to_string(34 << 20)}, {}, {}});
  EXPECT_TRUE(checked->status.ok()) << checked->out << checked->err;
}

TEST_F(LinuxDiskTest, RefusesToBootByItself) {
  make_bootable();
  request_.self_boot->command_line.assign(2048, 'x');
  EXPECT_EQ(refusal(),
            "the kernel's command line has 2048 bytes; this kernel takes 2047 [FAASC0583]\n  while planning "
            "the boot partition\n");
  make_bootable();
  request_.self_boot->boot_sector = directory_.path() / "init";
  EXPECT_EQ(refusal(), "'" + request_.init.string() +
                           "' is not faasc's boot sector for Linux [FAASC0584]\n  while planning the boot "
                           "partition\n  hint: build everything or install faasc again\n");
  make_bootable();
  kernel_.bzimage.clear();
  kernel_.version = "6.1";
  EXPECT_EQ(
      refusal(),
      "kernel 6.1 has no bzImage, which is what boot loaders start [FAASC0579]\n  while planning the boot "
      "partition\n  hint: pull the kernel again, or write a disk for a VMM that loads the kernel itself\n");
  EXPECT_FALSE(fs::exists(out_));
}

TEST_F(LinuxDiskTest, WhatTheTreeHasStays) {
  ASSERT_TRUE(program_.rootfs.add("/etc/resolv.conf", {InlineBytes{"nameserver 9.9.9.9\n"}, 0644, ""}));
  ASSERT_TRUE(program_.rootfs.add("/etc/hosts", {InlineBytes{"10.0.0.1 db\n"}, 0644, ""}));
  ASSERT_TRUE(program_.rootfs.add("/tmp/seed", {InlineBytes{"x"}, 0644, ""}));
  kernel_.initramfs.clear();
  ASSERT_TRUE(write_linux_disk(request_, out_));
  EXPECT_EQ(debugfs("cat /etc/resolv.conf"), "nameserver 9.9.9.9\n");
  EXPECT_EQ(debugfs("cat /etc/hosts"), "10.0.0.1 db\n");
  EXPECT_EQ(read_file(linux_initrd_path(out_)).value().substr(0, 6), "070701");
}

TEST_F(LinuxDiskTest, SameRequestSameBytes) {
  fs::path other = directory_.path() / "elsewhere" / "hello.img";
  request_.root = LinuxRoot::Erofs;
  ASSERT_TRUE(write_linux_disk(request_, out_) && write_linux_disk(request_, other));
  EXPECT_EQ(sha256_of_file(out_).value(), sha256_of_file(other).value());
  request_.root = LinuxRoot::Ext4;
  request_.ephemeral_storage_bytes = 64 << 20;
  auto image = write_linux_disk(request_, out_);
  ASSERT_TRUE(image && write_linux_disk(request_, other));
  EXPECT_GE(image->size_bytes, 64u << 20);
  EXPECT_LT(image->allocated_bytes, 1u << 20);
  EXPECT_EQ(sha256_of_file(out_).value(), sha256_of_file(other).value());
  make_bootable();
  ASSERT_TRUE(write_linux_disk(request_, out_) && write_linux_disk(request_, other));
  EXPECT_EQ(sha256_of_file(out_).value(), sha256_of_file(other).value());
  EXPECT_EQ(sha256_of_file(linux_initrd_path(out_)).value(),
            sha256_of_file(linux_initrd_path(other)).value());
}

TEST_F(LinuxDiskTest, RefusesWhatCannotRun) {
  auto with = [&](auto change) {
    Program good = program_;
    change();
    std::string result = refusal();
    program_ = good;
    EXPECT_FALSE(fs::exists(out_));
    return result;
  };
  EXPECT_EQ(with([&] { program_.executable = "/none"; }),
            "the program '/none' is not a file of the image [FAASC0560]\n");
  EXPECT_EQ(with([&] { program_.working_directory = "/app/hello"; }),
            "the working directory '/app/hello' is not a directory of the image [FAASC0560]\n");
  EXPECT_EQ(
      with([&] { program_.argv.clear(); }),
      "init cannot run the program: it has no arguments, where the first is its own name [FAASC0582]\n");
  EXPECT_EQ(with([&] { program_.argv.resize(2049); }),
            "init cannot run the program: it has 2049 arguments or environment variables; at most 2048 are "
            "possible [FAASC0582]\n");
  EXPECT_EQ(
      with([&] { program_.argv[1] = "a\0b"s; }),
      "init cannot run the program: an argument or environment variable of it holds a NUL [FAASC0582]\n");
  EXPECT_EQ(with([&] { program_.argv[1] = std::string(300'000, 'x'); }),
            "init cannot run the program: its arguments and environment have 300056 bytes; less than 262144 "
            "are possible [FAASC0582]\n");
  EXPECT_EQ(
      with([&] { ASSERT_TRUE(program_.rootfs.add("/etc/faasc/program", {InlineBytes{""}, 0644, ""})); }),
      "guest path '/etc/faasc/program' is given twice, as a file and as a file [FAASC0502]\n");
  request_.init = directory_.path() / "no-init";
  EXPECT_EQ(refusal(),
            "cannot open '" + request_.init.string() + "': No such file or directory [FAASC0901]\n");
}

TEST(LinuxSettings, AreWhatInitReads) {
  GuestSettings settings{.environment = {{"B", "2=3"}, {"A", ""}},
                         .mounts = {{GuestMount::Kind::Share, "src", "/src", true},
                                    {GuestMount::Kind::Volume, "data", "/var/data", false}}};
  using std::string_literals::operator""s;
  const std::string expected =
      "faasc-settings 1\0faasc.gw=off\0002\0A=\0B=2=3\0002\0share\0src\0/src\0ro\0volume\0data\0/var/data\0rw\0"s;
  EXPECT_EQ(linux_settings(settings, "faasc.gw=off").value(), expected);
  std::string disk = linux_settings_disk(settings, "faasc.gw=off").value();
  EXPECT_EQ(disk, expected + std::string(512 - expected.size(), '\0'));
}

TEST(LinuxSettings, WordsOfANetwork) {
  GuestNetwork network;
  EXPECT_EQ(linux_network_words(network), "");
  network.address6 = "fd00::2/64";
  EXPECT_EQ(linux_network_words(network), "faasc.ip=off faasc.ip6=fd00::2/64");
  network.address = "10.0.0.2/24";
  EXPECT_EQ(linux_network_words(network),
            "faasc.ip=10.0.0.2/24 faasc.gw=off faasc.dns=off faasc.ip6=fd00::2/64");
  network.gateway = "10.0.0.1";
  network.address6.clear();
  EXPECT_EQ(linux_network_words(network), "faasc.ip=10.0.0.2/24 faasc.gw=10.0.0.1 faasc.dns=10.0.0.1");
  network.dns = {"10.0.0.9"};
  EXPECT_EQ(linux_network_words(network), "faasc.ip=10.0.0.2/24 faasc.gw=10.0.0.1 faasc.dns=10.0.0.9");
}

TEST(LinuxSettings, AreRefusedWhereInitHasNoRoom) {
  GuestSettings many;
  many.mounts.resize(40);
  auto refused = linux_settings(many);
  ASSERT_FALSE(refused);
  EXPECT_EQ(to_text(refused.error(), Color::Off),
            "faasc: error: there are 40 mounts; at most 32 are possible [FAASC0742]\n"
            "  hint: put what is large into files\n");
  GuestSettings large{.environment = {{"A", std::string(70'000, 'x')}}, .mounts = {}};
  EXPECT_EQ(linux_settings(large).error().what,
            "environment and mounts take 70025 bytes; at most 65535 are possible");
}

}  // namespace
}  // namespace faasc
