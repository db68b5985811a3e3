#include "packager/disk/nanos_disk.h"

#include <csignal>
#include <cstdlib>

#include <sys/resource.h>
#include <sys/stat.h>

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/process.h"
#include "base/sha256.h"
#include "packager/disk/codes.h"
#include "packager/disk/mbr.h"
#include "packager/disk/nanos_disk_reader.h"
#include "packager/disk/nanos_settings.h"
#include "packager/kernels/kernel_elf.h"
#include "packager/kernels/sample_kernel.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using namespace std::string_literals;

constexpr std::uint64_t kMiB = 1 << 20;

class NanosDiskTest : public testing::Test {
 protected:
  void SetUp() override {
    // A release in which everything has its size and nothing else.
    std::string blob(48'640, 'B');
    blob.replace(0x1aa, 20, "\0\x80\0\0\0\0\0\0\0\xbc\0\0\0\0\0\0\x0c\0\0\0"s);
    blob.replace(0x1fe, 2, "\x55\xaa");
    kernel_.version = "0.1.55";
    kernel_.boot_blob = file("boot.img", blob);
    kernel_.uefi_loader = file("bootx64.efi", std::string(158'436, 'U'));
    kernel_.image = file("kernel.img", std::string(1'742'992, 'K'));
    file("klibs/tls", "TLS");
    file("klibs/radar", "RADAR");
    file("klibs/ntp", "NTP");
    kernel_.klibs = at("klibs");
    program_.executable = "/app";
    program_.argv = {"/app", "--port", "8080"};
    add("/app", HostFile{file("app", std::string(762'472, 'A'))});
  }

  fs::path at(std::string_view name) { return directory_.path() / name; }
  fs::path file(const std::string& name, std::string_view bytes) {
    EXPECT_TRUE(write_file(at(name), bytes));
    return at(name);
  }
  void add(const std::string& path, decltype(RootfsNode::content) content) {
    ASSERT_TRUE(program_.rootfs.add(path, {std::move(content), 0644, "a test"}));
  }
  NanosDiskRequest request() { return {.program = program_, .kernel = kernel_}; }
  Image write(const NanosDiskRequest& request) {
    auto image = write_nanos_disk(request, at("disk.raw"));
    EXPECT_TRUE(image) << to_text(image.error(), Color::Off);
    return std::move(image).value();
  }
  std::string refusal(const NanosDiskRequest& request) {
    auto image = write_nanos_disk(request, at("refused.raw"));
    EXPECT_FALSE(fs::exists(at("refused.raw")));
    return image ? "accepted" : to_text(image.error(), Color::Off);
  }
  NanosDisk open() {
    auto disk = open_nanos_disk(at("disk.raw"));
    EXPECT_TRUE(disk) << to_text(disk.error(), Color::Off);
    EXPECT_EQ(disk->rootfs->problems(), std::vector<std::string>{});
    return std::move(disk).value();
  }
  static std::string text(const std::vector<ImageRegion>& regions) {
    std::string out;
    for (const ImageRegion& region : regions)
      out += region.name + " " + std::to_string(region.offset_bytes) + "+" +
             std::to_string(region.size_bytes) + "\n";
    return out;
  }
  static std::string paths(const TfsReader& reader) {
    std::string out;
    for (const TfsEntry& entry : reader.entries()) out += entry.path + "\n";
    return out;
  }

  TemporaryDirectory directory_ = std::move(TemporaryDirectory::create(testing::TempDir(), "disk")).value();
  Kernel kernel_;
  Program program_;
};

TEST_F(NanosDiskTest, BootableByBios) {
  Image image = write(request());
  EXPECT_EQ(image.path, at("disk.raw"));
  EXPECT_EQ(image.size_bytes, fs::file_size(image.path));
  EXPECT_EQ(image.payload_bytes, 762'472u);
  std::string layout =
      "mbr 0+512\nstage2 512+48128\nklog 49152+4096\nbootfs 53248+2273280\nrootfs 2326528+1294336\n";
  EXPECT_EQ(text(image.regions), layout);

  NanosDisk disk = open();
  EXPECT_TRUE(disk.has_partitions);
  EXPECT_TRUE(disk.bios_bootable);
  EXPECT_EQ(text(disk.regions), layout);
  ASSERT_TRUE(disk.bootfs);
  EXPECT_EQ(paths(*disk.bootfs), "/kernel\n");
  EXPECT_EQ(disk.bootfs->problems(), std::vector<std::string>{});
  EXPECT_TRUE(disk.bootfs->read(*disk.bootfs->find("/kernel")).value() == std::string(1'742'992, 'K'));
  EXPECT_EQ(to_text(disk.rootfs->attributes()),
            "(arguments:[/app --port 8080] debug_exit:t environment:() program:/app readonly_rootfs:t)");
  EXPECT_TRUE(disk.rootfs->read(*disk.rootfs->find("/app")).value() == std::string(762'472, 'A'));

  // The boot loader is there as it was but for the table; nothing is between it and the boot partition.
  std::string head = read_file(image.path).value().substr(0, 53'248);
  std::string blob = read_file(kernel_.boot_blob).value();
  EXPECT_EQ(head.substr(0, 0x1be), blob.substr(0, 0x1be));
  EXPECT_TRUE(head.substr(0x1fe) == blob.substr(0x1fe) + std::string(53'248 - blob.size(), '\0'));
  Mbr mbr = mbr_from_bytes(head);
  EXPECT_EQ(mbr.entries[0].first_sector, 104u);
  EXPECT_EQ(mbr.entries[1].first_sector, 4544u);
  EXPECT_EQ(mbr.entries[1].sector_count, 2528u);
}

// Of which boot.img is 48 KiB, and the file systems have a page each; the rest is the last pages of the
// files.
TEST_F(NanosDiskTest, AddsLittleToProgramAndKernel) {
  for (std::size_t size : {1u, 4095u, 4097u, 70'001u, 967'584u, 1'048'577u}) {
    SCOPED_TRACE(size);
    program_.rootfs = {};
    add("/app", HostFile{file("other", std::string(size, 'A'))});
    EXPECT_LE(write(request()).allocated_bytes, size + 1'742'992 + 64 * 1024);
  }
  program_.rootfs = {};
  add("/app", HostFile{at("app")});
  auto bare = request();
  bare.bios_bootable = false;
  EXPECT_LE(write(bare).allocated_bytes, 762'472u + 16 * 1024);
}

TEST_F(NanosDiskTest, WithoutBootLoader) {
  auto wanted = request();
  wanted.bios_bootable = false;
  kernel_ = {};
  Image image = write(wanted);
  EXPECT_EQ(text(image.regions), "mbr 0+512\nklog 4096+4096\nrootfs 12288+1294336\n");
  NanosDisk disk = open();
  EXPECT_FALSE(disk.bios_bootable);
  EXPECT_FALSE(disk.bootfs);
  EXPECT_EQ(text(disk.regions), text(image.regions));
  EXPECT_EQ(paths(*disk.rootfs), "/app\n");
}

TEST_F(NanosDiskTest, BootableByUefiToo) {
  auto wanted = request();
  wanted.uefi_bootable = true;
  Image image = write(wanted);
  std::string layout =
      "mbr 0+512\nstage2 512+48128\nklog 49152+4096\nesp 53248+34603008\nbootfs 34656256+2273280\n"
      "rootfs 36929536+1294336\n";
  EXPECT_EQ(text(image.regions), layout);
  EXPECT_LE(image.allocated_bytes, 762'472u + 1'742'992 + 158'436 + 88 * 1024);
  NanosDisk disk = open();
  EXPECT_EQ(text(disk.regions), layout);
  EXPECT_TRUE(disk.bios_bootable);
  EXPECT_TRUE(disk.uefi_bootable);
  EXPECT_EQ(paths(*disk.bootfs), "/kernel\n");
  EXPECT_EQ(paths(*disk.rootfs), "/app\n");
  ASSERT_TRUE(disk.esp);
  ASSERT_NE(disk.esp->find("/EFI/BOOT/BOOTX64.EFI"), nullptr);
  EXPECT_TRUE(disk.esp->read(*disk.esp->find("/EFI/BOOT/BOOTX64.EFI")).value() == std::string(158'436, 'U'));
  Mbr mbr = mbr_from_bytes(read_file(image.path).value());
  EXPECT_EQ(mbr.entries[0].type, kMbrEfiSystem);
  EXPECT_EQ(mbr.entries[0].first_sector, 104u);  // right after the log, where the kernel looks for it
  EXPECT_EQ(mbr.entries[2].type, kMbrLinux);

  wanted.bios_bootable = false;
  write(wanted);
  EXPECT_FALSE(open().bios_bootable);
  EXPECT_TRUE(open().uefi_bootable);
  kernel_.uefi_loader.clear();
  EXPECT_EQ(refusal(wanted),
            "faasc: error: kernel 0.1.55 has no loader for UEFI [FAASC0578]\n"
            "  while planning the system partition of UEFI\n"
            "  hint: add bootx64.efi or bootaa64.efi of the same release to the kernel, or write a disk that "
            "boots otherwise\n");
}

// What partitioning programs make of it.
TEST_F(NanosDiskTest, PartitionTablesAreSound) {
  if (!find_program("sfdisk")) GTEST_SKIP() << "no sfdisk (fdisk) in PATH";
  auto wanted = request();
  wanted.uefi_bootable = true;
  write(wanted);
  auto dumped = run({{"sfdisk", "-d", at("disk.raw")}, {}, {}});
  ASSERT_TRUE(dumped);
  EXPECT_EQ(dumped->err, "");
  std::string name = at("disk.raw").string();
  EXPECT_NE(dumped->out.find(name + "1 : start=         104, size=       67584, type=ef, bootable\n" + name +
                             "2 : start=       67688, size=        4440, type=83\n" + name +
                             "3 : start=       72128, size=        2528, type=83\n"),
            std::string::npos)
      << dumped->out;
}

TEST_F(NanosDiskTest, WritableRootHasRoom) {
  auto wanted = request();
  wanted.ephemeral_storage_bytes = 3 * kMiB;
  Image image = write(wanted);
  EXPECT_EQ(image.regions.back().size_bytes, 1294336 + kMiB + 3 * kMiB);  // contents, logs to come, storage
  EXPECT_EQ(to_text(open().rootfs->attributes()),
            "(arguments:[/app --port 8080] debug_exit:t environment:() program:/app)");
  wanted.ephemeral_storage_bytes = 0;
  EXPECT_EQ(write(wanted).regions.back().size_bytes, 1294336 + kMiB);
}

TEST_F(NanosDiskTest, ADiskIsAsLargeAsItIsAskedToBe) {
  auto wanted = request();
  Image smallest = write(wanted);
  wanted.size_bytes = 20'000'000;  // up to 4 KiB
  Image image = write(wanted);
  EXPECT_EQ(image.size_bytes, 20'000'768u);
  EXPECT_EQ(fs::file_size(image.path), 20'000'768u);
  EXPECT_EQ(image.regions.back().offset_bytes, smallest.regions.back().offset_bytes);
  wanted.size_bytes = smallest.size_bytes;
  EXPECT_EQ(write(wanted).size_bytes, smallest.size_bytes);
  wanted.size_bytes = smallest.size_bytes - 5000;
  auto refused = write_nanos_disk(wanted, image.path);
  ASSERT_FALSE(refused);
  std::string needed = std::to_string(smallest.size_bytes / 1024) + "KiB";
  EXPECT_EQ(to_text(refused.error(), Color::Off),
            "faasc: error: a disk of " + std::to_string((*wanted.size_bytes + 1023) / 1024) +
                "KiB is too small by 4KiB: it needs " + needed + " [FAASC0594]\n  hint: give it at least " +
                needed + ", or leave the size open\n");
}

TEST_F(NanosDiskTest, RootTuple) {
  add("/srv/data", Directory{});
  program_.environment = {{"HOME", "/"}, {"EMPTY", ""}};
  program_.working_directory = "/srv/data";
  auto wanted = request();
  wanted.address = "192.168.7.9/20";
  wanted.gateway = "192.168.0.1";
  wanted.options = {{"noaslr", "t"}, {"mounts", TfsTuple{{"data", "/srv/data"}}}};
  write(wanted);
  EXPECT_EQ(
      to_text(open().rootfs->attributes()),
      "(arguments:[/app --port 8080] cwd:/srv/data debug_exit:t "
      "en1:(gateway:192.168.0.1 ipaddr:192.168.7.9 netmask:255.255.240.0) environment:(EMPTY:\"\" HOME:/) "
      "mounts:(data:/srv/data) noaslr:t program:/app readonly_rootfs:t)");
  wanted.address = "10.0.0.1/32";
  wanted.gateway.clear();
  wanted.options.clear();
  write(wanted);
  EXPECT_EQ(to_text(open().rootfs->attributes().at("en1")), "(ipaddr:10.0.0.1 netmask:255.255.255.255)");
}

TEST_F(NanosDiskTest, KernelLibrariesComeWithWhatTheyNeed) {
  auto wanted = request();
  wanted.klibs = {"radar"};
  write(wanted);
  NanosDisk disk = open();
  EXPECT_EQ(paths(*disk.bootfs), "/kernel\n/klib\n/klib/radar\n/klib/tls\n");
  EXPECT_EQ(to_text(disk.rootfs->attributes().at("klibs")), "bootfs");
  // The libraries are linked with the kernel's symbols, so the kernel is there even without a boot loader.
  wanted.bios_bootable = false;
  Image image = write(wanted);
  EXPECT_EQ(text(image.regions), "mbr 0+512\nklog 4096+4096\nbootfs 8192+2273280\nrootfs 2281472+1294336\n");
  EXPECT_FALSE(open().bios_bootable);
}

TEST_F(NanosDiskTest, TheKernelHasItsSymbolsWhereTheyAreWanted) {
  const std::string kernel = sample_nanos();
  kernel_.image = file("kernel.img", kernel);
  auto on_disk = [&](const NanosDiskRequest& request) {
    write(request);
    NanosDisk disk = open();
    return disk.bootfs->read(*disk.bootfs->find("/kernel")).value();
  };
  auto wanted = request();
  EXPECT_EQ(on_disk(wanted), without_symbols(kernel).value());
  wanted.klibs = {"ntp"};
  EXPECT_EQ(on_disk(wanted), kernel);
  wanted.klibs.clear();
  wanted.options = {{"ingest_kernel_symbols", "t"}};
  EXPECT_EQ(on_disk(wanted), kernel);
}

TEST_F(NanosDiskTest, Refusals) {
  auto wanted = request();
  wanted.klibs = {"nto"};
  EXPECT_EQ(refusal(wanted),
            "faasc: error: kernel 0.1.55 has no library 'nto'; did you mean 'ntp'? [FAASC0562]\n"
            "  while planning the boot partition\n  hint: it has ntp, radar, tls\n");
  wanted.klibs = {"../kernel.img"};
  EXPECT_EQ(refusal(wanted),
            "faasc: error: kernel 0.1.55 has no library '../kernel.img' [FAASC0562]\n"
            "  while planning the boot partition\n  hint: it has ntp, radar, tls\n");
  fs::remove(at("klibs/tls"));
  wanted.klibs = {"radar"};
  EXPECT_EQ(refusal(wanted),
            "faasc: error: library 'radar' needs 'tls', which kernel 0.1.55 does not have [FAASC0562]\n"
            "  while planning the boot partition\n  hint: it has ntp, radar\n");
  wanted.klibs.clear();
  for (const char* name : {"program", "children", "readonly_rootfs", "klibs", "debug_exit"}) {
    wanted.options = {{name, "x"}};
    EXPECT_EQ(refusal(wanted),
              "faasc: error: the kernel option '"s + name + "' is set by faasc itself [FAASC0564]\n");
  }
  wanted.options.clear();
  for (const char* address :
       {"10.0.2.15", "10.0.2/24", "10.0.2.15/33", "10.0.2.15/", "10.0.2.15/0", "10.0.2.15/24x", ""}) {
    wanted.address = address;
    EXPECT_EQ(refusal(wanted),
              "faasc: error: the guest's address '"s + address +
                  "' is not 'dhcp' or an IPv4 address with prefix length like '10.0.2.15/24' [FAASC0565]\n");
  }
  wanted.address = "10.0.2.15/24";
  wanted.gateway = "gate";
  EXPECT_EQ(refusal(wanted), "faasc: error: the gateway 'gate' is not an IPv4 address [FAASC0565]\n");

  wanted.gateway.clear();
  program_.working_directory = "/app";
  EXPECT_EQ(refusal(wanted),
            "faasc: error: the working directory '/app' is not a directory of the image [FAASC0560]\n");
  program_.executable = "/ap";
  EXPECT_EQ(refusal(wanted), "faasc: error: the program '/ap' is not a file of the image [FAASC0560]\n");
}

TEST_F(NanosDiskTest, RefusesKernelsThatLackWhatIsNeeded) {
  kernel_.image = file("large.img", std::string(12 * kMiB, 'K'));
  EXPECT_EQ(refusal(request()),
            "faasc: error: the kernel and its libraries take 13111296 bytes; a boot partition has at most "
            "12582912 [FAASC0563]\n"
            "  while planning the boot partition\n  hint: ask for fewer klibs\n");
  kernel_.image.clear();
  EXPECT_EQ(refusal(request()),
            "faasc: error: kernel 0.1.55 has no image [FAASC0562]\n  while planning the boot partition\n");
  kernel_.boot_blob.clear();
  EXPECT_EQ(
      refusal(request()),
      "faasc: error: kernel 0.1.55 has no boot loader [FAASC0561]\n  while planning the boot partition\n"
      "  hint: add boot.img of the same release to the kernel, or write a disk without one\n");
}

TEST_F(NanosDiskTest, TheSameInputInTwoPlacesGivesTheSameBytes) {
  std::string first = to_hex(sha256_of_file(write(request()).path).value());
  program_.rootfs = {};
  add("/app", HostFile{file("elsewhere/deeper/app", std::string(762'472, 'A'))});
  kernel_.image = file("elsewhere/kernel.img", std::string(1'742'992, 'K'));
  Image image = write_nanos_disk(request(), at("elsewhere/out/x.raw")).value();
  EXPECT_EQ(to_hex(sha256_of_file(image.path).value()), first);
}

TEST_F(NanosDiskTest, AFullDiskLeavesNoOutput) {
  ASSERT_TRUE(write_file(at("disk.raw"), "what was there"));
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  auto handler = std::signal(SIGXFSZ, SIG_IGN);
  for (rlim_t limit :
       {rlim_t{1000}, rlim_t{100'000}, rlim_t{2'000'000}, rlim_t{2'600'000}, rlim_t{3'600'000}}) {
    SCOPED_TRACE(limit);
    rlimit low{limit, old.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &low), 0);
    auto image = write_nanos_disk(request(), at("disk.raw"));
    ::setrlimit(RLIMIT_FSIZE, &old);
    ASSERT_FALSE(image);
    EXPECT_EQ(image.error().what, "cannot write '" + at("disk.raw").string() + "': File too large");
    EXPECT_EQ(image.error().hint, "raise the limit on file sizes (ulimit -f)");
    EXPECT_EQ(read_file(at("disk.raw")).value(), "what was there");
    EXPECT_EQ(std::distance(fs::directory_iterator(directory_.path()), fs::directory_iterator()), 6);
  }
  std::signal(SIGXFSZ, handler);
}

TEST(NanosSettings, MountsAndNetwork) {
  GuestSettings settings;
  settings.mounts = {{GuestMount::Kind::Share, "0", "/in", true},
                     {GuestMount::Kind::Volume, "data", "/d", false}};
  settings.network.address = "10.0.0.2/22";
  settings.network.gateway = "10.0.0.1";
  settings.network.address6 = "fd00::2/64";
  TfsTuple root = nanos_settings(settings);
  add_directory(root, "/d");
  add_directory(root, "/in/deep");
  EXPECT_EQ(to_text(TfsValue(root)),
            "(children:(d:(children:()) in:(children:(deep:(children:())))) "
            "en1:(gateway:10.0.0.1 ip6addr:fd00:0:0:0:0:0:0:2 ipaddr:10.0.0.2 netmask:255.255.252.0) "
            "mounts:(data:/d virtfs0:/in:ro))");
}

TEST_F(NanosDiskTest, Volumes) {
  Image image = write_nanos_volume("data", 8 * kMiB, at("disk.raw")).value();
  EXPECT_EQ(image.size_bytes, 10 * kMiB);
  EXPECT_LE(image.allocated_bytes, 8192u);
  NanosDisk disk = open();
  EXPECT_FALSE(disk.has_partitions);
  EXPECT_FALSE(disk.bootfs);
  EXPECT_EQ(text(disk.regions), "volume 0+10485760\n");
  EXPECT_EQ(disk.rootfs->label(), "data");
  EXPECT_TRUE(disk.rootfs->entries().empty());
  EXPECT_EQ(to_text(write_nanos_volume("", 0, at("x")).error(), Color::Off),
            "faasc: error: a volume needs a label [FAASC0566]\n  hint: the guest finds it by its label\n");
}

// ---- reading disks of others ----

TEST_F(NanosDiskTest, ReadsDisksWithAnEfiPartition) {
  Image image = write(request());
  std::string bytes = read_file(image.path).value();
  // One that is not FAT32 is passed over.
  Mbr mbr = mbr_from_bytes(bytes);
  mbr.entries[2] = mbr.entries[1];
  mbr.entries[1] = mbr.entries[0];
  mbr.entries[0].type = kMbrEfiSystem;
  mbr.entries[0].sector_count = 8;
  bytes.replace(0, 512, bytes_of(mbr));
  NanosDisk disk = open_nanos_disk(bytes_in_memory(bytes)).value();
  EXPECT_EQ(paths(*disk.bootfs), "/kernel\n");
  EXPECT_EQ(paths(*disk.rootfs), "/app\n");
  EXPECT_EQ(disk.regions[3].name, "esp");
}

TEST_F(NanosDiskTest, RefusesWhatIsNoDisk) {
  std::string bytes = read_file(write(request()).path).value();
  auto refused = [](std::string disk) {
    auto opened = open_nanos_disk(bytes_in_memory(std::move(disk)));
    return opened ? "accepted" : to_text(opened.error(), Color::Off);
  };
  const std::string unknown =
      "faasc: error: not a Nanos disk: sector 0 has neither a partition table nor a file system [FAASC0567]\n"
      "  hint: only raw images can be read; qemu-img convert -O raw makes one of any other\n";
  EXPECT_EQ(refused(""), unknown);
  EXPECT_EQ(refused(std::string(100'000, 'x')), unknown);
  EXPECT_EQ(refused(bytes.substr(0, 511)), unknown);
  EXPECT_EQ(
      refused(bytes.substr(0, 512)),
      "faasc: error: the partition for booting begins at byte 53248, but the disk has 512 [FAASC0568]\n");
  EXPECT_EQ(refused(bytes.substr(0, 1 << 20)),
            "faasc: error: the partition for the root file system begins at byte 2326528, but the disk has "
            "1048576 [FAASC0568]\n");
  std::string changed = bytes;
  changed.replace(0x1ce, 16, std::string(16, '\0'));
  EXPECT_EQ(refused(changed),
            "faasc: error: the disk has no partition for the root file system [FAASC0568]\n");
  changed = bytes;
  changed[2'326'528] = 'X';
  EXPECT_EQ(refused(changed),
            "faasc: error: not a Nanos file system: it does not begin with 'NVMTFS' [FAASC0554]\n"
            "  while reading the root file system\n");
  changed = bytes;
  changed[53'248 + 6] = 9;
  EXPECT_EQ(refused(changed),
            "faasc: error: version 9 of the file system is unknown; 4 and 5 are known [FAASC0555]\n"
            "  while reading the boot partition\n");
  EXPECT_EQ(to_text(open_nanos_disk(at("none")).error(), Color::Off),
            "faasc: error: cannot open '" + at("none").string() +
                "': No such file or directory [FAASC0901]\n  while reading '" + at("none").string() + "'\n");
}

TEST_F(NanosDiskTest, UpstreamReadsIt) {
  const char* dump = std::getenv("FAASC_NANOS_DUMP");
  if (!dump) GTEST_SKIP() << "FAASC_NANOS_DUMP does not name Nanos' dump";
  for (const char* name : {"bios", "uefi", "direct"}) {
    auto wanted = request();
    wanted.bios_bootable = name != std::string_view("direct");
    wanted.uefi_bootable = name == std::string_view("uefi");
    Image image = write(wanted);
    fs::path out = at(name);
    auto finished = run({.argv = {dump, "-d", out, image.path}, .working_directory = {}, .environment = {}});
    ASSERT_TRUE(finished) << to_text(finished.error(), Color::Off);
    ASSERT_TRUE(finished->status.ok()) << finished->err;
    EXPECT_TRUE(read_file(out / "app").value() == std::string(762'472, 'A'));
  }
}

}  // namespace
}  // namespace faasc
