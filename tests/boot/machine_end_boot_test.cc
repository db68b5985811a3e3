// Real guests that end, each in another way, and what is told of it.

#include <atomic>
#include <csignal>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/process.h"
#include "launcher/codes.h"
#include "launcher/machine.h"
#include "tests/boot/emulated.h"

namespace faasc {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

TEST(MachineBoot, TheExitStatusComesThrough) {
  for (int status : {0, 1, 7}) {
    SCOPED_TRACE(status);
    MAKE_GUEST(image, {.arguments = {"exit", std::to_string(status)}});
    auto machine = Machine::start(image->spec, emulated());
    ASSERT_TRUE(machine);
    auto ready = machine->wait_ready();
    ASSERT_FALSE(ready);
    EXPECT_EQ(ready.error().fault, Fault::Guest);
    ready.error().excerpt.clear();  // the kernel's own lines
    EXPECT_EQ(text_of(ready.error()),
              "faasc: error: the guest exited with status " + std::to_string(status) +
                  (status == 0 ? " [FAASC0715]\n" : " [FAASC0710]\n") +
                  "  while waiting for the guest to get ready\n"
                  "  hint: a function goes on serving until it is stopped; see what its "
                  "program does" +
                  (status == 0 ? "\n"
                               : " (Nanos tells the lowest 7 bits of a status, so 139 as "
                                 "11)\n"));
    ASSERT_TRUE(machine->ended());
    EXPECT_EQ(machine->ended()->code, status);
  }
}

TEST(MachineBoot, TheExitStatusOfARunningGuestComesThrough) {
  MAKE_GUEST(image, {});
  for (int status : {0, 1, 7, 11, 127}) {
    SCOPED_TRACE(status);
    auto machine = Machine::start(image->spec, emulated());
    ASSERT_TRUE(machine);
    ASSERT_TRUE(machine->wait_ready());
    auto response = machine->request({.target = "/exit/" + std::to_string(status)});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().what, "the guest exited with status " + std::to_string(status));
    EXPECT_THAT(response.error().during, ElementsAre("asking for GET /exit/" + std::to_string(status)));
    auto exit = machine->wait();
    ASSERT_TRUE(exit);
    EXPECT_EQ(exit->how, GuestExit::How::Exited);
    EXPECT_EQ(exit->code, status);
  }
}

TEST(MachineBoot, ACrashIsToldWithItsSignal) {
  MAKE_GUEST(image, {});
  for (auto [number, name] : {std::pair{SIGSEGV, "SIGSEGV"}, std::pair{SIGABRT, "SIGABRT"}}) {
    SCOPED_TRACE(name);
    auto machine = Machine::start(image->spec, emulated());
    ASSERT_TRUE(machine);
    ASSERT_TRUE(machine->wait_ready());
    auto response = machine->request({.target = "/signal/" + std::to_string(number)});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().fault, Fault::Guest);
    EXPECT_EQ(response.error().code, kGuestKilled);
    EXPECT_EQ(response.error().what, "the guest was ended by signal " + std::to_string(number) + " (" + name +
                                         (number == SIGSEGV ? "): it followed a null pointer" : ")"));
    EXPECT_THAT(response.error().excerpt,
                Contains(HasSubstr("*** signal " + std::to_string(number) + " received")));
    EXPECT_THAT(response.error().excerpt, Contains(HasSubstr("   rip: ")));
  }
}

TEST(MachineBoot, AProgramThatIsNotThereIsTold) {
  MAKE_GUEST(image, {});
  // The root tuple of the image's file system, with another value of the same length.
  std::string bytes = read_file(image->spec.disks[0].path).value();
  constexpr std::string_view kHere = "program\xc6/guest", kGone = "program\xc6/gone!";
  std::size_t at = bytes.find(kHere);
  ASSERT_NE(at, std::string::npos);
  bytes.replace(at, kGone.size(), kGone);
  ASSERT_TRUE(write_file(image->spec.disks[0].path, bytes));
  auto machine = Machine::start(image->spec, emulated());
  ASSERT_TRUE(machine);
  auto ready = machine->wait_ready();
  ASSERT_FALSE(ready);
  EXPECT_EQ(ready.error().code, kGuestCrashed);
  EXPECT_EQ(ready.error().what,
            "the guest failed: the kernel could not start the program: (result:unable to open program file "
            "/gone!)");
}

/// What is said of a guest that does not get ready in time, and that time. It is longer where the host is so
/// busy that the guest has not come to print `last_line` in half of it.
std::pair<std::string, Error> not_ready(const VmSpec& spec, std::string_view last_line) {
  for (auto limit = 2000ms;; limit *= 2) {
    std::atomic<bool> in_time = last_line.empty();
    const auto began = std::chrono::steady_clock::now();
    StartOptions options = emulated();
    options.init_timeout = limit;
    options.on_console = [&](const ConsoleLine& line) {
      if (line.text == last_line && std::chrono::steady_clock::now() - began < limit / 2) in_time = true;
    };
    auto machine = Machine::start(spec, options);
    auto ready = machine ? machine->wait_ready() : Result<void>(std::move(machine).error());
    if (ready) return {"it is ready", {}};
    if (in_time || limit >= 32s) return {std::to_string(limit.count()), std::move(ready).error()};
  }
}

TEST(MachineBoot, AGuestThatNeverListensIsGivenUp) {
  for (auto [mode, hint] :
       {std::pair{"mute",
                  "the function has to listen on port 8080; allow it more time with limits.init_timeout"},
        std::pair{"liar", "it says that it listens, but its port 8080 accepts no connection"}}) {
    SCOPED_TRACE(mode);
    MAKE_GUEST(image, {.arguments = {mode}});
    auto [limit, error] = not_ready(image->spec, "this guest never listens");
    EXPECT_EQ(error.fault, Fault::Guest);
    EXPECT_THAT(error.excerpt, Contains("this guest never listens"));
    error.excerpt.clear();  // which has the kernel's own lines, too
    EXPECT_EQ(text_of(error), "faasc: error: the guest did not get ready within " + limit +
                                  " ms; it was idle [FAASC0713]\n  hint: " + hint + "\n");
  }
}

/// The image of a disk with nothing but a boot sector that begins with `code`.
VmSpec boot_sector_spec(const std::filesystem::path& path, std::string code) {
  code.resize(510);
  EXPECT_TRUE(write_file(path, code + "\x55\xaa" + std::string(1 << 20, '\0')));
  VmSpec spec;
  spec.name = "sector";
  spec.kernel_family = "nanos";
  spec.memory_bytes = 64 * kMiB;
  spec.disks = {{.path = path, .format = "raw", .read_only = false, .bios_bootable = true}};
  spec.nics.emplace_back();
  spec.exit_port = 0x501;
  return spec;
}

TEST(MachineBoot, ATripleFaultIsTold) {
  MAKE_GUEST(image, {});
  // "lidt [0x7c08]; int3", with an interrupt table of no entries at 0x7c08.
  VmSpec spec =
      boot_sector_spec(image->directory() / "sector.img", std::string("\x0f\x01\x1e\x08\x7c\xcc\x90\x90", 8));
  auto machine = Machine::start(spec, emulated());
  ASSERT_TRUE(machine) << text_of(machine.error());
  auto ready = machine->wait_ready();
  ASSERT_FALSE(ready);
  EXPECT_EQ(ready.error().fault, Fault::Guest);
  EXPECT_EQ(ready.error().code, kGuestCrashed);
  EXPECT_EQ(ready.error().what, "the guest reset itself, which is what a triple fault looks like");
}

TEST(MachineBoot, SilenceIsTold) {
  MAKE_GUEST(image, {});
  VmSpec spec = boot_sector_spec(image->directory() / "sector.img", "\xeb\xfe");  // "jmp $"
  // On a host whose own hypervisor takes the processors away, a guest does not compute all the time.
  std::string said, expected;
  for (auto limit = 1000ms; limit < 30s && (said.empty() || said != expected); limit *= 2) {
    StartOptions options = emulated();
    options.init_timeout = limit;
    auto machine = Machine::start(spec, options);
    ASSERT_TRUE(machine) << text_of(machine.error());
    auto ready = machine->wait_ready();
    ASSERT_FALSE(ready);
    said = ready.error().what;
    expected = "the guest did not get ready within " + std::to_string(limit.count()) +
               " ms, and printed nothing; it computed all the time";
  }
  EXPECT_EQ(said, expected);
}

TEST(MachineBoot, AKernelThatIsNoneIsRefused) {
  MAKE_GUEST(image, {});
  image->spec.direct_boot->kernel = FAASC_BOOT_GUEST;  // an ELF file, and no kernel
  auto machine = Machine::start(image->spec, emulated());
  ASSERT_FALSE(machine);
  EXPECT_EQ(machine.error().code, kQemuRefused);
  EXPECT_THAT(machine.error().what, testing::StartsWith("QEMU would not run the machine: "));
}

TEST(MachineBoot, AStubbornGuestIsEndedByForce) {
  MAKE_GUEST(image, {.arguments = {"stubborn"}});
  image->spec.grace_period = 100ms;
  auto machine = Machine::start(image->spec, emulated());
  ASSERT_TRUE(machine);
  ASSERT_TRUE(machine->wait_ready());
  pid_t qemu = machine->pid();
  GuestExit exit = machine->stop();
  EXPECT_EQ(exit.how, GuestExit::How::Forced);
  EXPECT_FALSE(lives(qemu));
  auto error = machine->error_of(exit);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, kGuestNotStopped);
  EXPECT_EQ(error->what, "the guest did not stop when asked to, and was ended by force");
}

TEST(MachineBoot, AMachineThatGoesOutOfScopeIsGone) {
  MAKE_GUEST(image, {});
  pid_t qemu = 0;
  {
    auto machine = Machine::start(image->spec, emulated());
    ASSERT_TRUE(machine);
    qemu = machine->pid();
    EXPECT_TRUE(lives(qemu));
  }
  EXPECT_FALSE(lives(qemu));
}

/// A process of its own that holds a machine: tests/boot/hold_machine.cc.
class Holder {
 public:
  explicit Holder(const GuestImage& image) {
    auto path = image.directory() / "guest.vm.json";
    EXPECT_TRUE(write_file(path, to_json(image.spec, image.directory())));
    auto child = Child::spawn(
        {.argv = {FAASC_HOLD_MACHINE, path.string()}, .working_directory = {}, .environment = {}},
        {.out = Stream::Pipe, .err = Stream::Null});
    EXPECT_TRUE(child);
    child_.emplace(std::move(*child));
    char buffer[256];
    ssize_t count = ::read(child_->out.get(), buffer, sizeof buffer - 1);
    if (count > 0)
      qemu_ = static_cast<pid_t>(std::atoi(std::string(buffer, static_cast<std::size_t>(count)).c_str()));
  }
  pid_t qemu() const { return qemu_; }
  Child& process() { return *child_; }

 private:
  std::optional<Child> child_;
  pid_t qemu_ = 0;
};

TEST(MachineBoot, NoQemuIsLeftBehindByAKilledLauncher) {
  MAKE_GUEST(image, {});
  Holder holder(*image);
  ASSERT_GT(holder.qemu(), 0);
  ASSERT_TRUE(lives(holder.qemu()));
  holder.process().signal(SIGKILL);
  EXPECT_EQ(holder.process().wait().signal, SIGKILL);
  EXPECT_TRUE(dies(holder.qemu()));
}

TEST(MachineBoot, AnInterruptStopsTheGuestWell) {
  MAKE_GUEST(image, {});
  Holder holder(*image);
  ASSERT_GT(holder.qemu(), 0);
  holder.process().signal(SIGINT);
  EXPECT_EQ(holder.process().wait().code, 0);
  EXPECT_FALSE(lives(holder.qemu()));
}

TEST(MachineBoot, AQemuThatIsKilledIsTold) {
  MAKE_GUEST(image, {});
  auto machine = Machine::start(image->spec, emulated());
  ASSERT_TRUE(machine);
  ASSERT_TRUE(machine->wait_ready());
  ::kill(machine->pid(), SIGKILL);
  auto exit = machine->wait();
  ASSERT_TRUE(exit);
  EXPECT_EQ(to_text(*exit), "was lost: QEMU was ended by signal 9 (SIGKILL)");
  EXPECT_EQ(machine->error_of(*exit)->code, kQemuKilled);
  EXPECT_EQ(machine->error_of(*exit)->fault, Fault::Host);
}

}  // namespace
}  // namespace faasc
