#include "packager/image/image_check.h"

#include <algorithm>
#include <map>

#include "base/interrupt.h"
#include "base/sha256.h"
#include "packager/disk/mbr.h"

namespace faasc {
namespace {

using Kind = StoredEntry::Kind;
constexpr std::uint64_t kMaxHoleBytes = std::uint64_t{1} << 40;

class Check {
 public:
  explicit Check(const OpenedImage& image) : image_(image) {}

  Result<ImageCheck> run() {
    if (image_.has_partitions) FAASC_CHECK(check_partitions());
    if (image_.family == KernelFamily::Nanos && image_.has_partitions) {
      FAASC_CHECK(check_boot_loader());
      FAASC_CHECK(check_program());
    }
    for (const ImagePart& part : image_.parts) {
      for (const std::string& problem : part.tree->problems()) complain(part.name, problem);
      FAASC_CHECK(read_files(part));
    }
    return std::move(check_);
  }

 private:
  void complain(std::string_view where, const std::string& what) {
    check_.problems.push_back(std::string(where) + ": " + what);
  }

  Result<std::string> start_of_disk(std::uint64_t size) const {
    std::string bytes(std::min(size, image_.disk->size()), '\0');
    FAASC_CHECK(image_.disk->read_at(0, bytes.data(), bytes.size()));
    return bytes;
  }

  Result<void> check_partitions() {
    FAASC_TRY(std::string sector, start_of_disk(kDiskSectorSize));
    if (sector.size() < kDiskSectorSize) return {};
    struct Range {
      std::uint64_t begin, end;
      int number;
    };
    std::vector<Range> ranges;
    Mbr mbr = mbr_from_bytes(sector);
    for (int i = 0; i < 4; ++i) {
      const MbrEntry& entry = mbr.entries[static_cast<std::size_t>(i)];
      if (entry.type == 0) continue;
      std::uint64_t begin = entry.first_sector * kDiskSectorSize, size = entry.sector_count * kDiskSectorSize;
      ranges.push_back({begin, begin + size, i + 1});
      std::string name = "partition " + std::to_string(i + 1);
      if (begin + size > image_.disk->size())
        complain(name, "ends at byte " + std::to_string(begin + size) + ", but the disk has " +
                           std::to_string(image_.disk->size()));
      if (begin == 0) complain(name, "lies on the partition table");
    }
    std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.begin < b.begin; });
    for (std::size_t i = 1; i < ranges.size(); ++i)
      if (ranges[i].begin < ranges[i - 1].end)
        complain("partition " + std::to_string(ranges[i].number),
                 "overlaps partition " + std::to_string(ranges[i - 1].number));
    return {};
  }

  Result<void> check_boot_loader() {
    for (const ImageRegion& region : image_.regions) {
      if (region.name != "stage2") continue;
      FAASC_TRY(std::string blob, start_of_disk(region.offset_bytes + region.size_bytes));
      auto good = check_boot_blob(blob, "its first sectors");
      if (!good) complain("boot loader", good.error().what);
    }
    for (const ImagePart& part : image_.parts) {
      if (part.name != "boot") continue;
      const StoredEntry* kernel = part.tree->find("/kernel");
      if (!kernel || kernel->kind != Kind::File) {
        complain("boot", "there is no file '/kernel'");
        continue;
      }
      FAASC_TRY(std::string start, part.tree->read_at(*kernel, 0, 4));
      if (start !=
          "\x7f"
          "ELF")
        complain("boot", "'/kernel' is not an ELF file");
    }
    return {};
  }

  Result<void> check_program() {
    auto program = image_.attributes.find("program");
    const auto* path =
        program == image_.attributes.end() ? nullptr : std::get_if<std::string>(&program->second.data);
    if (!path) {
      complain("root", "it names no program to run");
      return {};
    }
    auto entry = find_in_image(image_.root(), *path, LastLink::Follow);
    if (!entry)
      complain("root", "the program to run: " + entry.error().what);
    else if (!*entry || (*entry)->kind != Kind::File)
      complain("root", "the program '" + *path + "' is not a file");
    return {};
  }

  Result<void> read_files(const ImagePart& part) {
    std::map<std::uint64_t, std::string> digests;  // one for all names of a file
    for (const StoredEntry& entry : part.tree->entries()) {
      FAASC_CHECK(check_interrupt());
      if (entry.kind != Kind::File) continue;
      auto [digest, is_new] = digests.try_emplace(entry.id);
      if (is_new && entry.size_bytes < kMaxHoleBytes) {
        Sha256 hash;
        auto read = part.tree->read(entry, [&](std::string_view piece) -> Result<void> {
          hash.update(piece);
          return {};
        });
        if (!read && read.error().fault == Fault::Interrupted) return std::move(read).error();
        if (read)
          digest->second = to_hex(hash.finish());
        else
          complain(part.name, "'" + entry.path + "' cannot be read: " + read.error().what);
      }
      check_.digests.push_back({part.name, entry.path, entry.size_bytes, digest->second});
    }
    return {};
  }

  const OpenedImage& image_;
  ImageCheck check_;
};

}  // namespace

Result<ImageCheck> check_image(const OpenedImage& image) {
  return Check(image).run();
}

}  // namespace faasc
