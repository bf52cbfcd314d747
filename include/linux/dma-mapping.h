/* SPDX-License-Identifier: MIT */
/*
 * Memory that devices read and write. mm/dma.c says how it is found. Behaviour: Linux 6.1.
 *
 * A device reaches addresses up to its mask: dma_set_mask_and_coherent(dev, DMA_BIT_MASK(28)),
 * once, in probe; 0, or -EIO where no memory is low enough. What it is told is a dma_addr_t.
 *
 *	coherent	memory that both use at any time: rings, descriptors. Any context by its
 *			flags; freed with interrupts on.
 *	streaming	memory of any kind, lowmem or a highmem page, lent for one transfer: from
 *			map to unmap, or between the syncs, it is the device's, and the CPU keeps
 *			its hands off. Any context, never sleeps.
 *
 * A mapping may fail: ask dma_mapping_error(). It is undone with the same size and direction.
 */
#ifndef _LINUX_DMA_MAPPING_H
#define _LINUX_DMA_MAPPING_H

#include <linux/device.h>
#include <linux/dma-direction.h>
#include <linux/errno.h>
#include <linux/gfp_types.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>
#include <linux/types.h>

#define DMA_BIT_MASK(n)	  ((n) == 64 ? ~0ULL : (1ULL << (n) % 64) - 1)
#define DMA_MAPPING_ERROR (~(dma_addr_t)0)

/* Attributes. Those that are not said to do something mean nothing on a PC. */
#define DMA_ATTR_WEAK_ORDERING	    (1UL << 1)
#define DMA_ATTR_WRITE_COMBINE	    (1UL << 2)
#define DMA_ATTR_NO_KERNEL_MAPPING  (1UL << 4)
#define DMA_ATTR_SKIP_CPU_SYNC	    (1UL << 5) /* no copy at unmap: the caller syncs */
#define DMA_ATTR_FORCE_CONTIGUOUS   (1UL << 6)
#define DMA_ATTR_ALLOC_SINGLE_PAGES (1UL << 7)
#define DMA_ATTR_NO_WARN	    (1UL << 8) /* no message where it fails */
#define DMA_ATTR_PRIVILEGED	    (1UL << 9)

/* --- masks ------------------------------------------------------------------------------- */

int dma_supported(struct device *dev, u64 mask);
int dma_set_mask(struct device *dev, u64 mask);
int dma_set_coherent_mask(struct device *dev, u64 mask);
int dma_set_mask_and_coherent(struct device *dev, u64 mask);
/* For a device that nobody gave a mask to set. */
int dma_coerce_mask_and_coherent(struct device *dev, u64 mask);
/* What would reach all RAM; does the device not? */
u64 dma_get_required_mask(struct device *dev);
bool dma_addressing_limited(struct device *dev);
/* The longest mapping: SIZE_MAX, unless the device may need bounce buffers. */
size_t dma_max_mapping_size(struct device *dev);

static inline u64 dma_get_mask(const struct device *dev)
{
	return dev->dma_mask && *dev->dma_mask ? *dev->dma_mask : DMA_BIT_MASK(32);
}

/* What its scatter lists must be like, for who builds them: nobody joins entries here. */
static inline unsigned int dma_get_max_seg_size(const struct device *dev)
{
	return dev->dma_parms && dev->dma_parms->max_segment_size ? dev->dma_parms->max_segment_size
								  : SZ_64K;
}

static inline int dma_set_max_seg_size(struct device *dev, unsigned int size)
{
	if (!dev->dma_parms)
		return -EIO;
	dev->dma_parms->max_segment_size = size;
	return 0;
}

static inline unsigned long dma_get_seg_boundary(const struct device *dev)
{
	return dev->dma_parms && dev->dma_parms->segment_boundary_mask
		       ? dev->dma_parms->segment_boundary_mask
		       : ULONG_MAX;
}

static inline int dma_set_seg_boundary(struct device *dev, unsigned long mask)
{
	if (!dev->dma_parms)
		return -EIO;
	dev->dma_parms->segment_boundary_mask = mask;
	return 0;
}

/* --- coherent memory: zeroed, whole pages, aligned to its order --------------------------- */

void *dma_alloc_attrs(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t gfp,
		      unsigned long attrs);
void dma_free_attrs(struct device *dev, size_t size, void *cpu_addr, dma_addr_t dma_handle,
		    unsigned long attrs);

static inline void *dma_alloc_coherent(struct device *dev, size_t size, dma_addr_t *dma_handle,
				       gfp_t gfp)
{
	return dma_alloc_attrs(dev, size, dma_handle, gfp, 0);
}

static inline void dma_free_coherent(struct device *dev, size_t size, void *cpu_addr,
				     dma_addr_t dma_handle)
{
	dma_free_attrs(dev, size, cpu_addr, dma_handle, 0);
}

#define dma_alloc_wc(dev, size, dma_handle, gfp) \
	dma_alloc_attrs(dev, size, dma_handle, gfp, DMA_ATTR_WRITE_COMBINE)
#define dma_free_wc(dev, size, cpu_addr, dma_handle) \
	dma_free_attrs(dev, size, cpu_addr, dma_handle, DMA_ATTR_WRITE_COMBINE)

/* Memory that is to be synced like a mapping: here there is no difference. */
#define dma_alloc_noncoherent(dev, size, dma_handle, dir, gfp) \
	dma_alloc_attrs(dev, size, dma_handle, gfp, 0)
#define dma_free_noncoherent(dev, size, cpu_addr, dma_handle, dir) \
	dma_free_attrs(dev, size, cpu_addr, dma_handle, 0)

/* Freed with the device's driver. */
void *dmam_alloc_attrs(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t gfp,
		       unsigned long attrs);
void *dmam_alloc_coherent(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t gfp);
void dmam_free_coherent(struct device *dev, size_t size, void *cpu_addr, dma_addr_t dma_handle);

/* --- streaming mappings ------------------------------------------------------------------- */

/* DMA_MAPPING_ERROR if it cannot be. */
dma_addr_t dma_map_page_attrs(struct device *dev, struct page *page, size_t offset, size_t size,
			      enum dma_data_direction dir, unsigned long attrs);
void dma_unmap_page_attrs(struct device *dev, dma_addr_t addr, size_t size,
			  enum dma_data_direction dir, unsigned long attrs);
dma_addr_t dma_map_single_attrs(struct device *dev, void *ptr, size_t size,
				enum dma_data_direction dir, unsigned long attrs);
/* Another device's registers. */
dma_addr_t dma_map_resource(struct device *dev, phys_addr_t phys_addr, size_t size,
			    enum dma_data_direction dir, unsigned long attrs);
void dma_unmap_resource(struct device *dev, dma_addr_t addr, size_t size,
			enum dma_data_direction dir, unsigned long attrs);

/*
 * All `nents` entries or none: how many the device is to be told (sg_dma_address(),
 * sg_dma_len()), or 0. Unmapped and synced with the number that was given to map.
 */
unsigned int dma_map_sg_attrs(struct device *dev, struct scatterlist *sg, int nents,
			      enum dma_data_direction dir, unsigned long attrs);
void dma_unmap_sg_attrs(struct device *dev, struct scatterlist *sg, int nents,
			enum dma_data_direction dir, unsigned long attrs);
/* 0, or -EIO; the table then knows how many entries there are. */
int dma_map_sgtable(struct device *dev, struct sg_table *sgt, enum dma_data_direction dir,
		    unsigned long attrs);

/* From now on the CPU may look at it; from now on it is the device's again. */
void dma_sync_single_for_cpu(struct device *dev, dma_addr_t addr, size_t size,
			     enum dma_data_direction dir);
void dma_sync_single_for_device(struct device *dev, dma_addr_t addr, size_t size,
				enum dma_data_direction dir);
void dma_sync_sg_for_cpu(struct device *dev, struct scatterlist *sg, int nents,
			 enum dma_data_direction dir);
void dma_sync_sg_for_device(struct device *dev, struct scatterlist *sg, int nents,
			    enum dma_data_direction dir);

#define dma_unmap_single_attrs(dev, addr, size, dir, attrs) \
	dma_unmap_page_attrs(dev, addr, size, dir, attrs)
#define dma_map_single(dev, ptr, size, dir)    dma_map_single_attrs(dev, ptr, size, dir, 0)
#define dma_unmap_single(dev, addr, size, dir) dma_unmap_single_attrs(dev, addr, size, dir, 0)
#define dma_map_page(dev, page, offset, size, dir) \
	dma_map_page_attrs(dev, page, offset, size, dir, 0)
#define dma_unmap_page(dev, addr, size, dir) dma_unmap_page_attrs(dev, addr, size, dir, 0)
#define dma_map_sg(dev, sg, nents, dir)	     dma_map_sg_attrs(dev, sg, nents, dir, 0)
#define dma_unmap_sg(dev, sg, nents, dir)    dma_unmap_sg_attrs(dev, sg, nents, dir, 0)

static inline void dma_unmap_sgtable(struct device *dev, struct sg_table *sgt,
				     enum dma_data_direction dir, unsigned long attrs)
{
	dma_unmap_sg_attrs(dev, sgt->sgl, sgt->orig_nents, dir, attrs);
}

static inline void dma_sync_sgtable_for_cpu(struct device *dev, struct sg_table *sgt,
					    enum dma_data_direction dir)
{
	dma_sync_sg_for_cpu(dev, sgt->sgl, sgt->orig_nents, dir);
}

static inline void dma_sync_sgtable_for_device(struct device *dev, struct sg_table *sgt,
					       enum dma_data_direction dir)
{
	dma_sync_sg_for_device(dev, sgt->sgl, sgt->orig_nents, dir);
}

/* A part of a mapping. */
static inline void dma_sync_single_range_for_cpu(struct device *dev, dma_addr_t addr,
						 unsigned long offset, size_t size,
						 enum dma_data_direction dir)
{
	dma_sync_single_for_cpu(dev, addr + offset, size, dir);
}

static inline void dma_sync_single_range_for_device(struct device *dev, dma_addr_t addr,
						    unsigned long offset, size_t size,
						    enum dma_data_direction dir)
{
	dma_sync_single_for_device(dev, addr + offset, size, dir);
}

/* --- DEBUG builds: mm/dma_debug.c, who checks each mapping ---------------------------------- */

#ifdef CONFIG_DMA_API_DEBUG
void debug_dma_mapping_error(struct device *dev, dma_addr_t addr);
/* The driver has let the device go: what it has mapped still is reported, and forgotten. */
void dma_debug_driver_gone(struct device *dev);
#else
static inline void debug_dma_mapping_error(struct device *dev, dma_addr_t addr)
{
}
static inline void dma_debug_driver_gone(struct device *dev)
{
}
#endif

static inline int dma_mapping_error(struct device *dev, dma_addr_t addr)
{
	debug_dma_mapping_error(dev, addr);
	return addr == DMA_MAPPING_ERROR ? -ENOMEM : 0;
}

/* Lines of the data cache are not for devices to know: these see what the CPU sees. */
static inline int dma_get_cache_alignment(void)
{
	return 1;
}

/* --- what a driver keeps of a mapping, in its own structures --------------------------------- */

#define DEFINE_DMA_UNMAP_ADDR(name)	       dma_addr_t name
#define DEFINE_DMA_UNMAP_LEN(name)	       __u32 name
#define dma_unmap_addr(ptr, name)	       ((ptr)->name)
#define dma_unmap_addr_set(ptr, name, address) (((ptr)->name) = (address))
#define dma_unmap_len(ptr, name)	       ((ptr)->name)
#define dma_unmap_len_set(ptr, name, length)   (((ptr)->name) = (length))

#endif
