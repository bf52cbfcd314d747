// SPDX-License-Identifier: MIT
/*
 * vm_map_ram(): pages mapped for a short time, few at once.
 *
 * An area of its own for two pages costs two objects' work in the trees and a part of a purge.
 * Here each CPU has a block of the window, one busy area, and gives its pages out from the
 * start to the end, never twice:
 *
 *	0            next                       256
 *	[aa.bbb..cccc|                          ]	live: 9 pages
 *	 |  |          the next request is here
 *	 |  still mapped (used)
 *	 unmapped: not given out again, as a TLB may know it
 *
 * A request that does not fit any more makes the CPU leave the block and take a new one. A
 * block that was left becomes lazy with the last page that is unmapped in it. So 256 pages
 * share one tree operation each way, and one place in a purge.
 *
 * Worked example: a CPU maps and unmaps 3 pages at a time. 85 times they come from one block;
 * the 86th would need pages 255 to 257: a new block, and the old one, with no page live, is lazy.
 *
 * More than VMAP_MAX_ALLOC pages get an area of their own.
 *
 * Cost: about 60 instructions and 10 a page, each way.
 *
 * Invariants, checked by vmalloc_check():
 *	I-vmap_block-1  live is the number of used pages, which all lie below next; where a
 *			mapping starts a page is used
 *	I-vmap_block-2  a page that is not used is not mapped
 *	I-vmap_block-3  a block without a live page is some CPU's
 *
 * Locking: vmap_lock, as everything in vmap_area.c. The pages are mapped without it, as that
 * may sleep: used pages are their user's. Process context.
 *
 * Left out: taking up the rest of a block that was left.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <asm/barrier.h>
#include <asm/tlbflush.h>

#include "internal.h"
#include "vmalloc.h"

static DEFINE_PER_CPU(struct vmap_block *, current_block);

/* Pages were unmapped in blocks that are not lazy yet: no purge would tell the TLBs. */
static bool blocks_are_stale;

bool vmap_block_is_current(const struct vmap_block *block)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		if (per_cpu(current_block, cpu) == block)
			return true;
	return false;
}

static void free_block(struct vmap_block *block)
{
	if (!block)
		return;
	free_vmap_area_lazily(block->va);
	kfree(block);
}

/*
 * The block is no CPU's any more. Returns it if it is to be freed, claimed already: no page is
 * live in it. Under vmap_lock.
 */
static struct vmap_block *leave_block(struct vmap_block **current_one)
{
	struct vmap_block *block = *current_one;

	*current_one = NULL;
	if (!block || block->live)
		return NULL;
	block->va->vm.flags |= VM_UNINITIALIZED;
	return block;
}

/* Claimed, until a CPU has it and pages of it are used. */
static struct vmap_block *new_block(const void *caller)
{
	struct vmap_block *block = kzalloc(sizeof(*block), GFP_KERNEL);

	if (!block)
		return NULL;
	block->va = alloc_vmap_area(VMAP_BLOCK_PAGES << PAGE_SHIFT, PAGE_SIZE, VMALLOC_START,
				    VMALLOC_END, GFP_KERNEL, VMAP_BLOCK);
	if (!block->va) {
		kfree(block);
		return NULL;
	}
	block->va->block = block;
	init_vm(block->va, va_size(block->va), caller);
	return block;
}

/* Room for `count` pages in this CPU's block, which `fresh` becomes if there is none. 0: no room. */
static unsigned long take_pages(unsigned int count, struct vmap_block **fresh)
{
	struct vmap_block **current_one, *block, *left = NULL;
	unsigned long address = 0;

	spin_lock(&vmap_lock);
	current_one = this_cpu_ptr(&current_block);
	block = *current_one;
	if (block && block->next + count > VMAP_BLOCK_PAGES) {
		left = leave_block(current_one);
		block = NULL;
	}
	if (!block && *fresh) {
		block = *current_one = *fresh;
		*fresh = NULL;
		block->va->vm.flags = VMAP_BLOCK;
	}
	if (block) {
		address = block->va->va_start + (block->next << PAGE_SHIFT);
		bitmap_set(block->used, block->next, count);
		__set_bit(block->next, block->starts);
		block->next += count;
		block->live += count;
	}
	spin_unlock(&vmap_lock);
	free_block(left);
	return address;
}

static unsigned long alloc_in_block(unsigned int count, const void *caller)
{
	struct vmap_block *fresh = NULL;
	unsigned long address = take_pages(count, &fresh);

	if (address)
		return address;
	fresh = new_block(caller);
	if (!fresh)
		return 0;
	address = take_pages(count, &fresh);
	/* Another thread, or CPU, brought one meanwhile: with room for us. */
	free_block(fresh);
	return address;
}

static unsigned long alloc_area(unsigned int count, const void *caller)
{
	unsigned long size = (unsigned long)count << PAGE_SHIFT;
	struct vmap_area *va;

	if (are_too_many_pages(count))
		return 0;
	va = alloc_vmap_area(size, PAGE_SIZE, VMALLOC_START, VMALLOC_END, GFP_KERNEL, VMAP_RAM);
	if (!va)
		return 0;
	init_vm(va, size, caller);
	smp_store_release(&va->vm.flags, VMAP_RAM);
	return va->va_start;
}

void *vm_map_ram(struct page **pages, unsigned int count, int node)
{
	const void *caller = __builtin_return_address(0);
	unsigned long address;

	if (!process_context_only() || WARN_ON_ONCE(!count))
		return NULL;
	address = count <= VMAP_MAX_ALLOC ? alloc_in_block(count, caller)
					  : alloc_area(count, caller);
	if (!address)
		return NULL;
	if (vmap_pages(address, pages, count, PAGE_KERNEL, GFP_KERNEL)) {
		vm_unmap_ram((void *)address, count);
		return NULL;
	}
	return (void *)address;
}

/* Is that what vm_map_ram() gave, no more and no less? */
static bool is_mapped_ram(const struct vmap_area *va, unsigned long address, unsigned int count)
{
	unsigned long first = (address - va->va_start) >> PAGE_SHIFT, end;

	if (va->vm.flags == VMAP_RAM)
		return address == va->va_start && va_size(va) >> PAGE_SHIFT == count;
	if (va->vm.flags != VMAP_BLOCK || !PAGE_ALIGNED(address) ||
	    !test_bit(first, va->block->starts))
		return false;
	end = min(find_next_zero_bit(va->block->used, VMAP_BLOCK_PAGES, first),
		  find_next_bit(va->block->starts, VMAP_BLOCK_PAGES, first + 1));
	return end - first == count;
}

/* Under vmap_lock. Returns the block if it is to be freed, claimed already. */
static struct vmap_block *unmap_in_block(struct vmap_block *block, unsigned long address,
					 unsigned int count)
{
	unsigned int first = (address - block->va->va_start) >> PAGE_SHIFT;

	vunmap_pages(address, address + ((unsigned long)count << PAGE_SHIFT));
	bitmap_clear(block->used, first, count);
	__clear_bit(first, block->starts);
	block->live -= count;
	blocks_are_stale = true;
	return vmap_block_is_current(block) ? NULL : leave_block(&block);
}

void vm_unmap_ram(const void *mem, unsigned int count)
{
	unsigned long address = (unsigned long)mem;
	struct vmap_block *block = NULL;
	struct vmap_area *va;
	bool whole = false;

	if (!process_context_only())
		return;
	spin_lock(&vmap_lock);
	va = __find_vmap_area(address);
	if (va && !is_mapped_ram(va, address, count))
		va = NULL;
	if (va && va->vm.flags == VMAP_BLOCK) {
		block = unmap_in_block(va->block, address, count);
	} else if (va) {
		va->vm.flags |= VM_UNINITIALIZED;
		whole = true;
	}
	spin_unlock(&vmap_lock);

	WARN(!va, "vm_unmap_ram() of %u pages at %p, where so many were not mapped\n", count, mem);
	if (whole) {
		vunmap_pages(va->va_start, va->va_end);
		free_vmap_area_lazily(va);
	}
	free_block(block);
}

void vmap_blocks_purge(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		struct vmap_block **current_one = per_cpu_ptr(&current_block, cpu);
		struct vmap_block *block = NULL;

		spin_lock(&vmap_lock);
		if (*current_one && !(*current_one)->live)
			block = leave_block(current_one);
		spin_unlock(&vmap_lock);
		free_block(block);
	}
	/* Under the lock, so that nobody who comes meanwhile takes it for done. */
	spin_lock(&vmap_lock);
	if (blocks_are_stale)
		flush_tlb_all();
	blocks_are_stale = false;
	spin_unlock(&vmap_lock);
}
