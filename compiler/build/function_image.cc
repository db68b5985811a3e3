#include "compiler/build/function_image.h"

#include <cerrno>
#include <chrono>
#include <cstdio>

#include "base/file.h"
#include "base/file_stamp.h"
#include "compiler/build/function_identity.h"
#include "compiler/build/guest_environment.h"
#include "compiler/build/image_delivery.h"
#include "compiler/build/linux_root.h"
#include "compiler/build/mount_points.h"
#include "compiler/build/root_tuple.h"
#include "compiler/build/vm_spec_of_function.h"
#include "manifests/codes.h"
#include "manifests/ip_address.h"
#include "packager/disk/codes.h"
#include "packager/disk/nanos_settings.h"
#include "packager/erofs/codes.h"
#include "packager/ext4/codes.h"
#include "packager/rootfs/file_list.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

// Where Nanos, loaded directly, leaves the first addresses to a program.
constexpr std::uint64_t kNanosDirectFloor = 4u << 20;

}  // namespace

FunctionImage::FunctionImage(const FunctionProject& project, const Kernel& kernel, const DiskBoot& boot,
                             BuildProgress& progress)
    : project_(project),
      manifest_(project.manifest()),
      kernel_(kernel),
      boot_(boot),
      progress_(progress),
      image_(project.place().image),
      work_dir_(project.place().work_dir) {
  if (kernel.family != KernelFamily::Linux) return;
  initrd_is_image_ = linux_root(manifest_) == LinuxRoot::Initramfs;
  if (!initrd_is_image_) initrd_ = linux_initrd_path(image_);
}

std::optional<std::uint64_t> FunctionImage::storage() const {
  if (!manifest_.resources.ephemeral_storage.written()) return std::nullopt;
  return *manifest_.resources.ephemeral_storage;
}

std::optional<std::uint64_t> FunctionImage::asked_size() const {
  if (!manifest_.image.size) return std::nullopt;
  return **manifest_.image.size;
}

Result<void> FunctionImage::write(Program& program, BuiltFunction& result) {
  BuildStep step(progress_, "writing " + image_.filename().string());
  // A directory that programs expect; without write access it would be of no use.
  if (storage() && !program.rootfs.find("/tmp"))
    FAASC_CHECK(program.rootfs.add(
        "/tmp", {.content = Directory{}, .mode = 01777, .why = "room for temporary files"}));
  bool nanos = kernel_.family == KernelFamily::Nanos;
  ImageDelivery delivery(manifest_, image_, work_dir_);
  Result<Image> written = nanos ? write_nanos(program, delivery.raw()) : write_linux(program, delivery.raw());
  if (!written && manifest_.image.size &&
      (written.error().code == kDiskTooSmall || written.error().code == kExt4TooSmall ||
       written.error().code == kErofsTooSmall)) {
    project_.diagnostics().add(manifest_.finding(Severity::Error, kImageSize, written.error().what,
                                                 manifest_.image.size->place, written.error().hint));
    return project_.refuse_if_complaints();
  }
  FAASC_TRY(Image image, std::move(written));
  FAASC_TRY(image, delivery.deliver(std::move(image), program.rootfs, kernel_, project_.diagnostics()));
  FAASC_CHECK(project_.refuse_if_complaints());
  // The packager has put it beside the raw disk.
  if (fs::path beside = linux_initrd_path(delivery.raw());
      !initrd_.empty() && beside != initrd_ && std::rename(beside.c_str(), initrd_.c_str()) != 0)
    return io_error("write", initrd_, errno);
  FAASC_TRY(VmSpec spec, vm_spec_of_function(manifest_, result.function, kernel_, image, boot_));
  // Nanos keeps the memory in which it was loaded mapped for itself when a VMM loads it directly.
  if (nanos && program.fixed_address != 0 && program.fixed_address < kNanosDirectFloor &&
      spec.disks.front().bios_bootable) {
    spec.direct_boot.reset();
    progress_.note("'" + program.executable + "' begins below 4 MiB: booting by the BIOS");
  }
  if (!nanos) {
    spec.direct_boot->initrd = initrd_is_image_ ? image_ : initrd_;
    spec.direct_boot->initrd_is_root = initrd_is_image_;
    if (initrd_is_image_) spec.disks.clear();
    spec.direct_boot->command_line = linux_command_line(linux_command_line_);
  }
  FAASC_CHECK(
      write_file(project_.place().spec, to_json(spec, image_.parent_path(), project_.store().root())));
  FAASC_TRY(std::vector<ListedFile> files, list_files(program.rootfs));
  FAASC_CHECK(write_file(file_list_path(image_), to_json(files)));
  save_places();
  result.image_bytes = image.size_bytes;
  result.allocated_bytes = image.allocated_bytes;
  result.payload_bytes = image.payload_bytes;
  step.done();
  return {};
}

Result<Image> FunctionImage::write_nanos(Program& program, const fs::path& out) {
  NanosDiskRequest request{.program = program, .kernel = kernel_};
  request.bios_bootable = boot_.bios;
  request.uefi_bootable = boot_.uefi;
  request.ephemeral_storage_bytes = storage();
  request.size_bytes = asked_size();
  for (const auto& klib : manifest_.image.klibs) request.klibs.push_back(*klib);
  request.address = address_with_prefix(manifest_.network);
  request.gateway = gateway_of(manifest_.network);
  request.options = root_tuple_options(manifest_);
  GuestSettings settings = mounts_of(manifest_, KernelFamily::Nanos);
  if (manifest_.network.address6.written()) {
    // Both addresses are one entry of the root's.
    if (request.address != "dhcp") settings.network.address = request.address;
    settings.network.gateway = request.gateway;
    settings.network.address6 = *manifest_.network.address6;
    request.address = "dhcp";
  }
  request.options.merge(nanos_settings(settings));
  FAASC_TRY(request.identity, function_identity(program));
  if (out != image_)
    return write_nanos_disk(request, out).during("writing the image of '" + *manifest_.name + "'");
  // What lies where in the image that is there, if it is still the one that was written last.
  if (auto text = read_file(work_dir_ / "places"))
    places_ = ImagePlaces::parse(*text).value_or(ImagePlaces{});
  auto image =
      rewrite_nanos_disk(request, image_, places_).during("writing the image of '" + *manifest_.name + "'");
  if (image && image->reused_bytes > 0)
    progress_.note("took " + std::to_string(image->reused_bytes / 1024) + " KiB from the earlier image, " +
                   std::to_string(image->shared_bytes / 1024) + " KiB of them without copying");
  return image;
}

// Only saves time, so that a failure is none of the build's.
void FunctionImage::save_places() const {
  // A change in the same tick of the clock would not show in the image's stamp.
  if (places_.files.empty() || file_clock_ns() <= places_.image.changed_ns) return;
  (void)write_file(work_dir_ / "places", places_.to_text());
}

Result<Image> FunctionImage::write_linux(Program& program, const fs::path& out) {
  const BuildTools& tools = project_.tools();
  LinuxDiskRequest request{.program = program, .kernel = kernel_};
  request.init = tools.linux_init;
  request.root = linux_root(manifest_);
  request.ephemeral_storage_bytes = storage();
  request.size_bytes = asked_size();
  FAASC_TRY(request.identity, function_identity(program));
  linux_command_line_ = {.writable = storage().has_value(),
                         .address = address_with_prefix(manifest_.network),
                         .gateway = gateway_of(manifest_.network),
                         .address6 = *manifest_.network.address6,
                         .exit_port = kLinuxExitPort,
                         .grace = std::chrono::ceil<std::chrono::seconds>(*manifest_.limits.grace_period),
                         .hostname = *manifest_.name};
  FAASC_TRY(std::vector<ListedFile> files, list_files(program.rootfs));
  std::uint64_t bytes = 0;
  for (const ListedFile& file : files) bytes += file.size_bytes;
  linux_command_line_.room_bytes =
      check_root_memory(manifest_, kernel_, bytes, files.size(), project_.diagnostics());
  FAASC_CHECK(project_.refuse_if_complaints());
  if (boot_.bios)
    request.self_boot = {.boot_sector = tools.linux_boot_sector,
                         .uefi_loader = tools.linux_uefi_loader,
                         .command_line = linux_command_line(linux_command_line_)};
  return write_linux_disk(request, out).during("writing the image of '" + *manifest_.name + "'");
}

}  // namespace faasc
