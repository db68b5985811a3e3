#include "packager/kernels/linux_image.h"

#include <cstdint>
#include <cstring>
#include <vector>

#include <elf.h>

#include "base/endian.h"
#include "packager/archive/byte_stream.h"
#include "packager/kernels/linux_package.h"

namespace faasc {
namespace {

constexpr std::uint64_t kMaxVmlinuxBytes = 512 << 20;
constexpr std::size_t kPage = 4096;

/// The part of the setup header that matters here; it lies at byte 0x1f1 of the file.
struct SetupHeader {
  std::uint8_t setup_sectors;  // 0 means 4
  le16 root_flags;
  le32 system_size;
  le16 ram_size, video_mode, root_device;
  le16 boot_flag;  // 0xaa55
  le16 jump;
  std::uint8_t magic[4];  // "HdrS"
  le16 version;
  std::uint8_t unused1[0x236 - 0x208];
  le16 extended_load_flags;  // bit 0: has a 64-bit entry point
  std::uint8_t unused2[0x248 - 0x238];
  le32 payload_offset;  // from the end of the setup sectors
  le32 payload_bytes;
};
static_assert(sizeof(SetupHeader) == 0x250 - 0x1f1 && alignof(SetupHeader) == 1);
static_assert(offsetof(SetupHeader, payload_offset) == 0x248 - 0x1f1 &&
              offsetof(SetupHeader, version) == 0x206 - 0x1f1);

Error bad_image(const std::string& name, const std::string& why) {
  return {Fault::Input,
          kBadLinuxImage,
          "'" + name + "' is no Linux kernel for x86_64 that faasc can unpack: " + why,
          {},
          {}};
}

std::size_t aligned(std::size_t size) {
  return (size + kPage - 1) / kPage * kPage;
}

}  // namespace

Result<std::string> vmlinux_of(std::string_view bzimage, const std::string& name) {
  SetupHeader header;
  if (bzimage.size() < 0x1f1 + sizeof header) return bad_image(name, "it is too short");
  std::memcpy(&header, bzimage.data() + 0x1f1, sizeof header);
  if (header.boot_flag != 0xaa55 || std::memcmp(header.magic, "HdrS", 4) != 0)
    return bad_image(name, "it is no bzImage");
  if (header.version < 0x208)
    return bad_image(name, "its boot protocol is " + std::to_string(header.version >> 8) + "." +
                               std::to_string(header.version & 0xff) + " where 2.8 or later is needed");
  // Bit 0 came with protocol 2.12, in 2012.
  if (header.version < 0x20c || !(header.extended_load_flags & 1))
    return bad_image(name, "it is for 32-bit machines");
  std::size_t payload_at =
      (std::size_t{header.setup_sectors ? header.setup_sectors : 4u} + 1) * 512 + header.payload_offset;
  std::size_t payload_bytes = header.payload_bytes;
  if (payload_at > bzimage.size() || payload_bytes > bzimage.size() - payload_at || payload_bytes < 8)
    return bad_image(name, "it ends before its compressed part does");
  std::string_view payload = bzimage.substr(payload_at, payload_bytes);

  // The last four bytes say how much comes out. gzip has them anyway, to the others the kernel's build
  // appends them.
  le32 size;
  std::memcpy(&size, payload.data() + payload.size() - sizeof size, sizeof size);
  bool gzip = payload.starts_with("\x1f\x8b");
  std::string packed(gzip ? payload : payload.substr(0, payload.size() - sizeof size));
  if (size > kMaxVmlinuxBytes)
    return bad_image(name, "it says that it unpacks to " + std::to_string(size) + " bytes");
  FAASC_TRY(auto stream, decompressed(stream_of_bytes(std::move(packed)), name));
  FAASC_TRY(std::string vmlinux, read_to_end(*stream, kMaxVmlinuxBytes, name));
  if (vmlinux.size() == payload.size() - sizeof size) return bad_image(name, "its compression is not known");
  if (vmlinux.size() != size)
    return bad_image(name, "it unpacks to " + std::to_string(vmlinux.size()) + " bytes where " +
                               std::to_string(size) + " are announced");
  return compact_vmlinux(vmlinux, name);
}

Result<std::string> compact_vmlinux(std::string_view vmlinux, const std::string& name) {
  Elf64_Ehdr header;
  if (vmlinux.size() < sizeof header || std::memcmp(vmlinux.data(), ELFMAG, SELFMAG) != 0)
    return bad_image(name, "what it unpacks to is no ELF file");
  std::memcpy(&header, vmlinux.data(), sizeof header);
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != EM_X86_64)
    return bad_image(name, "what it unpacks to is no ELF file for x86_64");
  std::size_t table_bytes = std::size_t{header.e_phnum} * sizeof(Elf64_Phdr);
  if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phoff > vmlinux.size() ||
      table_bytes > vmlinux.size() - header.e_phoff)
    return bad_image(name, "its program headers are damaged");
  std::vector<Elf64_Phdr> segments(header.e_phnum);
  std::memcpy(segments.data(), vmlinux.data() + header.e_phoff, table_bytes);

  std::string out(aligned(sizeof header + table_bytes), '\0');
  std::vector<Elf64_Phdr> moved = segments;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const Elf64_Phdr& segment = segments[i];
    if (segment.p_offset > vmlinux.size() || segment.p_filesz > vmlinux.size() - segment.p_offset ||
        (segment.p_type == PT_LOAD && segment.p_filesz > segment.p_memsz))
      return bad_image(name, "a segment of it reaches beyond its end");
    if (segment.p_type != PT_LOAD) continue;
    std::string_view bytes = vmlinux.substr(segment.p_offset, segment.p_filesz);
    std::size_t last = bytes.find_last_not_of('\0');
    bytes = bytes.substr(0, last == std::string_view::npos ? 0 : last + 1);
    // The offset keeps its distance from the address modulo a page, as mapping loaders want it.
    moved[i].p_offset = out.size() + segment.p_vaddr % kPage;
    moved[i].p_filesz = bytes.size();
    moved[i].p_align = kPage;
    out.append(segment.p_vaddr % kPage, '\0');
    out += bytes;
    out.resize(aligned(out.size()), '\0');
  }
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const Elf64_Phdr& other = segments[i];
    if (other.p_type == PT_LOAD) continue;
    bool inside = false;
    for (std::size_t k = 0; k < segments.size() && !inside; ++k) {
      const Elf64_Phdr& load = segments[k];
      inside = load.p_type == PT_LOAD && other.p_offset >= load.p_offset &&
               other.p_offset - load.p_offset + other.p_filesz <= moved[k].p_filesz;
      if (inside) moved[i].p_offset = moved[k].p_offset + (other.p_offset - load.p_offset);
    }
    if (inside || other.p_filesz == 0) continue;
    moved[i].p_offset = out.size();
    out += vmlinux.substr(other.p_offset, other.p_filesz);
    out.resize(aligned(out.size()), '\0');
  }
  header.e_phoff = sizeof header;
  header.e_shoff = 0;
  header.e_shnum = 0;
  header.e_shstrndx = 0;
  std::memcpy(out.data(), &header, sizeof header);
  std::memcpy(out.data() + sizeof header, moved.data(), table_bytes);
  return out;
}

}  // namespace faasc
