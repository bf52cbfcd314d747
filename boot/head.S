/* SPDX-License-Identifier: MIT */
/*
 * From the loader to C.
 *
 * A Multiboot loader enters at _start in 32-bit protected mode, paging off,
 * with a magic number in %eax and the physical address of its information
 * structure in %ebx. This file
 *
 *   1. clears bss (nobody else may be trusted to have done it),
 *   2. refuses, by a sentence on the serial line, too little RAM or a CPU without PAE,
 *   3. maps the first GiB of physical memory twice, at 0 and at PAGE_OFFSET,
 *      by one page directory of 2 MiB pages that two PDPT entries share:
 *
 *          PDPT[0] ---+--> boot_pd: 0..2M, 2M..4M, ... 1022M..1024M
 *          PDPT[3] ---+
 *
 *   4. jumps to the higher half and calls start_kernel(magic, mbi).
 *
 * mm/pgtable.c replaces these tables by the final ones, where the identity
 * mapping is gone and permissions are exact.
 */
#include <asm/segment.h>

#define PAGE_OFFSET 0xC0000000
#define PHYS(symbol) ((symbol) - PAGE_OFFSET)

#define MULTIBOOT_MAGIC 0x1BADB002
#define MULTIBOOT_FLAGS 0x00000003 /* modules on page boundaries; memory information */

#define COM1 0x3f8
#define CPUID_EDX_PAE (1 << 6)
#define CR0_PG_WP 0x80010000
#define CR4_PAE (1 << 5)
#define EFLAGS_ID (1 << 21)
#define STACK_PATTERN 0x5a5aa5a5
#define LARGE_PAGE_RW_PRESENT 0x83

	.section .multiboot, "a"
	.balign 4
	.long MULTIBOOT_MAGIC
	.long MULTIBOOT_FLAGS
	.long -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)

	.section .boot.text, "ax"
	.code32
	.globl _start
	.type _start, @function
_start:
	cli
	cld
	movl %eax, %ebp			/* %ebp, %ebx: what the loader said, kept to the end */

	movl $PHYS(__bss_start), %edi
	movl $PHYS(__bss_end), %ecx
	subl %edi, %ecx
	shrl $2, %ecx
	xorl %eax, %eax
	rep stosl

	movl $PHYS(init_stack_end), %esp
	movl $too_small_message, %esi
	pushl $STACK_PATTERN		/* is there RAM behind the whole image? */
	popl %eax
	cmpl $STACK_PATTERN, %eax
	jne refuse
	call require_pae

	movl $PHYS(boot_pd), %edi
	movl $LARGE_PAGE_RW_PRESENT, %eax
	movl $512, %ecx
1:	movl %eax, (%edi)
	addl $0x200000, %eax
	addl $8, %edi
	loop 1b
	movl $PHYS(boot_pd) + 1, %eax
	movl %eax, PHYS(boot_pdpt)
	movl %eax, PHYS(boot_pdpt) + 24

	movl %cr4, %eax
	orl $CR4_PAE, %eax
	movl %eax, %cr4
	movl $PHYS(boot_pdpt), %eax
	movl %eax, %cr3
	movl %cr0, %eax
	orl $CR0_PG_WP, %eax
	movl %eax, %cr0

	lgdt boot_gdt_descriptor
	ljmp $__KERNEL_CS, $higher_half
	.size _start, . - _start

/* Returns if CPUID says PAE; else that is said, and the machine stops. */
	.type require_pae, @function
require_pae:
	pushl %ebx
	pushfl
	popl %eax
	movl %eax, %ecx
	xorl $EFLAGS_ID, %eax
	pushl %eax
	popfl
	pushfl
	popl %eax
	pushl %ecx
	popfl
	xorl %ecx, %eax
	testl $EFLAGS_ID, %eax
	jz 1f
	movl $1, %eax
	cpuid
	testl $CPUID_EDX_PAE, %edx
	jz 1f
	popl %ebx
	ret
1:	movl $no_pae_message, %esi
	jmp refuse
	.size require_pae, . - require_pae

/* Prints the string at %esi and stops. Uses no stack: there may be no RAM. */
	.type refuse, @function
refuse:
	movw $COM1 + 1, %dx		/* 115200 baud, 8n1, polled */
	xorb %al, %al
	outb %al, %dx
	movw $COM1 + 3, %dx
	movb $0x80, %al
	outb %al, %dx
	movw $COM1, %dx
	movb $1, %al
	outb %al, %dx
	movw $COM1 + 1, %dx
	xorb %al, %al
	outb %al, %dx
	movw $COM1 + 3, %dx
	movb $0x03, %al
	outb %al, %dx
1:	movw $COM1 + 5, %dx
	movl $0x10000, %ecx		/* a bound, should there be no UART */
2:	inb %dx, %al
	testb $0x20, %al
	loopz 2b
	lodsb
	testb %al, %al
	jz 3f
	movw $COM1, %dx
	outb %al, %dx
	jmp 1b
3:	movw $0xf4, %dx			/* QEMU's isa-debug-exit: status 37, as for a panic */
	movl $0x12, %eax
	outl %eax, %dx
4:	cli
	hlt
	jmp 4b
	.size refuse, . - refuse

	.section .boot.data, "a"
too_small_message:
	.asciz "memkern: there is less RAM than the kernel itself needs: give the machine 4 MiB or more.\r\n"
no_pae_message:
	.asciz "memkern: this CPU has no PAE (physical address extension), which memkern needs. Any x86 since the Pentium Pro has it; in QEMU use -cpu max.\r\n"

	.balign 8
boot_gdt:
	.quad 0
	.quad 0x00cf9a000000ffff	/* __KERNEL_CS: flat, execute and read */
	.quad 0x00cf92000000ffff	/* __KERNEL_DS: flat, read and write */
	.quad 0x00cf92000000ffff	/* __KERNEL_PERCPU: base 0, the boot CPU's offset */
boot_gdt_descriptor:
	.word . - boot_gdt - 1
	.long boot_gdt

	.text
	.type higher_half, @function
higher_half:
	.cfi_startproc
	.cfi_undefined eip		/* nobody called this: traces end here */
	movl $__KERNEL_DS, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	movl %eax, %gs
	movl $__KERNEL_PERCPU, %eax
	movl %eax, %fs
	movl $init_stack_end, %esp
	pushl $0
	movl %ebp, %eax
	movl %ebx, %edx
	xorl %ebp, %ebp
	call start_kernel
1:	cli
	hlt
	jmp 1b
	.cfi_endproc
	.size higher_half, . - higher_half

	.section .bss..page_aligned, "aw", @nobits
	.balign 4096
boot_pd:
	.skip 4096
	.globl boot_pdpt
boot_pdpt:
	.skip 4096

	.section .note.GNU-stack, "", @progbits
