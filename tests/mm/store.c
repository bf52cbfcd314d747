// SPDX-License-Identifier: MIT
/* An address space for tests: see store.h. */
#include <linux/highmem.h>
#include <linux/slab.h>
#include <memkern/kunit_extra.h>

#include "../../mm/internal.h"
#include "store.h"

static struct store *store_of(struct page *page)
{
	return container_of(page->mapping, struct store, mapping);
}

u32 page_word(struct page *page)
{
	u32 *words = kmap_local_page(page), word = words[0];

	kunmap_local(words);
	return word;
}

void set_page_word(struct page *page, u32 word)
{
	u32 *words = kmap_local_page(page);

	words[0] = word;
	kunmap_local(words);
}

static void end_transfer(struct page *page)
{
	struct store *store = store_of(page);
	bool bad = store->bad == page->index;

	if (PageWriteback(page)) {
		if (bad)
			mapping_set_error(&store->mapping, -EIO);
		else
			store->data[page->index] = page_word(page);
		end_page_writeback(page);
		return;
	}
	if (!bad) {
		clear_highpage(page);
		set_page_word(page, store->data[page->index]);
		SetPageUptodate(page);
	}
	unlock_page(page);
}

static void begin_transfer(struct store *store, struct page *page)
{
	bool hold;

	spin_lock(&store->lock);
	hold = store->hold;
	if (hold)
		store->held[store->nr_held++] = page;
	spin_unlock(&store->lock);
	if (!hold)
		end_transfer(page);
}

static struct page *first_held(struct store *store)
{
	struct page *page = NULL;

	spin_lock(&store->lock);
	if (store->nr_held) {
		page = store->held[0];
		store->nr_held--;
		memmove(store->held, store->held + 1, store->nr_held * sizeof(page));
	}
	spin_unlock(&store->lock);
	return page;
}

static int store_readpage(struct file *file, struct page *page)
{
	struct store *store = store_of(page);

	store->reads++;
	begin_transfer(store, page);
	return 0;
}

static int store_writepage(struct page *page, struct writeback_control *wbc)
{
	struct store *store = store_of(page);

	if (store->refusals) {
		store->refusals--;
		set_page_dirty(page);
		return AOP_WRITEPAGE_ACTIVATE;
	}
	store->writes++;
	store->for_reclaim += wbc->for_reclaim;
	store->last_written = page->index;
	set_page_writeback(page);
	unlock_page(page);
	begin_transfer(store, page);
	return 0;
}

static const struct address_space_operations store_aops = {
	.readpage = store_readpage,
	.writepage = store_writepage,
};

unsigned int store_end(struct store *store, unsigned int nr)
{
	struct page *page;
	unsigned int ended;

	for (ended = 0; ended < nr && (page = first_held(store)); ended++)
		end_transfer(page);
	return ended;
}

void store_let_go(struct store *store)
{
	spin_lock(&store->lock);
	store->hold = false;
	spin_unlock(&store->lock);
	store_end(store, UINT_MAX);
}

static void let_go(void *store)
{
	store_let_go(store);
}

void store_let_go_first(struct kunit *test, struct store *store)
{
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, let_go, store), 0);
}

static void destroy_store(void *context)
{
	struct store *store = context;

	store_let_go(store);
	mapping_exit(&store->mapping);
}

static void free_array(void *array)
{
	kvfree(array);
}

static void *array(struct kunit *test, size_t bytes)
{
	void *array = kvzalloc(bytes, GFP_KERNEL);

	if (!array)
		kunit_skip(test, "too little memory");
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_array, array), 0);
	return array;
}

struct store *make_store(struct kunit *test, unsigned long pages)
{
	struct store *store = kunit_kzalloc(test, sizeof(*store), GFP_KERNEL);
	u32 *data = array(test, pages * sizeof(*data));
	struct page **held = array(test, pages * sizeof(*held));
	unsigned long i;

	KUNIT_ASSERT_NOT_NULL(test, store);
	for (i = 0; i < pages; i++)
		data[i] = 1000 + i;
	store->data = data;
	store->held = held;
	store->pages = pages;
	spin_lock_init(&store->lock);
	store->bad = NO_PAGE;
	mapping_init(&store->mapping, NULL, &store_aops, GFP_HIGHUSER_MOVABLE);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, destroy_store, store), 0);
	return store;
}

struct store *make_roomy_store(struct kunit *test, unsigned long pages)
{
	if (nr_free_pages() < 4 * pages)
		kunit_skip(test, "needs %lu free pages", 4 * pages);
	return make_store(test, pages);
}

struct page *store_page(struct kunit *test, struct store *store, pgoff_t index)
{
	struct page *page = read_mapping_page(&store->mapping, index, NULL);

	KUNIT_ASSERT_FALSE(test, IS_ERR(page));
	return page;
}

void store_read(struct kunit *test, struct store *store, pgoff_t from, pgoff_t to)
{
	for (; from < to; from++)
		put_page(store_page(test, store, from));
}

void store_dirty(struct kunit *test, struct store *store, pgoff_t index, u32 word)
{
	struct page *page = store_page(test, store, index);

	lock_page(page);
	set_page_word(page, word);
	set_page_dirty(page);
	unlock_page(page);
	put_page(page);
}
