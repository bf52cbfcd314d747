/* SPDX-License-Identifier: MIT */
/*
 * The 8254 interval timer: three 16-bit counters that count down at PIT_HZ.
 *
 *	channel 0	interrupts on IRQ 0 (kernel/x86/pit.c)
 *	channel 1	once refreshed memory
 *	channel 2	the loudspeaker's; its output can be read (kernel/x86/tsc.c)
 */
#ifndef _ASM_PIT_H
#define _ASM_PIT_H

#include <linux/types.h>
#include <asm/io.h>

#define PIT_HZ 1193182

#define PIT_CHANNEL_0 0x40
#define PIT_CHANNEL_2 0x42
#define PIT_MODE      0x43

/* What is written to PIT_MODE: a channel, how it is loaded, what it does. */
#define PIT_SELECT_0   0x00
#define PIT_SELECT_2   0x80
#define PIT_LATCH      0x00 /* holds the count until it has been read */
#define PIT_BOTH_BYTES 0x30 /* low, then high */
#define PIT_ONE_SHOT   0x00 /* mode 0: the output rises when the count has become 0 */

/* Channel 2's gate, and its output */
#define PIT_GATE       0x61
#define PIT_GATE_ON    0x01
#define PIT_SPEAKER_ON 0x02
#define PIT_OUTPUT     0x20

/* Where a channel's count is: `select` and `port` name the same one. All ones without a PIT. */
static inline unsigned int pit_read_count(u8 select, u16 port)
{
	unsigned int low;

	outb(select | PIT_LATCH, PIT_MODE);
	low = inb(port);
	return low | inb(port) << 8;
}

/* Makes channel 0 the clock event device of the boot CPU; false: there is no PIT. */
bool pit_timer_init(void);

/* The same with this CPU's local APIC; false: it has none, or its timer does not count. */
bool lapic_timer_init(void);

#endif
