# A guest that is its own kernel, for VMMs of which this host's KVM may be too slow to boot a real one: loaded
# by the PVH protocol, it begins in 32-bit protected mode with the address of hvm_start_info in EBX. What it
# does, the first letter of its command line says:
#
#   s  says that it listens, and resets the machine when a key is pressed (Ctrl-Alt-Del is three)
#   e  says what our init says of a program that ended with status 7, and powers off
#   q  says nothing, for ever
#   r  says that it listens, and resets the machine
#   c  says that it listens, and brings the processor to a triple fault
#   d  tells of the virtio-mmio devices that its command line names, and then does as s: of a card its address,
#      of a disk how its first sector begins, with | for what cannot be printed. Where it may write to a disk,
#      the second sector then begins with "written by the guest"

        .code32
        .section .note.pvh, "a", @note
        .long 4, 4, 18                          # XEN_ELFNOTE_PHYS32_ENTRY
        .asciz "Xen"
        .long _start

        .text
        .globl _start
_start: mov $stack, %esp
        mov 0x18(%ebx), %esi                    # hvm_start_info::cmdline_paddr
        mov (%esi), %bl
        cmp $'q', %bl
        je forever
        cmp $'e', %bl
        je ends
        cmp $'d', %bl
        je devices
serves: mov $listens, %esi
        call print
        cmp $'r', %bl
        je resets
        cmp $'c', %bl
        je crashes
        mov $0x64, %dx                          # the keyboard controller's status
wait:   in %dx, %al
        test $1, %al                            # a byte is there to be read
        jz wait
        mov $asked, %esi
        call print
        jmp off
ends:   mov $ended, %esi
        call print
off:    mov $0x34, %al                          # SLP_EN and the type of S5
        mov $0x600, %dx                         # Cloud Hypervisor's port of ACPI's sleep control
        out %al, %dx
resets: mov $0xfe, %al
        out %al, $0x64                          # pulse the processor's reset line
forever:
        hlt
        jmp forever
crashes:
        lidt nowhere
        int3

# "… virtio_mmio.device=4K@0xc0001000:5 …": the address of the next one goes to EBP.
devices:
        lodsb
        test %al, %al
        jz serves
        cmp $'@', %al
        jne devices
        add $2, %esi                            # 0x
        xor %ebp, %ebp
digit:  lodsb
        cmp $':', %al
        je device
        sub $'0', %al
        cmp $9, %al
        jbe 1f
        sub $('a' - '0' - 10), %al
1:      shl $4, %ebp
        movzbl %al, %eax
        or %eax, %ebp
        jmp digit
device: push %esi
        mov 0x08(%ebp), %eax                    # DeviceID
        cmp $1, %eax
        je card
        cmp $2, %eax
        je disk
told:   pop %esi
        jmp devices

card:   mov $card_is, %esi
        call print
        lea 0x100(%ebp), %esi                   # virtio_net_config::mac
        mov $6, %ecx
1:      lodsb
        mov %al, %ah
        shr $4, %al
        call print_digit
        mov %ah, %al
        and $15, %al
        call print_digit
        loop 1b
        call print_end
        jmp told

disk:   mov $disk_is, %esi
        call print
        movl $0, 0x70(%ebp)                     # Status: reset, ACKNOWLEDGE, DRIVER
        movl $1, 0x70(%ebp)
        movl $3, 0x70(%ebp)
        movl $1, 0x24(%ebp)                     # DriverFeatures: VIRTIO_F_VERSION_1
        movl $1, 0x20(%ebp)
        movl $0, 0x24(%ebp)
        movl $0, 0x20(%ebp)
        movl $11, 0x70(%ebp)                    # FEATURES_OK
        movl $0, 0x30(%ebp)                     # the only queue, of four descriptors
        movl $4, 0x38(%ebp)
        movl $descriptors, 0x80(%ebp)
        movl $0, 0x84(%ebp)
        movl $available, 0x90(%ebp)
        movl $0, 0x94(%ebp)
        movl $used, 0xa0(%ebp)
        movl $0, 0xa4(%ebp)
        movl $0, available
        movl $0, used
        movl $1, 0x44(%ebp)                     # QueueReady
        movl $15, 0x70(%ebp)                    # DRIVER_OK
        movl $0, request                        # VIRTIO_BLK_T_IN
        movl $0, sector
        movw $3, data_flags                     # NEXT, and the device writes
        call transfer
        mov $data, %esi
        mov $192, %ecx
1:      lodsb
        cmp $' ', %al
        jb 2f
        cmp $'~', %al
        jbe 3f
2:      mov $'|', %al
3:      call print_byte
        loop 1b
        call print_end
        movl $0, 0x14(%ebp)                     # DeviceFeatures: VIRTIO_BLK_F_RO
        testl $0x20, 0x10(%ebp)
        jnz told
        mov $written, %esi
        mov $data, %edi
        mov $(written_end - written), %ecx
        rep movsb
        movl $1, request                        # VIRTIO_BLK_T_OUT
        movl $1, sector
        movw $1, data_flags                     # NEXT
        call transfer
        jmp told

# All requests are the chain that begins with the first descriptor.
transfer:
        incw available + 2
        movl $0, 0x50(%ebp)                     # QueueNotify
        mov available + 2, %ax
1:      pause
        cmp used + 2, %ax
        jne 1b
        ret

print_digit:
        cmp $10, %al
        jb 1f
        add $('a' - '0' - 10), %al
1:      add $'0', %al
        jmp print_byte
print_end:
        mov $'\n', %al
print_byte:
        mov $0x3f8, %dx
        out %al, %dx
        ret

print:  lodsb
        test %al, %al
        jz 1f
        mov $0x3f8, %dx
        out %al, %dx
        jmp print
1:      ret

        .data
listens: .asciz "INFO faasc: listening port=8080\n"
asked:  .asciz "asked to end\n"
ended:  .asciz "faasc-init: program exited with status 7\n"
nowhere: .short 0
        .long 0
card_is: .asciz "card "
disk_is: .asciz "disk "
written: .ascii "written by the guest"
written_end:

        .balign 16
descriptors:                                    # address, length, flags, next
        .quad request
        .long 16
        .short 1, 1
        .quad data
        .long 512
data_flags:
        .short 3, 2
        .quad status
        .long 1
        .short 2, 0
        .skip 16
request: .long 0, 0                             # virtio_blk_req
sector: .quad 0

        .bss
        .balign 16
available:                                      # flags, index, four heads: all the first descriptor
        .skip 16
used:   .skip 64
data:   .skip 512
status: .skip 16
        .skip 4096
stack:
        .section .note.GNU-stack, "", @progbits
