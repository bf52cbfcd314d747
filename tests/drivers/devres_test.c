// SPDX-License-Identifier: MIT
/* Managed resources: what goes with the driver, in which order. */
#include <linux/io.h>
#include <linux/irqdesc.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <memkern/contexts.h>
#include "../kernel/capture.h"
#include "../kernel/threads.h"
#include "toy_bus.h"

#define FREE_LINE 8	     /* the real-time clock's: no driver has it */
#define FREE_PORT 0x2a0	     /* nothing is there */
#define REGISTERS 0xfed00000 /* neither RAM nor a BAR: the HPET's, if there is one */

static char order[16];
static char one[] = "1", two[] = "2", three[] = "3", none[] = "", a_text[] = "a", b_text[] = "b",
	    c_text[] = "c";

static void note(void *letter)
{
	strlcat(order, letter, sizeof(order));
}

static struct device *a_device(struct kunit *test)
{
	order[0] = '\0';
	return &toy_device(test, "a1", NULL)->dev;
}

static void api_L7_devm_the_last_goes_first(struct kunit *test)
{
	struct device *dev = a_device(test);

	KUNIT_EXPECT_EQ(test, devm_add_action(dev, note, one), 0);
	KUNIT_EXPECT_EQ(test, devm_add_action(dev, note, two), 0);
	KUNIT_EXPECT_EQ(test, devm_add_action_or_reset(dev, note, three), 0);
	KUNIT_EXPECT_EQ(test, devres_release_all(dev), 3);
	KUNIT_EXPECT_STREQ(test, order, "321");
	KUNIT_EXPECT_EQ(test, devres_release_all(dev), 0);
}

static void api_L7_devm_goes_with_the_device_too(struct kunit *test)
{
	struct toy_device *toy = toy_device(test, "a1", NULL);

	order[0] = '\0';
	KUNIT_EXPECT_EQ(test, devm_add_action(&toy->dev, note, one), 0);
	KUNIT_EXPECT_NOT_NULL(test, devm_kmalloc(&toy->dev, 5000, GFP_KERNEL));
	toy_device_gone(toy);
	KUNIT_EXPECT_STREQ(test, order, "1");
}

static void api_L7_devm_actions_by_hand(struct kunit *test)
{
	struct device *dev = a_device(test);

	KUNIT_EXPECT_EQ(test, devm_add_action(dev, note, one), 0);
	KUNIT_EXPECT_EQ(test, devm_add_action(dev, note, two), 0);
	devm_remove_action(dev, note, one);
	KUNIT_EXPECT_STREQ(test, order, "");
	devm_release_action(dev, note, two);
	KUNIT_EXPECT_STREQ(test, order, "2");
	KUNIT_EXPECT_EQ(test, devres_release_all(dev), 0);
	kunit_expect_report(test, "devres.c");
	devm_remove_action(dev, note, one);
}

static void api_L7_devm_action_that_cannot_be_noted(struct kunit *test)
{
	struct device *dev = a_device(test);
	int error;

	kunit_fail_nth(test, 1);
	error = devm_add_action_or_reset(dev, note, one);
	KUNIT_EXPECT_TRUE(test, kunit_fail_nth_end(test));
	KUNIT_EXPECT_EQ(test, error, -ENOMEM);
	KUNIT_EXPECT_STREQ(test, order, "1");
	KUNIT_EXPECT_EQ(test, devres_release_all(dev), 0);
}

static void api_L7_devm_memory(struct kunit *test)
{
	struct device *dev = a_device(test);
	u8 *memory;
	char *text;

	memory = devm_kzalloc(dev, 300, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, memory);
	KUNIT_EXPECT_NULL(test, memchr_inv(memory, 0, 300));
	KUNIT_EXPECT_EQ(test, (unsigned long)memory % ARCH_KMALLOC_MINALIGN, 0);
	KUNIT_EXPECT_PTR_EQ(test, devm_kmalloc(dev, 0, GFP_KERNEL), (void *)ZERO_SIZE_PTR);
	KUNIT_EXPECT_NULL(test, devm_kmalloc_array(dev, SIZE_MAX / 2, 3, GFP_KERNEL));
	memory = devm_kcalloc(dev, 30, 10, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, memory);
	KUNIT_EXPECT_NULL(test, memchr_inv(memory, 0, 300));
	text = devm_kstrdup(dev, "a text", GFP_KERNEL);
	KUNIT_EXPECT_STREQ(test, text, "a text");
	KUNIT_EXPECT_NULL(test, devm_kstrdup(dev, NULL, GFP_KERNEL));
	KUNIT_EXPECT_MEMEQ(test, devm_kmemdup(dev, "abc", 3, GFP_KERNEL), "abc", 3);
	text = devm_kasprintf(dev, GFP_KERNEL, "%s-%d", dev_name(dev), 7);
	KUNIT_EXPECT_STREQ(test, text, "a1-7");
	devm_kfree(dev, text);
	devm_kfree(dev, NULL);
	devm_kfree(dev, ZERO_SIZE_PTR);
	KUNIT_EXPECT_EQ(test, devres_release_all(dev), 4);
	kunit_expect_report(test, "devres.c");
	devm_kfree(dev, order);
}

static void api_L7_devm_pages(struct kunit *test)
{
	struct device *dev = a_device(test);
	unsigned long page = devm_get_free_pages(dev, GFP_KERNEL, 2);

	KUNIT_ASSERT_NE(test, page, 0);
	KUNIT_EXPECT_EQ(test, page % (4 * PAGE_SIZE), 0);
	KUNIT_EXPECT_NE(test, devm_get_free_pages(dev, GFP_KERNEL, 0), 0);
	KUNIT_EXPECT_EQ(test, page_count(virt_to_page(page)), 1);
	devm_free_pages(dev, page);
	KUNIT_EXPECT_EQ(test, page_count(virt_to_page(page)), 0);
	KUNIT_EXPECT_EQ(test, devres_release_all(dev), 1);
	KUNIT_EXPECT_EQ(test, devm_get_free_pages(dev, GFP_KERNEL | __GFP_NOWARN, MAX_ORDER), 0);
	KUNIT_EXPECT_EQ(test, devres_release_all(dev), 0);
}

static void take_atomically(void *dev)
{
	if (devm_kmalloc(dev, 40, GFP_ATOMIC))
		strlcat(order, "x", sizeof(order));
}

static void api_L7_devm_memory_in_an_interrupt(struct kunit *test)
{
	struct device *dev = a_device(test);

	run_in_context(CONTEXT_HARDIRQ, take_atomically, dev);
	KUNIT_EXPECT_STREQ(test, order, "x");
	KUNIT_EXPECT_EQ(test, devres_release_all(dev), 1);
}

/* --- a resource of one's own ----------------------------------------------------------------- */

static void release_note(struct device *dev, void *res)
{
	note(res);
}

static int same_text(struct device *dev, void *res, void *wanted)
{
	return !strcmp(res, wanted);
}

static void *a_resource(struct kunit *test, const char *text)
{
	char *res = devres_alloc(release_note, 4, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, res);
	KUNIT_EXPECT_EQ(test, res[0], 0);
	strcpy(res, text);
	return res;
}

static void api_L7_devres_found_taken_and_given_back(struct kunit *test)
{
	struct device *dev = a_device(test);
	void *a = a_resource(test, "a"), *b = a_resource(test, "b"), *c;

	devres_add(dev, a);
	KUNIT_EXPECT_PTR_EQ(test, devres_get(dev, b, same_text, b_text), b);
	c = a_resource(test, "c");
	KUNIT_EXPECT_PTR_EQ(test, devres_get(dev, c, same_text, a_text), a);
	KUNIT_EXPECT_PTR_EQ(test, devres_find(dev, release_note, same_text, a_text), a);
	KUNIT_EXPECT_PTR_EQ(test, devres_find(dev, release_note, NULL, NULL), b);
	KUNIT_EXPECT_NULL(test, devres_find(dev, release_note, same_text, c_text));
	KUNIT_EXPECT_PTR_EQ(test, devres_remove(dev, release_note, NULL, NULL), b);
	devres_free(b);
	KUNIT_EXPECT_EQ(test, devres_destroy(dev, release_note, same_text, b_text), -ENOENT);
	KUNIT_EXPECT_STREQ(test, order, "");
	KUNIT_EXPECT_EQ(test, devres_release(dev, release_note, same_text, a_text), 0);
	KUNIT_EXPECT_STREQ(test, order, "a");
	KUNIT_EXPECT_EQ(test, devres_release_all(dev), 0);
}

/* --- interrupts, registers, regions ------------------------------------------------------------ */

static irqreturn_t nobody(int irq, void *dev_id)
{
	return IRQ_NONE;
}

static void api_L7_devm_request_irq(struct kunit *test)
{
	struct device *dev = a_device(test);

	KUNIT_EXPECT_EQ(test, devm_request_irq(dev, FREE_LINE, nobody, 0, NULL, dev), 0);
	KUNIT_EXPECT_EQ(test,
			devm_request_irq(dev, FREE_LINE, nobody, IRQF_PROBE_SHARED, NULL, test),
			-EBUSY);
	devm_free_irq(dev, FREE_LINE, dev);
	KUNIT_EXPECT_EQ(test, devres_release_all(dev), 0);
	/* Of two on one line the one that is meant. */
	KUNIT_EXPECT_EQ(test, devm_request_irq(dev, FREE_LINE, nobody, IRQF_SHARED, "x", dev), 0);
	KUNIT_EXPECT_EQ(test, devm_request_irq(dev, FREE_LINE, nobody, IRQF_SHARED, "y", test), 0);
	devm_free_irq(dev, FREE_LINE, dev);
	KUNIT_EXPECT_PTR_EQ(test, irq_to_desc(FREE_LINE)->action->dev_id, (void *)test);
	KUNIT_EXPECT_EQ(test, devres_release_all(dev), 1);
	KUNIT_EXPECT_EQ(test, devm_request_irq(dev, FREE_LINE, nobody, 0, "x", dev), 0);
	KUNIT_EXPECT_EQ(test, devres_release_all(dev), 1);
	KUNIT_EXPECT_EQ(test, request_irq(FREE_LINE, nobody, 0, "x", dev), 0);
	free_irq(FREE_LINE, dev);
}

static void api_L7_devm_regions_and_mappings(struct kunit *test)
{
	struct resource registers = DEFINE_RES_MEM(REGISTERS, 0x100);
	struct device *dev = a_device(test);
	void __iomem *addr;

	KUNIT_ASSERT_NOT_NULL(test, devm_request_region(dev, FREE_PORT, 8, "x"));
	KUNIT_EXPECT_NULL(test, devm_request_region(dev, FREE_PORT + 7, 1, "y"));
	devm_release_region(dev, FREE_PORT, 8);
	KUNIT_EXPECT_NOT_NULL(test, devm_request_region(dev, FREE_PORT + 7, 1, "y"));

	addr = devm_ioremap(dev, REGISTERS, 0x100);
	KUNIT_ASSERT_NOT_NULL(test, addr);
	devm_iounmap(dev, addr);

	addr = devm_ioremap_resource(dev, &registers);
	KUNIT_ASSERT_FALSE(test, IS_ERR(addr));
	KUNIT_EXPECT_NULL(test, request_mem_region(REGISTERS + 0xff, 1, "y"));
	KUNIT_EXPECT_EQ(test, devres_release_all(dev), 3);
	KUNIT_EXPECT_NULL(test, find_vm_area((void *)((unsigned long)addr & PAGE_MASK)));
	KUNIT_EXPECT_NOT_NULL(test, request_mem_region(REGISTERS + 0xff, 1, "y"));
	release_mem_region(REGISTERS + 0xff, 1);
}

static void api_L7_devm_ioremap_resource_says_why_not(struct kunit *test)
{
	struct resource registers = DEFINE_RES_MEM(REGISTERS, 0x100);
	struct resource ports = DEFINE_RES_IO(FREE_PORT, 8);
	struct device *dev = a_device(test);
	void *missing, *wrong, *busy;

	KUNIT_ASSERT_NOT_NULL(test, devm_request_mem_region(dev, REGISTERS + 0x80, 4, "y"));
	capture_begin(test, &capture);
	missing = devm_ioremap_resource(dev, NULL);
	wrong = devm_ioremap_resource(dev, &ports);
	busy = devm_ioremap_resource(dev, &registers);
	capture_end(test, &capture);
	KUNIT_EXPECT_EQ(test, PTR_ERR(missing), -EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR(wrong), -EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR(busy), -EBUSY);
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text,
					   "toys a1: invalid resource [io  0x02a0-0x02a7]\n"));
	KUNIT_EXPECT_NOT_NULL(
		test, strstr(capture.text,
			     "can't request region for resource [mem 0xfed00000-0xfed000ff]\n"));
	KUNIT_EXPECT_EQ(test, devres_release_all(dev), 1);
}

/* Whichever of its allocations fails, it keeps nothing: the region neither. */
static void api_L7_devm_ioremap_resource_all_or_nothing(struct kunit *test)
{
	struct resource registers = DEFINE_RES_MEM(REGISTERS, 0x100);
	struct device *dev = a_device(test);
	void __iomem *addr;
	unsigned int n;

	for (n = 1;; n++) {
		capture_begin(test, &capture);
		kunit_fail_nth(test, n);
		addr = devm_ioremap_resource(dev, &registers);
		capture_end(test, &capture);
		if (!kunit_fail_nth_end(test))
			break;
		if (IS_ERR(addr))
			KUNIT_EXPECT_TRUE(test, list_empty(&dev->devres_head));
		else
			devres_release_all(dev);
	}
	KUNIT_EXPECT_GE(test, n, 5);
	KUNIT_EXPECT_EQ(test, devres_release_all(dev), 2);
}

/* --- probe, each allocation failing in turn ----------------------------------------------------- */

static int take_everything(struct device *dev)
{
	struct resource registers = DEFINE_RES_MEM(REGISTERS, 0x100);
	int error;

	if (!devm_kzalloc(dev, 100, GFP_KERNEL) || !devm_get_free_pages(dev, GFP_KERNEL, 1) ||
	    !devm_request_region(dev, FREE_PORT, 8, "x") ||
	    !devm_kasprintf(dev, GFP_KERNEL, "%d", 7))
		return -ENOMEM;
	if (IS_ERR(devm_ioremap_resource(dev, &registers)))
		return -ENOMEM;
	error = devm_request_irq(dev, FREE_LINE, nobody, 0, NULL, dev);
	return error ?: devm_add_action_or_reset(dev, note, none);
}

static void api_L7_devm_every_allocation_fails_in_turn(struct kunit *test)
{
	struct toy_driver *driver = zeroed(test, struct toy_driver);
	struct device *dev = a_device(test);
	unsigned int n;
	int bound;

	toy_driver(test, driver, "a");
	device_release_driver(dev);
	driver->in_probe = take_everything;
	for (n = 1;; n++) {
		capture_begin(test, &capture);
		kunit_fail_nth(test, n);
		bound = device_attach(dev);
		capture_end(test, &capture);
		if (!kunit_fail_nth_end(test))
			break;
		if (bound) /* without a slab of its best size one of the smallest will do */
			device_release_driver(dev);
		KUNIT_EXPECT_TRUE(test, list_empty(&dev->devres_head));
	}
	KUNIT_EXPECT_EQ(test, bound, 1);
	/* A note for each of the eight, and what is noted of four of them. */
	KUNIT_EXPECT_GE(test, n, 12);
	device_release_driver(dev);
}

static void api_L7_leftovers_keep_a_probe_from_starting(struct kunit *test)
{
	struct toy_driver *driver = zeroed(test, struct toy_driver);
	struct device *dev = a_device(test);

	KUNIT_ASSERT_NOT_NULL(test, devm_kmalloc(dev, 10, GFP_KERNEL));
	capture_begin(test, &capture);
	toy_driver(test, driver, "a");
	capture_end(test, &capture);
	KUNIT_EXPECT_EQ(test, driver->probes, 0);
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, "Resources present before probing"));
	KUNIT_EXPECT_EQ(test, devres_release_all(dev), 1);
	KUNIT_EXPECT_EQ(test, device_attach(dev), 1);
}

static struct kunit_case devres_cases[] = {
	KUNIT_CASE(api_L7_devm_the_last_goes_first),
	KUNIT_CASE(api_L7_devm_goes_with_the_device_too),
	KUNIT_CASE(api_L7_devm_actions_by_hand),
	KUNIT_CASE(api_L7_devm_action_that_cannot_be_noted),
	KUNIT_CASE(api_L7_devm_memory),
	KUNIT_CASE(api_L7_devm_pages),
	KUNIT_CASE(api_L7_devm_memory_in_an_interrupt),
	KUNIT_CASE(api_L7_devres_found_taken_and_given_back),
	KUNIT_CASE(api_L7_devm_request_irq),
	KUNIT_CASE(api_L7_devm_regions_and_mappings),
	KUNIT_CASE(api_L7_devm_ioremap_resource_says_why_not),
	KUNIT_CASE(api_L7_devm_ioremap_resource_all_or_nothing),
	KUNIT_CASE(api_L7_devm_every_allocation_fails_in_turn),
	KUNIT_CASE(api_L7_leftovers_keep_a_probe_from_starting),
	{},
};

static struct kunit_suite devres_suite = {
	.name = "devres",
	.init = toy_bus_begin,
	.exit = toy_bus_end,
	.test_cases = devres_cases,
};
kunit_test_suite(devres_suite);
