// SPDX-License-Identifier: MIT
/* Platform devices: their names, resources and drivers. */
#include <linux/platform_device.h>
#include <linux/string.h>
#include "../kernel/capture.h"
#include "../kernel/threads.h"
#include "leaks.h"

#define FREE_PORT 0x2a0 /* nothing is there */

static unsigned int probes, removes;
static const struct platform_device_id *probed_as;

static int probe(struct platform_device *pdev)
{
	probes++;
	probed_as = platform_get_device_id(pdev);
	platform_set_drvdata(pdev, &probes);
	return 0;
}

static int remove(struct platform_device *pdev)
{
	removes += platform_get_drvdata(pdev) == &probes;
	return 0;
}

static void unregister(void *pdev)
{
	platform_device_unregister(pdev);
}

static struct platform_device *simple(struct kunit *test, const char *name, int id,
				      const struct resource *res, unsigned int num)
{
	struct platform_device *pdev = platform_device_register_simple(name, id, res, num);

	KUNIT_ASSERT_FALSE(test, IS_ERR(pdev));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, unregister, pdev), 0);
	return pdev;
}

static void api_L7_platform_names(struct kunit *test)
{
	struct platform_device *first, *second;

	KUNIT_EXPECT_STREQ(test, dev_name(&simple(test, "toy", PLATFORM_DEVID_NONE, NULL, 0)->dev),
			   "toy");
	KUNIT_EXPECT_STREQ(test, dev_name(&simple(test, "toy", 5, NULL, 0)->dev), "toy.5");
	first = simple(test, "toy", PLATFORM_DEVID_AUTO, NULL, 0);
	second = simple(test, "toy", PLATFORM_DEVID_AUTO, NULL, 0);
	KUNIT_EXPECT_EQ(test, second->id, first->id + 1);
	KUNIT_EXPECT_NOT_NULL(test, strstr(dev_name(&first->dev), ".auto"));
}

static void api_L7_platform_device_has_what_it_was_given(struct kunit *test)
{
	struct resource res[] = {
		DEFINE_RES_IO(FREE_PORT, 6),
		DEFINE_RES_IRQ(8),
		DEFINE_RES_IO_NAMED(FREE_PORT + 8, 1, "control"),
		DEFINE_RES_IRQ(12),
	};
	struct platform_device *pdev = simple(test, "toy", PLATFORM_DEVID_NONE, res, 4);

	memset(res, 0xff, sizeof(res));
	KUNIT_ASSERT_NOT_NULL(test, platform_get_resource(pdev, IORESOURCE_IO, 1));
	KUNIT_EXPECT_EQ(test, platform_get_resource(pdev, IORESOURCE_IO, 0)->start, FREE_PORT);
	KUNIT_EXPECT_EQ(test, platform_get_resource(pdev, IORESOURCE_IO, 1)->end, FREE_PORT + 8);
	KUNIT_EXPECT_NULL(test, platform_get_resource(pdev, IORESOURCE_MEM, 0));
	KUNIT_EXPECT_PTR_EQ(test, platform_get_resource_byname(pdev, IORESOURCE_IO, "control"),
			    &pdev->resource[2]);
	KUNIT_EXPECT_EQ(test, platform_get_irq(pdev, 1), 12);
	KUNIT_EXPECT_EQ(test, platform_get_irq_optional(pdev, 2), -ENXIO);
	capture_begin(test, &capture);
	KUNIT_EXPECT_EQ(test, platform_get_irq(pdev, 2), -ENXIO);
	capture_end(test, &capture);
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text,
					   "platform toy: error -ENXIO: IRQ index 2 not found"));
	KUNIT_EXPECT_EQ(test, *pdev->dev.dma_mask, 0xffffffffULL);
	KUNIT_EXPECT_EQ(test, pdev->dev.coherent_dma_mask, 0xffffffffULL);
}

static void api_L7_platform_register_full(struct kunit *test)
{
	static const char data[] = "of the board";
	const struct platform_device_info info = {
		.name = "toy",
		.id = PLATFORM_DEVID_NONE,
		.data = data,
		.size_data = sizeof(data),
		.dma_mask = 0xffffff,
	};
	struct platform_device *pdev = platform_device_register_full(&info);

	KUNIT_ASSERT_FALSE(test, IS_ERR(pdev));
	KUNIT_EXPECT_PTR_NE(test, dev_get_platdata(&pdev->dev), (void *)data);
	KUNIT_EXPECT_STREQ(test, dev_get_platdata(&pdev->dev), data);
	KUNIT_EXPECT_EQ(test, *pdev->dev.dma_mask, 0xffffffULL);
	KUNIT_EXPECT_EQ(test, pdev->dev.coherent_dma_mask, 0xffffffULL);
	platform_device_unregister(pdev);
}

static void api_L7_platform_two_in_one_place(struct kunit *test)
{
	const struct resource res = DEFINE_RES_IO(FREE_PORT, 6);
	const struct resource both[] = { DEFINE_RES_IO(FREE_PORT + 8, 2),
					 DEFINE_RES_IO(FREE_PORT + 5, 3) };
	struct platform_device *pdev;

	simple(test, "toy", PLATFORM_DEVID_NONE, &res, 1);
	capture_begin(test, &capture);
	pdev = platform_device_register_simple("other", PLATFORM_DEVID_NONE, both, 2);
	capture_end(test, &capture);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(pdev), -EBUSY);
	/* The first of the two is free again; and so it is when the name is somebody else's. */
	capture_begin(test, &capture);
	pdev = platform_device_register_simple("toy", PLATFORM_DEVID_NONE, both, 1);
	capture_end(test, &capture);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(pdev), -EEXIST);
	simple(test, "other", PLATFORM_DEVID_NONE, both, 1);
}

static void api_L7_platform_driver_by_name(struct kunit *test)
{
	struct platform_driver *driver = zeroed(test, struct platform_driver);

	probes = removes = 0;
	driver->driver.name = "toy";
	driver->probe = probe;
	driver->remove = remove;
	simple(test, "toy", 1, NULL, 0);
	simple(test, "other", 1, NULL, 0);
	KUNIT_ASSERT_EQ(test, platform_driver_register(driver), 0);
	simple(test, "toy", 2, NULL, 0);
	KUNIT_EXPECT_EQ(test, probes, 2);
	KUNIT_EXPECT_NULL(test, probed_as);
	platform_driver_unregister(driver);
	KUNIT_EXPECT_EQ(test, removes, 2);
}

static void api_L7_platform_driver_by_table(struct kunit *test)
{
	static const struct platform_device_id ids[] = {
		{ "small", 1 },
		{ "large", 2 },
		{},
	};
	struct platform_driver *driver = zeroed(test, struct platform_driver);

	probes = removes = 0;
	driver->driver.name = "toy";
	driver->probe = probe;
	driver->id_table = ids;
	KUNIT_ASSERT_EQ(test, platform_driver_register(driver), 0);
	simple(test, "toy", 1, NULL, 0);
	KUNIT_EXPECT_EQ(test, probes, 0);
	simple(test, "large", 1, NULL, 0);
	KUNIT_EXPECT_EQ(test, probes, 1);
	KUNIT_EXPECT_PTR_EQ(test, probed_as, &ids[1]);
	platform_driver_unregister(driver);
}

static void api_L7_platform_every_allocation_fails_in_turn(struct kunit *test)
{
	const struct resource res = DEFINE_RES_IO(FREE_PORT, 6);
	struct platform_device *pdev;
	unsigned int n;

	for (n = 1;; n++) {
		kunit_fail_nth(test, n);
		pdev = platform_device_register_resndata(NULL, "toy", 1, &res, 1, "data", 5);
		if (!kunit_fail_nth_end(test))
			break;
		if (IS_ERR(pdev))
			KUNIT_EXPECT_EQ(test, PTR_ERR(pdev), -ENOMEM);
		else /* without a slab of its best size one of the smallest will do */
			platform_device_unregister(pdev);
	}
	KUNIT_EXPECT_GE(test, n, 5);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pdev));
	platform_device_unregister(pdev);
}

static struct kunit_case platform_cases[] = {
	KUNIT_CASE(api_L7_platform_names),
	KUNIT_CASE(api_L7_platform_device_has_what_it_was_given),
	KUNIT_CASE(api_L7_platform_register_full),
	KUNIT_CASE(api_L7_platform_two_in_one_place),
	KUNIT_CASE(api_L7_platform_driver_by_name),
	KUNIT_CASE(api_L7_platform_driver_by_table),
	KUNIT_CASE(api_L7_platform_every_allocation_fails_in_turn),
	{},
};

static struct kunit_suite platform_suite = {
	.name = "platform",
	.init = leaks_begin,
	.exit = leaks_end,
	.test_cases = platform_cases,
};
kunit_test_suite(platform_suite);
