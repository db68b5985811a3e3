// Boots Linux disks under QEMU, without KVM: what init and the kernel make of what the other tests only read.

#include <chrono>
#include <cstdlib>
#include <thread>

#include <arpa/inet.h>
#include <sys/socket.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/process.h"
#include "packager/disk/linux_disk.h"
#include "packager/disk/linux_disk_reader.h"
#include "packager/kernels/kernel_store.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

// What runs in the guest. Its second argument says what it is to do.
constexpr std::string_view kGuest = R"(
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/vfs.h>
#include <unistd.h>

static int can_write(const char* path) {
  int fd = open(path, O_CREAT | O_WRONLY, 0644);
  return fd >= 0 && write(fd, "from the guest", 14) == 14 && fsync(fd) == 0;
}
static const char* first_line(const char* path) {
  static char line[200];
  FILE* file = fopen(path, "r");
  if (!file || !fgets(line, sizeof line, file)) strcpy(line, "?");
  line[strcspn(line, "\n")] = 0;
  return line;
}
static volatile sig_atomic_t stopped;
static void on_term(int signal) { stopped = signal; }

int main(int argc, char** argv) {
  const char* task = argc > 1 ? argv[1] : "";
  if (!strcmp(task, "look")) {
    char directory[100] = "?", host[100] = "?";
    char* words = getcwd(directory, sizeof directory);
    gethostname(host, sizeof host);
    printf("guest: argv0=%s GREETING=%s cwd=%s host=%s pid1=%d session=%d stdin=%d\n", argv[0], getenv("GREETING"), words, host,
           getppid() == 1, getsid(0) == getpid(), getchar() == EOF);
    printf("guest: root=%d tmp=%d shm=%d run=%d dev=%d\n", can_write("/data/written"), can_write("/tmp/x"), can_write("/dev/shm/x"),
           can_write("/run/x"), access("/dev/null", R_OK) == 0);
    struct statfs root;
    if (!statfs("/", &root) && can_write("/data/written") && root.f_type != 0xef53)
      printf("guest: room=%ld\n", (long)root.f_blocks * (long)root.f_bsize);
    printf("guest: %s\n", first_line("/etc/resolv.conf"));
    printf("guest: %s %d\n", first_line("/proc/self/comm"), access("/sys/class/net/eth0", R_OK) == 0);
    if (fork() == 0) { /* an orphan, which init has to reap */
      if (fork() == 0) _exit(3);
      _exit(4);
    }
    usleep(100000);
    return 42;
  }
  if (!strcmp(task, "addresses")) {
    char line[200];
    FILE* file = fopen("/proc/net/if_inet6", "r");
    while (file && fgets(line, sizeof line, file))
      if (!strncmp(line, "fd00", 4)) printf("guest: %.32s\n", line);
    return 0;
  }
  if (!strcmp(task, "status")) return atoi(argv[2]);
  if (!strcmp(task, "crash")) abort();
  if (!strcmp(task, "serve")) {
    int server = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8080)};
    if (bind(server, (struct sockaddr*)&address, sizeof address) || listen(server, 5)) return 1;
    puts("guest: ready");
    fflush(stdout);
    int client = accept(server, 0, 0);
    char request[1000];
    if (read(client, request, sizeof request) <= 0) return 2;
    const char* answer = "HTTP/1.0 200 OK\r\n\r\nserved by Linux";
    if (write(client, answer, strlen(answer)) < 0) return 3;
    close(client);
    return 0;
  }
  if (!strcmp(task, "wait") || !strcmp(task, "ignore")) {
    signal(SIGTERM, !strcmp(task, "wait") ? on_term : SIG_IGN);
    puts("guest: ready");
    fflush(stdout);
    while (!stopped) pause();
    puts("guest: stopped");
    return 9;
  }
  return 1;
}
)";

/// The kHz of the machine's time stamp counter, which a microvm under TCG cannot find out.
std::string tsc_khz() {
  std::string text = read_file("/proc/cpuinfo").value();
  std::size_t at = text.find("cpu MHz");
  at = at == std::string::npos ? at : text.find(':', at);
  return std::to_string(at == std::string::npos ? 2'300'000
                                                : static_cast<long>(std::stod(text.substr(at + 1)) * 1000));
}

enum class Machine : std::uint8_t { Q35, Q35BzImage, Microvm, MicrovmBzImage, Bios, Uefi };

constexpr const char* kOvmf = "/usr/share/OVMF/OVMF_CODE_4M.fd";

class LinuxBoot : public testing::TestWithParam<Machine> {
 protected:
  void SetUp() override {
    if (!find_program("qemu-system-x86_64")) GTEST_SKIP() << "qemu-system-x86_64 is not installed";
    auto store = KernelStore::open();
    auto kernel = store ? store->find(KernelFamily::Linux) : Result<Kernel>(store.error());
    if (!kernel) GTEST_SKIP() << "no Linux kernel: " << kernel.error().what;
    kernel_ = std::move(kernel).value();
    ASSERT_TRUE(write_file(at("guest.c"), kGuest));
    auto built = run({{FAASC_C_COMPILER, "-O1", "-static", "-o", at("guest"), at("guest.c")}, {}, {}});
    ASSERT_TRUE(built) << to_text(built.error(), Color::Off);
    ASSERT_TRUE(built->status.ok()) << built->err;
    program_.executable = "/bin/guest";
    program_.environment = {{"GREETING", "hello"}};
    program_.working_directory = "/data";
    ASSERT_TRUE(program_.rootfs.add("/bin/guest", {HostFile{at("guest")}, 0644, ""}));
    ASSERT_TRUE(program_.rootfs.add("/data", {Directory{}, 0755, ""}));
  }

  fs::path at(std::string_view name) { return directory_.path() / name; }

  std::vector<std::string> command(std::vector<std::string> arguments, LinuxCommandLine line = {},
                                   std::optional<std::uint64_t> storage = {},
                                   const std::string& forward = "") {
    program_.argv = {"guest"};
    program_.argv.insert(program_.argv.end(), arguments.begin(), arguments.end());
    fs::path parts = fs::path(FAASC_PREFIX) / "lib/faasc/linux";
    LinuxDiskRequest request{.program = program_,
                             .kernel = kernel_,
                             .init = parts / "init",
                             .root = root_,
                             .ephemeral_storage_bytes = storage};
    if (boots_itself_)
      request.self_boot = {parts / "boot.bin", parts / "bootx64.efi", linux_command_line(line)};
    auto image = write_linux_disk(request, at("disk.img"));
    EXPECT_TRUE(image) << to_text(image.error(), Color::Off);
    line.writable = storage.has_value();
    std::string text = linux_command_line(line);
    bool microvm = GetParam() == Machine::Microvm || GetParam() == Machine::MicrovmBzImage;
    bool bzimage = GetParam() == Machine::Q35BzImage || GetParam() == Machine::MicrovmBzImage;
    std::string suffix = microvm ? "-device" : "-pci";
    std::vector<std::string> argv = {"qemu-system-x86_64",
                                     "-accel",
                                     "tcg",
                                     "-cpu",
                                     "max",
                                     "-m",
                                     "256",
                                     "-nodefaults",
                                     "-no-user-config",
                                     "-display",
                                     "none",
                                     "-no-reboot",
                                     "-device",
                                     "isa-debug-exit,iobase=0xf4,iosize=4",
                                     "-netdev",
                                     "user,id=net" + forward,
                                     "-device",
                                     "virtio-net" + suffix + ",netdev=net" + (microvm ? "" : ",romfile=")};
    auto add = [&](std::initializer_list<std::string> words) { argv.insert(argv.end(), words); };
    if (root_ != LinuxRoot::Initramfs)
      add({"-drive",
           "file=" + at("disk.img").string() + ",format=raw,if=none,id=disk" +
               (storage ? "" : ",readonly=on"),
           "-device", "virtio-blk" + suffix + ",drive=disk"});
    if (microvm) {
      text += " tsc_early_khz=" + tsc_khz();
      add({"-machine", "microvm,pit=off,pic=off,rtc=on,isa-serial=on", "-global",
           "virtio-mmio.force-legacy=false"});
    } else {
      add({"-machine", "q35"});
    }
    if (GetParam() == Machine::Uefi)
      add({"-drive", std::string("if=pflash,format=raw,readonly=on,file=") + kOvmf});
    else if (GetParam() != Machine::Bios)
      add({"-append", text, "-kernel", bzimage ? kernel_.bzimage : kernel_.image, "-initrd",
           root_ == LinuxRoot::Initramfs ? at("disk.img") : linux_initrd_path(at("disk.img"))});
    return argv;
  }

  bool has_erofs() const {
    return kernel_.initramfs.empty() ||
           read_file(kernel_.initramfs).value().find("mod/erofs") != std::string::npos;
  }

  /// Boots and waits for the end.
  void boot(std::vector<std::string> argv) {
    argv.insert(argv.end(), {"-serial", "stdio"});
    auto start = std::chrono::steady_clock::now();
    auto finished = run({argv, {}, {}}, {.timeout = std::chrono::seconds(120)});
    ASSERT_TRUE(finished) << to_text(finished.error(), Color::Off);
    RecordProperty(
        "seconds",
        std::to_string(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()));
    console_ = finished->out + finished->err;
    status_ = finished->status.code;
    std::erase(console_, '\r');
  }

  /// Boots with the console in a file, and QEMU's monitor on the pipes of the child.
  Child boot_in_background(std::vector<std::string> argv) {
    argv.insert(argv.end(), {"-monitor", "stdio", "-serial", "file:" + at("console").string()});
    SpawnOptions options;
    options.in = Stream::Pipe;
    options.out = Stream::Null;
    return std::move(Child::spawn({argv, {}, {}}, options)).value();
  }
  bool wait_for(std::string_view text) {
    for (int i = 0; i < 1200; ++i) {
      auto console = read_file(at("console"));
      if (console && console->find(text) != std::string::npos) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  }
  void finish(Child& child) {
    status_ = child.wait().code;
    console_ = read_file(at("console")).value();
    std::erase(console_, '\r');
  }

  TemporaryDirectory directory_ =
      std::move(TemporaryDirectory::create(testing::TempDir(), "linuxboot")).value();
  Kernel kernel_;
  Program program_;
  std::string console_;
  int status_ = -1;
  bool boots_itself_ = false;
  LinuxRoot root_ = LinuxRoot::Ext4;
};

TEST_P(LinuxBoot, RunsTheProgramInItsPlace) {
  boot(command({"look"}, {.hostname = "orders"}));
  EXPECT_EQ(console_,
            "guest: argv0=guest GREETING=hello cwd=/data host=orders pid1=1 session=1 stdin=1\n"
            "guest: root=0 tmp=1 shm=1 run=1 dev=1\n"
            "guest: nameserver 10.0.2.3\n"
            "guest: guest 1\n"
            "faasc-init: program exited with status 42\n");
  EXPECT_EQ(status_, 42 << 1 | 1);
}

TEST_P(LinuxBoot, TheRootIsWritableWhereAsked) {
  boot(command({"look"}, {}, 8 << 20));
  EXPECT_THAT(console_, HasSubstr("guest: root=1 tmp=1 shm=1 run=1 dev=1\n"));
  if (!find_program("debugfs")) return;
  auto written = run({{"debugfs", "-R", "cat /data/written", at("disk.img")}, {}, {}});
  EXPECT_EQ(written->out, "from the guest");
}

TEST_P(LinuxBoot, HasTheIpv6AddressOfItsImage) {
  boot(command({"addresses"}, {.address6 = "fd00::a:2/64"}));
  EXPECT_THAT(console_, HasSubstr("guest: fd0000000000000000000000000a0002\n"));
}

TEST_P(LinuxBoot, TheRootCanBeAnErofs) {
  if (!has_erofs()) GTEST_SKIP() << "the kernel was stored without EROFS: 'faasc kernel pull linux' again";
  root_ = LinuxRoot::Erofs;
  boot(command({"look"}));
  EXPECT_THAT(console_, HasSubstr("guest: root=0 tmp=1 shm=1 run=1 dev=1\n"));
  EXPECT_THAT(console_, HasSubstr("faasc-init: program exited with status 42\n"));
}

TEST_P(LinuxBoot, WhatIsWrittenToAnErofsStaysInMemory) {
  if (!has_erofs()) GTEST_SKIP() << "the kernel was stored without EROFS: 'faasc kernel pull linux' again";
  root_ = LinuxRoot::Erofs;
  boot(command({"look"}, {.room_bytes = 1 << 20}, 1 << 20));
  EXPECT_THAT(console_, HasSubstr("guest: root=1 tmp=1 shm=1 run=1 dev=1\n"));
  EXPECT_THAT(console_, HasSubstr("guest: room=1048576\n"));
}

TEST_P(LinuxBoot, TheRootCanBeTheInitramfs) {
  root_ = LinuxRoot::Initramfs;
  boot(command({"look"}, {.hostname = "orders"}));
  EXPECT_EQ(console_,
            "guest: argv0=guest GREETING=hello cwd=/data host=orders pid1=1 session=1 stdin=1\n"
            "guest: root=0 tmp=1 shm=1 run=1 dev=1\n"
            "guest: nameserver 10.0.2.3\n"
            "guest: guest 1\n"
            "faasc-init: program exited with status 42\n");
  EXPECT_EQ(status_, 42 << 1 | 1);
  boot(command({"look"}, {.room_bytes = 4 << 20}, 1 << 20));
  EXPECT_THAT(console_, HasSubstr("guest: root=1 tmp=1 shm=1 run=1 dev=1\n"));
  EXPECT_THAT(console_, HasSubstr("guest: room=4194304\n"));
}

TEST_P(LinuxBoot, TellsHowTheProgramEnded) {
  boot(command({"status", "200"}));
  EXPECT_EQ(console_, "faasc-init: program exited with status 200\n");
  EXPECT_EQ(status_, (200 & 0x7f) << 1 | 1);
  boot(command({"crash"}));
  EXPECT_EQ(console_, "faasc-init: program was killed by signal 6 (SIGABRT)\n");
  EXPECT_EQ(status_, 6 << 1 | 1);
}

TEST_P(LinuxBoot, SaysWhatCannotBeRun) {
  ASSERT_TRUE(program_.rootfs.add("/bin/damaged", {InlineBytes{"\x7f"
                                                               "ELF, but no more"},
                                                   0755, ""}));
  program_.executable = "/bin/damaged";
  boot(command({}));
  EXPECT_EQ(console_,
            "faasc-init: cannot run '/bin/damaged': error 8 (not an executable format)\n"
            "faasc-init: program exited with status 126\n");
  EXPECT_EQ(status_, 126 << 1 | 1);
}

TEST_P(LinuxBoot, SaysThatThereIsNoRoot) {
  std::vector<std::string> argv = command({"look"});
  ASSERT_TRUE(write_file(at("disk.img"), std::string(1 << 20, 'x')));
  boot(argv);
  EXPECT_EQ(
      console_,
      "faasc-init: there is no disk with a file system labelled 'faasc-root'\nfaasc-init: cannot start the "
      "machine\n");
  EXPECT_EQ(status_, 125 << 1 | 1);
}

TEST_P(LinuxBoot, WithoutAnExitPortItEndsAllTheSame) {
  boot(command({"status", "3"}, {.exit_port = {}}));
  // The kernel has a last word of its own.
  EXPECT_THAT(console_, testing::StartsWith("faasc-init: program exited with status 3\n"));
  EXPECT_EQ(status_, 0);
}

TEST_P(LinuxBoot, ServesARequest) {
  // A port that is free now; QEMU cannot be told to take any and say which.
  int probe = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(probe, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size), 0);
  Fd(probe).reset();
  Child child = boot_in_background(command(
      {"serve"}, {}, {}, ",hostfwd=tcp:127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "-:8080"));
  ASSERT_TRUE(wait_for("guest: ready")) << read_file(at("console")).value();
  Fd client(::socket(AF_INET, SOCK_STREAM, 0));
  ASSERT_EQ(::connect(client.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_TRUE(write_all(client, "GET / HTTP/1.0\r\n\r\n", "client"));
  std::string answer(1000, '\0');
  std::size_t used = 0;
  for (;;) {
    auto count = read_some(client, answer.data() + used, answer.size() - used, "client");
    if (!count || *count == 0) break;
    used += *count;
  }
  EXPECT_EQ(answer.substr(0, used), "HTTP/1.0 200 OK\r\n\r\nserved by Linux");
  finish(child);
  EXPECT_THAT(console_, HasSubstr("faasc-init: program exited with status 0\n"));
  EXPECT_EQ(status_, 1);
}

TEST_P(LinuxBoot, ThePowerButtonStopsTheProgram) {
  Child child = boot_in_background(command({"wait"}));
  ASSERT_TRUE(wait_for("guest: ready")) << read_file(at("console")).value();
  ASSERT_TRUE(write_all(child.in, "system_powerdown\n", "monitor"));
  finish(child);
  EXPECT_EQ(console_, "guest: ready\nguest: stopped\nfaasc-init: program exited with status 9\n");
  EXPECT_EQ(status_, 9 << 1 | 1);
}

TEST_P(LinuxBoot, AProgramThatDoesNotStopIsKilled) {
  Child child = boot_in_background(command({"ignore"}, {.grace = std::chrono::seconds(1)}));
  ASSERT_TRUE(wait_for("guest: ready")) << read_file(at("console")).value();
  ASSERT_TRUE(write_all(child.in, "system_powerdown\n", "monitor"));
  finish(child);
  EXPECT_EQ(console_, "guest: ready\nfaasc-init: program was killed by signal 9 (SIGKILL)\n");
}

// One disk, which says how it boots; whoever starts it decides.
class LinuxDiskBoot : public LinuxBoot {
 protected:
  LinuxDiskBoot() { boots_itself_ = true; }
};

TEST_P(LinuxDiskBoot, RunsTheProgram) {
  if (GetParam() == Machine::Uefi && !fs::exists(kOvmf)) GTEST_SKIP() << "no UEFI firmware (package ovmf)";
  boot(command({"look"}, {.hostname = "orders"}));
  EXPECT_THAT(console_,
              HasSubstr("guest: argv0=guest GREETING=hello cwd=/data host=orders pid1=1 session=1 stdin=1\n"
                        "guest: root=0 tmp=1 shm=1 run=1 dev=1\n"
                        "guest: nameserver 10.0.2.3\n"
                        "guest: guest 1\n"
                        "faasc-init: program exited with status 42\n"));
  EXPECT_EQ(status_, 42 << 1 | 1);
}

TEST_P(LinuxDiskBoot, AnErofsBootsAsWell) {
  if (GetParam() == Machine::Uefi && !fs::exists(kOvmf)) GTEST_SKIP() << "no UEFI firmware (package ovmf)";
  if (!has_erofs()) GTEST_SKIP() << "the kernel was stored without EROFS: 'faasc kernel pull linux' again";
  root_ = LinuxRoot::Erofs;
  boot(command({"look"}));
  EXPECT_THAT(console_, HasSubstr("guest: root=0 tmp=1 shm=1 run=1 dev=1\n"));
  EXPECT_THAT(console_, HasSubstr("faasc-init: program exited with status 42\n"));
}

// A boot sector that cannot load what its table says ends the machine, and says why.
class LinuxDiskBootSector : public LinuxDiskBoot {};

TEST_P(LinuxDiskBootSector, SaysThatItCannotLoad) {
  std::vector<std::string> argv = command({"look"}, {.hostname = "orders"});
  LinuxDisk disk = std::move(open_linux_disk(at("disk.img"))).value();
  EXPECT_TRUE(disk.bios_bootable);
  EXPECT_TRUE(disk.uefi_bootable);
  fs::resize_file(at("disk.img"), 3 << 20);
  boot(argv);
  EXPECT_THAT(console_, HasSubstr("faasc: cannot load the kernel from the disk\n"));
  EXPECT_EQ(status_, 0);
}

std::string name_of_machine(const testing::TestParamInfo<Machine>& machine) {
  switch (machine.param) {
    case Machine::Q35:
      return "q35";
    case Machine::Q35BzImage:
      return "q35_bzImage";
    case Machine::Bios:
      return "bios";
    case Machine::Uefi:
      return "uefi";
    case Machine::MicrovmBzImage:
      return "microvm_bzImage";
    case Machine::Microvm:
      break;
  }
  return "microvm";
}

INSTANTIATE_TEST_SUITE_P(Machines, LinuxBoot,
                         testing::Values(Machine::Q35, Machine::Q35BzImage, Machine::Microvm,
                                         Machine::MicrovmBzImage),
                         name_of_machine);
INSTANTIATE_TEST_SUITE_P(Machines, LinuxDiskBoot,
                         testing::Values(Machine::Bios, Machine::Uefi, Machine::Microvm), name_of_machine);

INSTANTIATE_TEST_SUITE_P(Machines, LinuxDiskBootSector, testing::Values(Machine::Bios), name_of_machine);

}  // namespace
}  // namespace faasc
