// SPDX-License-Identifier: MIT
/*
 * The PIT as a clock event device: channel 0 counts down once (mode 0) and raises IRQ 0
 * when it gets to 0. It reaches 55 ms far and costs three port writes to set, so the local APIC
 * is preferred. Only the boot CPU has it.
 */
#include <linux/clockchips.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <asm/pit.h>

#define PIT_IRQ	      0
#define PIT_RATING    110
#define PIT_MIN_TICKS 2
#define PIT_MAX_TICKS 0xffff

static int pit_set_next_event(unsigned long ticks, struct clock_event_device *dev)
{
	outb(PIT_SELECT_0 | PIT_BOTH_BYTES | PIT_ONE_SHOT, PIT_MODE);
	outb(ticks & 0xff, PIT_CHANNEL_0);
	outb(ticks >> 8, PIT_CHANNEL_0);
	return 0;
}

/* Its mode set and no count loaded, it waits for ever. */
static int pit_shutdown(struct clock_event_device *dev)
{
	outb(PIT_SELECT_0 | PIT_BOTH_BYTES | PIT_ONE_SHOT, PIT_MODE);
	return 0;
}

static struct clock_event_device pit = {
	.name = "pit",
	.rating = PIT_RATING,
	.set_next_event = pit_set_next_event,
	.set_state_shutdown = pit_shutdown,
};

static irqreturn_t pit_interrupt(int irq, void *dev_id)
{
	pit.event_handler(&pit);
	return IRQ_HANDLED;
}

/*
 * Where nobody answers, the bus says all ones for ever; a count moves away from there, within
 * a microsecond, or so an emulator may take a port's access for one.
 */
static bool pit_counts(void)
{
	unsigned int looks = 1000;
	bool moved = false;

	pit_set_next_event(PIT_MAX_TICKS, &pit);
	while (!moved && looks--)
		moved = pit_read_count(PIT_SELECT_0, PIT_CHANNEL_0) != PIT_MAX_TICKS;
	pit_shutdown(&pit);
	return moved;
}

bool pit_timer_init(void)
{
	if (!pit_counts())
		return false;
	/* Registered first: the interrupt needs its handler. */
	clockevents_config_and_register(&pit, PIT_HZ, PIT_MIN_TICKS, PIT_MAX_TICKS);
	return !request_irq(PIT_IRQ, pit_interrupt, IRQF_TIMER, "timer", &pit);
}
