// SPDX-License-Identifier: MIT
/*
 * The local APIC's timer as a clock event device: each CPU has its own, it reaches seconds far
 * and is set by one store.
 *
 * How fast it counts nobody says: it is measured against the clock, once, on the boot CPU.
 * It runs undivided, as finely as it can: one count is a nanosecond in QEMU.
 */
#include <linux/clockchips.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/percpu.h>
#include <asm/apic.h>
#include <asm/pit.h>
#include <asm/ptrace.h>
#include <asm/traps.h>
#include <asm/tsc.h>

#define LAPIC_RATING	150
#define LAPIC_MIN_TICKS 0x10
#define LAPIC_MAX_TICKS 0x7fffffff

#define CALIBRATE_NS (10 * NSEC_PER_MSEC)
#define READINGS     16
#define LOWEST_KHZ   100

static u32 lapic_khz;
static DEFINE_PER_CPU(struct clock_event_device, lapic_events);

static int lapic_set_next_event(unsigned long ticks, struct clock_event_device *dev)
{
	apic_write(APIC_TMICT, ticks);
	return 0;
}

static int lapic_shutdown(struct clock_event_device *dev)
{
	apic_write(APIC_TMICT, 0);
	return 0;
}

/* One that was on its way when the timer was stopped finds the tick suspended. */
static void lapic_timer_interrupt(struct pt_regs *regs)
{
	struct clock_event_device *dev = this_cpu_ptr(&lapic_events);

	ack_APIC_irq();
	dev->event_handler(dev);
}

struct reading {
	u32 count;
	u64 before, after; /* ns */
};

/* The quickest of a few: the host may take the CPU away in the middle of one. */
static struct reading quickest_reading(void)
{
	struct reading now, best = { .after = U64_MAX };
	unsigned int i;

	for (i = 0; i < READINGS; i++) {
		now.before = cycles_to_ns(get_cycles());
		now.count = apic_read(APIC_TMCCT);
		now.after = cycles_to_ns(get_cycles());
		if (now.after - now.before < best.after - best.before)
			best = now;
	}
	return best;
}

/* How far the counter went down while the clock went on (as in tsc.c); 0: it does not count. */
static u32 measured_khz(void)
{
	struct reading first, second;
	u32 counts;

	apic_write(APIC_TDCR, APIC_TDR_DIV_1);
	apic_write(APIC_LVTT, APIC_LVT_MASKED | LOCAL_TIMER_VECTOR);
	apic_write(APIC_TMICT, ~0U);
	first = quickest_reading();
	spin_ns(CALIBRATE_NS);
	second = quickest_reading();
	apic_write(APIC_TMICT, 0);
	if (second.count >= first.count)
		return 0;
	counts = first.count - second.count;
	return roundest_khz(
		div64_u64((u64)(counts - 1) * NSEC_PER_MSEC, second.after - first.before),
		div64_u64((u64)(counts + 1) * NSEC_PER_MSEC, second.before - first.after) + 1);
}

bool lapic_timer_init(void)
{
	struct clock_event_device *dev = this_cpu_ptr(&lapic_events);
	unsigned long flags;

	if (!lapic_present || !boot_cpu_has(X86_FEATURE_TSC))
		return false;
	local_irq_save(flags);
	if (!lapic_khz)
		lapic_khz = measured_khz();
	local_irq_restore(flags);
	if (lapic_khz < LOWEST_KHZ || lapic_khz > U32_MAX / 1000)
		return false;
	*dev = (struct clock_event_device){
		.name = "lapic",
		.rating = LAPIC_RATING,
		.set_next_event = lapic_set_next_event,
		.set_state_shutdown = lapic_shutdown,
	};
	set_interrupt_handler(LOCAL_TIMER_VECTOR, lapic_timer_interrupt);
	apic_write(APIC_LVTT, LOCAL_TIMER_VECTOR);
	clockevents_config_and_register(dev, lapic_khz * 1000, LAPIC_MIN_TICKS, LAPIC_MAX_TICKS);
	return true;
}
