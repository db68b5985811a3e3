# A guest that is its own kernel, for VMMs of which this host's KVM may be too slow to boot a real one: loaded
# by the PVH protocol, it begins in 32-bit protected mode with the address of hvm_start_info in EBX. What it
# does, the first letter of its command line says:
#
#   s  says that it listens, and resets the machine when a key is pressed (Ctrl-Alt-Del is three)
#   e  says what our init says of a program that ended with status 7, and powers off
#   q  says nothing, for ever
#   r  says that it listens, and resets the machine
#   c  says that it listens, and brings the processor to a triple fault

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
        mov $listens, %esi
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

        .bss
        .skip 4096
stack:
        .section .note.GNU-stack, "", @progbits
