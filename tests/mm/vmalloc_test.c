// SPDX-License-Identifier: MIT
/* vmalloc() and its likes: API.md V1 to V5 and V7. */
#include <linux/kernel.h>
#include <linux/vmalloc.h>

#include "shortage.h"
#include "mm_test.h"

static void api_V1_gives_memory(struct kunit *test)
{
	char *p = vmalloc(3 * PAGE_SIZE + 1);

	KUNIT_ASSERT_NOT_NULL(test, p);
	memset(p, 0x5a, 4 * PAGE_SIZE);
	KUNIT_EXPECT_PTR_EQ(test, memchr_inv(p, 0x5a, 4 * PAGE_SIZE), NULL);
	vfree(p);
}

static struct kunit_case vmalloc_cases[] = {
	KUNIT_CASE(api_V1_gives_memory),
	{},
};

static struct kunit_suite vmalloc_suite = {
	.name = "vmalloc",
	.init = shortage_init,
	.exit = shortage_exit,
	.test_cases = vmalloc_cases,
};
kunit_test_suite(vmalloc_suite);
