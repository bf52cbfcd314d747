// SPDX-License-Identifier: MIT
/*
 * SLAB_TYPESAFE_BY_RCU: an object that was freed may be another one at once, but an object of
 * this cache it stays as long as a reader is there. And what a grace period holds back
 * comes in the end.
 */
#include <linux/delay.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "../../kernel/rcu.h"
#include "../kernel/threads.h"
#include "slab_test.h"

#define STAMP 0x7e
#define SLABS 12

struct typed {
	u8 bytes[200];
};

/* --- what a reader sees ---------------------------------------------------------------- */

struct batch {
	struct kmem_cache *cache;
	struct typed **objects;
	unsigned int nr;
	void **pages; /* to be overwritten */
};

#define PAGES 512

static void make_batch(struct kunit *test, struct batch *batch, slab_flags_t flags)
{
	unsigned int i;

	batch->cache = slab_test_cache(test, sizeof(struct typed), 0, flags | SLAB_NO_MERGE, NULL);
	batch->nr = SLABS * batch->cache->shape.objects;
	batch->objects = kunit_kcalloc(test, batch->nr, sizeof(*batch->objects), GFP_KERNEL);
	batch->pages = kunit_kcalloc(test, PAGES, sizeof(*batch->pages), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, batch->objects);
	KUNIT_ASSERT_NOT_NULL(test, batch->pages);
	for (i = 0; i < batch->nr; i++) {
		batch->objects[i] = kmem_cache_alloc(batch->cache, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, batch->objects[i]);
		memset(batch->objects[i], STAMP, sizeof(struct typed));
	}
}

/* What is free is anybody's: some of it is taken and overwritten. */
static void overwrite_free_pages(struct batch *batch)
{
	unsigned int i;

	for (i = 0; i < PAGES; i++) {
		batch->pages[i] = (void *)__get_free_page(GFP_NOWAIT | __GFP_NOWARN);
		if (batch->pages[i])
			memset(batch->pages[i], 0xff, PAGE_SIZE);
	}
	for (i = 0; i < PAGES; i++)
		free_page((unsigned long)batch->pages[i]);
}

/* Frees all, has the empty slabs given back, and says how many objects are as they were. */
static unsigned int free_and_look(struct batch *batch)
{
	unsigned int i, same = 0;

	for (i = 0; i < batch->nr; i++)
		kmem_cache_free(batch->cache, batch->objects[i]);
	kmem_cache_shrink(batch->cache);
	overwrite_free_pages(batch);
	for (i = 0; i < batch->nr; i++)
		same += !memchr_inv(batch->objects[i], STAMP, sizeof(struct typed));
	return same;
}

static void api_M4_rcu_typesafe_memory_stays_for_readers(struct kunit *test)
{
	struct batch batch;

	make_batch(test, &batch, SLAB_TYPESAFE_BY_RCU);
	rcu_read_lock();
	KUNIT_EXPECT_EQ(test, free_and_look(&batch), batch.nr);
	KUNIT_EXPECT_EQ(test, batch.cache->node.nr_slabs, 0UL);
	mdelay(10);
	overwrite_free_pages(&batch);
	KUNIT_EXPECT_EQ(test, page_ref_count(virt_to_page(batch.objects[0])), 1);
	KUNIT_EXPECT_NULL(test, memchr_inv(batch.objects[0], STAMP, sizeof(struct typed)));
	KUNIT_EXPECT_GE(test, rcu_callbacks_waiting(smp_processor_id()), SLABS + 0U);
	rcu_read_unlock();
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, rcu_callbacks_waiting(0), 0U);
}

/* Or the case above would show nothing. */
static void memory_of_others_does_not(struct kunit *test)
{
	struct batch batch;

	make_batch(test, &batch, 0);
	rcu_read_lock();
	KUNIT_EXPECT_LT(test, free_and_look(&batch), batch.nr);
	rcu_read_unlock();
}

/* Neither is it poisoned, nor is a red zone put where a reader looks. */
static void api_M4_rcu_typesafe_objects_are_not_poisoned(struct kunit *test)
{
	struct batch batch;

	make_batch(test, &batch,
		   SLAB_TYPESAFE_BY_RCU | SLAB_POISON | SLAB_RED_ZONE | SLAB_CONSISTENCY_CHECKS);
	rcu_read_lock();
	KUNIT_EXPECT_EQ(test, free_and_look(&batch), batch.nr);
	rcu_read_unlock();
}

/* --- kfree_rcu() without memory ------------------------------------------------------------------ */

struct plain {
	u32 stamp;
	struct rcu_head rcu;
	u8 rest[100];
};

/* Nothing is left that who does not sleep may have. */
static void take_all(void)
{
	struct page *page;

	while ((page = alloc_page(GFP_ATOMIC | __GFP_NOWARN)))
		mm_hold(page, 0);
}

/* The objects' own rcu_head serves, or the caller waits: freeing does not fail for want of memory. */
static void api_L3_rcu_kfree_rcu_without_a_page(struct kunit *test)
{
	struct kmem_cache *cache =
		slab_test_cache(test, sizeof(struct plain), 0, SLAB_NO_MERGE, NULL);
	struct plain *objects[20];
	unsigned int i, before;

	for (i = 0; i < ARRAY_SIZE(objects); i++) {
		objects[i] = kmem_cache_alloc(cache, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, objects[i]);
	}
	rcu_barrier();
	mm_hide_down_to(mm_zone(ZONE_NORMAL), 0);
	mm_hide_down_to(mm_zone(ZONE_DMA), 0);
	take_all();
	preempt_disable();
	before = rcu_callbacks_waiting(smp_processor_id());
	for (i = 0; i < ARRAY_SIZE(objects) - 1; i++)
		kfree_rcu(objects[i], rcu);
	KUNIT_EXPECT_EQ(test, rcu_callbacks_waiting(smp_processor_id()) - before,
			ARRAY_SIZE(objects) - 1);
	preempt_enable();
	kfree_rcu(objects[i]);
	rcu_barrier();
	mm_give_all();
	mm_unhide();
	KUNIT_EXPECT_EQ(test, kmem_cache_shrink(cache), 0);
}

/* --- the end of a cache ----------------------------------------------------------------------- */

struct end {
	struct kmem_cache *cache;
	bool inside, leave, left, destroyed, left_before;
};

static int read_until_told(void *data)
{
	struct end *end = data;

	rcu_read_lock();
	WRITE_ONCE(end->inside, true);
	while (!READ_ONCE(end->leave))
		cpu_relax();
	WRITE_ONCE(end->left, true);
	rcu_read_unlock();
	return sleep_until_stopped(NULL);
}

static int destroy(void *data)
{
	struct end *end = data;

	kmem_cache_destroy(end->cache);
	end->left_before = READ_ONCE(end->left);
	WRITE_ONCE(end->destroyed, true);
	return sleep_until_stopped(NULL);
}

static void api_M7_rcu_destroy_waits_for_readers(struct kunit *test)
{
	struct end *end = zeroed(test, struct end);

	if (num_online_cpus() < 2)
		kunit_skip(test, "needs 2 CPUs");
	end->cache = kmem_cache_create("ending", 100, 0, SLAB_TYPESAFE_BY_RCU, NULL);
	KUNIT_ASSERT_NOT_NULL(test, end->cache);
	kmem_cache_free(end->cache, kmem_cache_alloc(end->cache, GFP_KERNEL | __GFP_NOFAIL));
	start_thread_on(test, 1, read_until_told, end);
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(end->inside)));
	start_thread_on(test, 0, destroy, end);
	schedule_timeout_uninterruptible(20);
	KUNIT_EXPECT_FALSE(test, READ_ONCE(end->destroyed));
	WRITE_ONCE(end->leave, true);
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(end->destroyed)));
	KUNIT_EXPECT_TRUE(test, end->left_before);
}

/* --- readers everywhere, slabs that come and go ------------------------------------------------- */

#define SLOTS 64
#define TYPE  0x7e57ab1e

/* What the constructor made of it never changes; `number` is the owner's. */
struct entry {
	u32 type;
	u32 number;
	u8 rest[500];
};

struct directory {
	struct entry *slots[SLOTS];
	bool enough;
	unsigned long looked[NR_CPUS], wrong[NR_CPUS];
};

static void build_entry(void *object)
{
	struct entry *entry = object;

	memset(entry, 0, sizeof(*entry));
	entry->type = TYPE;
}

static int look_up(void *data)
{
	unsigned int cpu = smp_processor_id(), i;
	struct directory *directory = data;

	while (!READ_ONCE(directory->enough)) {
		for (i = 0; i < SLOTS; i++) {
			struct entry *entry;

			rcu_read_lock();
			entry = rcu_dereference(directory->slots[i]);
			if (entry) {
				ndelay(300);
				directory->wrong[cpu] += READ_ONCE(entry->type) != TYPE;
				WRITE_ONCE(directory->looked[cpu], directory->looked[cpu] + 1);
			}
			rcu_read_unlock();
		}
		cond_resched();
	}
	return sleep_until_stopped(NULL);
}

/* Frees without waiting for anybody: that is what such caches are for. */
static void replace(struct kunit *test, struct kmem_cache *cache, struct entry **slot, u32 number)
{
	struct entry *entry = *slot;

	rcu_assign_pointer(*slot, NULL);
	if (entry)
		kmem_cache_free(cache, entry);
	if (number % 5 == 0)
		return;
	entry = kmem_cache_alloc(cache, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, entry);
	entry->number = number;
	rcu_assign_pointer(*slot, entry);
}

static void clear_slots(struct kmem_cache *cache, struct directory *directory)
{
	unsigned int i;

	for (i = 0; i < SLOTS; i++) {
		if (directory->slots[i])
			kmem_cache_free(cache, directory->slots[i]);
		rcu_assign_pointer(directory->slots[i], NULL);
	}
	kmem_cache_shrink(cache);
}

static void api_M4_rcu_typesafe_lookups_meet_no_stranger(struct kunit *test)
{
	struct kmem_cache *cache =
		slab_test_cache(test, sizeof(struct entry), 0, SLAB_TYPESAFE_BY_RCU, build_entry);
	struct directory *directory = zeroed(test, struct directory);
	u32 number, random = 1;
	unsigned int cpu;

	for_each_online_cpu(cpu)
		start_thread_on(test, cpu, look_up, directory);
	for (number = 1; number <= 20000; number++) {
		random = random * 1664525 + 1013904223;
		replace(test, cache, &directory->slots[random >> 26], number);
		if (number % 500 == 0)
			clear_slots(cache, directory);
		if (number % 100 == 0) {
			void *page = (void *)__get_free_page(GFP_KERNEL);

			KUNIT_ASSERT_NOT_NULL(test, page);
			memset(page, 0xff, PAGE_SIZE);
			free_page((unsigned long)page);
			schedule_timeout_uninterruptible(number % 1000 == 0);
		}
	}
	for_each_online_cpu(cpu)
		KUNIT_EXPECT_GT(test, READ_ONCE(directory->looked[cpu]), 0UL);
	WRITE_ONCE(directory->enough, true);
	clear_slots(cache, directory);
	for_each_online_cpu(cpu)
		KUNIT_EXPECT_EQ(test, directory->wrong[cpu], 0UL);
}

static struct kunit_case slab_rcu_cases[] = {
	KUNIT_CASE_SLOW(api_M4_rcu_typesafe_memory_stays_for_readers),
	KUNIT_CASE_SLOW(memory_of_others_does_not),
	KUNIT_CASE_SLOW(api_M4_rcu_typesafe_objects_are_not_poisoned),
	KUNIT_CASE_SLOW(api_L3_rcu_kfree_rcu_without_a_page),
	KUNIT_CASE(api_M7_rcu_destroy_waits_for_readers),
	KUNIT_CASE_SLOW(api_M4_rcu_typesafe_lookups_meet_no_stranger),
	{}
};

static unsigned long free_before;

static int slab_rcu_init(struct kunit *test)
{
	slab_shrink_all();
	drain_all_pages(NULL);
	free_before = mm_free_pages(NULL);
	return 0;
}

/* All pages are back, but for tables that the guards of threads' stacks have split off for good. */
static void slab_rcu_exit(struct kunit *test)
{
	kunit_cleanup(test);
	slab_shrink_all();
	drain_all_pages(NULL);
	KUNIT_EXPECT_GE(test, mm_free_pages(NULL) + 2 * num_online_cpus(), free_before);
}

static struct kunit_suite slab_rcu_suite = {
	.name = "slab_rcu",
	.init = slab_rcu_init,
	.exit = slab_rcu_exit,
	.test_cases = slab_rcu_cases,
};
kunit_test_suite(slab_rcu_suite);
