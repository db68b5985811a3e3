#include "packager/disk/nanos_disk.h"

#include <algorithm>
#include <cerrno>
#include <charconv>

#include <arpa/inet.h>
#include <sys/stat.h>

#include <unistd.h>

#include "base/file.h"
#include "base/file_stamp.h"
#include "packager/disk/codes.h"
#include "packager/disk/disk_size.h"
#include "packager/disk/klibs.h"
#include "packager/disk/mbr.h"
#include "packager/disk/uefi_loader.h"
#include "packager/fat/fat_layout.h"
#include "packager/fat/fat_writer.h"
#include "packager/kernels/kernel_elf.h"
#include "packager/tfs/tfs_layout.h"
#include "packager/tfs/tfs_writer.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kKernelLogBytes = 4096;                      // since 0.1.31
constexpr std::uint64_t kMostBootFsBytes = std::uint64_t{12} << 20;  // what Nanos' own tools give it
// Far more than one of Nanos with all that a debugger wants.
constexpr std::uint64_t kMostKernelBytes = std::uint64_t{512} << 20;
constexpr std::uint64_t kLogExtensionBytes = std::uint64_t{512} << 10;
constexpr std::uint64_t kMaxBootBlobBytes = std::uint64_t{1} << 20;
// Before it allocates the first sector of file data, the kernel sets aside two more extensions of its log.
// Without them, data that a program writes are silently lost.
constexpr std::uint64_t kKernelReserveBytes = 2 * kLogExtensionBytes;

constexpr std::uint64_t align_up(std::uint64_t value, std::uint64_t unit) {
  return (value + unit - 1) / unit * unit;
}

// ---- the root tuple ----

Error bad_address(std::string_view what, std::string_view text, std::string_view example) {
  return {Fault::Input,
          kDiskBadAddress,
          std::string(what) + " '" + std::string(text) + "' is not " + std::string(example),
          {},
          {}};
}

bool is_ipv4(const std::string& text) {
  in_addr address{};
  return ::inet_pton(AF_INET, text.c_str(), &address) == 1;
}

// "10.0.2.15/24" → the attributes of the kernel's interface en1.
Result<TfsTuple> interface_of(const NanosDiskRequest& request) {
  std::size_t slash = request.address.find('/');
  std::string address = request.address.substr(0, slash);
  unsigned prefix = 0;
  const char* end = request.address.data() + request.address.size();
  bool has_prefix = slash != std::string::npos;
  if (has_prefix) {
    auto [stop, error] = std::from_chars(request.address.data() + slash + 1, end, prefix);
    has_prefix = error == std::errc() && stop == end && prefix >= 1 && prefix <= 32;
  }
  if (!has_prefix || !is_ipv4(address))
    return bad_address("the guest's address", request.address,
                       "'dhcp' or an IPv4 address with prefix length like '10.0.2.15/24'");
  std::uint32_t mask = ~std::uint32_t{0} << (32 - prefix);
  std::string netmask;
  for (int shift = 24; shift >= 0; shift -= 8)
    netmask += (netmask.empty() ? "" : ".") + std::to_string((mask >> shift) & 0xff);
  TfsTuple interface = {{"ipaddr", address}, {"netmask", netmask}};
  if (!request.gateway.empty()) {
    if (!is_ipv4(request.gateway)) return bad_address("the gateway", request.gateway, "an IPv4 address");
    interface.emplace("gateway", request.gateway);
  }
  return interface;
}

Result<TfsTuple> root_attributes(const NanosDiskRequest& request) {
  const Program& program = request.program;
  const RootfsNode* executable = program.rootfs.find(program.executable);
  if (!executable || std::holds_alternative<Directory>(executable->content))
    return Error{Fault::Input,
                 kDiskNoExecutable,
                 "the program '" + program.executable + "' is not a file of the image",
                 {},
                 {}};
  bool in_root = program.working_directory == "/";
  if (!in_root) {
    const RootfsNode* directory = program.rootfs.find(program.working_directory);
    if (!directory || is_file(*directory))
      return Error{
          Fault::Input,
          kDiskNoExecutable,
          "the working directory '" + program.working_directory + "' is not a directory of the image",
          {},
          {}};
  }

  TfsTuple environment;
  for (const auto& [name, value] : program.environment) environment.emplace(name, value);
  // Without an environment, be it empty, the first uname() halts the machine.
  TfsTuple root = {{"program", program.executable},
                   {"arguments", std::vector<TfsValue>(program.argv.begin(), program.argv.end())},
                   {"environment", std::move(environment)},
                   {"debug_exit", "t"}};
  if (!in_root) root.emplace("cwd", program.working_directory);
  if (!request.ephemeral_storage_bytes) root.emplace("readonly_rootfs", "t");
  if (!request.klibs.empty()) root.emplace("klibs", "bootfs");
  if (request.address != "dhcp") {
    FAASC_TRY(TfsTuple interface, interface_of(request));
    root.emplace("en1", std::move(interface));
  }
  for (const auto& [name, value] : request.options) {
    if (name == "children" || name == "readonly_rootfs" || name == "klibs" ||
        !root.emplace(name, value).second)
      return Error{
          Fault::Input, kDiskBadOption, "the kernel option '" + name + "' is set by faasc itself", {}, {}};
  }
  return root;
}

// ---- the boot partition ----

Result<Rootfs> boot_tree(const NanosDiskRequest& request) {
  Rootfs bootfs;
  if (request.kernel.image.empty())
    return Error{
        Fault::Missing, kDiskNoKernelFile, "kernel " + request.kernel.version + " has no image", {}, {}};
  FAASC_TRY(std::vector<std::string> klibs, klibs_to_load(request.kernel, request.klibs));
  RootfsNode kernel{HostFile{request.kernel.image}, 0644, "kernel"};
  // Libraries are linked to the symbols of the kernel that is on the disk.
  if (klibs.empty() && !request.options.contains("ingest_kernel_symbols")) {
    FAASC_TRY(std::string bytes, read_file(request.kernel.image, kMostKernelBytes));
    if (auto lean = without_symbols(bytes)) kernel.content = InlineBytes{*std::move(lean)};
  }
  FAASC_CHECK(bootfs.add("/kernel", std::move(kernel)));
  for (const std::string& name : klibs)
    FAASC_CHECK(bootfs.add("/klib/" + name, {HostFile{request.kernel.klibs / name}, 0644, "kernel library"}));
  return bootfs;
}

// ---- the disk ----

Result<Image> finish(AtomicFile file, Image image) {
  if (::ftruncate(file.fd().get(), static_cast<off_t>(image.size_bytes)) != 0)
    return io_error("write", file.path(), errno);
  struct stat status{};
  if (::fstat(file.fd().get(), &status) != 0) return io_error("write", file.path(), errno);
  image.path = file.path();
  image.allocated_bytes = static_cast<std::uint64_t>(status.st_blocks) * 512;
  FAASC_CHECK(std::move(file).commit());
  return image;
}

struct Plan {
  std::string
      boot_blob;  // what is before the kernel log; just a partition table where there is no boot loader
  Rootfs esp_tree, boot_tree;
  std::optional<FatLayout> esp;
  std::optional<TfsLayout> bootfs;
  TfsLayout rootfs;
  std::uint64_t klog_offset = 0, esp_offset = 0, boot_offset = 0, boot_size = 0, root_offset = 0,
                root_size = 0;
};

Result<void> plan_boot(const NanosDiskRequest& request, Plan& plan) {
  if (request.bios_bootable) {
    if (request.kernel.boot_blob.empty())
      return Error{Fault::Missing,
                   kDiskNoBootBlob,
                   "kernel " + request.kernel.version + " has no boot loader",
                   {},
                   "add boot.img of the same release to the kernel, or write a disk without one"};
    FAASC_TRY(plan.boot_blob, read_file(request.kernel.boot_blob, kMaxBootBlobBytes));
    FAASC_CHECK(check_boot_blob(plan.boot_blob, request.kernel.boot_blob.string()));
  } else {
    plan.boot_blob.assign(kDiskSectorSize, '\0');
  }
  if (request.bios_bootable || request.uefi_bootable || !request.klibs.empty()) {
    FAASC_TRY(plan.boot_tree, boot_tree(request));
    FAASC_TRY(plan.bootfs,
              plan_tfs(plan.boot_tree, {.label = {}, .attributes = {}, .identity = request.identity}));
    if (plan.bootfs->used_bytes() > kMostBootFsBytes)
      return Error{Fault::Input,
                   kDiskBootTooLarge,
                   "the kernel and its libraries take " + std::to_string(plan.bootfs->used_bytes()) +
                       " bytes; a boot partition has at most " + std::to_string(kMostBootFsBytes),
                   {},
                   "ask for fewer klibs"};
  }
  return {};
}

// The kernel's own loader finds the boot partition by the table, and the kernel in it.
Result<void> plan_esp(const NanosDiskRequest& request, Plan& plan) {
  if (!request.uefi_bootable) return {};
  if (request.kernel.uefi_loader.empty())
    return Error{Fault::Missing,
                 kDiskNoUefiLoader,
                 "kernel " + request.kernel.version + " has no loader for UEFI",
                 {},
                 "add bootx64.efi or bootaa64.efi of the same release to the kernel, or write a disk that "
                 "boots otherwise"};
  const char* path = request.kernel.architecture == kAarch64 ? kUefiLoaderPathAarch64 : kUefiLoaderPath;
  FAASC_CHECK(plan.esp_tree.add(path, {HostFile{request.kernel.uefi_loader}, 0644, "UEFI loader"}));
  FAASC_TRY(plan.esp, plan_fat(plan.esp_tree, {.label = "FAASC-BOOT",
                                               .first_sector = static_cast<std::uint32_t>(plan.esp_offset /
                                                                                          kDiskSectorSize)}));
  return {};
}

Result<Plan> plan_disk(const NanosDiskRequest& request) {
  Plan plan;
  FAASC_CHECK(plan_boot(request, plan).during("planning the boot partition"));
  FAASC_TRY(TfsTuple attributes, root_attributes(request));
  FAASC_TRY(plan.rootfs,
            plan_tfs(request.program.rootfs,
                     {.label = {}, .attributes = std::move(attributes), .identity = request.identity})
                .during("planning the root file system"));

  plan.klog_offset = align_up(plan.boot_blob.size(), kPage);
  plan.esp_offset = plan.klog_offset + kKernelLogBytes;
  FAASC_CHECK(plan_esp(request, plan).during("planning the system partition of UEFI"));
  plan.boot_offset = plan.esp_offset + (plan.esp ? plan.esp->size_bytes() : 0);
  // The kernel finds its root as the second partition, so there is a first one even if nothing is in it.
  // No larger than it has to be, although Nanos' own tools give it 12 MiB: nothing writes to it, and the root
  // that follows without a gap makes one piece less of the file, for which a host's file system then needs no
  // block.
  plan.boot_size = plan.bootfs ? align_up(plan.bootfs->used_bytes(), kPage) : kPage;
  plan.root_offset = plan.boot_offset + plan.boot_size;
  plan.root_size = align_up(plan.rootfs.used_bytes(), kPage);
  if (request.ephemeral_storage_bytes)
    plan.root_size = align_up(plan.root_size + kKernelReserveBytes + *request.ephemeral_storage_bytes, kPage);
  FAASC_TRY(std::uint64_t disk_bytes, disk_size(plan.root_offset + plan.root_size, request.size_bytes));
  plan.root_size = disk_bytes - plan.root_offset;

  Mbr mbr = mbr_from_bytes(plan.boot_blob);
  // Whoever boots goes by the type of the first entry: with a system partition, the others come one later.
  std::size_t next = 0;
  if (plan.esp)
    mbr.entries[next++] = mbr_partition(plan.esp_offset, plan.esp->size_bytes(), 0x80, kMbrEfiSystem);
  mbr.entries[next++] = mbr_partition(plan.boot_offset, plan.boot_size, plan.esp ? 0 : 0x80);
  mbr.entries[next] = mbr_partition(plan.root_offset, plan.root_size, 0);
  mbr.signature = kMbrSignature;
  plan.boot_blob.replace(0, kDiskSectorSize, bytes_of(mbr));
  return plan;
}

Error earlier_changed(const fs::path& out) {
  return {
      Fault::Input, kDiskDamaged, "'" + out.string() + "' was changed while its successor was made", {}, {}};
}

std::vector<ImageRegion> regions_of(const Plan& plan) {
  std::vector<ImageRegion> regions = {{"mbr", 0, kDiskSectorSize}};
  if (plan.boot_blob.size() > kDiskSectorSize)
    regions.push_back({"stage2", kDiskSectorSize, plan.boot_blob.size() - kDiskSectorSize});
  regions.push_back({"klog", plan.klog_offset, kKernelLogBytes});
  if (plan.esp) regions.push_back({"esp", plan.esp_offset, plan.esp->size_bytes()});
  if (plan.bootfs) regions.push_back({"bootfs", plan.boot_offset, plan.boot_size});
  regions.push_back({"rootfs", plan.root_offset, plan.root_size});
  return regions;
}

Result<Image> write_disk(const NanosDiskRequest& request, const fs::path& out, const EarlierImage* earlier,
                         ImagePlaces* places) {
  std::int64_t started_ns = file_clock_ns();
  FAASC_TRY(Plan plan, plan_disk(request));
  FAASC_TRY(AtomicFile file, AtomicFile::create(out));
  SequentialOutput output(file.fd(), out);
  FAASC_CHECK(output.write(plan.boot_blob));
  if (plan.esp) {
    FAASC_CHECK(output.skip_to(plan.esp_offset));
    FAASC_CHECK(write_fat(*plan.esp, output).during("writing the system partition of UEFI"));
  }
  if (plan.bootfs) {
    FAASC_CHECK(output.skip_to(plan.boot_offset));
    FAASC_CHECK(write_tfs(*plan.bootfs, output, earlier).during("writing the boot partition"));
  }
  FAASC_CHECK(output.skip_to(plan.root_offset));
  FAASC_CHECK(write_tfs(plan.rootfs, output, earlier).during("writing the root file system"));
  FAASC_CHECK(output.flush());
  if (earlier && !earlier->still_good()) return earlier_changed(out);

  Image image;
  image.reused_bytes = output.reused_bytes();
  image.shared_bytes = output.shared_bytes();
  image.size_bytes = plan.root_offset + plan.root_size;
  image.payload_bytes = plan.rootfs.payload_bytes;
  image.regions = regions_of(plan);
  FAASC_TRY(image, finish(std::move(file), std::move(image)));
  if (places) {
    if (plan.bootfs) add_places(*plan.bootfs, plan.boot_offset, started_ns, *places);
    add_places(plan.rootfs, plan.root_offset, started_ns, *places);
    places->image = stamp_of(out);
  }
  return image;
}

}  // namespace

Result<Image> write_nanos_disk(const NanosDiskRequest& request, const fs::path& out) {
  return write_disk(request, out, nullptr, nullptr);
}

Result<Image> rewrite_nanos_disk(const NanosDiskRequest& request, const fs::path& out, ImagePlaces& places) {
  std::optional<EarlierImage> earlier = EarlierImage::open(out, std::exchange(places, {}));
  if (earlier) {
    auto written = write_disk(request, out, &*earlier, &places);
    // Somebody wrote to the earlier image in the meantime: then whatever came of it is worth nothing.
    if (written || earlier->still_good()) return written;
    places = {};
  }
  return write_disk(request, out, nullptr, &places);
}

Result<Image> write_nanos_volume(std::string_view label, std::uint64_t size_bytes, const fs::path& out) {
  Rootfs empty;
  if (label.empty())
    return Error{
        Fault::Input, kDiskUnlabelledVolume, "a volume needs a label", {}, "the guest finds it by its label"};
  FAASC_TRY(TfsLayout layout,
            plan_tfs(empty, {.label = std::string(label), .attributes = {}, .identity = {}}));
  FAASC_TRY(AtomicFile file, AtomicFile::create(out));
  SequentialOutput output(file.fd(), out);
  FAASC_CHECK(write_tfs(layout, output));
  FAASC_CHECK(output.flush());
  Image image;
  image.size_bytes = align_up(layout.used_bytes() + kKernelReserveBytes + size_bytes, kLogExtensionBytes);
  image.regions = {{std::string(label), 0, image.size_bytes}};
  return finish(std::move(file), std::move(image));
}

}  // namespace faasc
