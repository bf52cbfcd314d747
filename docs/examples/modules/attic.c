// SPDX-License-Identifier: MIT
/*
 * Pages that can be moved: a store of notes, one a page, which are found by number. As nobody but
 * the attic has a pointer to a page, the kernel may move a note to another page when it wants
 * to make room for large blocks. With attic.notes=N there are N notes at first, of which each second
 * one is thrown away: so what is free lies between what is not.
 */
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/migrate.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/slab.h>

static unsigned int notes;
module_param(notes, uint, 0444);
MODULE_PARM_DESC(notes, "how many there are at first");

static struct page **attic; /* page->private is the number */

/* There is no list to take it off: nobody else moves it now, that is all. */
static bool attic_isolate(struct page *page, isolate_mode_t mode)
{
	return true;
}

static int attic_migrate(struct page *dst, struct page *src, enum migrate_mode mode)
{
	copy_highpage(dst, src);
	get_page(dst);
	set_page_private(dst, page_private(src));
	__SetPageMovable(dst, page_movable_ops(src));
	attic[page_private(src)] = dst;
	__ClearPageMovable(src);
	put_page(src);
	return MIGRATEPAGE_SUCCESS;
}

static void attic_putback(struct page *page)
{
}

static const struct movable_operations attic_ops = {
	.isolate_page = attic_isolate,
	.migrate_page = attic_migrate,
	.putback_page = attic_putback,
};

static struct page *new_note(unsigned int number)
{
	struct page *page = alloc_page(GFP_HIGHUSER_MOVABLE | __GFP_NORETRY | __GFP_NOWARN);

	if (!page)
		return NULL;
	set_page_private(page, number);
	lock_page(page);
	__SetPageMovable(page, &attic_ops);
	unlock_page(page);
	return page;
}

static void throw_away(unsigned int number)
{
	struct page *page = attic[number];

	if (!page)
		return;
	lock_page(page);
	attic[number] = NULL;
	__ClearPageMovable(page);
	unlock_page(page);
	put_page(page);
}

static int __init attic_init(void)
{
	unsigned int i;

	attic = kvcalloc(notes + 1, sizeof(*attic), GFP_KERNEL);
	if (!attic)
		return -ENOMEM;
	for (i = 0; i < notes; i++)
		attic[i] = new_note(i);
	for (i = 0; i < notes; i += 2)
		throw_away(i);
	return 0;
}

static void __exit attic_exit(void)
{
	unsigned int i;

	for (i = 0; i < notes; i++)
		throw_away(i);
	kvfree(attic);
}

module_init(attic_init);
module_exit(attic_exit);
MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("notes in pages that can be moved");
