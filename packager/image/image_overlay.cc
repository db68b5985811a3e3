#include "packager/image/image_overlay.h"

#include <cerrno>

#include <sys/mman.h>

#include "base/memory_copy.h"
#include "packager/disk/formats/qcow2_disk.h"
#include "packager/disk/formats/qcow2_overlay.h"
#include "packager/tfs/tfs_edit.h"

namespace faasc {

Result<Fd> file_in_memory(std::string_view bytes, const std::string& name) {
  Fd file(::memfd_create(name.c_str(), MFD_CLOEXEC));
  if (!file) return io_error("create", name, errno);
  FAASC_CHECK(write_all(file, bytes, name));
  return file;
}

Result<Fd> write_overlay(const OpenedImage& image, const TfsTuple& edit, std::uint64_t room_bytes) {
  const std::string name = "overlay of " + image.path.filename().string();
  // The kernel takes the file system to go on to the end of the disk, whatever the partition table says.
  std::uint64_t root = image.parts.front().region.offset_bytes;
  auto file_system = piece_of(image.disk, root, image.disk->size() - root);
  FAASC_TRY(TfsEdit changes, edit_tfs(*file_system, edit));
  for (BytePatch& patch : changes.patches) patch.offset += root;
  FAASC_TRY(Fd file, file_in_memory({}, name));
  std::error_code error;
  FAASC_CHECK(write_qcow2_overlay(std::filesystem::absolute(image.path, error), image.format, *image.disk,
                                  changes.patches, root + changes.size_bytes + room_bytes, file, name));
  return file;
}

Result<Fd> write_copy(const OpenedImage& image, const TfsTuple& edit) {
  const std::string name = "copy of " + image.path.filename().string();
  std::uint64_t root = image.parts.front().region.offset_bytes;
  auto file_system = piece_of(image.disk, root, image.disk->size() - root);
  FAASC_TRY(TfsEdit changes, edit_tfs(*file_system, edit));
  FAASC_TRY(Fd copy, copy_in_memory(image.path));
  for (const BytePatch& patch : changes.patches)
    FAASC_CHECK(write_all_at(copy, patch.bytes, root + patch.offset, name));
  return copy;
}

Result<TfsReader> read_overlay(const OpenedImage& image, std::shared_ptr<const ByteSource> overlay) {
  FAASC_TRY(std::shared_ptr<const DiskContents> disk,
            open_qcow2(std::move(overlay), "overlay of " + image.path.filename().string(), image.disk));
  std::uint64_t root = image.parts.front().region.offset_bytes;
  return TfsReader::open(piece_of(disk, root, disk->size() - root));
}

}  // namespace faasc
