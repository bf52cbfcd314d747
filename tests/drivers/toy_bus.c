// SPDX-License-Identifier: MIT
/* The bus of toy_bus.h. */
#include <linux/atomic.h>
#include "leaks.h"
#include "toy_bus.h"

static atomic_t alive;

static int toy_match(struct device *dev, struct device_driver *drv)
{
	return dev_name(dev)[0] == drv->name[0];
}

struct bus_type toy_bus = {
	.name = "toys",
	.match = toy_match,
};

static int toy_probe(struct device *dev)
{
	struct toy_driver *toy = to_toy_driver(dev->driver);

	toy->probes++;
	if (toy->in_probe) {
		int error = toy->in_probe(dev);

		if (error)
			return error;
	}
	return toy->result;
}

static int toy_remove(struct device *dev)
{
	struct toy_driver *toy = to_toy_driver(dev->driver);

	toy->removes++;
	if (toy->in_remove)
		toy->in_remove(dev);
	return 0;
}

static void toy_release(struct device *dev)
{
	struct toy_device *toy = container_of(dev, struct toy_device, dev);

	if (toy->released)
		++*toy->released;
	atomic_dec(&alive);
	kfree(toy);
}

unsigned int toy_devices_alive(void)
{
	return atomic_read(&alive);
}

static void unregister(void *dev)
{
	device_unregister(dev);
}

struct toy_device *toy_device(struct kunit *test, const char *name, struct device *parent)
{
	struct toy_device *toy = kzalloc(sizeof(*toy), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, toy);
	atomic_inc(&alive);
	toy->test = test;
	toy->dev.init_name = name;
	toy->dev.bus = &toy_bus;
	toy->dev.parent = parent;
	toy->dev.release = toy_release;
	KUNIT_ASSERT_EQ(test, device_register(&toy->dev), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, unregister, &toy->dev), 0);
	return toy;
}

void toy_device_gone(struct toy_device *toy)
{
	kunit_release_action(toy->test, unregister, &toy->dev);
}

static void unregister_driver(void *drv)
{
	driver_unregister(drv);
}

void toy_driver(struct kunit *test, struct toy_driver *toy, const char *name)
{
	toy->driver.name = name;
	toy->driver.bus = &toy_bus;
	toy->driver.probe = toy_probe;
	toy->driver.remove = toy_remove;
	KUNIT_ASSERT_EQ(test, driver_register(&toy->driver), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, unregister_driver, &toy->driver), 0);
}

void toy_driver_gone(struct kunit *test, struct toy_driver *toy)
{
	kunit_release_action(test, unregister_driver, &toy->driver);
}

int toy_bus_begin(struct kunit *test)
{
	return leaks_begin(test) ?: bus_register(&toy_bus);
}

void toy_bus_end(struct kunit *test)
{
	leaks_end(test);
	bus_unregister(&toy_bus);
}
