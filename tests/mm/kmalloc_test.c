// SPDX-License-Identifier: MIT
/*
 * Memory by the byte: API.md K1 to K6, K8 and K10. krealloc() has krealloc_test.c, misuse and
 * the texts of reports kmalloc_report_test.c.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "slab_test.h"

/* The contract's classes, not the allocator's table. */
static const size_t classes[] = { 8, 16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096, 8192 };

static size_t class_of(size_t size)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(classes); i++)
		if (size <= classes[i])
			return classes[i];
	return PAGE_SIZE << get_order(size);
}

/* The compiler does not know it. */
static size_t at_run_time(size_t size)
{
	asm("" : "+r"(size));
	return size;
}

/* C3, C4, C5 */
static_assert(KMALLOC_SHIFT_LOW == 3 && KMALLOC_MIN_SIZE == 8);
static_assert(KMALLOC_MAX_CACHE_SIZE == 8192 && KMALLOC_MAX_SIZE == 4UL << 20);
static_assert(KMALLOC_MAX_ORDER == 10);
static_assert(ARCH_KMALLOC_MINALIGN == 8 && ARCH_SLAB_MINALIGN == 8);

static void api_C4_zero_size_pointer(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, (unsigned long)ZERO_SIZE_PTR, 16);
	KUNIT_EXPECT_TRUE(test, ZERO_OR_NULL_PTR(NULL));
	KUNIT_EXPECT_TRUE(test, ZERO_OR_NULL_PTR(ZERO_SIZE_PTR));
	KUNIT_EXPECT_FALSE(test, ZERO_OR_NULL_PTR((void *)17));
}

/* --- K1 ---------------------------------------------------------------------------------- */

#define SIZE 100

/* One of each kind, all flags the same; the copies are of `source`. */
static unsigned int take_one_of_each(void **objects, const char *source, gfp_t gfp)
{
	unsigned int nr = 0;

	objects[nr++] = kmalloc(SIZE, gfp);
	objects[nr++] = kzalloc(SIZE, gfp);
	objects[nr++] = kmalloc_array(10, SIZE / 10, gfp);
	objects[nr++] = kcalloc(10, SIZE / 10, gfp);
	objects[nr++] = krealloc(NULL, SIZE, gfp);
	objects[nr++] = krealloc_array(NULL, 10, SIZE / 10, gfp);
	objects[nr++] = kmalloc_node(SIZE, gfp, 0);
	objects[nr++] = kzalloc_node(SIZE, gfp, 0);
	objects[nr++] = kmalloc_array_node(10, SIZE / 10, gfp, 0);
	objects[nr++] = kcalloc_node(10, SIZE / 10, gfp, 0);
	objects[nr++] = kmalloc_track_caller(SIZE, gfp);
	objects[nr++] = kmalloc_node_track_caller(SIZE, gfp, 0);
	objects[nr++] = kmemdup(source, SIZE, gfp);
	objects[nr++] = kstrdup(source, gfp);
	objects[nr++] = kasprintf(gfp, "%s", source);
	objects[nr++] = kmalloc(64 << 10, gfp);
	return nr;
}

static void api_K1_the_family(struct kunit *test)
{
	char source[SIZE];
	void *objects[24];
	unsigned int nr, i;

	memset(source, 's', SIZE);
	source[SIZE - 1] = '\0';
	nr = take_one_of_each(objects, source, GFP_KERNEL);
	for (i = 0; i < nr; i++) {
		KUNIT_ASSERT_NOT_NULL_MSG(test, objects[i], "number %u", i);
		KUNIT_EXPECT_GE(test, ksize(objects[i]), SIZE);
		memset(objects[i], i, SIZE);
	}
	/* No two have a byte in common. */
	for (i = 0; i < nr; i++) {
		KUNIT_EXPECT_NULL_MSG(test, memchr_inv(objects[i], i, SIZE), "number %u", i);
		kfree(objects[i]);
	}
}

static void api_K1_failure_is_null(struct kunit *test)
{
	void *objects[24];
	unsigned int nr, i;

	mm_hide_down_to(mm_zone(ZONE_DMA), 0);
	nr = take_one_of_each(objects, "no room for this", GFP_DMA | __GFP_NOWARN);
	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_NULL_MSG(test, objects[i], "number %u", i);
}

static void *zeroed(unsigned int how, size_t size)
{
	switch (how) {
	case 0:
		return kzalloc(size, GFP_KERNEL);
	case 1:
		return kcalloc(size, 1, GFP_KERNEL);
	case 2:
		return kmalloc(size, GFP_ATOMIC | __GFP_ZERO);
	case 3:
		return kzalloc_node(size, GFP_KERNEL, 0);
	default:
		return krealloc(NULL, size, GFP_KERNEL | __GFP_ZERO);
	}
}

/* The one before left it full of other things. */
static void api_K1_zeroed(struct kunit *test)
{
	static const size_t sizes[] = { 1, 8, 13, 96, 100, 192, 1000, 4096, 8192, 8193, 65536 };
	unsigned int i, how;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (how = 0; how < 5; how++) {
			char *object = kmalloc(sizes[i], GFP_KERNEL);

			KUNIT_ASSERT_NOT_NULL(test, object);
			memset(object, 0xff, sizes[i]);
			kfree(object);
			object = zeroed(how, sizes[i]);
			KUNIT_ASSERT_NOT_NULL(test, object);
			KUNIT_EXPECT_NULL_MSG(test, memchr_inv(object, 0, sizes[i]),
					      "%zu bytes, way %u", sizes[i], how);
			kfree(object);
		}
	}
}

static void api_K1_free_makes_room(struct kunit *test)
{
	struct kmem_cache *cache = kmalloc_caches[KMALLOC_NORMAL][kmalloc_index(SIZE)];
	void *first = kmalloc(SIZE, GFP_KERNEL), *again;

	kfree(first);
	again = kmalloc(SIZE, GFP_KERNEL);
	if (slab_is_lifo(cache))
		KUNIT_EXPECT_PTR_EQ(test, again, first);
	kfree_sensitive(again);
	again = kzalloc(SIZE, GFP_KERNEL);
	if (slab_is_lifo(cache))
		KUNIT_EXPECT_PTR_EQ(test, again, first);
	kfree(again);
}

/* What was secret is gone before anybody else can get the memory. */
static void api_K1_kfree_sensitive(struct kunit *test)
{
	struct kmem_cache *cache = kmalloc_caches[KMALLOC_NORMAL][kmalloc_index(256)];
	char *object = kmalloc(256, GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, object);
	memset(object, 0x5e, 256);
	kfree_sensitive(object);
	for (i = 0; i < 256; i++) {
		bool is_link = i >= cache->offset && i < cache->offset + sizeof(void *);

		if (!is_link)
			KUNIT_ASSERT_NE(test, object[i], 0x5e);
	}
}

/* Names of older kernels do what became of them. */
static void api_K1_historical_names(struct kunit *test)
{
	unsigned long before;
	char *object;

	kfree_s(kmalloc(SIZE, GFP_KERNEL), SIZE);
	before = mm_free_pages(NULL);
	object = kmalloc(64 << 10, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, object);
	kfree_s(object, 64 << 10);
	object = kmalloc(64 << 10, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, object);
	kzfree(object);
	KUNIT_EXPECT_EQ(test, mm_free_pages(NULL), before);
}

/* F19, F24 and F26: and so do flags. No report is declared: one would fail the case. */
static void expect_good_flags(struct kunit *test, gfp_t gfp)
{
	KUNIT_EXPECT_NOT_NULL(test, slab_hold(kmalloc(SIZE, gfp)));
	KUNIT_EXPECT_NOT_NULL(test, slab_hold(kmalloc(64 << 10, gfp)));
	slab_free_held();
}

static void api_F19_repeat_is_retry_mayfail(struct kunit *test)
{
	static_assert(__GFP_REPEAT == __GFP_RETRY_MAYFAIL);
	expect_good_flags(test, GFP_KERNEL | __GFP_REPEAT);
}

static void api_F24_cold_is_ignored(struct kunit *test)
{
	static_assert((GFP_KERNEL | __GFP_COLD) == GFP_KERNEL);
	expect_good_flags(test, GFP_ATOMIC | __GFP_COLD);
}

static void api_F26_wait_is_reclaim(struct kunit *test)
{
	static_assert(__GFP_WAIT == (__GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM));
	static_assert((__GFP_WAIT | __GFP_IO | __GFP_FS) == GFP_KERNEL);
	expect_good_flags(test, __GFP_WAIT | __GFP_IO | __GFP_FS);
}

/* --- K2 ---------------------------------------------------------------------------------- */

static void api_K2_size_0(struct kunit *test)
{
	size_t none = at_run_time(0);
	unsigned long before = mm_free_pages(NULL);
	char *object = kmalloc(SIZE, GFP_KERNEL);
	void *bulk[] = { ZERO_SIZE_PTR, NULL, ZERO_SIZE_PTR, NULL };

	KUNIT_EXPECT_PTR_EQ(test, ZERO_SIZE_PTR, (void *)16);
	KUNIT_EXPECT_PTR_EQ(test, kmalloc(0, GFP_KERNEL), ZERO_SIZE_PTR);
	KUNIT_EXPECT_PTR_EQ(test, kmalloc(none, GFP_ATOMIC), ZERO_SIZE_PTR);
	KUNIT_EXPECT_PTR_EQ(test, kzalloc(none, GFP_KERNEL), ZERO_SIZE_PTR);
	KUNIT_EXPECT_PTR_EQ(test, kzalloc(0, GFP_DMA), ZERO_SIZE_PTR);
	KUNIT_EXPECT_PTR_EQ(test, kmalloc_array(none, 8, GFP_KERNEL), ZERO_SIZE_PTR);
	KUNIT_EXPECT_PTR_EQ(test, kcalloc(8, none, GFP_KERNEL), ZERO_SIZE_PTR);
	KUNIT_EXPECT_PTR_EQ(test, krealloc(NULL, none, GFP_KERNEL), ZERO_SIZE_PTR);
	KUNIT_EXPECT_PTR_EQ(test, krealloc(object, none, GFP_KERNEL), ZERO_SIZE_PTR);
	KUNIT_EXPECT_PTR_EQ(test, krealloc(ZERO_SIZE_PTR, none, GFP_KERNEL), ZERO_SIZE_PTR);
	KUNIT_EXPECT_PTR_EQ(test, kmemdup("", none, GFP_KERNEL), ZERO_SIZE_PTR);

	kfree(ZERO_SIZE_PTR);
	kfree_sensitive(ZERO_SIZE_PTR);
	bulk[3] = kmalloc(SIZE, GFP_KERNEL);
	kfree_bulk(ARRAY_SIZE(bulk), bulk);
	slab_shrink_all();
	KUNIT_EXPECT_EQ(test, mm_free_pages(NULL), before);
}

static void api_K2_size_0_is_not_memory(struct kunit *test)
{
	*(volatile char *)kmalloc(at_run_time(0), GFP_KERNEL) = 1;
}

/* --- K3 ---------------------------------------------------------------------------------- */

/* The object is of the class that the contract names for this size; and frees it. */
static bool is_of_its_class(void *object, size_t size)
{
	struct kmem_cache *cache = slab_cache_of(object);
	char name[16];
	bool right;

	if (class_of(size) < 1024)
		snprintf(name, sizeof(name), "kmalloc-%zu", class_of(size));
	else
		snprintf(name, sizeof(name), "kmalloc-%zuk", class_of(size) >> 10);
	right = cache && kmem_cache_size(cache) == class_of(size) && !strcmp(cache->name, name);
	kfree(object);
	return right;
}

static void api_K3_classes(struct kunit *test)
{
	size_t size;

	for (size = 1; size <= KMALLOC_MAX_CACHE_SIZE; size += size < 1100 ? 1 : 17) {
		if (is_of_its_class(kmalloc(size, GFP_KERNEL), size) &&
		    kmalloc_size_roundup(size) == class_of(size))
			continue;
		KUNIT_FAIL(test, "%zu bytes are not of class %zu", size, class_of(size));
		return;
	}
}

static void api_K3_constant_sizes(struct kunit *test)
{
#define EXPECT_CLASS(size) \
	KUNIT_EXPECT_TRUE(test, is_of_its_class(kmalloc((size), GFP_KERNEL), (size)))
#define EXPECT_CLASSES_AROUND(size)       \
	do {                              \
		EXPECT_CLASS((size)-1);   \
		EXPECT_CLASS(size);       \
		EXPECT_CLASS((size) + 1); \
	} while (0)
	EXPECT_CLASS(1);
	EXPECT_CLASSES_AROUND(8);
	EXPECT_CLASSES_AROUND(16);
	EXPECT_CLASSES_AROUND(32);
	EXPECT_CLASSES_AROUND(64);
	EXPECT_CLASSES_AROUND(96);
	EXPECT_CLASSES_AROUND(128);
	EXPECT_CLASSES_AROUND(192);
	EXPECT_CLASSES_AROUND(256);
	EXPECT_CLASSES_AROUND(512);
	EXPECT_CLASSES_AROUND(1024);
	EXPECT_CLASSES_AROUND(2048);
	EXPECT_CLASSES_AROUND(4096);
	EXPECT_CLASS(8191);
	EXPECT_CLASS(8192);
#undef EXPECT_CLASSES_AROUND
#undef EXPECT_CLASS
}

/* Defined nowhere: where the compiler does not know the class, the kernel does not link. */
void the_class_is_not_known_at_compile_time(void);

static void api_K3_constant_sizes_cost_nothing(struct kunit *test)
{
#define EXPECT_KNOWN(size, index)                                 \
	do {                                                      \
		if (kmalloc_index(size) != (index))               \
			the_class_is_not_known_at_compile_time(); \
	} while (0)
	EXPECT_KNOWN(1, 3);
	EXPECT_KNOWN(8, 3);
	EXPECT_KNOWN(9, 4);
	EXPECT_KNOWN(64, 6);
	EXPECT_KNOWN(65, 1);
	EXPECT_KNOWN(96, 1);
	EXPECT_KNOWN(97, 7);
	EXPECT_KNOWN(129, 2);
	EXPECT_KNOWN(193, 8);
	EXPECT_KNOWN(4097, 13);
	EXPECT_KNOWN(8192, 13);
#undef EXPECT_KNOWN
}

static void api_K3_large_sizes_are_pages(struct kunit *test)
{
	static const size_t sizes[] = { 8193, 12288, 16384, 16385, 40000, 65536, 100000, 131072 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		unsigned long before = mm_free_pages(NULL);
		char *object = kmalloc(sizes[i], GFP_KERNEL);
		struct page *page = virt_to_page(object);

		KUNIT_ASSERT_NOT_NULL(test, object);
		KUNIT_EXPECT_TRUE(test, PAGE_ALIGNED(object));
		KUNIT_EXPECT_FALSE(test, PageSlab(page));
		KUNIT_EXPECT_TRUE(test, PageHead(page));
		KUNIT_EXPECT_EQ(test, compound_order(page), get_order(sizes[i]));
		KUNIT_EXPECT_PTR_EQ(test, virt_to_head_page(object + sizes[i] - 1), page);
		KUNIT_EXPECT_EQ(test, before - mm_free_pages(NULL), 1UL << get_order(sizes[i]));
		KUNIT_EXPECT_EQ(test, kmalloc_size_roundup(sizes[i]), class_of(sizes[i]));
		memset(object, 0x33, sizes[i]);
		kfree(object);
		KUNIT_EXPECT_EQ(test, before, mm_free_pages(NULL));
	}
}

static void api_K3_roundup_of_what_cannot_be_had(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, kmalloc_size_roundup(0), 0);
	KUNIT_EXPECT_EQ(test, kmalloc_size_roundup(KMALLOC_MAX_SIZE), KMALLOC_MAX_SIZE);
	KUNIT_EXPECT_EQ(test, kmalloc_size_roundup(KMALLOC_MAX_SIZE + 1), KMALLOC_MAX_SIZE + 1);
	KUNIT_EXPECT_EQ(test, kmalloc_size_roundup(SIZE_MAX), SIZE_MAX);
}

/* --- K4 ---------------------------------------------------------------------------------- */

static bool is_aligned_to(const void *object, size_t align)
{
	return !((unsigned long)object & (align - 1));
}

/* At every place of a slab, and at the first of the next. */
static void api_K4_alignment(struct kunit *test)
{
	static const gfp_t types[] = { GFP_KERNEL, GFP_KERNEL | GFP_DMA,
				       GFP_KERNEL | __GFP_RECLAIMABLE };
	unsigned int type, i, j;

	if (totalram_pages() < 256)
		kunit_skip(test, "too little memory");
	for (type = 0; type < ARRAY_SIZE(types); type++) {
		for (i = 0; i < ARRAY_SIZE(classes); i++) {
			size_t size = classes[i], align = size & -size;
			unsigned int nr =
				kmalloc_caches[type][kmalloc_index(size)]->shape.objects + 1;

			for (j = 0; j < nr; j++) {
				void *object = slab_hold(kmalloc(size, types[type]));

				KUNIT_ASSERT_NOT_NULL(test, object);
				KUNIT_ASSERT_TRUE_MSG(test, is_aligned_to(object, align),
						      "%zu bytes at %px", size, object);
			}
			slab_free_held();
		}
	}
}

static void api_K4_large_alignment(struct kunit *test)
{
	size_t size, largest = min(mm_free_pages(NULL) / 16 << PAGE_SHIFT, 512UL << 10);

	for (size = 16384; size <= largest; size *= 2) {
		void *first = kmalloc(size, GFP_KERNEL), *second = kmalloc(size, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, first);
		KUNIT_ASSERT_NOT_NULL(test, second);
		KUNIT_EXPECT_TRUE(test, is_aligned_to(first, size));
		KUNIT_EXPECT_TRUE(test, is_aligned_to(second, size));
		kfree(first);
		kfree(second);
	}
}

/* What kmalloc's caches are made of, with red zones: the object begins behind one. */
static void api_K4_alignment_with_red_zones(struct kunit *test)
{
	static const slab_flags_t flags[] = {
		SLAB_RED_ZONE,
		SLAB_RED_ZONE | SLAB_POISON | SLAB_CONSISTENCY_CHECKS,
		SLAB_RED_ZONE | SLAB_STORE_USER,
	};
	unsigned int i, j, k;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		for (j = 0; j < ARRAY_SIZE(classes); j++) {
			size_t size = classes[j], align = size & -size;
			struct kmem_cache *cache =
				slab_test_cache(test, size, align, flags[i], NULL);

			for (k = 0; k <= min_t(unsigned int, cache->shape.objects, 3); k++) {
				void *object = kmem_cache_alloc(cache, GFP_KERNEL);

				KUNIT_ASSERT_NOT_NULL(test, object);
				KUNIT_EXPECT_TRUE_MSG(test, is_aligned_to(object, align),
						      "%zu bytes at %px", size, object);
				memset(object, 0x44, size);
				slab_hold(object);
			}
			slab_free_held();
			slab_test_destroy(test, cache);
		}
	}
}

/* --- K5, K6 -------------------------------------------------------------------------------- */

static const size_t too_large[] = {
	KMALLOC_MAX_SIZE + 1, 2 * KMALLOC_MAX_SIZE, SIZE_MAX / 2, SIZE_MAX - PAGE_SIZE, SIZE_MAX,
};

/* One report for all of them: once a boot. */
static void api_K5_too_large(struct kunit *test)
{
	unsigned int i;

	kunit_expect_report(test, "WARNING: at mm/page_alloc.c");
	for (i = 0; i < ARRAY_SIZE(too_large); i++) {
		KUNIT_EXPECT_NULL(test, kmalloc(too_large[i], GFP_KERNEL));
		KUNIT_EXPECT_NULL(test, kzalloc(too_large[i], GFP_ATOMIC));
		KUNIT_EXPECT_NULL(test, kmalloc(too_large[i], GFP_DMA));
		KUNIT_EXPECT_NULL(test, krealloc(NULL, too_large[i], GFP_KERNEL));
		KUNIT_EXPECT_NULL(test, kmalloc_array(too_large[i], 1, GFP_KERNEL));
	}
	KUNIT_EXPECT_NULL(test, kmalloc(KMALLOC_MAX_SIZE + 1, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, kmalloc(SIZE_MAX, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static void api_K5_too_large_without_a_word(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(too_large); i++)
		KUNIT_EXPECT_NULL(test, kmalloc(too_large[i], GFP_KERNEL | __GFP_NOWARN));
	KUNIT_EXPECT_NULL(test, kzalloc(KMALLOC_MAX_SIZE + 1, GFP_ATOMIC | __GFP_NOWARN));
}

static void api_K5_the_largest(struct kunit *test)
{
	char *object = kmalloc(KMALLOC_MAX_SIZE, GFP_KERNEL | __GFP_NOWARN);

	if (!object)
		kunit_skip(test, "no block of 4 MiB is free");
	KUNIT_EXPECT_TRUE(test, is_aligned_to(object, KMALLOC_MAX_SIZE));
	KUNIT_EXPECT_EQ(test, ksize(object), KMALLOC_MAX_SIZE);
	memset(object, 0x55, KMALLOC_MAX_SIZE);
	kfree(object);
}

/* No report is declared: one would fail the case. */
static void api_K6_overflow_is_silent(struct kunit *test)
{
	static const struct {
		size_t n, size;
	} products[] = {
		{ SIZE_MAX, 2 },
		{ 2, SIZE_MAX },
		{ SIZE_MAX, SIZE_MAX },
		{ SIZE_MAX / 2 + 1, 2 },
		{ 1UL << BITS_PER_LONG / 2, 1UL << BITS_PER_LONG / 2 },
	};
	char *object = kmalloc(64, GFP_KERNEL);
	unsigned int i;

	memset(object, 0x66, 64);
	for (i = 0; i < ARRAY_SIZE(products); i++) {
		size_t n = products[i].n, size = products[i].size;

		KUNIT_EXPECT_NULL(test, kmalloc_array(n, size, GFP_KERNEL));
		KUNIT_EXPECT_NULL(test, kcalloc(n, size, GFP_KERNEL));
		KUNIT_EXPECT_NULL(test, kmalloc_array_node(n, size, GFP_ATOMIC, 0));
		KUNIT_EXPECT_NULL(test, kcalloc_node(n, size, GFP_DMA, 0));
		KUNIT_EXPECT_NULL(test, krealloc_array(object, n, size, GFP_KERNEL));
	}
	/* The old block is still there, and still the case's. */
	KUNIT_EXPECT_NULL(test, memchr_inv(object, 0x66, 64));
	kfree(object);
}

struct with_tail {
	u64 head;
	u32 tail[];
};

static void api_K6_sizes_saturate(struct kunit *test)
{
	size_t huge = at_run_time(SIZE_MAX / 2);
	struct with_tail *object;

	KUNIT_EXPECT_EQ(test, array_size(huge, 3), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, array3_size(huge, 2, 2), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, struct_size(object, tail, huge), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, flex_array_size(object, tail, huge), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, size_add(huge, size_mul(huge, 2)), SIZE_MAX);
	KUNIT_EXPECT_EQ(test, struct_size(object, tail, 3), sizeof(*object) + 12);
	/* So the allocator refuses what would have wrapped around to a few bytes. */
	object = kmalloc(struct_size(object, tail, huge), GFP_KERNEL | __GFP_NOWARN);
	KUNIT_EXPECT_NULL(test, object);
	object = kmalloc(array3_size(huge, huge, huge), GFP_KERNEL | __GFP_NOWARN);
	KUNIT_EXPECT_NULL(test, object);
}

/* --- K8 ------------------------------------------------------------------------------------ */

static void api_K8_ksize(struct kunit *test)
{
	size_t size;

	KUNIT_EXPECT_EQ(test, ksize(NULL), 0);
	KUNIT_EXPECT_EQ(test, ksize(ZERO_SIZE_PTR), 0);
	for (size = 1; size <= 3 * KMALLOC_MAX_CACHE_SIZE; size += size < 300 ? 1 : 97) {
		char *object = kmalloc(size, GFP_KERNEL);
		struct kmem_cache *cache = slab_cache_of(object);
		size_t usable = ksize(object);

		KUNIT_ASSERT_NOT_NULL(test, object);
		if (cache && kmem_cache_debug(cache))
			KUNIT_ASSERT_TRUE(test, usable >= size && usable <= class_of(size));
		else
			KUNIT_ASSERT_EQ(test, usable, class_of(size));
		/* All of it is the owner's: nobody complains. */
		memset(object, 0x88, usable);
		kfree(object);
	}
}

static void api_K8_ksize_of_a_cache_object(struct kunit *test)
{
	struct kmem_cache *cache = slab_test_cache(test, 100, 0, SLAB_NO_MERGE, NULL);
	void *object = slab_hold(kmem_cache_alloc(cache, GFP_KERNEL));

	KUNIT_EXPECT_GE(test, ksize(object), 100);
	KUNIT_EXPECT_LE(test, ksize(object), cache->size);
}

/* --- K10 ----------------------------------------------------------------------------------- */

static void api_K10_dma(struct kunit *test)
{
	size_t size;

	for (size = 8; size <= 65536; size *= 2) {
		char *object = kmalloc(size, GFP_KERNEL | GFP_DMA);
		struct kmem_cache *cache = slab_cache_of(object);

		KUNIT_ASSERT_NOT_NULL(test, object);
		KUNIT_EXPECT_LE(test, __pa(object) + size, 16UL << 20);
		KUNIT_EXPECT_EQ(test, page_zonenum(virt_to_page(object)), ZONE_DMA);
		KUNIT_EXPECT_EQ(test, cache != NULL, size <= KMALLOC_MAX_CACHE_SIZE);
		if (cache)
			KUNIT_EXPECT_EQ(test, strncmp(cache->name, "dma-kmalloc-", 12), 0);
		memset(object, 0xdd, size);
		kfree(object);
	}
}

/* Also when that zone is the only one that has memory, or the only one that has none. */
static void api_K10_dma_comes_from_nowhere_else(struct kunit *test)
{
	mm_hide_down_to(mm_zone(ZONE_DMA), 0);
	KUNIT_EXPECT_NULL(test, kmalloc(64, GFP_DMA | __GFP_NOWARN));
	KUNIT_EXPECT_NULL(test, kmalloc(64 << 10, GFP_DMA | __GFP_NOWARN));
	mm_unhide();
	mm_hide_down_to(mm_zone(ZONE_NORMAL), 0);
	KUNIT_EXPECT_NOT_NULL(test, slab_hold(kmalloc(64, GFP_DMA)));
	KUNIT_EXPECT_NOT_NULL(test, slab_hold(kmalloc(64 << 10, GFP_DMA)));
}

static void api_K10_reclaimable(struct kunit *test)
{
	size_t size;

	for (size = 8; size <= 65536; size *= 2) {
		char *object = kmalloc(size, GFP_KERNEL | __GFP_RECLAIMABLE);
		struct kmem_cache *cache = slab_cache_of(object);

		KUNIT_ASSERT_NOT_NULL(test, object);
		/* A zone of few pageblocks cannot have them all apart. */
		if (page_zone(virt_to_page(object))->managed_pages > 8 * pageblock_nr_pages)
			KUNIT_EXPECT_EQ(test, get_pageblock_migratetype(virt_to_page(object)),
					MIGRATE_RECLAIMABLE);
		KUNIT_EXPECT_EQ(test, cache != NULL, size <= KMALLOC_MAX_CACHE_SIZE);
		if (cache)
			KUNIT_EXPECT_EQ(test, strncmp(cache->name, "kmalloc-rcl-", 12), 0);
		kfree(object);
	}
}

static void api_K10_dma_before_reclaimable(struct kunit *test)
{
	void *object = slab_hold(kmalloc(100, GFP_DMA | __GFP_RECLAIMABLE));

	KUNIT_ASSERT_NOT_NULL(test, object);
	KUNIT_EXPECT_STREQ(test, slab_cache_of(object)->name, "dma-kmalloc-128");
}

static struct kunit_case kmalloc_cases[] = {
	KUNIT_CASE(api_C4_zero_size_pointer),
	KUNIT_CASE(api_K1_the_family),
	KUNIT_CASE(api_K1_failure_is_null),
	KUNIT_CASE_SLOW(api_K1_zeroed),
	KUNIT_CASE(api_K1_free_makes_room),
	KUNIT_CASE_SLOW(api_K1_kfree_sensitive),
	KUNIT_CASE(api_K1_historical_names),
	KUNIT_CASE(api_F19_repeat_is_retry_mayfail),
	KUNIT_CASE(api_F24_cold_is_ignored),
	KUNIT_CASE(api_F26_wait_is_reclaim),
	KUNIT_CASE(api_K2_size_0),
	KUNIT_CASE_OOPS(api_K2_size_0_is_not_memory, "NULL pointer dereference"),
	KUNIT_CASE(api_K3_classes),
	KUNIT_CASE(api_K3_constant_sizes),
	KUNIT_CASE(api_K3_constant_sizes_cost_nothing),
	KUNIT_CASE(api_K3_large_sizes_are_pages),
	KUNIT_CASE(api_K3_roundup_of_what_cannot_be_had),
	KUNIT_CASE_SLOW(api_K4_alignment),
	KUNIT_CASE(api_K4_large_alignment),
	KUNIT_CASE_SLOW(api_K4_alignment_with_red_zones),
	KUNIT_CASE(api_K5_too_large),
	KUNIT_CASE(api_K5_too_large_without_a_word),
	KUNIT_CASE_SLOW(api_K5_the_largest),
	KUNIT_CASE(api_K6_overflow_is_silent),
	KUNIT_CASE(api_K6_sizes_saturate),
	KUNIT_CASE_SLOW(api_K8_ksize),
	KUNIT_CASE(api_K8_ksize_of_a_cache_object),
	KUNIT_CASE(api_K10_dma),
	KUNIT_CASE(api_K10_dma_comes_from_nowhere_else),
	KUNIT_CASE_SLOW(api_K10_reclaimable),
	KUNIT_CASE_SLOW(api_K10_dma_before_reclaimable),
	{},
};

static struct kunit_suite kmalloc_suite = {
	.name = "kmalloc",
	.init = slab_test_init,
	.exit = slab_test_exit,
	.test_cases = kmalloc_cases,
};
kunit_test_suite(kmalloc_suite);
