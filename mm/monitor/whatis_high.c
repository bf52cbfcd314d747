// SPDX-License-Identifier: MIT
/*
 * `whatis` above the direct mapping: the vmalloc window is known by its areas, the slots of
 * kmap and of the fixmap by their numbers, and what is mapped there by the page tables.
 */
#include <linux/kernel.h>
#include <linux/pgtable.h>
#include <linux/vmalloc.h>
#include <asm/fixmap.h>

#include "../internal.h"
#include "monitor.h"

/* The end of a line: what the page tables lead to. */
static void say_mapping(unsigned long address)
{
	unsigned int level;
	pte_t *pte = lookup_address(address, &level);

	if (!pte || !pte_present(*pte)) {
		mprintf("not mapped; 'walk 0x%lx' shows why\n", address);
		return;
	}
	mprintf("a mapping of ");
	say_frame(pte_pfn(*pte) + (address % page_level_size(level) >> PAGE_SHIFT),
		  offset_in_page(address));
}

/* --- the vmalloc window ------------------------------------------------------------------ */

static void say_area(unsigned long address, const struct vmap_place *place)
{
	bool is_guard = place->has_guard && address >= place->end - PAGE_SIZE;
	unsigned int handle = handle_of_object((void *)place->start);

	mprintf("%s%s area 0x%lx", is_guard ? "guard page of the " : "", place->kind, place->start);
	if (!is_guard)
		mprintf(" + 0x%lx, page %lu", address - place->start,
			(address - place->start) >> PAGE_SHIFT);
	mprintf(" of %lu page%s", COUNTED(place->nr_pages));
	if (handle)
		mprintf(", handle #%u", handle);
	mprintf(is_guard ? ": touching it is an overrun\n" : "\n");
	if (place->caller)
		mprintf("  taken by %pS\n", place->caller);
	if (is_guard)
		return;
	mprintf("  ");
	if (place->flags & VM_IOREMAP)
		mprintf("a mapping of physical 0x%llx\n",
			(u64)place->phys + (address - place->start));
	else
		say_mapping(address);
}

static void say_window(unsigned long address)
{
	struct vmap_place place;

	switch (find_vmap_place(address, &place)) {
	case VMAP_BUSY:
		say_area(address, &place);
		break;
	case VMAP_LAZY:
		mprintf("lazily unmapped, 0x%lx to 0x%lx: nobody's, but a TLB may know it until "
			"the next purge\n",
			place.start, place.end - 1);
		break;
	case VMAP_FREE:
		mprintf("free: in a hole of the vmalloc window, 0x%lx to 0x%lx, %s\n", place.start,
			place.end - 1, size_text(place.end - place.start).text);
		break;
	case VMAP_UNKNOWN:
		break;
	}
}

/* --- the slots above ------------------------------------------------------------------------ */

static void say_fixmap(unsigned long address)
{
	unsigned int idx = __virt_to_fix(address), slot = idx - FIX_KMAP_BEGIN;

	if (idx == FIX_APIC_BASE)
		mprintf("fixmap: registers of the local APIC, ");
	else if (idx >= FIX_IO_APIC_BASE_0 && idx <= FIX_IO_APIC_BASE_END)
		mprintf("fixmap: registers of IO-APIC %u, ", idx - FIX_IO_APIC_BASE_0);
	else if (idx >= FIX_KMAP_BEGIN && idx <= FIX_KMAP_END)
		mprintf("fixmap: kmap_local slot %u of CPU %u, ", slot % KM_MAX_IDX,
			slot / KM_MAX_IDX);
	else
		mprintf("fixmap: a slot that nobody has, ");
	say_mapping(address);
}

void say_high(unsigned long address)
{
	unsigned long end;

	if (address >= VMALLOC_START && address < VMALLOC_END) {
		say_window(address);
	} else if (address >= FIXADDR_START && address < FIXADDR_TOP) {
		say_fixmap(address);
	} else if (address >= PKMAP_BASE && address < FIXADDR_START) {
		mprintf("kmap slot %lu, ", (address - PKMAP_BASE) >> PAGE_SHIFT);
		say_mapping(address);
	} else {
		mprintf("%s: ", region_of(address, &end));
		say_mapping(address);
	}
}
