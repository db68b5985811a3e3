#include "compiler/build/image_contents.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMost = 5;

std::uint64_t size_of(const fs::path& file) {
  std::error_code error;
  std::uint64_t bytes = fs::file_size(file, error);
  return error ? 0 : bytes;
}

std::uint64_t size_of(const RootfsNode& node) {
  if (const auto* file = std::get_if<HostFile>(&node.content)) return size_of(fs::path(file->path));
  if (const auto* bytes = std::get_if<InlineBytes>(&node.content)) return bytes->bytes.size();
  if (const auto* stored = std::get_if<StoredFile>(&node.content)) return stored->entry->size_bytes;
  return 0;
}

}  // namespace

std::vector<Contribution> largest_contributions(const Rootfs& rootfs, const Kernel& kernel,
                                                const std::vector<std::string>& klibs) {
  struct Group {
    std::uint64_t bytes = 0;
    std::size_t files = 0;
    std::string first;
  };
  std::map<std::string, Group> groups;  // by reason
  for (const auto& [path, node] : rootfs.nodes()) {
    std::uint64_t bytes = size_of(node);
    if (bytes == 0) continue;
    Group& group = groups[node.why];
    group.bytes += bytes;
    if (group.files++ == 0) group.first = path;
  }
  std::vector<Contribution> parts;
  for (const auto& [why, group] : groups) {
    std::string what = group.files == 1
                           ? "'" + group.first + "'"
                           : std::to_string(group.files) + " files, '" + group.first + "' and others";
    parts.push_back({what + (why.empty() ? "" : " (" + why + ")"), group.bytes});
  }
  // Linux is loaded by the VMM, and not on the disk.
  if (kernel.family == KernelFamily::Nanos) {
    if (!kernel.boot_blob.empty())
      parts.push_back(
          {"the kernel nanos@" + kernel.version, size_of(kernel.image) + size_of(kernel.boot_blob)});
    for (const std::string& klib : klibs)
      parts.push_back({"the kernel library '" + klib + "'", size_of(kernel.klibs / klib)});
  }
  std::stable_sort(parts.begin(), parts.end(),
                   [](const Contribution& a, const Contribution& b) { return a.bytes > b.bytes; });
  if (parts.size() > kMost) parts.resize(kMost);
  return parts;
}

std::string size_text(std::uint64_t bytes) {
  constexpr double kKiB = 1024, kMiB = 1024 * kKiB;
  char text[32];
  if (bytes < 1024)
    std::snprintf(text, sizeof text, "%u bytes", static_cast<unsigned>(bytes));
  else if (static_cast<double>(bytes) < kMiB)
    std::snprintf(text, sizeof text, "%.0f KiB", static_cast<double>(bytes) / kKiB);
  else
    std::snprintf(text, sizeof text, "%.1f MiB", static_cast<double>(bytes) / kMiB);
  return text;
}

}  // namespace faasc
