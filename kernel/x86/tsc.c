// SPDX-License-Identifier: MIT
/*
 * The time-stamp counter as a clock.
 *
 * How fast it counts is measured, once, when somebody first asks for nanoseconds: the
 * PIT (1193182 Hz on every PC) counts down on its channel 2, which is the loudspeaker's and
 * interrupts nobody, and both are read together, twice, 50 ms apart. Two CPUs that
 * calibrate at once measure wrong and try again.
 *
 *	PIT	      c1                                        c2
 *	TSC	  b1 |--| a1                                b2 |--| a2
 *
 * The PIT said c1 at some moment between b1 and a1, as it did c2 between b2 and a2, and each
 * of its counts lasts a while, so that c1 - c2 of them are one more or one less:
 *
 *	(b2 - a1) / (c1 - c2 + 1)  <=  rate  <=  (a2 - b1) / (c1 - c2 - 1)
 *
 * It begins with the boot, whose time is then not waited for (tsc_init()). Should the boot take
 * longer than the PIT can count, 55 ms, it is begun anew.
 *
 * A host may take the CPU away between b and a: of a few readings the quickest is taken. The
 * bounds are then some 40 millionths apart.
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
#include <linux/time64.h>
#include <asm/cpufeature.h>
#include <asm/msr.h>
#include <asm/pit.h>
#include <asm/processor.h>
#include <asm/tsc.h>

#define FIRST_COUNT 0xffff
#define LAST_COUNT  6000  /* 49.9 ms later, and 5 ms before it wraps */
#define ENOUGH	    30000 /* counts between the readings, if the host was away at the first */
#define READINGS    16
#define ATTEMPTS    8

/*
 * Polls in 50 ms at most, and turns of an idle loop between two: a port costs a real machine
 * a microsecond, and a virtual one more than the whole loop.
 */
#define PATIENCE  500000
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

/* Channel 2 begins to count down; what PIT_GATE has to be given back. Silent. */
static u8 start_channel_2(u16 counts)
{
	u8 gate = inb(PIT_GATE) & ~(PIT_GATE_ON | PIT_SPEAKER_ON);

	outb(gate | PIT_GATE_ON, PIT_GATE);
	outb(PIT_SELECT_2 | PIT_BOTH_BYTES | PIT_ONE_SHOT, PIT_MODE);
	outb(counts & 0xff, PIT_CHANNEL_2);
	outb(counts >> 8, PIT_CHANNEL_2);
	return gate;
}

static unsigned int read_channel_2(void)
{
	return pit_read_count(PIT_SELECT_2, PIT_CHANNEL_2);
}

struct reading {
	unsigned int count;
	cycles_t before, after;
};

static struct reading quickest_reading(void)
{
	struct reading now, best = { .after = U64_MAX };
	unsigned int i;

	for (i = 0; i < READINGS; i++) {
		now.before = get_cycles();
		now.count = read_channel_2();
		now.after = get_cycles();
		if (now.after - now.before < best.after - best.before)
			best = now;
	}
	return best;
}

/* False: nobody counts, or the count has wrapped meanwhile. */
static bool wait_for_last_count(unsigned int count)
{
	unsigned int polls, i, last;

	for (polls = 0; polls < PATIENCE && count > LAST_COUNT; polls++) {
		for (i = 0; i < IDLE_LOOP; i++)
			barrier();
		last = count;
		count = read_channel_2();
		/* Where nobody answers the bus says all ones, for ever. */
		if (count > last || count == FIRST_COUNT)
			return false;
	}
	return count <= LAST_COUNT;
}

struct measurement {
	u8 gate;
	bool begun;
	struct reading first;
};

static struct measurement of_the_boot;

static void begin_measurement(struct measurement *measurement)
{
	measurement->gate = start_channel_2(FIRST_COUNT);
	measurement->first = quickest_reading();
	measurement->begun = true;
}

void __init tsc_init(void)
{
	begin_measurement(&of_the_boot);
}

/* kHz, or 0. */
static u64 end_measurement(struct measurement *measurement)
{
	struct reading first = measurement->first, second;
	bool well = wait_for_last_count(first.count);
	unsigned int counts;
	u64 low, high;

	measurement->begun = false;
	second = quickest_reading();
	/* The output tells a count that has passed 0, however far: the host was away for long. */
	well = well && !(inb(PIT_GATE) & PIT_OUTPUT);
	outb(measurement->gate, PIT_GATE);
	counts = first.count - second.count;
	if (!well || second.count > LAST_COUNT || counts < ENOUGH)
		return 0;
	low = div_u64((second.before - first.after) * PIT_HZ, (counts + 1) * 1000);
	high = div_u64((second.after - first.before) * PIT_HZ, (counts - 1) * 1000);
	return roundest_khz(low, high + 1);
}

static u64 measured_khz(void)
{
	struct measurement measurement = of_the_boot;
	unsigned int attempt;
	unsigned long flags;
	u64 khz = 0;

	for (attempt = 0; attempt < ATTEMPTS && !khz; attempt++) {
		local_irq_save(flags);
		if (!measurement.begun)
			begin_measurement(&measurement);
		khz = end_measurement(&measurement);
		local_irq_restore(flags);
	}
	tsc_khz_source = "measured against the PIT";
	return khz;
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

/* Apart from who asks for the time, every time but once in vain. */
static noinline void calibrate(void)
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

/* --- spinning ------------------------------------------------------------------------- */

/*
 * Without a counter the PIT is watched. Nobody else may use it meanwhile, so that interrupts are
 * off: for short pieces, as each that comes late costs the clock this time.
 */
static void spin_by_pit(u64 ns)
{
	unsigned int polls, piece;
	unsigned long flags;
	u8 gate;

	for (; ns; ns -= piece) {
		piece = min_t(u64, ns, NSEC_PER_MSEC / 16);
		local_irq_save(flags);
		gate = start_channel_2(div_u64((u64)piece * PIT_HZ, NSEC_PER_SEC) + 1);
		for (polls = 0; polls < PATIENCE && !(inb(PIT_GATE) & PIT_OUTPUT); polls++)
			;
		outb(gate, PIT_GATE);
		local_irq_restore(flags);
	}
}

/*
 * Without cpu_relax(): the time is the caller's to burn, and under -icount a pause costs the host
 * a thousand times what it costs the guest.
 */
void spin_ns(u64 ns)
{
	cycles_t start = get_cycles();

	if (!boot_cpu_has(X86_FEATURE_TSC)) {
		spin_by_pit(ns);
		return;
	}
	while (cycles_to_ns(get_cycles() - start) < ns)
		;
}
