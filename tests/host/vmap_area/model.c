// SPDX-License-Identifier: MIT
/* The model: see model.h. */
#include <linux/kernel.h>
#include <linux/panic.h>
#include <linux/string.h>

#include "model.h"

struct model model;

void model_begin(unsigned long start, unsigned long end)
{
	model.nr = 1;
	model.nr_lazy = 0;
	model.ranges[0] = (struct range){ start, end, RANGE_FREE, NULL };
}

/* In a range of at least so many bytes. */
static int fit_in_ranges(unsigned long least, unsigned long size, unsigned long align,
			 unsigned long start, unsigned long end, unsigned long *address)
{
	unsigned int nr;

	for (nr = 0; nr < model.nr; nr++) {
		const struct range *range = &model.ranges[nr];
		unsigned long from = max(range->start, start), to = min(range->end, end);
		unsigned long skip = -from & (align - 1);

		if (range->state != RANGE_FREE || range->end - range->start < least || to <= from)
			continue;
		if (skip < to - from && size <= to - from - skip) {
			*address = from + skip;
			return nr;
		}
	}
	return -1;
}

int model_fit(unsigned long size, unsigned long align, unsigned long start, unsigned long end,
	      unsigned long *address)
{
	unsigned long sufficient = size + align - PAGE_SIZE;
	int nr = -1;

	if (sufficient >= size)
		nr = fit_in_ranges(sufficient, size, align, start, end, address);
	return nr < 0 ? fit_in_ranges(size, size, align, start, end, address) : nr;
}

static void insert(unsigned int nr, struct range range)
{
	if (range.start == range.end)
		return;
	if (model.nr == MODEL_MOST)
		panic("the model has too many ranges");
	memmove(&model.ranges[nr + 1], &model.ranges[nr], (model.nr - nr) * sizeof(range));
	model.ranges[nr] = range;
	model.nr++;
}

void model_take(unsigned int nr, unsigned long address, unsigned long size, struct vmap_area *va)
{
	struct range was = model.ranges[nr];

	model.ranges[nr] = (struct range){ address, address + size, RANGE_BUSY, va };
	insert(nr + 1, (struct range){ address + size, was.end, RANGE_FREE, NULL });
	insert(nr, (struct range){ was.start, address, RANGE_FREE, NULL });
}

/* Into one range, the lower of the two. */
static void join_with_next(unsigned int nr)
{
	model.ranges[nr].end = model.ranges[nr + 1].end;
	model.nr--;
	memmove(&model.ranges[nr + 1], &model.ranges[nr + 2],
		(model.nr - nr - 1) * sizeof(struct range));
}

void model_free(unsigned int nr)
{
	struct range *range = &model.ranges[nr], *last = model_find(model.last_lazy);

	range->state = RANGE_LAZY;
	if (model.nr_lazy && last == range - 1) {
		join_with_next(nr - 1);
	} else if (model.nr_lazy && last == range + 1) {
		join_with_next(nr);
		model.last_lazy = range->start;
	} else {
		model.nr_lazy++;
		model.last_lazy = range->start;
	}
}

void model_purge(void)
{
	unsigned int from, to = 0;

	for (from = 0; from < model.nr; from++) {
		struct range range = model.ranges[from];

		if (range.state == RANGE_LAZY)
			range.state = RANGE_FREE;
		if (to && range.state == RANGE_FREE && model.ranges[to - 1].state == RANGE_FREE)
			model.ranges[to - 1].end = range.end;
		else
			model.ranges[to++] = range;
	}
	model.nr = to;
	model.nr_lazy = 0;
}

unsigned long model_lazy_bytes(void)
{
	unsigned long bytes = 0;
	unsigned int nr;

	for (nr = 0; nr < model.nr; nr++)
		if (model.ranges[nr].state == RANGE_LAZY)
			bytes += model.ranges[nr].end - model.ranges[nr].start;
	return bytes;
}

struct range *model_find(unsigned long address)
{
	unsigned int nr;

	for (nr = 0; nr < model.nr; nr++)
		if (address >= model.ranges[nr].start && address < model.ranges[nr].end)
			return &model.ranges[nr];
	return NULL;
}

struct range *model_busy_from(unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < model.nr; i++) {
		struct range *range = &model.ranges[(nr + i) % model.nr];

		if (range->state == RANGE_BUSY)
			return range;
	}
	return NULL;
}
