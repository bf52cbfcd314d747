/* SPDX-License-Identifier: MIT */
/* The interrupt flag of this CPU. */
#ifndef _ASM_IRQFLAGS_H
#define _ASM_IRQFLAGS_H

#define X86_EFLAGS_IF 0x200UL

static inline unsigned long arch_local_save_flags(void)
{
	unsigned long flags;

	asm volatile("pushf; pop %0" : "=rm"(flags) : : "memory");
	return flags;
}

static inline void arch_local_irq_disable(void)
{
	asm volatile("cli" : : : "memory");
}

static inline void arch_local_irq_enable(void)
{
	asm volatile("sti" : : : "memory");
}

static inline void arch_local_irq_restore(unsigned long flags)
{
	asm volatile("push %0; popf" : : "rm"(flags) : "memory", "cc");
}

#endif
