// SPDX-License-Identifier: MIT
/* More written than there is memory: reclaim writes it, and nothing is lost. */
#include <linux/swap.h>
#include <linux/vmstat.h>
#include <memkern/kunit_extra.h>

#include "../kernel/threads.h"
#include "store.h"

#define WRITERS	      4
#define PAGES_AT_MOST (256UL << (20 - PAGE_SHIFT)) /* so as not to take minutes */

struct writer {
	struct store *store;
	pgoff_t from, to;
};

static u32 word_of(pgoff_t index)
{
	return index * 2654435761u;
}

/* All of it, as a bdev_write() would, but that nobody holds it back. */
static int write_all(void *data)
{
	struct writer *writer = data;
	pgoff_t index;

	for (index = writer->from; index < writer->to; index++) {
		struct page *page = grab_cache_page(&writer->store->mapping, index);

		if (!page)
			return -ENOMEM;
		set_page_word(page, word_of(index));
		SetPageUptodate(page);
		set_page_dirty(page);
		unlock_page(page);
		put_page(page);
		cond_resched();
	}
	return 0;
}

static unsigned long wrong_in_store(const struct store *store)
{
	unsigned long wrong = 0;
	pgoff_t index;

	for (index = 0; index < store->pages; index++)
		wrong += store->data[index] != word_of(index);
	return wrong;
}

/* Through the cache, most of which is gone by then. */
static unsigned long wrong_in_cache(struct kunit *test, struct store *store)
{
	unsigned long wrong = 0;
	pgoff_t index;

	for (index = 0; index < store->pages; index++) {
		struct page *page = store_page(test, store, index);

		wrong += page_word(page) != word_of(index);
		put_page(page);
	}
	return wrong;
}

static void restore_ratio(void *ratio)
{
	vm_dirty_ratio = (unsigned long)ratio;
}

static void more_than_memory_is_written(struct kunit *test)
{
	unsigned long pages = 2 * totalram_pages(), ratio = vm_dirty_ratio;
	struct writer *writers[WRITERS];
	struct task_struct *tasks[WRITERS];
	struct store *store;
	unsigned int i;

	if (pages > PAGES_AT_MOST)
		kunit_skip(test, "takes too long with so much memory");
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, restore_ratio, (void *)ratio), 0);
	store = make_store(test, pages);
	vm_dirty_ratio = 100;
	for (i = 0; i < WRITERS; i++) {
		writers[i] = zeroed(test, struct writer);
		*writers[i] =
			(struct writer){ store, pages / WRITERS * i,
					 i == WRITERS - 1 ? pages : pages / WRITERS * (i + 1) };
		tasks[i] = start_thread(test, write_all, writers[i]);
	}
	for (i = 0; i < WRITERS; i++)
		KUNIT_EXPECT_EQ(test, finish_thread(test, tasks[i]), 0);
	KUNIT_EXPECT_GT(test, store->for_reclaim, 0U);
	KUNIT_EXPECT_LT(test, store->mapping.nrpages, totalram_pages());
	KUNIT_EXPECT_EQ(test, filemap_write_and_wait(&store->mapping), 0);
	KUNIT_EXPECT_EQ(test, wrong_in_store(store), 0UL);
	KUNIT_EXPECT_EQ(test, wrong_in_cache(test, store), 0UL);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_SLOW(more_than_memory_is_written),
	{},
};

static struct kunit_suite suite = {
	.name = "cache_full",
	.test_cases = cases,
};
kunit_test_suite(suite);
