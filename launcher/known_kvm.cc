#include "launcher/known_kvm.h"

#include <cerrno>
#include <charconv>
#include <cstdint>

#include <sys/stat.h>

#include <fcntl.h>

#include "base/file.h"
#include "launcher/host_record.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;

constexpr auto kOldest = std::chrono::hours(24);
// Slow was perhaps the host, for the moment.
constexpr auto kOldestSlow = std::chrono::hours(1);
// Of the measurement; another way to measure is another subject.
constexpr int kProbeVersion = 1;

fs::path record_in(const fs::path& cache) {
  return cache / "host" / "kvm";
}

/// "speed of /dev/kvm 0:6:142:10:232:20666:0:108:1764165311.5 probe 1": the device that is open, which
/// another one replaces when its module is loaded again, or its owner or mode is changed.
std::string subject(const Fd& open_device, const fs::path& device) {
  struct stat status{};
  if (::fstat(open_device.get(), &status) != 0) return {};
  std::string text = "speed of " + device.string() + " ";
  for (std::uint64_t number :
       {std::uint64_t{status.st_dev}, std::uint64_t{status.st_ino}, std::uint64_t{status.st_rdev},
        std::uint64_t{status.st_mode}, std::uint64_t{status.st_uid}, std::uint64_t{status.st_gid},
        static_cast<std::uint64_t>(status.st_ctim.tv_sec),
        static_cast<std::uint64_t>(status.st_ctim.tv_nsec)})
    text += std::to_string(number) + ":";
  return text + "probe " + std::to_string(kProbeVersion);
}

std::optional<double> number(const std::string& text) {
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value >= 0)) return std::nullopt;
  return value;
}

KnownKvm measure(const fs::path& cache, const fs::path& device, const std::string& about,
                 const HostMoment& before) {
  const KvmMeasurement measurement = measure_kvm(device);
  KnownKvm known{.verdict = judge_kvm(measurement, device), .measured_at = {}, .not_kept = {}};
  if (cache.empty() || about.empty() || !known.verdict.runs) return known;
  if (!known.verdict.usable && measurement.disturbed) return known;
  HostRecord record{.about = about,
                    .value = std::to_string(measurement.million_instructions_per_second),
                    .before = before,
                    .then = HostMoment::now()};
  if (auto kept = keep(record_in(cache), record); !kept) known.not_kept = kept.error().what;
  return known;
}

}  // namespace

KnownKvm known_kvm(const fs::path& cache, const fs::path& device) {
  Fd open_device(::open(device.c_str(), O_RDWR | O_CLOEXEC));
  if (!open_device) return {judge_kvm({"open", errno, 0}, device), {}, {}};
  const std::string about = subject(open_device, device);
  const HostMoment now = HostMoment::now();
  if (!cache.empty() && !about.empty()) {
    auto record = recall(record_in(cache), about, now, kOldest);
    auto speed = record ? number(record->value) : std::nullopt;
    if (speed) {
      KvmVerdict verdict = judge_kvm({{}, 0, *speed}, device);
      if (verdict.usable || now.time - record->then.time <= kOldestSlow)
        return {std::move(verdict), record->measured_at(), {}};
    }
  }
  return measure(cache, device, about, now);
}

KnownKvm renewed_kvm(const fs::path& cache, const fs::path& device) {
  Fd open_device(::open(device.c_str(), O_RDWR | O_CLOEXEC));
  if (!open_device) return {judge_kvm({"open", errno, 0}, device), {}, {}};
  return measure(cache, device, subject(open_device, device), HostMoment::now());
}

}  // namespace faasc
