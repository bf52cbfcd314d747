// SPDX-License-Identifier: MIT
/* Who has which addresses. */
#include <linux/errno.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
#include <linux/string.h>
#include <memkern/e820.h>
#include <memkern/kunit_extra.h>
#include <memkern/resource.h>
#include "capture.h"
#include "threads.h"
#include "../drivers/leaks.h"

#define STEPS 500
#define SPACE 64

static void set(struct resource *res, resource_size_t start, resource_size_t end)
{
	*res = (struct resource){ .start = start, .end = end, .name = "x", .flags = IORESOURCE_MEM };
}

static void api_L7_a_region_has_one_owner(struct kunit *test)
{
	KUNIT_ASSERT_NOT_NULL(test, request_region(0x2a0, 8, "x"));
	KUNIT_EXPECT_NULL(test, request_region(0x2a0, 8, "y"));
	KUNIT_EXPECT_NULL(test, request_region(0x2a7, 8, "y"));
	KUNIT_EXPECT_NULL(test, request_region(0x290, 0x11, "y"));
	KUNIT_EXPECT_NOT_NULL(test, request_region(0x2a8, 1, "y"));
	release_region(0x2a0, 8);
	KUNIT_EXPECT_NOT_NULL(test, request_region(0x2a7, 1, "y"));
	KUNIT_EXPECT_NULL(test, resource_check(&ioport_resource));
	release_region(0x2a7, 1);
	release_region(0x2a8, 1);
}

static void api_L7_a_region_lies_in_the_root(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, request_region(0xffff, 2, "x"));
	KUNIT_EXPECT_NULL(test, request_region(0x2a0, 0, "x"));
}

static void api_L7_release_of_what_nobody_has(struct kunit *test)
{
	KUNIT_ASSERT_NOT_NULL(test, request_region(0x2a0, 8, "x"));
	capture_begin(test, &capture);
	release_region(0x2a0, 4);
	release_region(0x2b0, 4);
	capture_end(test, &capture);
	KUNIT_EXPECT_NOT_NULL(test,
			      strstr(capture.text,
				     "nonexistent resource <00000000000002a0-00000000000002a3>"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, "<00000000000002b0-"));
	release_region(0x2a0, 8);
}

static void api_L7_ram_is_nobodys(struct kunit *test)
{
	const struct e820_entry *entry;

	for_each_e820_range(entry) {
		resource_size_t last = entry->addr + entry->size - 1;

		if (entry->type != E820_TYPE_RAM)
			continue;
		KUNIT_EXPECT_NULL(test, request_mem_region(entry->addr, 1, "x"));
		KUNIT_EXPECT_NULL(test, request_mem_region(last, 1, "x"));
		KUNIT_EXPECT_NULL(test, request_mem_region(last, PAGE_SIZE, "x"));
	}
	KUNIT_EXPECT_NULL(test, resource_check(&iomem_resource));
}

/* As a BAR and a driver's claim of a part of it. */
static void api_L7_a_claim_goes_into_the_device(struct kunit *test)
{
	struct resource root, bar, second, *claim;

	set(&root, 0, 999);
	set(&bar, 100, 199);
	set(&second, 150, 250);
	KUNIT_EXPECT_EQ(test, request_resource(&root, &bar), 0);
	KUNIT_EXPECT_PTR_EQ(test, request_resource_conflict(&root, &second), &bar);
	claim = __request_region(&root, 120, 10, "x", 0);
	KUNIT_ASSERT_NOT_NULL(test, claim);
	KUNIT_EXPECT_PTR_EQ(test, claim->parent, &bar);
	KUNIT_EXPECT_NULL(test, __request_region(&root, 125, 1, "y", 0));
	KUNIT_EXPECT_NULL(test, __request_region(&root, 190, 20, "y", 0));
	KUNIT_EXPECT_NULL(test, resource_check(&root));
	__release_region(&root, 120, 10);
	KUNIT_EXPECT_NULL(test, bar.child);
	KUNIT_EXPECT_EQ(test, release_resource(&bar), 0);
	KUNIT_EXPECT_EQ(test, release_resource(&bar), -EINVAL);
	KUNIT_EXPECT_NULL(test, root.child);
}

static void resource_check_finds_what_is_wrong(struct kunit *test)
{
	struct resource root, a, b;

	set(&root, 0, 999);
	set(&a, 100, 199);
	set(&b, 200, 299);
	KUNIT_EXPECT_EQ(test, request_resource(&root, &b), 0);
	KUNIT_EXPECT_EQ(test, request_resource(&root, &a), 0);
	KUNIT_EXPECT_NULL(test, resource_check(&root));
	a.end = 200;
	KUNIT_EXPECT_PTR_EQ(test, resource_check(&root), (const struct resource *)&b);
	a.end = 199;
	a.parent = &b;
	KUNIT_EXPECT_PTR_EQ(test, resource_check(&root), (const struct resource *)&a);
	a.parent = &root;
	b.end = 1000;
	KUNIT_EXPECT_PTR_EQ(test, resource_check(&root), (const struct resource *)&b);
	root.flags |= IORESOURCE_BUSY;
	KUNIT_EXPECT_PTR_EQ(test, resource_check(&root), (const struct resource *)&a);
}

/* Against a model: a byte an address, which says whose it is. */
static void api_L7_regions_as_a_model_has_them(struct kunit *test)
{
	struct rnd_state state;
	struct resource root;
	u8 owner[SPACE] = {};
	unsigned int step, start, n;

	set(&root, 0, SPACE - 1);
	prandom_seed_state(&state, 8);
	for (step = 0; step < STEPS; step++) {
		start = prandom_u32_state(&state) % SPACE;
		n = 1 + prandom_u32_state(&state) % 12;
		if (owner[start] && (!start || owner[start - 1] != owner[start])) {
			for (n = 1; start + n < SPACE && owner[start + n] == owner[start]; n++)
				;
			__release_region(&root, start, n);
			memset(&owner[start], 0, n);
		} else {
			bool free = start + n <= SPACE && !memchr_inv(&owner[start], 0, n);

			KUNIT_ASSERT_EQ(test, __request_region(&root, start, n, "x", 0) != NULL,
					free);
			if (free)
				memset(&owner[start], 1 + step % 255, n);
		}
		KUNIT_ASSERT_NULL(test, resource_check(&root));
	}
	for (start = 0; start < SPACE; start += n) {
		for (n = 1; start + n < SPACE && owner[start + n] == owner[start]; n++)
			;
		if (owner[start])
			__release_region(&root, start, n);
	}
	KUNIT_EXPECT_NULL(test, root.child);
}

static void api_L2_resources_are_printed(struct kunit *test)
{
	struct resource res = DEFINE_RES_MEM(0xfea00000, 0x100000);
	char text[80];

	snprintf(text, sizeof(text), "%pR", &res);
	KUNIT_EXPECT_STREQ(test, text, "[mem 0xfea00000-0xfeafffff]");
	res.flags |= IORESOURCE_MEM_64 | IORESOURCE_PREFETCH;
	snprintf(text, sizeof(text), "%pR", &res);
	KUNIT_EXPECT_STREQ(test, text, "[mem 0xfea00000-0xfeafffff 64bit pref]");
	res.flags |= IORESOURCE_UNSET;
	snprintf(text, sizeof(text), "%pR", &res);
	KUNIT_EXPECT_STREQ(test, text, "[mem size 0x00100000]");
	res = DEFINE_RES_IO(0x3f0, 6);
	snprintf(text, sizeof(text), "%-20pR|", &res);
	KUNIT_EXPECT_STREQ(test, text, "[io  0x03f0-0x03f5] |");
	res = DEFINE_RES_IRQ(11);
	snprintf(text, sizeof(text), "%pR", &res);
	KUNIT_EXPECT_STREQ(test, text, "[irq 11]");
}

static struct kunit_case resource_cases[] = {
	KUNIT_CASE(api_L7_a_region_has_one_owner),
	KUNIT_CASE(api_L7_a_region_lies_in_the_root),
	KUNIT_CASE(api_L7_release_of_what_nobody_has),
	KUNIT_CASE(api_L7_ram_is_nobodys),
	KUNIT_CASE(api_L7_a_claim_goes_into_the_device),
	KUNIT_CASE(resource_check_finds_what_is_wrong),
	KUNIT_CASE(api_L7_regions_as_a_model_has_them),
	KUNIT_CASE(api_L2_resources_are_printed),
	{},
};

static struct kunit_suite resource_suite = {
	.name = "resource",
	.init = leaks_begin,
	.exit = leaks_end,
	.test_cases = resource_cases,
};
kunit_test_suite(resource_suite);
