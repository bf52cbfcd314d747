// SPDX-License-Identifier: MIT
/*
 * What watched caches say, word for word (M13, M7, L9), and slub_debug=, which chooses them.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <memkern/params.h>

#include "../kernel/capture.h"
#include "slab_debug_test.h"

/* --- a report ------------------------------------------------------------------------------ */

/* Where things were in the inner case. */
static struct {
	const char *name;
	u8 *p, *slab;
	struct page *page;
	unsigned int left, inuse, objects;
} at;

static noinline void *allocate_for_overrun(struct kmem_cache *cache)
{
	void *object = kmalloc_trace(cache, GFP_KERNEL, 20);

	barrier();
	return object;
}

static noinline void free_for_report(void *object)
{
	kfree(object);
	barrier();
}

static struct kmem_cache *reported_cache(struct kunit *test, unsigned int size, slab_flags_t flags)
{
	struct kmem_cache *cache = watched_cache(test, size, flags | SLAB_KMALLOC, NULL);

	at.p = allocate_for_overrun(cache);
	at.page = slab_page(virt_to_slab(at.p));
	at.slab = page_to_virt(at.page);
	at.left = cache->red_left_pad;
	at.inuse = cache->inuse;
	at.objects = cache->shape.objects;
	return cache;
}

static void inner_overrun(struct kunit *test)
{
	reported_cache(test, 32, FZPU);
	memset(at.p, 'A', 20);
	at.p[32] = 0x12;
	at.p[34] = 0x13;
	free_for_report(at.p);
}

static void api_M13_report_of_an_overrun(struct kunit *test)
{
	char line[80];

	print_undeclared(test, inner_overrun);
	memset(line, '=', 77);
	line[77] = '\n';
	line[78] = '\0';
	expect_printed(test, "%sBUG test (", line);
	EXPECT_PRINTED(test, "): Right Redzone overwritten\n-------");
	expect_printed(test, "\n0x%px-0x%px @offset=%d. First byte 0x12 instead of 0xcc\n",
		       at.p + 32, at.p + 34, (int)(at.p + 32 - at.slab));
	EXPECT_PRINTED(test, "\nAllocated in allocate_for_overrun+0x");
	EXPECT_PRINTED(test, " cpu=0 pid=");
	EXPECT_PRINTED(test, " comm=");
	EXPECT_PRINTED(test, "\n inner_overrun+0x");
	expect_printed(test, "\nSlab 0x%px objects=%u used=1 fp=0x", at.page, at.objects);
	EXPECT_PRINTED(test, " flags=0x80(slab)\n");
	expect_printed(test, "\nObject 0x%px @offset=%d fp=0x", at.p, (int)(at.p - at.slab));
	expect_printed(test, "\nRedzone  %px: cc cc cc cc cc cc cc cc  ", at.p - at.left);
	expect_printed(test, "\nObject   %px: 41 41 41 41 ", at.p);
	expect_printed(test,
		       "\nObject   %px: 41 41 41 41 cc cc cc cc cc cc cc cc cc cc cc cc  "
		       "AAAA............\n",
		       at.p + 16);
	expect_printed(test, "\nRedzone  %px: 12 cc 13 cc ", at.p + 32);
	EXPECT_PRINTED(test, "\nPadding  ");
	EXPECT_PRINTED(test, "Call Trace:\n");
	expect_printed(test, "\nFIX test: Restoring Right Redzone 0x%px-0x%px=0xcc\n", at.p + 32,
		       at.p + 34);
	expect_printed(test, "\nFIX test: Object at 0x%px not freed\n", at.p);
	EXPECT_PRINTED(test, "# inner: 1 report(s) that it did not declare");
}

static void inner_twice(struct kunit *test)
{
	reported_cache(test, 32, FZPU);
	free_for_report(at.p);
	free_for_report(at.p);
}

static void api_K12_report_of_a_second_free(struct kunit *test)
{
	print_undeclared(test, inner_twice);
	EXPECT_PRINTED(test, "): Object already free\n");
	EXPECT_PRINTED(test, "\nAllocated in allocate_for_overrun+0x");
	EXPECT_PRINTED(test, "\nFreed in free_for_report+0x");
	EXPECT_PRINTED(test, "\n inner_twice+0x");
	expect_printed(test, "\nObject   %px: 6b 6b 6b 6b ", at.p);
	expect_printed(test, "\nFIX test: Object at 0x%px not freed\n", at.p);
}

static void inner_interior(struct kunit *test)
{
	reported_cache(test, 32, FZPU);
	free_for_report(at.p + 5);
}

static void api_K11_report_of_an_interior_pointer(struct kunit *test)
{
	print_undeclared(test, inner_interior);
	expect_printed(test, "): Invalid object pointer 0x%px\n", at.p + 5);
	expect_printed(test, "\nSlab 0x%px objects=", at.page);
	EXPECT_PRINTED(test, "\nCall Trace:\n");
	EXPECT_PRINTED(test, "\n free_for_report+0x");
	expect_printed(test, "\nFIX test: Object at 0x%px not freed\n", at.p + 5);
}

static void inner_use_after_free(struct kunit *test)
{
	struct kmem_cache *cache = reported_cache(test, 32, SLAB_CONSISTENCY_CHECKS | SLAB_POISON);

	free_for_report(at.p);
	at.p[3] = 0;
	KUNIT_EXPECT_PTR_NE(test, allocate_for_overrun(cache), at.p);
}

/* Without red zones and tracks these are left out. */
static void api_M13_report_of_a_use_after_free(struct kunit *test)
{
	print_undeclared(test, inner_use_after_free);
	EXPECT_PRINTED(test, "): Poison overwritten\n");
	expect_printed(test, "\n0x%px-0x%px @offset=%d. First byte 0x0 instead of 0x6b\n", at.p + 3,
		       at.p + 3, (int)(at.p + 3 - at.slab));
	expect_printed(test, "\nObject   %px: 6b 6b 6b 00 6b ", at.p);
	expect_printed(test, "\nFIX test: Restoring Poison 0x%px-0x%px=0x6b\n", at.p + 3, at.p + 3);
	EXPECT_PRINTED(test, "\nFIX test: Marking all objects used\n");
	KUNIT_EXPECT_NULL(test, strstr(capture.text, "Allocated in"));
	KUNIT_EXPECT_NULL(test, strstr(capture.text, "Redzone"));
}

static void inner_freelist(struct kunit *test)
{
	struct kmem_cache *cache = reported_cache(test, 32, SLAB_POISON);
	struct slab *slab = virt_to_slab(at.p);

	slab_set_next_free(cache, slab->freelist, at.p + 1);
	validate_slab_cache(cache);
}

static void api_M13_report_of_a_freelist(struct kunit *test)
{
	print_undeclared(test, inner_freelist);
	EXPECT_PRINTED(test, "): Freechain corrupt\n");
	expect_printed(test, " fp=0x%px\n", at.p + 1);
	expect_printed(test, "): Wrong object count. Counter is 1 but counted were %u\n",
		       at.objects - 1);
	EXPECT_PRINTED(test, "\nFIX test: Object count adjusted\n");
}

static void inner_padding(struct kunit *test)
{
	struct kmem_cache *cache = reported_cache(test, 32, SLAB_POISON);

	at.slab[PAGE_SIZE - 1] = 0;
	validate_slab_cache(cache);
}

static void api_M13_report_of_a_slabs_padding(struct kunit *test)
{
	u8 *last;

	print_undeclared(test, inner_padding);
	last = at.slab + PAGE_SIZE - 1;
	expect_printed(test, "): Padding overwritten. 0x%px-0x%px @offset=4095\n", last, last);
	expect_printed(test, "\nFIX test: Restoring slab padding 0x%px-0x%px=0x5a\n", last, last);
}

/* What a case declares is not printed; nor is what it counts. */
static void inner_declared(struct kunit *test)
{
	kunit_expect_report(test, "): Object already free");
	inner_twice(test);
}

static void inner_counted(struct kunit *test)
{
	count_slab_errors(test);
	inner_twice(test);
	KUNIT_EXPECT_EQ(test, slab_errors, 2);
}

static void api_L9_silence(struct kunit *test)
{
	struct kunit_case cases[] = {
		KUNIT_CASE(inner_declared),
		KUNIT_CASE(inner_counted),
		{},
	};

	KUNIT_EXPECT_EQ(test, capture_cases(test, &capture, cases).passed, 2);
	KUNIT_EXPECT_NULL(test, strstr(capture.text, "BUG"));
	KUNIT_EXPECT_NULL(test, strstr(capture.text, "FIX"));
	KUNIT_EXPECT_NULL(test, strstr(capture.text, "Object"));
}

static void api_L9_trace(struct kunit *test)
{
	struct kmem_cache *cache;

	capture_begin(test, &capture);
	cache = reported_cache(test, 32, SLAB_TRACE);
	strscpy((char *)at.p, "what was in it", 20);
	free_for_report(at.p);
	capture_end(test, &capture);
	expect_printed(test, "TRACE test alloc 0x%px inuse=1 fp=0x", at.p);
	EXPECT_PRINTED(test, " allocate_for_overrun+0x");
	expect_printed(test, "TRACE test free 0x%px inuse=1 fp=0x", at.p);
	EXPECT_PRINTED(test, "  what was in it.");
	EXPECT_PRINTED(test, " free_for_report+0x");
	KUNIT_EXPECT_PTR_EQ(test, virt_to_slab(at.p)->freelist, at.p);
	KUNIT_EXPECT_EQ(test, cache->cpu_limit, 0);
}

/* --- live objects (M7) ----------------------------------------------------------------------------- */

static slab_flags_t live_flags;
static u8 *live[3];

/* Of three, two are alive. The test destroys it again when it is made whole. */
static void inner_destroys_too_early(struct kunit *test)
{
	struct kmem_cache *cache = watched_cache(test, 32, live_flags, NULL);
	unsigned int i;

	for (i = 0; i < 3; i++)
		live[i] = kmem_cache_alloc(cache, GFP_KERNEL);
	kmem_cache_free(cache, live[1]);
	at.slab = slab_address(virt_to_slab(live[0]));
	kmem_cache_destroy(cache);
	barrier();
}

static void expect_live_list(struct kunit *test)
{
	EXPECT_PRINTED(test, "WARNING: ");
	EXPECT_PRINTED(test, "kmem_cache_destroy test: Slab cache still has objects when called "
			     "from inner_destroys_too_early+0x");
	EXPECT_PRINTED(test, "): Objects remaining in test on __kmem_cache_shutdown()\n");
	expect_printed(test, "\nObject 0x%px @offset=%d\n", live[0], (int)(live[0] - at.slab));
	expect_printed(test, "\nObject 0x%px @offset=%d\n", live[2], (int)(live[2] - at.slab));
	KUNIT_EXPECT_PTR_EQ(test, strstr(strstr(capture.text, "\nObject 0x") + 1, "\nObject 0x"),
			    strrchr(capture.text, '@') - strlen("\nObject 0xc0000000 "));
}

static void api_M7_live_objects_are_listed(struct kunit *test)
{
	live_flags = SLAB_STORE_USER;
	print_undeclared(test, inner_destroys_too_early);
	expect_live_list(test);
	EXPECT_PRINTED(test, "\nAllocated in inner_destroys_too_early+0x");
}

static void api_M7_live_objects_of_an_ordinary_cache(struct kunit *test)
{
	live_flags = 0;
	print_undeclared(test, inner_destroys_too_early);
	expect_live_list(test);
	KUNIT_EXPECT_NULL(test, strstr(capture.text, "Allocated in"));
}

/* Who declares the warning has declared what belongs to it; he may declare both. */
static void api_M7_declared(struct kunit *test)
{
	live_flags = SLAB_STORE_USER;
	kunit_expect_report(test, "Slab cache still has objects");
	inner_destroys_too_early(test);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);

	kunit_expect_report(test, "Slab cache still has objects");
	kunit_expect_report(test, "Objects remaining in test");
	inner_destroys_too_early(test);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 3);
}

/* Who counts gets neither; what he declares has come all the same. */
static void api_M7_counted(struct kunit *test)
{
	live_flags = 0;
	count_slab_errors(test);
	inner_destroys_too_early(test);
	KUNIT_EXPECT_EQ(test, slab_errors, 1);
	kunit_expect_report(test, "Slab cache still has objects");
	inner_destroys_too_early(test);
	KUNIT_EXPECT_EQ(test, slab_errors, 2);
}

/* The objects of a cache that could not be destroyed can still be used and freed. */
static void api_M7_objects_stay_usable(struct kunit *test)
{
	struct kmem_cache *cache = watched_cache(test, 32, FZPU, NULL);
	u8 *p = kmem_cache_alloc(cache, GFP_KERNEL);

	count_slab_errors(test);
	kmem_cache_destroy(cache);
	KUNIT_EXPECT_EQ(test, slab_errors, 1);
	memset(p, 0x21, 32);
	kmem_cache_free(cache, p);
	KUNIT_EXPECT_EQ(test, slab_errors, 1);
	KUNIT_EXPECT_EQ(test, virt_to_slab(p)->inuse, 0);
}

/* --- slub_debug= ---------------------------------------------------------------------------------------- */

#define F SLAB_CONSISTENCY_CHECKS
#define Z SLAB_RED_ZONE
#define P SLAB_POISON
#define U SLAB_STORE_USER
#define T SLAB_TRACE
#define A SLAB_FAILSLAB

static const struct option_row {
	const char *options, *cache;
	slab_flags_t given, flags;
} option_rows[] = {
	{ NULL, "dentry", 0, 0 },
	{ NULL, "dentry", P, P },
	{ "", "dentry", 0, F | Z | P | U },
	{ "", "dentry", SLAB_NO_USER_FLAGS, SLAB_NO_USER_FLAGS },
	{ "", "dentry", SLAB_NO_USER_FLAGS | Z, SLAB_NO_USER_FLAGS | Z },
	{ "", "dentry", SLAB_NOLEAKTRACE, SLAB_NOLEAKTRACE | F | Z | P },
	{ "", "dentry", SLAB_PANIC | T, SLAB_PANIC | T | F | Z | P | U },
	{ "F", "dentry", 0, F },
	{ "Z", "dentry", 0, Z },
	{ "P", "dentry", 0, P },
	{ "U", "dentry", 0, U },
	{ "T", "dentry", 0, T },
	{ "A", "dentry", 0, A },
	{ "O", "dentry", 0, 0 },
	{ "fzputa", "dentry", 0, F | Z | P | U | T | A },
	{ "FZPUTAO", "dentry", 0, F | Z | P | U | T | A },
	{ "FQZ", "dentry", 0, F | Z },
	{ "-", "dentry", 0, 0 },
	{ "-", "dentry", P, P },
	{ "FZ,dentry", "dentry", 0, F | Z },
	{ "FZ,dentry", "dentry2", 0, 0 },
	{ "FZ,dentry", "dentr", 0, 0 },
	{ ",dentry", "dentry", 0, F | Z | P | U },
	{ ",dentry", "inode", 0, 0 },
	{ "P,inode,dentry", "dentry", 0, P },
	{ "P,inode,dentry", "inode", 0, P },
	{ "P,inode,dentry", "inode,dentry", 0, 0 },
	{ "FZ,kmalloc-*", "kmalloc-64", 0, F | Z },
	{ "FZ,kmalloc-*", "dma-kmalloc-64", 0, 0 },
	{ "FZ,*kmalloc-*", "dma-kmalloc-64", 0, F | Z },
	{ "FZ,kmalloc-*;P,dentry", "kmalloc-8k", 0, F | Z },
	{ "FZ,kmalloc-*;P,dentry", "dentry", 0, P },
	{ "FZ,kmalloc-*;P,dentry", "inode", 0, 0 },
	{ "FZ;-,dentry", "dentry", 0, 0 },
	{ "FZ;-,dentry", "inode", 0, F | Z },
	{ "P,dentry;FZ", "dentry", 0, P },
	{ "P,dentry;FZ", "inode", 0, F | Z },
	{ "P,dent*;FZ,dentry", "dentry", 0, P },
	{ "U,kmem;U,dentry", "dentry", SLAB_NOLEAKTRACE, SLAB_NOLEAKTRACE | U },
	{ "FZ;", "dentry", 0, F | Z },
	{ ";;FZ;;P,inode;", "inode", 0, P },
	{ "F,", "dentry", 0, 0 },
};

static void options_by_name(struct kunit *test)
{
	const char *before = slab_debug_options;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(option_rows); i++) {
		const struct option_row *row = &option_rows[i];

		slab_debug_options = row->options;
		KUNIT_EXPECT_EQ_MSG(test, slab_debug_flags(row->cache, row->given), row->flags,
				    "slub_debug=%s for %s", row->options, row->cache);
	}
	slab_debug_options = before;
}

static void restore_options(void *before)
{
	slab_debug_options = before;
}

static void set_options(struct kunit *test, char *words)
{
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, restore_options, (void *)slab_debug_options),
			0);
	parse_params(words);
}

/* From the command line to a cache, which is not merged then. */
static void options_reach_caches(struct kunit *test)
{
	static char words[] = "slub_debug=FP,test;Z,inode slub_debug=PU,test";
	struct kmem_cache *cache, *other;

	set_options(test, words);
	cache = slab_test_cache(test, 200, 0, 0, NULL);
	KUNIT_EXPECT_EQ(test, cache->flags & (SLAB_DEBUG_FLAGS), P | U);
	other = slab_test_cache(test, 200, 0, 0, NULL);
	KUNIT_EXPECT_PTR_NE(test, other, cache);
	other = slab_test_cache(test, 200, 0, SLAB_NO_USER_FLAGS | SLAB_NO_MERGE, NULL);
	KUNIT_EXPECT_EQ(test, other->flags & (SLAB_DEBUG_FLAGS), 0);
}

static void option_without_a_value(struct kunit *test)
{
	static char words[] = "slub_debug";
	struct kmem_cache *cache;

	set_options(test, words);
	cache = slab_test_cache(test, 200, 0, 0, NULL);
	KUNIT_EXPECT_EQ(test, cache->flags & (SLAB_DEBUG_FLAGS), F | Z | P | U);
}

static void unknown_letters_are_named(struct kunit *test)
{
	static char words[] = "slub_debug=FQZ,quack;P7,inode";

	capture_begin(test, &capture);
	set_options(test, words);
	capture_end(test, &capture);
	KUNIT_EXPECT_STREQ(test, capture.text,
			   "slub_debug option 'Q' unknown. skipped\n"
			   "slub_debug option '7' unknown. skipped\n");
}

/* O: where a slab of one object would grow by what debugging adds, it is left out. */
static void large_objects_are_left_alone(struct kunit *test)
{
	static char words[] = "slub_debug=FZPUO";
	struct kmem_cache *small, *large;

	set_options(test, words);
	small = slab_test_cache(test, 64, 0, 0, NULL);
	KUNIT_EXPECT_EQ(test, small->flags & (SLAB_DEBUG_FLAGS), F | Z | P | U);
	large = slab_test_cache(test, 4096, 0, 0, NULL);
	KUNIT_EXPECT_EQ(test, large->flags & (SLAB_DEBUG_FLAGS), F);
	KUNIT_EXPECT_EQ(test, large->size, 4096);
	KUNIT_EXPECT_EQ(test, large->min.order, 0);
}

static struct kunit_case slab_report_cases[] = {
	KUNIT_CASE_SLOW(api_M13_report_of_an_overrun),
	KUNIT_CASE(api_K12_report_of_a_second_free),
	KUNIT_CASE(api_K11_report_of_an_interior_pointer),
	KUNIT_CASE(api_M13_report_of_a_use_after_free),
	KUNIT_CASE(api_M13_report_of_a_freelist),
	KUNIT_CASE(api_M13_report_of_a_slabs_padding),
	KUNIT_CASE(api_L9_silence),
	KUNIT_CASE(api_L9_trace),
	KUNIT_CASE_SLOW(api_M7_live_objects_are_listed),
	KUNIT_CASE(api_M7_live_objects_of_an_ordinary_cache),
	KUNIT_CASE_SLOW(api_M7_declared),
	KUNIT_CASE(api_M7_counted),
	KUNIT_CASE(api_M7_objects_stay_usable),
	KUNIT_CASE(options_by_name),
	KUNIT_CASE(options_reach_caches),
	KUNIT_CASE(option_without_a_value),
	KUNIT_CASE(unknown_letters_are_named),
	KUNIT_CASE(large_objects_are_left_alone),
	{},
};

static struct kunit_suite slab_report_suite = {
	.name = "slab_report",
	.init = slab_test_init,
	.exit = slab_test_exit,
	.test_cases = slab_report_cases,
};
kunit_test_suite(slab_report_suite);
