#include "packager/disk/linux_disk.h"

#include <algorithm>
#include <cstdio>
#include <map>

#include <sys/stat.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "packager/cpio/cpio_writer.h"
#include "packager/disk/codes.h"
#include "packager/disk/exec_chain.h"
#include "packager/disk/initramfs.h"
#include "packager/disk/linux_boot_kernel.h"
#include "packager/disk/uefi_loader.h"
#include "packager/erofs/erofs_writer.h"
#include "packager/ext4/ext4_writer.h"
#include "packager/fat/fat_layout.h"
#include "packager/fat/fat_writer.h"
#include "packager/output/sequential_output.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

// As in runtimes/linux/init/program_file.h.
constexpr std::size_t kMaxProgramBytes = 256 * 1024;
constexpr std::size_t kMaxProgramStrings = 2048;
constexpr std::uint64_t kMaxInitBytes = 16 << 20;
constexpr std::uint64_t kMaxModulesBytes = 256 << 20;
constexpr std::uint64_t kMaxKernelBytes = 256 << 20;
constexpr std::uint64_t kMaxBootSectorBytes = 4096;
constexpr std::uint64_t kPartitionAlignment = 1 << 20;

Error bad_program(const std::string& why) {
  return {Fault::Input, kDiskBadProgram, "init cannot run the program: " + why, {}, {}};
}

Result<Rootfs> root_tree(const Program& program) {
  Rootfs rootfs = program.rootfs;
  FAASC_TRY(std::vector<std::string> executables, exec_chain(program.rootfs, program.executable));
  for (const std::string& path : executables) rootfs.set_mode(path, rootfs.find(path)->mode | 0111);
  if (program.working_directory != "/") {
    const auto* directory = resolve(rootfs, program.working_directory);
    if (!directory || !std::holds_alternative<Directory>(directory->second.content))
      return Error{
          Fault::Input,
          kDiskNoExecutable,
          "the working directory '" + program.working_directory + "' is not a directory of the image",
          {},
          {}};
  }
  const std::pair<const char*, RootfsNode> additions[] = {
      {"/dev", {Directory{}, 0755, "mount point"}},
      {"/etc/hosts", {InlineBytes{"127.0.0.1 localhost\n"}, 0644, "name of the loopback address"}},
      {"/etc/resolv.conf", {Symlink{"/run/resolv.conf"}, 0777, "name server"}},
      {"/proc", {Directory{}, 0755, "mount point"}},
      {"/run", {Directory{}, 0755, "mount point"}},
      {"/sys", {Directory{}, 0755, "mount point"}},
      {"/tmp", {Directory{}, 01777, "mount point"}},
  };
  for (const auto& [path, node] : additions)
    if (!rootfs.find(path)) FAASC_CHECK(rootfs.add(path, node));
  FAASC_TRY(std::string program_file, linux_program_file(program));
  FAASC_CHECK(
      rootfs.add("/etc/faasc/program", {InlineBytes{std::move(program_file)}, 0644, "what init runs"}));
  return rootfs;
}

Result<std::string> initramfs(const LinuxDiskRequest& request) {
  std::string archive;
  if (!request.kernel.initramfs.empty()) {
    FAASC_TRY(archive, read_file(request.kernel.initramfs, kMaxModulesBytes));
  }
  FAASC_TRY(std::string init, read_file(request.init, kMaxInitBytes));
  CpioWriter writer;
  writer.add_file("init", init, 0755);
  return archive + std::move(writer).finish();
}

/// Everything before the root of a disk that boots by itself.
struct BootPart {
  Rootfs tree;
  FatLayout layout;
  LinuxBootSector sector;
  std::uint64_t offset = 0;

  std::uint64_t end() const { return offset + layout.size_bytes(); }  // a whole number of MiB
};

Result<void> plan_boot_part(const LinuxDiskRequest& request, const std::string& initrd, BootPart& part) {
  const LinuxDiskRequest::SelfBoot& boot = *request.self_boot;
  const fs::path& bzimage = request.kernel.bzimage;
  if (bzimage.empty())
    return Error{Fault::Missing,
                 kDiskBadLinuxKernel,
                 "kernel " + request.kernel.version + " has no bzImage, which is what boot loaders start",
                 {},
                 "pull the kernel again, or write a disk for a VMM that loads the kernel itself"};
  FAASC_TRY(std::string image, read_file(bzimage, kMaxKernelBytes));
  FAASC_TRY(LinuxBootKernel kernel, prepare_linux_kernel(std::move(image), initrd.size(), bzimage.string()));
  FAASC_TRY(std::string line, linux_command_line_file(boot.command_line, kernel));
  auto add = [&](const char* path, decltype(RootfsNode::content) content, const char* why) {
    return part.tree.add(path, {std::move(content), 0644, why});
  };
  FAASC_CHECK(add(kUefiLoaderPath, HostFile{boot.uefi_loader}, "UEFI loader"));
  FAASC_CHECK(add(kLinuxKernelPath, InlineBytes{kernel.image}, "kernel"));
  FAASC_CHECK(add(kLinuxInitrdPath, InlineBytes{initrd}, "kernel modules and init"));
  FAASC_CHECK(add(kLinuxCommandLinePath, InlineBytes{std::move(line)}, "kernel command line"));
  part.offset = kPartitionAlignment;
  FAASC_TRY(part.layout,
            plan_fat(part.tree, {.label = "FAASC-BOOT",
                                 .first_sector = static_cast<std::uint32_t>(part.offset / kDiskSectorSize)}));
  FAASC_TRY(std::string code, read_file(boot.boot_sector, kMaxBootSectorBytes));
  FAASC_TRY(part.sector, linux_boot_sector(code, boot.boot_sector.string(), kernel, part.layout));
  return {};
}

struct WrittenRoot {
  std::uint64_t size_bytes = 0, payload_bytes = 0;
};

Result<WrittenRoot> write_root(const LinuxDiskRequest& request, const Rootfs& rootfs, AtomicFile& file,
                               std::uint64_t offset) {
  constexpr const char* kLabel = "faasc-root";
  if (request.root == LinuxRoot::Erofs) {
    ErofsOptions options{.size_bytes = request.size_bytes, .label = kLabel, .identity = request.identity};
    FAASC_TRY(ErofsImage written, write_erofs(rootfs, options, file, offset));
    return WrittenRoot{written.size_bytes, written.payload_bytes};
  }
  Ext4Options options{.free_bytes = request.ephemeral_storage_bytes.value_or(0),
                      .size_bytes = request.size_bytes,
                      .label = kLabel,
                      .identity = request.identity};
  FAASC_TRY(Ext4Image written, write_ext4(rootfs, options, file, offset));
  return WrittenRoot{written.size_bytes, written.payload_bytes};
}

Result<Image> write_bootable_disk(const LinuxDiskRequest& request, const Rootfs& rootfs,
                                  const std::string& initrd, const fs::path& out) {
  BootPart boot;
  FAASC_CHECK(plan_boot_part(request, initrd, boot).during("planning the boot partition"));
  FAASC_TRY(AtomicFile file, AtomicFile::create(out));
  FAASC_TRY(WrittenRoot root, write_root(request, rootfs, file, boot.end()));
  boot.sector.entries[0] = mbr_partition(boot.offset, boot.layout.size_bytes(), 0x80, kMbrEfiSystem);
  boot.sector.entries[1] = mbr_partition(boot.end(), root.size_bytes, 0);

  SequentialOutput output(file.fd(), out);
  FAASC_CHECK(output.write({reinterpret_cast<const char*>(&boot.sector), sizeof boot.sector}));
  FAASC_CHECK(output.skip_to(boot.offset));
  FAASC_CHECK(write_fat(boot.layout, output).during("writing the boot partition"));
  FAASC_CHECK(output.flush());
  FAASC_CHECK(std::move(file).commit());
  Image image;
  image.size_bytes = boot.end() + root.size_bytes;
  image.payload_bytes = root.payload_bytes;
  image.regions = {{"mbr", 0, kDiskSectorSize},
                   {"esp", boot.offset, boot.layout.size_bytes()},
                   {"rootfs", boot.end(), root.size_bytes}};
  return image;
}

Result<Image> write_root_disk(const LinuxDiskRequest& request, const Rootfs& rootfs, const fs::path& out) {
  FAASC_TRY(AtomicFile file, AtomicFile::create(out));
  FAASC_TRY(WrittenRoot written, write_root(request, rootfs, file, 0));
  FAASC_CHECK(std::move(file).commit());
  Image image;
  image.size_bytes = written.size_bytes;
  image.payload_bytes = written.payload_bytes;
  image.regions = {{"rootfs", 0, written.size_bytes}};
  return image;
}

// Each file is one of ours where the kernel looks for it.
Result<void> check_names_of_init(const Rootfs& rootfs, bool has_modules) {
  for (const char* name : {"/init", "/mod"}) {
    if ((name == std::string_view("/mod") && !has_modules) || !rootfs.find(name)) continue;
    return Error{Fault::Input,
                 kDiskBadProgram,
                 "the program's files have '" + std::string(name) +
                     "', which in an initramfs is where faasc's own init is",
                 {},
                 "call it something else, or use 'root: ext4' or 'root: erofs'"};
  }
  return {};
}

Result<Image> write_initramfs(const Rootfs& rootfs, std::string archive, const fs::path& out) {
  FAASC_TRY(InitramfsTree tree, archive_of_tree(rootfs));
  archive += tree.archive;
  FAASC_CHECK(write_file(out, archive));
  Image image;
  image.payload_bytes = tree.payload_bytes;
  image.size_bytes = archive.size();
  image.regions = {{"rootfs", 0, image.size_bytes}};
  return image;
}

Result<Image> write_image(const LinuxDiskRequest& request, const Rootfs& rootfs, const fs::path& out) {
  FAASC_TRY(std::string initrd, initramfs(request));
  if (request.root == LinuxRoot::Initramfs) {
    FAASC_CHECK(check_names_of_init(rootfs, !request.kernel.initramfs.empty()));
    return write_initramfs(rootfs, std::move(initrd), out);
  }
  FAASC_TRY(Image image, request.self_boot ? write_bootable_disk(request, rootfs, initrd, out)
                                           : write_root_disk(request, rootfs, out));
  FAASC_CHECK(write_file(linux_initrd_path(out), initrd));
  return image;
}

}  // namespace

fs::path linux_initrd_path(const fs::path& out) {
  fs::path path = out;
  return path.replace_extension(".initrd");
}

Result<std::string> linux_program_file(const Program& program) {
  std::string bytes;
  bool has_nul = false;
  auto add = [&](std::string_view text) {
    has_nul = has_nul || text.find('\0') != std::string_view::npos;
    bytes += text;
    bytes += '\0';
  };
  if (program.argv.empty()) return bad_program("it has no arguments, where the first is its own name");
  for (std::size_t count : {program.argv.size(), program.environment.size()})
    if (count > kMaxProgramStrings)
      return bad_program("it has " + std::to_string(count) + " arguments or environment variables; at most " +
                         std::to_string(kMaxProgramStrings) + " are possible");
  add("faasc-program 1");
  add(program.working_directory);
  add(program.executable);
  add(std::to_string(program.argv.size()));
  for (const std::string& argument : program.argv) add(argument);
  add(std::to_string(program.environment.size()));
  for (const auto& [name, value] : program.environment) add(name + "=" + value);
  if (has_nul) return bad_program("an argument or environment variable of it holds a NUL");
  if (bytes.size() >= kMaxProgramBytes)
    return bad_program("its arguments and environment have " + std::to_string(bytes.size()) +
                       " bytes; less than " + std::to_string(kMaxProgramBytes) + " are possible");
  return bytes;
}

Result<Image> write_linux_disk(const LinuxDiskRequest& request, const fs::path& out) {
  FAASC_TRY(Rootfs rootfs, root_tree(request.program));
  FAASC_TRY(Image image, write_image(request, rootfs, out));
  image.path = out;
  struct stat status{};
  if (::stat(out.c_str(), &status) != 0) return io_error("read", out, errno);
  image.allocated_bytes = static_cast<std::uint64_t>(status.st_blocks) * 512;
  return image;
}

std::string linux_command_line(const LinuxCommandLine& request) {
  // Errors of a machine without the devices of a PC are none of the user's; init raises the level before it
  // runs the program, so that a kill for lack of memory is seen; with its time, by which the launcher knows a
  // line as the kernel's.
  // An emulator on a busy host may miss the moment in which the kernel wants to see the timer tick, which
  // then panics: "IO-APIC + timer doesn't work!". Machines of KVM do without this check by themselves.
  // A kernel that knows EFI restarts machines of reduced ACPI hardware, such as microvm, by EFI only, and
  // where there is none jumps into the BIOS, which need not come back; ACPI's reset register is tried first
  // here.
  std::string line = "console=ttyS0 quiet loglevel=3 panic=-1 printk.time=1 no_timer_check reboot=a";
  line += request.writable ? " rw" : " ro";
  if (request.room_bytes) line += " faasc.room=" + std::to_string((*request.room_bytes + 1023) / 1024);
  if (request.exit_port) {
    char port[8];
    std::snprintf(port, sizeof port, "0x%x", *request.exit_port);
    line += std::string(" faasc.exit_port=") + port;
  }
  if (request.address == "dhcp") {
    line += " faasc.ip=dhcp";
  } else {
    line += " faasc.ip=" + request.address;
    line += " faasc.gw=" + (request.gateway.empty() ? "off" : request.gateway);
    // QEMU's name server is not to be had on other networks; a gateway that answers names is the best guess.
    line += " faasc.dns=" + (request.gateway.empty() ? "off" : request.gateway);
  }
  if (!request.address6.empty()) line += " faasc.ip6=" + request.address6;
  line += " faasc.grace=" + std::to_string(request.grace.count());
  if (!request.hostname.empty()) line += " faasc.hostname=" + request.hostname;
  return line;
}

}  // namespace faasc
