/* SPDX-License-Identifier: MIT */
/*
 * Devices, the buses they sit on, and the drivers that serve them: drivers/base.c. What a
 * driver's probe takes by a devm_ function is given back when the device loses its driver:
 * drivers/devres.c. Process context, unless said otherwise.
 */
#ifndef _LINUX_DEVICE_H
#define _LINUX_DEVICE_H

#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/dev_printk.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/interrupt.h>
#include <linux/ioport.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct device;
struct device_driver;

/* Devices and drivers meet where match() says so (NULL: everywhere); then probe(), else the driver's. */
struct bus_type {
	const char *name;
	const char *dev_name; /* of devices that have only dev->id: "cpu" makes "cpu0" */
	int (*match)(struct device *dev, struct device_driver *drv);
	int (*probe)(struct device *dev);
	void (*remove)(struct device *dev);

	bool registered;
};

struct device_driver {
	const char *name;
	struct bus_type *bus;
	struct module *owner;
	const char *mod_name;
	bool suppress_bind_attrs; /* not to be bound and unbound by hand */
	int (*probe)(struct device *dev);
	int (*remove)(struct device *dev);
	void (*shutdown)(struct device *dev);
	void *driver_data;

	/* base.c's */
	struct list_head node; /* all drivers, in the order of their registration, */
	u64 serial;	       /* which is the how many-eth */
	struct kref users;
	struct completion *gone;
};

struct device_dma_parameters {
	unsigned int max_segment_size;
	unsigned int min_align_mask;
	unsigned long segment_boundary_mask;
};

struct device {
	struct device *parent;
	const char *init_name; /* a first name that need not be freed; NULL once it is taken */
	const char *name;      /* dev_set_name(), dev_name() */
	u32 id;
	struct bus_type *bus;
	struct device_driver *driver; /* NULL: none. Changes under the mutex */
	void *platform_data;	      /* of who made the device, for its driver */
	void *driver_data;	      /* the driver's: dev_set_drvdata() */
	struct mutex mutex;	      /* held around probe and remove */

	/* What it reaches (mm/dma.c). Without a dma_mask it does no DMA. */
	u64 *dma_mask;
	u64 coherent_dma_mask;
	u64 bus_dma_limit; /* of the bus, 0: none */
	struct device_dma_parameters *dma_parms;

	spinlock_t devres_lock;
	struct list_head devres_head; /* what it holds, the last first */

	struct kref kref;
	bool registered;
	struct list_head node;		     /* all devices, in the order of their registration, */
	u64 serial;			     /* which is the how many-eth */
	void (*release)(struct device *dev); /* with the last reference: frees the device */
};

/* --- a device's life ----------------------------------------------------------------------
 *
 * device_register() is device_initialize() and device_add(). Once initialised, even if adding
 * fails, it is put_device() that ends it. Adding binds it to a driver, if there is one.
 * device_unregister() is device_del() and put_device().
 */
void device_initialize(struct device *dev);
int __must_check device_add(struct device *dev);
int __must_check device_register(struct device *dev);
void device_del(struct device *dev);
void device_unregister(struct device *dev);

/* NULL is allowed. put_device() may be the last: process context then. */
struct device *get_device(struct device *dev);
void put_device(struct device *dev);

int dev_set_name(struct device *dev, const char *fmt, ...) __printf(2, 3);

static inline const char *dev_name(const struct device *dev)
{
	return dev->init_name ?: dev->name;
}

/* Its driver's name, else its bus's, else "". */
const char *dev_driver_string(const struct device *dev);

static inline void *dev_get_drvdata(const struct device *dev)
{
	return dev->driver_data;
}

static inline void dev_set_drvdata(struct device *dev, void *data)
{
	dev->driver_data = data;
}

static inline void *dev_get_platdata(const struct device *dev)
{
	return dev->platform_data;
}

static inline bool device_is_registered(const struct device *dev)
{
	return dev->registered;
}

void device_lock(struct device *dev);
int device_trylock(struct device *dev);
void device_unlock(struct device *dev);
#define device_lock_assert(dev) lockdep_assert_held(&(dev)->mutex)

/* --- drivers and buses ----------------------------------------------------------------------
 *
 * driver_register() binds every device that is waiting. driver_unregister() unbinds them all;
 * when it returns nobody is in the driver any more.
 */
int __must_check driver_register(struct device_driver *drv);
void driver_unregister(struct device_driver *drv);
struct device_driver *driver_find(const char *name, struct bus_type *bus);

int __must_check bus_register(struct bus_type *bus);
void bus_unregister(struct bus_type *bus);

/* Calls fn for each after `start` (NULL: all), until one returns not 0; returns that. */
int bus_for_each_dev(struct bus_type *bus, struct device *start, void *data,
		     int (*fn)(struct device *dev, void *data));
int bus_for_each_drv(struct bus_type *bus, struct device_driver *start, void *data,
		     int (*fn)(struct device_driver *drv, void *data));
/* The first that match() likes, with a reference; NULL. */
struct device *bus_find_device(struct bus_type *bus, struct device *start, const void *data,
			       int (*match)(struct device *dev, const void *data));
struct device *bus_find_device_by_name(struct bus_type *bus, struct device *start,
				       const char *name);
int device_match_name(struct device *dev, const void *name);

/* By hand. device_attach(): 1 bound, 0 no driver wants it, or -errno. */
int __must_check device_attach(struct device *dev);
int __must_check device_driver_attach(struct device_driver *drv, struct device *dev);
int __must_check driver_attach(struct device_driver *drv);
void device_release_driver(struct device *dev);

#define module_driver(__driver, __register, __unregister, ...)  \
	static int __init __driver##_init(void)                 \
	{                                                       \
		return __register(&(__driver), ##__VA_ARGS__);  \
	}                                                       \
	module_init(__driver##_init);                           \
	static void __exit __maybe_unused __driver##_exit(void) \
	{                                                       \
		__unregister(&(__driver), ##__VA_ARGS__);       \
	}                                                       \
	module_exit(__driver##_exit)

#define builtin_driver(__driver, __register, ...)              \
	static int __init __driver##_init(void)                \
	{                                                      \
		return __register(&(__driver), ##__VA_ARGS__); \
	}                                                      \
	device_initcall(__driver##_init)

/* --- resources that go with the driver: the last taken is the first given back -------------- */

typedef void (*dr_release_t)(struct device *dev, void *res);
typedef int (*dr_match_t)(struct device *dev, void *res, void *match_data);

/* `res` is zeroed memory of `size` bytes; release() is called for it once it was added. */
void *devres_alloc(dr_release_t release, size_t size, gfp_t gfp) __malloc;
void devres_free(void *res);
void devres_add(struct device *dev, void *res);
/* The last added one of that release function which match() (NULL: any) likes; any context. */
void *devres_find(struct device *dev, dr_release_t release, dr_match_t match, void *match_data);
void *devres_get(struct device *dev, void *new_res, dr_match_t match, void *match_data);
/* Takes it off; destroy frees it, release calls release() before. 0 or -ENOENT. */
void *devres_remove(struct device *dev, dr_release_t release, dr_match_t match, void *match_data);
int devres_destroy(struct device *dev, dr_release_t release, dr_match_t match, void *match_data);
int devres_release(struct device *dev, dr_release_t release, dr_match_t match, void *match_data);
int devres_release_all(struct device *dev);

/* Calls action(data) when the time has come; _or_reset(): at once, if that cannot be noted. */
int devm_add_action(struct device *dev, void (*action)(void *data), void *data);
int devm_add_action_or_reset(struct device *dev, void (*action)(void *data), void *data);
void devm_remove_action(struct device *dev, void (*action)(void *data), void *data);
void devm_release_action(struct device *dev, void (*action)(void *data), void *data);

void *devm_kmalloc(struct device *dev, size_t size, gfp_t gfp) __alloc_size(2);
void devm_kfree(struct device *dev, const void *p);
char *devm_kstrdup(struct device *dev, const char *s, gfp_t gfp);
void *devm_kmemdup(struct device *dev, const void *src, size_t len, gfp_t gfp);
char *devm_kasprintf(struct device *dev, gfp_t gfp, const char *fmt, ...) __printf(3, 4);
unsigned long devm_get_free_pages(struct device *dev, gfp_t gfp, unsigned int order);
void devm_free_pages(struct device *dev, unsigned long addr);

static inline void *devm_kzalloc(struct device *dev, size_t size, gfp_t gfp)
{
	return devm_kmalloc(dev, size, gfp | __GFP_ZERO);
}

static inline void *devm_kmalloc_array(struct device *dev, size_t n, size_t size, gfp_t gfp)
{
	size_t bytes;

	return check_mul_overflow(n, size, &bytes) ? NULL : devm_kmalloc(dev, bytes, gfp);
}

static inline void *devm_kcalloc(struct device *dev, size_t n, size_t size, gfp_t gfp)
{
	return devm_kmalloc_array(dev, n, size, gfp | __GFP_ZERO);
}

/* A `name` of NULL is the device's. */
int __must_check devm_request_irq(struct device *dev, unsigned int irq, irq_handler_t handler,
				  unsigned long flags, const char *name, void *dev_id);
void devm_free_irq(struct device *dev, unsigned int irq, void *dev_id);

void __iomem *devm_ioremap(struct device *dev, resource_size_t offset, resource_size_t size);
void devm_iounmap(struct device *dev, void __iomem *addr);
/* Requests the memory region and maps it; ERR_PTR with a message if it cannot be. */
void __iomem *devm_ioremap_resource(struct device *dev, const struct resource *res);

#endif
