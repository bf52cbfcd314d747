/* SPDX-License-Identifier: MIT */
/*
 * Who has which addresses: two trees of ranges, ports and physical memory (kernel/resource.c).
 *
 *	if (!request_region(0x3f0, 6, "floppy"))
 *		return -EBUSY;
 *	...
 *	release_region(0x3f0, 6);
 */
#ifndef _LINUX_IOPORT_H
#define _LINUX_IOPORT_H

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/minmax.h>
#include <linux/types.h>

struct device;

struct resource {
	resource_size_t start, end; /* both belong to it */
	const char *name;
	unsigned long flags; /* IORESOURCE_* */
	unsigned long desc;
	struct resource *parent, *sibling, *child; /* children and siblings in rising order */
};

#define IORESOURCE_BITS 0x000000ff /* of the bus: for PCI, bits of the register */

#define IORESOURCE_TYPE_BITS 0x00001f00
#define IORESOURCE_IO	     0x00000100
#define IORESOURCE_MEM	     0x00000200
#define IORESOURCE_REG	     0x00000300
#define IORESOURCE_IRQ	     0x00000400
#define IORESOURCE_DMA	     0x00000800
#define IORESOURCE_BUS	     0x00001000

#define IORESOURCE_PREFETCH 0x00002000
#define IORESOURCE_READONLY 0x00004000
#define IORESOURCE_MEM_64   0x00100000
#define IORESOURCE_SYSRAM   0x01000000
#define IORESOURCE_DISABLED 0x10000000
#define IORESOURCE_UNSET    0x20000000 /* no address was given, or not one that can be */
#define IORESOURCE_AUTO	    0x40000000
#define IORESOURCE_BUSY	    0x80000000 /* a driver has it */

#define IORESOURCE_SYSTEM_RAM (IORESOURCE_MEM | IORESOURCE_SYSRAM)

/* Of an interrupt. */
#define IORESOURCE_IRQ_HIGHEDGE	 (1 << 0)
#define IORESOURCE_IRQ_LOWEDGE	 (1 << 1)
#define IORESOURCE_IRQ_HIGHLEVEL (1 << 2)
#define IORESOURCE_IRQ_LOWLEVEL	 (1 << 3)
#define IORESOURCE_IRQ_SHAREABLE (1 << 4)

#define DEFINE_RES_NAMED(_start, _size, _name, _flags)                           \
	(struct resource)                                                        \
	{                                                                        \
		.start = (_start), .end = (_start) + (_size)-1, .name = (_name), \
		.flags = (_flags),                                               \
	}
#define DEFINE_RES_IO_NAMED(start, size, name)	DEFINE_RES_NAMED(start, size, name, IORESOURCE_IO)
#define DEFINE_RES_IO(start, size)		DEFINE_RES_IO_NAMED(start, size, NULL)
#define DEFINE_RES_MEM_NAMED(start, size, name) DEFINE_RES_NAMED(start, size, name, IORESOURCE_MEM)
#define DEFINE_RES_MEM(start, size)		DEFINE_RES_MEM_NAMED(start, size, NULL)
#define DEFINE_RES_IRQ_NAMED(irq, name)		DEFINE_RES_NAMED(irq, 1, name, IORESOURCE_IRQ)
#define DEFINE_RES_IRQ(irq)			DEFINE_RES_IRQ_NAMED(irq, NULL)
#define DEFINE_RES_DMA(dma)			DEFINE_RES_NAMED(dma, 1, NULL, IORESOURCE_DMA)

extern struct resource ioport_resource, iomem_resource;

static inline resource_size_t resource_size(const struct resource *res)
{
	return res->end - res->start + 1;
}

static inline unsigned long resource_type(const struct resource *res)
{
	return res->flags & IORESOURCE_TYPE_BITS;
}

static inline bool resource_contains(const struct resource *outer, const struct resource *inner)
{
	return resource_type(outer) == resource_type(inner) &&
	       !((outer->flags | inner->flags) & IORESOURCE_UNSET) &&
	       outer->start <= inner->start && outer->end >= inner->end;
}

static inline bool resource_overlaps(const struct resource *a, const struct resource *b)
{
	return a->start <= b->end && a->end >= b->start;
}

/*
 * Puts a resource of the caller's under `root`: 0, or -EBUSY where something is already.
 * request_resource_conflict() says what. Process context, as all of these.
 */
int request_resource(struct resource *root, struct resource *new);
struct resource *request_resource_conflict(struct resource *root, struct resource *new);
int release_resource(struct resource *old);

/*
 * A driver's claim, as deep in the tree as it goes; NULL where another has it, or without memory.
 * `name` must stay.
 */
struct resource *__request_region(struct resource *root, resource_size_t start, resource_size_t n,
				  const char *name, int flags);
void __release_region(struct resource *root, resource_size_t start, resource_size_t n);

#define request_region(start, n, name)	   __request_region(&ioport_resource, start, n, name, 0)
#define request_mem_region(start, n, name) __request_region(&iomem_resource, start, n, name, 0)
#define release_region(start, n)	   __release_region(&ioport_resource, start, n)
#define release_mem_region(start, n)	   __release_region(&iomem_resource, start, n)

struct resource *__devm_request_region(struct device *dev, struct resource *root,
				       resource_size_t start, resource_size_t n, const char *name);
void __devm_release_region(struct device *dev, struct resource *root, resource_size_t start,
			   resource_size_t n);

#define devm_request_region(dev, start, n, name) \
	__devm_request_region(dev, &ioport_resource, start, n, name)
#define devm_request_mem_region(dev, start, n, name) \
	__devm_request_region(dev, &iomem_resource, start, n, name)
#define devm_release_region(dev, start, n)     __devm_release_region(dev, &ioport_resource, start, n)
#define devm_release_mem_region(dev, start, n) __devm_release_region(dev, &iomem_resource, start, n)

#endif
