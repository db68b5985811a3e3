#include "launcher/host_moment.h"

#include <array>
#include <cmath>
#include <cstdio>

#include <sys/utsname.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <x86intrin.h>
#endif

#include "base/file.h"

namespace faasc {
namespace {

using std::chrono::nanoseconds;

#if defined(__x86_64__)

std::uint64_t read_counter() {
  return __rdtsc();
}

// Not /proc/cpuinfo: some kernels wait for all processors before they show it.
std::string describe_processor() {
  std::string text;
  auto add = [&](unsigned leaf, std::array<unsigned, 4> mask) {
    std::array<unsigned, 4> words{};
    __cpuid_count(leaf, 0, words[0], words[1], words[2], words[3]);
    char hex[4 * 9 + 1];
    std::snprintf(hex, sizeof hex, "%x.%x.%x.%x ", words[0] & mask[0], words[1] & mask[1], words[2] & mask[2],
                  words[3] & mask[3]);
    text += hex;
  };
  constexpr std::array<unsigned, 4> kAll{~0u, ~0u, ~0u, ~0u};
  const unsigned leaves = __get_cpuid_max(0, nullptr);
  add(0, kAll);
  // Which of the processors is asked is in the second word, and OSXSAVE is the kernel's.
  add(1, {~0u, 0, ~(1u << 27), ~0u});
  if (leaves >= 7) add(7, {~0u, ~0u, ~0u, ~0u});
  if (__get_cpuid_max(0x80000000, nullptr) >= 0x80000004)
    for (unsigned leaf = 0x80000002; leaf <= 0x80000004; ++leaf) add(leaf, kAll);
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  __cpuid(1, eax, ebx, ecx, edx);
  constexpr unsigned kInVirtualMachine = 1u << 31;
  if ((ecx & kInVirtualMachine) != 0) add(0x40000000, kAll);
  if (!text.empty()) text.pop_back();
  return text;
}

#else

#if defined(__aarch64__)

std::uint64_t read_counter() {
  std::uint64_t counter;
  asm volatile("mrs %0, cntvct_el0" : "=r"(counter));
  return counter;
}

#else

std::uint64_t read_counter() {
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

#endif

std::string describe_processor() {
  auto text = read_file("/sys/devices/system/cpu/cpu0/regs/identification/midr_el1", 4096);
  return text ? text->substr(0, text->find('\n')) : "unknown";
}

#endif

/// The process may lose the CPU between the clock and the counter: of several readings, the one that took
/// least time counts.
void read_both(HostMoment& moment) {
  constexpr int kReadings = 8;
  auto shortest = nanoseconds::max();
  for (int i = 0; i < kReadings; ++i) {
    nanoseconds before = std::chrono::system_clock::now().time_since_epoch();
    std::uint64_t counter = read_counter();
    nanoseconds took = std::chrono::system_clock::now().time_since_epoch() - before;
    if (took < nanoseconds(0) || took >= shortest) continue;
    shortest = took;
    moment.counter = counter;
    moment.time = before + took / 2;
  }
}

}  // namespace

HostMoment HostMoment::now() {
  HostMoment moment;
  read_both(moment);
  auto boot_id = read_file("/proc/sys/kernel/random/boot_id", 4096);
  if (boot_id) moment.boot_id = boot_id->substr(0, boot_id->find('\n'));
  utsname system{};
  if (::uname(&system) == 0) moment.system = std::string(system.release) + " " + system.version;
  moment.processor = describe_processor();
  return moment;
}

bool has_gone_on(const HostMoment& before, const HostMoment& then, const HostMoment& now) {
  // What a rate is worth that was measured for milliseconds, and a clock that is being corrected.
  constexpr double kRateError = 5e-4;
  constexpr double kClockErrorNs = 20e6;
  constexpr auto kShortest = std::chrono::milliseconds(1);

  if (then.boot_id.empty() || then.boot_id != now.boot_id || then.system != now.system ||
      then.processor != now.processor)
    return false;
  const nanoseconds measured = then.time - before.time, since = now.time - then.time;
  if (measured < kShortest || since < nanoseconds(0)) return false;
  if (then.counter <= before.counter || now.counter < then.counter) return false;
  const double rate =
      static_cast<double>(then.counter - before.counter) / static_cast<double>(measured.count());
  const double counted_ns = static_cast<double>(now.counter - then.counter) / rate;
  const auto clock_ns = static_cast<double>(since.count());
  return std::abs(counted_ns - clock_ns) <= kClockErrorNs + kRateError * clock_ns;
}

}  // namespace faasc
