// SPDX-License-Identifier: MIT
/* What the tests of mm/ share: see mm_test.h. */
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <memkern/mm_check.h>

#include "../../kernel/rcu.h"
#include "../../mm/vmscan.h"
#include "mm_test.h"

LIST_HEAD(mm_held);
static LIST_HEAD(hidden);

static struct free_set before, after;
static unsigned long pages_before, tables_before;
static int boost_factor;

/* --- held blocks ---------------------------------------------------------------------- */

void mm_hold(struct page *page, unsigned int order)
{
	list_add(&page->lru, &mm_held);
	page->private = order;
}

struct page *mm_unhold(struct page *page)
{
	list_del(&page->lru);
	return page;
}

struct page *mm_take(gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp, order);

	if (page)
		mm_hold(page, order);
	return page;
}

unsigned long mm_fill(gfp_t gfp, unsigned int order)
{
	unsigned long nr = 0;

	while (mm_take(gfp, order))
		nr++;
	return nr;
}

void mm_give(struct page *page)
{
	unsigned int order = page->private;

	__free_pages(mm_unhold(page), order);
}

void mm_give_all(void)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, &mm_held, lru)
		mm_give(page);
}

/* --- hidden blocks -------------------------------------------------------------------- */

/* Hides a block of this order, of any type; false if there is none. */
static bool hide_block(struct zone *zone, unsigned int order)
{
	struct page *page = NULL;
	unsigned long flags;
	int type;

	spin_lock_irqsave(&zone->lock, flags);
	for (type = 0; type < MIGRATE_TYPES && !page; type++) {
		struct list_head *list = &zone->free_area[order].free_list[type];

		if (list_empty(list))
			continue;
		page = list_first_entry(list, struct page, lru);
		del_from_free_list(zone, page, order, type);
		list_add(&page->lru, &hidden);
		page->private = order;
	}
	spin_unlock_irqrestore(&zone->lock, flags);
	return page;
}

void mm_hide_small(struct zone *zone, unsigned int order)
{
	while (order-- > 0)
		while (hide_block(zone, order))
			;
}

void mm_hide_down_to(struct zone *zone, unsigned long free)
{
	int order;

	for (order = MAX_PAGE_ORDER; order >= 0; order--)
		while (zone->nr_free_pages >= free + (1UL << order) && hide_block(zone, order))
			;
}

void mm_leave(gfp_t gfp, unsigned long nr)
{
	enum zone_type highest = gfp_zone(gfp);
	struct zone *zone;

	drain_all_pages(NULL);
	for_each_zone(zone)
		if (zone_idx(zone) <= highest)
			mm_hide_down_to(zone, max(mm_limit(zone, gfp), 0L) + nr);
	mm_fill(gfp | __GFP_NOWARN, 0);
	while (nr-- && !list_empty(&mm_held))
		mm_give(list_first_entry(&mm_held, struct page, lru));
	drain_all_pages(NULL);
}

void mm_unhide(void)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, &hidden, lru) {
		struct zone *zone = page_zone(page);
		unsigned int order = page->private;
		unsigned long flags;

		list_del(&page->lru);
		page->private = 0;
		spin_lock_irqsave(&zone->lock, flags);
		free_one_block(zone, page, order);
		spin_unlock_irqrestore(&zone->lock, flags);
	}
}

/* --- around each case ----------------------------------------------------------------- */

void mm_settle(void)
{
	vm_unmap_aliases(); /* the page tables of lazy areas go */
	drain_all_pages(NULL);
	while (unreserve_highatomic_pageblock(MIGRATE_MOVABLE, true))
		;
}

void mm_reset(void)
{
	mm_give_all();
	mm_unhide();
	mm_settle();
}

/* Cases count pages: kswapd does not free any meanwhile, and marks stay what they are. */
static void hold_still(void)
{
	kthread_park(kswapd.task);
	boost_factor = watermark_boost_factor;
	watermark_boost_factor = 0;
	end_watermark_boost(ZONE_HIGHMEM);
}

static void go_on(void)
{
	watermark_boost_factor = boost_factor;
	kthread_unpark(kswapd.task);
}

/* What a case's reclaim would find: the page cache's index of the suite before, say. */
static void free_leftovers(void)
{
	unsigned int cpu, waiting = 0;

	for_each_online_cpu(cpu)
		waiting += rcu_callbacks_waiting(cpu);
	if (waiting)
		rcu_barrier();
	slab_reclaim_empty();
}

int mm_test_init(struct kunit *test)
{
	hold_still();
	free_leftovers();
	slab_reclaim_empty(); /* what exhausts memory would do that, and find more than there was */
	mm_settle();
	if (mm_free_pages(NULL) < totalram_pages() / 2)
		kunit_skip(test, "most memory is held: 'free all' gives it back");
	free_set_read(&before);
	pages_before = mm_free_pages_and_tables();
	tables_before = nr_page_tables;
	return 0;
}

/* To the block; but to the page, if a large page was split meanwhile. */
static void expect_all_free(struct kunit *test)
{
	/* What others have left is given back late now and then, by RCU or a worker: that is no loss. */
	if (mm_free_pages_and_tables() > pages_before)
		return;
	if (nr_page_tables != tables_before) {
		KUNIT_EXPECT_EQ_MSG(test, mm_free_pages_and_tables(), pages_before,
				    "%lu page tables before, now %lu", tables_before,
				    nr_page_tables);
		return;
	}
	free_set_read(&after);
	free_set_compare(test, &before, &after);
}

void mm_test_exit(struct kunit *test)
{
	/* A toy gives its frames back before the set can be what it was. */
	kunit_cleanup(test);
	mm_reset();
	expect_all_free(test);
	go_on();
}

unsigned long mm_free_pages(const struct zone *only)
{
	unsigned long pages = 0;
	struct zone *zone;
	unsigned int cpu;

	for_each_populated_zone(zone) {
		if (only && zone != only)
			continue;
		pages += zone->nr_free_pages;
		for_each_online_cpu(cpu)
			pages += per_cpu_ptr(zone->per_cpu_pageset, cpu)->count;
	}
	return pages;
}

unsigned long mm_free_pages_and_tables(void)
{
	return mm_free_pages(NULL) + nr_page_tables;
}

bool mm_in_free_areas(struct page *page)
{
	struct zone *zone = page_zone(page);
	unsigned long flags;
	unsigned int order;
	bool found;

	spin_lock_irqsave(&zone->lock, flags);
	found = free_block_of(page, &order);
	spin_unlock_irqrestore(&zone->lock, flags);
	return found;
}

void mm_repair_bad(struct page *page)
{
	page->page_type = -1U;
	set_page_count(page, 1);
	nr_bad_pages--;
}

/* --- the set of free blocks ----------------------------------------------------------- */

static void free_set_add(struct free_set *set, unsigned long pfn, unsigned int order)
{
	struct free_run *last = &set->runs[set->nr - 1];

	if (set->nr && last->order == order &&
	    last->pfn + ((unsigned long)last->count << order) == pfn)
		last->count++;
	else if (set->nr < FREE_RUNS)
		set->runs[set->nr++] = (struct free_run){ pfn, order, 1 };
}

void free_set_read(struct free_set *set)
{
	unsigned long pfn, step;

	set->nr = 0;
	for (pfn = 0; pfn < max_pfn; pfn += step) {
		struct page *page;

		step = 1;
		if (!pfn_valid(pfn)) {
			step = PAGES_PER_SECTION - pfn % PAGES_PER_SECTION;
			continue;
		}
		page = pfn_to_page(pfn);
		if (!PageBuddy(page))
			continue;
		step = 1UL << buddy_order(page);
		free_set_add(set, pfn, buddy_order(page));
	}
}

void free_set_compare(struct kunit *test, const struct free_set *one, const struct free_set *other)
{
	unsigned int i;

	KUNIT_EXPECT_LT_MSG(test, one->nr, FREE_RUNS, "too many runs of free blocks");
	for (i = 0; i < min(one->nr, other->nr); i++) {
		const struct free_run *a = &one->runs[i], *b = &other->runs[i];

		if (a->pfn == b->pfn && a->order == b->order && a->count == b->count)
			continue;
		KUNIT_FAIL(test,
			   "free blocks differ: %u of order %u at %#lx before, %u of order %u at "
			   "%#lx after",
			   a->count, a->order, a->pfn, b->count, b->order, b->pfn);
		return;
	}
	KUNIT_EXPECT_EQ_MSG(test, one->nr, other->nr, "runs of free blocks, before and after");
}

/* --- invariants ------------------------------------------------------------------------- */

const char *mm_broken_invariants(void)
{
	static char names[128];
	const char *text;
	unsigned int nth;

	names[0] = '\0';
	for (nth = 0; (text = mm_problem_text(nth)); nth++) {
		char name[32];

		strscpy(name, text, min_t(size_t, sizeof(name), strchr(text, ':') - text + 1));
		if (strstr(names, name))
			continue;
		snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%s",
			 names[0] ? " " : "", name);
	}
	mm_problems_forget();
	return names;
}
