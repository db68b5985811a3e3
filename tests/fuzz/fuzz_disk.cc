#include <cstddef>
#include <cstdint>

#include "base/file.h"
#include "packager/disk/disk_family.h"
#include "packager/disk/linux_disk_reader.h"
#include "packager/disk/mbr.h"
#include "packager/disk/nanos_disk.h"
#include "packager/disk/nanos_disk_reader.h"
#include "tests/fuzz/edited_image.h"
#include "tests/fuzz/read_tree.h"

// Whatever is done to a disk, the readers of partition tables end, and either find file systems or say why
// not. An input that begins with 'R' is a whole disk; any other one edits a disk of ours (edited_image.h).

using namespace faasc;

namespace {

std::string make_disk() {
  auto directory = TemporaryDirectory::create(std::filesystem::temp_directory_path(), "fuzz");
  if (!directory) std::abort();
  const std::filesystem::path at = directory->path();
  std::string boot(2048, '\0');
  Mbr mbr;
  mbr.boot_region = {0x8000, 1536, kNanosBootRegionType};
  mbr.signature = kMbrSignature;
  boot.replace(0, kDiskSectorSize, bytes_of(mbr));
  if (!write_file(at / "boot.img", boot) || !write_file(at / "kernel.img", "kernel")) std::abort();
  Kernel kernel;
  kernel.image = at / "kernel.img";
  kernel.boot_blob = at / "boot.img";
  Program program;
  program.executable = "/app";
  program.argv = {"/app"};
  if (!program.rootfs.add("/app", {InlineBytes{"program"}, 0755, {}}) ||
      !program.rootfs.add("/dir/second", {HardLink{"/app"}, 0755, {}}) ||
      !program.rootfs.add("/link", {Symlink{"app"}, 0777, {}}))
    std::abort();
  if (!write_nanos_disk({.program = program, .kernel = kernel}, at / "disk")) std::abort();
  return read_file(at / "disk").value();
}

void check(const Error& error) {
  if (error.code.empty() || error.what.empty()) std::abort();
}

void check(const std::vector<ImageRegion>& regions) {
  for (const ImageRegion& region : regions)
    if (region.name.empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string disk = make_disk();
  std::string_view input(reinterpret_cast<const char*>(data), size);
  std::shared_ptr<const ByteSource> source;
  if (input.starts_with('R'))
    source = bytes_in_memory(std::string(input.substr(1)));
  else
    source = std::make_shared<EditedImage>(disk, input);
  (void)family_of_disk(*source);
  if (auto nanos = open_nanos_disk(source)) {
    check(nanos->regions);
    if (nanos->rootfs) read_tree(*nanos->rootfs);
    if (nanos->bootfs) read_tree(*nanos->bootfs);
    if (nanos->esp) read_tree(*nanos->esp);
  } else {
    check(nanos.error());
  }
  if (auto linux_disk = open_linux_disk(source)) {
    check(linux_disk->regions);
    if (linux_disk->esp) read_tree(*linux_disk->esp);
  } else {
    check(linux_disk.error());
  }
  return 0;
}
