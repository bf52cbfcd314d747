/* SPDX-License-Identifier: MIT */
/*
 * Where a new CPU starts: in real mode, in a page below 1 MiB, with nothing set up. This code
 * is copied there (smpboot.c), so it knows no address but its segment; all else is in the
 * header. The page is mapped where it is by page tables of its own, until the jump into the
 * kernel.
 */
#include <asm/segment.h>

#define HEADER_BASE	4
#define HEADER_CR3	8
#define HEADER_CR4	12
#define HEADER_EFER	16
#define HEADER_HAS_EFER 20
#define HEADER_STACK	24
#define HEADER_ENTRY	28
#define HEADER_CPU	32
#define HEADER_SIZE	36

#define MSR_EFER   0xc0000080
#define CR0_PE	   0x00000001
#define CR0_PG_WP  0x80010000
#define CR0_CD_NW  0x60000000

	.section .rodata, "a"
	.balign 16
	.globl trampoline_start
trampoline_start:
	.code16
	jmp 1f
	.org trampoline_start + HEADER_SIZE
1:	cli
	cld
	movw %cs, %ax
	movw %ax, %ds
	movl HEADER_BASE, %ebp
	leal (gdt - trampoline_start)(%ebp), %eax
	movl %eax, gdt_pointer + 2 - trampoline_start
	leal (protected - trampoline_start)(%ebp), %eax
	movl %eax, far_pointer - trampoline_start
	lgdtl gdt_pointer - trampoline_start
	movl %cr0, %eax
	orl $CR0_PE, %eax
	movl %eax, %cr0
	ljmpl *(far_pointer - trampoline_start)

	.code32
protected:
	movw $__KERNEL_DS, %ax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %ss
	movl HEADER_CR4(%ebp), %eax
	movl %eax, %cr4
	movl HEADER_CR3(%ebp), %eax
	movl %eax, %cr3
	cmpl $0, HEADER_HAS_EFER(%ebp)
	je 1f
	movl $MSR_EFER, %ecx
	rdmsr
	orl HEADER_EFER(%ebp), %eax
	wrmsr
1:	movl %cr0, %eax
	andl $~CR0_CD_NW, %eax
	orl $CR0_PG_WP, %eax
	movl %eax, %cr0
	movl HEADER_STACK(%ebp), %esp
	movl HEADER_CPU(%ebp), %eax
	movl HEADER_ENTRY(%ebp), %edx
	xorl %ebp, %ebp
	pushl $0			/* nobody called: traces end here */
	jmp *%edx

	.balign 8
gdt:
	.quad 0
	.quad 0x00cf9a000000ffff	/* __KERNEL_CS */
	.quad 0x00cf92000000ffff	/* __KERNEL_DS */
gdt_pointer:
	.word . - gdt - 1
	.long 0
far_pointer:
	.long 0
	.word __KERNEL_CS
	.globl trampoline_end
trampoline_end:

	.section .note.GNU-stack, "", @progbits
