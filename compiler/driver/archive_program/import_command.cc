#include "compiler/driver/archive_program/import_command.h"

#include <chrono>
#include <cstdio>

#include <elf.h>

#include "base/file.h"
#include "compiler/binary/codes.h"
#include "compiler/build/vm_spec_of_function.h"
#include "packager/archive/import.h"
#include "packager/disk/linux_disk.h"
#include "packager/disk/nanos_disk.h"
#include "packager/kernels/kernel_store.h"
#include "packager/rootfs/elf_file.h"
#include "packager/spec/vm_spec.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr std::uint16_t kDefaultPort = 8080;
constexpr std::chrono::seconds kGrace{10};

void say(const std::string& line) {
  std::fprintf(stderr, "faasc: %s\n", line.c_str());
}

VmSpec spec_of(const ImportArchive& command, const Program& program, const ContainerConfig& config,
               const Kernel& kernel, const Image& image) {
  VmSpec spec;
  spec.name = image.path.stem().string();
  spec.architecture = kernel.architecture;
  spec.kernel_family = name_of(kernel.family);
  spec.memory_bytes = command.memory_bytes;
  spec.direct_boot = VmSpec::DirectBoot{.kernel_version = kernel.version, .kernel = kernel.image};
  auto digest = kernel.sha256.find(kernel.image.filename().string());
  if (digest != kernel.sha256.end()) spec.direct_boot->kernel_sha256 = digest->second;
  bool nanos = kernel.family == KernelFamily::Nanos;
  spec.disks.push_back({.path = image.path,
                        .format = "raw",
                        .read_only = !command.storage_bytes,
                        .bios_bootable = nanos && !kernel.boot_blob.empty()});
  spec.nics.emplace_back();
  if (kernel.architecture == kAarch64)
    spec.semihosting_exit = true;
  else
    spec.exit_port = nanos ? kNanosExitPort : kLinuxExitPort;
  if (!nanos) {
    spec.settings_disk = true;
    spec.direct_boot->initrd = linux_initrd_path(image.path);
    spec.direct_boot->command_line = linux_command_line({.writable = command.storage_bytes.has_value(),
                                                         .exit_port = kLinuxExitPort,
                                                         .grace = kGrace,
                                                         .hostname = spec.name});
  }
  spec.function = program.executable;
  spec.kind = "server";
  spec.http_port = command.port               ? *command.port
                   : config.tcp_ports.empty() ? kDefaultPort
                                              : config.tcp_ports.front();
  spec.grace_period = kGrace;
  // The start of an interpreter in an emulated machine takes its time.
  spec.init_timeout = std::chrono::seconds(60);
  return spec;
}

/// The kernel has to be one for the program; what is no ELF file is not judged here.
Result<void> check_architecture(const Program& program, const Kernel& kernel) {
  const RootfsNode* node = program.rootfs.find(program.executable);
  const auto* file = node ? std::get_if<HostFile>(&node->content) : nullptr;
  auto elf = file ? read_elf_file(file->path) : Result<ElfFile>(ElfFile{});
  if (!elf || elf->machine == 0 || elf->machine == (kernel.architecture == kAarch64 ? EM_AARCH64 : EM_X86_64))
    return {};
  bool other = elf->machine == EM_X86_64 || elf->machine == EM_AARCH64;
  return Error{Fault::Input,
               kBinaryArchitecture,
               "'" + program.executable + "' is not a program for " + kernel.architecture + ", which " +
                   full_name(kernel) + " runs on",
               {},
               !other                            ? "import an image that was made for " + kernel.architecture
               : kernel.architecture == kAarch64 ? "choose '--kernel nanos' or '--kernel linux'"
                                                 : "choose '--kernel nanos-aarch64'"};
}

}  // namespace

Result<void> run_import(const ImportArchive& command, const Installation& installation) {
  FAASC_TRY(KernelStore store, KernelStore::open());
  FAASC_TRY(KernelStore::Resolved resolved, store.resolve(command.kernel));
  const Kernel& kernel = resolved.kernel;
  FAASC_CHECK(verify(kernel));
  bool nanos = kernel.family == KernelFamily::Nanos;

  // Beside the image, where there has to be room for it anyway.
  fs::path output = fs::absolute(command.output).lexically_normal();
  FAASC_CHECK(make_directories(output.parent_path()));
  FAASC_TRY(TemporaryDirectory spool, TemporaryDirectory::create(output.parent_path(), ".faasc-import"));
  ImportOptions options;
  options.choice.reference = command.reference;
  if (kernel.architecture == "aarch64") options.choice.architecture = "arm64";
  if (command.max_bytes) {
    options.limits.total_bytes = *command.max_bytes;
    options.limits.ratio = 0;
  }
  FAASC_TRY(Imported imported, import_archive(command.archive, spool.path(), options)
                                   .during("importing '" + command.archive.string() + "'"));
  ContainerConfig config = imported.config;
  std::uint64_t foreign_owners = imported.foreign_owners;
  std::string reference = imported.reference;
  FAASC_TRY(Program program, imported_program(std::move(imported), command.program, kernel.family)
                                 .during("importing '" + command.archive.string() + "'"));
  FAASC_CHECK(check_architecture(program, kernel));

  Image image;
  if (nanos) {
    NanosDiskRequest request{.program = program, .kernel = kernel};
    request.bios_bootable = !kernel.boot_blob.empty();
    request.ephemeral_storage_bytes = command.storage_bytes;
    FAASC_TRY(image, write_nanos_disk(request, output));
  } else {
    LinuxDiskRequest request{.program = program, .kernel = kernel};
    FAASC_TRY(request.init, installation.guest_library("linux/init"));
    request.ephemeral_storage_bytes = command.storage_bytes;
    FAASC_TRY(image, write_linux_disk(request, output));
  }
  VmSpec spec = spec_of(command, program, config, kernel, image);
  FAASC_CHECK(write_file(vm_spec_path(output), to_json(spec, output.parent_path(), store.root())));

  if (!config.user.empty() && config.user != "root" && config.user != "0")
    say("the container runs as user '" + config.user + "'; in the machine everything runs as root");
  if (foreign_owners > 0)
    say(std::to_string(foreign_owners) + " entries belonged to other users; in the image all belong to root");
  say("imported " + (reference.empty() ? command.archive.filename().string() : reference) + ": " +
      std::to_string(program.rootfs.nodes().size()) + " entries, " +
      std::to_string((image.payload_bytes + 1023) / 1024) + " KiB, runs " + program.executable + " on " +
      full_name(kernel));
  return {};
}

}  // namespace faasc
