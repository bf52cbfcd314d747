// SPDX-License-Identifier: MIT
/* The naive model: an array with the owner of each frame. See model.h. */
#include <linux/kernel.h>
#include <linux/poison.h>
#include <linux/preempt.h>
#include <linux/string.h>

#include "../e820/host.h"
#include "model.h"

/* In owner[]: an index into blocks[], or one of these. */
#define FREE	 0xffff
#define NO_FRAME 0xfffe

bool model_failed;
char model_complaint[256];

static u16 owner[MAX_FRAMES];
static struct block blocks[MAX_FRAMES];
static u16 live[MAX_FRAMES], unused[MAX_FRAMES]; /* indices into blocks[] */
static unsigned int nr_live;
static unsigned long nr_free[MAX_NR_ZONES];

void model_complain(const char *fmt, ...)
{
	va_list args;

	if (model_failed)
		return;
	model_failed = true;
	va_start(args, fmt);
	vscnprintf(model_complaint, sizeof(model_complaint), fmt, args);
	va_end(args);
	host_note("%s", model_complaint);
}

void model_reset(void)
{
	unsigned long pfn;

	model_failed = false;
	nr_live = 0;
	memset(nr_free, 0, sizeof(nr_free));
	for (pfn = 0; pfn < max_pfn; pfn++) {
		unused[pfn] = max_pfn - 1 - pfn;
		owner[pfn] = NO_FRAME;
		if (!machine_has_frame(pfn))
			continue;
		owner[pfn] = FREE;
		nr_free[page_zonenum(pfn_to_page(pfn))]++;
	}
}

/* --- contents ---------------------------------------------------------------------------- */

/* Both ends of each page in use say whose it is: nobody else may write there. */
static unsigned long stamp(unsigned long pfn)
{
	return pfn * 0x9e3779b1UL + 1;
}

static unsigned long *last_word(unsigned long *page)
{
	return page + PAGE_SIZE / sizeof(long) - 1;
}

static void write_stamp(unsigned long pfn)
{
	unsigned long *page = pfn_to_virt(pfn);

	*page = *last_word(page) = stamp(pfn);
}

static void check_stamp(unsigned long pfn)
{
	unsigned long *page = pfn_to_virt(pfn);

	model_expect(*page == stamp(pfn) && *last_word(page) == stamp(pfn),
		     "pfn %#lx is in use, and somebody else wrote to it", pfn);
}

/* What init_on_free and page poisoning promise of the pages that were just freed. */
void model_check_freed(unsigned long pfn, unsigned long nr)
{
	int byte = mm_debug_flags & MM_DEBUG_POISON ? PAGE_POISON : 0;

	if (!(mm_debug_flags & (MM_DEBUG_POISON | MM_DEBUG_INIT_ON_FREE)))
		return;
	for (; nr--; pfn++)
		model_expect(!memchr_inv(pfn_to_virt(pfn), byte, PAGE_SIZE),
			     "pfn %#lx was freed, and is not full of %#x", pfn, byte);
}

/* --- blocks ------------------------------------------------------------------------------ */

static void set_owner(unsigned long pfn, unsigned long nr, u16 who)
{
	struct zone *zone = page_zone(pfn_to_page(pfn));

	nr_free[zone_idx(zone)] += who == FREE ? nr : -nr;
	while (nr--)
		owner[pfn + nr] = who;
}

static struct block *new_block(struct block block)
{
	u16 i = unused[nr_live];

	block.live = nr_live;
	live[nr_live++] = i;
	blocks[i] = block;
	return &blocks[i];
}

static void forget_block(struct block *block)
{
	u16 last = live[--nr_live];

	unused[nr_live] = block - blocks;
	live[block->live] = last;
	blocks[last].live = block->live;
}

struct block *model_claim(unsigned long pfn, unsigned long nr, enum block_kind kind)
{
	struct block *block;
	unsigned long i;

	for (i = pfn; i < pfn + nr; i++)
		if (!model_expect(i < max_pfn && owner[i] == FREE,
				  "pfn %#lx was given out, but is not free", i))
			return NULL;
	block = new_block((struct block){ .pfn = pfn, .nr = nr, .kind = kind, .refs = 1 });
	set_owner(pfn, nr, block - blocks);
	for (i = pfn; i < pfn + nr; i++)
		write_stamp(i);
	return block;
}

void model_release(struct block *block)
{
	unsigned long i;

	for (i = block->pfn; i < block->pfn + block->nr; i++)
		check_stamp(i);
	set_owner(block->pfn, block->nr, FREE);
	forget_block(block);
}

void model_cut(struct block *block)
{
	unsigned long i;

	for (i = block->pfn; i < block->pfn + block->nr; i++)
		check_stamp(i);
	set_owner(block->pfn + 1, block->nr - 1, FREE);
	block->nr = 1;
	block->owner_order = 0;
}

void model_split(struct block *block)
{
	unsigned long nr = block->nr;

	block->nr = 1;
	block->kind = PLAIN;
	block->owner_order = 0;
	while (--nr) {
		struct block *page = new_block(*block);

		page->pfn += nr;
		owner[page->pfn] = page - blocks;
	}
}

unsigned int model_nr_blocks(void)
{
	return nr_live;
}

struct block *model_block(unsigned int i)
{
	return &blocks[live[i]];
}

unsigned int model_percent_used(void)
{
	unsigned long all = totalram_pages(), used = all;
	int i;

	for (i = 0; i < MAX_NR_ZONES; i++)
		used -= nr_free[i];
	return used * 100 / all;
}

/* --- comparing ---------------------------------------------------------------------------- */

void model_check_counts(void)
{
	unsigned long total = 0;
	struct sysinfo info;
	struct zone *zone;

	for_each_populated_zone(zone) {
		const struct per_cpu_pages *pcp = zone->per_cpu_pageset;
		unsigned long in_lists = pcp->count;

		total += zone->nr_free_pages;
		/* A refill may come on top of `high`: a batch, or a block and most of a batch. */
		model_expect(pcp->count <= pcp->high + pcp->batch + 7,
			     "%s: %d pages in per-CPU lists, high is %d, batch %d", zone->name,
			     pcp->count, pcp->high, pcp->batch);
		model_expect(zone->nr_free_pages + in_lists == nr_free[zone_idx(zone)],
			     "%s: %lu pages free and %lu in per-CPU lists, not %lu", zone->name,
			     zone->nr_free_pages, in_lists, nr_free[zone_idx(zone)]);
		model_expect((long)zone->nr_free_pages >= 0 &&
				     zone->nr_free_highatomic <= zone->nr_free_pages &&
				     zone->nr_free_highatomic <= zone->nr_reserved_highatomic,
			     "%s: %lu free, %lu of them HIGHATOMIC, %lu reserved", zone->name,
			     zone->nr_free_pages, zone->nr_free_highatomic,
			     zone->nr_reserved_highatomic);
	}
	si_meminfo(&info);
	model_expect(info.freeram == total, "si_meminfo(): %lu pages are free, not %lu",
		     info.freeram, total);
	model_expect(!irqs_disabled() && !preempt_count(), "interrupts %s, preempt count %#x",
		     irqs_disabled() ? "off" : "on", preempt_count());
}

static bool may_merge(unsigned long pfn, unsigned long buddy)
{
	enum migratetype type = get_pageblock_migratetype(pfn_to_page(pfn));
	enum migratetype other = get_pageblock_migratetype(pfn_to_page(buddy));

	return type == other || (type != MIGRATE_HIGHATOMIC && other != MIGRATE_HIGHATOMIC);
}

static bool all_free(unsigned long pfn, unsigned long nr)
{
	while (nr--)
		if (pfn + nr >= max_pfn || owner[pfn + nr] != FREE)
			return false;
	return true;
}

/* The order of the largest aligned run of free frames that begins here. */
static unsigned int largest_order(unsigned long pfn)
{
	unsigned int order = 0;

	while (order < MAX_PAGE_ORDER && !(pfn & (1UL << order)) &&
	       all_free(pfn + (1UL << order), 1UL << order) &&
	       (order < pageblock_order || may_merge(pfn, pfn + (1UL << order))))
		order++;
	return order;
}

/*
 * Whatever happened before, free frames form the largest blocks that they can: the only set
 * of blocks in which no two buddies are free.
 */
void model_check_free_blocks(void)
{
	static u8 found[MAX_FRAMES];
	unsigned long pfn = 0, i;

	machine_free_blocks(found);
	while (pfn < max_pfn) {
		unsigned long nr = 1, wanted = 0;

		if (owner[pfn] == FREE) {
			nr = 1UL << largest_order(pfn);
			wanted = 1 + largest_order(pfn);
		}
		for (i = 0; i < nr; i++)
			model_expect(found[pfn + i] == (i ? 0 : wanted),
				     "pfn %#lx: %d - 1 is the order of a free block there, not "
				     "%lu - 1",
				     pfn + i, found[pfn + i], i ? 0 : wanted);
		pfn += nr;
	}
}

static void check_owner(const struct block *block, unsigned long pfn)
{
	struct page_owner_info info;
	bool known = page_owner_get(pfn_to_page(pfn), &info);

	if (!(mm_debug_flags & MM_DEBUG_PAGE_OWNER)) {
		model_expect(!known, "page_owner is off, but knows pfn %#lx", pfn);
		return;
	}
	if (!model_expect(known, "pfn %#lx has no owner", pfn))
		return;
	model_expect(info.order == block->owner_order && info.gfp == block->gfp,
		     "pfn %#lx: owner says order %u, flags %#x, not %u, %#x", pfn, info.order,
		     info.gfp, block->owner_order, block->gfp);
	model_expect(page_to_pfn(info.head) == (info.order ? block->pfn : pfn),
		     "pfn %#lx: owner says head %#lx", pfn, page_to_pfn(info.head));
	model_expect(info.trace->nr_entries == 1 && info.trace->entries[0] == block->trace,
		     "pfn %#lx: owner says trace %#lx, not %#lx", pfn, info.trace->entries[0],
		     block->trace);
}

/* Page i of the block: what the allocator promised, and has kept since. */
static void check_page(const struct block *block, unsigned long i)
{
	struct page *page = pfn_to_page(block->pfn + i);
	bool first = !i || block->kind == EXACT;
	struct page *head = first ? page : pfn_to_page(block->pfn);

	model_expect(page_ref_count(page) == (first ? block->refs : 0),
		     "pfn %#lx: %d references, not %d", block->pfn + i, page_ref_count(page),
		     first ? block->refs : 0);
	model_expect(page_mapcount(page) == 0 && !page->mapping,
		     "pfn %#lx: mapcount %d, mapping %p", block->pfn + i, page_mapcount(page),
		     page->mapping);
	model_expect(PageHead(page) == (block->kind == COMPOUND && first), "pfn %#lx: flags %#lx",
		     block->pfn + i, page->flags & PAGEFLAGS_MASK);
	if (block->kind == COMPOUND)
		model_expect(compound_head(page) == head && PageTail(page) == !first &&
				     compound_nr(head) == block->nr &&
				     page_count(page) == block->refs,
			     "pfn %#lx: its head is %#lx, of order %u", block->pfn + i,
			     page_to_pfn(compound_head(page)), compound_order(head));
	check_owner(block, block->pfn + i);
}

void model_check_block(const struct block *block)
{
	unsigned long i, step = block->nr / 8 + 1;

	for (i = 0; i < block->nr; i += step)
		check_page(block, i);
	check_page(block, block->nr - 1);
}
