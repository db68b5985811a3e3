// Boots disks under QEMU, without KVM: the last witness for what the other tests only read.

#include <cstdlib>

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/process.h"
#include "packager/disk/klibs.h"
#include "packager/disk/nanos_disk.h"
#include "packager/disk/nanos_disk_reader.h"
#include "packager/kernels/kernel_store.h"
#include "packager/rootfs/elf_closure.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

// What runs in the guest: says what it finds, tries to write, and ends with 7.
constexpr std::string_view kGuest = R"(
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

static unsigned long sum_of(const char* path) {
  unsigned long sum = 0;
  FILE* file = fopen(path, "rb");
  if (!file) return 0;
  for (int c; (c = getc(file)) != EOF;) sum = sum * 31 + (unsigned char)c;
  fclose(file);
  return sum;
}

int main(int argc, char** argv) {
  struct utsname name;
  char directory[100] = "?", line[100] = "?";
  uname(&name);
  getcwd(directory, sizeof directory);
  FILE* link = fopen("/data/link", "r");
  if (link && fgets(line, sizeof line, link) == NULL) line[0] = 0;
  int fd = open("/data/written", O_CREAT | O_WRONLY, 0644);
  int written = fd < 0 ? 0 : write(fd, "from the guest", 14) == 14 && fsync(fd) == 0;
  printf("guest: %s argc=%d argv1=%s GREETING=%s cwd=%s link=%s large=%lx last=%lx written=%d\n", name.sysname, argc,
         argc > 1 ? argv[1] : "", getenv("GREETING"), directory, line, sum_of("/data/large"), sum_of("/many/8999"), written);
  return 7;
}
)";

unsigned long sum_of(std::string_view bytes) {
  unsigned long sum = 0;
  for (char c : bytes) sum = sum * 31 + static_cast<unsigned char>(c);
  return sum;
}

constexpr const char* kOvmf = "/usr/share/OVMF/OVMF_CODE_4M.fd";

class NanosBoot : public testing::Test {
 protected:
  void SetUp() override {
    if (!find_program("qemu-system-x86_64")) GTEST_SKIP() << "qemu-system-x86_64 is not installed";
    auto store = KernelStore::open();
    auto kernel = store ? store->find(KernelFamily::Nanos) : Result<Kernel>(store.error());
    if (!kernel) GTEST_SKIP() << "no Nanos kernel: " << kernel.error().what;
    kernel_ = std::move(kernel).value();

    ASSERT_TRUE(write_file(at("guest.c"), kGuest));
    ASSERT_NO_FATAL_FAILURE(compile("-static"));

    program_.executable = "/bin/guest";
    program_.argv = {"guest", "--flag"};
    program_.environment = {{"GREETING", "hello"}};
    program_.working_directory = "/data/empty";
    for (std::size_t i = 0; i < 40'000'000; ++i)
      large_ += static_cast<char>(i * 7 + (i >> 9));  // two extents
    add("/bin/guest", HostFile{at("guest")});
    add("/data/empty", Directory{});
    add("/data/text", InlineBytes{"by a link"});
    add("/data/link", Symlink{"text"});
    ASSERT_TRUE(write_file(at("large"), large_));
    add("/data/large", HostFile{at("large")});
    for (int i = 0; i < 9000; ++i)  // a log of several extensions
      add("/many/" + std::to_string(i), InlineBytes{"number " + std::to_string(i)});
  }

  fs::path at(std::string_view name) { return directory_.path() / name; }
  void add(const std::string& path, decltype(RootfsNode::content) content) {
    ASSERT_TRUE(program_.rootfs.add(path, {std::move(content), 0755, "a test"}));
  }
  void compile(std::string_view flag) {
    auto built = run({.argv = {FAASC_C_COMPILER, "-O1", std::string(flag), "-o", at("guest"), at("guest.c")},
                      .working_directory = {},
                      .environment = {}});
    ASSERT_TRUE(built) << to_text(built.error(), Color::Off);
    ASSERT_TRUE(built->status.ok()) << built->err;
  }
  void write(NanosDiskRequest request) {
    auto image = write_nanos_disk(request, at("disk.raw"));
    ASSERT_TRUE(image) << to_text(image.error(), Color::Off);
  }
  std::string expected_line(bool written) const {
    char sums[64];
    std::snprintf(sums, sizeof sums, "large=%lx last=%lx", sum_of(large_), sum_of("number 8999"));
    return "guest: Nanos argc=2 argv1=--flag GREETING=hello cwd=/data/empty link=by a link " +
           std::string(sums) + " written=" + (written ? "1" : "0");
  }

  enum class Machine : std::uint8_t { Bios, Uefi, Direct };
  void boot(Machine machine, bool written) {
    std::string console = console_of(machine);
    EXPECT_NE(console.find(expected_line(written)), std::string::npos)
        << "expected: " << expected_line(written) << "\nconsole:\n"
        << console;
  }

  /// Boots, waits for the end, and expects that the guest ended as it should.
  std::string console_of(Machine machine) {
    std::vector<std::string> argv = {"qemu-system-x86_64", "-accel",  "tcg",           "-nodefaults",
                                     "-display",           "none",    "-serial",       "stdio",
                                     "-no-reboot",         "-device", "isa-debug-exit"};
    std::string drive = "file=" + at("disk.raw").string() + ",format=raw,if=none,id=disk";
    if (machine != Machine::Direct) {
      for (const char* word : {"-machine", "q35", "-m", "256", "-device", "virtio-blk-pci,drive=disk"})
        argv.emplace_back(word);
      if (machine == Machine::Uefi)
        argv.insert(argv.end(), {"-drive", std::string("if=pflash,format=raw,readonly=on,file=") + kOvmf});
    } else {
      for (const char* word :
           {"-machine", "microvm,acpi=on,ioapic2=off", "-m", "128", "-bios", "qboot.rom", "-global",
            "virtio-mmio.force-legacy=false", "-device", "virtio-blk-device,drive=disk", "-kernel"})
        argv.emplace_back(word);
      argv.push_back(kernel_.image);
    }
    argv.insert(argv.end(), {"-drive", drive});
    RunOptions options;
    options.timeout = std::chrono::seconds(60);
    auto finished = run({.argv = argv, .working_directory = {}, .environment = {}}, options);
    if (!finished) {
      ADD_FAILURE() << to_text(finished.error(), Color::Off);
      return {};
    }
    EXPECT_EQ(finished->status.code, 7 << 1 | 1) << finished->out << finished->err;
    return finished->out + finished->err;
  }

  TemporaryDirectory directory_ = std::move(TemporaryDirectory::create(testing::TempDir(), "boot")).value();
  Kernel kernel_;
  Program program_;
  std::string large_;
};

TEST_F(NanosBoot, OneDiskBootsByBiosAndDirectly) {
  write({.program = program_, .kernel = kernel_});
  boot(Machine::Bios, false);
  boot(Machine::Direct, false);
}

TEST_F(NanosBoot, OneDiskBootsByBiosAndByUefi) {
  if (kernel_.uefi_loader.empty()) GTEST_SKIP() << "the Nanos kernel has no loader for UEFI";
  if (!fs::exists(kOvmf)) GTEST_SKIP() << "no UEFI firmware (package ovmf)";
  write({.program = program_, .kernel = kernel_, .uefi_bootable = true});
  boot(Machine::Uefi, false);
  boot(Machine::Bios, false);
  boot(Machine::Direct, false);
}

TEST_F(NanosBoot, WithoutBootLoader) {
  write({.program = program_, .kernel = kernel_, .bios_bootable = false});
  boot(Machine::Direct, false);
}

// One library that says so when it is there, and one that would not let the kernel boot without another.
TEST_F(NanosBoot, KernelLibraries) {
  auto klibs = klibs_to_load(kernel_, {"strace", "cloud_init"});
  if (!klibs) GTEST_SKIP() << klibs.error().what;
  EXPECT_EQ(*klibs, (std::vector<std::string>{"cloud_init", "strace", "tls"}));
  NanosDiskRequest request{.program = program_, .kernel = kernel_};
  request.options = {{"debugsyscalls", "t"}, {"tracelist", std::vector<TfsValue>{"uname"}}};
  for (bool with : {false, true}) {
    if (with) request.klibs = {"strace", "cloud_init"};
    write(request);
    std::string console = console_of(Machine::Direct);
    EXPECT_EQ(console.find("uname") != std::string::npos, with) << console;
  }
}

// The host's loader and C library come along, behind the links that lead to them.
TEST_F(NanosBoot, DynamicProgram) {
  ASSERT_NO_FATAL_FAILURE(compile("-pie"));
  auto added = add_elf_closure(program_.rootfs, {{at("guest"), "/bin/guest"}});
  ASSERT_TRUE(added) << to_text(added.error(), Color::Off);
  write({.program = program_, .kernel = kernel_, .bios_bootable = false});
  boot(Machine::Direct, false);
}

// What the guest writes is there afterwards, as our reader sees it, and everything else still is.
TEST_F(NanosBoot, WritableRoot) {
  write({.program = program_, .kernel = kernel_, .ephemeral_storage_bytes = 1 << 20});
  boot(Machine::Bios, true);
  NanosDisk disk = open_nanos_disk(at("disk.raw")).value();
  EXPECT_EQ(disk.rootfs->problems(), std::vector<std::string>{});
  ASSERT_NE(disk.rootfs->find("/data/written"), nullptr);
  EXPECT_EQ(disk.rootfs->read(*disk.rootfs->find("/data/written")).value(), "from the guest");
  EXPECT_TRUE(disk.rootfs->read(*disk.rootfs->find("/data/large")).value() == large_);
  EXPECT_EQ(disk.rootfs->read(*disk.rootfs->find("/many/8999")).value(), "number 8999");
  // The disk boots again with what the kernel itself wrote.
  boot(Machine::Direct, true);
}

}  // namespace
}  // namespace faasc
