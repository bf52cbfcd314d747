/* SPDX-License-Identifier: MIT */
/*
 * Pages: addresses, references, compound pages, and what memory there is.
 */
#ifndef _LINUX_MM_H
#define _LINUX_MM_H

#include <linux/align.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/log2.h>
#include <linux/mmdebug.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/page-flags.h>
#include <linux/page_ref.h>
#include <linux/pfn.h>
#include <linux/slab.h>
#include <asm/io.h>
#include <asm/pgtable.h>

#define PAGE_ALIGN(address)	ALIGN(address, PAGE_SIZE)
#define PAGE_ALIGNED(address)	IS_ALIGNED((unsigned long)(address), PAGE_SIZE)
#define offset_in_page(address) ((unsigned long)(address) & ~PAGE_MASK)

/* Frame numbers: the first after the last RAM, and after the last directly mapped. */
extern unsigned long max_pfn;
extern unsigned long max_low_pfn;
extern void *high_memory; /* address of the first byte after the direct mapping */

/* Smallest order whose block holds `size` bytes; the largest unsigned order for size 0. */
static inline int get_order(unsigned long size)
{
	return size <= PAGE_SIZE ? (size ? 0 : BITS_PER_LONG - PAGE_SHIFT)
				 : ilog2(size - 1) - PAGE_SHIFT + 1;
}

/* Is this an address in the direct mapping, of a frame that has a struct page? */
static inline bool virt_addr_valid(const void *address)
{
	unsigned long pfn = __pa(address) >> PAGE_SHIFT;

	return (unsigned long)address >= PAGE_OFFSET && pfn < max_low_pfn && pfn_valid(pfn);
}

#ifdef __i386__
/*
 * mem_section[].mem_map_base once more, for the sections that addresses can name: any
 * address at all finds an entry here, and 0 if there are no struct pages. It makes kfree()
 * shorter by a load.
 */
#define __NR_ADDRESS_SECTIONS (1UL << (32 - PAGE_SHIFT - PFN_SECTION_SHIFT))
extern unsigned long __address_mem_map_base[__NR_ADDRESS_SECTIONS];

static inline unsigned long __virt_to_mem_map_base(const void *address)
{
	return __address_mem_map_base[__pa(address) >> (PAGE_SHIFT + PFN_SECTION_SHIFT)];
}
#else
static inline unsigned long __virt_to_mem_map_base(const void *address)
{
	unsigned long pfn = __pa(address) >> PAGE_SHIFT;

	return pfn >> PFN_SECTION_SHIFT < __nr_mem_sections ? __pfn_to_section(pfn)->mem_map_base
							    : 0;
}
#endif

static inline struct page *__virt_to_page(const void *address)
{
	return (struct page *)(__virt_to_mem_map_base(address) +
			       (__pa(address) >> PAGE_SHIFT) * sizeof(struct page));
}

#define virt_to_page(address) __virt_to_page((const void *)(address))
#define virt_to_pfn(address)  (__pa(address) >> PAGE_SHIFT)
#define pfn_to_virt(pfn)      __va(PFN_PHYS(pfn))
#define page_to_phys(page)    PFN_PHYS(page_to_pfn(page))
#define phys_to_page(phys)    pfn_to_page(PHYS_PFN(phys))
#define page_to_virt(page)    __va(page_to_phys(page))

static inline int PageHighMem(const struct page *page)
{
	return page_zonenum(page) == ZONE_HIGHMEM;
}

void *page_address_high(const struct page *page);

/* The page's address in the direct mapping; of highmem that by kmap(), or NULL: it has none. */
static inline void *page_address(const struct page *page)
{
	return PageHighMem(page) ? page_address_high(page) : page_to_virt(page);
}

#define lowmem_page_address(page) page_to_virt(page)

/*
 * Compound pages (__GFP_COMP). The head has PG_head, and page[1] the order:
 * nothing is written into the other tails, so any tail has to look for its
 * head: it is where the frame number, cut to a multiple of 2^order, meets a
 * compound head of at least that order. A page with references is no tail.
 */
struct page *__compound_head(struct page *page);

static inline struct page *compound_head(const struct page *page)
{
	return likely(page_ref_count(page)) ? (struct page *)page
					    : __compound_head((struct page *)page);
}

static inline unsigned int compound_order(const struct page *page)
{
	return PageHead(page) ? page[1].compound_order : 0;
}

static inline unsigned long compound_nr(const struct page *page)
{
	return 1UL << compound_order(page);
}

#define page_size(page) (PAGE_SIZE << compound_order(page))

static inline int PageTail(const struct page *page)
{
	return compound_head(page) != page;
}

static inline int PageCompound(const struct page *page)
{
	return PageHead(page) || PageTail(page);
}

/*
 * Is it in the vmalloc window? Then virt_to_page() is not for it: these find the page that is
 * mapped there. NULL, and 0, where none is, or none that has a struct page.
 */
static inline bool is_vmalloc_addr(const void *address)
{
	return (unsigned long)address >= VMALLOC_START && (unsigned long)address < VMALLOC_END;
}

#define is_vmalloc_or_module_addr(address) is_vmalloc_addr(address) /* modules are in the image */

struct page *vmalloc_to_page(const void *address);
unsigned long vmalloc_to_pfn(const void *address);

#define virt_to_head_page(address) compound_head(virt_to_page(address))

static inline int page_count(const struct page *page)
{
	return page_ref_count(compound_head(page));
}

static inline int page_mapcount(const struct page *page)
{
	return atomic_read(&page->_mapcount) + 1;
}

/* Frees a block whose last reference was just dropped: compound or a single page. */
void __put_page(struct page *page);

static inline void get_page(struct page *page)
{
	page = compound_head(page);
	VM_BUG_ON_PAGE(page_ref_count(page) <= 0, page);
	page_ref_inc(page);
}

static inline int put_page_testzero(struct page *page)
{
	VM_BUG_ON_PAGE(page_ref_count(page) == 0, page);
	return page_ref_dec_and_test(page);
}

static inline void put_page(struct page *page)
{
	page = compound_head(page);
	if (put_page_testzero(page))
		__put_page(page);
}

static inline unsigned long page_private(const struct page *page)
{
	return page->private;
}

static inline void set_page_private(struct page *page, unsigned long private)
{
	page->private = private;
}

/* Makes 2^order single pages of a block that is not compound: each is then freed for itself. */
void split_page(struct page *page, unsigned int order);

/* All in pages. */
struct sysinfo {
	unsigned long totalram;
	unsigned long freeram;
	unsigned long sharedram;
	unsigned long bufferram;
	unsigned long totalhigh;
	unsigned long freehigh;
	unsigned int mem_unit; /* bytes in a unit: PAGE_SIZE */
};

void si_meminfo(struct sysinfo *val);
unsigned long totalram_pages(void);
unsigned long totalhigh_pages(void);
unsigned long nr_free_pages(void);

/*
 * Zones, watermarks and free blocks on the console: what a failure report shows. The
 * arguments leave out nodes, of which there is one: 0 and NULL.
 */
void show_mem(unsigned int flags, nodemask_t *nodemask);

/* A struct page and what it means, for a report. */
void dump_page(struct page *page, const char *reason);

#endif
