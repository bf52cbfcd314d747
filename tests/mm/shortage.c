// SPDX-License-Identifier: MIT
/* Too little memory, on purpose: see shortage.h. */
#include "shortage.h"
#include "slab_test.h"

#define FILL_GFP (GFP_KERNEL | __GFP_NOWARN)

int shortage_init(struct kunit *test)
{
	return slab_test_init(test);
}

void shortage_exit(struct kunit *test)
{
	slab_test_exit(test);
}

/* A block is kept while everything else is taken; then its first pages go back. */
void shortage_begin(unsigned long pages)
{
	unsigned int block_order = get_order(pages << PAGE_SHIFT);
	struct page *block = pages ? alloc_pages(FILL_GFP, block_order) : NULL;
	unsigned long i;
	int order;

	slab_use_up_all();
	for (order = MAX_PAGE_ORDER; order >= 0; order--)
		mm_fill(FILL_GFP, order);
	if (!block)
		return;
	split_page(block, block_order);
	for (i = 0; i < 1UL << block_order; i++) {
		if (i < pages)
			__free_page(block + i);
		else
			mm_hold(block + i, 0);
	}
	drain_all_pages(NULL);
}

void shortage_end(void)
{
	mm_give_all();
	slab_free_held();
	slab_shrink_all();
	drain_all_pages(NULL);
}
