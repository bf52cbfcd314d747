// SPDX-License-Identifier: MIT
/*
 * The driver core: devices, and how each finds its driver.
 *
 * Theory
 * ------
 * A bus is a way to match devices with drivers. Both are registered, in any order; whenever one
 * of them arrives, every one of the other kind that is on its bus is looked at:
 *
 *	device_add(dev)                        driver_register(drv)
 *	  for each driver of the bus             for each device of the bus without a driver
 *	    match? probe? bound: stop              match? probe?
 *
 * Worked example, a driver that has no memory for one of its two devices:
 *
 *	driver_register(edu)    0000:00:04.0   match, probe 0	      bound
 *	                        0000:00:05.0   match, probe -ENOMEM   not bound; said so
 *	later, `bind 0000:00:05.0`             match, probe 0	      bound
 *
 * What a probe took by devm_ functions goes away with the driver, or with a probe that failed:
 * devres.c. Other resources are the driver's own business.
 *
 * A device is counted: whoever looks at it outside its driver holds a reference, being registered
 * is one, and each child holds its parent. With the last the device's release() frees it. A
 * driver is its module's memory, and has no release(): driver_unregister() waits until
 * nobody looks for devices with it any more, then takes it from those that it has.
 *
 * All devices are in one list, and all drivers in another. Who walks through one holds what it
 * looks at and not the list: probe may register devices itself. It remembers the serial
 * number, and takes the first that has a higher one; that is at most a step for each device
 * a step, of which a machine has some tens.
 *
 * Cost: binding, two steps a driver of any bus, and what probe does.
 *
 * Locking: devices_lock, a leaf, for both lists. dev->mutex, with which a device is bound and
 * unbound: held around probe and remove, and by them taken for children only. Process
 * context, but for get_device() and names.
 *
 * Left out: sysfs and its attributes, classes, power management, asking again after
 * -EPROBE_DEFER (it is an error like others).
 */
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/string.h>
#include <memkern/device.h>

static DEFINE_SPINLOCK(devices_lock);
static LIST_HEAD(devices);
static LIST_HEAD(drivers);
static u64 last_serial;

/* --- references and names ------------------------------------------------------------- */

static void device_release(struct kref *kref)
{
	struct device *dev = container_of(kref, struct device, kref);
	const char *name = dev->name;

	/* Some use devm_ functions without ever having a driver. */
	devres_release_all(dev);
	if (dev->release)
		dev->release(dev);
	else
		WARN(1,
		     "Device '%s' does not have a release() function, it is broken and must be "
		     "fixed.\n",
		     name);
	kfree(name);
}

struct device *get_device(struct device *dev)
{
	if (dev)
		kref_get(&dev->kref);
	return dev;
}

void put_device(struct device *dev)
{
	if (dev)
		kref_put(&dev->kref, device_release);
}

int dev_set_name(struct device *dev, const char *fmt, ...)
{
	va_list args;
	char *name;

	va_start(args, fmt);
	name = kvasprintf(GFP_KERNEL, fmt, args);
	va_end(args);
	if (!name)
		return -ENOMEM;
	kfree(dev->name);
	dev->name = name;
	return 0;
}

/* A device's depth tells the mutex of a child, which may be taken inside, from its parent's. */
static unsigned int __maybe_unused depth_of(const struct device *dev)
{
	unsigned int depth = 0;

	while ((dev = dev->parent) && depth < 7)
		depth++;
	return depth;
}

void device_lock(struct device *dev)
{
	mutex_lock_nested(&dev->mutex, depth_of(dev));
}

int device_trylock(struct device *dev)
{
	return mutex_trylock(&dev->mutex);
}

void device_unlock(struct device *dev)
{
	mutex_unlock(&dev->mutex);
}

/* --- walking through the lists ---------------------------------------------------------- */

/* The first device of the bus (NULL: any) after `prev`, which loses its reference. */
static struct device *next_device(const struct bus_type *bus, struct device *prev)
{
	struct device *dev, *next = NULL;

	spin_lock(&devices_lock);
	list_for_each_entry(dev, &devices, node) {
		if ((prev && dev->serial <= prev->serial) || (bus && dev->bus != bus))
			continue;
		next = get_device(dev);
		break;
	}
	spin_unlock(&devices_lock);
	put_device(prev);
	return next;
}

struct device *device_next(struct device *prev)
{
	return next_device(NULL, prev);
}

static void driver_release(struct kref *kref)
{
	complete(container_of(kref, struct device_driver, users)->gone);
}

static void put_driver(struct device_driver *drv)
{
	if (drv)
		kref_put(&drv->users, driver_release);
}

static struct device_driver *next_driver(const struct bus_type *bus, struct device_driver *prev)
{
	struct device_driver *drv, *next = NULL;

	spin_lock(&devices_lock);
	list_for_each_entry(drv, &drivers, node) {
		if ((prev && drv->serial <= prev->serial) || drv->bus != bus)
			continue;
		kref_get(&drv->users);
		next = drv;
		break;
	}
	spin_unlock(&devices_lock);
	put_driver(prev);
	return next;
}

int bus_for_each_dev(struct bus_type *bus, struct device *start, void *data,
		     int (*fn)(struct device *dev, void *data))
{
	struct device *dev = get_device(start);
	int result = 0;

	while (!result && (dev = next_device(bus, dev)))
		result = fn(dev, data);
	put_device(dev);
	return result;
}

int bus_for_each_drv(struct bus_type *bus, struct device_driver *start, void *data,
		     int (*fn)(struct device_driver *drv, void *data))
{
	struct device_driver *drv = start;
	int result = 0;

	if (drv)
		kref_get(&drv->users);
	while (!result && (drv = next_driver(bus, drv)))
		result = fn(drv, data);
	put_driver(drv);
	return result;
}

struct device *bus_find_device(struct bus_type *bus, struct device *start, const void *data,
			       int (*match)(struct device *dev, const void *data))
{
	struct device *dev = get_device(start);

	while ((dev = next_device(bus, dev)))
		if (match(dev, data))
			break;
	return dev;
}

int device_match_name(struct device *dev, const void *name)
{
	return !strcmp(dev_name(dev), name);
}

struct device *bus_find_device_by_name(struct bus_type *bus, struct device *start, const char *name)
{
	return bus_find_device(bus, start, name, device_match_name);
}

/* The caller knows that it stays. */
struct device_driver *driver_find(const char *name, struct bus_type *bus)
{
	struct device_driver *drv = NULL;

	while ((drv = next_driver(bus, drv)))
		if (!strcmp(drv->name, name))
			break;
	put_driver(drv);
	return drv;
}

/* --- binding ------------------------------------------------------------------------------ */

static bool matches(struct device *dev, struct device_driver *drv)
{
	return !drv->bus->match || drv->bus->match(dev, drv);
}

/* The driver has let go of the device, or did not want it. */
static void forget_driver(struct device *dev)
{
	devres_release_all(dev);
	dma_debug_driver_gone(dev);
	WRITE_ONCE(dev->driver, NULL);
	dev_set_drvdata(dev, NULL);
}

static int call_probe(struct device *dev, struct device_driver *drv)
{
	if (dev->bus->probe)
		return dev->bus->probe(dev);
	return drv->probe ? drv->probe(dev) : 0;
}

/* 0 or -errno. With the device's mutex. */
static int probe_device(struct device *dev, struct device_driver *drv)
{
	int error;

	if (!dev->registered)
		return -ENODEV;
	if (dev->driver)
		return -EBUSY;
	if (!list_empty(&dev->devres_head)) {
		dev_crit(dev, "Resources present before probing\n");
		return -EBUSY;
	}
	WRITE_ONCE(dev->driver, drv);
	error = call_probe(dev, drv);
	if (!error)
		return 0;
	forget_driver(dev);
	/* These two say that it is not for this driver, which is no error. */
	if (error != -ENODEV && error != -ENXIO)
		pr_warn("%s: probe of %s failed with error %d\n", drv->name, dev_name(dev), error);
	return error;
}

static int probe_unlocked(struct device *dev, struct device_driver *drv)
{
	int error;

	device_lock(dev);
	error = probe_device(dev, drv);
	device_unlock(dev);
	return error;
}

int device_driver_attach(struct device_driver *drv, struct device *dev)
{
	return probe_unlocked(dev, drv);
}

static bool find_driver(struct device *dev)
{
	struct device_driver *drv = NULL;
	bool found;

	device_lock(dev);
	while (dev->bus && !dev->driver && (drv = next_driver(dev->bus, drv)))
		if (matches(dev, drv))
			probe_device(dev, drv);
	found = dev->driver;
	device_unlock(dev);
	put_driver(drv);
	return found;
}

int device_attach(struct device *dev)
{
	return find_driver(dev);
}

static int attach_if_waiting(struct device *dev, void *drv)
{
	if (matches(dev, drv) && !READ_ONCE(dev->driver))
		probe_unlocked(dev, drv);
	return 0;
}

int driver_attach(struct device_driver *drv)
{
	return bus_for_each_dev(drv->bus, NULL, drv, attach_if_waiting);
}

/* `drv`: only from that driver. NULL: from any. */
static void release_driver(struct device *dev, struct device_driver *drv)
{
	device_lock(dev);
	if (dev->driver && (!drv || dev->driver == drv)) {
		if (dev->bus && dev->bus->remove)
			dev->bus->remove(dev);
		else if (dev->driver->remove)
			dev->driver->remove(dev);
		forget_driver(dev);
	}
	device_unlock(dev);
}

void device_release_driver(struct device *dev)
{
	release_driver(dev, NULL);
}

/* --- devices come and go ------------------------------------------------------------------ */

void device_initialize(struct device *dev)
{
	kref_init(&dev->kref);
	mutex_init(&dev->mutex);
	spin_lock_init(&dev->devres_lock);
	INIT_LIST_HEAD(&dev->devres_head);
}

static int set_first_name(struct device *dev)
{
	int error = 0;

	if (dev->init_name)
		error = dev_set_name(dev, "%s", dev->init_name);
	else if (!dev->name && dev->bus && dev->bus->dev_name)
		error = dev_set_name(dev, "%s%u", dev->bus->dev_name, dev->id);
	dev->init_name = NULL;
	return error ?: dev->name && dev->name[0] ? 0 : -EINVAL;
}

static bool name_is_taken(const struct device *new)
{
	const struct device *dev;

	list_for_each_entry(dev, &devices, node)
		if (dev->bus == new->bus && !strcmp(dev->name, new->name))
			return true;
	return false;
}

static int add_to_list(struct device *dev)
{
	bool taken;

	spin_lock(&devices_lock);
	taken = name_is_taken(dev);
	if (!taken) {
		dev->serial = ++last_serial;
		dev->registered = true;
		list_add_tail(&get_device(dev)->node, &devices);
	}
	spin_unlock(&devices_lock);
	if (taken)
		pr_err("cannot add device '%s': there is one of that name\n", dev->name);
	return taken ? -EEXIST : 0;
}

int device_add(struct device *dev)
{
	int error;

	if (WARN_ON(dev->registered))
		return -EINVAL;
	if (dev->bus && !dev->bus->registered)
		return -EINVAL;
	error = set_first_name(dev) ?: add_to_list(dev);
	if (error)
		return error;
	get_device(dev->parent);
	find_driver(dev);
	return 0;
}

int device_register(struct device *dev)
{
	device_initialize(dev);
	return device_add(dev);
}

/* Off the list first, with the mutex: then nobody binds it again. */
void device_del(struct device *dev)
{
	device_lock(dev);
	spin_lock(&devices_lock);
	dev->registered = false;
	list_del(&dev->node);
	spin_unlock(&devices_lock);
	device_unlock(dev);
	device_release_driver(dev);
	put_device(dev->parent);
	put_device(dev);
}

void device_unregister(struct device *dev)
{
	device_del(dev);
	put_device(dev);
}

/* --- drivers and buses -------------------------------------------------------------------- */

int driver_register(struct device_driver *drv)
{
	if (!drv->bus->registered) {
		pr_err("Driver '%s' was unable to register with bus_type '%s' because the bus was "
		       "not initialized.\n",
		       drv->name, drv->bus->name);
		return -EINVAL;
	}
	if (driver_find(drv->name, drv->bus)) {
		pr_err("Error: Driver '%s' is already registered, aborting...\n", drv->name);
		return -EBUSY;
	}
	kref_init(&drv->users);
	spin_lock(&devices_lock);
	drv->serial = ++last_serial;
	list_add_tail(&drv->node, &drivers);
	spin_unlock(&devices_lock);
	return driver_attach(drv);
}

static int release_from(struct device *dev, void *drv)
{
	release_driver(dev, drv);
	return 0;
}

/* Once nobody tries the driver any more, no further device can get it. */
void driver_unregister(struct device_driver *drv)
{
	DECLARE_COMPLETION_ONSTACK(gone);

	drv->gone = &gone;
	spin_lock(&devices_lock);
	list_del(&drv->node);
	spin_unlock(&devices_lock);
	put_driver(drv);
	wait_for_completion(&gone);
	bus_for_each_dev(drv->bus, NULL, drv, release_from);
}

int bus_register(struct bus_type *bus)
{
	bus->registered = true;
	return 0;
}

/* There are neither devices nor drivers on it any more. */
void bus_unregister(struct bus_type *bus)
{
	bus->registered = false;
}
