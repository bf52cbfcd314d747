// SPDX-License-Identifier: MIT
/*
 * `vmalloc`: the areas of the vmalloc window, as /proc/vmallocinfo has them, and sums.
 *
 *	c47e0000-c47e4fff    20 KiB      4 pages vmalloc    by load+0x4a/0xd0, guard c47e4000
 *
 * Areas are looked at a few dozen at a time under vmap_lock, which is let go while they are
 * printed; the sums are those of one moment, unless the areas never stay as they are.
 */
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/pgtable.h>
#include <linux/preempt.h>
#include <linux/string.h>

#include "../internal.h"
#include "../vmalloc.h"
#include "monitor.h"

#define AREAS	 64 /* looked at in one go */
#define LINES	 64 /* unless `all` */
#define ATTEMPTS 8  /* to count while nothing changes */

bool lock_vmap_areas(void)
{
	if (in_interrupt() || irqs_disabled()) {
		mprintf("the vmalloc window cannot be looked at with interrupts off, nor in one\n");
		return false;
	}
	spin_lock(&vmap_lock);
	return true;
}

void unlock_vmap_areas(void)
{
	spin_unlock(&vmap_lock);
}

/* --- an area ----------------------------------------------------------------------------- */

static const char *kind_of(unsigned long flags)
{
	static const struct {
		unsigned long flag;
		const char *kind;
	} kinds[] = {
		{ VM_UNINITIALIZED, "changing" },
		{ VMAP_BLOCK, "vm_map_ram" },
		{ VMAP_RAM, "vm_map_ram" },
		{ VM_IOREMAP, "ioremap" },
		{ VM_USERMAP, "user" },
		{ VM_DMA_COHERENT, "dma" },
		{ VM_MAP, "vmap" },
		{ VM_ALLOC, "vmalloc" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (flags & kinds[i].flag)
			return kinds[i].kind;
	return "area";
}

static bool has_guard(unsigned long flags)
{
	return !(flags & (VM_NO_GUARD | VMAP_BLOCK | VMAP_RAM));
}

static bool is_mapped(unsigned long address)
{
	unsigned int level;
	pte_t *pte = lookup_address(address, &level);

	return pte && pte_present(*pte);
}

static void take_area(struct vmap_place *place, const struct vmap_area *va, enum vmap_state state)
{
	unsigned long address;

	place->start = va->va_start;
	place->end = va->va_end;
	if (state != VMAP_BUSY)
		return;
	place->kind = kind_of(va->vm.flags);
	place->flags = va->vm.flags;
	place->caller = va->vm.flags & VM_UNINITIALIZED ? NULL : va->vm.caller;
	place->phys = va->vm.phys_addr;
	place->has_guard = has_guard(va->vm.flags);
	place->nr_pages = 0;
	for (address = va->va_start; address < va->va_end; address += PAGE_SIZE)
		place->nr_pages += is_mapped(address);
}

static struct {
	unsigned long from;
	unsigned int nr;
	struct vmap_place place[AREAS];
} areas;

/* The next ones. */
static bool look_at_areas(void)
{
	const struct vmap_area *va;
	struct rb_node *node;

	areas.nr = 0;
	if (!lock_vmap_areas())
		return false;
	for_each_vmap_area(va, node, &vmap_busy_root)
	{
		if (va->va_start >= areas.from && areas.nr < AREAS)
			take_area(&areas.place[areas.nr++], va, VMAP_BUSY);
	}
	unlock_vmap_areas();
	return true;
}

/* --- printing ------------------------------------------------------------------------------ */

static void print_area(const struct vmap_place *place)
{
	mprintf("%08lx-%08lx %9s %6lu page%c %-10s", place->start, place->end - 1,
		size_text(place->end - place->start).text, place->nr_pages,
		place->nr_pages == 1 ? ' ' : 's', place->kind);
	if (place->caller)
		mprintf(" by %pS,", place->caller);
	if (place->flags & VM_IOREMAP)
		mprintf(" of 0x%llx,", (u64)place->phys);
	if (place->has_guard)
		mprintf(" guard %08lx\n", place->end - PAGE_SIZE);
	else
		mprintf(" no guard\n");
}

static void json_area(const struct vmap_place *place)
{
	char caller[64] = "";

	if (place->caller)
		snprintf(caller, sizeof(caller), "%pS", place->caller);
	json_begin();
	json_number("start_address", place->start);
	json_number("end_address", place->end);
	json_number("mapped_pages", place->nr_pages);
	json_text("kind", place->kind);
	json_text("caller", caller);
	json_bool("guard", place->has_guard);
	json_end();
}

/* --- sums, and whether what is counted is what was counted ---------------------------------- */

struct counted {
	unsigned long areas, busy, lazy, free, tables;
};

static void count_table(const struct pgtable_entry *entry, void *context)
{
	struct counted *counted = context;

	counted->tables += entry->level == PG_LEVEL_2M && !pgtable_is_leaf(entry) &&
			   entry->address + PMD_SIZE - 1 >= VMALLOC_START &&
			   entry->address < VMALLOC_END;
}

static void count_all(struct counted *counted)
{
	const struct vmap_area *va;
	struct rb_node *node;

	*counted = (struct counted){};
	spin_lock(&vmap_lock);
	for_each_vmap_area(va, node, &vmap_busy_root)
	{
		counted->areas++;
		counted->busy += va_size(va);
	}
	list_for_each_entry(va, &vmap_lazy_list, list)
		counted->lazy += va_size(va);
	for_each_vmap_area(va, node, &vmap_free_root) counted->free += va_size(va);
	pgtable_walk(count_table, counted);
	spin_unlock(&vmap_lock);
}

static const char *verdict(const struct vmalloc_info *info, const struct counted *counted)
{
	return counted->areas == info->areas && counted->busy == info->busy &&
			       counted->lazy == info->lazy && counted->free == info->free &&
			       counted->tables == info->tables &&
			       info->busy + info->lazy + info->free == info->end - info->start
		       ? "(verified)"
		       : "MISMATCH";
}

/* The counters, and what they should be. */
static const char *count_and_compare(struct vmalloc_info *info)
{
	struct counted counted;
	struct vmalloc_info after;
	unsigned int attempt;

	for (attempt = 0; attempt < ATTEMPTS; attempt++) {
		vmalloc_get_info(info);
		count_all(&counted);
		vmalloc_get_info(&after);
		if (!memcmp(info, &after, sizeof(after)))
			return verdict(info, &counted);
	}
	return "(not verified: areas come and go)";
}

static void print_sums(void)
{
	struct vmalloc_info info;
	const char *verified = count_and_compare(&info);

	mprintf("%lu area%s, %s busy, ", COUNTED(info.areas), size_text(info.busy).text);
	mprintf("%s lazily unmapped, ", size_text(info.lazy).text);
	mprintf("%s free, the largest hole %s; ", size_text(info.free).text,
		size_text(info.largest_free).text);
	mprintf("%lu page table%s, %lu purge%s %s\n", COUNTED(info.tables), COUNTED(info.purges),
		verified);
}

/* --- the command ------------------------------------------------------------------------------ */

static int cmd_vmalloc(int argc, char **argv)
{
	bool all = take_word(&argc, argv, "all"), json;
	unsigned long shown = 0, hidden = 0;
	unsigned int i;

	if (listing_arguments(argc, argv, &json))
		return -EINVAL;
	areas.from = 0;
	do {
		if (!look_at_areas())
			return -EBUSY;
		for (i = 0; i < areas.nr; i++) {
			if (json)
				json_area(&areas.place[i]);
			else if (all || shown++ < LINES)
				print_area(&areas.place[i]);
			else
				hidden++;
			areas.from = areas.place[i].end;
		}
	} while (areas.nr == AREAS);
	if (json)
		return 0;
	if (hidden)
		mprintf("... and %lu more; 'vmalloc all' shows them\n", hidden);
	print_sums();
	return 0;
}

MONITOR_COMMAND("vmalloc", "[all] [--json]", "the areas of the vmalloc window, and its holes",
		cmd_vmalloc);

static int cmd_vmalloc_purge(int argc, char **argv)
{
	unsigned long before = vmap_stats.lazy;

	if (argc != 1)
		return monitor_usage(argv[0]);
	if (!preemptible()) {
		mprintf("a purge waits for all CPUs: it is not for a context that cannot sleep\n");
		return -EBUSY;
	}
	vm_unmap_aliases();
	mprintf("no TLB knows an address that was unmapped before: %s may be used again\n",
		size_text(before).text);
	return 0;
}

MONITOR_COMMAND("vmalloc purge", "", "end lazy unmappings now: vm_unmap_aliases()",
		cmd_vmalloc_purge);

/* --- for others: where in the window an address is -------------------------------------------- */

/* The hole that the address is in, the lazy area, or NULL. Under vmap_lock. */
static const struct vmap_area *find_lazy(unsigned long address)
{
	const struct vmap_area *va;

	list_for_each_entry(va, &vmap_lazy_list, list)
		if (address - va->va_start < va_size(va))
			return va;
	return NULL;
}

static const struct vmap_area *find_free(unsigned long address)
{
	const struct vmap_area *va;
	struct rb_node *node;

	for_each_vmap_area(va, node,
			   &vmap_free_root) if (address - va->va_start < va_size(va)) return va;
	return NULL;
}

enum vmap_state find_vmap_place(unsigned long address, struct vmap_place *place)
{
	enum vmap_state state = VMAP_UNKNOWN;
	const struct vmap_area *va;

	*place = (struct vmap_place){};
	if (!lock_vmap_areas())
		return VMAP_UNKNOWN;
	if ((va = __find_vmap_area(address)))
		state = VMAP_BUSY;
	else if ((va = find_lazy(address)))
		state = VMAP_LAZY;
	else if ((va = find_free(address)))
		state = VMAP_FREE;
	if (va)
		take_area(place, va, state);
	unlock_vmap_areas();
	return state;
}

static bool has_page(const struct vmap_area *va, const struct page *page, unsigned long *index)
{
	if ((va->vm.flags & VMAP_NOT_TO_CLAIM) || !va->vm.pages)
		return false;
	for (*index = 0; *index < va->vm.nr_pages; ++*index)
		if (va->vm.pages[*index] == page)
			return true;
	return false;
}

bool find_vmap_page(const struct page *page, unsigned long *start, unsigned long *index)
{
	const struct vmap_area *va;
	struct rb_node *node;
	bool found = false;

	if (in_interrupt() || irqs_disabled() || !lock_vmap_areas())
		return false;
	for_each_vmap_area(va, node, &vmap_busy_root)
	{
		found = has_page(va, page, index);
		*start = va->va_start;
		if (found)
			break;
	}
	unlock_vmap_areas();
	return found;
}
