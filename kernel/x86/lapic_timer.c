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
#define ATTEMPTS     3
#define GOOD_ENOUGH  1000 /* high - low is at most this part of high */
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

/*
 * How far the counter went down while the clock went on. The counter was started and read at
 * moments that are known by the clock's before and after, as for the TSC (tsc.c).
 */
static void measure(u64 *low, u64 *high)
{
	u64 begin_before, begin_after, end_before, end_after;
	u32 count;

	begin_before = cycles_to_ns(get_cycles());
	apic_write(APIC_TMICT, ~0U);
	begin_after = cycles_to_ns(get_cycles());
	do
		end_before = cycles_to_ns(get_cycles());
	while (end_before - begin_after < CALIBRATE_NS);
	count = ~0U - apic_read(APIC_TMCCT);
	end_after = cycles_to_ns(get_cycles());
	apic_write(APIC_TMICT, 0);
	*low = div64_u64((u64)count * NSEC_PER_MSEC, end_after - begin_before);
	*high = div64_u64(((u64)count + 1) * NSEC_PER_MSEC, end_before - begin_after) + 1;
}

/* Again where the host took the CPU away at one of the ends; 0 if it does not count. */
static u32 measured_khz(void)
{
	u64 low, high, best_low = 0, best_high = U64_MAX;
	unsigned int attempt;

	apic_write(APIC_TDCR, APIC_TDR_DIV_1);
	apic_write(APIC_LVTT, APIC_LVT_MASKED | LOCAL_TIMER_VECTOR);
	for (attempt = 0; attempt < ATTEMPTS; attempt++) {
		measure(&low, &high);
		if (high - low < best_high - best_low) {
			best_low = low;
			best_high = high;
		}
		if ((best_high - best_low) * GOOD_ENOUGH <= best_high)
			break;
	}
	return best_low ? roundest_khz(best_low, best_high) : 0;
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
		.irq = -1,
		.set_next_event = lapic_set_next_event,
		.set_state_shutdown = lapic_shutdown,
	};
	set_interrupt_handler(LOCAL_TIMER_VECTOR, lapic_timer_interrupt);
	apic_write(APIC_LVTT, LOCAL_TIMER_VECTOR);
	clockevents_config_and_register(dev, lapic_khz * 1000, LAPIC_MIN_TICKS, LAPIC_MAX_TICKS);
	return true;
}
