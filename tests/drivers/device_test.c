// SPDX-License-Identifier: MIT
/* The driver core, on a bus without hardware. */
#include <linux/completion.h>
#include <linux/string.h>
#include <memkern/device.h>
#include "../kernel/threads.h"
#include "../mm/monitor_run.h"
#include "toy_bus.h"

#define CYCLES 1000

/* --- a device's life ----------------------------------------------------------------------- */

static void api_L7_a_device_lives_until_its_last_reference(struct kunit *test)
{
	unsigned int released = 0;
	struct toy_device *toy = toy_device(test, "a", NULL);

	toy->released = &released;
	get_device(&toy->dev);
	toy_device_gone(toy);
	KUNIT_EXPECT_EQ(test, released, 0);
	KUNIT_EXPECT_FALSE(test, device_is_registered(&toy->dev));
	KUNIT_EXPECT_STREQ(test, dev_name(&toy->dev), "a");
	put_device(&toy->dev);
	KUNIT_EXPECT_EQ(test, released, 1);
}

static void api_L7_a_parent_outlives_its_children(struct kunit *test)
{
	unsigned int released = 0;
	struct toy_device *parent = toy_device(test, "a", NULL);
	struct toy_device *child = toy_device(test, "b", &parent->dev);

	parent->released = &released;
	toy_device_gone(parent);
	KUNIT_EXPECT_EQ(test, released, 0);
	toy_device_gone(child);
	KUNIT_EXPECT_EQ(test, released, 1);
}

static unsigned int plain_released;

static void plain_release(struct device *dev)
{
	plain_released++;
}

/* As a module that wants a device to allocate DMA memory for does it: no bus, a static device. */
static void api_L7_a_device_without_a_bus(struct kunit *test)
{
	struct device *dev = kunit_kzalloc(test, sizeof(*dev), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, dev);
	plain_released = 0;
	dev->release = plain_release;
	KUNIT_EXPECT_EQ(test, dev_set_name(dev, "toy-%d-%s", 7, "x"), 0);
	KUNIT_EXPECT_EQ(test, device_register(dev), 0);
	KUNIT_EXPECT_STREQ(test, dev_name(dev), "toy-7-x");
	dev_set_drvdata(dev, test);
	KUNIT_EXPECT_PTR_EQ(test, dev_get_drvdata(dev), (void *)test);
	KUNIT_EXPECT_EQ(test, device_attach(dev), 0);
	device_del(dev);
	KUNIT_EXPECT_EQ(test, plain_released, 0);
	put_device(dev);
	KUNIT_EXPECT_EQ(test, plain_released, 1);
}

static int register_named(struct device *dev, const char *name)
{
	memset(dev, 0, sizeof(*dev));
	dev->init_name = name;
	dev->bus = &toy_bus;
	dev->release = plain_release;
	return device_register(dev);
}

static void api_L7_names_are_given_and_unique(struct kunit *test)
{
	struct device *dev = kunit_kzalloc(test, sizeof(*dev), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, dev);
	toy_device(test, "a", NULL);
	plain_released = 0;
	KUNIT_EXPECT_EQ(test, register_named(dev, NULL), -EINVAL);
	put_device(dev);
	capture_begin(test, &capture);
	KUNIT_EXPECT_EQ(test, register_named(dev, "a"), -EEXIST);
	capture_end(test, &capture);
	put_device(dev);
	KUNIT_EXPECT_EQ(test, plain_released, 2);
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, "'a'"));
	/* On another bus there may be one. The name that it was first given is not needed any more. */
	memset(dev, 0, sizeof(*dev));
	dev->init_name = "a";
	dev->release = plain_release;
	KUNIT_ASSERT_EQ(test, device_register(dev), 0);
	KUNIT_EXPECT_NULL(test, dev->init_name);
	KUNIT_EXPECT_STREQ(test, dev_name(dev), "a");
	device_unregister(dev);
}

static void api_L7_a_device_needs_its_release_function(struct kunit *test)
{
	struct device *dev = kunit_kzalloc(test, sizeof(*dev), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, dev);
	dev->init_name = "broken";
	KUNIT_EXPECT_EQ(test, device_register(dev), 0);
	kunit_expect_report(test, "Device 'broken' does not have a release() function");
	device_unregister(dev);
}

static void api_L7_a_bus_must_be_registered(struct kunit *test)
{
	static struct bus_type unknown = { .name = "unknown" };
	struct device_driver driver = { .name = "x", .bus = &unknown };
	struct device *dev = kunit_kzalloc(test, sizeof(*dev), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, dev);
	capture_begin(test, &capture);
	KUNIT_EXPECT_EQ(test, driver_register(&driver), -EINVAL);
	capture_end(test, &capture);
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, "bus_type 'unknown'"));
	dev->init_name = "y";
	dev->bus = &unknown;
	dev->release = plain_release;
	KUNIT_EXPECT_EQ(test, device_register(dev), -EINVAL);
	put_device(dev);
}

/* --- binding ------------------------------------------------------------------------------- */

static void api_L7_a_driver_finds_the_devices_that_wait(struct kunit *test)
{
	struct toy_device *a1 = toy_device(test, "a1", NULL), *b = toy_device(test, "b", NULL),
			  *a2 = toy_device(test, "a2", NULL);
	struct toy_driver *driver = zeroed(test, struct toy_driver),
			  *other = zeroed(test, struct toy_driver);

	toy_driver(test, driver, "a");
	KUNIT_EXPECT_EQ(test, driver->probes, 2);
	KUNIT_EXPECT_PTR_EQ(test, a1->dev.driver, &driver->driver);
	KUNIT_EXPECT_PTR_EQ(test, a2->dev.driver, &driver->driver);
	KUNIT_EXPECT_NULL(test, b->dev.driver);
	toy_driver(test, other, "b");
	toy_driver_gone(test, driver);
	KUNIT_EXPECT_EQ(test, driver->removes, 2);
	KUNIT_EXPECT_NULL(test, a1->dev.driver);
	KUNIT_EXPECT_NULL(test, a2->dev.driver);
	KUNIT_EXPECT_PTR_EQ(test, b->dev.driver, &other->driver);
}

static void api_L7_a_device_finds_the_driver_that_is_there(struct kunit *test)
{
	struct toy_driver *a = zeroed(test, struct toy_driver),
			  *b = zeroed(test, struct toy_driver);
	struct toy_device *toy;

	toy_driver(test, a, "a");
	toy_driver(test, b, "b");
	toy = toy_device(test, "b1", NULL);
	KUNIT_EXPECT_EQ(test, a->probes, 0);
	KUNIT_EXPECT_PTR_EQ(test, toy->dev.driver, &b->driver);
	toy_device_gone(toy);
	KUNIT_EXPECT_EQ(test, b->probes, 1);
	KUNIT_EXPECT_EQ(test, b->removes, 1);
}

static int take_and_say(struct device *dev)
{
	dev_set_drvdata(dev, devm_kzalloc(dev, 100, GFP_KERNEL));
	return dev_get_drvdata(dev) ? 0 : -ENOMEM;
}

static void api_L7_a_failed_probe_leaves_nothing(struct kunit *test)
{
	struct toy_driver *driver = zeroed(test, struct toy_driver);
	struct toy_device *toy = toy_device(test, "a1", NULL);

	driver->in_probe = take_and_say;
	driver->result = -EIO;
	capture_begin(test, &capture);
	toy_driver(test, driver, "a");
	capture_end(test, &capture);
	KUNIT_EXPECT_EQ(test, driver->probes, 1);
	KUNIT_EXPECT_NULL(test, toy->dev.driver);
	KUNIT_EXPECT_NULL(test, dev_get_drvdata(&toy->dev));
	KUNIT_EXPECT_TRUE(test, list_empty(&toy->dev.devres_head));
	KUNIT_EXPECT_STREQ(test, strchr(capture.text, 'a'),
			   "a: probe of a1 failed with error -5\n");
	driver->result = 0;
	KUNIT_EXPECT_EQ(test, device_attach(&toy->dev), 1);
	toy_driver_gone(test, driver);
	KUNIT_EXPECT_EQ(test, driver->removes, 1);
}

static void api_L7_who_does_not_want_a_device_says_ENODEV(struct kunit *test)
{
	struct toy_driver *first = zeroed(test, struct toy_driver),
			  *second = zeroed(test, struct toy_driver),
			  *third = zeroed(test, struct toy_driver);
	struct toy_device *toy;

	first->result = -ENODEV;
	second->result = -ENXIO;
	toy_driver(test, first, "a-first");
	toy_driver(test, second, "a-second");
	toy_driver(test, third, "a-third");
	capture_begin(test, &capture);
	toy = toy_device(test, "a1", NULL);
	capture_end(test, &capture);
	KUNIT_EXPECT_EQ(test, first->probes, 1);
	KUNIT_EXPECT_EQ(test, second->probes, 1);
	KUNIT_EXPECT_PTR_EQ(test, toy->dev.driver, &third->driver);
	KUNIT_EXPECT_STREQ(test, capture.text, "");
}

static void api_L7_binding_by_hand(struct kunit *test)
{
	struct toy_driver *driver = zeroed(test, struct toy_driver);
	struct toy_device *toy = toy_device(test, "a1", NULL);

	toy_driver(test, driver, "a");
	KUNIT_EXPECT_EQ(test, device_driver_attach(&driver->driver, &toy->dev), -EBUSY);
	KUNIT_EXPECT_EQ(test, device_attach(&toy->dev), 1);
	device_release_driver(&toy->dev);
	device_release_driver(&toy->dev);
	KUNIT_EXPECT_EQ(test, driver->removes, 1);
	KUNIT_EXPECT_EQ(test, device_driver_attach(&driver->driver, &toy->dev), 0);
	KUNIT_EXPECT_EQ(test, driver->probes, 2);
	device_release_driver(&toy->dev);
	get_device(&toy->dev);
	toy_device_gone(toy);
	KUNIT_EXPECT_EQ(test, device_driver_attach(&driver->driver, &toy->dev), -ENODEV);
	put_device(&toy->dev);
}

static void api_L7_no_two_drivers_of_one_name(struct kunit *test)
{
	struct toy_driver *driver = zeroed(test, struct toy_driver),
			  *again = zeroed(test, struct toy_driver);

	toy_driver(test, driver, "a");
	again->driver.name = "a";
	again->driver.bus = &toy_bus;
	capture_begin(test, &capture);
	KUNIT_EXPECT_EQ(test, driver_register(&again->driver), -EBUSY);
	capture_end(test, &capture);
	KUNIT_EXPECT_PTR_EQ(test, driver_find("a", &toy_bus), &driver->driver);
	KUNIT_EXPECT_NULL(test, driver_find("b", &toy_bus));
}

/* --- probe within probe -------------------------------------------------------------------- */

static struct toy_device *child;

static int add_child(struct device *dev)
{
	child = toy_device(container_of(dev, struct toy_device, dev)->test, "b", dev);
	return 0;
}

static void remove_child(struct device *dev)
{
	toy_device_gone(child);
}

static void api_L7_a_probe_may_register_devices(struct kunit *test)
{
	struct toy_driver *outer = zeroed(test, struct toy_driver),
			  *inner = zeroed(test, struct toy_driver);

	outer->in_probe = add_child;
	outer->in_remove = remove_child;
	toy_driver(test, inner, "b");
	toy_driver(test, outer, "a");
	toy_device_gone(toy_device(test, "a", NULL));
	KUNIT_EXPECT_EQ(test, inner->probes, 1);
	KUNIT_EXPECT_EQ(test, inner->removes, 1);
	KUNIT_EXPECT_EQ(test, toy_devices_alive(), 0);
}

/* --- walking ------------------------------------------------------------------------------- */

struct walk {
	char names[40];
	unsigned int stop_at;
	struct toy_device *ends; /* with the first step */
};

static int note_name(struct device *dev, void *data)
{
	struct walk *walk = data;

	strlcat(walk->names, dev_name(dev), sizeof(walk->names));
	if (walk->ends)
		toy_device_gone(walk->ends);
	walk->ends = NULL;
	return walk->stop_at && !--walk->stop_at ? 5 : 0;
}

static void api_L7_devices_of_a_bus_in_order(struct kunit *test)
{
	struct toy_device *a = toy_device(test, "a", NULL);
	struct walk walk = { .stop_at = 2 };
	struct device *found;

	toy_device(test, "b", NULL);
	toy_device(test, "c", NULL);
	KUNIT_EXPECT_EQ(test, bus_for_each_dev(&toy_bus, NULL, &walk, note_name), 5);
	KUNIT_EXPECT_STREQ(test, walk.names, "ab");
	walk = (struct walk){};
	KUNIT_EXPECT_EQ(test, bus_for_each_dev(&toy_bus, &a->dev, &walk, note_name), 0);
	KUNIT_EXPECT_STREQ(test, walk.names, "bc");
	found = bus_find_device_by_name(&toy_bus, NULL, "b");
	KUNIT_ASSERT_NOT_NULL(test, found);
	KUNIT_EXPECT_STREQ(test, dev_name(found), "b");
	put_device(found);
	KUNIT_EXPECT_NULL(test, bus_find_device_by_name(&toy_bus, found, "a"));
}

/* The device that the walk stands on, and the one that would be next. */
static void a_walk_survives_devices_that_go(struct kunit *test)
{
	struct walk walk = {};
	struct toy_device *gone;

	walk.ends = toy_device(test, "a", NULL);
	toy_device(test, "b", NULL);
	KUNIT_EXPECT_EQ(test, bus_for_each_dev(&toy_bus, NULL, &walk, note_name), 0);
	KUNIT_EXPECT_STREQ(test, walk.names, "ab");
	walk = (struct walk){};
	gone = toy_device(test, "c", NULL);
	toy_device(test, "d", NULL);
	walk.ends = gone;
	KUNIT_EXPECT_EQ(test, bus_for_each_dev(&toy_bus, NULL, &walk, note_name), 0);
	KUNIT_EXPECT_STREQ(test, walk.names, "bd");
	KUNIT_EXPECT_EQ(test, toy_devices_alive(), 2);
}

/* --- messages ------------------------------------------------------------------------------ */

static void expect_printed(struct kunit *test, const char *text)
{
	capture_end(test, &capture);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(capture.text, text), "%s", capture.text);
	capture_begin(test, &capture);
}

static void api_L7_messages_name_driver_and_device(struct kunit *test)
{
	struct toy_driver *driver = zeroed(test, struct toy_driver);
	struct toy_device *toy = toy_device(test, "a1", NULL);

	capture_begin(test, &capture);
	dev_err(&toy->dev, "number %d\n", 5);
	expect_printed(test, "toys a1: number 5\n");
	toy_driver(test, driver, "a");
	dev_warn(&toy->dev, "number %d\n", 6);
	expect_printed(test, "a a1: number 6\n");
	dev_info((struct device *)NULL, "number %d\n", 7);
	expect_printed(test, "(NULL device *): number 7\n");
	KUNIT_EXPECT_EQ(test, dev_err_probe(&toy->dev, -ENOMEM, "no %s\n", "room"), -ENOMEM);
	expect_printed(test, "a a1: error -ENOMEM: no room\n");
	KUNIT_EXPECT_EQ(test, dev_err_probe(&toy->dev, -EPROBE_DEFER, "later\n"), -EPROBE_DEFER);
	dev_dbg(&toy->dev, "nothing\n");
	capture_end(test, &capture);
	KUNIT_EXPECT_STREQ(test, capture.text, "");
}

/* --- several at once ----------------------------------------------------------------------- */

static struct completion may_go;
static bool in_probe;

static int wait_in_probe(struct device *dev)
{
	WRITE_ONCE(in_probe, true);
	wait_for_completion(&may_go);
	return 0;
}

static int attach_thread(void *dev)
{
	return device_attach(dev);
}

static int look_at_driver(struct device_driver *drv, void *data)
{
	WRITE_ONCE(in_probe, true);
	wait_for_completion(&may_go);
	return 0;
}

static int look_thread(void *unused)
{
	return bus_for_each_drv(&toy_bus, NULL, NULL, look_at_driver);
}

static int unregister_thread(void *drv)
{
	driver_unregister(drv);
	return 0;
}

/* A device that a driver is being tried on gets it, and loses it again. */
static void api_L7_driver_unregister_waits_for_who_is_in_it(struct kunit *test)
{
	struct toy_driver *driver = zeroed(test, struct toy_driver);
	struct task_struct *attaching, *leaving;
	struct toy_device *toy;

	toy_driver(test, driver, "a");
	toy = toy_device(test, "a1", NULL);
	device_release_driver(&toy->dev);
	init_completion(&may_go);
	in_probe = false;
	driver->in_probe = wait_in_probe;
	attaching = start_thread(test, attach_thread, &toy->dev);
	KUNIT_ASSERT_TRUE(test, eventually(READ_ONCE(in_probe)));
	leaving = start_thread(test, unregister_thread, &driver->driver);
	settle();
	KUNIT_EXPECT_NE(test, READ_ONCE(leaving->__state), TASK_DEAD);
	KUNIT_EXPECT_EQ(test, driver->removes, 1);
	complete(&may_go);
	KUNIT_EXPECT_EQ(test, finish_thread(test, leaving), 0);
	finish_thread(test, attaching);
	KUNIT_EXPECT_NULL(test, toy->dev.driver);
	KUNIT_EXPECT_EQ(test, driver->probes, 2);
	KUNIT_EXPECT_EQ(test, driver->removes, 2);
	/* What the case's end will take away. */
	driver->in_probe = NULL;
	KUNIT_EXPECT_EQ(test, driver_register(&driver->driver), 0);
}

/* Its memory, which may be a module's, is not looked at any more. */
static void api_L7_driver_unregister_waits_for_who_looks_at_it(struct kunit *test)
{
	struct toy_driver *driver = zeroed(test, struct toy_driver);
	struct task_struct *looking, *leaving;

	toy_driver(test, driver, "a");
	init_completion(&may_go);
	in_probe = false;
	looking = start_thread(test, look_thread, NULL);
	KUNIT_ASSERT_TRUE(test, eventually(READ_ONCE(in_probe)));
	leaving = start_thread(test, unregister_thread, &driver->driver);
	settle();
	KUNIT_EXPECT_NE(test, READ_ONCE(leaving->__state), TASK_DEAD);
	complete(&may_go);
	finish_thread(test, leaving);
	KUNIT_EXPECT_EQ(test, finish_thread(test, looking), 0);
	KUNIT_EXPECT_EQ(test, driver_register(&driver->driver), 0);
}

static void a_thousand_cycles_leak_nothing(struct kunit *test)
{
	struct toy_driver *driver = zeroed(test, struct toy_driver);
	struct toy_device *toy = toy_device(test, "a1", NULL);
	unsigned int i;

	driver->in_probe = take_and_say;
	toy_driver(test, driver, "a");
	for (i = 0; i < CYCLES; i++) {
		device_release_driver(&toy->dev);
		KUNIT_ASSERT_EQ(test, device_attach(&toy->dev), 1);
	}
	KUNIT_EXPECT_EQ(test, driver->probes, CYCLES + 1);
	KUNIT_EXPECT_EQ(test, driver->removes, CYCLES);
}

static int bind_and_unbind(void *data)
{
	struct device *dev = data;
	unsigned int i;

	for (i = 0; i < CYCLES; i++) {
		if (device_attach(dev) != 1)
			return -EINVAL;
		device_release_driver(dev);
	}
	return 0;
}

/* probes and removes are counted with the device's mutex held, so that none is lost. */
static void api_L7_probe_and_remove_alternate(struct kunit *test)
{
	struct toy_driver *driver = zeroed(test, struct toy_driver);
	struct toy_device *toy = toy_device(test, "a1", NULL);
	struct task_struct *threads[3];
	unsigned int i;

	driver->in_probe = take_and_say;
	toy_driver(test, driver, "a");
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		threads[i] =
			start_thread_on(test, i % num_online_cpus(), bind_and_unbind, &toy->dev);
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		KUNIT_EXPECT_EQ(test, finish_thread(test, threads[i]), 0);
	KUNIT_EXPECT_EQ(test, driver->probes, driver->removes);
	KUNIT_EXPECT_GE(test, driver->probes, CYCLES);
	KUNIT_EXPECT_TRUE(test, list_empty(&toy->dev.devres_head));
}

/* --- the monitor --------------------------------------------------------------------------- */

#define EXPECT_SAID(test, said) KUNIT_EXPECT_TRUE_MSG(test, printed(said), "%s", capture.text)

static void monitor_binds_and_unbinds(struct kunit *test)
{
	struct toy_driver *driver = zeroed(test, struct toy_driver);
	struct toy_device *toy = toy_device(test, "a1", NULL);

	run(test, "bind a1");
	EXPECT_SAID(test, "no driver takes a1");
	toy_driver(test, driver, "a-toy");
	run(test, "devices");
	EXPECT_SAID(test, "a1                     toys      a-toy           -         -         -");
	run(test, "bind a1");
	EXPECT_SAID(test, "a1 has the driver a-toy");
	run(test, "unbind a1");
	KUNIT_EXPECT_NULL(test, toy->dev.driver);
	run(test, "bind a1 b-toy");
	EXPECT_SAID(test, "there is no driver 'b-toy'");
	run(test, "bind a1 a-toy");
	EXPECT_SAID(test, "a1: a-toy");
	KUNIT_EXPECT_PTR_EQ(test, toy->dev.driver, &driver->driver);
	run(test, "unbind zebra");
	EXPECT_SAID(test, "there is no device 'zebra'");
	driver->driver.suppress_bind_attrs = true;
	run(test, "unbind a1");
	EXPECT_SAID(test, "a-toy does not let go of a1");
}

static struct kunit_case device_cases[] = {
	KUNIT_CASE(api_L7_a_device_lives_until_its_last_reference),
	KUNIT_CASE(api_L7_a_parent_outlives_its_children),
	KUNIT_CASE(api_L7_a_device_without_a_bus),
	KUNIT_CASE(api_L7_names_are_given_and_unique),
	KUNIT_CASE(api_L7_a_device_needs_its_release_function),
	KUNIT_CASE(api_L7_a_bus_must_be_registered),
	KUNIT_CASE(api_L7_a_driver_finds_the_devices_that_wait),
	KUNIT_CASE(api_L7_a_device_finds_the_driver_that_is_there),
	KUNIT_CASE(api_L7_a_failed_probe_leaves_nothing),
	KUNIT_CASE(api_L7_who_does_not_want_a_device_says_ENODEV),
	KUNIT_CASE(api_L7_binding_by_hand),
	KUNIT_CASE(api_L7_no_two_drivers_of_one_name),
	KUNIT_CASE(api_L7_a_probe_may_register_devices),
	KUNIT_CASE(api_L7_devices_of_a_bus_in_order),
	KUNIT_CASE(a_walk_survives_devices_that_go),
	KUNIT_CASE(api_L7_messages_name_driver_and_device),
	KUNIT_CASE(monitor_binds_and_unbinds),
	KUNIT_CASE_SLOW(api_L7_driver_unregister_waits_for_who_is_in_it),
	KUNIT_CASE_SLOW(api_L7_driver_unregister_waits_for_who_looks_at_it),
	KUNIT_CASE_SLOW(a_thousand_cycles_leak_nothing),
	KUNIT_CASE_SLOW(api_L7_probe_and_remove_alternate),
	{},
};

static struct kunit_suite device_suite = {
	.name = "device",
	.init = toy_bus_begin,
	.exit = toy_bus_end,
	.test_cases = device_cases,
};
kunit_test_suite(device_suite);
