#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "packager/disk/formats/block_map.h"
#include "packager/disk/formats/codes.h"
#include "packager/disk/formats/deflate.h"
#include "packager/disk/formats/vmdk_disk.h"
#include "packager/disk/formats/vmdk_format.h"

namespace faasc {
namespace {

constexpr std::uint64_t kGrainSectors = 128, kGrain = kGrainSectors * vmdk::kSector;
constexpr std::uint64_t kEntries = 512;  // of a grain table
constexpr std::uint64_t kDescriptorSectors = 20;
constexpr std::uint64_t kOverheadSectors = 128;  // before the first grain
constexpr std::uint64_t kMaxBytes = std::uint64_t{2} << 40;

template <typename Field>
std::string_view bytes_of(const Field& field) {
  return {reinterpret_cast<const char*>(&field), sizeof field};
}

vmdk::Header header_for(std::uint64_t capacity_sectors, std::uint64_t directory_at) {
  vmdk::Header header;
  header.magic = vmdk::kMagic;
  header.version = 3u;
  header.flags = vmdk::kValidLineEnds | vmdk::kCompressedGrains | vmdk::kMarkers;
  header.capacity = capacity_sectors;
  header.grain_sectors = kGrainSectors;
  header.descriptor_at = std::uint64_t{1};
  header.descriptor_sectors = kDescriptorSectors;
  header.entries_per_table = std::uint32_t{kEntries};
  header.directory_at = directory_at;
  header.overhead_sectors = kOverheadSectors;
  header.compression = vmdk::kDeflate;
  return header;
}

// The content ID is meant to change whenever the contents do; it is all that identifies the disk.
std::string descriptor_for(std::uint64_t capacity_sectors, const Sha256Digest& digest) {
  constexpr std::uint64_t kHeads = 255, kSectorsPerTrack = 63;
  char text[1024];
  int length = std::snprintf(
      text, sizeof text,
      "# Disk DescriptorFile\n"
      "version=1\n"
      "CID=%02x%02x%02x%02x\n"
      "parentCID=ffffffff\n"
      "createType=\"streamOptimized\"\n"
      "\n"
      "# Extent description\n"
      "RW %llu SPARSE \"disk.vmdk\"\n"
      "\n"
      "# The Disk Data Base\n"
      "#DDB\n"
      "\n"
      "ddb.adapterType = \"lsilogic\"\n"
      "ddb.geometry.cylinders = \"%llu\"\n"
      "ddb.geometry.heads = \"%llu\"\n"
      "ddb.geometry.sectors = \"%llu\"\n"
      "ddb.virtualHWVersion = \"4\"\n",
      digest[0], digest[1], digest[2], digest[3] & 0xfe,  // never ffffffff, which means "no parent"
      static_cast<unsigned long long>(capacity_sectors),
      static_cast<unsigned long long>(capacity_sectors / (kHeads * kSectorsPerTrack)),
      static_cast<unsigned long long>(kHeads), static_cast<unsigned long long>(kSectorsPerTrack));
  return {text, static_cast<std::size_t>(length)};
}

class StreamWriter {
 public:
  StreamWriter(SequentialOutput& out, std::uint64_t capacity_sectors)
      : out_(out),
        capacity_(capacity_sectors),
        directory_((capacity_sectors + kGrainSectors * kEntries - 1) / (kGrainSectors * kEntries)) {}

  Result<void> begin(const std::string& descriptor) {
    FAASC_CHECK(out_.write(bytes_of(header_for(capacity_, vmdk::kDirectoryAtEnd))));
    FAASC_CHECK(out_.write(descriptor));
    return out_.skip_to(kOverheadSectors * vmdk::kSector);
  }

  Result<void> grain(std::uint64_t number, std::string_view bytes) {
    if (number / kEntries != table_number_) FAASC_CHECK(finish_table());
    table_number_ = number / kEntries;
    if (table_.empty()) table_.resize(kEntries);
    table_[number % kEntries] = static_cast<std::uint32_t>(out_.position() / vmdk::kSector);

    std::string padded;
    if (bytes.size() < kGrain) {
      padded = bytes;
      padded.resize(kGrain);
      bytes = padded;
    }
    FAASC_TRY(std::string packed, deflate_all(bytes, DeflateFraming::Zlib));
    vmdk::Marker marker;
    marker.value = number * kGrainSectors;
    marker.bytes = static_cast<std::uint32_t>(packed.size());
    FAASC_CHECK(out_.write(bytes_of(marker).substr(0, vmdk::kGrainMarkerBytes)));
    FAASC_CHECK(out_.write(packed));
    return pad();
  }

  Result<void> end() {
    FAASC_CHECK(finish_table());
    FAASC_TRY(std::uint64_t directory_at,
              marked(vmdk::kDirectory, {reinterpret_cast<const char*>(directory_.data()),
                                        directory_.size() * sizeof directory_[0]}));
    FAASC_TRY(std::uint64_t footer_at, marked(vmdk::kFooter, bytes_of(header_for(capacity_, directory_at))));
    if (footer_at > 0xffffffff)  // what a table can point to
      return Error{Fault::Input, kFormatTooLarge, "the disk's contents do not fit into one VMDK", {}, {}};
    FAASC_TRY(std::uint64_t end_at, marked(vmdk::kEndOfStream, {}));
    static_cast<void>(end_at);
    return out_.flush();
  }

 private:
  Result<void> pad() {
    std::uint64_t rest = out_.position() % vmdk::kSector;
    return rest == 0 ? Result<void>() : out_.write(std::string(vmdk::kSector - rest, '\0'));
  }

  // Writes a marker and what it announces; returns the sector that the latter begins at.
  Result<std::uint64_t> marked(std::uint32_t type, std::string_view bytes) {
    vmdk::Marker marker;
    marker.value = (bytes.size() + vmdk::kSector - 1) / vmdk::kSector;
    marker.type = type;
    FAASC_CHECK(out_.write(bytes_of(marker)));
    FAASC_CHECK(pad());
    std::uint64_t at = out_.position() / vmdk::kSector;
    FAASC_CHECK(out_.write(bytes));
    FAASC_CHECK(pad());
    return at;
  }

  Result<void> finish_table() {
    if (table_.empty()) return {};
    FAASC_TRY(std::uint64_t at, marked(vmdk::kTable, {reinterpret_cast<const char*>(table_.data()),
                                                      kEntries * sizeof table_[0]}));
    directory_[table_number_] = static_cast<std::uint32_t>(at);
    table_.clear();
    return {};
  }

  SequentialOutput& out_;
  std::uint64_t capacity_;
  std::vector<le32> directory_, table_;
  std::uint64_t table_number_ = 0;
};

}  // namespace

Result<std::uint64_t> write_vmdk(const DiskContents& disk, SequentialOutput& out) {
  if (disk.size() > kMaxBytes)
    return Error{Fault::Input,
                 kFormatTooLarge,
                 "the disk has " + std::to_string(disk.size()) + " bytes; a VMDK in one file holds at most " +
                     std::to_string(kMaxBytes),
                 {},
                 "choose qcow2 or vhdx"};
  FAASC_TRY(BlockMap map, BlockMap::of(disk, kGrain));
  std::uint64_t capacity = map.block_count * kGrainSectors;
  StreamWriter stream(out, capacity);
  FAASC_CHECK(stream.begin(descriptor_for(capacity, map.digest)));
  FAASC_CHECK(for_each_data_block(
      disk, kGrain, [&](std::uint64_t block, std::string_view bytes) { return stream.grain(block, bytes); }));
  FAASC_CHECK(stream.end());
  return out.position();
}

}  // namespace faasc
