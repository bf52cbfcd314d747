// SPDX-License-Identifier: MIT
/*
 * The monitor's commands on objects: slab, alloc kmalloc, alloc cache, whatis, leaks. What
 * they say is what is so, with and without debugging, and nonsense gets a sentence.
 */
#include <linux/kernel.h>
#include <linux/sched.h>
#include <asm/irq_stack.h>

#include "../../mm/monitor/monitor.h"
#include "monitor_run.h"
#include "slab_test.h"

/* A cache that slub_debug= does not change: one page has eight objects. */
#define OBJECTS 8

/* A page each slab: of itself a cache would have larger ones, the more CPUs there are. */
static struct kmem_cache *plain_cache(struct kunit *test)
{
	struct kmem_cache *cache = slab_test_cache(test, PAGE_SIZE / OBJECTS, 0,
						   SLAB_NO_MERGE | SLAB_NO_USER_FLAGS, NULL);

	cache->shape = cache->min;
	return cache;
}

/* The object whose handle was just printed. */
static void *handle_object(void)
{
	return (void *)(unsigned long)number_after(capture.text, "virt ");
}

/* --- slab ----------------------------------------------------------------------------- */

static void slab_shows_the_counters(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test);
	unsigned int i, kept = slab_is_lifo(cache) ? OBJECTS - 5 : 0;

	for (i = 0; i < 5; i++)
		slab_hold(kmem_cache_alloc(cache, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, run(test, "slab test --json"), 0);
	KUNIT_EXPECT_TRUE(test, strstarts(capture.text, "{\"cache\":\"test\","));
	KUNIT_EXPECT_EQ(test, json_field(capture.text, "used_objects"), 5);
	KUNIT_EXPECT_EQ(test, json_field(capture.text, "total_objects"), OBJECTS);
	KUNIT_EXPECT_EQ(test, json_field(capture.text, "cpu_objects"), kept);
	KUNIT_EXPECT_EQ(test, json_field(capture.text, "partial_slabs"), kept ? 0 : 1);
	KUNIT_EXPECT_EQ(test, json_field(capture.text, "slab_pages"), 1);
	kmem_cache_free(cache, slab_unhold());
	KUNIT_EXPECT_EQ(test, run(test, "slab test"), 0);
	KUNIT_EXPECT_TRUE(test, printed("  4 of 8 objects used, "));
	KUNIT_EXPECT_TRUE(test, printed("(verified)"));
}

static void slab_lists_caches(struct kunit *test)
{
	char line[40];

	plain_cache(test);
	KUNIT_EXPECT_EQ(test, run(test, "slab"), 0);
	KUNIT_EXPECT_TRUE(test, printed("\nkmem_cache "));
	KUNIT_EXPECT_FALSE(test, printed("\ntest "));
	KUNIT_EXPECT_TRUE(test, printed("without slabs: slab -a\n"));
	slab_hold(kmem_cache_alloc(slab_test_cache(test, 24, 0, SLAB_NO_MERGE, NULL), GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, run(test, "slab"), 0);
	snprintf(line, sizeof(line), "\n%-20s %7u ", "test", 1);
	KUNIT_EXPECT_TRUE(test, printed(line));
	KUNIT_EXPECT_EQ(test, run(test, "slab -a"), 0);
	KUNIT_EXPECT_TRUE(test, printed("\ndma-kmalloc-8k "));
}

static void slab_draws_each_object(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test);
	char *objects[OBJECTS], *slab, expected[40];
	char mark = slab_is_lifo(cache) ? 'c' : '.';
	unsigned int i;

	for (i = 0; i < OBJECTS; i++)
		objects[i] = kmem_cache_alloc(cache, GFP_KERNEL);
	slab = (char *)((unsigned long)objects[0] & PAGE_MASK);
	run(test, "slab test");
	snprintf(expected, sizeof(expected), "\n  0x%px  ########\n", slab);
	KUNIT_EXPECT_TRUE(test, printed(expected));

	kmem_cache_free(cache, slab + 2 * cache->size);
	kmem_cache_free(cache, slab + 7 * cache->size);
	run(test, "slab test");
	snprintf(expected, sizeof(expected), "  ##%c####%c\n", mark, mark);
	KUNIT_EXPECT_TRUE(test, printed(expected));
	run(test, "slab test -v");
	snprintf(expected, sizeof(expected), "\n  0x%px  # used\n", slab + 6 * cache->size);
	KUNIT_EXPECT_TRUE(test, printed(expected));
	snprintf(expected, sizeof(expected), ", next 0x%px\n", slab + 2 * cache->size);
	KUNIT_EXPECT_TRUE(test, printed(expected));

	slab_flush_cpus(cache);
	run(test, "slab test");
	KUNIT_EXPECT_TRUE(test, printed("  ##.####.\n"));
	for (i = 0; i < OBJECTS; i++)
		if (i != 2 && i != 7)
			kmem_cache_free(cache, slab + i * cache->size);
}

static void slab_sees_a_wrong_counter(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test);

	slab_hold(kmem_cache_alloc(cache, GFP_KERNEL));
	cache->node.nr_slabs++;
	run(test, "slab test");
	cache->node.nr_slabs--;
	KUNIT_EXPECT_TRUE(test, printed("found 1 slabs with 8 objects: MISMATCH"));
}

/* --- alloc kmalloc, alloc cache ----------------------------------------------------------- */

static void alloc_kmalloc_takes_and_free_gives_back(struct kunit *test)
{
	void *object;
	u64 before;

	KUNIT_EXPECT_EQ(test, run(test, "slab kmalloc-128 --json"), 0);
	before = json_field(capture.text, "used_objects");
	KUNIT_ASSERT_EQ(test, run(test, "alloc kmalloc 100 GFP_KERNEL"), 0);
	object = handle_object();
	KUNIT_EXPECT_PTR_EQ(test, slab_cache_of(object), kmalloc_caches[KMALLOC_NORMAL][7]);
	KUNIT_EXPECT_TRUE(test, printed(", 100 bytes of 128, kmalloc-128, GFP_KERNEL\n"));
	KUNIT_EXPECT_EQ(test, handle_of_object(object), handle_number());
	KUNIT_EXPECT_EQ(test, run(test, "slab kmalloc-128 --json"), 0);
	KUNIT_EXPECT_EQ(test, json_field(capture.text, "used_objects"), before + 1);

	KUNIT_EXPECT_EQ(test, run(test, "handles"), 0);
	KUNIT_EXPECT_TRUE(test, printed("\n1 handle, 0 pages, 0 KiB, 1 object\n"));
	KUNIT_EXPECT_EQ(test, runf(test, "free %u", handle_of_object(object)), 0);
	KUNIT_EXPECT_TRUE(test, printed(" to kmalloc-128\n"));
	KUNIT_EXPECT_EQ(test, handle_of_object(object), 0);
	KUNIT_EXPECT_EQ(test, run(test, "slab kmalloc-128 --json"), 0);
	KUNIT_EXPECT_EQ(test, json_field(capture.text, "used_objects"), before);
}

static void alloc_kmalloc_of_large_sizes(struct kunit *test)
{
	struct page *page;

	KUNIT_ASSERT_EQ(test, run(test, "alloc kmalloc 8193 GFP_ATOMIC"), 0);
	KUNIT_EXPECT_TRUE(test, printed(", 8193 bytes of 16384, order 2 (4 pages), GFP_ATOMIC\n"));
	page = virt_to_page(handle_object());
	KUNIT_EXPECT_EQ(test, compound_order(page), 2);
	KUNIT_EXPECT_EQ(test, run(test, "handles --json"), 0);
	KUNIT_EXPECT_EQ(test, json_field(capture.text, "usable_bytes"), 16384);
	KUNIT_EXPECT_EQ(test, run(test, "free all"), 0);
	KUNIT_EXPECT_TRUE(test, printed("gave back 1 handle, 0 pages, 1 object, and 0 pages"));
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 0);
	KUNIT_EXPECT_EQ(test, run(test, "alloc kmalloc 0 GFP_KERNEL"), 0);
	KUNIT_EXPECT_TRUE(test, printed("ZERO_SIZE_PTR"));
}

static void alloc_obeys_the_flags(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, run(test, "alloc kmalloc 8 GFP_DMA|GFP_NOWAIT"), 0);
	KUNIT_EXPECT_TRUE(test, printed(", 8 bytes of 8, dma-kmalloc-8, "));
	KUNIT_EXPECT_EQ(test, page_zonenum(virt_to_page(handle_object())), ZONE_DMA);
	KUNIT_ASSERT_EQ(test, run(test, "alloc kmalloc 192 GFP_KERNEL|__GFP_ZERO"), 0);
	KUNIT_EXPECT_NULL(test, memchr_inv(handle_object(), 0, 192));
	KUNIT_EXPECT_EQ(test, run(test, "alloc kmalloc 8 GFP_HIGHUSER"), -EINVAL);
	KUNIT_EXPECT_TRUE(test, printed("__GFP_HIGHMEM is no flag for objects"));
	run(test, "free all");
}

static void construct(void *object)
{
}

static void alloc_cache_takes_from_it(struct kunit *test)
{
	struct kmem_cache *cache = slab_test_cache(test, 72, 0, SLAB_NO_MERGE, construct);

	KUNIT_ASSERT_EQ(test, run(test, "alloc cache test GFP_NOWAIT"), 0);
	KUNIT_EXPECT_PTR_EQ(test, slab_cache_of(handle_object()), cache);
	KUNIT_EXPECT_TRUE(test, printed(", 72 bytes of 72, test, GFP_NOWAIT\n"));
	KUNIT_EXPECT_EQ(test, run(test, "alloc cache test GFP_NOWAIT|__GFP_ZERO"), -EINVAL);
	KUNIT_EXPECT_TRUE(test, printed("has a constructor"));
	run(test, "free all");
}

static void a_refusal_is_explained(struct kunit *test)
{
	struct zone *zone;

	slab_use_up(kmalloc_caches[KMALLOC_NORMAL][kmalloc_index(8192)]);
	drain_all_pages(NULL);
	for_each_zone(zone)
		mm_hide_down_to(zone, 0);
	KUNIT_EXPECT_EQ(test, run(test, "alloc kmalloc 8000 GFP_NOWAIT"), -ENOMEM);
	KUNIT_EXPECT_TRUE(test, printed("kmalloc-8k has no free object, and gets no pages"));
	KUNIT_EXPECT_TRUE(test, printed("pages free, "));
	KUNIT_EXPECT_EQ(test, run(test, "alloc kmalloc 4M GFP_NOWAIT"), -ENOMEM);
	KUNIT_EXPECT_TRUE(test, printed("pages free, 1024 wanted: "));
	KUNIT_EXPECT_EQ(test, run(test, "handles"), 0);
	KUNIT_EXPECT_TRUE(test, strstarts(capture.text, "0 handles"));
}

/* --- whatis -------------------------------------------------------------------------------- */

static void expect_whatis(struct kunit *test, const void *address, const char *expected)
{
	KUNIT_EXPECT_EQ(test, runf(test, "whatis 0x%px", address), 0);
	KUNIT_EXPECT_TRUE_MSG(test, printed(expected), "%s in %s", expected, capture.text);
}

static void whatis_knows_objects(struct kunit *test)
{
	struct kmem_cache *cache = slab_test_cache(test, 600, 0, SLAB_NO_MERGE, NULL);
	char *object = kmem_cache_alloc(cache, GFP_KERNEL), text[80];
	struct slab *slab = virt_to_slab(object);

	snprintf(text, sizeof(text), ": test object 0x%px + 0x63, in use\n", object);
	expect_whatis(test, object + 0x63, text);
	KUNIT_EXPECT_TRUE(test, printed("objects of 600 bytes"));
	kmem_cache_free(cache, object);
	expect_whatis(test, object, slab_is_lifo(cache) ? "in a CPU's list" : "free in its slab");
	slab_flush_cpus(cache);
	expect_whatis(test, object, " + 0x0, free in its slab\n");
	expect_whatis(test, slab_address(slab) + (PAGE_SIZE << slab_order(slab)) - 1,
		      "behind the last object of the slab");
}

/* Of a thread that waits, of the caller, and of interrupts. */
static void whatis_knows_stacks(struct kunit *test)
{
	struct task_struct *other = list_first_entry(&__task_list, struct task_struct, tasks);
	char *irq_stack = (char *)this_cpu_read(irq_stack_top) - IRQ_STACK_SIZE;
	char text[64];

	snprintf(text, sizeof(text), "stack of %s[%d], ", current->comm, current->pid);
	expect_whatis(test, text, text);
	snprintf(text, sizeof(text), "stack of %s[%d], 8192 bytes", other->comm, other->pid);
	expect_whatis(test, other->stack, text);
	snprintf(text, sizeof(text), "guard page of the stack of %s[%d]", other->comm, other->pid);
	expect_whatis(test, other->stack - 1, text);
	expect_whatis(test, other->stack - PAGE_SIZE, text);
	expect_whatis(test, irq_stack, "IRQ stack");
	expect_whatis(test, irq_stack - 1, "guard page of the IRQ stack");
}

static void whatis_knows_handles(struct kunit *test)
{
	char *object;

	run(test, "alloc kmalloc 40 GFP_KERNEL");
	object = handle_object();
	expect_whatis(test, object + 39, " + 0x27, in use, handle #");
	run(test, "alloc kmalloc 64K GFP_KERNEL");
	expect_whatis(test, handle_object() + 0x2345,
		      " + 0x345, in use, compound: 3rd of 16 pages");
	run(test, "free all");
}

static void whatis_knows_memory(struct kunit *test)
{
	struct page *page = mm_take(GFP_KERNEL, 2);
	char *address = page_address(page), text[40];

	expect_whatis(test, address + PAGE_SIZE + 5, " + 0x5, in use by the kernel");
	snprintf(text, sizeof(text), ": struct page of pfn %lu + 0x4;", page_to_pfn(page));
	expect_whatis(test, (char *)page + 4, text);
	mm_give(page);
	expect_whatis(test, address, "free, in the lists of CPU 0: 1st of 4 pages");
	drain_all_pages(NULL);
	expect_whatis(test, address + PAGE_SIZE, "free: ");
}

static void whatis_knows_the_kernel(struct kunit *test)
{
	unsigned long local = 0;

	expect_whatis(test, kmalloc_trace, ": function kmalloc_trace + 0x0, of 0x");
	expect_whatis(test, (char *)kmalloc_caches + 5, "constant kmalloc_caches + 0x5, of 0x");
	expect_whatis(test, &local, "stack of ");
	expect_whatis(test, NULL, ": NULL\n");
	expect_whatis(test, ZERO_SIZE_PTR, ": ZERO_SIZE_PTR");
	expect_whatis(test, (void *)36, ": in page 0");
	expect_whatis(test, (void *)0x08048000, ": no address of the kernel");
	expect_whatis(test, (void *)-1UL, ": not mapped");
	expect_whatis(test, __va(0xa0000), "low memory, kept for the BIOS");
}

/* --- leaks --------------------------------------------------------------------------------- */

static bool somebody_stores_users(void)
{
	const struct kmem_cache *cache;

	list_for_each_entry(cache, &slab_caches, list)
		if (cache->flags & SLAB_STORE_USER)
			return true;
	return false;
}

/* All by one call: the loop is not to be unrolled. */
static noinline void lose(struct kmem_cache *cache, unsigned int nr)
{
	OPTIMIZER_HIDE_VAR(nr);
	while (nr--)
		slab_hold(kmem_cache_alloc(cache, GFP_KERNEL));
}

static void leaks_groups_by_caller(struct kunit *test)
{
	struct kmem_cache *cache;
	char text[64];

	if (!somebody_stores_users()) {
		KUNIT_EXPECT_EQ(test, run(test, "leaks"), -ENODATA);
		KUNIT_EXPECT_TRUE(test, printed("slub_debug=U"));
	}
	cache = slab_test_cache(test, 1000, 0, SLAB_STORE_USER, NULL);
	lose(cache, 3);
	slab_hold(kmem_cache_alloc(cache, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, run(test, "leaks 100"), 0);
	snprintf(text, sizeof(text), "3 objects of test, %u bytes: lose", 3 * cache->size);
	KUNIT_EXPECT_TRUE_MSG(test, printed(text), "%s in %s", text, capture.text);
	KUNIT_EXPECT_TRUE(test, printed(" bytes: leaks_groups_by_caller+"));
	slab_free_held();
}

/* --- nonsense ----------------------------------------------------------------------------- */

static const char *const nonsense[] = {
	"slab 1",
	"slab a b",
	"slab -v",
	"slab kmalloc-8 -v --json",
	"slab kmalloc-8 kmalloc-16",
	"slab -a kmalloc-8",
	"slab KMALLOC-8",
	"alloc kmalloc",
	"alloc kmalloc 8",
	"alloc kmalloc GFP_KERNEL 8",
	"alloc kmalloc -1 GFP_KERNEL",
	"alloc kmalloc 4194305 GFP_KERNEL",
	"alloc kmalloc 4G GFP_KERNEL",
	"alloc kmalloc 8 GFP_COLONEL",
	"alloc kmalloc 8 GFP_DMA32",
	"alloc kmalloc 8 GFP_DMA|__GFP_HIGHMEM",
	"alloc cache",
	"alloc cache kmalloc-8",
	"alloc cache kmalloc-9 GFP_KERNEL",
	"alloc cache kmalloc-8 0x80000000",
	"alloc cache kmalloc-8 __GFP_HIGHMEM",
	"alloc slab kmalloc-8",
	"whatis",
	"whatis the matter",
	"whatis kmalloc",
	"whatis 0x100000000",
	"whatis -1",
	"leaks all",
	"leaks 1 2",
};

static void nonsense_gets_a_sentence(struct kunit *test)
{
	expect_sentences(test, nonsense, ARRAY_SIZE(nonsense));
}

static int monitor_slab_test_init(struct kunit *test)
{
	skip_if_handles_are_in_use(test);
	return slab_test_init(test);
}

// clang-format off
static struct kunit_case cases[] = {
	KUNIT_CASE_SLOW(slab_shows_the_counters),
	KUNIT_CASE_SLOW(slab_lists_caches),
	KUNIT_CASE_SLOW(slab_draws_each_object),
	KUNIT_CASE_SLOW(slab_sees_a_wrong_counter),
	KUNIT_CASE_SLOW(alloc_kmalloc_takes_and_free_gives_back),
	KUNIT_CASE_SLOW(alloc_kmalloc_of_large_sizes),
	KUNIT_CASE(alloc_obeys_the_flags),
	KUNIT_CASE(alloc_cache_takes_from_it),
	KUNIT_CASE(a_refusal_is_explained),
	KUNIT_CASE(whatis_knows_objects),
	KUNIT_CASE(whatis_knows_stacks),
	KUNIT_CASE(whatis_knows_handles),
	KUNIT_CASE(whatis_knows_memory),
	KUNIT_CASE(whatis_knows_the_kernel),
	KUNIT_CASE_SLOW(leaks_groups_by_caller),
	KUNIT_CASE_SLOW(nonsense_gets_a_sentence),
	{},
};
// clang-format on

static struct kunit_suite suite = {
	.name = "mm_monitor_slab",
	.init = monitor_slab_test_init,
	.exit = slab_test_exit,
	.test_cases = cases,
};
kunit_test_suite(suite);
