// SPDX-License-Identifier: MIT
/*
 * The vmalloc window's address space: who has which range of it.
 *
 * The window is cut into areas without a gap between them. Each is in one of three states:
 *
 *	        alloc_vmap_area()          free_vmap_area_lazily()
 *	free ----------------------> busy -------------------------> lazy
 *	  ^                                                            |
 *	  +--------------------- purge_vmap_areas() -------------------+
 *
 * Free areas are in a tree by address, in which each node also knows the largest size in
 * its subtree; so the lowest area that is large enough is found by one way down. Busy areas
 * are in a tree by address. A lazy area maps nothing any more, but the TLBs were not told:
 * to interrupt all CPUs costs thousands of times what an area does, so it is done once for
 * many. Until then nobody may have these addresses, or somebody's new area would be read
 * through old translations.
 *
 * Worked example, three pages wide areas, with their guard pages (g), in a window of 16:
 *
 *	0     4     8     12    16
 *	[aaag][bbbg][cccg][.....]	free: 12..15; a request of 4 takes them
 *	[aaag][~~~~][cccg][.....]	b is freed: lazy; a request of 5 finds no room: purge
 *	[aaag][....][cccg][.....]	free: 4..7 and 12..15, each subtree's largest is 4
 *	[aaag][.................]	c was freed and purged: one area of 12, merged
 *
 * When do lazy areas become free? When there are more than lazy_max bytes of them, when a
 * request finds no room, and when somebody asks (vm_unmap_aliases()). One flush for up to
 * PURGE_AT_ONCE areas, before the lock that guards the trees is given back. With the
 * addresses the page tables go: where 2 MiB of the window have become free as a whole, the
 * table that mapped them is taken out before the flush, and its page freed after it.
 *
 * How large is lazy_max? As Linux, 32 MiB for each doubling of the CPUs; but at most a quarter
 * of the window, which may be small here, and at most as much as there is RAM: a page in a lazy
 * area keeps 128 bytes of it for the object, so that is 1/64 of all. Mostly it is far less: an
 * area that touches the one that became lazy before it joins it, and its object is freed.
 *
 * Cost, n areas: finding, taking and freeing some log2(n) steps each, of about 10 instructions;
 * a purge about 200 a lazy area and one flush of all TLBs for each PURGE_AT_ONCE. A request with
 * a large alignment, or with bounds, may look at every free area that is large enough, log2(n)
 * steps each, under vmap_lock: 15,000 holes take it some milliseconds.
 *
 * Invariants, checked by vmalloc_check():
 *	I-vmap_area-1  free, busy and lazy areas are disjoint and together the whole window
 *	I-vmap_area-2  no two free areas touch
 *	I-vmap_area-3  subtree_max_size is the largest size in the subtree
 *	I-vmap_area-4  the counters equal a recount
 *
 * Locking: vmap_lock guards both trees, the list, the counters, and the state of each area.
 * Process context with interrupts on only, as the flush is waited for under it. What is in a
 * busy area belongs to whoever has it.
 *
 * Left out: several nodes, each with trees of its own (Linux 6.9); best fit.
 */
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/panic.h>
#include <linux/rbtree_augmented.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <asm/tlbflush.h>

#include "internal.h"
#include "vmalloc.h"

#define PURGE_AT_ONCE	256
#define PURGES_MOST	3 /* for one request */
#define LAZY_MAX_A_LOG2 (32UL << 20)

DEFINE_SPINLOCK(vmap_lock);
struct rb_root vmap_free_root = RB_ROOT;
struct rb_root vmap_busy_root = RB_ROOT;
LIST_HEAD(vmap_lazy_list);
struct vmalloc_info vmap_stats; /* what is not counted in it, vmalloc_get_info() fills in */

static struct kmem_cache *vmap_area_cache;

static inline struct vmap_area *to_va(const struct rb_node *node)
{
	return rb_entry(node, struct vmap_area, rb_node);
}

/* --- the free tree --------------------------------------------------------------- */

RB_DECLARE_CALLBACKS_MAX(static, free_tree, struct vmap_area, rb_node, unsigned long,
			 subtree_max_size, va_size);

static inline unsigned long largest_in(const struct rb_node *subtree)
{
	return subtree ? to_va(subtree)->subtree_max_size : 0;
}

static void erase_free(struct vmap_area *va)
{
	rb_erase_augmented(&va->rb_node, &vmap_free_root, &free_tree);
	vmap_stats.free_areas--;
}

static void resize_free(struct vmap_area *va, unsigned long start, unsigned long end)
{
	va->va_start = start;
	va->va_end = end;
	free_tree.propagate(&va->rb_node, NULL);
}

/*
 * Makes the range free, as part of the free areas that it touches. The objects that are
 * left over go to `unused`. Returns the area that it is in now.
 */
static struct vmap_area *insert_free(struct vmap_area *va, struct list_head *unused)
{
	struct rb_node **link = &vmap_free_root.rb_node, *parent = NULL;
	struct vmap_area *before = NULL, *after = NULL;

	while (*link) {
		parent = *link;
		if (va->va_start < to_va(parent)->va_start) {
			after = to_va(parent);
			link = &parent->rb_left;
		} else {
			before = to_va(parent);
			link = &parent->rb_right;
		}
	}
	if (after && after->va_start != va->va_end)
		after = NULL;
	if (before && before->va_end == va->va_start) {
		unsigned long end = va->va_end;

		list_add(&va->list, unused);
		if (after) {
			end = after->va_end;
			erase_free(after);
			list_add(&after->list, unused);
		}
		resize_free(before, before->va_start, end);
		return before;
	}
	if (after) {
		resize_free(after, va->va_start, after->va_end);
		list_add(&va->list, unused);
		return after;
	}
	rb_link_node(&va->rb_node, parent, link);
	va->subtree_max_size = 0; /* unlike the true value, so that it is propagated */
	free_tree.propagate(&va->rb_node, NULL);
	rb_insert_augmented(&va->rb_node, &vmap_free_root, &free_tree);
	vmap_stats.free_areas++;
	return va;
}

/* The lowest area of at least `size` bytes in a subtree that has one. */
static struct vmap_area *lowest_in(const struct rb_node *node, unsigned long size)
{
	for (;;) {
		if (largest_in(node->rb_left) >= size)
			node = node->rb_left;
		else if (va_size(to_va(node)) >= size)
			return to_va(node);
		else
			node = node->rb_right;
	}
}

/*
 * The lowest free area of at least `size` bytes that reaches beyond `from`. Down towards
 * `from`, as long as there are such sizes at all; then up, where what is to the right of the
 * way comes next.
 */
static struct vmap_area *lowest_free(unsigned long size, unsigned long from)
{
	const struct rb_node *node = vmap_free_root.rb_node, *last = NULL;

	while (largest_in(node) >= size) {
		last = node;
		node = to_va(node)->va_end > from ? node->rb_left : node->rb_right;
	}
	for (node = last; node; node = rb_parent(node)) {
		if (to_va(node)->va_end <= from)
			continue;
		if (va_size(to_va(node)) >= size)
			return to_va(node);
		if (largest_in(node->rb_right) >= size)
			return lowest_in(node->rb_right, size);
	}
	return NULL;
}

/* Sets va's range, if there is room in [low, high). */
static bool place(struct vmap_area *va, unsigned long low, unsigned long high, unsigned long size,
		  unsigned long align)
{
	va->va_start = ALIGN(low, align);
	va->va_end = va->va_start + size;
	return va->va_start >= low && va->va_start < high && high - va->va_start >= size;
}

/*
 * The free area in which va is placed. First one that has room wherever it begins: that is one
 * way down. Where there is none, any whose start lies well.
 */
static struct vmap_area *find_room(struct vmap_area *va, unsigned long size, unsigned long align,
				   unsigned long start, unsigned long end)
{
	unsigned long sufficient = size + align - PAGE_SIZE;
	unsigned long least = max(size, sufficient); /* the sum may wrap */

	for (;; least = size) {
		struct vmap_area *room = lowest_free(least, start);

		for (; room && room->va_start < end; room = lowest_free(least, room->va_end))
			if (place(va, max(room->va_start, start), min(room->va_end, end), size,
				  align))
				return room;
		if (least == size)
			return NULL;
	}
}

/* Cuts va's range out of the free area. An object for a second rest is in `objects`. */
static void cut_out(struct vmap_area *room, const struct vmap_area *va, struct list_head *objects)
{
	unsigned long start = room->va_start, end = room->va_end;
	struct vmap_area *rest;

	if (start < va->va_start) {
		resize_free(room, start, va->va_start);
		if (end == va->va_end)
			return;
		rest = list_first_entry(objects, struct vmap_area, list);
		list_del(&rest->list);
		rest->va_start = va->va_end;
		rest->va_end = end;
		insert_free(rest, objects);
	} else if (va->va_end < end) {
		resize_free(room, va->va_end, end);
	} else {
		erase_free(room);
		list_add(&room->list, objects);
	}
}

static void free_objects(struct list_head *unused)
{
	struct vmap_area *va, *next;

	list_for_each_entry_safe(va, next, unused, list)
		kmem_cache_free(vmap_area_cache, va);
}

/* --- busy areas ------------------------------------------------------------------ */

/* Of vmalloc(), without the guard page. */
static inline unsigned long allocated_pages(const struct vmap_area *va)
{
	unsigned long pages = va_size(va) >> PAGE_SHIFT;

	if (likely((va->vm.flags & (VM_ALLOC | VM_NO_GUARD)) == VM_ALLOC))
		return pages - 1;
	return va->vm.flags & VM_ALLOC ? pages : 0;
}

static bool starts_below(struct rb_node *a, const struct rb_node *b)
{
	return to_va(a)->va_start < to_va(b)->va_start;
}

/* In a free area that va's range was cut out of. */
static void insert_busy(struct vmap_area *va)
{
	rb_add(&va->rb_node, &vmap_busy_root, starts_below);
	vmap_stats.areas++;
	vmap_stats.busy += va_size(va);
	vmap_stats.nr_pages += allocated_pages(va);
}

/* The usual request, to which all of the window is welcome: the start of the lowest area that will do. */
static bool take_anywhere(struct vmap_area *va, unsigned long size, struct list_head *unused)
{
	struct vmap_area *room;

	if (largest_in(vmap_free_root.rb_node) < size)
		return false;
	room = lowest_in(vmap_free_root.rb_node, size);
	va->va_start = room->va_start;
	va->va_end = va->va_start + size;
	cut_out(room, va, unused);
	insert_busy(va);
	return true;
}

/* The others; and those that need a purge. False: in vain. */
static noinline bool take_carefully(struct vmap_area *va, unsigned long size, unsigned long align,
				    unsigned long start, unsigned long end,
				    struct list_head *objects)
{
	unsigned long purges;
	struct vmap_area *room;
	unsigned int tries = 0;

	/* What would not fit into a window of its own is not worth a purge. */
	if (!place(va, max(start, vmap_stats.start), min(end, vmap_stats.end), size, align))
		return false;
	do {
		spin_lock(&vmap_lock);
		purges = vmap_stats.purges;
		room = find_room(va, size, align, start, end);
		if (room) {
			cut_out(room, va, objects);
			insert_busy(va);
		}
		spin_unlock(&vmap_lock);
		if (room)
			return true;
		/* As long as others free and purge there is always something new to try. */
		if (++tries > PURGES_MOST)
			return false;
		vmap_blocks_purge();
		/* Perhaps somebody else has just purged. */
	} while (purge_vmap_areas() || READ_ONCE(vmap_stats.purges) != purges);
	return false;
}

static noinline bool alloc_constrained(struct vmap_area *va, unsigned long size,
				       unsigned long align, unsigned long start, unsigned long end,
				       gfp_t gfp)
{
	struct vmap_area *rest = kmem_cache_alloc(vmap_area_cache, gfp & GFP_RECLAIM_MASK);
	LIST_HEAD(objects);
	bool taken;

	if (!rest)
		return false;
	list_add(&rest->list, &objects); /* something may stay free on both sides */
	taken = take_carefully(va, size, max(align, PAGE_SIZE), start, end, &objects);
	free_objects(&objects);
	return taken;
}

struct vmap_area *alloc_vmap_area(unsigned long size, unsigned long align, unsigned long start,
				  unsigned long end, gfp_t gfp, unsigned long flags)
{
	struct vmap_area *va;
	LIST_HEAD(unused);
	bool taken;

	if (!size || !PAGE_ALIGNED(size) || !is_power_of_2(align))
		return NULL;
	va = kmem_cache_alloc(vmap_area_cache, gfp & GFP_RECLAIM_MASK);
	if (!va)
		return NULL;
	va->vm.flags = flags | VM_UNINITIALIZED;

	if (likely(align <= PAGE_SIZE && start <= vmap_stats.start && end >= vmap_stats.end)) {
		spin_lock(&vmap_lock);
		taken = take_anywhere(va, size, &unused);
		spin_unlock(&vmap_lock);
		if (unlikely(!taken))
			taken = take_carefully(va, size, PAGE_SIZE, start, end, &unused);
		free_objects(&unused);
	} else {
		taken = alloc_constrained(va, size, align, start, end, gfp);
	}
	if (unlikely(!taken))
		kmem_cache_free(vmap_area_cache, va);
	return taken ? va : NULL;
}

struct vmap_area *__find_vmap_area(unsigned long addr)
{
	struct rb_node *node = vmap_busy_root.rb_node;

	while (node) {
		struct vmap_area *va = to_va(node);

		if (addr < va->va_start)
			node = node->rb_left;
		else if (addr >= va->va_end)
			node = node->rb_right;
		else
			return va;
	}
	return NULL;
}

struct vmap_area *find_vmap_area(unsigned long addr)
{
	struct vmap_area *va;

	if (WARN_ON_ONCE(irqs_disabled() || in_interrupt()))
		return NULL;
	spin_lock(&vmap_lock);
	va = __find_vmap_area(addr);
	spin_unlock(&vmap_lock);
	return va;
}

struct vmap_area *claim_vmap_area(unsigned long addr)
{
	struct vmap_area *va;

	spin_lock(&vmap_lock);
	va = __find_vmap_area(addr);
	if (va && (va->va_start != addr || va->vm.flags & VMAP_NOT_TO_CLAIM))
		va = NULL;
	if (va)
		va->vm.flags |= VM_UNINITIALIZED;
	spin_unlock(&vmap_lock);
	return va;
}

int vmap_for_each_busy(int (*visit)(struct vmap_area *va, void *context), void *context)
{
	struct rb_node *node;
	int result = 0;

	spin_lock(&vmap_lock);
	for (node = rb_first(&vmap_busy_root); node && !result; node = rb_next(node))
		result = visit(to_va(node), context);
	spin_unlock(&vmap_lock);
	return result;
}

/* --- lazy areas ------------------------------------------------------------------ */

/*
 * Whoever allocates and frees in turn frees neighbours: they become one, and need one object. True:
 * va is part of the last lazy area now.
 */
static bool join_last_lazy(const struct vmap_area *va)
{
	struct vmap_area *last = list_last_entry(&vmap_lazy_list, struct vmap_area, list);

	if (list_empty(&vmap_lazy_list))
		return false;
	if (last->va_end == va->va_start)
		last->va_end = va->va_end;
	else if (last->va_start == va->va_end)
		last->va_start = va->va_start;
	else
		return false;
	return true;
}

void free_vmap_area_lazily(struct vmap_area *va)
{
	bool purge, joined;

	spin_lock(&vmap_lock);
	rb_erase(&va->rb_node, &vmap_busy_root);
	vmap_stats.areas--;
	vmap_stats.busy -= va_size(va);
	vmap_stats.nr_pages -= allocated_pages(va);
	vmap_stats.lazy += va_size(va);
	joined = join_last_lazy(va);
	if (!joined) {
		list_add_tail(&va->list, &vmap_lazy_list);
		vmap_stats.lazy_areas++;
	}
	purge = vmap_stats.lazy > vmap_stats.lazy_max;
	spin_unlock(&vmap_lock);
	if (joined)
		kmem_cache_free(vmap_area_cache, va);
	if (unlikely(purge))
		purge_vmap_areas();
}

/*
 * Takes out the tables of all that can have become free with [start, end), which is now part
 * of `room`. The window's ends need not be where a table ends: nobody else uses the rest.
 */
static void take_tables(unsigned long start, unsigned long end, const struct vmap_area *room,
			struct list_head *tables)
{
	unsigned long low = room->va_start, high = room->va_end;

	low = low == vmap_stats.start ? round_down(low, PMD_SIZE) : round_up(low, PMD_SIZE);
	high = high == vmap_stats.end ? round_up(high, PMD_SIZE) : round_down(high, PMD_SIZE);
	low = max(low, round_down(start, PMD_SIZE));
	high = min(high, round_up(end, PMD_SIZE));
	for (; low < high; low += PMD_SIZE)
		pgtable_take(low, tables);
}

static bool purge_some(void)
{
	LIST_HEAD(tables);
	LIST_HEAD(unused);
	int nr = 0;

	spin_lock(&vmap_lock);
	for (; nr < PURGE_AT_ONCE && !list_empty(&vmap_lazy_list); nr++) {
		struct vmap_area *va = list_first_entry(&vmap_lazy_list, struct vmap_area, list);
		unsigned long start = va->va_start, end = va->va_end;

		list_del(&va->list);
		vmap_stats.lazy_areas--;
		vmap_stats.lazy -= end - start;
		take_tables(start, end, insert_free(va, &unused), &tables);
	}
	if (nr) {
		flush_tlb_all();
		vmap_stats.purges++;
	}
	spin_unlock(&vmap_lock);
	pgtable_free(&tables);
	free_objects(&unused);
	return nr;
}

bool purge_vmap_areas(void)
{
	unsigned long nr = READ_ONCE(vmap_stats.lazy_areas), done = 0;
	bool some = purge_some(), purged = some;

	/* Not what other CPUs free meanwhile: while they do, that might never end. */
	while (some && (done += PURGE_AT_ONCE) < nr)
		some = purge_some();
	return purged;
}

/* --- the boot -------------------------------------------------------------------- */

void __init vmap_area_init(unsigned long start, unsigned long end)
{
	struct vmap_area *va;
	LIST_HEAD(unused);

	vmap_area_cache = kmem_cache_create("vmap_area", sizeof(struct vmap_area), 0, 0, NULL);
	va = vmap_area_cache ? kmem_cache_alloc(vmap_area_cache, GFP_NOWAIT) : NULL;
	if (!va)
		panic("no memory for the vmalloc window's first area");
	va->va_start = vmap_stats.start = start;
	va->va_end = vmap_stats.end = end;
	insert_free(va, &unused);

	vmap_stats.lazy_max = min(fls(num_possible_cpus()) * LAZY_MAX_A_LOG2, (end - start) / 4);
	vmap_stats.lazy_max = min(vmap_stats.lazy_max >> PAGE_SHIFT, totalram_pages())
			      << PAGE_SHIFT;
}
