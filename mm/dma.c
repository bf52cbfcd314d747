// SPDX-License-Identifier: MIT
/*
 * Memory for devices: what linux/dma-mapping.h promises.
 *
 * On a PC a device's addresses are the physical ones, and it sees what the CPU's caches hold.
 * Two things are left that can go wrong: the memory may lie above what the device can address,
 * and then a device writes somewhere else, as many address bits as it has; and who owns the
 * bytes at the moment. A driver says how far its device reaches by a mask, and then
 *
 *	dma_alloc_coherent()	looks for memory that is low enough:
 *
 *	    mask       0      16 MiB     256 MiB                        end of lowmem
 *	    <= 24 bits |  DMA  |                                         |
 *	    more       |  DMA  |   NORMAL  . . . . . . . . . . . . . . . |  first
 *	               |  DMA  |  <------ above the mask? back, and once more
 *
 *	dma_map_...()		takes memory as it comes; what lies too high is stood in for by a
 *				bounce buffer (swiotlb.c).
 *
 * Worked example: edu has 28 bits. With 512 MiB of RAM the page comes from NORMAL, which is
 * given from the top: 0x1ff00000. That is above 0x0fffffff, so it goes back, and ZONE_DMA gives
 * one. With 64 MiB of RAM the first one is good. To ask ZONE_DMA at once would be right, too,
 * but it has 16 MiB at the most for all who can use nothing else.
 *
 * Cost: about 60 instructions for a mapping and 40 for its end; coherent memory costs 150 above
 * its pages, and zeroing them.
 *
 * Invariants: those of swiotlb.c and dmapool.c. A mapping has nothing here to be checked, but
 * in DEBUG builds dma_debug.c knows them all.
 *
 * Locking: none of its own. Contexts: as in the header.
 *
 * Left out: IOMMUs, devices that do not see the caches, memory in dev->dma_mem, mmap().
 */
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/string.h>

#include "dma.h"
#include "internal.h"

DEFINE_PER_CPU(struct dma_counts, dma_counts);

/* --- masks ------------------------------------------------------------------------------- */

static u64 last_page_of_ram(void)
{
	return PFN_PHYS((phys_addr_t)max_pfn - 1);
}

/* Whoever reaches ZONE_DMA can be served, and where there is less RAM, who reaches all of it. */
int dma_supported(struct device *dev, u64 mask)
{
	return mask >= min(last_page_of_ram(), DMA_BIT_MASK(24));
}

int dma_set_mask(struct device *dev, u64 mask)
{
	if (!dev->dma_mask || !dma_supported(dev, mask))
		return -EIO;
	*dev->dma_mask = mask;
	return 0;
}

int dma_set_coherent_mask(struct device *dev, u64 mask)
{
	if (!dma_supported(dev, mask))
		return -EIO;
	dev->coherent_dma_mask = mask;
	return 0;
}

int dma_set_mask_and_coherent(struct device *dev, u64 mask)
{
	return dma_set_mask(dev, mask) ?: dma_set_coherent_mask(dev, mask);
}

int dma_coerce_mask_and_coherent(struct device *dev, u64 mask)
{
	dev->dma_mask = &dev->coherent_dma_mask;
	return dma_set_mask_and_coherent(dev, mask);
}

u64 dma_get_required_mask(struct device *dev)
{
	return DMA_BIT_MASK(fls64(last_page_of_ram()));
}

bool dma_addressing_limited(struct device *dev)
{
	return dma_limit(dev, dma_get_mask(dev)) < dma_get_required_mask(dev);
}

size_t dma_max_mapping_size(struct device *dev)
{
	if (is_swiotlb_active(dev) && (swiotlb_force || dma_addressing_limited(dev)))
		return swiotlb_max_mapping_size(dev);
	return SIZE_MAX;
}

/* --- coherent memory ------------------------------------------------------------------------ */

/* D3. NULL: there is no memory, or none that is low enough. */
static struct page *alloc_below(u64 limit, unsigned int order, size_t size, gfp_t gfp)
{
	struct page *page;

	if (limit <= DMA_BIT_MASK(24))
		gfp |= __GFP_DMA;
	for (;;) {
		page = alloc_pages(gfp, order);
		if (!page || page_to_phys(page) + size - 1 <= limit)
			return page;
		__free_pages(page, order);
		if (gfp & __GFP_DMA)
			return NULL;
		gfp |= __GFP_DMA;
	}
}

void *dma_alloc_attrs(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t gfp,
		      unsigned long attrs)
{
	unsigned int order = get_order(size);
	struct page *page;
	void *address;

	if (WARN_ON_ONCE(!dev || !dev->coherent_dma_mask) || order > MAX_PAGE_ORDER)
		return NULL;
	gfp &= ~(__GFP_DMA | __GFP_DMA32 | __GFP_HIGHMEM | __GFP_ZERO | __GFP_COMP);
	if (attrs & DMA_ATTR_NO_WARN)
		gfp |= __GFP_NOWARN;
	size = PAGE_ALIGN(size);
	page = alloc_below(dma_limit(dev, dev->coherent_dma_mask), order, size, gfp);
	if (!page)
		return NULL;
	address = page_to_virt(page);
	memset(address, 0, size);
	*dma_handle = page_to_phys(page);
	this_cpu_add(dma_counts.allocated, 1UL << order);
	dma_debug_map(dev, DMA_DEBUG_COHERENT, *dma_handle, *dma_handle, size, DMA_BIDIRECTIONAL);
	return address;
}

/* Linux may have to unmap what it frees, and that needs interrupts: no driver may count on less. */
void dma_free_attrs(struct device *dev, size_t size, void *cpu_addr, dma_addr_t dma_handle,
		    unsigned long attrs)
{
	unsigned int order = get_order(size);

	WARN_ON(irqs_disabled());
	if (!cpu_addr)
		return;
	dma_debug_unmap(dev, DMA_DEBUG_COHERENT, dma_handle, PAGE_ALIGN(size), DMA_BIDIRECTIONAL);
	this_cpu_add(dma_counts.freed, 1UL << order);
	free_pages((unsigned long)cpu_addr, order);
}

/* --- streaming mappings ------------------------------------------------------------------------ */

static noinline dma_addr_t map_slowly(struct device *dev, phys_addr_t phys, size_t size,
				      enum dma_data_direction dir, unsigned long attrs)
{
	dma_addr_t addr = phys;

	if (!swiotlb_force && phys + size - 1 <= dma_limit(dev, *dev->dma_mask))
		return addr;
	if (is_swiotlb_active(dev))
		return swiotlb_map(dev, phys, size, dir, attrs);
	dev_WARN_ONCE(dev, !(attrs & DMA_ATTR_NO_WARN),
		      "DMA addr %pad+%zu overflow (mask %llx, bus limit %llx).\n", &addr, size,
		      *dev->dma_mask, dev->bus_dma_limit);
	return DMA_MAPPING_ERROR;
}

/* The bus of hardly any device has a limit of its own. */
static __always_inline dma_addr_t map_phys(struct device *dev, enum dma_debug_kind kind,
					   phys_addr_t phys, size_t size,
					   enum dma_data_direction dir, unsigned long attrs)
{
	dma_addr_t addr = phys;

	if (WARN_ON_ONCE(!dev || !dev->dma_mask || !valid_dma_direction(dir)))
		return DMA_MAPPING_ERROR;
	if (unlikely(swiotlb_force || dev->bus_dma_limit || phys + size - 1 > *dev->dma_mask)) {
		addr = map_slowly(dev, phys, size, dir, attrs);
		if (addr == DMA_MAPPING_ERROR)
			return addr;
	}
	this_cpu_inc(dma_counts.mapped);
	dma_debug_map(dev, kind, addr, phys, size, dir);
	return addr;
}

static __always_inline void unmap_phys(struct device *dev, enum dma_debug_kind kind,
				       dma_addr_t addr, size_t size, enum dma_data_direction dir,
				       unsigned long attrs)
{
	if (!dma_debug_unmap(dev, kind, addr, size, dir))
		return;
	if (unlikely(is_swiotlb_buffer(addr)) && !swiotlb_unmap(dev, addr, size, dir, attrs))
		return;
	this_cpu_inc(dma_counts.unmapped);
}

dma_addr_t dma_map_page_attrs(struct device *dev, struct page *page, size_t offset, size_t size,
			      enum dma_data_direction dir, unsigned long attrs)
{
	return map_phys(dev, DMA_DEBUG_SINGLE, page_to_phys(page) + offset, size, dir, attrs);
}

void dma_unmap_page_attrs(struct device *dev, dma_addr_t addr, size_t size,
			  enum dma_data_direction dir, unsigned long attrs)
{
	unmap_phys(dev, DMA_DEBUG_SINGLE, addr, size, dir, attrs);
}

static noinline dma_addr_t reject(struct device *dev, const void *ptr)
{
	if (is_vmalloc_addr(ptr))
		dev_WARN_ONCE(dev, 1, "rejecting DMA map of vmalloc memory\n");
	else
		dev_WARN_ONCE(dev, 1, "rejecting DMA map of %px, which is not in lowmem\n", ptr);
	return DMA_MAPPING_ERROR;
}

dma_addr_t dma_map_single_attrs(struct device *dev, void *ptr, size_t size,
				enum dma_data_direction dir, unsigned long attrs)
{
	phys_addr_t phys = __pa(ptr);

	if (unlikely(phys >= __pa(high_memory)))
		return reject(dev, ptr);
	return map_phys(dev, DMA_DEBUG_SINGLE, phys, size, dir, attrs);
}

/* Registers: no memory that a bounce buffer could stand in for. */
dma_addr_t dma_map_resource(struct device *dev, phys_addr_t phys_addr, size_t size,
			    enum dma_data_direction dir, unsigned long attrs)
{
	if (WARN_ON_ONCE(!dev || !dev->dma_mask || pfn_valid(PHYS_PFN(phys_addr))))
		return DMA_MAPPING_ERROR;
	if (phys_addr + size - 1 > dma_limit(dev, *dev->dma_mask)) {
		dev_err_once(dev, "DMA addr %pad+%zu overflow (mask %llx, bus limit %llx).\n",
			     &phys_addr, size, *dev->dma_mask, dev->bus_dma_limit);
		return DMA_MAPPING_ERROR;
	}
	this_cpu_inc(dma_counts.mapped);
	dma_debug_map(dev, DMA_DEBUG_RESOURCE, phys_addr, phys_addr, size, dir);
	return phys_addr;
}

void dma_unmap_resource(struct device *dev, dma_addr_t addr, size_t size,
			enum dma_data_direction dir, unsigned long attrs)
{
	if (dma_debug_unmap(dev, DMA_DEBUG_RESOURCE, addr, size, dir))
		this_cpu_inc(dma_counts.unmapped);
}

/* --- lists --------------------------------------------------------------------------------------- */

static void unmap_entries(struct device *dev, struct scatterlist *sgl, int nents,
			  enum dma_data_direction dir, unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i)
		unmap_phys(dev, DMA_DEBUG_SG, sg->dma_address, sg->dma_length, dir, attrs);
}

/* Nothing has been transferred when one entry fails, so nothing is copied back. */
unsigned int dma_map_sg_attrs(struct device *dev, struct scatterlist *sgl, int nents,
			      enum dma_data_direction dir, unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i)
	{
		sg->dma_address = map_phys(dev, DMA_DEBUG_SG, sg_phys(sg), sg->length, dir, attrs);
		if (sg->dma_address == DMA_MAPPING_ERROR) {
			unmap_entries(dev, sgl, i, dir, attrs | DMA_ATTR_SKIP_CPU_SYNC);
			return 0;
		}
		sg->dma_length = sg->length;
	}
	return nents;
}

void dma_unmap_sg_attrs(struct device *dev, struct scatterlist *sg, int nents,
			enum dma_data_direction dir, unsigned long attrs)
{
	unmap_entries(dev, sg, nents, dir, attrs);
}

int dma_map_sgtable(struct device *dev, struct sg_table *sgt, enum dma_data_direction dir,
		    unsigned long attrs)
{
	unsigned int nents = dma_map_sg_attrs(dev, sgt->sgl, sgt->orig_nents, dir, attrs);

	if (!nents)
		return -EIO;
	sgt->nents = nents;
	return 0;
}

/* --- whose the bytes are ----------------------------------------------------------------------------- */

void dma_sync_single_for_cpu(struct device *dev, dma_addr_t addr, size_t size,
			     enum dma_data_direction dir)
{
	dma_debug_sync(dev, addr, size, dir);
	if (unlikely(is_swiotlb_buffer(addr)))
		swiotlb_sync_for_cpu(dev, addr, size, dir);
}

void dma_sync_single_for_device(struct device *dev, dma_addr_t addr, size_t size,
				enum dma_data_direction dir)
{
	dma_debug_sync(dev, addr, size, dir);
	if (unlikely(is_swiotlb_buffer(addr)))
		swiotlb_sync_for_device(dev, addr, size, dir);
}

void dma_sync_sg_for_cpu(struct device *dev, struct scatterlist *sgl, int nents,
			 enum dma_data_direction dir)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i)
		dma_sync_single_for_cpu(dev, sg->dma_address, sg->dma_length, dir);
}

void dma_sync_sg_for_device(struct device *dev, struct scatterlist *sgl, int nents,
			    enum dma_data_direction dir)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i)
		dma_sync_single_for_device(dev, sg->dma_address, sg->dma_length, dir);
}

/* --- given back with the driver ------------------------------------------------------------------------ */

struct managed_dma {
	size_t size;
	void *address;
	dma_addr_t handle;
};

static void free_managed(struct device *dev, void *res)
{
	const struct managed_dma *dma = res;

	dma_free_coherent(dev, dma->size, dma->address, dma->handle);
}

static int is_managed(struct device *dev, void *res, void *address)
{
	return ((const struct managed_dma *)res)->address == address;
}

void *dmam_alloc_attrs(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t gfp,
		       unsigned long attrs)
{
	struct managed_dma *dma = devres_alloc(free_managed, sizeof(*dma), gfp);

	if (!dma)
		return NULL;
	dma->size = size;
	dma->address = dma_alloc_attrs(dev, size, dma_handle, gfp, attrs);
	if (!dma->address) {
		devres_free(dma);
		return NULL;
	}
	dma->handle = *dma_handle;
	devres_add(dev, dma);
	return dma->address;
}

void *dmam_alloc_coherent(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t gfp)
{
	return dmam_alloc_attrs(dev, size, dma_handle, gfp, 0);
}

void dmam_free_coherent(struct device *dev, size_t size, void *cpu_addr, dma_addr_t dma_handle)
{
	WARN_ON(devres_release(dev, free_managed, is_managed, cpu_addr));
}
