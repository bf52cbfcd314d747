/* SPDX-License-Identifier: MIT */
/* The machine's interrupt controllers: which there are, and setting them up. */
#ifndef _ASM_IRQ_H
#define _ASM_IRQ_H

#include <linux/types.h>
#include <asm/irq_vectors.h>

/*
 * In the boot, interrupts off.
 *
 * acpi_boot_init() reads the ACPI tables while the boot's page tables are still there: after
 * parse_early_params(), before mm_init(), which may give the tables' memory away.
 * init_IRQ() chooses the controllers, says which, and lets request_irq() work: after
 * mm_init(), before local_irq_enable().
 */
void acpi_boot_init(void);
void init_IRQ(void);

#endif
