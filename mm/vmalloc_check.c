// SPDX-License-Identifier: MIT
/*
 * Is the vmalloc window what its files say? The invariants are theirs, by name.
 *
 * One pass by address over both trees and the lazy list, sorted, must meet each byte of the
 * window once; on the way each area is compared with the page tables:
 *
 *	free        lazy        busy: VM_ALLOC           busy: others
 *	[.........] [.........] [p0 p1 p2 p3 guard]      [? ? ? guard]
 *	 nothing mapped          exactly vm.pages, guard not mapped
 *
 * Worked example: a free area that is 4 KiB too long overlaps the next busy one: where the
 * pass expects the first to begin after the free one's end it begins before. I-vmap_area-1.
 *
 * Cost: some 15 instructions a page of the window's areas that have page tables, 200 an area.
 *
 * Locking: vmap_lock for all of it, so every area is seen in one of its states; one that
 * is VM_UNINITIALIZED is not looked into. Process context, interrupts on. The lazy list is sorted
 * for it: a purge on another CPU may leave lazy what was so before it began.
 */
#include <linux/kernel.h>
#include <linux/list_sort.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <asm/tlbflush.h>

#include "internal.h"
#include "vmalloc.h"

static struct vmap_area *to_va(struct rb_node *node)
{
	return node ? rb_entry(node, struct vmap_area, rb_node) : NULL;
}

/* --- page tables ------------------------------------------------------------------- */

static bool is_mapped(unsigned long address)
{
	pte_t *pte = virt_to_kpte(address);

	return pte && !pte_none(*pte);
}

/* Nothing in [start, end) has an entry. */
static int check_unmapped(const char *invariant, const char *what, unsigned long start,
			  unsigned long end)
{
	unsigned long address = start;

	while (address < end) {
		if (!virt_to_kpte(address)) {
			address = (address & PMD_MASK) + PMD_SIZE;
			continue;
		}
		if (is_mapped(address))
			return mm_problem(invariant, "%08lx is mapped, in %s %08lx-%08lx", address,
					  what, start, end);
		address += PAGE_SIZE;
	}
	return 0;
}

/* Where the window is free for the length of a table, or for what it has of it, there is none. */
static int check_no_tables(const struct vmap_area *va)
{
	unsigned long slot = va->va_start, end = va->va_end;
	int found = 0;

	slot = slot == vmap_stats.start ? round_down(slot, PMD_SIZE) : round_up(slot, PMD_SIZE);
	end = end == vmap_stats.end ? round_up(end, PMD_SIZE) : round_down(end, PMD_SIZE);
	for (; slot < end; slot += PMD_SIZE)
		if (virt_to_kpte(slot))
			found += mm_problem("I-vmalloc-3", "a page table for %08lx, which is free",
					    slot);
	return found;
}

static int check_pages(const struct vmap_area *va)
{
	const struct vm_struct *vm = &va->vm;
	unsigned int i;

	if (vm->nr_pages != get_vm_area_size(vm) >> PAGE_SHIFT)
		return mm_problem("I-vmalloc-1", "%08lx: %u pages for %zu bytes", va->va_start,
				  vm->nr_pages, get_vm_area_size(vm));
	for (i = 0; i < vm->nr_pages; i++) {
		pte_t *pte = virt_to_kpte(va->va_start + i * PAGE_SIZE);

		if (!pte || pte_none(*pte) || pte_page(*pte) != vm->pages[i])
			return mm_problem("I-vmalloc-1", "%08lx: page %u is not what is mapped",
					  va->va_start, i);
	}
	return 0;
}

/* --- areas ------------------------------------------------------------------------- */

static int check_block(const struct vmap_area *va)
{
	const struct vmap_block *block = va->block;
	unsigned int i, used = 0;
	int found = 0;

	for (i = 0; i < VMAP_BLOCK_PAGES; i++) {
		bool in_use = test_bit(i, block->used);

		used += in_use;
		if (in_use ? i >= block->next : test_bit(i, block->starts))
			found += mm_problem("I-vmap_block-1", "%08lx: page %u of %u %s in use",
					    va->va_start, i, block->next, in_use ? "is" : "is not");
		if (!in_use && is_mapped(va->va_start + i * PAGE_SIZE))
			found += mm_problem("I-vmap_block-2", "%08lx: page %u is mapped, not used",
					    va->va_start, i);
	}
	if (used != block->live)
		found += mm_problem("I-vmap_block-1", "%08lx: %u pages live, found %u",
				    va->va_start, block->live, used);
	if (!block->live && !vmap_block_is_current(block))
		found += mm_problem("I-vmap_block-3", "%08lx: nothing lives in it, and it stays",
				    va->va_start);
	return found;
}

static int check_busy(const struct vmap_area *va)
{
	const struct vm_struct *vm = &va->vm;
	unsigned long guard = va->va_start + get_vm_area_size(vm);

	if (vm->flags & (VM_UNINITIALIZED | VMAP_RAM))
		return 0;
	if (vm->flags & VMAP_BLOCK)
		return check_block(va);
	if (vm->addr != (void *)va->va_start || vm->size != va_size(va))
		return mm_problem("I-vmalloc-1", "%08lx-%08lx says it is %px, %lu bytes",
				  va->va_start, va->va_end, vm->addr, vm->size);
	return (vm->pages ? check_pages(va) : 0) +
	       check_unmapped("I-vmalloc-2", "the guard page of", guard, va->va_end);
}

static int check_subtree(struct rb_node *node)
{
	struct vmap_area *va = to_va(node), *left = to_va(node->rb_left),
			 *right = to_va(node->rb_right);
	unsigned long largest = va_size(va);

	if (left)
		largest = max(largest, left->subtree_max_size);
	if (right)
		largest = max(largest, right->subtree_max_size);
	if (va->subtree_max_size == largest)
		return 0;
	return mm_problem("I-vmap_area-3", "%08lx: subtree_max_size %#lx, found %#lx", va->va_start,
			  va->subtree_max_size, largest);
}

static int by_address(void *unused, const struct list_head *a, const struct list_head *b)
{
	return list_entry(a, struct vmap_area, list)->va_start >
	       list_entry(b, struct vmap_area, list)->va_start;
}

/* What a recount must come to; and how far the pass is. */
struct pass {
	unsigned long reached;
	unsigned long areas, busy, lazy_areas, lazy, free_areas, nr_pages;
	bool after_free;
	int found;
};

static void step(struct pass *pass, const struct vmap_area *va)
{
	if (va->va_start != pass->reached || va->va_end <= va->va_start)
		pass->found += mm_problem("I-vmap_area-1", "%08lx-%08lx follows what ends at %08lx",
					  va->va_start, va->va_end, pass->reached);
	pass->reached = va->va_end;
}

static void step_free(struct pass *pass, struct vmap_area *va)
{
	step(pass, va);
	pass->free_areas++;
	if (pass->after_free)
		pass->found +=
			mm_problem("I-vmap_area-2", "free areas touch at %08lx", va->va_start);
	pass->after_free = true;
	pass->found += check_subtree(&va->rb_node) + check_no_tables(va) +
		       check_unmapped("I-vmalloc-2", "free", va->va_start, va->va_end);
}

static void step_busy(struct pass *pass, struct vmap_area *va)
{
	step(pass, va);
	pass->after_free = false;
	pass->areas++;
	pass->busy += va_size(va);
	if (va->vm.flags & VM_ALLOC)
		pass->nr_pages += (va_size(va) >> PAGE_SHIFT) - !(va->vm.flags & VM_NO_GUARD);
	pass->found += check_busy(va);
}

static void step_lazy(struct pass *pass, struct vmap_area *va)
{
	step(pass, va);
	pass->after_free = false;
	pass->lazy_areas++;
	pass->lazy += va_size(va);
	pass->found += check_unmapped("I-vmalloc-2", "lazy", va->va_start, va->va_end);
}

static int check_counter(const char *name, unsigned long value, unsigned long counted)
{
	return value == counted
		       ? 0
		       : mm_problem("I-vmap_area-4", "%s: %lu, counted %lu", name, value, counted);
}

int __vmalloc_check(void)
{
	struct pass pass = { .found = 0 };
	struct vmap_area *free, *busy, *lazy;

	list_sort(NULL, &vmap_lazy_list, by_address);
	free = to_va(rb_first(&vmap_free_root));
	busy = to_va(rb_first(&vmap_busy_root));
	lazy = list_first_entry_or_null(&vmap_lazy_list, struct vmap_area, list);
	pass.reached = vmap_stats.start;
	while (free || busy || lazy) {
		unsigned long next_free = free ? free->va_start : ULONG_MAX;
		unsigned long next_busy = busy ? busy->va_start : ULONG_MAX;
		unsigned long next_lazy = lazy ? lazy->va_start : ULONG_MAX;

		if (free && next_free <= min(next_busy, next_lazy)) {
			step_free(&pass, free);
			free = to_va(rb_next(&free->rb_node));
		} else if (busy && next_busy <= next_lazy) {
			step_busy(&pass, busy);
			busy = to_va(rb_next(&busy->rb_node));
		} else {
			step_lazy(&pass, lazy);
			lazy = list_is_last(&lazy->list, &vmap_lazy_list)
				       ? NULL
				       : list_next_entry(lazy, list);
		}
	}
	if (pass.reached != vmap_stats.end)
		pass.found += mm_problem("I-vmap_area-1", "the last area ends at %08lx, not %08lx",
					 pass.reached, vmap_stats.end);
	pass.found += check_counter("areas", vmap_stats.areas, pass.areas) +
		      check_counter("busy", vmap_stats.busy, pass.busy) +
		      check_counter("lazy_areas", vmap_stats.lazy_areas, pass.lazy_areas) +
		      check_counter("lazy", vmap_stats.lazy, pass.lazy) +
		      check_counter("free_areas", vmap_stats.free_areas, pass.free_areas) +
		      check_counter("nr_pages", vmap_stats.nr_pages, pass.nr_pages);
	return pass.found;
}

int vmalloc_check(void)
{
	int found;

	spin_lock(&vmap_lock);
	found = __vmalloc_check();
	spin_unlock(&vmap_lock);
	return found;
}
