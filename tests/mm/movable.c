// SPDX-License-Identifier: MIT
/* A driver with movable pages for tests: see movable.h. */
#include <linux/pagemap.h>
#include <memkern/kunit_extra.h>

#include "mm_test.h"
#include "movable.h"
#include "store.h"

#define WORD(i) (0xd0000000U + (i))

struct movable movable;

static bool isolate(struct page *page, isolate_mode_t mode)
{
	movable.isolated += !movable.stays;
	return !movable.stays;
}

static int migrate(struct page *dst, struct page *src, enum migrate_mode mode)
{
	unsigned long i = page_private(src);

	if (movable.errors) {
		movable.errors--;
		return movable.error;
	}
	set_page_word(dst, page_word(src));
	get_page(dst);
	set_page_private(dst, i);
	__SetPageMovable(dst, page_movable_ops(src));
	movable.pages[i] = dst;
	movable.migrated++;
	__ClearPageMovable(src);
	put_page(src);
	return MIGRATEPAGE_SUCCESS;
}

static void put_back(struct page *page)
{
	movable.put_back++;
}

static const struct movable_operations ops = {
	.isolate_page = isolate,
	.migrate_page = migrate,
	.putback_page = put_back,
};

void movable_add(unsigned long i, struct page *page)
{
	set_page_word(page, WORD(i));
	set_page_private(page, i);
	movable.pages[i] = page;
	lock_page(page);
	__SetPageMovable(page, &ops);
	unlock_page(page);
}

void movable_remove(unsigned long i)
{
	struct page *page = movable.pages[i];

	movable.pages[i] = NULL;
	lock_page(page);
	__ClearPageMovable(page);
	unlock_page(page);
	put_page(page);
}

bool movable_is_whole(void)
{
	unsigned long i;

	for (i = 0; i < movable.nr; i++)
		if (movable.pages[i] &&
		    (page_private(movable.pages[i]) != i || page_word(movable.pages[i]) != WORD(i)))
			return false;
	return true;
}

static void destroy(void *unused)
{
	unsigned long i;

	for (i = 0; i < movable.nr; i++)
		if (movable.pages[i])
			movable_remove(i);
	kvfree(movable.pages);
}

void movable_create(struct kunit *test, unsigned long nr)
{
	movable = (struct movable){ .nr = nr };
	movable.pages = kvcalloc(nr, sizeof(struct page *), GFP_KERNEL);
	if (!movable.pages)
		kunit_skip(test, "too little memory");
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, destroy, NULL), 0);
}
