// SPDX-License-Identifier: MIT
/*
 * kfree_rcu(): objects to be freed when no reader can have them any more.
 *
 * A callback for each object would read and write a cache line of each, and be called by itself.
 * Instead each CPU collects pointers in a page:
 *
 *	kfree_rcu(p)  ->  this CPU's block  [ rcu_head | nr | p p p p . . . . . . ]
 *	                  full, or FLUSH_AFTER old: call_rcu() of the block
 *	                  a grace period later: kfree_bulk() of all of it, and of the page
 *
 * Worked example: 3000 objects freed at once on a CPU make two full blocks of 1020 pointers and one
 * of 960, which the tick hands on 20 ms later: 3 callbacks, 3 pages for so long.
 *
 * Memory of vmalloc() is freed one by one, as vfree() leaves it to a workqueue in a softirq.
 *
 * Without memory for a page an object's own rcu_head serves, with a func that is the offset of it
 * in the object (rcu.c knows); without an rcu_head the caller waits for a grace period.
 *
 * Cost: some 20 instructions an object, and its kfree().
 *
 * Locking: a CPU's block is its own, with interrupts off. Any context but NMI.
 */
#include <linux/gfp.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include "rcu.h"

#define FLUSH_AFTER (HZ / 50)

struct kfree_block {
	struct rcu_head rcu;
	unsigned long since; /* jiffies */
	u16 nr;
	bool vmalloced; /* some pointers are vmalloc()'s */
	void *pointers[];
};

#define POINTERS ((PAGE_SIZE - sizeof(struct kfree_block)) / sizeof(void *))

DEFINE_PER_CPU(struct kfree_block *, kfree_rcu_block);

/* Leaves in the block what is kmalloc's. */
static void free_vmalloced(struct kfree_block *block)
{
	unsigned int i, nr = 0;

	for (i = 0; i < block->nr; i++) {
		if (is_vmalloc_addr(block->pointers[i]))
			vfree(block->pointers[i]);
		else
			block->pointers[nr++] = block->pointers[i];
	}
	block->nr = nr;
}

static void free_block(struct rcu_head *head)
{
	struct kfree_block *block = container_of(head, struct kfree_block, rcu);

	if (unlikely(block->vmalloced))
		free_vmalloced(block);
	kfree_bulk(block->nr, block->pointers);
	free_page((unsigned long)block);
}

/* Hands the block on: `all`, or only if it is old enough. */
void kfree_rcu_flush(bool all)
{
	struct kfree_block *block = this_cpu_read(kfree_rcu_block);

	if (!block || (!all && time_before(jiffies, block->since + FLUSH_AFTER)))
		return;
	this_cpu_write(kfree_rcu_block, NULL);
	call_rcu(&block->rcu, free_block);
}

static struct kfree_block *new_block(void)
{
	struct kfree_block *block = (void *)__get_free_page(GFP_NOWAIT | __GFP_NOWARN);

	if (!block)
		return NULL;
	block->nr = 0;
	block->vmalloced = false;
	block->since = jiffies;
	this_cpu_write(kfree_rcu_block, block);
	return block;
}

/* False: there is no page for it. */
static bool put_in_block(void *pointer)
{
	struct kfree_block *block;
	unsigned long flags;

	local_irq_save(flags);
	block = this_cpu_read(kfree_rcu_block);
	if (!block)
		block = new_block();
	if (block) {
		block->pointers[block->nr++] = pointer;
		if (unlikely(pointer >= high_memory))
			block->vmalloced = true;
		if (block->nr == POINTERS)
			kfree_rcu_flush(true);
	}
	local_irq_restore(flags);
	return block;
}

void kvfree_call_rcu(struct rcu_head *head, void *pointer)
{
	if (!head)
		might_sleep();
	if (put_in_block(pointer))
		return;
	if (head) {
		call_rcu(head, (rcu_callback_t)(unsigned long)((void *)head - pointer));
		return;
	}
	synchronize_rcu();
	kvfree(pointer);
}
