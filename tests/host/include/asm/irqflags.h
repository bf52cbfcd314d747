/* SPDX-License-Identifier: MIT */
/*
 * The interrupt flag on the host: a variable. An interrupt can arrive wherever the flag is
 * set; what it finds differs only before interrupts are masked and after they are not. So
 * that is where host_interrupt(), if there is one, is called.
 */
#ifndef _TESTS_HOST_ASM_IRQFLAGS_H
#define _TESTS_HOST_ASM_IRQFLAGS_H

#define X86_EFLAGS_IF 0x200UL

extern unsigned long host_eflags;
extern void (*host_interrupt)(void);

static inline void host_interrupt_may_come(void)
{
	if ((host_eflags & X86_EFLAGS_IF) && host_interrupt)
		host_interrupt();
}

static inline unsigned long arch_local_save_flags(void)
{
	return host_eflags;
}

static inline void arch_local_irq_disable(void)
{
	host_interrupt_may_come();
	host_eflags = 0;
}

static inline void arch_local_irq_restore(unsigned long flags)
{
	host_eflags = flags;
	host_interrupt_may_come();
}

static inline void arch_local_irq_enable(void)
{
	arch_local_irq_restore(X86_EFLAGS_IF);
}

#endif
