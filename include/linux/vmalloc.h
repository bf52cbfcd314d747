/* SPDX-License-Identifier: MIT */
/*
 * Memory that is contiguous only by its addresses, in the vmalloc window.
 *
 * vmalloc() gives whole pages, from highmem if there is any, page-aligned, with an unmapped
 * guard page behind them; NULL if there are none to be had, or no room in the window, with a
 * report unless __GFP_NOWARN. Size 0 is a bug of the caller's: a warning, and NULL.
 *
 * May sleep, and must be allowed to: flags without __GFP_DIRECT_RECLAIM are refused with a
 * warning, and in an interrupt it is a BUG. vfree() may be called in interrupts too, where
 * it leaves the work to a workqueue, but not in an NMI. It takes the address that was given;
 * NULL is fine. After it the address faults, on other CPUs, or where it was used before,
 * perhaps not until vm_unmap_aliases(): changes are made known to the CPUs in batches.
 *
 * Behaviour: Linux 6.1; vrealloc() is that of 6.12.
 */
#ifndef _LINUX_VMALLOC_H
#define _LINUX_VMALLOC_H

#include <linux/gfp.h>
#include <linux/overflow.h>
#include <linux/types.h>
#include <asm/pgtable.h>

#define VM_IOREMAP	     0x00000001 /* registers of a device */
#define VM_ALLOC	     0x00000002 /* vmalloc() */
#define VM_MAP		     0x00000004 /* vmap()ed pages */
#define VM_USERMAP	     0x00000008 /* may be mapped by a user: zeroed */
#define VM_DMA_COHERENT	     0x00000010
#define VM_UNINITIALIZED     0x00000020 /* is being mapped or unmapped: not for readers */
#define VM_NO_GUARD	     0x00000040 /* ***DANGEROUS*** without a guard page */
#define VM_FLUSH_RESET_PERMS 0x00000100
#define VM_MAP_PUT_PAGES     0x00000200 /* vfree() drops vmap()ed pages, and kvfree()s the array */
#define VM_ALLOW_HUGE_VMAP   0x00000400

#define VMALLOC_TOTAL (VMALLOC_END - VMALLOC_START)

struct vm_struct {
	void *addr;
	unsigned long size; /* bytes, with the guard page */
	unsigned long flags;
	struct page **pages; /* nr_pages of them; NULL: whoever mapped them knows */
	unsigned int nr_pages;
	phys_addr_t phys_addr; /* VM_IOREMAP */
	const void *caller;
};

static inline size_t get_vm_area_size(const struct vm_struct *area)
{
	return area->flags & VM_NO_GUARD ? area->size : area->size - PAGE_SIZE;
}

void *vmalloc(unsigned long size) __malloc;
void *vzalloc(unsigned long size) __malloc;
/* Zeroed, aligned to SHMLBA, VM_USERMAP. */
void *vmalloc_user(unsigned long size) __malloc;
/* Of frames below 4 GiB. */
void *vmalloc_32(unsigned long size) __malloc;
void *vmalloc_32_user(unsigned long size) __malloc;
void *__vmalloc(unsigned long size, gfp_t gfp) __malloc;
/* `align` is a power of two, or the call fails. `caller` is who is shown as the owner. */
void *__vmalloc_node(unsigned long size, unsigned long align, gfp_t gfp, int node,
		     const void *caller) __malloc;
/* The same from [start, end) of the window, with the page's permissions and VM_ flags. */
void *__vmalloc_node_range(unsigned long size, unsigned long align, unsigned long start,
			   unsigned long end, gfp_t gfp, pgprot_t prot, unsigned long vm_flags,
			   int node, const void *caller) __malloc;

/* There is one node; and large pages, which vmalloc_huge() may use on Linux, are not used. */
#define vmalloc_node(size, node) ((void)(node), vmalloc(size))
#define vzalloc_node(size, node) ((void)(node), vzalloc(size))
#define vmalloc_huge(size, gfp)	 __vmalloc(size, gfp)

/* n * size bytes; NULL, without a word, where that overflows. */
static inline void *__vmalloc_array(size_t n, size_t size, gfp_t flags)
{
	size_t bytes;

	return check_mul_overflow(n, size, &bytes) ? NULL : __vmalloc(bytes, flags);
}

#define vmalloc_array(n, size)	__vmalloc_array(n, size, GFP_KERNEL)
#define __vcalloc(n, size, gfp) __vmalloc_array(n, size, (gfp) | __GFP_ZERO)
#define vcalloc(n, size)	__vcalloc(n, size, GFP_KERNEL)

/*
 * Since Linux 6.10. At least `size` bytes with the old contents; the old area stays the
 * caller's if NULL is returned. It does not move where its pages suffice: shrinking frees
 * none. vrealloc(NULL, n) is __vmalloc(n), vrealloc(p, 0) frees p and gives NULL. With
 * __GFP_ZERO in all calls what is behind the old size is zero.
 */
void *__must_check vrealloc(const void *p, size_t size, gfp_t flags);

void vfree(const void *addr);
/* Never does it at once: for any context but NMI. */
void vfree_atomic(const void *addr);

/*
 * Maps pages that the caller has, never executable, with VM_MAP as flags. vunmap() ends the
 * mapping and leaves the pages; vfree() does too, but for VM_MAP_PUT_PAGES.
 */
void *vmap(struct page **pages, unsigned int count, unsigned long flags, pgprot_t prot);
void vunmap(const void *addr);

/* The same for short times, cheaper for few pages. vm_unmap_ram() gets the same count. */
void *vm_map_ram(struct page **pages, unsigned int count, int node);
void vm_unmap_ram(const void *mem, unsigned int count);

/* No CPU can use any address that was unmapped before. Sleeps. */
void vm_unmap_aliases(void);

/* A part of the window, with a guard page, into which the caller maps what it likes. */
struct vm_struct *get_vm_area(unsigned long size, unsigned long flags);
struct vm_struct *get_vm_area_caller(unsigned long size, unsigned long flags, const void *caller);
/* Unmaps it. The area is the caller's until free_vm_area() (or the like) is called for it. */
void free_vm_area(struct vm_struct *area);
struct vm_struct *remove_vm_area(const void *addr);
/* The area that the address is in, or its guard page; NULL: none. */
struct vm_struct *find_vm_area(const void *addr);

/* Maps [addr, end) of an area that the caller has, to frames from phys on. 0, or an error. */
int ioremap_page_range(unsigned long addr, unsigned long end, phys_addr_t phys, pgprot_t prot);

/* Pages in use by vmalloc(). */
unsigned long vmalloc_nr_pages(void);

#endif
