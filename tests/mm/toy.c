// SPDX-License-Identifier: MIT
/* A zone of its own, of real frames: see mm_test.h. */
#include <linux/kernel.h>

#include "mm_test.h"

struct toy toy;

static const char type_letters[] = "UMRHCI";

static void toy_destroy(void *unused)
{
	unsigned int order, type;
	struct page *page, *next;

	for_each_migratetype_order(order, type)
		list_for_each_entry_safe(page, next, &toy.zone.free_area[order].free_list[type],
					 lru)
			del_from_free_list(&toy.zone, page, order, type);
	if (toy.order == MAX_PAGE_ORDER) {
		set_pageblock_migratetype(toy.frames, toy.types[0]);
		set_pageblock_migratetype(toy.frames + pageblock_nr_pages, toy.types[1]);
	}
	toy.block->private = 0;
	set_page_count(toy.block, 1);
	__free_pages(toy.block, toy.block_order);
}

/*
 * Below the largest order the toy is the lower half of a block, whose upper half stays in
 * use: nothing outside the toy can be a buddy of what is inside.
 */
void toy_create(struct kunit *test, unsigned int order)
{
	unsigned int type, i;

	memset(&toy, 0, sizeof(toy));
	toy.order = order;
	toy.block_order = min_t(unsigned int, order + 1, MAX_PAGE_ORDER);
	toy.block = alloc_pages(GFP_NOWAIT | __GFP_HIGHMEM | __GFP_NOWARN, toy.block_order);
	if (!toy.block)
		kunit_skip(test, "no free block of order %u", toy.block_order);

	toy.frames = toy.block;
	set_page_count(toy.block, 0);
	toy.zone.name = "toy";
	toy.zone.managed_pages = toy.zone.present_pages = 1UL << order;
	spin_lock_init(&toy.zone.lock);
	for_each_migratetype_order(i, type)
		INIT_LIST_HEAD(&toy.zone.free_area[i].free_list[type]);
	toy.types[0] = toy_type(0);
	toy.types[1] = order == MAX_PAGE_ORDER ? toy_type(pageblock_nr_pages) : toy.types[0];
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, toy_destroy, NULL), 0);
}

void toy_free(unsigned long frame, unsigned int order)
{
	unsigned long flags;

	spin_lock_irqsave(&toy.zone.lock, flags);
	free_one_block(&toy.zone, toy.frames + frame, order);
	spin_unlock_irqrestore(&toy.zone.lock, flags);
}

void toy_set_type(unsigned long frame, enum migratetype type)
{
	set_pageblock_migratetype(toy.frames + frame, type);
}

enum migratetype toy_type(unsigned long frame)
{
	return get_pageblock_migratetype(toy.frames + frame);
}

const char *toy_text(void)
{
	static char text[256];
	size_t used = 0;
	int order, type;

	text[0] = '\0';
	for (order = MAX_PAGE_ORDER; order >= 0; order--) {
		for (type = 0; type < MIGRATE_TYPES; type++) {
			struct page *page;

			list_for_each_entry(page, &toy.zone.free_area[order].free_list[type], lru)
				used += scnprintf(text + used, sizeof(text) - used, "%s%d%c%ld",
						  used ? " " : "", order, type_letters[type],
						  toy_frame(page));
		}
	}
	return text;
}
