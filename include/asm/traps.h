/* SPDX-License-Identifier: MIT */
/* The vectors: the CPU's own exceptions first, then interrupts. */
#ifndef _ASM_TRAPS_H
#define _ASM_TRAPS_H

#define X86_TRAP_DE  0 /* divide error */
#define X86_TRAP_DB  1 /* debug */
#define X86_TRAP_NMI 2
#define X86_TRAP_BP  3	/* int3 */
#define X86_TRAP_UD  6	/* invalid opcode */
#define X86_TRAP_DF  8	/* double fault */
#define X86_TRAP_GP  13 /* general protection */
#define X86_TRAP_PF  14 /* page fault */

#define NR_EXCEPTIONS 32
#define NR_VECTORS    256 /* asm/irq_vectors.h: who has the others */

/* The error code of a page fault: what was tried, and why not. */
#define X86_PF_PROT  0x01 /* the page is there, its permissions forbid it; else: not present */
#define X86_PF_WRITE 0x02
#define X86_PF_USER  0x04
#define X86_PF_RSVD  0x08 /* an entry on the way has a bit that this CPU reserves */
#define X86_PF_INSTR 0x10 /* an instruction fetch */

struct pt_regs;

/* Loads the IDT; all interrupt lines are masked. Once, after gdt_init(). */
void trap_init(void);

/*
 * Who takes the interrupts of a vector (32 .. 255): called with interrupts off.
 * NULL: nobody, one is reported as unexpected. To take a vector from another is reported.
 */
typedef void (*interrupt_handler_t)(struct pt_regs *regs);
void set_interrupt_handler(unsigned int vector, interrupt_handler_t handler);

#endif
