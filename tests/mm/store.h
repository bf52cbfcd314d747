/* SPDX-License-Identifier: MIT */
/* An address space over an array, as a disk would be one, that shows and says what happens to it. */
#ifndef _TESTS_MM_STORE_H
#define _TESTS_MM_STORE_H

#include <kunit/test.h>
#include <linux/pagemap.h>
#include <linux/writeback.h>

#define NO_PAGE ULONG_MAX

struct store {
	struct address_space mapping;
	u32 *data; /* one word a page is all that is kept: the page's first */
	unsigned long pages;

	bool hold;	       /* transfers end when the test says so: store_end() */
	pgoff_t bad;	       /* transfers of this page fail */
	unsigned int refusals; /* so many writes are put off: AOP_WRITEPAGE_ACTIVATE */
	spinlock_t lock;       /* held, nr_held */
	struct page **held;
	unsigned int nr_held;
	unsigned int reads, writes; /* that were begun, */
	unsigned int for_reclaim;   /* and of those by reclaim */
	pgoff_t last_written;
};

/* Emptied, whatever is dirty, when the case has ended. Skips the case where memory is too small. */
struct store *make_store(struct kunit *test, unsigned long pages);
/* With memory enough for all its pages, so that nobody else begins to reclaim them. */
struct store *make_roomy_store(struct kunit *test, unsigned long pages);
/* Ends all transfers that are held, and holds no more. */
void store_let_go(struct store *store);
/*
 * However the case ends, it first ends the transfers that are held: the threads that were started
 * before this is called may wait for them, and the case's end for the threads.
 */
void store_let_go_first(struct kunit *test, struct store *store);
/* Ends the first `nr` transfers that are held; how many there were. */
unsigned int store_end(struct store *store, unsigned int nr);

/* A page of it, with a reference, uptodate. */
struct page *store_page(struct kunit *test, struct store *store, pgoff_t index);
/* Reads pages [from, to) into the cache, once. */
void store_read(struct kunit *test, struct store *store, pgoff_t from, pgoff_t to);
/* Writes a word to a page of the cache. */
void store_dirty(struct kunit *test, struct store *store, pgoff_t index, u32 word);
u32 page_word(struct page *page);
void set_page_word(struct page *page, u32 word);

#endif
