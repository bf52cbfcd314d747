/* SPDX-License-Identifier: MIT */
/*
 * Masking this CPU's interrupts. local_irq_save() keeps the state in `flags`
 * (an unsigned long lvalue), so that save and restore nest. Any context.
 */
#ifndef _LINUX_IRQFLAGS_H
#define _LINUX_IRQFLAGS_H

#include <linux/types.h>
#include <asm/irqflags.h>

#define local_irq_disable() arch_local_irq_disable()
#define local_irq_enable()  arch_local_irq_enable()

#define local_save_flags(flags)                    \
	do {                                       \
		(flags) = arch_local_save_flags(); \
	} while (0)

#define local_irq_save(flags)                      \
	do {                                       \
		(flags) = arch_local_save_flags(); \
		arch_local_irq_disable();          \
	} while (0)

#define local_irq_restore(flags) arch_local_irq_restore(flags)

#define irqs_disabled_flags(flags) (!((flags)&X86_EFLAGS_IF))
#define irqs_disabled()		   irqs_disabled_flags(arch_local_save_flags())

#endif
