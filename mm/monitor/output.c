// SPDX-License-Identifier: MIT
/* How the monitor's commands on memory print: sizes, shares, tables. */
#include <linux/kernel.h>
#include <linux/math64.h>

#include "monitor.h"

/* From 1 MiB on with one decimal, cut off; below 1 KiB in bytes. */
struct short_text size_text(u64 bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB" };
	struct short_text out;
	u64 whole = bytes >> 10;
	unsigned int unit = 0, rest = bytes & 1023;

	while (whole >= 1024 && unit < ARRAY_SIZE(units) - 1) {
		rest = whole & 1023;
		whole >>= 10;
		unit++;
	}
	if (!whole && rest)
		snprintf(out.text, sizeof(out.text), "%u byte%s", COUNTED(rest));
	else if (unit)
		snprintf(out.text, sizeof(out.text), "%llu.%u %s", whole, rest * 10 / 1024,
			 units[unit]);
	else
		snprintf(out.text, sizeof(out.text), "%llu %s", whole, units[unit]);
	return out;
}

struct short_text percent_text(u64 part, u64 whole)
{
	u64 permille = whole ? div64_u64(part * 1000, whole) : 0;
	struct short_text out;
	u32 tenth;

	permille = div_u64_rem(permille, 10, &tenth);
	snprintf(out.text, sizeof(out.text), "%llu.%u", permille, tenth);
	return out;
}

void print_callers(const unsigned long *callers, unsigned int nr, const char *if_none)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		mprintf("%s %pB", i ? " <" : "", (void *)callers[i]);
	mprintf("%s\n", nr ? "" : if_none);
}

void json_callers(const unsigned long *callers, unsigned int nr)
{
	char name[16], caller[64];
	unsigned int i;

	for (i = 0; i < nr; i++) {
		snprintf(name, sizeof(name), "caller%u", i);
		snprintf(caller, sizeof(caller), "%pB", (void *)callers[i]);
		json_text(name, caller);
	}
}

void order_heading(const char *label)
{
	unsigned int order;

	mprintf("  %-12s", label);
	for (order = 0; order < NR_PAGE_ORDERS; order++)
		mprintf(" %5u", order);
	mprintf("\n");
}

void order_row(const char *label, const unsigned long *values, unsigned int nr)
{
	unsigned int order;

	mprintf("  %-12s", label);
	for (order = 0; order < nr; order++)
		mprintf(" %5lu", values[order]);
	mprintf("\n");
}
