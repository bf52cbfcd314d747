// SPDX-License-Identifier: MIT
/* Lists of pieces of memory: what L6 says of linux/scatterlist.h. */
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "slab_test.h"

static void api_L6_entries_of_an_array(struct kunit *test)
{
	struct scatterlist sg[4], *entry;
	int i;

	sg_init_table(sg, 4);
	for (i = 0; i < 4; i++)
		sg_set_page(&sg[i], phys_to_page(0x1000 * (i + 1)), 10 * (i + 1), i);
	for_each_sg(sg, entry, 4, i) KUNIT_EXPECT_PTR_EQ(test, entry, &sg[i]);
	KUNIT_EXPECT_NULL(test, entry);
	KUNIT_EXPECT_PTR_EQ(test, sg_last(sg, 4), &sg[3]);
	KUNIT_EXPECT_EQ(test, sg_nents(sg), 4);
	KUNIT_EXPECT_EQ(test, sg_phys(&sg[2]), 0x3002ULL);
	KUNIT_EXPECT_PTR_EQ(test, sg_virt(&sg[2]), __va(0x3002));
	KUNIT_EXPECT_TRUE(test, sg_is_last(&sg[3]));

	sg_mark_end(&sg[1]);
	KUNIT_EXPECT_EQ(test, sg_nents(sg), 2);
	KUNIT_EXPECT_PTR_EQ(test, sg_page(&sg[1]), phys_to_page(0x2000));
	sg_unmark_end(&sg[1]);
	KUNIT_EXPECT_EQ(test, sg_nents(sg), 4);
}

static void api_L6_entries_that_hold_a_length(struct kunit *test)
{
	struct scatterlist sg[3];
	int i;

	sg_init_table(sg, 3);
	for (i = 0; i < 3; i++)
		sg[i].length = 100;
	KUNIT_EXPECT_EQ(test, sg_nents_for_len(sg, 0), 0);
	KUNIT_EXPECT_EQ(test, sg_nents_for_len(sg, 1), 1);
	KUNIT_EXPECT_EQ(test, sg_nents_for_len(sg, 100), 1);
	KUNIT_EXPECT_EQ(test, sg_nents_for_len(sg, 101), 2);
	KUNIT_EXPECT_EQ(test, sg_nents_for_len(sg, 300), 3);
	KUNIT_EXPECT_EQ(test, sg_nents_for_len(sg, 301), -EINVAL);
}

static void api_L6_one_buffer(struct kunit *test)
{
	char *buffer = page_to_virt(mm_take(GFP_KERNEL, 0));
	struct scatterlist sg;

	sg_init_one(&sg, buffer + 300, 77);
	KUNIT_EXPECT_EQ(test, sg_nents(&sg), 1);
	KUNIT_EXPECT_PTR_EQ(test, sg_page(&sg), virt_to_page(buffer));
	KUNIT_EXPECT_EQ(test, sg.offset, 300U);
	KUNIT_EXPECT_EQ(test, sg.length, 77U);
	KUNIT_EXPECT_PTR_EQ(test, sg_virt(&sg), (void *)(buffer + 300));
}

static const struct nents_row {
	unsigned int nents;
	const char *desc;
} nents[] = {
	{ 1, "one" },
	{ SG_MAX_SINGLE_ALLOC - 1, "nearly a page" },
	{ SG_MAX_SINGLE_ALLOC, "a page" },
	{ SG_MAX_SINGLE_ALLOC + 1, "a page and one" },
	{ 2 * SG_MAX_SINGLE_ALLOC - 1, "two pages" },
	{ 2 * SG_MAX_SINGLE_ALLOC, "three" },
	{ 1000, "1000" },
};

KUNIT_ARRAY_PARAM_DESC(nents, nents, desc);

/* As many as were asked for, each its own, and none but the last is the last. */
static void api_L6_tables_of_any_length(struct kunit *test)
{
	unsigned int wanted = ((const struct nents_row *)test->param_value)->nents, i;
	struct scatterlist *sg;
	struct sg_table table;

	KUNIT_ASSERT_EQ(test, sg_alloc_table(&table, wanted, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, table.nents, wanted);
	KUNIT_EXPECT_EQ(test, table.orig_nents, wanted);
	KUNIT_EXPECT_EQ(test, sg_nents(table.sgl), (int)wanted);
	for_each_sgtable_sg(&table, sg, i)
	{
		KUNIT_EXPECT_EQ(test, sg_is_last(sg), i == wanted - 1);
		sg_set_page(sg, phys_to_page(0x1000), i, 0);
	}
	for_each_sgtable_sg(&table, sg, i) KUNIT_EXPECT_EQ(test, sg->length, i);
	KUNIT_EXPECT_EQ(test, sg_last(table.sgl, wanted)->length, wanted - 1);
	sg_free_table(&table);
	KUNIT_EXPECT_NULL(test, table.sgl);
}

/* Whichever page of the table is missing, nothing is left. The suite's exit counts. */
static void api_L6_tables_without_memory(struct kunit *test)
{
	struct sg_table table;
	unsigned int n;

	KUNIT_EXPECT_EQ(test, sg_alloc_table(&table, 0, GFP_KERNEL), -EINVAL);
	for (n = 1; n < 20; n++) {
		int error;

		kunit_fail_nth(test, n);
		error = sg_alloc_table(&table, 500, GFP_KERNEL);
		if (!kunit_fail_nth_end(test))
			break;
		if (error)
			KUNIT_EXPECT_EQ(test, error, -ENOMEM);
		else
			sg_free_table(&table);
		KUNIT_EXPECT_NULL(test, table.sgl);
	}
	KUNIT_EXPECT_GE(test, n, 3U);
	KUNIT_EXPECT_LT(test, n, 20U);
	sg_free_table(&table);
}

/* Neighbours in memory share an entry: pages 0 1 2 | 5 | 4, from byte 100 of the first. */
static void api_L6_table_from_pages(struct kunit *test)
{
	struct page *block = mm_take(GFP_KERNEL, 3), *pages[5];
	static const unsigned int order[] = { 0, 1, 2, 5, 4 };
	struct scatterlist *sg;
	struct sg_table table;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(order); i++)
		pages[i] = block + order[i];
	KUNIT_ASSERT_EQ(test,
			sg_alloc_table_from_pages(&table, pages, 5, 100, 5 * PAGE_SIZE - 300,
						  GFP_KERNEL),
			0);
	KUNIT_ASSERT_EQ(test, table.orig_nents, 3U);
	sg = table.sgl;
	KUNIT_EXPECT_EQ(test, sg_phys(sg), page_to_phys(block) + 100);
	KUNIT_EXPECT_EQ(test, sg->length, 3 * PAGE_SIZE - 100);
	sg = sg_next(sg);
	KUNIT_EXPECT_EQ(test, sg_phys(sg), page_to_phys(block + 5));
	KUNIT_EXPECT_EQ(test, sg->length, PAGE_SIZE);
	sg = sg_next(sg);
	KUNIT_EXPECT_EQ(test, sg_phys(sg), page_to_phys(block + 4));
	KUNIT_EXPECT_EQ(test, sg->length, PAGE_SIZE - 200);
	sg_free_table(&table);
}

#define LENGTH 9000

/* Three pieces, one over a page's end and, if there is highmem, one there: 3000, 5000, 1000 bytes. */
static void make_pieces(struct kunit *test, struct scatterlist *sg)
{
	struct page *block = mm_take(GFP_KERNEL, 1);
	struct page *high = mm_take(GFP_HIGHUSER, 0), *third = mm_take(GFP_KERNEL, 0);

	KUNIT_ASSERT_TRUE(test, block && high && third);
	sg_init_table(sg, 3);
	sg_set_page(&sg[0], high, 3000, 7);
	sg_set_page(&sg[1], block, 5000, 1001);
	sg_set_page(&sg[2], third, 1000, 3096);
}

static void api_L6_copies_between_list_and_buffer(struct kunit *test)
{
	u8 *buffer = kunit_kmalloc(test, LENGTH, GFP_KERNEL);
	u8 *back = kunit_kzalloc(test, LENGTH, GFP_KERNEL);
	struct scatterlist sg[3];
	unsigned int i;

	KUNIT_ASSERT_TRUE(test, buffer && back);
	make_pieces(test, sg);
	for (i = 0; i < LENGTH; i++)
		buffer[i] = i * 7 + (i >> 8);
	KUNIT_EXPECT_EQ(test, sg_copy_from_buffer(sg, 3, buffer, LENGTH), (size_t)LENGTH);
	KUNIT_EXPECT_EQ(test, sg_copy_to_buffer(sg, 3, back, LENGTH), (size_t)LENGTH);
	KUNIT_EXPECT_MEMEQ(test, back, buffer, LENGTH);
	KUNIT_EXPECT_MEMEQ(test, sg_virt(&sg[1]), buffer + 3000, 5000);
	KUNIT_EXPECT_MEMEQ(test, sg_virt(&sg[2]), buffer + 8000, 1000);

	/* A part, over two ends of pieces; and no more than there is. */
	KUNIT_EXPECT_EQ(test, sg_pcopy_to_buffer(sg, 3, back, 5600, 2900), (size_t)5600);
	KUNIT_EXPECT_MEMEQ(test, back, buffer + 2900, 5600);
	KUNIT_EXPECT_EQ(test, sg_pcopy_to_buffer(sg, 3, back, 500, LENGTH - 10), (size_t)10);
	KUNIT_EXPECT_EQ(test, sg_pcopy_to_buffer(sg, 3, back, 500, LENGTH), (size_t)0);
	KUNIT_EXPECT_EQ(test, sg_copy_to_buffer(sg, 2, back, LENGTH), (size_t)8000);

	memset(buffer + 3100, 0xcc, 10);
	KUNIT_EXPECT_EQ(test, sg_pcopy_from_buffer(sg, 3, buffer + 3100, 10, 3100), (size_t)10);
	memset(buffer + 2990, 0, 30);
	KUNIT_EXPECT_EQ(test, sg_zero_buffer(sg, 3, 30, 2990), (size_t)30);
	KUNIT_EXPECT_EQ(test, sg_copy_to_buffer(sg, 3, back, LENGTH), (size_t)LENGTH);
	KUNIT_EXPECT_MEMEQ(test, back, buffer, LENGTH);
}

static struct kunit_case scatterlist_cases[] = {
	KUNIT_CASE(api_L6_entries_of_an_array),
	KUNIT_CASE(api_L6_entries_that_hold_a_length),
	KUNIT_CASE(api_L6_one_buffer),
	KUNIT_CASE_PARAM(api_L6_tables_of_any_length, nents_gen_params),
	KUNIT_CASE(api_L6_tables_without_memory),
	KUNIT_CASE(api_L6_table_from_pages),
	KUNIT_CASE(api_L6_copies_between_list_and_buffer),
	{},
};

static struct kunit_suite scatterlist_suite = {
	.name = "scatterlist",
	.init = slab_test_init,
	.exit = slab_test_exit,
	.test_cases = scatterlist_cases,
};
kunit_test_suite(scatterlist_suite);
