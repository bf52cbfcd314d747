// SPDX-License-Identifier: MIT
/* Operations: see operations.h. */
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/mm.h>

#include "../e820/host.h"
#include "../page_alloc/choices.h"
#include "model.h"
#include "operations.h"

const char *operations_complaint;

static const struct window *window;
static unsigned int nr_busy, until_comparison;

static void expect(bool ok, const char *what)
{
	if (!ok && !operations_complaint)
		operations_complaint = what;
}

/* --- comparison ------------------------------------------------------------------------------ */

/*
 * subtree_max_size of each node, order and balance of the tree. Returns the number of nodes on
 * the longest way down: no more than twice the least there could be.
 */
static unsigned int check_subtree(const struct rb_node *node, unsigned long *largest)
{
	const struct vmap_area *va;
	unsigned long left_largest, right_largest;
	unsigned int left, right;

	*largest = 0;
	if (!node)
		return 0;
	va = rb_entry(node, struct vmap_area, rb_node);
	left = check_subtree(node->rb_left, &left_largest);
	right = check_subtree(node->rb_right, &right_largest);
	*largest = max3(va_size(va), left_largest, right_largest);
	expect(va->subtree_max_size == *largest, "subtree_max_size is not the largest size");
	expect(max(left, right) <= 2 * min(left, right) + 1, "the free tree is not balanced");
	return 1 + max(left, right);
}

static const struct vmap_area *first_of(const struct rb_root *root)
{
	return rb_entry_safe(rb_first(root), struct vmap_area, rb_node);
}

static const struct vmap_area *next_of(const struct vmap_area *va)
{
	return rb_entry_safe(rb_next(&va->rb_node), struct vmap_area, rb_node);
}

static bool is_range(const struct vmap_area *va, const struct range *range)
{
	return va && va->va_start == range->start && va->va_end == range->end;
}

/* Both trees, by address, beside the model's ranges. */
static void compare_trees(void)
{
	const struct vmap_area *free = first_of(&vmap_free_root), *busy = first_of(&vmap_busy_root);
	unsigned long largest;
	unsigned int nr;

	for (nr = 0; nr < model.nr && !operations_complaint; nr++) {
		const struct range *range = &model.ranges[nr];

		if (range->state == RANGE_FREE) {
			expect(is_range(free, range), "a free area is not as in the model");
			free = free ? next_of(free) : NULL;
		} else if (range->state == RANGE_BUSY) {
			expect(is_range(busy, range) && busy == range->va,
			       "a busy area is not as in the model");
			busy = busy ? next_of(busy) : NULL;
		}
	}
	expect(!free && !busy, "there are more areas than in the model");
	check_subtree(vmap_free_root.rb_node, &largest);
}

static void compare_lazy(void)
{
	const struct vmap_area *va;
	unsigned int nr = 0;

	list_for_each_entry(va, &vmap_lazy_list, list) {
		const struct range *range = model_find(va->va_start);

		nr++;
		expect(range && range->state == RANGE_LAZY && is_range(va, range),
		       "a lazy area is not as in the model");
	}
	expect(nr == model.nr_lazy, "lazy areas are not as many as in the model");
}

/* A table is there exactly as long as somebody has, or had, something below it. */
static void compare_tables(void)
{
	unsigned int nr, slot, next = 0;

	for (nr = 0; nr < model.nr; nr++) {
		const struct range *range = &model.ranges[nr];
		unsigned int last = window_slot(range->end - 1);

		if (range->state == RANGE_FREE)
			continue;
		for (slot = window_slot(range->start); next < slot; next++)
			expect(!window_has_table(next), "a page table was not taken out");
		for (; next <= last; next++)
			expect(window_has_table(next), "a page table in use was taken out");
	}
	for (; next < window_nr_slots(); next++)
		expect(!window_has_table(next), "a page table was not taken out");
}

static void compare_counters(void)
{
	unsigned long bytes[3] = { 0 }, areas[3] = { 0 };
	unsigned int nr;

	for (nr = 0; nr < model.nr; nr++) {
		const struct range *range = &model.ranges[nr];

		bytes[range->state] += range->end - range->start;
		areas[range->state]++;
	}
	nr_busy = areas[RANGE_BUSY];
	expect(vmap_stats.areas == areas[RANGE_BUSY] && vmap_stats.busy == bytes[RANGE_BUSY],
	       "busy areas are not counted");
	expect(vmap_stats.lazy_areas == areas[RANGE_LAZY] && vmap_stats.lazy == bytes[RANGE_LAZY],
	       "lazy areas are not counted");
	expect(vmap_stats.free_areas == areas[RANGE_FREE], "free areas are not counted");
}

static void compare_finds(void)
{
	unsigned int nr;

	expect(!find_vmap_area(window->start - 1) && !find_vmap_area(window->end),
	       "an area is found outside of the window");
	for (nr = 0; nr < model.nr; nr++) {
		const struct range *range = &model.ranges[nr];
		struct vmap_area *va = range->state == RANGE_BUSY ? range->va : NULL;

		expect(find_vmap_area(range->start) == va && find_vmap_area(range->end - 1) == va,
		       "an address is found in the wrong area");
	}
}

static void compare(void)
{
	compare_trees();
	compare_lazy();
	compare_tables();
	compare_counters();
	compare_finds();
	expect(window_log.objects == model.nr, "objects are lost, or too many");
}

/* --- operations --------------------------------------------------------------------------------- */

/* Lazy areas that are free now must have been flushed from the TLBs. */
static void expect_purge(bool wanted, unsigned long flushes_before)
{
	bool purged = window_log.flushes != flushes_before;

	expect(purged == (wanted && model.nr_lazy),
	       purged ? "a purge that nothing called for" : "no purge where one was called for");
	if (wanted)
		model_purge();
}

/* Mostly small; up to a little more than the window has. */
static unsigned long choose_size(void)
{
	unsigned long pages = (window->end - window->start) >> PAGE_SHIFT;

	if (choose(4))
		return (2 + choose(once_in(4) ? 40 : 4)) << PAGE_SHIFT;
	return (1 + choose(min_t(unsigned long, pages >> choose(12), 60000) + 2)) << PAGE_SHIFT;
}

static unsigned long choose_align(void)
{
	if (choose(4))
		return once_in(8) ? 1 : PAGE_SIZE;
	return PAGE_SIZE << choose(once_in(16) ? BITS_PER_LONG - PAGE_SHIFT : 12);
}

/* Most of the time all of the window. */
static void choose_bounds(unsigned long *start, unsigned long *end)
{
	unsigned long pages = (window->end - window->start) >> PAGE_SHIFT;

	*start = window->start;
	*end = window->end;
	if (choose(4))
		return;
	*start += (unsigned long)choose(pages) << PAGE_SHIFT;
	if (choose(2))
		*end -= (unsigned long)choose(pages) << PAGE_SHIFT;
}

/* Would it fit if nobody else had anything? */
static bool fits_in_window(unsigned long size, unsigned long align, unsigned long start,
			   unsigned long end)
{
	unsigned long skip = -start & (align - 1);

	return start < end && skip < end - start && size <= end - start - skip;
}

static void take(struct vmap_area *va, int nr, unsigned long address, unsigned long size)
{
	expect(va->va_start == address && va->va_end == address + size,
	       "an area is not where it fits first");
	expect(va->vm.flags == (VM_ALLOC | VM_UNINITIALIZED), "a new area may be claimed already");
	if (operations_complaint)
		return;
	model_take(nr, address, size, va);
	window_map(va->va_start, va->va_end);
	va->vm.flags = VM_ALLOC;
	nr_busy++;
}

static void alloc(const struct plan *plan)
{
	unsigned long size = choose_size(), align = choose_align(), start, end, address;
	unsigned long flushes = window_log.flushes, refused = window_log.refused;
	struct vmap_area *va;
	int nr;

	choose_bounds(&start, &end);
	window_log.refuse_in = plan->refusals && once_in(4) ? 1 + choose(2) : 0;
	va = alloc_vmap_area(size, align, start, end, GFP_KERNEL, VM_ALLOC);
	window_log.refuse_in = 0;
	if (window_log.refused != refused) {
		expect(!va && window_log.flushes == flushes, "without memory more was done");
		return;
	}
	align = max(align, PAGE_SIZE);
	nr = model_fit(size, align, start, end, &address);
	expect_purge(nr < 0 && fits_in_window(size, align, start, end), flushes);
	if (nr < 0)
		nr = model_fit(size, align, start, end, &address);
	expect(!va == (nr < 0), va ? "an area where none fits" : "no area, though one fits");
	if (va)
		take(va, nr, address, size);
}

static void alloc_nonsense(void)
{
	static const struct {
		unsigned long size, align;
	} nonsense[] = { { 0, PAGE_SIZE },
			 { PAGE_SIZE + 1, PAGE_SIZE },
			 { PAGE_SIZE, 3 * PAGE_SIZE },
			 { PAGE_SIZE, 0 } };
	unsigned int nr = choose(ARRAY_SIZE(nonsense));

	expect(!alloc_vmap_area(nonsense[nr].size, nonsense[nr].align, window->start, window->end,
				GFP_KERNEL, 0),
	       "nonsense is granted");
}

/* Any busy area; first by an address of it that is not its start. */
static void free(void)
{
	struct range *range = model_busy_from(choose(model.nr));
	unsigned long flushes = window_log.flushes, start;
	struct vmap_area *va;

	if (!range)
		return;
	start = range->start;
	expect(!claim_vmap_area(range->end - PAGE_SIZE / 2), "claimed by an address in the middle");
	va = claim_vmap_area(range->start);
	expect(va == range->va, "claimed is another area");
	expect(!claim_vmap_area(range->start), "claimed twice");
	if (operations_complaint)
		return;
	free_vmap_area_lazily(va);
	model_free(range - model.ranges);
	nr_busy--;
	expect(!claim_vmap_area(start), "claimed after it was freed");
	expect_purge(model_lazy_bytes() > vmap_stats.lazy_max, flushes);
}

static void purge(void)
{
	unsigned long flushes = window_log.flushes;

	expect(purge_vmap_areas() == !!model.nr_lazy, "the purge says it wrong");
	expect_purge(true, flushes);
}

void operations_begin(const struct window *from)
{
	window = from;
	window_begin(window);
	model_begin(window->start, window->end);
	operations_complaint = NULL;
	nr_busy = until_comparison = 0;
}

void operation(const struct plan *plan)
{
	unsigned int what = choose(64);

	if (what == 0)
		purge();
	else if (what == 1)
		alloc_nonsense();
	else if (what < (nr_busy < plan->areas ? 44U : 28U))
		alloc(plan);
	else
		free();
	expect(!window_log.wrong, window_log.wrong);
	if (until_comparison-- == 0) {
		compare();
		until_comparison = plan->every - 1;
	}
}

void operations_end(void)
{
	if (!operations_complaint)
		compare();
	while (!operations_complaint && model_busy_from(0))
		free();
	if (!operations_complaint)
		purge();
	expect(model.nr == 1, "the window is not whole again");
	if (!operations_complaint)
		compare();
	window_end();
	expect(!window_log.objects, "objects are left");
}
