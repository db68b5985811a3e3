/* Sector 0 of a Linux disk that a BIOS boots: reads the pieces that its table names, copies each to where it belongs
 * in memory, and starts the kernel by the 16-bit boot protocol (Documentation/arch/x86/boot.rst). It understands none
 * of what it loads. Whoever wrote the disk (packager/disk/linux_disk) has put into the kernel's header what a boot
 * loader has to say, and into the table
 *
 *   the kernel's real-mode part → 0x20000    the command line → 0x2e000
 *   the rest of the kernel     → 0x100000    the initramfs    → behind where the kernel unpacks itself
 *
 * When something cannot be read, it says so on the screen and on COM1, and resets the machine. */
.intel_syntax noprefix
.code16

.set BUFFER, 0x10000            /* where the BIOS reads to, 32 KiB at a time */
.set CHUNK, 64                  /* sectors */
.set REAL_MODE, 0x2000          /* segment of the kernel's real-mode part */
.set STACK_END, 0xe000          /* as the header's heap_end_ptr says, and a little more */

.section .text
.globl start
start:
  cli
  xor ax, ax
  mov ds, ax
  mov es, ax
  mov ss, ax
  mov sp, 0x7c00
  sti
  cld
  mov [drive], dl

  mov si, offset pieces
next_piece:
  mov eax, [si + 8]             /* how many sectors are left of it */
  test eax, eax
  jz start_kernel
next_chunk:
  cmp eax, CHUNK
  jbe 1f
  mov eax, CHUNK
1:
  mov [packet_count], ax
  mov eax, [si]
  mov [packet_sector], eax
  push si
  mov si, offset packet
  mov ah, 0x42                  /* extended read */
  mov dl, [drive]
  int 0x13
  pop si
  jc failed

  mov eax, [si + 4]
  mov [to_base], ax
  shr eax, 16
  mov [to_base + 2], al
  mov [to_base_high], ah
  push si
  mov si, offset gdt
  mov cx, [packet_count]
  shl cx, 8                     /* in words */
  mov ah, 0x87                  /* copy above 1 MiB */
  int 0x15
  pop si
  jc failed
  xor ax, ax                    /* some BIOSes forget the segments */
  mov ds, ax
  mov es, ax

  movzx eax, word ptr [packet_count]
  add [si], eax
  sub [si + 8], eax
  mov ecx, eax
  shl ecx, 9
  add [si + 4], ecx
  mov eax, [si + 8]
  test eax, eax
  jnz next_chunk
  add si, 12
  cmp si, offset pieces_end
  jb next_piece

start_kernel:
  cli
  mov ax, REAL_MODE
  mov ds, ax
  mov es, ax
  mov fs, ax
  mov gs, ax
  mov ss, ax
  mov sp, STACK_END
  ljmp REAL_MODE + 0x20, 0

failed:
  mov si, offset message
1:
  lodsb
  test al, al
  jz reset
  mov cl, al
  mov ah, 0x0e
  mov bx, 7
  int 0x10
  mov dx, 0x3fd                 /* a port that is not there reads as ready */
2:
  in al, dx
  test al, 0x20
  jz 2b
  mov dl, 0xf8
  mov al, cl
  out dx, al
  jmp 1b
reset:
  lidt [no_interrupts]          /* a fault that cannot be handled resets every PC */
  int3

message:
  .asciz "faasc: cannot load the kernel from the disk\r\n"
no_interrupts:
  .word 0
  .long 0

  .balign 4
packet:
  .byte 16, 0
packet_count:
  .word 0
  .word 0, BUFFER >> 4
packet_sector:
  .long 0, 0

gdt:
  .quad 0, 0
  .word 0xffff, BUFFER & 0xffff
  .byte BUFFER >> 16, 0x93, 0, 0
  .word 0xffff
to_base:
  .word 0
  .byte 0, 0x93, 0
to_base_high:
  .byte 0
  .quad 0, 0

drive:
  .byte 0

  .org 0x180                    /* LinuxBootSector in packager/disk/linux_boot_sector.h */
  .ascii "FAASCLNX"
pieces:
  .fill 48
pieces_end:
  .org 510
  .word 0xaa55
