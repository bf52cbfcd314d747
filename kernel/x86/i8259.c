// SPDX-License-Identifier: MIT
/*
 * The two 8259 interrupt controllers of every PC since 1984: 8 lines each, the second
 * one's output on line 2 of the first.
 *
 *	timer    -> 0 +-------+                   RTC -> 8  +--------+
 *	keyboard -> 1 | first |---> INTR of the CPU,     9  | second |---+
 *	       +--> 2 |       |     or LINT0 of       ...   |        |   |
 *	       |   ...7-------+     its local APIC      15  +--------+   |
 *	       +----------------------------------------------------------+
 *
 * Each has three words of 8 bits: IRR (lines that ask), ISR (lines being served) and IMR
 * (lines masked). The CPU's acknowledge moves the most urgent line from IRR to ISR; the line,
 * and those less urgent, are then held back until an end of interrupt (EOI) clears it. A line
 * is edge-triggered, or level-triggered if the chip set's ELCR says so; an edge stays in
 * IRR while it is masked, so that nothing is lost by masking.
 *
 * A request that is gone again when the CPU acknowledges leaves the chip without an answer:
 * it then says "7" (the second: "15") without a bit in ISR. Such a spurious interrupt is
 * counted and dropped. If it was the second's, the first is serving its line 2 all the same,
 * and wants the EOI for that.
 *
 * Where the IOAPIC is used, all that is left of this is init_8259A().
 *
 * Locking: i8259A_lock, a leaf, covers the ports' two-step accesses and cached_irq_mask.
 */
#include <linux/irq.h>
#include <linux/printk.h>
#include <linux/spinlock.h>
#include <asm/io.h>
#include <asm/ptrace.h>
#include <asm/traps.h>
#include "irq.h"

#define PIC1_COMMAND 0x20
#define PIC1_DATA    0x21
#define PIC2_COMMAND 0xa0
#define PIC2_DATA    0xa1
#define ELCR1	     0x4d0 /* a bit a line: level-triggered */
#define ELCR2	     0x4d1

/* Initialisation command words: what a write to the command port with bit 4 begins. */
#define ICW1_INIT   0x11 /* edge-triggered, cascaded, ICW4 follows */
#define ICW3_MASTER 0x04 /* the second one sits on line 2 */
#define ICW3_SLAVE  0x02
#define ICW4_8086   0x01

#define OCW2_SPECIFIC_EOI 0x60 /* of the line in bits 0-2 */
#define OCW3_READ_ISR	  0x0b

#define CASCADE_IRQ 2
#define ALWAYS_EDGE 0x2107 /* timer, keyboard, cascade, RTC, FPU: else the ELCR is none */

static DEFINE_SPINLOCK(i8259A_lock);
static u16 cached_irq_mask = 0xffff; /* both IMRs */

static void init_one(u16 command, u16 data, u8 first_vector, u8 cascade)
{
	outb(ICW1_INIT, command);
	io_delay();
	outb(first_vector, data);
	io_delay();
	outb(cascade, data);
	io_delay();
	outb(ICW4_8086, data);
	io_delay();
	outb(0xff, data);
}

void init_8259A(void)
{
	init_one(PIC1_COMMAND, PIC1_DATA, ISA_IRQ_VECTOR(0), ICW3_MASTER);
	init_one(PIC2_COMMAND, PIC2_DATA, ISA_IRQ_VECTOR(8), ICW3_SLAVE);
}

static void write_mask(unsigned int irq)
{
	if (irq < 8)
		outb(cached_irq_mask & 0xff, PIC1_DATA);
	else
		outb(cached_irq_mask >> 8, PIC2_DATA);
}

static void set_masked(unsigned int irq, bool masked)
{
	unsigned long flags;

	spin_lock_irqsave(&i8259A_lock, flags);
	if (masked)
		cached_irq_mask |= BIT(irq);
	else
		cached_irq_mask &= ~BIT(irq);
	write_mask(irq);
	spin_unlock_irqrestore(&i8259A_lock, flags);
}

static void disable_8259A_irq(struct irq_data *data)
{
	set_masked(data->hwirq, true);
}

static void enable_8259A_irq(struct irq_data *data)
{
	set_masked(data->hwirq, false);
}

static void send_eoi(unsigned int irq)
{
	if (irq >= 8) {
		outb(OCW2_SPECIFIC_EOI | (irq - 8), PIC2_COMMAND);
		irq = CASCADE_IRQ;
	}
	outb(OCW2_SPECIFIC_EOI | irq, PIC1_COMMAND);
}

/* In this order: a level that is still up would interrupt again at once. */
static void mask_and_ack_8259A(struct irq_data *data)
{
	unsigned long flags;

	set_masked(data->hwirq, true);
	spin_lock_irqsave(&i8259A_lock, flags);
	send_eoi(data->hwirq);
	spin_unlock_irqrestore(&i8259A_lock, flags);
}

/* irq_disable is set: a disabled line is masked at once, for here no edge is lost by that. */
static const struct irq_chip i8259A_chip = {
	.name = "XT-PIC",
	.irq_mask = disable_8259A_irq,
	.irq_disable = disable_8259A_irq,
	.irq_unmask = enable_8259A_irq,
	.irq_mask_ack = mask_and_ack_8259A,
};

static bool in_service(unsigned int irq)
{
	u16 command = irq < 8 ? PIC1_COMMAND : PIC2_COMMAND;
	unsigned long flags;
	u8 isr;

	spin_lock_irqsave(&i8259A_lock, flags);
	outb(OCW3_READ_ISR, command);
	isr = inb(command);
	spin_unlock_irqrestore(&i8259A_lock, flags);
	return isr & BIT(irq & 7);
}

static void i8259_interrupt(struct pt_regs *regs)
{
	unsigned int irq = regs->orig_ax - FIRST_EXTERNAL_VECTOR;

	if ((irq == 7 || irq == 15) && !in_service(irq)) {
		atomic_inc(&irq_spurious_count);
		pr_debug("spurious 8259A interrupt: IRQ%u.\n", irq);
		if (irq == 15)
			outb(OCW2_SPECIFIC_EOI | CASCADE_IRQ, PIC1_COMMAND);
		return;
	}
	generic_handle_irq(irq);
}

/* A machine without the register answers with all ones, or with some other device's. */
static u16 level_triggered_lines(void)
{
	u16 elcr = inb(ELCR1) | inb(ELCR2) << 8;

	return elcr & ALWAYS_EDGE ? 0 : elcr;
}

/* Of the lines, the cascade is nobody's. Its mask stays open: the second chip's are behind it. */
void i8259_setup_irqs(void)
{
	u16 level = level_triggered_lines();
	unsigned int irq;

	for (irq = 0; irq < NR_IRQS_LEGACY; irq++) {
		if (irq == CASCADE_IRQ)
			continue;
		irq_get_irq_data(irq)->hwirq = irq;
		irq_get_irq_data(irq)->trigger = level & BIT(irq) ? IRQ_TYPE_LEVEL_LOW
								  : IRQ_TYPE_EDGE_RISING;
		irq_set_chip_and_handler(irq, &i8259A_chip, handle_level_irq);
		set_interrupt_handler(ISA_IRQ_VECTOR(irq), i8259_interrupt);
	}
	set_masked(CASCADE_IRQ, false);
}
