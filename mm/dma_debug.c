// SPDX-License-Identifier: MIT
/*
 * DEBUG builds: each mapping is known from map to unmap, and a driver that breaks the rules of
 * linux/dma-mapping.h is named.
 *
 *	map   --> live: [edu, 0x1f000000, 64 bytes, to device, single, by edu_start+0x41]
 *	unmap, sync --> is there one for this device and address, and is it like that?
 *
 * On a PC most such mistakes do no harm: an unmap that is left out costs nothing where there is
 * no bounce buffer, and a wrong direction copies nothing. Elsewhere they lose data. So what is
 * said is compared, whatever the machine would have made of it:
 *
 *	map	memory on the stack, in the kernel's code or constants
 *	unmap	never mapped, or unmapped already; other size, function or direction; nobody has
 *		asked dma_mapping_error()
 *	sync	not mapped, or beyond the end of the mapping; other direction
 *	unbind	mappings that are left: the first is shown
 *
 * Worked example: a driver maps 64 bytes and unmaps 46: "DMA-API: edu 0000:00:04.0: unmaps 46
 * bytes at 0x1f000000, where 64 are mapped", with both call traces.
 *
 * Cost: a walk past the live mappings each time. When there are more than ENTRIES of them it is
 * said, and no more is checked.
 *
 * Invariants: none that others rely on.
 *
 * Locking: `lock`, with interrupts off; reports are printed outside of it. Any context.
 *
 * Left out: memory that is freed or written while a device has it.
 */
#ifdef CONFIG_DMA_API_DEBUG

#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sched/task_stack.h>
#include <linux/spinlock.h>
#include <linux/stacktrace.h>
#include <memkern/report.h>

#include "dma.h"

#define ENTRIES	    1024
#define TRACE_DEPTH 4

extern const char _stext[], __end_rodata[];

struct dma_debug_entry {
	struct list_head list;
	struct device *dev;
	dma_addr_t addr;
	size_t size;
	enum dma_debug_kind kind;
	enum dma_data_direction dir;
	bool error_checked;
	unsigned long caller[TRACE_DEPTH];
	unsigned int nr_callers;
};

static struct dma_debug_entry entries[ENTRIES];
static LIST_HEAD(spare);
static LIST_HEAD(live);
static DEFINE_SPINLOCK(lock);
static bool off;

static const char *const kind_names[] = { "single", "list", "coherent", "resource" };
static const char *const direction_names[] = { "both ways", "to the device", "from the device",
					       "no way" };

/* --- reports --------------------------------------------------------------------------------- */

static void print_mapped_by(const struct dma_debug_entry *entry)
{
	unsigned int i;

	for (i = 0; i < entry->nr_callers; i++)
		pr_err("  mapped by %pS\n", (void *)entry->caller[i]);
}

/* A copy of the entry, or NULL. */
static __printf(3, 4) void complain(const struct device *dev, const struct dma_debug_entry *entry,
				    const char *fmt, ...)
{
	char text[160];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (report_note("DMA-API: %s %s: %s", dev_driver_string(dev), dev_name(dev), text))
		return;
	pr_err("DMA-API: %s %s: %s\n", dev_driver_string(dev), dev_name(dev), text);
	if (entry)
		print_mapped_by(entry);
	dump_stack();
}

/* --- the entries: under the lock ---------------------------------------------------------------- */

static struct dma_debug_entry *new_entry(void)
{
	static bool filled;
	unsigned int i;

	for (i = 0; i < ENTRIES && !filled; i++)
		list_add(&entries[i].list, &spare);
	filled = true;
	return list_first_entry_or_null(&spare, struct dma_debug_entry, list);
}

/* The same memory may be mapped more than once: the one that is most like it. */
static struct dma_debug_entry *find(const struct dma_debug_entry *like)
{
	struct dma_debug_entry *entry, *best = NULL;
	int best_score = -1;

	list_for_each_entry(entry, &live, list) {
		int score = (entry->size == like->size) + (entry->dir == like->dir) +
			    (entry->kind == like->kind);

		if (entry->dev == like->dev && entry->addr == like->addr && score > best_score) {
			best = entry;
			best_score = score;
		}
	}
	return best;
}

/* The one that the address lies in. */
static struct dma_debug_entry *find_around(const struct device *dev, dma_addr_t addr)
{
	struct dma_debug_entry *entry;

	list_for_each_entry(entry, &live, list)
		if (entry->dev == dev && addr >= entry->addr && addr - entry->addr < entry->size)
			return entry;
	return NULL;
}

/* --- map ----------------------------------------------------------------------------------------- */

static void check_memory(struct device *dev, phys_addr_t phys, size_t size)
{
	void *address = phys < __pa(high_memory) ? phys_to_virt(phys) : NULL;

	if (!address)
		return;
	if (object_is_on_stack(address))
		complain(dev, NULL, "maps %zu bytes on the stack, at %px", size, address);
	if ((const char *)address < __end_rodata && (const char *)address + size > _stext)
		complain(dev, NULL, "maps %zu bytes of the kernel's code or constants, at %pS",
			 size, address);
}

void dma_debug_map(struct device *dev, enum dma_debug_kind kind, dma_addr_t addr, phys_addr_t phys,
		   size_t size, enum dma_data_direction dir)
{
	struct dma_debug_entry *entry;
	unsigned long flags;

	if (off || addr == DMA_MAPPING_ERROR)
		return;
	if (kind != DMA_DEBUG_RESOURCE)
		check_memory(dev, phys, size);
	spin_lock_irqsave(&lock, flags);
	entry = new_entry();
	if (entry) {
		entry->dev = dev;
		entry->addr = addr;
		entry->size = size;
		entry->kind = kind;
		entry->dir = dir;
		entry->error_checked = kind != DMA_DEBUG_SINGLE;
		entry->nr_callers = stack_trace_save(entry->caller, TRACE_DEPTH, 2);
		list_move(&entry->list, &live);
	}
	off = !entry;
	spin_unlock_irqrestore(&lock, flags);
	if (!entry)
		pr_err("DMA-API: more than %u mappings at a time: they are no longer checked\n",
		       ENTRIES);
}

/* Marks one: of several at an address each has to be asked about. */
void debug_dma_mapping_error(struct device *dev, dma_addr_t addr)
{
	struct dma_debug_entry *entry;
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	list_for_each_entry(entry, &live, list)
		if (entry->dev == dev && entry->addr == addr && !entry->error_checked) {
			entry->error_checked = true;
			break;
		}
	spin_unlock_irqrestore(&lock, flags);
}

/* --- unmap and sync --------------------------------------------------------------------------------- */

bool dma_debug_unmap(struct device *dev, enum dma_debug_kind kind, dma_addr_t addr, size_t size,
		     enum dma_data_direction dir)
{
	struct dma_debug_entry asked = {
		.dev = dev, .kind = kind, .addr = addr, .size = size, .dir = dir
	};
	struct dma_debug_entry *entry, was;
	unsigned long flags;

	if (off)
		return true;
	spin_lock_irqsave(&lock, flags);
	entry = find(&asked);
	if (entry) {
		was = *entry;
		list_move(&entry->list, &spare);
	}
	spin_unlock_irqrestore(&lock, flags);

	if (!entry) {
		complain(dev, NULL, "unmaps %zu bytes at 0x%llx, where nothing is mapped", size,
			 addr);
		return false;
	}
	if (was.kind != kind)
		complain(dev, &was, "unmaps 0x%llx as %s, which was mapped as %s", addr,
			 kind_names[kind], kind_names[was.kind]);
	if (was.size != size)
		complain(dev, &was, "unmaps %zu bytes at 0x%llx, where %zu are mapped", size, addr,
			 was.size);
	if (was.dir != dir)
		complain(dev, &was, "unmaps 0x%llx %s, which was mapped %s", addr,
			 direction_names[dir], direction_names[was.dir]);
	if (!was.error_checked)
		complain(dev, &was, "did not ask dma_mapping_error() about 0x%llx", addr);
	return true;
}

void dma_debug_sync(struct device *dev, dma_addr_t addr, size_t size, enum dma_data_direction dir)
{
	struct dma_debug_entry *entry, was;
	unsigned long flags;

	if (off)
		return;
	spin_lock_irqsave(&lock, flags);
	entry = find_around(dev, addr);
	if (entry)
		was = *entry;
	spin_unlock_irqrestore(&lock, flags);

	if (!entry)
		return complain(dev, NULL, "syncs %zu bytes at 0x%llx, where nothing is mapped",
				size, addr);
	if (addr - was.addr + size > was.size)
		complain(dev, &was, "syncs %zu bytes at 0x%llx, beyond the %zu at 0x%llx", size,
			 addr, was.size, was.addr);
	if (was.dir != dir && was.dir != DMA_BIDIRECTIONAL)
		complain(dev, &was, "syncs 0x%llx %s, which was mapped %s", addr,
			 direction_names[dir], direction_names[was.dir]);
}

/* --- unbind -------------------------------------------------------------------------------------------- */

void dma_debug_driver_gone(struct device *dev)
{
	struct dma_debug_entry *entry, *next, first;
	unsigned int nr = 0;
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	list_for_each_entry_safe(entry, next, &live, list) {
		if (entry->dev != dev)
			continue;
		first = *entry;
		nr++;
		list_move(&entry->list, &spare);
	}
	spin_unlock_irqrestore(&lock, flags);
	if (nr)
		complain(dev, &first,
			 "its driver has gone, but left %u mapping%s: the first of %zu bytes at "
			 "0x%llx, %s, %s",
			 nr, nr == 1 ? "" : "s", first.size, first.addr, kind_names[first.kind],
			 direction_names[first.dir]);
}

#endif
