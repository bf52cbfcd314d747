// SPDX-License-Identifier: MIT
/*
 * W1 to W4 of the contract, computed a second time from their words, and compared on random
 * machines. The sizes go as far as the build's words do: to 256 GiB of lowmem on 32 bits,
 * where kilobytes times 16 fill them, and far beyond on 64.
 */
#include <linux/kernel.h>

#include "tests.h"

#define RANDOM_MACHINES 100000

static u64 random_state = 0x6d656d6b65726e21ULL;

/* xorshift64 */
static u64 random_u64(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* Bit by bit from the top, as one does it on paper. */
static u64 naive_root(u64 n)
{
	u64 root = 0, bit;

	for (bit = 1ULL << 31; bit; bit >>= 1)
		if ((root + bit) * (root + bit) <= n)
			root += bit;
	return root;
}

static u64 lowmem_pages(const unsigned long *managed)
{
	return (u64)managed[ZONE_DMA] + managed[ZONE_DMA32] + managed[ZONE_NORMAL];
}

u64 naive_min_free_kbytes(const unsigned long *managed)
{
	u64 kbytes = naive_root(lowmem_pages(managed) * 4 * 16);

	if (kbytes < 128)
		return 128;
	return kbytes > 262144 ? 262144 : kbytes;
}

static void naive_zone_marks(unsigned long managed, u64 share, bool highmem, unsigned long *mark)
{
	u64 min = share, delta = share / 4;

	if (highmem) {
		min = managed / 1024;
		if (min < 32)
			min = 32;
		if (min > 128)
			min = 128;
	}
	if (delta < (u64)managed * 10 / 10000)
		delta = (u64)managed * 10 / 10000;
	if (!managed)
		min = delta = 0;
	mark[WMARK_MIN] = min;
	mark[WMARK_LOW] = min + delta;
	mark[WMARK_HIGH] = min + 2 * delta;
}

void naive_marks(const unsigned long *managed, u64 min_free_kbytes, struct marks *marks)
{
	u64 lowmem = lowmem_pages(managed);
	int i;

	for (i = 0; i < MAX_NR_ZONES; i++) {
		u64 share = lowmem ? (min_free_kbytes / 4) * managed[i] / lowmem : 0;

		naive_zone_marks(managed[i], share, i == ZONE_HIGHMEM, marks->of[i]);
	}
}

void naive_reserves(const unsigned long *managed, struct reserves *reserves)
{
	static const unsigned int ratio[MAX_NR_ZONES] = { 256, 256, 32, 0 };
	int i, j, k;

	for (i = 0; i < MAX_NR_ZONES; i++) {
		for (j = 0; j < MAX_NR_ZONES; j++) {
			u64 above = 0;

			for (k = i + 1; k <= j; k++)
				above += managed[k];
			reserves->of[i][j] = managed[i] && ratio[i] ? above / ratio[i] : 0;
		}
	}
}

/*
 * Any size from none to the largest, each power of two as likely as another. Highmem has at
 * least its struct pages in lowmem: without, its share of the reserve would fill no word.
 */
static void random_machine(unsigned long *managed)
{
	unsigned int most = BITS_PER_LONG == 64 ? 36 : 24, i;

	for (i = 0; i < MAX_NR_ZONES; i++)
		managed[i] = random_u64() % 4 ? random_u64() >> (64 - random_u64() % most - 1) : 0;
	managed[ZONE_NORMAL] += managed[ZONE_HIGHMEM] / 128;
}

static bool same(const void *one, const void *other, unsigned long size, const char *what,
		 const unsigned long *managed)
{
	const unsigned char *a = one, *b = other;

	while (size && *a == *b)
		a++, b++, size--;
	if (size)
		host_note("%s differ: managed %lu %lu %lu %lu", what, managed[0], managed[1],
			  managed[2], managed[3]);
	return !size;
}

/* The pages of the lowmem zones' min are at most min_free_kbytes; marks rise; reserves too. */
static bool sound(const struct marks *marks, const struct reserves *reserves, u64 min_free_kbytes)
{
	u64 sum = 0;
	int i, j;

	for (i = 0; i < MAX_NR_ZONES; i++) {
		const unsigned long *mark = marks->of[i];

		if (i != ZONE_HIGHMEM)
			sum += mark[WMARK_MIN];
		if (mark[WMARK_MIN] > mark[WMARK_LOW] || mark[WMARK_LOW] > mark[WMARK_HIGH])
			return false;
		for (j = 1; j < MAX_NR_ZONES; j++)
			if (reserves->of[i][j] < reserves->of[i][j - 1])
				return false;
		for (j = 0; j <= i; j++)
			if (reserves->of[i][j])
				return false;
	}
	return sum <= min_free_kbytes / 4;
}

static bool check_random_machine(void)
{
	struct reserves reserves, expected_reserves;
	unsigned long managed[MAX_NR_ZONES];
	struct marks marks, expected_marks;
	u64 kbytes;

	random_machine(managed);
	kbytes = zone_min_free_kbytes(managed);
	if (kbytes != naive_min_free_kbytes(managed)) {
		host_note("min_free_kbytes %llu: managed %lu %lu %lu", kbytes, managed[0],
			  managed[1], managed[2]);
		return false;
	}
	/* Now and then what a user might set. */
	if (random_u64() % 4 == 0)
		kbytes = random_u64() % 2000000;
	zone_calculate_watermarks(managed, kbytes, marks.of);
	naive_marks(managed, kbytes, &expected_marks);
	zone_calculate_lowmem_reserve(managed, reserves.of);
	naive_reserves(managed, &expected_reserves);
	return same(&marks, &expected_marks, sizeof(marks), "marks", managed) &&
	       same(&reserves, &expected_reserves, sizeof(reserves), "reserves", managed) &&
	       sound(&marks, &reserves, kbytes);
}

static void test_examples(void)
{
	static const struct {
		unsigned long mib, kbytes;
	} examples[] = { { 64, 1024 }, { 256, 2048 }, { 896, 3831 }, { 1024, 4096 } };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(examples); i++) {
		unsigned long managed[MAX_NR_ZONES] = { 4096, 0, examples[i].mib * 256 - 4096,
							77777 };

		host_result(zone_min_free_kbytes(managed) == examples[i].kbytes,
			    "W1: %lu MiB of lowmem", examples[i].mib);
	}
}

static void test_ends(void)
{
	unsigned long managed[MAX_NR_ZONES] = { 0 };
	struct reserves reserves;
	struct marks marks;

	host_result(zone_min_free_kbytes(managed) == 128, "W1: never below 128");
	managed[ZONE_NORMAL] = 1UL << 24;
	host_result(BITS_PER_LONG == 32 ||
			    (managed[ZONE_NORMAL] <<= 10, zone_min_free_kbytes(managed) == 262144),
		    "W1: never above 262144");
	managed[ZONE_NORMAL] = 0;
	managed[ZONE_HIGHMEM] = 1000;
	zone_calculate_watermarks(managed, 1024, marks.of);
	zone_calculate_lowmem_reserve(managed, reserves.of);
	host_result(marks.of[ZONE_NORMAL][WMARK_HIGH] == 0 &&
			    marks.of[ZONE_HIGHMEM][WMARK_MIN] == 32,
		    "W2: no lowmem at all is no division by zero");
	host_result(reserves.of[ZONE_DMA][ZONE_HIGHMEM] == 0, "W4: an empty zone reserves nothing");
}

void test_formulas(void)
{
	unsigned long i;

	test_examples();
	test_ends();
	for (i = 0; i < RANDOM_MACHINES; i++)
		if (!check_random_machine())
			break;
	host_result(i == RANDOM_MACHINES, "W1 to W4: %d random machines", RANDOM_MACHINES);
}
