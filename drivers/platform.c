// SPDX-License-Identifier: MIT
/*
 * The platform bus: devices that cannot be found by asking, and are there because some code says
 * so. The floppy controller of a PC, say:
 *
 *	struct resource res[] = { DEFINE_RES_IO(0x3f0, 6), DEFINE_RES_IRQ(6), DEFINE_RES_DMA(2) };
 *
 *	platform_device_register_simple("floppy", PLATFORM_DEVID_NONE, res, 3);
 *
 * What it has (ports, memory, an interrupt) is in its resources; the ranges are put into
 * the trees of kernel/resource.c, where two devices of one place are noticed. A driver with the
 * device's name serves it, or one that lists the name.
 *
 * DMA reaches 32 bits, unless whoever makes the device knows better.
 *
 * Locking: the driver core's. Process context.
 */
#include <linux/dma-mapping.h>
#include <linux/io.h>
#include <linux/platform_device.h>
#include <linux/string.h>

static atomic_t last_auto_id = ATOMIC_INIT(-1);

/* --- the bus ------------------------------------------------------------------------------ */

static int platform_match(struct device *dev, struct device_driver *drv)
{
	struct platform_device *pdev = to_platform_device(dev);
	const struct platform_device_id *id = to_platform_driver(drv)->id_table;

	if (!id)
		return !strcmp(pdev->name, drv->name);
	for (; id->name[0]; id++) {
		if (strcmp(pdev->name, id->name))
			continue;
		pdev->id_entry = id;
		return 1;
	}
	return 0;
}

static int platform_probe(struct device *dev)
{
	struct platform_driver *drv = to_platform_driver(dev->driver);

	return drv->probe ? drv->probe(to_platform_device(dev)) : 0;
}

static void platform_remove(struct device *dev)
{
	struct platform_driver *drv = to_platform_driver(dev->driver);
	int error = drv->remove ? drv->remove(to_platform_device(dev)) : 0;

	if (error)
		dev_warn(dev, "remove callback returned a non-zero value. This will be ignored.\n");
}

struct bus_type platform_bus_type = {
	.name = "platform",
	.match = platform_match,
	.probe = platform_probe,
	.remove = platform_remove,
};

static int __init platform_bus_init(void)
{
	return bus_register(&platform_bus_type);
}
core_initcall(platform_bus_init);

int __platform_driver_register(struct platform_driver *drv, struct module *owner)
{
	drv->driver.owner = owner;
	drv->driver.bus = &platform_bus_type;
	return driver_register(&drv->driver);
}

void platform_driver_unregister(struct platform_driver *drv)
{
	driver_unregister(&drv->driver);
}

/* --- a device is made and registered ------------------------------------------------------ */

/* As alloc makes it: the name lies behind it. */
struct platform_object {
	struct platform_device pdev;
	char name[];
};

static void platform_device_release(struct device *dev)
{
	struct platform_device *pdev = to_platform_device(dev);

	kfree(dev->platform_data);
	kfree(pdev->resource);
	kfree(container_of(pdev, struct platform_object, pdev));
}

static void set_dma_default(struct platform_device *pdev)
{
	if (!pdev->dev.coherent_dma_mask)
		pdev->dev.coherent_dma_mask = DMA_BIT_MASK(32);
	if (!pdev->dev.dma_mask) {
		pdev->platform_dma_mask = DMA_BIT_MASK(32);
		pdev->dev.dma_mask = &pdev->platform_dma_mask;
	}
	pdev->dev.dma_parms = &pdev->dma_parms;
}

struct platform_device *platform_device_alloc(const char *name, int id)
{
	struct platform_object *object = kzalloc(sizeof(*object) + strlen(name) + 1, GFP_KERNEL);

	if (!object)
		return NULL;
	strcpy(object->name, name);
	object->pdev.name = object->name;
	object->pdev.id = id;
	device_initialize(&object->pdev.dev);
	object->pdev.dev.release = platform_device_release;
	set_dma_default(&object->pdev);
	return &object->pdev;
}

int platform_device_add_resources(struct platform_device *pdev, const struct resource *res,
				  unsigned int num)
{
	struct resource *copy = NULL;

	if (res) {
		copy = kmemdup(res, sizeof(*res) * num, GFP_KERNEL);
		if (!copy)
			return -ENOMEM;
	}
	kfree(pdev->resource);
	pdev->resource = copy;
	pdev->num_resources = num;
	return 0;
}

int platform_device_add_data(struct platform_device *pdev, const void *data, size_t size)
{
	void *copy = NULL;

	if (data) {
		copy = kmemdup(data, size, GFP_KERNEL);
		if (!copy)
			return -ENOMEM;
	}
	kfree(pdev->dev.platform_data);
	pdev->dev.platform_data = copy;
	return 0;
}

static int name_device(struct platform_device *pdev)
{
	if (pdev->id == PLATFORM_DEVID_NONE)
		return dev_set_name(&pdev->dev, "%s", pdev->name);
	if (pdev->id != PLATFORM_DEVID_AUTO)
		return dev_set_name(&pdev->dev, "%s.%d", pdev->name, pdev->id);
	pdev->id = atomic_inc_return(&last_auto_id);
	pdev->id_auto = true;
	return dev_set_name(&pdev->dev, "%s.%d.auto", pdev->name, pdev->id);
}

static struct resource *root_of(const struct resource *res)
{
	switch (resource_type(res)) {
	case IORESOURCE_IO:
		return &ioport_resource;
	case IORESOURCE_MEM:
		return &iomem_resource;
	}
	return NULL;
}

/* The first `nr` of them. */
static void release_resources(struct platform_device *pdev, unsigned int nr)
{
	while (nr--)
		if (pdev->resource[nr].parent)
			release_resource(&pdev->resource[nr]);
}

static int claim_resources(struct platform_device *pdev)
{
	unsigned int i;

	for (i = 0; i < pdev->num_resources; i++) {
		struct resource *res = &pdev->resource[i], *root = root_of(res);

		if (!res->name)
			res->name = dev_name(&pdev->dev);
		if (!root || !request_resource(res->parent ?: root, res))
			continue;
		dev_err(&pdev->dev, "failed to claim resource %u: %pR\n", i, res);
		release_resources(pdev, i);
		return -EBUSY;
	}
	return 0;
}

int platform_device_add(struct platform_device *pdev)
{
	int error = name_device(pdev) ?: claim_resources(pdev);

	if (error)
		return error;
	pdev->dev.bus = &platform_bus_type;
	error = device_add(&pdev->dev);
	if (error)
		release_resources(pdev, pdev->num_resources);
	return error;
}

int platform_device_register(struct platform_device *pdev)
{
	device_initialize(&pdev->dev);
	set_dma_default(pdev);
	return platform_device_add(pdev);
}

void platform_device_del(struct platform_device *pdev)
{
	device_del(&pdev->dev);
	release_resources(pdev, pdev->num_resources);
}

void platform_device_put(struct platform_device *pdev)
{
	if (pdev)
		put_device(&pdev->dev);
}

void platform_device_unregister(struct platform_device *pdev)
{
	if (IS_ERR_OR_NULL(pdev))
		return;
	platform_device_del(pdev);
	platform_device_put(pdev);
}

struct platform_device *platform_device_register_full(const struct platform_device_info *info)
{
	struct platform_device *pdev = platform_device_alloc(info->name, info->id);
	int error;

	if (!pdev)
		return ERR_PTR(-ENOMEM);
	pdev->dev.parent = info->parent;
	if (info->dma_mask) {
		pdev->platform_dma_mask = info->dma_mask;
		pdev->dev.coherent_dma_mask = info->dma_mask;
	}
	error = platform_device_add_resources(pdev, info->res, info->num_res) ?:
		platform_device_add_data(pdev, info->data, info->size_data) ?:
		platform_device_add(pdev);
	if (!error)
		return pdev;
	platform_device_put(pdev);
	return ERR_PTR(error);
}

/* --- what a driver asks ------------------------------------------------------------------- */

struct resource *platform_get_resource(struct platform_device *pdev, unsigned int type,
				       unsigned int num)
{
	u32 i;

	for (i = 0; i < pdev->num_resources; i++)
		if (resource_type(&pdev->resource[i]) == type && !num--)
			return &pdev->resource[i];
	return NULL;
}

struct resource *platform_get_resource_byname(struct platform_device *pdev, unsigned int type,
					      const char *name)
{
	u32 i;

	for (i = 0; i < pdev->num_resources; i++)
		if (resource_type(&pdev->resource[i]) == type && pdev->resource[i].name &&
		    !strcmp(pdev->resource[i].name, name))
			return &pdev->resource[i];
	return NULL;
}

int platform_get_irq_optional(struct platform_device *pdev, unsigned int num)
{
	struct resource *res = platform_get_resource(pdev, IORESOURCE_IRQ, num);

	return res ? (int)res->start : -ENXIO;
}

int platform_get_irq(struct platform_device *pdev, unsigned int num)
{
	int irq = platform_get_irq_optional(pdev, num);

	return irq < 0 ? dev_err_probe(&pdev->dev, irq, "IRQ index %u not found\n", num) : irq;
}

void __iomem *devm_platform_ioremap_resource(struct platform_device *pdev, unsigned int index)
{
	return devm_ioremap_resource(&pdev->dev,
				     platform_get_resource(pdev, IORESOURCE_MEM, index));
}
