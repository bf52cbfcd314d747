// SPDX-License-Identifier: MIT
/*
 * The rest of the kernel for mm/vmap_area.c: a cache whose objects come from libc, so that a
 * sanitizer sees each; page tables, of which only is known which exist; a TLB that knows tables
 * until it is flushed.
 */
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/tlbflush.h>

#include "../../../mm/internal.h"
#include "../../../mm/vmalloc.h"
#include "../e820/host.h"
#include "window.h"

#define MOST_SLOTS 256

struct window_log window_log;

static const struct window *window;
static bool tables[MOST_SLOTS];

static void complain(const char *what)
{
	if (!window_log.wrong)
		window_log.wrong = what;
}

/* --- what is not there on the host --------------------------------------------------------- */

unsigned long host_eflags = X86_EFLAGS_IF;
void (*host_interrupt)(void);
int __preempt_count = PREEMPT_ENABLED;
unsigned int cpu_number, nr_cpu_ids = 1;
struct cpumask __cpu_possible_mask = { { 1 } };
struct cpumask __cpu_online_mask = { { 1 } };
struct task_struct init_task = { .comm = "host" };
struct task_struct *current_task = &init_task;

unsigned long totalram_pages(void)
{
	return window->ram;
}

void host_warn(const char *file, int line)
{
	complain("a warning");
}

void host_bug(const char *file, int line)
{
	panic("kernel BUG at %s:%d!", file, line);
}

void vmap_blocks_purge(void)
{
}

/* --- objects ---------------------------------------------------------------------------------- */

struct kmem_cache {
	unsigned int size;
};

static struct kmem_cache only_cache;

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     slab_flags_t flags, void (*ctor)(void *))
{
	only_cache.size = size;
	return &only_cache;
}

/* With something in it, as from a slab. */
void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t gfp)
{
	void *object;

	if (spin_is_locked(&vmap_lock))
		complain("an object is allocated under the lock");
	if (window_log.refuse_in && !--window_log.refuse_in) {
		window_log.refused++;
		return NULL;
	}
	object = host_alloc(cache->size);
	memset(object, 0xa5, cache->size);
	window_log.objects++;
	return object;
}

void kmem_cache_free(struct kmem_cache *cache, void *object)
{
	window_log.objects--;
	host_free(object);
}

/* --- page tables and the TLB --------------------------------------------------------------------- */

unsigned int window_slot(unsigned long address)
{
	return (address - round_down(window->start, PMD_SIZE)) / PMD_SIZE;
}

unsigned int window_nr_slots(void)
{
	return window_slot(window->end - 1) + 1;
}

bool window_has_table(unsigned int slot)
{
	return tables[slot];
}

void window_map(unsigned long start, unsigned long end)
{
	unsigned int slot;

	for (slot = window_slot(start); slot <= window_slot(end - 1); slot++)
		tables[slot] = true;
}

void pgtable_take(unsigned long address, struct list_head *taken)
{
	unsigned int slot = window_slot(address);

	if (!IS_ALIGNED(address, PMD_SIZE) || slot >= window_nr_slots()) {
		complain("a page table is taken where none can be");
		return;
	}
	if (!spin_is_locked(&vmap_lock))
		complain("a page table is taken without the lock");
	window_log.unflushed += tables[slot];
	tables[slot] = false;
}

void flush_tlb_all(void)
{
	if (!spin_is_locked(&vmap_lock))
		complain("the lock was given back before the flush");
	window_log.flushes++;
	window_log.unflushed = 0;
}

void pgtable_free(struct list_head *taken)
{
	if (window_log.unflushed)
		complain("a page table is freed that a TLB may know");
	if (spin_is_locked(&vmap_lock))
		complain("pages are freed under the lock");
}

/* --- the window ------------------------------------------------------------------------------------ */

void window_begin(const struct window *from)
{
	window = from;
	window_log = (struct window_log){ 0 };
	memset(tables, 0, sizeof(tables));
	BUG_ON(window_nr_slots() > MOST_SLOTS);
	vmap_area_init(from->start, from->end);
}

static void free_node(struct rb_node *node)
{
	if (!node)
		return;
	free_node(node->rb_left);
	free_node(node->rb_right);
	kmem_cache_free(&only_cache, rb_entry(node, struct vmap_area, rb_node));
}

/* Whatever state a failure has left it in. */
void window_end(void)
{
	struct vmap_area *va, *next;

	free_node(vmap_free_root.rb_node);
	free_node(vmap_busy_root.rb_node);
	list_for_each_entry_safe(va, next, &vmap_lazy_list, list)
		kmem_cache_free(&only_cache, va);
	vmap_free_root = vmap_busy_root = RB_ROOT;
	INIT_LIST_HEAD(&vmap_lazy_list);
	memset(&vmap_stats, 0, sizeof(vmap_stats));
}
