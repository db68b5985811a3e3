#include <algorithm>
#include <cstring>
#include <vector>

#include "packager/disk/formats/codes.h"
#include "packager/disk/formats/deflate.h"
#include "packager/disk/formats/format_errors.h"
#include "packager/disk/formats/vmdk_disk.h"
#include "packager/disk/formats/vmdk_format.h"

namespace faasc {
namespace {

constexpr std::uint64_t kMaxGrainSectors = 4096;  // as QEMU has it
constexpr std::uint64_t kMaxTableEntries = 512;
constexpr std::uint64_t kMaxDirectoryEntries = std::uint64_t{32} << 20;
constexpr std::uint64_t kMaxDescriptorBytes = std::uint64_t{64} << 10;
constexpr const char* kWithQemu = "make one file of it with 'qemu-img convert -O vmdk'";

class VmdkDisk : public BlockDisk {
 public:
  VmdkDisk(std::shared_ptr<const ByteSource> file, std::string name, const vmdk::Header& header,
           std::vector<le32> directory)
      : BlockDisk(header.capacity * vmdk::kSector, header.grain_sectors * vmdk::kSector),
        file_(std::move(file)),
        name_(std::move(name)),
        compressed_((header.flags & vmdk::kCompressedGrains) != 0),
        zero_grains_((header.flags & vmdk::kZeroGrains) != 0),
        directory_(std::move(directory)),
        table_(header.entries_per_table) {}

 protected:
  Result<bool> holds(std::uint64_t block) const override {
    FAASC_TRY(std::uint32_t entry, entry_of(block));
    return entry != 0 && !(zero_grains_ && entry == 1);
  }

  Result<void> read_block(std::uint64_t block, std::uint64_t offset, char* buffer,
                          std::size_t size) const override {
    FAASC_TRY(std::uint32_t entry, entry_of(block));
    std::uint64_t at = std::uint64_t{entry} * vmdk::kSector;
    if (compressed_) return read_compressed(block, at, offset, buffer, size);
    if (at > file_->size() || offset + size > file_->size() - at)
      return damaged(name_, "a grain lies past the end of the file");
    return file_->read_at(at + offset, buffer, size);
  }

  std::uint64_t first_candidate(std::uint64_t block) const override {
    std::uint64_t table = block / table_.size();
    if (table >= directory_.size() || directory_[table] != 0) return block;
    while (table < directory_.size() && directory_[table] == 0) ++table;
    return table * table_.size();
  }

 private:
  Result<std::uint32_t> entry_of(std::uint64_t block) const {
    std::uint64_t table = block / table_.size();
    std::uint32_t at = table < directory_.size() ? std::uint32_t{directory_[table]} : 0;
    if (at == 0) return std::uint32_t{0};
    if (at != table_at_) {
      std::uint64_t offset = at * vmdk::kSector, bytes = table_.size() * sizeof table_[0];
      if (offset > file_->size() || bytes > file_->size() - offset)
        return damaged(name_, "a table of grains lies past the end of the file");
      table_at_ = 0;
      FAASC_CHECK(file_->read_at(offset, reinterpret_cast<char*>(table_.data()), bytes));
      table_at_ = at;
    }
    return std::uint32_t{table_[block % table_.size()]};
  }

  Result<void> read_compressed(std::uint64_t block, std::uint64_t at, std::uint64_t offset, char* buffer,
                               std::size_t size) const {
    if (grain_ != block || grain_bytes_.empty()) {
      vmdk::Marker marker;
      if (at > file_->size() || vmdk::kGrainMarkerBytes > file_->size() - at)
        return damaged(name_, "a grain lies past the end of the file");
      FAASC_CHECK(file_->read_at(at, reinterpret_cast<char*>(&marker), vmdk::kGrainMarkerBytes));
      std::uint64_t begin = at + vmdk::kGrainMarkerBytes;
      // Compressed bytes may be a little more than they were.
      if (marker.value != block * block_bytes() / vmdk::kSector || marker.bytes > 2 * block_bytes() ||
          marker.bytes > file_->size() - begin)
        return damaged(name_, "a grain is not what its table says");
      std::string packed(marker.bytes, '\0');
      FAASC_CHECK(file_->read_at(begin, packed.data(), packed.size()));
      grain_bytes_.clear();
      auto bytes = inflate_exactly(packed, block_bytes(), DeflateFraming::Zlib);
      if (!bytes) return damaged(name_, "a grain does not unpack");
      grain_bytes_ = std::move(*bytes);
      grain_ = block;
    }
    std::memcpy(buffer, grain_bytes_.data() + offset, size);
    return {};
  }

  std::shared_ptr<const ByteSource> file_;
  std::string name_;
  bool compressed_, zero_grains_;
  std::vector<le32> directory_;
  mutable std::vector<le32> table_;  // the one at table_at_
  mutable std::uint32_t table_at_ = 0;
  mutable std::string grain_bytes_;  // of the compressed grain read last
  mutable std::uint64_t grain_ = 0;
};

// A stream's directory stands at its end: the last three sectors are the footer's marker, the footer, and the
// end's marker.
Result<void> read_footer(const ByteSource& file, const std::string& name, vmdk::Header& header) {
  std::uint64_t size = file.size();
  if (size < 4 * vmdk::kSector) return damaged(name, "its end is missing");
  vmdk::Marker footer, end;
  vmdk::Header copy;
  FAASC_CHECK(file.read_at(size - 3 * vmdk::kSector, reinterpret_cast<char*>(&footer), sizeof footer));
  FAASC_CHECK(file.read_at(size - 2 * vmdk::kSector, reinterpret_cast<char*>(&copy), sizeof copy));
  FAASC_CHECK(file.read_at(size - vmdk::kSector, reinterpret_cast<char*>(&end), sizeof end));
  bool right = footer.type == vmdk::kFooter && footer.bytes == 0 && copy.magic == vmdk::kMagic &&
               end.value == 0 && end.bytes == 0 && end.type == vmdk::kEndOfStream;
  if (!right || copy.directory_at == vmdk::kDirectoryAtEnd) return damaged(name, "its end is missing");
  header = copy;
  return {};
}

Result<void> check_descriptor(const ByteSource& file, const std::string& name, const vmdk::Header& header) {
  std::uint64_t at = header.descriptor_at * vmdk::kSector;
  std::uint64_t bytes =
      std::min<std::uint64_t>(header.descriptor_sectors, kMaxDescriptorBytes / vmdk::kSector) * vmdk::kSector;
  if (header.descriptor_at == 0) return {};
  if (at > file.size() || bytes > file.size() - at) return damaged(name, "its descriptor is cut off");
  std::string text(bytes, '\0');
  FAASC_CHECK(file.read_at(at, text.data(), bytes));
  std::size_t parent = text.find("parentCID=");
  if (parent != std::string::npos && text.compare(parent + 10, 8, "ffffffff") != 0)
    return unsupported(name, "it is an overlay of another disk, its parent", kWithQemu);
  return {};
}

}  // namespace

Result<std::shared_ptr<const DiskContents>> open_vmdk(std::shared_ptr<const ByteSource> file,
                                                      const std::string& name) {
  vmdk::Header header;
  std::string begin(std::min<std::uint64_t>(file->size(), sizeof header), '\0');
  FAASC_CHECK(file->read_at(0, begin.data(), begin.size()));
  if (begin.starts_with("# Disk Desc"))
    return unsupported(name, "it names the files that hold the disk", kWithQemu);
  if (begin.size() < sizeof header) return damaged(name, "its header is cut off");
  std::memcpy(static_cast<void*>(&header), begin.data(), sizeof header);
  if (header.directory_at == vmdk::kDirectoryAtEnd) FAASC_CHECK(read_footer(*file, name, header));
  if (header.magic != vmdk::kMagic) return damaged(name, "this is not VMDK");
  if (header.version < 1 || header.version > 3)
    return unsupported(name, "it is of version " + std::to_string(header.version),
                       "versions 1 to 3 are read");
  if ((header.flags & vmdk::kCompressedGrains) && header.compression != vmdk::kDeflate)
    return unsupported(name, "it is compressed by other means than deflate", kWithQemu);
  std::uint64_t grain = header.grain_sectors;
  bool shape = grain >= 8 && grain <= kMaxGrainSectors && (grain & (grain - 1)) == 0 &&
               header.entries_per_table > 0 && header.entries_per_table <= kMaxTableEntries &&
               header.capacity <= kMaxDiskBytes / vmdk::kSector;
  if (!shape) return damaged(name, "its header does not add up");
  if (header.capacity == 0) return unsupported(name, "it names the files that hold the disk", kWithQemu);
  FAASC_CHECK(check_descriptor(*file, name, header));

  std::uint64_t per_table = grain * header.entries_per_table;
  std::uint64_t entries = (header.capacity + per_table - 1) / per_table;
  std::uint64_t at = header.directory_at, end = file->size() / vmdk::kSector;
  if (entries > kMaxDirectoryEntries || at == 0 || at > end ||
      entries * sizeof(le32) > file->size() - at * vmdk::kSector)
    return damaged(name, "its directory lies past the end of the file");
  std::vector<le32> directory(entries);
  FAASC_CHECK(
      file->read_at(at * vmdk::kSector, reinterpret_cast<char*>(directory.data()), entries * sizeof(le32)));
  return std::shared_ptr<const DiskContents>(
      std::make_shared<VmdkDisk>(std::move(file), name, header, std::move(directory)));
}

}  // namespace faasc
