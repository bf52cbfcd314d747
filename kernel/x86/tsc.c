// SPDX-License-Identifier: MIT
/*
 * The time-stamp counter as a clock.
 *
 * How fast it counts is measured, once, when somebody first asks for nanoseconds: the
 * PIT (1193182 Hz on every PC) counts N down on its channel 2, which is the
 * loudspeaker's and interrupts nobody, and the counter is read before and after. Two
 * CPUs that calibrate at once get the same answer twice.
 *
 *	load PIT                              output low   output high
 *	|---|---------------------------------------|----x----|
 *	a   b                                       c         d
 *
 * The output rose at x, which only the next poll told, and the PIT counts from somewhere
 * between a and b, one count more than asked if it is a real one, which takes a count to load:
 *
 *	(c - b) / (N + 1) counts  <=  rate  <=  (d - a) / N counts
 *
 * On an idle machine these differ by some 20 millionths. Where the host took the CPU away
 * at one of the ends they differ by much more, and it is measured again.
 *
 * Without a PIT the CPU or the hypervisor may say the rate. They are asked last: an emulator
 * may repeat what the CPU that it imitates says, and count at another rate.
 *
 * Nanoseconds are counts * mult >> 22, with mult = 10^6 * 2^22 / kHz: it fits
 * into 32 bits from 1 MHz on, and is exact to a millionth up to 4 GHz.
 */
#include <linux/init.h>
#include <linux/irqflags.h>
#include <linux/io.h>
#include <linux/limits.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/sched/clock.h>
#include <asm/cpufeature.h>
#include <asm/msr.h>
#include <asm/pit.h>
#include <asm/processor.h>
#include <asm/tsc.h>

#define CALIBRATE_MS	 50
#define CALIBRATE_COUNTS (PIT_HZ * CALIBRATE_MS / 1000)
#define ATTEMPTS	 3
#define GOOD_ENOUGH	 1000 /* high - low is at most this part of high */

/*
 * Polls in 50 ms at most, and turns of an idle loop between two: a port costs a real machine
 * a microsecond, and a virtual one more than the whole loop.
 */
#define PATIENCE  2000000
#define IDLE_LOOP 256

/*
 * If nobody knows: as fast as they get, so that no delay is too short. Below the
 * lowest a multiplier does not fit.
 */
#define ASSUMED_KHZ 4000000
#define LOWEST_KHZ  1000

#define SHIFT 22

#define CPUID_CRYSTAL	     0x15
#define CPUID_FREQUENCY	     0x16
#define CPUID_HYPERVISOR     0x40000000
#define CPUID_HYPERVISOR_KHZ 0x40000010
#define LAST_HYPERVISOR_LEAF 0x400000ff

unsigned int tsc_khz;
const char *tsc_khz_source;
bool tsc_khz_assumed;
static u32 mult;

cycles_t get_cycles(void)
{
	return boot_cpu_has(X86_FEATURE_TSC) ? rdtsc() : 0;
}

u32 roundest_khz(u64 low, u64 high)
{
	u64 middle = (low + high) / 2, round = DIV_ROUND_CLOSEST_ULL(middle, 1000) * 1000;

	return min_t(u64, round >= low && round <= high ? round : middle, U32_MAX);
}

struct rate {
	u64 low, high; /* kHz; high is 0 if the PIT does not play along */
};

static void load_channel_2(u8 gate)
{
	outb(gate | PIT_GATE_ON, PIT_GATE);
	outb(PIT_SELECT_2 | PIT_BOTH_BYTES | PIT_ONE_SHOT, PIT_MODE);
	outb(CALIBRATE_COUNTS & 0xff, PIT_CHANNEL_2);
	outb(CALIBRATE_COUNTS >> 8, PIT_CHANNEL_2);
}

static struct rate measure(void)
{
	u8 gate = inb(PIT_GATE) & ~(PIT_GATE_ON | PIT_SPEAKER_ON);
	cycles_t loading, loaded, before, after;
	struct rate rate = { 0, 0 };
	unsigned int polls, i;

	loading = get_cycles();
	load_channel_2(gate);
	loaded = after = get_cycles();
	for (polls = 0; polls < PATIENCE; polls++) {
		before = after;
		if (inb(PIT_GATE) & PIT_OUTPUT)
			break;
		after = get_cycles();
		for (i = 0; i < IDLE_LOOP; i++)
			barrier();
	}
	after = get_cycles();
	outb(gate, PIT_GATE);
	/* High from the start on: nobody is there, and the bus says all ones. */
	if (!polls || polls == PATIENCE)
		return rate;
	rate.low = div_u64((before - loaded) * PIT_HZ, (CALIBRATE_COUNTS + 1) * 1000);
	rate.high = div_u64((after - loading) * PIT_HZ, CALIBRATE_COUNTS * 1000) + 1;
	return rate;
}

static u64 measured_khz(void)
{
	struct rate rate, best = { 0, U64_MAX };
	unsigned int attempt;
	unsigned long flags;

	for (attempt = 0; attempt < ATTEMPTS; attempt++) {
		local_irq_save(flags);
		rate = measure();
		local_irq_restore(flags);
		if (!rate.high)
			return 0;
		if (rate.high - rate.low < best.high - best.low)
			best = rate;
		if ((best.high - best.low) * GOOD_ENOUGH <= best.high)
			break;
	}
	tsc_khz_source = "measured against the PIT";
	return roundest_khz(best.low, best.high);
}

static u64 announced_khz(void)
{
	u32 highest, eax, ebx, ecx, edx;

	cpuid(0, &highest, &ebx, &ecx, &edx);
	tsc_khz_source = "as CPUID says";
	if (highest >= CPUID_CRYSTAL) {
		cpuid(CPUID_CRYSTAL, &eax, &ebx, &ecx, &edx);
		if (eax && ebx && ecx)
			return div_u64(div_u64((u64)ecx * ebx, eax), 1000);
	}
	if (highest >= CPUID_FREQUENCY) {
		cpuid(CPUID_FREQUENCY, &eax, &ebx, &ecx, &edx);
		if (eax & 0xffff)
			return (eax & 0xffff) * 1000;
	}
	if (!boot_cpu_has(X86_FEATURE_HYPERVISOR))
		return 0;
	cpuid(CPUID_HYPERVISOR, &highest, &ebx, &ecx, &edx);
	if (highest < CPUID_HYPERVISOR_KHZ || highest > LAST_HYPERVISOR_LEAF)
		return 0;
	cpuid(CPUID_HYPERVISOR_KHZ, &eax, &ebx, &ecx, &edx);
	return eax;
}

static void calibrate(void)
{
	u64 khz = 0;

	if (boot_cpu_has(X86_FEATURE_TSC)) {
		khz = measured_khz();
		if (khz < LOWEST_KHZ)
			khz = announced_khz();
	}
	if (khz < LOWEST_KHZ || khz >= U32_MAX) {
		khz = ASSUMED_KHZ;
		tsc_khz_source =
			"assumed, for there is no PIT to measure it and CPUID does not tell";
		tsc_khz_assumed = true;
	}
	tsc_khz = khz;
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
