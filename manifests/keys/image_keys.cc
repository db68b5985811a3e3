// The keys of what is on the disk, and of disks beside it: `files`, `mounts`, `image`.

#include "manifests/codes.h"
#include "manifests/keys/member.h"
#include "manifests/keys/patterns.h"
#include "manifests/keys/sections.h"
#include "manifests/text_checks.h"

namespace faasc {
namespace {

using M = Manifest;
constexpr std::int64_t kKiB = 1024, kMiB = kKiB * 1024;
constexpr std::string_view kGuestPathPattern = "^/.+";
constexpr std::string_view kImageFormats[] = {"raw", "qcow2", "vmdk", "vhd", "vhdx", "raw.zst"};
constexpr std::string_view kImageBoots[] = {"auto", "direct", "bios", "uefi"};
constexpr std::string_view kImageRoots[] = {"ext4", "erofs", "initramfs"};

constexpr Key kFileKeys[] = {
    {.name = "from",
     .help = "File or directory of the project",
     .required = true,
     .store = store<&M::DataFile::from>,
     .code = kPathEscapes,
     .pattern = kPathPattern,
     .check = check_project_path},
    {.name = "to",
     .help = "Absolute path in the guest",
     .required = true,
     .store = store<&M::DataFile::to>,
     .code = kBadFileTarget,
     .pattern = kGuestPathPattern,
     .check = check_guest_path},
    {.name = "mode",
     .form = Form::FileMode,
     .help = "Permission bits in octal",
     .fallback = "those of the file",
     .store = store<&M::DataFile::mode>,
     .code = kBadFileTarget},
};

constexpr Key kMountKeys[] = {
    {.name = "tag",
     .help = "Tag of a directory shared by the host",
     .store = store<&M::Mount::tag>,
     .code = kBadMount,
     .check = check_not_empty},
    {.name = "label",
     .help = "Label of a volume",
     .store = store<&M::Mount::label>,
     .code = kBadMount,
     .check = check_not_empty},
    {.name = "path",
     .help = "Where it is mounted in the guest",
     .required = true,
     .store = store<&M::Mount::path>,
     .code = kBadMount,
     .pattern = kGuestPathPattern,
     .check = check_guest_path},
    {.name = "readonly",
     .form = Form::Boolean,
     .help = "Refuse writing",
     .fallback = "false",
     .store = store<&M::Mount::readonly>},
};

constexpr Key kImageKeys[] = {
    {.name = "format",
     .form = Form::Choice,
     .help = "Format of the disk image",
     .fallback = "raw",
     .store = store<&M::ImageOptions::format>,
     .code = kImageFormat,
     .choices = kImageFormats},
    {.name = "size",
     .form = Form::Quantity,
     .help = "Size of the disk",
     .fallback = "auto",
     .store = store<&M::ImageOptions::size>,
     .code = kImageSize,
     .least = 1 * kMiB,
     .most = std::int64_t{1} << 44,
     .word = "auto"},
    {.name = "max_size",
     .form = Form::Quantity,
     .help = "Most that the image may take, holes not counted; a larger one fails the build",
     .store = store<&M::ImageOptions::max_size>,
     .code = kImageTooLarge,
     .least = 1,
     .most = std::int64_t{1} << 44},
    {.name = "kernel",
     .help = "Kernel: auto, nanos, nanos@VERSION, nanos-aarch64, linux, VERSION, or a path",
     .fallback = "auto",
     .store = store<&M::ImageOptions::kernel>,
     .code = kBadKernelChoice,
     .check = check_kernel_choice},
    {.name = "boot",
     .form = Form::Choice,
     .help = "What the disk boots from by itself: auto, direct (nothing: the VMM loads the kernel), bios, "
             "uefi (and bios)",
     .fallback = "auto",
     .store = store<&M::ImageOptions::boot>,
     .code = kImageBoot,
     .choices = kImageBoots},
    {.name = "root",
     .form = Form::Choice,
     .help = "How Linux gets its root: ext4 (a disk), erofs (a disk that is only read), initramfs (no disk: "
             "loaded "
             "into memory with the kernel)",
     .fallback = "ext4",
     .store = store<&M::ImageOptions::root>,
     .code = kImageRoot,
     .choices = kImageRoots},
    {.name = "klibs",
     .form = Form::TextList,
     .help = "Libraries that Nanos loads into the kernel",
     .store = store<&M::ImageOptions::klibs>,
     .code = kUnknownKlib,
     .choices = kKnownKlibs,
     .check = check_klib},
    {.name = "consoles",
     .form = Form::TextList,
     .help = "Where Nanos writes what it and the function print: serial, vga, net",
     .fallback = "[serial, vga]",
     .store = store<&M::ImageOptions::consoles>,
     .code = kBadConsole,
     .pattern = "^(serial|vga|net)$",
     .check = check_console},
    {.name = "coredumplimit",
     .form = Form::Quantity,
     .help = "Most that Nanos writes to /coredumps/core when the function crashes",
     .fallback = "no core dumps",
     .store = store<&M::ImageOptions::coredumplimit>,
     .code = kBadCoreDump,
     .least = 64 * kKiB,
     .most = 64 * kKiB * kMiB},
    {.name = "manifest",
     .form = Form::FreeMap,
     .help = "Entries on top of Nanos' own manifest",
     .store = store<&M::ImageOptions::tuples>,
     .code = kOwnedTuple,
     .check_name = check_tuple_name,
     .name_code = kOwnedTuple},
};

}  // namespace

std::span<const Key> file_keys() {
  return kFileKeys;
}
std::span<const Key> mount_keys() {
  return kMountKeys;
}
std::span<const Key> image_keys() {
  return kImageKeys;
}

}  // namespace faasc
