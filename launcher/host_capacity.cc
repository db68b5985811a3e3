#include "launcher/host_capacity.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include <sched.h>

#include "base/file.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kLongest = 64 * 1024;

std::optional<std::uint64_t> number_at(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  std::uint64_t number = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc()) return std::nullopt;
  return number;
}

std::optional<std::uint64_t> number_after(std::string_view text, std::string_view name) {
  std::size_t at = text.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  return number_at(text.substr(at + name.size()));
}

std::optional<std::uint64_t> number_in(const fs::path& file) {
  auto text = read_file(file, kLongest);
  return text ? number_at(*text) : std::nullopt;
}

unsigned processors_of_affinity() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return ::sched_getaffinity(0, sizeof set, &set) == 0 ? static_cast<unsigned>(CPU_COUNT(&set)) : 1;
}

/// "0::/user.slice" of /proc/self/cgroup: version 2 of control groups, mounted where systemd mounts it.
fs::path control_group(const fs::path& root) {
  auto text = read_file(root / "proc/self/cgroup", kLongest);
  if (!text) return {};
  std::string_view rest = *text;
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.starts_with("0::/")) return fs::path(line.substr(4));
  }
  return {};
}

/// A group is bound by what its parents are bound by.
void apply_groups(const fs::path& root, HostCapacity& capacity) {
  fs::path mount = root / "sys/fs/cgroup";
  for (fs::path group = control_group(root);; group = group.parent_path()) {
    fs::path directory = mount / group;
    auto limit = number_in(directory / "memory.max"), used = number_in(directory / "memory.current");
    if (limit && used) {
      // The cache of files counts as used, and gives way.
      auto statistics = read_file(directory / "memory.stat", kLongest);
      std::uint64_t cache =
          statistics ? number_after("\n" + *statistics, "\ninactive_file ").value_or(0) : std::uint64_t{0};
      std::uint64_t kept = *used - std::min(cache, *used);
      std::uint64_t left = *limit - std::min(kept, *limit);
      capacity.memory_bytes = capacity.memory_bytes == 0 ? left : std::min(capacity.memory_bytes, left);
    }
    // "200000 100000": microseconds of processor time per period.
    if (auto quota = read_file(directory / "cpu.max", kLongest)) {
      auto time = number_at(*quota);
      auto period = number_at(std::string_view(*quota).substr(std::min(quota->find(' '), quota->size())));
      if (time && period && *period > 0)
        capacity.processors =
            std::clamp<unsigned>(static_cast<unsigned>(*time / *period), 1, capacity.processors);
    }
    if (group.empty()) return;
  }
}

}  // namespace

HostCapacity host_capacity(const fs::path& root) {
  HostCapacity capacity;
  capacity.processors = std::max(1u, processors_of_affinity());
  if (auto text = read_file(root / "proc/meminfo", kLongest))
    capacity.memory_bytes = number_after(*text, "MemAvailable:").value_or(0) * 1024;
  apply_groups(root, capacity);
  return capacity;
}

}  // namespace faasc
