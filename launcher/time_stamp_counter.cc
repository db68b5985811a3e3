#include "launcher/time_stamp_counter.h"

#include <charconv>
#include <chrono>

#ifdef __x86_64__
#include <x86intrin.h>
#endif

#include "launcher/host_record.h"

namespace faasc {
#ifdef __x86_64__
namespace {

using Clock = std::chrono::steady_clock;

/// The counter and the clock at one moment. The process may lose the CPU between the two: of several
/// readings, the one that took least time counts.
struct Reading {
  std::uint64_t counter = 0;
  Clock::time_point time;
};

Reading read_both() {
  constexpr int kReadings = 8;
  Reading best;
  auto shortest = Clock::duration::max();
  for (int i = 0; i < kReadings; ++i) {
    auto before = Clock::now();
    std::uint64_t counter = __rdtsc();
    auto after = Clock::now();
    if (after - before >= shortest) continue;
    shortest = after - before;
    best = {counter, before + shortest / 2};
  }
  return best;
}

}  // namespace

std::uint64_t measure_tsc_khz() {
  // A reading is good for a tenth of a microsecond: a hundred thousandth of this span.
  constexpr auto kSpan = std::chrono::milliseconds(10);
  Reading first = read_both();
  while (Clock::now() - first.time < kSpan) {
  }
  Reading last = read_both();
  auto span = std::chrono::nanoseconds(last.time - first.time).count();
  return (last.counter - first.counter) * 1'000'000 / static_cast<std::uint64_t>(span);
}

#else

std::uint64_t measure_tsc_khz() {
  return 0;
}

#endif

std::uint64_t known_tsc_khz(const std::filesystem::path& cache) {
  if (cache.empty()) return measure_tsc_khz();
  constexpr std::string_view kAbout = "rate of the time stamp counter in kHz";
  constexpr auto kOldest = std::chrono::hours(24);
  const std::filesystem::path file = cache / "host" / "tsc";
  const HostMoment before = HostMoment::now();
  std::uint64_t khz = 0;
  if (auto record = recall(file, kAbout, before, kOldest)) {
    const char* end = record->value.data() + record->value.size();
    auto [last, error] = std::from_chars(record->value.data(), end, khz);
    if (error == std::errc() && last == end && khz > 0) return khz;
  }
  khz = measure_tsc_khz();
  // Where it cannot be kept, the next start measures again.
  if (khz > 0)
    (void)keep(file, {.about = std::string(kAbout),
                      .value = std::to_string(khz),
                      .before = before,
                      .then = HostMoment::now()});
  return khz;
}

}  // namespace faasc
