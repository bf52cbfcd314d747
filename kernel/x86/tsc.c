// SPDX-License-Identifier: MIT
/*
 * The time-stamp counter as a clock.
 *
 * How fast it counts is measured, once, when somebody first asks for nanoseconds: the
 * PIT (1193182 Hz on every PC) counts 50 ms down on its channel 2, which is the
 * loudspeaker's and interrupts nobody, and the counter is read before and after. Two
 * CPUs that calibrate at once get the same answer twice.
 *
 * Nanoseconds are counts * mult >> 22, with mult = 10^6 * 2^22 / kHz: it fits
 * into 32 bits from 1 MHz on, and is exact to a millionth up to 4 GHz.
 */
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

#define MODE_ONE_SHOT 0xb0 /* channel 2, low byte then high byte, output rises at 0 */
#define GATE_ON	      0x01
#define SPEAKER_ON    0x02
#define OUTPUT	      0x20

#define CALIBRATE_MS 50

/* Reads of the port that 50 ms take at most: under QEMU's -icount some ten million. */
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

/* The counts that pass in CALIBRATE_MS; 0 if the PIT does not play along. */
static cycles_t measure(void)
{
	const u16 ticks = PIT_HZ * CALIBRATE_MS / 1000;
	u8 gate = inb(PIT_GATE) & ~(GATE_ON | SPEAKER_ON);
	unsigned int tries;
	cycles_t start, end;

	outb(gate | GATE_ON, PIT_GATE);
	outb(MODE_ONE_SHOT, PIT_MODE);
	outb(ticks & 0xff, PIT_CHANNEL_2);
	outb(ticks >> 8, PIT_CHANNEL_2);
	start = get_cycles();
	for (tries = 0; tries < PATIENCE && !(inb(PIT_GATE) & OUTPUT); tries++)
		;
	end = get_cycles();
	outb(gate, PIT_GATE);
	return tries && tries < PATIENCE ? end - start : 0;
}

static void calibrate(void)
{
	unsigned long flags;
	u64 khz;

	local_irq_save(flags);
	khz = div_u64(measure(), CALIBRATE_MS);
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
