#include "packager/disk/formats/qcow2_overlay.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <set>

#include "packager/disk/formats/codes.h"
#include "packager/disk/formats/qcow2_format.h"

namespace faasc {
namespace {

constexpr std::uint64_t kClusterBits = 16;
constexpr std::uint64_t kCluster = std::uint64_t{1} << kClusterBits;
constexpr std::uint64_t kEntries = kCluster / 8;    // of an L2 table
constexpr std::uint64_t kRefcounts = kCluster / 2;  // of a refcount block, 16 bits each
constexpr std::uint32_t kRefcountOrder = 4;
constexpr std::size_t kMaxBackingName = 1023;

constexpr std::uint64_t divide_up(std::uint64_t value, std::uint64_t unit) {
  return (value + unit - 1) / unit;
}

template <typename Field>
void append(std::string& out, Field field) {
  out.append(reinterpret_cast<const char*>(&field), sizeof field);
}

template <typename Field>
Result<void> write_field_at(const Fd& out, std::uint64_t offset, Field field, const std::string& name) {
  return write_all_at(out, {reinterpret_cast<const char*>(&field), sizeof field}, offset, name);
}

/// The disk's clusters that the patches touch, as they are to be.
Result<std::map<std::uint64_t, std::string>> patched_clusters(const DiskContents& disk,
                                                              const std::vector<BytePatch>& patches) {
  std::map<std::uint64_t, std::string> clusters;
  for (const BytePatch& patch : patches) {
    for (std::size_t done = 0; done < patch.bytes.size();) {
      std::uint64_t offset = patch.offset + done, number = offset / kCluster, within = offset % kCluster;
      auto [cluster, is_new] = clusters.try_emplace(number, kCluster, '\0');
      std::uint64_t start = number * kCluster;
      if (is_new && start < disk.size())
        FAASC_CHECK(disk.read_at(start, cluster->second.data(), std::min(kCluster, disk.size() - start)));
      std::size_t count = std::min<std::size_t>(kCluster - within, patch.bytes.size() - done);
      cluster->second.replace(within, count, patch.bytes, done, count);
      done += count;
    }
  }
  return clusters;
}

}  // namespace

Result<void> write_qcow2_overlay(const std::filesystem::path& backing, DiskFormat format,
                                 const DiskContents& disk, const std::vector<BytePatch>& patches,
                                 std::uint64_t size_bytes, const Fd& out, const std::string& name) {
  assert(format != DiskFormat::RawZst && backing.is_absolute());
  std::string backing_name = backing.string();
  if (backing_name.size() > kMaxBackingName)
    return Error{Fault::Input,
                 kFormatUnsupported,
                 "the path of the image has " + std::to_string(backing_name.size()) +
                     " bytes; an overlay can name one of at most " + std::to_string(kMaxBackingName),
                 {},
                 "move the image to a shorter path"};
  FAASC_TRY(auto clusters, patched_clusters(disk, patches));
  size_bytes = divide_up(std::max(size_bytes, disk.size()), 512) * 512;

  // Everything in clusters: header, reference counts, L1, L2 tables, data.
  constexpr std::uint64_t kRefcountTable = 1, kRefcountBlock = 2, kL1 = 3;
  std::uint64_t l1_entries = divide_up(size_bytes, kCluster * kEntries);
  std::set<std::uint64_t> tables;
  for (const auto& [number, bytes] : clusters) tables.insert(number / kEntries);
  std::uint64_t l2 = kL1 + divide_up(l1_entries, kEntries), data = l2 + tables.size();
  std::uint64_t end = data + clusters.size();
  assert(end <= kRefcounts);

  std::string_view format_name = format == DiskFormat::Vhd ? "vpc" : name_of(format);
  std::string extensions;
  append(extensions, be32(std::uint32_t{0xe2792aca}));  // the backing file's format
  append(extensions, be32(static_cast<std::uint32_t>(format_name.size())));
  extensions += format_name;
  extensions.resize(divide_up(extensions.size(), 8) * 8);
  append(extensions, be64(std::uint64_t{0}));  // the end of the list
  qcow2::Header header{.magic = qcow2::kMagic,
                       .version = 3u,
                       .backing_file_offset = sizeof(qcow2::Header) + extensions.size(),
                       .backing_file_size = static_cast<std::uint32_t>(backing_name.size()),
                       .cluster_bits = std::uint32_t{kClusterBits},
                       .size = size_bytes,
                       .l1_entries = static_cast<std::uint32_t>(l1_entries),
                       .l1_offset = kL1 * kCluster,
                       .refcount_table_offset = kRefcountTable * kCluster,
                       .refcount_table_clusters = 1u,
                       .refcount_order = kRefcountOrder,
                       .header_length = std::uint32_t{sizeof(qcow2::Header)}};
  std::string first;
  append(first, header);
  FAASC_CHECK(write_all_at(out, first + extensions + backing_name, 0, name));
  FAASC_CHECK(write_field_at(out, kRefcountTable * kCluster, be64(kRefcountBlock * kCluster), name));
  std::string refcounts;
  for (std::uint64_t i = 0; i < end; ++i) append(refcounts, be16(std::uint16_t{1}));
  FAASC_CHECK(write_all_at(out, refcounts, kRefcountBlock * kCluster, name));

  std::uint64_t next_table = l2;
  std::map<std::uint64_t, std::uint64_t> table_at;
  for (std::uint64_t table : tables) {
    FAASC_CHECK(write_field_at(out, kL1 * kCluster + table * 8,
                               be64(next_table * kCluster | qcow2::kUsedOnce), name));
    table_at[table] = next_table++;
  }
  for (const auto& [number, bytes] : clusters) {
    std::uint64_t entry = table_at[number / kEntries] * kCluster + number % kEntries * 8;
    FAASC_CHECK(write_field_at(out, entry, be64(data * kCluster | qcow2::kUsedOnce), name));
    FAASC_CHECK(write_all_at(out, bytes, data++ * kCluster, name));
  }
  return {};
}

}  // namespace faasc
