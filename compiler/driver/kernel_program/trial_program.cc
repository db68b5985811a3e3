#include "compiler/driver/kernel_program/trial_program.h"

#include <cstdint>
#include <cstring>

#include <elf.h>

#include "packager/kernels/kernel.h"

namespace faasc {
namespace {

constexpr std::string_view kText = "INFO faasc: listening\n";  // launcher/ready_line.h

constexpr std::uint8_t kX86_64Code[] = {
    0xb8, 1,
    0,    0,
    0,  // mov eax, 1 (write)
    0xbf, 1,
    0,    0,
    0,  // mov edi, 1
    0x48, 0x8d,
    0x35, 16,
    0,    0,
    0,  // lea rsi, [rip + 16]: behind the code
    0xba, kText.size(),
    0,    0,
    0,           // mov edx, size
    0x0f, 0x05,  // syscall
    0xb8, 34,
    0,    0,
    0,           // mov eax, 34 (pause)
    0x0f, 0x05,  // syscall
    0xeb, 0xf7,  // jmp -9
};
static_assert(sizeof kX86_64Code == 33);  // the lea ends at 17

constexpr std::uint32_t kAarch64Code[] = {
    0xd2800808,                                                  // mov x8, 64 (write)
    0xd2800020,                                                  // mov x0, 1
    0x10000141,                                                  // adr x1, . + 40: behind the code
    0xd2800002 | static_cast<std::uint32_t>(kText.size()) << 5,  // mov x2, size
    0xd4000001,                                                  // svc 0
    0xd2800928,                                                  // mov x8, 73 (ppoll)
    0xd2800000,                                                  // mov x0, 0
    0xd2800001,                                                  // mov x1, 0
    0xd2800002,                                                  // mov x2, 0
    0xd2800003,                                                  // mov x3, 0
    0xd4000001,                                                  // svc 0
    0x17fffffa,                                                  // b . - 24
};
static_assert(sizeof kAarch64Code ==
              2 * 4 + 40);  // the adr is the third instruction, and the text 40 bytes on

}  // namespace

std::string trial_program(std::string_view architecture) {
  const bool arm = architecture == kAarch64;
  const std::string_view code =
      arm ? std::string_view(reinterpret_cast<const char*>(kAarch64Code), sizeof kAarch64Code)
          : std::string_view(reinterpret_cast<const char*>(kX86_64Code), sizeof kX86_64Code);
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_EXEC;
  header.e_machine = arm ? EM_AARCH64 : EM_X86_64;
  header.e_version = EV_CURRENT;
  header.e_entry = kTrialProgramAddress + sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr);
  header.e_phoff = sizeof(Elf64_Ehdr);
  header.e_ehsize = sizeof(Elf64_Ehdr);
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = 1;
  Elf64_Phdr segment{};
  segment.p_type = PT_LOAD;
  segment.p_flags = PF_R | PF_X;
  segment.p_vaddr = segment.p_paddr = kTrialProgramAddress;
  segment.p_filesz = segment.p_memsz = sizeof header + sizeof segment + code.size() + kText.size();
  segment.p_align = 0x1000;

  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  bytes.append(reinterpret_cast<const char*>(&segment), sizeof segment);
  return bytes.append(code).append(kText);
}

}  // namespace faasc
