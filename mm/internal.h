/* SPDX-License-Identifier: MIT */
/* What the files of mm/ share with each other, and with nobody else but the tests. */
#ifndef _MM_INTERNAL_H
#define _MM_INTERNAL_H

#include <linux/fault-inject.h>
#include <linux/init.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <asm/pgtable.h>
#include <linux/smp.h>
#include <linux/string.h>

/* --- check.c: one problem found by a checker; returns 1, to be added up ------- */

int mm_problem(const char *invariant, const char *fmt, ...) __printf(2, 3);

/* Is this the address of a struct page? For pointers that may be anything. */
bool is_page_pointer(const struct page *page);
/* Prints what mm_problem() kept; `found` is how many there were, and is returned. */
int mm_print_problems(int found);
/* For the checkers' own tests: what is kept, the nth text or NULL, and how to be rid of it. */
const char *mm_problem_text(unsigned int nth);
void mm_problems_forget(void);

/* Checkers, one a file; each returns how many problems it found and printed. */
int memblock_check(void);
int pgtable_check(void);
int mmzone_check(void);
int page_alloc_check(void);
int percpu_check(void);
int mempool_check(void);
int highmem_check(void);
int page_alloc_check_zone(struct zone *zone);

/* --- percpu.c ------------------------------------------------------------------- */

/* Of one CPU's part: the reserve and further chunks, bytes, and pieces in use. */
struct percpu_info {
	unsigned int chunks, pieces;
	unsigned long size, used;
};

void percpu_get_info(struct percpu_info *info);
/* Is it in a chunk? Then *cpu says in whose part. */
bool percpu_contains(unsigned long address, unsigned int *cpu);

/* --- mmzone.c ------------------------------------------------------------------ */

extern int min_free_kbytes;

/* The formulas of the watermarks: pure functions of the zones' managed pages. */
unsigned long zone_min_free_kbytes(const unsigned long *managed);
void zone_calculate_watermarks(const unsigned long *managed, unsigned long min_free_kb,
			       unsigned long (*watermark)[NR_WMARK]);
void zone_calculate_lowmem_reserve(const unsigned long *managed, long (*reserve)[MAX_NR_ZONES]);

void init_zone(enum zone_type idx, unsigned long start_pfn, unsigned long end_pfn);
void init_watermarks(void);
void build_zonelists(void);
/* Where the allocator's fast path leaves off. Under zone->lock, or in the boot. */
void set_fast_path_floor(struct zone *zone);

/* The first zone to try, by __gfp_zone_bits(); where there is none, one that never has a page. */
extern struct zone *best_zone[GFP_ZONEMASK + 1];
void print_zones(void);

/* --- memblock.c ---------------------------------------------------------------- */

/* What memblock_add() and memblock_remove() do, to any list. */
int memblock_add_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size);
int memblock_remove_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size);
int memblock_check_type(const struct memblock_type *type);

/* memblock_alloc(), or the boot stops with a sentence that says what the memory was for. */
void *memblock_alloc_for(phys_addr_t size, phys_addr_t align, const char *what);

/* The memory is the page allocator's now: the lists are only read. */
void memblock_end(void);
bool memblock_has_ended(void);

/* --- pgtable.c ----------------------------------------------------------------- */

/* How far the direct mapping may reach, by vmalloc=: whole sections. */
unsigned long lowmem_limit_pfn(void);

/*
 * Builds the final page tables, from memblock's memory and max_low_pfn, loads them,
 * checks them, and says what it found. Boot, once.
 */
void paging_init(void);

/* The page tables of the kernel that directory entries point to. */
extern unsigned long nr_page_tables;

/* pte_alloc_kernel() with the flags for the table's page. */
pte_t *__pte_alloc_kernel(pmd_t *pmd, unsigned long address, gfp_t gfp);
/*
 * Takes the table out that maps the address, if there is one, whose entries are all none and
 * where nobody maps anything meanwhile. Its page is put into the list, to be freed when no TLB
 * has the way to it any more.
 */
void pgtable_take(unsigned long address, struct list_head *tables);
void pgtable_free(struct list_head *tables);

/* --- highmem.c: boot, when per-CPU variables are there, before any page is mapped -- */

void kmap_init(void);

/* --- pgtable_check.c: the tables that CR3 points to ---------------------------- */

#define PGTABLE_LEVELS 3

struct pgtable_entry {
	unsigned int level;	  /* enum pg_level */
	unsigned long address;	  /* the first one that it translates */
	const pteval_t *location; /* where it is */
	pteval_t value;
	pteval_t effective; /* value, with what the levels above forbid taken away */
};

/* Does it map memory, not point to a table? */
static inline bool pgtable_is_leaf(const struct pgtable_entry *entry)
{
	return entry->level == PG_LEVEL_4K ||
	       (entry->level == PG_LEVEL_2M && (entry->value & _PAGE_PSE));
}

/*
 * pgtable_walk() shows every present entry, a table's before those in it.
 *
 * pgtable_path() reads the entries that the CPU reads for one address, from the top;
 * returns how many: the last one maps the page, is not present, or points nowhere.
 */
typedef void (*pgtable_visit_t)(const struct pgtable_entry *entry, void *context);
void pgtable_walk(pgtable_visit_t visit, void *context);
unsigned int pgtable_path(unsigned long address, struct pgtable_entry path[PGTABLE_LEVELS]);

/* Checks, and says in one line what holds, or that something does not. */
void pgtable_print_verdict(void);

/* --- debugging that can be switched on at boot: one word, tested once a fast path - */

#define MM_DEBUG_INIT_ON_ALLOC 0x01
#define MM_DEBUG_INIT_ON_FREE  0x02
#define MM_DEBUG_POISON	       0x04 /* page_poison=1 */
#define MM_DEBUG_PAGE_OWNER    0x08 /* page_owner=on */
#define MM_DEBUG_SLAB_HARDENED 0x10 /* slab_freelist_hardened=1 */
#define MM_DEBUG_SLAB_RANDOM   0x20 /* slab_freelist_random=1 */
#define MM_DEBUG_BAD_TAILS     0x40 /* blocks in use hold bad pages: see free_around_bad() */
#define MM_DEBUG_FAULTS	       0x80 /* some allocation is to fail: see fault_inject.c */

extern unsigned int mm_debug_flags;

/* A word of the command line that sets or clears such a flag. */
int set_mm_debug_flag(const char *value, unsigned int flag);
#define mm_debug_param(word, flag)                       \
	static int __init set_##word(char *value)        \
	{                                                \
		return set_mm_debug_flag(value, (flag)); \
	}                                                \
	early_param(#word, set_##word)

/* --- page_debug.c: what a page goes through when one of these is on -------------- */

void debug_alloc_page(struct page *page, unsigned int order, gfp_t gfp);
/* Returns the order to free the block with: not the caller's, if page owner knows better. */
unsigned int debug_free_page(struct page *page, unsigned int order);
void debug_split_page(struct page *page, unsigned int order);
void poison_free_memory(void);
void clear_pages(struct page *page, unsigned int order);

/* --- fault_inject.c -------------------------------------------------------------- */

struct failslab {
	struct fault_attr attr;
	bool ignore_gfp_wait; /* spares requests that may sleep */
	bool cache_filter;    /* spares caches without SLAB_FAILSLAB */
};

struct fail_page_alloc {
	struct fault_attr attr;
	bool ignore_gfp_wait;
	bool ignore_gfp_highmem;
	unsigned int min_order; /* spares smaller blocks */
};

extern struct failslab failslab;
extern struct fail_page_alloc fail_page_alloc;

/* After a change of their probabilities. */
void fault_inject_update(void);

/* Has an allocation of this task just been made to fail, by set_fail_nth()? No news, then. */
bool failed_on_purpose(void);

/* --- page_owner.c ---------------------------------------------------------------- */

#define OWNER_TRACE_DEPTH 8

/* A call trace that allocated pages, and what it owns now. */
struct owner_trace {
	unsigned long blocks;
	unsigned long pages;
	unsigned long entries[OWNER_TRACE_DEPTH]; /* return addresses, innermost first */
	u16 nr_entries;
	u16 next; /* in its hash chain */
};

struct page_owner_info {
	const struct page *head; /* of the block that the page is in */
	unsigned int order;
	gfp_t gfp;
	const struct owner_trace *trace;
};

void page_owner_init(void);
void page_owner_alloc(struct page *page, unsigned int order, gfp_t gfp);
unsigned int page_owner_free(struct page *page, unsigned int order);
void page_owner_split(struct page *page, unsigned int order);
void page_owner_move(struct page *dst, struct page *src);
/* Who owns the block that the page is in. False: nobody, or page_owner is off. */
bool page_owner_get(const struct page *page, struct page_owner_info *info);
void page_owner_print(const struct page *page);
/* Trace i, from 0; NULL behind the last. */
const struct owner_trace *page_owner_trace(unsigned int i);
int page_owner_check(void);

/* True only of context that may sleep; `flags` are the interrupts' state. Two comparisons. */
#define surely_preemptible(flags) \
	(!irqs_disabled_flags(flags) && arch_this_cpu_equals(__preempt_count, PREEMPT_ENABLED))

/*
 * For the fast paths, whose saved `flags` tell whether interrupts were on: may not sleep, but
 * asks to. Then the slow path, with its might_alloc(), has to serve and report it (API X1).
 */
#define alloc_is_out_of_context(gfp, flags) \
	(unlikely(!surely_preemptible(flags)) && ((gfp)&__GFP_DIRECT_RECLAIM))

/* --- page_alloc.c -------------------------------------------------------------- */

/* How a request may be served: the watermark index in the low bits, and rights. */
#define ALLOC_WMARK_MIN	    WMARK_MIN
#define ALLOC_WMARK_LOW	    WMARK_LOW
#define ALLOC_WMARK_HIGH    WMARK_HIGH
#define ALLOC_WMARK_MASK    0x03
#define ALLOC_NO_WATERMARKS 0x04
#define ALLOC_OOM	    0x08 /* a victim of the OOM killer: half of min */
#define ALLOC_NON_BLOCK	    0x10 /* cannot reclaim: a quarter off what MIN_RESERVE leaves */
#define ALLOC_MIN_RESERVE   0x20 /* __GFP_HIGH: half of min */
#define ALLOC_HIGHATOMIC    0x40 /* may use and create HIGHATOMIC pageblocks */
#define ALLOC_RESERVES	    (ALLOC_NON_BLOCK | ALLOC_MIN_RESERVE | ALLOC_HIGHATOMIC | ALLOC_OOM)

bool __zone_watermark_ok(const struct zone *zone, unsigned int order, unsigned long mark,
			 enum zone_type highest_zoneidx, unsigned int alloc_flags, long free_pages);
bool zone_watermark_ok(const struct zone *zone, unsigned int order, unsigned long mark,
		       enum zone_type highest_zoneidx, unsigned int alloc_flags);

/* One pass over the zones, best first: a block from the first one that the mark lets through. */
struct page *get_page_from_freelist(gfp_t gfp, unsigned int order, unsigned int alloc_flags);

/*
 * The free areas, below all watermarks. Callers hold zone->lock. A block that
 * is taken is known to nobody else; one that is given back has to be at rest.
 */
struct page *rmqueue_smallest(struct zone *zone, unsigned int order, enum migratetype type);
struct page *rmqueue_block(struct zone *zone, unsigned int order, enum migratetype type);
void free_one_block(struct zone *zone, struct page *page, unsigned int order);
void add_to_free_list(struct zone *zone, struct page *page, unsigned int order,
		      enum migratetype type);
void del_from_free_list(struct zone *zone, struct page *page, unsigned int order,
			enum migratetype type);
/* Takes a block off its list, of which 2^order pages are wanted; the rest goes back. */
struct page *take_block(struct zone *zone, struct page *page, unsigned int order,
			unsigned int block_order, enum migratetype type);

static inline unsigned int buddy_order(const struct page *page)
{
	return page->private;
}

/* The free block that a page is in, and its order; NULL: in none. Under zone->lock. */
struct page *free_block_of(struct page *page, unsigned int *order);

/* Boot: gives a block of free memory to the free areas of its zone. */
void __free_pages_core(struct page *page, unsigned int order);

/* Takes one page out of the free block it is in, for good. False: it is in none. */
bool take_page_off_buddy(struct page *page);

/* Somebody wrote to it while it was free, or freed it dirty as the tail of a block. */
static inline bool page_is_dirty_at_alloc(const struct page *page)
{
	return (page->flags & PAGEFLAGS_MASK) | (unsigned long)page->mapping |
	       (page->page_type + 1) | page_ref_count(page);
}

void prep_new_page_special(struct page *page, unsigned int order, gfp_t gfp);

static inline void prep_new_page(struct page *page, unsigned int order, gfp_t gfp)
{
	page->private = 0;
	set_page_count(page, 1);
	if (unlikely((gfp & (__GFP_ZERO | __GFP_COMP | __GFP_NOFAIL)) | mm_debug_flags))
		prep_new_page_special(page, order, gfp);
}

/* Is there anything that a page at rest does not have, or that somebody wants to be told? */
static inline bool needs_free_prepare(const struct page *page)
{
	return (page->flags & PAGEFLAGS_MASK) | (unsigned long)page->mapping |
	       (page->page_type + 1) | mm_debug_flags;
}

void free_with_prepare(struct page *page, unsigned int order);
void free_pages_referenced(struct page *page, unsigned int order, bool compound);

/* --- page_alloc_slow.c --------------------------------------------------------- */

unsigned int gfp_to_alloc_flags(gfp_t gfp, unsigned int order);
/* Requests for which Linux would have killed a process. */
extern unsigned long nr_oom;
extern unsigned long nofail_patience; /* jiffies after which who must not fail says so */
extern int panic_on_oom;	      /* and which therefore stop the machine */
/* All that the flags allow, where the fast path is of no use. */
struct page *alloc_pages_slow(gfp_t gfp, unsigned int order);

/* --- page_bulk.c --------------------------------------------------------------- */

/* Single pages into pages[0..nr): returns how many there are, from the front. */
unsigned long alloc_pages_fill(gfp_t gfp, unsigned long nr, struct page **pages);
/* __free_page() of each. */
void free_pages_bulk(struct page **pages, unsigned long nr);

/* --- pageblock.c: migrate types of pageblocks ---------------------------------- */

void set_pageblock_migratetype(struct page *page, enum migratetype type);
extern unsigned int page_group_by_mobility_disabled;
void disable_mobility_grouping(void);

/* How far watermarks are boosted at most: of high, in ten thousandths; 0: never. */
extern int watermark_boost_factor;

/* A block from the lists of another type than the one asked for. Under zone->lock. */
struct page *rmqueue_fallback(struct zone *zone, unsigned int order, enum migratetype type);

/* Makes the page's pageblock HIGHATOMIC, if there are not too many of them. */
void reserve_highatomic_pageblock(struct zone *zone, struct page *page);
/* Gives one such pageblock of any zone back to `type`; keeps the last, unless forced. */
bool unreserve_highatomic_pageblock(enum migratetype type, bool force);

/* --- pcp.c --------------------------------------------------------------------- */

#define NR_PCP_ORDERS (PAGE_ALLOC_COSTLY_ORDER + 1)
#define NR_PCP_LISTS  (NR_PCP_ORDERS * MIGRATE_PCPTYPES)

/* One CPU's free pages of one zone. Only that CPU touches it, with interrupts off. */
struct per_cpu_pages {
	int count; /* pages in the lists */
	int high;  /* above it, a batch goes back to the free areas */
	int batch; /* pages that move at once */
	struct list_head lists[NR_PCP_LISTS];
} __aligned(64);

DECLARE_PER_CPU(struct per_cpu_pages, zone_pcp[MAX_NR_ZONES]);

static inline unsigned int pcp_list_index(enum migratetype type, unsigned int order)
{
	return type * NR_PCP_ORDERS + order;
}

int zone_batchsize(unsigned long managed);
int zone_highsize(const struct zone *zone, int batch);
void pcp_init(void);
/* Fills an empty list of this CPU's; returns whether it is no longer empty. Interrupts off. */
bool pcp_refill(struct zone *zone, struct per_cpu_pages *pcp, unsigned int order,
		enum migratetype type);
/* Gives `count` pages back. Interrupts off. */
void pcp_flush(struct zone *zone, struct per_cpu_pages *pcp, int count);
/* Before a request that goes past the lists: gives a batch back, if they hold plenty. */
void pcp_trim(struct zone *zone);

/* --- lru.c ----------------------------------------------------------------------- */

struct scan_control;

static inline void lruvec_init(struct lruvec *lruvec)
{
	enum lru_list lru;

	spin_lock_init(&lruvec->lru_lock);
	for_each_lru(lru)
		INIT_LIST_HEAD(&lruvec->lists[lru]);
}

/*
 * Looks at size >> sc->priority pages of each list, at least SWAP_CLUSTER_MAX; returns how many
 * were freed. May sleep if it may write (sc->may_writepage and __GFP_IO | __GFP_FS in gfp_mask).
 */
unsigned long shrink_lruvec(struct zone *zone, struct scan_control *sc);
/* Off its list, with a reference: 0, or -EBUSY, it is on none. And back, the reference is put. */
int isolate_lru_page(struct page *page);
void putback_lru_page(struct page *page);
/* The last reference of a page that is still on a list is gone. */
void lru_page_freed(struct page *page);
int lru_check(void);

/* --- filemap.c, page_writeback.c ------------------------------------------------- */

/* Those who wait for its lock, or for the end of its write-back, look again. */
void wake_up_page(struct page *page);
/* The flusher does not know the address space any more. */
void writeback_forget(struct address_space *mapping);
int filemap_check(void);

/* --- migrate.c -------------------------------------------------------------------- */

int migrate_check(void);

/* --- compaction.c ------------------------------------------------------------------ */

/* Blocks of that order, now that pages enough are free. */
void compact_for_kswapd(unsigned int order, enum zone_type highest);
/* All that can be moved, to the end of the zone; returns how many pages were. */
unsigned int compact_whole_zone(struct zone *zone);
int compaction_check(void);

/* --- show_mem.c ---------------------------------------------------------------- */

/* The report of a failed allocation, unless __GFP_NOWARN; the text says what failed. */
void warn_alloc(gfp_t gfp, const char *fmt, ...) __printf(2, 3);
/* A page type beside Linux's: reported as bad, nobody gets it again. */
#define PG_bad 0x00000800U
__PAGETYPE(Bad, bad)

/* What is wrong with a page that should be at rest, without any of the flags, or NULL. */
const char *bad_page_reason(const struct page *page, unsigned long flags);
/* Reports such a page, and makes sure that nobody gets it again. Returns whether it was free. */
bool bad_page(struct page *page, const char *reason);
extern unsigned long nr_bad_pages;

#endif
