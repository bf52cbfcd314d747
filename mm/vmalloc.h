/* SPDX-License-Identifier: MIT */
/* The vmalloc window, for the files of mm/ that manage it, look at it, or test it. */
#ifndef _MM_VMALLOC_H
#define _MM_VMALLOC_H

#include <linux/bitmap.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>

/* Of the flags of a request: what holds for the small things that it needs as well. */
#define GFP_RECLAIM_MASK                                                                         \
	(__GFP_RECLAIM | __GFP_HIGH | __GFP_IO | __GFP_FS | __GFP_NOWARN | __GFP_RETRY_MAYFAIL | \
	 __GFP_NOFAIL | __GFP_NORETRY | __GFP_MEMALLOC | __GFP_NOMEMALLOC)

#define VMAP_FEW_PAGES 16 /* an area of so many needs no array of its own: 64 KiB */

#define VMAP_MAX_ALLOC	 32 /* vm_map_ram() of so many pages is served from a block */
#define VMAP_BLOCK_PAGES 256

/* A busy area whose pages vm_map_ram() gives out one after the other: see vmap_block.c. */
struct vmap_block {
	struct vmap_area *va;
	unsigned int next; /* from there on no page was given out */
	unsigned int live; /* pages in use */
	DECLARE_BITMAP(used, VMAP_BLOCK_PAGES);
	DECLARE_BITMAP(starts,
		       VMAP_BLOCK_PAGES); /* a mapping's first page: it ends before the next */
};

/*
 * One range of the window, in one of three states; vmap_area.c tells how it changes:
 *   free   in the free tree, no page mapped
 *   busy   in the busy tree, somebody's
 *   lazy   in the lazy list: nothing mapped, but a TLB may not know that yet
 * One object serves for all, so that to free never needs memory.
 */
struct vmap_area {
	unsigned long va_start, va_end; /* [start, end), with the guard page if there is one */
	struct rb_node rb_node;		/* free tree, busy tree: by address */
	union {
		unsigned long subtree_max_size; /* free: the largest in its subtree */
		struct list_head list;		/* lazy */
		struct vmap_block *block;	/* busy, vm.flags == VMAP_BLOCK */
	};
	struct vm_struct vm; /* busy */
	struct page *few_pages[VMAP_FEW_PAGES];
};

/* vm.flags of what vm_map_ram() uses, beside Linux's bits. */
#define VMAP_RAM   0x10000000 /* a whole area of its own */
#define VMAP_BLOCK 0x20000000 /* a block, shared by small ones */

/* Not for vfree(): somebody else is about to free it, or is still making it, or vm_unmap_ram() will. */
#define VMAP_NOT_TO_CLAIM (VM_UNINITIALIZED | VMAP_RAM | VMAP_BLOCK)

static inline unsigned long va_size(const struct vmap_area *va)
{
	return va->va_end - va->va_start;
}

/* What a new area says of itself; va_size() is `size`. */
static inline void init_vm(struct vmap_area *va, unsigned long size, const void *caller)
{
	va->vm.addr = (void *)va->va_start;
	va->vm.size = size;
	va->vm.pages = NULL;
	va->vm.nr_pages = 0;
	va->vm.phys_addr = 0;
	va->vm.caller = caller;
}

/* More than there can be: as bytes, the number might wrap. */
static inline bool are_too_many_pages(unsigned int count)
{
	return count > totalram_pages() || count > VMALLOC_TOTAL >> PAGE_SHIFT;
}

/* --- vmap_area.c ----------------------------------------------------------------- */

/* The trees and lists. Process context, interrupts on: a flush is waited for under it. */
extern spinlock_t vmap_lock;
extern struct rb_root vmap_free_root, vmap_busy_root;
extern struct list_head vmap_lazy_list;
extern struct vmalloc_info vmap_stats;

/* The window is [start, end), all free. Boot. */
void vmap_area_init(unsigned long start, unsigned long end);

/*
 * The lowest free range of `size` bytes at a multiple of `align` within [start, end), busy
 * with vm.flags `flags` and VM_UNINITIALIZED. If align is more than a page, the lowest in a free
 * area that has room for it wherever that begins, if there is one. Purges before it gives up. NULL: no room, or no
 * memory.
 */
struct vmap_area *alloc_vmap_area(unsigned long size, unsigned long align, unsigned long start,
				  unsigned long end, gfp_t gfp, unsigned long flags);
/* The busy area that contains the address, or NULL. Under vmap_lock, or of one's own. */
struct vmap_area *__find_vmap_area(unsigned long addr);
/* The same with the lock taken and given back. NULL, and a report, where it must not be. */
struct vmap_area *find_vmap_area(unsigned long addr);
/* For whoever frees: the area that starts there becomes VM_UNINITIALIZED. NULL: there is none. */
struct vmap_area *claim_vmap_area(unsigned long addr);
/* A claimed area whose pages are unmapped becomes lazy. May purge. */
void free_vmap_area_lazily(struct vmap_area *va);
/* Lazy areas become free, when all CPUs' TLBs have forgotten them. False: there was none. */
bool purge_vmap_areas(void);

/* Under vmap_lock, by address, until the function returns non-zero, which is returned. */
int vmap_for_each_busy(int (*visit)(struct vmap_area *va, void *context), void *context);

struct vmalloc_info {
	unsigned long start, end;	/* the window */
	unsigned long areas, busy;	/* number, bytes with guard pages */
	unsigned long lazy_areas, lazy; /* the same */
	unsigned long lazy_max;		/* lazy bytes at which a purge is made */
	unsigned long free_areas, free; /* the same */
	unsigned long largest_free;	/* bytes */
	unsigned long purges;		/* since the boot */
	unsigned long nr_pages;		/* that vmalloc() has allocated and not freed */
	unsigned long tables;		/* page tables in the window */
};

void vmalloc_get_info(struct vmalloc_info *info);

/* --- vmalloc.c, vmap_block.c, vmalloc_check.c --------------------------------------- */

/*
 * Before vmap_lock is taken. Elsewhere that is a bug, which is reported; and with interrupts off
 * it must not be done: whoever has the lock may wait until this CPU has flushed its TLB. False.
 */
bool __process_context_only(void);
static inline bool process_context_only(void)
{
	return likely(preemptible()) || __process_context_only();
}

/* After kmem_cache_init(). */
void vmalloc_init(void);
/* Entries for nr pages; or an error, with some made. The tables are allocated with `gfp`. */
int vmap_pages(unsigned long address, struct page **pages, unsigned long nr, pgprot_t prot,
	       gfp_t gfp);
/* Clears entries. No TLB is told: the addresses have to become lazy, or the like. */
void vunmap_pages(unsigned long address, unsigned long end);
/*
 * Blocks without a page in use become lazy. No TLB knows what was unmapped in the others.
 * Process context.
 */
void vmap_blocks_purge(void);
/* Does a CPU give out its pages? Under vmap_lock. */
bool vmap_block_is_current(const struct vmap_block *block);
/* The invariants of vmap_area.c, vmalloc.c and vmap_block.c. */
int vmalloc_check(void);
/* The same under vmap_lock. */
int __vmalloc_check(void);

#endif
