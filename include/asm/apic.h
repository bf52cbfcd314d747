/* SPDX-License-Identifier: MIT */
/*
 * The local APIC: each CPU's own interrupt controller, 4 KiB of registers that every CPU
 * sees at the same address and that are its own for each.
 *
 * Only where lapic_present says so may a register be touched; it is constant from
 * init_IRQ() on. Registers are 32 bits wide, 16 bytes apart.
 */
#ifndef _ASM_APIC_H
#define _ASM_APIC_H

#include <linux/bits.h>
#include <linux/types.h>
#include <asm/fixmap.h>
#include <asm/irq_vectors.h>

#define APIC_ID	     0x020 /* bits 24-31 */
#define APIC_LVR     0x030 /* version; bits 16-23: the last LVT entry */
#define APIC_TASKPRI 0x080 /* interrupts of this class and below wait */
#define APIC_EOI     0x0b0
#define APIC_SPIV    0x0f0 /* the spurious vector, and the switch */
#define APIC_ISR     0x100 /* 8 words, 16 bytes apart: vectors being served */
#define APIC_IRR     0x200 /* and those that wait */
#define APIC_ESR     0x280 /* errors; a write latches them */
#define APIC_ICR     0x300 /* sends an interrupt; bit 12: on its way */
#define APIC_ICR2    0x310 /* bits 24-31: to whom */
#define APIC_LVTT    0x320 /* what each source raises: timer, */
#define APIC_LVTTHMR 0x330 /* heat, */
#define APIC_LVTPC   0x340 /* performance counters, */
#define APIC_LVT0    0x350 /* the pins LINT0 */
#define APIC_LVT1    0x360 /* and LINT1, */
#define APIC_LVTERR  0x370 /* an error */
#define APIC_TMICT   0x380 /* timer: writing the initial count starts it, 0 stops it */
#define APIC_TMCCT   0x390 /* the current count */
#define APIC_TDCR    0x3e0 /* divisor */

#define APIC_SPIV_ENABLED	BIT(8)
#define APIC_LVT_MASKED		BIT(16)
#define APIC_LVT_TIMER_PERIODIC BIT(17) /* else: once */
#define APIC_MODE_NMI		0x400	/* how a pin's interrupt is delivered */
#define APIC_MODE_EXTINT	0x700	/* the 8259 gives the vector */
#define APIC_ICR_BUSY		BIT(12)
#define APIC_DEST_SELF		0x40000
#define APIC_TDR_DIV_1		0xb
#define APIC_TDR_DIV_16		0x3
#define GET_APIC_VERSION(lvr)	((lvr)&0xff)
#define GET_APIC_MAXLVT(lvr)	(((lvr) >> 16) & 0xff)

/* This CPU has a local APIC, it is mapped and switched on, and the kernel uses it. */
extern bool lapic_present;

static inline u32 apic_read(unsigned int reg)
{
	return *(volatile u32 *)(fix_to_virt(FIX_APIC_BASE) + reg);
}

static inline void apic_write(unsigned int reg, u32 value)
{
	*(volatile u32 *)(fix_to_virt(FIX_APIC_BASE) + reg) = value;
}

/* This CPU's interrupt has been served: the next one of its class may come. */
static inline void apic_eoi(void)
{
	apic_write(APIC_EOI, 0);
}

#define ack_APIC_irq() apic_eoi()

static inline unsigned int read_apic_id(void)
{
	return apic_read(APIC_ID) >> 24;
}

/* Sends an interrupt: `what` is the low half of ICR, a vector or a kind of message. Any context. */
void apic_send_ipi(u8 apicid, u32 what);

/* This CPU interrupts itself, as a device would; it comes when interrupts are on. */
void apic_send_self(unsigned int vector);

/* For a vector that nobody has: ends the interrupt if it came through the local APIC. */
void apic_ack_unexpected(unsigned int vector);

#endif
