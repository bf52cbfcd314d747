// SPDX-License-Identifier: MIT
/*
 * Living with failure: take one large piece and parcel it out.
 *
 * A request to a disk is taken apart into a dozen small things: where it goes, which parts of
 * the caller's memory it covers, a name for the log. Allocated one by one, each could be
 * refused, and each would have to be freed on every way out. Taken together there is one
 * kmalloc() that can fail, before anything was done, and one kfree().
 *
 * The price is a limit that has to be known beforehand; and nothing is given back before
 * everything is.
 */
#include <linux/align.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../../tests/mm/shortage.h"

struct piece {
	size_t size, used;
	u64 bytes[]; /* of this type for its alignment */
};

static struct piece *piece_take(size_t size)
{
	struct piece *piece = kmalloc(sizeof(*piece) + size, GFP_KERNEL | __GFP_NOWARN);

	if (piece) {
		piece->size = size;
		piece->used = 0;
	}
	return piece;
}

/* NULL is not a shortage of memory here, but a limit that was too low. */
static void *parcel(struct piece *piece, size_t size)
{
	void *start = (char *)piece->bytes + piece->used;

	size = ALIGN(size, sizeof(u64));
	if (size > piece->size - piece->used)
		return NULL;
	piece->used += size;
	return start;
}

/* --- a user of it ----------------------------------------------------------------------------- */

#define MOST_PARTS   300
#define LONGEST_NAME 32
#define REQUEST_SIZE                                  \
	(ALIGN(sizeof(struct request), sizeof(u64)) + \
	 MOST_PARTS * ALIGN(sizeof(struct part), sizeof(u64)) + LONGEST_NAME)

struct part {
	unsigned long address;
	unsigned int length;
	struct part *next;
};

struct request {
	struct piece *piece;
	struct part *parts;
	char *name;
};

static void request_done(struct request *request)
{
	kfree(request->piece);
}

static struct request *request_make(const char *name, unsigned long address, unsigned int length)
{
	struct piece *piece = piece_take(REQUEST_SIZE);
	struct request *request;

	if (!piece)
		return NULL;
	/* From here on nothing can fail: length is at most MOST_PARTS pages. */
	request = parcel(piece, sizeof(*request));
	*request = (struct request){ .piece = piece, .name = parcel(piece, LONGEST_NAME) };
	strscpy(request->name, name, LONGEST_NAME);
	while (length) {
		struct part *part = parcel(piece, sizeof(*part));

		*part = (struct part){ address, min(length, 4096U), request->parts };
		request->parts = part;
		address += part->length;
		length -= part->length;
	}
	return request;
}

/* --- the test ----------------------------------------------------------------------------------- */

static void one_failure_at_most(struct kunit *test)
{
	struct request *request;
	unsigned long pages = 0;

	do {
		shortage_begin(pages++);
		request = request_make("swap", 0, MOST_PARTS * 4096);
		if (request)
			request_done(request);
		shortage_end();
	} while (!request && pages < 20);
	KUNIT_EXPECT_NOT_NULL(test, request);
	KUNIT_EXPECT_GT(test, pages, 1);
}

static void parcels_are_apart_and_end(struct kunit *test)
{
	struct piece *piece = piece_take(100);
	char *first = parcel(piece, 5), *second = parcel(piece, 80);

	KUNIT_ASSERT_NOT_NULL(test, piece);
	KUNIT_EXPECT_TRUE(test, IS_ALIGNED((unsigned long)second, sizeof(u64)));
	KUNIT_EXPECT_EQ(test, second - first, 8);
	KUNIT_EXPECT_NULL(test, parcel(piece, 13));
	KUNIT_EXPECT_PTR_EQ(test, parcel(piece, 7), (void *)(second + 80));
	KUNIT_EXPECT_NULL(test, parcel(piece, 1));
	kfree(piece);
}

static void nothing_is_left_of_a_request(struct kunit *test)
{
	struct request *request = request_make("disk0", 0x10000, 3 * 4096 + 100);
	struct part *part;
	unsigned int length = 0;

	KUNIT_ASSERT_NOT_NULL(test, request);
	KUNIT_EXPECT_STREQ(test, request->name, "disk0");
	for (part = request->parts; part; part = part->next)
		length += part->length;
	KUNIT_EXPECT_EQ(test, length, 3 * 4096 + 100);
	request_done(request);
}

static struct kunit_case one_large_piece_cases[] = {
	KUNIT_CASE(one_failure_at_most),
	KUNIT_CASE(parcels_are_apart_and_end),
	KUNIT_CASE(nothing_is_left_of_a_request),
	{},
};

static struct kunit_suite one_large_piece_suite = {
	.name = "example_one_large_piece",
	.init = shortage_init,
	.exit = shortage_exit,
	.test_cases = one_large_piece_cases,
};
kunit_test_suite(one_large_piece_suite);
