// SPDX-License-Identifier: MIT
/* What makes time pass on this machine: which clock, and which device interrupts. */
#include <linux/kernel.h>
#include <linux/timekeeping.h>
#include <linux/timer.h>
#include <asm/pit.h>
#include "../timekeeping.h"

static void say_device(void)
{
	const struct clock_event_device *dev = this_cpu_read(tick_cpu.device);

	if (dev)
		pr_info("clock: ticks from the %s at %u.%06u MHz, %d a second\n", dev->name,
			dev->hz / 1000000, dev->hz % 1000000, HZ);
	else
		pr_err("clock: neither a local APIC nor a PIT interrupts: no ticks, nobody "
		       "sleeps\n");
}

void time_init(void)
{
	timekeeping_init();
	init_timers();
	hrtimers_init();
	if (!lapic_timer_init())
		pit_timer_init();
	say_device();
}
