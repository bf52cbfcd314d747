/* SPDX-License-Identifier: MIT */
/*
 * What the monitor's commands on memory share; private to mm/monitor/ and its tests.
 *
 * A listing takes what it shows of a zone under zone->lock, lets go, and prints. The
 * per-CPU lists have no lock: they are their CPU's, and of another CPU's what is seen may be
 * half a change. So no walk along them believes a pointer that it has not checked, or goes on
 * for longer than the list is said to be.
 */
#ifndef _MM_MONITOR_H
#define _MM_MONITOR_H

#include <linux/mm.h>
#include <linux/threads.h>
#include <memkern/monitor.h>
#include <memkern/monitor_output.h>

/* --- output.c -------------------------------------------------------------------- */

/* A short text by value, good to the end of the statement: mprintf("%s", size_text(n).text). */
struct short_text {
	char text[24];
};

struct short_text size_text(u64 bytes);		     /* 100 bytes, 44 KiB, 62.5 MiB, 1.9 GiB */
struct short_text percent_text(u64 part, u64 whole); /* 97.3 */

#define PAGES_TEXT(nr) (size_text((u64)(nr) << PAGE_SHIFT).text)

/* A call trace, innermost first: the end of a line, and the fields caller0, caller1, ... */
void print_callers(const unsigned long *callers, unsigned int nr, const char *if_none);
void json_callers(const unsigned long *callers, unsigned int nr);

/* A table with a column an order. */
void order_heading(const char *label);
void order_row(const char *label, const unsigned long *values, unsigned int nr);

/* --- frames.c -------------------------------------------------------------------- */

enum frame_state {
	FRAME_HOLE, /* no RAM */
	FRAME_RESERVED,
	FRAME_FREE,
	FRAME_CPU, /* free, in a CPU's lists */
	FRAME_USED,
	FRAME_BAD,
	NR_FRAME_STATES,
};

/*
 * A frame's state, and how many frames from it on have the same for the same reason.
 * Never says FRAME_CPU, which only the lists know: for_each_cpu_block(). Under zone->lock.
 */
enum frame_state frame_state(unsigned long pfn, unsigned long *nr);

static inline bool is_in_block(const struct page *page, const struct page *block,
			       unsigned int order)
{
	return page >= block && page < block + (1UL << order);
}

/* A block in a CPU's lists. */
struct cpu_block {
	struct page *page;
	unsigned int order, cpu;
};

/* Shows `visit` each block in the CPUs' lists of a zone. Under zone->lock. */
void for_each_cpu_block(struct zone *zone, void (*visit)(const struct cpu_block *block, void *data),
			void *data);

/* What a walk along a zone's lists finds. */
struct zone_blocks {
	unsigned long free[NR_PAGE_ORDERS]; /* blocks, of all types */
	unsigned long by_type[MIGRATE_TYPES][NR_PAGE_ORDERS];
	unsigned long pages;
	unsigned long cpu_blocks[NR_CPUS][NR_PAGE_ORDERS]; /* in the CPUs' lists */
	unsigned long cpu_pages;			   /* of all CPUs */
	bool verified;					   /* the counters say the same */
};

void count_blocks(struct zone *zone, struct zone_blocks *blocks);

/* A command that shows each zone with pages, and then says what it means. */
typedef void (*show_zone_t)(struct zone *zone, const struct zone_blocks *blocks);
int list_zones(int argc, char **argv, show_zone_t print, show_zone_t json, const char *legend);

unsigned long nr_present_sections(void);

/* The frame whose struct page is at, or around, an address; false: none is there. */
bool mem_map_frame(u64 address, u64 *frame);

/*
 * The frame that a person means:
 *	pfn:N phys:N virt:N page:N	as it says
 *	0x... inside the mem_map	the frame of that struct page
 *	0xc0000000 to 0xffffffff	a virtual address of the kernel
 *	other 0x..., 16M and the like	a physical address
 *	decimal				a frame number
 * *how says which. If there is no such frame: a sentence, and -EINVAL or -ERANGE.
 */
int parse_frame(const char *text, unsigned long *pfn, const char **how);

/* --- gfp.c ----------------------------------------------------------------------- */

/*
 * Flags: names joined by '|', or words, or 0x numbers. What the page allocator takes for
 * a bug in its caller is refused here: a sentence and -EINVAL.
 */
int parse_gfp(int nr, char **words, gfp_t *gfp);
/* An order, or a sentence and -EINVAL. */
int parse_order(const char *text, unsigned int *order);
void offer_gfp(struct monitor_completion *completion);

/* The request as the monitor makes it: it explains a refusal itself, and survives it. */
struct page *monitor_alloc(gfp_t gfp, unsigned int order);
/* Why no zone serves the request, a line a zone. */
void explain_refusal(gfp_t gfp, unsigned int order);

/* --- slab.c ---------------------------------------------------------------------- */

struct kmem_cache;

/* The cache of that name, or NULL and a sentence. */
struct kmem_cache *parse_cache(const char *name);
void offer_caches(struct monitor_completion *completion);

enum object_state {
	OBJECT_USED,
	OBJECT_FREE,	/* in its slab's list */
	OBJECT_CPU,	/* free, in a CPU's list */
	OBJECT_PADDING, /* no object: what is left over behind the last one */
};

/* The object of a slab that an address is in. */
struct object_place {
	struct kmem_cache *cache;
	void *slab;   /* where the slab begins */
	void *object; /* where the object begins: the byte that its owner is given */
	long offset;  /* of the address in it; below 0 in a red zone */
	unsigned int number;
	enum object_state state;
};

/* False: the address, of the direct mapping, is in no slab. */
bool find_object(const void *address, struct object_place *place);

/* --- stacks.c -------------------------------------------------------------------- */

struct stack_place {
	char name[40];		  /* "stack of init[1]" */
	unsigned long begin, end; /* end: of the last byte, plus one */
	bool is_guard;		  /* the address is in the page below, which is never mapped */
};

bool find_stack(unsigned long address, struct stack_place *stack);

/* --- vmalloc.c: the vmalloc window ------------------------------------------------- */

/*
 * What looks at the window's areas, or at page tables that may be freed, holds vmap_lock.
 * Where interrupts are off that cannot be: a sentence, and false.
 */
bool lock_vmap_areas(void);
void unlock_vmap_areas(void);

/* By address; under vmap_lock. `node` is a struct rb_node *. */
#define for_each_vmap_area(va, node, root)                                         \
	for ((node) = rb_first(root);                                              \
	     (node) && ((va) = rb_entry((node), struct vmap_area, rb_node), true); \
	     (node) = rb_next(node))

enum vmap_state {
	VMAP_UNKNOWN, /* it could not be looked, or the area is on its way */
	VMAP_FREE,
	VMAP_LAZY, /* unmapped, but a TLB may not know it yet */
	VMAP_BUSY,
};

struct vmap_place {
	unsigned long start, end; /* of the area, or of the hole */
	/* The rest of a busy one: */
	const char *kind;
	unsigned long flags; /* of its vm_struct */
	const void *caller;
	phys_addr_t phys;	/* VM_IOREMAP */
	unsigned long nr_pages; /* that are mapped */
	bool has_guard;		/* the last page */
};

/* Of an address in the window. */
enum vmap_state find_vmap_place(unsigned long address, struct vmap_place *place);

/* The area that has the page, and which of its pages it is. False: none, or not in this context. */
bool find_vmap_page(const struct page *page, unsigned long *start, unsigned long *index);

/* --- vmmap.c --------------------------------------------------------------------- */

/* What an address is for, and where the next region begins; 0: nowhere, it is the last. */
const char *region_of(unsigned long address, unsigned long *end);

/* --- page.c ---------------------------------------------------------------------- */

/* What a frame is used for, in words. */
#define FRAME_TEXT_SIZE 120
void describe_frame(char *text, unsigned long pfn);

/* --- whatis.c and whatis_high.c: what is at an address, said behind "0x...: " ------- */

void say_frame(unsigned long pfn, unsigned long offset);
/* Of an address above the direct mapping. */
void say_high(unsigned long address);

/* --- alloc.c and fill.c: who has a page ------------------------------------------ */

/* The number of the handle whose block the page is in, or 0; and the block. */
unsigned int handle_of(const struct page *page, struct page **block, unsigned int *order);
unsigned int handle_of_object(const void *object);

/* The same of what `fill` took: the block, or NULL. */
struct page *filled_block_of(const struct page *page, unsigned int *order);
extern unsigned long filled_pages;
/* Gives it all back; how many pages that were. */
unsigned long release_filled(void);

#endif
