// SPDX-License-Identifier: MIT
/*
 * Every allocation inside vmalloc(), vmap() and their like fails, one after another, and nothing
 * is lost: API.md V7, Y2, A3.
 *
 * Memory is taken to the last page, and to the last object of each cache. Then n pages are given
 * back, and n of highmem: allocations succeed as far as these go, and the next one is refused,
 * for n = 0, 1, 2, ... until all that the call wants can be had. Each time address space, page
 * tables, pages and objects must be as before; the last time after the free.
 *
 * That is how memory fails in earnest: from one allocation on, all do. With mm/fault_inject.c the
 * n-th alone is made to fail, and those behind it succeed: then more has to be taken back.
 */
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/mempool.h>
#include <linux/percpu.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>
#include <memkern/report.h>

#include "../../mm/vmalloc.h"
#include "slab_test.h"

#define NR_PAGES	   40 /* that mappings are made of */
#define MOST		   4096
#define QUIETLY		   (GFP_KERNEL | __GFP_NOWARN)
#define TO_THE_LAST_OBJECT (GFP_NOWAIT | __GFP_NOWARN)

static struct page *pages[NR_PAGES];
static struct kmem_cache *cache;

/* --- the ways ------------------------------------------------------------------------------------ */

static void *map_three(void)
{
	return vmap(pages, 3, VM_MAP, PAGE_KERNEL);
}

static void *map_few(void)
{
	return vm_map_ram(pages, 5, NUMA_NO_NODE);
}

static void unmap_few(void *memory)
{
	vm_unmap_ram(memory, 5);
}

static void *map_many(void)
{
	return vm_map_ram(pages, NR_PAGES, NUMA_NO_NODE);
}

static void unmap_many(void *memory)
{
	vm_unmap_ram(memory, NR_PAGES);
}

static void *one_page(void)
{
	return __vmalloc(1, QUIETLY);
}

static void *some_pages(void)
{
	return __vmalloc(20 * PAGE_SIZE, QUIETLY);
}

/* The array of its pages is an area itself; more than one page table maps it. */
static void *many_pages(void)
{
	return __vmalloc((4 << 20) + PAGE_SIZE, QUIETLY);
}

static void *aligned(void)
{
	return __vmalloc_node(3 * PAGE_SIZE, 4 << 20, QUIETLY, NUMA_NO_NODE, NULL);
}

static void *area(void)
{
	return get_vm_area(3 * PAGE_SIZE, VM_MAP);
}

static void free_area(void *area)
{
	free_vm_area(area);
}

static void *either(void)
{
	return kvmalloc(64 * 1024, QUIETLY);
}

static void put_vfree(void *memory)
{
	vfree(memory);
}

static void put_vunmap(void *memory)
{
	vunmap(memory);
}

static void put_kvfree(void *memory)
{
	kvfree(memory);
}

static void *slab_pool(void)
{
	return mempool_create_node(9, mempool_alloc_slab, mempool_free_slab, cache, QUIETLY,
				   NUMA_NO_NODE);
}

static void *page_pool(void)
{
	return mempool_create_node(5, mempool_alloc_pages, mempool_free_pages, NULL, QUIETLY,
				   NUMA_NO_NODE);
}

static void put_pool(void *pool)
{
	mempool_destroy(pool);
}

/* What it held is still there where there was no memory for more. */
static void *old;

static void make_old(void)
{
	old = vmalloc(PAGE_SIZE);
	if (old)
		memset(old, 0x5a, PAGE_SIZE);
}

static void *larger(void)
{
	return vrealloc(old, 5 * PAGE_SIZE, QUIETLY);
}

static void put_larger(void *memory)
{
	vfree(memory);
	slab_shrink_all(); /* so that its object does not keep a page of its own */
	make_old();
}

/* More than the reserve has in one piece: a chunk of its own. */
static void *percpu(void)
{
	return __alloc_percpu_gfp(PCPU_MIN_UNIT_SIZE, 8, QUIETLY);
}

static void put_percpu(void *memory)
{
	free_percpu(memory);
}

/* Where devices are, on all these machines. */
static void *registers(void)
{
	return ioremap(0xfd000000, 3 * PAGE_SIZE);
}

static void put_registers(void *address)
{
	iounmap(address);
}

static const struct way {
	const char *name;
	void *(*get)(void);
	void (*put)(void *memory);
	bool reports; /* has no flags to be asked not to */
} ways[] = {
	{ "vmalloc of a page", one_page, put_vfree, false },
	{ "vmalloc of 20 pages", some_pages, put_vfree, false },
	{ "vmalloc of 1025 pages", many_pages, put_vfree, false },
	{ "vmalloc, aligned", aligned, put_vfree, false },
	{ "vmap", map_three, put_vunmap, true },
	{ "vm_map_ram of few", map_few, unmap_few, true },
	{ "vm_map_ram of many", map_many, unmap_many, true },
	{ "get_vm_area", area, free_area, true },
	{ "ioremap", registers, put_registers, true },
	{ "alloc_percpu", percpu, put_percpu, false },
	{ "vrealloc", larger, put_larger, false },
	{ "kvmalloc", either, put_kvfree, false },
	{ "mempool_create of objects", slab_pool, put_pool, false },
	{ "mempool_create of pages", page_pool, put_pool, false },
};

static void get_way(const struct way *way, char *description)
{
	strscpy(description, way->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(ways, ways, get_way)

/* --- scarcity --------------------------------------------------------------------------------------- */

static LIST_HEAD(saved); /* pages to be given back */

static void save_page(struct page *page, bool wanted)
{
	if (page && wanted)
		list_add(&page->lru, &saved);
	else if (page)
		__free_page(page);
}

/* nr of lowmem, and as many of highmem if there is any. */
static void save(unsigned long nr)
{
	while (nr--) {
		struct page *page = alloc_page(QUIETLY | __GFP_HIGHMEM);

		save_page(alloc_page(QUIETLY), true);
		save_page(page, page && PageHighMem(page));
	}
}

static void give_back_saved(void)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, &saved, lru) {
		list_del(&page->lru);
		__free_page(page);
	}
	drain_all_pages(NULL);
}

/* No page, and in no cache an object. Those are linked by their first word: not with a constructor. */
static void take_everything(void)
{
	struct kmem_cache *each;
	struct zone *zone;
	int order;

	/* Most of it without touching it. */
	drain_all_pages(NULL);
	for_each_populated_zone(zone)
		mm_hide_down_to(zone, high_wmark_pages(zone) + zone->lowmem_reserve[ZONE_NORMAL]);
	for (order = MAX_PAGE_ORDER; order >= 0; order--) {
		mm_fill(QUIETLY | __GFP_HIGHMEM, order);
		mm_fill(QUIETLY, order);
	}
	list_for_each_entry(each, &slab_caches, list)
		if (!each->ctor)
			slab_fill(each, TO_THE_LAST_OBJECT);
}

static void give_everything_back(void)
{
	give_back_saved();
	slab_free_held();
	mm_reset();
}

/* --- what must not be lost ----------------------------------------------------------------------------- */

struct state {
	unsigned long areas, busy, tables, vmalloc_pages, objects, pages;
};

static struct state look(void)
{
	struct vmalloc_info info;
	struct state state;

	flush_scheduled_work(); /* what was vfree()d under a lock */
	slab_shrink_all();
	vmalloc_get_info(&info);
	state.objects = slab_objects_in_use();
	mm_settle();
	state.areas = info.areas;
	state.busy = info.busy;
	state.tables = info.tables;
	state.vmalloc_pages = info.nr_pages;
	state.pages = mm_free_pages(NULL) + slab_pages();
	return state;
}

static void expect_same(struct kunit *test, const struct state *before, unsigned long nr)
{
	struct state now = look();

	KUNIT_EXPECT_EQ_MSG(test, now.areas, before->areas, "with %lu pages", nr);
	KUNIT_EXPECT_EQ_MSG(test, now.busy, before->busy, "with %lu pages", nr);
	KUNIT_EXPECT_EQ_MSG(test, now.tables, before->tables, "with %lu pages", nr);
	KUNIT_EXPECT_EQ_MSG(test, now.vmalloc_pages, before->vmalloc_pages, "with %lu pages", nr);
	KUNIT_EXPECT_EQ_MSG(test, now.objects, before->objects, "with %lu pages", nr);
	KUNIT_EXPECT_EQ_MSG(test, now.pages, before->pages, "with %lu pages", nr);
	KUNIT_ASSERT_EQ(test, test->status, KUNIT_SUCCESS);
}

/* What the call gave, or nothing. What it was to enlarge is whole either way. */
static void put_back(struct kunit *test, const struct way *way, void *memory)
{
	if (old)
		KUNIT_EXPECT_FALSE(test, memchr_inv(memory && way->get == larger ? memory : old,
						    0x5a, PAGE_SIZE));
	if (memory)
		way->put(memory);
}

/* Whether the call succeeded with so many pages. One that reports makes one report of a failure. */
static bool try(struct kunit *test, const struct way *way, unsigned long nr)
{
	void *memory;

	if (way->reports)
		kunit_expect_report(test, "allocat");
	vm_unmap_aliases();
	save(nr);
	take_everything();
	give_back_saved();
	memory = way->get();
	give_everything_back();
	put_back(test, way, memory);
	if (memory && way->reports)
		report_note("allocated: the failure that was declared did not come");
	return memory;
}

/* ULONG_MAX: the machine has not so many. */
static unsigned long pages_used(const struct way *way)
{
	unsigned long before = mm_free_pages(NULL), used;
	void *memory = way->get();

	used = before - mm_free_pages(NULL);
	if (!memory)
		return ULONG_MAX;
	way->put(memory);
	return used;
}

/* All numbers up to 12; of the many pages that are only data, some. */
static unsigned long next_number(unsigned long nr, unsigned long used)
{
	return nr + (nr > 12 && nr + 70 < used ? 61 : 1);
}

static void every_allocation_fails_once(struct kunit *test)
{
	const struct way *way = test->param_value;
	unsigned long used = pages_used(way), nr = 0, failed = 0;
	struct state before;

	if (used > totalram_pages() / 4)
		kunit_skip(test, "too little memory");
	before = look();
	while (!try(test, way, nr)) {
		expect_same(test, &before, nr);
		failed++;
		nr = next_number(nr, used);
		KUNIT_ASSERT_LT(test, nr, MOST);
	}
	expect_same(test, &before, nr);
	/* Each of these ways needs an object, so a page of its own. */
	KUNIT_EXPECT_GE(test, failed, 1);
	kunit_info(test, "failed with 0 to %lu pages, %lu times\n", nr - 1, failed);
}

/* --- the n-th ------------------------------------------------------------------------------------------- */

/*
 * The n-th allocation inside fails, alone. Where one need not succeed, as a slab of the best size
 * need not, the call does: then nothing is lost either.
 */
static void api_V7_each_allocation_fails_in_turn(struct kunit *test)
{
	const struct way *way = test->param_value;
	unsigned long used = pages_used(way), n = 1, refused = 0;
	bool failed = true;
	struct state before;

	if (used > totalram_pages() / 4)
		kunit_skip(test, "too little memory");
	before = look();
	for (; failed; n = next_number(n, used)) {
		void *memory;

		kunit_fail_nth(test, n);
		memory = way->get();
		failed = kunit_fail_nth_end(test);
		KUNIT_EXPECT_TRUE_MSG(test, failed || memory, "none failed, of %lu", n);
		refused += !memory;
		put_back(test, way, memory);
		expect_same(test, &before, n);
		KUNIT_ASSERT_LT(test, n, MOST);
	}
	/* Y2: where kmalloc() has none, vmalloc() has, and where vmalloc() fails, it was not asked. */
	KUNIT_EXPECT_EQ(test, refused > 0, way->get != either);
	KUNIT_EXPECT_GT(test, n, 2);
	kunit_info(test, "refused %lu times, with up to %lu allocations\n", refused, n - 1);
}

/* --- the suite -------------------------------------------------------------------------------------------- */

static void free_mapped_pages(void *unused)
{
	unsigned int i;

	vfree(old);
	old = NULL;
	for (i = 0; i < NR_PAGES && pages[i]; i++)
		__free_page(pages[i]);
	memset(pages, 0, sizeof(pages));
}

static int failing_init(struct kunit *test)
{
	unsigned int i;
	int error = slab_count_init(test);

	if (error)
		return error;
	cache = slab_test_cache(test, 700, 0, SLAB_NO_MERGE, NULL);
	for (i = 0; i < NR_PAGES; i++)
		pages[i] = alloc_page(GFP_KERNEL);
	if (test->param_value && ((const struct way *)test->param_value)->get == larger)
		make_old();
	return kunit_add_action(test, free_mapped_pages, NULL);
}

static struct kunit_case failing_cases[] = {
	KUNIT_CASE_PARAM_ATTR(every_allocation_fails_once, ways_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_PARAM_ATTR(api_V7_each_allocation_fails_in_turn, ways_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	{},
};

static struct kunit_suite failing_suite = {
	.name = "failing",
	.init = failing_init,
	.exit = slab_count_exit,
	.test_cases = failing_cases,
};
kunit_test_suite(failing_suite);
