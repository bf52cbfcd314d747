// SPDX-License-Identifier: MIT
/*
 * Managed resources: what a driver takes for a device, and the device gives back by itself.
 *
 * A resource is noted in a list of the device, with the function that gives it back. When the
 * driver has been removed, or its probe failed, the list is emptied, the last one first:
 *
 *	regs = devm_ioremap(dev, ...)		devres_head --> irq --> buffer --> ioremap
 *	buffer = devm_kmalloc(dev, ...)				|	|	  |
 *	error = devm_request_irq(dev, ...)		    free_irq  kfree    iounmap
 *
 * So a handler is off its line before what it uses goes, if it was requested last. A note is
 * some bytes in front of the resource's own data; devm_kmalloc()'s is the memory itself:
 *
 *	+-------+---------+--- 16 bytes on ---+
 *	| entry | release | data ...          |
 *	+-------+---------+-------------------+
 *
 * Cost: an allocation each, of 16 bytes more.
 *
 * Locking: devres_lock of the device, a leaf, with interrupts off; no function of a resource is
 * called with it. Adding, finding and taking off: any context; giving back: the resource's.
 *
 * Left out: groups of resources.
 */
#include <linux/device.h>
#include <linux/io.h>
#include <linux/sprintf.h>
#include <linux/string.h>

struct devres {
	struct list_head entry;
	dr_release_t release;
	u8 data[] __aligned(ARCH_KMALLOC_MINALIGN);
};

static struct devres *to_devres(const void *data)
{
	return container_of(data, struct devres, data);
}

static void *alloc_dr(dr_release_t release, size_t size, gfp_t gfp)
{
	struct devres *dr;
	size_t bytes;

	if (check_add_overflow(sizeof(*dr), size, &bytes))
		return NULL;
	dr = kmalloc(bytes, gfp);
	if (!dr)
		return NULL;
	INIT_LIST_HEAD(&dr->entry);
	dr->release = release;
	return dr->data;
}

void *devres_alloc(dr_release_t release, size_t size, gfp_t gfp)
{
	return alloc_dr(release, size, gfp | __GFP_ZERO);
}

void devres_free(void *res)
{
	if (!res)
		return;
	WARN_ON(!list_empty(&to_devres(res)->entry));
	kfree(to_devres(res));
}

void devres_add(struct device *dev, void *res)
{
	unsigned long flags;

	spin_lock_irqsave(&dev->devres_lock, flags);
	list_add(&to_devres(res)->entry, &dev->devres_head);
	spin_unlock_irqrestore(&dev->devres_lock, flags);
}

static struct devres *find_dr(struct device *dev, dr_release_t release, dr_match_t match,
			      void *match_data)
{
	struct devres *dr;

	list_for_each_entry(dr, &dev->devres_head, entry)
		if (dr->release == release && (!match || match(dev, dr->data, match_data)))
			return dr;
	return NULL;
}

void *devres_find(struct device *dev, dr_release_t release, dr_match_t match, void *match_data)
{
	unsigned long flags;
	struct devres *dr;

	spin_lock_irqsave(&dev->devres_lock, flags);
	dr = find_dr(dev, release, match, match_data);
	spin_unlock_irqrestore(&dev->devres_lock, flags);
	return dr ? dr->data : NULL;
}

void *devres_get(struct device *dev, void *new_res, dr_match_t match, void *match_data)
{
	struct devres *new = to_devres(new_res), *old;
	unsigned long flags;

	spin_lock_irqsave(&dev->devres_lock, flags);
	old = find_dr(dev, new->release, match, match_data);
	if (!old)
		list_add(&new->entry, &dev->devres_head);
	spin_unlock_irqrestore(&dev->devres_lock, flags);
	if (!old)
		return new_res;
	devres_free(new_res);
	return old->data;
}

void *devres_remove(struct device *dev, dr_release_t release, dr_match_t match, void *match_data)
{
	unsigned long flags;
	struct devres *dr;

	spin_lock_irqsave(&dev->devres_lock, flags);
	dr = find_dr(dev, release, match, match_data);
	if (dr)
		list_del_init(&dr->entry);
	spin_unlock_irqrestore(&dev->devres_lock, flags);
	return dr ? dr->data : NULL;
}

int devres_destroy(struct device *dev, dr_release_t release, dr_match_t match, void *match_data)
{
	void *res = devres_remove(dev, release, match, match_data);

	devres_free(res);
	return res ? 0 : -ENOENT;
}

int devres_release(struct device *dev, dr_release_t release, dr_match_t match, void *match_data)
{
	void *res = devres_remove(dev, release, match, match_data);

	if (!res)
		return -ENOENT;
	release(dev, res);
	devres_free(res);
	return 0;
}

static struct devres *take_last(struct device *dev)
{
	unsigned long flags;
	struct devres *dr;

	spin_lock_irqsave(&dev->devres_lock, flags);
	dr = list_first_entry_or_null(&dev->devres_head, struct devres, entry);
	if (dr)
		list_del(&dr->entry);
	spin_unlock_irqrestore(&dev->devres_lock, flags);
	return dr;
}

int devres_release_all(struct device *dev)
{
	struct devres *dr;
	int nr = 0;

	while ((dr = take_last(dev))) {
		dr->release(dev, dr->data);
		kfree(dr);
		nr++;
	}
	return nr;
}

/* --- functions ------------------------------------------------------------------------------ */

struct action {
	void (*function)(void *data);
	void *data;
};

static void run_action(struct device *dev, void *res)
{
	struct action *action = res;

	action->function(action->data);
}

static int same_action(struct device *dev, void *res, void *wanted)
{
	return !memcmp(res, wanted, sizeof(struct action));
}

int devm_add_action(struct device *dev, void (*function)(void *data), void *data)
{
	struct action *action = devres_alloc(run_action, sizeof(*action), GFP_KERNEL);

	if (!action)
		return -ENOMEM;
	*action = (struct action){ function, data };
	devres_add(dev, action);
	return 0;
}

int devm_add_action_or_reset(struct device *dev, void (*function)(void *data), void *data)
{
	int error = devm_add_action(dev, function, data);

	if (error)
		function(data);
	return error;
}

void devm_remove_action(struct device *dev, void (*function)(void *data), void *data)
{
	struct action action = { function, data };

	WARN_ON(devres_destroy(dev, run_action, same_action, &action));
}

void devm_release_action(struct device *dev, void (*function)(void *data), void *data)
{
	struct action action = { function, data };

	WARN_ON(devres_release(dev, run_action, same_action, &action));
}

/* --- memory --------------------------------------------------------------------------------- */

/* The memory goes with the note. */
static void release_memory(struct device *dev, void *res)
{
}

static int same_memory(struct device *dev, void *res, void *wanted)
{
	return res == wanted;
}

void *devm_kmalloc(struct device *dev, size_t size, gfp_t gfp)
{
	void *memory;

	if (!size)
		return ZERO_SIZE_PTR;
	memory = alloc_dr(release_memory, size, gfp);
	if (memory)
		devres_add(dev, memory);
	return memory;
}

void devm_kfree(struct device *dev, const void *p)
{
	if (!ZERO_OR_NULL_PTR(p))
		WARN_ON(devres_destroy(dev, release_memory, same_memory, (void *)p));
}

void *devm_kmemdup(struct device *dev, const void *src, size_t len, gfp_t gfp)
{
	void *copy = devm_kmalloc(dev, len, gfp);

	return copy && len ? memcpy(copy, src, len) : copy;
}

char *devm_kstrdup(struct device *dev, const char *s, gfp_t gfp)
{
	return s ? devm_kmemdup(dev, s, strlen(s) + 1, gfp) : NULL;
}

char *devm_kasprintf(struct device *dev, gfp_t gfp, const char *fmt, ...)
{
	char *text = NULL;
	va_list args;
	int length;

	va_start(args, fmt);
	length = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	text = devm_kmalloc(dev, length + 1, gfp);
	va_start(args, fmt);
	if (text)
		vsnprintf(text, length + 1, fmt, args);
	va_end(args);
	return text;
}

struct pages {
	unsigned long address;
	unsigned int order;
};

static void release_pages(struct device *dev, void *res)
{
	struct pages *pages = res;

	free_pages(pages->address, pages->order);
}

static int same_pages(struct device *dev, void *res, void *wanted)
{
	return ((struct pages *)res)->address == *(unsigned long *)wanted;
}

unsigned long devm_get_free_pages(struct device *dev, gfp_t gfp, unsigned int order)
{
	struct pages *pages = devres_alloc(release_pages, sizeof(*pages), GFP_KERNEL);

	if (!pages)
		return 0;
	*pages = (struct pages){ __get_free_pages(gfp, order), order };
	if (!pages->address) {
		devres_free(pages);
		return 0;
	}
	devres_add(dev, pages);
	return pages->address;
}

void devm_free_pages(struct device *dev, unsigned long addr)
{
	WARN_ON(devres_release(dev, release_pages, same_pages, &addr));
}

/* --- interrupts ----------------------------------------------------------------------------- */

struct irq {
	unsigned int irq;
	void *dev_id;
};

static void release_irq(struct device *dev, void *res)
{
	struct irq *irq = res;

	free_irq(irq->irq, irq->dev_id);
}

static int same_irq(struct device *dev, void *res, void *wanted)
{
	return !memcmp(res, wanted, sizeof(struct irq));
}

int devm_request_irq(struct device *dev, unsigned int irq, irq_handler_t handler,
		     unsigned long flags, const char *name, void *dev_id)
{
	struct irq *note = devres_alloc(release_irq, sizeof(*note), GFP_KERNEL);
	int error;

	if (!note)
		return -ENOMEM;
	error = request_irq(irq, handler, flags, name ?: dev_name(dev), dev_id);
	if (error) {
		devres_free(note);
		return error;
	}
	*note = (struct irq){ irq, dev_id };
	devres_add(dev, note);
	return 0;
}

void devm_free_irq(struct device *dev, unsigned int irq, void *dev_id)
{
	struct irq wanted = { irq, dev_id };

	WARN_ON(devres_release(dev, release_irq, same_irq, &wanted));
}

/* --- registers ------------------------------------------------------------------------------ */

static void release_mapping(struct device *dev, void *res)
{
	iounmap(*(void __iomem **)res);
}

static int same_mapping(struct device *dev, void *res, void *wanted)
{
	return *(void **)res == wanted;
}

void __iomem *devm_ioremap(struct device *dev, resource_size_t offset, resource_size_t size)
{
	void __iomem **note = devres_alloc(release_mapping, sizeof(*note), GFP_KERNEL);
	void __iomem *addr;

	if (!note)
		return NULL;
	addr = ioremap(offset, size);
	if (!addr) {
		devres_free(note);
		return NULL;
	}
	*note = addr;
	devres_add(dev, note);
	return addr;
}

void devm_iounmap(struct device *dev, void __iomem *addr)
{
	WARN_ON(devres_release(dev, release_mapping, same_mapping, (void *)addr));
}

void __iomem *devm_ioremap_resource(struct device *dev, const struct resource *res)
{
	void __iomem *addr;

	if (!res || resource_type(res) != IORESOURCE_MEM) {
		dev_err(dev, "invalid resource %pR\n", res);
		return ERR_PTR(-EINVAL);
	}
	if (!devm_request_mem_region(dev, res->start, resource_size(res), dev_name(dev))) {
		dev_err(dev, "can't request region for resource %pR\n", res);
		return ERR_PTR(-EBUSY);
	}
	addr = devm_ioremap(dev, res->start, resource_size(res));
	if (addr)
		return addr;
	dev_err(dev, "ioremap failed for resource %pR\n", res);
	devm_release_mem_region(dev, res->start, resource_size(res));
	return ERR_PTR(-ENOMEM);
}

struct region {
	struct resource *root;
	resource_size_t start, n;
};

static void release_a_region(struct device *dev, void *res)
{
	struct region *region = res;

	__release_region(region->root, region->start, region->n);
}

static int same_region(struct device *dev, void *res, void *wanted)
{
	const struct region *a = res, *b = wanted;

	return a->root == b->root && a->start == b->start && a->n == b->n;
}

struct resource *__devm_request_region(struct device *dev, struct resource *root,
				       resource_size_t start, resource_size_t n, const char *name)
{
	struct region *note = devres_alloc(release_a_region, sizeof(*note), GFP_KERNEL);
	struct resource *res;

	if (!note)
		return NULL;
	res = __request_region(root, start, n, name, 0);
	if (!res) {
		devres_free(note);
		return NULL;
	}
	*note = (struct region){ root, start, n };
	devres_add(dev, note);
	return res;
}

void __devm_release_region(struct device *dev, struct resource *root, resource_size_t start,
			   resource_size_t n)
{
	struct region wanted = { root, start, n };

	WARN_ON(devres_release(dev, release_a_region, same_region, &wanted));
}
