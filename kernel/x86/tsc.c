// SPDX-License-Identifier: MIT
/*
 * The time-stamp counter as a clock.
 *
 * How fast it counts is measured against the PIT (1193182 Hz on every PC): its channel 2,
 * which is the loudspeaker's and interrupts nobody, counts down from 65536 again and again
 * from the start of the kernel on. When somebody first asks for nanoseconds, both counters
 * are read once more. A time that passed anyway costs nobody a wait; at least 50 ms of it
 * are wanted, and the rest of them is waited for.
 *
 * The PIT is back where it was every 55 ms. How often that happened is told by a short look
 * at both counters, which need only be right to half a round:
 *
 *	TSC	0 ............................... 700,000,000
 *	PIT	65536 -> 0, and again, ........... 49,536: 16,000 ticks and n rounds
 *	look	2000 counts a tick: 350,000 ticks, so n = 5: 343,680 ticks, 2037 counts each
 *
 * Two CPUs that calibrate at once get the same answer twice.
 *
 * Nanoseconds are counts * mult >> 22, with mult = 10^6 * 2^22 / kHz: it fits
 * into 32 bits from 1 MHz on, and is exact to a millionth up to 4 GHz.
 */
#include <linux/init.h>
#include <linux/irqflags.h>
#include <linux/limits.h>
#include <linux/io.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/sched/clock.h>
#include <asm/cpufeature.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include <asm/tsc.h>

#define PIT_HZ	      1193182
#define PIT_CHANNEL_2 0x42
#define PIT_MODE      0x43
#define PIT_GATE      0x61 /* bit 0 lets channel 2 count, bit 1 to the speaker, bit 5 is its output */

#define MODE_ROUNDS 0xb4 /* channel 2, low byte then high byte, from 65536 for ever */
#define LATCH	    0x80 /* channel 2: the next two reads are of one moment */
#define GATE_ON	    0x01
#define SPEAKER_ON  0x02
#define ROUND	    65536

#define LEAST_MS	50   /* to measure over */
#define MOST_MS		1000 /* that the short look may tell the rounds of */
#define LOOK_MS		2
#define ms_to_ticks(ms) (PIT_HZ / 1000 * (ms))

/* Looks at the PIT in LEAST_MS at most: under QEMU's -icount some million. */
#define PATIENCE 20000000

/* If the measurement makes no sense (no PIT): right for QEMU -icount, and harmless. */
#define ASSUMED_KHZ 1000000
#define LOWEST_KHZ  1000

#define SHIFT 22

unsigned int tsc_khz;
static u32 mult;

cycles_t get_cycles(void)
{
	return boot_cpu_has(X86_FEATURE_TSC) ? rdtsc() : 0;
}

/* Both counters at one moment. */
struct reading {
	cycles_t tsc;
	u16 pit;
};

static struct reading origin;

/* Whatever came between the two (a busy host, a system management interrupt) makes it worse. */
static struct reading read_both(void)
{
	struct reading reading = {};
	cycles_t before, after, least = ~0ULL;
	unsigned int i;
	u16 pit;

	for (i = 0; i < 4; i++) {
		before = get_cycles();
		outb(LATCH, PIT_MODE);
		pit = inb(PIT_CHANNEL_2);
		pit |= inb(PIT_CHANNEL_2) << 8;
		after = get_cycles();
		if (after - before < least) {
			least = after - before;
			reading = (struct reading){ before + least / 2, pit };
		}
	}
	return reading;
}

void __init tsc_init(void)
{
	u8 gate = inb(PIT_GATE) & ~SPEAKER_ON;

	outb(gate | GATE_ON, PIT_GATE);
	outb(MODE_ROUNDS, PIT_MODE);
	outb(0, PIT_CHANNEL_2);
	outb(0, PIT_CHANNEL_2);
	origin = read_both();
}

/* The counters when at least so many ticks, less than a round, have passed since `from`. */
static bool wait_ticks(const struct reading *from, unsigned int ticks, struct reading *now)
{
	unsigned int tries;

	for (tries = 0; tries < PATIENCE; tries++) {
		*now = read_both();
		if ((u16)(from->pit - now->pit) >= ticks)
			return true;
	}
	return false;
}

/* The PIT's ticks from `origin` to `now`; [look, now] is less than a round. */
static u64 ticks_since_origin(const struct reading *look, const struct reading *now)
{
	u64 part = (u16)(origin.pit - now->pit);
	u64 about = div64_u64((now->tsc - origin.tsc) * (u16)(look->pit - now->pit),
			      now->tsc - look->tsc);

	if (about > part)
		part += div_u64(about - part + ROUND / 2, ROUND) * ROUND;
	return part;
}

/* The counts in a millisecond; 0 if the PIT does not play along. */
static u64 measure(void)
{
	struct reading look = read_both(), now;
	u64 ticks;

	if (!wait_ticks(&look, ms_to_ticks(LOOK_MS), &now) || now.tsc == look.tsc)
		return 0;
	if (now.tsc - origin.tsc > (now.tsc - look.tsc) * (MOST_MS / LOOK_MS))
		origin = look;
	ticks = ticks_since_origin(&look, &now);
	if (ticks < ms_to_ticks(LEAST_MS)) {
		if (!wait_ticks(&look, ms_to_ticks(LEAST_MS), &now))
			return 0;
		ticks = ticks_since_origin(&look, &now);
	}
	return div64_u64((now.tsc - origin.tsc) * PIT_HZ, ticks * 1000);
}

static void calibrate(void)
{
	unsigned long flags;
	u64 khz;

	local_irq_save(flags);
	khz = measure();
	local_irq_restore(flags);
	if (!khz || khz > U32_MAX)
		khz = ASSUMED_KHZ;
	tsc_khz = max_t(u32, khz, LOWEST_KHZ);
	WRITE_ONCE(mult, div_u64(1000000ULL << SHIFT, tsc_khz));
}

u64 cycles_to_ns(cycles_t cycles)
{
	if (unlikely(!READ_ONCE(mult)))
		calibrate();
	return mul_u64_u32_shr(cycles, mult, SHIFT);
}

u64 sched_clock(void)
{
	return cycles_to_ns(get_cycles());
}
