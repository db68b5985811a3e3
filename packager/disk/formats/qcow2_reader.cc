#include <algorithm>
#include <cstring>
#include <vector>

#include "packager/disk/formats/codes.h"
#include "packager/disk/formats/deflate.h"
#include "packager/disk/formats/format_errors.h"
#include "packager/disk/formats/qcow2_disk.h"
#include "packager/disk/formats/qcow2_format.h"

namespace faasc {
namespace {

constexpr std::uint64_t kMaxL1Entries = (std::uint64_t{32} << 20) / 8;  // as QEMU has it
constexpr std::uint64_t kSector = 512;

class Qcow2Disk : public BlockDisk {
 public:
  Qcow2Disk(std::shared_ptr<const ByteSource> file, std::string name, std::uint64_t size,
            std::uint64_t cluster_bytes, std::vector<be64> l1, std::shared_ptr<const DiskContents> backing)
      : BlockDisk(size, cluster_bytes),
        file_(std::move(file)),
        backing_(std::move(backing)),
        name_(std::move(name)),
        l1_(std::move(l1)),
        table_(cluster_bytes / 8) {}

 protected:
  Result<bool> holds(std::uint64_t block) const override {
    FAASC_TRY(std::uint64_t entry, entry_of(block));
    if (entry & qcow2::kCompressed) return true;
    if (entry == 0 && backing_) return backing_holds(block);
    return (entry & qcow2::kOffsetMask) != 0 && !(entry & qcow2::kReadsAsZeros);
  }

  Result<void> read_block(std::uint64_t block, std::uint64_t offset, char* buffer,
                          std::size_t size) const override {
    FAASC_TRY(std::uint64_t entry, entry_of(block));
    if (entry & qcow2::kCompressed) return read_compressed(block, entry, offset, buffer, size);
    if (entry == 0 && backing_) return read_backing(block * block_bytes() + offset, buffer, size);
    std::uint64_t at = entry & qcow2::kOffsetMask;
    if (at % block_bytes() != 0) return damaged(name_, "a cluster does not begin where clusters do");
    // The last cluster of a file may be shorter than the others.
    std::uint64_t end = file_->size();
    if (at >= end || offset >= end - at) return damaged(name_, "a cluster lies past the end of the file");
    std::size_t stored = std::min<std::uint64_t>(size, end - at - offset);
    bool enough = stored == size || end - at >= std::min(block_bytes(), this->size() - block * block_bytes());
    if (!enough) return damaged(name_, "a cluster lies past the end of the file");
    FAASC_CHECK(file_->read_at(at + offset, buffer, stored));
    std::memset(buffer + stored, 0, size - stored);
    return {};
  }

  std::uint64_t first_candidate(std::uint64_t block) const override {
    std::uint64_t table = block / table_.size();
    if (backing_ || table >= l1_.size() || (l1_[table] & qcow2::kOffsetMask) != 0) return block;
    while (table < l1_.size() && (l1_[table] & qcow2::kOffsetMask) == 0) ++table;
    return table * table_.size();
  }

 private:
  Result<bool> backing_holds(std::uint64_t block) const {
    std::uint64_t begin = block * block_bytes();
    if (begin >= backing_->size()) return false;
    FAASC_TRY(Range range, backing_->next_data(begin));
    return range.begin < std::min(begin + block_bytes(), backing_->size());
  }

  // An overlay may be longer than what it lies over.
  Result<void> read_backing(std::uint64_t offset, char* buffer, std::size_t size) const {
    std::uint64_t end = backing_->size();
    std::size_t stored = offset < end ? std::min<std::uint64_t>(size, end - offset) : 0;
    if (stored > 0) FAASC_CHECK(backing_->read_at(offset, buffer, stored));
    std::memset(buffer + stored, 0, size - stored);
    return {};
  }

  Result<std::uint64_t> entry_of(std::uint64_t block) const {
    std::uint64_t table = block / table_.size();
    std::uint64_t at = table < l1_.size() ? l1_[table] & qcow2::kOffsetMask : 0;
    if (at == 0) return std::uint64_t{0};
    if (at != table_offset_) {
      std::size_t bytes = table_.size() * sizeof(be64);
      if (at % block_bytes() != 0 || at > file_->size() || bytes > file_->size() - at)
        return damaged(name_, "a table of clusters lies past the end of the file");
      table_offset_ = 0;
      FAASC_CHECK(file_->read_at(at, reinterpret_cast<char*>(table_.data()), bytes));
      table_offset_ = at;
    }
    return std::uint64_t{table_[block % table_.size()]};
  }

  Result<void> read_compressed(std::uint64_t block, std::uint64_t entry, std::uint64_t offset, char* buffer,
                               std::size_t size) const {
    if (cluster_ != block || cluster_bytes_.empty()) {
      unsigned cluster_bits = 0;
      while ((std::uint64_t{1} << cluster_bits) < block_bytes()) ++cluster_bits;
      unsigned shift = 62 - (cluster_bits - 8);
      std::uint64_t at = entry & ((std::uint64_t{1} << shift) - 1);
      std::uint64_t sectors = (entry & ~(qcow2::kCompressed | qcow2::kUsedOnce)) >> shift;
      std::uint64_t length = (sectors + 1) * kSector - at % kSector;
      if (at >= file_->size()) return damaged(name_, "a compressed cluster lies past the end of the file");
      std::string packed(std::min(length, file_->size() - at), '\0');
      FAASC_CHECK(file_->read_at(at, packed.data(), packed.size()));
      cluster_bytes_.clear();
      auto bytes = inflate_exactly(packed, block_bytes(), DeflateFraming::None);
      if (!bytes) return damaged(name_, "a compressed cluster does not unpack");
      cluster_bytes_ = std::move(*bytes);
      cluster_ = block;
    }
    std::memcpy(buffer, cluster_bytes_.data() + offset, size);
    return {};
  }

  std::shared_ptr<const ByteSource> file_;
  std::shared_ptr<const DiskContents> backing_;
  std::string name_;
  std::vector<be64> l1_;
  mutable std::vector<be64> table_;  // the L2 table at table_offset_
  mutable std::uint64_t table_offset_ = 0;
  mutable std::string cluster_bytes_;  // the compressed cluster read last
  mutable std::uint64_t cluster_ = 0;
};

Result<void> check_features(const qcow2::Header& header, bool has_backing, const std::string& name) {
  if (header.backing_file_offset != 0 && !has_backing)
    return unsupported(name, "it is an overlay of another image, its backing file",
                       "make one image of the two with 'qemu-img convert'");
  if (header.crypt_method != 0)
    return unsupported(name, "it is encrypted", "decrypt it with 'qemu-img convert'");
  if (header.version < 3) return {};
  std::uint64_t features = header.incompatible_features;
  if (features & qcow2::kCorrupt) return damaged(name, "QEMU has marked it as corrupt");
  const char* with_qemu = "convert it with 'qemu-img convert -O qcow2'";
  if (features & qcow2::kExternalData) return unsupported(name, "its data is in another file", with_qemu);
  if (features & qcow2::kCompressionType)
    return unsupported(name, "it is compressed by other means than deflate", with_qemu);
  if (features & qcow2::kExtendedL2) return unsupported(name, "its clusters have parts", with_qemu);
  if (features & ~qcow2::kDirty)
    return unsupported(name, "it has features that are not known here", with_qemu);
  return {};
}

}  // namespace

Result<std::shared_ptr<const DiskContents>> open_qcow2(std::shared_ptr<const ByteSource> file,
                                                       const std::string& name,
                                                       std::shared_ptr<const DiskContents> backing) {
  qcow2::Header header{};
  std::uint64_t file_bytes = file->size();
  if (file_bytes < qcow2::kVersion2HeaderBytes) return damaged(name, "its header is cut off");
  FAASC_CHECK(file->read_at(0, reinterpret_cast<char*>(&header), qcow2::kVersion2HeaderBytes));
  if (header.magic != qcow2::kMagic) return damaged(name, "this is not qcow2");
  if (header.version != 2 && header.version != 3)
    return unsupported(name, "it is of version " + std::to_string(header.version),
                       "versions 2 and 3 are read");
  if (header.version == 3) {
    if (file_bytes < sizeof header) return damaged(name, "its header is cut off");
    FAASC_CHECK(file->read_at(0, reinterpret_cast<char*>(&header), sizeof header));
  }
  FAASC_CHECK(check_features(header, backing != nullptr, name));
  if (header.cluster_bits < 9 || header.cluster_bits > 21)
    return damaged(name, "its clusters have 2^" + std::to_string(header.cluster_bits) + " bytes");
  std::uint64_t cluster = std::uint64_t{1} << header.cluster_bits;
  std::uint64_t size = header.size, per_table = cluster * (cluster / 8);
  if (size > kMaxDiskBytes || size % kSector != 0)
    return damaged(name, "its disk has " + std::to_string(size) + " bytes");
  std::uint64_t needed = (size + per_table - 1) / per_table;
  std::uint64_t l1_bytes = std::uint64_t{header.l1_entries} * 8;
  if (header.l1_entries > kMaxL1Entries || header.l1_entries < needed || header.l1_offset > file_bytes ||
      l1_bytes > file_bytes - header.l1_offset)
    return damaged(name, "its first table is not all there");
  std::vector<be64> l1(header.l1_entries);
  FAASC_CHECK(file->read_at(header.l1_offset, reinterpret_cast<char*>(l1.data()), l1_bytes));
  return std::shared_ptr<const DiskContents>(
      std::make_shared<Qcow2Disk>(std::move(file), name, size, cluster, std::move(l1), std::move(backing)));
}

}  // namespace faasc
