/* SPDX-License-Identifier: MIT */
/* A driver whose pages can be moved: it keeps a word in each, and knows them by number. */
#ifndef _TESTS_MM_MOVABLE_H
#define _TESTS_MM_MOVABLE_H

#include <kunit/test.h>
#include <linux/migrate.h>

struct movable {
	struct page **pages; /* page->private is the number */
	unsigned long nr;
	bool stays;	     /* isolate_page refuses */
	unsigned int errors; /* so many times migrate_page does, with: */
	int error;
	unsigned int isolated, migrated, put_back;
};

/* The only one: a page does not say whose it is. */
extern struct movable movable;

/* Empty, with room for nr pages, until the case ends. Skips it where memory is too small. */
void movable_create(struct kunit *test, unsigned long nr);
/* Page i is from now on the driver's, and movable. */
void movable_add(unsigned long i, struct page *page);
void movable_remove(unsigned long i);
/* Are all the words where they should be? */
bool movable_is_whole(void);

#endif
