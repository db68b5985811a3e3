#include "packager/fat/fat_writer.h"

#include <algorithm>

#include "base/interrupt.h"
#include "packager/fat/fat_format.h"

namespace faasc {
namespace {

using namespace fat;

constexpr std::uint16_t kInfoSector = 1, kBackupSector = 6;

template <std::size_t size>
std::array<char, size> padded(std::string_view text) {
  std::array<char, size> out;
  out.fill(' ');
  text.copy(out.data(), out.size());
  return out;
}

std::uint32_t clusters_of(const FatLayout& layout, std::uint32_t size_bytes) {
  std::uint32_t cluster_bytes = layout.sectors_per_cluster * kSectorSize;
  return static_cast<std::uint32_t>((std::uint64_t{size_bytes} + cluster_bytes - 1) / cluster_bytes);
}

BootSector boot_sector(const FatLayout& layout) {
  BootSector sector;
  sector.jump = {0xeb, 0x58, 0x90};
  sector.system = padded<8>("FAASC");
  sector.bytes_per_sector = kSectorSize;
  sector.sectors_per_cluster = static_cast<std::uint8_t>(layout.sectors_per_cluster);
  sector.reserved_sectors = static_cast<std::uint16_t>(layout.first_data_sector() - 2 * layout.fat_sectors);
  sector.fat_count = 2;
  sector.media = 0xf8;  // a disk that stays where it is
  sector.sectors_per_track = 63;
  sector.heads = 255;
  sector.hidden_sectors = layout.hidden_sectors;
  sector.total_sectors = layout.total_sectors;
  sector.fat_sectors = layout.fat_sectors;
  sector.root_cluster = layout.directories.front().first_cluster;
  sector.info_sector = kInfoSector;
  sector.backup_sector = kBackupSector;
  sector.drive = 0x80;
  sector.extended_signature = 0x29;
  sector.volume_id = layout.volume_id;
  sector.label = padded<11>(layout.label.empty() ? "NO NAME" : layout.label);
  sector.type = padded<8>("FAT32");
  // Who runs this as a boot sector is told so by a machine that stands still.
  sector.code[0] = 0xf4;  // hlt
  sector.code[1] = 0xeb;  // jmp to it
  sector.code[2] = 0xfd;
  sector.signature = kSignature;
  return sector;
}

// The FAT up to the last cluster that is taken.
std::string table_of(const FatLayout& layout) {
  std::vector<le32> table(kFirstCluster + layout.used_clusters);
  table[0] = 0x0ffffff8;  // the media byte
  table[1] = 0x0fffffff;  // shut down in order
  auto chain = [&](std::uint32_t first, std::uint32_t count) {
    for (std::uint32_t i = 1; i < count; ++i) table[first + i - 1] = first + i;
    table[first + count - 1] = kClusterMask;
  };
  for (const FatLayout::Directory& directory : layout.directories)
    chain(directory.first_cluster, directory.clusters);
  for (const FatLayout::File& file : layout.files)
    if (file.first_cluster != 0) chain(file.first_cluster, clusters_of(layout, file.size_bytes));
  return {reinterpret_cast<const char*>(table.data()), table.size() * sizeof(le32)};
}

InfoSector info_sector(const FatLayout& layout) {
  std::uint32_t taken = 0;
  for (const FatLayout::Directory& directory : layout.directories) taken += directory.clusters;
  for (const FatLayout::File& file : layout.files) taken += clusters_of(layout, file.size_bytes);
  auto clusters = static_cast<std::uint32_t>((layout.total_sectors - layout.first_data_sector()) /
                                             layout.sectors_per_cluster);
  InfoSector sector;
  sector.lead_signature = 0x41615252;
  sector.signature = 0x61417272;
  sector.free_clusters = clusters - taken;
  sector.next_free = kFirstCluster + layout.used_clusters;
  sector.trail_signature = 0xaa550000;
  return sector;
}

template <typename Sector>
std::string_view bytes_of(const Sector& sector) {
  return {reinterpret_cast<const char*>(&sector), sizeof sector};
}

Result<void> write_bytes_of(const FatLayout::File& file, SequentialOutput& out) {
  if (const auto* inlined = std::get_if<InlineBytes>(&file.node->content)) return out.write(inlined->bytes);
  if (const auto* stored = std::get_if<StoredFile>(&file.node->content))
    return out.copy_stored(*stored->tree, *stored->entry);
  return out.copy_file(std::get<HostFile>(file.node->content).path, file.size_bytes,
                       SequentialOutput::Holes::None);
}

}  // namespace

Result<void> write_fat(const FatLayout& layout, SequentialOutput& out) {
  std::uint64_t start = out.position();
  auto to_sector = [&](std::uint64_t sector) { return out.skip_to(start + sector * kSectorSize); };
  BootSector boot = boot_sector(layout);
  InfoSector info = info_sector(layout);
  for (std::uint64_t sector : {std::uint64_t{0}, std::uint64_t{kBackupSector}}) {
    FAASC_CHECK(to_sector(sector));
    FAASC_CHECK(out.write(bytes_of(boot)));
    FAASC_CHECK(out.write(bytes_of(info)));
  }
  std::string table = table_of(layout);
  for (std::uint64_t i = 0; i < 2; ++i) {
    FAASC_CHECK(to_sector(boot.reserved_sectors + i * layout.fat_sectors));
    FAASC_CHECK(out.write(table));
  }
  for (const FatLayout::Directory& directory : layout.directories) {
    FAASC_CHECK(to_sector(layout.sector_of(directory.first_cluster)));
    FAASC_CHECK(out.write(directory.entries));
  }
  for (const FatLayout::File& file : layout.files) {
    FAASC_CHECK(check_interrupt());
    if (file.first_cluster == 0) continue;
    FAASC_CHECK(to_sector(file.first_sector));
    if (auto written = write_bytes_of(file, out); !written)
      return std::move(written).during("writing '" + std::string(file.path) + "'");
  }
  return {};
}

}  // namespace faasc
