// SPDX-License-Identifier: MIT
/*
 * Who has which I/O ports and which physical addresses: two trees of ranges. A child lies within
 * its parent, and children of one parent do not touch the same address:
 *
 *	iomem_resource  0 - 2^36-1
 *	  00000000-0009fbff  System RAM		the memory map's
 *	  00100000-03fdffff  System RAM
 *	  fea00000-feafffff  0000:00:04.0	a BAR, which the PCI code found
 *	    fea00000-feafffff  edu [busy]	the driver's claim on it
 *
 * Hardware is what is there, its nodes are those of who found it, and stay free to be claimed. A
 * driver's claim goes as deep as the ranges contain it, is of memory of its own, and busy: a
 * second claim of the same addresses fails. That is all that is checked: nobody is kept from
 * addresses that he did not claim.
 *
 * Invariants:
 *   I-resource-1  a child lies in its parent, and is linked to it;
 *   I-resource-2  siblings rise, and have no address in common;
 *   I-resource-3  nothing is below a busy node.
 * resource_check() looks for all three.
 *
 * Cost: a step for each node left of the place, on each level: some tens.
 *
 * Locking: resource_lock, a leaf. Process context.
 *
 * Left out: looking for free ranges, for the firmware has placed everything; waiting for a
 * region (request_muxed_region); a bridge's windows.
 */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <memkern/e820.h>
#include <memkern/resource.h>

struct resource ioport_resource = {
	.name = "PCI IO",
	.start = 0,
	.end = 0xffff,
	.flags = IORESOURCE_IO,
};

struct resource iomem_resource = {
	.name = "PCI mem",
	.start = 0,
	.end = ~(resource_size_t)0,
	.flags = IORESOURCE_MEM,
};

static DEFINE_SPINLOCK(resource_lock);

/* NULL: done. Else what is in the way: a child, or `root`, which does not contain it. */
static struct resource *link_below(struct resource *root, struct resource *new)
{
	struct resource **link = &root->child;

	if (new->end < new->start || new->start < root->start || new->end > root->end)
		return root;
	while (*link && (*link)->end < new->start)
		link = &(*link)->sibling;
	if (*link && (*link)->start <= new->end)
		return *link;
	new->sibling = *link;
	new->parent = root;
	*link = new;
	return NULL;
}

/* Its place: the link to it in the parent's list, or NULL. */
static struct resource **link_to(struct resource *old)
{
	struct resource **link = &old->parent->child;

	while (*link && *link != old)
		link = &(*link)->sibling;
	return *link ? link : NULL;
}

struct resource *request_resource_conflict(struct resource *root, struct resource *new)
{
	struct resource *conflict;

	spin_lock(&resource_lock);
	conflict = link_below(root, new);
	spin_unlock(&resource_lock);
	return conflict;
}

int request_resource(struct resource *root, struct resource *new)
{
	return request_resource_conflict(root, new) ? -EBUSY : 0;
}

int release_resource(struct resource *old)
{
	struct resource **link;

	spin_lock(&resource_lock);
	link = old->parent ? link_to(old) : NULL;
	if (link) {
		*link = old->sibling;
		old->parent = old->sibling = NULL;
	}
	spin_unlock(&resource_lock);
	return link ? 0 : -EINVAL;
}

/* Deeper and deeper, until it is linked or what is in the way may not be claimed. */
static struct resource *link_claim(struct resource *root, struct resource *new)
{
	for (;;) {
		struct resource *conflict = link_below(root, new);

		if (!conflict || conflict == root || (conflict->flags & IORESOURCE_BUSY))
			return conflict;
		root = conflict;
	}
}

struct resource *__request_region(struct resource *root, resource_size_t start, resource_size_t n,
				  const char *name, int flags)
{
	struct resource *new = kzalloc(sizeof(*new), GFP_KERNEL), *conflict;

	if (!new)
		return NULL;
	new->start = start;
	new->end = start + n - 1;
	new->name = name;
	new->flags = resource_type(root) | IORESOURCE_BUSY | flags;
	spin_lock(&resource_lock);
	conflict = link_claim(root, new);
	spin_unlock(&resource_lock);
	if (!conflict)
		return new;
	kfree(new);
	return NULL;
}

/* The claim of exactly that range. */
static struct resource **find_claim(struct resource *root, resource_size_t start,
				    resource_size_t end)
{
	struct resource **link = &root->child;

	while (*link) {
		struct resource *res = *link;

		if (res->end < start || res->start > end) {
			link = &res->sibling;
			continue;
		}
		if (!(res->flags & IORESOURCE_BUSY)) {
			link = &res->child;
			continue;
		}
		return res->start == start && res->end == end ? link : NULL;
	}
	return NULL;
}

void __release_region(struct resource *root, resource_size_t start, resource_size_t n)
{
	resource_size_t end = start + n - 1;
	struct resource **link, *old = NULL;

	spin_lock(&resource_lock);
	link = find_claim(root, start, end);
	if (link) {
		old = *link;
		*link = old->sibling;
	}
	spin_unlock(&resource_lock);
	if (!old)
		pr_warn("Trying to free nonexistent resource <%016llx-%016llx>\n", start, end);
	kfree(old);
}

/* --- checking and looking ----------------------------------------------------------------- */

static const struct resource *wrong_below(const struct resource *root)
{
	const struct resource *res, *wrong;

	for (res = root->child; res; res = res->sibling) {
		if (res->parent != root || (root->flags & IORESOURCE_BUSY) ||
		    res->start > res->end || res->start < root->start || res->end > root->end)
			return res;
		if (res->sibling && res->sibling->start <= res->end)
			return res->sibling;
		wrong = wrong_below(res);
		if (wrong)
			return wrong;
	}
	return NULL;
}

const struct resource *resource_check(const struct resource *root)
{
	const struct resource *wrong;

	spin_lock(&resource_lock);
	wrong = wrong_below(root);
	spin_unlock(&resource_lock);
	return wrong;
}

/* --- RAM ---------------------------------------------------------------------------------- */

static int __init add_ram(const struct e820_entry *entry)
{
	struct resource *res = kzalloc(sizeof(*res), GFP_KERNEL);

	if (!res)
		return -ENOMEM;
	res->name = "System RAM";
	res->start = entry->addr;
	res->end = entry->addr + entry->size - 1;
	res->flags = IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY;
	return request_resource(&iomem_resource, res);
}

static int __init resource_init(void)
{
	const struct e820_entry *entry;
	int error = 0;

	for_each_e820_range(entry)
		if (entry->type == E820_TYPE_RAM)
			error = error ?: add_ram(entry);
	return error;
}
core_initcall(resource_init);
