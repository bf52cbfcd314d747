// SPDX-License-Identifier: MIT
/*
 * vmalloc(): pages from anywhere, at addresses that follow each other.
 *
 * A large block of pages that lie together is hard to find once memory has been used for a
 * while; single pages are not. The window has addresses that are nobody's, and page tables
 * make any page appear at any of them:
 *
 *	window	 c8800000   c8801000   c8802000   c8803000
 *		[ page 0 ] [ page 1 ] [ page 2 ] [ guard  ]
 *		     |          |          |      not mapped: an overrun faults
 *	frames	   51c3       0a77       51c4
 *
 * So it takes three things: a range of addresses (vmap_area.c), pages (page_bulk.c; highmem
 * first, as nobody needs their addresses in the direct mapping), and entries in page tables,
 * of which some may have to be made first. What cannot be had makes all of it go back.
 * vmap() takes the pages from its caller, ioremap() takes no pages at all.
 *
 * vfree() goes the other way, but for one step: it clears the entries and gives the pages back,
 * and leaves the TLBs alone. A CPU that used an address may read through it until the
 * addresses are purged; that is a bug of its owner's that is seen late, and nobody else's
 * harm, as nobody gets the addresses until then.
 *
 * Worked example: vmalloc(9000) takes 4 pages of addresses, c8800000 to c8804000, pages 51c3,
 * 0a77 and 51c4, and writes three entries into the table of c8800000. These three pages are
 * listed in the area's own object, as there are no more than VMAP_FEW_PAGES.
 *
 * Who frees an area? Whoever claims it, under vmap_lock: then it is VM_UNINITIALIZED, which
 * it was while it was made, and a second vfree() of the same address finds nothing.
 *
 * Cost: some 880 instructions for vmalloc() and vfree() of a page, a purge's share included, and
 * 100 for each further one; a table of 2 MiB that has to be made, 1,500.
 *
 * Invariants, checked by vmalloc_check():
 *	I-vmalloc-1  an area says where it is; each page in vm.pages is mapped, in this order
 *	I-vmalloc-2  nothing is mapped in a guard page, a free or a lazy area
 *	I-vmalloc-3  a page table of the window has a busy or lazy area below it
 *
 * Locking: an area that was made, and not yet claimed, is its owner's. The entries of its
 * pages are written without a lock, plainly: nobody else writes them, and its page tables stay.
 * Process context, but for vfree() and vfree_atomic().
 *
 * Left out: large pages in the window; executable ones (nothing writes code); pages for users.
 */
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/panic.h>
#include <linux/percpu.h>
#include <linux/pgtable.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <asm/tlbflush.h>

#include "internal.h"
#include "vmalloc.h"

/* --- mapping --------------------------------------------------------------------- */

/* How many entries of [address, end) are in the table of `address`. */
static unsigned long entries_in_table(unsigned long address, unsigned long end)
{
	return (min(end, (address & PMD_MASK) + PMD_SIZE) - address) >> PAGE_SHIFT;
}

/* Never executable: such a page would have to be read-only, and nobody here writes code. */
int vmap_pages(unsigned long address, struct page **pages, unsigned long nr, pgprot_t prot,
	       gfp_t gfp)
{
	pteval_t flags = (pgprot_val(prot) | _PAGE_NX) & __supported_pte_mask;
	unsigned long end = address + (nr << PAGE_SHIFT);

	while (address < end) {
		unsigned long run = entries_in_table(address, end);
		pte_t *pte = virt_to_kpte(address);

		if (unlikely(!pte)) {
			pte = __pte_alloc_kernel(pmd_off_k(address), address, gfp);
			if (!pte)
				return -ENOMEM;
		}
		address += run << PAGE_SHIFT;
		while (run--) {
			struct page *page = *pages++;

			if (WARN_ON(!page))
				return -EINVAL;
			set_pte(pte++, __pte(PFN_PHYS(page_to_pfn(page)) | flags));
		}
	}
	return 0;
}

int ioremap_page_range(unsigned long addr, unsigned long end, phys_addr_t phys, pgprot_t prot)
{
	for (; addr < end; addr += PAGE_SIZE, phys += PAGE_SIZE) {
		pte_t *pte = pte_alloc_kernel(pmd_off_k(addr), addr);

		if (!pte)
			return -ENOMEM;
		set_pte(pte, pfn_pte(PHYS_PFN(phys), prot));
	}
	return 0;
}

/* No TLB is flushed: who unmaps sees to it that the addresses become lazy. */
void vunmap_pages(unsigned long address, unsigned long end)
{
	while (address < end) {
		unsigned long i, run = entries_in_table(address, end);
		pte_t *pte = virt_to_kpte(address);

		for (i = 0; pte && i < run; i++)
			pte_clear(&pte[i]);
		address += run << PAGE_SHIFT;
	}
}

struct page *vmalloc_to_page(const void *address)
{
	unsigned long pfn = vmalloc_to_pfn(address);

	return pfn && pfn_valid(pfn) ? pfn_to_page(pfn) : NULL;
}

unsigned long vmalloc_to_pfn(const void *address)
{
	unsigned int level;
	pte_t *pte;

	if (WARN_ON_ONCE(!is_vmalloc_addr(address)))
		return 0;
	pte = lookup_address((unsigned long)address, &level);
	return pte && pte_present(*pte) ? pte_pfn(*pte) : 0;
}

/* --- areas ----------------------------------------------------------------------- */

bool __process_context_only(void)
{
	BUG_ON(in_interrupt());
	might_sleep();
	return !irqs_disabled() || num_online_cpus() == 1;
}

static __always_inline struct vmap_area *get_area(unsigned long size, unsigned long align,
						  unsigned long flags, unsigned long start,
						  unsigned long end, gfp_t gfp, const void *caller)
{
	struct vmap_area *va;

	size = PAGE_ALIGN(size);
	if (!(flags & VM_NO_GUARD))
		size += PAGE_SIZE;
	if (size <= PAGE_SIZE && !(flags & VM_NO_GUARD)) /* the sum has wrapped */
		return NULL;
	va = alloc_vmap_area(size, align, start, end, gfp, flags);
	if (!va)
		return NULL;
	init_vm(va, size, caller);
	return va;
}

/* From now on others may look at it, and free it. */
static inline void area_is_made(struct vmap_area *va)
{
	smp_store_release(&va->vm.flags, va->vm.flags & ~VM_UNINITIALIZED);
}

struct vm_struct *get_vm_area_caller(unsigned long size, unsigned long flags, const void *caller)
{
	struct vmap_area *va;

	if (!process_context_only())
		return NULL;
	va = get_area(size, PAGE_SIZE, flags, 0, ULONG_MAX, GFP_KERNEL, caller);
	if (!va)
		return NULL;
	area_is_made(va);
	return &va->vm;
}

struct vm_struct *get_vm_area(unsigned long size, unsigned long flags)
{
	return get_vm_area_caller(size, flags, __builtin_return_address(0));
}

struct vm_struct *find_vm_area(const void *addr)
{
	struct vmap_area *va = find_vmap_area((unsigned long)addr);

	return va && !(va->vm.flags & (VMAP_RAM | VMAP_BLOCK)) ? &va->vm : NULL;
}

static void unmap_area(struct vmap_area *va)
{
	vunmap_pages(va->va_start, va->va_start + get_vm_area_size(&va->vm));
}

struct vm_struct *remove_vm_area(const void *addr)
{
	struct vmap_area *va;

	va = process_context_only() ? claim_vmap_area((unsigned long)addr) : NULL;
	if (!va)
		return NULL;
	unmap_area(va);
	return &va->vm;
}

void free_vm_area(struct vm_struct *area)
{
	struct vmap_area *va = container_of(area, struct vmap_area, vm);

	if (READ_ONCE(area->flags) & VM_UNINITIALIZED) /* by remove_vm_area(), or freed already */
		BUG_ON(find_vmap_area((unsigned long)area->addr) != va);
	else
		BUG_ON(remove_vm_area(area->addr) != area);
	free_vmap_area_lazily(va);
}

/* --- vfree ----------------------------------------------------------------------- */

static void free_area_pages(struct vmap_area *va)
{
	free_pages_bulk(va->vm.pages, va->vm.nr_pages);
	if (va->vm.pages != va->few_pages)
		kvfree(va->vm.pages);
}

static void free_mapping(const void *addr, bool free_pages)
{
	struct vmap_area *va;

	if (WARN(!PAGE_ALIGNED(addr), "Trying to vfree() bad address (%p)\n", addr))
		return;
	va = claim_vmap_area((unsigned long)addr);
	if (WARN(!va, "Trying to vfree() nonexistent vm area (%p)\n", addr))
		return;
	unmap_area(va);
	if (free_pages && va->vm.pages)
		free_area_pages(va);
	free_vmap_area_lazily(va);
}

/* What waits to be freed: a list through the first words of the areas. */
struct deferred {
	void *first;
	struct work_struct work;
};
static DEFINE_PER_CPU(struct deferred, vfree_deferred);

static void free_deferred(struct work_struct *work)
{
	struct deferred *deferred = container_of(work, struct deferred, work);
	void *addr = xchg(&deferred->first, NULL);

	while (addr) {
		void *next = *(void **)addr;

		free_mapping(addr, true);
		addr = next;
	}
}

void vfree_atomic(const void *addr)
{
	struct deferred *deferred;
	unsigned long flags;
	void *next;

	BUG_ON(in_nmi());
	if (!addr)
		return;
	local_irq_save(flags);
	deferred = this_cpu_ptr(&vfree_deferred);
	next = READ_ONCE(deferred->first);
	do
		*(void **)addr = next;
	while (!try_cmpxchg(&deferred->first, &next, (void *)addr));
	schedule_work(&deferred->work);
	local_irq_restore(flags);
}

void vfree(const void *addr)
{
	BUG_ON(in_nmi());
	if (unlikely(!preemptible())) {
		might_sleep_if(!in_interrupt());
		vfree_atomic(addr);
		return;
	}
	if (addr)
		free_mapping(addr, true);
}

void vunmap(const void *addr)
{
	if (process_context_only() && addr)
		free_mapping(addr, false);
}

/* --- vmap ------------------------------------------------------------------------ */

void *vmap(struct page **pages, unsigned int count, unsigned long flags, pgprot_t prot)
{
	struct vmap_area *va;

	if (!process_context_only())
		return NULL;
	if (WARN_ON_ONCE(flags & VM_FLUSH_RESET_PERMS))
		return NULL;
	/* A mapping that runs into the next one is nothing that a caller can want. */
	if (WARN_ON_ONCE(flags & VM_NO_GUARD))
		flags &= ~VM_NO_GUARD;
	if (are_too_many_pages(count))
		return NULL;
	va = get_area((unsigned long)count << PAGE_SHIFT, PAGE_SIZE, flags, 0, ULONG_MAX,
		      GFP_KERNEL, __builtin_return_address(0));
	if (!va)
		return NULL;
	if (vmap_pages(va->va_start, pages, count, prot, GFP_KERNEL)) {
		unmap_area(va);
		free_vmap_area_lazily(va);
		return NULL;
	}
	if (flags & VM_MAP_PUT_PAGES) {
		va->vm.pages = pages;
		va->vm.nr_pages = count;
	}
	area_is_made(va);
	return va->vm.addr;
}

void vm_unmap_aliases(void)
{
	if (!process_context_only())
		return;
	vmap_blocks_purge();
	purge_vmap_areas();
}

/* --- vmalloc --------------------------------------------------------------------- */

static struct page **alloc_page_array(unsigned long nr, gfp_t gfp, const void *caller)
{
	size_t bytes = nr * sizeof(struct page *);

	if (bytes > PAGE_SIZE)
		return __vmalloc_node(bytes, 1, gfp, NUMA_NO_NODE, caller);
	return kmalloc(bytes, gfp);
}

/* NULL, or what could not be had. */
static __always_inline const char *fill_area(struct vmap_area *va, gfp_t gfp, pgprot_t prot,
					     const void *caller)
{
	unsigned int nr = get_vm_area_size(&va->vm) >> PAGE_SHIFT;
	gfp_t inner = (gfp & GFP_RECLAIM_MASK) | __GFP_NOWARN;

	if (!(gfp & (__GFP_DMA | __GFP_DMA32)))
		gfp |= __GFP_HIGHMEM;
	va->vm.pages = va->few_pages;
	if (nr > VMAP_FEW_PAGES)
		va->vm.pages = alloc_page_array(nr, inner, caller);
	if (!va->vm.pages)
		return "failed to allocate page array";
	va->vm.nr_pages = alloc_pages_fill(gfp | __GFP_NOWARN, nr, va->vm.pages);
	if (va->vm.nr_pages < nr)
		return "page order 0, failed to allocate pages";
	if (vmap_pages(va->va_start, va->vm.pages, nr, prot, inner))
		return "failed to map pages";
	return NULL;
}

static __always_inline void *vmalloc_in(unsigned long start, unsigned long end, unsigned long size,
					unsigned long align, gfp_t gfp, pgprot_t prot,
					unsigned long vm_flags, const void *caller)
{
	struct vmap_area *va;
	const char *failure;

	if (WARN_ON_ONCE(!size))
		return NULL;
	if (WARN_ONCE(!gfpflags_allow_blocking(gfp), "vmalloc: flags %#x do not allow to sleep\n",
		      gfp))
		return NULL;
	if (!process_context_only())
		return NULL;
	/* There are always so many as VMAP_FEW_PAGES. */
	if (size > VMAP_FEW_PAGES * PAGE_SIZE && size >> PAGE_SHIFT > totalram_pages()) {
		warn_alloc(gfp, "vmalloc error: size %lu, exceeds total pages", size);
		return NULL;
	}
	for (;;) {
		failure = "vm_struct allocation failed";
		va = get_area(size, align, vm_flags | VM_ALLOC, start, end, gfp, caller);
		if (va)
			failure = fill_area(va, gfp, prot, caller);
		if (!failure)
			break;
		if (va) {
			unmap_area(va);
			if (va->vm.pages)
				free_area_pages(va);
			free_vmap_area_lazily(va);
		}
		warn_alloc(gfp, "vmalloc error: size %lu, %s%s", size, failure,
			   gfp & __GFP_NOFAIL ? ". Retrying." : "");
		if (!(gfp & __GFP_NOFAIL))
			return NULL;
		schedule_timeout_uninterruptible(1);
	}
	area_is_made(va);
	return va->vm.addr;
}

#define SHMLBA PAGE_SIZE /* of x86: no cache cares where else a page is mapped */

void *__vmalloc_node_range(unsigned long size, unsigned long align, unsigned long start,
			   unsigned long end, gfp_t gfp, pgprot_t prot, unsigned long vm_flags,
			   int node, const void *caller)
{
	return vmalloc_in(start, end, size, align, gfp, prot, vm_flags, caller);
}

/* What nearly everybody wants, with what is always the same known to the compiler. */
static void *alloc_anywhere(unsigned long size, unsigned long align, gfp_t gfp, unsigned long flags,
			    const void *caller)
{
	return vmalloc_in(0, ULONG_MAX, size, align, gfp, PAGE_KERNEL, flags, caller);
}

void *__vmalloc_node(unsigned long size, unsigned long align, gfp_t gfp, int node,
		     const void *caller)
{
	return alloc_anywhere(size, align, gfp, 0, caller);
}

#define CALLER __builtin_return_address(0)

void *__vmalloc(unsigned long size, gfp_t gfp)
{
	return alloc_anywhere(size, 1, gfp, 0, CALLER);
}

void *vmalloc(unsigned long size)
{
	return alloc_anywhere(size, 1, GFP_KERNEL, 0, CALLER);
}

void *vzalloc(unsigned long size)
{
	return alloc_anywhere(size, 1, GFP_KERNEL | __GFP_ZERO, 0, CALLER);
}

void *vmalloc_user(unsigned long size)
{
	return alloc_anywhere(size, SHMLBA, GFP_KERNEL | __GFP_ZERO, VM_USERMAP, CALLER);
}

/* ZONE_DMA32 is empty: such requests are served from lowmem, which lies far below 4 GiB. */
void *vmalloc_32(unsigned long size)
{
	return alloc_anywhere(size, 1, GFP_KERNEL | GFP_DMA32, 0, CALLER);
}

void *vmalloc_32_user(unsigned long size)
{
	return alloc_anywhere(size, SHMLBA, GFP_KERNEL | GFP_DMA32 | __GFP_ZERO, VM_USERMAP,
			      CALLER);
}

void *vrealloc(const void *p, size_t size, gfp_t flags)
{
	struct vm_struct *area = p ? find_vm_area(p) : NULL;
	size_t old_size = area ? get_vm_area_size(area) : 0;
	void *new;

	if (!size) {
		vfree(p);
		return NULL;
	}
	if (WARN(p && (!area || area->addr != p), "Trying to vrealloc() nonexistent vm area (%p)\n",
		 p))
		return NULL;
	if (size <= old_size) {
		/* So that it is zero if it is used again, by a vrealloc() to more. */
		if ((flags & __GFP_ZERO) || (mm_debug_flags & MM_DEBUG_INIT_ON_ALLOC))
			memset((void *)p + size, 0, old_size - size);
		return (void *)p;
	}
	new = alloc_anywhere(size, 1, flags, 0, CALLER);
	if (new &&p) {
		memcpy(new, p, old_size);
		vfree(p);
	}
	return new;
}

/* --- what there is ------------------------------------------------------------------ */

unsigned long vmalloc_nr_pages(void)
{
	return READ_ONCE(vmap_stats.nr_pages);
}

void vmalloc_get_info(struct vmalloc_info *info)
{
	unsigned long address;

	spin_lock(&vmap_lock);
	*info = vmap_stats;
	if (vmap_free_root.rb_node)
		info->largest_free = rb_entry(vmap_free_root.rb_node, struct vmap_area, rb_node)
					     ->subtree_max_size;
	spin_unlock(&vmap_lock);
	info->free = info->end - info->start - info->busy - info->lazy;
	for (address = info->start & PMD_MASK; address < info->end; address += PMD_SIZE)
		info->tables += !pmd_none(*pmd_off_k(address));
}

void __init vmalloc_init(void)
{
	unsigned int cpu;

	vmap_area_init(VMALLOC_START, VMALLOC_END);
	for_each_possible_cpu(cpu)
		INIT_WORK(&per_cpu(vfree_deferred, cpu).work, free_deferred);
}
