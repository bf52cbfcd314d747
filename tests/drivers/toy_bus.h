/* SPDX-License-Identifier: MIT */
/*
 * A bus without hardware: devices and drivers of a test, which meet where their names begin with
 * the same letter. All of it is gone when the case has ended.
 */
#ifndef _TESTS_DRIVERS_TOY_BUS_H
#define _TESTS_DRIVERS_TOY_BUS_H

#include <linux/device.h>
#include <memkern/kunit_extra.h>

struct toy_device {
	struct device dev;
	struct kunit *test;
	unsigned int *released; /* counted up with the last reference */
};

struct toy_driver {
	struct device_driver driver;
	int result; /* of probe */
	int (*in_probe)(struct device *dev);
	void (*in_remove)(struct device *dev);
	unsigned int probes, removes;
};

#define to_toy_driver(drv) container_of(drv, struct toy_driver, driver)

extern struct bus_type toy_bus;

/* Registered, and unregistered at the case's end unless it was before. */
struct toy_device *toy_device(struct kunit *test, const char *name, struct device *parent);
void toy_device_gone(struct toy_device *toy);
void toy_driver(struct kunit *test, struct toy_driver *toy, const char *name);
void toy_driver_gone(struct kunit *test, struct toy_driver *toy);

/* How many toy devices wait for their last reference. */
unsigned int toy_devices_alive(void);

/* Suites' init and exit. */
int toy_bus_begin(struct kunit *test);
void toy_bus_end(struct kunit *test);

#endif
