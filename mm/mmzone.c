// SPDX-License-Identifier: MIT
/*
 * Zones: which frames belong to which, in what order they are tried, and how
 * many pages each keeps back. All of it follows from the zones' managed pages
 * (what was given to the page allocator) by pure functions, which the host
 * tests run against known vectors.
 *
 * Watermarks. A zone never gives its last pages to just anybody:
 *
 *	free pages
 *	  |  plenty: nothing happens
 *	 high  ----  kswapd goes back to sleep
 *	 low   ----  below: kswapd is woken
 *	 min   ----  below: GFP_KERNEL must reclaim for itself or fail
 *	  |  the reserve: GFP_ATOMIC goes on down to 37.5 % of min,
 *	  |  PF_MEMALLOC to the last page
 *	  0
 *
 * min of all lowmem zones together is min_free_kbytes, 4 * sqrt(lowmem in kB):
 * the reserve grows with memory, but more slowly. Each zone has its share.
 *
 * Lowmem reserve. A request that could be served from a higher zone may fall
 * back to a lower one, but must leave lowmem_reserve[its zone] pages there: the
 * lower a zone, the fewer can do without it.
 *
 * Worked example, 64 MiB: DMA has 4096 pages, NORMAL 12288. lowmem is 65536 kB,
 * min_free_kbytes = sqrt(65536 * 16) = 1024, that is 256 pages. NORMAL's share
 * is 256 * 12288 / 16384 = 192 = min; low = 192 + 192/4 = 240; high = 288.
 * A GFP_KERNEL request that falls back to DMA must leave 12288 / 256 = 48 pages
 * more than DMA's own mark.
 *
 * Invariants, checked by mmzone_check():
 *	I-mmzone-1  a zone's frames lie between its bounds, and zones are disjoint
 *	I-mmzone-2  managed <= present <= spanned
 *	I-mmzone-3  watermarks and reserves equal what the formulas give
 *	I-mmzone-4  zonelists go downwards, and hold exactly the zones with pages
 *	I-mmzone-5  the fast path's floor is above the low mark and what is put aside
 *
 * Locking: written in the boot, constant afterwards. Readable in any context.
 *
 * Left out: NUMA nodes, ZONE_MOVABLE and memory hotplug (memory cannot be
 * removed here, so a zone for removable memory would always be empty).
 */
#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <memkern/params.h>

#include "internal.h"

struct pglist_data contig_page_data;
static struct zone no_zone = { .name = "none", .fast_path_floor = ~0UL };
struct zone *best_zone[GFP_ZONEMASK + 1];
struct mem_section *mem_section;
unsigned long __nr_mem_sections;
#ifdef __i386__
unsigned long __address_mem_map_base[__NR_ADDRESS_SECTIONS];
#endif

unsigned long max_pfn;
unsigned long max_low_pfn;
void *high_memory;

int min_free_kbytes;
static int user_min_free_kbytes = -1;

static const char *const zone_names[MAX_NR_ZONES] = { "DMA", "DMA32", "Normal", "HighMem" };

const char *const migratetype_names[MIGRATE_TYPES] = {
	"Unmovable", "Movable", "Reclaimable", "HighAtomic", "CMA", "Isolate",
};

/* One page in so many of the higher zones' is kept in this one; 0: none. */
static const unsigned int lowmem_reserve_ratio[MAX_NR_ZONES] = {
	[ZONE_DMA] = 256,
	[ZONE_DMA32] = 256,
	[ZONE_NORMAL] = 32,
	[ZONE_HIGHMEM] = 0,
};

#define WATERMARK_SCALE_FACTOR 10 /* the least distance of the marks: 10 / 10000 of the zone */

unsigned long zone_min_free_kbytes(const unsigned long *managed)
{
	unsigned long lowmem_kbytes = 0;
	int i;

	for (i = 0; i < MAX_NR_ZONES; i++)
		if (!is_highmem_idx(i))
			lowmem_kbytes += managed[i] << (PAGE_SHIFT - 10);
	return clamp_t(unsigned long, int_sqrt(lowmem_kbytes * 16), 128, 262144);
}

void zone_calculate_watermarks(const unsigned long *managed, unsigned long min_free_kb,
			       unsigned long (*watermark)[NR_WMARK])
{
	unsigned long pages_min = min_free_kb >> (PAGE_SHIFT - 10);
	unsigned long lowmem_pages = 0;
	int i;

	for (i = 0; i < MAX_NR_ZONES; i++)
		if (!is_highmem_idx(i))
			lowmem_pages += managed[i];

	for (i = 0; i < MAX_NR_ZONES; i++) {
		unsigned long share = 0, min, delta;

		if (lowmem_pages)
			share = div64_u64((u64)pages_min * managed[i], lowmem_pages);
		/* Highmem serves no atomic requests: it needs a token reserve only. */
		min = is_highmem_idx(i) ? clamp_t(unsigned long, managed[i] / 1024, 32, 128)
					: share;
		delta = max_t(unsigned long, share >> 2,
			      div_u64((u64)managed[i] * WATERMARK_SCALE_FACTOR, 10000));
		if (!managed[i])
			min = delta = 0;
		watermark[i][WMARK_MIN] = min;
		watermark[i][WMARK_LOW] = min + delta;
		watermark[i][WMARK_HIGH] = min + 2 * delta;
	}
}

void zone_calculate_lowmem_reserve(const unsigned long *managed, long (*reserve)[MAX_NR_ZONES])
{
	int i, j;

	for (i = 0; i < MAX_NR_ZONES; i++) {
		unsigned int ratio = lowmem_reserve_ratio[i];
		unsigned long above = 0;

		for (j = 0; j <= i; j++)
			reserve[i][j] = 0;
		for (; j < MAX_NR_ZONES; j++) {
			above += managed[j];
			reserve[i][j] = ratio && managed[i] ? above / ratio : 0;
		}
	}
}

static void zones_managed(unsigned long *managed)
{
	int i;

	for (i = 0; i < MAX_NR_ZONES; i++)
		managed[i] = zone_managed_pages(&contig_page_data.node_zones[i]);
}

/* What must stay free so that every zone can keep its marks and reserves. */
static unsigned long calculate_totalreserve(void)
{
	unsigned long total = 0;
	struct zone *zone;
	int j;

	for_each_zone(zone) {
		unsigned long keep = 0;

		for (j = 0; j < MAX_NR_ZONES; j++)
			keep = max_t(unsigned long, keep, zone->lowmem_reserve[j]);
		total += min(zone_managed_pages(zone), keep + high_wmark_pages(zone));
	}
	return total;
}

static int __init set_min_free_kbytes(char *value)
{
	int error = value ? kstrtoint(value, 0, &user_min_free_kbytes) : -EINVAL;

	return user_min_free_kbytes < -1 ? -EINVAL : error; /* -1: as computed */
}
early_param("min_free_kbytes", set_min_free_kbytes);

void __init init_watermarks(void)
{
	unsigned long managed[MAX_NR_ZONES], watermark[MAX_NR_ZONES][NR_WMARK];
	long reserve[MAX_NR_ZONES][MAX_NR_ZONES], most;
	int i;

	zones_managed(managed);
	min_free_kbytes = zone_min_free_kbytes(managed);
	/* Above it not even the kernel's own caches could be made. */
	most = (managed[ZONE_DMA] + managed[ZONE_NORMAL]) << (PAGE_SHIFT - 10) >> 1;
	if (user_min_free_kbytes > most) {
		pr_warn("min_free_kbytes=%d is more than half of the lowmem, and ignored\n",
			user_min_free_kbytes);
	} else if (user_min_free_kbytes > min_free_kbytes) {
		pr_info("min_free_kbytes is not updated to %d because user defined value %d is "
			"preferred\n",
			min_free_kbytes, user_min_free_kbytes);
		min_free_kbytes = user_min_free_kbytes;
	}
	zone_calculate_watermarks(managed, min_free_kbytes, watermark);
	zone_calculate_lowmem_reserve(managed, reserve);
	for (i = 0; i < MAX_NR_ZONES; i++) {
		struct zone *zone = &contig_page_data.node_zones[i];

		memcpy(zone->_watermark, watermark[i], sizeof(zone->_watermark));
		memcpy(zone->lowmem_reserve, reserve[i], sizeof(zone->lowmem_reserve));
		set_fast_path_floor(zone);
	}
	contig_page_data.totalreserve_pages = calculate_totalreserve();
}

void __init init_zone(enum zone_type idx, unsigned long start_pfn, unsigned long end_pfn)
{
	struct zone *zone = &contig_page_data.node_zones[idx];
	unsigned int order, type;

	zone->name = zone_names[idx];
	zone->zone_pgdat = &contig_page_data;
	zone->zone_start_pfn = start_pfn;
	zone->spanned_pages = end_pfn - start_pfn;
	spin_lock_init(&zone->lock);
	lruvec_init(&zone->lruvec);
	for_each_migratetype_order(order, type)
		INIT_LIST_HEAD(&zone->free_area[order].free_list[type]);
}

/* A zone without pages is in no list: nobody has to skip it later. */
void __init build_zonelists(void)
{
	int highest, i;

	for (highest = 0; highest < MAX_NR_ZONES; highest++) {
		struct zone **next = contig_page_data.zonelists[highest].zones;

		for (i = highest; i >= 0; i--)
			if (managed_zone(&contig_page_data.node_zones[i]))
				*next++ = &contig_page_data.node_zones[i];
		*next = NULL;
	}
	for (i = 0; i < (int)ARRAY_SIZE(best_zone); i++) {
		struct zone *first =
			contig_page_data.zonelists[GFP_ZONE_TABLE >> (i * 2) & 3].zones[0];

		best_zone[i] = first ? first : &no_zone;
	}
}

/*
 * Above it a request of any order that the per-CPU lists hold leaves the zone
 * above its low mark, whatever of the free pages is in HIGHATOMIC blocks. Where some request
 * is to fail on purpose, none is above it.
 */
static unsigned long fast_path_floor(const struct zone *zone)
{
	if (mm_debug_flags & MM_DEBUG_FAULTS)
		return ULONG_MAX;
	return low_wmark_pages(zone) + zone->nr_reserved_highatomic +
	       (1UL << PAGE_ALLOC_COSTLY_ORDER);
}

void set_fast_path_floor(struct zone *zone)
{
	zone->fast_path_floor = fast_path_floor(zone);
}

unsigned long totalram_pages(void)
{
	struct zone *zone;
	unsigned long total = 0;

	for_each_zone(zone)
		total += zone_managed_pages(zone);
	return total;
}

unsigned long totalhigh_pages(void)
{
	return zone_managed_pages(&contig_page_data.node_zones[ZONE_HIGHMEM]);
}

/*
 * Machine-readable, for the tests to compare with their own computation; and
 * what a person wants to know of the zones at boot.
 */
void __init print_zones(void)
{
	struct zone *zone;

	pr_info("Zone ranges:\n");
	for_each_zone(zone) {
		if (!zone->spanned_pages) {
			pr_info("  %-8s empty\n", zone->name);
			continue;
		}
		pr_info("  %-8s [mem 0x%09llx-0x%09llx] %lu pages managed, min %lu low %lu high "
			"%lu, reserve %ld %ld %ld %ld\n",
			zone->name, (u64)PFN_PHYS(zone->zone_start_pfn),
			(u64)PFN_PHYS(zone_end_pfn(zone)) - 1, zone_managed_pages(zone),
			min_wmark_pages(zone), low_wmark_pages(zone), high_wmark_pages(zone),
			zone->lowmem_reserve[0], zone->lowmem_reserve[1], zone->lowmem_reserve[2],
			zone->lowmem_reserve[3]);
	}
	pr_info("min_free_kbytes %d, total reserve %lu pages\n", min_free_kbytes,
		contig_page_data.totalreserve_pages);
}

static int check_zonelists(void)
{
	int highest, problems = 0;

	for (highest = 0; highest < MAX_NR_ZONES; highest++) {
		struct zone *const *entry = contig_page_data.zonelists[highest].zones;
		int i;

		for (i = highest; i >= 0; i--) {
			struct zone *zone = &contig_page_data.node_zones[i];

			if (managed_zone(zone) && *entry++ != zone)
				problems += mm_problem("I-mmzone-4", "zonelist %d lacks zone %s",
						       highest, zone->name);
		}
		if (*entry)
			problems +=
				mm_problem("I-mmzone-4", "zonelist %d has zones too many", highest);
	}
	return problems;
}

int mmzone_check(void)
{
	unsigned long managed[MAX_NR_ZONES], watermark[MAX_NR_ZONES][NR_WMARK], end = 0;
	long reserve[MAX_NR_ZONES][MAX_NR_ZONES];
	int problems = 0;
	struct zone *zone;

	zones_managed(managed);
	zone_calculate_watermarks(managed, min_free_kbytes, watermark);
	zone_calculate_lowmem_reserve(managed, reserve);
	for_each_zone(zone) {
		int i = zone_idx(zone);

		if (zone->spanned_pages && zone->zone_start_pfn < end)
			problems += mm_problem("I-mmzone-1", "zone %s begins at pfn %lu, below %lu",
					       zone->name, zone->zone_start_pfn, end);
		end = max(end, zone_end_pfn(zone));
		if (zone_managed_pages(zone) > zone->present_pages ||
		    zone->present_pages > zone->spanned_pages)
			problems += mm_problem("I-mmzone-2",
					       "zone %s: managed %lu, present %lu, spanned %lu",
					       zone->name, zone_managed_pages(zone),
					       zone->present_pages, zone->spanned_pages);
		if (memcmp(zone->_watermark, watermark[i], sizeof(watermark[i])) ||
		    memcmp(zone->lowmem_reserve, reserve[i], sizeof(reserve[i])))
			problems += mm_problem("I-mmzone-3",
					       "zone %s: marks or reserves are not the formula's",
					       zone->name);
		if (zone->fast_path_floor != fast_path_floor(zone))
			problems += mm_problem("I-mmzone-5", "zone %s: fast path floor %lu",
					       zone->name, zone->fast_path_floor);
	}
	return problems + check_zonelists();
}
