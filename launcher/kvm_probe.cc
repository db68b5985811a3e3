#include "launcher/kvm_probe.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <ctime>

#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"

// struct sigevent names the thread to signal by a member that older C libraries do not declare.
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

namespace faasc {
namespace {

// Real mode, at 0x1000: "inc ecx; jmp -4". Two instructions a round, no memory but their own, no exit to us.
constexpr std::uint8_t kGuestCode[] = {0x66, 0x41, 0xeb, 0xfc};
constexpr double kInstructionsPerRound = 2;
constexpr std::uint64_t kGuestAddress = 0x1000;
constexpr std::size_t kPageSize = 4096;

// In C++ the header's flexible array member makes struct kvm_signal_mask larger than the kernel's, whose size
// is part of the request's number: KVM_SET_SIGNAL_MASK cannot be used as it is.
struct SignalMask {
  std::uint32_t size_bytes = 8;
  std::uint32_t low = 0, high = 0;
};
constexpr unsigned long kSetSignalMask = _IOC(_IOC_WRITE, KVMIO, 0x8b, sizeof(std::uint32_t));

constexpr auto kRunTime = std::chrono::milliseconds(3);
// One run is enough where it shows native speed. A busy host may take the CPU away meanwhile, so that a slow
// run gets another chance.
constexpr int kMaxRuns = 3;
constexpr double kNativeMips = 100;

/// The time that this thread has had a processor for, which is its virtual CPU's, too.
std::chrono::nanoseconds thread_time() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

class Mapping {
 public:
  Mapping(std::size_t size, int flags, int fd)
      : size_(size), address_(::mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, fd, 0)) {}
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() {
    if (*this) ::munmap(address_, size_);
  }
  explicit operator bool() const { return address_ != MAP_FAILED; }
  void* address() const { return address_; }

 private:
  std::size_t size_;
  void* address_;
};

/// A signal that arrives at this thread while the virtual CPU runs, and only then: it is blocked, so that no
/// handler is involved, and KVM unblocks it for the time it is inside the guest.
class KickSignal {
 public:
  KickSignal() {
    sigemptyset(&signals_);
    sigaddset(&signals_, number());
    ::pthread_sigmask(SIG_BLOCK, &signals_, &before_);
    sigevent event{};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = number();
    event.sigev_notify_thread_id = static_cast<pid_t>(::syscall(SYS_gettid));
    armed_ = ::timer_create(CLOCK_MONOTONIC, &event, &timer_) == 0;
  }
  KickSignal(const KickSignal&) = delete;
  KickSignal& operator=(const KickSignal&) = delete;
  ~KickSignal() {
    if (armed_) ::timer_delete(timer_);
    timespec no_wait{};
    while (::sigtimedwait(&signals_, nullptr, &no_wait) > 0) {
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

  explicit operator bool() const { return armed_; }

  /// The mask for the guest's time: the thread's own, without this signal.
  std::uint64_t guest_mask() const {
    sigset_t mask = before_;
    sigdelset(&mask, number());
    std::uint64_t bits;
    std::memcpy(&bits, &mask, sizeof bits);
    return bits;
  }

  void raise_after(std::chrono::nanoseconds delay) {
    timespec no_wait{};
    while (::sigtimedwait(&signals_, nullptr, &no_wait) > 0) {
    }
    itimerspec when{};
    when.it_value.tv_nsec = delay.count();
    // Again and again: a signal that comes just before the guest is entered must not be the only one.
    when.it_interval = when.it_value;
    ::timer_settime(timer_, 0, &when, nullptr);
  }
  void stop() {
    itimerspec never{};
    ::timer_settime(timer_, 0, &never, nullptr);
  }

 private:
  static int number() { return SIGRTMAX - 1; }

  sigset_t signals_{}, before_{};
  timer_t timer_{};
  bool armed_ = false;
};

}  // namespace

KvmMeasurement measure_kvm(const std::filesystem::path& device) {
  auto failed = [](const char* step) { return KvmMeasurement{step, errno, 0}; };

  Fd kvm(::open(device.c_str(), O_RDWR | O_CLOEXEC));
  if (!kvm) return failed("open");
  int version = ::ioctl(kvm.get(), KVM_GET_API_VERSION, 0);
  if (version < 0) return failed("ask for the API version");
  if (version != KVM_API_VERSION) return KvmMeasurement{"find a known API version", EINVAL, 0};
  Fd vm(::ioctl(kvm.get(), KVM_CREATE_VM, 0));
  if (!vm) return failed("create a VM");

  Mapping memory(kPageSize, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  if (!memory) return failed("allocate memory");
  std::memcpy(memory.address(), kGuestCode, sizeof kGuestCode);
  kvm_userspace_memory_region region{};
  region.guest_phys_addr = kGuestAddress;
  region.memory_size = kPageSize;
  region.userspace_addr = reinterpret_cast<std::uintptr_t>(memory.address());
  if (::ioctl(vm.get(), KVM_SET_USER_MEMORY_REGION, &region) < 0) return failed("give a VM memory");

  Fd vcpu(::ioctl(vm.get(), KVM_CREATE_VCPU, 0));
  if (!vcpu) return failed("create a virtual CPU");
  int run_size = ::ioctl(kvm.get(), KVM_GET_VCPU_MMAP_SIZE, 0);
  if (run_size < static_cast<int>(sizeof(kvm_run))) return failed("ask for the size of a virtual CPU");
  Mapping run(static_cast<std::size_t>(run_size), MAP_SHARED, vcpu.get());
  if (!run) return failed("map a virtual CPU");

  kvm_sregs segments{};
  if (::ioctl(vcpu.get(), KVM_GET_SREGS, &segments) < 0) return failed("read a virtual CPU");
  segments.cs.base = 0;
  segments.cs.selector = 0;
  kvm_regs registers{};
  registers.rip = kGuestAddress;
  registers.rflags = 2;  // the bit that is always set
  if (::ioctl(vcpu.get(), KVM_SET_SREGS, &segments) < 0 || ::ioctl(vcpu.get(), KVM_SET_REGS, &registers) < 0)
    return failed("set up a virtual CPU");

  KickSignal kick;
  if (!kick) return failed("create a timer");
  SignalMask mask;
  mask.low = static_cast<std::uint32_t>(kick.guest_mask());
  mask.high = static_cast<std::uint32_t>(kick.guest_mask() >> 32);
  if (::ioctl(vcpu.get(), kSetSignalMask, &mask) < 0) return failed("set the signals of a virtual CPU");

  KvmMeasurement best;
  for (int i = 0; i < kMaxRuns && best.million_instructions_per_second < kNativeMips; ++i) {
    std::uint32_t before = static_cast<std::uint32_t>(registers.rcx);
    auto had = thread_time();
    auto start = std::chrono::steady_clock::now();
    kick.raise_after(kRunTime);
    int result = ::ioctl(vcpu.get(), KVM_RUN, 0);
    int error = errno;
    std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
    std::chrono::duration<double, std::micro> worked = thread_time() - had;
    kick.stop();
    const auto* exit = static_cast<const kvm_run*>(run.address());
    if (result == 0 || error != EINTR)
      return KvmMeasurement{
          "run a loop: the virtual CPU left it with reason " + std::to_string(exit->exit_reason),
          result == 0 ? 0 : error, 0};
    if (::ioctl(vcpu.get(), KVM_GET_REGS, &registers) < 0) return failed("read a virtual CPU");
    // ecx has 32 bits: enough for three milliseconds at a thousand times today's clocks.
    std::uint32_t rounds = static_cast<std::uint32_t>(registers.rcx) - before;
    const double speed = rounds * kInstructionsPerRound / took.count();
    if (i > 0 && speed <= best.million_instructions_per_second) continue;
    best.million_instructions_per_second = speed;
    best.disturbed = worked < took / 2;
  }
  return best;
}

KvmVerdict judge_kvm(const KvmMeasurement& measurement, const std::filesystem::path& device) {
  std::string name = device.string();
  if (measurement.failed_step == "open") {
    switch (measurement.error_number) {
      case ENOENT:
        return {false, "no " + name,
                "enable virtualisation in the firmware, or nested virtualisation where this is a VM itself"};
      case EACCES:
      case EPERM:
        return {false, "no permission to open " + name,
                "join the group that owns it: 'sudo usermod -aG kvm $USER', then log in again"};
      default:
        break;
    }
  }
  if (!measurement.failed_step.empty()) {
    std::string why = "cannot " + measurement.failed_step;
    if (measurement.failed_step == "open") why += " " + name;
    if (measurement.error_number != 0) why += std::string(": ") + std::strerror(measurement.error_number);
    return {false, why, {}};
  }
  double mips = measurement.million_instructions_per_second;
  std::string speed = "runs " + std::to_string(std::llround(mips)) + " million instructions per second";
  if (mips < kNativeMips) return {false, speed + ": emulated, not native", {}, true};
  return {true, speed, {}, true};
}

KvmVerdict probe_kvm(const std::filesystem::path& device) {
  return judge_kvm(measure_kvm(device), device);
}

}  // namespace faasc
