#include "packager/disk/formats/convert.h"

#include <algorithm>
#include <cerrno>
#include <string>

#include <sys/stat.h>

#include <unistd.h>

#include "base/file.h"
#include "packager/disk/formats/codes.h"
#include "packager/disk/formats/qcow2_disk.h"
#include "packager/disk/formats/raw_disk.h"
#include "packager/disk/formats/vhd_disk.h"
#include "packager/disk/formats/vhdx_disk.h"
#include "packager/disk/formats/vmdk_disk.h"
#include "packager/disk/formats/zst_disk.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMagicBytes = 8;
constexpr std::uint64_t kFooterBytes = 512;  // a fixed VHD is a raw disk up to there

// The bytes at `offset`, as far as the source has so many.
Result<std::string> peek(const ByteSource& source, std::uint64_t offset) {
  std::string bytes;
  if (offset >= source.size()) return bytes;
  bytes.resize(std::min<std::uint64_t>(kMagicBytes, source.size() - offset));
  FAASC_CHECK(source.read_at(offset, bytes.data(), bytes.size()));
  return bytes;
}

Result<DiskFormat> format_of(const ByteSource& source) {
  FAASC_TRY(std::string begin, peek(source, 0));
  if (begin.starts_with("QFI\xfb")) return DiskFormat::Qcow2;
  if (begin.starts_with("KDMV") || begin.starts_with("# Disk D")) return DiskFormat::Vmdk;
  if (begin.starts_with("vhdxfile")) return DiskFormat::Vhdx;
  if (begin.starts_with("\x28\xb5\x2f\xfd")) return DiskFormat::RawZst;
  FAASC_TRY(std::string end, peek(source, source.size() - std::min(source.size(), kFooterBytes)));
  if (begin == "conectix" || end == "conectix") return DiskFormat::Vhd;
  return DiskFormat::Raw;
}

}  // namespace

Result<DiskFormat> format_of_file(const fs::path& path) {
  FAASC_TRY(std::shared_ptr<const ByteSource> file, open_byte_source(path));
  return format_of(*file);
}

Result<std::shared_ptr<const DiskContents>> open_disk(const fs::path& path,
                                                      std::optional<DiskFormat> format) {
  FAASC_TRY(std::shared_ptr<const ByteSource> file, open_byte_source(path));
  FAASC_TRY(DiskFormat found, format_of(*file));
  if (format == DiskFormat::Raw) found = DiskFormat::Raw;
  if (format && *format != found)
    return Error{Fault::Input,
                 kFormatUnknown,
                 "'" + path.string() + "' is " + std::string(name_of(found)) + ", not " +
                     std::string(name_of(*format)),
                 {},
                 "leave the format out, and it is found by the contents"};
  std::string name = path.string();
  switch (found) {
    case DiskFormat::Raw:
      return open_raw_disk(path);
    case DiskFormat::Qcow2:
      return open_qcow2(std::move(file), name);
    case DiskFormat::Vmdk:
      return open_vmdk(std::move(file), name);
    case DiskFormat::Vhd: {
      FAASC_TRY(std::shared_ptr<const DiskContents> raw, open_raw_disk(path));
      return open_vhd(std::move(raw), name);
    }
    case DiskFormat::Vhdx:
      return open_vhdx(std::move(file), name);
    case DiskFormat::RawZst:
      break;
  }
  return open_zst(std::move(file), name);
}

Result<Image> write_disk_as(const DiskContents& disk, DiskFormat format, const fs::path& out) {
  if (disk.size() == 0)
    return Error{
        Fault::Input, kFormatDamaged, "the disk has no bytes at all", {}, "see whether it is the right file"};
  FAASC_TRY(AtomicFile file, AtomicFile::create(out));
  SequentialOutput output(file.fd(), out);
  auto write = [&]() -> Result<std::uint64_t> {
    switch (format) {
      case DiskFormat::Raw:
        return write_raw_disk(disk, output);
      case DiskFormat::Qcow2:
        return write_qcow2(disk, output);
      case DiskFormat::Vmdk:
        return write_vmdk(disk, output);
      case DiskFormat::Vhd:
        return write_vhd(disk, output);
      case DiskFormat::Vhdx:
        return write_vhdx(disk, output);
      case DiskFormat::RawZst:
        break;
    }
    return write_zst(disk, output);
  };
  FAASC_TRY(std::uint64_t file_bytes,
            write().during("writing '" + out.string() + "' as " + std::string(name_of(format))));
  if (::ftruncate(file.fd().get(), static_cast<off_t>(file_bytes)) != 0) return io_error("write", out, errno);
  struct stat status{};
  if (::fstat(file.fd().get(), &status) != 0) return io_error("write", out, errno);
  FAASC_CHECK(std::move(file).commit());
  Image image;
  image.path = out;
  image.size_bytes = file_bytes;
  image.allocated_bytes = static_cast<std::uint64_t>(status.st_blocks) * 512;
  return image;
}

Result<Image> convert_image(const fs::path& source, DiskFormat format, const fs::path& out) {
  FAASC_TRY(std::shared_ptr<const DiskContents> disk,
            open_disk(source).during("reading '" + source.string() + "'"));
  return write_disk_as(*disk, format, out);
}

}  // namespace faasc
