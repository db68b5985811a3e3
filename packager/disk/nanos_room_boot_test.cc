// What a guest finds room for on its disk: a real Nanos writes, and our reader looks at what it wrote.

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/process.h"
#include "packager/disk/nanos_disk.h"
#include "packager/disk/nanos_disk_reader.h"
#include "packager/kernels/kernel_store.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

// Fills a file with as many bytes as its argument says, a letter for each 64 KiB; then ends, or crashes. By
// one write, before anything flushes: where Nanos 0.1.55 is told to flush a file that grew while a flush was
// under way, the log on disk may never hear of the file's new end, fsync() or not.
constexpr std::string_view kGuest = R"(
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char** argv) {
  long size = atol(argv[1]);
  char* bytes = malloc(size + 1);
  for (long at = 0; at < size; ++at) bytes[at] = 'a' + at / 65536 % 26;
  if (size > 0) {
    int fd = open("/filled", O_CREAT | O_WRONLY, 0644);
    if (fd < 0) return 1;
    if (write(fd, bytes, size) != size) return 2;
    if (fsync(fd) != 0) return 3;
  }
  if (!strcmp(argv[2], "crash")) *(volatile int*)0 = 1;
  return 0;
}
)";

std::string filling(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>('a' + i / 65536 % 26);
  return bytes;
}

class NanosRoom : public testing::Test {
 protected:
  void SetUp() override {
    if (!find_program("qemu-system-x86_64")) GTEST_SKIP() << "qemu-system-x86_64 is not installed";
    auto store = KernelStore::open();
    auto kernel = store ? store->find(KernelFamily::Nanos) : Result<Kernel>(store.error());
    if (!kernel) GTEST_SKIP() << "no Nanos kernel: " << kernel.error().what;
    kernel_ = std::move(kernel).value();
    ASSERT_TRUE(write_file(at("guest.c"), kGuest));
    auto built = run({.argv = {FAASC_C_COMPILER, "-O1", "-static", "-o", at("guest"), at("guest.c")},
                      .working_directory = {},
                      .environment = {}});
    ASSERT_TRUE(built && built->status.ok());
    program_.executable = "/guest";
    ASSERT_TRUE(program_.rootfs.add("/guest", {HostFile{at("guest")}, 0755, "program"}));
  }

  fs::path at(std::string_view name) { return directory_.path() / name; }

  // The guest's exit status.
  int boot(std::size_t fill, const char* end, const NanosDiskRequest& request) {
    program_.argv = {"guest", std::to_string(fill), end};
    auto image = write_nanos_disk(request, at("disk.raw"));
    EXPECT_TRUE(image) << to_text(image.error(), Color::Off);
    RunOptions options;
    options.timeout = std::chrono::seconds(100);
    auto finished = run({.argv = {"qemu-system-x86_64",
                                  "-accel",
                                  "tcg",
                                  "-nodefaults",
                                  "-display",
                                  "none",
                                  "-serial",
                                  "stdio",
                                  "-no-reboot",
                                  "-device",
                                  "isa-debug-exit",
                                  "-machine",
                                  "microvm,acpi=on,ioapic2=off",
                                  "-m",
                                  "128",
                                  "-bios",
                                  "qboot.rom",
                                  "-global",
                                  "virtio-mmio.force-legacy=false",
                                  "-device",
                                  "virtio-blk-device,drive=disk",
                                  "-kernel",
                                  kernel_.image,
                                  "-drive",
                                  "file=" + at("disk.raw").string() + ",format=raw,if=none,id=disk"},
                         .working_directory = {},
                         .environment = {}},
                        options);
    EXPECT_TRUE(finished) << to_text(finished.error(), Color::Off);
    if (!finished) return -1;
    console_ = finished->out + finished->err;
    return finished->status.code >> 1;
  }

  TemporaryDirectory directory_ = std::move(TemporaryDirectory::create(testing::TempDir(), "room")).value();
  Kernel kernel_;
  Program program_;
  std::string console_;
};

TEST_F(NanosRoom, AGuestCanWriteExactlyWhatItWasPromised) {
  const std::size_t promised = (5 << 20) + 3 * 4096;
  NanosDiskRequest request{.program = program_, .kernel = kernel_, .bios_bootable = false};
  NanosDiskRequest read_only = request;
  program_.argv = {"guest"};
  auto empty = write_nanos_disk(read_only, at("empty.raw"));
  ASSERT_TRUE(empty);
  request.ephemeral_storage_bytes = promised;
  EXPECT_EQ(boot(promised, "end", request), 0) << console_;
  // What it was promised and Nanos' two areas for its log, and nothing else.
  EXPECT_EQ(fs::file_size(at("disk.raw")), empty->size_bytes + promised + (1 << 20));
  NanosDisk disk = open_nanos_disk(at("disk.raw")).value();
  EXPECT_EQ(disk.rootfs->problems(), std::vector<std::string>{});
  ASSERT_NE(disk.rootfs->find("/filled"), nullptr);
  EXPECT_TRUE(disk.rootfs->read(*disk.rootfs->find("/filled")).value() == filling(promised));
}

TEST_F(NanosRoom, ASizeOfItsOwnIsTheSizeOfTheDisk) {
  const std::size_t size = 20 << 20;
  NanosDiskRequest request{.program = program_, .kernel = kernel_, .bios_bootable = false};
  request.ephemeral_storage_bytes = 1 << 20;
  request.size_bytes = size;
  EXPECT_EQ(boot(15 << 20, "end", request), 0) << console_;
  EXPECT_EQ(fs::file_size(at("disk.raw")), size);
  NanosDisk disk = open_nanos_disk(at("disk.raw")).value();
  ASSERT_NE(disk.rootfs->find("/filled"), nullptr);
  EXPECT_TRUE(disk.rootfs->read(*disk.rootfs->find("/filled")).value() == filling(15 << 20));
}

TEST_F(NanosRoom, ACrashLeavesACore) {
  NanosDiskRequest request{.program = program_, .kernel = kernel_, .bios_bootable = false};
  request.ephemeral_storage_bytes = 16 << 20;
  request.options = {{"coredumplimit", "16384k"}};
  EXPECT_EQ(boot(0, "crash", request), 11) << console_;
  NanosDisk disk = open_nanos_disk(at("disk.raw")).value();
  const auto* core = disk.rootfs->find("/coredumps/core");
  ASSERT_NE(core, nullptr) << console_;
  std::string bytes = disk.rootfs->read(*core).value();
  EXPECT_TRUE(
      bytes.starts_with("\x7f"
                        "ELF"));
  EXPECT_GT(bytes.size(), 100'000u);
}

}  // namespace
}  // namespace faasc
