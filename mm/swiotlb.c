// SPDX-License-Identifier: MIT
/*
 * Bounce buffers: memory below 16 MiB that stands in, for one transfer, for memory that a device
 * does not reach.
 *
 *	memory at 0x12345800, which the device (24 bits) cannot address
 *	       |  ^
 *	  map, |  | unmap, sync for CPU: what the device wrote
 *	  sync v  |
 *	slots  [ 5 ][ 6 ]	0x00f02800: what the device is told
 *
 * The buffer is cut into slots of 2 KiB. A mapping has as many in a row as it needs, at most
 * IO_TLB_SEGSIZE, the first that are free; one of a page or more begins at a page, and none
 * crosses the boundary that the device has for its segments. Each slot knows what it stands
 * for, and how many bytes of the mapping lie from its start on:
 *
 *	slot   orig		bytes
 *	5      0x12345800	3000	the first of a mapping of 3000 bytes
 *	6      0x12346000	952
 *	7      -		0	free
 *
 * So a sync of bytes in the middle finds them by the slot, and unmap needs no size.
 *
 * What is copied, and when: at map all of it, whatever the direction: a device that then writes
 * less than it said leaves the rest as it was, and not as the last user of the slots left it.
 * At unmap, and at a sync, what the direction says. With DMA_ATTR_SKIP_CPU_SYNC unmap copies
 * nothing.
 *
 * There is a buffer only where RAM exceeds 16 MiB, below which every device reaches that
 * dma_set_mask() lets pass. swiotlb=SLOTS makes it larger or smaller, `force` sends everything
 * through it, wherever it lies, and `noforce` leaves it out.
 *
 * Cost: two copies, a byte each at least, and a walk past the mappings in use.
 *
 * Invariants (swiotlb_check()):
 *	I-swiotlb-1  behind a slot whose bytes are more than its size comes the mapping's next,
 *		     which stands for what follows
 *	I-swiotlb-2  the slots in use are as many as the counter says, and never were more than
 *		     the highest count
 *
 * Locking: `lock`, a leaf, with interrupts off, for the slots and the counters. The bytes belong
 * to the mapping's owner: copies are outside of it. Any context.
 *
 * Left out: growing, a buffer for each CPU or device, alignment beyond a page.
 */
#include <linux/ctype.h>
#include <linux/device.h>
#include <linux/highmem.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <asm/dma.h>
#include <memkern/params.h>

#include "dma.h"
#include "internal.h"

#define NO_SLOT	    (~0U)
#define MOST_BYTES  (IO_TLB_SEGSIZE * IO_TLB_SIZE)
#define SLOTS(size) DIV_ROUND_UP((size), IO_TLB_SIZE)

phys_addr_t swiotlb_start;
unsigned long swiotlb_bytes;
bool swiotlb_force;

struct bounce_slot *swiotlb_slots;
static struct swiotlb_info info;
static DEFINE_SPINLOCK(lock);

static unsigned int wanted_slots;
static bool unwanted;

/* --- boot ------------------------------------------------------------------------------------ */

/* SLOTS[,force|noforce], or one of the two words alone. */
static int __init set_swiotlb(char *value)
{
	if (!value)
		return -EINVAL;
	if (isdigit(*value)) {
		wanted_slots = ALIGN(simple_strtoul(value, &value, 0), IO_TLB_SEGSIZE);
		if (*value == '\0')
			return 0;
		if (*value++ != ',')
			return -EINVAL;
	}
	swiotlb_force = !strcmp(value, "force");
	unwanted = !strcmp(value, "noforce");
	return swiotlb_force || unwanted ? 0 : -EINVAL;
}
early_param("swiotlb", set_swiotlb);

void __init swiotlb_init(void)
{
	unsigned int nr = wanted_slots ?: IO_TLB_DEFAULT_SLOTS;
	phys_addr_t end = PFN_PHYS(min(MAX_DMA_PFN, max_low_pfn));

	if (unwanted || (max_pfn <= MAX_DMA_PFN && !wanted_slots && !swiotlb_force))
		return;
	if (nr <= PFN_PHYS(MAX_DMA_PFN) / IO_TLB_SIZE)
		swiotlb_start = memblock_phys_alloc_range(nr * IO_TLB_SIZE, PAGE_SIZE, 0, end);
	if (!swiotlb_start) {
		pr_err("swiotlb: no room for %u slots of %lu bytes below %llu MiB: there are no "
		       "bounce buffers\n",
		       nr, IO_TLB_SIZE, (u64)end >> 20);
		swiotlb_force = false;
		return;
	}
	swiotlb_slots = memblock_alloc_for(nr * sizeof(*swiotlb_slots), 0,
					   "the slots of the bounce buffers");
	info.start = swiotlb_start;
	info.slots = nr;
	swiotlb_bytes = nr * IO_TLB_SIZE;
	pr_info("swiotlb: bounce buffers of %lu KiB at 0x%llx%s\n", swiotlb_bytes >> 10,
		(u64)swiotlb_start, swiotlb_force ? ", for all mappings" : "");
}

/* --- slots -------------------------------------------------------------------------------------- */

static dma_addr_t slot_address(unsigned int i)
{
	return swiotlb_start + i * IO_TLB_SIZE;
}

static unsigned int slot_at(dma_addr_t addr)
{
	return (u32)(addr - swiotlb_start) >> IO_TLB_SHIFT;
}

/* Would the bytes lie on both sides of a multiple of the device's boundary? */
static bool crosses(unsigned int start, unsigned int bytes, unsigned long boundary_mask)
{
	dma_addr_t first = slot_address(start), last = first + bytes - 1;

	return (first ^ last) & ~(u64)boundary_mask;
}

/* Under the lock. First fit; past a mapping in use in one step. */
static unsigned int find_slots(unsigned int bytes, unsigned long boundary_mask)
{
	unsigned int nr = SLOTS(bytes), align = bytes >= PAGE_SIZE ? PAGE_SIZE / IO_TLB_SIZE : 1;
	unsigned int start = 0, i = 0;

	while (start + nr <= info.slots) {
		if (i == start + nr)
			return start;
		if (swiotlb_slots[i].bytes)
			i = start = ALIGN(i + SLOTS(swiotlb_slots[i].bytes), align);
		else if (i == start && crosses(start, bytes, boundary_mask))
			i = start = start + align;
		else
			i++;
	}
	return NO_SLOT;
}

static unsigned int take_slots(struct device *dev, phys_addr_t phys, unsigned int bytes)
{
	unsigned int nr = SLOTS(bytes), first, i;
	unsigned long flags;

	if (bytes > MOST_BYTES)
		return NO_SLOT;
	spin_lock_irqsave(&lock, flags);
	first = find_slots(bytes, dma_get_seg_boundary(dev));
	if (first != NO_SLOT) {
		for (i = 0; i < nr; i++) {
			swiotlb_slots[first + i].orig = phys + i * IO_TLB_SIZE;
			swiotlb_slots[first + i].bytes = bytes - i * IO_TLB_SIZE;
		}
		info.used += nr;
		info.most = max(info.most, info.used);
		info.mapped++;
	}
	spin_unlock_irqrestore(&lock, flags);
	return first;
}

static void give_slots(unsigned int first)
{
	unsigned int nr = SLOTS(swiotlb_slots[first].bytes), i;
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	for (i = 0; i < nr; i++)
		swiotlb_slots[first + i].bytes = 0;
	info.used -= nr;
	spin_unlock_irqrestore(&lock, flags);
}

static bool is_first(unsigned int i)
{
	return swiotlb_slots[i].bytes && (i == 0 || swiotlb_slots[i - 1].bytes <= IO_TLB_SIZE);
}

/* --- copying ------------------------------------------------------------------------------------------ */

/* Between the bytes that a buffer stands for, of any kind of memory, and it. */
static void copy(phys_addr_t orig, char *bounce, size_t size, bool out)
{
	while (size) {
		unsigned int offset = offset_in_page(orig);
		size_t part = min_t(size_t, size, PAGE_SIZE - offset);

		if (out)
			memcpy_from_page(bounce, phys_to_page(orig), offset, part);
		else
			memcpy_to_page(phys_to_page(orig), offset, bounce, part);
		orig += part;
		bounce += part;
		size -= part;
	}
}

static void count_copy(size_t size, bool out)
{
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	if (out)
		info.bytes_out += size;
	else
		info.bytes_in += size;
	spin_unlock_irqrestore(&lock, flags);
}

/* Of a mapping, from any of its bytes on. */
static void bounce(struct device *dev, dma_addr_t addr, size_t size, bool out)
{
	const struct bounce_slot *slot = &swiotlb_slots[slot_at(addr)];
	unsigned int offset = addr & (IO_TLB_SIZE - 1);
	unsigned int left = slot->bytes > offset ? slot->bytes - offset : 0;

	if (dev_WARN_ONCE(dev, size > left, "swiotlb: %zu bytes at %pad, where %u are mapped\n",
			  size, &addr, left))
		size = left;
	copy(slot->orig + offset, phys_to_virt(addr), size, out);
	count_copy(size, out);
}

/* --- what dma.c calls ------------------------------------------------------------------------------------- */

bool is_swiotlb_active(struct device *dev)
{
	return swiotlb_bytes != 0;
}

size_t swiotlb_max_mapping_size(struct device *dev)
{
	return MOST_BYTES;
}

static dma_addr_t refuse(struct device *dev, size_t size, unsigned long attrs)
{
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	info.refused++;
	spin_unlock_irqrestore(&lock, flags);
	if (!(attrs & DMA_ATTR_NO_WARN))
		dev_warn_ratelimited(dev,
				     "swiotlb buffer is full (sz: %zd bytes), total %u (slots), "
				     "used %u (slots)\n",
				     size, info.slots, info.used);
	return DMA_MAPPING_ERROR;
}

dma_addr_t swiotlb_map(struct device *dev, phys_addr_t phys, size_t size,
		       enum dma_data_direction dir, unsigned long attrs)
{
	unsigned int first = take_slots(dev, phys, size ?: 1);
	dma_addr_t addr = slot_address(first);

	if (first == NO_SLOT)
		return refuse(dev, size, attrs);
	if (addr + size - 1 > dma_limit(dev, *dev->dma_mask)) {
		give_slots(first);
		dev_WARN_ONCE(dev, 1,
			      "swiotlb addr %pad+%zu overflow (mask %llx, bus limit %llx).\n",
			      &addr, size, *dev->dma_mask, dev->bus_dma_limit);
		return DMA_MAPPING_ERROR;
	}
	bounce(dev, addr, size, true);
	return addr;
}

void swiotlb_sync_for_cpu(struct device *dev, dma_addr_t addr, size_t size,
			  enum dma_data_direction dir)
{
	if (dir != DMA_TO_DEVICE)
		bounce(dev, addr, size, false);
}

void swiotlb_sync_for_device(struct device *dev, dma_addr_t addr, size_t size,
			     enum dma_data_direction dir)
{
	if (dir != DMA_FROM_DEVICE)
		bounce(dev, addr, size, true);
}

bool swiotlb_unmap(struct device *dev, dma_addr_t addr, size_t size, enum dma_data_direction dir,
		   unsigned long attrs)
{
	unsigned int i = slot_at(addr);

	if (dev_WARN_ONCE(dev, addr != slot_address(i) || !is_first(i),
			  "swiotlb: no mapping begins at %pad\n", &addr))
		return false;
	if (!(attrs & DMA_ATTR_SKIP_CPU_SYNC))
		swiotlb_sync_for_cpu(dev, addr, size, dir);
	give_slots(i);
	return true;
}

/* --- who looks ------------------------------------------------------------------------------------------------ */

void swiotlb_get_info(struct swiotlb_info *copy)
{
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	*copy = info;
	spin_unlock_irqrestore(&lock, flags);
}

static int check_slot(unsigned int i)
{
	const struct bounce_slot *slot = &swiotlb_slots[i], *next = slot + 1;

	if (slot->bytes <= IO_TLB_SIZE)
		return 0;
	if (slot->bytes <= MOST_BYTES && i + 1 < info.slots &&
	    next->bytes == slot->bytes - IO_TLB_SIZE && next->orig == slot->orig + IO_TLB_SIZE)
		return 0;
	return mm_problem("I-swiotlb-1", "slot %u has %u bytes of 0x%llx, but is the last", i,
			  slot->bytes, (u64)slot->orig);
}

int swiotlb_check(void)
{
	unsigned int in_use = 0, i;
	unsigned long flags;
	int found = 0;

	spin_lock_irqsave(&lock, flags);
	for (i = 0; i < info.slots; i++) {
		in_use += swiotlb_slots[i].bytes != 0;
		found += check_slot(i);
	}
	if (in_use != info.used || info.used > info.most)
		found += mm_problem("I-swiotlb-2", "%u slots are in use; counted: %u, at most %u",
				    in_use, info.used, info.most);
	spin_unlock_irqrestore(&lock, flags);
	return found;
}
