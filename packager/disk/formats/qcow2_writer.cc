#include <algorithm>
#include <string>
#include <vector>

#include "packager/disk/formats/block_map.h"
#include "packager/disk/formats/qcow2_disk.h"
#include "packager/disk/formats/qcow2_format.h"

namespace faasc {
namespace {

constexpr std::uint64_t kClusterBits = 16;
constexpr std::uint64_t kCluster = std::uint64_t{1} << kClusterBits;
constexpr std::uint64_t kEntries = kCluster / 8;    // of an L2 table
constexpr std::uint64_t kRefcountOrder = 4;         // 16 bits each
constexpr std::uint64_t kRefcounts = kCluster / 2;  // of a refcount block
constexpr std::uint64_t kRefcountTableEntries = kCluster / 8;

constexpr std::uint64_t divide_up(std::uint64_t value, std::uint64_t unit) {
  return (value + unit - 1) / unit;
}

// Everything in clusters.
struct Plan {
  std::uint64_t l1_entries = 0;
  std::vector<std::uint64_t> l2_tables;  // the L1 entries that have one
  std::uint64_t refcount_table = 1, refcount_table_count = 0;
  std::uint64_t refcount_blocks = 0, refcount_block_count = 0;
  std::uint64_t l1 = 0, l2 = 0, data = 0, end = 0;
};

Plan plan_file(const DiskContents& disk, const BlockMap& map) {
  Plan plan;
  plan.l1_entries = divide_up(disk.size(), kCluster * kEntries);
  for (std::uint64_t block : map.used)
    if (plan.l2_tables.empty() || plan.l2_tables.back() != block / kEntries)
      plan.l2_tables.push_back(block / kEntries);
  std::uint64_t others = 1 + divide_up(plan.l1_entries, kEntries) + plan.l2_tables.size() + map.used.size();
  // The reference counts count the clusters they are in themselves.
  for (;;) {
    std::uint64_t blocks =
        divide_up(others + plan.refcount_block_count + plan.refcount_table_count, kRefcounts);
    std::uint64_t tables = divide_up(blocks, kRefcountTableEntries);
    if (blocks == plan.refcount_block_count && tables == plan.refcount_table_count) break;
    plan.refcount_block_count = blocks;
    plan.refcount_table_count = tables;
  }
  plan.refcount_blocks = plan.refcount_table + plan.refcount_table_count;
  plan.l1 = plan.refcount_blocks + plan.refcount_block_count;
  plan.l2 = plan.l1 + divide_up(plan.l1_entries, kEntries);
  plan.data = plan.l2 + plan.l2_tables.size();
  plan.end = plan.data + map.used.size();
  return plan;
}

template <typename Field>
Result<void> write_field(SequentialOutput& out, Field field) {
  return out.write({reinterpret_cast<const char*>(&field), sizeof field});
}

Result<void> write_metadata(const DiskContents& disk, const Plan& plan, SequentialOutput& out) {
  qcow2::Header header{.magic = qcow2::kMagic,
                       .version = 3u,
                       .cluster_bits = std::uint32_t{kClusterBits},
                       .size = disk.size(),
                       .l1_entries = static_cast<std::uint32_t>(plan.l1_entries),
                       .l1_offset = plan.l1 * kCluster,
                       .refcount_table_offset = plan.refcount_table * kCluster,
                       .refcount_table_clusters = static_cast<std::uint32_t>(plan.refcount_table_count),
                       .refcount_order = std::uint32_t{kRefcountOrder},
                       .header_length = std::uint32_t{sizeof(qcow2::Header)}};
  // Zeros follow: a header extension of type 0, which ends their list.
  FAASC_CHECK(write_field(out, header));
  FAASC_CHECK(out.skip_to(plan.refcount_table * kCluster));
  for (std::uint64_t i = 0; i < plan.refcount_block_count; ++i)
    FAASC_CHECK(write_field(out, be64((plan.refcount_blocks + i) * kCluster)));
  FAASC_CHECK(out.skip_to(plan.refcount_blocks * kCluster));
  for (std::uint64_t i = 0; i < plan.end; ++i) FAASC_CHECK(write_field(out, be16(std::uint16_t{1})));
  return out.skip_to(plan.l1 * kCluster);
}

}  // namespace

Result<std::uint64_t> write_qcow2(const DiskContents& disk, SequentialOutput& out) {
  FAASC_TRY(BlockMap map, BlockMap::of(disk, kCluster));
  Plan plan = plan_file(disk, map);
  FAASC_CHECK(write_metadata(disk, plan, out));
  std::uint64_t next = 0;  // of plan.l2_tables
  for (std::uint64_t i = 0; i < plan.l1_entries; ++i) {
    bool used = next < plan.l2_tables.size() && plan.l2_tables[next] == i;
    std::uint64_t entry = used ? (plan.l2 + next++) * kCluster | qcow2::kUsedOnce : 0;
    FAASC_CHECK(write_field(out, be64(entry)));
  }
  auto block = map.used.begin();
  for (std::size_t table = 0; table < plan.l2_tables.size(); ++table) {
    std::uint64_t start = (plan.l2 + table) * kCluster;
    for (; block != map.used.end() && *block / kEntries == plan.l2_tables[table]; ++block) {
      FAASC_CHECK(out.skip_to(start + *block % kEntries * 8));
      std::uint64_t cluster = plan.data + static_cast<std::uint64_t>(block - map.used.begin());
      FAASC_CHECK(write_field(out, be64(cluster * kCluster | qcow2::kUsedOnce)));
    }
  }
  FAASC_CHECK(out.skip_to(plan.data * kCluster));
  std::uint64_t at = plan.data * kCluster;
  FAASC_CHECK(for_each_data_block(disk, kCluster, [&](std::uint64_t, std::string_view bytes) {
    Result<void> written = write_without_zeros(at, bytes, out);
    at += kCluster;
    return written;
  }));
  FAASC_CHECK(out.flush());
  return plan.end * kCluster;
}

}  // namespace faasc
